"""A store made at any migration, with rows in every table, is upgraded and read: nothing that was kept is lost.

The bodies are what the program wrote before the latest columns came, letter for letter; columns and tables that are not
named here are filled by their type, so that a new one is tried as well.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, func, select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.commands.people import Choice, SearchQuery
from bot.core.follows.edition import Disposition, EditionKey
from bot.core.jobs.job import JobState, Queue
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import AnnounceType, ArxivId
from bot.core.posts.post import Place, PostKey, PostKind, PostRef
from bot.core.verdicts.verdict import BasisKind, Label
from bot.store.database.database import parse_url
from bot.store.migrations.versions import v0013_two_sizes as two_sizes
from bot.store.sql import SqlStore
from tests.fakes.postgres import SERVER, fresh_database

PAPER, DAY, AT = ArxivId("2606.00001"), "2026-06-02", 1780000000.0
PLACE, PERSON = Place("console", "main"), "console:ann"
CARD = PostKey(PLACE, PostKind.CARD, str(PAPER), "plain")
EDITION = EditionKey("f", date(2026, 6, 2))
PASSAGE = (
    '{"paper":"2606.00001","version":1,"text_hash":"aaaaaaaa","start":0,"end":9,"words":"We sort le","sentence":1}'
)
VERDICT = (
    '{"paper":"2606.00001","version":1,"paper_hash":"aaaaaaaa","basis":{"kind":"abstract","characters":20,'
    '"of_characters":20,"reason":null},"first_line":' + PASSAGE + ',"findings":[{"item":"who","label":"addressed",'
    '"evidence":[' + PASSAGE + '],"reason":null},{"item":"cost","label":"absent","evidence":[],"reason":null}],'
    '"score":50,"touch":3,"provenance":{"analyst":"model","lens":"plain","lens_fingerprint":"ffffffff",'
    '"judged_at":"2026-06-02T12:00:00+00:00","model":"fake/model","prompt_fingerprint":"pppppppp","tokens_in":10,'
    '"tokens_out":20,"cost_usd":0.01},"analysis":{"headline":"Sorts letters.","does":"It sorts.","dissection":'
    '{"text":"It sorts letters.","evidence":[' + PASSAGE + ']},"fallacy":{"assumed":"A","instead":"B","evidence":['
    + PASSAGE + ']},"assumptions":[{"proposition":"P","exposure":"E","evidence":[' + PASSAGE + "]}],"
    '"social_function":"None.","classes":[{"name":"lullaby","gloss":"soft"}],"verdict":"Real.","closing":"So.",'
    '"too_little":"","fallacy_dropped":false,"withdrawn":[]},"dropped_claims":1,"flags":["an instruction"]}'
)  # fmt: skip
FOLLOW = (
    '{"name":"f","place":{"platform":"console","channel":"main"},"categories":["cs.AI"],"lens":"plain","mode":"top",'
    '"types":["new","cross"],"require":[],"refuse":[],"threshold":40,"cards":5,"limit":10,"hour":"09:00:00",'
    '"zone":"UTC","weekdays":[0,1,2,3,4],"paused":false,"origin":"settings","report":true,"report_hour":"09:00:00",'
    '"is_draft":false,"after":null,"muted_until":null,"made_at":null,"community":"","mark":"","changed_by":"",'
    '"by":"console:ann"}'
)
FEED = (
    '{"category":"cs.AI","etag":null,"last_modified":null,"checked_at":null,"next_check_at":null,'
    '"outcome":"announced","detail":"","failures":0,"day":"2026-06-02","missed":[]}'
)
OF_PAPER = {"paper": str(PAPER), "lens": "plain"}
JOB = {"payload": '{"edition":"f/2026-06-02/1","papers":["2606.00001"],"opened":0,"thread":null}', "state": "done"}
ROWS: dict[str, dict[str, Any]] = {
    "jobs": JOB | {"queue": "deliver", "key": str(CARD), "lane": str(PLACE), "ended": AT, "reason": "", "due": AT},
    "feeds": {"category": "cs.AI", "body": FEED},
    "papers": {"id": str(PAPER), "version": 1, "title": "Cupboards of old", "abstract": "We sort letters.",
               "authors": "A. Author", "categories": '["cs.AI"]', "comment": None, "licence": None, "looked": None},
    "announcements": {"category": "cs.AI", "day": DAY, "paper": str(PAPER), "version": 1, "type": "new"},
    "verdicts": OF_PAPER | {"paper_hash": "aaaaaaaa", "analyst": "model", "score": 50, "touch": 3, "body": VERDICT},
    "follows": {"name": "f", "origin": "settings", "place": str(PLACE), "body": FOLLOW},
    "editions": {"key": str(EDITION), "follow": "f", "day": DAY, "part": 1, "closed": AT, "body": FOLLOW},
    "fates": {"edition": str(EDITION), "paper": str(PAPER), "fate": "posted", "reason": ""},
    "plans": {"key": str(CARD), "place": str(PLACE), "kind": "card", "edition": str(EDITION), "follow": "f",
              "thread": None, "papers": '["2606.00001"]', "opened": 0, "local_day": DAY, "position": 1},
    "posts": {"key": str(CARD), "place": str(PLACE), "ref": "77", "thread": None, "sent": AT},
    "post_papers": OF_PAPER | {"key": str(CARD)},
    "subjects": OF_PAPER | {"id": 1, "classes": "|lullaby|"},
    "showings": {"place": str(PLACE), "subject": 1, "day": DAY, "shown": AT},
    "votes": OF_PAPER | {"place": str(PLACE), "person": PERSON, "community": "console", "choice": "agree"},
    "places": {"place": str(PLACE), "community": "console", "body": '{"sharing":false}'},
    "endpoints": {"key": "e", "form": "object", "failures": 1, "closed_until": AT, "reason": "r", "stopped": True},
    "connections": {"platform": "console", "worker": "w", "state": "connected", "seen": 4e9, "since": AT},
    "closures": {"place": "console:shut", "what": "It is shut.", "remedy": "Open it.", "since": AT},
    "turns": OF_PAPER | {"key": "k", "place": str(PLACE), "thread": "77", "person": PERSON, "words": "Why?",
                         "is_ours": False, "sameness": "", "post": "", "at": AT},
    "talks": OF_PAPER | {"place": str(PLACE), "thread": "77", "community": "console", "alone": PERSON,
                         "is_crowd": False, "is_stopped": False, "at": AT},
    "disputes": OF_PAPER | {"event": "e", "place": str(PLACE), "community": "console", "person": PERSON,
                            "claim": "fallacy", "reason": "No.", "thread": "", "ruling": "open", "at": AT},
}  # fmt: skip
BY_TYPE: dict[type, Any] = {str: "x", int: 1, float: AT, bool: False, bytes: b""}
BY_NAME: dict[str, Any] = OF_PAPER | {"place": str(PLACE), "person": PERSON, "community": "console"}
BY_HAND = ("alembic_version", "verdict_search")


def configured() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    return config


REVISIONS = sorted(one.revision for one in ScriptDirectory.from_config(configured()).walk_revisions())


def filled(table: Table, revision: str) -> dict[str, Any]:
    """A row for a table as it was then: what is known of it, and for the rest a value of the column's type."""
    known = BY_NAME | ROWS.get(table.name, {})
    if table.name == "verdicts" and revision >= two_sizes.revision:
        known["body"] = json.dumps(two_sizes._in_two(json.loads(VERDICT)))
    return {
        column.name: known.get(column.name, BY_TYPE[column.type.python_type])
        for column in table.columns
        if column.name in known or not (column.nullable or (column.primary_key and column.autoincrement is True))
    }


