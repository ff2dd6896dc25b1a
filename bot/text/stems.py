"""English stems, by Snowball's stemmer (Porter 2): `evaluations` and `evaluating` are found by one term."""

from functools import cache, lru_cache
from typing import Any

from bot.core.fulltext.terms import Terms


@cache
def _stemmer() -> Any:
    """Loaded when the first text is searched: it takes a moment."""
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """A word in small letters without the endings that grammar adds."""
    return str(_stemmer().stemWord(word))


TERMS = Terms(stem)
