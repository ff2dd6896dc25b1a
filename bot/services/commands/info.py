"""`help`, `lens`, `status`, `sharing` and `feedback`: what people want to know of the bot, and to tell it."""

import asyncio
from collections.abc import Sequence

from bot.core.commands.acts import Act, ActKind, ActLimits
from bot.core.commands.event import Role
from bot.core.commands.parser import find_verb
from bot.core.commands.people import Feedback, PlaceSettings, wait_words
from bot.core.commands.verbs import COMMANDS
from bot.core.errors import CommandError, Refused
from bot.core.jobs.job import JobState, Queue
from bot.core.jobs.wait_reason import NotedReason
from bot.core.papers.calendar import eastern_day
from bot.core.papers.feed import FeedState
from bot.core.present.about import about_lines
from bot.core.present.answer import answer, help_group, help_screen, help_verb, lens_list, lens_page, run, words
from bot.core.present.status import StatusFacts, status_post
from bot.services.commands.context import CommandCall, CommandContext, CommandReply, Verbs

DAYS_SHOWN = 3
FAILED_SHOWN = 5
REASONS_SHOWN = 3
ANSWER_QUEUES = (Queue.ANSWER, Queue.REMARK)


class InfoVerbs:
    """Plain answers from what is stored."""

    def __init__(self, means: CommandContext) -> None:
        self._means = means
        self._store = means.store

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {
            "help": self.help,
            "lens list": self.lens_list,
            "lens show": self.lens_show,
            "about": self.about,
            "status": self.status,
            "sharing": self.sharing,
            "feedback": self.feedback,
        }

    async def help(self, turn: CommandCall) -> CommandReply:
        """One screen, or one command in full."""
        name = " ".join(turn.command.text("command").lower().split())
        if not name:
            return CommandReply(help_screen(self._means.standing(turn.asked)))
        group = [verb for verb in COMMANDS if verb.name.startswith(f"{name} ") and not verb.is_hidden]
        if group:
            return CommandReply(help_group(name, group))
        try:
            return CommandReply(help_verb(find_verb(name)))
        except CommandError as error:
            raise CommandError(error.what, error.remedy.replace("Type `help` for", "`help` alone lists")) from None

    async def lens_list(self, turn: CommandCall) -> CommandReply:
        """The lenses, one line each."""
        return CommandReply(lens_list(self._means.lenses))

    async def lens_show(self, turn: CommandCall) -> CommandReply:
        """What a lens asks."""
        return CommandReply(lens_page(self._means.lens(turn.command.text("lens"))))

    async def about(self, turn: CommandCall) -> CommandReply:
        """What this is, and through which lens it reads here."""
        lens = await self._means.lens_for(turn.place, turn.command.text("lens"))
        return CommandReply(
            answer(
                about_lines(lens, sorted(self._means.lenses), has_model=self._means.has_model),
                [run("Its questions", f"lens show {lens.key}")],
            )
        )

    async def status(self, turn: CommandCall) -> CommandReply:
        """How things are here; an operator sees all follows and what failed."""
        is_operator = self._means.standing(turn.asked) is Role.OPERATOR
        every = await self._store.follows()
        follows = list(every) if is_operator else [follow for follow in every if follow.place == turn.place]
        names = {follow.name for follow in follows}
        lane = None if is_operator else str(turn.place)
        (feeds, editions, judging, to_post, posting), (waiting, failed, analyst, problems) = await asyncio.gather(
            asyncio.gather(
                self._feeds({category for follow in follows for category in follow.categories}),
                self._store.editions(DAYS_SHOWN, names),
                self._store.count_waiting(Queue.JUDGE, None, wanted_in=lane),
                self._store.count_waiting(Queue.DELIVER, lane),
                self._store.reasons(Queue.DELIVER, REASONS_SHOWN, lane),
            ),
            asyncio.gather(
                self._store.reasons(Queue.JUDGE, REASONS_SHOWN, wanted_in=lane),
                self._store.list_jobs((JobState.FAILED,), limit=FAILED_SHOWN if is_operator else 0),
                self._means.describe(None if is_operator else turn.asked.asker.community),
                self._means.problems(turn.place),
            ),
        )
        to_answer, fetching = await self._answers(lane)
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
            posting=posting,
            to_answer=to_answer,
            fetching=fetching,
            waiting=waiting,
            analyst=analyst,
            problems=problems,
            is_operator=is_operator,
            failed=[f"job {job.id} ({job.queue}): {job.reason}" for job in failed],
        )
        return CommandReply(status_post(facts))

    async def _answers(self, place: str | None) -> tuple[int, Sequence[NotedReason]]:
        """How many answers wait beside this one, commands and questions, and why what they need is not there."""
        counts = [await self._store.count_waiting(queue, None, wanted_in=place) for queue in ANSWER_QUEUES]
        return max(sum(counts) - 1, 0), await self._store.reasons(Queue.LOOK, REASONS_SHOWN, wanted_in=place)

    async def _feeds(self, categories: set[str]) -> list[FeedState]:
        return list(await asyncio.gather(*(self._store.feed_state(category) for category in sorted(categories))))

    async def sharing(self, turn: CommandCall) -> CommandReply:
        """Whether members may share verdicts in the place."""
        is_on = turn.command.text("state") == "on"
        await self._store.put_place_settings(turn.place, turn.asked.asker.community, PlaceSettings(sharing=is_on))
        rest = "Members may post a verdict here." if is_on else "Verdicts are answered privately only."
        return CommandReply(words(f"Sharing is {'on' if is_on else 'off'}. {rest}"))

    async def feedback(self, turn: CommandCall) -> CommandReply:
        """Keep what somebody says to the people who run the bot."""
        asker, now = turn.asked.asker, self._means.clock.now()
        act = Act(turn.asked.key, ActKind.FEEDBACK, asker, now.date())
        if await self._store.count_act(act, ActLimits(self._means.reach.feedback_person)) is not None:
            raise Refused("You have reached today's limit of feedback.", wait_words(now))
        await self._store.add_feedback(Feedback(turn.asked.key, asker.person, asker.place, turn.command.text("words")))
        return CommandReply(words("Thank you. The people who run this bot will read it."))
