"""What every noun of the store shares: its database, and inserts that leave what is there alone."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from inspect import Parameter, iscoroutinefunction, signature
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Column, ColumnElement, Select, Table, bindparam, delete, select, tuple_
from sqlalchemy.dialects import sqlite

from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.database import Database

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
VALUES_A_STATEMENT = 500
ROWS_A_DELETION = 1000  # rows deleted in one transaction, so that nobody waits for long
WAIT_REASONS = frozenset(WaitReason)
NOTHING_NOTED = {"reason": "", "why": WaitReason.UNKNOWN}


def shielded(method: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """A method that runs to its end when its caller is cancelled, who is cancelled then.

    A connection that is cut off in the middle may go on holding SQLite's only write lock.
    """

    @wraps(method)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        task = asyncio.create_task(method(*args, **kwargs))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            while not task.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # whoever wanted to know it is gone
            raise

    return run


def unshielded(method: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """A method of the store that may be cut off: it waits for what may never come, or only calls others."""
    method.__dict__["is_unshielded"] = True
    return method


def prepared(
    build: Callable[Concatenate[Any, P], T],
) -> Callable[Concatenate[Any, P], tuple[T, dict[str, Any]]]:
    """A repository's statement, built once a store, with its values: building one takes longer than most take to run.

    What `build` gets for its positional arguments are bound parameters; keywords say which form is built.
    """
    named = [name for name, of in signature(build).parameters.items() if of.kind is Parameter.POSITIONAL_OR_KEYWORD][1:]
    bound = [f"of_{name}" for name in named]  # apart from columns: those would be set

    @wraps(build)
    def statement(self: Any, /, *values: P.args, **form: P.kwargs) -> tuple[T, dict[str, Any]]:
        built, key = self._database.prepared, (build, *form.values())
        if key not in built:
            built[key] = build(self, *cast(Any, map(bindparam, bound)), **form)
        return built[key], dict(zip(bound, values, strict=True))

    return statement


class Repository:
    """Base of the store's parts."""

    _database: Database

    def __init_subclass__(cls) -> None:
        """Every public method is shielded, so that none can be forgotten."""
        super().__init_subclass__()
        for name, method in list(vars(cls).items()):
            if not name.startswith("_") and iscoroutinefunction(method) and not hasattr(method, "is_unshielded"):
                setattr(cls, name, shielded(method))

    def _insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT; both databases' forms are alike, and SQLAlchemy types them apart."""
        if self._database.is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # slow to import, and needed only here

        return postgresql.insert(table)

    async def _moment(self, connection: AsyncConnection) -> float:
        """The moment by the database's clock, in seconds since 1970."""
        return float((await connection.execute(*self._present())).scalar_one())

    @prepared
    def _present(self) -> Select[tuple[float]]:
        return select(self._database.now())

    async def _forget_pieces(self, table: Table, which: ColumnElement[bool]) -> int:
        """Delete rows by their primary keys, so many in a transaction, with room between for who writes; how many."""
        keys, gone = list(table.primary_key), 0
        while True:
            async with self._database.read() as connection:
                found = (await connection.execute(select(*keys).where(which).limit(ROWS_A_DELETION))).all()
            if not found:
                return gone
            piece = tuple_(*keys).in_([tuple(row) for row in found])
            async with self._database.write() as connection:
                deleted = int((await connection.execute(delete(table).where(piece, which))).rowcount)
            if not deleted:  # another process was there first
                return gone
            gone += deleted
            await asyncio.sleep(0)

    async def _add(self, connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows in their order, leaving those alone whose key is there."""
        if rows:
            statement, _ = self._insert_new(table=table)
            await connection.execute(statement, [dict(row) for row in rows])

    async def _add_new(
        self, connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], returned: Column[T]
    ) -> Sequence[T]:
        """As `_add`; the column `returned` of each row that was new."""
        if not rows:
            return ()
        statement, _ = self._insert_new(table=table, returned=returned)
        return (await connection.execute(statement, [dict(row) for row in rows])).scalars().all()

    @prepared
    def _insert_new(self, *, table: Table, returned: Column[Any] | None = None) -> Any:
        statement = self._insert(table).on_conflict_do_nothing()
        return statement if returned is None else statement.returning(returned)

    async def _put(self, connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> None:
        """Insert a row, or overwrite the one of its primary key."""
        keys = [column.name for column in table.primary_key]
        statement = self._insert(table).values(**row)
        changed = {name: statement.excluded[name] for name in row if name not in keys}
        await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def chunks(values: Sequence[str]) -> list[Sequence[str]]:
    """Values in pieces that fit one statement's parameters."""
    return [values[at : at + VALUES_A_STATEMENT] for at in range(0, len(values), VALUES_A_STATEMENT)]


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def storable(text: str) -> str:
    """`text` without what no database stores: NUL and halves of surrogate pairs become U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def why_of(stored: str) -> WaitReason:
    """A stored reason; one that only another version knows is as good as none."""
    return WaitReason(stored) if stored in WAIT_REASONS else WaitReason.UNKNOWN


def noted_of(row: Any) -> NotedReason:
    """Why something waits, from a row that has both columns."""
    return NotedReason(why_of(row.why), row.reason)


def noted_row(noted: NotedReason) -> dict[str, str]:
    """Why something waits, as the two columns."""
    return {"why": noted.why, "reason": noted.words}
