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


# Names without an argument, and names with one: of these a formula is put together from pieces that were read before.
_NAMES = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho "
    "sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega "
    "leq geq le ge neq ne approx sim simeq equiv propto in notin subset subseteq supset supseteq cup cap setminus "
    "times cdot pm mp circ ast star oplus otimes sum prod int infty partial nabla forall exists emptyset ell "
    "to rightarrow leftarrow Rightarrow mapsto ldots cdots dots prime mid parallel perp wedge vee neg lVert rVert "
    "langle rangle ll gg log exp min max arg sup inf lim sin cos tan det ker dim Pr"
)
_WITH_ONE = "mathcal mathbb mathbf mathrm mathsf mathit bm boldsymbol text textbf hat bar tilde operatorname"
_PIECE = re.compile(
    rf"\\(?:{_WITH_ONE.replace(' ', '|')})\{{(?! )[^{{}}\\$%&#~]*(?<! )\}}"
    rf"|\\(?:{_NAMES.replace(' ', '|')})(?![A-Za-z])\s*"
)
_FRACTION = re.compile(r"\\frac\{([^{}\\]*)\}\{([^{}\\]*)\}")
_PLAIN_GROUP = re.compile(r"(?<=[_^])\{([^{}\\]*)\}")


class Formulas:
    """Reads formulas; remembers what it read."""

    def __init__(self, readable: Callable[[str], str]) -> None:
        self._readable = readable
        self._known: dict[str, tuple[str, str]] = {}
        self._pieces: dict[str, str] = {}

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
        quick = self._put_together(tex)
        if quick is not None:
            return quick
        shown = self._readable(f"${tex}$" if len(tex) <= IN_DOLLARS and "$" not in tex else tex)
        return shown.strip("$").strip()

    def _put_together(self, tex: str) -> str | None:
        """The formula from pieces that are known, as the parser would show it; None when there is more to it."""
        shown = _PIECE.sub(self._piece, tex)
        if "\\" in shown:
            shown = _FRACTION.sub(r"\1/\2", _PLAIN_GROUP.sub(r"\1", shown))
        if any(sign in shown for sign in "\\$%&#~"):
            return None
        return shown.replace("{", "").replace("}", "")

    def _piece(self, match: re.Match[str]) -> str:
        name = match.group().rstrip()
        shown = self._pieces.get(name)
        if shown is None:
            shown = self._readable(f"${name}$").strip("$")
            if len(self._pieces) < MOST_KEPT:
                self._pieces[name] = shown
        return shown


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
