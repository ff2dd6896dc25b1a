"""Acts of people that are counted a day, and ids that arXiv was asked about in vain."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "acts",
        sa.Column("event", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )
    op.create_index("acts_person", "acts", ["person", "kind", "day"])
    op.create_index("acts_place", "acts", ["place", "kind", "day"])
    op.create_index("acts_at", "acts", ["at"])
    op.create_table(
        "unknown_papers",
        sa.Column("paper", sa.String(), primary_key=True),
        sa.Column("at", sa.Double(), nullable=False),
    )
