"""`copecheck run`: the bot at work, until it is stopped, or for one round."""

import asyncio
import signal
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import ConfigOption, StoreOption, settings_for

if TYPE_CHECKING:
    from bot.app import App
    from bot.config import Settings
    from bot.services.rounds import Keep, Round


def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Poll now, finish what is due, and stop.")] = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Read, judge and post, until stopped; with --once for a single round."""
    settings = settings_for(context, config, store)
    code = asyncio.run(_once(settings) if once else _forever(settings))
    raise typer.Exit(code)


async def _forever(settings: "Settings") -> int:
    """Work until SIGINT (130) or SIGTERM (0)."""
    from bot.app import open_app
    from bot.cli.paint import results
    from bot.core.errors import SettingsError
    from bot.health import serve_health
    from bot.services.rounds import run_forever

    stop, signals = stopper()
    async with open_app(settings, paint=results()) as app:
        await _greet(app)
        health = None
        if settings.health.port is not None:
            try:
                health = await serve_health(app.store, app.clock, settings.health.host, settings.health.port)
            except OSError as error:
                where = f"{settings.health.host}:{settings.health.port}"
                raise SettingsError(
                    f"health.port: {where} cannot be used ({error.strerror}).", "Take another."
                ) from None
        try:
            platforms = list(app.platforms.values())
            keep = keep_for(settings)
            await run_forever(app.store, app.crews(), app.clock, stop, keep, platforms, app.inbox)
        finally:
            if health is not None:
                await health.cleanup()
    if signal.SIGINT in signals:
        raise KeyboardInterrupt
    return 0


async def _greet(app: "App") -> None:
    """What starts now, on stderr, so that a silent terminal is no riddle."""
    from bot.cli.paint import notes
    from bot.cli.status import NOBODY

    count = len(await app.store.follows())
    if not count:
        notes().print(NOBODY)
    follows = f"{count} follow{'' if count == 1 else 's'}"
    notes().print(f"At work on {', '.join(app.platforms)}, {follows}. Ctrl-C stops it; nothing is lost by that.")


def keep_for(settings: "Settings") -> "Keep":
    """How long the settings want things kept."""
    from bot.services.rounds import Keep

    return Keep(timedelta(days=settings.work.keep_done_days), timedelta(days=settings.privacy.keep_remarks_days))


async def _once(settings: "Settings") -> int:
    from bot.app import open_app
    from bot.cli.paint import Bars, notes, results
    from bot.cli.status import NOBODY
    from bot.services.rounds import run_once

    stop, signals = stopper()
    async with open_app(settings, paint=results()) as app:
        if not await app.store.follows():
            notes().print(NOBODY)
        patience = app.lease + timedelta(seconds=5)
        with Bars() as bars:
            ended = await run_once(app.store, app.crews(), app.clock, stop, patience, bars)
    if signals:
        raise KeyboardInterrupt
    return report(ended)


def report(ended: "Round") -> int:
    """Say on stderr what the round left behind; the exit code."""
    from bot.cli.paint import notes
    from bot.core.present_edition import truth_line
    from bot.core.work import Queue

    console = notes()
    for feed in ended.feeds:
        console.print(truth_line(feed))
    for job in ended.waiting:
        if job.queue is not Queue.EDITION:
            console.print(f"{job.key} waits until {job.due_at:%d %b %H:%M:%S} UTC: {job.reason}")
    unavailable = any(feed.failures for feed in ended.feeds)
    kept = any(job.queue is not Queue.EDITION for job in ended.waiting)
    return 3 if unavailable or kept else 0


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
