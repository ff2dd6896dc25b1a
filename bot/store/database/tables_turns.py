"""The tables of whose work it is and who caused what: payers, turns, acts; and ids that arXiv does not know."""

from sqlalchemy import Column, Double, Index, Integer, String, Table

from bot.store.database.tables import metadata

payers = Table(
    "payers",
    metadata,
    Column("job", Integer, primary_key=True, autoincrement=False),
    Column("place", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("community", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("queue", String, nullable=False),
    Column("turn", String, nullable=False),
    Index("payers_turn", "queue", "turn"),
    Index("payers_place", "place"),
    Index("payers_person", "person"),
)

served = Table(
    "served",
    metadata,
    Column("queue", String, primary_key=True),
    Column("turn", String, primary_key=True),
    Column("at", Double, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("event", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("place", String, nullable=False),
    Column("day", String, nullable=False),
    Column("at", Double, nullable=False),
    Index("acts_person", "person", "kind", "day"),
    Index("acts_place", "place", "kind", "day"),
    Index("acts_at", "at"),
)

unknown_papers = Table(
    "unknown_papers",
    metadata,
    Column("paper", String, primary_key=True),
    Column("at", Double, nullable=False),
)
