"""Formulas by their TeX -> readable text, each once: papers repeat theirs. What is set in white is told apart."""

import re
from collections.abc import Callable

from bot.text.formulas.mathematics import FORMULA_CHARACTERS_READ, read_formula

MOST_KEPT = 20_000
_WHITE_IS = (
    r"(?:\[rgb\]\s*\{\s*1(?:\.0*)?\s*,\s*1(?:\.0*)?\s*,\s*1(?:\.0*)?\s*\}"
    r"|\[RGB\]\s*\{\s*255\s*,\s*255\s*,\s*255\s*\}|\[HTML\]\s*\{\s*[Ff]{6}\s*\}"
    r"|\[gray\]\s*\{\s*1(?:\.0*)?\s*\}|\{\s*white\s*\})"
)
_WHITE = re.compile(rf"\\(?:color\s*{_WHITE_IS}|textcolor\s*{_WHITE_IS}\s*\{{)")
_DEFINED = re.compile(r"\\definecolor(?:\[[^\]]{0,40}\])?(?:\{[^{}]{0,60}\}){3}")


class Formulas:
    """Reads formulas; remembers what it read. `readable` reads the words in them."""

    def __init__(self, readable: Callable[[str], str]) -> None:
        self._readable = readable
        self._known: dict[str, tuple[str, str]] = {}

    def read(self, tex: str) -> tuple[str, str]:
        """The formula as text, and those words of it that are white on white and so are no part of it."""
        known = self._known.get(tex)
        if known is None:
            known = self._read(tex)
            if len(self._known) < MOST_KEPT:
                self._known[tex] = known
        return known

    def _read(self, tex: str) -> tuple[str, str]:
        if len(tex) > FORMULA_CHARACTERS_READ:
            return tex, ""
        tex, unseen = _without_white(_DEFINED.sub("", tex))
        return read_formula(tex, self._readable), read_formula(unseen, self._readable) if unseen else ""


def _without_white(tex: str) -> tuple[str, str]:
    """The formula without the groups that are set in white, and their TeX."""
    unseen: list[str] = []
    seen: list[str] = []
    at = 0
    while found := _WHITE.search(tex, at):
        end = _group_end(tex, found.end())
        unseen.append(tex[found.end() : end])
        seen.append(tex[at : found.start()])
        at = end + 1 if found.group().endswith("{") else end
    return "".join([*seen, tex[at:]]), " ".join(unseen)


def _group_end(tex: str, at: int) -> int:
    """Where the group that holds `at` ends."""
    depth = 0
    while at < len(tex):
        if tex[at] == "\\":
            at += 1
        elif tex[at] == "{":
            depth += 1
        elif tex[at] == "}":
            depth -= 1
            if depth < 0:
                return at
        at += 1
    return len(tex)
