"""Objections to claims, and claims that were taken back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, func, select, update

from bot.core.jobs.job import NewJob
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostRef
from bot.core.verdicts.dispute import Dispute, Ruling, without
from bot.core.verdicts.verdict import Verdict
from bot.store.database.codec import dumps, loads
from bot.store.database.repository import moment, prepared, storable
from bot.store.database.tables import disputes, verdicts
from bot.store.people.discussions import DiscussionRepository


class DisputeRepository(DiscussionRepository):
    """The part of the store that objections write."""

    async def add_dispute(self, new: Dispute, then: Sequence[NewJob]) -> bool:
        """Keep an objection, once an event, and add what follows from it; False when it was kept before."""
        row = {"event": new.event, "place": str(new.place), "community": new.community, "person": new.person}
        row |= {"paper": str(new.paper), "lens": new.lens, "claim": new.claim, "reason": storable(new.reason)}
        thread = new.thread.id if new.thread else ""
        async with self._database.write() as connection:
            at = await self._moment(connection)
            rows = [row | {"thread": thread, "ruling": new.ruling, "at": at}]
            added = await self._add_new(connection, disputes, rows, disputes.c.id)
            await self._add_jobs(connection, then if added else ())
        return bool(added)

    async def has_open_dispute(self, new: Dispute) -> bool:
        """Whether that person's objection to that claim was kept before, by another event, and is not decided."""
        same = and_(disputes.c.person == new.person, disputes.c.event != new.event, disputes.c.claim == new.claim)
        of_it = and_(disputes.c.paper == str(new.paper), disputes.c.lens == new.lens)
        wanted = select(disputes.c.id).where(same, of_it, disputes.c.ruling == Ruling.OPEN).limit(1)
        async with self._database.read() as connection:
            return (await connection.execute(wanted)).first() is not None

    async def disputes(self, limit: int = 100) -> Sequence[Dispute]:
        """The latest objections, newest first."""
        latest = select(disputes).order_by(disputes.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            return [_dispute(row) for row in (await connection.execute(latest)).all()]

    async def dispute(self, id: int) -> Dispute | None:
        """The objection of that number."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(disputes).where(disputes.c.id == id))).first()
        return _dispute(row) if row else None

    async def open_dispute(self, place: Place, paper: ArxivId, lens: str) -> Dispute | None:
        """The first objection to a verdict in that place on which nobody has decided yet."""
        async with self._database.read() as connection:
            row = (await connection.execute(*self._open_dispute(str(place), str(paper), lens))).first()
        return _dispute(row) if row else None

    @prepared
    def _open_dispute(self, place: str, paper: str, lens: str) -> Select[Any]:
        here = and_(disputes.c.place == place, disputes.c.paper == paper, disputes.c.lens == lens)
        return select(disputes).where(here, disputes.c.ruling == Ruling.OPEN).order_by(disputes.c.id).limit(1)

    async def rule(self, id: int, ruling: Ruling, then: Sequence[NewJob]) -> bool:
        """The people who run the bot decide on an open objection; a withdrawn claim goes out of the stored verdict.

        Then the jobs that bring what stands in channels up to date are added; False when it was decided before.
        """
        async with self._database.write() as connection:
            still_open = and_(disputes.c.id == id, disputes.c.ruling == Ruling.OPEN)
            changed = await connection.execute(update(disputes).where(still_open).values(ruling=ruling))
            if not changed.rowcount:
                return False
            if ruling is Ruling.WITHDRAWN:
                row = (await connection.execute(select(disputes).where(disputes.c.id == id))).one()
                await self._withdraw(connection, row)
            await self._add_jobs(connection, then)
        return True

    async def _withdraw(self, connection: Any, row: Row[Any]) -> None:
        of_this = and_(verdicts.c.paper == row.paper, verdicts.c.lens == row.lens)
        latest = select(func.max(verdicts.c.id)).where(of_this)
        found = (
            await connection.execute(select(verdicts.c.id, verdicts.c.body).where(verdicts.c.id.in_(latest)))
        ).first()
        verdict = loads(found.body, Verdict) if found else None
        if verdict is None or verdict.short is None:
            return
        kept = without(verdict, row.claim)
        await connection.execute(update(verdicts).where(verdicts.c.id == found.id).values(body=dumps(kept)))
        paper = (await self._papers(connection, [row.paper])).get(kept.paper)
        if paper is not None:
            await self._index(connection, [(paper, kept)])


def _dispute(row: Row[Any]) -> Dispute:
    place = Place.parse(row.place)
    return Dispute(
        event=row.event,
        place=place,
        community=row.community,
        person=row.person,
        paper=ArxivId(row.paper),
        lens=row.lens,
        claim=row.claim,
        reason=row.reason,
        thread=PostRef(place, row.thread) if row.thread else None,
        ruling=Ruling(row.ruling),
        id=row.id,
        at=moment(row.at),
    )
