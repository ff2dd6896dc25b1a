"""The scan analyst, splitting included."""

import asyncio
import time
from collections.abc import Iterator

from bench.days import days
from bot.analyst.verdicts.scan import ScanAnalyst
from bot.clock import SystemClock
from bot.core.papers.paper import Paper
from bot.core.verdicts.lens import Lens
from bot.lenses.load import load_lenses
from bot.services.judging.judge import NoCalls
from bot.sources.feed import parse_feed


async def _judge(papers: list[Paper], lens: Lens) -> float:
    analyst, log = ScanAnalyst(SystemClock()), NoCalls()
    started = time.process_time()
    for paper in papers:
        await analyst.judge(paper, lens, log)
    return time.process_time() - started


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """Speed, a lens after another."""
    batches = [parse_feed(body, "cs.AI").batch for body in days().values()]
    papers = [entry.paper for batch in batches if batch for entry in batch.entries]
    for key, lens in load_lenses(None).items():
        taken = asyncio.run(_judge(papers, lens))
        speed = len(papers) / taken
        yield f"{key}: abstracts a second on one core", f"{speed:.0f}", "at least 100", speed >= 100
