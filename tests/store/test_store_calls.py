"""Calls as rows: a budget that holds over restarts and processes, replies that are never lost, endpoints that rest."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.core.jobs.job import NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.verdicts.call import Budget, CallOutcome, PlannedCall, Stage, Trouble, Usage, closes_for
from bot.core.verdicts.verdict import Wait
from bot.store.sql import SqlStore
from tests.store.making import LEASE, Skew

KEY = "http://127.0.0.1:9/v1|fake"
HOLD = timedelta(seconds=60)
PLENTY = Budget(1_000_000, 10.0)


def about(usd: float) -> Any:
    return pytest.approx(usd)


def planned(number: int = 1, *, tokens: int = 1000, usd: float = 0.1, stage: Stage = Stage.FIRST) -> PlannedCall:
    usage = Usage(tokens - tokens // 4, tokens // 4, 0, usd)
    return PlannedCall(KEY, "fake", f"2606.{number:05}", "plain", f"prompt {number}", stage, usage, HOLD)


async def reserve(store: SqlStore, number: int = 1, budget: Budget = PLENTY, **how: float) -> int:
    call = await store.reserve_call(planned(number, **how), budget)  # type: ignore[arg-type]
    assert isinstance(call, int), call
    return call


async def refusal(store: SqlStore, budget: Budget, **how: float) -> Wait:
    wait = await store.reserve_call(planned(99, **how), budget)  # type: ignore[arg-type]
    assert isinstance(wait, Wait)
    return wait


async def settle(store: SqlStore, call: int, usd: float = 0.02) -> None:
    await store.store_reply(call, "{}", 12)
    await store.settle_call(call, CallOutcome.ANSWERED, Usage(700, 200, 500, usd))


# the budget


async def test_of_many_reservations_at_once_only_as_many_pass_as_the_budget_holds(store: SqlStore, url: str) -> None:
    other = SqlStore(url)
    await other.open()
    budget = Budget(1_000_000, 0.55)
    answers = await asyncio.gather(
        *((store if number % 2 else other).reserve_call(planned(number), budget) for number in range(20))
    )
    assert sum(isinstance(one, int) for one in answers) == 5
    spent = await store.spending()
    assert spent.usd == pytest.approx(0.5)
    await other.close()


@pytest.mark.parametrize(("budget", "words"), [(Budget(2500, 9.0), "2,500 tokens"), (Budget(9**9, 0.25), "0.25 USD")])
async def test_a_budget_of_either_kind_holds_and_ends_with_the_day(
    store: SqlStore, skew: Skew, budget: Budget, words: str
) -> None:
    for number in range(2):
        await settle(store, await reserve(store, number, budget, tokens=1200), usd=0.12)
        await store.settle_call(number + 1, CallOutcome.ANSWERED, Usage(900, 300, 0, 0.12))
    wait = await refusal(store, budget)
    assert words in wait.reason
    assert "next day" in wait.reason
    assert 0 < wait.seconds <= 86_406
    skew.forward(seconds=wait.seconds)
    assert isinstance(await store.reserve_call(planned(3), budget), int)


async def test_what_running_calls_have_reserved_is_waited_for_shortly(store: SqlStore) -> None:
    budget = Budget(1_000_000, 0.15)
    call = await reserve(store, 1, budget)
    wait = await refusal(store, budget)
    assert "running calls" in wait.reason
    assert wait.seconds < 5
    await settle(store, call)
    await reserve(store, 2, budget)


async def test_a_reservation_that_nobody_lived_to_settle_counts_as_spent_that_day(
    store: SqlStore, skew: Skew, url: str
) -> None:
    budget = Budget(1_000_000, 0.15)
    await reserve(store, 1, budget)
    skew.forward(seconds=70)
    again = SqlStore(url, skew=skew)
    await again.open()
    assert "used up" in (await refusal(again, budget)).reason
    spent = await again.spending()
    assert (spent.lost, spent.usd) == (1, about(0.1))
    await again.close()


async def test_the_account_of_a_day_is_the_sum_of_its_calls(store: SqlStore, skew: Skew) -> None:
    for number in range(3):
        await settle(store, await reserve(store, number))
    spent = await store.spending()
    assert (spent.calls, spent.tokens, spent.tokens_cached, spent.lost) == (3, 2700, 1500, 0)
    assert await store.usual_usage("fake") == Usage(700, 200, 500, about(0.02))
    assert await store.usual_usage("another") is None
    skew.forward(hours=24)
    assert (await store.spending()).calls == 0


# replies


async def test_a_raw_reply_is_there_before_anybody_has_read_it_and_costs_what_was_reserved(
    store: SqlStore, url: str
) -> None:
    call = await reserve(store)
    await store.store_reply(call, "raw \x00 \ud800 words", 12)
    again = SqlStore(url)
    await again.open()
    (row,) = await again.calls_of("prompt 1")
    assert (row.reply, row.outcome, row.usage.usd) == ("raw \ufffd \ufffd words", CallOutcome.BEGUN, 0.1)
    await again.settle_call(call, CallOutcome.UNFIT, None, "not JSON")
    (row,) = await again.calls_of("prompt 1")
    assert (row.outcome, row.note, row.usage.usd) == (CallOutcome.UNFIT, "not JSON", 0.1)
    await again.close()


async def test_old_replies_go_and_what_they_cost_stays(store: SqlStore, skew: Skew) -> None:
    await settle(store, await reserve(store, 1))
    skew.forward(days=31)
    await settle(store, await reserve(store, 2))
    assert await store.forget_replies(timedelta(days=30)) == 1
    assert await store.forget_replies(timedelta(days=30)) == 0
    assert [one.reply for number in (1, 2) for one in await store.calls_of(f"prompt {number}")] == [None, "{}"]


# endpoints

BUSY = Trouble(CallOutcome.RATE_LIMITED, "busy", timedelta(seconds=20))
BROKEN = Trouble(CallOutcome.SERVER_ERROR, "broken")
UNPAID = Trouble(CallOutcome.UNPAID, "pay")


async def test_an_endpoint_is_left_alone_as_long_as_it_asked_and_tried_again_by_one(
    store: SqlStore, skew: Skew
) -> None:
    assert (await store.enter_endpoint(KEY, HOLD)).closed == timedelta(0)
    await store.fail_endpoint(KEY, BUSY, probing=False)
    assert timedelta(seconds=15) < (await store.enter_endpoint(KEY, HOLD)).closed <= timedelta(seconds=20)
    skew.forward(seconds=21)
    entered = [await store.enter_endpoint(KEY, HOLD) for _ in range(4)]
    assert [one.probing for one in entered] == [True, False, False, False]
    assert [one.closed > timedelta(0) for one in entered] == [False, True, True, True]
    await store.mend_endpoint(KEY, "strict max_tokens")
    state = await store.enter_endpoint(KEY, HOLD)
    assert (state.closed, state.failures, state.form) == (timedelta(0), 0, "strict max_tokens")


async def test_calls_that_fail_together_count_once(store: SqlStore) -> None:
    for _ in range(16):
        state = await store.fail_endpoint(KEY, UNPAID, probing=False)
    assert (state.failures, state.stopped) == (1, True)
    assert state.closed <= timedelta(minutes=10)


async def test_a_few_server_errors_close_nothing_and_many_do(store: SqlStore) -> None:
    closed = [(await store.fail_endpoint(KEY, BROKEN, probing=False)).closed > timedelta(0) for _ in range(5)]
    assert closed == [False, False, False, True, True]


async def test_the_form_that_an_endpoint_takes_survives_its_troubles(store: SqlStore) -> None:
    await store.mend_endpoint(KEY, "json_object max_tokens")
    await store.fail_endpoint(KEY, BUSY, probing=False)
    assert [one.form for one in await store.endpoint_states()] == ["json_object max_tokens"]


@pytest.mark.parametrize(
    ("trouble", "most"), [(BROKEN, 600), (UNPAID, 3600), (Trouble(CallOutcome.RATE_LIMITED, ""), 600)]
)
def test_pauses_grow_and_are_capped(trouble: Trouble, most: int) -> None:
    pauses = [closes_for(trouble, failures).total_seconds() for failures in range(1, 60)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == most


async def test_after_a_restart_what_was_stopped_is_tried_and_its_papers_are_due(store: SqlStore) -> None:
    await store.add_jobs([NewJob(Queue.JUDGE, name) for name in ("stopped", "other")])
    one, two = await store.claim(Queue.JUDGE, 2, LEASE)
    await store.reschedule(one, timedelta(minutes=5), "no credit", WaitReason.MODEL_STOPPED)
    await store.reschedule(two, timedelta(minutes=5), "rate limited", WaitReason.MODEL_AWAY)
    await store.fail_endpoint(KEY, UNPAID, probing=False)
    await store.resume_stopped()
    assert (await store.enter_endpoint(KEY, HOLD)).closed == timedelta(0)
    assert [job.key for job in await store.claim(Queue.JUDGE, 2, LEASE)] == [one.key]
