"""A 60-page paper fetched from loopback, extracted and split; and the memory while ten papers are read at once.

Each in a process of its own (`python -m bench.fulltext NAME`), so that the peak is the reading's.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from bot.app import build_reader, build_texts
from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.core.fulltext.fulltext import TextKind
from bot.core.papers.paper import ArxivId, Paper
from bot.ports.fulltext import TextSource
from bot.store.sql import SqlStore
from tests.fakes import latexml, pdfs
from tests.fakes.arxiv import FakeArxiv

PAGES = 60
RUNS = 5
AT_ONCE = 10
LOOK_SECONDS = 0.01


def _papers(count: int) -> list[Paper]:
    ids = [ArxivId(f"2606.{number:05}") for number in range(1, count + 1)]
    return [Paper(arxiv_id, 1, "On Cupboards", "We fill them.", "A. Author", ("cs.AI",)) for arxiv_id in ids]


@asynccontextmanager
async def _world(kind: TextKind, count: int) -> AsyncIterator[TextSource]:
    """A text source over a fake arXiv that has `count` papers in that form."""
    with tempfile.TemporaryDirectory() as folder:
        async with FakeArxiv() as arxiv:
            body = latexml.WHOLE + latexml.sections(PAGES) if kind is TextKind.HTML else ""
            pdf = pdfs.long_paper(PAGES) if kind is TextKind.PDF else b""
            for paper in _papers(count):
                if kind is TextKind.HTML:
                    arxiv.pages[f"{paper.id}v1"] = latexml.page(body, id=str(paper.id))
                else:
                    arxiv.pdfs[f"{paper.id}v1"] = pdf
            where = {"feed_url": arxiv.url, "api_url": arxiv.api_url, "site_url": arxiv.url, "request_gap_seconds": 0}
            store = SqlStore(str(Path(folder) / "bench.db"))
            await store.open()
            settings = Settings.model_validate({"arxiv": where})
            reader = build_reader(settings)
            texts = build_texts(settings, store, SystemClock(), reader)
            try:
                yield texts
            finally:
                await texts.close()
                await reader.close()
                await store.close()


async def _seconds(kind: TextKind) -> dict[str, float]:
    """The median time of a first reading, and of the same from the cache."""
    papers = _papers(RUNS)
    async with _world(kind, RUNS) as texts:
        first, again = [], []
        for paper in papers:
            began = time.perf_counter()
            text = await texts.fetch_text(paper)
            first.append(time.perf_counter() - began)
            assert text.basis.kind is kind, text.basis
            began = time.perf_counter()
            assert len((await texts.fetch_text(paper)).sentences) == len(text.spans)
            again.append(time.perf_counter() - began)
    said = {"characters": len(text.text), "sentences": len(text.spans)}
    return {"first": statistics.median(first), "again": statistics.median(again), **said}


async def _memory(kind: TextKind) -> dict[str, float]:
    """How much resident memory grew at most, with that of the readers' processes, while ten papers are read at once."""
    mine = psutil.Process()
    peak = 0
    async with _world(kind, AT_ONCE) as texts:
        before = mine.memory_info().rss

        async def watch() -> None:
            nonlocal peak
            while True:
                peak = max(peak, sum(_resident(item) for item in (mine, *mine.children(recursive=True))))
                await asyncio.sleep(LOOK_SECONDS)

        watching = asyncio.create_task(watch())
        read = await asyncio.gather(*(texts.fetch_text(paper) for paper in _papers(AT_ONCE)))
        watching.cancel()
    assert all(text.basis.kind is kind for text in read)
    return {"grown": (peak - before) / (1 << 20)}


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _apart(what: str, kind: TextKind) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.fulltext", what, kind.value]
    figures: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return figures


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """Seconds from HTML and PDF, from the cache, and memory."""
    html = _apart("seconds", TextKind.HTML)
    said = f"{html['first']:.2f} s for {html['characters']:.0f} characters, {html['sentences']:.0f} sentences"
    yield f"{PAGES} pages of HTML fetched, extracted, split and kept", said, "under 1.5 s", html["first"] < 1.5
    again = html["again"] * 1000
    yield "the same from the cache", f"{again:.0f} ms", "under 50 ms", again < 50
    pdf = _apart("seconds", TextKind.PDF)
    yield f"{PAGES} pages of PDF, the reader's process included", f"{pdf['first']:.2f} s", "under 5 s", pdf["first"] < 5
    for kind, bound in ((TextKind.HTML, 150), (TextKind.PDF, 300)):
        grown = _apart("memory", kind)["grown"]
        words = f"memory grown while {AT_ONCE} papers are read at once, {kind.value}"
        yield words, f"{grown:.0f} MB", f"under {bound} MB", grown < bound


if __name__ == "__main__":
    work = {"seconds": _seconds, "memory": _memory}[sys.argv[1]]
    print(json.dumps(asyncio.run(work(TextKind(sys.argv[2])))))
