"""What people cause, in both databases: votes, requests within limits, searches, places, and forgetting."""

import asyncio
import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.commands.people import AskedFor, AskLimits, Choice, Feedback, PlaceSettings, SearchQuery, Tally
from bot.core.follows.edition import EditionKey, EditionPlan
from bot.core.follows.follow import Follow, Origin
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.papers.paper import AnnounceType, ArxivId, Paper
from bot.core.posts.post import Place, PostKey, PostKind, PostRef
from bot.core.verdicts.verdict import Analysis, Claim, Classification, ShortVerdict
from bot.store.database.tables import metadata
from bot.store.sql import SqlStore
from tests.store.making import LEASE, NOON, PLACE, TUESDAY, Skew, announce, batch, claim_one, paper, verdict

OTHER = Place("console", "other")
ANN = Actor("console:ann", PLACE, "console", Role.MEMBER)
LIMITS = AskLimits(2, 3, 1.0, 2.0)


def request(number: int, who: Actor = ANN, day: date = TUESDAY) -> AskedFor:
    return AskedFor(f"console|{number}", who, ArxivId("2606.00001"), "plain", day)


async def shown(store: SqlStore, of: Paper, place: Place = PLACE, lens: str = "discontinuity", **said: str) -> None:
    """A verdict that stands in a place, as after Share here."""
    await store.put_papers([of])
    await store.add_jobs([NewJob(Queue.JUDGE, f"{of.id}|{lens}|{place.channel}", {"paper": str(of.id), "lens": lens})])
    job = await claim_one(store)
    made = verdict(of, lens=lens)
    if said:
        whole = Analysis(Claim(""), None, (), "", (Classification("lullaby", ""),), said.pop("verdict", ""), "")
        made = replace(made, analysis=whole, short=replace(ShortVerdict("", "", None), **said))  # type: ignore[arg-type]
    await store.finish_judging(job, made, ())
    await stand(store, of, place, lens)


async def stand(store: SqlStore, of: Paper, place: Place, lens: str = "discontinuity") -> None:
    key = PostKey(place, PostKind.CARD, str(of.id), lens)
    await store.add_jobs([NewJob(Queue.DELIVER, str(key), {"papers": [str(of.id)]}, lane=str(place))])
    [job] = await store.claim(Queue.DELIVER, 1, LEASE)
    await store.finish_delivery(job, key, PostRef(place, "x"))


def titled(number: int, title: str, abstract: str = "") -> Paper:
    plain = paper(number, title=title)
    return replace(plain, abstract=abstract) if abstract else plain


async def found(store: SqlStore, words: str = "", place: Place = PLACE, **filters: object) -> list[str]:
    page = await store.search(place, SearchQuery(words, **filters), 50, 0)  # type: ignore[arg-type]
    return [str(one.paper.id)[-1] for one in page.hits]


# votes


async def test_a_second_vote_takes_the_place_of_the_first(store: SqlStore) -> None:
    one = ArxivId("2606.00001")
    assert await store.vote(PLACE, "c", "console:ann", one, "plain", Choice.AGREE) == Tally(1, 0)
    assert await store.vote(PLACE, "c", "console:ann", one, "plain", Choice.DISAGREE) == Tally(0, 1)
    assert await store.vote(PLACE, "c", "console:ben", one, "plain", Choice.DISAGREE) == Tally(0, 2)
    assert await store.vote(OTHER, "c", "console:ann", one, "plain", Choice.AGREE) == Tally(1, 0)
    assert await store.tally(PLACE, one, "discontinuity") == Tally()


async def test_votes_at_once_are_all_counted(store: SqlStore) -> None:
    one = ArxivId("2606.00001")
    people = [f"console:{number}" for number in range(12)]
    await asyncio.gather(*(store.vote(PLACE, "c", who, one, "plain", Choice.AGREE) for who in people))
    assert await store.tally(PLACE, one, "plain") == Tally(12, 0)


# requests


async def test_requests_fit_until_the_limit_and_then_the_count_is_told(store: SqlStore) -> None:
    assert await store.ask_for(request(1), LIMITS) is None
    assert await store.ask_for(request(2), LIMITS) is None
    spent = await store.ask_for(request(3), LIMITS)
    assert spent is not None
    assert (spent.person, spent.place) == (2, 2)
    assert await store.ask_for(request(2), LIMITS) is None, "the same event is not a second request"
    assert await store.ask_for(request(4, day=date(2026, 6, 3)), LIMITS) is None
    ben = replace(ANN, person="console:ben")
    assert await store.ask_for(request(5, ben), LIMITS) is None
    spent = await store.ask_for(request(6, ben), LIMITS)
    assert spent is not None
    assert spent.place == 3


