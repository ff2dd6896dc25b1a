"""What every noun of the store shares: its database, and inserts that leave what is there alone."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database

CHUNK = 500


class Rows:
    """Base of the store's parts."""

    _database: Database

    def _insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT; both databases' forms are alike, and SQLAlchemy types them apart."""
        return sqlite.insert(table) if self._database.is_sqlite else postgresql.insert(table)

    async def _add(self, connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows; those whose key is there already are left as they are."""
        if rows:
            await connection.execute(self._insert(table).on_conflict_do_nothing(), [dict(row) for row in rows])

    async def _put(self, connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> None:
        """Insert a row, or overwrite the one of its primary key."""
        keys = [column.name for column in table.primary_key]
        statement = self._insert(table).values(**row)
        changed = {name: statement.excluded[name] for name in row if name not in keys}
        await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def chunks(values: Sequence[str]) -> list[Sequence[str]]:
    """Values in pieces that fit one statement's parameters."""
    return [values[at : at + CHUNK] for at in range(0, len(values), CHUNK)]


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
