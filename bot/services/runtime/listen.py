"""A platform is heard while the bot works, and how it is connected is a row that other processes can read."""

import asyncio
import logging
import os
import socket

from bot.core.posts.connection import Connection, LinkState
from bot.ports.platform import Inbox, Platform
from bot.ports.store import Store

log = logging.getLogger(__name__)

CONNECTION_POLL_SECONDS = 1.0
ALIVE_SECONDS = 60.0  # a lock tells whether the process lives
STOP_WITHIN_SECONDS = 5.0
PROCESS = f"{socket.gethostname()}:{os.getpid()}"


class Listening:
    """One platform: its `run` until told to stop, and its connection told to the store whenever it changes."""

    def __init__(self, store: Store, platform: Platform, inbox: Inbox) -> None:
        self._store = store
        self._platform = platform
        self._inbox = inbox

    @property
    def name(self) -> str:
        """The platform's name."""
        return self._platform.name

    async def run(self, stop: asyncio.Event) -> None:
        """Listen and tell; an exception of the platform goes to who supervises, after it was told."""
        running = asyncio.create_task(self._platform.run(self._inbox), name=f"platform {self.name}")
        try:
            await self._tell(running, stop)
            if running.done() and not running.cancelled():
                running.result()
        finally:
            running.cancel()
            await asyncio.wait([running], timeout=STOP_WITHIN_SECONDS)
            ended = running.exception() if running.done() and not running.cancelled() else None
            state = LinkState.STOPPED if stop.is_set() else LinkState.RECONNECTING
            await self._put(Connection(self.name, state, type(ended).__name__ if ended else ""))

    async def _tell(self, running: asyncio.Task[None], stop: asyncio.Event) -> None:
        told, at = None, 0.0
        while not stop.is_set() and not running.done():
            now = asyncio.get_running_loop().time()
            connection = self._platform.connection
            if connection != told or now - at > ALIVE_SECONDS:
                if told is not None and connection.state != told.state:
                    why = {"why": connection.detail} if connection.detail else {}
                    log.info("connection", extra={"platform": self.name, "state": str(connection.state)} | why)
                await self._put(connection)
                told, at = connection, now
            await _either(stop, running, CONNECTION_POLL_SECONDS)

    async def _put(self, connection: Connection) -> None:
        await self._store.put_connection(f"{PROCESS}:{await self._store.worker_name()}", connection)


async def _either(stop: asyncio.Event, running: asyncio.Task[None], seconds: float) -> None:
    """Until told to stop, or the platform ended, at most so long."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([stopping, running], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
