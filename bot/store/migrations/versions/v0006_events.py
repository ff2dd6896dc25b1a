"""Ids of events that needed no work, so that a second delivery is known as one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "events",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("noted", sa.Double(), nullable=False),
    )
    op.create_index("events_noted", "events", ["noted"], unique=False)
