"""The tables. Moments are seconds since 1970 by the database's own clock; days are ISO dates; bodies are JSON."""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("queue", String, nullable=False),
    Column("key", String, nullable=False),
    Column("lane", String),
    Column("paper", String),
    Column("lens", String),
    Column("payload", Text, nullable=False),
    Column("priority", Double, nullable=False),
    Column("state", String, nullable=False),
    Column("due", Double, nullable=False),
    Column("leased", Boolean, nullable=False),
    Column("holder", String),
    Column("attempts", Integer, nullable=False),
    Column("settled", Integer, nullable=False),
    Column("added", Double, nullable=False),
    Column("ended", Double),
    Column("reason", Text, nullable=False),
    Column("why", String, nullable=False, server_default=""),
    Column("faults", Integer, nullable=False, server_default="0"),
    UniqueConstraint("queue", "key"),
    Index("jobs_next", "queue", "state", "priority", "due", "id"),
    Index("jobs_lane", "lane", "state", "id"),
    Index(
        "jobs_under_way", "lane", unique=True, sqlite_where=text("leased")
    ),  # so on PostgreSQL, whose name is slow here
    Index("jobs_ended", "ended"),
    Index("jobs_paper", "paper", "lens", "state"),
    sqlite_autoincrement=True,
)

gates = Table(
    "gates",
    metadata,
    Column("bucket", String, primary_key=True),
    Column("next_free", Double, nullable=False),
    Column("held_until", Double, nullable=False),
    Column("held_by", String, nullable=False),
    Column("holder", String),
)

feeds = Table(
    "feeds",
    metadata,
    Column("category", String, primary_key=True),
    Column("body", Text, nullable=False),
)

papers = Table(
    "papers",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("authors", Text, nullable=False),
    Column("categories", Text, nullable=False),
    Column("comment", Text),
    Column("licence", Text),
    Column("looked", Double),
)

