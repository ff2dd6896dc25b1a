"""What TeX's names for signs, accents and letters look like: pylatexenc's table, and what it lacks or has otherwise."""

import re
import unicodedata
from functools import cache
from typing import Final

from bot.text.formulas.commands import names

# Names that pylatexenc does not know, or shows as something else than what is printed.
_OWN: Final = {
    "neg": "¬", "lnot": "¬", "ne": "≠", "le": "≤", "ge": "≥", "leq": "≤", "geq": "≥", "mid": "|", "vert": "|",
    "lvert": "|", "rvert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖", "|": "‖", "{": "{", "}": "}", "lbrace": "{",
    "rbrace": "}", "lbrack": "[", "rbrack": "]", "implies": "⟹", "impliedby": "⟸", "iff": "⟺", "Longleftarrow": "⟸",
    "to": "→", "gets": "←", "bot": "⊥", "models": "⊨", "coloneqq": ":=", "coloneq": ":=", "eqqcolon": "=:",
    "Coloneqq": "::=", "vcentcolon": ":", "colon": ":", "ratio": ":", "prime": "′", "backprime": "‵", "degree": "°",
    "checkmark": "✓", "imath": "ı", "jmath": "ȷ", "Re": "Re", "Im": "Im", "ddagger": "‡", "dag": "†", "ddag": "‡",
    "eth": "ð", "emptyset": "∅", "ldots": "…", "dots": "…", "dotsc": "…", "dotsb": "⋯", "dotsm": "⋯", "dotsi": "⋯",
    "dotso": "…", "cdots": "⋯", "cdotp": "·", "cdot": "·", "ast": "*", "times": "×", "S": "§", "P": "¶",
    "pounds": "£", "euro": "€", "copyright": "©", "textregistered": "®", "bigsqcup": "⨆", "bigsqcap": "⨅",
    "biguplus": "⨄", "iiint": "∭", "iiiint": "⨌", "oiint": "∯", "lll": "⋘", "nsubseteq": "⊈", "nsupseteq": "⊉",
    "nsim": "≁", "ncong": "≇", "notin": "∉", "notni": "∌", "nexists": "∄", "nprec": "⊀", "nsucc": "⊁",
    "varsubsetneq": "⊊", "sqsubsetneq": "⋤", "lvertneqq": "≨", "varpropto": "∝", "doteq": "≐", "triangleq": "≜",
    "defeq": "≝", "hbar": "ℏ", "hslash": "ℏ", "perp": "⊥", "independent": "⫫", "Perp": "⫫", "upmodels": "⫫",
    "QED": "∎", "qed": "∎", "textbar": "|", "textless": "<", "textgreater": ">", "textdegree": "°",
    "restriction": "↾", "lbag": "⟅", "llbracket": "⟦", "rrbracket": "⟧", "lgroup": "⟮", "rgroup": "⟯",
    "ulcorner": "⌜", "urcorner": "⌝", "llcorner": "⌞", "lrcorner": "⌟", "$": "$", "%": "%", "&": "&", "#": "#",
    "_": "_", "-": "", "/": "", "backslash": "\\", "star": "⋆", "vdots": "⋮", "ddots": "⋱", "iddots": "⋰",
    "adots": "⋰", "lightning": "↯", "blacksquare": "■", "Box": "□", "square": "□", "smallsetminus": "∖",
    "setminus": "∖", "textvisiblespace": "␣", "leadsto": "⇝", "upsilon": "υ", "omicron": "o", "varnothing": "∅",
    "lq": "‘", "rq": "’", "vdash": "⊢", "dashv": "⊣", "Join": "⋈", "lhd": "⊲", "rhd": "⊳", "unlhd": "⊴", "unrhd": "⊵",
    "bigstar": "★", "xmark": "✗", "cmark": "✓", "sharp": "♯", "flat": "♭", "natural": "♮", "wp": "℘", "minus": "−",
    "owns": "∋", "ni": "∋", "surd": "√", "land": "∧", "lor": "∨", "bigodot": "⨀", "Diamond": "◇", "diamond": "⋄",
    "triangle": "△", "clubsuit": "♣", "diamondsuit": "♢", "heartsuit": "♡", "spadesuit": "♠", "npreceq": "⋠",
    "nsucceq": "⋡", "vDash": "⊨", "thicksim": "∼", "thickapprox": "≈", "centerdot": "·", "dashrightarrow": "⇢",
    "dashleftarrow": "⇠", "Bbbk": "𝕜", "yen": "¥", "maltese": "✠", "diagdown": "╲", "intop": "∫", "smallint": "∫",
    "lt": "<", "gt": ">", "And": "&", "micro": "µ", "upmu": "μ", "ohm": "Ω", "celsius": "℃", "perthousand": "‰",
    "fint": "⨍", "obot": "⦹", "mathellipsis": "…", "Finv": "Ⅎ", "Game": "⅁", "hyphen": "‐", "circledR": "®",
    "bigcirc": "◯", "bullet": "•", "wr": "≀", "amalg": "⨿", "rightleftharpoons": "⇌", "leftrightharpoons": "⇋",
    "LaTeX": "LaTeX", "TeX": "TeX", "textminus": "−", "shortminus": "−",
}  # fmt: skip
NAMED: Final = names(
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max "
    "min Pr sec sin sinh sup tan tanh injlim projlim argmax argmin Re Im tr Tr rank sgn sign diag mod"
)
NAMED_AS: Final = {"liminf": "lim inf", "limsup": "lim sup", "injlim": "inj lim", "projlim": "proj lim"}
ACCENTS: Final = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0305", "tilde": "\u0303",
    "widetilde": "\u0303", "vec": "\u20d7", "overrightarrow": "\u20d7", "overleftarrow": "\u20d6", "dot": "\u0307",
    "ddot": "\u0308", "dddot": "\u20db", "check": "\u030c", "widecheck": "\u030c", "breve": "\u0306",
    "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a", "underline": "\u0332", "underbar": "\u0332",
    "utilde": "\u0330", "undertilde": "\u0330", "cancel": "\u0338", "bcancel": "\u20e5", "xcancel": "\u0336",
    "slashed": "\u0338", "sout": "\u0336", "ddddot": "\u20dc",
}  # fmt: skip
ARCS: Final = names("overbrace overbracket overparen wideparen")
OVER_EACH: Final = names("bar overline underline underbar cancel bcancel xcancel slashed sout")
_LINES: Final = {"bar": "\u0305"}
STYLES: Final = {
    "mathbb": "mathbb", "mathds": "mathbb", "mathbbm": "mathbb", "mathcal": "mathcal", "mathscr": "mathcal",
    "mathfrak": "mathfrak", "mathbf": "mathbf", "boldsymbol": "mathbf", "bm": "mathbf", "pmb": "mathbf",
    "mathbold": "mathbf", "cal": "mathcal", "bf": "mathbf", "frak": "mathfrak", "Bbb": "mathbb", "bbm": "mathbb",
    "symbf": "mathbf",
}  # fmt: skip
UPRIGHT: Final = names("mathrm mathsf mathtt mathit mathnormal rm sf tt it sl up mathup symup")
_NOT_GREEK: Final = 0x1D6C2 - ord("α")