def tables_of(connection: Connection) -> dict[str, Table]:
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith(BY_HAND))
    return dict(found.tables)


def counted(connection: Connection) -> dict[str, int]:
    return {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in tables_of(connection).items()
    }


def fill(connection: Connection, revision: str) -> dict[str, int]:
    """Make the tables of that revision, with a row in each; how many rows there are."""
    config = configured()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    for table in tables_of(connection).values():
        connection.execute(table.insert().values(**filled(table, revision)))
    return counted(connection)


@asynccontextmanager
async def opened(folder: Path, revision: str, url: str = "") -> AsyncIterator[tuple[SqlStore, dict[str, int]]]:
    url = url or str(folder / "old.db")
    engine = create_async_engine(parse_url(url))
    async with engine.begin() as connection:
        rows = await connection.run_sync(fill, revision)
    await engine.dispose()
    store = SqlStore(url)
    await store.open(upgrade=True)
    try:
        yield store, rows
    finally:
        await store.close()


@pytest.mark.parametrize("revision", REVISIONS)
async def test_no_row_of_an_old_store_is_lost(tmp_path: Path, revision: str) -> None:
    await nothing_is_lost(tmp_path, revision)


@pytest.mark.parametrize("revision", REVISIONS)
async def test_no_row_of_an_old_store_on_postgres_is_lost_and_its_card_is_found(tmp_path: Path, revision: str) -> None:
    if SERVER is None:
        pytest.skip("no server is named in COPECHECK_TEST_POSTGRES_URL")
    async with fresh_database(SERVER) as url:
        await nothing_is_lost(tmp_path, revision, url)


