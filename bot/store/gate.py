"""One turn at a time and a gap between turns, over all processes that share the store: a row a bucket."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy import and_, case, select, update

from bot.core.errors import StoreError
from bot.store.rows import Rows, whole
from bot.store.tables import gates

SHORTEST = 0.02
LOOK = 0.1


class GateRows(Rows):
    """The part of the store that is `ports.Gate`."""

    @asynccontextmanager
    async def turn(self, bucket: str, gap: timedelta, hold: timedelta) -> AsyncIterator[None]:
        """Wait for our turn; hold it inside the block (at most `hold`, if we die); the next `gap` after it ends."""
        token = uuid.uuid4().hex
        keeping: asyncio.Task[None] | None = None
        try:
            await self._queue_up(bucket, token, hold)
            keeping = asyncio.create_task(self._keep(bucket, token, hold))
            yield
        finally:
            if keeping is not None:
                keeping.cancel()
            await asyncio.shield(self._leave(bucket, token, gap))

    async def _keep(self, bucket: str, token: str, hold: timedelta) -> None:
        """Say at every third of the hold that we live."""
        while True:
            await asyncio.sleep(hold.total_seconds() / 3)
            with suppress(StoreError):  # tried again, and the turn is still ours for two thirds of the hold
                await self._hold_on(bucket, token, hold)

    @whole
    async def _hold_on(self, bucket: str, token: str, hold: timedelta) -> None:
        later = self._database.now() + hold.total_seconds()
        ours = and_(gates.c.bucket == bucket, gates.c.held_by == token)
        async with self._database.write() as connection:
            await connection.execute(update(gates).where(ours).values(held_until=later))

    async def _queue_up(self, bucket: str, token: str, hold: timedelta) -> None:
        """Other processes give no sign when they leave, so the row is looked at again."""
        while True:
            if await self._take_turn(bucket, token, hold):
                return
            await asyncio.sleep(max(await self._wait(bucket), SHORTEST))

    @whole
    async def _take_turn(self, bucket: str, token: str, hold: timedelta) -> bool:
        now = self._database.now()
        end = now + hold.total_seconds()
        free = and_(gates.c.next_free <= now, gates.c.held_until <= now)
        taken = (
            self._insert(gates)
            .values(bucket=bucket, next_free=now, held_until=end, held_by=token)
            .on_conflict_do_update(index_elements=["bucket"], set_={"held_until": end, "held_by": token}, where=free)
            .returning(gates.c.held_by)
        )
        async with self._database.write() as connection:
            return (await connection.execute(taken)).first() is not None

    @whole
    async def _wait(self, bucket: str) -> float:
        """Seconds until the gate may be free: the stated moment, or soon when a holder may leave any time."""
        now = self._database.now()
        wanted = select(gates.c.next_free - now, gates.c.held_until - now).where(gates.c.bucket == bucket)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        if row is None:
            return 0.0
        closed, held = (float(seconds) for seconds in row)
        return max(closed, min(held, LOOK))

    @whole
    async def _leave(self, bucket: str, token: str, gap: timedelta) -> None:
        now = self._database.now()
        later = now + gap.total_seconds()
        next_free = case((gates.c.next_free > later, gates.c.next_free), else_=later)
        ours = and_(gates.c.bucket == bucket, gates.c.held_by == token)
        async with self._database.write() as connection:
            await connection.execute(update(gates).where(ours).values(held_until=now, next_free=next_free))

    @whole
    async def reserve(self, bucket: str, gap: timedelta) -> timedelta:
        """How long until a moment that is ours alone, `gap` after the one before it; it is taken, used or not."""
        now, step = self._database.now(), gap.total_seconds()
        begin = case((gates.c.next_free > now, gates.c.next_free), else_=now)
        reserved = (
            self._insert(gates)
            .values(bucket=bucket, next_free=now + step, held_until=now, held_by="")
            .on_conflict_do_update(index_elements=["bucket"], set_={"next_free": begin + step})
            .returning(gates.c.next_free - now - step)
        )
        async with self._database.write() as connection:
            wait = float((await connection.execute(reserved)).scalar_one())
        return timedelta(seconds=max(wait, 0.0))

    @whole
    async def closed_for(self, bucket: str) -> timedelta:
        """How long nobody gets a turn from now on; zero when the next one may be had."""
        left = select(gates.c.next_free - self._database.now()).where(gates.c.bucket == bucket)
        async with self._database.read() as connection:
            seconds = (await connection.execute(left)).scalar()
        return timedelta(seconds=max(float(seconds or 0.0), 0.0))

    @whole
    async def close_gate(self, bucket: str, delay: timedelta) -> None:
        """Nobody gets a turn before `delay` has passed (a 429 with Retry-After, say)."""
        now = self._database.now()
        until = now + delay.total_seconds()
        later = case((gates.c.next_free > until, gates.c.next_free), else_=until)
        statement = (
            self._insert(gates)
            .values(bucket=bucket, next_free=until, held_until=now, held_by="")
            .on_conflict_do_update(index_elements=["bucket"], set_={"next_free": later})
        )
        async with self._database.write() as connection:
            await connection.execute(statement)
