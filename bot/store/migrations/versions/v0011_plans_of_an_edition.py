"""The posts of an edition found by it: what stands is counted of each."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the index."""
    op.create_index("plans_edition", "plans", ["edition"])
