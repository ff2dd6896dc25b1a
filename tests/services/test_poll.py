"""Polling over a fake arXiv and a real store: what each day means, what is stored, and when to look again."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.core.follows.edition import EditionKey
from bot.core.follows.follow import Follow, Origin
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.papers.calendar import Cadence
from bot.core.papers.feed import FeedState, Fetched, Outcome
from bot.core.papers.paper import AnnounceType, ArxivId, Batch
from bot.core.posts.post import Place, PostKey, PostKind, PostRef
from bot.core.present.status_lines import truth_line
from bot.ports.store import PaperSource
from bot.services.ingest.look_again import LookAgain
from bot.services.ingest.poll import NOBODY_FOLLOWS, Poll
from bot.sources.arxiv import ArxivSource
from bot.sources.holidays_kept import Holidays
from bot.sources.http import ArxivAddresses, ArxivLimits
from bot.sources.saved import SavedSource
from bot.store.sql import SqlStore
from tests.fakes.arxiv import FakeArxiv, Fault, answers, cut, drips, drops, endless, redirects, shortened
from tests.fakes.clock import OpenGate, StandingClock
from tests.fakes.feeds import WITHDRAWN, Invented, error_rss, invent, invent_day, rss
from tests.fakes.minds import Library
from tests.store.making import verdict

MONDAY, TUESDAY, WEDNESDAY = date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3)
FRIDAY, SATURDAY = date(2026, 6, 5), date(2026, 6, 6)
HOLIDAY = date(2026, 6, 19)
CADENCE = Cadence(probe=timedelta(minutes=10), rest=timedelta(hours=4))
FOLLOW = Follow("main", Place("console", "main"), ("cs.AI",))
LEASE = timedelta(seconds=60)


def at(day: date, hour: float = 0.1) -> datetime:
    """So many hours after midnight Eastern (in summer)."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC) + timedelta(hours=hour)


class World:
    """A poll with everything around it."""

    def __init__(self, store: SqlStore, arxiv: FakeArxiv) -> None:
        self.store = store
        self.arxiv = arxiv
        self.clock = StandingClock(at(TUESDAY))
        self.follows: list[Follow] = [FOLLOW]
        addresses = ArxivAddresses(arxiv.url, arxiv.api_url, arxiv.url)
        limits = ArxivLimits(timeout=timedelta(seconds=6), max_bytes=2_000_000)
        self.source = ArxivSource(addresses, limits, gate=OpenGate(), clock=self.clock)

    async def poll(self, moment: datetime | None = None, category: str = "cs.AI") -> FeedState:
        """Look once, at that moment."""
        self.clock.moment = moment or self.clock.moment
        await self.store.sync_follows(self.follows)
        follows = [one for one in self.follows if category in one.categories]
        state = await Poll(self.store, self.source, self.clock, CADENCE, is_deferred=Holidays()).poll(category, follows)
        assert state == await self.store.feed_state(category)
        return state

    async def read(self, day: date, papers: Sequence[Invented], hour: float = 0.1) -> FeedState:
        """arXiv announces them, and we look."""
        self.arxiv.announce(day, papers)
        return await self.poll(at(day, hour))

    async def keys(self, queue: Queue) -> list[str]:
        return [job.key for job in await self.store.list_jobs((JobState.OPEN,), queue, 5000)]

    async def judge(self) -> None:
        """Every open judging job ends with a verdict."""
        while jobs := await self.store.claim(Queue.JUDGE, 100, LEASE):
            for job in jobs:
                paper = await self.store.paper(ArxivId(job.payload["paper"]))
                assert paper is not None
                await self.store.finish_judging(job, verdict(paper, lens=job.payload["lens"]), ())

    async def post(self, paper: str) -> PostKey:
        """A card with that paper stands in the channel."""
        key = PostKey(FOLLOW.place, PostKind.CARD, paper, FOLLOW.lens)
        new = NewJob(Queue.DELIVER, str(key), {"post": str(key), "papers": [paper]}, str(FOLLOW.place))
        await self.store.add_jobs([new])
        (job,) = await self.store.claim(Queue.DELIVER, 1, LEASE)
        await self.store.finish_delivery(job, key, PostRef(FOLLOW.place, "1"))
        return key


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = SqlStore(str(tmp_path / "copecheck.db"))
    await store.open()
    async with FakeArxiv() as arxiv:
        made = World(store, arxiv)
        yield made
        await made.source.close()
    await store.close()


