"""Formulas by their TeX -> readable text, each once: papers repeat theirs, and a parser takes its time."""

import re
from collections.abc import Callable

from bot.core.paper import collapse

IN_DOLLARS = 600
LONGEST = 4000
MOST_KEPT = 20_000
_LINE_END = re.compile(r"(?<!\\)%\s*\n\s*")
_SIZES = re.compile(r"\\(?:displaystyle|textstyle|scriptstyle|scriptscriptstyle)(?![A-Za-z])\s*|\\,\s*$")
_WHITE = re.compile(
    r"\\color\s*(?:\[rgb\]\s*\{\s*1(?:\.0*)?\s*,\s*1(?:\.0*)?\s*,\s*1(?:\.0*)?\s*\}|\[gray\]\s*\{\s*1(?:\.0*)?\s*\}|\{white\})"
)
_COLOUR = re.compile(
    r"\\(?:text)?color\s*(?:\[[a-zA-Z]*\])?\s*\{[^{}]*\}|\\definecolor\s*(?:\[[^\]]*\])?(?:\{[^{}]*\}){3}"
)


class Formulas:
    """Reads formulas; remembers what it read."""

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
        tex = _SIZES.sub("", collapse(_LINE_END.sub("", tex[:LONGEST])))
        tex, unseen = _without_white(tex)
        return self._shown(_COLOUR.sub("", tex)), self._shown(_COLOUR.sub("", unseen)) if unseen else ""

    def _shown(self, tex: str) -> str:
        if "\\" not in tex:
            return tex.replace("{", "").replace("}", "").replace("$", "")
        shown = self._readable(f"${tex}$" if len(tex) <= IN_DOLLARS and "$" not in tex else tex)
        return shown.strip("$").strip()


def _without_white(tex: str) -> tuple[str, str]:
    """The formula without the groups that are set in white, and their TeX."""
    unseen: list[str] = []
    while found := _WHITE.search(tex):
        end = _group_end(tex, found.end())
        unseen.append(tex[found.end() : end])
        tex = tex[: found.start()] + tex[end:]
    return tex, " ".join(unseen)


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
