"""Posts: where what we said stands."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from bot.core.edition import EditionKey
from bot.core.paper import ArxivId
from bot.core.post import PostKey, PostKind, PostRef
from bot.core.work import Job, JobState
from bot.ports import SentPost
from bot.store.editions import EditionRows
from bot.store.rows import moment, whole
from bot.store.tables import plans, post_papers, posts


class PostRows(EditionRows):
    """The part of the store that deliveries write."""

    @whole
    async def finish_delivery(self, job: Job, key: PostKey, ref: PostRef) -> None:
        """One commit: the post stands at `ref`, and its delivery job is done."""
        row = {"key": str(key), "place": str(key.place), "ref": ref.id, "thread": ref.thread}
        shown = [] if key.kind is PostKind.LATE else job.payload.get("papers", [])
        async with self._database.write() as connection:
            await self._end(connection, job, JobState.DONE)
            await self._add(connection, posts, [row | {"sent": (await connection.execute(self._now())).scalar_one()}])
            rows = [{"key": str(key), "paper": paper, "lens": key.lens} for paper in shown]
            await self._add(connection, post_papers, rows)
            if shown and not job.payload.get("edition"):  # what somebody shared: no edition has shown it
                await self._show(connection, key.place, shown, key.lens, None)

    def _now(self) -> Select[tuple[float]]:
        return select(self._database.now())

    @whole
    async def sent(self, key: PostKey) -> SentPost | None:
        """Where the post of that key stands, if it does."""
        async with self._database.read() as connection:
            row = (await connection.execute(sent_rows().where(posts.c.key == str(key)))).first()
        return post_of_row(row) if row else None

    @whole
    async def posts_showing(self, id: ArxivId, lens: str) -> Sequence[SentPost]:
        """The posts that show that paper's verdict: what an edit must reach."""
        keys = select(post_papers.c.key).where(post_papers.c.paper == str(id), post_papers.c.lens == lens)
        async with self._database.read() as connection:
            rows = (await connection.execute(sent_rows().where(posts.c.key.in_(keys)).order_by(posts.c.sent))).all()
        return [post_of_row(row) for row in rows]


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