async def test_a_day_is_stored_with_its_jobs_and_its_edition(world: World) -> None:
    state = await world.read(TUESDAY, [*invent_day(12), invent(50, type="replace")])
    assert (state.outcome, state.day, state.failures, state.missed) == (Outcome.ANNOUNCED, TUESDAY, 0, ())
    assert state.detail == "13 papers of 2026-06-02"
    assert sum((await world.store.announced_day("cs.AI", TUESDAY)).values()) == 13
    assert len(await world.keys(Queue.JUDGE)) == 12
    assert await world.keys(Queue.EDITION) == [str(EditionKey("main", TUESDAY))]
    assert state.next_check_at == at(TUESDAY, 4.1)


async def test_an_odd_entry_is_named_by_status_and_taken_in_when_the_feed_is_mended(world: World) -> None:
    papers = invent_day(12)
    body = rss(TUESDAY, papers)
    world.arxiv.saved = [body.replace(b"oai:arXiv.org:2606.00005v1", b"oai:arXiv.org:2606.00005v12345678901")]
    state = await world.poll(at(TUESDAY))
    assert (state.outcome, state.day, len(await world.keys(Queue.JUDGE))) == (Outcome.ANNOUNCED, TUESDAY, 11)
    assert truth_line(state).endswith("1 entry is left out of 2 June 2026: 2606.00005 (it has no valid arXiv id)")
    world.arxiv.saved = [body]
    state = await world.poll(at(TUESDAY, 1))
    assert len(await world.keys(Queue.JUDGE)) == 12
    assert "left out" not in truth_line(state)


async def test_a_second_look_changes_nothing(world: World) -> None:
    await world.read(TUESDAY, invent_day(12))
    for conditional in (True, False):
        world.arxiv.sends_etags = conditional
        state = await world.poll(at(TUESDAY, 5))
        assert state.outcome is Outcome.ALREADY_READ
    assert len(await world.keys(Queue.JUDGE)) == 12
    assert world.arxiv.count("new") == world.arxiv.count("recent") == 0


async def test_t1_a_stale_feed_on_a_weekday_is_read_from_the_listing(world: World) -> None:
    await world.read(MONDAY, invent_day(20))
    world.arxiv.announce(TUESDAY, [*invent_day(30, first=500), invent(5, type="replace", version=2)])
    world.arxiv.stuck["cs.AI"] = MONDAY
    state = await world.poll(at(TUESDAY))
    assert (state.outcome, state.day) == (Outcome.CAUGHT_UP, TUESDAY)
    assert "20 of 20 papers were announced before" in state.detail
    assert await world.store.announced_day("cs.AI", TUESDAY) == {
        AnnounceType.NEW: 20,
        AnnounceType.CROSS: 10,
        AnnounceType.REPLACE: 1,
    }
    again = await world.poll(at(TUESDAY, 4))
    assert again.outcome is Outcome.ALREADY_READ
    assert sum((await world.store.announced_day("cs.AI", TUESDAY)).values()) == 31, "the stale papers stay out"
    del world.arxiv.stuck["cs.AI"]
    mended = await world.poll(at(TUESDAY, 8))
    assert mended.outcome is Outcome.ALREADY_READ
    assert sum((await world.store.announced_day("cs.AI", TUESDAY)).values()) == 31


async def test_t1_while_feed_and_listing_are_old_probing_goes_on_and_it_is_no_quiet_day(world: World) -> None:
    await world.read(MONDAY, invent_day(20))
    world.arxiv.stuck["cs.AI"], world.arxiv.listed = MONDAY, MONDAY
    world.arxiv.today = TUESDAY
    state = await world.poll(at(TUESDAY))
    assert (state.outcome, state.day) == (Outcome.NOT_YET, MONDAY)
    assert state.next_check_at == at(TUESDAY) + CADENCE.probe
    assert world.arxiv.count("api") == 0
    world.arxiv.announce(TUESDAY, invent_day(20, first=500))
    world.arxiv.listed = None
    assert (await world.poll(at(TUESDAY, 23.8))).outcome is Outcome.CAUGHT_UP


async def test_t1_a_stale_feed_whose_listing_fails_is_stale_and_caught_up_the_day_after(world: World) -> None:
    await world.read(MONDAY, invent_day(20))
    world.arxiv.announce(TUESDAY, invent_day(20, first=500))
    world.arxiv.stuck["cs.AI"] = MONDAY
    world.arxiv.fail("new", answers(500))
    state = await world.poll(at(TUESDAY))
    assert (state.outcome, state.missed) == (Outcome.STALE, ())
    assert "server error" in state.detail
    assert state.next_check_at == at(TUESDAY) + CADENCE.probe
    del world.arxiv.stuck["cs.AI"]
    after = await world.read(WEDNESDAY, invent_day(20, first=900))
    assert (after.outcome, after.day, after.missed) == (Outcome.ANNOUNCED, WEDNESDAY, ())
    assert "2026-06-02 caught up: 20 papers" in after.detail
    assert sum((await world.store.announced_day("cs.AI", TUESDAY)).values()) == 20


