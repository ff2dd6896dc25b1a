"""The figures of known questions as tables that fit 80 columns, and as plain values for the JSON file."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.cli.evaluation.table import NONE, WIDTH, plain, share_words
from bot.core.evaluation.known_questions import Found, QuizFigures, Tried

COLUMNS_BESIDE = 3


def show_quiz(console: Console, name: str, found: Sequence[Found], figures: Sequence[QuizFigures]) -> None:
    """Retrieval alone, then a column an answerer."""
    table = _table(f"{name}: retrieval alone", 26)
    for words in ("a right sentence", "all of them"):
        table.add_column(words, justify="right")
    for at_room in found:
        table.add_row(at_room.room, share_words(at_room.any), share_words(at_room.all))
    console.print(table, width=WIDTH)
    for at in range(0, len(figures), COLUMNS_BESIDE):
        console.print(_answers(name, figures[at : at + COLUMNS_BESIDE]), width=WIDTH)


def _answers(name: str, figures: Sequence[QuizFigures]) -> Table:
    table = _table(f"{name}: answers", 26)
    for figure in figures:
        table.add_column(figure.judge, justify="right", max_width=16, overflow="fold")
    for words, cell in ROWS:
        table.add_row(words, *(cell(figure) for figure in figures))
    return table


def _table(title: str, first: int) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", max_width=first)
    return table


def _replies(cell: Callable[[QuizFigures], str]) -> Callable[[QuizFigures], str]:
    """A figure about replies; rules have none."""
    return lambda quiz_figures: cell(quiz_figures) if quiz_figures.replies or quiz_figures.unanswered else "by rule"


ROWS: tuple[tuple[str, Callable[[QuizFigures], str]], ...] = (
    ("questions", lambda quiz_figures: str(quiz_figures.questions)),
    ("no reply", _replies(lambda quiz_figures: str(quiz_figures.unanswered))),
    ("no use after repair", _replies(lambda quiz_figures: str(quiz_figures.unfit))),
    ("right sentence was read", lambda quiz_figures: share_words(quiz_figures.retrieved)),
    ("answered", lambda quiz_figures: share_words(quiz_figures.answered)),
    ("  rightly", lambda quiz_figures: share_words(quiz_figures.right)),
    ("  of those read, rightly", lambda quiz_figures: share_words(quiz_figures.right_of_read)),
    ("  at a right sentence", lambda quiz_figures: share_words(quiz_figures.pointed)),
    ("claims with a sentence", lambda quiz_figures: share_words(quiz_figures.citing)),
    ("unanswerable, declined", lambda quiz_figures: share_words(quiz_figures.unanswerable_declined)),
    ("off topic, declined", lambda quiz_figures: share_words(quiz_figures.off_topic_declined)),
    ("tokens in + out", lambda figures: f"{figures.usage.tokens_in:,} + {figures.usage.tokens_out:,}"),
    ("cost, USD", lambda figures: f"{figures.usage.usd:.4f}"),
    (
        "seconds an answer",
        lambda quiz_figures: NONE if quiz_figures.seconds_each is None else f"{quiz_figures.seconds_each:.1f}",
    ),
    ("seconds, all replies", lambda figures: f"{figures.seconds:.1f}"),
)


def plain_tried(
    name: str, part: float, found: Sequence[Found], figures: Sequence[QuizFigures], tried: Sequence[Tried]
) -> dict[str, Any]:
    """Everything of one half as plain values, each answer's outcome and sentences with it."""
    return {
        "name": name,
        "read": f"{1 / part:.2f}",
        "retrieval": [plain(figures) for figures in found],
        "figures": [plain(figure) for figure in figures],
        "answers": [_plain(figures) for figures in tried],
    }


def _plain(tried: Tried) -> dict[str, Any]:
    known, answer = tried.question, tried.answer
    made = {"judge": tried.judge, "paper": str(known.paper), "question": known.words, "kind": str(known.expected)}
    made |= {"ending": str(tried.ending)}
    if answer is None:
        return made | {"reason": tried.reason}
    return made | {"outcome": str(answer.outcome), "cites": sorted(tried.cited), "right": tried.is_right}
