"""For whom work is done: communities take turns, each pays from its own share, and a paper is paid once."""

from datetime import timedelta

import pytest

from bot.core.commands.event import Actor, direct_community
from bot.core.commands.payer import Cause, Payer
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.posts.post import Place
from bot.core.verdicts.call import Budget, CallOutcome, PlannedCall, Stage, Usage
from bot.core.verdicts.verdict import Wait
from bot.store.sql import SqlStore
from tests.store.making import LEASE, Skew

GREEDY = Payer(Cause.NOW, "discord:1", "discord:100", "discord:@7")
MODEST = Payer(Cause.FOLLOW, "discord:2", "discord:200")
ONE = 1 / 32  # a sum of these is exact
BUDGET = Budget(1_000_000, 1.0, community_usd=0.5, person_usd=0.25)


def job(number: int, *payers: Payer, priority: float = 1.0) -> NewJob:
    return NewJob(Queue.JUDGE, f"{payers[0].turn if payers else ''} {number:03}", priority=priority, payers=payers)


def planned(number: int, *payers: Payer, usd: float = ONE, tokens: int = 1000) -> PlannedCall:
    usage = Usage(tokens, 0, 0, usd)
    hold = timedelta(seconds=60)
    return PlannedCall("fake", "fake", f"{number}", "plain", f"prompt {number}", Stage.FIRST, usage, hold, payers)


async def spend(store: SqlStore, *payers: Payer, budget: Budget = BUDGET, most: int = 100, tokens: int = 1000) -> int:
    """Call until it is refused; how often it was not."""
    for number in range(most):
        call = await store.reserve_call(planned(number, *payers, tokens=tokens), budget)
        if isinstance(call, Wait):
            assert call.seconds > 2 or number == 0, call
            return number
        await store.settle_call(call, CallOutcome.ANSWERED, Usage(tokens, 0, 0, ONE))
    return most


async def claimed(store: SqlStore, times: int, at_once: int = 1) -> list[str]:
    """The communities of the jobs that are taken, in order."""
    taken = [one for _ in range(times) for one in await store.claim(Queue.JUDGE, at_once, LEASE)]
    return [one.key.split()[0] for one in taken]


async def test_nobody_waits_for_anothers_hundred(store: SqlStore) -> None:
    await store.add_jobs([job(number, GREEDY, priority=-1.0) for number in range(100)])
    await store.add_jobs([job(1, MODEST)])
    assert "discord:200" in await claimed(store, 2)


async def test_communities_take_turns_one_hand_at_a_time_and_many(store: SqlStore) -> None:
    await store.add_jobs([job(number, GREEDY) for number in range(50)])
    await store.add_jobs([job(number, MODEST) for number in range(50)])
    taken = await claimed(store, 10) + await claimed(store, 2, at_once=5)
    assert abs(taken.count("discord:100") - taken.count("discord:200")) <= 2, taken


async def test_people_of_one_community_take_turns_too(store: SqlStore) -> None:
    other = Payer(Cause.VERDICT, "discord:1", "discord:100", "discord:@8")
    await store.add_jobs([job(number, GREEDY) for number in range(50)])
    await store.add_jobs([job(99, other), job(98, MODEST)])
    taken = [one.key for one in await store.claim(Queue.JUDGE, 4, LEASE)]
    assert "discord:100 099" in taken, taken


async def test_direct_messages_of_two_people_are_two_turns(store: SqlStore) -> None:
    one, two = (Payer(Cause.VERDICT, f"discord:@{name}", f"discord:@{name}", f"discord:{name}") for name in (1, 2))
    await store.add_jobs([NewJob(Queue.JUDGE, f"one {number:03}", payers=(one,)) for number in range(30)])
    await store.add_jobs([NewJob(Queue.JUDGE, "two", payers=(two,))])
    assert "two" in await claimed(store, 2)


async def test_in_each_community_what_reveals_most_goes_first(store: SqlStore) -> None:
    await store.add_jobs([job(number, GREEDY, priority=9.0 - number) for number in range(5)])
    await store.add_jobs([job(number, MODEST, priority=9.0 - number) for number in range(5)])
    taken = [one.key for one in await store.claim(Queue.JUDGE, 4, LEASE)]
    assert sorted(taken) == ["discord:100 003", "discord:100 004", "discord:200 003", "discord:200 004"]


async def test_what_two_want_comes_when_the_first_of_them_would_have_it(store: SqlStore) -> None:
    await store.add_jobs([job(number, GREEDY) for number in range(50)])
    await store.add_jobs([job(49, MODEST, priority=1.0), NewJob(Queue.JUDGE, "discord:100 049", payers=(MODEST,))])
    taken = [one.key for _ in range(4) for one in await store.claim(Queue.JUDGE, 1, LEASE)]
    assert "discord:100 049" in taken, taken


