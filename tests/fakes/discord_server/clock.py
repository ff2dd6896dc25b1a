"""The server's time, which a test can move, and the ids that are made of it."""

import itertools
import time
from datetime import UTC, datetime, timedelta

DISCORD_EPOCH = 1_420_070_400_000


class MovableClock:
    """The real time plus what a test has added."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def forward(self, **by: float) -> None:
        """Later by so much: `forward(minutes=16)`."""
        self._ahead += timedelta(**by).total_seconds()


def stamp(moment: float) -> str:
    """A moment as Discord writes it."""
    return datetime.fromtimestamp(moment, UTC).isoformat()


class Snowflakes:
    """Ids that only grow: milliseconds in the upper bits, a count in the lower."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._last = 0
        self._guilds = itertools.count(1)

    def take(self) -> int:
        """The next id."""
        self._last = max(self._last + 1, (int(self._clock.now() * 1000) - DISCORD_EPOCH) << 22)
        return self._last

    def take_guild(self) -> int:
        """The next id of a guild; one after the other they fall on shards 1, 0, 1, 0 … of two."""
        return ((1 << 36) + next(self._guilds)) << 22


def born_at(snowflake: int) -> float:
    """When an id was made, in seconds since 1970."""
    return ((snowflake >> 22) + DISCORD_EPOCH) / 1000
