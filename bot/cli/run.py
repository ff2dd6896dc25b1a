"""`copecheck run`: the bot at work, until it is stopped, or for one round."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import ConfigOption, StoreOption, settings_for

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.settings import Settings
    from bot.health.server import Running
    from bot.ports.store import Store
    from bot.services.runtime.rounds import Keep, Round
    from bot.store.sql import SqlStore

REASONS_SHOWN = 3
FIRST_ANSWER = timedelta(seconds=20)  # of a model in a round, that a dead one is given up within half a minute


def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Poll now, finish what is due, and stop.")] = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Read, judge and post, until stopped; with --once for a single round.

    Example: copecheck run --once
    """
    settings = settings_for(context, config, store)
    code = asyncio.run(_once(settings) if once else _forever(settings))
    raise typer.Exit(code)


async def _forever(settings: "Settings") -> int:
    """Work until SIGINT (130) or SIGTERM (0)."""
    from bot.log import keep_recent

    stop, signals = stopper()
    recent = keep_recent()
    async with _freed(settings) as store, _opened(settings, store) as app:
        from bot.services.runtime.rounds import run_forever

        await _greet(app)
        health = await _serve(app, recent)
        try:
            platforms = list(app.platforms.values())
            keep = keep_for(settings)
            gc.freeze()  # what stands now stays: a search for garbage through all of it held the loop up to a second
            await run_forever(app.store, app.crews(), app.clock, stop, keep, platforms, app.inbox)
        finally:
            if health is not None:
                await health.cleanup()
        await _say_what_is_left(app)
    if signal.SIGINT in signals:
        raise KeyboardInterrupt
    return 0


@asynccontextmanager
async def _freed(settings: "Settings") -> "AsyncIterator[SqlStore | None]":
    """The store, if there is one, up to date, with what dead processes held free, before all else that is slow to
    import: what was being sent is looked for a moment later, and that moment runs meanwhile."""
    from bot.config.settings import refuse_wrong_follows
    from bot.lenses.load import load_lenses

    refuse_wrong_follows(settings, load_lenses(settings.lens_folder))
    from bot.store.sql import SqlStore

    store = SqlStore(settings.store_url)
    if not store.is_there:
        yield None
        return
    try:
        await store.open(upgrade=True)
        await store.free_dead()
        yield store
    finally:
        await store.close()


def _opened(
    settings: "Settings", store: "SqlStore | None", first_answer: timedelta | None = None
) -> "AbstractAsyncContextManager[App]":
    from bot.app import open_app
    from bot.cli.paint import results

    return open_app(settings, paint=results(), store=store, first_answer=first_answer)


async def _serve(app: "App", recent: "Sequence[tuple[datetime, str, str]]") -> "Running | None":
    """Health, metrics and the page, where the settings name a port."""
    from bot.app import holidays_of
    from bot.core.errors import SettingsError
    from bot.health.server import Inside, serve_health

    settings = app.settings.health
    if settings.port is None:
        return None
    inside = Inside(
        app.settings.budget,
        settings.token.get_secret_value() if settings.token else "",
        tuple(app.platforms),
        app.has_model,
        holidays_of(app.settings),
        recent,
    )
    try:
        return await serve_health(app.store, app.clock, settings.host, settings.port, inside)
    except OSError as error:
        what = f"health.port: {settings.host}:{settings.port} cannot be used ({error.strerror})."
        raise SettingsError(what, "Choose another port.") from None


async def _say_what_is_left(app: "App") -> None:
    """A clean end names what goes on at the next start; a store that is away by then cannot be asked."""
    from bot.cli.paint import notes
    from bot.core.errors import StoreError

    with suppress(StoreError):
        for words in await waiting_lines(app.store) or ("Stopped. No work is left for the next start.",):
            notes().print(words, soft_wrap=True)


