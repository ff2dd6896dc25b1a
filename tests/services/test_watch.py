"""Work is begun when it is there, whoever made it, and a bot at rest asks its store next to nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.core.jobs.job import Job, NewJob, Queue
from bot.services.runtime.scheduler import JobRunner, JobSignal, Step
from bot.services.runtime.watch import watch_queues
from bot.store.sql import SqlStore
from tests.services.conftest import World

LEASE = timedelta(seconds=30)


@asynccontextmanager
async def watched(world: World, step: Step) -> AsyncIterator[None]:
    """Runners of two queues, told by a watch."""
    signal, stop = JobSignal(), asyncio.Event()
    runners = [
        JobRunner(world.store, queue, step, hands=2, lease=LEASE, bell=signal) for queue in (Queue.JUDGE, Queue.POLL)
    ]
    watching = asyncio.create_task(watch_queues(world.store, runners, stop))
    working = [asyncio.create_task(runner.run(stop)) for runner in runners]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(watching, *working)


def doing(world: World) -> tuple[Callable[[Job], object], asyncio.Event]:
    done = asyncio.Event()

    async def step(job: Job) -> None:
        await world.store.end(job)
        done.set()

    return step, done


async def test_what_another_process_adds_is_begun_without_being_told(world: World) -> None:
    step, done = doing(world)
    other = SqlStore(str(world.folder / "store.db"))
    await other.open()
    async with watched(world, step):  # type: ignore[arg-type]
        await asyncio.sleep(0.5)
        await other.add_jobs([NewJob(Queue.JUDGE, "theirs")])
        async with asyncio.timeout(20):
            await done.wait()
    await other.close()


async def test_what_falls_due_is_begun_then(world: World) -> None:
    step, done = doing(world)
    await world.store.add_jobs([NewJob(Queue.POLL, "later", delay=timedelta(seconds=1))])
    async with watched(world, step):  # type: ignore[arg-type]
        async with asyncio.timeout(20):
            await done.wait()


async def test_a_bot_at_rest_asks_its_store_next_to_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    step, _ = doing(world)
    await world.store.add_jobs([NewJob(Queue.POLL, "much later", delay=timedelta(hours=1))])
    asked = 0
    read = world.store._database.read

    def counted() -> object:
        nonlocal asked
        asked += 1
        return read()

    async with watched(world, step):  # type: ignore[arg-type]
        await asyncio.sleep(1)
        monkeypatch.setattr(world.store._database, "read", counted)
        await asyncio.sleep(3)
        assert asked <= 2
