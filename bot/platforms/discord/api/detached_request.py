"""A request's answer is given as soon as it is there, while discord.py goes on waiting for the bucket to be free.

discord.py lets the request that empties a bucket sleep until the bucket is full again, and only then returns. Whoever
waited for it would know nothing of a post that stands already, and would begin the next one too late.
"""

import asyncio
import json
import logging
from typing import Any

import aiohttp
import discord
from discord.http import HTTPClient, Route

log = logging.getLogger(__name__)


NO_CONTENT = 204
RATE_LIMIT_WAIT_SECONDS = 10.0
"""Seconds that discord.py may wait for a bucket; what must wait longer is put off, and others go first."""


class Failed(Exception):
    """A 5xx."""


class Resting:
    """Requests that have their answer and still hold their bucket."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    async def ask(self, http: HTTPClient, route: Route, more: dict[str, Any]) -> Any:
        """The answer's body, once; `Failed` for a 5xx, and whatever discord.py raises."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        async def heard(response: aiohttp.ClientResponse) -> None:
            if response.status >= 500:
                response.close()
                raise Failed(f"HTTP {response.status}")
            if response.status < 300 and not answer.done():
                answer.set_result(_body(response, await response.read()))

        asking = asyncio.ensure_future(http.request(route, raise_for_status=heard, **more))
        try:
            await asyncio.wait({asking, answer}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            asking.cancel()
            raise
        if not answer.done():
            return asking.result()
        self._tasks.add(asking)
        asking.add_done_callback(self._rested)
        return answer.result()

    def _rested(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("a request failed after its answer", extra={"why": type(task.exception()).__name__})

    async def close(self) -> None:
        """Nobody waits for a bucket any more."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _body(response: aiohttp.ClientResponse, raw: bytes) -> Any:
    """What JSON says, and nothing where nothing was to be said; `ValueError` for a page of somebody in between."""
    return None if response.status == NO_CONTENT else json.loads(raw)


class _GlobalLimit(asyncio.Event):
    """discord.py closes it at a global limit, and the request that met the limit opens it when it goes on.

    Where that one is cancelled meanwhile nobody would, and every later request would wait for ever.
    """

    def clear(self) -> None:
        """Close it, for as long as discord.py may wait at most."""
        super().clear()
        asyncio.get_running_loop().call_later(RATE_LIMIT_WAIT_SECONDS, self.set)


async def log_in(client: discord.Client, token: str) -> None:
    """Log in; a global limit that Discord names ends, whatever becomes of the request that met it."""
    await client.login(token)
    client.http._global_over = _GlobalLimit()
    client.http._global_over.set()
