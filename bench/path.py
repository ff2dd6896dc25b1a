"""From the bytes of a feed to verdicts by rule: processor time a paper, and how many a second, by several processes.

On PostgreSQL too where `COPECHECK_TEST_POSTGRES_URL` names a server. `python -m bench.path URL` is one such process: it
says that it is ready, begins with the first line that it reads, and tells what it took.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

import psutil

from bench.days import ROOT, day, days
from bench.worlds import world
from bot.analyst.verdicts.scan import ScanAnalyst
from bot.app import SystemClock
from bot.core.jobs.job import JobState, Queue
from bot.core.papers.calendar import Cadence
from bot.lenses.load import load_lenses
from bot.ports.workers import ReadLimits
from bot.services.ingest.poll import Poll
from bot.services.judging.judge import Judge, NoCalls
from bot.services.judging.judge_by_rule import JUDGED_AT_ONCE, JudgeByRule
from bot.services.runtime.scheduler import Bundling, JobRunner, JobSignal, is_idle
from bot.store.sql import SqlStore
from bot.workers.pool import Pool
from bot.workers.reader import WorkerReader
from tests.fakes.postgres import SERVER, fresh_database

LEASE = timedelta(seconds=60)
MOST_MS = 12.0
LEAST_A_SECOND = 30.0
HANDS = 4


def cpu_seconds() -> float:
    """Processor time so far, of this process and of those that it started and that live."""
    return time.process_time() + sum(sum(child.cpu_times()[:4]) for child in psutil.Process().children(recursive=True))


@dataclass(frozen=True, slots=True)
class Judging:
    """How many papers so many processes judged, in which time, with how much of processors."""

    papers: int
    seconds: float
    cpu: float

    @property
    def speed(self) -> float:
        """Papers a second."""
        return self.papers / self.seconds


async def work(url: str) -> None:
    """Judge what is stored, as one process of several."""
    store, clock, lenses = SqlStore(url), SystemClock(), load_lenses(None)
    await store.open()
    reader = WorkerReader(Pool(1024), ReadLimits())
    await reader.restraints()
    scan = ScanAnalyst(clock, reader)
    judge = Judge(store, scan, lenses, NoCalls())
    batch = Bundling(JudgeByRule(store, scan, lenses), JUDGED_AT_ONCE)
    runner = JobRunner(store, Queue.JUDGE, judge, hands=HANDS, lease=LEASE, bell=JobSignal(), batch=batch)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    stop, before = asyncio.Event(), cpu_seconds()
    working = asyncio.create_task(runner.run(stop))
    while not await is_idle(store, [runner], [Queue.JUDGE], LEASE * 2):  # noqa: ASYNC110 - others give no sign
        await asyncio.sleep(0.05)
    ended, cpu = time.time(), cpu_seconds() - before
    stop.set()
    await working
    await reader.close()
    await store.close()
    sys.stdout.write(json.dumps({"ended": ended, "cpu": cpu}) + "\n")


async def _started(url: str) -> asyncio.subprocess.Process:
    """A process that is ready to judge."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.path", url, stdin=pipe, stdout=pipe, cwd=ROOT
    )
    assert process.stdout
    await process.stdout.readline()
    return process


async def judged_by(processes: int, *, on_postgres: bool = False) -> Judging:
    """All captured days, stored first and judged then."""
    async with fresh_database(SERVER or "") if on_postgres else nullcontext("") as fresh:
        async with world({"store": {"url": fresh}} if fresh else None) as made:
            follows = await made.app.store.follows()
            poll = Poll(made.app.store, made.app.source, made.app.clock, Cadence())
            for body in days().values():
                made.body = body
                await poll.poll("cs.AI", follows)
            url = fresh or str(made.folder / "bench.db")
            workers = [await _started(url) for _ in range(processes)]
            began = time.time()
            said = await asyncio.gather(*(worker.communicate(b"go\n") for worker in workers))
            told = [json.loads(words) for words, _ in said]
            jobs = await made.app.store.count_jobs()
        assert (Queue.JUDGE, JobState.OPEN) not in jobs, jobs
        seconds = max(each["ended"] for each in told) - began
        return Judging(jobs[Queue.JUDGE, JobState.DONE], seconds, sum(each["cpu"] for each in told))


async def _a_day() -> float:
    """Milliseconds of processor a paper: fetched from loopback, read, stored, judged."""
    async with world() as made:
        made.body = day("2026-06-02")
        follows = await made.app.store.follows()
        await made.app.rules.restraints()
        before = cpu_seconds()
        await Poll(made.app.store, made.app.source, made.app.clock, Cadence()).poll("cs.AI", follows)
        stop, crews = asyncio.Event(), [crew for crew in made.app.crews() if crew.queue is Queue.JUDGE]
        working = asyncio.create_task(crews[0].run(stop))
        while not await is_idle(made.app.store, crews, [Queue.JUDGE], LEASE):  # noqa: ASYNC110 - no step tells
            await asyncio.sleep(0.05)
        spent = cpu_seconds() - before
        stop.set()
        await working
        return 1000 * spent / (await made.app.store.count_jobs())[Queue.JUDGE, JobState.DONE]


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """Processor time of a day's path; speeds of one process, and on PostgreSQL of one and two."""
    spent = asyncio.run(_a_day())
    yield (
        "feed to verdict by rule, processor time a paper",
        f"{spent:.1f} ms",
        f"at most {MOST_MS:g} ms",
        spent <= MOST_MS,
    )
    bound = f"at least {LEAST_A_SECOND:g} a second a process"
    for kind, processes in (("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 2), ("PostgreSQL", 4)):
        words = f"{kind}, {processes} process{'es' if processes > 1 else ''}: papers judged a second"
        if kind == "PostgreSQL" and SERVER is None:
            yield words, "not measured: COPECHECK_TEST_POSTGRES_URL is not set", bound, True
            continue
        found = asyncio.run(judged_by(processes, on_postgres=kind == "PostgreSQL"))
        cores = min(processes, os.cpu_count() or 1)
        said = f"{found.speed:.0f} ({1000 * found.cpu / found.papers:.1f} ms of processor each)"
        yield words, said, f"{bound}, as far as there are cores", found.speed >= LEAST_A_SECOND * cores


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
