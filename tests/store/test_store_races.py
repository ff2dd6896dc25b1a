"""Two writers at once, where only PostgreSQL lets them overlap; SQLite's writers come one after another."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, text, update

from bot.core.follows.edition import Disposition, EditionFacts, EditionKey, EditionPlan
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.paper import AnnounceType, Batch, Entry
from bot.store.database.tables import announcements, jobs
from bot.store.papers.feeds import ANNOUNCING
from bot.store.sql import SqlStore
from tests.store.making import LEASE, NOON, TUESDAY, announce, batch, claim_one, follow, paper


def need_overlap(store: SqlStore) -> None:
    if store._database.is_sqlite:
        pytest.skip("SQLite's writers do not overlap")


async def waits_for_a_lock(store: SqlStore, task: asyncio.Task[Any]) -> None:
    """Until the database says that somebody of it stands at a lock, and it is this task."""
    held_up = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(30):
        while True:
            async with store._database.read() as connection:
                if (await connection.execute(held_up)).scalar_one():
                    break
            assert not task.done()
            await asyncio.sleep(0.01)
    assert not task.done()


async def test_polls_of_the_same_papers_in_any_order_do_not_jam(store: SqlStore) -> None:
    for day in range(5):
        entries = tuple(Entry(paper(number), AnnounceType.NEW) for number in range(day * 60, day * 60 + 60))
        forth = Batch("cs.AI", TUESDAY, entries)
        back = Batch("cs.LG", TUESDAY, entries[::-1])
        async with asyncio.timeout(60):
            found = await asyncio.gather(announce(store, forth), announce(store, back))
        assert sum(found) == 120
    assert (await store.count_jobs())[(Queue.JUDGE, JobState.OPEN)] == 300


async def test_a_job_whose_commit_lagged_waits_for_the_one_that_overtook_it(store: SqlStore) -> None:
    need_overlap(store)
    async with store._database.write() as lagging:
        await store._add_jobs(lagging, [NewJob(Queue.DELIVER, "lower id", lane="a")])
        await store.add_jobs([NewJob(Queue.DELIVER, "higher id", lane="a")])
        overtaking = await claim_one(store, Queue.DELIVER)
        assert overtaking.key == "higher id"
    assert not await store.claim(Queue.DELIVER, 9, LEASE)
    await store.end(overtaking)
    assert (await claim_one(store, Queue.DELIVER)).key == "lower id"


async def test_of_two_claims_that_race_for_a_lane_one_wins(store: SqlStore) -> None:
    need_overlap(store)
    await store.add_jobs([NewJob(Queue.DELIVER, "head", lane="a"), NewJob(Queue.DELIVER, "next", lane="a")])
    async with store._database.write() as rival:
        held = {"leased": True, "attempts": 1, "due": store._database.now() + LEASE.total_seconds()}
        await rival.execute(update(jobs).where(jobs.c.key == "next").values(**held))
        claiming = asyncio.create_task(store.claim(Queue.DELIVER, 9, LEASE))
        await waits_for_a_lock(store, claiming)
    assert not await claiming


async def test_no_paper_arrives_between_the_facts_and_the_fates_of_an_edition(store: SqlStore) -> None:
    need_overlap(store)
    await store.sync_follows([follow()])
    await announce(store, batch([1]))
    (job,) = await store.claim(Queue.EDITION, 1, LEASE)
    seen: list[str] = []

    def note(facts: EditionFacts) -> EditionPlan:
        seen.extend(str(one.paper.id) for one in facts.announced)
        return EditionPlan({one.paper.id: Disposition.LISTED for one in facts.announced}, ())

    async with store._database.write() as polling:
        await store._database.lock(polling, ANNOUNCING)
        await store._put_papers(polling, [paper(2)])
        row = {"category": "cs.AI", "day": TUESDAY.isoformat(), "paper": "2606.00002", "type": "new"}
        await polling.execute(insert(announcements).values(**row, inferred=False, origin="feed"))
        closing = asyncio.create_task(store.close_edition(job, EditionKey("main", TUESDAY), NOON, note))
        await waits_for_a_lock(store, closing)
    await closing
    assert seen == ["2606.00001", "2606.00002"]


async def test_two_editions_of_one_place_close_one_after_the_other(store: SqlStore) -> None:
    need_overlap(store)
    await store.sync_follows([follow()])
    await announce(store, batch([1]))
    (job,) = await store.claim(Queue.EDITION, 1, LEASE)
    async with store._database.write() as rival:
        await store._database.lock(rival, str(follow().place))
        plan = EditionPlan({paper(1).id: Disposition.LISTED}, ())
        closing = asyncio.create_task(store.close_edition(job, EditionKey("main", TUESDAY), NOON, lambda _: plan))
        await waits_for_a_lock(store, closing)
    await closing