async def nothing_is_lost(folder: Path, revision: str, url: str = "") -> None:
    async with opened(folder, revision, url) as (store, before):
        sent, verdict = await store.sent(CARD), await store.verdict(PAPER, "plain")
        assert sent is not None
        assert sent.ref == PostRef(PLACE, "77")
        assert verdict is not None
        assert verdict.score == 50
        async with store._database.write() as connection:
            after = await connection.run_sync(counted)
        assert {name: count for name, count in before.items() if after.get(name, 0) < count} == {}


@pytest.mark.parametrize("revision", REVISIONS)
async def test_papers_verdicts_follows_and_posts_of_an_old_store_are_read(tmp_path: Path, revision: str) -> None:
    async with opened(tmp_path, revision) as (store, _):
        paper, verdict = await store.paper(PAPER), await store.verdict(PAPER, "plain")
        assert paper is not None
        assert (paper.title, paper.categories, paper.version) == ("Cupboards of old", ("cs.AI",), 1)
        assert verdict is not None
        assert verdict.analysis is not None
        assert verdict.short is not None
        assert (verdict.score, verdict.basis.kind, verdict.short.headline) == (
            50,
            BasisKind.ABSTRACT,
            "Sorts letters.",
        )
        assert [one.label for one in verdict.findings] == [Label.ADDRESSED, Label.ABSENT]
        assert verdict.provenance.judged_at == datetime(2026, 6, 2, 12, tzinfo=UTC)
        (follow,) = await store.follows()
        assert (follow.place, follow.categories, follow.by) == (PLACE, ("cs.AI",), PERSON)
        # before 0009 it was an omission score, and chosen as one
        assert follow.threshold == (40 if revision >= "0009" else 0)
        assert (await store.feed_state("cs.AI")).outcome is Outcome.ANNOUNCED
        assert await store.announced_day("cs.AI", date(2026, 6, 2)) == {AnnounceType.NEW: 1}
        sent = await store.sent(CARD)
        assert sent is not None
        assert (sent.ref, sent.papers, sent.edition) == (PostRef(PLACE, "77"), (PAPER,), EDITION)
        assert [one.key for one in await store.posts_showing(PAPER, "plain")] == [CARD]
        assert await store.is_shown(PLACE, PAPER, "plain")
        assert (await store.search(PLACE, SearchQuery(), 5, 0)).hits[0].paper.id == PAPER
        (job,) = await store.list_jobs((JobState.DONE,), Queue.DELIVER)
        assert (job.key, job.payload) == (str(CARD), json.loads(JOB["payload"]))
        (edition,) = await store.editions()
        assert edition.fates == {Disposition.POSTED: 1}
        assert edition.stands is not None
        assert (edition.stands.posted, edition.stands.posts_waiting) == (1, 0)