announcements = Table(
    "announcements",
    metadata,
    Column("category", String, primary_key=True),
    Column("day", String, primary_key=True),
    Column("paper", String, primary_key=True),
    Column("version", Integer),
    Column("type", String, nullable=False),
    Column("inferred", Boolean, nullable=False),
    Column("origin", String, nullable=False),
    Index("announcements_paper", "category", "paper", "day", "version"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("paper", String, nullable=False),
    Column("lens", String, nullable=False),
    Column("paper_hash", String, nullable=False),
    Column("analyst", String, nullable=False),
    Column("body", Text, nullable=False),
    Index("verdicts_paper", "paper", "lens", "id"),
    sqlite_autoincrement=True,
)

follows = Table(
    "follows",
    metadata,
    Column("name", String, primary_key=True),
    Column("origin", String, nullable=False),
    Column("place", String, nullable=False),
    Column("body", Text, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("key", String, primary_key=True),
    Column("follow", String, nullable=False),
    Column("day", String, nullable=False),
    Column("part", Integer, nullable=False),
    Column("closed", Double, nullable=False),
    Column("body", Text, nullable=False),
    Index("editions_follow", "follow", "day", "part"),
    Index("editions_closed", "closed"),
)

fates = Table(
    "fates",
    metadata,
    Column("edition", String, primary_key=True),
    Column("paper", String, primary_key=True),
    Column("fate", String, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("why", String, nullable=False, server_default=""),
)

plans = Table(
    "plans",
    metadata,
    Column("key", String, primary_key=True),
    Column("place", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("edition", String, nullable=False),
    Column("follow", String, nullable=False),
    Column("thread", String),
    Column("papers", Text, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("local_day", String, nullable=False),
    Column("position", Integer, nullable=False),
    Index("plans_day", "place", "local_day"),
    Index("plans_edition", "edition"),
)

posts = Table(
    "posts",
    metadata,
    Column("key", String, primary_key=True),
    Column("place", String, nullable=False),
    Column("ref", String, nullable=False),
    Column("thread", String),
    Column("sent", Double, nullable=False),
    Index("posts_place", "place", "sent"),
)

post_papers = Table(
    "post_papers",
    metadata,
    Column("key", String, primary_key=True),
    Column("paper", String, primary_key=True),
    Column("lens", String, nullable=False),
    Index("post_papers_paper", "paper", "lens"),
)

subjects = Table(
    "subjects",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("paper", String, nullable=False),
    Column("lens", String, nullable=False),
    Column("classes", Text, nullable=False),
    UniqueConstraint("paper", "lens"),
)

showings = Table(
    "showings",
    metadata,
    Column("place", String, primary_key=True),
    Column("subject", Integer, primary_key=True),
    Column("day", String),
    Column("shown", Double, nullable=False),
    Index("showings_latest", "place", "shown"),
)

votes = Table(
    "votes",
    metadata,
    Column("place", String, primary_key=True),
    Column("paper", String, primary_key=True),
    Column("lens", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("community", String, nullable=False),
    Column("choice", String, nullable=False),
    Column("voted", Double, nullable=False),
    Index("votes_person", "person"),
)

requests = Table(
    "requests",
    metadata,
    Column("event", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("place", String, nullable=False),
    Column("community", String, nullable=False),
    Column("paper", String, nullable=False),
    Column("lens", String, nullable=False),
    Column("day", String, nullable=False),
    Column("cost", Double, nullable=False),
    Column("asked", Double, nullable=False),
    Column("is_answer", Boolean, nullable=False, server_default=text("false")),
    Column("thread", String, nullable=False, server_default=""),
    Index("requests_person", "person", "day"),
    Index("requests_place", "place", "day"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("event", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("place", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("said", Double, nullable=False),
    Index("feedback_said", "said"),
)

places = Table(
    "places",
    metadata,
    Column("place", String, primary_key=True),
    Column("community", String, nullable=False),
    Column("body", Text, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("made", Double, nullable=False),
    Column("day", String, nullable=False),
    Column("expires", Double, nullable=False),
    Column("endpoint", String, nullable=False),
    Column("model", String, nullable=False),
    Column("paper", String, nullable=False),
    Column("lens", String, nullable=False),
    Column("prompt", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("tokens_cached", Integer, nullable=False),
    Column("usd", Double, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("reply", Text),
    Column("community", String, nullable=False, server_default=""),
    Column("person", String, nullable=False, server_default=""),
    Column("cause", String, nullable=False, server_default=""),
    Column("wanted", String, nullable=False, server_default="verdict"),
    # what a day took is summed before every call: from the index alone, for a row holds a reply
    Index("calls_spent", "day", "community", "person", "outcome", "expires", "tokens_in", "tokens_out", "usd"),
    Index("calls_prompt", "prompt", "id"),
    Index("calls_model", "model", "stage", "id"),
    Index("calls_made", "made"),
    sqlite_autoincrement=True,
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("key", String, primary_key=True),
    Column("form", String, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("closed_until", Double, nullable=False),
    Column("reason", Text, nullable=False),
    Column("stopped", Boolean, nullable=False),
)

connections = Table(
    "connections",
    metadata,
    Column("platform", String, primary_key=True),
    Column("worker", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("since", Double, nullable=False),
    Column("seen", Double, nullable=False),
)

closures = Table(
    "closures",
    metadata,
    Column("place", String, primary_key=True),
    Column("what", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("since", Double, nullable=False),
)

sync_hashes = Table(
    "sync_hashes",
    metadata,
    Column("name", String, primary_key=True),
    Column("hash", String, nullable=False),
)

texts = Table(
    "texts",
    metadata,
    Column("paper", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("extractor", String, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("used", Double, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("texts_used", "used"),
)

events = Table(
    "events",
    metadata,
    Column("key", String, primary_key=True),
    Column("noted", Double, nullable=False),
    Index("events_noted", "noted"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("place", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("paper", String, nullable=False),
    Column("lens", String, nullable=False),
    Column("person", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("is_ours", Boolean, nullable=False),
    Column("sameness", Text, nullable=False),
    Column("post", String, nullable=False),
    Column("at", Double, nullable=False),
    Index("turns_thread", "place", "thread", "id"),
    Index("turns_person", "person"),
    Index("turns_post", "post"),
    Index("turns_at", "at"),
    sqlite_autoincrement=True,
)

talks = Table(
    "talks",
    metadata,
    Column("place", String, primary_key=True),
    Column("thread", String, primary_key=True),
    Column("community", String, nullable=False),
    Column("paper", String, nullable=False),
    Column("lens", String, nullable=False),
    Column("alone", String, nullable=False),
    Column("is_crowd", Boolean, nullable=False),
    Column("is_stopped", Boolean, nullable=False),
    Column("at", Double, nullable=False),
    Index("talks_paper", "place", "paper", "lens"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("event", String, nullable=False, unique=True),
    Column("place", String, nullable=False),
    Column("community", String, nullable=False),
    Column("person", String, nullable=False),
    Column("paper", String, nullable=False),
    Column("lens", String, nullable=False),
    Column("claim", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("thread", String, nullable=False),
    Column("ruling", String, nullable=False),
    Column("at", Double, nullable=False),
    Index("disputes_place", "place", "paper", "lens"),
    Index("disputes_person", "person"),
    sqlite_autoincrement=True,
)
