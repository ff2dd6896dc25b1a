"""A verdict's score and touch stand in its body alone: nothing looked for them in columns. A follow's threshold was an
omission score and is an interest now: what people chose of the one says nothing of the other, so the lens's own counts.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Drop the two columns, and let thresholds of omission go."""
    op.drop_column("verdicts", "score")
    op.drop_column("verdicts", "touch")
    follows = sa.table("follows", sa.column("name", sa.String), sa.column("body", sa.Text))
    connection = op.get_bind()
    for row in connection.execute(sa.select(follows.c.name, follows.c.body)).all():
        body = json.loads(row.body)
        if body.get("threshold"):
            text = json.dumps(body | {"threshold": 0}, ensure_ascii=False, separators=(",", ":"))
            connection.execute(sa.update(follows).where(follows.c.name == row.name).values(body=text))