async def test_t1_a_listing_of_tomorrow_is_not_stored_as_today(world: World) -> None:
    await world.read(MONDAY, invent_day(20))
    world.arxiv.announce(TUESDAY, invent_day(20, first=500))
    world.arxiv.announce(WEDNESDAY, invent_day(20, first=900))
    world.arxiv.stuck["cs.AI"], world.arxiv.today, world.arxiv.listed = MONDAY, TUESDAY, WEDNESDAY
    state = await world.poll(at(TUESDAY, 20.5))
    assert (state.outcome, state.day) == (Outcome.STALE, MONDAY)
    world.arxiv.stuck.clear()
    world.arxiv.today = WEDNESDAY
    state = await world.poll(at(WEDNESDAY))
    assert (state.day, state.missed) == (WEDNESDAY, ())
    assert sum((await world.store.announced_day("cs.AI", TUESDAY)).values()) == 20


@pytest.mark.parametrize(
    ("first", "repeat", "outcome"),
    [
        (FRIDAY, SATURDAY, Outcome.NO_ANNOUNCEMENT_WEEKEND),
        (HOLIDAY - timedelta(days=1), HOLIDAY, Outcome.NO_ANNOUNCEMENT_HOLIDAY),
    ],
)
async def test_t1_a_repeat_on_a_weekend_or_holiday_is_no_announcement(
    world: World, first: date, repeat: date, outcome: Outcome
) -> None:
    await world.read(first, invent_day(20))
    world.arxiv.stuck["cs.AI"], world.arxiv.today = first, repeat
    state = await world.poll(at(repeat))
    assert (state.outcome, state.day) == (outcome, first)
    assert world.arxiv.count("new") == 0
    assert state.next_check_at == at(repeat) + CADENCE.rest


@pytest.mark.parametrize(("repeated", "fresh", "is_stale"), [(9, 1, True), (8, 2, False), (4, 0, False), (5, 0, True)])
async def test_t1_nine_in_ten_of_at_least_five_make_a_feed_stale(
    world: World, repeated: int, fresh: int, is_stale: bool
) -> None:
    await world.read(MONDAY, invent_day(repeated))
    world.arxiv.announce(TUESDAY, [*invent_day(repeated), *invent_day(fresh, first=500)])
    world.arxiv.listed = MONDAY
    state = await world.poll(at(TUESDAY))
    assert (world.arxiv.count("new") == 1) is is_stale
    assert (state.outcome is Outcome.ANNOUNCED) is not is_stale


async def test_t1_new_versions_of_known_papers_are_no_repeat(world: World) -> None:
    await world.read(MONDAY, invent_day(10))
    state = await world.read(TUESDAY, [paper.as_("replace", version=2) for paper in invent_day(10)])
    assert state.outcome is Outcome.ANNOUNCED


async def test_a_holiday_on_which_arxiv_announces_all_the_same_is_read(world: World) -> None:
    await world.read(HOLIDAY - timedelta(days=1), invent_day(20))
    state = await world.read(HOLIDAY, invent_day(20, first=500))
    assert (state.outcome, state.day) == (Outcome.ANNOUNCED, HOLIDAY)


async def test_t2_a_feed_fetched_too_early_is_read_when_the_day_is_there(world: World) -> None:
    await world.read(MONDAY, invent_day(12))
    for conditional in (True, False):
        world.arxiv.sends_etags = conditional
        early = await world.poll(at(TUESDAY))
        assert (early.outcome, early.day) == (Outcome.NOT_YET, MONDAY)
        assert early.next_check_at == at(TUESDAY) + CADENCE.probe
    state = await world.read(TUESDAY, invent_day(30, first=500), hour=3)
    assert (state.outcome, state.day) == (Outcome.ANNOUNCED, TUESDAY)
    assert sum((await world.store.announced_day("cs.AI", TUESDAY)).values()) == 30


@pytest.mark.parametrize("conditional", [True, False])
async def test_t2_a_feed_that_stays_on_yesterday_for_hours_is_helped_by_the_listing(
    world: World, conditional: bool
) -> None:
    world.arxiv.sends_etags = conditional
    await world.read(MONDAY, invent_day(12))
    world.arxiv.announce(TUESDAY, invent_day(30, first=500))
    world.arxiv.stuck["cs.AI"], world.arxiv.dated = MONDAY, MONDAY
    assert (await world.poll(at(TUESDAY))).outcome is Outcome.NOT_YET
    assert world.arxiv.count("new") == 0
    state = await world.poll(at(TUESDAY, 4))
    assert (state.outcome, state.day) == (Outcome.CAUGHT_UP, TUESDAY)


