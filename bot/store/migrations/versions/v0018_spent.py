"""What a day's calls took is summed from an index alone: each row of a call holds a reply."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Put the wider index in the place of the one by day."""
    summed = ["day", "community", "person", "outcome", "expires", "tokens_in", "tokens_out", "usd"]
    op.create_index("calls_spent", "calls", summed)
    op.drop_index("calls_day", "calls")
