"""Numbers of lines in a page's margins, as drafts and conferences have them for their reviewers: they are no text.

They stand in one column outside of everything else, and go up by one (or five) from line to line.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.sources.pdf.pdf_fractions import Sign

LEAST_NUMBERS = 10
LEAST_AGAIN = 2  # where a page before had them at the same place
STEPS = (1, 5)
GOES_UP = 0.8
OUTSIDE = 0.03
PLACE = 3.0  # points
APART = 0.4  # of a number's size, from what stands beside it


@dataclass(frozen=True, slots=True)
class _Number:
    places: range
    value: int
    y: float
    edges: tuple[float, float]


class LineNumbers:
    """Remembers over a paper's pages where they stand, for its last page may have few."""

    def __init__(self) -> None:
        self._known: set[tuple[int, int]] = set()

    def of(self, signs: Sequence[Sign]) -> set[int]:
        """The places of the signs that are such numbers."""
        columns: dict[tuple[int, int], list[_Number]] = defaultdict(list)
        for number in _numbers(signs):
            for side, edge in enumerate(number.edges):
                columns[side, round(edge / PLACE)].append(number)
        found: set[int] = set()
        for column, numbers in columns.items():
            least = LEAST_AGAIN if column in self._known else LEAST_NUMBERS
            if len(numbers) >= least and _goes_up(numbers) and _is_outside(numbers, signs):
                self._known.add(column)
                found.update(place for number in numbers for place in number.places)
        return found


def _numbers(signs: Sequence[Sign]) -> list[_Number]:
    """Digits that touch nothing else."""
    found = []
    start = 0
    while start < len(signs):
        end = start
        while (
            end < len(signs) and signs[end].text.isdecimal() and (end == start or _touches(signs[end - 1], signs[end]))
        ):
            end += 1
        if end > start:
            before = signs[start - 1] if start else None
            after = signs[end] if end < len(signs) else None
            is_alone = not (before and _touches(before, signs[start])) and not (
                after and _touches(signs[end - 1], after)
            )
            if is_alone and end - start < 5:
                value = int("".join(sign.text for sign in signs[start:end]))
                found.append(_Number(range(start, end), value, signs[start].y, (signs[start].x, signs[end - 1].right)))
        start = max(end, start + 1)
    return found


def _touches(sign: Sign, other: Sign) -> bool:
    """Whether one stands right behind the other in its line."""
    size = max(sign.size, other.size)
    return bool(other.text.strip()) and abs(sign.y - other.y) < 0.5 * size and abs(other.x - sign.right) < APART * size


def _goes_up(numbers: Sequence[_Number]) -> bool:
    steps = [below.value - above.value for above, below in pairwise(sorted(numbers, key=lambda one: -one.y))]
    return any(steps.count(step) >= GOES_UP * len(steps) for step in STEPS)


def _is_outside(numbers: Sequence[_Number], signs: Sequence[Sign]) -> bool:
    """Whether hardly anything stands farther out."""
    own = {place for number in numbers for place in number.places}
    others = [sign for place, sign in enumerate(signs) if place not in own and sign.text.strip()]
    left, right = min(number.edges[0] for number in numbers), max(number.edges[1] for number in numbers)
    beyond = min(sum(sign.x < right for sign in others), sum(sign.right > left for sign in others))
    return beyond <= OUTSIDE * len(others)
