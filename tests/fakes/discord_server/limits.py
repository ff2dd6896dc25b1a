"""Rate limits that only the headers tell: a bucket a route and place, one for all, and a count of bad requests."""

import collections
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.discord_server.clock import MovableClock

INVALID_AT_MOST = 10_000
INVALID_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    limit: int
    seconds: float


RateOf = Rate | Callable[[float], Rate]
GENEROUS = Rate(1000, 1.0)


@dataclass(slots=True)
class _Bucket:
    rate: Rate
    ends_at: float
    used: int = 0


class Limited(Exception):
    """The request has to wait; `scope` is user, shared or global."""

    def __init__(self, wait: float, scope: str) -> None:
        super().__init__(f"{scope}: {wait}")
        self.wait = math.ceil(wait * 1000) / 1000
        self.scope = scope


class Banned(Exception):
    """Too many bad requests: the wall before Discord answers, without `Via` and without JSON."""


class Limits:
    """`set` gives a route (and, with `major`, one channel) a rate, or a function of the seconds since then."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._rates: dict[tuple[str, str | None], tuple[float, RateOf]] = {}
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._blocks: dict[tuple[str, str | None], tuple[float, str]] = {}
        self._invalid: collections.deque[float] = collections.deque()
        self.everything = Rate(50, 1.0)
        self.hits: collections.Counter[str] = collections.Counter()
        self.invalid = 0
        self.invalid_at_most = INVALID_AT_MOST

    def set(self, route: str, rate: RateOf, *, major: object = None) -> None:
        """From now on: `set("POST /channels/{channel_id}/messages", Rate(5, 5.0), major=channel.id)`."""
        self._rates[route, None if major is None else str(major)] = (self._clock.now(), rate)

    def block(self, route: str, seconds: float, *, scope: str = "shared", major: object = None) -> None:
        """Refuse a route for a while, whatever its bucket says: thread creation does so for minutes."""
        self._blocks[route, None if major is None else str(major)] = (self._clock.now() + seconds, scope)

    def rate_of(self, route: str, major: str) -> Rate:
        """What holds at this moment."""
        for key in ((route, major), (route, None)):
            if key in self._rates:
                since, rate = self._rates[key]
                return rate(self._clock.now() - since) if callable(rate) else rate
        return GENEROUS

    def admit(self, route: str, major: str, *, is_global: bool) -> dict[str, str]:
        """Count a request and give the headers of its bucket, or raise."""
        now = self._clock.now()
        if self._recent_invalid(now) >= self.invalid_at_most:
            raise Banned
        self._refuse_blocked(route, major, now)
        bucket = self._bucket(route, major, now)
        if bucket.used >= bucket.rate.limit:
            raise Limited(bucket.ends_at - now, "user")
        if is_global:
            self._take_global(now)
        bucket.used += 1
        return self.headers(route, major)

    def headers(self, route: str, major: str) -> dict[str, str]:
        """What a bucket says of itself."""
        now = self._clock.now()
        bucket = self._bucket(route, major, now)
        return {
            "X-RateLimit-Limit": str(bucket.rate.limit),
            "X-RateLimit-Remaining": str(max(bucket.rate.limit - bucket.used, 0)),
            "X-RateLimit-Reset": f"{bucket.ends_at:.3f}",
            "X-RateLimit-Reset-After": f"{math.ceil((bucket.ends_at - now) * 1000) / 1000:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:32],
        }

    def _refuse_blocked(self, route: str, major: str, now: float) -> None:
        for key in ((route, major), (route, None)):
            until, scope = self._blocks.get(key, (0.0, ""))
            if until > now:
                raise Limited(until - now, scope)

    def _bucket(self, route: str, major: str, now: float) -> _Bucket:
        bucket = self._buckets.get((route, major))
        if bucket is None or bucket.ends_at <= now:
            rate = self.rate_of(route, major)
            bucket = self._buckets[route, major] = _Bucket(rate, now + rate.seconds)
        return bucket

    def _take_global(self, now: float) -> None:
        bucket = self._buckets.get(("everything", ""))
        if bucket is None or bucket.ends_at <= now:
            bucket = self._buckets["everything", ""] = _Bucket(self.everything, now + self.everything.seconds)
        if bucket.used >= bucket.rate.limit:
            raise Limited(bucket.ends_at - now, "global")
        bucket.used += 1

    def note_answer(self, status: int, scope: str | None = None) -> None:
        """Count what Discord counts as a bad request: 401, 403, and 429 unless the limit was shared."""
        if status in (401, 403) or (status == 429 and scope != "shared"):
            self.invalid += 1
            self._invalid.append(self._clock.now())

    def _recent_invalid(self, now: float) -> int:
        while self._invalid and self._invalid[0] < now - INVALID_SECONDS:
            self._invalid.popleft()
        return len(self._invalid)


def limited_headers(limited: Limited, headers: dict[str, str]) -> dict[str, str]:
    """The headers of a 429: the wait, the scope, and an empty bucket where it was one."""
    headers = headers | {"X-RateLimit-Scope": limited.scope, "Retry-After": str(math.ceil(limited.wait))}
    if limited.scope == "global":
        headers["X-RateLimit-Global"] = "true"
    if limited.scope == "user":
        headers["X-RateLimit-Remaining"] = "0"
    return headers


def limited_body(limited: Limited) -> dict[str, Any]:
    """The body of a 429: the wait with its fraction."""
    words = "You are being rate limited."
    return {"message": words, "retry_after": limited.wait, "global": limited.scope == "global"}
