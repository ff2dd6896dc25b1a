"""Crews carry jobs under a lease, survive what steps do, and let go cleanly."""

import asyncio
from datetime import timedelta

from bot.core.errors import LeaseLost
from bot.core.work import Job, JobState, NewJob, Queue
from bot.services.scheduler import Bell, Crew, Step, is_idle
from bot.services.supervise import supervise
from tests.services.conftest import World

LEASE = timedelta(seconds=3)


def crew(world: World, step: Step, *, hands: int = 2, has_effects: bool = False) -> Crew:
    return Crew(world.store, Queue.JUDGE, step, hands=hands, lease=LEASE, bell=Bell(), has_effects=has_effects)


async def run_until(crew: Crew, done: asyncio.Event) -> None:
    stop = asyncio.Event()
    working = asyncio.create_task(crew.run(stop))
    async with asyncio.timeout(60):
        await done.wait()
    stop.set()
    await working


async def test_t6_one_bad_job_does_not_stop_the_others(world: World) -> None:
    done = asyncio.Event()
    seen: list[str] = []

    async def step(job: Job) -> None:
        seen.append(job.key)
        if job.key == "bad":
            raise ValueError("nonsense")
        await world.store.end(job)
        if len(seen) == 3:
            done.set()

    await world.store.add_jobs([NewJob(Queue.JUDGE, key) for key in ("bad", "good", "better")])
    await run_until(crew(world, step, hands=1), done)
    (left,) = await world.store.list_jobs((JobState.OPEN,))
    assert left.key == "bad"
    assert left.reason == "ValueError: see the log"


async def test_a_step_longer_than_its_lease_keeps_the_job(world: World) -> None:
    done = asyncio.Event()
    runs: list[int] = []

    async def step(job: Job) -> None:
        runs.append(job.attempt)
        await asyncio.sleep(LEASE.total_seconds() * 1.4)
        await world.store.end(job)
        done.set()

    await world.store.add_jobs([NewJob(Queue.JUDGE, "slow")])
    await run_until(crew(world, step), done)
    assert runs == [1]


async def test_an_ending_after_the_lease_was_lost_does_not_count(world: World) -> None:
    await world.store.add_jobs([NewJob(Queue.JUDGE, "late")])
    (first,) = await world.store.claim(Queue.JUDGE, 1, timedelta(0))
    (second,) = await world.store.claim(Queue.JUDGE, 1, LEASE)
    try:
        await world.store.end(first)
    except LeaseLost:
        await world.store.end(second)
    assert (await world.store.count_jobs())[Queue.JUDGE, JobState.DONE] == 1


async def stopped_in_the_middle(world: World, *, has_effects: bool) -> Job:
    begun = asyncio.Event()

    async def step(job: Job) -> None:
        begun.set()
        await asyncio.sleep(3600)

    await world.store.add_jobs([NewJob(Queue.JUDGE, "cut")])
    cut = crew(world, step, has_effects=has_effects)
    stop = asyncio.Event()
    working = asyncio.create_task(cut.run(stop))
    await begun.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    (job,) = await world.store.claim(Queue.JUDGE, 1, LEASE)
    return job


async def test_a_clean_stop_gives_the_lease_back_without_doubt(world: World, monkeypatch: object) -> None:
    job = await stopped_in_the_middle(world, has_effects=False)
    assert (job.attempt, job.doubtful) == (2, False)


async def test_a_stop_in_the_middle_of_an_effect_leaves_doubt(world: World) -> None:
    job = await stopped_in_the_middle(world, has_effects=True)
    assert (job.attempt, job.doubtful) == (2, True)


async def test_nothing_is_idle_while_a_job_is_due_or_under_way(world: World) -> None:
    done = asyncio.Event()

    async def step(job: Job) -> None:
        assert not await is_idle(world.store, [watched], [Queue.JUDGE], timedelta(0))
        await world.store.end(job)
        done.set()

    watched = crew(world, step)
    assert await is_idle(world.store, [watched], [Queue.JUDGE], timedelta(0))
    await world.store.add_jobs([NewJob(Queue.JUDGE, "one")])
    assert not await is_idle(world.store, [watched], [Queue.JUDGE], timedelta(0))
    await run_until(watched, done)
    assert await is_idle(world.store, [watched], [Queue.JUDGE], timedelta(0))


async def test_a_part_that_fails_is_started_again() -> None:
    starts = 0

    async def run() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise ConnectionError("once")

    await supervise("part", run, asyncio.Event())
    assert starts == 2
