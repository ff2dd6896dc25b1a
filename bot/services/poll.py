"""Look at a category's feed: what it says, what it means, and when to look again.

A poll ends in one named outcome. Papers, their judging jobs, the editions they open and the bookmark are one commit.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.core.edition import admits
from bot.core.errors import SourceUnavailable
from bot.core.feed import FeedState, Outcome
from bot.core.follow import Follow
from bot.core.paper import Batch, Entry, Paper
from bot.core.schedule import (
    Cadence,
    eastern_day,
    expects_announcement,
    is_hint_holiday,
    is_weekend,
    missed_days,
    next_poll,
)
from bot.core.work import Job, NewJob, Queue
from bot.ports import Clock, Fetched, PaperSource, Store
from bot.services.judge import edits_of

log = logging.getLogger(__name__)

STALE_SHARE = 0.9
STALE_LEAST = 5
NOBODY_FOLLOWS = timedelta(minutes=10)
REPLAY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a feed was found to be: its outcome, the batch to store if any, and whether its validators may be kept."""

    outcome: Outcome
    detail: str = ""
    batch: Batch | None = None
    keep_validators: bool = True


class Poll:
    """The step of the polling queue: one perpetual job a category."""

    def __init__(self, store: Store, source: PaperSource, clock: Clock, cadence: Cadence) -> None:
        self._store = store
        self._source = source
        self._clock = clock
        self._cadence = cadence

    async def __call__(self, job: Job) -> None:
        """Poll `job.payload["category"]` and put the job off until the next look."""
        category = job.payload["category"]
        follows = [one for one in await self._store.follows() if category in one.categories and not one.paused]
        if not follows:
            await self._store.put_off(job, NOBODY_FOLLOWS, "nobody follows it")
            return
        state = await self.poll(category, follows)
        wait = (state.next_check_at or self._clock.now()) - self._clock.now()
        await self._store.put_off(job, max(wait, timedelta(0)), state.outcome)

    async def poll(self, category: str, follows: Sequence[Follow]) -> FeedState:
        """Look once; answer the state that was stored."""
        before = await self._store.feed_state(category)
        now = self._clock.now()
        try:
            fetched = await self._source.fetch_feed(category, before.etag, before.last_modified)
            reading = await self._read(category, before, fetched, eastern_day(now))
        except SourceUnavailable as error:
            return await self._failed(before, error)
        log.info("polled", extra={"category": category, "outcome": reading.outcome, "detail": reading.detail})
        state = replace(
            before,
            etag=fetched.etag if reading.keep_validators else None,
            last_modified=fetched.last_modified if reading.keep_validators else None,
            outcome=reading.outcome,
            detail=reading.detail,
            failures=0,
        )
        missed = self._missed(before, fetched.day, eastern_day(now))
        state = await self._record(state, reading.batch, follows, missed)
        return await self._catch_up(state, follows)

    async def _read(self, category: str, before: FeedState, fetched: Fetched, today: date) -> Reading:
        """What the feed's content means."""
        if fetched.not_modified:
            return Reading(_quiet_or_waiting(before.day, today))
        if fetched.batch is None:
            return _empty(fetched.day or today)
        batch = fetched.batch
        if await self._store.announced_day(category, batch.day):
            return Reading(_quiet_or_waiting(max(batch.day, before.day or batch.day), today), batch=batch)
        seen = await self._store.seen_earlier(category, batch)
        if seen < STALE_SHARE * len(batch.entries) or len(batch.entries) < STALE_LEAST:
            return Reading(Outcome.ANNOUNCED, _count(batch), batch)
        if not expects_announcement(batch.day):
            weekend = is_weekend(batch.day)
            return Reading(Outcome.NO_ANNOUNCEMENT_WEEKEND if weekend else Outcome.NO_ANNOUNCEMENT_HOLIDAY)
        return await self._instead_of_stale(category, batch, seen)

    async def _instead_of_stale(self, category: str, stale: Batch, seen: int) -> Reading:
        """The feed repeats an earlier day under today's date: the listing may know better."""
        what = f"{seen} of {len(stale.entries)} papers were announced before"
        log.warning("the feed is stale", extra={"category": category, "detail": what})
        try:
            listing = await self._source.fetch_new(category)
        except SourceUnavailable as error:
            return Reading(Outcome.STALE, f"{what}; the listing: {error.outcome}", keep_validators=False)
        if listing.entries and not await self._store.announced_day(category, listing.day):
            again = await self._store.seen_earlier(category, listing)
            if again < STALE_SHARE * len(listing.entries):
                return Reading(Outcome.CAUGHT_UP, f"{what}; {_count(listing)} from the listing", listing, False)
        return Reading(Outcome.STALE, f"{what}; the listing is of {listing.day}", keep_validators=False)

    def _missed(self, before: FeedState, feed_day: date | None, today: date) -> tuple[date, ...]:
        """Days that passed without an announcement. A feed from another time (a replay) is its own today."""
        reference = feed_day if feed_day and today - feed_day > REPLAY else today
        return tuple(sorted({*before.missed, *missed_days(before.day, reference)}))

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
            missed=self._missed(before, None, eastern_day(now)) if before.failures else before.missed,
            next_check_at=next_poll(
                now, is_awaited=True, failures=failures, retry_at=error.retry_at, cadence=self._cadence
            ),
        )
        await self._store.record_poll(state, None, (), ())
        return state

    async def _record(
        self, state: FeedState, batch: Batch | None, follows: Sequence[Follow], missed: tuple[date, ...]
    ) -> FeedState:
        """One commit of everything that the poll found, with the next look planned."""
        now = self._clock.now()
        day = max(filter(None, (state.day, batch.day if batch else None)), default=None)
        stored = {day, batch.day if batch else None}
        missed = tuple(one for one in missed if one not in stored)
        state = replace(
            state, checked_at=now, day=day, missed=missed, next_check_at=self._next(now, state, day, missed)
        )
        jobs = await self._jobs(batch, follows) if batch else ()
        await self._store.record_poll(state, batch, jobs, [follow.name for follow in follows])
        return state

    def _next(self, now: datetime, state: FeedState, day: date | None, missed: tuple[date, ...]) -> datetime:
        today = eastern_day(now)
        is_awaited = bool(missed) or (expects_announcement(today) and (day is None or day < today))
        return next_poll(now, is_awaited=is_awaited, failures=0, retry_at=None, cadence=self._cadence)

    async def _catch_up(self, state: FeedState, follows: Sequence[Follow]) -> FeedState:
        """Fetch the days that were missed, the latest first; what cannot be had now is tried at the next poll."""
        for day in sorted(state.missed, reverse=True):
            left = tuple(one for one in state.missed if one != day)
            try:
                batch = await self._source.fetch_missed(state.category, day)
            except SourceUnavailable as error:
                log.warning("a missed day waits", extra={"category": state.category, "day": day, "reason": str(error)})
                detail = f"{state.detail}; {day} is still missed ({error.outcome})".removeprefix("; ")
                return await self._record(replace(state, detail=detail), None, follows, state.missed)
            count = _count(batch) if batch else "no announcement"
            detail = f"{state.detail}; {day} caught up: {count}".removeprefix("; ")
            state = await self._record(replace(state, detail=detail), batch, follows, left)
        return state

    async def _jobs(self, batch: Batch, follows: Sequence[Follow]) -> tuple[NewJob, ...]:
        """Judging jobs for what somebody wants to read, and for what changed since it was judged."""
        lenses = sorted({follow.lens for follow in await self._store.follows()})
        jobs: list[NewJob] = []
        for entry in batch.entries:
            if not entry.type.is_replacement and not entry.paper.is_withdrawn:
                wanted = sorted({follow.lens for follow in follows if admits(follow, entry) is None})
                jobs += [judging(entry.paper, lens) for lens in wanted]
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


