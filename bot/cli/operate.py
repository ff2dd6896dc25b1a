"""What an operator asks of a bot at work: `jobs`, `export`, `backup`."""

import asyncio
import csv
import gc
import sys
from collections import Counter
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar

import typer

from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

    from bot.cli.evaluation.day_ranks import DayRank
    from bot.config.settings import Settings
    from bot.core.follows.edition import JudgedPaper
    from bot.core.follows.follow import Follow
    from bot.core.jobs.job import Job
    from bot.ports.store import Store
    from bot.store.sql import SqlStore

T = TypeVar("T")

jobs_commands = typer.Typer(
    invoke_without_command=True,
    help="What waits, since when and why; retry or drop a job.\n\nExample: copecheck jobs retry 42",
)


@contextmanager
def read_only(settings: "Settings") -> "Iterator[Settings]":
    """The settings with a store that is there: an empty one of the moment, where the bot has made none yet."""
    from bot.store.sql import SqlStore

    if SqlStore(settings.store_url).is_there:
        yield settings
        return
    with empty_store(settings) as empty:
        yield empty


@contextmanager
def empty_store(settings: "Settings") -> "Iterator[Settings]":
    """The settings with an empty store of the moment in place of theirs."""
    with TemporaryDirectory() as folder:
        empty = settings.store.model_copy(update={"url": str(Path(folder) / "empty.db")})
        yield settings.model_copy(update={"store": empty})


@asynccontextmanager
async def opened_store(settings: "Settings", *, wanted: bool = False) -> "AsyncIterator[Store]":
    """The store of the settings, open; `wanted`: it must be there already, since an empty new one would be a lie."""
    from bot.store.sql import SqlStore

    store = _there(settings) if wanted else SqlStore(settings.store_url)
    await store.open()
    gc.freeze()  # what was imported is no garbage: the search goes not through it
    gc.enable()
    try:
        yield store
    finally:
        await store.close()


def _there(settings: "Settings") -> "SqlStore":
    """The store of the settings, not open yet; `SettingsError` where there is none."""
    from bot.core.errors import SettingsError
    from bot.store.sql import SqlStore

    store = SqlStore(settings.store_url)
    if not store.is_there:
        raise SettingsError(f"There is no store at {store.named}.", "Name the one that the bot writes.")
    return store


@asynccontextmanager
async def store_to_read(settings: "Settings", *, wanted: bool) -> "AsyncIterator[Store]":
    """The store, for who only reads: where none is there yet, none is made."""
    with read_only(settings) if not wanted else nullcontext(settings) as readable:
        async with opened_store(readable, wanted=wanted) as store:
            yield store


async def known_follows(settings: "Settings", store: "Store") -> "Sequence[Follow]":
    """What is followed, by name: those of the store, and those of the settings as they stand there now."""
    stored = {follow.name: follow for follow in await store.follows()}
    return list((stored | {follow.name: follow.follow() for follow in settings.follows}).values())


def ask_store(settings: "Settings", named: str | None, ask: "Callable[[Store], Awaitable[T]]") -> T:
    """What the store answers, asked once. `named`: the store that the command line names, which must be there."""

    async def asked() -> T:
        async with store_to_read(settings, wanted=named is not None) as opened:
            return await ask(opened)

    return asyncio.run(asked())


# -- jobs --------------------------------------------------------------------------------------------------------------


