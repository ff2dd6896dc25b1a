"""`copecheck demo`: what this is, one verdict and a day's three papers, on two screens; no key, no account."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import ConfigOption, StoreOption, settings_for
from bot.core.errors import SourceUnavailable

if TYPE_CHECKING:
    from rich.console import Console

    from bot.app import App
    from bot.config.settings import Settings
    from bot.core.posts.post import LineRole, Post
    from bot.ports.store import PaperSource
    from bot.services.runtime.rounds import Round
    from bot.sources.saved import SavedSource

ARXIV_WITHIN_SECONDS = 5.0
FOLLOW = "demo"
PLACE = "console:demo"
SHORT, WHOLE = 3, 10
INTRODUCTION = (
    "CopeCheck reads the day's new papers on arXiv, judges each through a lens (a thesis with a list of questions), "
    "and posts short verdicts in a channel on Discord or Slack, where members can answer back."
)
TERMS = (
    "Core fallacy: what the paper takes for granted and the thesis contests. "
    "Leaves out: of the questions that fit such a text, those on which it is silent."
)
NEXT = (
    ("copecheck demo --all", "this day with ten papers and the list below them"),
    ("copecheck demo --analysis", "the full analysis of the verdict above"),
    ("copecheck demo --lens {other}", "the day through another lens"),
    ("copecheck demo --store demo.db", "keep the day, to try every command on it"),
    ("copecheck chat --store {store} --place demo", "every command, on this day"),
    ("copecheck init", "settings for a channel of yours, then copecheck run"),
)


def demo(
    context: typer.Context,
    feed: Annotated[Path | None, typer.Option("--feed", help="A saved feed (RSS or Atom) to read instead.")] = None,
    category: Annotated[str, typer.Option("--category", help="The arXiv category.")] = "cs.AI",
    lens: Annotated[str, typer.Option("--lens", help="The lens to read the day through.")] = "discontinuity",
    every: Annotated[
        bool, typer.Option("--all", help="Show ten papers of the day, and the list of the others.")
    ] = False,
    analysis: Annotated[
        bool, typer.Option("--analysis", help="Show the full analysis of the written verdict.")
    ] = False,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """What this is, on two screens: no key, no account, a new temporary store unless --store is given.

    Example: copecheck demo --category econ.GN --all
    """
    settings = settings_for(context, config, store, is_quiet=True)
    wanted = DemoRequest(feed, _category(category), _lens(settings, lens), every=every, analysis=analysis, store=store)
    with tempfile.TemporaryDirectory(prefix="copecheck-demo-") as folder:
        if store is None:
            url = str(Path(folder) / "demo.db")
            settings = settings.model_copy(update={"store": settings.store.model_copy(update={"url": url})})
        raise typer.Exit(asyncio.run(_demo(settings, wanted)))


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """What somebody asks of the demo."""

    feed: Path | None
    category: str
    lens: str
    every: bool
    analysis: bool
    store: str | None = None


def _category(word: str) -> str:
    """The category in arXiv's letters; `SettingsError` for one that does not exist."""
    from bot.core.errors import SettingsError
    from bot.core.papers.categories import known_category

    try:
        return known_category(word)
    except ValueError as error:
        raise SettingsError(f"--category: {error}.", "Write one as arXiv does, like cs.AI or econ.GN.") from None


def _lens(settings: "Settings", name: str) -> str:
    """The lens, when there is one of that name."""
    from bot.core.errors import SettingsError
    from bot.lenses.load import load_lenses

    lenses = load_lenses(settings.lens_folder)
    if name not in lenses:
        raise SettingsError(f"--lens: there is no lens {name!r}.", f"There are: {', '.join(sorted(lenses))}.")
    return name


