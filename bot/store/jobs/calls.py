"""Calls of models: one row each, which is the reservation first and the account of the call after that."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, or_, select, true, update

from bot.core.commands.payer import Payer
from bot.core.commands.share import ShareLeft, Taken, TakenBy
from bot.core.jobs.job import JobState, Queue
from bot.core.jobs.wait_reason import BUDGET_REASONS, WaitReason
from bot.core.verdicts.call import (
    VERDICT,
    Budget,
    CallOutcome,
    EndpointState,
    PastCall,
    PlannedCall,
    Spending,
    Stage,
    Trouble,
    Usage,
    closes_for,
)
from bot.core.verdicts.verdict import Wait
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.repository import Repository, moment, prepared, storable
from bot.store.database.tables import calls, endpoints, jobs

BEGUN = calls.c.outcome == CallOutcome.BEGUN
NEW_CALL = calls.insert().returning(calls.c.id)
THAT_CALL = update(calls).where(calls.c.id == bindparam("call"))
CALL_SETTLES = timedelta(seconds=2)
BUDGET = "the day's model budget"
NEXT_DAY = "the next day begins at 00:00 UTC"
USUAL_CALLS = 50
LONGEST_REPLY = 4_000_000
LONGEST_NOTE = 1000


class CallRepository(Repository):
    """The part of the store that is `ports_model.ModelStore`."""

    async def reserve_call(self, call: PlannedCall, budget: Budget) -> int | Wait:
        """Write the call down with the most it can take, or say why the day's budget does not allow it."""
        async with self._database.write() as connection:
            await self._database.lock(connection, "budget")
            now = await self._moment(connection)
            refusal = await self._refusal(connection, call, budget, now)
            if refusal is not None:
                return refusal
            payer = await self._payer(connection, call, budget, now) if call.payers else None
            if isinstance(payer, Wait):
                return payer
            return int((await connection.execute(NEW_CALL, _row(call, payer, now))).scalar_one())

    async def _payer(self, connection: AsyncConnection, call: PlannedCall, budget: Budget, now: float) -> Payer | Wait:
        """Who of those for whom it is made pays for it, or why nobody can today."""
        sums = self._shares_taken(_day(now), now)
        communities: dict[str, Taken] = defaultdict(Taken)
        people: dict[str, Taken] = defaultdict(Taken)
        for community, person, *taken in (await connection.execute(*sums)).all():
            communities[community] += Taken(*taken)
            people[person] += Taken(*taken)
        found = TakenBy(communities, people).choose(call.payers, call.usage, budget)
        if isinstance(found, Payer):
            return found
        if found is ShareLeft.HELD:
            what = f"what is left of a share of {BUDGET} is reserved by running calls"
            return Wait(what, CALL_SETTLES.total_seconds(), WaitReason.BUDGET_HELD)
        words = f"{found.value} of {BUDGET} is used up; {NEXT_DAY}"
        is_persons = found is ShareLeft.PERSON_SPENT
        why = WaitReason.PERSON_SHARE if is_persons else WaitReason.COMMUNITY_SHARE
        return Wait(words, _until_midnight(now), why)

    async def _refusal(self, connection: AsyncConnection, call: PlannedCall, budget: Budget, now: float) -> Wait | None:
        """None while the call fits; soon when a running call may give something back, else the next day."""
        spent, cost, held, held_cost = (await connection.execute(*self._taken_today(_day(now), now))).one()
        more, more_cost = call.usage.tokens_in + call.usage.tokens_out, call.usage.usd
        if spent + more <= budget.tokens_a_day and cost + more_cost <= budget.usd_a_day:
            return None
        if spent - held + more <= budget.tokens_a_day and cost - held_cost + more_cost <= budget.usd_a_day:
            what = f"what is left of {BUDGET} is reserved by running calls"
            return Wait(what, CALL_SETTLES.total_seconds(), WaitReason.BUDGET_HELD)
        which = "tokens" if spent + more > budget.tokens_a_day else "money"
        return Wait(_used_up(which, budget), _until_midnight(now), WaitReason.BUDGET)

    @prepared
    def _taken_today(self, day: str, now: float) -> Select[Any]:
        return select(*(func.coalesce(figure, 0) for figure in _figures(now))).where(calls.c.day == day)

    @prepared
    def _shares_taken(self, day: str, now: float) -> Select[Any]:
        whose = (calls.c.community, calls.c.person)
        return select(*whose, *_figures(now)).where(calls.c.day == day).group_by(*whose)

    async def store_reply(self, call: int, reply: str, milliseconds: int) -> None:
        """Keep the raw reply as it came, at the cost that was reserved, until somebody has read what it says."""
        values = {"reply": storable(reply[:LONGEST_REPLY]), "milliseconds": milliseconds}
        async with self._database.write() as connection:
            await connection.execute(THAT_CALL, values | {"call": call})

    async def settle_call(
        self, call: int, outcome: CallOutcome, usage: Usage | None, note: str = "", milliseconds: int | None = None
    ) -> None:
        """What came of the call and what it took."""
        values: dict[str, Any] = {"outcome": outcome, "note": storable(note)[:LONGEST_NOTE]}
        if usage is not None:
            values |= _usage_row(usage)
        if milliseconds is not None:
            values["milliseconds"] = milliseconds
        async with self._database.write() as connection:
            await connection.execute(THAT_CALL, values | {"call": call})

    async def calls_of(self, prompt: str) -> Sequence[PastCall]:
        """Every call that asked exactly this, oldest first."""
        async with self._database.read() as connection:
            rows = (await connection.execute(*self._calls_of(prompt))).all()
        return [_past(row) for row in rows]

    @prepared
    def _calls_of(self, prompt: str) -> Select[Any]:
        return select(calls).where(calls.c.prompt == prompt).order_by(calls.c.id)

    # endpoints

    async def enter_endpoint(self, key: str, hold: timedelta) -> EndpointState:
        """What is known of the endpoint; who finds it closed until now becomes the one who probes."""
        now = self._database.now()
        async with self._database.read() as connection:
            row = (await connection.execute(*self._endpoint(key))).first()
        if row is None:
            return EndpointState(key)
        if row.closed_until == 0 or row.closed_until > row.now:
            return _state(row, row.now)
        unprobed = and_(endpoints.c.key == key, endpoints.c.closed_until == row.closed_until)
        async with self._database.write() as connection:
            taken = await connection.execute(
                update(endpoints).where(unprobed).values(closed_until=now + hold.total_seconds())
            )
        is_ours = taken.rowcount == 1
        return _state(row, row.now, closed=timedelta(0) if is_ours else CALL_SETTLES, probing=is_ours)

    @prepared
    def _endpoint(self, key: str) -> Select[Any]:
        return select(endpoints, self._database.now().label("now")).where(endpoints.c.key == key)

    async def fail_endpoint(self, key: str, trouble: Trouble, *, probing: bool) -> EndpointState:
        """Count a trouble; of many that fail at once only the first makes the pause longer."""
        async with self._database.write() as connection:
            await self._database.lock(connection, f"endpoint {key}")
            now = await self._moment(connection)
            row = (await connection.execute(select(endpoints).where(endpoints.c.key == key))).first()
            before = _state(row, now) if row else EndpointState(key)
            is_first = probing or before.closed <= timedelta(0)
            failures = before.failures + 1 if is_first else before.failures
            until = now + closes_for(trouble, max(failures, 1)).total_seconds()
            if not is_first and row is not None:
                until = max(until, row.closed_until)
            values = {
                "key": key,
                "form": before.form,
                "failures": failures,
                "closed_until": until if until > now else 0.0,
                "reason": storable(trouble.reason)[:LONGEST_NOTE],
                "stopped": trouble.stops,
            }
            await self._put(connection, endpoints, values)
            found = (await connection.execute(select(endpoints).where(endpoints.c.key == key))).one()
        return _state(found, now)

    async def mend_endpoint(self, key: str, form: str) -> None:
        """It works, and takes replies of that form."""
        values = {"key": key, "form": form, "failures": 0, "closed_until": 0.0, "reason": "", "stopped": False}
        async with self._database.write() as connection:
            await self._put(connection, endpoints, values)

    async def endpoint_states(self) -> Sequence[EndpointState]:
        """Every endpoint that was ever called, by key."""
        wanted = select(endpoints, self._database.now().label("now")).order_by(endpoints.c.key)
        async with self._database.read() as connection:
            return [_state(row, row.now) for row in (await connection.execute(wanted)).all()]

    async def resume_stopped(self) -> None:
        """Try what a person had to mend or may have changed again, and let what waits for it be due."""
        now = self._database.now()
        waiting = and_(jobs.c.state == JobState.OPEN, ~jobs.c.leased, jobs.c.due > now)
        async with self._database.write() as connection:
            reopened = {"closed_until": 0.0, "failures": 0, "stopped": False, "reason": ""}
            await connection.execute(update(endpoints).where(endpoints.c.stopped).values(**reopened))
            papers = and_(jobs.c.queue == Queue.JUDGE, jobs.c.why.in_((WaitReason.MODEL_STOPPED, *BUDGET_REASONS)))
            days = and_(jobs.c.queue == Queue.EDITION, jobs.c.why == WaitReason.MODEL_AWAITED)
            await connection.execute(update(jobs).where(waiting, or_(papers, days)).values(due=now))

    # figures

    async def spending(self, community: str | None = None) -> Spending:
        """What today's calls (UTC) took: all, or those that a community paid for."""
        whose = calls.c.community == community if community is not None else true()
        async with self._database.read() as connection:
            now = await self._moment(connection)
            lost = case((and_(BEGUN, calls.c.reply.is_(None), calls.c.expires <= now), 1), else_=0)
            sums = select(
                func.count(),
                func.coalesce(func.sum(calls.c.tokens_in + calls.c.tokens_out), 0),
                func.coalesce(func.sum(calls.c.tokens_cached), 0),
                func.coalesce(func.sum(calls.c.usd), 0.0),
                func.coalesce(func.sum(lost), 0),
            ).where(calls.c.day == _day(now), whose)
            count, tokens, cached, usd, gone = (await connection.execute(sums)).one()
        return Spending(int(count), int(tokens), int(cached), float(usd), int(gone))

    async def usual_usage(self, model: str, wanted: str = VERDICT) -> Usage | None:
        """The mean of that model's latest calls for a first reply of that kind; None when there were none."""
        of_kind = and_(calls.c.model == model, calls.c.stage == Stage.FIRST, calls.c.wanted == wanted)
        answered = and_(of_kind, calls.c.reply.is_not(None), calls.c.tokens_out > 0)
        latest = select(calls).where(answered, ~BEGUN).order_by(calls.c.id.desc()).limit(USUAL_CALLS)
        async with self._database.read() as connection:
            rows = (await connection.execute(latest)).all()
        if not rows:
            return None
        count = len(rows)
        return Usage(
            sum(row.tokens_in for row in rows) // count,
            sum(row.tokens_out for row in rows) // count,
            sum(row.tokens_cached for row in rows) // count,
            sum(row.usd for row in rows) / count,
        )

    async def forget_replies(self, older: timedelta) -> int:
        """Delete raw replies older than that, and whose share paid for the calls of past days; what they cost stays.
        How many replies."""
        await self._forget_payers()
        old = and_(calls.c.reply.is_not(None), calls.c.made < self._database.now() - older.total_seconds())
        async with self._database.read() as connection:
            if (await connection.execute(select(calls.c.id).where(old).limit(1))).first() is None:
                return 0
        async with self._database.write() as connection:
            return int((await connection.execute(update(calls).where(old).values(reply=None))).rowcount)

    async def _forget_payers(self) -> None:
        async with self._database.read() as connection:
            past = and_(calls.c.day < _day(await self._moment(connection)), calls.c.community != "")
            if (await connection.execute(select(calls.c.id).where(past).limit(1))).first() is None:
                return
        async with self._database.write() as connection:
            await connection.execute(update(calls).where(past).values(community="", person=""))


