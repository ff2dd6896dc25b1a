"""Single words that a lens weighs: found by their stems, in the beginning of a text."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final

from bot.core.verdicts.lens import InterestWords, Lens
from bot.text.stems import stem

# An abstract is shorter; of a whole paper the beginning says what it is about, and all its words together nothing.
READ: Final = 4000
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


@lru_cache(maxsize=16)
def points_of(groups: tuple[InterestWords, ...]) -> Mapping[str, float]:
    """What each stem is worth; of two words with one stem the first counts."""
    points: dict[str, float] = {}
    for group in groups:
        for word in group.words:
            points.setdefault(stem(word), group.weight)
    return points


def alike(lens: Lens) -> list[tuple[str, str]]:
    """Words of a lens that have the stem of an earlier one, each behind that one."""
    first: dict[str, str] = {}
    words = (word for group in lens.interest_words for word in group.words)
    return [(first[stem(word)], word) for word in words if first.setdefault(stem(word), word) != word]


def stems_in(texts: Sequence[str]) -> list[frozenset[str]]:
    """The stems of each text in small letters; of what lies behind the first `READ` characters none."""
    room, found = READ, []
    for text in texts:
        found.append(frozenset(map(stem, _WORD.findall(text[:room]))))
        room = max(0, room - len(text))
    return found


def words_of(texts: Sequence[str], stems: Collection[str]) -> dict[str, str]:
    """Of each of the stems the first word that has it, among what `stems_in` reads of texts in small letters."""
    room, found = READ, dict[str, str]()
    heads = {each[:2] for each in stems}
    for text in texts:
        for word in _WORD.findall(text[:room]):
            if word[:2] in heads and (own := stem(word)) in stems:
                found.setdefault(own, word)
        room = max(0, room - len(text))
    return found


def counted(stems: Sequence[frozenset[str]]) -> dict[str, int]:
    """How often each stem counts: once, twice where the first text, the title, has it."""
    title, *rest = stems or [frozenset()]
    return dict.fromkeys(frozenset().union(*rest), 1) | dict.fromkeys(title, 2)