async def test_requests_at_once_do_not_pass_the_limit_together(store: SqlStore) -> None:
    answers = await asyncio.gather(*(store.ask_for(request(number), LIMITS) for number in range(10)))
    assert sum(answer is None for answer in answers) == 2


async def test_what_requests_cost_counts(store: SqlStore) -> None:
    await store.ask_for(request(1), LIMITS)
    await store.settle_request("console|1", 1.5)
    spent = await store.ask_for(request(2), LIMITS)
    assert spent is not None
    assert spent.person_usd == 1.5


# what stands where


async def test_what_stands_in_a_place_is_found_there_and_nowhere_else(store: SqlStore) -> None:
    await shown(store, titled(1, "Cupboards"))
    assert await found(store, "cupboards") == ["1"]
    assert await found(store) == ["1"]
    assert await found(store, "cupboards", OTHER) == []
    assert await store.is_shown(PLACE, ArxivId("2606.00001"), "discontinuity")
    assert not await store.is_shown(OTHER, ArxivId("2606.00001"), "discontinuity")
    assert not await store.is_shown(PLACE, ArxivId("2606.00001"), "plain")


async def test_a_title_weighs_more_than_an_abstract(store: SqlStore) -> None:
    await shown(store, titled(1, "On shelves", "A drawer is a drawer, and this text goes on about other things."))
    await shown(store, titled(2, "A drawer", "This text goes on about other things and never says it again."))
    assert await found(store, "drawer") == ["2", "1"]


async def test_words_are_found_in_other_forms_and_every_word_must_be_there(store: SqlStore) -> None:
    await shown(store, titled(1, "Automating clerks"))
    assert await found(store, "clerk") == ["1"]
    assert await found(store, "automated clerks") == ["1"]
    assert await found(store, "clerk zeppelin") == []


async def test_words_are_found_by_any_beginning_while_they_are_typed(store: SqlStore) -> None:
    await shown(store, titled(1, "Automating the clerks of happy octopuses"))
    await shown(store, titled(2, "On drawers and carpets"))
    for word in ("automating", "octopuses", "clerks"):
        for end in range(3, len(word) + 1):
            assert await found(store, word[:end], is_begun=True) == ["1"], word[:end]
    assert await found(store, "octop cler", is_begun=True) == ["1"]
    assert await found(store, "octop carp", is_begun=True) == []
    assert await found(store, "zeppel", is_begun=True) == []
    for odd in ("the", "o'b", "a:* | b", "!()", "\\", "é", "octop & ' \""):
        await found(store, odd, is_begun=True)


async def test_headline_and_analysis_are_searched_too(store: SqlStore) -> None:
    await shown(store, titled(1, "A title"), headline="Takes out the brakes.", verdict="What follows is a flood.")
    assert await found(store, "brakes") == ["1"]
    assert await found(store, "flood") == ["1"]
    assert await found(store, class_name="Lullaby") == ["1"]
    assert await found(store, class_name="lull") == []
    assert await found(store, class_name="%") == []


async def test_a_verdict_made_again_is_found_by_its_new_words_only(store: SqlStore) -> None:
    await shown(store, titled(1, "Old words"))
    again = replace(titled(1, "New phrases"), version=2)
    await store.put_papers([again])
    await store.add_jobs([NewJob(Queue.JUDGE, "again", {"paper": "2606.00001", "lens": "discontinuity"})])
    await store.finish_judging(await claim_one(store), verdict(again), ())
    assert await found(store, "phrases") == ["1"]
    assert await found(store, "words") == []


async def test_filters_narrow_what_is_found(store: SqlStore) -> None:
    await announce(store, batch([1, 2]), judge=False)
    for number in (1, 2, 3):
        await shown(store, titled(number, "Cupboards"))
    assert sorted(await found(store, "cupboards", categories=("cs.AI",))) == ["1", "2"]
    assert await found(store, "cupboards", categories=("cs.LG",)) == []
    assert await found(store, "cupboards", lenses=("plain",)) == []
    assert await found(store, "cupboards", since=date(2026, 6, 1)) == [], "what was shared has no day of its own"


