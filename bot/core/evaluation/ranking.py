"""How a judge's order of papers stands against readers', who wrote down how much each is worth to a follower.

A file of theirs has a row a paper and reader: `paper,score,relevance`; scores give the order, and a relevance of 0 says
that the lens has no business with it. What several readers say is their mean.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean

from bot.core.errors import SettingsError
from bot.core.evaluation.share import Share
from bot.core.verdicts.choice import worth_cards
from bot.core.verdicts.verdict import Verdict

COLUMNS = ("paper", "score", "relevance")
CARDS, BEST = 5, 15


@dataclass(frozen=True, slots=True)
class Worth:
    """What a paper is worth to readers: their mean score, and their mean relevance."""

    score: float
    relevance: float


@dataclass(frozen=True, slots=True)
class RankFigures:
    """A judge's order: the share of the readers' pairs in it, and its cards among their best and among the irrelevant.

    `best` is None where readers ranked too few of the papers to have a best part."""

    pairs: float
    best: Share | None
    irrelevant: Share


def worths_from_rows(rows: Iterable[Mapping[str, str | None]], name: str) -> dict[str, Worth]:
    """What readers wrote, by paper; `SettingsError` names file, line and remedy."""
    said: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number, row in enumerate(rows, 2):
        paper, *numbers = ((row.get(column) or "").strip() for column in COLUMNS)
        try:
            score, relevance = map(float, numbers)
        except ValueError:
            paper = ""
        if not paper:
            remedy = f"A row has {','.join(COLUMNS)}, the last two as numbers."
            raise SettingsError(f"{name}, line {number}, ranks no paper.", remedy)
        said[paper].append((score, relevance))
    return {paper: Worth(*(mean(column) for column in zip(*rows, strict=True))) for paper, rows in said.items()}


def rank_figures(verdicts: Sequence[Verdict], worths: Mapping[str, Worth], least: int) -> RankFigures | None:
    """One reading of each paper against the readers; None where they ranked fewer than two of them."""
    read = {str(verdict.paper): verdict for verdict in verdicts if str(verdict.paper) in worths}
    if len(read) < 2:
        return None
    by_readers = sorted(read, key=lambda paper: -worths[paper].score)
    cards = [str(verdict.paper) for verdict in worth_cards(read.values(), least)[:CARDS]]
    best = sum(paper in by_readers[:BEST] for paper in cards)
    return RankFigures(
        pairs=in_order([worths[paper].score for paper in read], [float(verdict.interest) for verdict in read.values()]),
        best=Share(best, len(cards)) if len(read) >= 2 * BEST else None,
        irrelevant=Share(sum(not worths[paper].relevance for paper in cards), len(cards)),
    )


def in_order(wanted: Sequence[float], given: Sequence[float]) -> float:
    """The share of the pairs that `wanted` puts apart which `given` puts in the same order; a tie is half."""
    points = pairs = 0.0
    for first, second in combinations(range(len(wanted)), 2):
        if wanted[first] != wanted[second]:
            pairs += 1
            way = (wanted[first] - wanted[second]) * (given[first] - given[second])
            points += 0.5 if way == 0 else way > 0
    return points / pairs if pairs else 0.0
