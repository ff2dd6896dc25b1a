"""What people cause comes in: all of it in one commit, each event once, and no more of one person's than may wait."""

from datetime import timedelta

from bot.core.commands.payer import Cause, Payer
from bot.core.jobs.job import Incoming, Intake, JobState, NewJob, Queue
from bot.store.sql import SqlStore
from tests.store.making import LEASE

NEW, KNOWN, REFUSED = Intake.NEW, Intake.KNOWN, Intake.REFUSED


def event(key: str, person: str, queue: Queue = Queue.ANSWER, refusal: str = "") -> Incoming:
    payer = (Payer(Cause.COMMAND, f"stage:{person}", "stage:guild", person),)
    return Incoming(
        NewJob(queue, key, {"words": key}, lane=f"asks {person}", payers=payer),
        NewJob(Queue.ANSWER, refusal, payers=payer) if refusal else None,
    )


async def keys(store: SqlStore) -> list[str]:
    return [job.key for job in await store.list_jobs([JobState.OPEN])]


async def test_events_that_come_together_are_stored_once_each_in_their_order(store: SqlStore) -> None:
    together = [event("a", "ann"), event("b", "ben"), event("a", "ann"), event("c", "ann")]
    assert await store.take_in(together, 20) == [NEW, NEW, KNOWN, NEW]
    assert await store.take_in([event("b", "ben"), event("d", "ben")], 20) == [KNOWN, NEW]
    assert await keys(store) == ["a", "b", "c", "d"]


async def test_what_is_over_a_persons_bound_is_known_and_costs_no_work(store: SqlStore) -> None:
    many = [event(f"e{number}", "eve", refusal=f"no {number}") for number in range(6)]
    assert await store.take_in([*many, event("a", "ann")], 3) == [NEW] * 3 + [REFUSED] * 3 + [NEW]
    assert await keys(store) == ["e0", "e1", "e2", "no 3", "a"], "the refusal is told once"
    assert await store.take_in([event("e4", "eve")], 99) == [KNOWN]
    assert await store.add_claimed(event("e5", "eve").job, LEASE) is None


async def test_remarks_and_commands_of_a_person_are_bounded_together(store: SqlStore) -> None:
    await store.take_in([event("a", "eve"), event("b", "eve", Queue.REMARK)], 20)
    assert await store.take_in([event("c", "eve", Queue.REMARK)], 2) == [REFUSED]


async def test_what_waits_for_another_day_takes_none_of_a_persons_room(store: SqlStore) -> None:
    await store.take_in([event("a", "eve")], 1)
    [job] = await store.claim(Queue.ANSWER, 1, LEASE)
    assert await store.take_in([event("b", "eve")], 1) == [REFUSED], "it is under way"
    await store.reschedule(job, timedelta(hours=1), "the model is away")
    assert await store.take_in([event("c", "eve")], 1) == [NEW]
