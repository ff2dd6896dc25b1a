"""One at a time, who is urgent first, and nobody for ever: a process's writers of an SQLite file wait here, not at its
lock."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

IN_A_ROW = 3  # so many urgent ones, then one that is not


class PriorityLock:
    """Lets one through at a time, within this process."""

    def __init__(self) -> None:
        self._is_taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._in_a_row = 0

    @asynccontextmanager
    async def pass_through(self, *, urgent: bool = False) -> AsyncIterator[None]:
        """Wait for our turn, which lasts as long as the block."""
        if self._is_taken:
            await self._wait(self._urgent if urgent else self._others)
        self._is_taken = True
        try:
            yield
        finally:
            self._next()

    async def _wait(self, queue: deque[asyncio.Future[None]]) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # our turn came, and nobody would take it
                self._next()
            raise

    def _next(self) -> None:
        """Hand the turn to the first who still waits."""
        queues = (self._urgent, self._others)
        for queue in queues if self._in_a_row < IN_A_ROW else reversed(queues):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    self._in_a_row = self._in_a_row + 1 if queue is self._urgent else 0
                    turn.set_result(None)
                    return
        self._is_taken = False
