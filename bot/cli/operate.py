"""What an operator asks of a bot at work: `jobs` and `backup`; and the store, opened as each command may."""

import asyncio
import gc
from collections import Counter
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

    from bot.config.settings import Settings
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
    from rich.table import Column, Table

    from bot.cli.paint import results
    from bot.core.present.waiting import WORK, about_words, waits_words

    if not found:
        results().print("Nothing waits.")
        return
    counts = Counter(str(job.queue) for job in found if job.state == "open")
    results().print(f"Waiting: {waits_words(counts)}.")
    about = Column("about", overflow="fold")
    table = Table("id", "work", about, "since", "next", "tries", "why", box=None, header_style="bold")
    put_off = [job for job in reversed(found) if job.lane and job.reason and job.state == "open"]
    first = {job.lane: job.id for job in put_off}
    for job in found:
        due = "under way" if job.is_under_way else local_words(job.due_at)
        moments = (local_words(job.added_at), "failed" if job.state == "failed" else due)
        before = first.get(job.lane, job.id)
        why = job.reason or (f"after job {before}" if before < job.id else "")
        row = (str(job.id), WORK[job.queue], about_words(job), *moments, str(job.attempt), why)
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


# -- backup ------------------------------------------------------------------------------------------------------------


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
