"""Large brackets of a PDF's formulas and the rows that they hold: `(a, b; c, d)` for a matrix, `{1, x>0; 0, else}`.

TeX sets the larger ones of pieces, one under another. What stands between two that are equally high, in two rows or
more and without a bar, is a matrix; a brace with nothing to its right holds cases.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.sources.pdf.pdf_fractions import AXIS, Sign, runs_together
from bot.sources.pdf.pdf_paint import Box

OPENING, CLOSING, EITHER = "([{⟨⌊⌈", ")]}⟩⌋⌉", "|‖"
EXTENSION = "⎪"  # of braces, of either side
LARGE = tuple(OPENING + CLOSING + EITHER + EXTENSION)
PIECES_APART = 3.0  # points
LEAST_HEIGHT = 1.6  # of a bracket, in sizes, as all that follow
ROWS_APART = 0.7
CELLS_APART = 0.6
A_BLANK = 0.14
CASES_APART = 1.5
MOST_ROWS, MOST_SIGNS = 14, 400
SMALLER = 0.87
MOST_BRACKETS = 100  # of a page: each is held against the others, and against all its signs
_NUMBER = re.compile(r"\([A-Z]?\.?\d[\d.]{0,6}[a-z]?\)")

Tall = Mapping[tuple[float, float], tuple[float, float]]


@dataclass(slots=True)
class Bracket:
    """A large bracket, where it stands and from where to where it reaches."""

    sign: str
    places: list[int]
    x: float
    right: float
    low: float
    high: float
    size: float

    def takes(self, sign: Sign, low: float, high: float) -> bool:
        """Whether it is the next piece of the same bracket."""
        is_same = sign.text == self.sign or EXTENSION in (sign.text, self.sign)
        is_beside = abs(sign.x - self.x) < PIECES_APART or abs(sign.right - self.right) < PIECES_APART
        return is_same and is_beside and low < self.high + 1 and self.low - 1 < high

    def add(self, at: int, sign: Sign, low: float, high: float) -> None:
        self.places.append(at)
        self.sign = sign.text if self.sign == EXTENSION else self.sign
        self.x, self.right = min(self.x, sign.x), max(self.right, sign.right)
        self.low, self.high = min(self.low, low), max(self.high, high)

    def matches(self, other: "Bracket") -> bool:
        """Whether they are equally high, and at one height."""
        return abs(self.low - other.low) < 0.6 * self.size and abs(self.high - other.high) < 0.3 * self.size

    def said(self, text: str, right: float) -> Sign:
        middle = (self.low + self.high) / 2
        return Sign(text, self.x, middle - AXIS * self.size, right, self.size, (self.high - self.low) / 2)


def brackets_of(signs: Sequence[Sign], tall: Tall) -> list[Bracket]:
    """The large brackets, each with all its pieces. `tall`: from where to where large signs reach, by their places."""
    found: list[Bracket] = []
    for at, sign in enumerate(signs):
        reach = tall.get((sign.x, sign.y)) if sign.text in LARGE else None
        if reach is None:
            continue
        near = next((one for one in reversed(found[-8:]) if one.takes(sign, *reach)), None)
        if near is not None:
            near.add(at, sign, *reach)
        elif len(found) < MOST_BRACKETS:
            found.append(Bracket(sign.text, [at], sign.x, sign.right, *reach, sign.size))
    return found


def with_brackets(brackets: Sequence[Bracket]) -> dict[int, Sign | None]:
    """By their places, each bracket as one sign; its further pieces go into it (None)."""
    changed: dict[int, Sign | None] = {}
    for one in brackets:
        changed |= dict.fromkeys(one.places) | {one.places[0]: one.said(one.sign, one.right)}
    return changed


def with_matrices(signs: Sequence[Sign], brackets: Sequence[Bracket], rules: Sequence[Box]) -> dict[int, Sign | None]:
    """By their places, the signs that become a matrix, and those that go into one (None). `rules`: no fractions'."""
    changed: dict[int, Sign | None] = {}
    for left in sorted(brackets, key=lambda one: one.high - one.low):  # what is inside of another is smaller
        right = _partner(left, brackets)
        is_open = left.sign in OPENING + EITHER and left.high - left.low >= LEAST_HEIGHT * left.size
        if not is_open or (right is None and left.sign != "{") or left.places[0] in changed:
            continue
        now = [changed.get(at, sign) for at, sign in enumerate(signs)]
        rows = _rows(now, left, right)
        if not _is_matrix(rows, left, right, rules):
            continue
        held = {at for row in rows for at, _ in row} | {left.places[0]} | ({right.places[0]} if right else set())
        close = (now[right.places[0]] if right else None) or Sign("}", 0, 0, max(row[-1][1].right for row in rows), 0)
        text = f"{left.sign}{_said([[sign for _, sign in row] for row in rows])}{close.text}"
        changed |= dict.fromkeys(held) | {left.places[0]: left.said(text, close.right)}
    return changed


