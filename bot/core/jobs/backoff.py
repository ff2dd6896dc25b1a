"""How long to wait after failures in a row, and after a server that said how long: for everybody who tries again."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def backoff(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """How long to wait after so many failures in a row: `first`, doubling, `longest` at most."""
    doublings = min(max(failures, 1) - 1, 20)
    return min(first * (1 << doublings), max(longest, first))


def retry_after(header: str | None, longest: timedelta, now: datetime | None = None) -> timedelta | None:
    """What a Retry-After header asks for (RFC 9110: seconds, or a date), `longest` at most; None when it says nothing
    that makes sense. Without `now` a date says nothing either."""
    text = (header or "").strip()
    if text.isascii() and text.replace(".", "", 1).isdigit():
        seconds = float(text)
    else:
        seconds = math.nan if now is None else _until(text, now)
    if math.isnan(seconds):
        return None
    return timedelta(seconds=min(seconds, longest.total_seconds()))


def _until(date: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(date)
        return max(((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return math.nan
