"""A verdict's short part stands apart from its analysis, and a call says which of the two it was for."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

PAGE = 200
LONG = ("dissection", "assumptions", "social_function", "classes", "verdict", "closing")


def upgrade() -> None:
    """Rewrite the stored verdicts of models page by page, and add a column of calls."""
    op.add_column("calls", sa.Column("wanted", sa.String(), nullable=False, server_default="verdict"))
    verdicts = sa.table("verdicts", sa.column("id", sa.Integer), sa.column("body", sa.Text))
    connection = op.get_bind()
    after = 0
    while True:
        page = sa.select(verdicts.c.id, verdicts.c.body).where(verdicts.c.id > after).order_by(verdicts.c.id)
        rows = connection.execute(page.limit(PAGE)).all()
        if not rows:
            return
        for row in rows:
            body = json.loads(row.body)
            if body.get("analysis"):
                text = json.dumps(_in_two(body), ensure_ascii=False, separators=(",", ":"))
                connection.execute(sa.update(verdicts).where(verdicts.c.id == row.id).values(body=text))
        after = rows[-1].id


def _in_two(body: dict[str, Any]) -> dict[str, Any]:
    """The short part of what was one analysis, and the rest; a text that was too little has no rest."""
    whole = body["analysis"]
    fallacy = whole.get("fallacy")
    short = {
        "headline": whole["headline"],
        "does": whole["does"],
        "fallacy": {"line": fallacy["assumed"], "evidence": fallacy["evidence"]} if fallacy else None,
        "omissions": [],
        "too_little": whole.get("too_little", ""),
        "fallacy_dropped": whole.get("fallacy_dropped", False),
    }
    rest = None if short["too_little"] else {name: whole[name] for name in LONG} | {"fallacy": fallacy}
    return body | {"short": short, "analysis": rest, "withdrawn": whole.get("withdrawn", [])}
