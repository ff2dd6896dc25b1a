"""Forms and the App Home: opened after the acknowledgement, from what the inbox knows."""

from collections.abc import Sequence
from typing import Any

from bot.core.asked import Asked
from bot.core.command import find_verb
from bot.core.errors import PlatformError
from bot.core.follow import Follow
from bot.core.paper import ArxivId
from bot.core.post import Place
from bot.core.present_answer import run, words
from bot.platforms.slack.answers import Answers
from bot.platforms.slack.client import SlackClient
from bot.platforms.slack.escape import Links
from bot.platforms.slack.events import window_of
from bot.platforms.slack.forms import chooser_view, dispute_view, feedback_view, follow_view
from bot.platforms.slack.people import People
from bot.platforms.slack.places import direct_of
from bot.platforms.slack.views import home_view
from bot.ports import Inbox

HOME_BUTTONS = (run("Follow here", "follow add"), run("Feedback", "feedback"), run("Help", "help"))


class Windows:
    """Opens windows that ask, and publishes the Home."""

    def __init__(self, inbox: Inbox, client: SlackClient, answers: Answers, people: People) -> None:
        self._inbox = inbox
        self._client = client
        self._answers = answers
        self._people = people

    async def form(self, asked: Asked, verb: str, name: str) -> None:
        """The form of a verb that was said without what it needs; words where no window can stand."""
        trigger, window = asked.reply_to["trigger"], window_of(asked.reply_to["trigger"])
        opened = self._answers.open_window(trigger, window)
        view = await self._form(asked, verb, name)
        if isinstance(view, str):
            if not await opened:
                await self._answers.answer(asked, words(view))
            else:
                await self._answers.answer(_in_window(asked, window), words(view))
        elif not await opened or not await self._answers.fill_window(window, view):
            await self._answers.answer(asked, words("No window opened.", f"Type {find_verb(verb).example}"))

    async def _form(self, asked: Asked, verb: str, name: str) -> dict[str, Any] | str:
        place = str(asked.asker.place)
        if verb == "feedback":
            return feedback_view(place)
        if verb == "dispute":
            paper, lens = name.split()
            return dispute_view(paper, lens, place)
        lenses = await self._lenses(asked)
        if verb == "follow add":
            return follow_view(None, lenses, place)
        follows = await self._inbox.follows([asked.asker.place])
        found = _named(follows, name)
        if found is None:
            known = ", ".join(one.label for one in follows)
            return f"Say which: follow edit <name>. There are: {known}." if known else "Nothing is followed here yet."
        return follow_view(found, lenses, place)

    async def _lenses(self, asked: Asked) -> list[str]:
        option = next(one for one in find_verb("follow add").options if one.name == "lens")
        return [value for _, value in await self._inbox.suggest(asked.asker, option, "", 100)]

    async def chooser(self, asked: Asked, papers: Sequence[ArxivId]) -> None:
        """Which of several papers."""
        trigger, window = asked.reply_to["trigger"], window_of(asked.reply_to["trigger"])
        view = chooser_view(papers, (), str(asked.asker.place))
        if not await self._answers.open_window(trigger, window, view):
            listed = ", ".join(map(str, papers[:5]))
            await self._answers.answer(asked, words(f"Several papers stand there: {listed}.", "Type verdict and one."))

    async def home(self, team: str, user: str) -> None:
        """What is followed where they are, the latest verdicts there, and how it is."""
        try:
            places: Sequence[Place] = await self._people.places_of(team, user)
        except PlatformError:
            places = [direct_of(team, user)]
        home = await self._inbox.home(places)
        links = Links(self._answers.site_url, lambda ref: None)
        view = home_view(home.follows, home.recent, home.health, links, HOME_BUTTONS)
        await self._client.read(lambda web: web.views_publish(user_id=user, view=view))


def _in_window(asked: Asked, window: str) -> Asked:
    return Asked(asked.id, asked.asker, asked.text, asked.values, {**asked.reply_to, "window": window})


def _named(follows: Sequence[Follow], name: str) -> Follow | None:
    if not name and len(follows) == 1:
        return follows[0]
    return next((one for one in follows if name.lower() in (one.label.lower(), one.name.lower())), None)