def _figures(now: float) -> Iterator[ColumnElement[Any]]:
    """Sums of tokens and money that calls took, and of those that running ones hold."""
    tokens, running = calls.c.tokens_in + calls.c.tokens_out, and_(BEGUN, calls.c.expires > now)
    held = (case((running, tokens), else_=0), case((running, calls.c.usd), else_=0.0))
    return (func.sum(figure) for figure in (tokens, calls.c.usd, *held))


def _day(now: float) -> str:
    return moment(now).date().isoformat()


def _until_midnight(now: float) -> float:
    """Seconds until the next day (UTC) has begun for certain."""
    today = moment(now)
    tomorrow = datetime.combine(today.date() + timedelta(days=1), clock_time(0, 0, 5), UTC)
    return (tomorrow - today).total_seconds()


def _used_up(which: str, budget: Budget) -> str:
    amount = f"{budget.tokens_a_day:,} tokens" if which == "tokens" else f"{budget.usd_a_day:.2f} USD"
    return f"{BUDGET} of {amount} is used up; {NEXT_DAY}"


def _usage_row(usage: Usage) -> dict[str, Any]:
    return {
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "tokens_cached": usage.tokens_cached,
        "usd": usage.usd,
    }


def _row(call: PlannedCall, payer: Payer | None, now: float) -> dict[str, Any]:
    community, person = payer.marks if payer else ("", "")
    return {
        "made": now,
        "day": _day(now),
        "expires": now + call.timeout.total_seconds(),
        "endpoint": call.endpoint,
        "model": call.model,
        "paper": call.paper,
        "lens": call.lens,
        "prompt": call.prompt,
        "stage": call.stage,
        "outcome": CallOutcome.BEGUN,
        "note": "",
        "milliseconds": 0,
        "reply": None,
        "community": community,
        "person": person,
        "cause": payer.cause if payer else "",
        "wanted": call.wanted,
    } | _usage_row(call.usage)


def _past(row: Row[Any]) -> PastCall:
    return PastCall(
        id=row.id,
        endpoint=row.endpoint,
        model=row.model,
        stage=Stage(row.stage),
        outcome=CallOutcome(row.outcome),
        reply=row.reply,
        note=row.note,
        usage=Usage(row.tokens_in, row.tokens_out, row.tokens_cached, row.usd),
        milliseconds=row.milliseconds,
    )


def _state(row: Row[Any], now: float, *, closed: timedelta | None = None, probing: bool = False) -> EndpointState:
    left = timedelta(seconds=max(row.closed_until - now, 0.0)) if closed is None else closed
    return EndpointState(row.key, row.form, row.failures, left, row.reason, bool(row.stopped), probing)
