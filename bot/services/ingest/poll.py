"""Look at a category's feed: what it says, what it means, and when to look again.

A poll ends in one named outcome. Papers, their judging jobs, the editions they open and the bookmark are one commit.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.core.commands.payer import Payer
from bot.core.errors import DayGone, SourceUnavailable
from bot.core.follows.edition import admits
from bot.core.follows.follow import Follow
from bot.core.jobs.job import Job, NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.papers.calendar import (
    LONGEST_LOSS,
    Cadence,
    IsDeferred,
    after_failure,
    days_beyond,
    eastern_day,
    expects_announcement,
    missed_days,
    never_deferred,
    next_poll,
)
from bot.core.papers.feed import FeedState, Outcome
from bot.core.papers.paper import ArxivId, Batch, Entry, Paper
from bot.ports.store import Clock, PaperSource, Store
from bot.services.ingest.interpret import count, interpret, present_day
from bot.services.ingest.look_up import looks_at
from bot.services.judging.rank import Ranking

log = logging.getLogger(__name__)

NOBODY_FOLLOWS = timedelta(minutes=10)
# Failures after which arXiv is asked nothing more; others may be of one day.
ARXIV_SILENT = (Outcome.RATE_LIMITED, Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.TOO_SLOW)


class Poll:
    """The step of the polling queue: one perpetual job a category."""

    def __init__(
        self,
        store: Store,
        source: PaperSource,
        clock: Clock,
        cadence: Cadence,
        ranking: Ranking | None = None,
        is_deferred: IsDeferred = never_deferred,
    ) -> None:
        self._store = store
        self._source = source
        self._clock = clock
        self._cadence = cadence
        self.ranking = ranking
        self._is_deferred = is_deferred

    async def __call__(self, job: Job) -> None:
        """Poll `job.payload["category"]` and put the job off until the next look."""
        category = job.payload["category"]
        today = eastern_day(self._clock.now())
        wanted = [follow for follow in await self._store.follows() if category in follow.categories and follow.is_on]
        follows = [follow for follow in wanted if follow.muted_until is None or today >= follow.muted_until]
        if not follows:
            await self._store.reschedule(job, NOBODY_FOLLOWS, "nobody follows it", WaitReason.NEXT_LOOK)
            return
        state = await self.poll(category, follows)
        wait = (state.next_check_at or self._clock.now()) - self._clock.now()
        await self._store.reschedule(job, max(wait, timedelta(0)), state.outcome, WaitReason.NEXT_LOOK)

    async def poll(self, category: str, follows: Sequence[Follow]) -> FeedState:
        """Look once; answer the state that was stored."""
        before = await self._store.feed_state(category)
        try:
            fetched = await self._source.fetch_feed(category, before.etag, before.last_modified)
            if fetched.not_modified:
                fetched = replace(fetched, day=before.feed_day)
            now = self._clock.now()
            reading = await interpret(self._store, self._source, category, before, fetched, now, self._is_deferred)
        except SourceUnavailable as error:
            return await self._failed(before, error, follows)
        log.info("polled", extra={"category": category, "outcome": reading.outcome, "detail": reading.detail})
        state = replace(
            before,
            etag=fetched.etag if reading.keep_validators else None,
            last_modified=fetched.last_modified if reading.keep_validators else None,
            feed_day=fetched.day if reading.keep_validators else None,
            outcome=reading.outcome,
            detail=reading.detail,
            failures=0,
            missed=_missed(before, present_day(fetched, now)),
            lost=_lost(before, present_day(fetched, now), self._is_deferred),
        )
        return await self._catch_up(await self._record(state, reading.batch, follows), follows)

    async def _failed(self, before: FeedState, error: SourceUnavailable, follows: Sequence[Follow]) -> FeedState:
        """The failure as it is stored. Where arXiv answers at all, days that the feed no longer has are still had."""
        now = self._clock.now()
        failures = before.failures + 1
        next_look = after_failure(now, error.outcome, failures, error.retry_at)
        at = f"{next_look:%H:%M}" if next_look.date() == now.date() else f"{next_look:%d %b %H:%M}"
        log.warning(f"{before.category} could not be read: {error} The next look is at {at} UTC.")
        state = replace(
            before,
            outcome=Outcome(error.outcome),
            detail=str(error),
            failures=failures,
            checked_at=now,
            next_check_at=next_look,
            missed=_missed(before, eastern_day(now)),
        )
        await self._store.record_poll(state, None, (), ())
        return state if error.outcome in ARXIV_SILENT else await self._catch_up(state, follows)

    async def _record(self, state: FeedState, batch: Batch | None, follows: Sequence[Follow]) -> FeedState:
        """One commit of everything that was found, with the next look planned."""
        now = self._clock.now()
        found = batch.day if batch else None
        state = replace(
            state,
            checked_at=now,
            day=max(filter(None, (state.day, found)), default=None),
            missed=_without(state.missed, found),
        )
        if batch and (batch.left_out or state.left_out_of is None or batch.day >= state.left_out_of):
            state = replace(state, left_out=batch.left_out, left_out_of=batch.day)
        if not state.failures:
            state = replace(state, next_check_at=self._next(now, state))
        follows = await self._now_on(state.category, follows) if batch else ()
        follows = [follow for follow in follows if batch and follow.reads(batch.day)]
        jobs = await self._jobs(batch, follows) if batch else ()
        await self._store.record_poll(state, batch, jobs, [follow.name for follow in follows])
        return state

    def _next(self, now: datetime, state: FeedState) -> datetime:
        today = eastern_day(now)
        is_awaited = expects_announcement(today, self._is_deferred) and (state.day is None or state.day < today)
        return next_poll(now, is_awaited=is_awaited, is_missing=bool(state.missed), cadence=self._cadence)

    async def _now_on(self, category: str, follows: Sequence[Follow]) -> list[Follow]:
        """The follows as they are now: fetching takes a while, in which people turn some on and others off."""
        now = {follow.name: follow for follow in await self._store.follows()}
        known = {follow.name: now.get(follow.name, follow) for follow in follows}
        added = {name: follow for name, follow in now.items() if category in follow.categories}
        return [follow for follow in (added | known).values() if follow.is_on]

    async def _catch_up(self, state: FeedState, follows: Sequence[Follow]) -> FeedState:
        """Fetch the days that were missed, the oldest first, which the listing loses next.

        A day that cannot be had now is tried at the next poll, and the others are had; nothing more is asked of an
        arXiv that does not answer. The newest is stored first: the day of an older one may close at once, and is to
        know that it is not the latest.
        """
        if not state.missed:
            return state
        caught: list[tuple[date, Batch | None]] = []
        for day in state.missed:
            is_mute = False
            try:
                batch = await self._source.fetch_missed(state.category, day)
                caught.append((day, batch))
                said = f"{day} caught up: {count(batch) if batch else 'no announcement'}"
            except DayGone as error:
                said = f"{day} can no longer be had ({error})"
                lost = (*state.lost, day) if expects_announcement(day, self._is_deferred) else state.lost
                state = replace(state, missed=_without(state.missed, day), lost=lost)
            except SourceUnavailable as error:
                said = f"{day} is still missed ({error.outcome})"
                is_mute = error.outcome in ARXIV_SILENT
            log.info("a missed day", extra={"category": state.category, "detail": said})
            state = replace(state, detail=_joined(state.detail, said))
            if is_mute:
                break
        for day, batch in reversed(caught):
            state = await self._record(replace(state, missed=_without(state.missed, day)), batch, follows)
        return state if caught else await self._record(state, None, follows)

    async def _jobs(self, batch: Batch, follows: Sequence[Follow]) -> tuple[NewJob, ...]:
        """Judging jobs for what somebody wants to read, and for what changed since it was judged."""
        lenses = sorted({follow.lens for follow in await self._store.follows()})
        jobs: list[NewJob] = []
        offered = [entry for entry in batch.entries if not entry.type.is_replacement and not entry.paper.is_withdrawn]
        for lens in sorted({follow.lens for follow in follows}):
            through = [follow for follow in follows if follow.lens == lens]
            payers = {entry.paper: _payers(entry, through) for entry in offered}
            wanted = {paper: whose for paper, whose in payers.items() if whose}
            jobs += await judgings(self._store, wanted, lens, batch.day, self.ranking)
        replaced = [entry for entry in batch.entries if entry.type.is_replacement or entry.paper.is_withdrawn]
        for lens in lenses:
            jobs += await again(self._store, [entry.paper for entry in replaced], lens)
        older = [entry.paper.id for entry in batch.entries if entry.type.is_replacement or entry.paper.version != 1]
        standing = set(await self._store.standing(older)) if older else set[ArxivId]()
        about_to = {job.payload["paper"] for job in jobs}
        standing |= {paper for paper in older if str(paper) in about_to}
        readers = tuple(dict.fromkeys(map(Payer.of_follow, follows)))
        return (*jobs, *looks_at(list(standing), f"{batch.category}/{batch.day}", readers))


async def again(store: Store, papers: Sequence[Paper], lens: str, asked: tuple[Payer, ...] = ()) -> list[NewJob]:
    """A changed paper is judged again; a withdrawn one only has its posts edited, when arXiv was asked about it.

    For whom: who `asked` for it, and the follows where it stands; where there is neither, those that read its kind.
    """
    present = {paper.id: paper for paper in papers if not paper.is_withdrawn}
    judged = await store.verdicts(list(present), lens) if present else {}
    changed = [
        present[arxiv_id] for arxiv_id, verdict in judged.items() if verdict.paper_hash != present[arxiv_id].text_hash
    ]
    through = [follow for follow in await store.follows() if follow.lens == lens and follow.is_on] if changed else []
    jobs = []
    for paper in changed:
        stands = {post.key.place for post in await store.posts_showing(paper.id, lens)}
        readers = [follow for follow in through if follow.place in stands]
        if not readers and not asked:
            readers = [follow for follow in through if set(follow.categories) & set(paper.categories)]
        jobs.append(judging(paper, lens, payers=tuple(dict.fromkeys((*asked, *map(Payer.of_follow, readers))))))
    return jobs


def _payers(entry: Entry, follows: Iterable[Follow]) -> tuple[Payer, ...]:
    """Who wants to read it."""
    return tuple(dict.fromkeys(Payer.of_follow(follow) for follow in follows if admits(follow, entry) is None))


def judging(
    paper: Paper, lens: str, priority: float = 0.0, day: date | None = None, payers: tuple[Payer, ...] = ()
) -> NewJob:
    """The job of judging a paper's present text through a lens; what has a lower priority number goes first.

    `day`: it is for an edition of that day, and for nothing when that has closed.
    """
    key = f"{paper.id}|{lens}|{paper.text_hash[:16]}v{paper.version or 0}"
    payload = {"paper": str(paper.id), "lens": lens} | ({"day": day.isoformat()} if day else {})
    return NewJob(Queue.JUDGE, key, payload, priority=priority, payers=payers)


async def judgings(
    store: Store, wanted: Mapping[Paper, tuple[Payer, ...]], lens: str, day: date, ranking: Ranking | None
) -> list[NewJob]:
    """The jobs of judging a day's papers, each for who wants it: in the order of the scan where a model does it, else
    as they come. What has its job or verdict already is not read for its place again."""
    if ranking is None:
        return [judging(paper, lens, payers=payers) for paper, payers in wanted.items()]
    priorities = await ranking.priorities(await _unranked(store, list(wanted), lens), lens, day)
    return [judging(paper, lens, priorities.get(paper.id, 0.0), day, payers) for paper, payers in wanted.items()]


async def _unranked(store: Store, papers: Sequence[Paper], lens: str) -> list[Paper]:
    """Papers that nobody judged in their present text, or is about to."""
    keys = {judging(paper, lens).key: paper for paper in papers}
    known = await store.known_jobs(Queue.JUDGE, list(keys))
    fresh = [paper for key, paper in keys.items() if key not in known]
    judged = await store.verdicts([paper.id for paper in fresh], lens)
    return [paper for paper in fresh if paper.id not in judged or judged[paper.id].paper_hash != paper.text_hash]


def _without(days: Sequence[date], settled: date | None) -> tuple[date, ...]:
    return tuple(day for day in days if day != settled)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _missed(before: FeedState, today: date) -> tuple[date, ...]:
    """Weekdays that passed without an announcement, those not yet caught up among them.

    None of them is ahead, where a clock that ran ahead put some.
    """
    days = {*before.missed, *missed_days(before.day, today)} - set(before.lost)
    return tuple(sorted(day for day in days if day < today))


def _lost(before: FeedState, today: date, is_deferred: IsDeferred) -> tuple[date, ...]:
    """Days that arXiv no longer told when they were asked for: the latest, for some weeks."""
    days = {*before.lost, *days_beyond(before.day, today, is_deferred)} - set(before.missed)
    return tuple(sorted(day for day in days if today - LONGEST_LOSS <= day < today))
