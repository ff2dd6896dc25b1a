"""The figures of questions.md: `python docs/checks/questions.py`; retrieval and rules alone, which call nobody."""

import asyncio
import csv
from datetime import UTC, datetime
from pathlib import Path

from bot.analyst.quoting import QuotingAnswerer
from bot.core.evaluation import Ending, Share
from bot.core.paper import ArxivId
from bot.core.question import Answered
from bot.core.quiz import KnownQuestion, QuizFigures, Source, Tried, questions_from_rows, quiz_figures, retrieval
from bot.demo.invented import invented_papers
from bot.lenses.load import load_lenses
from bot.services.examine import Examinee, sheets_of
from bot.services.judge import NoCalls

QUESTIONS = Path(__file__).resolve().parent / "questions.csv"


class _Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 6, 2, tzinfo=UTC)


async def _by_rule(known: list[KnownQuestion], sources: dict[ArxivId, Source]) -> QuizFigures:
    tried = []
    rules = Examinee("rules", QuotingAnswerer(_Standing()))
    for sheet in sheets_of([rules], known, sources, load_lenses(None)["plain"], 4):
        answer = await sheet.examinee.answerer.answer(sheet.question, sheet.reading, NoCalls())
        assert isinstance(answer, Answered)
        tried.append(Tried("rules", sheet.known, sheet.reading, Ending.AT_ONCE, answer))
    return quiz_figures(tried)


def figures() -> str:
    """The tables as they stand in questions.md."""
    sources = {one.paper.id: Source(one.paper, one.full) for one in invented_papers()}
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        known = questions_from_rows(csv.DictReader(file), QUESTIONS.name)
    lines = ["| read | a right sentence | all of them |", "|---|---|---|"]
    lines += [f"| {one.room} | {_words(one.any)} | {_words(one.all)} |" for one in retrieval(known, sources)]
    one = asyncio.run(_by_rule(known, sources))
    rows = (
        ("right sentence was read", one.retrieved),
        ("answered", one.answered),
        ("rightly", one.right),
        ("of those read, rightly", one.right_of_read),
        ("unanswerable, declined", one.unanswerable_declined),
        ("off topic, declined", one.off_topic_declined),
    )
    lines += ["", "| quotations | a quarter read |", "|---|---|"]
    lines += [f"| {name} | {_words(share)} |" for name, share in rows]
    return "\n".join(lines) + "\n"


def _words(share: Share) -> str:
    return f"{share.part} of {share.of}"


if __name__ == "__main__":
    print(figures(), end="")  # noqa: T201