_PLACEHOLDER = re.compile(r"<\w+\.?>")  # pylatexenc's `<ref>` and `<cit.>` for what it cannot know


@cache
def _known() -> dict[str, str]:
    """Every name without an argument that has a sign."""
    from pylatexenc.latex2text import get_default_latex_context_db  # slow to import, as below

    known: dict[str, str] = {}
    for said in get_default_latex_context_db().iter_macro_specs():
        shown = said.simplify_repl
        if isinstance(shown, str) and shown.strip() and "%" not in shown and not _PLACEHOLDER.search(shown):
            known.setdefault(said.macroname, shown)
    return known | _OWN


def sign(name: str) -> str | None:
    """How the sign of that name (without its backslash) is printed; None where it is not known."""
    return _known().get(name)


@cache
def _known_in_words() -> frozenset[str]:
    from pylatexenc.latex2text import get_default_latex_context_db
    from pylatexenc.latexwalker import get_default_latex_context_db as get_parsed_context_db

    tables = (get_default_latex_context_db(), get_parsed_context_db())
    return frozenset(str(said.macroname) for table in tables for said in table.iter_macro_specs())


def is_known_in_words(name: str) -> bool:
    """Whether pylatexenc does something with that name; what it does not know, it would leave out."""
    return name in _known_in_words()


@cache
def styled(style: str, letter: str) -> str:
    """One letter in an alphabet: `mathbb`, `R` is ℝ; the letter itself where the alphabet lacks it."""
    if style == "mathbf" and "α" <= letter <= "ω":
        return chr(ord(letter) + _NOT_GREEK)
    if not (letter.isascii() and letter.isalnum()):
        return letter
    from pylatexenc.latex2text import LatexNodes2Text

    shown = str(LatexNodes2Text(math_mode="text").latex_to_text(f"\\{style}{{{letter}}}")).strip()
    if style == "mathbb" and letter.isdigit():
        return chr(0x1D7D8 + int(letter))
    if style == "mathbf" and letter.isdigit():
        return chr(0x1D7CE + int(letter))
    return shown or letter


_INDEX = re.compile(r"′*(?:_(?:[^\W_]+|[^\s^_(]|\([^()]*\)))?")


def accented(name: str, text: str) -> str | None:
    """`text` under an accent; None where the accent spans more than a letter and no mark can show that."""
    mark = ACCENTS[name]
    letters = [at for at, letter in enumerate(text) if not unicodedata.combining(letter)]
    if not letters:
        return None
    if len(letters) > 1 and not _INDEX.fullmatch(text, letters[1]):
        if name not in OVER_EACH or "^" in text or "_" in text:
            return None
        line = _LINES.get(name, mark)
        return "".join(part + ("" if part.isspace() or unicodedata.combining(part) else line) for part in text)
    end = letters[1] if len(letters) > 1 else len(text)
    return unicodedata.normalize("NFC", text[:end] + mark) + text[end:]
