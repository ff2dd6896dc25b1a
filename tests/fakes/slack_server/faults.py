"""What goes wrong on the wire on demand: before or after the effect, next time or by chance with a seed.

`wire.will("chat.postMessage", drop_after())` spoils the next call; `wire.sometimes("*", drop_before(), 0.05)` one in
twenty. After the effect means: the message stands in the channel and the caller does not learn of it.
"""

import asyncio
import collections
import random
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

When = Literal["before", "after"]
How = Literal["drop", "status", "delay", "hang", "truncate", "refuse"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to spoil a call."""

    how: How
    when: When = "before"
    seconds: float = 0.0
    status: int = 500
    error: str = ""
    retry_after: str | None = None


def drop_before() -> Fault:
    """The connection breaks off and nothing came about."""
    return Fault("drop")


def drop_after() -> Fault:
    """The connection breaks off when it came about already."""
    return Fault("drop", "after")


def status_before(status: int = 500) -> Fault:
    """That status and nothing came about."""
    return Fault("status", status=status)


def status_after(status: int = 500) -> Fault:
    """That status although it came about."""
    return Fault("status", "after", status=status)


def delay(seconds: float, when: When = "before") -> Fault:
    """The answer takes its time."""
    return Fault("delay", when, seconds=seconds)


def hang(when: When = "before") -> Fault:
    """No answer comes."""
    return Fault("hang", when)


def truncated() -> Fault:
    """It came about, and the answer breaks off in its middle."""
    return Fault("truncate", "after")


def refused(error: str) -> Fault:
    """Slack says no with that error and status 200."""
    return Fault("refuse", error=error)


def rate_limited(retry_after: str | None = "1") -> Fault:
    """429 with that `Retry-After`, or with none."""
    return Fault("status", status=429, error="ratelimited", retry_after=retry_after)


class Wire:
    """The faults that are due."""

    def __init__(self, seed: int = 0) -> None:
        self.done: collections.Counter[str] = collections.Counter()
        self._coming: dict[str, collections.deque[Fault]] = collections.defaultdict(collections.deque)
        self._chances: list[tuple[str, Fault, float]] = []
        self._random = random.Random(seed)

    def will(self, method: str, *faults: Fault) -> None:
        """Spoil the next calls of a method so, one fault a call."""
        self._coming[method].extend(faults)

    def sometimes(self, method: str, fault: Fault, chance: float) -> None:
        """Spoil that share of a method's calls (`*`: of every method's)."""
        self._chances.append((method, fault, chance))

    def heal(self) -> None:
        """Nothing is spoilt any more."""
        self._coming.clear()
        self._chances.clear()

    def next(self, method: str) -> Fault | None:
        """The fault of this call, if it has one."""
        fault = self._chosen(method)
        if fault is not None:
            self.done[f"{method} {fault.how} {fault.when}"] += 1
        return fault

    def _chosen(self, method: str) -> Fault | None:
        if self._coming[method]:
            return self._coming[method].popleft()
        for name, fault, chance in self._chances:
            if name in (method, "*") and self._random.random() < chance:
                return fault
        return None


async def spoil(fault: Fault | None, when: When, request: web.Request, answer: Any = None) -> web.StreamResponse | None:
    """The answer a fault gives instead of the true one at this moment, or None."""
    if fault is None or fault.when != when:
        return None
    if fault.how == "delay":
        await asyncio.sleep(fault.seconds)
        return None
    if fault.how == "hang":
        await asyncio.sleep(3600)
    if fault.how == "drop":
        return _dropped(request)
    if fault.how == "truncate":
        return await _torn(request)
    return _said(fault)


def _dropped(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def _torn(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "5000"})
    await response.prepare(request)
    await response.write(b'{"ok": true, "channel": "C')
    _dropped(request)
    return response


def _said(fault: Fault) -> web.Response:
    if fault.how == "refuse":
        return web.json_response({"ok": False, "error": fault.error})
    if fault.status == 429:
        headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    return web.Response(text="upstream error", status=fault.status, content_type="text/html")
