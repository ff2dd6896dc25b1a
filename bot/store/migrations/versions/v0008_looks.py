"""When arXiv was last asked about a paper."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nothing is known of earlier looks."""
    op.add_column("papers", sa.Column("looked", sa.Double(), nullable=True))