async def test_pages_hold_everything_once(store: SqlStore, skew: Skew) -> None:
    for number in range(1, 8):
        await shown(store, titled(number, "Cupboards"))
        skew.forward(seconds=5)
    pages = [await store.search(PLACE, SearchQuery("cupboards"), 3, at) for at in (0, 3, 6, 9)]
    assert [page.more for page in pages] == [True, True, False, False]
    ids = [str(one.paper.id) for page in pages for one in page.hits]
    assert len(ids) == len(set(ids)) == 7
    recent = await store.search(PLACE, SearchQuery(), 3, 0)
    assert [str(one.paper.id)[-1] for one in recent.hits] == ["7", "6", "5"]


async def test_a_paper_that_was_read_through_two_lenses_is_found_once(store: SqlStore, skew: Skew) -> None:
    for number in range(1, 6):
        for lens in ("discontinuity", "plain"):
            await shown(store, titled(number, "Cupboards"), lens=lens)
            skew.forward(seconds=5)
    for words in ("", "cupboards"):
        pages = [await store.search(PLACE, SearchQuery(words), 2, at) for at in (0, 2, 4)]
        assert [page.more for page in pages] == [True, True, False]
        assert [str(one.paper.id)[-1] for page in pages for one in page.hits] == ["5", "4", "3", "2", "1"]
        assert {one.verdict.provenance.lens for page in pages for one in page.hits} == {"plain"}
    assert len(await found(store, "cupboards", lenses=("discontinuity",))) == 5


@pytest.mark.parametrize(
    "words", ['"', "a AND", "NOT a", "a:b", "(", "*", "'", "; DROP", "&|!", "\\", "a\0b", "-", ":*"]
)
async def test_no_words_break_the_index(store: SqlStore, words: str) -> None:
    await shown(store, titled(1, "Cupboards"))
    assert isinstance(await found(store, words), list)


async def test_the_week_of_a_place_is_what_was_shown_in_it_then(store: SqlStore, skew: Skew) -> None:
    await shown(store, titled(1, "A"))
    await store.vote(PLACE, "c", "console:ann", ArxivId("2606.00001"), "discontinuity", Choice.AGREE)
    await store.vote(PLACE, "c", "console:ann", ArxivId("2606.00009"), "discontinuity", Choice.AGREE)
    [one] = (await store.search(PLACE, SearchQuery(), 1, 0)).hits
    hour = timedelta(hours=1)
    facts = await store.week(PLACE, one.shown_at - hour, one.shown_at + hour)
    assert [str(one.paper.id) for one in facts.shown] == ["2606.00001"]
    assert dict(facts.votes) == {(ArxivId("2606.00001"), "discontinuity"): Tally(1, 0)}
    assert (await store.week(PLACE, one.shown_at + hour, one.shown_at + 2 * hour)).shown == ()
    assert (await store.week(OTHER, one.shown_at - hour, one.shown_at + hour)).shown == ()


async def test_the_latest_day_of_a_paper_is_told(store: SqlStore) -> None:
    await announce(store, batch([1]), judge=False)
    await announce(store, batch([1], day=date(2026, 6, 5), type=AnnounceType.REPLACE), judge=False)
    one = ArxivId("2606.00001")
    assert await store.latest_days([one, ArxivId("2606.00002")]) == {one: date(2026, 6, 5)}


# follows of commands


async def test_follows_of_commands_are_added_changed_and_removed(store: SqlStore) -> None:
    mine = Follow("mine", PLACE, ("cs.AI",), origin=Origin.COMMAND, report_hour=time(8), after=TUESDAY, community="c")
    assert await store.add_follow(mine)
    assert not await store.add_follow(mine)
    changed = replace(mine, muted_until=date(2026, 6, 9), paused=True)
    assert (
        await store.change_follow("mine", lambda one: replace(one, muted_until=date(2026, 6, 9), paused=True))
        == changed
    )
    assert await store.follows() == [changed]
    await store.sync_follows([Follow("fixed", PLACE, ("cs.AI",))])
    assert await store.change_follow("fixed", lambda one: replace(one, paused=True)) is None
    assert not await store.remove_follow("fixed")
    assert await store.remove_follow("mine")
    assert [one.name for one in await store.follows()] == ["fixed"]


