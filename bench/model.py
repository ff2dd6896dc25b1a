"""A day judged by a model that takes a second, and how many tokens a verdict from an abstract is asked with."""

import asyncio
import importlib.resources
import math
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text

from bench.days import ROOT, day, days
from bench.worlds import world
from bot.analyst.pointing import Pointing
from bot.analyst.prompt import prompt_for
from bot.lenses.load import load_lenses
from bot.sources.arxiv_parse import parse_feed

DATE = "2026-06-02"
SECOND = 1.0
AT_ONCE = 16
VOCABULARY = "tekken_240911.json"


@asynccontextmanager
async def _server() -> AsyncIterator[str]:
    """The tests' OpenAI-compatible server as a process of its own, so that it takes no time of ours."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "url"
        command = [sys.executable, "-m", "tests.fakes.openai_server", "--port-file", str(told), "--delay", str(SECOND)]
        server = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        try:
            while not (told.exists() and told.read_text()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            yield told.read_text()
        finally:
            server.terminate()
            await server.wait()


async def _wall() -> tuple[float, int, int]:
    """Seconds from the day's papers being stored to their last verdict, how many papers, and how many calls."""
    async with _server() as url:
        model = {"endpoints": [{"base_url": url, "model": "fake/model"}], "at_once": AT_ONCE, "usd_a_day": 1000}
        async with world({"model": model}) as made:
            made.body = day(DATE)
            await made.round()
            async with made.app.store._database.read() as connection:  # type: ignore[attr-defined]
                asked = "SELECT max(ended) - min(added), count(*) FROM jobs WHERE queue = 'judge' AND state = 'done'"
                seconds, papers = (await connection.execute(text(asked))).one()
                calls = (await connection.execute(text("SELECT count(*) FROM calls"))).scalar_one()
    return float(seconds), int(papers), int(calls)


def _tokens() -> tuple[float, float] | None:
    """Medians over all captured abstracts and shipped lenses: tokens of a request with its schema in the prompt, and
    the share of them that is constant and in front. None without the package that counts."""
    try:
        from mistral_common.tokens.tokenizers.tekken import Tekkenizer
    except ImportError:
        return None
    counter = Tekkenizer.from_file(str(importlib.resources.files("mistral_common") / "data" / VOCABULARY))
    totals: list[float] = []
    shares: list[float] = []
    for lens in load_lenses(None).values():
        front: int | None = None
        for body in days().values():
            batch = parse_feed(body, "cs.AI").batch
            for entry in batch.entries if batch else ():
                prompt = prompt_for(entry.paper, lens, Pointing(entry.paper).sentences)
                system, paper = (one["content"] for one in prompt.messages(with_schema=True))
                front = front or len(counter.encode(system, bos=False, eos=False))
                total = front + len(counter.encode(paper, bos=False, eos=False))
                totals.append(total)
                shares.append(front / total)
    return statistics.median(totals), statistics.median(shares)


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """331 papers with 16 calls at once of a second each; tokens of the prompts."""
    seconds, papers, calls = asyncio.run(_wall())
    ideal = math.ceil(papers / AT_ONCE) * SECOND
    said = f"{seconds / ideal:.2f} of {ideal:.0f} s for {papers} papers in {calls} calls"
    yield "a day, 16 at once, a model of one second", said, "at most 1.15", seconds <= 1.15 * ideal and calls == papers
    counted = _tokens()
    if counted is None:
        yield "tokens of a prompt", "not counted: pip install 'copecheck[eval]'", "at most 3200", True
        return
    total, share = counted
    yield "tokens of a prompt with its schema, median", f"{total:.0f}", "at most 3200", total <= 3200
    yield "of these constant and in front", f"{share:.1%}", "at least 75 %", share >= 0.75
