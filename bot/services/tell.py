"""`help`, `lens`, `status`, `sharing` and `feedback`: what people want to know of the bot, and to tell it."""

import asyncio

from bot.core.asked import Standing
from bot.core.command import COMMANDS, find_verb
from bot.core.errors import CommandError
from bot.core.feed import FeedState
from bot.core.people import Feedback, PlaceSettings
from bot.core.present_answer import help_group, help_screen, help_verb, lens_list, lens_page, words
from bot.core.present_status import StatusFacts, status_post
from bot.core.schedule import eastern_day
from bot.core.work import JobState, Queue
from bot.services.means import Means, Reply, Turn, Verbs

DAYS_SHOWN = 3
FAILED_SHOWN = 5
REASONS_SHOWN = 3


class Tell:
    """Plain answers from what is stored."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._store = means.store

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {
            "help": self.help,
            "lens list": self.lens_list,
            "lens show": self.lens_show,
            "status": self.status,
            "sharing": self.sharing,
            "feedback": self.feedback,
        }

    async def help(self, turn: Turn) -> Reply:
        """One screen, or one command in full."""
        name = " ".join(turn.command.get("command", "").lower().split())
        if not name:
            return Reply(help_screen(self._means.standing(turn.asked)))
        group = [verb for verb in COMMANDS if verb.name.startswith(f"{name} ") and not verb.is_hidden]
        if group:
            return Reply(help_group(name, group))
        try:
            return Reply(help_verb(find_verb(name)))
        except CommandError as error:
            raise CommandError(error.what, error.remedy.replace("Type help for", "help alone lists")) from None

    async def lens_list(self, turn: Turn) -> Reply:
        """The lenses, one line each."""
        return Reply(lens_list(self._means.lenses))

    async def lens_show(self, turn: Turn) -> Reply:
        """What a lens asks."""
        return Reply(lens_page(self._means.lens(turn.command.get("lens"))))

    async def status(self, turn: Turn) -> Reply:
        """How things are here; an operator sees all follows and what failed."""
        is_operator = self._means.standing(turn.asked) is Standing.OPERATOR
        every = await self._store.follows()
        follows = list(every) if is_operator else [one for one in every if one.place == turn.place]
        names = {one.name for one in follows}
        lane = None if is_operator else str(turn.place)
        (feeds, editions, judging, to_post), (waiting, failed, analyst, problems) = await asyncio.gather(
            asyncio.gather(
                self._feeds({category for one in follows for category in one.categories}),
                self._store.editions(DAYS_SHOWN, names),
                self._store.count_waiting(Queue.JUDGE, None),
                self._store.count_waiting(Queue.DELIVER, lane),
            ),
            asyncio.gather(
                self._store.reasons(Queue.JUDGE, REASONS_SHOWN),
                self._store.list_jobs((JobState.FAILED,), limit=FAILED_SHOWN if is_operator else 0),
                self._means.describe(),
                self._means.problems(turn.place),
            ),
        )
        closures = await self._store.closures(None if is_operator else [turn.place])
        connections = await self._store.connections() if is_operator else ()
        facts = StatusFacts(
            closures=closures,
            connections=connections,
            now=self._means.clock.now(),
            today=eastern_day(self._means.clock.now()),
            follows=follows,
            feeds=feeds,
            editions=editions,
            judging=judging,
            to_post=to_post,
            waiting=waiting,
            analyst=analyst,
            problems=problems,
            failed=[f"job {job.id} ({job.queue}): {job.reason}" for job in failed],
        )
        return Reply(status_post(facts))

    async def _feeds(self, categories: set[str]) -> list[FeedState]:
        return list(await asyncio.gather(*(self._store.feed_state(category) for category in sorted(categories))))

    async def sharing(self, turn: Turn) -> Reply:
        """Whether members may share verdicts in the place."""
        is_on = turn.command.get("state") == "on"
        await self._store.put_place_settings(turn.place, turn.asked.asker.community, PlaceSettings(sharing=is_on))
        rest = "Members may post a verdict here." if is_on else "Verdicts are answered privately only."
        return Reply(words(f"Sharing is {'on' if is_on else 'off'}. {rest}"))

    async def feedback(self, turn: Turn) -> Reply:
        """Keep what somebody says to the people who run the bot."""
        asker = turn.asked.asker
        await self._store.add_feedback(Feedback(turn.asked.key, asker.person, asker.place, turn.command.get("words")))
        return Reply(words("Thank you. The people who run this bot will read it."))
