"""Who is next: askers in turn, and never all places to one asker or to long tasks."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Ticket:
    asker: str
    is_long: bool
    is_called: asyncio.Event


class FairSlots:
    """`count` places. One asker has at most one long task at a time, and long tasks leave one place to short ones."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._inside: Counter[str] = Counter()
        self._long: Counter[str] = Counter()
        self._waiting: dict[str, deque[_Ticket]] = {}

    @asynccontextmanager
    async def slot(self, asker: str, *, is_long: bool) -> AsyncIterator[None]:
        """Wait for a place and have it."""
        ticket = _Ticket(asker, is_long, asyncio.Event())
        self._waiting.setdefault(asker, deque()).append(ticket)
        self._call()
        try:
            await ticket.is_called.wait()
            yield
        finally:
            self._leave(ticket)

    def _leave(self, ticket: _Ticket) -> None:
        """Give the place back, or step out of the queue where one was cancelled before one's turn."""
        if ticket.is_called.is_set():
            self._inside[ticket.asker] -= 1
            self._long[ticket.asker] -= ticket.is_long
        else:
            self._waiting[ticket.asker].remove(ticket)
            self._forget_if_empty(ticket.asker)
        self._call()

    def _call(self) -> None:
        """Let in whoever may enter, one an asker and round; who was let in goes to the end of the askers."""
        while (
            ticket := next((able for queue in self._waiting.values() if (able := self._able(queue))), None)
        ) is not None:
            queue = self._waiting.pop(ticket.asker)
            queue.remove(ticket)
            if queue:
                self._waiting[ticket.asker] = queue
            self._inside[ticket.asker] += 1
            self._long[ticket.asker] += ticket.is_long
            ticket.is_called.set()

    def _able(self, queue: deque[_Ticket]) -> _Ticket | None:
        """The first of an asker's that may enter now: a short one need not wait for a long one before it."""
        if sum(self._inside.values()) >= self._count:
            return None
        return next((ticket for ticket in queue if not ticket.is_long or self._has_room_for_long(ticket.asker)), None)

    def _has_room_for_long(self, asker: str) -> bool:
        return self._long[asker] < 1 and sum(self._long.values()) < max(self._count - 1, 1)

    def _forget_if_empty(self, asker: str) -> None:
        if not self._waiting[asker]:
            del self._waiting[asker]
