"""Crews carry jobs under a lease, survive what steps do, and let go cleanly."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import LeaseLost, StoreError
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.services.runtime.dead_workers import guard_work
from bot.services.runtime.scheduler import JobRunner, JobSignal, Step, is_idle
from bot.services.runtime.supervise import supervise
from tests.services.conftest import World

LEASE = timedelta(seconds=3)


def crew(world: World, step: Step, *, hands: int = 2, has_effects: bool = False) -> JobRunner:
    return JobRunner(
        world.store, Queue.JUDGE, step, hands=hands, lease=LEASE, bell=JobSignal(), has_effects=has_effects
    )


async def run_until(crew: JobRunner, done: asyncio.Event) -> None:
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
    assert left.reason == "something went wrong in the bot: see its log"


async def test_a_job_that_fails_for_ever_in_a_way_nobody_foresaw_is_given_up_and_its_lane_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.runtime.scheduler.MOST_FAULTS", 3)
    monkeypatch.setattr("bot.services.runtime.scheduler.retry_delay", lambda _: timedelta(0))
    done = asyncio.Event()
    seen: list[str] = []
    told: list[Job] = []

    async def step(job: Job) -> None:
        seen.append(job.key)
        if job.key == "bad":
            raise ValueError("nonsense")
        await world.store.end(job)
        if job.key == "good":
            done.set()

    async def given_up(job: Job) -> list[NewJob]:
        told.append(job)
        return [NewJob(Queue.DELIVER, "a word about it")]

    await world.store.add_jobs([NewJob(Queue.JUDGE, key, lane="a place") for key in ("bad", "good")])
    runner = JobRunner(
        world.store, Queue.JUDGE, step, hands=2, lease=LEASE, bell=JobSignal(), has_effects=True, given_up=given_up
    )
    await run_until(runner, done)
    assert seen == ["bad", "bad", "bad", "good"]
    (lost,) = await world.store.list_jobs((JobState.FAILED,))
    assert (lost.key, lost.reason) == (
        "bad",
        "something went wrong in the bot: see its log; given up after 3 attempts in a row",
    )
    assert [job.key for job in told] == ["bad"]
    assert [job.key for job in await world.store.list_jobs((JobState.OPEN,), Queue.DELIVER)] == ["a word about it"]
    assert await world.store.retry_job(lost.id), "an operator may have it tried again"
    (again,) = await world.store.list_jobs((JobState.OPEN,), Queue.JUDGE)
    assert again.faults == 0


async def test_only_failures_in_a_row_count_and_a_restart_between_them_changes_nothing(world: World) -> None:
    await world.store.add_jobs([NewJob(Queue.JUDGE, "job")])

    async def faults() -> int:
        (job,) = await world.store.claim(Queue.JUDGE, 1, LEASE)
        return job.faults

    async def put_off(count: int) -> None:
        (job,) = await world.store.claim(Queue.JUDGE, 1, LEASE)
        await world.store.reschedule(job, timedelta(0), "failed", faults=count)

    await put_off(7)
    (job,) = await world.store.claim(Queue.JUDGE, 1, LEASE)
    await world.store.release(job)
    (job,) = await world.store.claim(Queue.JUDGE, 1, LEASE)
    assert job.faults == 7
    await world.store.reschedule(job, timedelta(0), "arXiv is away")
    assert await faults() == 0


async def test_a_feed_is_polled_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.runtime.scheduler.MOST_FAULTS", 2)
    monkeypatch.setattr("bot.services.runtime.scheduler.retry_delay", lambda _: timedelta(0))
    done = asyncio.Event()
    tries: list[int] = []

    async def step(job: Job) -> None:
        tries.append(job.attempt)
        if len(tries) == 5:
            await world.store.end(job)
            done.set()
            return
        raise ValueError("nonsense")

    await world.store.add_jobs([NewJob(Queue.POLL, "cs.AI")])
    await run_until(JobRunner(world.store, Queue.POLL, step, hands=1, lease=LEASE, bell=JobSignal()), done)
    assert tries == [1, 2, 3, 4, 5]


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


async def test_a_step_keeps_its_job_though_the_store_is_away_when_its_lease_is_renewed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = asyncio.Event()
    renewed = asyncio.Event()
    runs: list[int] = []
    renew = world.store.renew

    async def away_at_first(job: Job, lease: timedelta) -> None:
        if not runs[1:]:
            runs.append(0)
            raise StoreError("The database is starting.")
        await renew(job, lease)
        renewed.set()

    async def step(job: Job) -> None:
        runs.append(job.attempt)
        await renewed.wait()
        await world.store.end(job)
        done.set()

    monkeypatch.setattr(world.store, "renew", away_at_first)
    await world.store.add_jobs([NewJob(Queue.JUDGE, "slow")])
    await run_until(crew(world, step), done)
    assert runs == [1, 0], "nobody else began it meanwhile"


async def test_a_step_goes_on_though_the_store_is_away_when_more_work_is_claimed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call of a model is under way in it: begun again, it would be paid for twice."""
    monkeypatch.setattr("bot.services.runtime.scheduler.STOP_GRACE_SECONDS", 0.01)
    done, claimed_again = asyncio.Event(), asyncio.Event()
    calls: list[int] = []
    claim = world.store.claim
    failures = 0

    async def away_in_the_middle(*told: Any) -> Sequence[Job]:
        nonlocal failures
        if calls and failures < 2:
            failures += 1
            raise StoreError("The database is starting.")
        if calls:
            claimed_again.set()
        return await claim(*told)

    async def step(job: Job) -> None:
        calls.append(job.attempt)
        await claimed_again.wait()
        await world.store.end(job)
        done.set()

    monkeypatch.setattr(world.store, "claim", away_in_the_middle)
    await world.store.add_jobs([NewJob(Queue.JUDGE, "costly")])
    stop = asyncio.Event()
    runner = crew(world, step)
    working = asyncio.create_task(supervise("crew", lambda: runner.run(stop), stop))
    async with asyncio.timeout(60):
        await done.wait()
    stop.set()
    await working
    assert (calls, failures) == ([1], 2)


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


