"""What the worker processes cost: their start, their memory while they live and when idle, and a first question."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

from bot.core.errors import Unreadable
from bot.core.fulltext.fulltext import TextKind
from bot.core.fulltext.retrieval import choose
from bot.lenses.load import load_lenses
from bot.ports.workers import ReadLimits
from bot.text.stems import TERMS
from bot.workers.pool import Pool
from bot.workers.reader import WorkerReader
from tests.fakes import latexml, pdfs
from tests.fakes.texts import text_of

PAGES = 60
MEGABYTE = 1 << 20
IDLE_SECONDS = 0.5
HOSTILE = "\\[" * 40_000


def _held() -> tuple[float, float]:
    """The megabytes of all our other processes: what they share by share (PSS), and as if each were alone (RSS)."""
    pss = rss = 0.0
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            held = one.memory_full_info()
            pss, rss = pss + held.pss, rss + held.rss
    return pss / MEGABYTE, rss / MEGABYTE


async def _measure() -> dict[str, float]:
    pool = Pool(1024, idle_seconds=IDLE_SECONDS)
    reader = WorkerReader(pool, ReadLimits())
    found: dict[str, float] = {}
    try:
        began = time.perf_counter()
        await reader.restraints()
        found["start"] = time.perf_counter() - began
        body = latexml.page(latexml.WHOLE + latexml.sections(PAGES))
        began = time.perf_counter()
        read = await reader.read_file(TextKind.HTML, body, "bench")
        choose(text_of(read.extract), "which limitations do they admit", 24_000, TERMS)
        found["question"] = time.perf_counter() - began
        papers = [("A title", "We count nurses. They work."), ("Another", "We sort letters.")]
        working = asyncio.gather(
            reader.read_file(TextKind.HTML, body, TextKind.HTML),
            reader.read_file(TextKind.PDF, pdfs.paper(), TextKind.PDF),
            reader.read_abstracts(papers, load_lenses(None)["discontinuity"]),
        )
        found["megabytes"] = found["workers"] = found["each"] = 0.0
        while not working.done():  # a worker that has grown is let go at its task's end: what counts is the most
            await asyncio.wait([working], timeout=0.02)
            found["workers"] = max(found["workers"], len(pool.pids))
            pss, rss = _held()
            found["megabytes"], found["each"] = max(found["megabytes"], pss), max(found["each"], rss)
        await working
        began = time.perf_counter()
        try:
            page = latexml.page(f'<div class="ltx_para"><p class="ltx_p">{HOSTILE}</p></div>')
            await reader.read_file(TextKind.HTML, page, "mallory")
        except Unreadable:
            pass
        found["hostile"] = time.perf_counter() - began
        await asyncio.sleep(4 * IDLE_SECONDS)
        found["left"] = len(psutil.Process().children(recursive=True))
    finally:
        await reader.close()
    return found


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """Start, memory, the first question, a hostile page, and what is left when idle."""
    found = asyncio.run(_measure())
    start, question, megabytes = found["start"], found["question"], found["megabytes"]
    yield "a worker starts and says what holds it", f"{start * 1000:.0f} ms", "under 1,000 ms", start < 1
    yield (
        f"{PAGES} pages of HTML read in it and a first question chosen for",
        f"{question:.2f} s",
        "under 1.5 s",
        question < 1.5,
    )
    among = "what they share by share, PSS; the template that they are copies of among them"
    said = f"{megabytes:.0f} MB in {found['workers']:.0f} workers at most ({among}; RSS {found['each']:.0f} MB)"
    yield "memory while workers live", said, "under 60 MB", megabytes < 60
    hostile = found["hostile"]
    yield "80 kB of opening brackets", f"{hostile * 1000:.0f} ms", "under 2,000 ms", hostile < 2
    yield "processes left when idle", f"{found['left']:.0f}", "none", not found["left"]
