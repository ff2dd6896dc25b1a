"""The figures of questions.md: `python docs/checks/questions.py`; retrieval and rules alone, which call nobody."""

import asyncio
import csv
from datetime import UTC, datetime
from pathlib import Path

from bot.analyst.answers.quoting import QuotingAnswerer
from bot.core.discussion.question import Answered
from bot.core.evaluation.known_questions import (
    KnownQuestion,
    QuizFigures,
    Source,
    Tried,
    questions_from_rows,
    quiz_figures,
    retrieval,
)
from bot.core.evaluation.trials import Ending, Share
from bot.core.papers.paper import ArxivId
from bot.demo.invented import invented_papers, papers_in
from bot.lenses.load import load_lenses
from bot.services.evaluation.examine import Examinee, question_sheets_of
from bot.services.judging.judge import NoCalls
from bot.text.stems import TERMS

HERE = Path(__file__).resolve().parent
FILES = ("questions.csv", "questions_fields.csv", "questions_reader.csv")


class _Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 6, 2, tzinfo=UTC)


async def _by_rule(known: list[KnownQuestion], sources: dict[ArxivId, Source]) -> QuizFigures:
    tried = []
    rules = Examinee("rules", QuotingAnswerer(_Standing()))
    for sheet in question_sheets_of([rules], known, sources, load_lenses(None)["plain"], 4 / 3):
        answer = await sheet.examinee.answerer.answer(sheet.question, sheet.reading, NoCalls())
        assert isinstance(answer, Answered)
        tried.append(Tried("rules", sheet.known, sheet.reading, Ending.AT_ONCE, answer))
    return quiz_figures(tried)


def figures() -> str:
    """The tables as they stand in questions.md: one of each file that is there."""
    papers = (*invented_papers(), *papers_in(HERE / "texts"))
    sources = {one.paper.id: Source(one.paper, one.full) for one in papers}
    return "\n".join(_of_file(name, sources) for name in FILES if (HERE / name).exists())


def _of_file(name: str, sources: dict[ArxivId, Source]) -> str:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        known = questions_from_rows(csv.DictReader(file), name)
    lines = [f"### {name}", "", "| read | a right sentence | all of them |", "|---|---|---|"]
    lines += [f"| {one.room} | {_words(one.any)} | {_words(one.all)} |" for one in retrieval(known, sources, TERMS)]
    one = asyncio.run(_by_rule(known, sources))
    rows = (
        ("right sentence was read", one.retrieved),
        ("answered", one.answered),
        ("rightly", one.right),
        ("of those read, rightly", one.right_of_read),
        ("unanswerable, declined", one.unanswerable_declined),
        ("off topic, declined", one.off_topic_declined),
    )
    lines += ["", "| quotations | three quarters read |", "|---|---|"]
    lines += [f"| {words} | {_words(share)} |" for words, share in rows]
    return "\n".join(lines) + "\n"


def _words(share: Share) -> str:
    return f"{share.part} of {share.of}"


if __name__ == "__main__":
    print(figures(), end="")  # noqa: T201