async def test_a_follow_written_by_an_older_program_is_read_with_the_defaults(store: SqlStore) -> None:
    await store.add_follow(Follow("mine", PLACE, ("cs.AI",), origin=Origin.COMMAND))
    async with store._database.write() as connection:
        body = json.loads((await connection.execute(text("SELECT body FROM follows"))).scalar_one())
        for key in ("report", "report_hour", "is_draft", "after", "muted_until", "made_at", "community", "mark"):
            del body[key]
        await connection.execute(text("UPDATE follows SET body = :body"), {"body": json.dumps(body)})
    [read] = await store.follows()
    assert (read.report, read.report_hour, read.is_draft, read.after) == (True, time(9), False, None)


async def test_a_day_is_told_with_each_paper_once_and_its_strongest_type(store: SqlStore) -> None:
    await announce(store, batch([1, 2], type=AnnounceType.CROSS), judge=False)
    await announce(store, batch([2, 3], category="cs.LG"), judge=False)
    told = await store.announced(("cs.AI", "cs.LG"), TUESDAY)
    kinds = [(str(entry.paper.id)[-1], entry.type) for entry in told]
    assert kinds == [("1", AnnounceType.CROSS), ("2", AnnounceType.NEW), ("3", AnnounceType.NEW)]


async def test_a_day_can_be_posted_now_once_whatever_became_of_its_job(store: SqlStore) -> None:
    mine = Follow("mine", PLACE, ("cs.AI",), origin=Origin.COMMAND)
    await store.add_follow(mine)
    assert await store.post_now(mine, TUESDAY, NOON, ())
    [job] = await store.claim(Queue.EDITION, 1, LEASE)
    assert job.payload["now"] == NOON.isoformat()
    assert not await store.post_now(mine, TUESDAY, NOON, ()), "it is being closed at this moment"
    await store.end(job, JobState.DROPPED, "paused")
    assert await store.post_now(mine, TUESDAY, NOON, ())
    assert len(await store.claim(Queue.EDITION, 1, LEASE)) == 1


# places and forgetting


async def test_a_places_settings_are_kept(store: SqlStore) -> None:
    assert await store.place_settings(PLACE) == PlaceSettings(sharing=True)
    await store.put_place_settings(PLACE, "c", PlaceSettings(sharing=False))
    assert await store.place_settings(PLACE) == PlaceSettings(sharing=False)
    assert await store.place_settings(OTHER) == PlaceSettings(sharing=True)


async def everything(store: SqlStore, place: Place, who: str) -> None:
    """A row of every kind about a place and a person."""
    asker = Actor(who, place, "c")
    number = len(str(place)) * 1000 + len(who)
    await store.add_follow(Follow(f"f{place.channel}", place, ("cs.AI",), origin=Origin.COMMAND))
    await store.vote(place, "c", who, ArxivId("2606.00001"), "plain", Choice.AGREE)
    await store.ask_for(
        AskedFor(f"console|{number}", asker, ArxivId("2606.00001"), "plain", TUESDAY), AskLimits(9, 9, 9, 9)
    )
    await store.add_feedback(Feedback(f"console|{number}", who, place, "words"))
    await store.put_place_settings(place, "c", PlaceSettings())
    asked = CommandEvent(f"q{number}", asker, "help")
    await store.add_jobs([NewJob(Queue.ANSWER, asked.key, asked.payload(), lane=f"asks {who}")])
    await store.add_jobs([NewJob(Queue.ANSWER, f"{asked.key}|2", {**asked.payload(), "told": "x"})])
    await shown(store, titled(number % 99999, "Cupboards"), place)
    key = f"{place}|card|x|plain"
    await store.add_jobs([NewJob(Queue.DELIVER, f"edit|{key}|votes 60 1", {"edit": key})])
    follow = Follow(f"f{place.channel}", place, ("cs.AI",), lens="discontinuity")
    await announce(store, batch([number % 90000], category=f"cs.{place.channel}"), judge=False)
    assert await store.post_now(follow, TUESDAY, NOON, ())
    claimed = await store.claim(Queue.EDITION, 9, LEASE)
    [job] = [one for one in claimed if edition_key(one).follow == follow.name]
    await store.close_edition(job, edition_key(job), NOON, lambda facts: EditionPlan({}, ()))


def edition_key(job: Job) -> EditionKey:
    return EditionKey.parse(job.key)


async def mentions(store: SqlStore, name: str) -> list[str]:
    """The tables in which a name still stands."""
    left = []
    async with store._database.read() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(table.select())).all()
            if any(name in str(value) for row in rows for value in row):
                left.append(table.name)
    return left


