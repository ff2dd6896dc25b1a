"""Five days polled, judged and posted one after the other: peak memory, and how long the event loop was held up.

Runs in a process of its own, so that the peak is the bot's: `python -m bench.five_days`.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.days import SIZES, days
from bench.worlds import world

TICK = 0.01


async def _tick(gaps: list[float]) -> None:
    """Every 10 ms: how much later than that it got its turn."""
    last = time.perf_counter()
    while True:
        await asyncio.sleep(TICK)
        now = time.perf_counter()
        gaps.append(now - last - TICK)
        last = now


async def _run() -> dict[str, float]:
    gaps: list[float] = []
    posts = 0
    async with world() as made:
        ticker = asyncio.create_task(_tick(gaps))
        for body in days().values():
            made.body = body
            await made.round()
        ticker.cancel()
        posts = sum(count for edition in await made.app.store.editions() for count in edition.fates.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"papers": posts, "peak_mb": peak, "held_up_ms": max(gaps) * 1000}


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """Peak resident memory, and the longest time that a 10 ms ticker was late."""
    shown = subprocess.run([sys.executable, "-m", "bench.five_days"], check=True, capture_output=True, text=True)
    figures = json.loads(shown.stdout)
    papers, all_papers = figures["papers"], sum(SIZES.values())
    yield "papers of five days accounted for", str(papers), f"all {all_papers}", papers == all_papers
    peak, late = figures["peak_mb"], figures["held_up_ms"]
    yield "peak memory of a five-day run", f"{peak:.0f} MB", "under 150 MB", peak < 150
    yield "event loop held up at most", f"{late:.0f} ms", "at most 100 ms", late <= 100


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_run())))
