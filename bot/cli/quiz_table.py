"""The figures of known questions as tables that fit 80 columns, and as plain values for the JSON file."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.cli.evaluate_table import NONE, WIDTH, plain, share_words
from bot.core.quiz import Found, QuizFigures, Tried

BESIDE = 3


def show_quiz(console: Console, name: str, found: Sequence[Found], figures: Sequence[QuizFigures]) -> None:
    """Retrieval alone, then a column an answerer."""
    table = _table(f"{name}: retrieval alone", 26)
    for words in ("a right sentence", "all of them"):
        table.add_column(words, justify="right")
    for one in found:
        table.add_row(one.room, share_words(one.any), share_words(one.all))
    console.print(table, width=WIDTH)
    for at in range(0, len(figures), BESIDE):
        console.print(_answers(name, figures[at : at + BESIDE]), width=WIDTH)


def _answers(name: str, figures: Sequence[QuizFigures]) -> Table:
    table = _table(f"{name}: answers", 26)
    for one in figures:
        table.add_column(one.judge, justify="right", max_width=16, overflow="fold")
    for words, cell in ROWS:
        table.add_row(words, *(cell(one) for one in figures))
    return table


def _table(title: str, first: int) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", max_width=first)
    return table


def _replies(cell: Callable[[QuizFigures], str]) -> Callable[[QuizFigures], str]:
    """A figure about replies; rules have none."""
    return lambda one: cell(one) if one.replies or one.unanswered else "by rule"


ROWS: tuple[tuple[str, Callable[[QuizFigures], str]], ...] = (
    ("questions", lambda one: str(one.questions)),
    ("no reply", _replies(lambda one: str(one.unanswered))),
    ("no use after repair", _replies(lambda one: str(one.unfit))),
    ("right sentence was read", lambda one: share_words(one.retrieved)),
    ("answered", lambda one: share_words(one.answered)),
    ("  rightly", lambda one: share_words(one.right)),
    ("  of those read, rightly", lambda one: share_words(one.right_of_read)),
    ("  at a right sentence", lambda one: share_words(one.pointed)),
    ("claims with a sentence", lambda one: share_words(one.citing)),
    ("unanswerable, declined", lambda one: share_words(one.unanswerable_declined)),
    ("off topic, declined", lambda one: share_words(one.off_topic_declined)),
    ("tokens in + out", lambda one: f"{one.usage.tokens_in:,} + {one.usage.tokens_out:,}"),
    ("cost, USD", lambda one: f"{one.usage.usd:.4f}"),
    ("seconds an answer", lambda one: NONE if one.seconds_each is None else f"{one.seconds_each:.1f}"),
    ("seconds, all replies", lambda one: f"{one.seconds:.1f}"),
)


def plain_tried(
    name: str, part: int, found: Sequence[Found], figures: Sequence[QuizFigures], tried: Sequence[Tried]
) -> dict[str, Any]:
    """Everything of one half as plain values, each answer's outcome and sentences with it."""
    return {
        "name": name,
        "read": f"1/{part}",
        "retrieval": [plain(one) for one in found],
        "figures": [plain(one) for one in figures],
        "answers": [_plain(one) for one in tried],
    }


def _plain(one: Tried) -> dict[str, Any]:
    known, answer = one.question, one.answer
    made = {"judge": one.judge, "paper": str(known.paper), "question": known.words, "kind": str(known.expected)}
    made |= {"ending": str(one.ending)}
    if answer is None:
        return made | {"reason": one.reason}
    return made | {"outcome": str(answer.outcome), "cites": sorted(one.cited), "right": one.is_right}
