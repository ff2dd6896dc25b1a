"""For whom work is done, whose turn it was, and who paid for a call."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the tables, and three columns of calls."""
    op.create_table(
        "payers",
        sa.Column("job", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("turn", sa.String(), nullable=False),
    )
    op.create_index("payers_turn", "payers", ["queue", "turn"])
    op.create_index("payers_place", "payers", ["place"])
    op.create_index("payers_person", "payers", ["person"])
    op.create_table(
        "served",
        sa.Column("queue", sa.String(), primary_key=True),
        sa.Column("turn", sa.String(), primary_key=True),
        sa.Column("at", sa.Double(), nullable=False),
    )
    for name in ("community", "person", "cause"):
        op.add_column("calls", sa.Column(name, sa.String(), nullable=False, server_default=""))
