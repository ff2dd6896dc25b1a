"""The crews together: run until told to stop, or once until nothing is due any more."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_reason import AWAITED, WaitReason
from bot.core.papers.feed import FeedState, Outcome
from bot.ports.platform import Inbox, Platform
from bot.ports.store import Clock, Progress, Store
from bot.services.publishing.report import add_reports
from bot.services.runtime.dead_workers import guard_work
from bot.services.runtime.listen import Listening
from bot.services.runtime.model_patience import ModelPatience
from bot.services.runtime.scheduler import JobRunner, is_idle
from bot.services.runtime.supervise import pause, supervise
from bot.services.runtime.watch import watch_queues

log = logging.getLogger(__name__)

WORK_QUEUES = (Queue.LOOK, Queue.JUDGE, Queue.EDITION, Queue.DELIVER, Queue.ANSWER, Queue.REMARK)
ONE_ROUND_QUEUES = (Queue.LOOK, Queue.JUDGE)
WITHOUT_MODEL = (Queue.LOOK,)
TOLD_TO_WAIT = (Outcome.RATE_LIMITED, Outcome.REFUSED)
CLOCK_AHEAD_MOST = timedelta(minutes=1)
WORK_LEFT_POLL_SECONDS = 0.25
STEP_PAUSE_SECONDS = 0.1
LET_GO_EVERY = timedelta(hours=1)
LOOKS_A_SECOND = 4
HOUSEKEEPING_SECONDS = 20.0
ACTS_KEPT = timedelta(days=2)
DRAFT_LIVES = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Round:
    """What a single round left behind: the feeds as they are now, and the jobs that still wait."""

    feeds: tuple[FeedState, ...]
    waiting: tuple[Job, ...]


async def followed_categories(store: Store) -> tuple[str, ...]:
    """Every category that somebody follows, in a stable order."""
    follows = await store.follows()
    return tuple(sorted({category for follow in follows if follow.is_on for category in follow.categories}))


async def add_polls(store: Store) -> tuple[str, ...]:
    """One perpetual polling job a followed category."""
    categories = await followed_categories(store)
    await store.add_jobs([NewJob(Queue.POLL, category, {"category": category}) for category in categories])
    await store.reopen(Queue.POLL, categories)
    return categories


async def lapse_drafts(store: Store, clock: Clock) -> None:
    """A follow that nobody turned on within a day is gone."""
    for follow in await store.follows():
        if follow.is_draft and follow.made_at and clock.now() - follow.made_at > DRAFT_LIVES:
            await store.remove_follow(follow.name)


async def _let_go(store: Store, keep: "Keep", stop: asyncio.Event) -> None:
    """Delete what is old piece by piece, each in short transactions, with room between for everybody else."""
    await store.prune(keep.done, keep.failed)
    await store.forget_remarks(keep.remarks)
    await store.forget_acts(ACTS_KEPT)
    await store.forget_replies(keep.done)
    await store.forget_events(keep.done)
    while await store.forget_old(keep.posts, keep.papers):
        if await pause(stop, STEP_PAUSE_SECONDS):
            return


@dataclass(frozen=True, slots=True)
class Keep:
    """How long things are kept: ended jobs, what people wrote and asked, what was posted, papers without a post,
    and what failed."""

    done: timedelta
    remarks: timedelta
    posts: timedelta = timedelta(days=36_500)
    papers: timedelta = timedelta(days=180)
    failed: timedelta = timedelta(days=180)


async def run_forever(
    store: Store,
    crews: Sequence[JobRunner],
    clock: Clock,
    stop: asyncio.Event,
    keep: Keep,
    platforms: Sequence[Platform] = (),
    inbox: Inbox | None = None,
) -> None:
    """Work until `stop` is set: every crew supervised, every platform heard, follows that appear are polled, reports
    are made when they are due, and what is old is cleared away."""

    async def housekeeping() -> None:
        monotonic = asyncio.get_running_loop().time
        letting_go_at = monotonic()
        while not stop.is_set():
            await _mend_clock(store, clock, await add_polls(store), crews)
            await add_reports(store, clock)
            await lapse_drafts(store, clock)
            if monotonic() >= letting_go_at:
                await _let_go(store, keep, stop)
                letting_go_at = monotonic() + LET_GO_EVERY.total_seconds()
            await pause(stop, HOUSEKEEPING_SECONDS)

    async with asyncio.TaskGroup() as group:
        group.create_task(supervise("housekeeping", housekeeping, stop))
        for name, watch in (("dead workers", guard_work), ("watch", watch_queues)):
            group.create_task(supervise(name, partial(watch, store, crews, stop), stop))
        for crew in crews:
            group.create_task(supervise(f"crew {crew.name}", lambda crew=crew: crew.run(stop), stop))  # type: ignore[misc]
        if inbox is not None:
            listening = [Listening(store, platform, inbox) for platform in platforms]
            for listener in listening:
                group.create_task(
                    supervise(f"platform {listener.name}", lambda listener=listener: listener.run(stop), stop)  # type: ignore[misc]
                )


async def run_once(
    store: Store,
    crews: Sequence[JobRunner],
    clock: Clock,
    stop: asyncio.Event,
    patience: timedelta,
    progress: Progress,
    endpoints: Collection[str] = (),
) -> Round:
    """Poll every followed category now, work until nothing falls due within `patience`, and stop.

    A feed whose server asked us to wait is not polled before that. `endpoints`: the keys of the models that judge; a
    round in which all are dead ends without them.
    """
    model = ModelPatience(store, endpoints)
    categories = await add_polls(store)
    await _mend_clock(store, clock, categories, crews)
    await add_reports(store, clock)
    begun_at, looks = clock.now(), 0
    shown_since = begun_at - CLOCK_AHEAD_MOST  # the store may have another clock
    before = await store.count_jobs(shown_since)
    told_to_wait = await _poll_now(store, clock, categories)
    working = [asyncio.create_task(crew.run(stop), name=f"crew {crew.queue}") for crew in crews]
    watches = [
        asyncio.create_task(supervise(name, partial(watch, store, crews, stop), stop))
        for name, watch in (("dead workers", guard_work), ("watch", watch_queues))
    ]
    try:
        while not stop.is_set() and not any(task.done() for task in working):
            jobs = await store.count_jobs(shown_since)
            _show(progress, before, jobs)
            begun = (Queue.POLL, Queue.ANSWER)  # a poll comes again, and who waits for arXiv may wait for long
            unpolled = await _unpolled(store, set(categories) - told_to_wait, begun_at)
            looks += 1
            is_polling = any(crew.is_busy for crew in crews if crew.queue is Queue.POLL)  # what ends now needs no more
            if unpolled and not is_polling and looks % LOOKS_A_SECOND == 0:  # another process had it when we began
                await _poll_now(store, clock, unpolled, begun_at)
            awaited: Sequence[JobRunner] = crews
            queues: tuple[Queue, ...] = ONE_ROUND_QUEUES
            if await model.is_over(jobs):
                awaited, queues = [crew for crew in crews if crew.queue is not Queue.JUDGE], WITHOUT_MODEL
            is_begun = not unpolled and await is_idle(store, awaited, begun, timedelta(0))
            if (
                is_begun
                and await is_idle(store, awaited, queues, patience)
                and await _posts_wait(store, awaited, clock.now() + patience)
                and await _editions_wait(store, awaited, patience, has_model=awaited is crews)
                and not any(crew.is_busy for crew in crews if crew.queue is Queue.JUDGE)  # a call is paid for
            ):
                break
            await asyncio.sleep(WORK_LEFT_POLL_SECONDS)
    finally:
        stop.set()
        await asyncio.gather(*working, *watches)
    waiting = [job for queue in WORK_QUEUES for job in await store.list_jobs((JobState.OPEN,), queue)]
    states = [await store.feed_state(category) for category in categories]
    return Round(tuple(states), tuple(waiting))


async def _unpolled(store: Store, categories: Collection[str], since: datetime) -> list[str]:
    """The categories that nobody looked at in this round, neither we nor another process: a poll that somebody began
    and never ended counts for nothing, and its lease is waited for."""
    states = [await store.feed_state(category) for category in sorted(categories)]
    return [state.category for state in states if state.checked_at is None or state.checked_at < since]


async def _posts_wait(store: Store, crews: Sequence[JobRunner], until: datetime) -> bool:
    """Whether no post comes until then: what falls due is for places that take none, and are asked ever more seldom, or
    stands behind one that is put off."""
    if not await is_idle(store, crews, (Queue.DELIVER,), timedelta(0)):
        return False
    waiting = await store.list_jobs((JobState.OPEN,), Queue.DELIVER, 1000)
    held = {job.lane for job in waiting if job.why is WaitReason.PLACE_CLOSED or job.is_put_off(until)}
    return all(job.lane in held or job.due_at > until for job in waiting)


async def _editions_wait(
    store: Store, crews: Sequence[JobRunner], patience: timedelta, *, has_model: bool = True
) -> bool:
    """Whether every open edition waits for its hour, an announcement or a dead model: none comes in this round."""
    if not has_model:
        noted = [reason.why for reason in await store.reasons(Queue.EDITION, 1000)]
        return all(why in (*AWAITED, WaitReason.JUDGING, WaitReason.FIRST_VERDICT) for why in noted)
    if not await is_idle(store, crews, (Queue.EDITION,), timedelta(0)):
        return False
    soon = await is_idle(store, crews, (Queue.EDITION,), patience)
    waiting = await store.reasons(Queue.EDITION, 1000)
    return soon or all(reason.why in AWAITED for reason in waiting)


async def _mend_clock(store: Store, clock: Clock, categories: Sequence[str], crews: Sequence[JobRunner]) -> None:
    """What a clock put off while it ran ahead is due now. Where the store has another clock than we, ours may have put
    off polls."""
    if await store.mend_clock(max((crew.lease for crew in crews), default=timedelta(minutes=1))):
        log.warning("the clock ran ahead, and is back: what was to wait until then is looked at now")
    jobs = {job.key: job for job in await store.list_jobs((JobState.OPEN,), Queue.POLL)}
    for category in categories:
        state = await store.feed_state(category)
        if state.checked_at and state.checked_at > clock.now() + CLOCK_AHEAD_MOST and category in jobs:
            await store.retry_job(jobs[category].id)


async def _poll_now(
    store: Store, clock: Clock, categories: Sequence[str], since: datetime | None = None
) -> frozenset[str]:
    """Make the polls of those categories due; the ones whose server asked us to wait are answered, and left alone."""
    waiting: set[str] = set()
    jobs = {job.key: job for job in await store.list_jobs((JobState.OPEN,), Queue.POLL)}
    for category in categories:
        state = await store.feed_state(category)
        is_ahead = state.checked_at is not None and state.checked_at > clock.now() + CLOCK_AHEAD_MOST
        told_to_wait = state.outcome in TOLD_TO_WAIT and state.next_check_at is not None and not is_ahead
        if told_to_wait and state.next_check_at and state.next_check_at > clock.now():
            waiting.add(category)
            log.warning("not polled: the server asked to wait", extra={"category": category})
        elif since is not None and state.checked_at is not None and state.checked_at >= since:
            continue
        elif category in jobs:  # not where it was claimed since we looked: once a round is enough
            await store.retry_job(jobs[category].id, jobs[category].attempt)
    return frozenset(waiting)


def _show(
    progress: Progress, before: Mapping[tuple[Queue, JobState], int], now: Mapping[tuple[Queue, JobState], int]
) -> None:
    for queue, name in ((Queue.JUDGE, "judged"), (Queue.DELIVER, "posted")):
        done = sum(now.get((queue, state), 0) - before.get((queue, state), 0) for state in JobState if state != "open")
        progress.show(name, done, done + now.get((queue, JobState.OPEN), 0))
