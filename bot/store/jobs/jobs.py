"""The engine: rows of work, claimed with a lease, ended with the attempt's number.

A job's `due` is 'not before' and, once claimed, the end of its lease: a dead worker's work comes back by itself.
`attempts` is the fencing token. `settled` is the attempt that last ended without doubt about its effect.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CursorResult,
    Row,
    Select,
    Update,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from bot.core.errors import LeaseLost
from bot.core.jobs.job import Job, JobState, KeyFilter, NewJob, Queue
from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.database import Conflict
from bot.store.database.repository import NOTHING_NOTED, chunks, noted_of, prepared, unshielded
from bot.store.database.tables import jobs
from bot.store.database.tables_turns import payers
from bot.store.jobs.conditions import HEAD, OPEN, is_judged_through, is_of_many, is_ours, is_wanted_in
from bot.store.jobs.job_rows import as_job, as_payload, as_row, reason_words
from bot.store.jobs.payers import PayerRepository, in_turn
from bot.store.people.acts import ActRepository

CLAIM_ATTEMPTS = 3
MOST_COUNTED = 1_000_000
SENDING_LEASE_SHARE = 0.75  # of a lease: a send is given half of it


class JobRepository(PayerRepository, ActRepository):
    """The part of the store that is `ports.JobStore`."""

    async def add_jobs(self, new: Sequence[NewJob]) -> int:
        """Add what is not there yet by (queue, key); how many were new."""
        if not new:
            return 0
        async with self._database.write() as connection:
            return await self._add_jobs(connection, new)

    async def _add_jobs(self, connection: AsyncConnection, new: Sequence[NewJob]) -> int:
        if not new:
            return 0
        now = await self._moment(connection)
        added = len(await self._add_new(connection, jobs, [as_row(job, now) for job in new], jobs.c.id))
        await self._put_payers(connection, new)
        return added

    async def claim(
        self, queue: Queue, limit: int, lease: timedelta, portion: KeyFilter | None = None
    ) -> Sequence[Job]:
        """Take up to `limit` due jobs, heads of their lanes only: communities in turn, then lowest priority first."""
        async with self._database.read() as connection:
            found = (await connection.execute(*self._first_due(queue, portion=portion))).first()
        if found is None:
            return ()
        is_shared = bool(found.is_shared)
        held = (lease.total_seconds(), await self._database.holder())
        taken = self._taken(queue, limit, *held, portion=portion, is_shared=is_shared)
        rows: Sequence[Row[Any]] = ()
        for _ in range(CLAIM_ATTEMPTS):
            with suppress(Conflict):  # on PostgreSQL two may race for a lane: the index `jobs_under_way` lets one win
                async with self._database.write(urgent=queue is Queue.ANSWER) as connection:
                    rows = (await connection.execute(*taken)).all()
                    if is_shared:
                        await self._served(connection, queue, [row.id for row in rows])
                break
        return [as_job(row) for row in sorted(rows, key=lambda row: (row.priority, row.added, row.id))]

    def _due(self, queue: Queue, portion: KeyFilter | None) -> Select[tuple[int]]:
        due = select(jobs.c.id).where(jobs.c.queue == queue, OPEN, jobs.c.due <= self._database.now(), HEAD)
        if portion is not None and portion.prefixes:
            ours = or_(*(jobs.c.key.startswith(prefix, autoescape=True) for prefix in portion.prefixes))
            due = due.where(~ours if portion.is_rest else ours)
        return due

    @prepared
    def _first_due(self, queue: Queue, *, portion: KeyFilter | None) -> Select[Any]:
        return self._due(queue, portion).add_columns(is_of_many(queue).label("is_shared")).limit(1)

    @prepared
    def _taken(
        self, queue: Queue, limit: int, lease: float, holder: str | None, *, portion: KeyFilter | None, is_shared: bool
    ) -> Any:
        due = self._due(queue, portion)
        oldest = in_turn(due, queue) if is_shared else due.order_by(jobs.c.priority, jobs.c.due, jobs.c.id)
        heads = oldest.limit(limit).with_for_update(skip_locked=True, of=jobs).cte("heads")
        until = {"due": self._database.now() + lease, "leased": True, "holder": holder}
        ours = update(jobs).where(jobs.c.id.in_(select(heads.c.id)))
        return ours.values(**until, attempts=jobs.c.attempts + 1, ended=None).returning(*jobs.c)

    async def renew(self, job: Job, lease: timedelta) -> None:
        """Hold on for `lease` from now; `LeaseLost` when somebody else has it."""
        async with self._database.write() as connection:
            await self._change(connection, job, await self._leased(lease))

    @unshielded
    async def hold_on(self, job: Job, lease: timedelta) -> None:
        """Be sure that the job is ours for most of `lease` from now, by the database's clock; else `LeaseLost`."""
        held = self._held(
            job.id, job.attempt, lease.total_seconds() * SENDING_LEASE_SHARE, await self._database.holder()
        )
        async with self._database.read() as connection:
            if (await connection.execute(*held)).first() is not None:
                return
        await self.renew(job, lease)

    @prepared
    def _held(self, id: int, attempt: int, least: float, holder: str | None) -> Select[tuple[int]]:
        ours = and_(is_ours(id, attempt), jobs.c.due >= self._database.now() + least)
        return select(jobs.c.id).where(ours, jobs.c.holder.is_not_distinct_from(holder))

    async def _leased(self, lease: timedelta) -> dict[str, Any]:
        """What a row says of a lease that is ours from now on."""
        due = self._database.now() + lease.total_seconds()
        return {"due": due, "leased": True, "holder": await self._database.holder()}

    async def end(
        self, job: Job, state: JobState = JobState.DONE, reason: str = "", then: Sequence[NewJob] = ()
    ) -> None:
        """End the job and add those that follow from it, in one commit; `LeaseLost` when this attempt is void."""
        async with self._database.write(urgent=job.queue is Queue.ANSWER) as connection:
            await self._end(connection, job, state, reason)
            await self._add_jobs(connection, then)

    async def _end(self, connection: AsyncConnection, job: Job, state: JobState, reason: str = "") -> None:
        ended = await connection.execute(*self._ended(job.id, job.attempt, state, reason_words(reason)))
        _check(job, ended)
        await self._drop_payers(connection, job.id)
        await self._wake_awaiting(connection, [job])

    @prepared
    def _ended(self, id: int, attempt: int, state: JobState, reason: str) -> Update:
        ended = NOTHING_NOTED | {"state": state, "reason": reason, "ended": self._database.now(), "leased": False}
        return update(jobs).where(is_ours(id, attempt)).values(**ended)

    async def _end_many(self, connection: AsyncConnection, ending: Sequence[Job]) -> set[int]:
        """End those that are still ours, and leave the others alone; their ids."""
        attempts = tuple_(jobs.c.id, jobs.c.attempts).in_([(job.id, job.attempt) for job in ending])
        ours = and_(jobs.c.id.in_([job.id for job in ending]), attempts, OPEN, jobs.c.leased)
        ended = {"state": JobState.DONE, "reason": "", "ended": self._database.now(), "leased": False}
        ids = set(await connection.scalars(update(jobs).where(ours).values(**ended).returning(jobs.c.id)))
        await connection.execute(delete(payers).where(payers.c.job.in_(ids)))
        await self._wake_awaiting(connection, ending)
        return ids

    async def _wake_awaiting(self, connection: AsyncConnection, ended: Sequence[Job]) -> None:
        """What waits for the first or the last paper to be judged through a lens is due when that has ended."""
        for lens in sorted(
            {job.payload["lens"] for job in ended if job.queue is Queue.JUDGE and "lens" in job.payload}
        ):
            await connection.execute(*self._awaiting_due(lens))

    @prepared
    def _awaiting_due(self, lens: str) -> Update:
        now = self._database.now()
        over = and_(jobs.c.why == WaitReason.JUDGING, ~is_judged_through(lens, now))
        awaiting = and_(jobs.c.queue == Queue.EDITION, OPEN, jobs.c.lens == lens, ~jobs.c.leased, jobs.c.due > now)
        awaiting = and_(awaiting, or_(jobs.c.why == WaitReason.FIRST_VERDICT, over))
        return update(jobs).where(awaiting).values(due=now)

    async def forget_job(self, job: Job) -> None:
        """Nobody wants it any more: it is gone as if it had never been added, and may be added again."""
        async with self._database.write() as connection:
            await self._change(connection, job, {"leased": False})
            await connection.execute(delete(jobs).where(jobs.c.id == job.id))
            await self._drop_payers(connection, job.id)
            await self._wake_awaiting(connection, [job])

    async def amend(self, job: Job, more: Mapping[str, Any]) -> None:
        """Keep more in the payload of a job that is ours, and go on with it; `LeaseLost` when this attempt is void."""
        async with self._database.write() as connection:
            await self._change(connection, job, {"payload": as_payload({**job.payload, **more})})

    async def reschedule(
        self,
        job: Job,
        delay: timedelta,
        reason: str,
        why: WaitReason = WaitReason.UNKNOWN,
        *,
        settled: bool = True,
        faults: int = 0,
        awaits: str | None = None,
    ) -> None:
        """Come back after `delay`; the next attempt is doubtful unless this one `settled` its effect.

        `faults`: how many attempts in a row ended in an error that nobody foresaw, this one among them. `awaits`: come
        back at once when nothing is being judged through that lens any more, or when the first paper is, as `why` says.
        """
        now = self._database.now()
        due = now + delay.total_seconds()
        values: dict[str, Any] = {
            "due": due,
            "reason": reason_words(reason),
            "why": why,
            "leased": False,
            "faults": faults,
        }
        if awaits:
            values |= {"lens": awaits, "due": case((is_judged_through(awaits, now), due), else_=now)}
        if settled:
            values["settled"] = job.attempt
        async with self._database.write() as connection:
            await self._change(connection, job, values)

    @unshielded
    async def release(self, job: Job) -> None:
        """A clean stop before any effect: due at once. What an earlier attempt left in doubt stays in doubt."""
        words, why = "given back by a clean stop", WaitReason.INTERRUPTED
        await self.reschedule(job, timedelta(0), words, why, settled=not job.doubtful, faults=job.faults)

    async def _change(self, connection: AsyncConnection, job: Job, values: Mapping[str, Any]) -> None:
        """Change a job that is still ours, or raise `LeaseLost` (which rolls the transaction back)."""
        unknown = {"why": WaitReason.UNKNOWN} if "reason" in values else {}  # other words without a value are not told
        changed = update(jobs).where(is_ours(job.id, job.attempt)).values(**unknown | dict(values))
        _check(job, await connection.execute(changed))

    async def list_jobs(
        self, states: Collection[JobState], queue: Queue | None = None, limit: int = 200
    ) -> Sequence[Job]:
        """Jobs in those states, oldest first."""
        wanted = select(jobs).where(jobs.c.state.in_(states)).order_by(jobs.c.id).limit(limit)
        if queue is not None:
            wanted = wanted.where(jobs.c.queue == queue)
        async with self._database.read() as connection:
            return [as_job(row) for row in (await connection.execute(wanted)).all()]

    async def find_job(self, queue: Queue, key: str) -> Job | None:
        """The job of that key, in whatever state; None when there is none."""
        wanted = select(jobs).where(jobs.c.queue == queue, jobs.c.key == key)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return as_job(row) if row else None

    async def known_jobs(self, queue: Queue, keys: Sequence[str]) -> Collection[str]:
        """Which of these keys have a job, in whatever state."""
        known: set[str] = set()
        async with self._database.read() as connection:
            for piece in chunks(keys):
                wanted = select(jobs.c.key).where(jobs.c.queue == queue, jobs.c.key.in_(piece))
                known |= set(await connection.scalars(wanted))
        return known

    async def raise_priority(self, queue: Queue, key: str, priority: float) -> None:
        """Let an open job go before those of a higher priority number."""
        slower = and_(jobs.c.queue == queue, jobs.c.key == key, OPEN, jobs.c.priority > priority)
        async with self._database.read() as connection:
            if (await connection.execute(select(jobs.c.id).where(slower))).first() is None:
                return
        async with self._database.write() as connection:
            await connection.execute(update(jobs).where(slower).values(priority=priority))

    async def count_jobs(self, ended_since: datetime | None = None) -> Mapping[tuple[Queue, JobState], int]:
        """How many jobs there are by queue and state. `ended_since`: what ended before is not read."""
        kind = (jobs.c.queue, jobs.c.state)
        counts = [select(*kind, func.count()).group_by(*kind)]
        if ended_since is not None:  # each is an index's beginning or end: grouped as they are, all would be read
            ended = select(*kind).where(jobs.c.ended >= ended_since.timestamp(), ~OPEN).order_by(jobs.c.ended)
            late = ended.limit(MOST_COUNTED).subquery()
            counts = [counts[0].where(jobs.c.queue.in_(list(Queue)), OPEN)]
            counts.append(select(*late.c, func.count()).group_by(*late.c))
        async with self._database.read() as connection:
            rows = [row for count in counts for row in (await connection.execute(count)).all()]
        return {(Queue(queue), JobState(state)): count for queue, state, count in rows}

    async def count_waiting(self, queue: Queue, lane: str | None, *, wanted_in: str | None = None) -> int:
        """How many jobs of a queue are open, of one lane or of all; `wanted_in`: only what that place wants."""
        counted = select(func.count()).select_from(jobs).where(jobs.c.queue == queue, OPEN)
        if wanted_in is not None:
            counted = counted.where(is_wanted_in(wanted_in))
        if lane is not None:
            counted = counted.where(jobs.c.lane == lane)
        async with self._database.read() as connection:
            return int((await connection.execute(counted)).scalar_one())

    async def reasons(
        self, queue: Queue, limit: int, lane: str | None = None, *, wanted_in: str | None = None
    ) -> Sequence[NotedReason]:
        """Why open jobs of a queue (or of one lane, or what one place wants of it) were put off, each reason once."""
        said = select(jobs.c.why, jobs.c.reason).distinct().where(jobs.c.queue == queue, OPEN, jobs.c.reason != "")
        if lane is not None:
            said = said.where(jobs.c.lane == lane)
        if wanted_in is not None:
            said = said.where(is_wanted_in(wanted_in))
        async with self._database.read() as connection:
            rows = (await connection.execute(said.order_by(jobs.c.reason, jobs.c.why).limit(limit))).all()
        return [noted_of(row) for row in rows]

    def change_mark(self) -> object | None:
        """What is another after any process has committed; None where only asking tells."""
        return self._database.change_mark()

    async def next_dues(self) -> Mapping[Queue, timedelta]:
        """How long until the next open job of each queue is due, heads of lanes only."""
        soonest = func.min(jobs.c.due) - self._database.now()
        async with self._database.read() as connection:
            rows = (
                await connection.execute(select(jobs.c.queue, soonest).where(OPEN, HEAD).group_by(jobs.c.queue))
            ).all()
        return {Queue(queue): timedelta(seconds=seconds) for queue, seconds in rows}

    async def next_due(self, queues: Collection[Queue]) -> timedelta | None:
        """How long until the next open job of these queues is due, heads of lanes only; None when none is open."""
        soonest = select(func.min(jobs.c.due) - self._database.now()).where(jobs.c.queue.in_(queues), OPEN, HEAD)
        async with self._database.read() as connection:
            seconds = (await connection.execute(soonest)).scalar()
        return None if seconds is None else timedelta(seconds=seconds)

    async def reopen(self, queue: Queue, keys: Collection[str]) -> int:
        """Open jobs again that ended, however they did; how many."""
        ended = and_(jobs.c.queue == queue, jobs.c.key.in_(keys), ~OPEN)
        async with self._database.read() as connection:
            if not keys or (await connection.execute(select(jobs.c.id).where(ended).limit(1))).first() is None:
                return 0
        again = {"state": JobState.OPEN, "due": self._database.now(), "ended": None, "leased": False} | NOTHING_NOTED
        async with self._database.write() as connection:
            return int((await connection.execute(update(jobs).where(ended).values(**again))).rowcount)

    @unshielded
    async def retry_job(self, job_id: int, attempt: int | None = None) -> bool:
        """Reopen a failed or waiting job now, if it was not claimed since that attempt.

        What is in doubt stays in doubt; a lease that runs is never stolen.
        """
        again = {"state": JobState.OPEN, "due": self._database.now(), "faults": 0}
        return await self._decide(job_id, again, attempt)

    @unshielded
    async def drop_job(self, job_id: int) -> bool:
        """Give a job up; a lease that runs is never stolen."""
        ended = NOTHING_NOTED | {"ended": self._database.now(), "leased": False, "reason": "dropped by the operator"}
        return await self._decide(job_id, {"state": JobState.DROPPED} | ended)

    async def _decide(self, job_id: int, values: Mapping[str, Any], attempt: int | None = None) -> bool:
        running = and_(OPEN, jobs.c.leased, jobs.c.due > self._database.now())
        decidable = and_(jobs.c.id == job_id, jobs.c.state.in_((JobState.OPEN, JobState.FAILED)), ~running)
        if attempt is not None:
            decidable = and_(decidable, jobs.c.attempts == attempt)
        async with self._database.write() as connection:
            if (await connection.execute(update(jobs).where(decidable).values(**values))).rowcount != 1:
                return False
            if values["state"] is not JobState.OPEN:
                await self._drop_payers(connection, job_id)
        return True

    async def prune(self, older: timedelta, failed: timedelta) -> int:
        """Delete jobs that ended well (or were dropped) longer ago than that, and those that failed; how many."""
        await self._forget_turns(older)
        gone = 0
        for age, states in ((older, (JobState.DONE, JobState.DROPPED)), (failed, (JobState.FAILED,))):
            past = self._database.now() - age.total_seconds()
            gone += await self._forget_pieces(jobs, and_(jobs.c.state.in_(states), jobs.c.ended < past))
        return gone


def _check(job: Job, changed: CursorResult[Any]) -> None:
    """`LeaseLost` where a change found no job of ours."""
    if changed.rowcount != 1:
        raise LeaseLost(f"Job {job.id} ({job.key}) is somebody else's by now.")
