"""Which process holds a job or a turn at a gate, by the name of the lock that it holds for its life."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add a column to each; what is held now ends by time."""
    op.add_column("jobs", sa.Column("holder", sa.String()))
    op.add_column("gates", sa.Column("holder", sa.String()))
