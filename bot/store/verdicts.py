"""Verdicts: every one is kept, the latest of a paper and lens counts."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.paper import ArxivId
from bot.core.verdict import Verdict
from bot.core.work import Job, JobState, NewJob
from bot.ports import JudgedPaper
from bot.store.codec import dumps, loads_many
from bot.store.feeds import paper_of
from bot.store.rows import chunks, whole
from bot.store.showings import ShowingRows
from bot.store.tables import papers, verdicts

PAGE = 200


class VerdictRows(ShowingRows):
    """The part of the store that judging writes."""

    async def verdict(self, id: ArxivId, lens: str) -> Verdict | None:
        """The latest verdict of that paper through that lens."""
        return (await self.verdicts([id], lens)).get(id)

    @whole
    async def verdicts(self, ids: Collection[ArxivId], lens: str) -> Mapping[ArxivId, Verdict]:
        """The latest verdicts of many papers."""
        async with self._database.read() as connection:
            return await self._verdicts(connection, [str(id) for id in ids], lens)

    async def _verdicts(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> dict[ArxivId, Verdict]:
        bodies: list[str] = []
        for piece in chunks(ids):
            of_these = and_(verdicts.c.paper.in_(piece), verdicts.c.lens == lens)
            latest = select(func.max(verdicts.c.id)).where(of_these).group_by(verdicts.c.paper)
            wanted = select(verdicts.c.body).where(verdicts.c.id.in_(latest))
            bodies += (await connection.execute(wanted)).scalars().all()
        return {verdict.paper: verdict for verdict in await loads_many(bodies, Verdict)}

    @whole
    async def finish_judging(self, job: Job, verdict: Verdict, new_jobs: Sequence[NewJob]) -> None:
        """One commit: the verdict, further jobs (edits of posts, say), and the end of the judging job."""
        async with self._database.write() as connection:
            await self._end(connection, job, JobState.DONE)
            await connection.execute(verdicts.insert().values(**_row(verdict)))
            paper = (await self._papers(connection, [str(verdict.paper)])).get(verdict.paper)
            if paper is not None:
                await self._index(connection, paper, verdict)
            await self._add_jobs(connection, new_jobs)

    async def export(self) -> AsyncIterator[JudgedPaper]:
        """Every latest verdict with its paper, in the order of being judged."""
        after = 0
        while rows := await self._exported(after):
            judged = await loads_many([row.body for row in rows], Verdict)
            for row, verdict in zip(rows, judged, strict=True):
                yield JudgedPaper(paper_of(row), verdict)
            after = rows[-1].verdict_id

    @whole
    async def _exported(self, after: int) -> Sequence[Row[Any]]:
        newer = verdicts.alias("newer")
        same = and_(newer.c.paper == verdicts.c.paper, newer.c.lens == verdicts.c.lens)
        page = (
            select(verdicts.c.id.label("verdict_id"), verdicts.c.body, papers)
            .join(papers, papers.c.id == verdicts.c.paper)
            .where(verdicts.c.id > after, ~exists().where(same, newer.c.id > verdicts.c.id))
            .order_by(verdicts.c.id)
            .limit(PAGE)
        )
        async with self._database.read() as connection:
            return (await connection.execute(page)).all()


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "paper": str(verdict.paper),
        "lens": verdict.provenance.lens,
        "paper_hash": verdict.paper_hash,
        "analyst": verdict.provenance.analyst,
        "score": verdict.score,
        "touch": verdict.touch,
        "body": dumps(verdict),
    }
