"""The engine's rules: claims, leases, fencing, lanes, doubt."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import LeaseLost
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.store.sql import SqlStore
from tests.store.making import LEASE, Skew, announce, batch, claim_one, paper, verdict


def job(key: str, *, lane: str | None = None, priority: float = 0.0) -> NewJob:
    return NewJob(Queue.DELIVER, key, {"key": key}, lane, priority)


async def claim_keys(store: SqlStore, limit: int = 10) -> list[str]:
    return [claimed.key for claimed in await store.claim(Queue.DELIVER, limit, LEASE)]


async def test_a_job_is_added_once_by_queue_and_key(store: SqlStore) -> None:
    assert await store.add_jobs([job("a"), job("b"), job("a")]) == 2
    assert await store.add_jobs([job("a"), NewJob(Queue.JUDGE, "a")]) == 1
    assert await store.add_jobs([]) == 0


async def test_a_claimed_job_carries_what_it_was_added_with(store: SqlStore) -> None:
    await store.add_jobs([NewJob(Queue.DELIVER, "a", {"papers": ["x"], "n": 1, "thread": None}, "lane")])
    claimed = await claim_one(store, Queue.DELIVER)
    assert (claimed.key, claimed.payload, claimed.lane) == ("a", {"papers": ["x"], "n": 1, "thread": None}, "lane")
    assert (claimed.attempt, claimed.doubtful, claimed.state) == (1, False, JobState.OPEN)
    assert timedelta(0) < claimed.due_at - claimed.added_at < LEASE + timedelta(seconds=10)


async def test_a_claim_takes_only_its_queue_and_no_job_twice(store: SqlStore) -> None:
    await store.add_jobs([job("a"), job("b"), NewJob(Queue.JUDGE, "c")])
    assert await claim_keys(store, 1) == ["a"]
    assert await claim_keys(store) == ["b"]
    assert await claim_keys(store) == []


async def test_low_priority_numbers_go_first_then_the_oldest(store: SqlStore) -> None:
    await store.add_jobs([job("late", priority=2), job("b"), job("a"), job("first", priority=-1)])
    assert await claim_keys(store, 3) == ["first", "b", "a"]


async def test_a_job_comes_back_when_its_lease_ends_and_is_doubtful(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("a")])
    await claim_keys(store)
    skew.forward(seconds=59)
    assert await claim_keys(store) == []
    skew.forward(seconds=2)
    again = await claim_one(store, Queue.DELIVER)
    assert (again.attempt, again.doubtful) == (2, True)


async def test_a_job_that_is_reopened_beside_one_under_way_in_its_lane_waits_and_holds_no_other_lane_up(
    store: SqlStore,
) -> None:
    await store.add_jobs([job("first", lane="place")])
    await store.end(await claim_one(store, Queue.DELIVER))
    await store.add_jobs([job("second", lane="place")])
    second = await claim_one(store, Queue.DELIVER)
    assert await store.reopen(Queue.DELIVER, ["first"]) == 1
    await store.add_jobs([job("elsewhere", lane="another place")])
    assert await claim_keys(store) == ["elsewhere"]
    await store.end(second)
    assert await claim_keys(store) == ["first"]


async def test_a_renewed_lease_is_held(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("a")])
    claimed = await claim_one(store, Queue.DELIVER)
    skew.forward(seconds=50)
    await store.renew(claimed, LEASE)
    skew.forward(seconds=50)
    assert await claim_keys(store) == []
    await store.end(claimed)


async def test_an_ending_after_the_lease_counts_while_nobody_else_has_the_job(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("a")])
    claimed = await claim_one(store, Queue.DELIVER)
    skew.forward(hours=1)
    await store.end(claimed)
    assert await store.count_jobs() == {(Queue.DELIVER, JobState.DONE): 1}


@pytest.mark.parametrize("ending", ["renew", "end", "put_off", "give_back"])
async def test_an_earlier_attempt_can_change_nothing_any_more(store: SqlStore, skew: Skew, ending: str) -> None:
    await store.add_jobs([job("a")])
    frozen = await claim_one(store, Queue.DELIVER)
    skew.forward(seconds=61)
    current = await claim_one(store, Queue.DELIVER)
    late = {
        "renew": lambda: store.renew(frozen, LEASE),
        "end": lambda: store.end(frozen),
        "put_off": lambda: store.reschedule(frozen, LEASE, "late"),
        "give_back": lambda: store.release(frozen),
    }
    with pytest.raises(LeaseLost):
        await late[ending]()
    await store.end(current)


async def test_a_job_ends_once(store: SqlStore) -> None:
    await store.add_jobs([job("a")])
    claimed = await claim_one(store, Queue.DELIVER)
    await store.end(claimed, JobState.FAILED, "the platform refused it")
    with pytest.raises(LeaseLost):
        await store.end(claimed)
    (failed,) = await store.list_jobs([JobState.FAILED])
    assert failed.reason == "the platform refused it"


async def test_a_job_that_was_put_off_comes_back_then_and_without_doubt(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("a")])
    await store.reschedule(await claim_one(store, Queue.DELIVER), timedelta(seconds=30), "wait")
    skew.forward(seconds=29)
    assert await claim_keys(store) == []
    skew.forward(seconds=2)
    again = await claim_one(store, Queue.DELIVER)
    assert (again.attempt, again.doubtful, again.reason) == (2, False, "wait")


async def test_an_unknown_ending_leaves_doubt_until_an_attempt_settles_it(store: SqlStore) -> None:
    await store.add_jobs([job("a")])
    await store.reschedule(await claim_one(store, Queue.DELIVER), timedelta(0), "lost", settled=False)
    second = await claim_one(store, Queue.DELIVER)
    assert second.doubtful
    await store.reschedule(second, timedelta(0), "looked: not there", settled=True)
    third = await claim_one(store, Queue.DELIVER)
    assert not third.doubtful
    await store.reschedule(third, timedelta(0), "lost again", settled=False)
    assert (await claim_one(store, Queue.DELIVER)).doubtful


async def test_a_job_given_back_is_due_at_once_without_new_doubt(store: SqlStore) -> None:
    await store.add_jobs([job("a")])
    await store.release(await claim_one(store, Queue.DELIVER))
    assert not (await claim_one(store, Queue.DELIVER)).doubtful


async def test_giving_back_does_not_clear_an_earlier_doubt(store: SqlStore) -> None:
    await store.add_jobs([job("a")])
    await store.reschedule(await claim_one(store, Queue.DELIVER), timedelta(0), "lost", settled=False)
    await store.release(await claim_one(store, Queue.DELIVER))
    assert (await claim_one(store, Queue.DELIVER)).doubtful


async def test_only_the_head_of_a_lane_is_claimed(store: SqlStore) -> None:
    await store.add_jobs([job("a1", lane="a"), job("a2", lane="a", priority=-9), job("b1", lane="b"), job("free")])
    assert sorted(await claim_keys(store)) == ["a1", "b1", "free"]
    assert await claim_keys(store) == []


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.DROPPED])
async def test_an_ended_head_lets_the_next_one_go(store: SqlStore, state: JobState) -> None:
    await store.add_jobs([job("1", lane="a"), job("2", lane="a")])
    await store.end(await claim_one(store, Queue.DELIVER), state)
    assert await claim_keys(store) == ["2"]


async def test_a_head_that_is_put_off_holds_its_lane(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("1", lane="a"), job("2", lane="a")])
    await store.reschedule(await claim_one(store, Queue.DELIVER), timedelta(seconds=30), "wait")
    assert await claim_keys(store) == []
    skew.forward(seconds=31)
    assert await claim_keys(store) == ["1"]


async def test_a_dead_workers_head_comes_back_before_the_rest_of_its_lane(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("1", lane="a"), job("2", lane="a")])
    await claim_keys(store)
    skew.forward(seconds=61)
    assert await claim_keys(store) == ["1"]


async def test_a_reopened_job_waits_for_what_is_under_way_in_its_lane(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("1", lane="a"), job("2", lane="a"), job("3", lane="a")])
    failed = await claim_one(store, Queue.DELIVER)
    await store.end(failed, JobState.FAILED, "rejected")
    under_way = await claim_one(store, Queue.DELIVER)
    assert await store.retry_job(failed.id)
    assert await claim_keys(store) == []
    skew.forward(seconds=61)
    doubtful = await claim_one(store, Queue.DELIVER)
    assert (doubtful.key, doubtful.doubtful) == (under_way.key, True)
    await store.end(doubtful)
    assert await claim_keys(store) == ["1"]


async def test_the_next_due_job_counts_heads_of_lanes_only(store: SqlStore) -> None:
    assert await store.next_due([Queue.DELIVER]) is None
    await store.add_jobs([job("1", lane="a"), job("2", lane="a")])
    due = await store.next_due([Queue.DELIVER, Queue.JUDGE])
    assert due is not None
    assert due <= timedelta(0)
    await store.reschedule(await claim_one(store, Queue.DELIVER), timedelta(seconds=30), "wait")
    due = await store.next_due([Queue.DELIVER])
    assert due is not None
    assert timedelta(seconds=20) < due <= timedelta(seconds=30)
    assert await store.next_due([Queue.JUDGE]) is None


async def test_a_person_reopens_a_failed_job_and_it_stays_in_doubt(store: SqlStore) -> None:
    await store.add_jobs([job("a")])
    failed = await claim_one(store, Queue.DELIVER)
    await store.end(failed, JobState.FAILED, "rejected")
    assert await store.retry_job(failed.id)
    assert (await claim_one(store, Queue.DELIVER)).doubtful


async def test_a_person_makes_a_waiting_job_due_now(store: SqlStore) -> None:
    await store.add_jobs([job("a")])
    waiting = await claim_one(store, Queue.DELIVER)
    await store.reschedule(waiting, timedelta(hours=1), "wait")
    assert await store.retry_job(waiting.id)
    assert not (await claim_one(store, Queue.DELIVER)).doubtful


async def test_no_person_steals_a_running_lease(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("a")])
    running = await claim_one(store, Queue.DELIVER)
    assert not await store.retry_job(running.id)
    assert not await store.drop_job(running.id)
    skew.forward(seconds=61)
    assert await store.drop_job(running.id)
    with pytest.raises(LeaseLost):
        await store.end(running)


async def test_a_dropped_job_lets_its_lane_go(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("1", lane="a"), job("2", lane="a")])
    dead = await claim_one(store, Queue.DELIVER)
    skew.forward(seconds=61)
    assert await store.drop_job(dead.id)
    assert await claim_keys(store) == ["2"]


async def test_a_done_or_unknown_job_is_neither_reopened_nor_dropped(store: SqlStore) -> None:
    await store.add_jobs([job("a")])
    done = await claim_one(store, Queue.DELIVER)
    await store.end(done)
    for job_id in (done.id, done.id + 1):
        assert not await store.retry_job(job_id)
        assert not await store.drop_job(job_id)


async def test_jobs_are_listed_and_counted_by_state_and_queue(store: SqlStore) -> None:
    await store.add_jobs([job("a"), job("b"), job("c"), NewJob(Queue.POLL, "cs.AI")])
    await store.end(await claim_one(store, Queue.DELIVER))
    assert await store.count_jobs() == {
        (Queue.DELIVER, JobState.DONE): 1,
        (Queue.DELIVER, JobState.OPEN): 2,
        (Queue.POLL, JobState.OPEN): 1,
    }
    assert await store.count_jobs(datetime.now(UTC) - timedelta(minutes=1)) == await store.count_jobs()
    assert await store.count_jobs(datetime.now(UTC) + timedelta(minutes=1)) == {
        (Queue.DELIVER, JobState.OPEN): 2,
        (Queue.POLL, JobState.OPEN): 1,
    }
    assert [one.key for one in await store.list_jobs([JobState.OPEN])] == ["b", "c", "cs.AI"]
    assert [one.key for one in await store.list_jobs(list(JobState), Queue.DELIVER, 2)] == ["a", "b"]


async def test_pruning_deletes_old_endings_and_leaves_what_a_person_must_see(store: SqlStore, skew: Skew) -> None:
    await store.add_jobs([job("done"), job("failed"), job("dropped"), job("open")])
    done, failed, dropped = await store.claim(Queue.DELIVER, 3, LEASE)
    await store.end(done)
    await store.end(failed, JobState.FAILED, "rejected")
    await store.end(dropped, JobState.DROPPED)
    day, month = timedelta(days=1), timedelta(days=30)
    assert await store.prune(day, month) == 0
    skew.forward(days=2)
    assert await store.prune(day, month) == 2
    assert [one.key for one in await store.list_jobs(list(JobState))] == ["failed", "open"]
    skew.forward(days=30)
    assert await store.prune(day, month) == 1
    assert [one.key for one in await store.list_jobs(list(JobState))] == ["open"]


async def test_what_is_old_is_deleted_in_pieces_between_which_others_write(
    store: SqlStore, skew: Skew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.repository.ROWS_A_DELETION", 10)
    await store.add_jobs([job(f"{number:03}") for number in range(95)])
    for claimed in await store.claim(Queue.DELIVER, 95, LEASE):
        await store.end(claimed)
    skew.forward(days=2)
    pruning = asyncio.create_task(store.prune(timedelta(days=1), timedelta(days=1)))
    left: list[int] = []
    while not pruning.done():
        await store.add_jobs([job(f"new {len(left)}")])
        counted = await store.count_jobs()
        left.append(counted.get((Queue.DELIVER, JobState.DONE), 0))
    assert await pruning == 95
    assert any(0 < count < 95 for count in left), "somebody wrote while some were gone and others not"


async def test_any_reason_can_be_stored(store: SqlStore) -> None:
    await store.add_jobs([job("a")])
    await store.reschedule(
        await claim_one(store, Queue.DELIVER), timedelta(0), "bad \0 half \ud800 emoji 🙂 " + "x" * 5000
    )
    reason = (await claim_one(store, Queue.DELIVER)).reason
    assert reason.startswith("bad \ufffd half \ufffd emoji 🙂 xxx")
    assert len(reason) == 1000


async def test_a_job_that_nobody_wants_is_gone_and_may_be_added_again(store: SqlStore) -> None:
    await store.add_jobs([NewJob(Queue.JUDGE, "a")])
    job = await claim_one(store)
    await store.forget_job(job)
    assert await store.find_job(Queue.JUDGE, "a") is None
    with pytest.raises(LeaseLost):
        await store.forget_job(job)
    assert await store.add_jobs([NewJob(Queue.JUDGE, "a")]) == 1


async def test_an_edition_that_waits_for_a_lens_comes_back_with_the_end_of_its_last_paper(store: SqlStore) -> None:
    await announce(store, batch([1, 2]))
    await store.add_jobs([NewJob(Queue.EDITION, "others/2026-06-02/1")])
    waits, others = await store.claim(Queue.EDITION, 2, LEASE)
    await store.reschedule(waits, timedelta(hours=1), "are being judged", WaitReason.JUDGING, awaits="discontinuity")
    await store.reschedule(others, timedelta(hours=1), "posts at 12:00", WaitReason.POSTING_HOUR)
    first, last = await store.claim(Queue.JUDGE, 2, LEASE)
    await store.finish_judgings([(first, verdict(paper(1)))])
    assert not await store.claim(Queue.EDITION, 2, LEASE), "one is still under way"
    await store.end(last, JobState.FAILED, "the paper is not in the store")
    (woken,) = await store.claim(Queue.EDITION, 2, LEASE)
    assert woken.key == waits.key
    await store.reschedule(woken, timedelta(hours=1), "are being judged", WaitReason.JUDGING, awaits="discontinuity")
    assert [job.key for job in await store.claim(Queue.EDITION, 2, LEASE)] == [waits.key]


async def test_an_edition_that_waits_for_its_first_verdict_comes_back_with_it_and_the_next_wake_it_no_more(
    store: SqlStore,
) -> None:
    await announce(store, batch([1, 2, 3]))
    (waits,) = await store.claim(Queue.EDITION, 1, LEASE)
    hour, words = timedelta(hours=1), "are being judged"
    await store.reschedule(waits, hour, words, WaitReason.FIRST_VERDICT, awaits="discontinuity")
    assert not await store.claim(Queue.EDITION, 1, LEASE)
    first, second, _ = await store.claim(Queue.JUDGE, 3, LEASE)
    await store.finish_judgings([(first, verdict(paper(1)))])
    (woken,) = await store.claim(Queue.EDITION, 1, LEASE)
    await store.reschedule(woken, hour, words, WaitReason.JUDGING, awaits="discontinuity")
    await store.finish_judgings([(second, verdict(paper(2)))])
    assert not await store.claim(Queue.EDITION, 1, LEASE)


async def test_papers_that_wait_for_their_budget_keep_no_edition_from_looking_again(store: SqlStore) -> None:
    await announce(store, batch([1, 2]))
    poor, judged = await store.claim(Queue.JUDGE, 2, LEASE)
    await store.reschedule(poor, timedelta(hours=5), "the day's budget is used up")
    (waits,) = await store.claim(Queue.EDITION, 1, LEASE)
    await store.reschedule(waits, timedelta(hours=1), "are being judged", WaitReason.JUDGING, awaits="discontinuity")
    await store.end(judged)
    assert [job.key for job in await store.claim(Queue.EDITION, 1, LEASE)] == [waits.key]
