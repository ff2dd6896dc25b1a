"""What a follow would post: the most revealing paper of the latest announced day, before anything is on."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

from bot.core.edition import admits
from bot.core.errors import Refused
from bot.core.feed import FeedState
from bot.core.follow import Follow
from bot.core.paper import ArxivId, Entry, Paper
from bot.core.phrase import day_words, joined, sentence
from bot.core.post import Post
from bot.core.present_answer import words
from bot.core.present_follow import preview
from bot.core.schedule import eastern_day
from bot.core.scoring import rank
from bot.core.sheet import Sheet
from bot.core.truth import truth_line
from bot.core.verdict import Verdict
from bot.core.work import Job, JobState, NewJob, Queue
from bot.services.judge import NoCalls
from bot.services.means import Means, Reply, Turn
from bot.services.poll import judging, judgings

LOOKING = "looking"
READING = "reading"
FRESH = timedelta(hours=12)
PATIENCE = timedelta(minutes=10)
SOON = timedelta(seconds=3)
URGENT = -1.0
AT_ONCE = 8


class Preview:
    """Reads the latest announcement when it is not known yet, ranks it without cost, and judges its first paper."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._store = means.store

    async def show(self, turn: Turn, follow: Follow) -> Reply:
        """The preview, after a receipt: reading a day takes a while."""
        if not turn.told:
            names = ", ".join(follow.categories)
            receipt = words(f"Looking at the latest announcement of {names}. The preview comes here in a moment.")
            return Reply(receipt, waits=True, told=LOOKING, delay=timedelta(0))
        if turn.told.startswith(READING):
            return await self._reading(turn, follow)
        await self._read(follow)
        states = [await self._store.feed_state(category) for category in follow.categories]
        day = max(filter(None, (state.day for state in states)), default=None)
        if day is None:
            return Reply(self._post(follow, None, _why(states), ""))
        entries = await self._store.announced(follow.categories, day)
        wanted = [entry for entry in entries if admits(follow, entry) is None and not entry.paper.is_withdrawn]
        figures = joined((f"{day_words(day)}: {len(entries)} announced", f"{len(wanted)} that it would read"))
        if not wanted:
            return Reply(self._post(follow, None, "None of them would be read, by its types and words.", figures))
        return await self._top(turn, follow, wanted, figures)

    async def _top(self, turn: Turn, follow: Follow, wanted: Sequence[Entry], figures: str) -> Reply:
        """Rank what it would read, and go on with the first."""
        ranked = rank(await self._scans(follow, wanted))
        papers = {entry.paper.id: entry.paper for entry in wanted}
        return await self._first(turn, follow, papers[ranked[0].paper], ranked[0], figures)

    async def _reading(self, turn: Turn, follow: Follow) -> Reply:
        """Look again for the verdict on the first paper, without ranking the day once more."""
        _, named, figures = turn.told.split("|", 2)
        paper = await self._store.paper(ArxivId(named))
        if paper is None:
            raise Refused("The first paper of the preview is gone.", f"Try follow preview {follow.label}")
        return await self._first(turn, follow, paper, None, figures)

    async def _first(self, turn: Turn, follow: Follow, first: Paper, scanned: Verdict | None, figures: str) -> Reply:
        """The preview around its first paper; a model is asked for that one only."""
        verdict = scanned
        if self._means.has_model:
            answer = await self._judged(first, follow)
            verdict = answer if isinstance(answer, Verdict) else None
            if isinstance(answer, Job):
                now = self._means.clock.now()
                if now - turn.since < PATIENCE and answer.due_at < now + SOON:
                    told = f"{READING}|{first.id}|{figures}"
                    return Reply(None, waits=True, told=told, delay=timedelta(seconds=1))
                why = f"The first paper has no verdict yet: {sentence(answer.reason or 'the model is busy')}"
                return Reply(self._post(follow, None, why, figures))
        sheet = await self._means.renderer.sheet(first, verdict) if verdict else None
        return Reply(self._post(follow, sheet, "", figures))

    def _post(self, follow: Follow, sheet: Sheet | None, why: str, figures: str) -> Post:
        today = eastern_day(self._means.clock.now())
        return preview(follow, today, sheet, why, figures, has_model=self._means.has_model)

    async def _read(self, follow: Follow) -> None:
        """Read the categories that were not looked at lately; no edition opens by that."""
        now = self._means.clock.now()
        for category in follow.categories:
            state = await self._store.feed_state(category)
            if state.checked_at is None or now - state.checked_at > FRESH:
                others = [one for one in await self._store.follows() if one.is_on and category in one.categories]
                await self._means.poll.poll(category, others)

    async def _scans(self, follow: Follow, wanted: Sequence[Entry]) -> list[Verdict]:
        """The rules' verdict on each paper: what a day is ranked by before anything is spent."""
        lens = self._means.lens(follow.lens)
        found: list[Verdict] = []
        for number, entry in enumerate(wanted):
            verdict = await self._means.scan.judge(entry.paper, lens, NoCalls())
            if isinstance(verdict, Verdict):
                found.append(verdict)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return found

    async def _judged(self, paper: Paper, follow: Follow) -> Verdict | Job:
        """The paper's present verdict, or the job that makes it."""
        verdict = await self._store.verdict(paper.id, follow.lens)
        if verdict is not None and verdict.paper_hash == paper.text_hash:
            return verdict
        new = judging(paper, follow.lens, URGENT)
        await self._store.add_jobs([new])
        job = await self._store.find_job(Queue.JUDGE, new.key)
        if job is None or job.state in (JobState.FAILED, JobState.DROPPED):
            reason = sentence(job.reason) if job else "The work is gone."
            raise Refused(f"The first paper could not be judged: {reason}", "See status.")
        return job

    async def judgings(self, follow: Follow, day: date) -> list[NewJob]:
        """The jobs of judging what a follow wants of a day."""
        entries = await self._store.announced(follow.categories, day)
        wanted = [one.paper for one in entries if admits(follow, one) is None and not one.paper.is_withdrawn]
        return await judgings(wanted, follow.lens, day, self._means.poll.ranking)


def _why(states: Sequence[FeedState]) -> str:
    """Why there is nothing to show."""
    return "There is no paper to show yet. " + " ".join(f"{truth_line(state)}." for state in states)
