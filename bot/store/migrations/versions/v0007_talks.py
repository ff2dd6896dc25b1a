"""What was said in threads, which threads we are in, objections to claims, and answers among what is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables, and two columns of requests."""
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("lens", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("sameness", sa.Text(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("turns_thread", "turns", ["place", "thread", "id"])
    op.create_index("turns_person", "turns", ["person"])
    op.create_index("turns_post", "turns", ["post"])
    op.create_index("turns_at", "turns", ["at"])
    op.create_table(
        "talks",
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("thread", sa.String(), primary_key=True),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("lens", sa.String(), nullable=False),
        sa.Column("alone", sa.String(), nullable=False),
        sa.Column("is_crowd", sa.Boolean(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )
    op.create_index("talks_paper", "talks", ["place", "paper", "lens"])
    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("event", sa.String(), nullable=False, unique=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("lens", sa.String(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("ruling", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("disputes_place", "disputes", ["place", "paper", "lens"])
    op.create_index("disputes_person", "disputes", ["person"])
    op.add_column("requests", sa.Column("is_answer", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("requests", sa.Column("thread", sa.String(), nullable=False, server_default=""))
