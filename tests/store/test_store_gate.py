"""Turns at a gate: one at a time, a gap between, a dead holder's turn ends."""

import asyncio
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.store.sql import SqlStore
from tests.store.making import Skew

NONE = timedelta(0)
HOLD = timedelta(seconds=60)


async def test_turns_are_one_at_a_time_with_a_gap_after_each(store: SqlStore) -> None:
    spans: list[tuple[float, float]] = []

    async def visit() -> None:
        async with store.turn("arxiv", timedelta(seconds=0.1), HOLD):
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            spans.append((begun, time.monotonic()))

    await asyncio.gather(*(visit() for _ in range(4)))
    spans.sort()
    assert len(spans) == 4
    for (_, ended), (begun, _) in pairwise(spans):
        assert begun - ended >= 0.095


async def test_who_comes_again_and_again_goes_before_nobody_who_waits(store: SqlStore) -> None:
    served: list[str] = []

    async def visit(name: str) -> None:
        async with store.turn("arxiv", NONE, HOLD):
            served.append(name)

    async def polls() -> None:
        for _ in range(20):
            await visit("poll")

    async with store.turn("arxiv", NONE, HOLD):
        visitors = [asyncio.create_task(polls())]
        for name in ("member", "another"):
            await asyncio.sleep(0)
            visitors.append(asyncio.create_task(visit(name)))
        await asyncio.sleep(0)
    async with asyncio.timeout(60):
        await asyncio.gather(*visitors)
    assert served == ["poll", "member", "another"] + ["poll"] * 19


async def test_buckets_do_not_wait_for_one_another(store: SqlStore) -> None:
    async with asyncio.timeout(60), store.turn("a", HOLD, HOLD), store.turn("b", HOLD, HOLD):
        pass


async def test_a_turn_that_failed_is_over(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="broken"):
        async with store.turn("arxiv", NONE, HOLD):
            raise ValueError("broken")
    async with asyncio.timeout(60), store.turn("arxiv", NONE, HOLD):
        pass


async def test_who_gives_up_waiting_leaves_nothing_behind(store: SqlStore) -> None:
    async with store.turn("arxiv", NONE, HOLD):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), store.turn("arxiv", NONE, HOLD):
                pass
    async with asyncio.timeout(60), store.turn("arxiv", NONE, HOLD):
        pass


async def test_a_dead_holders_turn_ends_after_its_hold(store: SqlStore, url: str, skew: Skew) -> None:
    dead = store.turn("arxiv", NONE, HOLD)
    await dead.__aenter__()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), store.turn("arxiv", NONE, HOLD):
            pass
    skew.forward(seconds=61)
    async with asyncio.timeout(60), store.turn("arxiv", NONE, HOLD):
        await dead.__aexit__(None, None, None)  # it wakes too late: the turn is not its own any more
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), store.turn("arxiv", NONE, HOLD):
                pass


async def test_a_gate_says_how_long_it_is_closed(store: SqlStore, skew: Skew) -> None:
    assert await store.closed_for("arxiv") == NONE
    await store.close_gate("arxiv", timedelta(hours=1))
    assert timedelta(minutes=50) < await store.closed_for("arxiv") <= timedelta(hours=1)
    skew.forward(seconds=3601)
    assert await store.closed_for("arxiv") == NONE


async def test_a_turn_that_takes_longer_than_its_hold_is_kept_while_its_holder_lives(store: SqlStore) -> None:
    async with store.turn("arxiv", NONE, timedelta(seconds=1)):
        await asyncio.sleep(1.5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), store.turn("arxiv", NONE, HOLD):
                pass
    async with asyncio.timeout(60), store.turn("arxiv", NONE, HOLD):
        pass


async def test_nobody_passes_a_closed_gate(store: SqlStore, skew: Skew) -> None:
    await store.close_gate("arxiv", timedelta(seconds=30))
    await store.close_gate("arxiv", timedelta(seconds=10))  # a shorter wish does not open it
    skew.forward(seconds=15)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), store.turn("arxiv", NONE, HOLD):
            pass
    skew.forward(seconds=16)
    async with asyncio.timeout(60), store.turn("arxiv", NONE, HOLD):
        pass


async def test_a_gate_closed_during_a_turn_stays_closed_after_it(store: SqlStore) -> None:
    async with store.turn("arxiv", NONE, HOLD):
        await store.close_gate("arxiv", timedelta(seconds=30))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), store.turn("arxiv", NONE, HOLD):
            pass


async def test_reserved_moments_lie_a_gap_apart_and_begin_after_a_pause(store: SqlStore) -> None:
    gap = timedelta(seconds=20)
    waits = [await store.reserve("posts", gap) for _ in range(3)]
    assert waits[0] == timedelta(0)
    assert timedelta(seconds=10) < waits[1] <= gap
    assert timedelta(seconds=30) < waits[2] <= 2 * gap
    assert await store.reserve("others", gap) == timedelta(0)
    await store.close_gate("others", timedelta(minutes=5))
    assert await store.reserve("others", gap) > timedelta(minutes=4)


async def test_a_gate_that_a_clock_closed_while_it_ran_ahead_is_open_when_it_is_right_again(tmp_path: Path) -> None:
    ahead = timedelta(days=3)
    store = SqlStore(str(tmp_path / "store.db"), skew=lambda: ahead)
    await store.open()
    async with store.turn("arxiv", timedelta(seconds=3), timedelta(seconds=10)):
        pass
    ahead = timedelta(0)
    assert await store.closed_for("arxiv") == timedelta(0)
    async with asyncio.timeout(5), store.turn("arxiv", timedelta(seconds=3), timedelta(seconds=10)):
        pass
    assert timedelta(0) < await store.closed_for("arxiv") <= timedelta(seconds=3)
    await store.close()
