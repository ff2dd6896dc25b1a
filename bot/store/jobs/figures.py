"""Counts over posts, calls and jobs for who watches: a few sums, asked for now and then."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select

from bot.core.jobs.figures import Figures
from bot.store.database.repository import Repository
from bot.store.database.tables import calls, jobs, posts
from bot.store.jobs.conditions import HEAD, OPEN


class FigureRepository(Repository):
    """The part of the store that counts."""

    async def figures(self, platforms: Collection[str]) -> Figures:
        """What stands on those platforms, what models took, and what is late."""
        now = self._database.now()
        called = select(
            calls.c.outcome, func.count(), func.sum(calls.c.tokens_in + calls.c.tokens_out), func.sum(calls.c.usd)
        ).group_by(calls.c.outcome)
        late = (
            select(jobs.c.queue, now - func.min(jobs.c.due))
            .where(OPEN, HEAD, ~jobs.c.leased, jobs.c.due <= now)
            .group_by(jobs.c.queue)
        )
        async with self._database.read() as connection:
            posted = {}
            for name in sorted(platforms):
                there = select(func.count()).select_from(posts).where(posts.c.place.startswith(f"{name}:"))
                posted[name] = int((await connection.execute(there)).scalar_one())
            rows = (await connection.execute(called)).all()
            waiting = (await connection.execute(late)).all()
        return Figures(
            posted,
            {outcome: int(count) for outcome, count, _, _ in rows},
            sum(int(tokens or 0) for _, _, tokens, _ in rows),
            sum(float(usd or 0) for _, _, _, usd in rows),
            {queue: timedelta(seconds=max(float(seconds), 0)) for queue, seconds in waiting},
        )
