"""Follows: those of the settings file and those that commands made live together and are told apart."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import and_, delete, select, update

from bot.core.errors import StoreError
from bot.core.follows.edition import EditionKey
from bot.core.follows.follow import Follow, Origin
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.calendar import IsDeferred, eastern_day, never_deferred, previous_announcement
from bot.core.papers.paper import AnnounceType, Entry
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.codec import dumps, loads
from bot.store.database.repository import NOTHING_NOTED, moment
from bot.store.database.tables import announcements, editions, follows, jobs
from bot.store.papers.verdicts import VerdictRepository


class FollowRepository(VerdictRepository):
    """The part of the store that follows live in."""

    async def sync_follows(self, wanted: Sequence[Follow], is_deferred: IsDeferred = never_deferred) -> None:
        """The follows of the settings file, by name: added, changed, or (when gone from the file) removed."""
        async with self._database.write() as connection:
            await self._database.lock(connection, "follows")
            rows = (await connection.execute(select(follows.c.name, follows.c.origin, follows.c.body))).all()
            origins = {row.name: Origin(row.origin) for row in rows}
            for follow in wanted:
                if origins.get(follow.name) is Origin.COMMAND:
                    remedy = "Rename the one in the settings."
                    raise StoreError(f"A follow named {follow.name!r} was made by a command already.", remedy)
            named = {follow.name for follow in wanted}
            gone = [name for name, origin in origins.items() if origin is Origin.SETTINGS and name not in named]
            if gone:
                await connection.execute(delete(follows).where(follows.c.name.in_(gone)))
            present = {row.name: loads(row.body, Follow) for row in rows}
            now = moment(await self._moment(connection))
            for follow in wanted:
                before = present.get(follow.name)
                dated = _dated(follow, before, now, is_deferred)
                if before != dated or before.made_at is None:
                    await self._put(connection, follows, _row(dated))
                    await self._look_again(connection, follow.name)

    async def follows(self) -> Sequence[Follow]:
        """All follows, of the settings and of commands, by name; paused ones too."""
        async with self._database.read() as connection:
            bodies = (await connection.execute(select(follows.c.body).order_by(follows.c.name))).scalars().all()
        return [loads(body, Follow) for body in bodies]

    async def add_follow(self, follow: Follow) -> bool:
        """Add a follow that a command made; False when the name is taken."""
        async with self._database.write() as connection:
            await self._database.lock(connection, "follows")
            return bool(await self._add_new(connection, follows, [_row(follow)], follows.c.name))

    async def change_follow(self, name: str, change: Callable[[Follow], Follow]) -> Follow | None:
        """Change a follow that a command made, as it is at that moment; None when there is none of that name."""
        ours = and_(follows.c.name == name, follows.c.origin == Origin.COMMAND)
        async with self._database.write() as connection:
            await self._database.lock(connection, "follows")
            body = (await connection.execute(select(follows.c.body).where(ours))).scalar()
            if body is None:
                return None
            changed = change(loads(body, Follow))
            await connection.execute(update(follows).where(ours).values(**_row(changed)))
            await self._look_again(connection, name)
            return changed

    async def remove_follow(self, name: str) -> bool:
        """Remove a follow that a command made, and its open editions with it."""
        ours = and_(follows.c.name == name, follows.c.origin == Origin.COMMAND)
        async with self._database.write() as connection:
            gone = await connection.execute(delete(follows).where(ours))
            if gone.rowcount == 1:
                await self._drop_editions(connection, name)
            return bool(gone.rowcount == 1)

    async def _waiting_editions(self, connection: AsyncConnection, follow: str) -> list[int]:
        """The ids of the open edition jobs of a follow."""
        open_ones = select(jobs.c.id, jobs.c.key).where(jobs.c.queue == Queue.EDITION, jobs.c.state == JobState.OPEN)
        rows = (await connection.execute(open_ones)).all()
        return [row.id for row in rows if EditionKey.parse(row.key).follow == follow]

    async def _look_again(self, connection: AsyncConnection, follow: str) -> None:
        """Make what a follow has open due: its hour or its wishes may have changed."""
        waiting = and_(jobs.c.id.in_(await self._waiting_editions(connection, follow)), ~jobs.c.leased)
        await connection.execute(update(jobs).where(waiting).values(due=self._database.now()))

    async def _drop_editions(self, connection: AsyncConnection, follow: str) -> None:
        """End the open edition jobs of a follow."""
        ids = await self._waiting_editions(connection, follow)
        gone = {"state": JobState.DROPPED, "reason": "the follow is gone", "ended": self._database.now()}
        ended = NOTHING_NOTED | gone
        if ids:
            await connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(leased=False, **ended))

    async def post_now(self, follow: Follow, day: date, now: datetime, new_jobs: Sequence[NewJob]) -> bool:
        """Open a follow's edition of a day that is stored, to be closed at once; False when it has one already."""
        payload = {"follow": follow.name, "day": day.isoformat(), "part": 1, "now": now.isoformat()}
        edition = NewJob(Queue.EDITION, str(EditionKey(follow.name, day, 1)), payload)
        closed = select(editions.c.key).where(editions.c.follow == follow.name, editions.c.day == day.isoformat())
        async with self._database.write() as connection:
            await self._database.lock(connection, str(follow.place))
            if (await connection.execute(closed)).first() is not None:
                return False
            waiting = and_(jobs.c.queue == Queue.EDITION, jobs.c.key == edition.key, ~jobs.c.leased)
            waiting = and_(waiting, jobs.c.state != JobState.DONE)
            at_once = {"payload": json.dumps(payload), "state": JobState.OPEN, "due": self._database.now()}
            changed = update(jobs).where(waiting).values(ended=None, **NOTHING_NOTED | at_once)
            is_new = bool(await self._add_jobs(connection, [edition]))
            if not is_new and (await connection.execute(changed)).rowcount != 1:
                return False
            await self._add_jobs(connection, new_jobs)
        return True

    async def announced(self, categories: Collection[str], day: date) -> Sequence[Entry]:
        """What those categories announced on that day: each paper once, with its strongest type, by id."""
        wanted = select(announcements.c.paper, announcements.c.type).where(
            announcements.c.category.in_(categories), announcements.c.day == day.isoformat()
        )
        strongest: dict[str, AnnounceType] = {}
        async with self._database.read() as connection:
            for paper, name in (await connection.execute(wanted)).all():
                kinds = [AnnounceType(name), *([strongest[paper]] if paper in strongest else [])]
                strongest[paper] = min(kinds, key=lambda kind: kind.strength)
            known = await self._papers(connection, sorted(strongest))
        return [Entry(paper, strongest[str(id)]) for id, paper in sorted(known.items())]


def _dated(follow: Follow, before: Follow | None, now: datetime, is_deferred: IsDeferred) -> Follow:
    """A follow of the settings with what only the store knows: since when it is there, and after which day it reads."""
    after = before.after if before else None
    if before and before.paused and not follow.paused:
        after = previous_announcement(eastern_day(now), is_deferred)
    return replace(follow, made_at=(before.made_at if before else None) or now, after=after)


def _row(follow: Follow) -> dict[str, str]:
    return {"name": follow.name, "origin": follow.origin, "place": str(follow.place), "body": dumps(follow)}
