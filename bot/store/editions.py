"""Editions: what an open one waits for, and the one commit in which it closes."""

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.edition import (
    Announced,
    ClosedEdition,
    EditionFacts,
    EditionKey,
    EditionOutlook,
    EditionPlan,
    Fate,
    PlannedPost,
)
from bot.core.errors import StoreError
from bot.core.follow import Follow
from bot.core.paper import AnnounceType, Paper
from bot.core.post import PostKey, PostKind
from bot.core.verdict import Verdict
from bot.core.work import Job, JobState, NewJob, Queue
from bot.store.codec import dumps, loads
from bot.store.feeds import ANNOUNCING
from bot.store.follows import FollowRows
from bot.store.rows import chunks, moment, whole
from bot.store.tables import announcements, editions, fates, follows, jobs, plans

OPENINGS = (PostKind.OPENING, PostKind.DIGEST, PostKind.LATE)


class EditionRows(FollowRows):
    """The part of the store that closes a follow's day."""

    @whole
    async def edition_outlook(self, key: EditionKey) -> EditionOutlook | None:
        """What an open edition waits for; None when its follow is gone."""
        async with self._database.read() as connection:
            follow = await self._follow(connection, key.follow)
            if follow is None:
                return None
            ids = list(await self._types(connection, key, follow))
            waiting = await self._is_judging(connection, ids, follow.lens)
            next_at = await self._next_judging(connection, list(waiting), follow.lens)
            return EditionOutlook(follow, len(waiting), next_at)

    async def _next_judging(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> datetime | None:
        """When the first of these may be judged; None when one is under way or due."""
        due: list[float] = []
        now = (await connection.execute(select(self._database.now()))).scalar_one()
        for piece in chunks(ids):
            soonest = select(func.min(case((jobs.c.leased, 0.0), else_=jobs.c.due))).where(
                jobs.c.paper.in_(piece), jobs.c.lens == lens, jobs.c.state == "open", jobs.c.queue == Queue.JUDGE
            )
            due += [found for found in (await connection.execute(soonest)).scalars() if found is not None]
        return moment(min(due)) if due and min(due) > now else None

    @whole
    async def is_day_open(self, lens: str, day: date) -> bool:
        """Whether an edition of that day through that lens has not closed yet."""
        of_the_day = jobs.c.key.like(f"%/{day.isoformat()}/%")
        open_ones = select(jobs.c.key).where(jobs.c.queue == Queue.EDITION, jobs.c.state == JobState.OPEN, of_the_day)
        async with self._database.read() as connection:
            keys = (await connection.execute(open_ones)).scalars().all()
            names = {EditionKey.parse(key).follow for key in keys}
            bodies = (await connection.execute(select(follows.c.body).where(follows.c.name.in_(names)))).scalars().all()
        return any(loads(body, Follow).lens == lens for body in bodies)

    async def _follow(self, connection: AsyncConnection, name: str) -> Follow | None:
        body = (await connection.execute(select(follows.c.body).where(follows.c.name == name))).scalar()
        return loads(body, Follow) if body else None

    async def _types(
        self, connection: AsyncConnection, key: EditionKey, follow: Follow
    ) -> dict[str, list[tuple[AnnounceType, str]]]:
        """(type, category) of each paper of the edition, the strongest first; papers of closed parts are left out."""
        earlier = select(editions.c.key).where(editions.c.follow == key.follow, editions.c.day == key.day.isoformat())
        held = exists().where(fates.c.edition.in_(earlier), fates.c.paper == announcements.c.paper)
        wanted = select(announcements.c.paper, announcements.c.type, announcements.c.category).where(
            announcements.c.category.in_(follow.categories), announcements.c.day == key.day.isoformat(), ~held
        )
        types: dict[str, list[tuple[AnnounceType, str]]] = {}
        for paper, kind, category in (await connection.execute(wanted.order_by(announcements.c.paper))).all():
            types.setdefault(paper, []).append((AnnounceType(kind), category))
        return {paper: sorted(kinds, key=lambda kind: (kind[0].strength, kind[1])) for paper, kinds in types.items()}

    @whole
    async def close_edition(
        self, job: Job, key: EditionKey, now: datetime, plan: Callable[[EditionFacts], EditionPlan]
    ) -> EditionPlan:
        """One commit, serial by place: facts, plan, fates, delivery jobs (lane: the place), the end of the job."""
        async with self._database.write() as connection:
            await self._database.lock(connection, ANNOUNCING, shared=True)  # no paper arrives between facts and fates
            follow = await self._follow(connection, key.follow)
            if follow is None:
                raise StoreError(f"The follow {key.follow!r} is gone.")
            await self._database.lock(connection, str(follow.place))
            await self._end(connection, job, JobState.DONE)
            facts = await self._facts(connection, key, follow, now)
            planned = await asyncio.to_thread(plan, facts)
            await self._write_plan(connection, key, follow, planned, _local_day(now, follow))
        return planned

    async def _facts(self, connection: AsyncConnection, key: EditionKey, follow: Follow, now: datetime) -> EditionFacts:
        types = await self._types(connection, key, follow)
        known = await self._papers(connection, list(types))
        verdicts = await self._verdicts(connection, list(types), follow.lens)
        announced = tuple(_announced(known[id], types[str(id)], verdicts.get(id)) for id in sorted(known))
        today = select(plans).where(plans.c.place == str(follow.place), plans.c.local_day == _local_day(now, follow))
        sent = (await connection.execute(today.where(plans.c.thread.is_(None)).order_by(plans.c.position))).all()
        openings = [PostKey.parse(row.key) for row in sent if PostKind(row.kind) in OPENINGS]
        later = exists().where(
            announcements.c.category.in_(follow.categories), announcements.c.day > key.day.isoformat()
        )
        return EditionFacts(
            key=key,
            follow=follow,
            announced=announced,
            posted_today=len(sent),
            followed_today=sum(row.follow == follow.name for row in sent),
            opening=openings[-1] if openings else None,
            latest=not (await connection.execute(select(later))).scalar_one(),
        )

    async def _write_plan(
        self, connection: AsyncConnection, key: EditionKey, follow: Follow, plan: EditionPlan, local_day: str
    ) -> None:
        await connection.execute(
            editions.insert().values(
                key=str(key),
                follow=key.follow,
                day=key.day.isoformat(),
                part=key.part,
                closed=self._database.now(),
                body=dumps(follow),
            )
        )
        unread = [str(paper) for paper, fate in plan.fates.items() if fate is Fate.UNREAD]
        why = await self._why_unread(connection, unread, follow.lens)
        named = [
            {"edition": str(key), "paper": str(paper), "fate": fate, "reason": why.get(str(paper), "")}
            for paper, fate in plan.fates.items()
        ]
        await self._add(connection, fates, named)
        seen = [str(paper) for paper, fate in plan.fates.items() if fate in (Fate.POSTED, Fate.LISTED)]
        if plan.posts:
            await self._show(connection, follow.place, seen, follow.lens, key.day)
        first = (await connection.execute(select(func.coalesce(func.max(plans.c.position), 0)))).scalar_one() + 1
        rows = [_plan_row(post, key, follow, local_day, first + at) for at, post in enumerate(plan.posts)]
        await self._add(connection, plans, rows)
        await self._add_jobs(connection, [_delivery(post, key) for post in plan.posts])

    async def _why_unread(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> dict[str, str]:
        """What each paper's judging waits for, in the words of its job."""
        found: dict[str, str] = {}
        for piece in chunks(ids):
            waiting = select(jobs.c.paper, jobs.c.reason, jobs.c.id).where(
                jobs.c.paper.in_(piece), jobs.c.lens == lens, jobs.c.queue == Queue.JUDGE
            )
            rows = (await connection.execute(waiting.order_by(jobs.c.id))).all()
            found |= {row.paper: row.reason or "still being judged" for row in rows}
        return found

    @whole
    async def edition(self, key: EditionKey) -> ClosedEdition | None:
        """A closed edition with its figures; None while it is open or unknown."""
        async with self._database.read() as connection:
            found = (await connection.execute(select(editions).where(editions.c.key == str(key)))).all()
            return (await self._closed(connection, found))[0] if found else None

    @whole
    async def editions(self, limit: int = 20, of: Collection[str] | None = None) -> Sequence[ClosedEdition]:
        """The latest closed editions, newest first; of those follows only where they are named."""
        newest = select(editions).order_by(editions.c.closed.desc(), editions.c.key).limit(limit)
        if of is not None:
            newest = newest.where(editions.c.follow.in_(of))
        async with self._database.read() as connection:
            return await self._closed(connection, (await connection.execute(newest)).all())

    async def _closed(self, connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[ClosedEdition]:
        keys = [row.key for row in rows]
        counted = (
            select(fates.c.edition, fates.c.fate, func.count())
            .where(fates.c.edition.in_(keys))
            .group_by(fates.c.edition, fates.c.fate)
        )
        figures: dict[str, dict[Fate, int]] = {}
        for edition, fate, count in (await connection.execute(counted)).all():
            figures.setdefault(edition, {})[Fate(fate)] = count
        unread: dict[str, dict[str, int]] = {}
        explained = (
            select(fates.c.edition, fates.c.reason, func.count())
            .where(fates.c.edition.in_(keys), fates.c.fate == Fate.UNREAD)
            .group_by(fates.c.edition, fates.c.reason)
        )
        for edition, reason, count in (await connection.execute(explained)).all():
            unread.setdefault(edition, {})[reason] = count
        return [_closed_edition(row, figures.get(row.key, {}), unread.get(row.key, {})) for row in rows]


def _closed_edition(row: Row[Any], figures: dict[Fate, int], unread: dict[str, int]) -> ClosedEdition:
    return ClosedEdition(EditionKey.parse(row.key), loads(row.body, Follow), moment(row.closed), figures, unread)


def _announced(paper: Paper, kinds: Sequence[tuple[AnnounceType, str]], verdict: Verdict | None) -> Announced:
    return Announced(paper, kinds[0][0], tuple(category for _, category in kinds), verdict)


def _local_day(now: datetime, follow: Follow) -> str:
    return now.astimezone(ZoneInfo(follow.zone)).date().isoformat()


def _plan_row(post: PlannedPost, key: EditionKey, follow: Follow, local_day: str, position: int) -> dict[str, object]:
    return {
        "key": str(post.key),
        "place": str(post.key.place),
        "kind": post.key.kind,
        "edition": str(key),
        "follow": follow.name,
        "thread": str(post.thread) if post.thread else None,
        "papers": json.dumps([str(paper) for paper in post.papers]),
        "opened": post.opened,
        "local_day": local_day,
        "position": position,
    }


def _delivery(post: PlannedPost, key: EditionKey) -> NewJob:
    payload = {
        "edition": str(key),
        "papers": [str(paper) for paper in post.papers],
        "opened": post.opened,
        "thread": str(post.thread) if post.thread else None,
    }
    return NewJob(Queue.DELIVER, str(post.key), payload, lane=str(post.key.place))
