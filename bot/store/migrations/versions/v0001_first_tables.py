"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _work()
    _papers()
    _editions()
    _posts()


def _work() -> None:
    """Jobs and gates."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=True),
        sa.Column("paper", sa.String(), nullable=True),
        sa.Column("lens", sa.String(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("leased", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("added", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("queue", "key"),
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_ended", "jobs", ["ended"], unique=False)
    op.create_index("jobs_lane", "jobs", ["lane", "state", "id"], unique=False)
    op.create_index("jobs_next", "jobs", ["queue", "state", "priority", "due", "id"], unique=False)
    op.create_index("jobs_paper", "jobs", ["paper", "lens", "state"], unique=False)
    op.create_index(
        "jobs_under_way",
        "jobs",
        ["lane"],
        unique=True,
        sqlite_where=sa.text("leased"),
        postgresql_where=sa.text("leased"),
    )
    op.create_table(
        "gates",
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("next_free", sa.Double(), nullable=False),
        sa.Column("held_until", sa.Double(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("bucket"),
    )


def _papers() -> None:
    """What polls and judging leave behind."""
    op.create_table(
        "feeds",
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("category"),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "announcements",
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("category", "day", "paper"),
    )
    op.create_index("announcements_paper", "announcements", ["category", "paper", "day", "version"], unique=False)
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("lens", sa.String(), nullable=False),
        sa.Column("paper_hash", sa.String(), nullable=False),
        sa.Column("analyst", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("touch", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("verdicts_paper", "verdicts", ["paper", "lens", "id"], unique=False)


def _editions() -> None:
    """Follows, and how their days ended."""
    op.create_table(
        "follows",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "editions",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("follow", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Double(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("editions_closed", "editions", ["closed"], unique=False)
    op.create_index("editions_follow", "editions", ["follow", "day", "part"], unique=False)
    op.create_table(
        "fates",
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("edition", "paper"),
    )


def _posts() -> None:
    """What is to be said, and where it stands."""
    op.create_table(
        "plans",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("follow", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("papers", sa.Text(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("local_day", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("plans_day", "plans", ["place", "local_day"], unique=False)
    op.create_table(
        "posts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("sent", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("posts_place", "posts", ["place", "sent"], unique=False)
    op.create_table(
        "post_papers",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("lens", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", "paper"),
    )
    op.create_index("post_papers_paper", "post_papers", ["paper", "lens"], unique=False)
