"""One database, two engines: writes that begin at once and wait for one another, and reads without a transaction."""

import asyncio
import importlib.resources
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, event, func, inspect, literal, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.core.errors import StoreError

HEAD = "0001"
MIGRATION_LOCK = 0x636F7065
BUSY_MS = 30_000


def parse_url(url: str) -> URL:
    """A path or URL as an async SQLAlchemy URL; `StoreError` for another kind of database."""
    try:
        parsed = make_url(url if "://" in url else f"sqlite+aiosqlite:///{url}")
    except ArgumentError:
        raise StoreError(
            "store.url is neither a path nor a URL.", "Use a path, or postgresql://user@host/name."
        ) from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return parsed.set(drivername="sqlite+aiosqlite")
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+asyncpg")
    raise StoreError(f"There is no store of the kind {kind!r}.", "Use an SQLite path or postgresql://user@host/name.")


class Database:
    """Engines, transactions and the database's clock."""

    def __init__(self, url: str, skew: Callable[[], timedelta] | None) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._skew = skew
        self._writer: AsyncEngine | None = None
        self._reader: AsyncEngine | None = None

    @property
    def path(self) -> str | None:
        """The file of an SQLite store."""
        return self.url.database if self.is_sqlite else None

    def now(self) -> ColumnElement[float]:
        """The moment by the database's clock, in seconds since 1970."""
        moment: ColumnElement[Any]
        if self.is_sqlite:
            moment = (func.julianday("now") - 2440587.5) * 86400.0
        else:
            moment = func.extract("epoch", func.clock_timestamp()).cast(Double)
        skew = self._skew().total_seconds() if self._skew else 0.0
        return moment + literal(skew, Double) if skew else moment

    async def open(self) -> None:
        """Connect, and bring the tables up to date."""
        try:
            self._writer, self._reader = self._engines()
            async with self.write() as connection:
                if not self.is_sqlite:
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                await connection.run_sync(_migrate)
        except (DBAPIError, OSError, ImportError) as error:
            await self.close()
            raise StoreError(
                f"The store {self._named} cannot be opened: {_cause(error)}.", self._remedy(error)
            ) from error

    @property
    def _named(self) -> str:
        return self.url.render_as_string(hide_password=True)

    def _remedy(self, error: Exception) -> str:
        if isinstance(error, ImportError):
            return "Install the driver: pip install 'copecheck[postgres]'."
        if self.is_sqlite:
            return "Check that the folder exists and may be written, and that the file is a CopeCheck store."
        return "Check that the server runs, and user, password and name in store.url."

    def _engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        if not self.is_sqlite:
            writer = create_async_engine(self.url, pool_size=5, pool_pre_ping=True)
            return writer, writer.execution_options(isolation_level="AUTOCOMMIT")
        writer = create_async_engine(self.url, pool_size=1, max_overflow=0, pool_timeout=120)
        reader = create_async_engine(self.url, pool_size=2, pool_timeout=120, isolation_level="AUTOCOMMIT")
        event.listen(writer.sync_engine, "connect", _prepare)
        event.listen(reader.sync_engine, "connect", _prepare)
        event.listen(writer.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return writer, reader

    async def close(self) -> None:
        """Let go of all connections."""
        for engine in (self._writer, self._reader):
            if engine is not None:
                await engine.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: committed at the end of the block, rolled back by any exception."""
        async with _opened(self._writer).begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for plain reads, each statement on its own."""
        async with _opened(self._reader).connect() as connection:
            yield connection

    async def lock(self, connection: AsyncConnection, name: str) -> None:
        """Serial by `name` until the end of the transaction. SQLite's writers are serial already."""
        if not self.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def _opened(engine: AsyncEngine | None) -> AsyncEngine:
    if engine is None:
        raise StoreError("The store is not open.")
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    """WAL with full sync, so that a committed delivery survives power loss; our own BEGIN, not the driver's."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {BUSY_MS}", "journal_mode = WAL", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(connection: Connection) -> None:
    """Upgrade to `HEAD`, unless the tables are there already or come from a newer program."""
    present = None
    if inspect(connection).has_table("alembic_version"):
        present = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if present == HEAD:
        return
    if present is not None and present > HEAD:
        raise StoreError(f"The store was written by a newer CopeCheck (tables {present}).", "Update the program.")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(importlib.resources.files("bot.store") / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _cause(error: Exception) -> str:
    """The database's own words, without statement and parameters."""
    words = str(error.orig) if isinstance(error, DBAPIError) and error.orig else str(error)
    return re.sub(r"\s+", " ", words).strip().rstrip(".")


async def copy_sqlite(source: str, target: str) -> None:
    """SQLite's online backup: consistent while others write; the target appears whole or not at all."""
    import sqlite3

    def copy() -> None:
        if Path(target).exists():
            raise StoreError(f"{target} is already there.", "Name a file that does not exist yet.")
        partial = f"{target}.partial"
        with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as old, sqlite3.connect(partial) as new:
            old.backup(new)
        old.close()
        new.close()
        Path(partial).rename(target)

    try:
        await asyncio.to_thread(copy)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"The copy {target} could not be written: {error}.", "Check the folder.") from error
