"""How letters look on their ground: colours, contrast, sizes; what a reader cannot see is hidden.

Contrast is WCAG 2.2's ratio, from 1 (the same colour) to 21 (black on white). Under `LEAST_CONTRAST` nobody reads it.
"""

import re
from colorsys import hls_to_rgb
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.core.fulltext.fulltext import Hiding

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
LEAST_CONTRAST = 1.2
LEAST_POINTS = 2.0
USUAL_POINTS = 10.0
OFF_PAGE_POINTS = 500.0
_NAMES = {
    "white": WHITE,
    "black": BLACK,
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
}
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
_RGB = re.compile(
    r"rgba?\(\s*([\d.]+)(%?)[\s,]+([\d.]+)%?[\s,]+([\d.]+)%?\s*(?:[,/]\s*([\d.]+)(%?))?\s*\)", re.IGNORECASE
)
_HSL = re.compile(r"hsla?\(\s*([\d.]+)\w*[\s,]+([\d.]+)%[\s,]+([\d.]+)%", re.IGNORECASE)
_LENGTH = re.compile(r"(-?[\d.]+)\s*(%|pt|px|em|rem|ex|cm|mm|in)?")
_POINTS = {"pt": 1.0, "px": 0.75, "cm": 28.35, "mm": 2.835, "in": 72.0, "rem": USUAL_POINTS}
_GONE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![-\w])opacity\s*:\s*0*(?:\.0\d*)?\s*(?:[;!]|$)"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%|(?<![-\w])clip\s*:\s*rect\((?:\s*,?\s*0[a-z]{0,2}){4}\s*\)"
    r"|filter\s*:\s*opacity\(\s*0*(?:\.0\d*)?%?\s*\)|scale\(\s*0*(?:\.0[0-4]?\d*)?\s*[,)]"
    r"|(?<![-\w])color\s*:\s*(?:transparent|(?:rgb|hsl)a\([^)]{1,40}[,/]\s*0(?:\.0{1,9})?%?\s*\)"
    r"|#[0-9a-f]{6}00|#[0-9a-f]{3}0(?![0-9a-f]))",
    re.IGNORECASE,
)
_SHIFT = re.compile(
    r"(?<![\w-])(?:left|top|right|bottom|text-indent|margin-left)\s*:\s*(-[\d.]+)\s*(px|pt|em|rem)?", re.I
)
_NO_SIZE = re.compile(
    r"(?<![\w-])(?:max-)?(?:width|height)\s*:\s*[01](?:\.0*)?(?:px|pt|em)?\s*(?:[;!]|$)", re.IGNORECASE
)
_CUT = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)


def _light(colour: Colour) -> float:
    parts = [value / 255 for value in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=1024)
def contrast(colour: Colour, other: Colour) -> float:
    """WCAG's ratio of two colours, 1 to 21."""
    low, high = sorted((_light(colour), _light(other)))
    return (high + 0.05) / (low + 0.05)


def colour_of(text: str) -> Colour | None:
    """A CSS colour; None for one that is not known here. A transparent one is None too."""
    if found := _HEX.search(text):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _RGB.search(text):
        scale = 2.55 if found[2] else 1.0
        red, green, blue = (min(255, round(float(found[at]) * scale)) for at in (1, 3, 4))
        return red, green, blue
    if found := _HSL.search(text):
        turn, much, light = (float(found[at].rstrip(".")) / most for at, most in ((1, 360), (2, 100), (3, 100)))
        red, green, blue = (min(255, round(255 * part)) for part in hls_to_rgb(turn, light, much))
        return red, green, blue
    return _NAMES.get(text.strip().lower().removesuffix("!important").strip())


def declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute, names in lower case."""
    pairs = (part.partition(":") for part in style.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


@dataclass(frozen=True, slots=True)
class Look:
    """What an element inherits: colour, ground (None: unknown), size in points."""

    colour: Colour = BLACK
    ground: Colour | None = WHITE
    points: float = USUAL_POINTS

    @property
    def hiding(self) -> Hiding | None:
        """How text of this look is hidden; None when it can be seen."""
        if self.points < LEAST_POINTS:
            return Hiding.TINY
        if self.ground is not None and contrast(self.colour, self.ground) < LEAST_CONTRAST:
            return Hiding.COLOUR
        return None

    def styled(self, style: str) -> "Look":
        """The look inside an element with that style attribute."""
        said = declarations(style)
        look = self
        ground = said.get("background-color") or said.get("background") or said.get("--ltx-bg-color")
        if ground is not None and "transparent" not in ground:
            look = replace(look, ground=colour_of(ground))
        if (named := colour_of(said.get("color") or said.get("--ltx-fg-color") or "")) is not None:
            look = replace(look, colour=named)
        if "font-size" in said:
            look = replace(look, points=_points(said["font-size"], look.points))
        return look


def _points(size: str, inherited: float) -> float:
    found = _LENGTH.match(size)
    if found is None:
        return inherited
    try:
        value = float(found[1])
    except ValueError:
        return inherited
    unit = found[2] or "px"
    if unit in ("%", "em", "ex"):
        return inherited * value * {"%": 0.01, "em": 1.0, "ex": 0.5}[unit]
    return value * _POINTS[unit]


def gone(style: str) -> Hiding | None:
    """How a style takes an element out of sight with everything in it; None when it does not."""
    if _GONE.search(style):
        return Hiding.NOT_SHOWN
    if _CUT.search(style) and _NO_SIZE.search(style):
        return Hiding.NOT_SHOWN
    for shift in _SHIFT.finditer(style):
        scale = {"em": 13.0, "rem": 13.0}.get(shift[2] or "px", 1.0)
        if -float(shift[1].rstrip(".") or 0) * scale >= OFF_PAGE_POINTS:
            return Hiding.AWAY
    return None
