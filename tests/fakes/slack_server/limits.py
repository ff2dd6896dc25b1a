"""Slack's waits and rate limits, each in its true measure and shortened by a stated factor where a test asks for it.

Tiers a minute, method and workspace: 1, 20, 50, 100. `chat.postMessage` takes one a second and channel, with a small
burst, and several hundred a minute and workspace. Apps sold outside the Marketplace read history once a minute,
15 objects a call (`strict_history`). https://docs.slack.dev/apis/web-api/rate-limits
"""

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Self

STRICT_OBJECTS = 15
HISTORY = ("conversations.history", "conversations.replies")


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds that Slack waits or lets wait; the first two are deadlines of the bot and never shortened by a factor."""

    acknowledge: float = 3.0
    trigger: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    post: float = 1.0
    minute: float = 60.0
    history: float = 60.0
    response_url: float = 1800.0

    def shortened(self, factor: float) -> Self:
        """The same with everything but the deadlines of the bot divided by the factor."""
        return dataclasses.replace(
            self,
            retries=tuple(wait / factor for wait in self.retries),
            post=self.post / factor,
            minute=self.minute / factor,
            history=self.history / factor,
            response_url=self.response_url / factor,
        )


@dataclass(slots=True)
class Bucket:
    """One call an interval, with a burst: `take` answers 0, or the seconds until a call is let through."""

    interval: float
    burst: int = 1
    _full_at: float = 0.0

    def wait(self, now: float) -> float:
        """How long a call at that moment would have to wait."""
        return max(0.0, max(self._full_at, now) - now - (self.burst - 1) * self.interval)

    def take(self, now: float) -> None:
        """Count a call."""
        self._full_at = max(self._full_at, now) + self.interval


@dataclass(slots=True)
class Limits:
    """Which calls are let through; `per_minute` overrides a method's tier, `refused` counts what was not."""

    waits: Waits = field(default_factory=Waits)
    strict_history: bool = False
    post_burst: int = 2
    posts_a_minute: int = 300
    connections_burst: int = 10
    per_minute: dict[str, int] = field(default_factory=dict)
    is_on: bool = True
    refused: dict[str, int] = field(default_factory=dict)
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def take(self, method: str, tier: int, token: str, channel: str, now: float) -> int | None:
        """None when the call is let through, else the whole seconds of `Retry-After`."""
        if not self.is_on:
            return None
        buckets = list(self._of(method, tier, token, channel))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            self.refused[method] = self.refused.get(method, 0) + 1
            return max(1, math.ceil(wait))
        for bucket in buckets:
            bucket.take(now)
        return None

    def page(self, asked: int | None, default: int) -> int:
        """How many objects a read of history gives."""
        most = STRICT_OBJECTS if self.strict_history else 1000
        return max(1, min(asked or default, most))

    def _of(self, method: str, tier: int, token: str, channel: str) -> list[Bucket]:
        if method == "chat.postMessage" and method not in self.per_minute:
            minute = Bucket(self.waits.minute / self.posts_a_minute, self.posts_a_minute)
            return [
                self._kept(f"{method} {channel}", token, Bucket(self.waits.post, self.post_burst)),
                self._kept(method, token, minute),
            ]
        if method in HISTORY and self.strict_history:
            return [self._kept(method, token, Bucket(self.waits.history))]
        calls = self.per_minute.get(method, tier)
        burst = self.connections_burst if calls == 1 and method not in self.per_minute else calls
        return [self._kept(method, token, Bucket(self.waits.minute / calls, burst))]

    def _kept(self, name: str, token: str, new: Bucket) -> Bucket:
        return self._buckets.setdefault((name, token), new)
