"""One database, two engines: writes that begin at once and wait for one another, and reads without a transaction."""

import asyncio
import importlib
import importlib.util
import os
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, bindparam, event, func, inspect, literal_column, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import Pool, QueuePool

from bot.core.errors import OldStore, SettingsError, StoreError
from bot.store.database import sqlite_driver
from bot.store.database.async_engine import AsyncConnection, AsyncEngine, create_async_engine
from bot.store.database.priority_lock import PriorityLock
from bot.store.database.worker_lock import FileLock, SessionLock, WorkerLock

HEAD = "0018"
BUSY_MS = 30_000
CACHE_KB = 1000  # a connection; the system caches the file for all of them
CLOSING_LOOKS = 500
LONGEST_COURTESY = 0.1
FAILED = "Check the disk of the store, or its server."


def parse_url(url: str) -> URL:
    """A path or URL as an async SQLAlchemy URL; `SettingsError` for another kind of database."""
    if "://" not in url and url not in ("", ":memory:"):
        return URL.create("sqlite+aiosqlite", database=url)  # a path is a path, with `?`, `#` and `%` in it too
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
    except (ArgumentError, ValueError):
        raise SettingsError(
            "store.url is neither a path nor a URL.", "Use a path, or postgresql://user@host/name."
        ) from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise SettingsError("A store in memory cannot be shared by its connections.", "Name a file in store.url.")
        return parsed.set(drivername="sqlite+aiosqlite")
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+asyncpg")
    remedy = "Use an SQLite path or postgresql://user@host/name."
    raise SettingsError(f"There is no store of the kind {kind!r}.", remedy)


