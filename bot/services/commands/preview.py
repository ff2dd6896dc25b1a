"""What a follow would post: the most revealing paper of the latest announced day, before anything is on."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.core.commands.event import Role
from bot.core.commands.payer import Cause, Payer
from bot.core.errors import Refused
from bot.core.follows.edition import admits
from bot.core.follows.follow import Follow
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.core.jobs.wait_words import told_cause
from bot.core.papers.calendar import eastern_day
from bot.core.papers.feed import FeedState
from bot.core.papers.paper import ArxivId, Entry, Paper
from bot.core.posts.phrase import day_words, sentence
from bot.core.posts.post import Post
from bot.core.present.answer import words
from bot.core.present.follow import preview
from bot.core.present.paper_view import PaperView
from bot.core.present.status_lines import truth_line
from bot.core.verdicts.scoring import rank
from bot.core.verdicts.verdict import Verdict
from bot.services.commands.context import CommandCall, CommandContext, CommandReply
from bot.services.ingest.fetch import category_job
from bot.services.ingest.poll import judging, judgings
from bot.services.judging.rank import READ_AT_ONCE

LOOKING = "looking"
READING = "reading"
FEED_FRESH = timedelta(hours=12)
UNREAD_AFTER = timedelta(minutes=10)
LATER_POLL = timedelta(seconds=3)
FIRST_POLL = timedelta(seconds=0.5)
URGENT = -1.0


class Preview:
    """Reads the latest announcement when it is not known yet, ranks it without cost (by what a model said, where it
    judged all of it before), and judges its first paper."""

    def __init__(self, means: CommandContext) -> None:
        self._means = means
        self._store = means.store

    async def show(self, turn: CommandCall, follow: Follow) -> CommandReply:
        """The preview, after a receipt: reading a day takes a while."""
        if not turn.told:
            names = ", ".join(follow.categories)
            receipt = words(f"Looking at the latest announcement of {names}. The preview comes here in a moment.")
            return CommandReply(receipt, waits=True, told=LOOKING, delay=timedelta(0))
        if turn.told.startswith(READING):
            return await self._reading(turn, follow)
        if turn.told == LOOKING and await self._is_reading(turn, follow):
            waited = (self._means.clock.now() - turn.since) / 8
            return CommandReply(None, waits=True, told=LOOKING, delay=min(max(waited, FIRST_POLL), LATER_POLL))
        states = [await self._store.feed_state(category) for category in follow.categories]
        day = max(filter(None, (state.day for state in states)), default=None)
        failed = [state for state in states if _was_never_read(state)]
        if failed or day is None:
            return CommandReply(self._post(follow, None, _why(failed or states), "", is_ready=not failed))
        entries = await self._store.announced(follow.categories, day)
        wanted = [entry for entry in entries if admits(follow, entry) is None and not entry.paper.is_withdrawn]
        day_said = f"{day_words(day)}: {len(entries)} announced"
        if not wanted:
            why = "None of them would be read, by its types and words."
            return CommandReply(self._post(follow, None, why, f"{day_said}."))
        which = "all of them" if len(wanted) == len(entries) else f"{len(wanted)} of them"
        figures = f"{day_said}; it would read {which}."
        return await self._top(turn, follow, wanted, figures)

    async def _top(self, turn: CommandCall, follow: Follow, wanted: Sequence[Entry], figures: str) -> CommandReply:
        """Rank what it would read, and go on with the first."""
        known = await self._store.verdicts([entry.paper.id for entry in wanted], follow.lens)
        is_judged = self._means.has_model and len(known) == len(wanted)
        ranked = rank(known.values() if is_judged else await self._scans(follow, wanted))
        if not ranked:
            return CommandReply(self._post(follow, None, "Its papers could not be ranked just now.", figures))
        papers = {entry.paper.id: entry.paper for entry in wanted}
        return await self._first(turn, follow, papers[ranked[0].paper], ranked[0], figures)

    async def _reading(self, turn: CommandCall, follow: Follow) -> CommandReply:
        """Look again for the verdict on the first paper, without ranking the day once more."""
        _, named, figures = turn.told.split("|", 2)
        paper = await self._store.paper(ArxivId(named))
        if paper is None:
            raise Refused("The first paper of the preview is gone.", f"Try `follow preview {follow.label}`")
        return await self._first(turn, follow, paper, None, figures)

    async def _first(
        self, turn: CommandCall, follow: Follow, first: Paper, scanned: Verdict | None, figures: str
    ) -> CommandReply:
        """The preview around its first paper; a model is asked for that one only."""
        verdict = scanned
        if self._means.has_model:
            answer = await self._judged(first, follow, Payer.of(turn.asked.asker, Cause.PREVIEW))
            verdict = answer if isinstance(answer, Verdict) else None
            if isinstance(answer, Job):
                now = self._means.clock.now()
                if now - turn.since < UNREAD_AFTER and not answer.is_put_off(now + LATER_POLL):
                    told = f"{READING}|{first.id}|{figures}"
                    return CommandReply(None, waits=True, told=told, delay=timedelta(seconds=1))
                noted = answer.noted if answer.reason else NotedReason(WaitReason.JUDGING)
                why = f"The first paper has no verdict yet: {self._cause(turn, noted)}"
                return CommandReply(self._post(follow, None, why, figures))
        sheet = await self._means.renderer.sheet(first, verdict) if verdict else None
        return CommandReply(self._post(follow, sheet, "", figures))

    def _cause(self, turn: CommandCall, noted: NotedReason) -> str:
        is_operator = self._means.standing(turn.asked) is Role.OPERATOR
        return sentence(told_cause(noted, is_operator=is_operator))

    def _post(self, follow: Follow, sheet: PaperView | None, why: str, figures: str, *, is_ready: bool = True) -> Post:
        today = eastern_day(self._means.clock.now())
        return preview(follow, today, sheet, why, figures, has_model=self._means.has_model, is_ready=is_ready)

    async def _is_reading(self, turn: CommandCall, follow: Follow) -> bool:
        """Whether categories that were not looked at lately are being read, and are waited for; no edition opens."""
        now = self._means.clock.now()
        payer = Payer.of(turn.asked.asker, Cause.PREVIEW)
        jobs = []
        for category in follow.categories:
            state = await self._store.feed_state(category)
            if state.checked_at is None or now - state.checked_at > FEED_FRESH:
                jobs.append(await category_job(self._store, category, now, payer))
        is_open = any(job.state is JobState.OPEN for job in jobs)
        return is_open and now - turn.since < UNREAD_AFTER

    async def _scans(self, follow: Follow, wanted: Sequence[Entry]) -> list[Verdict]:
        """The rules' verdict on each paper: what a day is ranked by before anything is spent."""
        lens = self._means.lens(follow.lens)
        found: list[Verdict] = []
        for at in range(0, len(wanted), READ_AT_ONCE):
            papers = [entry.paper for entry in wanted[at : at + READ_AT_ONCE]]
            answers = await self._means.scan.judge_many(papers, lens)
            found += [verdict for verdict in answers if isinstance(verdict, Verdict)]
        return found

    async def _judged(self, paper: Paper, follow: Follow, payer: Payer) -> Verdict | Job:
        """The paper's present verdict, or the job that makes it."""
        verdict = await self._store.verdict(paper.id, follow.lens)
        if verdict is not None and verdict.paper_hash == paper.text_hash:
            return verdict
        new = judging(paper, follow.lens, URGENT, payers=(payer,))
        await self._store.add_jobs([new])
        job = await self._store.find_job(Queue.JUDGE, new.key)
        if job is None or job.state in (JobState.FAILED, JobState.DROPPED):
            raise Refused(
                "The first paper could not be judged.", "The people who run the bot find the reason in its log."
            )
        return job

    async def judgings(self, follow: Follow, day: date, payer: Payer) -> list[NewJob]:
        """The jobs of judging what a follow wants of a day."""
        entries = await self._store.announced(follow.categories, day)
        wanted = [entry.paper for entry in entries if admits(follow, entry) is None and not entry.paper.is_withdrawn]
        ranking = self._means.poll.ranking
        return await judgings(self._store, dict.fromkeys(wanted, (payer,)), follow.lens, day, ranking)


def _was_never_read(state: FeedState) -> bool:
    """Whether all that is known of a category is that it could not be read."""
    return state.day is None and state.failures > 0


def _why(states: Sequence[FeedState]) -> str:
    """Why there is nothing to show."""
    return "There is no paper to show yet. " + " ".join(f"{truth_line(state)}." for state in states)