async def _demo(settings: "Settings", wanted: DemoRequest) -> int:
    """Say what this is, show the written example, then the day."""
    from bot.app import open_app
    from bot.cli.paint import Bars, notes, results
    from bot.cli.run import stopper
    from bot.services.runtime.rounds import run_once
    from bot.sources.saved import SavedSource

    console = results()
    saved = SavedSource.read(wanted.feed) if wanted.feed is not None else None
    _show_example(console, has_analysis=wanted.analysis)
    async with AsyncExitStack() as stack:
        source, said, read_category = await _choose_source(settings, saved, wanted.category)
        notes().print(f"Reading {wanted.feed}." if saved else said)
        settings = _for_demo(settings, read_category, wanted)
        paint = console if wanted.every else None
        app = await stack.enter_async_context(open_app(settings, paint=paint, source=source))
        await _put_example(app)
        stop, signals = stopper()
        started = app.clock.now()
        with Bars() as bars:
            ended = await run_once(app.store, app.crews(), app.clock, stop, app.lease + timedelta(seconds=5), bars)
        if signals:
            raise KeyboardInterrupt
        return await _close(app, ended, started, console, wanted)


async def _put_example(app: "App") -> None:
    """The written example's paper with its verdict into a store of nothing yet, so that it can be asked about, too."""
    from bot.core.jobs.job import Queue
    from bot.demo.load import written_example
    from bot.lenses.load import load_lenses
    from bot.services.ingest.poll import judging

    if await app.store.editions(1) or await app.store.count_jobs():
        return
    example = written_example(load_lenses(None)["discontinuity"])
    await app.store.put_papers([example.paper])
    await app.store.add_jobs([judging(example.paper, example.verdict.provenance.lens)])
    [job] = await app.store.claim(Queue.JUDGE, 1, app.lease)
    await app.store.finish_judging(job, example.verdict, [])


