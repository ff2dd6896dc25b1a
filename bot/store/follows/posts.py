"""Posts: where what we said stands."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Delete, Row, Select, and_, delete, exists, func, or_, select, true, update

from bot.core.follows.edition import Disposition, EditionKey, PlannedPost
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Form, PostKey, PostKind, PostRef
from bot.ports.store import SentPost
from bot.store.database.repository import chunks, moment, prepared
from bot.store.database.tables import closures, fates, jobs, plans, post_papers, posts
from bot.store.follows.editions import EditionRepository, delivery, plan_row
from bot.store.jobs.job_rows import as_payload

NAMED = (Disposition.POSTED, Disposition.LISTED, Disposition.UNREAD)
FIRST_OF_A_DAY = (PostKind.OPENING, PostKind.DIGEST)


class PostRepository(EditionRepository):
    """The part of the store that deliveries write."""

    async def finish_delivery(self, job: Job, key: PostKey, ref: PostRef) -> bool:
        """One commit: the post stands at `ref`, its delivery job is done, and its place takes posts; whether that was
        closed before."""
        shown = [] if key.kind is PostKind.LATE else job.payload.get("papers", [])
        marked = [key.subject] if key.kind is PostKind.TALK else shown
        async with self._database.write() as connection:
            await self._end(connection, job, JobState.DONE)
            await connection.execute(*self._stands(str(key), str(key.place), ref.id, ref.thread))
            rows = [{"key": str(key), "paper": paper, "lens": key.lens} for paper in marked]
            await self._add(connection, post_papers, rows)
            if shown and not job.payload.get("edition"):  # what somebody shared: no edition has shown it
                await self._show(connection, key.place, shown, key.lens, None)
            mended = await connection.execute(*self._closure_gone(str(key.place)))
            return bool(mended.rowcount)

    @prepared
    def _stands(self, key: str, place: str, ref: str, thread: str | None) -> Any:
        post = {"key": key, "place": place, "ref": ref, "thread": thread, "sent": self._database.now()}
        return self._insert(posts).values(**post).on_conflict_do_nothing()

    async def let_out(self, job: Job, key: PostKey, thread: PostKey) -> None:
        """One commit, for a list whose thread's first post was refused: the first such list of a day takes that post's
        message in the channel, so that the place's limit holds; of any other the papers are reached by search."""
        ours = plans.c.key == str(key)
        async with self._database.write() as connection:
            await self._database.lock(connection, str(key.place))
            edition, of = [
                (await connection.execute(select(plans.c.edition).where(plans.c.key == str(post_key)))).scalar()
                for post_key in (key, thread)
            ]
            let_out = select(plans.c.key).where(plans.c.edition == of, plans.c.kind == PostKind.LIST)
            let_out = let_out.where(plans.c.thread.is_(None)).limit(1)
            if edition == of and (await connection.execute(let_out)).first() is None:
                await connection.execute(update(plans).where(ours).values(thread=None))
                payload = {name: value for name, value in job.payload.items() if name != "thread"}
                values = {"payload": as_payload(payload), "due": self._database.now(), "settled": job.attempt}
                await self._change(connection, job, values | {"leased": False, "reason": ""})
            else:
                await connection.execute(delete(plans).where(ours))
                await self._end(connection, job, JobState.DROPPED, "reached by search: the day's opening was refused")

    async def reform(
        self,
        job: Job,
        key: PostKey,
        payload: Mapping[str, Any],
        parts: Sequence[PlannedPost] = (),
        form: Form = Form.RICH,
        then: Sequence[NewJob] = (),
    ) -> None:
        """One commit: a post that was certainly refused goes on with another payload, due at once, and what it no
        longer shows goes out as `parts` of the same edition, in that form."""
        values = {"payload": as_payload(payload), "due": self._database.now(), "settled": job.attempt, "reason": ""}
        async with self._database.write() as connection:
            await self._change(connection, job, values | {"leased": False})
            planned = (await connection.execute(select(plans).where(plans.c.key == str(key)))).first()
            if planned is not None and "papers" in payload:
                shown = {"papers": json.dumps(payload["papers"]), "opened": payload.get("opened", 0)}
                await connection.execute(update(plans).where(plans.c.key == str(key)).values(**shown))
            if planned is not None and parts:
                edition = EditionKey.parse(planned.edition)
                last = (await connection.execute(select(func.max(plans.c.position)))).scalar_one()
                rows = [
                    plan_row(post, edition, planned.follow, planned.local_day, last + at)
                    for at, post in enumerate(parts, 1)
                ]
                await self._add(connection, plans, rows)
                await self._add_jobs(connection, [delivery(post, edition, form) for post in parts])
            await self._add_jobs(connection, then)

    @prepared
    def _closure_gone(self, place: str) -> Delete:
        return delete(closures).where(closures.c.place == place)

    async def sent(self, key: PostKey) -> SentPost | None:
        """Where the post of that key stands, if it does."""
        async with self._database.read() as connection:
            row = (await connection.execute(*self._sent_row(str(key)))).first()
        return post_of_row(row) if row else None

    @prepared
    def _sent_row(self, key: str) -> Select[Any]:
        return sent_rows().where(posts.c.key == key)

    async def listed_before(self, key: PostKey) -> ArxivId | None:
        """The last paper of the list of the same day that goes out before this one; None where this is the first."""
        this = select(plans.c.edition, plans.c.position).where(plans.c.key == str(key)).subquery()
        before = select(plans.c.papers).join(this, plans.c.edition == this.c.edition)
        before = before.where(plans.c.kind == PostKind.LIST, plans.c.position < this.c.position)
        async with self._database.read() as connection:
            papers = (await connection.execute(before.order_by(plans.c.position.desc()).limit(1))).scalar()
        found = json.loads(papers) if papers else []
        return ArxivId(found[-1]) if found else None

    async def is_out_or_coming(self, id: ArxivId, lens: str) -> bool:
        """Whether a post shows that paper through that lens, or a post of its day is still to go out."""
        stands = select(post_papers.c.key).where(post_papers.c.paper == str(id), post_papers.c.lens == lens)
        sending = and_(jobs.c.key == plans.c.key, jobs.c.queue == Queue.DELIVER, jobs.c.state == JobState.OPEN)
        named = and_(fates.c.edition == plans.c.edition, fates.c.paper == str(id), fates.c.fate.in_(NAMED))
        coming = select(plans.c.key).join(jobs, sending).join(fates, named)
        coming = coming.where(plans.c.key.endswith(f"|{lens}", autoescape=True))
        async with self._database.read() as connection:
            found = [(await connection.execute(wanted.limit(1))).first() for wanted in (stands, coming)]
        return any(row is not None for row in found)

    async def posted(self, ids: Collection[ArxivId], lens: str) -> Collection[ArxivId]:
        """Which of these stand in a post through that lens."""
        found: set[ArxivId] = set()
        async with self._database.read() as connection:
            for piece in chunks([str(paper) for paper in ids]):
                here = and_(post_papers.c.paper.in_(piece), post_papers.c.lens == lens)
                found |= {ArxivId(text) for text in await connection.scalars(select(post_papers.c.paper).where(here))}
        return found

    async def posts_showing(self, id: ArxivId, lens: str | None = None) -> Sequence[SentPost]:
        """The posts that show that paper's verdict through that lens: what an edit must reach. Without a lens, those
        through any, and the first posts of its days, whose line may name it."""
        async with self._database.read() as connection:
            rows = (await connection.execute(*self._showing(str(id), lens=lens))).all()
        return [post_of_row(row) for row in rows]

    @prepared
    def _showing(self, paper: str, *, lens: str | None) -> Select[Any]:
        showing: ColumnElement[bool] = posts.c.key.in_(
            select(post_papers.c.key).where(
                post_papers.c.paper == paper, true() if lens is None else post_papers.c.lens == lens
            )
        )
        if lens is None:
            of_the_day = and_(fates.c.edition == plans.c.edition, fates.c.paper == paper, fates.c.fate.in_(NAMED))
            showing = or_(showing, and_(plans.c.kind.in_(FIRST_OF_A_DAY), exists().where(of_the_day)))
        return sent_rows().where(showing).order_by(posts.c.sent)


def sent_rows() -> Select[Any]:
    """Posts with what they were planned with."""
    return select(posts, plans.c.papers, plans.c.opened, plans.c.edition).join_from(
        posts, plans, plans.c.key == posts.c.key, isouter=True
    )


def post_of_row(row: Row[Any]) -> SentPost:
    """A row of `sent_rows` as the port says it."""
    key = PostKey.parse(row.key)
    return SentPost(
        key=key,
        ref=PostRef(key.place, row.ref, row.thread),
        sent_at=moment(row.sent),
        papers=tuple(ArxivId(paper) for paper in json.loads(row.papers or "[]")),
        opened=row.opened or 0,
        edition=EditionKey.parse(row.edition) if row.edition else None,
    )
