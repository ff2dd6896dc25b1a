"""`verdict`, `report`, `feedback` and `forget`: the one-shot forms of what people ask, and what is kept about them."""

import asyncio
import sys
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.export import record
from bot.cli.operate import ask_store, known_follows, read_only
from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.settings import Settings
    from bot.core.jobs.job import Job, NewJob
    from bot.core.papers.paper import Paper
    from bot.core.posts.post import Post
    from bot.core.verdicts.verdict import Verdict

forget_commands = typer.Typer(
    no_args_is_help=True,
    help="Delete everything that is stored about a person or a place.\n\nExample: copecheck forget person discord:1234",
)
URGENT = -1.0
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask before deleting.")]
VERDICT_WAIT = timedelta(minutes=15)


# -- verdict -----------------------------------------------------------------------------------------------------------


def verdict(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="An arXiv id, link or DOI.")],
    lens: Annotated[str, typer.Argument(metavar="[LENS]", help="The lens; by default discontinuity.")] = "",
    by_lens: Annotated[str, typer.Option("--lens", metavar="LENS", help="The lens, named as an option.")] = "",
    analysis: Annotated[bool, typer.Option("--analysis", help="The full analysis in place of the card.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """The verdict on one paper.

    Example: copecheck verdict 2611.01234 --lens plain --analysis
    """
    from bot.core.errors import MalformedId, SettingsError
    from bot.core.papers.arxiv_id import parse_arxiv_id

    settings = settings_for(context, config, store, is_quiet=True)
    try:
        parse_arxiv_id(paper)
    except MalformedId as error:
        raise SettingsError(error.what, error.remedy) from None
    if lens and by_lens and lens != by_lens:
        raise SettingsError(f"Two lenses are named, {lens} and {by_lens}.", "Name one.")
    asyncio.run(_verdict(settings, paper, lens or by_lens, analysis, as_json))


async def _verdict(settings: "Settings", name: str, lens_name: str, analysis: bool, as_json: bool) -> None:
    from bot.app import open_app
    from bot.cli.paint import results
    from bot.core.follows.edition import JudgedPaper
    from bot.core.papers.arxiv_id import version_of
    from bot.core.present.analysis import full_analysis
    from bot.core.present.answer import looked, other_version
    from bot.core.present.card import card
    from bot.platforms.console.paint import paint
    from bot.services.ingest.look_up import last_look, look_up

    async with open_app(settings, only_looks=True) as app:
        lens = app.means.lens(lens_name or None)
        paper = await _looked_at(app, await look_up(name, store=app.store, source=app.source))
        judged = await _judged(app, paper, lens.key)
        missing = ""
        if analysis and judged.can_be_analysed and judged.analysis is None:
            judged, missing = await _analysed(app, paper, judged)
        looked_at = await last_look(app.store, paper.id)
        if as_json:
            from bot.cli.paint import show_json

            told = record(JudgedPaper(paper, judged)) | {"looked_at": looked_at.isoformat() if looked_at else None}
            show_json(told)
            return
        sheet = await app.renderer.sheet(paper, judged)
        post = full_analysis(sheet, missing) if analysis else card(sheet)
        older = other_version(version_of(name, paper.id), judged.version)
        paint(results(), replace(post, lines=(*post.lines, *looked(looked_at), *older)))


async def _looked_at(app: "App", paper: "Paper") -> "Paper":
    """The paper as arXiv has it: asked again after a day. Where arXiv cannot be asked, as it was last."""
    from bot.core.errors import SourceUnavailable
    from bot.services.ingest.look_up import is_old, last_look

    if not is_old(await last_look(app.store, paper.id), app.clock.now()):
        return paper
    try:
        await app.look.now(paper.id)
    except SourceUnavailable as error:
        typer.echo(f"arXiv could not be asked about {paper.id} again: {error}", err=True)
    return await app.store.paper(paper.id) or paper


async def _judged(app: "App", paper: "Paper", lens: str) -> "Verdict":
    """The present verdict, from the store or made now by the judging crew."""
    from bot.core.errors import CopeCheckError
    from bot.services.ingest.poll import judging

    known = await app.store.verdict(paper.id, lens)
    if known is not None and (paper.is_withdrawn or known.paper_hash == paper.text_hash):
        return known
    if paper.is_withdrawn:
        raise CopeCheckError(f"{paper.id} has been withdrawn, so there is no verdict on it.")
    job = await _worked(app, judging(paper, lens, URGENT), paper)
    found = await app.store.verdict(paper.id, lens)
    if found is None or found.paper_hash != paper.text_hash:
        reason = job.reason if job else "the work is gone"
        raise CopeCheckError(f"{paper.id} could not be judged: {reason}.", "See `copecheck jobs`.")
    return found


async def _analysed(app: "App", paper: "Paper", verdict: "Verdict") -> "tuple[Verdict, str]":
    """The verdict with its analysis, or why it has none."""
    from bot.core.commands.payer import Cause, Payer
    from bot.core.posts.post import Place
    from bot.services.judging.analyse import analysing

    lens = verdict.provenance.lens
    payer = Payer(Cause.ANALYSIS, str(Place("console", "main")))
    job = await _worked(app, analysing(paper, verdict, URGENT, payer), paper)
    found = await app.store.verdict(paper.id, lens) or verdict
    return found, f"There is no analysis: {job.reason if job else 'the work is gone'}."


async def _worked(app: "App", new: "NewJob", paper: "Paper") -> "Job | None":
    """A job of judging, done now by the judging crew; as it stands then."""
    from bot.core.errors import SourceUnavailable
    from bot.core.jobs.job import JobState, Queue

    await app.store.add_jobs([new])
    await app.store.raise_priority(Queue.JUDGE, new.key, URGENT)
    crew = next(crew for crew in app.crews() if crew.queue is Queue.JUDGE)
    stop = asyncio.Event()
    working = asyncio.create_task(crew.run(stop))
    job = None
    try:
        for _ in range(int(VERDICT_WAIT.total_seconds() * 20)):
            job = await app.store.find_job(Queue.JUDGE, new.key)
            if job is None or job.state is not JobState.OPEN:
                break
            if job.is_put_off(app.clock.now() + timedelta(seconds=20)):
                raise SourceUnavailable(
                    "waits", f"{paper.id} waits: {job.reason}.", "The work is kept; try again later."
                )
            await asyncio.sleep(0.05)
    finally:
        stop.set()
        await working
    return job


# -- report ------------------------------------------------------------------------------------------------------------


def report(
    context: typer.Context,
    week: Annotated[str, typer.Argument(metavar="[WEEK]", help="Like 2026-W22; by default this week so far.")] = "",
    place: Annotated[str, typer.Option("--place", help="Only this place, like console:main.")] = "",
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """The Cope Report of each place that follows something.

    Example: copecheck report 2026-W22 --place console:main
    """
    from bot.core.errors import SettingsError
    from bot.core.follows.week import IsoWeek
    from bot.core.posts.post import Place

    settings = settings_for(context, config, store, is_quiet=True)
    try:
        wanted = IsoWeek.parse(week) if week else None
        only = Place.parse(place) if place else None
    except ValueError as error:
        raise SettingsError(f"{error}.", "Try `copecheck report 2026-W22 --place console:main`.") from None
    for name, post in asyncio.run(_reports(settings, wanted, only)):
        _show(name, post)


async def _reports(settings: "Settings", week: Any, only: Any) -> "list[tuple[str, Post]]":
    from bot.app import open_app
    from bot.core.errors import CopeCheckError
    from bot.core.follows.week import IsoWeek
    from bot.core.papers.calendar import eastern_day

    with read_only(settings) as readable:
        async with open_app(readable, only_looks=True) as app:
            zones = {follow.place: follow.zone for follow in reversed(await known_follows(settings, app.store))}
            places = [only] if only else sorted(zones)
            if not places:
                raise CopeCheckError("Nobody follows anything yet, so there is no report.", "See `copecheck init`.")
            this = week or IsoWeek.of(eastern_day(app.clock.now()))
            return [(str(place), await app.renderer.report(place, this, zones.get(place, "UTC"))) for place in places]


def _show(name: str, post: "Post") -> None:
    from bot.cli.paint import results
    from bot.platforms.console.paint import paint

    console = results()
    console.print(name, style="dim")
    paint(console, post)


# -- feedback and forgetting -------------------------------------------------------------------------------------------


def feedback(
    context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """What people said to whoever runs the bot, newest first.

    Example: copecheck feedback --json
    """
    from bot.cli.paint import results
    from bot.core.posts.phrase import sanitize

    settings = settings_for(context, config, store, is_quiet=True)
    found = ask_store(settings, store, lambda opened: opened.feedback())
    if as_json:
        from bot.cli.paint import show_json

        show_json([asdict(item) for item in found])
        return
    console = results()
    if not found:
        console.print("There is no feedback yet.")
    for feedback in found:
        console.print(f"{feedback.said_at:%d %b %Y %H:%M} UTC  {feedback.person} in {feedback.place}", style="dim")
        console.print(f"  {sanitize(feedback.words)}")


def _agreed(name: str) -> bool:
    """Whether somebody at the terminal wants it; `SettingsError` where nobody can be asked."""
    from bot.core.errors import SettingsError

    if not sys.stdin.isatty():
        raise SettingsError("There is no terminal to ask in, so nothing was deleted.", "Add --yes.")
    return typer.confirm(f"Delete everything that is stored about {name}? This cannot be undone.", err=True)


@forget_commands.command("person")
def forget_person(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="As platform:id, like discord:1234.")],
    yes: YesOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Delete a person's votes, requests, feedback, remarks and follows in direct messages.

    Example: copecheck forget person discord:1234
    """
    _forget(context, "forget_person", person, yes, config, store)


@forget_commands.command("place")
def forget_place(
    context: typer.Context,
    place: Annotated[str, typer.Argument(metavar="PLACE", help="As platform:channel, like discord:1234.")],
    yes: YesOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Delete a place's follows, votes, requests, feedback and what was posted there.

    Example: copecheck forget place slack:T0123/C0456 --yes
    """
    _forget(context, "forget_place", place, yes, config, store)


def _forget(context: typer.Context, which: str, name: str, yes: bool, config: Any, store: str | None) -> None:
    from bot.core.errors import SettingsError
    from bot.core.posts.phrase import many
    from bot.core.posts.post import Place

    settings = settings_for(context, config, store, is_quiet=True)
    try:
        place = Place.parse(name)
    except ValueError:
        raise SettingsError(f"{name!r} is not of the form platform:id.", "Write it like discord:1234.") from None
    if not yes and not _agreed(name):
        typer.echo("Nothing was deleted.")
        return
    is_place = which == "forget_place"
    count = ask_store(
        settings, store, lambda opened: opened.forget_place(place) if is_place else opened.forget_person(name)
    )
    typer.echo(f"Deleted: {many(count, 'row')} about {name}." if count else f"Nothing is stored about {name}.")
