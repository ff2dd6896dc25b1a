"""arXiv's categories: its own list (arxiv.org/category_taxonomy), so that nobody is asked about one that is made up.

An archive that has categories can be followed as a whole (`cs`), as its feed can be read.
"""

import difflib
from collections.abc import Mapping

from bot.core.posts.phrase import quote
from bot.core.words import read_words

_ARCHIVES: Mapping[str, str] = read_words(__package__, "categories.toml")
CATEGORIES: tuple[str, ...] = tuple(
    name
    for archive, groups in _ARCHIVES.items()
    for name in (archive, *(f"{archive}.{group}" for group in groups.split()))
)
_KNOWN = {name.lower(): name for name in CATEGORIES}


def category_of(word: str) -> str | None:
    """The category that a word names, in arXiv's own letters (`cs.ai` is `cs.AI`); None when there is none."""
    return _KNOWN.get(word.lower())


def nearest_category(word: str) -> str | None:
    """The category whose name is most like the word; None when none is like it."""
    typed = word.lower()[:20]
    if (whole := next((known for known in CATEGORIES if known.lower().endswith(f".{typed}")), None)) is not None:
        return whole
    near = difflib.get_close_matches(typed, _KNOWN, n=10, cutoff=0.7)
    return _KNOWN[max(near, key=lambda known: _same_letters(known, typed))] if near else None


def _same_letters(name: str, other: str) -> int:
    """How many letters two words begin with alike."""
    pairs = enumerate(zip(name, other, strict=False))
    return next((number for number, (left, right) in pairs if left != right), min(len(name), len(other)))


def known_category(word: str) -> str:
    """The category that a word names, as `category_of`; `ValueError` in words, with the nearest, when there is none."""
    known = category_of(word)
    if known is None:
        near = nearest_category(word)
        hint = f"; the nearest is {near}" if near else "; they are written like cs.AI or econ.GN"
        raise ValueError(f"{quote(word)} is no arXiv category{hint}")
    return known
