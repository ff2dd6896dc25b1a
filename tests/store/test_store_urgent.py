"""What somebody waits for goes first, and nothing starves for it; an event is claimed in the commit that stores it."""

import asyncio
import contextvars
from datetime import timedelta

from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.store.database.priority_lock import PriorityLock
from bot.store.sql import SqlStore
from tests.store.making import LEASE, Skew


async def test_one_goes_through_at_a_time_and_the_urgent_go_first() -> None:
    turnstile, order = PriorityLock(), list[str]()
    inside = 0

    async def go(name: str, *, urgent: bool) -> None:
        nonlocal inside
        async with turnstile.pass_through(urgent=urgent):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            order.append(name)
            inside -= 1

    tasks = [asyncio.create_task(go(name, urgent=name.isupper())) for name in "abcXYd"]
    await asyncio.gather(*tasks)
    assert order == ["a", "X", "Y", "b", "c", "d"]


async def test_the_urgent_hold_up_what_is_not_for_three_turns_at_most() -> None:
    turnstile, order = PriorityLock(), list[str]()

    async def go(name: str) -> None:
        async with turnstile.pass_through(urgent=name.isupper()):
            await asyncio.sleep(0)
            order.append(name)

    await asyncio.gather(*(asyncio.create_task(go(name)) for name in "ABCDEFGHIab"))
    assert "".join(order) == "ABCDaEFGbHI"


async def test_who_gives_up_waiting_holds_nobody_up() -> None:
    turnstile = PriorityLock()
    for cancel_late in (False, True):
        holding = turnstile.pass_through()
        await holding.__aenter__()
        waiting = [asyncio.create_task(_pass(turnstile)) for _ in range(3)]
        await asyncio.sleep(0)
        if cancel_late:
            await holding.__aexit__(None, None, None)
        waiting[0].cancel()
        if not cancel_late:
            await holding.__aexit__(None, None, None)
        await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 60)
        async with asyncio.timeout(60):
            await _pass(turnstile)


async def _pass(turnstile: PriorityLock) -> None:
    async with turnstile.pass_through():
        await asyncio.sleep(0)


async def test_an_error_inside_lets_the_next_through() -> None:
    turnstile = PriorityLock()
    for _ in range(2):
        try:
            async with turnstile.pass_through():
                raise ValueError
        except ValueError:
            pass
    await asyncio.wait_for(_pass(turnstile), 60)


async def test_what_is_not_urgent_gives_way_but_not_for_ever(store: SqlStore) -> None:
    ended: list[str] = []

    async def ordinary() -> None:
        await store.count_jobs()
        ended.append("ordinary")

    with store.urgently():
        waiting = asyncio.get_running_loop().create_task(ordinary(), context=_outside())
        await store.add_jobs([NewJob(Queue.ANSWER, "a")])
        ended.append("urgent")
        await asyncio.wait_for(asyncio.shield(waiting), 60)
    assert ended == ["urgent", "ordinary"]


def _outside() -> contextvars.Context:
    """A context in which nothing is urgent."""

    return contextvars.Context()


async def test_a_job_that_is_added_and_claimed_at_once_is_under_way(store: SqlStore, skew: Skew) -> None:
    job = await store.add_claimed(NewJob(Queue.ANSWER, "e1", {"x": 1}, lane="ann"), LEASE)
    assert job is not None
    assert (job.attempt, job.doubtful, job.payload) == (1, False, {"x": 1})
    assert await store.claim(Queue.ANSWER, 5, LEASE) == ()
    assert await store.add_claimed(NewJob(Queue.ANSWER, "e1", lane="ann"), LEASE) is None
    skew.forward(seconds=61)
    [again] = await store.claim(Queue.ANSWER, 5, LEASE)
    assert (again.id, again.attempt, again.doubtful) == (job.id, 2, True)
    await store.end(again)
    assert await store.add_claimed(NewJob(Queue.ANSWER, "e1", lane="ann"), LEASE) is None


async def test_behind_another_of_its_lane_it_is_not_claimed_and_not_added(store: SqlStore) -> None:
    first = await store.add_claimed(NewJob(Queue.ANSWER, "e1", lane="ann"), LEASE)
    assert first is not None
    assert await store.add_claimed(NewJob(Queue.ANSWER, "e2", lane="ann"), LEASE) is None
    assert await store.add_claimed(NewJob(Queue.ANSWER, "e3", lane="ben"), LEASE) is not None
    assert [job.key for job in await store.list_jobs([JobState.OPEN], Queue.ANSWER)] == ["e1", "e3"]


async def test_many_at_once_of_one_lane_are_one_under_way(store: SqlStore) -> None:
    new = [NewJob(Queue.ANSWER, f"e{number}", lane="ann") for number in range(8)]
    answers = await asyncio.gather(*(store.add_claimed(one, LEASE) for one in new))
    assert sum(job is not None for job in answers) == 1
    assert len(await store.list_jobs([JobState.OPEN], Queue.ANSWER)) == 1


async def test_ending_a_job_and_adding_the_next_is_one_commit(store: SqlStore, skew: Skew) -> None:
    job = await store.add_claimed(NewJob(Queue.ANSWER, "e1", lane="ann"), LEASE)
    assert job is not None
    await store.end(job, then=[NewJob(Queue.ANSWER, "e1|2", delay=timedelta(minutes=5))])
    assert await store.claim(Queue.ANSWER, 5, LEASE) == ()
    skew.forward(minutes=6)
    [later] = await store.claim(Queue.ANSWER, 5, LEASE)
    assert later.key == "e1|2"


async def test_reasons_and_counts_are_told_by_queue(store: SqlStore) -> None:
    await store.add_jobs([NewJob(Queue.JUDGE, str(number)) for number in range(3)])
    for job in await store.claim(Queue.JUDGE, 3, LEASE):
        await store.reschedule(job, timedelta(hours=1), "the model is away")
    assert await store.reasons(Queue.JUDGE, 3) == [NotedReason(WaitReason.UNKNOWN, "the model is away")]
    assert await store.count_waiting(Queue.JUDGE, None) == 3
    assert await store.count_waiting(Queue.JUDGE, "x") == 0


async def test_an_open_job_can_be_hurried(store: SqlStore) -> None:
    await store.add_jobs([NewJob(Queue.JUDGE, "a"), NewJob(Queue.JUDGE, "b"), NewJob(Queue.JUDGE, "c", priority=-5)])
    await store.raise_priority(Queue.JUDGE, "b", -1)
    await store.raise_priority(Queue.JUDGE, "c", -1)
    keys = [job.key for job in await store.claim(Queue.JUDGE, 3, LEASE)]
    assert keys == ["c", "b", "a"]
    found = await store.find_job(Queue.JUDGE, "b")
    assert found is not None
    assert found.attempt == 1
    assert await store.find_job(Queue.JUDGE, "z") is None
