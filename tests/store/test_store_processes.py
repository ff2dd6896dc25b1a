"""Three processes on one store, and one that is killed."""

import asyncio
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

from bot.core.jobs.job import JobState, NewJob, Queue
from bot.store.sql import SqlStore
from tests.store.making import TUESDAY

ROOT = Path(__file__).resolve().parents[2]


async def start(verb: str, url: str, *around: str) -> asyncio.subprocess.Process:
    command = (*around, sys.executable, "-W", "error", "-m", "tests.store.worker", verb, url)
    return await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


async def finish(process: asyncio.subprocess.Process) -> list[list[str]]:
    """What a worker told, after "open"; its errors fail the test."""
    async with asyncio.timeout(120):
        told, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")
    first, *lines = told.decode().splitlines()
    assert first == "open"
    return [line.split() for line in lines]


async def three(verb: str, url: str) -> list[list[str]]:
    processes = [await start(verb, url) for _ in range(3)]
    told = await asyncio.gather(*(finish(process) for process in processes))
    return [line for lines in told for line in lines]


async def test_three_processes_make_the_tables_once_and_take_each_job_once(url: str) -> None:
    assert await three("claim_all", url) == []  # the store is new: all three migrate it
    store = SqlStore(url)
    await store.open()
    await store.add_jobs([NewJob(Queue.JUDGE, str(number)) for number in range(120)])
    taken = Counter(key for (key,) in await three("claim_all", url))
    assert taken == Counter(str(number) for number in range(120))
    assert await store.count_jobs() == {(Queue.JUDGE, JobState.DONE): 120}
    await store.close()


async def test_three_processes_never_work_on_one_lane_at_once_nor_out_of_order(url: str) -> None:
    store = SqlStore(url)
    await store.open()
    await store.add_jobs([NewJob(Queue.DELIVER, f"{lane}{n}", lane=lane) for n in range(15) for lane in "ab"])
    told = await three("claim_lanes", url)
    await store.close()
    assert len(told) == 30
    assert_lanes_were_kept(told, in_order=True)


async def test_lanes_hold_while_three_processes_add_to_them(url: str) -> None:
    told = await three("add_lanes", url)
    assert len(told) == 120
    assert_lanes_were_kept(told, in_order=False)


def assert_lanes_were_kept(told: list[list[str]], *, in_order: bool) -> None:
    for lane in "ab":
        spans = sorted((float(begun), float(ended), int(id)) for of, id, begun, ended in told if of == lane)
        assert all(ended <= begun for (_, ended, _), (begun, _, _) in pairwise(spans))
        ids = [id for _, _, id in spans]
        assert not in_order or ids == sorted(ids)


async def test_three_processes_hold_the_gap_of_a_gate(url: str) -> None:
    turns = sorted((float(begun), float(ended)) for begun, ended in await three("visit_gate", url))
    assert len(turns) == 15
    assert min(begun - ended for (_, ended), (begun, _) in pairwise(turns)) >= 0.048


async def test_a_killed_process_leaves_no_half_commit(url: str) -> None:
    store = SqlStore(url)
    await store.open()
    for kill in range(5):
        process = await start("announce_for_ever", url)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            for _ in range(2 + kill):
                await process.stdout.readline()
        await asyncio.sleep(0.003 * kill)
        process.kill()
        await process.communicate()
        counted = await store.count_jobs()
        judging = counted.get((Queue.JUDGE, JobState.OPEN), 0)
        announced = sum((await store.announced_day("cs.AI", TUESDAY)).values())
        assert judging == announced
        assert judging % 20 == 0
        assert judging >= 20 * (kill + 1)
    await store.add_jobs([NewJob(Queue.POLL, "cs.AI")])
    await store.close()