async def test_who_loses_the_lock_stops_sending_at_once_whatever_hangs_elsewhere(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, cut, lost, hanging = asyncio.Event(), asyncio.Event(), asyncio.Event(), asyncio.Event()
    under_way: list[Queue] = []

    async def step(job: Job) -> None:
        under_way.append(job.queue)
        if len(under_way) == 2:
            begun.set()
        try:
            await hanging.wait()
        except asyncio.CancelledError:
            if job.queue is Queue.DELIVER:
                cut.set()
            raise

    async def never(job: Job, lease: timedelta) -> None:
        await hanging.wait()

    monkeypatch.setattr(world.store, "lock_lost", lost.wait)
    monkeypatch.setattr(world.store, "renew", never)
    await world.store.add_jobs([NewJob(Queue.JUDGE, "paper"), NewJob(Queue.DELIVER, "post")])
    runners = [
        JobRunner(world.store, queue, step, hands=1, lease=LEASE, bell=JobSignal(), has_effects=queue is Queue.DELIVER)
        for queue in (Queue.JUDGE, Queue.DELIVER)
    ]
    stop = asyncio.Event()
    working = [asyncio.create_task(runner.run(stop)) for runner in runners]
    async with asyncio.timeout(60):
        await begun.wait()
        guarding = asyncio.create_task(guard_work(world.store, runners, stop))
        lost.set()
        await cut.wait()
    monkeypatch.undo()
    hanging.set()
    stop.set()
    await asyncio.gather(guarding, *working, return_exceptions=True)


async def test_who_loses_the_lock_while_the_store_is_away_goes_on_with_what_is_being_asked_of_a_model(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, held, done = asyncio.Event(), asyncio.Event(), asyncio.Event()
    renew, tries = world.store.renew, 0

    async def step(job: Job) -> None:
        begun.set()
        await held.wait()
        await world.store.end(job)
        done.set()

    async def away_at_first(job: Job, lease: timedelta) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise StoreError("The server is being started.")
        await renew(job, lease)
        held.set()

    monkeypatch.setattr(world.store, "renew", away_at_first)
    await world.store.add_jobs([NewJob(Queue.JUDGE, "paper")])
    runner = JobRunner(world.store, Queue.JUDGE, step, hands=1, lease=timedelta(minutes=5), bell=JobSignal())
    stop = asyncio.Event()
    working = asyncio.create_task(runner.run(stop))
    async with asyncio.timeout(60):
        await begun.wait()
        await runner.lost_lock()
        await done.wait()
    stop.set()
    await working
    (job,) = await world.store.list_jobs((JobState.DONE,))
    assert job.attempt == 1
