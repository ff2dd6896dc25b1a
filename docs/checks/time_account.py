"""Where the processor's time goes, from the bytes of a feed to the posts that stand, by rule:
`PYTHONPATH=. python docs/checks/time_account.py [PAPERS] [POSTGRES_URL]`.

Four stretches, one after the other: the poll, the judging, the closing of the day, its posts. Each is told in processor
time, which a busy machine does not change as it does wall time: of this process (and how much of that the threads of
the database's driver had), of the workers, with statements and commits; then, from a second run under cProfile, the
share of each part of the code in the time of the process's main thread. `docs/checks/time.md` holds what came of it.
"""

import asyncio
import cProfile
import pstats
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psutil
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.days import day, invented
from bench.worlds import World, world
from bot.core.jobs.job import Queue
from bot.core.papers.calendar import Cadence
from bot.services.ingest.poll import Poll
from bot.services.runtime.scheduler import is_idle

CAPTURED = 331
SEEN = timedelta(seconds=5)
STRETCHES = (
    ("poll", ()),
    ("judge", (Queue.JUDGE,)),
    ("close", (Queue.EDITION,)),
    ("posts", (Queue.DELIVER,)),
)
PARTS = (
    ("feedparser, XML", ("feedparser", "sgmllib", "expat", "bs4")),
    ("SQLAlchemy", ("sqlalchemy",)),
    ("database driver", ("aiosqlite", "asyncpg", "sqlite3")),
    ("asyncio, threads", ("asyncio", "selectors", "concurrent", "threading", "queue.py", "select.")),
    ("aiohttp", ("aiohttp", "yarl", "multidict")),
    ("JSON, dataclasses", ("json", "cattrs", "dataclasses")),
    ("expressions", ("regex", "re.Pattern", "'re'", "/re/")),
    ("imports", ("importlib",)),
    ("store", ("bot/store",)),
    ("text, sentences", ("bot/text", "sentencex")),
    ("hostile text", ("bot/core/hostile",)),
    ("workers", ("bot/workers",)),
    ("sources", ("bot/sources",)),
    ("analyst", ("bot/analyst",)),
    ("services", ("bot/services",)),
    ("core", ("bot/core",)),
    ("platform", ("bot/platforms",)),
)


@dataclass
class Stretch:
    """What one stretch took: seconds, of this process, of its driver's threads, of workers; statements, commits."""

    name: str
    wall: float = 0.0
    own: float = 0.0
    threads: float = 0.0
    workers: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    parts: dict[str, float] = field(default_factory=dict)


def _processes() -> tuple[float, float, float]:
    """Seconds so far: of this process, of its threads but the main one, of its children."""
    me = psutil.Process()
    threads = {thread.id: thread.user_time + thread.system_time for thread in me.threads()}
    children = sum(sum(child.cpu_times()[:4]) for child in me.children(recursive=True))
    return time.process_time(), sum(threads.values()) - threads.get(me.pid, 0.0), children


@asynccontextmanager
async def _measured(stretch: Stretch, profile: cProfile.Profile | None) -> AsyncIterator[None]:
    def counted(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        stretch.counts["statements"] += 1
        stretch.counts[" ".join(statement.split()[:4])] += 1

    def committed(_connection: Any) -> None:
        stretch.counts["commits"] += 1

    event.listen(Engine, "before_cursor_execute", counted)
    event.listen(Engine, "commit", committed)
    before, began = _processes(), time.perf_counter()
    if profile:
        profile.enable()
    try:
        yield
    finally:
        if profile:
            profile.disable()
        after = _processes()
        event.remove(Engine, "before_cursor_execute", counted)
        event.remove(Engine, "commit", committed)
        stretch.wall = time.perf_counter() - began
        stretch.own, stretch.threads, stretch.workers = (
            late - early for early, late in zip(before, after, strict=True)
        )


def _parts(profile: cProfile.Profile) -> dict[str, float]:
    """The share of each part in the main thread's time."""
    found: Counter[str] = Counter()
    for (file, _, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if "select.epoll" in name:
            continue  # the time in which there is nothing to do
        where = f"{file} {name}"
        found[next((part for part, marks in PARTS if any(mark in where for mark in marks)), "Python itself")] += own
    whole = sum(found.values())
    return {part: own / whole for part, own in found.most_common()}


async def _work(made: World, queues: tuple[Queue, ...]) -> None:
    """Carry those queues to where nothing of them is due."""
    stop = asyncio.Event()
    crews = [crew for crew in made.app.crews() if crew.queue in queues]
    tasks = [asyncio.create_task(crew.run(stop)) for crew in crews]
    while not await is_idle(made.app.store, crews, queues, SEEN):  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    stop.set()
    made.app.bell.ring(*queues)
    await asyncio.gather(*tasks)


async def run(papers: int, url: str | None, *, profiled: bool) -> list[Stretch]:
    """All stretches of a day of so many papers in a fresh store; of 331 it is the captured one, where it is there."""
    found: list[Stretch] = []
    async with world({"store": {"url": url}} if url else None) as made:
        made.body = day("2026-06-02") if papers == CAPTURED else invented(papers)
        follows = await made.app.store.follows()
        await made.app.rules.restraints()  # a worker's start is no part of reading
        for name, queues in STRETCHES:
            stretch = Stretch(name)
            profile = cProfile.Profile(time.thread_time) if profiled else None
            async with _measured(stretch, profile):
                if queues:
                    await _work(made, queues)
                else:
                    state = await Poll(made.app.store, made.app.source, made.app.clock, Cadence()).poll(
                        "cs.AI", follows
                    )
                    assert state.outcome == "announced", state
            if profile:
                stretch.parts = _parts(profile)
            found.append(stretch)
    return found


def table(papers: int, plain: list[Stretch], profiled: list[Stretch]) -> Iterator[str]:
    """The tables, in lines."""
    yield f"{papers} papers. CPU ms a paper:"
    yield "| stretch | all | this process | of it, driver's threads | workers | wall ms | statements | commits |"
    yield "|---|---|---|---|---|---|---|---|"
    for stretch in plain:
        own, threads, workers, wall = (
            1000 * seconds / papers for seconds in (stretch.own, stretch.threads, stretch.workers, stretch.wall)
        )
        counts = " | ".join(f"{stretch.counts[what] / papers:.2f}" for what in ("statements", "commits"))
        figures = " | ".join(f"{spent:.1f}" for spent in (own + workers, own, threads, workers, wall))
        yield f"| {stretch.name} | {figures} | {counts} |"
    yield ""
    for stretch in profiled:
        shares = ", ".join(f"{part} {share:.0%}" for part, share in stretch.parts.items() if share >= 0.01)
        yield f"{stretch.name}: {shares}"
    yield ""
    for stretch in plain:
        most = ", ".join(f"{count} {words}" for words, count in stretch.counts.most_common(9))
        yield f"{stretch.name}: {most}"


if __name__ == "__main__":
    size = int(sys.argv[1]) if sys.argv[1:] else CAPTURED
    store = sys.argv[2] if sys.argv[2:] else None
    plain = asyncio.run(run(size, store, profiled=False))
    sys.stdout.write("\n".join(table(size, plain, asyncio.run(run(size, None, profiled=True)))) + "\n")
