"""Counts over posts, calls and jobs for who watches: a few sums, asked for now and then."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import and_, case, func, or_, select

from bot.core.jobs.figures import Figures
from bot.core.jobs.job import Queue
from bot.core.jobs.wait_reason import BUDGET_REASONS
from bot.store.database.repository import Repository
from bot.store.database.tables import calls, jobs, posts
from bot.store.jobs.conditions import HEAD, OPEN

PEOPLE_WAIT = (Queue.DELIVER, Queue.ANSWER, Queue.REMARK)
# Tried, and not done, of what people wait for: each attempt puts its time off, so that it never is due for long. What
# waits for the next day's money is not stuck, and all else may be put off for days by design.
STUCK = and_(jobs.c.queue.in_(PEOPLE_WAIT), jobs.c.attempts > 0, jobs.c.why.not_in(BUDGET_REASONS))


class FigureRepository(Repository):
    """The part of the store that counts."""

    async def figures(self, platforms: Collection[str]) -> Figures:
        """What stands on those platforms, what models took, and what is late."""
        now = self._database.now()
        called = select(
            calls.c.outcome, func.count(), func.sum(calls.c.tokens_in + calls.c.tokens_out), func.sum(calls.c.usd)
        ).group_by(calls.c.outcome)
        since = case((STUCK, jobs.c.added), else_=jobs.c.due)
        is_late = or_(and_(HEAD, ~jobs.c.leased, jobs.c.due <= now), STUCK)
        late = select(jobs.c.queue, now - func.min(since)).where(OPEN, is_late).group_by(jobs.c.queue)
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
