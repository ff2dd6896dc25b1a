"""Direct messages of Discord are each a community of their own: one person's spending was everybody's there."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

Column = sa.ColumnClause[Any]
SHARED = "discord:dm"
NAMED = ("votes", "requests", "places", "talks", "disputes", "payers")


def upgrade() -> None:
    """Name the person's own place wherever all shared one name."""
    connection = op.get_bind()
    for name in NAMED:
        table = sa.table(name, sa.column("community"), sa.column("place"))
        connection.execute(sa.update(table).where(table.c.community == SHARED).values(community=table.c.place))
    follows = sa.table("follows", sa.column("name"), sa.column("place"), sa.column("body"))
    _rewrite(connection, follows, follows.c.name, follows.c.body)
    jobs = sa.table("jobs", sa.column("id"), sa.column("payload"))
    _rewrite(connection, jobs, jobs.c.id, jobs.c.payload)


def _rewrite(connection: sa.Connection, table: sa.TableClause, key: Column, body: Column) -> None:
    """The same inside of stored values, beside the place that they name."""
    for row in connection.execute(sa.select(key, body).where(body.contains(SHARED))).all():
        values = _named(json.loads(row[1]))
        written = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        connection.execute(sa.update(table).where(key == row[0]).values({body.name: written}))


def _named(values: object) -> object:
    if isinstance(values, list):
        return [_named(item) for item in values]
    if not isinstance(values, dict):
        return values
    found = {name: _named(item) for name, item in values.items()}
    if found.get("community") != SHARED:
        return found
    place = found.get("place")
    own = place if isinstance(place, str) else _own(found)
    return found | {"community": own or SHARED}


def _own(values: dict[str, object]) -> str:
    """A follow keeps its place as two values."""
    place = values.get("place")
    return f"{place.get('platform')}:{place.get('channel')}" if isinstance(place, dict) else ""
