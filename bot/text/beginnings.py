"""How a text must begin a word for an expression to be found in it: most expressions of a lens need not be tried.

Only what can be told from plain letters, groups of alternatives and `?` is told; of any other expression nothing is.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from bot.core.verdicts.lens import CASED

LEAST: Final = 3
MOST: Final = 6
# A way goes two calls deeper at most, and Python allows a thousand.
_MOST_WAYS: Final = 200
_WORD = re.compile(r"[a-z]{3,}")
_MEANT = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)
_REPEATED = ("*", "+", "{")


class _Untold(Exception):
    """There are too many ways to begin, or the brackets do not close."""


def beginnings_in(small: str) -> frozenset[str]:
    """The first letters of each word of a text in small letters, at every length that is told."""
    words = set(_WORD.findall(small))
    return frozenset(word[:length] for word in words for length in range(LEAST, MOST + 1))


def beginnings_of(expression: str) -> frozenset[str]:
    """What a text has one of wherever this is found as a whole word, letter case aside; none where nobody can say."""
    if CASED in expression:
        return frozenset()
    try:
        found = _begin(f"(?:{expression.lower()})", "", [0])
    except (_Untold, RecursionError):  # groups in groups: how deep Python goes differs from version to version
        return frozenset()
    return frozenset(found) if all(len(beginning) >= LEAST for beginning in found) else frozenset()


@lru_cache(maxsize=512)
def ways_of(cue: str) -> tuple[tuple[frozenset[str], str], ...]:
    """Expressions of which one is found wherever the cue is, each behind what a text must begin a word with to have it.

    A group of alternatives at a word's beginning is taken apart; whatever is not of that form stays as it is.
    """
    if CASED in cue:
        return ((frozenset(), cue),)
    ways: list[tuple[frozenset[str], str]] = []
    try:
        for part in _alternatives(cue):
            end = _end_of_group(part[2:]) + 2 if part.startswith(r"\b(?:") else 0
            rest = part[end + 1 :]
            if not end or rest.startswith(("?", *_REPEATED)):
                ways.append((frozenset(), part))
                continue
            ways += [(beginnings_of(f"(?:{way}){rest}"), rf"\b(?:{way}){rest}") for way in _alternatives(part[5:end])]
    except _Untold:
        return ((frozenset(), cue),)
    return tuple(ways)


def possible(ways: Iterable[tuple[frozenset[str], str]], begun: frozenset[str]) -> list[str]:
    """Those that a text which begins its words so may have."""
    return [way for needed, way in ways if not (needed and needed.isdisjoint(begun))]


def _begin(rest: str, letters: str, ways: list[int]) -> set[str]:
    """Every way in which a match of `rest` may go on from these letters, as far as it is told."""
    ways[0] += 1
    if ways[0] > _MOST_WAYS:
        raise _Untold
    if rest.startswith("(?:"):
        end = _end_of_group(rest)
        bodies, after = _alternatives(rest[3:end]), rest[end + 1 :]
    elif rest[:1].isascii() and rest[:1].isalpha():
        bodies, after = [rest[:1]], rest[1:]
    else:
        return {letters}
    if len(letters) == MOST or after.startswith(_REPEATED):
        return {letters}
    if is_optional := after.startswith("?"):
        after = after.removeprefix("?").removeprefix("?")
    is_letter = not rest.startswith("(")
    gone_on = [
        _begin(after, letters + body, ways) if is_letter else _begin(body + after, letters, ways) for body in bodies
    ]
    return set().union(*gone_on, _begin(after, letters, ways) if is_optional else set())


def _end_of_group(text: str) -> int:
    """Where the bracket closes that opens the text."""
    depth = 0
    for at, letter in _brackets(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return at
    raise _Untold


def _alternatives(body: str) -> list[str]:
    """What stands between the bars that no bracket holds."""
    depth, start, found = 0, 0, []
    for at, letter in _brackets(body):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            found.append(body[start:at])
            start = at + 1
    return [*found, body[start:]]


def _brackets(text: str) -> Iterable[tuple[int, str]]:
    """Brackets and bars that mean something: none that is escaped or in a class of letters."""
    for match in _MEANT.finditer(text):
        if match[0] in "()|":
            yield match.start(), match[0]
