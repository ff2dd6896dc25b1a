"""A clock that ran ahead and came back: nothing that it wrote makes anything wait longer than it would now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Double, func, select

from bot.core.commands.acts import Act, ActKind, ActLimits
from bot.core.commands.event import Actor
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.feed import FeedState, Outcome
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place
from bot.core.verdicts.call import CallOutcome, Trouble
from bot.store.database.clock import AHEAD, PAST
from bot.store.database.tables import metadata
from bot.store.sql import SqlStore
from tests.store.making import LEASE, PLACE, Skew, follow, paper
from tests.store.test_store_calls import KEY, PLENTY, planned

FIGURES = {"jobs.priority", "requests.cost", "calls.usd"}
HOURS = [timedelta(hours=3), timedelta(days=365)]
SECOND = timedelta(seconds=1)


@pytest.fixture(params=HOURS, ids=["three hours", "a year"])
async def ahead(store: SqlStore, skew: Skew, request: pytest.FixtureRequest) -> timedelta:
    """The store's clock runs ahead, as the bot finds it when it starts."""
    await store.mend_clock(LEASE)
    skew.by = request.param
    await store.mend_clock(LEASE)
    return skew.by


async def back(store: SqlStore, skew: Skew) -> None:
    """The clock is right again, and the bot looks."""
    skew.by = timedelta(0)
    assert await store.mend_clock(LEASE)
    assert not await store.mend_clock(LEASE), "once is enough"


def test_every_moment_of_every_table_is_known_to_be_past_or_ahead() -> None:
    moments = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Double)
    }
    assert moments - FIGURES == {f"{column.table.name}.{column.name}" for column in (*AHEAD, *(one for one, _ in PAST))}


async def test_a_job_that_was_put_off_is_due_and_a_dead_processes_lease_ends(
    store: SqlStore, skew: Skew, ahead: timedelta
) -> None:
    await store.add_jobs([NewJob(Queue.DELIVER, "waits"), NewJob(Queue.DELIVER, "dead"), NewJob(Queue.LOOK, "new")])
    waits, _dead = await store.claim(Queue.DELIVER, 2, LEASE)
    await store.reschedule(waits, timedelta(minutes=10), "the platform is down")
    await back(store, skew)
    assert [job.key for job in await store.claim(Queue.DELIVER, 2, LEASE)] == ["waits"]
    assert [job.key for job in await store.claim(Queue.LOOK, 2, LEASE)] == ["new"]
    skew.forward(seconds=LEASE.total_seconds() + 1)
    (dead,) = [job for job in await store.claim(Queue.DELIVER, 2, LEASE) if job.key == "dead"]
    assert dead.doubtful
    assert dead.added_at <= datetime.now(UTC) + SECOND, "an edition counts its three hours from there"


async def test_a_living_holder_keeps_its_job(store: SqlStore, skew: Skew, ahead: timedelta) -> None:
    await store.add_jobs([NewJob(Queue.DELIVER, "mine")])
    (mine,) = await store.claim(Queue.DELIVER, 1, LEASE)
    await back(store, skew)
    assert not await store.claim(Queue.DELIVER, 1, LEASE)
    await store.renew(mine, LEASE)
    await store.end(mine)


async def test_slacks_room_to_send_is_there(store: SqlStore, skew: Skew, ahead: timedelta) -> None:
    for _ in range(3):
        await store.reserve("slack post", SECOND)
    await store.close_gate("slack edit", timedelta(hours=1))
    await store.reserve("slack edit", SECOND)
    async with store.turn("arxiv", timedelta(seconds=3), timedelta(seconds=10)):
        pass
    await back(store, skew)
    assert await store.reserve("slack post", SECOND) == timedelta(0)
    assert await store.closed_for("slack edit") == timedelta(0)
    assert await store.closed_for("arxiv") == timedelta(0)


async def test_an_endpoint_is_tried_again(store: SqlStore, skew: Skew, ahead: timedelta) -> None:
    await store.fail_endpoint(KEY, Trouble(CallOutcome.RATE_LIMITED, "slower", timedelta(minutes=30)), probing=False)
    await back(store, skew)
    assert (await store.enter_endpoint(KEY, timedelta(minutes=1))).probing


