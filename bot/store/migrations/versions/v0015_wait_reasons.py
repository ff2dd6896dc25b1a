"""Why a job waits and a paper stood unread is a value of its own beside the words that were noted."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

# The first that fits counts; what fits none was said by no version in a form of its own, and stays unknown.
FORMS = (
    ("%: see the log", "fault"),
    ("something went wrong in the bot%", "fault"),
    ("%your share of the day's model budget%", "share of the person"),
    ("%share of the day's model budget%", "share of the community"),
    ("half of the day's model budget is kept%", "budget kept for the day"),
    ("%the day's model budget%", "budget"),
    ("the model is stopped%", "model stopped"),
    ("%wait for the model", "model awaited"),
    ("arXiv%", "arxiv away"),
    ("%being fetched", "fetching"),
    ("posts at %", "posting hour"),
    ("waiting for the announcement of %", "announcement"),
    ("%being judged", "judging"),
    ("%being written", "judging"),
    ("given back by a clean stop", "interrupted"),
    ("stopped in the middle", "interrupted"),
    ("% wrote no %", "model unusable"),
    ("% sent an empty reply%", "model unusable"),
    ("% was cut off at the limit of tokens%", "model unusable"),
    ("% refused to judge the text%", "model unusable"),
    ("% asks for fewer requests%", "model away"),
    ("% reports an error on its side%", "model away"),
    ("% did not answer in time%", "model away"),
    ("the connection to % broke off%", "model away"),
    ("% cannot be reached%", "model away"),
)


def upgrade() -> None:
    """Add the columns, and read them once from the words of what waits now."""
    connection = op.get_bind()
    for name in ("jobs", "fates"):
        op.add_column(name, sa.Column("why", sa.String(), nullable=False, server_default=""))
        table = sa.table(name, *(sa.column(column) for column in ("why", "reason", "state", "queue", "fate")))
        is_waiting = table.c.state == "open" if name == "jobs" else table.c.fate == "unread"
        why = sa.case(*((table.c.reason.like(form), value) for form, value in FORMS), else_="")
        connection.execute(sa.update(table).where(is_waiting, table.c.reason != "").values(why=why))
    posts = sa.table("jobs", sa.column("why"), sa.column("reason"), sa.column("state"), sa.column("queue"))
    is_post = sa.and_(posts.c.queue == "deliver", posts.c.state == "open", posts.c.reason != "")
    connection.execute(sa.update(posts).where(is_post, posts.c.why.in_(("", "model away"))).values(why="platform"))
