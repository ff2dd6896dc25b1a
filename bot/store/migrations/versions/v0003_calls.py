"""Calls of models, what their endpoints take, and why a paper of an edition was not read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables, and a column to the fates of an edition's papers."""
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("made", sa.Double(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("expires", sa.Double(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("lens", sa.String(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("tokens_cached", sa.Integer(), nullable=False),
        sa.Column("usd", sa.Double(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("reply", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("calls_day", "calls", ["day"], unique=False)
    op.create_index("calls_prompt", "calls", ["prompt", "id"], unique=False)
    op.create_index("calls_model", "calls", ["model", "stage", "id"], unique=False)
    op.create_index("calls_made", "calls", ["made"], unique=False)
    op.create_table(
        "endpoints",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("closed_until", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
    )
    with op.batch_alter_table("fates") as fates:
        fates.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
