"""A clock that stands where a test puts it, and a gate that lets everybody through and remembers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta


class StandingClock:
    """Shows one moment until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was put to."""
        return self.moment

    def forward(self, **by: float) -> None:
        """Later by so much."""
        self.moment += timedelta(**by)


class OpenGate:
    """Everybody's turn at once; `turns` and `closings` are what was asked of it."""

    def __init__(self) -> None:
        self.turns: list[tuple[str, timedelta, timedelta]] = []
        self.closings: list[timedelta] = []
        self.inside = 0
        self.most_inside = 0

    @asynccontextmanager
    async def turn(self, bucket: str, gap: timedelta, hold: timedelta) -> AsyncIterator[None]:
        """Our turn."""
        self.turns.append((bucket, gap, hold))
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            yield
        finally:
            self.inside -= 1

    async def reserve(self, bucket: str, gap: timedelta) -> timedelta:
        """The moment is now."""
        return timedelta(0)

    async def close_gate(self, bucket: str, delay: timedelta) -> None:
        """Remember, and let everybody through all the same."""
        self.closings.append(delay)

    async def closed_for(self, bucket: str) -> timedelta:
        """Never."""
        return timedelta(0)
