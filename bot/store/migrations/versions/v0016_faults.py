"""How many attempts of a job in a row ended in an error that nobody foresaw."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column; what waits now has failed in no such way."""
    op.add_column("jobs", sa.Column("faults", sa.Integer(), nullable=False, server_default="0"))