@pytest.mark.parametrize("conditional", [True, False])
async def test_a_feed_that_stays_on_yesterday_is_read_once(world: World, conditional: bool) -> None:
    world.arxiv.sends_etags = conditional
    first = await world.read(MONDAY, invent_day(12))
    world.arxiv.stuck["cs.AI"], world.arxiv.dated, world.arxiv.listed = MONDAY, MONDAY, MONDAY
    for hour in (0.1, 4, 5):
        state = await world.poll(at(TUESDAY, hour))
        assert (state.outcome, state.etag, state.feed_day) == (Outcome.NOT_YET, first.etag, MONDAY)


async def test_a_feed_that_stays_as_it_is_for_more_than_a_week_is_of_another_time(world: World) -> None:
    await world.read(MONDAY, invent_day(12))
    world.arxiv.stuck["cs.AI"], world.arxiv.dated, world.arxiv.listed = MONDAY, MONDAY, MONDAY
    for days, outcome in ((7, Outcome.NOT_YET), (8, Outcome.WRONG_DAY)):
        assert (await world.poll(at(MONDAY + timedelta(days=days), 4))).outcome is outcome


async def test_t3_a_paper_in_two_categories_is_one_paper_and_one_judging(world: World) -> None:
    world.follows = [replace(FOLLOW, categories=("cs.AI", "cs.LG"))]
    world.arxiv.announce(TUESDAY, [invent(1), invent(2)])
    world.arxiv.announce(TUESDAY, [invent(1, type="cross"), invent(3, type="cross")], "cs.LG")
    for category in ("cs.AI", "cs.LG"):
        await world.poll(category=category)
    keys = await world.keys(Queue.JUDGE)
    assert sorted(key.split("|")[0] for key in keys) == ["2606.00001", "2606.00002", "2606.00003"]
    assert await world.store.announced_day("cs.LG", TUESDAY) == {AnnounceType.CROSS: 2}


async def test_t3_replacements_are_stored_and_not_judged_whatever_types_a_follow_names(world: World) -> None:
    world.follows = [replace(FOLLOW, types=tuple(AnnounceType))]
    kinds = ("new", "cross", "replace", "replace-cross")
    await world.read(TUESDAY, [invent(number, type=kind) for number, kind in enumerate(kinds, 1)])
    assert await world.store.announced_day("cs.AI", TUESDAY) == dict.fromkeys(AnnounceType, 1)
    assert len(await world.keys(Queue.JUDGE)) == 2


async def test_t5_a_retitled_paper_is_judged_again_under_the_same_key_and_an_unchanged_one_is_not(world: World) -> None:
    await world.read(MONDAY, [invent(1), invent(2), invent(3)])
    await world.judge()
    await world.store.prune(timedelta(0), timedelta(days=1))
    replaced = [
        invent(1, type="replace", version=2, title="Cupboards Reconsidered"),
        invent(2, type="replace", version=2),
        invent(4, type="replace", version=2),
    ]
    await world.read(TUESDAY, replaced)
    (key,) = await world.keys(Queue.JUDGE)
    assert key.startswith("2606.00001|discontinuity|")


async def test_t5_white_space_and_unicode_form_are_no_change(world: World) -> None:
    await world.read(MONDAY, [invent(1, title="Caf\u00e9  Cupboards", abstract="We  count\n shelves.")])
    await world.judge()
    await world.read(
        TUESDAY, [invent(1, type="replace", version=2, title="Cafe\u0301 Cupboards", abstract="We count shelves.")]
    )
    assert await world.keys(Queue.JUDGE) == []


async def test_t5_a_rebuilt_feed_announces_nothing_twice(world: World) -> None:
    await world.read(TUESDAY, invent_day(12))
    world.arxiv.days["cs.AI"][TUESDAY].reverse()
    world.arxiv.sends_etags = False
    await world.poll(at(TUESDAY, 6))
    assert len(await world.keys(Queue.JUDGE)) == 12
    assert len(await world.keys(Queue.EDITION)) == 1


async def test_a_late_addition_to_the_day_is_taken_in(world: World) -> None:
    await world.read(TUESDAY, invent_day(12))
    state = await world.read(TUESDAY, invent_day(14), hour=6)
    assert state.outcome is Outcome.ALREADY_READ
    assert len(await world.keys(Queue.JUDGE)) == 14


