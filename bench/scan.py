"""The scan analyst, splitting included, and how its scores spread over the days."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator

from bench.days import days
from bot.analyst.scan import ScanAnalyst
from bot.app import SystemClock
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.verdict import Verdict
from bot.lenses.load import load_lenses
from bot.services.judge import NoCalls
from bot.sources.arxiv_parse import parse_feed


async def _judge(papers: list[Paper], lens: Lens) -> tuple[list[int], float]:
    analyst, log = ScanAnalyst(SystemClock()), NoCalls()
    started = time.process_time()
    verdicts = [await analyst.judge(paper, lens, log) for paper in papers]
    taken = time.process_time() - started
    return [one.score for one in verdicts if isinstance(one, Verdict)], taken


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """Speed a lens, then distinct scores, the largest share of one score, and of one band's range."""
    batches = [parse_feed(body, "cs.AI").batch for body in days().values()]
    papers = [entry.paper for batch in batches if batch for entry in batch.entries]
    for key, lens in load_lenses(None).items():
        scores, taken = asyncio.run(_judge(papers, lens))
        speed = len(papers) / taken
        yield f"{key}: abstracts a second on one core", f"{speed:.0f}", "at least 100", speed >= 100
        count = Counter(scores)
        yield f"{key}: distinct scores of {len(scores)} papers", str(len(count)), "at least 20", len(count) >= 20
        most = max(count.values()) / len(scores)
        yield f"{key}: largest share of one score", f"{most:.1%}", "at most 10 %", most <= 0.1
        ranges = Counter(next(band.name for band in lens.bands if band.low <= one <= band.high) for one in scores)
        widest = max(ranges.values()) / len(scores)
        yield f"{key}: largest share in one band's range", f"{widest:.1%}", "at most half", widest <= 0.5
