"""What an operator asks of a bot at work: `status`, `jobs`, `export`, `backup`."""

import asyncio
import csv
import json
import sys
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Settings
    from bot.core.follow import Follow
    from bot.core.work import Job
    from bot.ports import JudgedPaper, Store

jobs_commands = typer.Typer(invoke_without_command=True, help="What waits, since when and why; retry or drop a job.")


@asynccontextmanager
async def opened_store(settings: "Settings", *, wanted: bool = False) -> "AsyncIterator[Store]":
    """The store of the settings, open; `wanted`: it must be there already, since an empty new one would be a lie."""
    from bot.core.errors import SettingsError
    from bot.store.sql import SqlStore

    store = SqlStore(settings.store_url)
    if wanted and not store.is_there:
        raise SettingsError(f"There is no store at {store.named}.", "Name the one that the bot writes.")
    await store.open()
    try:
        yield store
    finally:
        await store.close()


# -- status ------------------------------------------------------------------------------------------------------------


def status(
    context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """How each feed is, what was posted of each day, what waits, and what is missing."""
    settings = settings_for(context, config, store)
    facts = asyncio.run(_gather_status(settings, wanted=store is not None))
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
    else:
        _show_status(facts)


async def _gather_status(settings: "Settings", *, wanted: bool) -> dict[str, Any]:
    """Everything that status says, as plain values."""
    from bot.app import describe_analyst
    from bot.core.present_edition import edition_line, truth_line
    from bot.core.work import JobState, Queue

    faults = settings.platforms.console.faults
    async with opened_store(settings, wanted=wanted) as store:
        stored = {one.name: one for one in await store.follows()}
        follows = list((stored | {one.name: one.follow() for one in settings.follows}).values())
        followed = {category for one in follows for category in one.categories}
        known = {feed.category: feed for feed in await store.feed_states()}
        feeds = [known.get(name) or await store.feed_state(name) for name in sorted(followed | set(known))]
        editions = await store.editions(10)
        counts = await store.count_jobs()
        failed = await store.list_jobs((JobState.FAILED,), limit=10)
        analyst = await describe_analyst(settings, store)
        waits_for = list(await store.reasons(Queue.JUDGE, 3))
    return {
        "feeds": [
            {
                "category": feed.category,
                "says": truth_line(feed),
                "outcome": feed.outcome,
                "detail": feed.detail,
                "failures": feed.failures,
                "day": feed.day.isoformat() if feed.day else None,
                "missed": [day.isoformat() for day in feed.missed],
                "checked_at": _moment(feed.checked_at),
                "next_check_at": _moment(feed.next_check_at),
            }
            for feed in feeds
        ],
        "editions": [
            {
                "follow": edition.key.follow,
                "day": edition.key.day.isoformat(),
                "part": edition.key.part,
                "says": edition_line(edition),
                "fates": {str(fate): count for fate, count in edition.fates.items()},
            }
            for edition in editions
        ],
        "follows": [_follow(one) for one in follows],
        "queues": _queues(counts),
        "failed": [{"id": job.id, "key": job.key, "reason": job.reason} for job in failed],
        "analyst": analyst,
        "waits_for": waits_for,
        "console_faults": faults.model_dump() if faults else None,
    }


def _follow(follow: "Follow") -> dict[str, Any]:
    """A follow and how it stands."""
    from bot.core.present_follow import state_words
    from bot.core.schedule import eastern_day

    state = state_words(follow, eastern_day(datetime.now(UTC)))
    kept = {"paused": follow.paused, "from": follow.origin, "state": state}
    return {"name": follow.label, "place": str(follow.place)} | kept


def _queues(counts: Mapping[Any, int]) -> dict[str, dict[str, int]]:
    queues: dict[str, dict[str, int]] = {}
    for (queue, state), count in counts.items():
        queues.setdefault(str(queue), {})[str(state)] = count
    return queues


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


# What waits in each queue, in words; polls always do.
WAITS = {"judge": "papers to judge", "edition": "days to post", "deliver": "posts to send", "answer": "answers to give"}


def _show_status(facts: dict[str, Any]) -> None:
    from bot.cli.paint import results

    console = results()
    if facts["console_faults"]:
        console.print(f"FAULTS ARE ON in [platforms.console.faults]: {facts['console_faults']}", style="bold red")
    if not facts["follows"]:
        console.print("Nobody follows anything yet. Add a [[follows]] table to the settings, or run `copecheck init`.")
    for feed in facts["feeds"]:
        console.print(feed["says"], style="red" if feed["failures"] else "bold")
        console.print(f"  read {feed['checked_at'] or 'never'}, next {feed['next_check_at'] or 'at once'}", style="dim")
    for edition in facts["editions"]:
        console.print(f"{edition['follow']}  {edition['says']}")
    for follow in facts["follows"]:
        console.print(f"follow {follow['name']} in {follow['place']}: {follow['state']}", style="dim")
    waiting = {name: facts["queues"].get(name, {}).get("open", 0) for name in WAITS}
    said = [f"{count} {WAITS[name]}" for name, count in waiting.items() if count]
    console.print(f"waiting: {', '.join(said) or 'nothing'}")
    for reason in facts["waits_for"]:
        console.print(f"papers wait to be judged: {reason}", style="red" if "stopped" in reason else "")
    for job in facts["failed"]:
        console.print(f"failed: job {job['id']} {job['key']}: {job['reason']}", style="red")
    console.print(f"analyst: {facts['analyst']}", style="dim")


# -- jobs --------------------------------------------------------------------------------------------------------------


@jobs_commands.callback()
def jobs(
    context: typer.Context,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """What waits, since when and why. `jobs retry ID` and `jobs drop ID` decide about one."""
    if context.invoked_subcommand:
        context.obj = config or context.obj
        context.meta["store"] = store
        return
    _list_jobs(context, as_json, config, store)


def _list_jobs(context: typer.Context, as_json: bool, config: Path | None, store: str | None) -> None:
    from bot.core.work import JobState

    settings = settings_for(context, config, store)

    async def gather() -> "list[Job]":
        async with opened_store(settings, wanted=store is not None) as opened:
            return list(await opened.list_jobs((JobState.OPEN, JobState.FAILED), limit=1000))

    found = asyncio.run(gather())
    if as_json:
        typer.echo(json.dumps([_job(job) for job in found], indent=2))
    else:
        _show_jobs(found)


def _job(job: "Job") -> dict[str, Any]:
    return {
        "id": job.id,
        "queue": job.queue,
        "key": job.key,
        "state": job.state,
        "attempts": job.attempt,
        "due_at": _moment(job.due_at),
        "added_at": _moment(job.added_at),
        "reason": job.reason,
    }


def _show_jobs(found: "list[Job]") -> None:
    from rich.table import Table

    from bot.cli.paint import results

    if not found:
        results().print("Nothing waits.")
        return
    table = Table("id", "work", "key", "since (UTC)", "next (UTC)", "tries", "why", box=None, header_style="bold")
    for job in found:
        next_at = "failed" if job.state == "failed" else f"{job.due_at:%d %b %H:%M:%S}"
        row = (str(job.id), job.queue, job.key, f"{job.added_at:%d %b %H:%M:%S}", next_at, str(job.attempt), job.reason)
        table.add_row(*row)
    results().print(table)


JobId = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1)]