async def waiting_lines(store: "Store") -> list[str]:
    """What is left for the next start, and why; nothing where nothing is left."""
    from bot.core.jobs.job import JobState, Queue
    from bot.core.present.waiting import counted_words

    counted = await store.count_jobs()
    words = counted_words({queue: count for (queue, state), count in counted.items() if state is JobState.OPEN})
    if not words:
        return []
    causing = (Queue.LOOK, Queue.JUDGE, Queue.DELIVER, Queue.EDITION)
    reasons = dict.fromkeys([noted.words for queue in causing for noted in await store.reasons(queue, REASONS_SHOWN)])
    why = [f"  Why: {'; '.join(reasons)}."] if reasons else []
    return [f"Still waiting, and kept for the next start: {words}.", *why]


async def _greet(app: "App") -> None:
    """What starts now and when each place gets its next post, on stderr, so that a silent terminal is no riddle."""
    from bot.app import holidays_of
    from bot.cli.paint import notes
    from bot.cli.status import NOBODY
    from bot.core.posts.phrase import many
    from bot.core.present.status_lines import follow_now

    follows = await app.store.follows()
    if not follows:
        notes().print(NOBODY, soft_wrap=True)
    for follow in follows:
        notes().print(follow_now(follow, app.clock.now(), holidays_of(app.settings)), soft_wrap=True)
    counted = many(len(follows), "follow")
    notes().print(f"At work on {', '.join(app.platforms)}, {counted}. Ctrl-C stops it; nothing is lost by that.")


def keep_for(settings: "Settings") -> "Keep":
    """How long the settings want things kept."""
    from bot.services.runtime.rounds import Keep

    work, privacy, store = settings.work, settings.privacy, settings.store
    days = (work.keep_done_days, privacy.keep_remarks_days, store.keep_posts_days, store.keep_papers_days)
    return Keep(*(timedelta(days=day) for day in (*days, work.keep_failed_days)))


async def _once(settings: "Settings") -> int:
    stop, signals = stopper()
    async with _freed(settings) as store, _opened(settings, store, first_answer=FIRST_ANSWER) as app:
        from bot.cli.paint import Bars, notes
        from bot.cli.status import NOBODY
        from bot.models import build_endpoints
        from bot.services.runtime.rounds import run_once

        if not await app.store.follows():
            notes().print(NOBODY, soft_wrap=True)
        patience = app.lease + timedelta(seconds=5)
        with Bars() as bars:
            models = [endpoint.key for endpoint in build_endpoints(settings)]
            ended = await run_once(app.store, app.crews(), app.clock, stop, patience, bars, models)
    if signals:
        raise KeyboardInterrupt
    return report(ended)


def report(ended: "Round", *, is_quiet: bool = False) -> int:
    """Say on stderr what the round left behind; the exit code. `is_quiet`: of the feeds only what went wrong."""
    from bot.cli.operate import local_words
    from bot.cli.paint import notes
    from bot.core.jobs.job import Queue
    from bot.core.present.status_lines import truth_line
    from bot.core.present.waiting import WORK, about_words

    console = notes()
    for feed in ended.feeds:
        if feed.failures or not is_quiet:
            console.print(truth_line(feed))
    kept = [job for job in ended.waiting if job.queue is not Queue.EDITION]
    told = [job for job in kept if job.reason]
    for job in told:
        about = f"{WORK[job.queue].capitalize()} {about_words(job)}".strip()
        console.print(f"{about}: waits until {local_words(job.due_at)}: {job.reason}")
    if behind := len(kept) - len(told):
        more = "more behind that" if told else "to do"
        console.print(f"{behind} {more}; `copecheck jobs` lists all.")
    return 3 if kept or any(feed.failures for feed in ended.feeds) else 0


def stopper() -> tuple[asyncio.Event, set[signal.Signals]]:
    """An event that SIGINT and SIGTERM set, and which of them came; a second SIGINT does not wait."""
    stop, came = asyncio.Event(), set[signal.Signals]()
    loop = asyncio.get_running_loop()

    def end(which: signal.Signals) -> None:
        came.add(which)
        stop.set()
        loop.remove_signal_handler(which)

    for which in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(which, end, which)
    return stop, came
