"""Whether letters make words: fonts without a map to Unicode give letters that stand for others, or for nothing."""

import re
from collections.abc import Sequence

from bot.core.words import read_words

LEAST_LETTERS = 400
LEAST_LETTER_SHARE = 0.35
LEAST_SMALL_WORDS = 0.06
LEAST_KINDS = 4
MANY_KINDS = 15  # so many different ones come by no chance, however few they are beside examples, code or names
_LATIN_WORD = re.compile(r"[^\W\d_]+")
_NO_LETTER = re.compile("[\ue000-\uf8ff\ufffd\x01-\x08\x0e-\x1f]")
_WIDE = re.compile("[\u0250-\ue000]")
_SMALL_WORDS = frozenset(read_words(__package__, "small_words.toml")["words"].split())


def is_cipher(text: str) -> bool:
    """Whether a text is long enough to tell, and is none in any language."""
    signs = re.sub(r"\s", "", text)
    if len(signs) < LEAST_LETTERS:
        return False
    if len(_NO_LETTER.findall(signs)) > 0.3 * len(signs):
        return True
    if sum(map(str.isalpha, signs)) < LEAST_LETTER_SHARE * len(signs):
        return True
    if len(_WIDE.findall(signs)) > 0.3 * len(signs):
        return False
    return _is_wordless(_LATIN_WORD.findall(text))


def _is_wordless(words: Sequence[str]) -> bool:
    """Small words are written small: a font's own letters may spell "OG" by chance."""
    small = [word for word in words if len(word) > 1 and word.lower() in _SMALL_WORDS and not word.isupper()]
    kinds = len({word.lower() for word in small})
    return kinds < LEAST_KINDS or (len(small) < LEAST_SMALL_WORDS * len(words) and kinds < MANY_KINDS)