@jobs_commands.command()
def retry(context: typer.Context, job_id: JobId, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Try a waiting or failed job again now."""
    store = store or context.meta["store"]
    _decide(settings_for(context, config, store), store is not None, job_id, "retry_job", "is due now")


@jobs_commands.command()
def drop(context: typer.Context, job_id: JobId, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Give a job up: it will never be done."""
    store = store or context.meta["store"]
    _decide(settings_for(context, config, store), store is not None, job_id, "drop_job", "was dropped")


def _decide(settings: "Settings", wanted: bool, job_id: int, decision: str, done: str) -> None:
    from bot.cli.paint import results
    from bot.core.errors import CopeCheckError
    from bot.core.work import JobState, Queue

    async def decide() -> bool:
        async with opened_store(settings, wanted=wanted) as opened:
            polls = await opened.list_jobs((JobState.OPEN,), Queue.POLL, 1000)
            if decision == "drop_job" and job_id in [job.id for job in polls]:
                raise CopeCheckError(f"Job {job_id} looks at a feed, which goes on.", "Remove or pause its follows.")
            return bool(await getattr(opened, decision)(job_id))

    if not asyncio.run(decide()):
        raise CopeCheckError(f"Job {job_id} is not there, is done, or is being worked on.", "See `copecheck jobs`.")
    results().print(f"Job {job_id} {done}.")


# -- export and backup -------------------------------------------------------------------------------------------------


def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write; stdout when left out.")] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl or csv; else by the file's ending, else jsonl.")] = "",
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Write every verdict with its paper as JSON Lines or CSV."""
    from bot.core.errors import SettingsError

    form = form or (file.suffix.removeprefix(".") if file else "") or "jsonl"
    if form not in ("jsonl", "csv"):
        raise SettingsError(f"There is no format {form!r}.", "Use --format jsonl or --format csv.")
    settings = settings_for(context, config, store)
    if file is None:
        asyncio.run(_export(settings, sys.stdout, form, wanted=store is not None))
        return
    partial = file.with_name(f"{file.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as out:
            asyncio.run(_export(settings, out, form, wanted=store is not None))
        partial.replace(file)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
    finally:
        partial.unlink(missing_ok=True)


async def _export(settings: "Settings", out: TextIO, form: str, *, wanted: bool) -> None:
    from bot.cli.paint import Bars
    from bot.core.work import JobState, Queue

    table = csv.DictWriter(out, fieldnames=list(COLUMNS)) if form == "csv" else None
    if table:
        table.writeheader()
    async with opened_store(settings, wanted=wanted) as store:
        total = (await store.count_jobs()).get((Queue.JUDGE, JobState.DONE), 0)
        with Bars() as bars:
            done = 0
            async for judged in store.export():
                row = record(judged)
                if table:
                    table.writerow({name: _cell(row, name) for name in COLUMNS})
                else:
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
                done += 1
                bars.show("written", done, max(total, done))


COLUMNS = ("paper", "version", "title", "categories", "lens", "score", "touch", "basis", "analyst", "model", "findings")


def _cell(row: dict[str, Any], name: str) -> Any:
    """A value for a spreadsheet: findings in short, and no text that it would take for a formula."""
    if name == "findings":
        return "; ".join(f"{finding['item']}={finding['label']}" for finding in row["findings"])
    value = row[name]
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def record(judged: "JudgedPaper") -> dict[str, Any]:
    """A verdict as a flat object; every claim with the words it points at."""
    paper, verdict = judged.paper, judged.verdict
    return {
        "paper": str(paper.id),
        "version": verdict.version,
        "title": paper.title,
        "categories": " ".join(paper.categories),
        "lens": verdict.provenance.lens,
        "lens_fingerprint": verdict.provenance.lens_fingerprint,
        "score": verdict.score,
        "touch": verdict.touch,
        "basis": str(verdict.basis.kind),
        "analyst": str(verdict.provenance.analyst),
        "model": verdict.provenance.model,
        "judged_at": _moment(verdict.provenance.judged_at),
        "findings": [
            {
                "item": finding.item,
                "label": str(finding.label),
                "reason": finding.reason,
                "evidence": _plain(finding.evidence),
            }
            for finding in verdict.findings
        ],
        "headline": verdict.analysis.headline if verdict.analysis else None,
        "classes": [kind.name for kind in verdict.analysis.classes] if verdict.analysis else [],
        "analysis": _plain(verdict.analysis),
        "first_line": verdict.first_line.words if verdict.first_line else None,
        "flags": list(verdict.flags),
        "dropped_claims": verdict.dropped_claims,
        "prompt_fingerprint": verdict.provenance.prompt_fingerprint,
        "tokens_in": verdict.provenance.tokens_in,
        "tokens_out": verdict.provenance.tokens_out,
        "cost_usd": verdict.provenance.cost_usd,
    }


def _plain(value: Any) -> Any:
    """Parts of a verdict as plain values; a passage as its sentence's number, its span and its words."""
    from bot.core.sentence import Evidence

    if isinstance(value, Evidence):
        return {"sentence": value.sentence, "start": value.start, "end": value.end, "words": value.words}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The copy's file; must not exist yet.")],
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """A consistent copy of the store, safe while the bot runs (SQLite)."""
    from bot.cli.paint import results

    settings = settings_for(context, config, store)

    async def copy() -> None:
        async with opened_store(settings, wanted=True) as opened:
            await opened.backup(str(file))

    asyncio.run(copy())
    results().print(f"The store was copied to {file}.")
