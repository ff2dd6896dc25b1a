"""Accents that a PDF draws as signs of their own, as TeX's older fonts do, put onto the letters under them."""

import unicodedata
from collections.abc import Sequence

COMBINING = {
    "´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "˜": "\u0303", "¨": "\u0308", "¯": "\u0304", "˙": "\u0307",
    "ˇ": "\u030c", "˘": "\u0306", "˚": "\u030a", "˝": "\u030b", "¸": "\u0327", "˛": "\u0328",
}  # fmt: skip
STROKE = "\u0338"  # through the sign behind it: `≠`
DOTLESS = {"ı": "i", "ȷ": "j"}
OVER = 0.25  # how far the middles of a letter and its accent lie apart at most, in sizes

Placed = tuple[str, float, float, float]  # a sign, its left and right edge, and its size


def accented(signs: Sequence[Placed]) -> dict[int, str]:
    """By their places, letters with their accents, and accents that went onto one (empty)."""
    changed: dict[int, str] = {}
    for at, (sign, left, right, size) in enumerate(signs):
        if sign == STROKE and at + 1 < len(signs) and abs(signs[at + 1][1] - left) < OVER * size:
            changed |= {at: "", at + 1: unicodedata.normalize("NFC", signs[at + 1][0] + STROKE)}
        if sign == "↦" and at + 1 < len(signs) and signs[at + 1][0] == "→":
            changed |= {at: "", at + 1: sign}  # its foot, and the arrow
        if sign not in COMBINING:
            continue
        for near in (at + 1, at - 1):
            letter, x0, x1, _ = signs[near] if 0 <= near < len(signs) else ("", 0.0, 0.0, 0.0)
            is_under = len(letter) == 1 and letter.isalpha() and abs(left + right - x0 - x1) < 2 * OVER * size
            whole = unicodedata.normalize("NFC", DOTLESS.get(letter, letter) + COMBINING[sign])
            if is_under and len(whole) == 1 and near not in changed:
                changed |= {at: "", near: whole}
                break
    return changed
