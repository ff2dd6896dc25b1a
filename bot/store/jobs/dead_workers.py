"""What dead processes held is free before its time: jobs, and turns at gates. Only a lock that can be taken says so."""

from collections.abc import Collection

from sqlalchemy import and_, case, select, update

from bot.core.jobs.job import JOB_SETTLES, WITH_EFFECTS, Queue
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.repository import Repository, unshielded
from bot.store.database.tables import gates, jobs
from bot.store.jobs.conditions import OPEN

UNDER_WAY = and_(OPEN, jobs.c.leased, jobs.c.holder.is_not(None))


class DeadWorkerRepository(Repository):
    """The part of the engine that knows which processes live."""

    @unshielded
    async def worker_name(self) -> str:
        """The name of the lock that this process holds; empty where there can be none."""
        return await self._database.holder() or ""

    @unshielded
    async def lock_lost(self) -> None:
        """Wait until this process loses its lock though it lives: from then on others may take what it holds."""
        lost = self._database.worker.lost
        await lost.wait()
        lost.clear()

    async def free_dead(self) -> Collection[Queue]:
        """Let go of what dead processes held; the queues that have work for it.

        What may have had an effect outside is due a moment later: a request may still be on its way.
        """
        worker = self._database.worker
        names = worker.left_behind()
        if names is None:
            names = await self._holders()
        if not names:
            return ()
        async with self._database.write() as connection:
            dead = await worker.takeable(connection, names)
            freed = await self._free(connection, dead) if dead else ()
        worker.clear(dead)
        return freed

    async def _holders(self) -> Collection[str]:
        held = select(jobs.c.holder).distinct().where(UNDER_WAY)
        turns = select(gates.c.holder).where(gates.c.holder.is_not(None))
        async with self._database.read() as connection:
            return set((await connection.execute(held.union(turns))).scalars())

    async def _free(self, connection: AsyncConnection, dead: Collection[str]) -> Collection[Queue]:
        now = self._database.now()
        later = now + JOB_SETTLES.total_seconds()
        soon = case((jobs.c.queue.in_(WITH_EFFECTS), later), else_=now)
        freed = (
            update(jobs)
            .where(UNDER_WAY, jobs.c.holder.in_(dead))
            .values(due=case((jobs.c.due > soon, soon), else_=jobs.c.due), holder=None)
            .returning(jobs.c.queue)
        )
        queues = (await connection.execute(freed)).scalars().all()
        turn = and_(gates.c.holder.in_(dead), gates.c.held_until > now)
        await connection.execute(update(gates).where(turn).values(held_until=now, holder=None))
        await connection.execute(update(gates).where(gates.c.holder.in_(dead)).values(holder=None))
        return {Queue(queue) for queue in queues}
