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
from typing import Any

from sqlalchemy import text

from bench.days import ROOT, day, days
from bench.posts import MORE
from bench.worlds import world
from bot.analyst.verdicts.numbered_text import NumberedText
from bot.analyst.verdicts.prompt import analysis_prompt, examples_of, short_prompt
from bot.core.verdicts.call import ANALYSIS, VERDICT, Usage
from bot.core.verdicts.lens import Lens
from bot.lenses.load import load_lenses
from bot.services.judging.spend import ASSUMED_USAGE
from bot.sources.feed import parse_feed
from tests.fakes.replies import as_text, good_analysis, good_reply

DATE = "2026-06-02"
SECOND = 1.0
AT_ONCE = 16
PAPERS, CARDS = 331, 5
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


async def _first_card() -> float:
    """Seconds from a day's papers being stored to its first card, where each verdict is a card of its own."""
    async with _server() as url:
        model = {"endpoints": [{"base_url": url, "model": "fake/model"}], "at_once": AT_ONCE, "usd_a_day": 1000}
        async with world(MORE | {"model": model}) as made:
            made.body = day(DATE)
            working = asyncio.create_task(made.round())
            first = "SELECT min(sent) - (SELECT min(added) FROM jobs WHERE queue = 'judge') FROM posts"
            seconds = None
            while seconds is None and not working.done():
                await asyncio.sleep(0.2)
                async with made.app.store._database.read() as connection:  # type: ignore[attr-defined]
                    seconds = (await connection.execute(text(first))).scalar()
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    return float(seconds or math.inf)


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


def _counter() -> Any:
    """What counts tokens; None without the package."""
    try:
        from mistral_common.tokens.tokenizers.tekken import Tekkenizer
    except ImportError:
        return None
    return Tekkenizer.from_file(str(importlib.resources.files("mistral_common") / "data" / VOCABULARY))


def _replies(counter: Any) -> tuple[int, int]:
    """Output tokens of a day of papers as the rig's filler writes it: in two sizes (an analysis for each of so many
    cards), and all in one as before."""
    lens = load_lenses(None)["discontinuity"]

    def count(reply: dict[str, Any]) -> int:
        return len(counter.encode(as_text(reply), bos=False, eos=False))

    short, analysis = good_reply(lens), good_analysis(lens)
    labels = {checklist_item.key: {"label": "absent", "cites": [], "reason": ""} for checklist_item in lens.checklist}
    whole = {name: part for name, part in analysis.items() if name != "disagrees"} | {
        "too_little": None, "does": short["does"], "checklist": labels, "headline": short["headline"],
    }  # fmt: skip
    return PAPERS * count(short) + CARDS * count(analysis), PAPERS * count(whole)


def _tokens(counter: Any) -> tuple[float, float]:
    """Medians over all captured abstracts, of the shipped lens that asks most: tokens of a short verdict's request
    (its form is shown by examples in it), and the share of them that is constant and in front."""
    medians: list[tuple[float, float]] = []
    for lens in load_lenses(None).values():
        asked = list(_requests(counter, lens, VERDICT))
        shares = statistics.median(front / total for front, total in asked)
        medians.append((statistics.median(total for _, total in asked), shares))
    return max(medians)


def _own_words(counter: Any) -> float:
    """The median of the tokens of title and abstract alone, over all captured abstracts: no request can have fewer."""
    read = (parse_feed(body, "cs.AI").batch for body in days().values())
    papers = [entry.paper for batch in read if batch for entry in batch.entries]
    return statistics.median(
        len(counter.encode(f"{one.title}\n{one.abstract}", bos=False, eos=False)) for one in papers
    )


def _kinds(counter: Any) -> Iterator[tuple[str, Usage]]:
    """What a short verdict and an analysis take, of the shipped lens that asks most: the median request over all
    captured abstracts, and the longest of the prompt's own examples."""
    for kind in (VERDICT, ANALYSIS):
        asked, replied = [], []
        for lens in load_lenses(None).values():
            examples = [entry for entry in examples_of(lens) if "analysis" in entry]
            part = "short" if kind == VERDICT else "analysis"
            replied += [len(counter.encode(as_text(example[part]), bos=False, eos=False)) for example in examples]
            asked.append(statistics.median(total for _, total in _requests(counter, lens, kind)))
        yield kind, Usage(round(max(asked)), max(replied))


def _requests(counter: Any, lens: Lens, kind: str) -> Iterator[tuple[int, int]]:
    """Tokens of the request of each captured abstract: those in front that are constant, and all."""
    front: int | None = None
    short = next(entry["short"] for entry in examples_of(lens) if "analysis" in entry)
    for body in days().values():
        batch = parse_feed(body, "cs.AI").batch
        for entry in batch.entries if batch else ():
            pointing = NumberedText(entry.paper)
            read = pointing.sentences
            if kind == VERDICT:
                prompt = short_prompt(entry.paper, lens, read)
            else:
                prompt = analysis_prompt(entry.paper, lens, read, pointing.basis(len(read)), short)
            system, paper = (message["content"] for message in prompt.messages(with_schema=True))
            front = front or len(counter.encode(system, bos=False, eos=False))
            yield front, front + len(counter.encode(paper, bos=False, eos=False))


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """331 papers with 16 calls at once of a second each; tokens of the prompts."""
    seconds, papers, calls = asyncio.run(_wall())
    ideal = math.ceil(papers / AT_ONCE) * SECOND
    said = f"{seconds / ideal:.2f} of {ideal:.0f} s for {papers} papers in {calls} calls"
    yield "a day, 16 at once, a model of one second", said, "at most 1.15", seconds <= 1.15 * ideal and calls == papers
    first = asyncio.run(_first_card())
    said = f"{first:.1f} s, {SECOND:.0f} of them the model's"
    yield "the first card of a follow with mode every, from the stored day", said, "at most 6 s", first <= SECOND + 5
    counter = _counter()
    if counter is None:
        yield "tokens of a prompt", "not counted: pip install 'copecheck[eval]'", "under 2600", True
        return
    total, share = _tokens(counter)
    yield "tokens of a short verdict's prompt, median", f"{total:.0f}", "under 2600", total < 2600
    yield "of these constant and in front", f"{share:.1%}", "at least 85 %", share >= 0.85
    yield "of these the paper's own words", f"{_own_words(counter):.0f}", "-", True
    for kind, took in _kinds(counter):
        assumed = ASSUMED_USAGE[kind]
        fits = took.tokens_in <= assumed.tokens_in and took.tokens_out <= assumed.tokens_out
        said = f"{took.tokens_in:,} + {took.tokens_out:,}"
        yield f"tokens of a {kind}, asked and replied", said, f"{assumed.tokens_in:,} + {assumed.tokens_out:,}", fits
    now, before = _replies(counter)
    said = f"{now / before:.2f} ({now:,} of {before:,} tokens, {CARDS} cards)"
    yield f"output of a day of {PAPERS} papers, to all in one size", said, "at most 0.60", now <= 0.6 * before