async def test_forgetting_a_place_leaves_no_trace_of_it_and_all_of_others(store: SqlStore) -> None:
    await everything(store, PLACE, "console:ann")
    await everything(store, OTHER, "console:ben")
    before = await mentions(store, "console:other")
    assert await store.forget_place(PLACE) > 8
    assert await mentions(store, "console:main") == []
    assert await mentions(store, "console:other") == before
    assert await store.forget_place(PLACE) == 0


async def test_every_place_of_a_workspace_is_known_whatever_is_stored_of_it(store: SqlStore) -> None:
    """Also what no column says: a follow of the settings file, what a follow left that is gone, what waits."""
    asker = Actor("slack:T1/U1", Place("slack", "T1/@U1"), "slack:T1")
    asked = CommandEvent("T1/9", asker, "help")
    await store.add_follow(Follow("of settings", Place("slack", "T1/C1"), ("cs.AI",), origin=Origin.COMMAND))
    await shown(store, titled(7, "Cupboards"), Place("slack", "T1/C2"))
    await store.add_feedback(Feedback("slack|1", "slack:T1/U1", Place("slack", "T1/C3"), "words"))
    await store.close_place(Place("slack", "T1/C4"), "no", "yes")
    await store.add_jobs([NewJob(Queue.ANSWER, asked.key, asked.payload(), lane="asks slack:T1/U1")])
    await store.add_jobs([NewJob(Queue.DELIVER, "edit|slack:T1/C5|card|x|plain|votes", {"edit": "x"})])
    await store.add_follow(Follow("other", Place("slack", "T12/C1"), ("cs.AI",), origin=Origin.COMMAND))
    await store.add_jobs([NewJob(Queue.DELIVER, "slack:T12/C5|card|x|plain", {})])
    names = ["T1/@U1", "T1/C1", "T1/C2", "T1/C3", "T1/C4", "T1/C5"]
    assert [one.channel for one in await store.places_of("slack:T1")] == names
    for place in await store.places_of("slack:T1"):
        await store.forget_place(place)
    assert await mentions(store, "slack:T1/") == []
    assert await mentions(store, "slack:T12/") == ["follows", "jobs"]


async def test_forgetting_a_person_leaves_no_trace_of_them_and_all_of_others(store: SqlStore) -> None:
    await everything(store, PLACE, "console:ann")
    await everything(store, OTHER, "console:benjamin")
    before = await mentions(store, "console:benjamin")
    assert await store.forget_person("console:ann") >= 5
    assert await mentions(store, "console:ann") == []
    assert await mentions(store, "console:benjamin") == before


async def test_the_name_of_a_person_is_no_pattern(store: SqlStore) -> None:
    await everything(store, PLACE, "console:ann")
    assert await store.forget_person("console:a%") == 0
    assert await store.forget_person("console:an") == 0


async def test_what_people_wrote_is_forgotten_in_time(store: SqlStore, skew: Skew) -> None:
    await everything(store, PLACE, "console:ann")
    for job in await store.claim(Queue.ANSWER, 5, LEASE):
        await store.end(job)
    assert await store.forget_remarks(timedelta(days=90)) == 0
    skew.forward(days=91)
    assert await store.forget_remarks(timedelta(days=90)) == 4
    assert await store.feedback() == []
    assert await store.tally(PLACE, ArxivId("2606.00001"), "plain") == Tally(1, 0)


async def test_feedback_is_kept_once_an_event_newest_first(store: SqlStore, skew: Skew) -> None:
    await store.add_feedback(Feedback("1", "console:ann", PLACE, "first\0"))
    skew.forward(seconds=5)
    await store.add_feedback(Feedback("2", "console:ann", PLACE, "second"))
    await store.add_feedback(Feedback("2", "console:ann", PLACE, "again"))
    assert [one.words for one in await store.feedback()] == ["second", "first\ufffd"]
    assert isinstance((await store.feedback())[0].said_at, datetime)


# the older store


