"""Exponents, indices and limits of a PDF's formulas, written on the line of their base: `x_(n+1)^2`, `∑_(n=1)^∞`.

One is smaller than the letters of the page and than its base, begins where that ends, and stands higher or lower. Over
and under a large sign, and under `lim` and its like, stand limits. Signs come as they are drawn: the base first.
Accents that are drawn as signs of their own, as TeX's older fonts have them, are put onto the letters under them.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.sources.pdf.pdf_fractions import Sign

SMALLER = 0.87
TOUCHES = 0.35  # of the base's size, as the further measures
RAISED = (0.15, 0.95)
LOWERED = (0.07, 0.6)
LIMIT = (0.3, 2.3)
UNDER = 1.4  # a word, such as `lim`
KERN = 0.25  # how far one goes back under a slanted base; the A of TeX's own name goes farther
OPENING = tuple("([{⟨⌊⌈")
OPERATORS = "∑∏∫∮∐⋃⋂⋀⋁⨁⨂⨀⨄⨆"
_LIMITED = re.compile(r"(?:lim|max|min|sup|inf|argm(?:ax|in)|Pr|det|gcd)$")
_FUNCTION = re.compile(r"(?:sin|cos|tan|cot|sec|csc|log|exp|lim|max|min|sup|inf|dim|ker|det|deg|mol)h?$")
_PROSE = re.compile(r"[a-z]{3}$")
_MARK = re.compile(r"\d{1,3}(?:[,–-]\s?\d{1,3})*")
_SYMBOL = re.compile(r"[∗*†‡§¶∥′'’″°™®]+")
_ORDINAL = re.compile(r"st|nd|rd|th")
_SHORT = re.compile(r"[-+−]?(?:\d+|[^\W\d_])|[^\W\d_]{3,}|\S")
_ROOTS = {"3": "∛", "4": "∜"}
_DIGITS = str.maketrans("0123456789nkmp", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵏᵐᵖ")


@dataclass(slots=True)
class _Base:
    """A sign, and what of the signs behind it stands raised and lowered beside it."""

    sign: Sign
    word: str
    start: float
    raised: list[Sign] = field(default_factory=list)
    lowered: list[Sign] = field(default_factory=list)

    @property
    def is_limited(self) -> bool:
        return self.sign.text in OPERATORS or _LIMITED.search(self.word) is not None

    def takes(self, sign: Sign) -> bool:
        """Whether a sign belongs to it; then it is put where it stands."""
        base = self.sign
        taken = [*self.raised, *self.lowered]
        end = max((one.right for one in (base, *taken)), default=base.right)
        height = (sign.y - base.y) / base.size
        is_root = base.text == "√"
        if base.text in OPENING:
            return False
        if sign.size >= SMALLER * base.size or (is_root and sign.right > base.right):
            return False
        first = (
            self.start - 0.8 * base.size if self.is_limited else base.x if is_root else base.right - KERN * base.size
        )
        if not first < sign.x < end + TOUCHES * base.size:
            return False
        last = taken[-1] if taken else None
        if (
            last is not None
            and sign.size < SMALLER * last.size
            and -0.2 * last.size < sign.x - last.right < TOUCHES * last.size
        ):
            (self.raised if last in self.raised else self.lowered).append(sign)
            return True
        for row, place, way in ((self.raised, RAISED, 1), (self.lowered, LOWERED, -1)):
            low, high = LIMIT if base.text in OPERATORS else (place[0], UNDER) if self.is_limited else place
            high += base.reach / base.size  # of a large bracket
            if low < way * height < high:
                row.append(sign)
                return True
        return False

    def is_limit_of(self, sign: Sign) -> bool:
        """Whether it was drawn before the large sign, or the root, that it stands over or under."""
        low, high = LIMIT if sign.text in OPERATORS else RAISED if sign.text == "√" else (1.0, 0.0)
        if self.sign.size >= SMALLER * sign.size:
            return False
        middle, height = (self.sign.x + self.sign.right) / 2, abs(self.sign.y - sign.y) / sign.size
        return sign.x - TOUCHES * sign.size < middle < sign.right and low < height < high

    def as_limit(self, sign: Sign) -> tuple[list[Sign], list[Sign]]:
        """What it is of the large sign: what stands over it, and what under it."""
        return ([self.whole()], []) if self.sign.y > sign.y else ([], [self.whole()])

    def whole(self) -> Sign:
        """The base with what belongs to it, as one sign."""
        raised, lowered = _written(self.raised), _written(self.lowered)
        text = self.sign.text
        if text == "√":
            text = _ROOTS.get(raised) or raised.translate(_DIGITS) + text
            raised = lowered = ""
        text += _marked("_", lowered) if lowered else ""
        text += self._raised(raised) if raised else ""
        right = (
            self.sign.right if self.is_limited else max(sign.right for sign in (self.sign, *self.raised, *self.lowered))
        )
        return replace(self.sign, text=text, right=right)

    def _raised(self, raised: str) -> str:
        is_prose = _PROSE.search(self.word) is not None and not _FUNCTION.search(self.word)
        if (_SYMBOL.fullmatch(raised) and (is_prose or raised[0] not in "∗*")) or _ORDINAL.fullmatch(raised):
            return raised
        if raised in ("∘", "◦") and self.sign.text[-1:].isdigit():
            return "°"
        if _MARK.fullmatch(raised) and (is_prose or self.sign.text in ".,;:”?!"):
            return f" [{raised}]"
        return _marked("^", raised)


def with_scripts(signs: Sequence[Sign]) -> dict[int, Sign | None]:
    """By their places, the signs that get an exponent, index or limit, and those that go into one (None)."""
    sizes = Counter(round(sign.size, 1) for sign in signs if sign.text.strip())
    return _put_together(signs, SMALLER * sizes.most_common(1)[0][0] if sizes else 0.0)


def _put_together(signs: Sequence[Sign], most: float) -> dict[int, Sign | None]:
    changed: dict[int, Sign | None] = {}
    for base, first, places in _bases(signs, most):
        if places:
            changed |= dict.fromkeys(places) | {first: base.whole()}
    return changed


def _bases(signs: Sequence[Sign], most: float) -> Iterator[tuple[_Base, int, list[int]]]:
    """Each base, its place, and the places of what belongs to it; only what is smaller than `most` can."""
    base: _Base | None = None
    first, places = 0, list[int]()
    for at, sign in enumerate(signs):
        if not sign.text.strip():
            continue
        if base is not None and sign.size < most and base.takes(sign):
            places.append(at)
            continue
        if base is not None and base.is_limit_of(sign):
            base, first, places = _Base(sign, sign.text, sign.x, *base.as_limit(sign)), at, [first, *places]
            continue
        word, start = sign.text, sign.x
        if base is not None:
            yield base, first, places
            is_word = sign.text.isalpha() and base.sign.text.isalpha() and not places
            blank = 0.45 if base.word in ("arg", "lim", "ess") else 0.2  # `arg min` is one operator
            is_beside = abs(sign.y - base.sign.y) < 0.1 * sign.size and sign.x - base.sign.right < blank * sign.size
            if is_word and is_beside:
                word, start = base.word + sign.text, base.start
        base, first, places = _Base(sign, word[-20:], start), at, []
    if base is not None:
        yield base, first, places


def _written(signs: Sequence[Sign]) -> str:
    """What is raised or lowered as text, with what is raised or lowered in it."""
    changed = _put_together(signs, math.inf)
    said, end = "", None
    for at, sign in enumerate(signs):
        shown = changed.get(at, sign)
        if shown is None:
            continue
        said += f" {shown.text}" if end is not None and shown.x - end > 0.4 * shown.size else shown.text
        end = shown.right
    return said


def _marked(mark: str, text: str) -> str:
    return f"{mark}{text}" if _SHORT.fullmatch(text) else f"{mark}({text})"


COMBINING = {
    "´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "˜": "\u0303", "¨": "\u0308", "¯": "\u0304", "˙": "\u0307",
    "ˇ": "\u030c", "˘": "\u0306", "˚": "\u030a", "˝": "\u030b", "¸": "\u0327", "˛": "\u0328", "\u20d7": "\u20d7",
}  # fmt: skip
WIDE = {"ˆ": "widehat", "˜": "widetilde"}
STROKE = "\u0338"  # through the sign behind it: `≠`
DOTLESS = {"ı": "i", "ȷ": "j"}
NEAR = 4  # signs
MOST_UNDER = 8
ONE_WIDE = 0.75  # an accent over one letter, in sizes, at most
OVER = 0.25  # how far the middles of a letter and its accent lie apart at most, in sizes

Placed = tuple[str, float, float, float]  # a sign, its left and right edge, and its size


def accented(signs: Sequence[Placed]) -> dict[int, str]:
    """By their places, letters with their accents, and accents that went onto one (empty)."""
    changed: dict[int, str] = {}
    for at, (sign, left, _, size) in enumerate(signs):
        if sign == STROKE and at + 1 < len(signs) and abs(signs[at + 1][1] - left) < OVER * size:
            changed |= {at: "", at + 1: unicodedata.normalize("NFC", signs[at + 1][0] + STROKE)}
        if sign == "↦" and at + 1 < len(signs) and signs[at + 1][0] == "→":
            changed |= {at: "", at + 1: sign}  # its foot, and the arrow
        if sign not in COMBINING:
            continue
        if (near := _under(signs, at)) is not None and near not in changed:
            whole = DOTLESS.get(signs[near][0], signs[near][0]) + COMBINING[sign]
            changed |= {at: "", near: unicodedata.normalize("NFC", whole)}
        elif sign in WIDE and (group := _all_under(signs, at)):  # as a formula's TeX has it
            first, last = group
            changed |= {at: "", first: f"\\{WIDE[sign]}{{{signs[first][0]}", last: f"{signs[last][0]}}}"}
    return changed


def _under(signs: Sequence[Placed], at: int) -> int | None:
    """The place of the letter under an accent: it is drawn before it or behind it, beside others of a formula."""
    _, left, right, size = signs[at]
    apart = {
        near: abs(left + right - signs[near][1] - signs[near][2])
        for near in range(max(at - NEAR, 0), min(at + NEAR, len(signs)))
        if _is_letter(signs[near][0])
    }
    nearest = min(apart, key=lambda near: apart[near], default=None)
    is_one = nearest is not None and apart[nearest] < 2 * OVER * size and right - left < ONE_WIDE * size
    return nearest if is_one else None


def _is_letter(sign: str) -> bool:
    return len(sign) == 1 and sign.isalpha() and sign not in COMBINING


def _all_under(signs: Sequence[Placed], at: int) -> tuple[int, int] | None:
    """The places of the first and the last of the letters in whose middle a wide accent stands."""
    _, left, right, size = signs[at]
    for first in range(max(at - MOST_UNDER, 0), min(at + NEAR, len(signs))):
        for last in range(first + 1, min(first + MOST_UNDER, len(signs))):
            letter, x0, x1, _ = signs[last]
            is_row = _is_letter(letter) and _is_letter(signs[first][0]) and -1 < x0 - signs[last - 1][2] < 0.3 * size
            if not is_row:
                break
            is_under = abs(signs[first][1] + x1 - left - right) < 2 * OVER * size
            if is_under and x1 - signs[first][1] > right - left - 1:
                return first, last
    return None