@pytest.mark.parametrize("revision", REVISIONS)
async def test_what_people_left_in_an_old_store_is_read(tmp_path: Path, revision: str) -> None:
    async with opened(tmp_path, revision) as (store, before):
        assert (await store.tally(PLACE, PAPER, "plain")).agree == before.get("votes", 0)
        assert (await store.place_settings(PLACE)).sharing is ("places" not in before)
        assert len(await store.feedback()) == before.get("feedback", 0)
        assert len(await store.closures()) == before.get("closures", 0)
        assert len(await store.connections()) == before.get("connections", 0)
        assert len(await store.endpoint_states()) == before.get("endpoints", 0)
        assert len(await store.turns(PLACE, "77")) == before.get("turns", 0)
        assert (await store.talk(PLACE, "77") is not None) is ("talks" in before)
        assert len(await store.disputes()) == before.get("disputes", 0)
        assert await store.note_event("x") is ("events" not in before)


@pytest.mark.parametrize("revision", REVISIONS)
async def test_an_old_store_is_written_and_forgets_people_and_places(tmp_path: Path, revision: str) -> None:
    await it_is_written_and_forgets(tmp_path, revision)


async def it_is_written_and_forgets(folder: Path, revision: str, url: str = "") -> None:
    async with opened(folder, revision, url) as (store, _):
        await store.vote(PLACE, "console", "console:bob", PAPER, "plain", Choice.DISAGREE)
        assert (await store.tally(PLACE, PAPER, "plain")).disagree == 1
        await store.forget_person(PERSON)
        assert (await store.tally(PLACE, PAPER, "plain")).agree == 0
        await store.forget_place(PLACE)
        assert await store.sent(CARD) is None
        assert await store.prune(timedelta(days=1), timedelta(days=1)) >= 0


KINDS = ["sqlite", "postgres"] if SERVER else ["sqlite"]


@asynccontextmanager
async def empty(folder: Path, kind: str) -> AsyncIterator[str]:
    """The URL of a database without tables."""
    if kind == "sqlite":
        yield str(folder / "old.db")
    else:
        assert SERVER
        async with fresh_database(SERVER) as url:
            yield url


@pytest.mark.parametrize("kind", KINDS)
async def test_direct_messages_that_shared_one_community_are_each_their_own(tmp_path: Path, kind: str) -> None:
    """Rows, follows and what waits; a community of several stays what it is."""
    async with empty(tmp_path, kind) as url:
        engine = create_async_engine(parse_url(url))
        async with engine.begin() as connection:
            await connection.run_sync(fill, "0016")
        async with engine.begin() as connection:
            await connection.run_sync(_with_shared_messages)
        await engine.dispose()
        store = SqlStore(url)
        await store.open(upgrade=True)
        try:
            assert {one.name: one.community for one in await store.follows()} == {"f": "", "dm": OWN}
            (job,) = await store.list_jobs((JobState.OPEN,), Queue.ANSWER)
            assert (job.payload, job.faults) == ({"asker": WAITING | {"community": OWN}}, 1)
            assert await store.communities("discord") == [OWN]
        finally:
            await store.close()


OWN = "discord:@123"
WAITING = {"person": "discord:123", "place": OWN, "community": "discord:dm", "words": "of discord:dm"}


def _with_shared_messages(connection: Connection) -> None:
    """A vote, a question that waits and a follow of a person, under the name that all direct messages shared."""
    tables = tables_of(connection)
    vote, job, follow = tables["votes"], tables["jobs"], tables["follows"]
    connection.execute(vote.insert().values(**filled(vote, "0016") | {"place": OWN, "community": "discord:dm"}))
    waiting = {"id": 99, "queue": "answer", "key": "discord|1", "payload": json.dumps({"asker": WAITING})}
    connection.execute(job.insert().values(**filled(job, "0016") | waiting | {"state": "open"}))
    followed = {"name": "dm", "community": "discord:dm", "place": {"platform": "discord", "channel": "@123"}}
    values = {"name": "dm", "place": OWN, "body": json.dumps(json.loads(FOLLOW) | followed)}
    connection.execute(follow.insert().values(**filled(follow, "0016") | values))


@pytest.mark.skipif(SERVER is None, reason="no server is named in COPECHECK_TEST_POSTGRES_URL")
@pytest.mark.parametrize("revision", REVISIONS)
async def test_an_old_store_on_postgres_is_written_and_forgets_people_and_places(tmp_path: Path, revision: str) -> None:
    async with empty(tmp_path, "postgres") as url:
        await it_is_written_and_forgets(tmp_path, revision, url)
