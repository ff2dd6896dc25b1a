"""`copecheck demo`: the bot's job in a minute, with no key and no account."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import ConfigOption, StoreOption, settings_for
from bot.core.errors import SourceUnavailable

if TYPE_CHECKING:
    from rich.console import Console

    from bot.app import App
    from bot.config import Settings
    from bot.ports import PaperSource
    from bot.services.rounds import Round
    from bot.sources.saved import SavedSource

ANSWER_WITHIN = 5.0
FOLLOW = "demo"
PLACE = "console:demo"


def demo(
    context: typer.Context,
    feed: Annotated[Path | None, typer.Option("--feed", help="A saved feed (RSS or Atom) to read instead.")] = None,
    category: Annotated[str, typer.Option("--category", help="The arXiv category.")] = "cs.AI",
    lens: Annotated[str, typer.Option("--lens", help="The lens to judge through.")] = "discontinuity",
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Judge today's papers here and now: no key, no account, a new temporary store unless --store is given."""
    settings = settings_for(context, config, store, is_quiet=True)
    with tempfile.TemporaryDirectory(prefix="copecheck-demo-") as folder:
        if store is None:
            url = str(Path(folder) / "demo.db")
            settings = settings.model_copy(update={"store": settings.store.model_copy(update={"url": url})})
        raise typer.Exit(asyncio.run(_demo(settings, feed, category, lens)))


async def _demo(settings: "Settings", feed: Path | None, category: str, lens: str) -> int:
    """Show the written example, then the day."""
    from bot.app import open_app
    from bot.cli.paint import Bars, notes, results
    from bot.cli.run import stopper
    from bot.services.rounds import run_once
    from bot.sources.saved import SavedSource

    console = results()
    saved = SavedSource.read(feed) if feed is not None else None
    _show_example(console)
    async with AsyncExitStack() as stack:
        source, said, read_category = await _choose_source(settings, saved, category)
        notes().print(f"Reading {feed}." if saved else said)
        settings = _for_demo(settings, read_category, lens)
        app = await stack.enter_async_context(open_app(settings, paint=console, source=source))
        stop, signals = stopper()
        started = app.clock.now()
        with Bars() as bars:
            ended = await run_once(app.store, app.crews(), app.clock, stop, app.lease + timedelta(seconds=5), bars)
        if signals:
            raise KeyboardInterrupt
        return await _close(app, ended, started, console)


def _for_demo(settings: "Settings", category: str, lens: str) -> "Settings":
    """The settings with the demo's one follow: a digest, posted at once, the ten most revealing papers opened.

    No model is asked, whatever the settings name: a look at the bot costs nothing.
    """
    from bot.config import ConsoleSettings, PlatformSettings
    from bot.config_follow import FollowSettings
    from bot.config_model import ModelSettings
    from bot.core.follow import Mode

    follow = FollowSettings(
        name=FOLLOW,
        place=PLACE,
        categories=(category,),
        lens=lens,
        mode=Mode.DIGEST,
        cards=10,
        hour=time(0, 0),
        weekdays=tuple(range(7)),
    )
    console = ConsoleSettings(faults=settings.platforms.console.faults)
    update = {"follows": (follow,), "platforms": PlatformSettings(console=console), "model": ModelSettings()}
    return settings.model_copy(update=update)


async def _choose_source(
    settings: "Settings", saved: "SavedSource | None", category: str
) -> "tuple[PaperSource, str, str]":
    """A saved feed, else arXiv when it answers within a few seconds, else the bundled day; what to say about it."""
    from bot.demo.load import bundled_day
    from bot.sources.saved import SavedSource

    if saved is not None:
        return saved, "", saved.category
    answered = await _ask_arxiv(settings, category)
    if isinstance(answered, SavedSource):
        return answered, f"Reading today's {category} announcement from arXiv.", category
    bundled = SavedSource.parse(bundled_day(), "the bundled day")
    said = f"{answered} Going on with the bundled day: its papers are invented, their numbers too."
    return bundled, said, bundled.category


async def _ask_arxiv(settings: "Settings", category: str) -> "PaperSource | str":
    """Today's announcement as a saved source, or why there is none."""
    from bot.app import SystemClock, build_source
    from bot.sources.saved import SavedSource
    from bot.store.sql import SqlStore

    with tempfile.TemporaryDirectory() as folder:
        gate = SqlStore(str(Path(folder) / "gate.db"))
        await gate.open()
        source = build_source(settings, gate, SystemClock())
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                fetched = await source.fetch_feed(category, None, None)
        except TimeoutError:
            return "arXiv did not answer within five seconds."
        except SourceUnavailable as error:
            return f"arXiv could not be read ({error.outcome})."
        finally:
            await source.close()
            await gate.close()
    if fetched.batch is None or not fetched.batch.entries:
        return f"arXiv has announced nothing in {category} today."
    return SavedSource(fetched)


def _show_example(console: "Console") -> None:
    from bot.core.present import Sheet, card, full_analysis
    from bot.demo.load import written_example
    from bot.lenses.load import load_lenses
    from bot.platforms.console.paint import paint
    from bot.text.tex import readable

    lens = load_lenses(None)["discontinuity"]
    example = written_example(lens)
    sheet = Sheet(example.paper, example.verdict, lens, "cs.AI", example.day, readable)
    _rule(console, "What a model's verdict looks like: an example written by hand, the paper is invented")
    paint(console, card(sheet))
    _rule(console, "Its full analysis")
    paint(console, full_analysis(sheet))
    _rule(console, "The day, read by rule")


def _rule(console: "Console", title: str) -> None:
    from rich.rule import Rule

    console.print(Rule(title, style="dim"))
    console.print()


async def _close(app: "App", ended: "Round", started: datetime, console: "Console") -> int:
    """The closing line: every announced paper accounted for."""
    from bot.cli.run import report
    from bot.core.present_edition import edition_line

    editions = [edition for edition in await app.store.editions(50) if edition.key.follow == FOLLOW]
    if editions and editions[0].closed_at < started:
        console.print("Nothing new since the last time, so nothing was posted.")
    for edition in editions[:1]:
        console.print(edition_line(edition), style="bold")
    return report(ended)
