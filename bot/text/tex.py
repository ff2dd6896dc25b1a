"""TeX made readable for display, by pylatexenc; the raw text is what is stored and quoted from.

Only a backslash or a balanced `$…$` is taken for TeX: a bare `%`, `&`, `#`, `_`, `~` or a price is text. A failure, or
a result that lost a word, falls back to the raw text.
"""

import re
import unicodedata
from functools import cache

from pylatexenc.latex2text import LatexNodes2Text

_FORMULA = re.compile(
    r"(?<![\\$])\$(?=[^$]{0,600}\\[A-Za-z])[^$]{1,600}\$"
    r"|(?<![\\$])\$(?![\s$])[^$]{1,600}?(?<![\s\\])\$(?![\d$])"
)
_COMMAND = re.compile(r"\\[A-Za-z]|\\[\\'\"^`~=.,;:!%&#_${}()\[\] -]")
_BARE = re.compile(r"(?<!\\)([%&#~])")
_SPECIAL_DOLLAR = re.compile(r"(?<!\\)\$")
_ACCENT = re.compile(r"\\['\"^`~=.]\s*|\\[uvHtcdbkr](?=\s*\{)")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^}]*\}")
_NAME = re.compile(r"\\[A-Za-z]+\*?")
_WORD = re.compile(r"[A-Za-z]{3,}")


@cache
def _converter() -> LatexNodes2Text:
    return LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=True)


def readable(text: str) -> str:
    """`text` with its TeX as Unicode; the text itself when there is no TeX in it, or when a word would be lost."""
    if not (_COMMAND.search(text) or _FORMULA.search(text)):
        return text
    try:
        shown = str(_converter().latex_to_text(_protect(text), tolerant_parsing=False))
    except Exception:  # noqa: BLE001 - a parser of somebody else's TeX may fail in any way; the raw text is right then
        return text
    shown = re.sub(r"\s+", " ", shown).strip()
    return shown if keeps_words(text, shown) else text


def _protect(text: str) -> str:
    """Escape what TeX would read as comment, table, parameter or tie, and dollars that open no formula."""
    pieces, at = [], 0
    for formula in _FORMULA.finditer(text):
        pieces += [_escape(text[at : formula.start()]), formula.group()]
        at = formula.end()
    return "".join([*pieces, _escape(text[at:])])


def _escape(text: str) -> str:
    return _SPECIAL_DOLLAR.sub(r"\\$", _BARE.sub(lambda match: _LITERAL[match.group(1)], text))


_LITERAL = {"%": r"\%", "&": r"\&", "#": r"\#", "~": r"\textasciitilde{}"}


def keeps_words(raw: str, shown: str) -> bool:
    """Whether every word of `raw` that stands outside a macro's name is still in `shown`."""
    bare = _NAME.sub(" ", _ACCENT.sub("", _ENVIRONMENT.sub(" ", raw)))
    bare = bare.replace("}{", " ").replace("{", "").replace("}", "")
    left = _fold(shown)
    return all(word in left for word in _WORD.findall(_fold(bare)))


def _fold(text: str) -> str:
    """Letters without their accents, so that a macro's accent and Unicode's are the same."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