async def test_a_store_of_the_first_tables_is_brought_up_to_date_with_what_it_showed(tmp_path: Path) -> None:
    """SQLite only: the first tables are made by the first migration alone, then filled."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import column, create_engine, insert, table

    from bot.store.database.codec import dumps

    file = tmp_path / "old.db"
    engine = create_engine(f"sqlite:///{file}")
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    one = titled(1, "Cupboards of old")
    made, follow = verdict(one), Follow("f", PLACE, ("cs.AI",))
    since = ("interest", "trades", "telling", "premises")
    old = {key: value for key, value in json.loads(dumps(made)).items() if key not in since} | {"touch": 1}
    edition = {"key": "f/2026-06-02/1", "follow": "f", "day": "2026-06-02", "part": 1, "closed": 1780000000.0}
    plan = {"key": "k", "place": str(PLACE), "kind": "digest", "edition": edition["key"], "follow": "f", "papers": "[]"}
    rows: dict[str, dict[str, Any]] = {
        "papers": {"id": str(one.id), "title": one.title, "abstract": one.abstract, "authors": "", "categories": "[]"},
        "verdicts": {"paper": str(one.id), "lens": "discontinuity", "paper_hash": made.paper_hash, "analyst": "scan"}
        | {"score": 1, "touch": 1, "body": json.dumps(old)},
        "follows": {"name": "f", "origin": "settings", "place": str(PLACE), "body": dumps(follow)},
        "editions": edition | {"body": dumps(follow)},
        "fates": {"edition": edition["key"], "paper": str(one.id), "fate": "posted"},
        "plans": plan | {"opened": 0, "local_day": "2026-06-02", "position": 1},
    }
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for name, row in rows.items():
            connection.execute(insert(table(name, *map(column, row))).values(**row))
    engine.dispose()
    store = SqlStore(str(file))
    await store.open(upgrade=True)
    try:
        assert await found(store, "cupboards old") == ["1"]
        [hit] = (await store.search(PLACE, SearchQuery(), 5, 0)).hits
        assert hit.day == date(2026, 6, 2)
        assert await store.verdict(one.id, "discontinuity") == replace(made, interest=0)
    finally:
        await store.close()


async def test_a_private_word_is_forgotten_with_its_person(store: SqlStore) -> None:
    alone = Place.private("slack:T1/U2")
    assert alone == Place("slack", "T1/@U2")
    key = PostKey(alone, PostKind.NOTICE, "closed/x", "")
    await store.add_jobs([NewJob(Queue.DELIVER, str(key), {"post": {}}, lane=str(alone))])
    (job,) = await store.claim(Queue.DELIVER, 1, timedelta(seconds=30))
    await store.finish_delivery(job, key, PostRef(alone, "1"))
    assert await store.is_known(alone)
    assert await store.forget_person("slack:T1/U2") == 2
    assert not await store.is_known(alone)


async def test_a_late_answer_makes_no_place_of_the_thread_it_came_in(store: SqlStore) -> None:
    thread = Place("discord", "77")
    for kind, is_place in ((PostKind.ANSWER, False), (PostKind.CARD, True)):
        key = PostKey(thread, kind, "1", "")
        await store.add_jobs([NewJob(Queue.DELIVER, str(key), {"post": {}}, lane=str(thread))])
        (job,) = await store.claim(Queue.DELIVER, 1, timedelta(seconds=30))
        await store.finish_delivery(job, key, PostRef(thread, "1"))
        assert await store.is_known(thread) is is_place


async def test_the_communities_of_a_platform_are_those_of_its_follows_votes_and_requests(store: SqlStore) -> None:
    mine = Follow("mine", PLACE, ("cs.AI",), origin=Origin.COMMAND, community="discord:1")
    await store.add_follow(mine)
    await store.add_follow(replace(mine, name="other", community=""))
    one = ArxivId("2606.00001")
    await store.vote(PLACE, "discord:22", "discord:9", one, "plain", Choice.AGREE)
    await store.vote(PLACE, "slack:T1", "slack:T1/U1", one, "plain", Choice.AGREE)
    assert await store.communities("discord") == ["discord:1", "discord:22"]
    assert await store.communities("slack") == ["slack:T1"]
    assert await store.communities("disc") == []


async def test_any_of_the_words_is_enough_where_that_is_asked_and_more_of_them_rank_higher(store: SqlStore) -> None:
    await shown(store, titled(1, "Clerks and kilns"))
    await shown(store, titled(2, "Kilns alone"))
    await shown(store, titled(3, "Fences"))
    assert await found(store, "clerks kilns nothing") == []
    assert await found(store, "clerks kilns nothing", is_any=True) == ["1", "2"]
    assert await found(store, "clerks kilns", is_any=True, but=ArxivId("2606.00001")) == ["2"]