FAULTS: list[tuple[Fault, Outcome, float]] = [
    (answers(400, error_rss("cs.AI"), kind="application/rss+xml"), Outcome.ERROR_FEED, 15),
    (answers(200, b"<!DOCTYPE html><html></html>"), Outcome.HTML_PAGE, 1),
    (shortened(), Outcome.TRUNCATED, 1),
    (cut(), Outcome.TRUNCATED, 1),
    (answers(200, b"<rss><channel></item></rss>", kind="application/rss+xml"), Outcome.MALFORMED, 1),
    (answers(429, b"Rate exceeded.", Retry_After="5400"), Outcome.RATE_LIMITED, 90),
    (answers(429, b"Rate exceeded."), Outcome.RATE_LIMITED, 15),
    (answers(403), Outcome.REFUSED, 60),
    (answers(500), Outcome.SERVER_ERROR, 1),
    (answers(503, Retry_After="600"), Outcome.SERVER_ERROR, 10),
    (redirects("http://198.51.100.1/"), Outcome.REDIRECTED_AWAY, 15),
    (drips(), Outcome.TOO_SLOW, 1),
    (endless(), Outcome.TOO_LARGE, 15),
    (drops(), Outcome.UNREACHABLE, 1),
]


@pytest.mark.parametrize(("fault", "outcome", "minutes"), FAULTS)
async def test_t6_each_fault_has_its_outcome_and_next_time_and_is_no_quiet_day(
    world: World, fault: Fault, outcome: Outcome, minutes: float, caplog: pytest.LogCaptureFixture
) -> None:
    await world.read(MONDAY, invent_day(12))
    world.arxiv.announce(TUESDAY, invent_day(12, first=500))
    world.arxiv.fail("feed", fault)
    state = await world.poll(at(TUESDAY))
    assert (state.outcome, state.failures, state.day) == (outcome, 1, MONDAY)
    assert state.next_check_at == at(TUESDAY) + timedelta(minutes=minutes)
    [said] = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert said.startswith("cs.AI could not be read: ")
    assert said.endswith(f". The next look is at {state.next_check_at:%H:%M} UTC.")
    assert await world.store.announced_day("cs.AI", TUESDAY) == {}
    again = await world.poll(state.next_check_at)
    assert (again.failures, again.outcome) == (2, outcome)
    assert again.next_check_at is not None
    assert state.next_check_at is not None
    assert again.next_check_at > state.next_check_at
    world.arxiv.mend()
    mended = await world.poll(again.next_check_at)
    assert (mended.outcome, mended.failures, mended.day) == (Outcome.ANNOUNCED, 0, TUESDAY)


