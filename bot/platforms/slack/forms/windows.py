"""Forms and the App Home: opened after the acknowledgement, from what the inbox knows."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.core.commands.event import CommandEvent, Role
from bot.core.commands.parser import find_verb
from bot.core.errors import MalformedId, PlatformError, Refused
from bot.core.follows.follow import Follow, Origin
from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import line
from bot.core.posts.post import Line, LineRole, Place, Post
from bot.core.present.answer import refused, run, words
from bot.core.present.follow import NOT_IN_DIRECT, admins_only
from bot.platforms.slack.api.client import SlackClient
from bot.platforms.slack.api.people import People
from bot.platforms.slack.api.places import direct_of, person_of, spot_of
from bot.platforms.slack.events.events import window_of
from bot.platforms.slack.forms.forms import chooser_view, dispute_view, feedback_view, follow_view, search_view
from bot.platforms.slack.forms.views import Followed, home_view
from bot.platforms.slack.posting.answers import Answers
from bot.platforms.slack.posting.escape import Links
from bot.ports.platform import Inbox

log = logging.getLogger(__name__)

OPENED_WITHIN_SECONDS = 1.2
NOTHING_FOLLOWED = "Nothing is followed here yet."
HOME_BUTTONS = (run("Follow here", "follow add"), run("Feedback", "feedback"), run("Help", "help"))


class Windows:
    """Opens windows that ask, and publishes the Home."""

    def __init__(self, inbox: Inbox, client: SlackClient, answers: Answers, people: People) -> None:
        self._inbox = inbox
        self._client = client
        self._answers = answers
        self._people = people

    async def form(self, asked: CommandEvent, verb: str, given: str) -> None:
        """The form of a verb that was said without what it needs; words where no window can stand.

        Whoever may not use the verb is told so and sees no form. Slack is asked for that before a window opens, though
        not for longer than the trigger allows.
        """
        trigger, window = asked.reply_to["trigger"], window_of(asked.reply_to["trigger"])
        making = asyncio.create_task(self._form(asked, verb, given))
        await asyncio.wait([making], timeout=OPENED_WITHIN_SECONDS)
        early = making.result() if making.done() else None
        if isinstance(early, Post):
            await self._answers.answer(asked, early)
            return
        opened = self._answers.open_window(trigger, window)
        view = await making
        is_open = await opened
        if isinstance(view, Post):
            await self._answers.answer(_in_window(asked, window) if is_open else asked, view)
        elif not is_open or not await self._answers.fill_window(window, view):
            await self._answers.answer(asked, words("No window opened.", f"Type `{find_verb(verb).example}`"))

    async def _form(self, asked: CommandEvent, verb: str, given: str) -> dict[str, Any] | Post:
        """The view, or what is to be said in place of it."""
        place = asked.asker.place
        if verb == "feedback":
            return feedback_view(str(place))
        if verb == "search":
            return search_view(dict(word.split("=", 1) for word in given.split()), str(place))
        if verb == "dispute":
            paper, lens = given.split()
            try:
                return dispute_view(paper, lens, str(place), await self._inbox.claims(paper, lens))
            except (Refused, MalformedId) as error:
                return refused(error)
        name, channel = _split(given)
        try:
            place, standing = await self._about(asked, channel)
        except (Refused, PlatformError) as error:
            return refused(error)
        if asked.asker.is_alone and place == asked.asker.place and not self._inbox.direct_follows:
            return words(*NOT_IN_DIRECT)
        if not (standing.reaches(find_verb(verb).needs) or self._inbox.is_operator(asked.asker.person)):
            return words(*admins_only(verb))
        lenses, warning = await self._lenses(asked), await self._people.warning(place)
        if verb == "follow add":
            return follow_view(None, lenses, str(place), await self._people.zone(asked.asker.person), warning)
        follows = await self._inbox.follows([place])
        found = _named(follows, name)
        if found is None:
            known = ", ".join(follow.label for follow in follows)
            return words(f"Say which: `follow edit <name>`. There are: {known}." if known else NOTHING_FOLLOWED)
        return follow_view(found, lenses, str(place), warning=warning)

    async def _about(self, asked: CommandEvent, channel: str) -> tuple[Place, Role]:
        """The place that a form is about, and what who asked may do there."""
        if channel:
            return await self._people.place_named(asked, channel)
        if asked.asker.standing is not Role.MEMBER:
            return asked.asker.place, asked.asker.standing
        return asked.asker.place, await self._people.standing(asked)

    async def _lenses(self, asked: CommandEvent) -> list[str]:
        option = next(option for option in find_verb("follow add").options if option.name == "lens")
        return [value for _, value in await self._inbox.suggest(asked.asker, option, "", 100)]

    async def chooser(self, asked: CommandEvent, papers: Sequence[ArxivId]) -> None:
        """Which of several papers."""
        trigger, window = asked.reply_to["trigger"], window_of(asked.reply_to["trigger"])
        view = chooser_view(papers, (), str(asked.asker.place), await self._titles(papers))
        if not await self._answers.open_window(trigger, window, view):
            listed = ", ".join(map(str, papers[:5]))
            await self._answers.answer(
                asked, words(f"Several papers stand there: {listed}.", "Type `verdict` and one.")
            )

    async def _titles(self, papers: Sequence[ArxivId]) -> Mapping[ArxivId, str]:
        """The papers' titles as far as they are known in time; a choice of ids is better than none."""
        try:
            async with asyncio.timeout(OPENED_WITHIN_SECONDS):
                return await self._inbox.titles(papers)
        except Exception:
            log.exception("no titles")
            return {}

    async def home(self, team: str, user: str) -> None:
        """What is followed where they are, the latest verdicts there, and how it is."""
        try:
            places: Sequence[Place] = await self._people.places_of(team, user)
        except PlatformError:
            places = [direct_of(team, user)]
        home = await self._inbox.home(places)
        links = Links(self._answers.site_url, lambda ref: None)
        follows = [await self._followed(user, follow, lines, home.today) for follow, lines in home.follows]
        view = home_view(follows, home.recent, home.health, links, HOME_BUTTONS)
        await self._client.read(lambda web: web.views_publish(user_id=user, view=view))

    async def _followed(self, user: str, follow: Follow, lines: Sequence[Line], today: date) -> Followed:
        """A follow with its channel's name, and for who may change it with the buttons that do."""
        named = line(LineRole.HEADING, await self._people.describe(follow.place))
        spot = spot_of(follow.place)
        may = self._inbox.is_operator(person_of(spot.team, user))
        may = may or await self._people.standing_at(user, follow.place) is not Role.MEMBER
        if follow.origin is Origin.SETTINGS or not may:
            return Followed((named, *lines))
        which = f"{follow.label}{'' if spot.user else f' channel={spot.channel}'}"
        is_silent = follow.paused or (follow.muted_until or date.min) > today
        pause = run("Go on", f"follow on {which}") if is_silent else run("Pause", f"follow pause {which}")
        return Followed((named, *lines), (run("Edit", f"follow edit {which}"), pause))


def _in_window(asked: CommandEvent, window: str) -> CommandEvent:
    return CommandEvent(asked.id, asked.asker, asked.text, asked.values, {**asked.reply_to, "window": window})


def _split(given: str) -> tuple[str, str]:
    """(name, channel) of what was typed after `follow edit`."""
    settings = [word for word in given.split() if "=" in word]
    name = next((word for word in given.split() if word not in settings), "")
    return name, settings[0].partition("=")[2].strip('"') if settings else ""


def _named(follows: Sequence[Follow], name: str) -> Follow | None:
    if not name and len(follows) == 1:
        return follows[0]
    return next((follow for follow in follows if name.lower() in (follow.label.lower(), follow.name.lower())), None)
