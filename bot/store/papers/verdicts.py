"""Verdicts: every one is kept, the latest of a paper and lens counts."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, select, update

from bot.core.follows.edition import Disposition, EditionKey, JudgedPaper, Known
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place
from bot.core.verdicts.verdict import Verdict
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.codec import dumps, loads_many
from bot.store.database.repository import NOTHING_NOTED, chunks, prepared, shielded, unshielded
from bot.store.database.tables import fates, jobs, papers, plans, post_papers, verdicts
from bot.store.papers.feeds import paper_of
from bot.store.papers.published_verdicts import PublishedVerdictRepository

VERDICTS_A_LOOK = 200


class VerdictRepository(PublishedVerdictRepository):
    """The part of the store that judging writes."""

    @unshielded
    async def verdict(self, id: ArxivId, lens: str) -> Verdict | None:
        """The latest verdict of that paper through that lens."""
        return (await self.verdicts([id], lens)).get(id)

    async def verdicts(self, ids: Collection[ArxivId], lens: str) -> Mapping[ArxivId, Verdict]:
        """The latest verdicts of many papers."""
        async with self._database.read() as connection:
            return await self._verdicts(connection, [str(id) for id in ids], lens)

    async def known(self, ids: Collection[ArxivId], lens: str) -> Known:
        """The latest metadata and verdicts of papers."""
        names = [str(id) for id in ids]
        async with self._database.read() as connection:
            return Known(await self._papers(connection, names), await self._verdicts(connection, names, lens))

    async def _verdicts(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> dict[ArxivId, Verdict]:
        bodies: list[str] = []
        for piece in chunks(ids):
            bodies += (await connection.execute(*self._latest_bodies(piece, lens))).scalars().all()
        return {verdict.paper: verdict for verdict in await loads_many(bodies, Verdict)}

    @prepared
    def _latest_bodies(self, ids: Sequence[str], lens: str) -> Select[tuple[str]]:
        of_these = and_(verdicts.c.paper.in_(ids), verdicts.c.lens == lens)
        latest = select(func.max(verdicts.c.id)).where(of_these).group_by(verdicts.c.paper)
        return select(verdicts.c.body).where(verdicts.c.id.in_(latest))

    async def finish_judging(self, job: Job, verdict: Verdict, new_jobs: Sequence[NewJob]) -> None:
        """One commit: the verdict, further jobs (edits of posts, say), and the end of the judging job."""
        async with self._database.write() as connection:
            await self._end(connection, job, JobState.DONE)
            await self._store_verdicts(connection, [verdict])
            await self._list_late(connection, [str(verdict.paper)], verdict.provenance.lens)
            await self._add_jobs(connection, new_jobs)

    async def finish_judgings(self, judged: Sequence[tuple[Job, Verdict]]) -> Collection[int]:
        """One commit for many: verdicts and the ends of their jobs, except where a post shows the paper by now, which
        is to be edited; the ids of the jobs that ended."""
        async with self._database.write() as connection:
            judged = await self._unshown(connection, judged)
            if not judged:
                return ()
            ours = await self._end_many(connection, [job for job, _ in judged])
            kept = [verdict for job, verdict in judged if job.id in ours]
            await self._store_verdicts(connection, kept)
            for lens in {verdict.provenance.lens for verdict in kept}:
                papers = [str(verdict.paper) for verdict in kept if verdict.provenance.lens == lens]
                await self._list_late(connection, papers, lens)
        return ours

    async def _unshown(
        self, connection: AsyncConnection, judged: Sequence[tuple[Job, Verdict]]
    ) -> list[tuple[Job, Verdict]]:
        """Those whose papers stand in no post through their lens."""
        ids = [str(verdict.paper) for _, verdict in judged]
        stands = select(post_papers.c.paper, post_papers.c.lens).where(post_papers.c.paper.in_(ids))
        shown = {(row.paper, row.lens) for row in (await connection.execute(stands)).all()}
        return [(job, verdict) for job, verdict in judged if (str(verdict.paper), verdict.provenance.lens) not in shown]

    async def _store_verdicts(self, connection: AsyncConnection, made: Sequence[Verdict]) -> None:
        """Store verdicts, each of another paper or lens, and put them into the index."""
        if made:
            await connection.execute(verdicts.insert(), [_row(verdict) for verdict in made])
            known = await self._papers(connection, [str(verdict.paper) for verdict in made])
            await self._index(
                connection, [(known[verdict.paper], verdict) for verdict in made if verdict.paper in known]
            )

    async def finish_analysis(self, job: Job, before: Verdict, after: Verdict, new_jobs: Sequence[NewJob]) -> bool:
        """One commit: the verdict with its analysis, further jobs, and the end of the job. False, and nothing done,
        where the verdict is no longer the one that the analysis was written for."""
        async with self._database.write() as connection:
            latest = await self._verdicts(connection, [str(before.paper)], before.provenance.lens)
            if latest.get(before.paper) != before:
                return False
            await self._end(connection, job, JobState.DONE)
            await self._store_verdicts(connection, [after])
            await self._add_jobs(connection, new_jobs)
        return True

    async def _list_late(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> None:
        """Papers that stand in lists by their titles alone, or will, are read from now on, and found by search."""
        for edition, place in (await connection.execute(*self._editions_with(ids, lens=lens))).all():
            untold = and_(fates.c.edition == edition, fates.c.paper.in_(ids), fates.c.fate == Disposition.UNREAD)
            read = update(fates).where(untold).values(fate=Disposition.LISTED, **NOTHING_NOTED).returning(fates.c.paper)
            if late := (await connection.scalars(read)).all():
                await self._show(connection, Place.parse(place), late, lens, EditionKey.parse(edition).day)

    @prepared
    def _editions_with(self, ids: Sequence[str], *, lens: str) -> Select[Any]:
        """Editions and places of posts that show those papers through that lens, or may yet."""
        stands = select(post_papers.c.key).where(post_papers.c.paper.in_(ids), post_papers.c.lens == lens)
        coming = select(jobs.c.key).where(jobs.c.queue == Queue.DELIVER, jobs.c.state == JobState.OPEN)
        coming = coming.where(jobs.c.key.endswith(f"|{lens}", autoescape=True))
        return select(plans.c.edition, plans.c.place).where(plans.c.key.in_(stands.union_all(coming))).distinct()

    async def export(self) -> AsyncIterator[JudgedPaper]:
        """Every latest verdict with its paper, in the order of being judged."""
        after = 0
        while rows := await self._exported(after):
            judged = await loads_many([row.body for row in rows], Verdict)
            for row, verdict in zip(rows, judged, strict=True):
                yield JudgedPaper(paper_of(row), verdict)
            after = rows[-1].verdict_id

    @shielded
    async def _exported(self, after: int) -> Sequence[Row[Any]]:
        newer = verdicts.alias("newer")
        same = and_(newer.c.paper == verdicts.c.paper, newer.c.lens == verdicts.c.lens)
        page = (
            select(verdicts.c.id.label("verdict_id"), verdicts.c.body, papers)
            .join(papers, papers.c.id == verdicts.c.paper)
            .where(verdicts.c.id > after, ~exists().where(same, newer.c.id > verdicts.c.id))
            .order_by(verdicts.c.id)
            .limit(VERDICTS_A_LOOK)
        )
        async with self._database.read() as connection:
            return (await connection.execute(page)).all()


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "paper": str(verdict.paper),
        "lens": verdict.provenance.lens,
        "paper_hash": verdict.paper_hash,
        "analyst": verdict.provenance.analyst,
        "body": dumps(verdict),
    }