def _for_demo(settings: "Settings", category: str, wanted: DemoRequest) -> "Settings":
    """The settings with the demo's one follow: a digest, posted at once, its most revealing papers opened.

    No model is asked, whatever the settings name: a look at the bot costs nothing.
    """
    from bot.config.follow import FollowSettings
    from bot.config.model import ModelSettings
    from bot.config.settings import ConsoleSettings, PlatformSettings
    from bot.core.follows.follow import Mode

    follow = FollowSettings(
        name=FOLLOW,
        place=PLACE,
        categories=(category,),
        lens=wanted.lens,
        mode=Mode.DIGEST,
        cards=WHOLE if wanted.every else SHORT,
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
    said = (
        f"{answered} What follows is a day of {bundled.category} that comes with the program: "
        "its papers are invented, their figures too."
    )
    return bundled, said, bundled.category


async def _ask_arxiv(settings: "Settings", category: str) -> "PaperSource | str":
    """Today's announcement as a saved source, or why there is none."""
    from bot.app import build_source
    from bot.clock import SystemClock
    from bot.core.papers.feed import Outcome
    from bot.core.present.status_lines import failed_words
    from bot.sources.saved import SavedSource
    from bot.store.sql import SqlStore

    with tempfile.TemporaryDirectory() as folder:
        gate = SqlStore(str(Path(folder) / "gate.db"))
        await gate.open()
        source = build_source(settings, gate, SystemClock())
        try:
            async with asyncio.timeout(ARXIV_WITHIN_SECONDS):
                fetched = await source.fetch_feed(category, None, None)
        except TimeoutError:
            return f"arXiv did not answer within {ARXIV_WITHIN_SECONDS:.0f} seconds."
        except SourceUnavailable as error:
            return f"Today's {category} could not be read: {failed_words(Outcome(error.outcome))}."
        finally:
            await source.close()
            await gate.close()
    if fetched.batch is None or not fetched.batch.entries:
        return f"arXiv has announced nothing in {category} today."
    return SavedSource(fetched)


def _show_example(console: "Console", *, has_analysis: bool) -> None:
    from bot.core.posts.post import LineRole
    from bot.core.present.analysis import full_analysis
    from bot.core.present.card import card
    from bot.core.present.paper_view import PaperView
    from bot.demo.load import written_example
    from bot.lenses.load import load_lenses
    from bot.platforms.console.paint import paint
    from bot.text.tex import readable

    lens = load_lenses(None)["discontinuity"]
    example = written_example(lens)
    sheet = PaperView(example.paper, example.verdict, lens, "cs.AI", example.day, readable)
    _say(console, INTRODUCTION, LineRole.PARAGRAPH)
    _rule(console, "A verdict as a model writes it (this one by hand; the paper is invented)")
    paint(console, card(sheet))
    _say(console, TERMS, LineRole.SMALL)
    if has_analysis:
        _rule(console, "Its full analysis")
        paint(console, full_analysis(sheet))
    _rule(console, "A day, read by rule: no model, no key")


def _say(console: "Console", words: str, role: "LineRole") -> None:
    from bot.core.posts.phrase import line
    from bot.core.posts.post import Post, PostKind
    from bot.platforms.console.paint import paint

    paint(console, Post(PostKind.ANSWER, words, (line(role, words),)))


def _rule(console: "Console", title: str) -> None:
    from rich.rule import Rule

    console.print(Rule(title, style="dim"))
    console.print()


async def _close(app: "App", ended: "Round", started: datetime, console: "Console", wanted: DemoRequest) -> int:
    """The day's first papers where it was not shown whole, its line with every paper accounted for, what to do next."""
    from bot.cli.run import report
    from bot.core.follows.edition import Disposition
    from bot.core.present.status_lines import edition_line
    from bot.platforms.console.paint import paint

    if not wanted.every:
        for post in await _digests(app, started):
            paint(console, post)
    editions = [edition for edition in await app.store.editions(50) if edition.key.follow == FOLLOW]
    if editions and editions[0].closed_at < started:
        console.print("Nothing new since the last time, so nothing was posted.")
    for edition in editions[:1]:
        console.print(edition_line(edition), style="bold")
        if edition.fates and not edition.fates.get(Disposition.POSTED):
            low = f"No paper reaches the threshold of this lens ({app.lenses[wanted.lens].threshold} of 100)"
            console.print(
                f"{low}, so none is opened; `copecheck lens show {wanted.lens}` says what it asks.", soft_wrap=True
            )
    code = report(ended, is_quiet=True)
    if not code:
        _show_next(console, app, wanted)
    return code


async def _digests(app: "App", started: datetime) -> "list[Post]":
    """What was posted now, each as far as its opened papers go."""
    from dataclasses import replace

    from bot.core.jobs.job import JobState, Queue
    from bot.core.posts.post import LineRole, PostKey, PostKind

    short = []
    for job in await app.store.list_jobs((JobState.DONE,), Queue.DELIVER):
        key = PostKey.parse(job.key) if not job.key.startswith("edit|") else None
        if key is None or key.kind is not PostKind.DIGEST or str(key.place) != PLACE or job.due_at < started:
            continue
        post = await app.renderer.post(key, job.payload)
        heads = [at for at, line in enumerate(post.lines) if line.role is LineRole.HEADING]
        short.append(replace(post, lines=post.lines[: heads[0]] if heads else post.lines))
    return short


def _show_next(console: "Console", app: "App", wanted: DemoRequest) -> None:
    """The commands that lead on."""
    from rich.text import Text

    console.print()
    _rule(console, "What to do next")
    others = [key for key in sorted(app.lenses) if key != wanted.lens]
    typed = [(command.format(other="".join(others[:1]), store=wanted.store), what) for command, what in NEXT]
    is_out = {
        "copecheck demo --all": wanted.every,
        "copecheck demo --analysis": wanted.analysis,
        "copecheck demo --lens ": True,
        "copecheck demo --store demo.db": wanted.store is not None,
        f"copecheck chat --store {wanted.store} --place demo": wanted.store is None,
    }
    shown = [(command, what) for command, what in typed if not is_out.get(command)]
    width = max(len(command) for command, _ in shown) + 2
    for command, what in shown:
        console.print(Text(command.ljust(width), style="bold").append(what, style="not bold"))
