"""The same questions with 60,000 papers in the store as with none."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta

from bench.days import day
from bench.worlds import World, world
from bot.core.papers.calendar import Cadence
from bot.core.papers.feed import FeedState, Outcome
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.services.ingest.poll import Poll, judging
from bot.sources.feed import parse_feed

MANY = 60_000
A_DAY = 400
FIRST = date(2024, 1, 1)


async def _fill(made: World) -> None:
    """Papers, announcements and judging jobs of 150 earlier days."""
    text = "We present a system. It is invented, and it fails on long inputs. " * 8
    for number in range(MANY // A_DAY):
        papers = [
            Paper(ArxivId(f"24{number // 100:02}.{number % 100:02}{at:03}"), 1, f"System {at}", text, "A", ("cs.AI",))
            for at in range(A_DAY)
        ]
        entries = tuple(Entry(paper, AnnounceType.NEW) for paper in papers)
        on = FIRST + timedelta(days=number)
        jobs = [judging(paper, "plain") for paper in papers]
        await made.app.store.record_poll(FeedState("cs.AI", day=on), Batch("cs.AI", on, entries), jobs, ())
    await made.app.store.record_poll(FeedState("cs.AI", day=on, outcome=Outcome.ANNOUNCED), None, (), ())


async def _poll(made: World, body: bytes, runs: int = 5) -> list[float]:
    """Seconds of polling a day, again under other ids each time."""
    taken: list[float] = []
    follows = await made.app.store.follows()
    source = made.app.source
    for number in range(runs):
        made.body = body.replace(b"2606.0", b"26%02d.0" % (7 + number)).replace(b"2605.", b"27%02d." % (1 + number))
        made.body = made.body.replace(b"02 Jun 2026", b"%02d Jun 2026" % (2 + number))
        poll = Poll(made.app.store, source, made.app.clock, Cadence())
        started = time.perf_counter()
        await poll.poll("cs.AI", follows)
        taken.append(time.perf_counter() - started)
    return taken


async def _status(made: World) -> float:
    """The median of 50 times what `status` asks, in milliseconds."""
    store, runs = made.app.store, []
    for _ in range(50):
        started = time.perf_counter()
        await store.feed_states()
        await store.editions(10)
        await store.count_jobs()
        await store.follows()
        runs.append(time.perf_counter() - started)
    return statistics.median(runs) * 1000


async def _measure() -> tuple[float, float]:
    body = day("2026-06-02")
    assert parse_feed(body, None).batch
    async with world() as empty, world() as full:
        await _fill(full)
        status = await _status(full)
        pairs = [(slow, quick) for slow, quick in zip(await _poll(full, body), await _poll(empty, body), strict=True)]
    return status, statistics.median(slow / quick for slow, quick in pairs)


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """The queries of `status`, and the poll of a day against the same in an empty store."""
    status, ratio = asyncio.run(_measure())
    yield "the queries of status with 60,000 papers", f"{status:.1f} ms", "under 50 ms", status < 50
    yield "poll of a day, 60,000 papers / none", f"{ratio:.2f}", "at most 1.25", ratio <= 1.25
