"""One turn at a time and a gap between turns, over all processes that share the store: a row a bucket."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, case, or_, select, update

from bot.core.errors import StoreError
from bot.store.database.repository import Repository, shielded
from bot.store.database.tables import gates

LEAST_WAIT_SECONDS = 0.02
TURN_POLL_SECONDS = 0.1
# Nobody holds a turn for so long: a row that says so was written while the clock ran ahead, and says nothing.
IMPOSSIBLE_WAIT_SECONDS = 600.0


class GateRepository(Repository):
    """The part of the store that is `ports.Gate`."""

    @asynccontextmanager
    async def turn(self, bucket: str, gap: timedelta, hold: timedelta) -> AsyncIterator[None]:
        """Wait for our turn; hold it inside the block (at most `hold`, if we die); the next `gap` after it ends."""
        token = uuid.uuid4().hex
        keeping: asyncio.Task[None] | None = None
        try:
            await self._queue_up(bucket, token, gap, hold)
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

    @shielded
    async def _hold_on(self, bucket: str, token: str, hold: timedelta) -> None:
        later = self._database.now() + hold.total_seconds()
        ours = and_(gates.c.bucket == bucket, gates.c.held_by == token)
        async with self._database.write() as connection:
            await connection.execute(update(gates).where(ours).values(held_until=later))

    async def _queue_up(self, bucket: str, token: str, gap: timedelta, hold: timedelta) -> None:
        """In this process who came first goes first, so that whoever comes again and again keeps nobody waiting; other
        processes give no sign when they leave, so the row is looked at again."""
        async with self._database.order(bucket):
            while True:
                if await self._take_turn(bucket, token, gap, hold):
                    return
                await asyncio.sleep(max(await self._wait(bucket), LEAST_WAIT_SECONDS))

    @shielded
    async def _take_turn(self, bucket: str, token: str, gap: timedelta, hold: timedelta) -> bool:
        """Whether it is ours now. The gap counts from its beginning already, for those who free it if we die in it."""
        now = self._database.now()
        is_void = gates.c.held_until > now + IMPOSSIBLE_WAIT_SECONDS
        free = or_(and_(gates.c.next_free <= now, gates.c.held_until <= now), is_void)
        ours = {
            "held_until": now + hold.total_seconds(),
            "held_by": token,
            "next_free": now + gap.total_seconds(),
            "holder": await self._database.holder(),
        }
        taken = (
            self._insert(gates)
            .values(bucket=bucket, **ours)
            .on_conflict_do_update(index_elements=["bucket"], set_=ours, where=free)
            .returning(gates.c.held_by)
        )
        async with self._database.write() as connection:
            return (await connection.execute(taken)).first() is not None

    @shielded
    async def _wait(self, bucket: str) -> float:
        """Seconds until the gate may be free: the stated moment, or soon when a holder may leave any time."""
        now = self._database.now()
        wanted = select(gates.c.next_free - now, gates.c.held_until - now).where(gates.c.bucket == bucket)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        if row is None:
            return 0.0
        closed, held = (float(seconds) for seconds in row)
        if held > IMPOSSIBLE_WAIT_SECONDS:
            return 0.0
        return max(closed, min(held, TURN_POLL_SECONDS))

    @shielded
    async def _leave(self, bucket: str, token: str, gap: timedelta) -> None:
        now = self._database.now()
        later = now + gap.total_seconds()
        next_free = case((gates.c.next_free > later, gates.c.next_free), else_=later)
        ours = and_(gates.c.bucket == bucket, gates.c.held_by == token)
        async with self._database.write() as connection:
            left = {"held_until": now, "next_free": next_free, "holder": None}
            await connection.execute(update(gates).where(ours).values(**left))

    async def reserve(self, bucket: str, gap: timedelta) -> timedelta:
        """How long until a moment that is ours alone, `gap` after the one before it; it is taken, used or not."""
        now, step = self._database.now(), gap.total_seconds()
        begin = case((gates.c.next_free > now, gates.c.next_free), else_=now)
        reserved = (
            self._insert(gates)
            .values(bucket=bucket, next_free=now + step, held_until=now, held_by="")
            .on_conflict_do_update(
                index_elements=["bucket"], set_={"next_free": begin + step, "held_until": _not_before(now)}
            )
            .returning(gates.c.next_free - now - step)
        )
        async with self._database.write() as connection:
            wait = float((await connection.execute(reserved)).scalar_one())
        return timedelta(seconds=max(wait, 0.0))

    async def closed_for(self, bucket: str) -> timedelta:
        """How long nobody gets a turn from now on; zero when the next one may be had."""
        now = self._database.now()
        left = select(gates.c.next_free - now).where(
            gates.c.bucket == bucket, gates.c.held_until <= now + IMPOSSIBLE_WAIT_SECONDS
        )
        async with self._database.read() as connection:
            seconds = (await connection.execute(left)).scalar()
        return timedelta(seconds=max(float(seconds or 0.0), 0.0))

    async def close_gate(self, bucket: str, delay: timedelta) -> None:
        """Nobody gets a turn before `delay` has passed (a 429 with Retry-After, say)."""
        now = self._database.now()
        until = now + delay.total_seconds()
        later = case((gates.c.next_free > until, gates.c.next_free), else_=until)
        statement = (
            self._insert(gates)
            .values(bucket=bucket, next_free=until, held_until=now, held_by="")
            .on_conflict_do_update(index_elements=["bucket"], set_={"next_free": later, "held_until": _not_before(now)})
        )
        async with self._database.write() as connection:
            await connection.execute(statement)


def _not_before(now: ColumnElement[float]) -> ColumnElement[float]:
    """A row's `held_until` tells when it was written, too: one ahead was written by a clock that ran ahead."""
    return case((gates.c.held_until > now, gates.c.held_until), else_=now)
