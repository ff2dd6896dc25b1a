"""How processes are connected to platforms, places that take no posts, and what was last made known to a platform."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "connections",
        sa.Column("platform", sa.String(), primary_key=True),
        sa.Column("worker", sa.String(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("seen", sa.Double(), nullable=False),
    )
    op.create_table(
        "closures",
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
    )
    op.create_table(
        "sync_hashes",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("hash", sa.String(), nullable=False),
    )
