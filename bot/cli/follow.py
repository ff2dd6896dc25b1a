"""`copecheck follow`: what places follow, decided in the shell by the verbs that admins have in a channel."""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import ConfigOption, StoreOption, settings_for
from bot.core.commands.verbs import COMMANDS, Verb

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.settings import Settings
    from bot.core.follows.follow import Follow
    from bot.core.posts.post import Place

follow_commands = typer.Typer(
    no_args_is_help=True, help="What places follow, and when it posts.\n\nExample: copecheck follow list"
)
ME = "console:operator"
ANSWER_WITHIN = timedelta(minutes=1)
AT_WORK = "Posts go out while `copecheck run` works; `copecheck run --once` sends what is due, and stops."
READS = ("follow now", "follow preview")  # they change no follow, so that one of the settings file may be meant

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The follow, as `copecheck follow list` names it.")]
PlaceOption = Annotated[
    str, typer.Option("--place", help="The channel, like console:main, discord:1234 or slack:T0123/C0456.")
]


@follow_commands.command("list")
def list_follows(context: typer.Context, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Every place with what it follows, and how that stands.

    Example: copecheck follow list
    """
    asyncio.run(_list(settings_for(context, config, store, is_quiet=True), wanted=store is not None))


@follow_commands.command("add")
def add(
    context: typer.Context,
    categories: Annotated[list[str], typer.Argument(metavar="CATEGORY...", help="arXiv categories, like cs.AI.")],
    place: PlaceOption = "",
    lens: Annotated[str, typer.Option("--lens", help="The lens to judge through.")] = "discontinuity",
    hour: Annotated[str, typer.Option("--hour", help="When to post, like 09:00.")] = "",
    zone: Annotated[str, typer.Option("--zone", help="The time zone, like Europe/Berlin.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Turn it on without asking.")] = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Follow categories in a place: look at the permissions, show today's first paper, then turn it on.

    Example: copecheck follow add cs.AI cs.CL --place discord:1234 --hour 08:30 --zone Europe/Berlin
    """
    given = [f"{name}={value}" for name, value in (("lens", lens), ("hour", hour), ("zone", zone)) if value]
    asyncio.run(_add(settings_for(context, config, store, is_quiet=True), place, (*categories, *given), is_agreed=yes))


def _decide(verb: Verb) -> None:
    """A command that decides about one follow, as the verb of that name does in its channel."""
    name = verb.name.partition(" ")[2]

    def decide(
        context: typer.Context,
        name: NameArgument,
        place: PlaceOption = "",
        config: ConfigOption = None,
        store: StoreOption = None,
    ) -> None:
        asyncio.run(_decided(settings_for(context, config, store, is_quiet=True), verb.name, name, place))

    about = f"{verb.help[0].upper()}{verb.help[1:]}.\n\nExample: copecheck {verb.example}"
    follow_commands.command(name, help=about)(decide)


for verb in COMMANDS:
    if verb.name.startswith("follow ") and verb.name not in ("follow add", "follow list", "follow edit"):
        _decide(verb)


@follow_commands.command("edit")
def edit(
    context: typer.Context,
    name: NameArgument,
    changes: Annotated[list[str], typer.Argument(metavar="SETTING=VALUE...", help="What is to change, like cards=3.")],
    place: PlaceOption = "",
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Change a follow: cards, hour, zone, mode, lens and what else `help follow edit` of a chat lists.

    Example: copecheck follow edit cs.AI cards=3 hour=18:00
    """
    asyncio.run(_decided(settings_for(context, config, store, is_quiet=True), "follow edit", name, place, changes))


async def _decided(settings: "Settings", verb: str, name: str, place: str, changes: "Sequence[str]" = ()) -> None:
    from bot.app import open_app

    async with open_app(settings) as app:
        await _say(app, verb, (name, *changes), await _place_of(app, name, place, verb))
    if verb in ("follow on", "follow now"):
        typer.echo(AT_WORK, err=True)


async def _list(settings: "Settings", *, wanted: bool) -> None:
    from bot.cli.operate import known_follows, store_to_read
    from bot.cli.paint import results
    from bot.cli.status import NOBODY
    from bot.cli.typable import for_shell
    from bot.clock import SystemClock
    from bot.core.papers.calendar import eastern_day
    from bot.core.present.follow import follow_list
    from bot.platforms.console.paint import paint

    async with store_to_read(settings, wanted=wanted) as store:
        follows = await known_follows(settings, store)
    if not follows:
        typer.echo(NOBODY)
    today, has_model = eastern_day(SystemClock().now()), bool(settings.model.endpoints)
    for place in sorted({follow.place for follow in follows}, key=str):
        typer.echo(str(place))
        here = [follow for follow in follows if follow.place == place]
        paint(results(), for_shell(follow_list(here, today, has_model=has_model), place))


async def _add(settings: "Settings", named: str, words: "Sequence[str]", *, is_agreed: bool) -> None:
    from bot.app import open_app
    from bot.config.settings import wrong_place

    async with open_app(settings) as app:
        follows = await app.store.follows()
        place = _parsed(named) if named else _only([follow.place for follow in follows], "")
        for fault in wrong_place(settings, place, f"--place names {place}"):
            raise fault
        before = {follow.name for follow in follows}
        await _say(app, "follow add", words, place)
        [new] = [follow for follow in await app.store.follows() if follow.name not in before]
        if is_agreed or _agrees(f"Turn {new.label} on in {place}?"):
            await _say(app, "follow on", (new.label,), place)
            typer.echo(AT_WORK, err=True)


def _agrees(question: str) -> bool:
    import sys

    return sys.stdin.isatty() and typer.confirm(question, err=True)


async def _say(app: "App", verb: str, words: "Sequence[str]", place: "Place") -> None:
    """Carry a verb out as if it had been typed in that place by who runs the bot, and show each answer or refusal."""
    from bot.cli.typable import words_for_shell
    from bot.core.errors import CopeCheckError

    try:
        await _carry_out(app, verb, words, place)
    except CopeCheckError as error:
        error.what, error.remedy = (words_for_shell(text, str(place)) for text in (error.what, error.remedy))
        raise


async def _carry_out(app: "App", verb: str, words: "Sequence[str]", place: "Place") -> None:
    from bot.cli.paint import results
    from bot.cli.typable import for_shell
    from bot.core.commands.event import Actor, CommandEvent, Role
    from bot.core.commands.parser import parse
    from bot.core.jobs.job import Queue
    from bot.platforms.console.paint import paint
    from bot.services.commands.context import CommandCall
    from bot.services.commands.follow import FollowVerbs

    text = " ".join((verb, *(f'"{word}"' for word in words)))
    asked = CommandEvent(uuid.uuid4().hex, Actor(ME, place, "", Role.OPERATOR), text)
    call = CommandCall(asked, parse(text), "", app.clock.now())
    stop = asyncio.Event()
    fetching = (Queue.LOOK, Queue.JUDGE)
    working = [asyncio.create_task(crew.run(stop)) for crew in app.crews() if crew.queue in fetching]
    try:
        while True:
            reply = await FollowVerbs(app.means).verbs()[verb](call)
            await app.store.add_jobs(reply.jobs)
            if reply.post is not None:
                paint(results(), for_shell(reply.post, place))
            if not reply.waits or app.clock.now() - call.since > ANSWER_WITHIN:
                return
            await asyncio.sleep(reply.delay.total_seconds())
            call = CommandCall(asked, call.command, reply.told, call.since, is_repeat=True, fixed=reply.fixed)
    finally:
        stop.set()
        await asyncio.gather(*working)


async def _place_of(app: "App", name: str, named: str, verb: str) -> "Place":
    """Where the follow of that name is; one of the settings file is not changed by commands."""
    from bot.core.errors import SettingsError
    from bot.core.follows.follow import Origin

    follows = [follow for follow in await app.store.follows() if not named or follow.place == _parsed(named)]
    known = [follow for follow in follows if name.lower() in (follow.label.lower(), follow.name)]
    if not known:
        labels = ", ".join(sorted({follow.label for follow in follows}))
        raise SettingsError(f"There is no follow {name!r}.", f"There are: {labels}." if labels else _how(follows))
    if verb not in READS and all(follow.origin is Origin.SETTINGS for follow in known):
        remedy = 'Change its table there: "paused = true" pauses it; without the table it is gone.'
        raise SettingsError(f"{known[0].label} stands in the settings file.", remedy)
    return _only([follow.place for follow in known], name)


def _how(follows: "Sequence[Follow]") -> str:
    return "Begin with: copecheck follow add cs.AI --place console:main" if not follows else ""


def _parsed(named: str) -> "Place":
    from bot.config.follow import PLACE_FORM
    from bot.core.errors import SettingsError
    from bot.core.posts.post import Place

    try:
        return Place.parse(named)
    except ValueError as error:
        raise SettingsError(f"--place: {error}.", f"{PLACE_FORM[0].upper()}{PLACE_FORM[1:]}.") from None


def _only(places: "Sequence[Place]", name: str) -> "Place":
    """The one place that is meant; `SettingsError` where there are several, or none."""
    from bot.core.errors import SettingsError

    found = sorted({str(place) for place in places})
    if len(found) == 1:
        return _parsed(found[0])
    what = f"{name or 'Something'} is followed in {len(found)} places." if found else "No place is known yet."
    raise SettingsError(what, f"Name one: --place {' or '.join(found[:5]) or 'console:main'}")