@jobs_commands.callback()
def jobs(
    context: typer.Context,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """What waits, since when and why. `jobs retry ID` and `jobs drop ID` decide about one.

    Example: copecheck jobs retry 42
    """
    if context.invoked_subcommand:
        context.obj = config or context.obj
        context.meta["store"] = store
        return
    _list_jobs(context, as_json, config, store)


def _list_jobs(context: typer.Context, as_json: bool, config: Path | None, store: str | None) -> None:
    from bot.core.jobs.job import JobState

    settings = settings_for(context, config, store)

    states = (JobState.OPEN, JobState.FAILED)
    found = ask_store(settings, store, lambda opened: opened.list_jobs(states, limit=1000))
    if as_json:
        from bot.cli.paint import show_json

        show_json([_job(job) for job in found])
    else:
        _show_jobs(found)


def moment_words(moment: datetime | None) -> str | None:
    """A moment in UTC, in ISO 8601, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def local_words(moment: datetime | None) -> str:
    """A moment in this machine's time, with its zone's name; empty where there is none."""
    return f"{moment.astimezone():%d %b %H:%M %Z}" if moment else ""


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


def _show_jobs(found: "Sequence[Job]") -> None:
    from rich.table import Table

    from bot.cli.paint import results
    from bot.core.present.waiting import WORK, about_words, waits_words

    if not found:
        results().print("Nothing waits.")
        return
    counts = Counter(str(job.queue) for job in found if job.state == "open")
    results().print(f"Waiting: {waits_words(counts)}.")
    table = Table("id", "work", "about", "since", "next", "tries", "why", box=None, header_style="bold")
    for job in found:
        next_at = "failed" if job.state == "failed" else local_words(job.due_at)
        about = about_words(job)
        row = (str(job.id), WORK[job.queue], about, local_words(job.added_at), next_at, str(job.attempt), job.reason)
        table.add_row(*row)
    results().print(table)


JobId = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1)]


@jobs_commands.command()
def retry(context: typer.Context, job_id: JobId, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Try a waiting or failed job again now.

    Example: copecheck jobs retry 42
    """
    store = store or context.meta["store"]
    _decide(settings_for(context, config, store), store, job_id, "retry_job", "is due now")


@jobs_commands.command()
def drop(context: typer.Context, job_id: JobId, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Give a job up: it will never be done.

    Example: copecheck jobs drop 42
    """
    store = store or context.meta["store"]
    _decide(settings_for(context, config, store), store, job_id, "drop_job", "was dropped")


def _decide(settings: "Settings", named: str | None, job_id: int, decision: str, done: str) -> None:
    from bot.cli.paint import results
    from bot.core.errors import CopeCheckError
    from bot.core.jobs.job import JobState, Queue

    async def decide(opened: "Store") -> bool:
        polls = await opened.list_jobs((JobState.OPEN,), Queue.POLL, 1000)
        followed = {category for follow in await opened.follows() for category in follow.categories}
        if decision == "drop_job" and job_id in [job.id for job in polls if job.key in followed]:
            raise CopeCheckError(f"Job {job_id} reads a feed and never ends.", "Remove or pause its follows.")
        return bool(await getattr(opened, decision)(job_id))

    if not ask_store(settings, named, decide):
        raise CopeCheckError(f"Job {job_id} is not there, is done, or is being worked on.", "See `copecheck jobs`.")
    results().print(f"Job {job_id} {done}.")


# -- export and backup -------------------------------------------------------------------------------------------------


def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write; stdout when left out.", dir_okay=False)] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl or csv; else by the file's ending, else jsonl.")] = "",
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Write every verdict with its paper as JSON Lines or CSV.

    Example: copecheck export verdicts.csv
    """
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
            written = asyncio.run(_export(settings, out, form, wanted=store is not None))
        partial.replace(file)
        typer.echo(f"{written} verdict{'' if written == 1 else 's'} written to {file}.", err=True)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
    finally:
        partial.unlink(missing_ok=True)


async def _export(settings: "Settings", out: TextIO, form: str, *, wanted: bool) -> int:
    from bot.cli.evaluation.day_ranks import day_ranks
    from bot.cli.paint import Bars
    from bot.core.hostile.hygiene import json_text
    from bot.core.jobs.job import JobState, Queue
    from bot.core.verdicts.verdict import AnalystKind

    table = csv.DictWriter(out, fieldnames=list(COLUMNS)) if form == "csv" else None
    if table:
        table.writeheader()
    async with store_to_read(settings, wanted=wanted) as store:
        total = (await store.count_jobs()).get((Queue.JUDGE, JobState.DONE), 0)
        ranks = await day_ranks(store)
        done = 0
        with Bars() as bars:
            async for judged in store.export():
                if judged.verdict.provenance.analyst is AnalystKind.WRITTEN:
                    continue  # the demo's example, which nobody announced
                row = record(judged, ranks.get((judged.paper.id, judged.verdict.provenance.lens), ()))
                if table:
                    table.writerow({name: _cell(row, name) for name in COLUMNS})
                else:
                    out.write(json_text(row) + "\n")
                done += 1
                bars.show("written", done, max(total, done))
    return done


COLUMNS = (
    "paper",
    "version",
    "title",
    "categories",
    "lens",
    "score",
    "interest",
    "rank",
    "trade",
    "sentence",
    "premises",
    "none",
    "size",
    "basis",
    "analyst",
    "model",
    "findings",
)


# What is labelled, by what names it.
LABELLED = {"findings": "item", "premises": "premise"}
# What a spreadsheet takes for the beginning of a formula, in full width too.
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def _cell(row: dict[str, Any], name: str) -> Any:
    """A value for a spreadsheet: labels in short, nothing unseen, and no text that it would take for a formula."""
    from bot.core.hostile.hygiene import clean

    value = row[name]
    if name in LABELLED:
        value = "; ".join(f"{found[LABELLED[name]]}={found['label']}" for found in value)
    if not isinstance(value, str):
        return value
    shown = clean(value)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) or value.startswith(("\t", "\r", "\n")) else shown


def record(judged: "JudgedPaper", ranks: "Sequence[DayRank]" = ()) -> dict[str, Any]:
    """A verdict as a flat object; every claim with the words it points at.

    `rank` is its place in its latest day, in its primary category where that announced it; `ranks` has them all.
    """
    paper, verdict = judged.paper, judged.verdict
    trade = verdict.trades[0] if verdict.trades else None
    return {
        "paper": str(paper.id),
        "version": verdict.version,
        "title": paper.title,
        "categories": " ".join(paper.categories),
        "lens": verdict.provenance.lens,
        "lens_fingerprint": verdict.provenance.lens_fingerprint,
        "score": verdict.score,
        "interest": verdict.interest,
        "rank": _rank(ranks, paper.primary),
        "ranks": [_plain(rank) for rank in ranks],
        "trade": trade.name if trade else None,
        "word": trade.word if trade else None,
        "trades": _plain(verdict.trades),
        "sentence": verdict.telling.sentence if verdict.telling else None,
        "premises": _plain(verdict.premises),
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
        "size": "analysis" if verdict.analysis else "short" if verdict.short else None,
        "none": bool(verdict.short and verdict.says_enough and not verdict.short.fallacy),
        "headline": verdict.short.headline if verdict.short else None,
        "short": _plain(verdict.short),
        "classes": [kind.name for kind in verdict.analysis.classes] if verdict.analysis else [],
        "analysis": _plain(verdict.analysis),
        "first_line": verdict.first_line.words if verdict.first_line else None,
        "flags": list(verdict.flags),
        "withdrawn": list(verdict.withdrawn),
        "dropped_claims": verdict.dropped_claims,
        "prompt_fingerprint": verdict.provenance.prompt_fingerprint,
        "tokens_in": verdict.provenance.tokens_in,
        "tokens_out": verdict.provenance.tokens_out,
        "cost_usd": verdict.cost_usd,
    }


def _rank(ranks: "Sequence[DayRank]", primary: str | None) -> int | None:
    """The place in the latest day, in the paper's primary category where that announced it."""
    latest = [rank for rank in ranks if rank.day == ranks[0].day]
    chosen = next((day_rank for day_rank in latest if day_rank.category == primary), latest[-1] if latest else None)
    return chosen.rank if chosen else None


def _plain(value: Any) -> Any:
    """Parts of a verdict as plain values; a passage as its sentence's number, its span and its words."""
    from bot.core.papers.sentence import Evidence

    if isinstance(value, Evidence):
        return {"sentence": value.sentence, "start": value.start, "end": value.end, "words": value.words}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The copy's file; must not exist yet.", dir_okay=False)],
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """A consistent copy of the store, safe while the bot runs (SQLite).

    Example: copecheck backup before.db
    """
    from bot.cli.paint import results

    asyncio.run(_there(settings_for(context, config, store)).backup(str(file)))
    results().print(f"The store was copied to {file}.")
