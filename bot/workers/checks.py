"""What a worker's reply is made of, each part checked; apart from `replies`, whose imports no worker needs."""

from collections.abc import Sequence
from typing import Any

from bot.core.hostile.hygiene import clean
from bot.core.papers.paper import collapse


class Nonsense(ValueError):
    """A reply that no reader of ours gives."""


def plain_words(text: str) -> str:
    """A text as it is passed on: no sign that cannot be seen, one line, single spaces."""
    return collapse(clean(text).replace("\n", " "))


def plain(value: object, most: int) -> str:
    """A text of at most so many characters, else `TypeError`."""
    if not isinstance(value, str) or len(value) > most:
        raise TypeError
    return value


def count(value: object) -> int:
    """A whole number from 0 up, else `TypeError`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 40:
        raise TypeError
    return value


def listed(value: object) -> Sequence[Any]:
    """A list, else `TypeError`."""
    if not isinstance(value, list):
        raise TypeError
    return value
