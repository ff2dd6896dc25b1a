"""The engine: rows of work, claimed with a lease, ended with the attempt's number.

A job's `due` is 'not before' and, once claimed, the end of its lease: a dead worker's work comes back by itself.
`attempts` is the fencing token. `settled` is the attempt that last ended without doubt about its effect.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import LeaseLost
from bot.core.work import Job, JobState, NewJob, Queue
from bot.store.rows import Rows, moment
from bot.store.tables import jobs

OPEN = jobs.c.state == JobState.OPEN


class JobRows(Rows):
    """The part of the store that is `ports.JobStore`."""

    async def add_jobs(self, new: Sequence[NewJob]) -> int:
        """Add what is not there yet by (queue, key); how many were new."""
        if not new:
            return 0
        async with self._database.write() as connection:
            before = await self._count(connection)
            await self._add_jobs(connection, new)
            return await self._count(connection) - before

    async def _count(self, connection: AsyncConnection) -> int:
        return int((await connection.execute(select(func.count()).select_from(jobs))).scalar_one())

    async def _add_jobs(self, connection: AsyncConnection, new: Sequence[NewJob]) -> None:
        if not new:
            return
        now = (await connection.execute(select(self._database.now()))).scalar_one()
        await self._add(connection, jobs, [_row(job, now) for job in new])

    async def claim(self, queue: Queue, limit: int, lease: timedelta) -> Sequence[Job]:
        """Take up to `limit` due jobs, heads of their lanes only, lowest priority then oldest first."""
        now = self._database.now()
        earlier = jobs.alias("earlier")
        held = exists().where(earlier.c.lane == jobs.c.lane, earlier.c.state == JobState.OPEN, earlier.c.id < jobs.c.id)
        due = select(jobs.c.id).where(jobs.c.queue == queue, OPEN, jobs.c.due <= now, or_(jobs.c.lane.is_(None), ~held))
        async with self._database.read() as connection:
            if (await connection.execute(due.limit(1))).first() is None:
                return ()
        heads = (
            due.order_by(jobs.c.priority, jobs.c.due, jobs.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("heads")
        )
        taken = (
            update(jobs)
            .where(jobs.c.id.in_(select(heads.c.id)))
            .values(due=now + lease.total_seconds(), attempts=jobs.c.attempts + 1, leased=True)
            .returning(*jobs.c)
        )
        async with self._database.write() as connection:
            rows = (await connection.execute(taken)).all()
        return sorted((_job(row) for row in rows), key=lambda job: job.id)

    async def renew(self, job: Job, lease: timedelta) -> None:
        """Hold on for `lease` from now; `LeaseLost` when somebody else has it."""
        async with self._database.write() as connection:
            await self._change(connection, job, due=self._database.now() + lease.total_seconds())

    async def end(self, job: Job, state: JobState = JobState.DONE, reason: str = "") -> None:
        """End the job; `LeaseLost` when this attempt no longer counts."""
        async with self._database.write() as connection:
            await self._end(connection, job, state, reason)

    async def _end(self, connection: AsyncConnection, job: Job, state: JobState, reason: str = "") -> None:
        await self._change(connection, job, state=state, reason=reason, ended=self._database.now(), leased=False)

    async def put_off(self, job: Job, delay: timedelta, reason: str, *, settled: bool = True) -> None:
        """Come back after `delay`; the next attempt is doubtful unless this one `settled` its effect."""
        values: dict[str, Any] = {"due": self._database.now() + delay.total_seconds(), "reason": reason}
        if settled:
            values["settled"] = job.attempt
        async with self._database.write() as connection:
            await self._change(connection, job, leased=False, **values)

    async def give_back(self, job: Job) -> None:
        """A clean stop before any effect: due at once. What an earlier attempt left in doubt stays in doubt."""
        await self.put_off(job, timedelta(0), "given back by a clean stop", settled=not job.doubtful)

    async def _change(self, connection: AsyncConnection, job: Job, **values: Any) -> None:
        """Change a job that is still ours, or raise `LeaseLost` (which rolls the transaction back)."""
        ours = and_(jobs.c.id == job.id, jobs.c.attempts == job.attempt, OPEN, jobs.c.leased)
        changed = await connection.execute(update(jobs).where(ours).values(**values))
        if changed.rowcount != 1:
            raise LeaseLost(f"Job {job.id} ({job.key}) is somebody else's by now.")

    async def list_jobs(
        self, states: Collection[JobState], queue: Queue | None = None, limit: int = 200
    ) -> Sequence[Job]:
        """Jobs in those states, oldest first."""
        wanted = select(jobs).where(jobs.c.state.in_(states)).order_by(jobs.c.id).limit(limit)
        if queue is not None:
            wanted = wanted.where(jobs.c.queue == queue)
        async with self._database.read() as connection:
            return [_job(row) for row in (await connection.execute(wanted)).all()]

    async def count_jobs(self) -> Mapping[tuple[Queue, JobState], int]:
        """How many jobs there are by queue and state."""
        counted = select(jobs.c.queue, jobs.c.state, func.count()).group_by(jobs.c.queue, jobs.c.state)
        async with self._database.read() as connection:
            rows = (await connection.execute(counted)).all()
        return {(Queue(queue), JobState(state)): count for queue, state, count in rows}

    async def next_due(self, queues: Collection[Queue]) -> timedelta | None:
        """How long until the next open job of these queues is due; None when none is open."""
        soonest = select(func.min(jobs.c.due) - self._database.now()).where(jobs.c.queue.in_(queues), OPEN)
        async with self._database.read() as connection:
            seconds = (await connection.execute(soonest)).scalar()
        return None if seconds is None else timedelta(seconds=seconds)

    async def retry_job(self, job_id: int) -> bool:
        """Reopen a failed or waiting job now; a lease that runs is never stolen."""
        running = and_(OPEN, jobs.c.leased, jobs.c.due > self._database.now())
        wanted = and_(jobs.c.id == job_id, jobs.c.state.in_((JobState.OPEN, JobState.FAILED)), ~running)
        values = {"state": JobState.OPEN, "due": self._database.now(), "ended": None}
        return await self._decide(wanted, values)

    async def drop_job(self, job_id: int) -> bool:
        """Give a job up; a lease that runs is never stolen."""
        running = and_(OPEN, jobs.c.leased, jobs.c.due > self._database.now())
        wanted = and_(jobs.c.id == job_id, jobs.c.state.in_((JobState.OPEN, JobState.FAILED)), ~running)
        values = {"state": JobState.DROPPED, "ended": self._database.now(), "reason": "dropped by the operator"}
        return await self._decide(wanted, values)

    async def _decide(self, wanted: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        async with self._database.write() as connection:
            return bool((await connection.execute(update(jobs).where(wanted).values(**values))).rowcount == 1)

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
        "due": now,
        "leased": False,
        "attempts": 0,
        "settled": 0,
        "added": now,
        "reason": "",
    }


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
    )
