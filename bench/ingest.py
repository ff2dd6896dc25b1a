"""The whole ingest of a 331-entry day against `feedparser.parse` with its defaults on the same bytes."""

import asyncio
import statistics
import time
from collections.abc import Iterator

import feedparser

from bench.days import day
from bench.worlds import world
from bot.core.papers.calendar import Cadence
from bot.services.ingest.poll import Poll

RUNS = 5


async def _ingest(body: bytes) -> float:
    """Seconds of fetch from loopback, parse, store, and jobs committed, in a fresh store."""
    async with world() as made:
        made.body = body
        follows = await made.app.store.follows()
        poll = Poll(made.app.store, made.app.source, made.app.clock, Cadence())
        started = time.perf_counter()
        state = await poll.poll("cs.AI", follows)
        taken = time.perf_counter() - started
        assert state.outcome == "announced", state
        return taken


def _parse(body: bytes) -> float:
    started = time.perf_counter()
    feedparser.parse(body)
    return time.perf_counter() - started


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """The median ratio of pairs measured one after the other."""
    body = day("2026-06-02")
    asyncio.run(_ingest(body))
    ratio = statistics.median(asyncio.run(_ingest(body)) / _parse(body) for _ in range(RUNS))
    yield "whole ingest of 331 entries / feedparser.parse alone", f"{ratio:.2f}", "at most 2.0", ratio <= 2.0
