"""The machine's clock: the one place where the wall clock is read."""

from datetime import UTC, datetime


class SystemClock:
    """The `Clock` of a bot at work."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)
