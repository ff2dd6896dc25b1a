"""A later question about a 60-page text: sentences chosen and quoted by rule; and the first, which makes the index."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

from bot.analyst.answers.quoting import QuotingAnswerer
from bot.clock import SystemClock
from bot.core.discussion.question import Answered, Question, QuestionKind
from bot.core.fulltext.fulltext import FullText
from bot.core.fulltext.retrieval import choose, search_words
from bot.lenses.load import load_lenses
from bot.services.judging.judge import NoCalls
from bot.sources.fulltext.html import read_html
from bot.text.stems import TERMS
from bot.text.tex import readable
from tests.fakes import latexml
from tests.fakes.texts import a_paper, text_of

PAGES = 60
ROOM = 24_000
ASKED = (
    "How many boxes does the drawer of cupboard 900 hold?",
    "what is the square root of x_33 over two?",
    "Which limitations do they admit, and what is missing?",
    "Were there more boxes than before in the 7th drawer?",
    "Who paid for the zeppelin?",
    "what is it about",
)


def _text() -> FullText:
    """A new text of so many pages: no index of it is there."""
    return text_of(read_html(latexml.page(latexml.WHOLE + latexml.sections(PAGES)), readable))


ANSWERER = QuotingAnswerer(SystemClock())


async def _ask(full: FullText, words: str) -> float:
    question = Question(a_paper(), load_lenses(None)["plain"], QuestionKind.ASK, words)
    began = time.perf_counter()
    reading = choose(full, search_words(question), ROOM, TERMS)
    answer = await ANSWERER.answer(question, reading, NoCalls())
    took = time.perf_counter() - began
    assert isinstance(answer, Answered), answer
    assert reading.is_part
    return took


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """Milliseconds of the first question, and of later ones."""
    full = _text()
    asyncio.run(_ask(full, ASKED[0]))
    first = [1000 * asyncio.run(_ask(replace(full, version=100 + at), ASKED[0])) for at in range(5)]
    later = [statistics.median(1000 * asyncio.run(_ask(full, f"{words} {at}")) for at in range(5)) for words in ASKED]
    said = f"{statistics.median(first):.0f} ms for {len(full.text):,} characters, {len(full.spans):,} sentences"
    yield (
        f"the first question about {PAGES} pages, its index made",
        said,
        "under 500 ms",
        statistics.median(first) < 500,
    )
    worst = max(later)
    figure = f"{worst:.0f} ms for the slowest of {len(later)} questions, median of five askings"
    yield "a later question: chosen, and quoted by rule", figure, "under 50 ms", worst < 50
