"""What an operator asks of a bot at work: `jobs`, `export`, `backup`."""

import asyncio
import csv
import json
import sys
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


def moment_words(moment: datetime | None) -> str | None:
    """A moment in UTC, in ISO 8601, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _job(job: "Job") -> dict[str, Any]:
    return {
        "id": job.id,
        "queue": job.queue,
        "key": job.key,
        "state": job.state,
        "attempts": job.attempt,
        "due_at": moment_words(job.due_at),
        "added_at": moment_words(job.added_at),
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
        "judged_at": moment_words(verdict.provenance.judged_at),
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
