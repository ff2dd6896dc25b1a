"""When arXiv was last asked about a paper."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; nothing is known of earlier looks."""
    op.add_column("papers", sa.Column("looked", sa.Double(), nullable=True))
