"""A text -> the terms that it is found by: small letters, stems, numbers and acronyms kept, stop words gone.

The stemmer is handed over, for it is a library's. Terms are alike for a question and for the text.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from bot.core.words import read_words

_WORD = re.compile(r"[^\W_]+(?:(?:[.,](?=\d)|[-‐‑–'’](?=[^\W_]))[^\W_]+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_POSSESSIVE = re.compile(r"['’]s?\b")
_HYPHEN = re.compile("[-‐‑–]")
_ACRONYM = re.compile(r"[A-Z]{2,}s?|[A-Z]")
_LAYOUT = re.compile(r"\\(?:frac|text\w*|math\w+|left|right|begin|end|label|ref|cite\w*|operatorname|emph)\b")
_WORDS = read_words(__package__, "words.toml")
STOP = frozenset(_WORDS["stop"].split())


def _letters(text: str) -> str:
    """Ligatures as letters, accents gone, Greek letters by their names: `α` is `alpha`."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(_named(sign) for sign in plain if not unicodedata.combining(sign))


@lru_cache(maxsize=512)
def _named(sign: str) -> str:
    name = unicodedata.name(sign, "")
    return f" {name.split()[-1].lower()} " if name.startswith("GREEK") and "LETTER" in name else sign


class Terms:
    """Makes terms with the stemmer of a language."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        self._stem_letters = stem
        self._of_word = lru_cache(maxsize=20_000)(self._parts)
        self._kin: dict[str, dict[str, None]] = {}

    def of(self, text: str) -> tuple[str, ...]:
        """The terms of a text in its order, those that stand there twice too."""
        return tuple(self._terms(text))

    def kin_of(self, term: str) -> tuple[str, ...]:
        """Terms that may stand for the same thing."""
        if not self._kin:
            for terms in map(self.of, _WORDS["kindred"]):
                for text in terms:
                    self._kin.setdefault(text, {}).update(dict.fromkeys(other for other in terms if other != text))
        return tuple(self._kin.get(term, ()))

    def _terms(self, text: str) -> Iterator[str]:
        text = _LAYOUT.sub(" ", text if text.isascii() else _letters(text))
        for word in _WORD.findall(_THOUSANDS.sub("", text)):
            yield from self._of_word(word)

    def _parts(self, word: str) -> tuple[str, ...]:
        """The terms of one word: its parts, and for one with hyphens all of it in one too (`pre-training`)."""
        parts = [part for part in _HYPHEN.split(_POSSESSIVE.sub("", word)) if part]
        found = [term for part in parts if (term := self._term(part))]
        return (*found, self._stem("".join(parts).lower())) if len(parts) > 1 else tuple(found)

    def _term(self, word: str) -> str:
        """One term; empty for a stop word. An acronym is none, whatever it looks like (`IT`, `US`)."""
        small = word.lower()
        if _ACRONYM.fullmatch(word) and small not in ("a", "i"):
            bare = small.removesuffix("s") if word.endswith("s") else small
            return word if bare in STOP and len(word) > 1 else bare
        return "" if small in STOP else self._stem(small)

    def _stem(self, word: str) -> str:
        """Words with figures, and short ones, stay."""
        return self._stem_letters(word) if len(word) > 3 and word.isalpha() else word
