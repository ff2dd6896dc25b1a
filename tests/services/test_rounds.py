"""A single round ends when nothing more can come of it, and not before."""

import asyncio
from datetime import timedelta

from bot.core.feed import FeedState, Outcome
from bot.core.verdict import WAIT_FOR_MODEL
from bot.core.work import Job, JobState, Queue
from bot.services.rounds import Round, add_polls, run_once
from bot.services.scheduler import Bell, Crew, Step
from tests.fakes.worlds import announce, batch, follow, paper
from tests.services.conftest import World

LEASE = timedelta(seconds=1)


class Silent:
    def show(self, name: str, done: int, total: int) -> None:
        """Say nothing."""


def looks(world: World, looked: list[str], outcome: Outcome = Outcome.NOT_YET) -> Step:
    """A step of the polling queue that writes down that it looked."""

    async def step(job: Job) -> None:
        looked.append(job.key)
        now = world.clock.now()
        state = FeedState(job.key, outcome=outcome, checked_at=now, next_check_at=now + timedelta(hours=1))
        await world.store.record_poll(state, None, (), ())
        await world.store.put_off(job, timedelta(hours=1), str(outcome))

    return step


async def a_round(world: World, poll: Step, patience: timedelta = timedelta(seconds=2)) -> Round:
    bell = Bell()
    steps = {Queue.POLL: poll} | world.steps
    crews = [Crew(world.store, queue, step, hands=1, lease=LEASE, bell=bell) for queue, step in steps.items()]
    async with asyncio.timeout(60):
        return await run_once(world.store, crews, world.clock, asyncio.Event(), patience, Silent())


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
    await world.store.put_off(job, timedelta(hours=1), "refused")
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
        await world.store.put_off(job, timedelta(hours=1), "the budget of the day is spent")
    left = await a_round(world, looks(world, []), patience=timedelta(minutes=4))
    (edition,) = [job for job in left.waiting if job.queue is Queue.EDITION]
    assert edition.reason == f"2 papers {WAIT_FOR_MODEL}"
    assert len(await world.store.list_jobs((JobState.OPEN,), Queue.JUDGE)) == 2


async def test_a_poll_that_another_process_had_just_ended_is_made_again(world: World) -> None:
    await world.store.sync_follows([follow()])
    await add_polls(world.store)
    (held,) = await world.store.claim(Queue.POLL, 1, timedelta(seconds=30))
    looked: list[str] = []
    ours = asyncio.create_task(a_round(world, looks(world, looked)))
    await asyncio.sleep(0.5)
    await world.store.put_off(held, timedelta(hours=1), "already read")
    await ours
    assert looked == ["cs.AI"]
