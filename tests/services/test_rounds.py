"""A single round ends when nothing more can come of it, and not before."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import PlaceClosed
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.papers.feed import FeedState, Outcome
from bot.core.posts.post import Post, PostKey, PostRef
from bot.core.verdicts.call import CallOutcome, Trouble
from bot.platforms.console import ConsolePlatform
from bot.services.runtime import rounds
from bot.services.runtime.rounds import Keep, Round, add_polls, run_forever, run_once
from bot.services.runtime.scheduler import JobRunner, JobSignal, Step
from bot.store.sql import SqlStore
from tests.fakes.progress import Silent
from tests.fakes.worlds import announce, batch, follow, paper
from tests.services.conftest import World

LEASE = timedelta(seconds=1)
YEAR = timedelta(days=365)
KEEP = Keep(timedelta(days=30), timedelta(days=90))


def looks(world: World, looked: list[str], outcome: Outcome = Outcome.NOT_YET) -> Step:
    """A step of the polling queue that writes down that it looked."""

    async def step(job: Job) -> None:
        looked.append(job.key)
        now = world.clock.now()
        state = FeedState(job.key, outcome=outcome, checked_at=now, next_check_at=now + timedelta(hours=1))
        await world.store.record_poll(state, None, (), ())
        await world.store.reschedule(job, timedelta(hours=1), str(outcome))

    return step


async def a_round(
    world: World, poll: Step, patience: timedelta = timedelta(seconds=2), endpoints: Collection[str] = ()
) -> Round:
    bell = JobSignal()
    steps = {Queue.POLL: poll} | world.steps
    crews = [JobRunner(world.store, queue, step, hands=1, lease=LEASE, bell=bell) for queue, step in steps.items()]
    async with asyncio.timeout(60):
        return await run_once(world.store, crews, world.clock, asyncio.Event(), patience, Silent(), endpoints)


async def test_a_poll_that_a_dead_process_had_begun_is_taken_over(world: World) -> None:
    await world.store.sync_follows([follow()])
    await add_polls(world.store)
    assert await world.store.claim(Queue.POLL, 1, LEASE), "the process that dies"
    looked: list[str] = []
    await a_round(world, looks(world, looked))
    assert looked == ["cs.AI"]


async def test_a_feed_whose_server_refused_us_is_not_asked_before_its_time(world: World) -> None:
    await world.store.sync_follows([follow()])
    later = world.clock.now() + timedelta(hours=1)
    refused = FeedState("cs.AI", outcome=Outcome.REFUSED, checked_at=world.clock.now(), next_check_at=later)
    await world.store.record_poll(refused, None, (), ())
    await add_polls(world.store)
    (job,) = await world.store.claim(Queue.POLL, 1, LEASE)
    await world.store.reschedule(job, timedelta(hours=1), "refused")
    looked: list[str] = []
    await a_round(world, looks(world, looked))
    assert looked == []


async def test_a_day_that_waits_for_an_announcement_does_not_hold_the_round(world: World) -> None:
    follows = [follow(categories=("cs.AI", "cs.LG"))]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1)]), follows)
    left = await a_round(world, looks(world, []), patience=timedelta(minutes=5))
    assert [job.reason for job in left.waiting] == ["waiting for the announcement of cs.LG"]


async def test_a_day_whose_papers_wait_for_the_model_does_not_hold_the_round(world: World) -> None:
    follows = [follow()]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1), paper(2)]), follows)
    for job in await world.store.claim(Queue.JUDGE, 5, LEASE):
        await world.store.reschedule(job, timedelta(hours=1), "the budget of the day is spent")
    left = await a_round(world, looks(world, []), patience=timedelta(minutes=4))
    (edition,) = [job for job in left.waiting if job.queue is Queue.EDITION]
    assert (edition.why, edition.reason) == (WaitReason.MODEL_AWAITED, "2 papers wait for the model")
    assert len(await world.store.list_jobs((JobState.OPEN,), Queue.JUDGE)) == 2


async def test_a_slow_call_of_a_model_that_failed_before_is_not_cut_off_by_the_end_of_the_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.runtime.model_patience.PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr("bot.services.runtime.scheduler.STOP_GRACE_SECONDS", 0.1)
    follows, begun, is_answered = [follow()], asyncio.Event(), asyncio.Event()
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1)]), follows)
    await world.store.fail_endpoint("slow", Trouble(CallOutcome.TIMEOUT, "it did not answer in time"), probing=False)
    judge = world.steps[Queue.JUDGE]

    async def slowly(job: Job) -> None:
        begun.set()
        await is_answered.wait()
        await judge(job)

    async def answered_later() -> None:
        await begun.wait()
        await asyncio.sleep(2)
        is_answered.set()

    world.steps[Queue.JUDGE] = slowly
    answering = asyncio.create_task(answered_later())
    await a_round(world, looks(world, []), endpoints=("slow",))
    await answering
    jobs = await world.store.list_jobs(tuple(JobState), Queue.JUDGE)
    assert jobs[0].state is JobState.DONE
    assert WaitReason.INTERRUPTED not in {job.why for job in jobs}


async def test_a_poll_that_another_process_had_just_ended_is_made_again(world: World) -> None:
    await world.store.sync_follows([follow()])
    await add_polls(world.store)
    (held,) = await world.store.claim(Queue.POLL, 1, timedelta(seconds=30))
    looked: list[str] = []
    ours = asyncio.create_task(a_round(world, looks(world, looked)))
    await asyncio.sleep(0.5)
    await world.store.reschedule(held, timedelta(hours=1), "already read")
    await ours
    assert looked == ["cs.AI"]


class EndsMeanwhile:
    """A store on which the poll that is under way ends just after somebody read that it has not."""

    def __init__(self, inner: SqlStore) -> None:
        self.inner = inner
        self.may_end, self.has_ended = asyncio.Event(), asyncio.Event()
        self._lists = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def list_jobs(self, states: Collection[JobState], queue: Queue | None = None, limit: int = 200) -> Any:
        self._lists += queue is Queue.POLL
        return await self.inner.list_jobs(states, queue, limit)

    async def feed_state(self, category: str) -> FeedState:
        found = await self.inner.feed_state(category)
        if self._lists >= 3 and not self.may_end.is_set():  # the clock was looked at, the round begun, and looked again
            self.may_end.set()
            await self.has_ended.wait()
        return found


async def test_a_poll_that_ends_while_the_round_looks_for_those_left_is_not_made_again(world: World) -> None:
    await world.store.sync_follows([follow()])
    store = EndsMeanwhile(world.store)
    looked: list[str] = []
    look = looks(world, looked)

    async def poll(job: Job) -> None:
        if not looked:
            with suppress(TimeoutError):  # nobody looks for polls that are left while one is under way
                async with asyncio.timeout(4):
                    await store.may_end.wait()
        await look(job)
        store.has_ended.set()

    bell = JobSignal()
    crews = [JobRunner(world.store, Queue.POLL, poll, hands=1, lease=timedelta(minutes=1), bell=bell)]
    async with asyncio.timeout(60):
        await run_once(store, crews, world.clock, asyncio.Event(), timedelta(0), Silent())
    assert looked == ["cs.AI"]


@pytest.mark.parametrize("restarts", [True, False])
async def test_a_running_bot_polls_again_when_its_clock_that_ran_ahead_is_right(
    world: World, monkeypatch: pytest.MonkeyPatch, restarts: bool
) -> None:
    monkeypatch.setattr(rounds, "HOUSEKEEPING_SECONDS", 0.05)
    await world.store.sync_follows([follow()])
    looked: list[str] = []
    first, second = asyncio.Event(), asyncio.Event()
    look = looks(world, looked)

    async def poll(job: Job) -> None:
        await look(job)
        (second if first.is_set() else first).set()

    def running() -> tuple[asyncio.Event, asyncio.Task[None]]:
        stop = asyncio.Event()
        crews = [JobRunner(world.store, Queue.POLL, poll, hands=1, lease=LEASE, bell=JobSignal())]
        return stop, asyncio.create_task(run_forever(world.store, crews, world.clock, stop, KEEP))

    async with asyncio.timeout(60):
        right = world.clock.moment
        world.skew, world.clock.moment = YEAR, right + YEAR
        stop, bot = running()
        await first.wait()
        if restarts:
            stop.set()
            await bot
        world.skew, world.clock.moment = timedelta(0), right
        if restarts:
            stop, bot = running()
        await second.wait()
        stop.set()
        await bot
    assert looked == ["cs.AI", "cs.AI"]


async def test_a_round_does_not_wait_for_a_place_that_takes_no_posts(world: World) -> None:
    """It is tried once; the post and those behind it wait for the next round, which is what cron makes of it."""
    tries = []

    class Closed(ConsolePlatform):
        async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
            tries.append(key)
            raise PlaceClosed("The channel is gone.", "Make it again.")

    world.use(Closed(world.journal, paint=None, faults=None, clock=world.clock))
    await world.store.sync_follows([follow()])
    await announce(world.store, batch([paper(number) for number in range(1, 4)]), await world.store.follows())
    await world.drain(Queue.JUDGE)
    await world.drain(Queue.EDITION)
    ended = await a_round(world, looks(world, []), patience=timedelta(seconds=65))
    assert len(tries) == 1
    assert {job.why for job in ended.waiting if job.queue is Queue.DELIVER} >= {WaitReason.PLACE_CLOSED}


async def test_what_stands_behind_a_post_that_is_put_off_is_not_waited_for(world: World) -> None:
    await world.store.add_jobs([NewJob(Queue.DELIVER, f"post {number}", {}, lane="a:b") for number in (1, 2)])
    assert not await rounds._posts_wait(world.store, [], world.clock.now())
    (first,) = await world.store.claim(Queue.DELIVER, 2, LEASE)
    now = first.added_at  # by the store's clock
    await world.store.reschedule(first, timedelta(minutes=10), "Discord is away", WaitReason.PLATFORM)
    assert await rounds._posts_wait(world.store, [], now + timedelta(seconds=65))
    assert not await rounds._posts_wait(world.store, [], now + timedelta(minutes=11))
