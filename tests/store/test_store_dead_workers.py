"""What a process holds is free when that process is dead, and only then: not when it stands still or was cut off."""

import asyncio
import importlib
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import func, select

from bot.core.jobs.job import JOB_SETTLES, NewJob, Queue
from bot.core.posts.connection import Connection, LinkState
from bot.core.present.connection import connection_words, telling
from bot.store.database.worker_lock import FileLock
from bot.store.sql import SqlStore
from tests.store.making import LEASE, Skew
from tests.store.test_store_processes import start

CONTAINED = ("unshare", "--pid", "--fork", "--kill-child")


def can_contain() -> bool:
    """Whether a process can be the first of a namespace of its own here, as in a container."""
    try:
        return subprocess.run([*CONTAINED, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@asynccontextmanager
async def holder(url: str, *around: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that holds all that is due, and a turn at the gate."""
    process = await start("hold_for_ever", url, *around)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while await process.stdout.readline() != b"held\n":
                assert process.returncode is None
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def freed(store: SqlStore) -> set[Queue]:
    """What is freed, as soon as something is: a server notices the end of a session a moment later."""
    async with asyncio.timeout(10):
        while not (queues := await store.free_dead()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return set(queues)


async def test_what_a_killed_process_held_is_free_at_once_and_its_effects_are_in_doubt(
    store: SqlStore, url: str, skew: Skew
) -> None:
    await store.add_jobs([NewJob(Queue.JUDGE, "paper"), NewJob(Queue.DELIVER, "post", lane="console:main")])
    async with holder(url) as process:
        assert await store.free_dead() == ()
        assert await store.claim(Queue.JUDGE, 9, LEASE) == ()
        process.kill()
        await process.communicate()
        assert await freed(store) == {Queue.JUDGE, Queue.DELIVER}
    (judging,) = await store.claim(Queue.JUDGE, 9, LEASE)
    assert judging.attempt == 2
    assert await store.claim(Queue.DELIVER, 9, LEASE) == (), "what was sent may still be on its way"
    skew.by = JOB_SETTLES
    (delivery,) = await store.claim(Queue.DELIVER, 9, LEASE)
    assert delivery.doubtful
    assert await store.free_dead() == (), "and it is freed once"


async def test_a_turn_at_the_gate_is_given_on_when_its_holder_dies_with_the_gap_kept(store: SqlStore, url: str) -> None:
    async with holder(url) as process:
        process.kill()
        await process.communicate()
        async with asyncio.timeout(20):
            waiting = asyncio.create_task(a_turn(store))
            while not waiting.done():
                await store.free_dead()
                await asyncio.sleep(0.05)


async def a_turn(store: SqlStore) -> None:
    async with store.turn("arxiv", timedelta(0), timedelta(seconds=5)):
        pass


async def test_a_process_that_stands_still_keeps_what_it_holds(store: SqlStore, url: str, skew: Skew) -> None:
    await store.add_jobs([NewJob(Queue.JUDGE, "paper")])
    async with holder(url) as process:
        process.send_signal(signal.SIGSTOP)
        assert await store.free_dead() == ()
        assert await store.claim(Queue.JUDGE, 9, LEASE) == ()
        skew.by = timedelta(seconds=61)
        assert [job.key for job in await store.claim(Queue.JUDGE, 9, LEASE)] == ["paper"], "its lease runs by time"


@pytest.mark.skipif(not can_contain(), reason="no namespaces of processes here")
async def test_two_containers_with_one_name_and_one_number_are_told_apart(store: SqlStore, url: str) -> None:
    await store.add_jobs([NewJob(Queue.JUDGE, "paper")])
    async with holder(url, *CONTAINED) as first:
        await store.add_jobs([NewJob(Queue.POLL, "cs.AI")])
        (ours,) = await store.claim(Queue.POLL, 1, LEASE)
        assert await store.free_dead() == ()
        first.kill()
        await first.communicate()
        assert await freed(store) == {Queue.JUDGE}, "what we hold, under the same host name, is not freed"
    await store.end(ours)


async def test_status_says_of_a_killed_process_that_it_does_not_run(store: SqlStore, url: str) -> None:
    now = datetime.now(UTC)
    async with holder(url) as process:
        (seen,) = await store.connections()
        assert connection_words(seen, now).startswith("discord: connected since")
        process.kill()
        await process.communicate()
        async with asyncio.timeout(10):
            while not (await store.connections())[0].is_gone:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await store.free_dead()
        (seen,) = await store.connections()
        assert seen.is_gone, "also when somebody has taken up its work"
    assert connection_words(seen, now).startswith("discord: no process is running; last heard of")
    await store.put_connection(f"host:1:{await store.worker_name()}", Connection("discord", LinkState.CONNECTED))
    (told,) = telling(await store.connections(), now)
    assert not told.is_gone, "the one at work is told of, under the same host and number"


async def test_whoever_loses_the_lock_though_alive_is_told_and_works_under_another_name(
    store: SqlStore, url: str
) -> None:
    if store._database.is_sqlite:
        return  # a file's lock ends with its process
    await store.add_jobs([NewJob(Queue.JUDGE, "paper")])
    (job,) = await store.claim(Queue.JUDGE, 1, LEASE)
    before = await store.worker_name()
    others: Any = await importlib.import_module("asyncpg").connect(url)
    await others.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE locktype = 'advisory' AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    await others.close()
    async with asyncio.timeout(10):
        await store.lock_lost()
    await store.renew(job, LEASE)
    assert await store.worker_name() != before
    other = SqlStore(url)
    await other.open()
    assert await other.free_dead() == (), "what was renewed is held under the new name"
    await other.close()


async def test_a_process_without_a_lock_file_left_is_not_taken_for_dead(store: SqlStore, url: str) -> None:
    if not store._database.is_sqlite:
        return
    await store.add_jobs([NewJob(Queue.JUDGE, "paper")])
    async with holder(url):
        for file in Path(url).parent.glob("*-worker-*"):
            file.unlink()
        assert await store.free_dead() == ()
        assert await store.claim(Queue.JUDGE, 9, LEASE) == ()


async def test_whoever_lost_the_lock_without_being_told_notices_and_holds_by_time_alone_from_then_on(
    store: SqlStore, url: str
) -> None:
    worker: Any = store._database.worker
    if store._database.is_sqlite:
        return  # a file's lock ends with its process
    await store.add_jobs([NewJob(Queue.JUDGE, "paper")])
    (job,) = await store.claim(Queue.JUDGE, 1, LEASE)
    await worker._session[1].execute(select(func.pg_advisory_unlock_all()))  # as where a network forgot the session
    assert await store.free_dead() == ()
    async with asyncio.timeout(10):
        await store.lock_lost()
    await store.renew(job, LEASE)
    await store.hold_on(job, LEASE)
    assert await store.worker_name() == ""
    other = SqlStore(url)
    await other.open()
    assert await other.free_dead() == ()
    assert await other.claim(Queue.JUDGE, 1, LEASE) == ()
    await other.close()


async def test_a_lock_that_is_being_made_is_not_cleared_away_as_a_dead_ones(tmp_path: Path) -> None:
    """Whoever found it unlocked, between being made and being locked, clears it when its owner holds it."""
    ours, others = FileLock(str(tmp_path / "store.db")), FileLock(str(tmp_path / "store.db"))
    name = await ours.hold()
    assert name is not None
    others.clear([name])
    assert others.left_behind() == {name}
    assert await others.gone(cast(Any, None), [name]) == set()
    await ours.close()
    assert others.left_behind() == set()


async def test_a_store_that_is_opened_by_another_name_knows_who_lives(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    (tmp_path / "other.db").symlink_to(tmp_path / "store.db")
    ours, others = FileLock(str(tmp_path / "store.db")), FileLock(str(tmp_path / "other.db"))
    name = await ours.hold()
    assert name is not None
    assert others.left_behind() == {name}
    assert await others.gone(cast(Any, None), [name]) == set()
    await ours.close()
