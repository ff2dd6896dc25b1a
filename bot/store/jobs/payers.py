"""For whom work is done: rows beside open jobs, by which communities take turns and shares of the day are paid.

Within a community people take turns too. A job that several want comes as soon as the first of them would have it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Delete, Select, and_, delete, func, select, update

from bot.core.commands.payer import Cause, Payer
from bot.core.jobs.job import Job, NewJob, Queue
from bot.core.jobs.wait_reason import BUDGET_REASONS
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.repository import Repository, chunks, prepared
from bot.store.database.tables import jobs
from bot.store.database.tables_turns import payers, served
from bot.store.jobs.conditions import OPEN


class PayerRepository(Repository):
    """The part of the engine that knows for whom work is done."""

    async def payers_of(self, job: Job) -> Sequence[Payer]:
        """For whom an open job is done."""
        async with self._database.read() as connection:
            rows = (await connection.execute(*self._payers(job.id))).all()
        return [Payer(Cause(row.cause), row.place, row.community, row.person) for row in rows]

    @prepared
    def _payers(self, job: int) -> Select[Any]:
        return select(payers).where(payers.c.job == job).order_by(payers.c.place, payers.c.person)

    async def _put_payers(self, connection: AsyncConnection, new: Sequence[NewJob]) -> None:
        """Write down for whom these jobs are done; one that waited for another's share of the day is due at once."""
        for queue in {new_job.queue for new_job in new if new_job.payers}:
            wanted = {new_job.key: new_job.payers for new_job in new if new_job.queue is queue and new_job.payers}
            for keys in chunks(list(wanted)):
                found = select(jobs.c.id, jobs.c.key).where(jobs.c.queue == queue, jobs.c.key.in_(keys), OPEN)
                ids = {row.key: row.id for row in (await connection.execute(found)).all()}
                rows = [row for key, id_ in ids.items() for row in _rows(id_, queue, wanted[key])]
                for piece in (rows[at : at + 500] for at in range(0, len(rows), 500)):
                    joined = await self._add_new(connection, payers, piece, payers.c.job)
                    await self._resume(connection, set(joined))

    async def _resume(self, connection: AsyncConnection, ids: Collection[int]) -> None:
        now = self._database.now()
        is_poor = and_(~jobs.c.leased, jobs.c.due > now, jobs.c.why.in_(BUDGET_REASONS))
        await connection.execute(update(jobs).where(jobs.c.id.in_(ids), OPEN, is_poor).values(due=now))

    async def _drop_payers(self, connection: AsyncConnection, job: int) -> None:
        await connection.execute(*self._payers_gone(job))

    @prepared
    def _payers_gone(self, job: int) -> Delete:
        return delete(payers).where(payers.c.job == job)

    async def _forget_turns(self, older: timedelta) -> None:
        """Who was served longer ago than that is as good as new."""
        past = served.c.at < self._database.now() - older.total_seconds()
        await self._forget_pieces(served, past)

    async def _served(self, connection: AsyncConnection, queue: Queue, ids: Sequence[int]) -> None:
        """Remember whose turn it was."""
        turns = select(payers.c.turn).distinct().where(payers.c.job.in_(ids))
        names = (await connection.execute(turns)).scalars().all()
        if names:
            at = await self._moment(connection)
            rows = [{"queue": queue, "turn": name, "at": at} for name in names]
            statement = self._insert(served).values(rows)
            changed = {"at": statement.excluded.at}
            await connection.execute(statement.on_conflict_do_update(index_elements=["queue", "turn"], set_=changed))


def in_turn(due: Select[Any], queue: Queue) -> Select[Any]:
    """Ids of due jobs: the first of each community, those served longest ago before others, then the second of each."""
    ready = due.subquery("ready")
    wanted = (
        select(
            jobs.c.id,
            jobs.c.priority,
            func.coalesce(payers.c.turn, "").label("turn"),
            func.coalesce(served.c.at, 0.0).label("at"),
            func.row_number()
            .over(partition_by=(payers.c.turn, payers.c.person), order_by=(jobs.c.priority, jobs.c.due, jobs.c.id))
            .label("persons"),
        )
        .join_from(ready, jobs, jobs.c.id == ready.c.id)
        .outerjoin(payers, payers.c.job == jobs.c.id)
        .outerjoin(served, and_(served.c.queue == queue, served.c.turn == payers.c.turn))
        .subquery("wanted")
    )
    order = (wanted.c.persons, wanted.c.priority, wanted.c.id)
    number = func.row_number().over(partition_by=wanted.c.turn, order_by=order).label("number")
    ranked = select(wanted.c.id, wanted.c.priority, wanted.c.at, number).subquery("ranked")
    first = (
        select(ranked.c.id, func.min(ranked.c.number).label("number"), func.min(ranked.c.at).label("at"))
        .group_by(ranked.c.id)
        .subquery("first")
    )
    soonest = (first.c.number, first.c.at, jobs.c.priority, jobs.c.due, jobs.c.id)
    return select(jobs.c.id).join_from(jobs, first, first.c.id == jobs.c.id).order_by(*soonest)


def _rows(job: int, queue: Queue, wanted: Sequence[Payer]) -> Iterator[dict[str, Any]]:
    for payer in wanted:
        yield asdict(payer) | {"job": job, "queue": queue, "turn": payer.turn}
