"""Look at a category's feed: what it says, what it means, and when to look again.

A poll ends in one named outcome. Papers, their judging jobs, the editions they open and the bookmark are one commit.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.core.edition import admits
from bot.core.errors import DayGone, SourceUnavailable
from bot.core.feed import FeedState, Outcome
from bot.core.follow import Follow
from bot.core.paper import Batch, Entry, Paper
from bot.core.schedule import (
    LONGEST_MEMORY,
    Cadence,
    after_failure,
    eastern_day,
    expects_announcement,
    missed_days,
    next_poll,
)
from bot.core.work import Job, NewJob, Queue
from bot.ports import Clock, PaperSource, Store
from bot.services.interpret import count, interpret, present_day, refuse_the_future
from bot.services.judge import edits_of
from bot.services.rank import Ranking

log = logging.getLogger(__name__)

NOBODY_FOLLOWS = timedelta(minutes=10)


class Poll:
    """The step of the polling queue: one perpetual job a category."""

    def __init__(
        self, store: Store, source: PaperSource, clock: Clock, cadence: Cadence, ranking: Ranking | None = None
    ) -> None:
        self._store = store
        self._source = source
        self._clock = clock
        self._cadence = cadence
        self.ranking = ranking

    async def __call__(self, job: Job) -> None:
        """Poll `job.payload["category"]` and put the job off until the next look."""
        category = job.payload["category"]
        today = eastern_day(self._clock.now())
        wanted = [one for one in await self._store.follows() if category in one.categories and one.is_on]
        follows = [one for one in wanted if one.muted_until is None or today >= one.muted_until]
        if not follows:
            await self._store.put_off(job, NOBODY_FOLLOWS, "nobody follows it")
            return
        state = await self.poll(category, follows)
        wait = (state.next_check_at or self._clock.now()) - self._clock.now()
        await self._store.put_off(job, max(wait, timedelta(0)), state.outcome)

    async def poll(self, category: str, follows: Sequence[Follow]) -> FeedState:
        """Look once; answer the state that was stored."""
        before = await self._store.feed_state(category)
        try:
            fetched = await self._source.fetch_feed(category, before.etag, before.last_modified)
            refuse_the_future(fetched.day, eastern_day(self._clock.now()))
        except SourceUnavailable as error:
            return await self._failed(before, error)
        now = self._clock.now()
        reading = await interpret(self._store, self._source, category, before, fetched, now)
        log.info("polled", extra={"category": category, "outcome": reading.outcome, "detail": reading.detail})
        state = replace(
            before,
            etag=fetched.etag if reading.keep_validators else None,
            last_modified=fetched.last_modified if reading.keep_validators else None,
            outcome=reading.outcome,
            detail=reading.detail,
            failures=0,
            missed=_missed(before, present_day(fetched.day or before.day, eastern_day(now))),
        )
        return await self._catch_up(await self._record(state, reading.batch, follows), follows)

    async def _failed(self, before: FeedState, error: SourceUnavailable) -> FeedState:
        now = self._clock.now()
        failures = before.failures + 1
        log.warning(
            "a poll failed",
            extra={"category": before.category, "outcome": error.outcome, "reason": str(error), "failures": failures},
        )
        state = replace(
            before,
            outcome=Outcome(error.outcome),
            detail=str(error),
            failures=failures,
            checked_at=now,
            next_check_at=after_failure(now, error.outcome, failures, error.retry_at),
        )
        await self._store.record_poll(state, None, (), ())
        return state

    async def _record(self, state: FeedState, batch: Batch | None, follows: Sequence[Follow]) -> FeedState:
        """One commit of everything that was found, with the next look planned."""
        now = self._clock.now()
        found = batch.day if batch else None
        state = replace(
            state,
            checked_at=now,
            day=max(filter(None, (state.day, found)), default=None),
            missed=tuple(day for day in state.missed if day != found),
        )
        state = replace(state, next_check_at=self._next(now, state))
        follows = await self._now_on(state.category, follows) if batch else ()
        follows = [one for one in follows if batch and one.reads(batch.day)]
        jobs = await self._jobs(batch, follows) if batch else ()
        await self._store.record_poll(state, batch, jobs, [follow.name for follow in follows])
        return state

    def _next(self, now: datetime, state: FeedState) -> datetime:
        today = eastern_day(now)
        is_awaited = expects_announcement(today) and (state.day is None or state.day < today)
        return next_poll(now, is_awaited=is_awaited, is_missing=bool(state.missed), cadence=self._cadence)

    async def _now_on(self, category: str, follows: Sequence[Follow]) -> list[Follow]:
        """The follows as they are now: fetching takes a while, in which people turn some on and others off."""
        now = {one.name: one for one in await self._store.follows()}
        known = {one.name: now.get(one.name, one) for one in follows}
        added = {name: one for name, one in now.items() if category in one.categories}
        return [one for one in (added | known).values() if one.is_on]

    async def _catch_up(self, state: FeedState, follows: Sequence[Follow]) -> FeedState:
        """Fetch the days that were missed, the latest first; what cannot be had now is tried at the next poll."""
        for day in sorted(state.missed, reverse=True):
            batch: Batch | None = None
            try:
                batch = await self._source.fetch_missed(state.category, day)
                said = f"{day} caught up: {count(batch) if batch else 'no announcement'}"
            except DayGone as error:
                said = f"{day} can no longer be had ({error})"
            except SourceUnavailable as error:
                said = f"{day} is still missed ({error.outcome})"
                state = replace(state, detail=_joined(state.detail, said))
                return await self._record(state, None, follows)
            log.info("a missed day", extra={"category": state.category, "detail": said})
            left = tuple(one for one in state.missed if one != day)
            state = await self._record(replace(state, detail=_joined(state.detail, said), missed=left), batch, follows)
        return state

    async def _jobs(self, batch: Batch, follows: Sequence[Follow]) -> tuple[NewJob, ...]:
        """Judging jobs for what somebody wants to read, and for what changed since it was judged."""
        lenses = sorted({follow.lens for follow in await self._store.follows()})
        jobs: list[NewJob] = []
        offered = [one for one in batch.entries if not one.type.is_replacement and not one.paper.is_withdrawn]
        for lens in sorted({follow.lens for follow in follows}):
            through = [follow for follow in follows if follow.lens == lens]
            wanted = [one.paper for one in offered if any(admits(follow, one) is None for follow in through)]
            jobs += await judgings(wanted, lens, batch.day, self.ranking)
        replaced = [entry for entry in batch.entries if entry.type.is_replacement or entry.paper.is_withdrawn]
        for lens in lenses:
            jobs += await self._again(replaced, lens)
        return tuple(jobs)

    async def _again(self, entries: Iterable[Entry], lens: str) -> list[NewJob]:
        """A changed paper is judged again; a withdrawn one only has its posts edited."""
        papers = {entry.paper.id: entry.paper for entry in entries}
        judged = await self._store.verdicts(list(papers), lens) if papers else {}
        jobs: list[NewJob] = []
        for paper_id, verdict in judged.items():
            paper = papers[paper_id]
            if paper.is_withdrawn:
                jobs += await edits_of(self._store, paper_id, lens, paper.text_hash)
            elif verdict.paper_hash != paper.text_hash:
                jobs.append(judging(paper, lens))
        return jobs


def judging(paper: Paper, lens: str, priority: float = 0.0, day: date | None = None) -> NewJob:
    """The job of judging a paper's present text through a lens; what has a lower priority number goes first.

    `day`: it is for an edition of that day, and for nothing when that has closed.
    """
    key = f"{paper.id}|{lens}|{paper.text_hash[:16]}v{paper.version or 0}"
    payload = {"paper": str(paper.id), "lens": lens} | ({"day": day.isoformat()} if day else {})
    return NewJob(Queue.JUDGE, key, payload, priority=priority)


async def judgings(papers: Sequence[Paper], lens: str, day: date, ranking: Ranking | None) -> list[NewJob]:
    """The jobs of judging a day's papers: in the order of the scan where a model does it, else as they come."""
    if ranking is None:
        return [judging(paper, lens) for paper in papers]
    priorities = await ranking.priorities(papers, lens, day)
    return [judging(paper, lens, priorities.get(paper.id, 0.0), day) for paper in papers]


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _missed(before: FeedState, today: date) -> tuple[date, ...]:
    """Weekdays that passed without an announcement, those not yet caught up among them."""
    if before.day is not None and today - before.day > LONGEST_MEMORY:
        log.warning("older days are lost", extra={"category": before.category, "last": before.day})
    return tuple(sorted({*before.missed, *missed_days(before.day, today)}))