async def test_a_community_takes_its_share_of_the_day_and_no_more(store: SqlStore) -> None:
    first, second, third = (
        Payer(Cause.VERDICT, "discord:1", "discord:100", f"discord:@{name}") for name in ("a", "b", "c")
    )
    assert [await spend(store, one) for one in (first, second, third)] == [8, 8, 0]
    assert await spend(store, MODEST) == 16, "the other half is there for others"


async def test_what_one_spends_in_direct_messages_is_nobody_elses(store: SqlStore) -> None:
    people = [f"discord:{number}" for number in range(1, 7)]
    asked = [Payer.of(Actor(one, Place.private(one), direct_community(one)), Cause.QUESTION) for one in people]
    assert [await spend(store, one) for one in asked[:3]] == [8, 8, 8], "each takes a person's share of the day"
    assert await spend(store, MODEST) == 8, "and a community what is left of the day"


async def test_a_person_takes_no_more_whatever_it_is_asked_for_and_wherever(store: SqlStore) -> None:
    causes = (Cause.NOW, Cause.PREVIEW, Cause.VERDICT, Cause.ANALYSIS, Cause.QUESTION)
    places = ("discord:1", "discord:2", "discord:3", "discord:4", "discord:5")
    taken = [
        await spend(store, Payer(cause, place, f"discord:10{number}", "discord:@7"), most=3)
        for number, (cause, place) in enumerate(zip(causes, places, strict=True))
    ]
    assert sum(taken) == 8


async def test_a_model_without_a_price_has_shares_of_the_tokens(store: SqlStore) -> None:
    budget = Budget(100_000, 1.0, community_usd=0.5, person_usd=0.25)
    usage = Usage(10_000, 0, 0, 0.0)
    hold = timedelta(seconds=60)
    calls = [
        await store.reserve_call(
            PlannedCall("e", "m", f"{number}", "plain", f"p{number}", Stage.FIRST, usage, hold, (MODEST,)), budget
        )
        for number in range(7)
    ]
    assert sum(isinstance(one, int) for one in calls) == 5


async def test_who_has_spent_least_pays_for_what_several_want(store: SqlStore) -> None:
    other = Payer(Cause.FOLLOW, "discord:3", "discord:300")
    assert await spend(store, MODEST, most=6) == 6
    assert await spend(store, MODEST, other, most=20) == 20
    assert await spend(store, MODEST) == 3
    assert await spend(store, other) == 3, "of 26 each paid 13"


async def test_where_ones_share_is_used_up_another_who_wants_it_pays(store: SqlStore) -> None:
    assert await spend(store, MODEST) == 16
    assert await spend(store, MODEST, GREEDY) == 8


async def test_running_calls_hold_a_share_only_for_a_while(store: SqlStore) -> None:
    for number in range(16):
        assert isinstance(await store.reserve_call(planned(number, MODEST), BUDGET), int)
    wait = await store.reserve_call(planned(11, MODEST), BUDGET)
    assert isinstance(wait, Wait)
    assert wait.seconds <= 2
    assert "reserved by running calls" in wait.reason


async def test_the_operators_own_follows_have_no_share_but_the_day(store: SqlStore) -> None:
    assert await spend(store, Payer(Cause.FOLLOW, "console:main")) == 32


async def test_the_next_day_has_new_shares_and_remembers_no_payer(store: SqlStore, skew: Skew) -> None:
    assert await spend(store, GREEDY) == 8
    skew.forward(days=1)
    await store.forget_replies(timedelta(days=30))
    assert await spend(store, GREEDY) == 8


async def test_who_joins_makes_work_that_waited_for_anothers_share_due(store: SqlStore) -> None:
    await store.add_jobs([job(1, GREEDY)])
    [first] = await store.claim(Queue.JUDGE, 1, LEASE)
    await spend(store, GREEDY)
    wait = await store.reserve_call(planned(77, GREEDY), BUDGET)
    assert isinstance(wait, Wait)
    await store.reschedule(first, timedelta(seconds=wait.seconds), wait.reason, wait.why)
    assert await store.claim(Queue.JUDGE, 1, LEASE) == ()
    await store.add_jobs([NewJob(Queue.JUDGE, first.key, payers=(MODEST,))])
    [again] = await store.claim(Queue.JUDGE, 1, LEASE)
    assert set(await store.payers_of(again)) == {GREEDY, MODEST}


@pytest.mark.parametrize("ending", ["end", "forget", "drop"])
async def test_payers_go_with_their_job(store: SqlStore, ending: str) -> None:
    await store.add_jobs([job(1, GREEDY)])
    [taken] = await store.claim(Queue.JUDGE, 1, LEASE)
    if ending == "end":
        await store.end(taken, JobState.DONE)
    elif ending == "forget":
        await store.forget_job(taken)
    else:
        await store.release(taken)
        assert await store.drop_job(taken.id)
    assert await store.payers_of(taken) == []
