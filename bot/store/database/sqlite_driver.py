"""SQLAlchemy's driver for aiosqlite, with one trip to the connection's thread a statement in place of four.

A trip costs more than what most statements do: a cursor made, run, read and closed in the thread is three trips less.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.util import await_

NAME = "sqlite+onetrip"
_NOTHING: Mapping[str, Any] = {}


class OneTripCursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor of which only the result comes back."""

    __slots__ = ("_description", "_lastrowid", "_rowcount")

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._soft_closed_memoized = _NOTHING  # type: ignore[assignment]
        self._rows = deque()
        self._description, self._rowcount, self._lastrowid = None, -1, None

    @property
    def description(self) -> Any:
        return self._description

    @property
    def rowcount(self) -> int:
        return int(self._rowcount)

    @property
    def lastrowid(self) -> Any:
        return self._lastrowid

    async def _async_soft_close(self) -> None:
        """It was closed where it was run."""

    def close(self) -> None:
        self._rows.clear()

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        await self._run("execute", operation, () if parameters is None else parameters)

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        await self._run("executemany", operation, seq_of_parameters)

    async def _run(self, how: str, operation: Any, parameters: Any) -> None:
        connection: Any = self._connection

        def in_thread() -> tuple[Any, int, Any, list[Any]]:
            cursor = connection._conn.cursor()
            try:
                getattr(cursor, how)(operation, parameters)
                rows = cursor.fetchall() if cursor.description else []
                return cursor.description, cursor.rowcount, cursor.lastrowid, rows
            finally:
                cursor.close()

        async with self._adapt_connection._execute_mutex:
            self._description, self._rowcount, self._lastrowid, rows = await connection._execute(in_thread)
        self._rows = deque(rows)


class OneTripConnection(AsyncAdapt_aiosqlite_connection):
    """A connection with such cursors."""

    __slots__ = ()
    _cursor_cls = OneTripCursor


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        connection: Any = self.aiosqlite.connect(*arg, **kw)
        connection._thread.daemon = True
        return OneTripConnection(self, await_(connection))


class OneTripDialect(SQLiteDialect_aiosqlite):
    """The dialect whose connections those are."""

    driver = "onetrip"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        """The driver's module as SQLAlchemy wants it."""
        return _Driver(__import__("aiosqlite"), __import__("sqlite3"))


registry.register("sqlite.onetrip", __name__, "OneTripDialect")