async def test_what_was_spent_and_counted_counts_today_and_in_no_day_to_come(
    store: SqlStore, skew: Skew, ahead: timedelta
) -> None:
    call = await store.reserve_call(planned(usd=0.25), PLENTY)
    assert isinstance(call, int)
    asker = Actor("console:me", Place("console", "main"), "console:home")
    limits = ActLimits(person=1)
    day = (datetime.now(UTC) + ahead).date()
    assert await store.count_act(Act("one", ActKind.LOOK, asker, day), limits) is None
    await back(store, skew)
    assert (await store.spending()).usd == pytest.approx(0.25)
    assert await store.count_act(Act("two", ActKind.LOOK, asker, datetime.now(UTC).date()), limits) is not None
    skew.by = ahead
    if ahead > timedelta(days=1):
        assert (await store.spending()).usd == 0
        assert await store.count_act(Act("three", ActKind.LOOK, asker, day), limits) is None


async def test_a_paper_is_looked_at_again_and_an_unknown_id_asked_about(
    store: SqlStore, skew: Skew, ahead: timedelta
) -> None:
    await store.put_papers([paper(1)])
    await store.note_unknown(ArxivId("2606.99999"))
    await back(store, skew)
    assert (await store.looks([paper(1).id]))[paper(1).id] <= datetime.now(UTC) + SECOND
    skew.forward(days=1, minutes=1)
    assert not await store.is_unknown(ArxivId("2606.99999"), timedelta(days=1))


async def test_a_follow_reads_again_and_no_category_stays_unpolled(
    store: SqlStore, skew: Skew, ahead: timedelta
) -> None:
    now = datetime.now(UTC) + ahead
    mute = replace(follow("mute"), after=now.date(), muted_until=(now + timedelta(days=7)).date(), made_at=now)
    await store.add_follow(mute)
    later = now + timedelta(hours=4)
    state = FeedState("cs.AI", checked_at=now, next_check_at=later, day=now.date(), outcome=Outcome.RATE_LIMITED)
    await store.record_poll(state, None, (), ())
    await back(store, skew)
    (mended,) = [one for one in await store.follows() if one.name == "mute"]
    today = datetime.now(UTC).date()
    assert mended.after
    assert mended.after < today
    assert mended.muted_until
    assert mended.muted_until <= today + timedelta(days=7)
    assert mended.made_at
    assert mended.made_at <= datetime.now(UTC) + SECOND
    feed = await store.feed_state("cs.AI")
    assert feed.next_check_at
    assert feed.next_check_at <= datetime.now(UTC) + SECOND
    assert feed.day is None or feed.day <= today


async def test_no_moment_of_any_table_stays_ahead(store: SqlStore, skew: Skew, ahead: timedelta) -> None:
    await store.add_jobs([NewJob(Queue.DELIVER, "one"), NewJob(Queue.DELIVER, "two")])
    (first,) = await store.claim(Queue.DELIVER, 1, LEASE)
    await store.end(first, JobState.DONE)
    await store.reserve_call(planned(), PLENTY)
    await store.close_place(PLACE, "gone", "")
    await store.note_event("event")
    await store.put_papers([paper(1)])
    await back(store, skew)
    latest = datetime.now(UTC).timestamp() + 2 * LEASE.total_seconds()
    async with store._database.read() as connection:
        for column in (*AHEAD, *(one for one, _ in PAST)):
            last = (await connection.execute(select(func.max(column)))).scalar()
            assert last is None or last <= latest, column


async def test_a_clock_that_shows_a_day_before_the_program_was_written_changes_nothing(
    store: SqlStore, skew: Skew
) -> None:
    await store.add_jobs([NewJob(Queue.LOOK, "one", delay=timedelta(hours=1))])
    await store.mend_clock(LEASE)
    (before,) = await store.list_jobs((JobState.OPEN,))
    skew.by = datetime(1970, 1, 2, tzinfo=UTC) - datetime.now(UTC)
    assert not await store.mend_clock(LEASE)
    assert await store.list_jobs((JobState.OPEN,)) == [before]


async def test_what_a_right_clock_put_off_waits(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([NewJob(Queue.EDITION, "friday", delay=timedelta(days=7))])
    await store.close_gate("arxiv", timedelta(days=7))
    assert not await store.mend_clock(LEASE)
    skew.forward(hours=1)
    assert not await store.mend_clock(LEASE)
    assert not await store.claim(Queue.EDITION, 1, LEASE)
    assert await store.closed_for("arxiv") > timedelta(days=6)
