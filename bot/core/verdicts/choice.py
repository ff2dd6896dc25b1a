"""Which of a day's verdicts are worth a card: what a follower wants enough, and no point made twice."""

import re
from collections.abc import Iterable

from bot.core.verdicts.scoring import rank
from bot.core.verdicts.verdict import Verdict

STEM_LETTERS = 5
SHORTEST_WORD = 4
ALIKE_SHARE = 0.5
_WORD = re.compile(r"\d+|[^\W\d_]+")


def worth_cards(verdicts: Iterable[Verdict], least: int) -> list[Verdict]:
    """Those of at least so much interest, the most wanted first; of several that make one point the first alone.

    What is outside the lens, or has not enough text to say anything, is worth none.
    """
    chosen: list[Verdict] = []
    for verdict in rank(verdict for verdict in verdicts if verdict.says_enough and verdict.interest >= least):
        if not any(makes_the_same_point(verdict, other) for other in chosen):
            chosen.append(verdict)
    return chosen


def makes_the_same_point(verdict: Verdict, other: Verdict) -> bool:
    """Whether two touch the same trade in nearly the same headline or telling sentence."""
    trade, another = (each.trades[0].name if each.trades else "" for each in (verdict, other))
    if not trade or trade != another:
        return False
    return (
        max(_overlap(_telling(verdict), _telling(other)), _overlap(_headline(verdict), _headline(other))) >= ALIKE_SHARE
    )


def _headline(verdict: Verdict) -> str:
    return verdict.short.headline if verdict.short else ""


def _telling(verdict: Verdict) -> str:
    return verdict.telling.words if verdict.telling else ""


def _overlap(text: str, other: str) -> float:
    """The share of all their longer words, by their beginnings, and of their numbers, that both have."""
    first, second = _words(text), _words(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def _words(text: str) -> set[str]:
    return {word[:STEM_LETTERS].lower() for word in _WORD.findall(text) if len(word) >= SHORTEST_WORD or word.isdigit()}