def _partner(left: Bracket, brackets: Sequence[Bracket]) -> Bracket | None:
    """The nearest bracket to its right that closes it."""
    wanted = left.sign if left.sign in EITHER else CLOSING
    right = [one for one in brackets if one.x > left.right and one.sign in wanted and left.matches(one)]
    return min(right, key=lambda one: one.x, default=None)


def _rows(signs: Sequence[Sign | None], left: Bracket, right: Bracket | None) -> list[list[tuple[int, Sign]]]:
    """What stands behind the bracket as far as its partner, or as far as it goes on, in rows from the top down."""
    rows: list[list[tuple[int, Sign]]] = []
    inside = [
        (at, sign)
        for at, sign in enumerate(signs)
        if sign is not None
        and sign.text.strip()
        and at not in left.places
        and (right is None or at not in right.places)
        and left.low < sign.y + AXIS * sign.size < left.high
        and left.right - 1 < (sign.x + sign.right) / 2 < (right.x + 1 if right else left.right + 60 * left.size)
    ]
    for at, sign in sorted(inside, key=lambda one: -one[1].y)[:MOST_SIGNS]:
        if rows and rows[-1][0][1].y - sign.y < ROWS_APART * left.size:
            rows[-1].append((at, sign))
        else:
            rows.append([(at, sign)])
    rows = [sorted(row, key=lambda one: one[1].x) for row in rows]
    return rows if right else _cases(rows, left)


def _cases(rows: Sequence[list[tuple[int, Sign]]], left: Bracket) -> list[list[tuple[int, Sign]]]:
    """Each row as far as no gap parts it from what stands farther right, but for cells under one another."""
    starts: set[int] = set()
    for _ in range(2):
        kept = [_unparted(row, left, starts) for row in rows]
        starts = {
            round(after.x) for row in kept for (_, before), (_, after) in pairwise(row) if after.x - before.right > 4
        }
    return [row for row in kept if row]


def _unparted(row: list[tuple[int, Sign]], left: Bracket, starts: set[int]) -> list[tuple[int, Sign]]:
    end = left.right
    for number, (_, sign) in enumerate(row):
        is_far = sign.x - end > CASES_APART * left.size
        rest = "".join(one.text for _, one in row[number:])
        if (is_far and not starts & {round(sign.x) + step for step in (-1, 0, 1)}) or (
            sign.x - end > left.size and _NUMBER.fullmatch(rest)
        ):
            return row[:number]
        end = sign.right
    return row


def _is_matrix(
    rows: Sequence[list[tuple[int, Sign]]], left: Bracket, right: Bracket | None, rules: Sequence[Box]
) -> bool:
    """Two rows or more, none of which is a limit or an exponent of another, and no bar between them."""
    if not 2 <= len(rows) <= MOST_ROWS:
        return False
    whole = [left.size if any("/" in sign.text for _, sign in row) else 0.0 for row in rows]  # fractions are small
    sizes = [max(least, *(sign.size for _, sign in row)) for least, row in zip(whole, rows, strict=True)]
    if min(sizes) < SMALLER * max(sizes):
        return False
    end = right.x if right else max(sign.right for row in rows for _, sign in row)
    return not any(
        left.low < rule[1] < left.high and left.right - 1 < rule[0] and rule[2] < end + 1 and rule[2] - rule[0] > 2
        for rule in rules
    )


def _said(rows: Sequence[Sequence[Sign]]) -> str:
    """The rows, each as its cells; a column that a row leaves out stays empty in it."""
    cells = [_cells(row) for row in rows]
    columns: list[tuple[float, float]] = []
    for x, right in sorted((row[0].x, row[-1].right) for line in cells for row in line):
        if columns and x < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], right)
        else:
            columns.append((x, right))
    lines = []
    for line in cells:
        told = {at: _written(cell) for cell in line for at, (x, right) in enumerate(columns) if x <= cell[0].x <= right}
        said = told.get(0, "")
        for at in range(1, len(columns)):
            said += (" " if said.endswith((",", ";")) else ", ") + told.get(at, "")
        lines.append(said.rstrip(",; "))
    return "; ".join(lines)


def _cells(row: Sequence[Sign]) -> list[list[Sign]]:
    cells = [[row[0]]]
    for before, sign in pairwise(row):
        if sign.x - before.right > CELLS_APART * sign.size:
            cells.append([])
        cells[-1].append(sign)
    return cells


def _written(cell: Sequence[Sign]) -> str:
    said = cell[0].text
    for before, sign in pairwise(cell):
        is_apart = sign.x - before.right > A_BLANK * sign.size or runs_together(before.text, sign.text)
        said += f" {sign.text}" if is_apart else sign.text
    return said
