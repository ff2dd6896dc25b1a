"""Editions: what an open one waits for, and the one commit in which it closes."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, and_, case, exists, func, select

from bot.core.errors import StoreError
from bot.core.follows.edition import (
    Announced,
    ClosedEdition,
    Disposition,
    EditionFacts,
    EditionKey,
    EditionOutlook,
    EditionPlan,
    PlannedPost,
)
from bot.core.follows.follow import Follow, Mode
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_reason import BUDGET_REASONS, NOT_NOTED, NotedReason, WaitReason
from bot.core.papers.paper import AnnounceType, ArxivId, Paper
from bot.core.posts.post import Form, Place, PostKey, PostKind
from bot.core.verdicts.verdict import Verdict
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.codec import dumps, loads
from bot.store.database.repository import chunks, moment, noted_of, noted_row, prepared
from bot.store.database.tables import announcements, editions, endpoints, fates, follows, jobs, plans, verdicts
from bot.store.follows.follows import FollowRepository
from bot.store.follows.standing import standing
from bot.store.papers.feeds import ANNOUNCING

OPENINGS = (PostKind.OPENING, PostKind.DIGEST, PostKind.LATE)
WITH_MENU = (PostKind.OPENING, PostKind.DIGEST, PostKind.LIST)

STILL_JUDGED = NotedReason(WaitReason.JUDGING, "still being judged")


class EditionRepository(FollowRepository):
    """The part of the store that closes a follow's day."""

    async def edition_outlook(self, key: EditionKey) -> EditionOutlook | None:
        """What an open edition waits for; None when its follow is gone."""
        async with self._database.read() as connection:
            follow = await self._follow(connection, key.follow)
            if follow is None:
                return None
            ids = list(await self._types(connection, key, follow))
            waiting = await self._is_judging(connection, ids, follow.lens)
            waiting -= await self._unusable(connection, ids, follow.lens)
            next_at = await self._next_judging(connection, list(waiting), follow.lens)
            return EditionOutlook(
                follow, len(waiting), next_at, await self._have_failed(connection, list(waiting), follow.lens)
            )

    async def _unusable(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> set[str]:
        """Those that failed their rounds at a model that has answered: by its last call, or for others of these."""
        failed: set[str] = set()
        answers = (
            await connection.execute(select(endpoints.c.key).where(endpoints.c.failures == 0))
        ).first() is not None
        for piece in chunks(ids):
            wanted = and_(jobs.c.paper.in_(piece), jobs.c.lens == lens, jobs.c.state == JobState.OPEN)
            unusable = and_(jobs.c.queue == Queue.JUDGE, jobs.c.why == WaitReason.MODEL_UNUSABLE)
            failed |= set((await connection.execute(select(jobs.c.paper).where(wanted, unusable))).scalars())
            judged = select(verdicts.c.paper).where(verdicts.c.paper.in_(piece), verdicts.c.lens == lens).limit(1)
            answers = answers or (await connection.execute(judged)).first() is not None
        return failed if answers else set()

    async def _have_failed(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> bool:
        """Whether an endpoint of the model may be called, so that what waits, and not for the budget, has failed."""
        may = and_(endpoints.c.closed_until <= self._database.now(), ~endpoints.c.stopped)
        if (await connection.execute(select(endpoints.c.key).where(may).limit(1))).first() is None:
            return False
        poor = and_(jobs.c.queue == Queue.JUDGE, jobs.c.why.in_(BUDGET_REASONS))
        for piece in chunks(ids):
            waiting = and_(jobs.c.paper.in_(piece), jobs.c.lens == lens, jobs.c.state == JobState.OPEN, poor)
            if (await connection.execute(select(jobs.c.id).where(waiting).limit(1))).first() is not None:
                return False
        return True

    async def _next_judging(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> datetime | None:
        """When the first of these may be judged; None when one is under way or due."""
        due: list[float] = []
        now = await self._moment(connection)
        for piece in chunks(ids):
            soonest = select(func.min(case((jobs.c.leased, 0.0), else_=jobs.c.due))).where(
                jobs.c.paper.in_(piece), jobs.c.lens == lens, jobs.c.state == "open", jobs.c.queue == Queue.JUDGE
            )
            due += [found for found in (await connection.execute(soonest)).scalars() if found is not None]
        return moment(min(due)) if due and min(due) > now else None

    async def is_day_open(self, lens: str, day: date) -> bool:
        """Whether an edition of that day through that lens has not closed yet."""
        async with self._database.read() as connection:
            keys = (await connection.execute(*self._open_keys(f"%/{day.isoformat()}/%"))).scalars().all()
            names = {EditionKey.parse(key).follow for key in keys}
            bodies = (await connection.execute(*self._follow_bodies(sorted(names)))).scalars().all()
        return any(loads(body, Follow).lens == lens for body in bodies)

    @prepared
    def _open_keys(self, form: str) -> Select[tuple[str]]:
        return select(jobs.c.key).where(
            jobs.c.queue == Queue.EDITION, jobs.c.state == JobState.OPEN, jobs.c.key.like(form)
        )

    @prepared
    def _follow_bodies(self, names: Sequence[str]) -> Select[tuple[str]]:
        return select(follows.c.body).where(follows.c.name.in_(names))

    async def _follow(self, connection: AsyncConnection, name: str) -> Follow | None:
        body = (await connection.execute(*self._follow_bodies([name]))).scalar()
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

    async def edition_facts(self, key: EditionKey, now: datetime) -> EditionFacts | None:
        """What an edition would be planned from if it closed now; None when its follow is gone."""
        async with self._database.read() as connection:
            follow = await self._follow(connection, key.follow)
            return await self._facts(connection, key, follow, now) if follow else None

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

    async def post_early(
        self, job: Job, key: EditionKey, now: datetime, choose: Callable[[EditionFacts], Sequence[PlannedPost]]
    ) -> Sequence[ArxivId]:
        """One commit, serial by place: facts, and delivery jobs of what goes out before the day closes; its papers."""
        async with self._database.write() as connection:
            follow = await self._follow(connection, key.follow)
            if follow is None:
                raise StoreError(f"The follow {key.follow!r} is gone.")
            await self._database.lock(connection, str(follow.place))
            await self._change(connection, job, {"leased": True})
            posts = choose(await self._facts(connection, key, follow, now))
            papers = [paper for post in posts for paper in post.papers]
            await self._show(connection, follow.place, list(map(str, papers)), follow.lens, key.day)
            await self._plan_posts(connection, key, follow, posts, _local_day(now, follow))
        return papers

    async def _facts(self, connection: AsyncConnection, key: EditionKey, follow: Follow, now: datetime) -> EditionFacts:
        types = await self._types(connection, key, follow)
        known = await self._papers(connection, list(types))
        verdicts = await self._verdicts(connection, list(types), follow.lens)
        announced = tuple(_announced(known[id], types[str(id)], verdicts.get(id)) for id in sorted(known))
        today = select(plans).where(plans.c.place == str(follow.place), plans.c.local_day == _local_day(now, follow))
        every = (await connection.execute(today.order_by(plans.c.position))).all()
        sent = [row for row in every if row.thread is None]
        planned = and_(plans.c.edition == str(key), plans.c.place == str(follow.place))  # a follow may have moved since
        cards = select(plans.c.papers).where(planned, plans.c.kind == PostKind.CARD)
        early = {ArxivId(paper) for row in await connection.scalars(cards) for paper in json.loads(row)}
        openings = [PostKey.parse(row.key) for row in sent if PostKind(row.kind) in OPENINGS]
        later = exists().where(
            announcements.c.category.in_(follow.categories), announcements.c.day > key.day.isoformat()
        )
        return EditionFacts(
            key=key,
            follow=follow,
            announced=announced,
            posted_today=len(sent) + await self._public_acts(connection, str(follow.place), _local_day(now, follow)),
            followed_today=sum(row.follow == follow.name for row in sent),
            threads_today=len(every) - len(sent),
            followed_threads_today=sum(row.follow == follow.name for row in every if row.thread is not None),
            opening=openings[-1] if openings else None,
            latest=not (await connection.execute(select(later))).scalar_one(),
            early=frozenset(early & set(known)),
            carded=await self._carded(connection, follow, list(known)) if follow.mode is Mode.EVERY else frozenset(),
        )

    async def _carded(
        self, connection: AsyncConnection, follow: Follow, papers: Sequence[ArxivId]
    ) -> frozenset[ArxivId]:
        """Those of which a card through the follow's lens is planned for its place."""
        keys = {str(PostKey(follow.place, PostKind.CARD, str(paper), follow.lens)): paper for paper in papers}
        found: set[ArxivId] = set()
        for piece in chunks(list(keys)):
            planned = await connection.scalars(select(plans.c.key).where(plans.c.key.in_(piece)))
            found |= {keys[key] for key in planned}
        return frozenset(found)

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
        unread = [str(paper) for paper, fate in plan.fates.items() if fate is Disposition.UNREAD]
        why = await self._why_unread(connection, unread, follow.lens)
        named = [
            {"edition": str(key), "paper": str(paper), "fate": fate} | noted_row(why.get(str(paper), NOT_NOTED))
            for paper, fate in plan.fates.items()
        ]
        await self._add(connection, fates, named)
        seen = [str(paper) for paper, fate in plan.fates.items() if fate in (Disposition.POSTED, Disposition.LISTED)]
        if plan.posts:
            await self._show(connection, follow.place, seen, follow.lens, key.day)
        await self._plan_posts(connection, key, follow, plan.posts, local_day)

    async def _plan_posts(
        self, connection: AsyncConnection, key: EditionKey, follow: Follow, posts: Sequence[PlannedPost], local_day: str
    ) -> None:
        """Posts as rows with their delivery jobs, in their order after all that were planned before."""
        first = (await connection.execute(select(func.coalesce(func.max(plans.c.position), 0)))).scalar_one() + 1
        rows = [plan_row(post, key, follow.name, local_day, first + at) for at, post in enumerate(posts)]
        await self._add(connection, plans, rows)
        await self._add_jobs(connection, [delivery(post, key) for post in posts])

    async def _why_unread(self, connection: AsyncConnection, ids: Sequence[str], lens: str) -> dict[str, NotedReason]:
        """What each paper's judging waits for, as its job has it."""
        found: dict[str, NotedReason] = {}
        for piece in chunks(ids):
            waiting = select(jobs.c.paper, jobs.c.why, jobs.c.reason, jobs.c.id).where(
                jobs.c.paper.in_(piece), jobs.c.lens == lens, jobs.c.queue == Queue.JUDGE
            )
            rows = (await connection.execute(waiting.order_by(jobs.c.id))).all()
            found |= {row.paper: noted_of(row) if row.reason else STILL_JUDGED for row in rows}
        return found

    async def edition(self, key: EditionKey) -> ClosedEdition | None:
        """A closed edition with its figures; None while it is open or unknown."""
        async with self._database.read() as connection:
            found = (await connection.execute(select(editions).where(editions.c.key == str(key)))).all()
            return (await self._closed(connection, found))[0] if found else None

    async def edition_follow(self, key: EditionKey) -> Follow | None:
        """The follow of a closed edition as it was then, of an open one as it is; None where that is gone."""
        async with self._database.read() as connection:
            body = (await connection.execute(*self._edition_body(str(key)))).scalar()
            return loads(body, Follow) if body else await self._follow(connection, key.follow)

    @prepared
    def _edition_body(self, key: str) -> Select[tuple[str]]:
        return select(editions.c.body).where(editions.c.key == key)

    async def papers_of(self, key: EditionKey) -> Sequence[ArxivId]:
        """The papers of a closed edition that were to be posted or listed."""
        told = (Disposition.POSTED, Disposition.LISTED)
        wanted = select(fates.c.paper).where(fates.c.edition == str(key), fates.c.fate.in_(told))
        async with self._database.read() as connection:
            return [ArxivId(paper) for paper in await connection.scalars(wanted)]

    async def unread(self, key: EditionKey) -> Mapping[ArxivId, NotedReason]:
        """The papers of a closed edition that nobody has read, with the reason that was noted."""
        wanted = select(fates.c.paper, fates.c.why, fates.c.reason).where(
            fates.c.edition == str(key), fates.c.fate == Disposition.UNREAD
        )
        async with self._database.read() as connection:
            return {ArxivId(row.paper): noted_of(row) for row in (await connection.execute(wanted)).all()}

    async def editions(self, limit: int = 20, of: Collection[str] | None = None) -> Sequence[ClosedEdition]:
        """The latest closed editions, newest first; of those follows only where they are named."""
        newest = select(editions).order_by(editions.c.closed.desc(), editions.c.key).limit(limit)
        if of is not None:
            newest = newest.where(editions.c.follow.in_(of))
        async with self._database.read() as connection:
            return await self._closed(connection, (await connection.execute(newest)).all())

    async def first_edition(self, follow: str) -> EditionKey | None:
        """The edition of that follow that closed first."""
        first = select(editions.c.key).where(editions.c.follow == follow).order_by(editions.c.closed, editions.c.key)
        async with self._database.read() as connection:
            key = (await connection.execute(first.limit(1))).scalar()
        return EditionKey.parse(key) if key else None

    async def menu_of(self, place: Place, digest: str) -> PlannedPost | None:
        """The post of a day with a menu, of that place and key's digest, as it was planned; None where it is none."""
        columns = (plans.c.key, plans.c.papers, plans.c.opened)
        here = select(*columns).where(plans.c.place == str(place), plans.c.kind.in_(WITH_MENU))
        async with self._database.read() as connection:
            rows = (await connection.execute(here.order_by(plans.c.position.desc()))).all()
        found = next((row for row in rows if PostKey.parse(row.key).digest == digest), None)
        if found is None:
            return None
        papers = tuple(ArxivId(paper) for paper in json.loads(found.papers or "[]"))
        return PlannedPost(PostKey.parse(found.key), papers, opened=found.opened or 0)

    async def _closed(self, connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[ClosedEdition]:
        keys = [row.key for row in rows]
        counted = (
            select(fates.c.edition, fates.c.fate, func.count())
            .where(fates.c.edition.in_(keys))
            .group_by(fates.c.edition, fates.c.fate)
        )
        figures: dict[str, dict[Disposition, int]] = {}
        for edition, fate, count in (await connection.execute(counted)).all():
            figures.setdefault(edition, {})[Disposition(fate)] = count
        unread: dict[str, dict[NotedReason, int]] = {}
        explained = (
            select(fates.c.edition, fates.c.why, fates.c.reason, func.count().label("papers"))
            .where(fates.c.edition.in_(keys), fates.c.fate == Disposition.UNREAD)
            .group_by(fates.c.edition, fates.c.why, fates.c.reason)
        )
        for row in (await connection.execute(explained)).all():
            unread.setdefault(row.edition, {})[noted_of(row)] = row.papers
        stands = await standing(connection, keys)
        return [
            ClosedEdition(
                EditionKey.parse(row.key),
                loads(row.body, Follow),
                moment(row.closed),
                figures.get(row.key, {}),
                unread.get(row.key, {}),
                stands[row.key],
            )
            for row in rows
        ]


def _announced(paper: Paper, kinds: Sequence[tuple[AnnounceType, str]], verdict: Verdict | None) -> Announced:
    return Announced(paper, kinds[0][0], tuple(category for _, category in kinds), verdict)


def _local_day(now: datetime, follow: Follow) -> str:
    return now.astimezone(ZoneInfo(follow.zone)).date().isoformat()


def plan_row(post: PlannedPost, key: EditionKey, follow: str, local_day: str, position: int) -> dict[str, object]:
    """A post of an edition as a row; posts go out in the order of their positions."""
    return {
        "key": str(post.key),
        "place": str(post.key.place),
        "kind": post.key.kind,
        "edition": str(key),
        "follow": follow,
        "thread": str(post.thread) if post.thread else None,
        "papers": json.dumps([str(paper) for paper in post.papers]),
        "opened": post.opened,
        "local_day": local_day,
        "position": position,
    }


def delivery(post: PlannedPost, key: EditionKey, form: Form = Form.RICH) -> NewJob:
    """The job that sends a post of an edition."""
    payload: dict[str, Any] = {"form": form} if form else {}
    payload |= {
        "edition": str(key),
        "papers": [str(paper) for paper in post.papers],
        "opened": post.opened,
        "thread": str(post.thread) if post.thread else None,
    }
    return NewJob(Queue.DELIVER, str(post.key), payload, lane=str(post.key.place))
