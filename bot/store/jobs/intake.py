"""What people cause comes in: many events in one commit, each once, and no more of one person's than may wait."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import exists, func, or_, select

from bot.core.jobs.job import Incoming, Intake, Job, NewJob, Queue
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.database import Conflict
from bot.store.database.repository import chunks, shielded, storable, unshielded
from bot.store.database.tables import events, jobs
from bot.store.database.tables_turns import payers
from bot.store.jobs.conditions import OPEN
from bot.store.jobs.job_rows import as_job, as_row
from bot.store.jobs.jobs import JobRepository

DUE_WITHIN_SECONDS = 1.0  # seconds: as good as due
SAID = (Queue.ANSWER, Queue.REMARK)


class IntakeRepository(JobRepository):
    """The part of the engine that takes what people say and press."""

    async def take_in(self, incoming: Sequence[Incoming], most: int) -> Sequence[Intake]:
        """Store events once, all in one commit. Where `most` of a person's things wait for a hand already, the event is
        known from then on, and nothing is done for it but its refusal, if it has one."""
        async with self._database.write(urgent=True) as connection:
            known = await self._known(connection, [event.job for event in incoming])
            waiting = Counter(await self._waiting(connection, [event.person for event in incoming if event.person]))
            found: list[Intake] = []
            added: list[NewJob] = []
            noted: list[str] = []
            told: set[str] = set()
            for event in incoming:
                if event.job.key in known:
                    found.append(Intake.KNOWN)
                    continue
                known.add(event.job.key)
                is_over = bool(event.person) and waiting[event.person] >= most
                found.append(Intake.REFUSED if is_over else Intake.NEW)
                if is_over:
                    noted.append(event.job.key)
                    added += [event.refusal] if event.refusal and event.person not in told else []
                    told.add(event.person)
                else:
                    waiting[event.person] += 1
                    added.append(event.job)
            await self._add_jobs(connection, added)
            now = await self._moment(connection)
            await self._add(connection, events, [{"key": storable(key), "noted": now} for key in noted])
        return found

    async def _known(self, connection: AsyncConnection, new: Sequence[NewJob]) -> set[str]:
        known: set[str] = set()
        for queue in {new_job.queue for new_job in new}:
            for keys in chunks([new_job.key for new_job in new if new_job.queue is queue]):
                stored = select(jobs.c.key).where(jobs.c.queue == queue, jobs.c.key.in_(keys))
                noted = select(events.c.key).where(events.c.key.in_(keys))
                known |= set((await connection.execute(stored.union_all(noted))).scalars())
        return known

    async def _waiting(self, connection: AsyncConnection, people: Sequence[str]) -> Mapping[str, int]:
        """How many things of each person wait for a hand, or have one; not what waits for arXiv, a model or a day."""
        is_due = or_(jobs.c.leased, jobs.c.due <= self._database.now() + DUE_WITHIN_SECONDS)
        counted = (
            select(payers.c.person, func.count(payers.c.job.distinct()))
            .join_from(payers, jobs, jobs.c.id == payers.c.job)
            .where(payers.c.queue.in_(SAID), OPEN, is_due)
            .group_by(payers.c.person)
        )
        found: dict[str, int] = {}
        for names in chunks(sorted(set(people))):
            rows = (await connection.execute(counted.where(payers.c.person.in_(names)))).all()
            found |= {row[0]: row[1] for row in rows}
        return found

    @unshielded
    async def add_claimed(self, new: NewJob, lease: timedelta) -> Job | None:
        """Add a job and claim it in one commit, for somebody who waits. None, and nothing is added, where it is known
        or another job of its lane goes first."""
        try:
            return await self._add_claimed(new, lease)
        except Conflict:  # on PostgreSQL another process took the lane at this moment
            return None

    @shielded
    async def _add_claimed(self, new: NewJob, lease: timedelta) -> Job | None:
        before = exists().where(jobs.c.lane == new.lane, OPEN) | exists().where(events.c.key == new.key)
        async with self._database.write(urgent=True) as connection:
            asked = (await connection.execute(select(before, self._database.now()))).one()
            if asked[0]:
                return None
            ours = await self._leased(lease) | {"due": asked[1] + lease.total_seconds(), "attempts": 1}
            statement = self._insert(jobs).on_conflict_do_nothing(index_elements=["queue", "key"]).returning(*jobs.c)
            row = (await connection.execute(statement, [as_row(new, asked[1]) | ours])).first()
            if row is None:
                return None
            await self._put_payers(connection, [new])
            await self._served(connection, new.queue, [row.id])
        return as_job(row)
