"""A follow: a place follows categories through a lens, with its own limits, hours and words."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from bot.core.paper import AnnounceType
from bot.core.post import Place


class Mode(StrEnum):
    """How a day is posted: the most revealing as cards, every verdict as a card, or one digest."""

    TOP = "top"
    EVERY = "every"
    DIGEST = "digest"


class Origin(StrEnum):
    """Where a follow was made."""

    SETTINGS = "settings"
    COMMAND = "command"


WEEKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Follow:
    """What one place wants to read. `hour` is local time in `zone` (IANA name); `weekdays` count from Monday = 0.

    `cards`: at most so many cards an edition in mode `top`, and so many papers opened in a `digest`;
    `limit`: at most so many messages a day of this follow, the opening line among them.
    """

    name: str
    place: Place
    categories: tuple[str, ...]
    lens: str = "discontinuity"
    mode: Mode = Mode.TOP
    types: tuple[AnnounceType, ...] = (AnnounceType.NEW, AnnounceType.CROSS)
    require: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    threshold: int = 0
    cards: int = 5
    limit: int = 10
    hour: time = time(9, 0)
    zone: str = "UTC"
    weekdays: tuple[int, ...] = WEEKDAYS
    paused: bool = False
    origin: Origin = Origin.SETTINGS
