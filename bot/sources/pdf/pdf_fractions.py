"""Fractions and roots of a PDF's formulas: what stands over a bar and under it is put into one line, `(a+b)/c`, what
stands under the bar of a root into brackets behind it, `√(a+b)`, and a letter under a bar of its own keeps it, `z̅`.

A bar is a thin rule as wide as the wider of two short rows that stand centred right above and right below it, with
nothing beside them. Rules of tables, of footnotes and under words are none: their rows are wider, or go on beside them.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from bot.sources.pdf.pdf_paint import Box

WIDEST = 300.0
ABOVE = 1.1  # from the bar up to a baseline, at most, in sizes of its letters
BELOW = 1.25
ONE_ROW = 0.6
A_CELL_GAP = 0.9
TOUCHES = 0.32
NO_BLANK = 0.17
LINES_APART = (1.15, 1.3)  # lines of prose, in sizes; TeX sets fractions closer (1.1) or farther apart (1.36)
AXIS = 0.25  # how far the bar stands over the line
LEAST_SIZE = 4.0
MOST_BARS = 200
STRIPE = 24.0
ROOTS = "√∛∜"
_ONE_SIGN = re.compile(r"\d+|[^\W\d_](?:[_^]\w)*")
_A_SIGN = re.compile(r"[^\W_]+(?:[_^]\w)*")


@dataclass(frozen=True, slots=True)
class Sign:
    """One letter, or a fraction that was put into one line: what it says, where it stands, and its size.

    `reach`: of a large bracket, how far it goes up and down from its middle.
    """

    text: str
    x: float
    y: float
    right: float
    size: float
    reach: float = 0.0


def runs_together(before: str, after: str) -> bool:
    """Whether an exponent or index would take what follows for its own: `x_i j` is not `x_ij`; `H_2O` is plain."""
    script = before[max(before.rfind("_"), before.rfind("^")) + 1 :]
    is_script = 0 < len(script) < len(before) - 1 and script.isalnum() and after[:1].isalnum()
    return is_script and not (script.isdecimal() and after[0].isalpha())


def with_fractions(signs: Sequence[Sign], rules: Iterable[Box]) -> tuple[dict[int, Sign | None], list[Box]]:
    """By their places, the signs that become a fraction, and those that go into one (None); the rules that are left."""
    page = _Page(signs)
    short = sorted((box for box in rules if box[2] - box[0] <= WIDEST), key=lambda box: box[2] - box[0])
    left = [  # what is inside of another is narrower
        bar
        for bar in short[:MOST_BARS]
        if not (page.put_root(bar) or page.put_together(bar, short) or page.put_bar(bar))
    ]
    return page.changed, left


class _Page:
    """The signs of a page, in stripes, so that few are looked at for a bar."""

    def __init__(self, signs: Sequence[Sign]) -> None:
        self._signs: list[Sign | None] = [sign if sign.text.strip() else None for sign in signs]
        self._stripes: dict[int, list[int]] = defaultdict(list)
        self.changed: dict[int, Sign | None] = {}
        for at, sign in enumerate(signs):
            self._stripes[int(sign.y // STRIPE)].append(at)

    def _near(self, y: float) -> dict[int, Sign]:
        """The signs about that height."""
        stripe = int(y // STRIPE)
        places = chain.from_iterable(self._stripes[near] for near in (stripe - 1, stripe, stripe + 1))
        return {at: sign for at in places if (sign := self._signs[at]) is not None and sign.size >= LEAST_SIZE}

    def put_root(self, bar: Box) -> bool:
        """What stands under the bar of a root goes into brackets behind its sign."""
        y = (bar[1] + bar[3]) / 2
        near = self._near(y)
        is_own = (
            at for at, sign in near.items() if sign.text[-1] in ROOTS and abs(sign.right - bar[0]) < 0.25 * sign.size
        )
        root = next((at for at in is_own if 0 < y - near[at].y - AXIS * near[at].size < 3 * near[at].size), None)
        if root is None:
            return False
        sign = near[root]
        foot = 2 * (sign.y + AXIS * sign.size) - y - 0.2 * sign.size
        under = {at: one for at, one in near.items() if at != root and foot < one.y < y and _is_within(one, bar)}
        if not under:
            return False
        largest = max(under.values(), key=lambda one: one.size)
        text = f"{sign.text}{_written(under.values(), _ONE_SIGN)}"
        self._put(min(root, *under), {root, *under}, Sign(text, sign.x, largest.y, bar[2], largest.size))
        return True

    def put_bar(self, bar: Box) -> bool:
        """A bar as wide as the one letter right under it is that letter's."""
        under = {
            at: sign
            for at, sign in self._near(bar[1]).items()
            if _is_within(sign, bar) and 0 < bar[1] - sign.y < sign.size
        }
        if len(under) != 1:
            return False
        ((at, sign),) = under.items()
        is_close = (
            0.4 * sign.size < bar[1] - sign.y < 0.9 * sign.size and abs(bar[2] - bar[0] - sign.right + sign.x) < 2
        )
        if is_close and sign.text[0].isalpha():
            self._put(at, {at}, replace(sign, text=f"{sign.text[0]}\u0305{sign.text[1:]}"))
        return is_close

    def _put(self, first: int, places: set[int], whole: Sign) -> None:
        self.changed |= dict.fromkeys(places) | {first: whole}
        for at in places:
            self._signs[at] = None
        self._signs[first] = whole
        self._stripes[int(whole.y // STRIPE)].append(first)

    def put_together(self, bar: Box, rules: Sequence[Box]) -> bool:
        """What stands over and under the bar becomes one sign, if the bar is one and not that of a root below it."""
        y = (bar[1] + bar[3]) / 2
        near = self._near(y)
        upper = _row(bar, {at: sign for at, sign in near.items() if 0 < sign.y - y < ABOVE * sign.size}, y)
        lower = _row(bar, {at: sign for at, sign in near.items() if 0 < y - sign.y < BELOW * sign.size}, y)
        if not (upper and lower) or not _is_bar(bar, upper.values(), lower.values()):
            return False
        if any(bar[3] < rule[1] < min(sign.y for sign in upper.values()) and _overlap(bar, rule) for rule in rules):
            return False
        level = [rule for rule in rules if rule is not bar and abs(rule[1] - bar[1]) < 1]
        if any(_goes_on(bar, row, near) or _has_cells(row.values()) for row in (upper, lower)):
            return False
        if not _are_apart_as_in_a_fraction(upper.values(), lower.values()):
            return False
        size = max(sign.size for sign in (*upper.values(), *lower.values()))
        text = f"{_written(upper.values())}/{_written(lower.values())}"
        beside = (sign for at, sign in near.items() if at not in upper | lower)
        if any(_is_factor(bar, y - AXIS * size, sign) for sign in beside) or any(
            _touch(bar, rule, size) for rule in level
        ):
            text = f"({text})"
        places = {*upper, *lower}
        self._put(min(places), places, Sign(text, bar[0], y - AXIS * size, bar[2], size))
        return True


def _row(bar: Box, signs: dict[int, Sign], y: float) -> dict[int, Sign]:
    """Those between the ends of the bar, as far as they are one row: the nearest, with what is raised or lowered."""
    inside = {at: sign for at, sign in signs.items() if _is_within(sign, bar)}
    nearest = min((abs(sign.y - y) for sign in inside.values()), default=0.0)
    return {at: sign for at, sign in inside.items() if abs(sign.y - y) < nearest + ONE_ROW * sign.size}


def _is_bar(bar: Box, upper: Iterable[Sign], lower: Iterable[Sign]) -> bool:
    """Whether it is as wide as the wider row, and both stand in its middle."""
    ends = [(min(sign.x for sign in row), max(sign.right for sign in row)) for row in (list(upper), list(lower))]
    wide, length = max(right - left for left, right in ends), bar[2] - bar[0]
    is_centred = all(abs(left + right - bar[0] - bar[2]) < 6 for left, right in ends)
    return is_centred and length - 4 < wide < length + 3


def _goes_on(bar: Box, row: dict[int, Sign], near: dict[int, Sign]) -> bool:
    """Whether a sign stands on the row's line right beside the bar: then it is a line of text."""
    size, lines = max(sign.size for sign in row.values()), [sign.y for sign in row.values()]
    beside = (sign for at, sign in near.items() if at not in row)
    return any(
        min(lines) - 0.1 * size < sign.y < max(lines) + 0.1 * size
        and bar[0] - NO_BLANK * size < sign.right
        and sign.x < bar[2] + NO_BLANK * size
        for sign in beside
    )


def _is_within(sign: Sign, bar: Box) -> bool:
    return bar[0] - 1 < (sign.x + sign.right) / 2 < bar[2] + 1


def _overlap(bar: Box, rule: Box) -> bool:
    return rule[0] < bar[2] and bar[0] < rule[2]


def _are_apart_as_in_a_fraction(upper: Collection[Sign], lower: Collection[Sign]) -> bool:
    """Whether the rows are no lines of prose, by the distance of their baselines; a root is no prose."""
    largest = [max(row, key=lambda sign: (sign.text[-1].isalnum(), sign.size)) for row in (upper, lower)]
    apart = (largest[0].y - largest[1].y) / max(sign.size for sign in largest)
    is_prose = LINES_APART[0] < apart < LINES_APART[1]
    return not is_prose or any("√" in sign.text for sign in lower)


def _has_cells(row: Iterable[Sign]) -> bool:
    """Whether it parts as the cells of a table do, whose rule this is then."""
    ordered = sorted(row, key=lambda sign: sign.x)
    return any(after.x - before.right > A_CELL_GAP * after.size for before, after in pairwise(ordered))


def _touch(bar: Box, other: Box, size: float) -> bool:
    return 0 < max(other[0] - bar[2], bar[0] - other[2]) < TOUCHES * size


def _is_factor(bar: Box, y: float, sign: Sign) -> bool:
    """Whether a letter or bracket touches the fraction in its line, so that it would join a part of it."""
    is_behind = -0.1 < sign.x - bar[2] < TOUCHES * sign.size and (sign.text.isalnum() or sign.text in "([∑∏∫√")
    is_before = -0.1 < bar[0] - sign.right < TOUCHES * sign.size and (sign.text.isalnum() or sign.text in ")]")
    return (is_behind or is_before) and abs(sign.y - y) < 0.3 * sign.size


def _written(row: Iterable[Sign], bare: re.Pattern[str] = _A_SIGN) -> str:
    said, end = "", None
    before = ""
    for sign in sorted(row, key=lambda sign: sign.x):
        is_apart = end is not None and (sign.x - end > 0.25 * sign.size or runs_together(before, sign.text))
        said += f" {sign.text}" if is_apart else sign.text
        end, before = sign.right, sign.text
    return said if bare.fullmatch(said) else f"({said})"
