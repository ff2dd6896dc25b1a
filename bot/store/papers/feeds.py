"""Feeds, papers and announcements: what a poll leaves behind, in one commit."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, true, update

from bot.core.follows.edition import EditionKey
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.feed import FeedState
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.codec import dumps, loads
from bot.store.database.repository import chunks, moment, prepared, storable, unshielded
from bot.store.database.tables import announcements, editions, fates, feeds, jobs, papers, post_papers, verdicts
from bot.store.jobs.intake import IntakeRepository

ANNOUNCING = "announcing"
FEED = "feed"


class FeedRepository(IntakeRepository):
    """The part of the store that polls write."""

    async def feed_state(self, category: str) -> FeedState:
        """The category's polling row; a fresh one when it was never polled."""
        async with self._database.read() as connection:
            body = (await connection.execute(*self._feed_body(category))).scalar()
        return loads(body, FeedState) if body else FeedState(category)

    @prepared
    def _feed_body(self, category: str) -> Select[tuple[str]]:
        return select(feeds.c.body).where(feeds.c.category == category)

    async def feed_states(self) -> Sequence[FeedState]:
        """All polling rows, by category."""
        async with self._database.read() as connection:
            bodies = (await connection.execute(select(feeds.c.body).order_by(feeds.c.category))).scalars().all()
        return [loads(body, FeedState) for body in bodies]

    async def seen_earlier(self, category: str, batch: Batch) -> int:
        """How many (id, version) of the batch this category announced under an earlier date than the batch's."""
        versions = {str(entry.paper.id): entry.paper.version for entry in batch.entries}
        seen: set[str] = set()
        async with self._database.read() as connection:
            for ids in chunks(list(versions)):
                earlier = select(announcements.c.paper, announcements.c.version).where(
                    announcements.c.category == category,
                    announcements.c.paper.in_(ids),
                    announcements.c.day < batch.day.isoformat(),
                )
                rows = (await connection.execute(earlier)).all()
                seen |= {paper for paper, version in rows if versions[paper] == version}
        return len(seen)

    async def announced_day(self, category: str, day: date) -> Mapping[AnnounceType, int]:
        """How many papers of each type are stored for that day; empty when none."""
        counted = (
            select(announcements.c.type, func.count())
            .where(announcements.c.category == category, announcements.c.day == day.isoformat())
            .group_by(announcements.c.type)
        )
        async with self._database.read() as connection:
            return {AnnounceType(kind): count for kind, count in (await connection.execute(counted)).all()}

    async def announcements(self) -> Sequence[tuple[str, date, ArxivId]]:
        """Category, day and paper of everything that was announced as new or cross-listed."""
        wanted = select(announcements.c.category, announcements.c.day, announcements.c.paper).where(
            announcements.c.type.in_((AnnounceType.NEW, AnnounceType.CROSS))
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted.order_by(announcements.c.paper))).all()
        return [(row.category, date.fromisoformat(row.day), ArxivId(row.paper)) for row in rows]

    async def record_poll(
        self, state: FeedState, batch: Batch | None, new_jobs: Sequence[NewJob], follows: Sequence[str]
    ) -> int:
        """One commit: papers, announcements, jobs, the polling row, and an edition job a follow if papers are new.

        Answers how many papers had not been announced by this category on that day before.
        """
        async with self._database.write() as connection:
            fresh: set[str] = set()
            if batch is not None and batch.entries:
                await self._database.lock(connection, ANNOUNCING)
                fresh = await self._announce(connection, batch)
                await self._add_jobs(connection, new_jobs)
                if fresh:
                    await self._open_editions(connection, batch, follows, fresh)
            await self._put(connection, feeds, {"category": state.category, "body": dumps(state)})
        return len(fresh)

    async def _announce(self, connection: AsyncConnection, batch: Batch) -> set[str]:
        """Store papers and announcements; the ids that are new on that day."""
        new = [entry.paper for entry in batch.entries]
        await self._put_papers(connection, new, tells_comments=batch.origin != FEED)
        rows = [_announcement_row(batch, entry) for entry in batch.entries]
        return set(await self._add_new(connection, announcements, rows, announcements.c.paper))

    async def _put_papers(
        self, connection: AsyncConnection, new: Sequence[Paper], *, tells_comments: bool = True
    ) -> None:
        """Metadata of a newer (or the same) version overwrites; an older one is left out.

        A source that tells no comments leaves the one that is known, until arXiv is asked about the new version.
        """
        if not new:
            return
        statement = self._insert(papers)
        given = statement.excluded
        changed = {column.name: given[column.name] for column in papers.c if column.name not in ("id", "looked")}
        if not tells_comments:
            changed["comment"] = func.coalesce(given.comment, papers.c.comment)
        changed["version"] = func.coalesce(given.version, papers.c.version)
        newer = or_(papers.c.version.is_(None), given.version.is_(None), given.version >= papers.c.version)
        upsert = statement.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer)
        await connection.execute(upsert, [_paper_row(paper) for paper in new])

    async def put_papers(self, new: Sequence[Paper]) -> None:
        """Remember what arXiv said of papers that it was asked about, and that it was asked now."""
        async with self._database.write() as connection:
            await self._database.lock(connection, ANNOUNCING)
            await self._put_papers(connection, new)
            for ids in chunks([str(paper.id) for paper in new]):
                asked = update(papers).where(papers.c.id.in_(ids)).values(looked=self._database.now())
                await connection.execute(asked)

    async def looks(self, ids: Collection[ArxivId]) -> Mapping[ArxivId, datetime]:
        """When arXiv was last asked about each of these; those that it was never asked about are missing."""
        found: dict[ArxivId, datetime] = {}
        async with self._database.read() as connection:
            for piece in chunks([str(arxiv_id) for arxiv_id in ids]):
                known = select(papers.c.id, papers.c.looked).where(papers.c.id.in_(piece), papers.c.looked.is_not(None))
                found |= {ArxivId(row.id): moment(row.looked) for row in (await connection.execute(known)).all()}
        return found

    async def standing(self, ids: Collection[ArxivId]) -> Collection[ArxivId]:
        """Which of these stand somewhere, have a verdict, or are about to be judged."""
        found: set[str] = set()
        async with self._database.read() as connection:
            for piece in chunks([str(arxiv_id) for arxiv_id in ids]):
                judging = and_(jobs.c.queue == Queue.JUDGE, jobs.c.state == JobState.OPEN)
                for column, which in (
                    (verdicts.c.paper, true()),
                    (post_papers.c.paper, true()),
                    (jobs.c.paper, judging),
                ):
                    wanted = select(column).where(column.in_(piece), which).distinct()
                    found |= set((await connection.execute(wanted)).scalars())
        return {ArxivId(text) for text in found}

    async def _open_editions(
        self, connection: AsyncConnection, batch: Batch, follows: Sequence[str], fresh: set[str]
    ) -> None:
        """An edition job for each follow; a further part when the last one has closed without some of the papers."""
        new: list[NewJob] = []
        for name in follows:
            part = await self._open_part(connection, name, batch.day, fresh)
            if part:
                payload = {"follow": name, "day": batch.day.isoformat(), "part": part}
                new.append(NewJob(Queue.EDITION, str(EditionKey(name, batch.day, part)), payload))
        await self._add_jobs(connection, new)

    async def _open_part(self, connection: AsyncConnection, follow: str, day: date, fresh: set[str]) -> int | None:
        """The part that takes the fresh papers: the open one, a further one, or None when closed parts hold them."""
        closed = select(editions.c.key, editions.c.part).where(
            editions.c.follow == follow, editions.c.day == day.isoformat()
        )
        parts = {row.key: row.part for row in (await connection.execute(closed)).all()}
        if not parts:
            return 1
        held = set((await connection.execute(select(fates.c.paper).where(fates.c.edition.in_(parts)))).scalars())
        return max(parts.values()) + 1 if fresh - held else None

    @unshielded
    async def paper(self, id: ArxivId) -> Paper | None:
        """The latest known metadata."""
        return (await self.papers([id])).get(id)

    async def papers(self, ids: Collection[ArxivId]) -> Mapping[ArxivId, Paper]:
        """The latest known metadata of many."""
        async with self._database.read() as connection:
            return await self._papers(connection, [str(id) for id in ids])

    async def _papers(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[ArxivId, Paper]:
        found: dict[ArxivId, Paper] = {}
        for piece in chunks(ids):
            rows = (await connection.execute(*self._paper_rows(piece))).all()
            found |= {ArxivId(row.id): paper_of(row) for row in rows}
        return found

    @prepared
    def _paper_rows(self, ids: Sequence[str]) -> Select[Any]:
        return select(papers).where(papers.c.id.in_(ids))

    async def _is_judging(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> set[str]:
        """Which of the papers have an open judging job for that lens."""
        waiting: set[str] = set()
        for piece in chunks(ids):
            wanted = select(jobs.c.paper).where(
                jobs.c.paper.in_(piece), jobs.c.lens == lens, jobs.c.state == "open", jobs.c.queue == Queue.JUDGE
            )
            waiting |= set((await connection.execute(wanted)).scalars())
        return waiting


def _announcement_row(batch: Batch, entry: Entry) -> dict[str, Any]:
    return {
        "category": batch.category,
        "day": batch.day.isoformat(),
        "paper": str(entry.paper.id),
        "version": entry.paper.version,
        "type": entry.type,
        "inferred": entry.inferred,
        "origin": batch.origin,
    }


def _paper_row(paper: Paper) -> dict[str, Any]:
    return {
        "id": str(paper.id),
        "version": paper.version,
        "title": storable(paper.title),
        "abstract": storable(paper.abstract),
        "authors": storable(paper.authors),
        "categories": json.dumps(paper.categories),
        "comment": None if paper.comment is None else storable(paper.comment),
        "licence": paper.licence,
    }


def paper_of(row: Row[Any]) -> Paper:
    """A row of `papers` as a Paper."""
    return Paper(
        id=ArxivId(row.id),
        version=row.version,
        title=row.title,
        abstract=row.abstract,
        authors=row.authors,
        categories=tuple(json.loads(row.categories)),
        comment=row.comment,
        licence=row.licence,
    )
