"""A lock that a process holds for as long as it works: who can take it knows that the process is gone.

Never by host or process numbers, which containers share. Beside an SQLite file it is a locked file, on PostgreSQL a
lock of a session that does nothing else. A name is never used again, so that what was dead stays dead.
"""

import asyncio
import fcntl
import os
import uuid
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from bot.store.database.async_engine import AsyncConnection, AsyncEngine, create_async_engine


class WorkerLock(Protocol):
    """The lock of this process, and how those of others are tried. `lost`: it went while we live."""

    lost: asyncio.Event

    async def hold(self) -> str | None:
        """The name under which we hold our lock, taken at the first call; None where there can be no lock."""

    def left_behind(self) -> Collection[str] | None:
        """The names that may be of dead processes; None where only the rows tell which names there are."""

    async def takeable(self, connection: AsyncConnection, names: Collection[str]) -> set[str]:
        """Those of the names whose lock can be taken."""

    async def gone(self, connection: AsyncConnection, names: Collection[str]) -> set[str]:
        """Those of the names whose process lives no more: takeable, or cleared by whoever noticed."""

    def clear(self, names: Collection[str]) -> None:
        """Nothing is held under these names any more."""

    async def close(self) -> None:
        """Let go of our own."""


class FileLock:
    """A file beside an SQLite store, locked while its process lives."""

    def __init__(self, store: str) -> None:
        self._store = Path(store).resolve()  # beside the file itself, by whatever name it was opened
        self._held: tuple[str, int] | None = None
        self.lost = asyncio.Event()

    async def hold(self) -> str | None:
        if self._held is None:
            with suppress(OSError):  # a file system without locks: leases end by time alone
                self._held = self._made()
        return self._held[0] if self._held else None

    def _made(self) -> tuple[str, int]:
        """A new locked file. Between making and locking somebody may take it for a dead one's: then another is made."""
        while True:
            name = uuid.uuid4().hex
            file = os.open(self._path(name), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                continue
            except OSError:
                os.close(file)
                self._path(name).unlink(missing_ok=True)
                raise
            if self._path(name).exists():
                return name, file
            os.close(file)

    def left_behind(self) -> Collection[str] | None:
        start = self._path("").name
        names = {
            entry.name.removeprefix(start)
            for entry in os.scandir(self._store.parent or ".")
            if entry.name.startswith(start)
        }
        return names - {self._held[0] if self._held else ""}

    async def takeable(self, connection: AsyncConnection, names: Collection[str]) -> set[str]:
        return {name for name in names if self._is_takeable(name)}

    def _is_takeable(self, name: str, *, clear: bool = False) -> bool:
        """`clear`: then it goes, while we hold it: who made it may be about to lock it, and looks for it after that."""
        try:
            file = os.open(self._path(name), os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if clear:
                self._path(name).unlink(missing_ok=True)
        except OSError:
            return False
        finally:
            os.close(file)
        return True

    async def gone(self, connection: AsyncConnection, names: Collection[str]) -> set[str]:
        return {name for name in names if not self._path(name).exists() or self._is_takeable(name)}

    def clear(self, names: Collection[str]) -> None:
        for name in names:
            self._is_takeable(name, clear=True)

    async def close(self) -> None:
        if self._held is not None:
            name, file = self._held
            self._held = None
            with suppress(OSError):
                self._path(name).unlink(missing_ok=True)
            os.close(file)

    def _path(self, name: str) -> Path:
        return self._store.with_name(f"{self._store.name}-worker-{name}")


class SessionLock:
    """A lock of a session of its own: the server lets go of it when that ends, however it ends."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._taking = asyncio.Lock()
        self._engine: AsyncEngine | None = None
        self._session: tuple[str, AsyncConnection] | None = None
        self._ended_session: AsyncConnection | None = None
        self._is_untold = False  # it was lost once, and nobody told us: leases end by time alone
        self.lost = asyncio.Event()

    async def hold(self) -> str | None:
        async with self._taking:
            if self._is_untold:
                return None
            if self._session is None:
                self._session = await self._taken()
            return self._session[0]

    async def _taken(self) -> tuple[str, AsyncConnection]:
        await self._bury()
        name = uuid.uuid4().hex
        if self._engine is None:
            self._engine = create_async_engine(self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        connection = await self._engine.connect()
        await connection.execute(select(func.pg_advisory_lock(_number(name))))
        driver: Any = (await connection.get_raw_connection()).driver_connection
        driver.add_termination_listener(self._ended)
        return name, connection

    def _ended(self, _driver: Any) -> None:
        """The session is over. Unless we ended it, others may take what is ours by now."""
        if self._session is not None:
            _, self._ended_session = self._session
            self._session = None
            self.lost.set()

    async def _bury(self) -> None:
        """Let go of what is left of a session that the server ended."""
        ended, self._ended_session = self._ended_session, None
        if ended is not None:
            await ended.invalidate()
            await ended.close()

    def left_behind(self) -> Collection[str] | None:
        return None

    async def takeable(self, connection: AsyncConnection, names: Collection[str]) -> set[str]:
        """Our own is tried, too: where a network forgot its session, or something between us and the server shares
        sessions out, others take it while we live, and nobody told us."""
        found: set[str] = set()
        for name in names:
            taken = select(func.pg_try_advisory_xact_lock(_number(name)))  # it goes with the transaction
            if (await connection.execute(taken)).scalar():
                found.add(name)
        if self._session is not None and self._session[0] in found:
            found.discard(self._session[0])
            self._is_untold = True
            self._ended(None)
        return found

    async def gone(self, connection: AsyncConnection, names: Collection[str]) -> set[str]:
        return await self.takeable(connection, names)

    def clear(self, names: Collection[str]) -> None:
        return

    async def close(self) -> None:
        session, self._session = self._session, None
        await self._bury()
        if session is not None:
            await session[1].close()
        if self._engine is not None:
            await self._engine.dispose()


def _number(name: str) -> Any:
    """A lock's number: PostgreSQL's locks have no names."""
    return func.hashtextextended(f"worker {name}", 0)
