"""What of closed editions stands by now: planned posts beside those that are known to stand and those still to send."""

import json
from collections.abc import Sequence

from sqlalchemy import and_, select

from bot.core.follows.edition import Disposition, SeenPost, Stands, what_stands
from bot.core.jobs.job import JobState, Queue
from bot.core.posts.post import PostKind
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.tables import fates, jobs, plans, posts


async def standing(connection: AsyncConnection, editions: Sequence[str]) -> dict[str, Stands]:
    """What stands of each of those editions, by its key."""
    of_job = and_(jobs.c.key == plans.c.key, jobs.c.queue == Queue.DELIVER)
    columns = (plans.c.edition, plans.c.kind, plans.c.papers, plans.c.opened, posts.c.ref, jobs.c.state)
    planned = (
        select(*columns)
        .join_from(plans, posts, posts.c.key == plans.c.key, isouter=True)
        .join(jobs, of_job, isouter=True)
        .where(plans.c.edition.in_(editions))
    )
    seen: dict[str, list[SeenPost]] = {}
    for row in (await connection.execute(planned)).all():
        papers = tuple(json.loads(row.papers))
        post = SeenPost(PostKind(row.kind), papers, row.opened, row.ref is not None, row.state == JobState.OPEN)
        seen.setdefault(row.edition, []).append(post)
    shown = select(fates.c.edition, fates.c.paper).where(
        fates.c.edition.in_(editions), fates.c.fate.in_((Disposition.POSTED, Disposition.LISTED))
    )
    wanted: dict[str, list[str]] = {}
    for edition, paper in (await connection.execute(shown)).all():
        wanted.setdefault(edition, []).append(paper)
    return {edition: what_stands(wanted.get(edition, ()), seen.get(edition, ())) for edition in editions}
