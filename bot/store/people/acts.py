"""Acts of people that are counted a day, and ids that arXiv was asked about in vain."""

from datetime import timedelta

from sqlalchemy import and_, func, select

from bot.core.commands.acts import Act, ActKind, ActLimits, Over
from bot.core.papers.paper import ArxivId
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.repository import Repository
from bot.store.database.tables import plans
from bot.store.database.tables_turns import acts, unknown_papers


class ActRepository(Repository):
    """The part of the store that counts what people cause."""

    async def count_act(self, act: Act, limits: ActLimits) -> Over | None:
        """Count an act within the limits, once an event; which limit it would break, if any."""
        day, place = act.day.isoformat(), str(act.asker.place)
        async with self._database.write() as connection:
            await self._database.lock(connection, "acts")
            same = and_(acts.c.event == act.event, acts.c.kind == act.kind)
            if (await connection.execute(select(acts.c.event).where(same))).first() is not None:
                return None
            today = and_(acts.c.kind == act.kind, acts.c.day == day)
            if await self._count(connection, and_(today, acts.c.person == act.asker.person)) >= limits.person:
                return Over.PERSON
            here = await self._count(connection, and_(today, acts.c.place == place))
            if limits.place is not None and here >= limits.place:
                return Over.PLACE
            if limits.messages is not None and here + await self._planned(connection, place, day) >= limits.messages:
                return Over.PLACE
            at = await self._moment(connection)
            row = {"event": act.event, "kind": act.kind, "person": act.asker.person, "place": place, "day": day}
            await self._add(connection, acts, [row | {"at": at}])
        return None

    async def _count(self, connection: AsyncConnection, which: object) -> int:
        counted = select(func.count()).select_from(acts).where(which)  # type: ignore[arg-type]
        return int((await connection.execute(counted)).scalar_one())

    async def _planned(self, connection: AsyncConnection, place: str, day: str) -> int:
        """How many messages its follows posted in the place itself that day."""
        sent = and_(plans.c.place == place, plans.c.local_day == day, plans.c.thread.is_(None))
        return int((await connection.execute(select(func.count()).select_from(plans).where(sent))).scalar_one())

    async def _public_acts(self, connection: AsyncConnection, place: str, day: str) -> int:
        """How many messages people caused in the place that day."""
        return await self._count(
            connection, and_(acts.c.kind == ActKind.PUBLIC, acts.c.place == place, acts.c.day == day)
        )

    async def note_unknown(self, paper: ArxivId) -> None:
        """arXiv was asked, and knows no such paper."""
        async with self._database.write() as connection:
            at = await self._moment(connection)
            await self._put(connection, unknown_papers, {"paper": str(paper), "at": at})

    async def is_unknown(self, paper: ArxivId, within: timedelta) -> bool:
        """Whether arXiv said within that time that it knows no such paper."""
        lately = unknown_papers.c.at > self._database.now() - within.total_seconds()
        wanted = select(unknown_papers.c.paper).where(unknown_papers.c.paper == str(paper), lately)
        async with self._database.read() as connection:
            return (await connection.execute(wanted)).first() is not None

    async def forget_acts(self, older: timedelta) -> None:
        """Delete what was counted, and what was not found, longer ago than that."""
        past = self._database.now() - older.total_seconds()
        await self._forget_pieces(acts, acts.c.at < past)
        await self._forget_pieces(unknown_papers, unknown_papers.c.at < past)
