"""The engine: rows of work, claimed with a lease, ended with the attempt's number.

A job's `due` is 'not before' and, once claimed, the end of its lease: a dead worker's work comes back by itself.
`attempts` is the fencing token. `settled` is the attempt that last ended without doubt about its effect.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import LeaseLost
from bot.core.work import Job, JobState, NewJob, Portion, Queue
from bot.store.database import Conflict
from bot.store.rows import Rows, moment, storable, whole
from bot.store.tables import jobs

OPEN = jobs.c.state == JobState.OPEN
REASON_LENGTH = 1000

_other = jobs.alias("other")
_begun = and_(jobs.c.attempts > jobs.c.settled, jobs.c.ended.is_(None))
_other_begun = and_(_other.c.attempts > _other.c.settled, _other.c.ended.is_(None))
# What is under way or in doubt goes before a lower id: an operator may have reopened that, or another commit lagged.
_precedes = or_(and_(_other_begun, ~_begun), and_(or_(_other_begun, ~_begun), _other.c.id < jobs.c.id))
HELD = exists().where(_other.c.lane == jobs.c.lane, _other.c.state == JobState.OPEN, _precedes)
HEAD = or_(jobs.c.lane.is_(None), ~HELD)


class JobRows(Rows):
    """The part of the store that is `ports.JobStore`."""

    @whole
    async def add_jobs(self, new: Sequence[NewJob]) -> int:
        """Add what is not there yet by (queue, key); how many were new."""
        if not new:
            return 0
        async with self._database.write() as connection:
            return await self._add_jobs(connection, new)

    async def _add_jobs(self, connection: AsyncConnection, new: Sequence[NewJob]) -> int:
        if not new:
            return 0
        now = (await connection.execute(select(self._database.now()))).scalar_one()
        return len(await self._add_new(connection, jobs, [_row(job, now) for job in new], jobs.c.id))

    async def add_claimed(self, new: NewJob, lease: timedelta) -> tuple[bool, Job | None]:
        """Add a job and claim it in one commit, for somebody who waits: (whether it was new, the job when it is ours).

        It is only added when another job of its lane goes first.
        """
        try:
            return await self._add_claimed(new, lease)
        except Conflict:  # on PostgreSQL another process took the lane at this moment
            return bool(await self.add_jobs([new])), None

    @whole
    async def _add_claimed(self, new: NewJob, lease: timedelta) -> tuple[bool, Job | None]:
        before = select(jobs.c.id).where(jobs.c.lane == new.lane, OPEN).limit(1)
        async with self._database.write(urgent=True) as connection:
            now = (await connection.execute(select(self._database.now()))).scalar_one()
            is_free = new.lane is None or (await connection.execute(before)).first() is None
            ours = {"due": now + lease.total_seconds(), "attempts": 1, "leased": True} if is_free else {}
            statement = self._insert(jobs).on_conflict_do_nothing(index_elements=["queue", "key"]).returning(*jobs.c)
            row = (await connection.execute(statement, [_row(new, now) | ours])).first()
        return row is not None, _job(row) if row is not None and is_free else None

    @whole
    async def claim(self, queue: Queue, limit: int, lease: timedelta, portion: Portion | None = None) -> Sequence[Job]:
        """Take up to `limit` due jobs, heads of their lanes only, lowest priority then oldest first."""
        now = self._database.now()
        due = select(jobs.c.id).where(jobs.c.queue == queue, OPEN, jobs.c.due <= now, HEAD)
        if portion is not None and portion.prefixes:
            ours = or_(*(jobs.c.key.startswith(prefix, autoescape=True) for prefix in portion.prefixes))
            due = due.where(~ours if portion.is_rest else ours)
        async with self._database.read() as connection:
            if (await connection.execute(due.limit(1))).first() is None:
                return ()
        oldest = due.order_by(jobs.c.priority, jobs.c.due, jobs.c.id).limit(limit)
        heads = oldest.with_for_update(skip_locked=True, of=jobs).cte("heads")
        taken = (
            update(jobs)
            .where(jobs.c.id.in_(select(heads.c.id)))
            .values(due=now + lease.total_seconds(), attempts=jobs.c.attempts + 1, leased=True, ended=None)
            .returning(*jobs.c)
        )
        try:
            async with self._database.write(urgent=queue is Queue.ANSWER) as connection:
                rows = (await connection.execute(taken)).all()
        except Conflict:  # on PostgreSQL two claims may race for one lane: the index `jobs_under_way` lets one win
            return ()
        return [_job(row) for row in sorted(rows, key=lambda row: (row.priority, row.added, row.id))]

    @whole
    async def renew(self, job: Job, lease: timedelta) -> None:
        """Hold on for `lease` from now; `LeaseLost` when somebody else has it."""
        async with self._database.write() as connection:
            await self._change(connection, job, {"due": self._database.now() + lease.total_seconds()})

    @whole
    async def end(
        self, job: Job, state: JobState = JobState.DONE, reason: str = "", then: Sequence[NewJob] = ()
    ) -> None:
        """End the job and add those that follow from it, in one commit; `LeaseLost` when this attempt is void."""
        async with self._database.write(urgent=job.queue is Queue.ANSWER) as connection:
            await self._end(connection, job, state, reason)
            await self._add_jobs(connection, then)

    async def _end(self, connection: AsyncConnection, job: Job, state: JobState, reason: str = "") -> None:
        ended = {"state": state, "reason": _reason(reason), "ended": self._database.now(), "leased": False}
        await self._change(connection, job, ended)

    @whole
    async def forget_job(self, job: Job) -> None:
        """Nobody wants it any more: it is gone as if it had never been added, and may be added again."""
        async with self._database.write() as connection:
            await self._change(connection, job, {"leased": False})
            await connection.execute(delete(jobs).where(jobs.c.id == job.id))

    @whole
    async def put_off(self, job: Job, delay: timedelta, reason: str, *, settled: bool = True) -> None:
        """Come back after `delay`; the next attempt is doubtful unless this one `settled` its effect."""
        due = self._database.now() + delay.total_seconds()
        values: dict[str, Any] = {"due": due, "reason": _reason(reason), "leased": False}
        if settled:
            values["settled"] = job.attempt
        async with self._database.write() as connection:
            await self._change(connection, job, values)

    async def give_back(self, job: Job) -> None:
        """A clean stop before any effect: due at once. What an earlier attempt left in doubt stays in doubt."""
        await self.put_off(job, timedelta(0), "given back by a clean stop", settled=not job.doubtful)

    async def _change(self, connection: AsyncConnection, job: Job, values: Mapping[str, Any]) -> None:
        """Change a job that is still ours, or raise `LeaseLost` (which rolls the transaction back)."""
        ours = and_(jobs.c.id == job.id, jobs.c.attempts == job.attempt, OPEN, jobs.c.leased)
        changed = await connection.execute(update(jobs).where(ours).values(**values))
        if changed.rowcount != 1:
            raise LeaseLost(f"Job {job.id} ({job.key}) is somebody else's by now.")

    @whole
    async def list_jobs(
        self, states: Collection[JobState], queue: Queue | None = None, limit: int = 200
    ) -> Sequence[Job]:
        """Jobs in those states, oldest first."""
        wanted = select(jobs).where(jobs.c.state.in_(states)).order_by(jobs.c.id).limit(limit)
        if queue is not None:
            wanted = wanted.where(jobs.c.queue == queue)
        async with self._database.read() as connection:
            return [_job(row) for row in (await connection.execute(wanted)).all()]

    @whole
    async def find_job(self, queue: Queue, key: str) -> Job | None:
        """The job of that key, in whatever state; None when there is none."""
        wanted = select(jobs).where(jobs.c.queue == queue, jobs.c.key == key)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return _job(row) if row else None

    @whole
    async def hurry(self, queue: Queue, key: str, priority: float) -> None:
        """Let an open job go before those of a higher priority number."""
        slower = and_(jobs.c.queue == queue, jobs.c.key == key, OPEN, jobs.c.priority > priority)
        async with self._database.read() as connection:
            if (await connection.execute(select(jobs.c.id).where(slower))).first() is None:
                return
        async with self._database.write() as connection:
            await connection.execute(update(jobs).where(slower).values(priority=priority))

    @whole
    async def count_jobs(self) -> Mapping[tuple[Queue, JobState], int]:
        """How many jobs there are by queue and state."""
        counted = select(jobs.c.queue, jobs.c.state, func.count()).group_by(jobs.c.queue, jobs.c.state)
        async with self._database.read() as connection:
            rows = (await connection.execute(counted)).all()
        return {(Queue(queue), JobState(state)): count for queue, state, count in rows}

    @whole
    async def count_waiting(self, queue: Queue, lane: str | None) -> int:
        """How many jobs of a queue are open, of one lane or of all."""
        counted = select(func.count()).where(jobs.c.queue == queue, OPEN)
        if lane is not None:
            counted = counted.where(jobs.c.lane == lane)
        async with self._database.read() as connection:
            return int((await connection.execute(counted)).scalar_one())

    @whole
    async def reasons(self, queue: Queue, limit: int) -> Sequence[str]:
        """Why open jobs of a queue were put off, each reason once."""
        said = select(jobs.c.reason).distinct().where(jobs.c.queue == queue, OPEN, jobs.c.reason != "")
        async with self._database.read() as connection:
            return (await connection.execute(said.order_by(jobs.c.reason).limit(limit))).scalars().all()

    @whole
    async def next_due(self, queues: Collection[Queue]) -> timedelta | None:
        """How long until the next open job of these queues is due, heads of lanes only; None when none is open."""
        soonest = select(func.min(jobs.c.due) - self._database.now()).where(jobs.c.queue.in_(queues), OPEN, HEAD)
        async with self._database.read() as connection:
            seconds = (await connection.execute(soonest)).scalar()
        return None if seconds is None else timedelta(seconds=seconds)

    @whole
    async def reopen(self, queue: Queue, keys: Collection[str]) -> int:
        """Open jobs again that ended, however they did; how many."""
        ended = and_(jobs.c.queue == queue, jobs.c.key.in_(keys), ~OPEN)
        async with self._database.read() as connection:
            if not keys or (await connection.execute(select(jobs.c.id).where(ended).limit(1))).first() is None:
                return 0
        again = {"state": JobState.OPEN, "due": self._database.now(), "ended": None, "reason": "", "leased": False}
        async with self._database.write() as connection:
            return int((await connection.execute(update(jobs).where(ended).values(**again))).rowcount)

    async def retry_job(self, job_id: int) -> bool:
        """Reopen a failed or waiting job now. What is in doubt stays in doubt; a lease that runs is never stolen."""
        return await self._decide(job_id, {"state": JobState.OPEN, "due": self._database.now()})

    async def drop_job(self, job_id: int) -> bool:
        """Give a job up; a lease that runs is never stolen."""
        ended = {"ended": self._database.now(), "leased": False, "reason": "dropped by the operator"}
        return await self._decide(job_id, {"state": JobState.DROPPED} | ended)

    @whole
    async def _decide(self, job_id: int, values: Mapping[str, Any]) -> bool:
        running = and_(OPEN, jobs.c.leased, jobs.c.due > self._database.now())
        decidable = and_(jobs.c.id == job_id, jobs.c.state.in_((JobState.OPEN, JobState.FAILED)), ~running)
        async with self._database.write() as connection:
            return bool((await connection.execute(update(jobs).where(decidable).values(**values))).rowcount == 1)

    @whole
    async def prune(self, older: timedelta) -> int:
        """Delete jobs that ended well (or were dropped) longer ago than that; how many."""
        past = self._database.now() - older.total_seconds()
        old = and_(jobs.c.state.in_((JobState.DONE, JobState.DROPPED)), jobs.c.ended < past)
        async with self._database.read() as connection:
            if (await connection.execute(select(jobs.c.id).where(old).limit(1))).first() is None:
                return 0
        async with self._database.write() as connection:
            return int((await connection.execute(delete(jobs).where(old))).rowcount)


def _row(job: NewJob, now: float) -> dict[str, Any]:
    return {
        "queue": job.queue,
        "key": job.key,
        "lane": job.lane,
        "paper": job.payload.get("paper"),
        "lens": job.payload.get("lens"),
        "payload": json.dumps(dict(job.payload), separators=(",", ":")),
        "priority": job.priority,
        "state": JobState.OPEN,
        "due": now + job.delay.total_seconds(),
        "leased": False,
        "attempts": 0,
        "settled": 0,
        "added": now,
        "reason": "",
    }


def _reason(words: str) -> str:
    """A platform's or server's words, in a form that any database stores."""
    return storable(words)[:REASON_LENGTH]


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        queue=Queue(row.queue),
        key=row.key,
        payload=json.loads(row.payload),
        attempt=row.attempts,
        doubtful=row.attempts > row.settled + 1,
        lane=row.lane,
        state=JobState(row.state),
        due_at=moment(row.due),
        added_at=moment(row.added),
        reason=row.reason,
        priority=row.priority,
    )
