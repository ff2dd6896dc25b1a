"""TeX made readable for display: words by pylatexenc, formulas by `mathematics`; the raw text is stored and quoted.

Only a backslash or a balanced `$…$` is taken for TeX: a bare `%`, `&`, `#`, `_`, `~` or a price is text. A failure, or
a result that lost a word, falls back to the raw text.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

from bot.text.formulas.commands import BLANKS, NOTHING, SILENT
from bot.text.formulas.mathematics import read_formula
from bot.text.formulas.signs import is_known_in_words, sign

LONGEST_READ: Final = 2000  # arXiv takes no abstract of more than 1,920 characters
REMEMBERED: Final = 1024
_FORMULA = re.compile(
    r"(?<![\\$])\$(?=[^$]{0,600}\\[A-Za-z])[^$]{1,600}\$"
    r"|(?<![\\$])\$(?![\s$])[^$]{1,600}?(?<![\s\\])\$(?![\d$])"
)
_COMMAND = re.compile(r"\\[A-Za-z]|\\[\\'\"^`~=.,;:!%&#_${}()\[\] -]")
_BARE = re.compile(r"(?<!\\)([%&#~])")
_SPECIAL_DOLLAR = re.compile(r"(?<!\\)\$")
_ACCENT = re.compile(r"\\['\"^`~=.]\s*|\\[uvHtcdbkr](?=\s*\{)")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}")
_NAME = re.compile(r"\\[A-Za-z]+\*?")
_WORD = re.compile(r"[A-Za-z]{3,}")
_MACRO = re.compile(r"(?<!\\)\\([A-Za-z]+)(\s*(?=\{)|[ \t]*)")
# Signs that are text here, and what ends a command's name, on their way through the converter: it takes its time for
# each command and each group.
_NOTHING: Final = "\ufdd4"
_LITERAL: Final = str.maketrans({"%": "\ufdd0", "&": "\ufdd1", "#": "\ufdd2", "~": rf"\textasciitilde{_NOTHING}"})
_SHOWN: Final = str.maketrans("\ufdd0\ufdd1\ufdd2", "%&#", _NOTHING)
_SCRIPT = re.compile(r"\\text(superscript|subscript)\s*\{([^{}\\]*)\}")


@cache
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text  # slow to import, and most titles hold no TeX

    return LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=True)


@lru_cache(maxsize=REMEMBERED)
def readable(text: str) -> str:
    """`text` with its TeX as Unicode; the text itself when there is no TeX in it, or when a word would be lost.

    The parser's time is bounded by the length of what it is given: a text that is longer stays as it is.
    """
    if len(text) > LONGEST_READ or not (_COMMAND.search(text) or _FORMULA.search(text)):
        return text
    pieces, at = [], 0
    for formula in _FORMULA.finditer(text):
        pieces += [_words(text[at : formula.start()]), read_formula(formula.group()[1:-1], _words)]
        at = formula.end()
    shown = "".join([*pieces, _words(text[at:])])
    return re.sub(r"\s+", " ", shown).strip()


def _words(text: str) -> str:
    """A stretch without formulas; blanks at its ends stay."""
    if not _COMMAND.search(text):
        return text
    try:
        known = _MACRO.sub(_known, _SCRIPT.sub(_script, _escape(text)))
        shown = str(_converter().latex_to_text(known, tolerant_parsing=False))
    except Exception:  # noqa: BLE001 - a parser of somebody else's TeX may fail in any way; the raw text is right then
        return text
    shown = shown.translate(_SHOWN)
    return shown if keeps_words(text, shown) else text


def _known(macro: re.Match[str]) -> str:
    """Nothing where it says nothing, itself where the converter knows it; else its sign, or its own TeX as words."""
    name = macro[1]
    if name in SILENT or name in NOTHING:
        return ""
    if name in ("begin", "end") or name in BLANKS or is_known_in_words(name):
        return macro[0]
    shown = sign(name)
    if shown is not None and shown.strip():
        return shown.translate(_LITERAL)
    return rf"\textbackslash{_NOTHING}{name}{macro[2] or (' ' if macro.string[macro.end() :][:1] == '{' else '')}"


def _script(script: re.Match[str]) -> str:
    mark = "^" if script[1] == "superscript" else r"\_"
    return mark + (script[2] if len(script[2]) == 1 or script[2].isalnum() else f"({script[2]})")


def _escape(text: str) -> str:
    return _SPECIAL_DOLLAR.sub(r"\\$", _BARE.sub(lambda match: match[1].translate(_LITERAL), text))


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
