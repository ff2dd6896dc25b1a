"""What grows is deleted in time, a small piece at once: posts and what is needed for them, then papers without posts.

A paper stays as long as a post of it is known, so that its buttons work and it can be edited. A day goes only after its
announcements: nothing can plan it, and post it, a second time.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, column, delete, exists, or_, select, table, tuple_

from bot.core.follows.edition import EditionKey
from bot.core.jobs.job import JobState, Queue
from bot.core.verdicts.verdict import Verdict
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.codec import loads
from bot.store.database.repository import Repository, moment
from bot.store.database.tables import (
    announcements,
    calls,
    editions,
    fates,
    jobs,
    papers,
    plans,
    post_papers,
    posts,
    requests,
    showings,
    subjects,
    talks,
    texts,
    turns,
    verdicts,
    votes,
)

ROWS_A_LOOK = 200
INDEX = table("verdict_search", column("rowid"), column("subject"))


class RetentionRepository(Repository):
    """The part of the store that lets go of what is old."""

    async def forget_old(self, posted: timedelta, unposted: timedelta) -> int:
        """Delete a piece of what is older than that, posts and the rest; how many rows, 0 when nothing is left."""
        async with self._database.read() as connection:
            now = await self._moment(connection)
        of_posts, of_others = now - posted.total_seconds(), now - unposted.total_seconds()
        gone = await self._forget_posts(of_posts)
        gone += await self._forget_piece(showings, showings.c.shown < of_posts)
        day = min(_day(of_posts), await self._oldest_open_day())
        gone += await self._forget_piece(announcements, announcements.c.day < day)
        gone += await self._forget_editions(of_posts)
        gone += await self._forget_piece(calls, calls.c.made < of_others)
        gone += await self._forget_superseded(of_others)
        return gone + await self._forget_papers(of_others)

    async def _oldest_open_day(self) -> str:
        """The oldest day that still waits to be posted; what it is made of stays."""
        waiting = select(jobs.c.key).where(jobs.c.queue == Queue.EDITION, jobs.c.state == JobState.OPEN)
        async with self._database.read() as connection:
            keys = (await connection.execute(waiting)).scalars().all()
        return min((EditionKey.parse(key).day.isoformat() for key in keys), default="9999")

    async def _first(self, wanted: Any) -> list[Any]:
        async with self._database.read() as connection:
            return list((await connection.execute(wanted.limit(ROWS_A_LOOK))).all())

    async def _forget_piece(self, of: Any, which: ColumnElement[bool]) -> int:
        """Rows by their primary keys: a short transaction, and none where nothing is old."""
        keys = list(of.primary_key)
        found = await self._first(select(*keys).where(which))
        if not found:
            return 0
        async with self._database.write() as connection:
            return await _delete(connection, of, tuple_(*keys).in_([tuple(row) for row in found]))

    async def _forget_posts(self, past: float) -> int:
        keys = [row.key for row in await self._first(select(posts.c.key).where(posts.c.sent < past))]
        is_open = exists().where(jobs.c.key == plans.c.key, jobs.c.state == JobState.OPEN)
        is_out = exists().where(posts.c.key == plans.c.key)
        unsent = select(plans.c.key).where(plans.c.local_day < _day(past), ~is_open, ~is_out)
        keys += [row.key for row in await self._first(unsent)]
        if not keys:
            return 0
        async with self._database.write() as connection:
            return sum(
                [await _delete(connection, table, table.c.key.in_(keys)) for table in (posts, post_papers, plans)]
            )

    async def _forget_editions(self, past: float) -> int:
        announced = exists().where(announcements.c.day <= editions.c.day, announcements.c.day < _day(past))
        old = select(editions.c.key).where(editions.c.day < _day(past), editions.c.closed < past, ~announced)
        keys = [row.key for row in await self._first(old)]
        if not keys:
            return 0
        async with self._database.write() as connection:
            gone = await _delete(connection, fates, fates.c.edition.in_(keys))
            return gone + await _delete(connection, editions, editions.c.key.in_(keys))

    async def _forget_superseded(self, past: float) -> int:
        """Verdicts that a later one of the same paper and lens has followed."""
        later = verdicts.alias()
        newer = and_(later.c.paper == verdicts.c.paper, later.c.lens == verdicts.c.lens, later.c.id > verdicts.c.id)
        found = await self._first(select(verdicts.c.id, verdicts.c.body).where(exists().where(newer)).order_by("id"))
        old = [row.id for row in found if loads(row.body, Verdict).provenance.judged_at < moment(past)]
        if not old:
            return 0
        async with self._database.write() as connection:
            return await _delete(connection, verdicts, verdicts.c.id.in_(old))

    async def _forget_papers(self, past: float) -> int:
        """Papers that stand in no post and that nobody asks about, with all that was thought of them."""
        day = min(_day(past), await self._oldest_open_day())
        ids = [row.id for row in await self._first(select(papers.c.id).where(*_is_done_with(past, day)))]
        if not ids:
            return 0
        async with self._database.write() as connection:
            still = select(papers.c.id).where(papers.c.id.in_(ids), *_is_done_with(past, day))
            ids = list((await connection.execute(still)).scalars())
            seen = select(subjects.c.id).where(subjects.c.paper.in_(ids))
            key = INDEX.c.rowid if self._database.is_sqlite else INDEX.c.subject
            await connection.execute(delete(INDEX).where(key.in_(seen)))
            gone = 0
            for table in (subjects, verdicts, texts, votes, announcements):
                gone += await _delete(connection, table, table.c.paper.in_(ids))
            return gone + await _delete(connection, papers, papers.c.id.in_(ids))


def _is_done_with(past: float, day: str) -> list[ColumnElement[bool]]:
    """What is so of a paper that nothing needs any more."""
    waits = exists().where(jobs.c.paper == papers.c.id, jobs.c.state == JobState.OPEN)
    needed = [  # each is read once, whatever is indexed
        select(subjects.c.paper).where(subjects.c.id.in_(select(showings.c.subject))),
        select(announcements.c.paper).where(announcements.c.day >= day),
        *(select(table.c.paper) for table in (post_papers, requests, talks, turns)),
    ]
    old = or_(papers.c.looked.is_(None), papers.c.looked < past)
    return [old, ~waits, *(papers.c.id.not_in(kept) for kept in needed)]


def _day(seconds: float) -> str:
    return moment(seconds).date().isoformat()


async def _delete(connection: AsyncConnection, of: Any, which: ColumnElement[bool]) -> int:
    return int((await connection.execute(delete(of).where(which))).rowcount)
