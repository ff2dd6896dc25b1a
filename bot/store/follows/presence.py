"""How processes are connected to platforms, and the places that take no posts: state that several processes share."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, or_, select, update

from bot.core.follows.follow import Follow
from bot.core.jobs.job import Queue
from bot.core.posts.connection import Connection, LinkState, PlaceOutage, SeenConnection
from bot.core.posts.post import Place, PostKind
from bot.store.database.codec import loads
from bot.store.database.repository import moment, storable
from bot.store.database.tables import (
    closures,
    connections,
    disputes,
    events,
    feedback,
    follows,
    jobs,
    places,
    plans,
    posts,
    requests,
    showings,
    sync_hashes,
    talks,
    votes,
)
from bot.store.follows.posts import PostRepository
from bot.store.jobs.conditions import OPEN

CONNECTION_KEPT = timedelta(days=1)
PEOPLES = (Queue.LOOK, Queue.DELIVER, Queue.ANSWER, Queue.REMARK)


class PresenceRepository(PostRepository):
    """The part of the store that says who is connected, and which places are closed."""

    async def put_connection(self, worker: str, connection: Connection) -> None:
        """How a process is connected to a platform, and that it is alive."""
        ours = and_(connections.c.platform == connection.platform, connections.c.worker == worker)
        words = {"detail": storable(connection.detail), "remedy": storable(connection.remedy)}
        async with self._database.write() as writing:
            now = await self._moment(writing)
            before = (await writing.execute(select(connections).where(ours))).first()
            same = before is not None and before.state == connection.state
            since = before.since if before is not None and same else now
            row = {"platform": connection.platform, "worker": worker, "state": connection.state, **words}
            await self._put(writing, connections, row | {"since": since, "seen": now})
            await writing.execute(delete(connections).where(connections.c.seen < now - CONNECTION_KEPT.total_seconds()))

    async def connections(self) -> Sequence[SeenConnection]:
        """The latest word of every process, by platform; those not heard of for a day are gone."""
        late = connections.c.seen >= self._database.now() - CONNECTION_KEPT.total_seconds()
        wanted = select(connections).where(late).order_by(connections.c.platform, connections.c.worker)
        async with self._database.read() as connection:
            seen = [_seen(row) for row in (await connection.execute(wanted)).all()]
            gone = await self._database.worker.gone(connection, {_lock_of(told.worker) for told in seen} - {""})
        return [replace(told, is_gone=_lock_of(told.worker) in gone) for told in seen]

    async def close_place(self, place: Place, what: str, remedy: str) -> PlaceOutage:
        """The place takes no posts; the closure that stands already keeps its beginning."""
        words = {"what": storable(what), "remedy": storable(remedy)}
        here = closures.c.place == str(place)
        async with self._database.write() as connection:
            now = await self._moment(connection)
            await self._add(connection, closures, [{"place": str(place), "since": now, **words}])
            await connection.execute(update(closures).where(here).values(**words))
            return _closure((await connection.execute(select(closures).where(here))).one())

    async def closures(self, of: Collection[Place] | None = None) -> Sequence[PlaceOutage]:
        """The places that take no posts, all or of those."""
        wanted = select(closures).order_by(closures.c.since)
        if of is not None:
            wanted = wanted.where(closures.c.place.in_([str(place) for place in of]))
        async with self._database.read() as connection:
            return [_closure(row) for row in (await connection.execute(wanted)).all()]

    async def is_known(self, place: Place) -> bool:
        """Whether a follow or a post has that place; a late answer does not make a place of the thread it came in."""
        answers = posts.c.key.startswith(f"{place}|{PostKind.ANSWER}|", autoescape=True)
        followed = select(follows.c.place).where(follows.c.place == str(place))
        posted = select(posts.c.place).where(posts.c.place == str(place), ~answers)
        async with self._database.read() as connection:
            for wanted in (followed, posted):
                if (await connection.execute(wanted.limit(1))).first() is not None:
                    return True
        return False

    async def places_of(self, community: str) -> Sequence[Place]:
        """Every place of a guild or workspace that anything is stored of, also what only waits to be done.

        Where the platform's places begin with their community (`slack:T1/C2`), that tells what no column does.
        """
        found: set[str] = set()
        async with self._database.read() as connection:
            for table in (votes, requests, places, talks, disputes):
                ours = select(table.c.place).distinct().where(table.c.community == community, table.c.place != "")
                found |= set((await connection.execute(ours)).scalars())
            for table in (follows, posts, plans, showings, feedback, closures):
                inside = table.c.place.startswith(f"{community}/", autoescape=True)
                found |= set((await connection.execute(select(table.c.place).distinct().where(inside))).scalars())
            bodies = (await connection.execute(select(follows.c.body))).scalars().all()
            waiting = (await connection.execute(select(jobs.c.key, jobs.c.payload).where(_is_about(community)))).all()
        followed = (loads(body, Follow) for body in bodies)
        found |= {str(follow.place) for follow in followed if follow.community == community}
        found |= {_place_of(key, payload) for key, payload in waiting}
        return [Place.parse(place) for place in sorted(found - {""})]

    async def communities(self, platform: str) -> Sequence[str]:
        """Every guild or workspace of a platform about which something is stored."""
        found: set[str] = set()
        async with self._database.read() as connection:
            for table in (votes, requests, places, talks, disputes):
                named = select(table.c.community).distinct()
                found |= set((await connection.execute(named)).scalars())
            bodies = (await connection.execute(select(follows.c.body))).scalars().all()
        found |= {loads(body, Follow).community for body in bodies}
        return sorted(text for text in found if text.startswith(f"{platform}:"))

    async def known_hash(self, name: str) -> str:
        """The fingerprint of what was last made known to a platform under that name; empty when nothing was."""
        async with self._database.read() as connection:
            found = select(sync_hashes.c.hash).where(sync_hashes.c.name == name)
            return (await connection.execute(found)).scalar() or ""

    async def put_known_hash(self, name: str, fingerprint: str) -> None:
        """That was made known to a platform."""
        async with self._database.write() as connection:
            await self._put(connection, sync_hashes, {"name": name, "hash": fingerprint})

    async def note_event(self, key: str) -> bool:
        """Remember that an event came, by its id alone; False when it was known."""
        async with self._database.write() as connection:
            row = {"key": storable(key), "noted": await self._moment(connection)}
            return bool(await self._add_new(connection, events, [row], events.c.key))

    async def forget_events(self, older: timedelta) -> int:
        """Forget the ids of events that came longer ago than that; how many."""
        late = events.c.noted < self._database.now() - older.total_seconds()
        return await self._forget_pieces(events, late)

    async def wake(self, lane: str) -> int:
        """Make what is open and not under way in a lane due now; how many."""
        now = self._database.now()
        waiting = and_(jobs.c.lane == lane, OPEN, ~jobs.c.leased, jobs.c.due > now)
        async with self._database.write() as connection:
            return int((await connection.execute(update(jobs).where(waiting).values(due=now))).rowcount)


def _lock_of(worker: str) -> str:
    """The name of the lock in a process's name, which ends with it."""
    return worker.rpartition(":")[2]


def _seen(row: Row[Any]) -> SeenConnection:
    told = Connection(row.platform, LinkState(row.state), row.detail, row.remedy)
    return SeenConnection(told, row.worker, moment(row.since), moment(row.seen))


def _closure(row: Row[Any]) -> PlaceOutage:
    return PlaceOutage(row.place, row.what, row.remedy, moment(row.since))


def _is_about(community: str) -> Any:
    """Whether a job is of a community, by its payload, or by its key where places begin with their community."""
    told = jobs.c.payload.contains(f'"community":{json.dumps(community)}', autoescape=True)
    keys = [jobs.c.key.startswith(f"{mark}{community}/", autoescape=True) for mark in ("", "edit|")]
    return and_(jobs.c.queue.in_(PEOPLES), or_(told, *keys))


def _place_of(key: str, payload: str) -> str:
    """The place that a job of `_is_about` is about; empty when it is about none."""
    told = json.loads(payload).get("place")
    return str(told or key.removeprefix("edit|").partition("|")[0])
