"""Accents that a PDF draws as signs of their own, as TeX's older fonts do, put onto the letters under them."""

import unicodedata
from collections.abc import Sequence

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
