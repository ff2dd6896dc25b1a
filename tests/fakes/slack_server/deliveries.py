"""From Slack to the bot: one attempt, an acknowledgement within 3 seconds, and for events the retries after it.

Events are tried again at once, after a minute and after five; slash commands and interactions are never tried again:
the person sees that it failed. Slack says "retry" in the envelope (Socket Mode) or in headers (HTTP).
"""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tests.fakes.slack_server.payloads import Payload

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending: `waited` seconds until the acknowledgement, or why there was none."""

    sent_at: float
    waited: float | None = None
    answer: Any = None
    failure: str | None = None
    status: int | None = None


@dataclass(slots=True, eq=False)
class Delivery:
    """Something that was sent to the bot, and every attempt at it."""

    kind: str
    payload: Payload
    attempts: list[Attempt] = field(default_factory=list)
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acknowledged(self) -> bool:
        return any(one.failure is None for one in self.attempts)

    @property
    def waited(self) -> float | None:
        """Seconds until the acknowledgement of the attempt that had one."""
        return next((one.waited for one in self.attempts if one.failure is None), None)

    @property
    def answer(self) -> Any:
        """What stood in the acknowledgement."""
        return next((one.answer for one in self.attempts if one.failure is None), None)

    @property
    def trigger_id(self) -> str:
        return str(self.payload["trigger_id"])

    @property
    def response_url(self) -> str:
        return str(self.payload["response_url"])

    def told(self) -> dict[str, Any]:
        """The delivery as JSON, for a test in another process."""
        attempts = [{"waited": one.waited, "failure": one.failure, "status": one.status} for one in self.attempts]
        facts = {"kind": self.kind, "acknowledged": self.acknowledged, "waited": self.waited, "answer": self.answer}
        return facts | {"attempts": attempts, "payload": self.payload}


class Transport(Protocol):
    """Socket Mode or HTTP."""

    async def attempt(self, kind: str, payload: Payload, retry: int, reason: str) -> Attempt:
        """Send once and wait for the acknowledgement."""
        ...


class Courier:
    """Brings payloads to the bot; `copies` sends events that often, `is_held` keeps events back until `release`."""

    def __init__(self, slack: "FakeSlack") -> None:
        self.slack = slack
        self.deliveries: list[Delivery] = []
        self.copies = 1
        self.is_held = False
        self._held: list[Delivery] = []
        self._running: set[asyncio.Task[None]] = set()

    async def deliver(self, kind: str, payload: Payload) -> Delivery:
        """Send; back after the first attempt, whatever came of it."""
        delivery = self.start(kind, payload)
        if not (self.is_held and kind == "events_api"):
            await delivery.tried.wait()
        return delivery

    def start(self, kind: str, payload: Payload) -> Delivery:
        """Send without waiting."""
        delivery = Delivery(kind, payload)
        self.deliveries.append(delivery)
        if self.is_held and kind == "events_api":
            self._held.append(delivery)
        else:
            self._send(delivery)
        return delivery

    def release(self) -> list[Delivery]:
        """Send late what was held back."""
        held, self._held, self.is_held = self._held, [], False
        for delivery in held:
            self._send(delivery)
        return held

    async def again(self, delivery: Delivery) -> Attempt:
        """Send the very same payload once more, as a retry: a duplicate."""
        attempt = await self.slack.transport.attempt(delivery.kind, delivery.payload, 1, "timeout")
        delivery.attempts.append(attempt)
        return attempt

    async def idle(self, *, seconds: float = 10.0) -> None:
        """Wait until nothing is under way any more."""
        async with asyncio.timeout(seconds):
            while self._running:
                await asyncio.wait(set(self._running))

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside everything else until the fake closes."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _send(self, delivery: Delivery) -> None:
        copies = self.copies if delivery.kind == "events_api" else 1
        for _ in range(copies):
            self.background(self._run(delivery))

    async def _run(self, delivery: Delivery) -> None:
        waits = self.slack.limits.waits.retries if delivery.kind == "events_api" else ()
        reason = ""
        for retry in range(len(waits) + 1):
            attempt = await self.slack.transport.attempt(delivery.kind, delivery.payload, retry, reason)
            delivery.attempts.append(attempt)
            delivery.tried.set()
            if attempt.failure is None:
                break
            reason = attempt.failure
            if reason == "no_retry" or retry == len(waits):
                break
            await asyncio.sleep(waits[retry])
        delivery.finished.set()


def failed(sent_at: float, failure: str, status: int | None = None) -> Attempt:
    """An attempt without an acknowledgement."""
    return Attempt(sent_at, failure=failure, status=status)


def succeeded(sent_at: float, answer: Any, status: int | None = None) -> Attempt:
    """An attempt that was acknowledged just now."""
    return Attempt(sent_at, time.monotonic() - sent_at, answer, None, status)
