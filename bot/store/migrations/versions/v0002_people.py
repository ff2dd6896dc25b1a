"""What people cause: votes, requests, feedback, places' settings; and what stands where, with its full-text index."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables, and fill those that follow from what is there."""
    op.create_table(
        "subjects",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("paper", sa.String, nullable=False),
        sa.Column("lens", sa.String, nullable=False),
        sa.Column("classes", sa.Text, nullable=False),
        sa.UniqueConstraint("paper", "lens"),
    )
    op.create_table(
        "showings",
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("subject", sa.Integer, primary_key=True),
        sa.Column("day", sa.String),
        sa.Column("shown", sa.Double, nullable=False),
    )
    op.create_index("showings_latest", "showings", ["place", "shown"])
    _people()
    if op.get_bind().dialect.name == "sqlite":
        _fill_sqlite()
    else:
        _fill_postgres()


def _people() -> None:
    op.create_table(
        "votes",
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("paper", sa.String, primary_key=True),
        sa.Column("lens", sa.String, primary_key=True),
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("community", sa.String, nullable=False),
        sa.Column("choice", sa.String, nullable=False),
        sa.Column("voted", sa.Double, nullable=False),
    )
    op.create_index("votes_person", "votes", ["person"])
    op.create_table(
        "requests",
        sa.Column("event", sa.String, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("community", sa.String, nullable=False),
        sa.Column("paper", sa.String, nullable=False),
        sa.Column("lens", sa.String, nullable=False),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("cost", sa.Double, nullable=False),
        sa.Column("asked", sa.Double, nullable=False),
    )
    op.create_index("requests_person", "requests", ["person", "day"])
    op.create_index("requests_place", "requests", ["place", "day"])
    op.create_table(
        "feedback",
        sa.Column("event", sa.String, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("said", sa.Double, nullable=False),
    )
    op.create_index("feedback_said", "feedback", ["said"])
    op.create_table(
        "places",
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("community", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )


SUBJECTS = "INSERT INTO subjects (paper, lens, classes) SELECT paper, lens, '' FROM verdicts GROUP BY paper, lens"
SHOWINGS = """
INSERT INTO showings (place, subject, day, shown)
SELECT plans.place, subjects.id, MAX(editions.day), MAX(editions.closed)
FROM fates JOIN editions ON editions.key = fates.edition JOIN plans ON plans.edition = editions.key
JOIN follows ON follows.name = editions.follow
JOIN subjects ON subjects.paper = fates.paper AND subjects.lens = {lens}
WHERE fates.fate IN ('posted', 'listed') GROUP BY plans.place, subjects.id
"""
LATEST = "verdicts.id IN (SELECT MAX(id) FROM verdicts GROUP BY paper, lens)"


def _fill_sqlite() -> None:
    """SQLite's own full-text index, stemmed, without accents."""
    op.execute(
        "CREATE VIRTUAL TABLE verdict_search USING fts5(title, abstract, headline, analysis, "
        "tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    op.execute(SUBJECTS)
    op.execute(SHOWINGS.format(lens="json_extract(editions.body, '$.lens')"))
    op.execute(
        "INSERT INTO verdict_search (rowid, title, abstract, headline, analysis) "
        "SELECT subjects.id, papers.title, papers.abstract, "
        "coalesce(json_extract(verdicts.body, '$.analysis.headline'), ''), "
        "coalesce(json_extract(verdicts.body, '$.analysis.dissection.text'), '') "
        "FROM verdicts JOIN papers ON papers.id = verdicts.paper "
        "JOIN subjects ON subjects.paper = verdicts.paper AND subjects.lens = verdicts.lens "
        f"WHERE {LATEST}"
    )


def _fill_postgres() -> None:
    """PostgreSQL's text search over one column, its parts weighted."""
    op.execute(
        "CREATE TABLE verdict_search (subject INTEGER PRIMARY KEY, document tsvector NOT NULL)",
    )
    op.execute("CREATE INDEX verdict_search_document ON verdict_search USING gin (document)")
    op.execute(SUBJECTS)
    op.execute(SHOWINGS.format(lens="editions.body::json->>'lens'"))
    op.execute(
        "INSERT INTO verdict_search (subject, document) SELECT subjects.id, "
        "setweight(to_tsvector('english', papers.title), 'A') || "
        "setweight(to_tsvector('english', coalesce(verdicts.body::json->'analysis'->>'headline', '')), 'B') || "
        "setweight(to_tsvector('english', papers.abstract), 'C') "
        "FROM verdicts JOIN papers ON papers.id = verdicts.paper "
        "JOIN subjects ON subjects.paper = verdicts.paper AND subjects.lens = verdicts.lens "
        f"WHERE {LATEST}"
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("verdict_search", "places", "feedback", "requests", "votes", "showings", "subjects"):
        op.drop_table(table)
