"""The crews together: run until told to stop, or once until nothing is due any more."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.feed import FeedState, Outcome
from bot.core.work import Job, JobState, NewJob, Queue
from bot.ports import Clock, Inbox, Platform, Progress, Store
from bot.services.listen import Listening
from bot.services.publish import waits
from bot.services.report import add_reports
from bot.services.scheduler import Crew, is_idle
from bot.services.supervise import supervise

log = logging.getLogger(__name__)

WORK = (Queue.JUDGE, Queue.EDITION, Queue.DELIVER, Queue.ANSWER, Queue.REMARK)
ROUND = (Queue.JUDGE, Queue.DELIVER)
TOLD_TO_WAIT = (Outcome.RATE_LIMITED, Outcome.REFUSED)
LOOK = 0.25
LOOKS_A_SECOND = 4
HOUSEKEEPING = 20.0


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


@dataclass(frozen=True, slots=True)
class Keep:
    """How long things are kept: ended jobs, and what people wrote and asked."""

    done: timedelta
    remarks: timedelta


async def run_forever(
    store: Store,
    crews: Sequence[Crew],
    clock: Clock,
    stop: asyncio.Event,
    keep: Keep,
    platforms: Sequence[Platform] = (),
    inbox: Inbox | None = None,
) -> None:
    """Work until `stop` is set: every crew supervised, every platform heard, follows that appear are polled, reports
    are made when they are due, and what is old is cleared away."""

    async def housekeeping() -> None:
        while not stop.is_set():
            await add_polls(store)
            await add_reports(store, clock)
            await store.prune(keep.done)
            await store.forget_remarks(keep.remarks)
            await store.forget_replies(keep.done)
            await store.forget_events(keep.done)
            try:
                async with asyncio.timeout(HOUSEKEEPING):
                    await stop.wait()
            except TimeoutError:
                continue

    async with asyncio.TaskGroup() as group:
        group.create_task(supervise("housekeeping", housekeeping, stop))
        for crew in crews:
            group.create_task(supervise(f"crew {crew.name}", lambda crew=crew: crew.run(stop), stop))  # type: ignore[misc]
        if inbox is not None:
            listening = [Listening(store, platform, inbox) for platform in platforms]
            for one in listening:
                group.create_task(supervise(f"platform {one.name}", lambda one=one: one.run(stop), stop))  # type: ignore[misc]


async def run_once(
    store: Store, crews: Sequence[Crew], clock: Clock, stop: asyncio.Event, patience: timedelta, progress: Progress
) -> Round:
    """Poll every followed category now, work until nothing falls due within `patience`, and stop.

    A feed whose server asked us to wait is not polled before that.
    """
    categories = await add_polls(store)
    await add_reports(store, clock)
    before = await store.count_jobs()
    begun_at, looks = clock.now(), 0
    told_to_wait = await _poll_now(store, clock, categories)
    working = [asyncio.create_task(crew.run(stop), name=f"crew {crew.queue}") for crew in crews]
    try:
        while not stop.is_set() and not any(task.done() for task in working):
            _show(progress, before, await store.count_jobs())
            begun = (Queue.POLL, Queue.ANSWER)  # a poll comes again, and who waits for arXiv may wait for long
            unpolled = await _unpolled(store, set(categories) - told_to_wait, begun_at)
            looks += 1
            if unpolled and looks % LOOKS_A_SECOND == 0:  # another process had it when we began, and is through with it
                await _poll_now(store, clock, unpolled)
            is_begun = not unpolled and await is_idle(store, crews, begun, timedelta(0))
            if (
                is_begun
                and await is_idle(store, crews, ROUND, patience)
                and await _editions_wait(store, crews, patience)
            ):
                break
            await asyncio.sleep(LOOK)
    finally:
        stop.set()
        await asyncio.gather(*working)
    waiting = [job for queue in WORK for job in await store.list_jobs((JobState.OPEN,), queue)]
    states = [await store.feed_state(category) for category in categories]
    return Round(tuple(states), tuple(waiting))


async def _unpolled(store: Store, categories: Collection[str], since: datetime) -> list[str]:
    """The categories that nobody looked at in this round, neither we nor another process: a poll that somebody began
    and never ended counts for nothing, and its lease is waited for."""
    states = [await store.feed_state(category) for category in sorted(categories)]
    return [one.category for one in states if one.checked_at is None or one.checked_at < since]


async def _editions_wait(store: Store, crews: Sequence[Crew], patience: timedelta) -> bool:
    """Whether every open edition waits for its hour or for an announcement: neither comes in this round."""
    if not await is_idle(store, crews, (Queue.EDITION,), timedelta(0)):
        return False
    soon = await is_idle(store, crews, (Queue.EDITION,), patience)
    waiting = await store.reasons(Queue.EDITION, 1000)
    return soon or all(waits(reason) for reason in waiting)


async def _poll_now(store: Store, clock: Clock, categories: Sequence[str]) -> frozenset[str]:
    """Make the polls of those categories due; the ones whose server asked us to wait are answered, and left alone."""
    waiting: set[str] = set()
    jobs = {job.key: job for job in await store.list_jobs((JobState.OPEN,), Queue.POLL)}
    for category in categories:
        state = await store.feed_state(category)
        told_to_wait = state.outcome in TOLD_TO_WAIT and state.next_check_at is not None
        if told_to_wait and state.next_check_at and state.next_check_at > clock.now():
            waiting.add(category)
            log.warning("not polled: the server asked to wait", extra={"category": category})
        elif category in jobs:
            await store.retry_job(jobs[category].id)
    return frozenset(waiting)


def _show(
    progress: Progress, before: Mapping[tuple[Queue, JobState], int], now: Mapping[tuple[Queue, JobState], int]
) -> None:
    for queue, name in ((Queue.JUDGE, "judged"), (Queue.DELIVER, "posted")):
        done = sum(now.get((queue, state), 0) - before.get((queue, state), 0) for state in JobState if state != "open")
        progress.show(name, done, done + now.get((queue, JobState.OPEN), 0))
