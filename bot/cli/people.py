"""`verdict`, `report`, `feedback` and `forget`: the one-shot forms of what people ask, and what is kept about them."""

import asyncio
import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.operate import opened_store, record
from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for

if TYPE_CHECKING:
    from bot.app import App
    from bot.config import Settings
    from bot.core.paper import Paper
    from bot.core.post import Post
    from bot.core.verdict import Verdict

forget_commands = typer.Typer(no_args_is_help=True, help="Delete everything that is stored about a person or a place.")
PATIENCE = timedelta(minutes=15)


# -- verdict -----------------------------------------------------------------------------------------------------------


def verdict(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="An arXiv id, link or DOI.")],
    lens: Annotated[str, typer.Argument(metavar="[LENS]", help="The lens; by default discontinuity.")] = "",
    analysis: Annotated[bool, typer.Option("--analysis", help="The full analysis in place of the card.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """The verdict on one paper."""
    from bot.core.arxiv_id import parse_arxiv_id
    from bot.core.errors import MalformedId, SettingsError

    settings = settings_for(context, config, store, is_quiet=True)
    try:
        parse_arxiv_id(paper)
    except MalformedId as error:
        raise SettingsError(error.what, error.remedy) from None
    asyncio.run(_verdict(settings, paper, lens, analysis, as_json))


async def _verdict(settings: "Settings", name: str, lens_name: str, analysis: bool, as_json: bool) -> None:
    from bot.app import open_app
    from bot.cli.paint import results
    from bot.core.present import card, full_analysis
    from bot.platforms.console.paint import paint
    from bot.ports import JudgedPaper
    from bot.services.look_up import look_up

    async with open_app(settings) as app:
        lens = app.means.lens(lens_name or None)
        paper = await look_up(name, store=app.store, source=app.source)
        judged = await _judged(app, paper, lens.key)
        if as_json:
            typer.echo(json.dumps(record(JudgedPaper(paper, judged)), indent=2, ensure_ascii=False))
            return
        sheet = await app.renderer.sheet(paper, judged)
        paint(results(), full_analysis(sheet) if analysis else card(sheet))


async def _judged(app: "App", paper: "Paper", lens: str) -> "Verdict":
    """The present verdict, from the store or made now by the judging crew."""
    from bot.core.errors import CopeCheckError, SourceUnavailable
    from bot.core.work import JobState, Queue
    from bot.services.poll import judging

    known = await app.store.verdict(paper.id, lens)
    if known is not None and known.paper_hash == paper.text_hash:
        return known
    if paper.is_withdrawn:
        raise CopeCheckError(f"{paper.id} has been withdrawn by its authors, so there is no verdict on it.")
    new = judging(paper, lens, -1.0)
    await app.store.add_jobs([new])
    await app.store.hurry(Queue.JUDGE, new.key, -1.0)
    crew = next(one for one in app.crews() if one.queue is Queue.JUDGE)
    stop = asyncio.Event()
    working = asyncio.create_task(crew.run(stop))
    try:
        for _ in range(int(PATIENCE.total_seconds() * 20)):
            job = await app.store.find_job(Queue.JUDGE, new.key)
            if job is None or job.state is not JobState.OPEN:
                break
            if job.reason and job.due_at > app.clock.now() + timedelta(seconds=20):
                raise SourceUnavailable(
                    "waits", f"{paper.id} waits: {job.reason}.", "The work is kept; try again later."
                )
            await asyncio.sleep(0.05)
    finally:
        stop.set()
        await working
    found = await app.store.verdict(paper.id, lens)
    if found is None or found.paper_hash != paper.text_hash:
        reason = job.reason if job else "the work is gone"
        raise CopeCheckError(f"{paper.id} could not be judged: {reason}.", "See `copecheck jobs`.")
    return found


# -- report ------------------------------------------------------------------------------------------------------------


def report(
    context: typer.Context,
    week: Annotated[str, typer.Argument(metavar="[WEEK]", help="Like 2026-W22; by default this week so far.")] = "",
    place: Annotated[str, typer.Option("--place", help="Only this place, like console:main.")] = "",
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """The Cope Report of each place that follows something."""
    from bot.core.errors import SettingsError
    from bot.core.post import Place
    from bot.core.week import IsoWeek

    settings = settings_for(context, config, store, is_quiet=True)
    try:
        wanted = IsoWeek.parse(week) if week else None
        only = Place.parse(place) if place else None
    except ValueError as error:
        raise SettingsError(f"{error}.", "Try report 2026-W22 --place console:main") from None
    for name, post in asyncio.run(_reports(settings, wanted, only)):
        _show(name, post)


async def _reports(settings: "Settings", week: Any, only: Any) -> "list[tuple[str, Post]]":
    from bot.app import open_app
    from bot.core.errors import CopeCheckError
    from bot.core.schedule import eastern_day
    from bot.core.week import IsoWeek

    async with open_app(settings) as app:
        zones = {follow.place: follow.zone for follow in reversed(await app.store.follows())}
        places = [only] if only else sorted(zones)
        if not places:
            raise CopeCheckError("Nobody follows anything yet, so there is no report.", "See `copecheck init`.")
        this = week or IsoWeek.of(eastern_day(app.clock.now()))
        return [(str(one), await app.renderer.report(one, this, zones.get(one, "UTC"))) for one in places]


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
    """What people said to whoever runs the bot, newest first."""
    from bot.cli.paint import results
    from bot.core.phrase import said

    settings = settings_for(context, config, store, is_quiet=True)

    async def gather() -> Any:
        async with opened_store(settings) as opened:
            return await opened.feedback()

    found = asyncio.run(gather())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2, default=str, ensure_ascii=False))
        return
    console = results()
    if not found:
        console.print("Nobody has said anything yet.")
    for one in found:
        console.print(f"{one.said_at:%d %b %Y %H:%M} UTC  {one.person} in {one.place}", style="dim")
        console.print(f"  {said(one.words)}")


@forget_commands.command("person")
def forget_person(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="As platform:id, like discord:1234.")],
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Delete a person's votes, requests, feedback and remarks."""
    _forget(context, "forget_person", person, config, store)


@forget_commands.command("place")
def forget_place(
    context: typer.Context,
    place: Annotated[str, typer.Argument(metavar="PLACE", help="As platform:channel, like discord:1234.")],
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Delete a place's follows, votes, requests, feedback and what was posted there."""
    _forget(context, "forget_place", place, config, store)


def _forget(context: typer.Context, which: str, name: str, config: Any, store: str | None) -> None:
    from bot.core.errors import SettingsError
    from bot.core.post import Place

    settings = settings_for(context, config, store, is_quiet=True)
    try:
        place = Place.parse(name)
    except ValueError:
        raise SettingsError(f"{name!r} is not of the form platform:id.", "Write it like discord:1234.") from None

    async def forget() -> int:
        async with opened_store(settings) as opened:
            if which == "forget_place":
                return await opened.forget_place(place)
            return await opened.forget_person(name)

    count = asyncio.run(forget())
    typer.echo(f"{count} rows about {name} are gone." if count else f"Nothing is stored about {name}.")