def judging(paper: Paper, lens: str) -> NewJob:
    """The job of judging a paper's present text through a lens."""
    key = f"{paper.id}|{lens}|{paper.text_hash[:16]}"
    return NewJob(Queue.JUDGE, key, {"paper": str(paper.id), "lens": lens})


def _count(batch: Batch) -> str:
    return f"{len(batch.entries)} papers of {batch.day}"


def _quiet_or_waiting(day: date | None, today: date) -> Outcome:
    """Nothing new came: the day is read already, or there is none today, or it is still awaited."""
    if day is not None and day >= today:
        return Outcome.ALREADY_READ
    if is_weekend(today):
        return Outcome.NO_ANNOUNCEMENT_WEEKEND
    return Outcome.NO_ANNOUNCEMENT_HOLIDAY if is_hint_holiday(today) else Outcome.NOT_YET


def _empty(day: date) -> Reading:
    """A valid feed without papers: quiet only on a weekend or a published holiday."""
    if is_weekend(day):
        return Reading(Outcome.NO_ANNOUNCEMENT_WEEKEND)
    if is_hint_holiday(day):
        return Reading(Outcome.NO_ANNOUNCEMENT_HOLIDAY)
    return Reading(Outcome.EMPTY_WEEKDAY, f"the feed of {day} holds no papers", keep_validators=False)
