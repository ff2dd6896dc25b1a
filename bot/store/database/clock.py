"""A clock that ran ahead and came back: what was written meanwhile lies in what is still to come, and holds nothing up.

A row of the gates says how late it ever was. Where it is earlier than that now, every moment is put right, once.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, and_, case, exists, or_, select, update

from bot.core.follows.follow import Follow
from bot.core.jobs.job import JobState
from bot.core.papers.calendar import eastern_day
from bot.core.papers.feed import FeedState
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.codec import dumps, loads
from bot.store.database.repository import Repository, moment
from bot.store.database.tables import (
    calls,
    closures,
    connections,
    disputes,
    editions,
    endpoints,
    events,
    feedback,
    feeds,
    follows,
    gates,
    jobs,
    papers,
    posts,
    requests,
    showings,
    talks,
    texts,
    turns,
    votes,
)
from bot.store.database.tables_turns import acts, served, unknown_papers

CLOCK = "clock"
SLACK_SECONDS = 60.0
NOTED_EVERY_SECONDS = 10.0
LONGEST_WAIT = timedelta(days=8)  # an edition waits for the weekday and hour of its place, all else for a week at most
LONGEST_CLOSING = timedelta(days=7)  # what a Retry-After may ask for
LONGEST_MUTE = timedelta(days=7)
# A clock that shows less is the one that is wrong: there was no CopeCheck yet.
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC).timestamp()

# Moments of what has happened: none of them can be ahead. Beside each the day (UTC) on which it counts, if any.
PAST: tuple[tuple[Column[Any], Column[Any] | None], ...] = (
    (jobs.c.added, None),
    (jobs.c.ended, None),
    (papers.c.looked, None),
    (editions.c.closed, None),
    (posts.c.sent, None),
    (showings.c.shown, None),
    (votes.c.voted, None),
    (requests.c.asked, requests.c.day),
    (feedback.c.said, None),
    (calls.c.made, calls.c.day),
    (connections.c.since, None),
    (connections.c.seen, None),
    (closures.c.since, None),
    (texts.c.used, None),
    (events.c.noted, None),
    (turns.c.at, None),
    (talks.c.at, None),
    (disputes.c.at, None),
    (served.c.at, None),
    (acts.c.at, acts.c.day),
    (unknown_papers.c.at, None),
)
# Moments until which something waits; `_mend_waits` puts each right.
AHEAD: tuple[Column[Any], ...] = (
    jobs.c.due,
    gates.c.next_free,
    gates.c.held_until,
    endpoints.c.closed_until,
    calls.c.expires,
)


class ClockRepository(Repository):
    """The part of the store that knows how late it ever was."""

    async def mend_clock(self, lease: timedelta) -> bool:
        """Put right what a clock wrote that ran ahead; whether there was any. `lease`: how long claims hold."""
        async with self._database.read() as connection:
            now = await self._moment(connection)
            seen = select(gates.c.held_until).where(gates.c.bucket == CLOCK)
            latest = float((await connection.execute(seen)).scalar() or 0.0)
            is_back = latest > now + SLACK_SECONDS or bool(
                (await connection.execute(select(_is_too_far(now)))).scalar()
            )
        if now < EARLIEST or (not is_back and now - latest < NOTED_EVERY_SECONDS):
            return False
        async with self._database.write() as connection:
            if is_back:
                await self._mend_waits(connection, now, lease)
                await _mend_past(connection, now)
                await self._mend_follows(connection, now)
                await self._mend_feeds(connection, now)
            await self._put(connection, gates, {"bucket": CLOCK, "next_free": now, "held_until": now, "held_by": ""})
        return is_back

    async def _mend_waits(self, connection: AsyncConnection, now: float, lease: timedelta) -> None:
        """What waits is due: whoever takes it finds out for how long it has to wait, if it has. A lease runs once more,
        because its holder may live."""
        until = now + lease.total_seconds()
        due = case((jobs.c.leased, until), else_=now)
        await connection.execute(update(jobs).where(jobs.c.due > due).values(due=due))
        latest = now + LONGEST_CLOSING.total_seconds()
        shut = or_(gates.c.held_until > now + SLACK_SECONDS, gates.c.next_free > latest)
        await connection.execute(update(gates).where(shut).values(held_until=now, next_free=now))
        closed = endpoints.c.closed_until > now
        await connection.execute(update(endpoints).where(closed).values(closed_until=now))
        unborn = calls.c.made > now + SLACK_SECONDS
        await connection.execute(update(calls).where(unborn).values(expires=now + calls.c.expires - calls.c.made))

    async def _mend_follows(self, connection: AsyncConnection, now: float) -> None:
        """A follow reads from yesterday on at the latest, and is silent for a week at most."""
        today = eastern_day(moment(now))
        for name, body in (await connection.execute(select(follows.c.name, follows.c.body))).all():
            follow = loads(body, Follow)
            mended = replace(
                follow,
                after=_at_most(follow.after, today - timedelta(days=1)),
                muted_until=_at_most(follow.muted_until, today + LONGEST_MUTE),
                made_at=min(follow.made_at, moment(now)) if follow.made_at else None,
            )
            if dumps(mended) != body:
                await connection.execute(update(follows).where(follows.c.name == name).values(body=dumps(mended)))

    async def _mend_feeds(self, connection: AsyncConnection, now: float) -> None:
        """A feed that was looked at in what is still to come is looked at now, and no day of that is stored."""
        present = moment(now)
        for category, body in (await connection.execute(select(feeds.c.category, feeds.c.body))).all():
            state = loads(body, FeedState)
            if state.checked_at is None or state.checked_at <= present:
                continue
            day = state.day if state.day and state.day <= eastern_day(present) else None
            mended = dumps(replace(state, checked_at=present, next_check_at=present, day=day))
            await connection.execute(update(feeds).where(feeds.c.category == category).values(body=mended))


async def _mend_past(connection: AsyncConnection, now: float) -> None:
    """What was done while the clock ran ahead was done now, and counts today."""
    for column, day in PAST:
        table: Table = column.table
        values = {column.name: now} | ({day.name: moment(now).date().isoformat()} if day is not None else {})
        await connection.execute(update(table).where(column > now).values(**values))


def _is_too_far(now: float) -> Any:
    """Whether something waits for longer than anything ever does."""
    far = and_(jobs.c.state == JobState.OPEN, jobs.c.due > now + LONGEST_WAIT.total_seconds())
    return or_(exists().where(far), exists().where(gates.c.next_free > now + LONGEST_CLOSING.total_seconds() + 1))


def _at_most(day: date | None, latest: date) -> date | None:
    return min(day, latest) if day is not None else None