async def test_a_next_look_on_another_day_is_told_with_its_date(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.arxiv.fail("feed", answers(429, b"Rate exceeded.", Retry_After=str(3 * 86400)))
    state = await world.poll(at(TUESDAY))
    assert state.next_check_at == at(TUESDAY) + timedelta(days=3)
    [said] = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert said.endswith(" The next look is at 05 Jun 04:06 UTC.")


@pytest.mark.parametrize(
    ("day", "outcome", "wait"),
    [
        (SATURDAY, Outcome.NO_ANNOUNCEMENT_WEEKEND, CADENCE.rest),
        (HOLIDAY, Outcome.NO_ANNOUNCEMENT_HOLIDAY, CADENCE.rest),
        (FRIDAY, Outcome.EMPTY_WEEKDAY, CADENCE.probe),
    ],
)
async def test_t6_an_empty_day_is_named_for_what_it_is(
    world: World, day: date, outcome: Outcome, wait: timedelta
) -> None:
    await world.read(day - timedelta(days=1), invent_day(12))
    world.arxiv.today = day
    state = await world.poll(at(day))
    assert (state.outcome, state.next_check_at) == (outcome, at(day) + wait)


async def test_an_empty_feed_of_yesterday_is_not_todays_silence(world: World) -> None:
    await world.read(FRIDAY, invent_day(12))
    world.arxiv.today = date(2026, 6, 7)
    state = await world.poll(at(date(2026, 6, 8)))
    assert state.outcome is Outcome.NOT_YET


async def test_an_empty_weekday_is_looked_up_in_the_listing_once_it_is_overdue(world: World) -> None:
    await world.read(MONDAY, invent_day(12))
    world.arxiv.announce(TUESDAY, invent_day(12, first=500))
    world.arxiv.stuck["cs.AI"] = SATURDAY
    assert (await world.poll(at(TUESDAY))).outcome is Outcome.EMPTY_WEEKDAY
    assert (await world.poll(at(TUESDAY, 4))).outcome is Outcome.CAUGHT_UP


async def test_t6_of_a_day_larger_than_one_round_the_rest_survives_a_crash(world: World, tmp_path: Path) -> None:
    await world.read(TUESDAY, invent_day(400))
    for job in await world.store.claim(Queue.JUDGE, 10, LEASE):
        await world.store.end(job)
    await world.store.claim(Queue.JUDGE, 5, LEASE)
    await world.store.close()
    after = SqlStore(str(tmp_path / "copecheck.db"))
    await after.open()
    assert len(await after.list_jobs((JobState.OPEN,), Queue.JUDGE, 5000)) == 390
    assert sum((await after.announced_day("cs.AI", TUESDAY)).values()) == 400
    await after.close()


async def test_missed_days_are_caught_up_the_oldest_first(world: World) -> None:
    await world.read(MONDAY, invent_day(12))
    thursday = date(2026, 6, 4)
    for number, day in enumerate((TUESDAY, WEDNESDAY, thursday), 1):
        world.arxiv.announce(day, invent_day(12, first=100 * number))
    state = await world.poll(at(thursday))
    assert (state.outcome, state.day, state.missed) == (Outcome.ANNOUNCED, thursday, ())
    assert state.detail.index("2026-06-02 caught up") < state.detail.index("2026-06-03 caught up")
    assert len(await world.keys(Queue.JUDGE)) == 48
    assert len(await world.keys(Queue.EDITION)) == 4


@pytest.mark.parametrize("is_feed_broken", [True, False])
async def test_of_days_that_the_listing_alone_tells_only_the_newest_is_ever_the_latest_that_is_known(
    world: World, monkeypatch: pytest.MonkeyPatch, is_feed_broken: bool
) -> None:
    """An edition may close as soon as its day is stored: an older one would get cards as if it were today's."""
    await world.read(MONDAY, invent_day(3))
    for number, day in enumerate((TUESDAY, WEDNESDAY, FRIDAY), 1):
        world.arxiv.announce(day, invent_day(3, first=100 * number))
    if is_feed_broken:
        world.arxiv.fail("feed", answers(200, b"<html><body>Down for upkeep.</body></html>"))
    record, were_latest = world.store.record_poll, dict[date, bool]()

    async def recorded(state: FeedState, batch: Batch | None, *more: Any) -> None:
        await record(state, batch, *more)
        if batch is not None:
            facts = await world.store.edition_facts(EditionKey(FOLLOW.name, batch.day), world.clock.now())
            assert facts is not None
            were_latest[batch.day] = facts.latest

    monkeypatch.setattr(world.store, "record_poll", recorded)
    assert (await world.poll(at(SATURDAY))).missed == ()
    assert were_latest == {TUESDAY: False, WEDNESDAY: False, FRIDAY: True}


async def test_a_missed_day_that_cannot_be_had_waits_and_is_had_later(world: World) -> None:
    await world.read(MONDAY, invent_day(12))
    world.arxiv.announce(TUESDAY, invent_day(12, first=100))
    world.arxiv.fail("recent", answers(500))
    state = await world.read(WEDNESDAY, invent_day(12, first=200))
    assert (state.outcome, state.day, state.missed) == (Outcome.ANNOUNCED, WEDNESDAY, (TUESDAY,))
    assert "2026-06-02 is still missed (server error)" in state.detail
    assert state.next_check_at == at(WEDNESDAY) + timedelta(minutes=30)
    world.arxiv.mend()
    later = await world.poll(state.next_check_at)
    assert (later.day, later.missed) == (WEDNESDAY, ())
    assert sum((await world.store.announced_day("cs.AI", TUESDAY)).values()) == 12


async def test_a_missed_holiday_without_announcement_is_settled_by_the_listing(world: World) -> None:
    await world.read(HOLIDAY - timedelta(days=1), invent_day(12))
    state = await world.read(HOLIDAY + timedelta(days=3), invent_day(12, first=200))
    assert (state.outcome, state.missed) == (Outcome.ANNOUNCED, ())
    assert "2026-06-19 caught up: no announcement" in state.detail


async def test_a_missed_day_that_left_the_listing_is_given_up_and_said(world: World) -> None:
    await world.read(MONDAY, invent_day(12))
    world.arxiv.days["cs.AI"].clear()
    state = await world.read(WEDNESDAY, invent_day(12, first=200))
    assert (state.day, state.missed) == (WEDNESDAY, ())
    assert "2026-06-02 can no longer be had" in state.detail
    assert truth_line(state).endswith("lost, because arXiv no longer lists it: 2 June 2026")
    later = await world.read(date(2026, 7, 1), invent_day(12, first=300))
    assert TUESDAY not in later.lost, "what was lost long ago is told no more"


async def test_all_days_that_arxiv_no_longer_lists_after_a_long_stop_are_named(world: World) -> None:
    await world.read(MONDAY, invent_day(12))
    for number, day in enumerate((24, 25, 26, 29), 2):
        world.arxiv.announce(date(2026, 6, day), invent_day(12, first=100 * number))
    state = await world.read(date(2026, 6, 30), invent_day(12, first=900))
    assert truth_line(state).endswith("2 June 2026 to 18 June 2026, 22 June 2026, 23 June 2026"), "19 June is a holiday"
    assert [day.day for day in state.lost] == [2, 3, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17, 18, 22, 23]
    assert not state.missed
    for day in (24, 25, 26, 29):
        assert sum((await world.store.announced_day("cs.AI", date(2026, 6, day))).values()) == 12


async def test_the_days_around_the_new_year_that_the_listing_still_holds_are_had(world: World) -> None:
    """Five announcements of twelve days."""
    await world.read(date(2026, 12, 22), invent_day(12, "2612"), hour=1.1)
    held = [date(2026, 12, day) for day in (23, 24, 28, 30)]
    for number, day in enumerate(held, 1):
        world.arxiv.announce(day, invent_day(12, "2612", first=100 * number))
    state = await world.read(date(2027, 1, 4), invent_day(12, "2701"), hour=1.1)
    for day in held:
        assert sum((await world.store.announced_day("cs.AI", day)).values()) == 12
    assert (state.day, state.missed, state.lost) == (date(2027, 1, 4), (), ())


@pytest.mark.parametrize("fault", [answers(500), answers(200, b"<html><body>Down for upkeep.</body></html>")])
async def test_a_day_that_fails_again_and_again_holds_back_none_that_can_be_had(world: World, fault: Fault) -> None:
    await world.read(MONDAY, invent_day(12))
    world.arxiv.announce(TUESDAY, invent_day(12, first=100))
    world.arxiv.announce(WEDNESDAY, invent_day(12, first=200))
    world.arxiv.fail("api", fault, times=1)
    state = await world.read(date(2026, 6, 4), invent_day(12, first=300))
    assert state.missed == (TUESDAY,)
    assert sum((await world.store.announced_day("cs.AI", WEDNESDAY)).values()) == 12
    assert (await world.poll(at(date(2026, 6, 4), 1))).missed == ()


async def test_a_day_that_the_listing_still_holds_is_had_though_a_later_one_is_not_there_yet(world: World) -> None:
    await world.read(MONDAY, invent_day(12))
    world.arxiv.announce(TUESDAY, invent_day(12, first=100))
    world.arxiv.announce(WEDNESDAY, invent_day(12, first=200))
    world.arxiv.listed = TUESDAY
    thursday = date(2026, 6, 4)
    state = await world.read(thursday, invent_day(12, first=300))
    assert (state.day, state.missed) == (thursday, (WEDNESDAY,))
    assert sum((await world.store.announced_day("cs.AI", TUESDAY)).values()) == 12


async def test_missed_days_are_had_from_the_listing_while_the_feed_is_broken(world: World) -> None:
    await world.read(MONDAY, invent_day(12))
    for number, day in enumerate((TUESDAY, WEDNESDAY), 1):
        world.arxiv.announce(day, invent_day(12, first=100 * number))
    world.arxiv.fail("feed", answers(200, b"<html><body>Down for upkeep.</body></html>"))
    state = await world.poll(at(WEDNESDAY))
    assert (state.outcome, state.failures, state.missed) == (Outcome.HTML_PAGE, 1, ())
    assert sum((await world.store.announced_day("cs.AI", TUESDAY)).values()) == 12


@pytest.mark.parametrize("late", [1, 3, 7])
async def test_a_live_feed_of_the_last_seven_days_is_that_day_caught_up(world: World, late: int) -> None:
    world.arxiv.announce(TUESDAY, invent_day(12))
    state = await world.poll(at(TUESDAY + timedelta(days=late)))
    assert (state.outcome, state.day) == (Outcome.ANNOUNCED, TUESDAY)
    again = await world.poll(at(TUESDAY + timedelta(days=late), 1))
    assert again.outcome is not Outcome.ALREADY_READ


@pytest.mark.parametrize(
    ("dated", "words"),
    [
        (date(1999, 11, 18), "its feed is dated 18 November 1999, which is more than a week ago"),
        (TUESDAY - timedelta(days=8), "its feed is dated 25 May 2026, which is more than a week ago"),
        (WEDNESDAY, "its feed is dated 3 June 2026, which is in the future"),
        (date(2031, 6, 3), "its feed is dated 3 June 2031, which is in the future"),
    ],
)
async def test_a_live_feed_of_another_time_is_refused_and_named(world: World, dated: date, words: str) -> None:
    world.arxiv.announce(TUESDAY, [])
    world.arxiv.saved = [rss(dated, invent_day(12))]
    state = await world.poll(at(TUESDAY))
    assert (state.outcome, state.day, state.failures) == (Outcome.WRONG_DAY, None, 1)
    assert words in truth_line(state)
    assert await world.keys(Queue.JUDGE) == []
    world.arxiv.announce(TUESDAY, invent_day(12))
    assert (await world.poll(at(TUESDAY, 1))).outcome is Outcome.CAUGHT_UP, "the listing has the day"


async def test_days_that_commands_read_from_files_are_stored_under_their_own_dates(
    captures: Path, world: World
) -> None:
    await world.store.sync_follows(world.follows)
    world.clock.moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    for file in sorted((captures / "generated").glob("official_cs.AI_*.rss.xml")):
        poll = Poll(world.store, SavedSource.read(file), world.clock, CADENCE)
        state = await poll.poll("cs.AI", world.follows)
        assert (state.outcome, state.missed, state.lost) == (Outcome.ANNOUNCED, (), ())
    assert state.day == FRIDAY
    assert len(await world.keys(Queue.JUDGE)) == 837


async def test_t16_a_withdrawn_paper_is_not_judged_and_its_old_post_is_edited(world: World) -> None:
    await world.read(MONDAY, [invent(1), invent(2)])
    await world.judge()
    key = await world.post("2606.00001")
    await world.read(TUESDAY, [invent(1).withdrawn(), invent(7, abstract=WITHDRAWN)])
    assert await world.keys(Queue.JUDGE) == []
    (look,) = await world.store.claim(Queue.LOOK, 1, LEASE)
    await LookAgain(
        world.store, world.source, world.clock, Poll(world.store, world.source, world.clock, CADENCE), Library()
    )(look)
    (edit,) = await world.store.list_jobs((JobState.OPEN,), Queue.DELIVER)
    assert edit.key.startswith(f"edit|{key}|")
    assert (dict(edit.payload), edit.lane) == ({"edit": str(key)}, str(FOLLOW.place))


async def test_only_what_somebody_wants_to_read_is_judged_once_a_lens(world: World) -> None:
    other = replace(FOLLOW, name="other", lens="plain", types=(AnnounceType.NEW,), require=("drawer",))
    paused = replace(FOLLOW, name="paused", lens="reproducibility", paused=True)
    world.follows = [FOLLOW, replace(FOLLOW, name="twin"), other, paused]
    drawer = invent(1, abstract="A Drawer holds.")
    world.arxiv.announce(TUESDAY, [drawer, invent(2), invent(3, type="cross", abstract="A drawer holds.")])
    await world.store.sync_follows(world.follows)
    await world.store.add_jobs([NewJob(Queue.POLL, "cs.AI", {"category": "cs.AI"})])
    await Poll(world.store, world.source, world.clock, CADENCE)(await claim_poll(world.store))
    judged = sorted(key.rsplit("|", 1)[0] for key in await world.keys(Queue.JUDGE))
    assert judged == [
        "2606.00001|discontinuity",
        "2606.00001|plain",
        "2606.00002|discontinuity",
        "2606.00003|discontinuity",
    ]
    editions = {key.split("/")[0] for key in await world.keys(Queue.EDITION)}
    assert editions == {"main", "twin", "other"}


async def test_a_category_that_nobody_follows_is_not_asked_for(world: World) -> None:
    await world.store.add_jobs([NewJob(Queue.POLL, "cs.AI", {"category": "cs.AI"})])
    await Poll(world.store, world.source, world.clock, CADENCE)(await claim_poll(world.store))
    assert world.arxiv.asked == []
    (job,) = await world.store.list_jobs((JobState.OPEN,), Queue.POLL)
    assert job.reason == "nobody follows it"
    due = await world.store.next_due([Queue.POLL])
    assert due is not None
    assert due > NOBODY_FOLLOWS - timedelta(seconds=30)


async def claim_poll(store: SqlStore) -> Job:
    (job,) = await store.claim(Queue.POLL, 1, LEASE)
    return job


async def test_a_follow_that_was_turned_on_while_the_feed_was_fetched_reads_it(world: World) -> None:
    class Slow:
        """arXiv, so slow that somebody turns a follow on meanwhile."""

        async def fetch_feed(self, category: str, etag: str | None, last_modified: str | None) -> Fetched:
            fetched = await world.source.fetch_feed(category, etag, last_modified)
            await world.store.add_follow(replace(FOLLOW, name="late", origin=Origin.COMMAND))
            return fetched

    world.arxiv.announce(TUESDAY, [invent(1)])
    await world.store.sync_follows(world.follows)
    poll = Poll(world.store, cast(PaperSource, Slow()), world.clock, CADENCE)
    world.clock.moment = at(TUESDAY, 0.1)
    await poll.poll("cs.AI", world.follows)
    assert sorted(await world.keys(Queue.EDITION)) == [f"late/{TUESDAY}/1", f"{FOLLOW.name}/{TUESDAY}/1"]