def named(url: URL) -> str:
    """Where a store is, for people: its path, or its URL without the password and what may hide one."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return url.set(query={}).render_as_string(hide_password=True)


_IS_URGENT: ContextVar[bool] = ContextVar("_IS_URGENT", default=False)


class Conflict(StoreError):
    """A row that the tables forbid beside another; the transaction was rolled back."""


class Database:
    """Engines, transactions and the database's clock."""

    def __init__(self, url: str, skew: Callable[[], timedelta] | None) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._now = self._moment(skew)
        self.prepared: dict[object, Any] = {}  # statements that were built
        self._writer: AsyncEngine | None = None
        self._reader: AsyncEngine | None = None
        self._express: AsyncEngine | None = None
        self._turnstile = PriorityLock()
        self.worker: WorkerLock = FileLock(self.path) if self.path else SessionLock(self.url)
        self._urgent = 0
        self._calm = asyncio.Event()
        self._orders: dict[str, asyncio.Lock] = {}

    @property
    def path(self) -> str | None:
        """The file of an SQLite store."""
        return self.url.database if self.is_sqlite else None

    def order(self, name: str) -> asyncio.Lock:
        """Where those of this process stand who want the same, in the order in which they came."""
        return self._orders.setdefault(name, asyncio.Lock())

    def change_mark(self) -> object | None:
        """What is another after any process has committed to an SQLite file: every commit writes to its log."""
        with suppress(OSError):
            log = os.stat(f"{self.path}-wal") if self.path else None
            return (log.st_mtime_ns, log.st_size) if log else None
        return None

    def now(self) -> ColumnElement[float]:
        """The moment by the database's clock, in seconds since 1970."""
        return self._now

    def _moment(self, skew: Callable[[], timedelta] | None) -> ColumnElement[float]:
        moment: ColumnElement[float]
        if self.is_sqlite:
            moment = literal_column("((julianday('now') - 2440587.5) * 86400.0)", Double)
        else:  # a query of its own is asked once a statement, and an index on moments can be used
            moment = literal_column("(SELECT CAST(EXTRACT(epoch FROM clock_timestamp()) AS FLOAT8))", Double)
        if skew is None:
            return moment
        return moment + bindparam("skew", callable_=lambda: skew().total_seconds(), type_=Double)

    async def open(self, *, upgrade: bool) -> None:
        """Connect, and make the tables where there are none; older ones are brought up to date only by `upgrade`."""
        if self.is_sqlite:
            remedy = "Check that the folder exists and may be written, and that the file is a CopeCheck store."
        else:
            remedy = "Check that the server runs, and user, password and name in store.url."
        try:
            with self._translated("cannot be opened", remedy):
                if self.path:
                    await asyncio.to_thread(_switch_to_wal, self.path)
                self._writer, self._reader, self._express = self._engines()
                async with self._writer.begin() as connection:
                    await self.lock(connection, "migration")
                    await connection.run_sync(_migrate, self._named, upgrade)
        except BaseException:
            await self.close()
            raise

    @property
    def _named(self) -> str:
        return named(self.url)

    def _engines(self) -> tuple[AsyncEngine, AsyncEngine, AsyncEngine]:
        """For writes, for reads, and for the reads that somebody waits for."""
        if not self.is_sqlite:
            writer = create_async_engine(self.url, pool_size=5, pool_pre_ping=True)
            reader = writer.execution_options(isolation_level="AUTOCOMMIT")
            return writer, reader, reader
        # `begin` rolls back what fails; a further rollback when the connection comes back would only take time
        url = self.url.set(drivername=sqlite_driver.NAME)
        writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=120, pool_reset_on_return=None)
        plain: dict[str, Any] = {"pool_timeout": 120, "max_overflow": 0, "pool_reset_on_return": None}
        plain |= {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
        reader, express = (create_async_engine(url, pool_size=size, **plain) for size in (2, 4))
        event.listen(writer.sync_engine, "connect", _prepare)
        event.listen(reader.sync_engine, "connect", _prepare)
        event.listen(express.sync_engine, "connect", _prepare)
        event.listen(
            writer.sync_engine, "begin", lambda connection: connection.connection.cursor().execute("BEGIN IMMEDIATE")
        )
        return writer, reader, express

    async def holder(self) -> str | None:
        """The name under which this process holds its lock; None where there can be no lock."""
        with self._translated("failed", FAILED):
            return await self.worker.hold()

    async def close(self) -> None:
        """Let go of all connections, those too that cancelled work is still bringing back."""
        await self.worker.close()
        for engine in (self._writer, self._reader, self._express):
            if engine is not None:
                await _returned(engine.pool)
                await engine.dispose()

    @contextmanager
    def urgently(self) -> Iterator[None]:
        """What is asked inside the block goes before what is not: somebody waits for it."""
        before = _IS_URGENT.set(True)
        self._urgent += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._urgent -= 1
            if not self._urgent:
                self._calm.set()
            _IS_URGENT.reset(before)

    async def _give_way(self) -> None:
        """Let what somebody waits for go first, for a moment: a process has one processor for all of it."""
        if self._urgent and not _IS_URGENT.get():
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_COURTESY):
                    await self._calm.wait()

    @asynccontextmanager
    async def write(self, *, urgent: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: committed at the end of the block, rolled back by any exception.

        `urgent`: somebody waits for it, so that it goes before this process's other writes.
        """
        if not urgent:
            await self._give_way()
        turn = self._turnstile.pass_through(urgent=urgent or _IS_URGENT.get()) if self.is_sqlite else nullcontext()
        with self._translated("failed", FAILED):
            async with turn, _opened(self._writer).begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for plain reads, each statement on its own."""
        await self._give_way()
        with self._translated("failed", FAILED):
            async with _opened(self._express if _IS_URGENT.get() else self._reader).connect() as connection:
                yield connection

    @contextmanager
    def _translated(self, what: str, remedy: str) -> Iterator[None]:
        """The database's failures in our words: a full disk, a lost server, a damaged file."""
        try:
            yield
        except ImportError as error:
            raise StoreError(
                f"A driver is missing: {error}.", "Install copecheck with its extra: pip install '.[postgres]'."
            ) from error
        except IntegrityError as error:
            raise Conflict(f"The store {self._named} refused a row: {_cause(error)}.") from error
        except _failures(self.is_sqlite) as error:
            raise StoreError(f"The store {self._named} {what}: {_cause(error)}.", remedy) from error

    async def lock(self, connection: AsyncConnection, name: str, *, shared: bool = False) -> None:
        """Serial by `name` until the transaction ends; `shared` only waits for those who do not share.

        SQLite's writers are serial already.
        """
        if not self.is_sqlite:
            take = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
            await connection.execute(select(take(func.hashtextextended(name, 0))))


async def _returned(pool: Pool) -> None:
    """Wait, not for ever, until nobody has a connection."""
    for _ in range(CLOSING_LOOKS):
        if not isinstance(pool, QueuePool) or not pool.checkedout():
            return
        await asyncio.sleep(0.01)


def _opened(engine: AsyncEngine | None) -> AsyncEngine:
    if engine is None:
        raise StoreError("The store is not open.")
    return engine


def _switch_to_wal(path: str) -> None:
    """Make the file one with a write-ahead log. This one statement does not wait for its turn by `busy_timeout`."""
    give_up_at = time.monotonic() + BUSY_MS / 1000
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > give_up_at:
                    raise
                time.sleep(0.02)


def _prepare(connection: Any, _record: Any) -> None:
    """Full sync, so that a committed delivery survives power loss; our own BEGIN, not the driver's."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {BUSY_MS}", "synchronous = FULL", f"cache_size = -{CACHE_KB}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(connection: Connection, store: str, upgrade: bool) -> None:
    """The tables as of `HEAD`; `StoreError` where they are not ours, newer, or older and not to be upgraded."""
    tables = inspect(connection).get_table_names()
    present = None
    if "alembic_version" in tables:
        present = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if present == HEAD:
        return
    if present is not None and present > HEAD:
        raise StoreError(f"The store was written by a newer CopeCheck (tables {present}).", "Update the program.")
    if present is None and tables:
        raise StoreError("The store holds tables of another program.", "Name an empty or missing one in store.url.")
    if present is not None and not upgrade:
        copying = "`copecheck backup FILE`" if connection.dialect.name == "sqlite" else "`pg_dump`"
        remedy = f"Back it up with {copying}, then start `copecheck run`: that alone brings it up to date."
        raise OldStore(f"The store {store} is of an older CopeCheck (tables {present}, here {HEAD}).", remedy)
    from importlib.resources import files

    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("bot.store") / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@cache
def _failures(is_sqlite: bool) -> tuple[type[Exception], ...]:
    """What a database may raise. While connecting, asyncpg's own errors come through as they are."""
    common: tuple[type[Exception], ...] = (DBAPIError, PoolTimeout, OSError, sqlite3.Error)
    if is_sqlite or importlib.util.find_spec("asyncpg") is None:
        return common
    asyncpg = importlib.import_module("asyncpg")
    return (*common, asyncpg.InterfaceError, asyncpg.PostgresError)


def _cause(error: Exception) -> str:
    """The database's own words, without statement and parameters."""
    words = str(error.orig) if isinstance(error, DBAPIError) and error.orig else str(error)
    return re.sub(r"\s+", " ", words).strip().rstrip(".")
