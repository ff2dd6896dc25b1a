"""What people cause: votes, requests within their limits, feedback, places' settings, and forgetting all of it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, and_, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.follow import Follow
from bot.core.paper import ArxivId
from bot.core.people import AskedFor, AskLimits, Choice, Feedback, PlaceSettings, Spent, Tally, refusal
from bot.core.post import Place
from bot.core.work import JobState, Queue
from bot.store.codec import dumps, loads
from bot.store.presence import PEOPLES, PresenceRows
from bot.store.rows import chunks, moment, storable, whole
from bot.store.tables import (
    closures,
    disputes,
    editions,
    fates,
    feedback,
    follows,
    jobs,
    places,
    plans,
    post_papers,
    posts,
    requests,
    showings,
    talks,
    turns,
    votes,
)

OF_PLACES = (votes, requests, feedback, places, showings, posts, plans, follows, closures)


class PeopleRows(PresenceRows):
    """The part of the store that people write."""

    @whole
    async def place_settings(self, place: Place) -> PlaceSettings:
        """What the admins of the place decided; the defaults where they decided nothing."""
        async with self._database.read() as connection:
            body = (await connection.execute(select(places.c.body).where(places.c.place == str(place)))).scalar()
        return loads(body, PlaceSettings) if body else PlaceSettings()

    @whole
    async def put_place_settings(self, place: Place, community: str, settings: PlaceSettings) -> None:
        """Keep what the admins of the place decided."""
        async with self._database.write() as connection:
            row = {"place": str(place), "community": community, "body": dumps(settings)}
            await self._put(connection, places, row)

    @whole
    async def vote(self, place: Place, community: str, person: str, paper: ArxivId, lens: str, choice: Choice) -> Tally:
        """One vote a person, place and verdict: a second one takes the place of the first."""
        row = {"place": str(place), "paper": str(paper), "lens": lens, "person": person, "community": community}
        async with self._database.write() as connection:
            await self._put(connection, votes, row | {"choice": choice, "voted": await self._moment(connection)})
            return await self._tally(connection, place, paper, lens)

    @whole
    async def tally(self, place: Place, paper: ArxivId, lens: str) -> Tally:
        """The place's votes on a verdict."""
        async with self._database.read() as connection:
            return await self._tally(connection, place, paper, lens)

    async def _tally(self, connection: AsyncConnection, place: Place, paper: ArxivId, lens: str) -> Tally:
        of_this = and_(votes.c.place == str(place), votes.c.paper == str(paper), votes.c.lens == lens)
        counted = select(votes.c.choice, func.count()).where(of_this).group_by(votes.c.choice)
        return Tally(**{row.choice: row[1] for row in (await connection.execute(counted)).all()})

    async def _moment(self, connection: AsyncConnection) -> float:
        return float((await connection.execute(select(self._database.now()))).scalar_one())

    @whole
    async def ask_for(self, request: AskedFor, limits: AskLimits) -> Spent | None:
        """Count a request within the limits, once an event; what was spent already when it does not fit."""
        day, asker = request.day.isoformat(), request.asker
        async with self._database.write() as connection:
            await self._database.lock(connection, "requests")
            known = select(requests.c.event).where(requests.c.event == request.event)
            if (await connection.execute(known)).first() is not None:
                return None
            spent = await self._spent_by(connection, request)
            if refusal(spent, limits, is_answer=request.is_answer) is not None:
                return spent
            row = {"event": request.event, "person": asker.person, "place": str(asker.place), "day": day, "cost": 0.0}
            row |= {"community": asker.community, "paper": str(request.paper), "lens": request.lens}
            row |= {"is_answer": request.is_answer, "thread": request.thread}
            await self._add(connection, requests, [row | {"asked": await self._moment(connection)}])
        return None

    async def _spent_by(self, connection: AsyncConnection, request: AskedFor) -> Spent:
        """What was asked for so far that a request is measured against: counts of its own sort, money of all."""
        today = requests.c.day == request.day.isoformat()
        person = await self._spent(connection, request, and_(today, requests.c.person == request.asker.person))
        here = and_(today, requests.c.place == str(request.asker.place))
        place = await self._spent(connection, request, here)
        thread = await self._spent(connection, request, and_(here, requests.c.thread == request.thread))
        return Spent(person[0], place[0], person[1], place[1], thread[0])

    async def _spent(self, connection: AsyncConnection, request: AskedFor, which: Any) -> tuple[int, float]:
        """How many requests of that sort, and what those of any sort cost."""
        same = func.coalesce(func.sum(case((requests.c.is_answer == request.is_answer, 1), else_=0)), 0)
        counted = select(same, func.coalesce(func.sum(requests.c.cost), 0.0)).where(which)
        count, cost = (await connection.execute(counted)).one()
        return int(count), float(cost)

    @whole
    async def settle_request(self, event: str, cost_usd: float) -> None:
        """What answering the request cost."""
        async with self._database.write() as connection:
            await connection.execute(update(requests).where(requests.c.event == event).values(cost=cost_usd))

    @whole
    async def count_shared(self, place: Place, within: timedelta) -> int:
        """How many cards people shared in the place within that time."""
        shared = and_(jobs.c.lane == str(place), jobs.c.key.startswith(f"{place}|card|", autoescape=True))
        by_people = ~jobs.c.payload.contains('"edition":', autoescape=True)
        recent = jobs.c.added > self._database.now() - within.total_seconds()
        counted = select(func.count()).where(jobs.c.queue == Queue.DELIVER, shared, by_people, recent)
        async with self._database.read() as connection:
            return int((await connection.execute(counted)).scalar_one())

    @whole
    async def release_place(self, event: str) -> None:
        """A request that came to nothing counts for its person, no longer for the place."""
        async with self._database.write() as connection:
            await connection.execute(update(requests).where(requests.c.event == event).values(place="", community=""))

    @whole
    async def add_feedback(self, said: Feedback) -> None:
        """Keep what somebody wants to tell the people who run the bot; once an event."""
        async with self._database.write() as connection:
            row = {"event": said.event, "person": said.person, "place": str(said.place), "words": storable(said.words)}
            await self._add(connection, feedback, [row | {"said": await self._moment(connection)}])

    @whole
    async def feedback(self, limit: int = 100) -> Sequence[Feedback]:
        """The latest feedback, newest first."""
        latest = select(feedback).order_by(feedback.c.said.desc(), feedback.c.event).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(latest)).all()
        return [Feedback(row.event, row.person, Place.parse(row.place), row.words, moment(row.said)) for row in rows]

    @whole
    async def forget_person(self, person: str) -> int:
        """Delete everything stored about a person: votes, requests, feedback, and what they asked; how many rows."""
        theirs = and_(jobs.c.queue.in_(PEOPLES), _says("person", person))
        asked = or_(theirs, and_(jobs.c.queue == Queue.ANSWER, jobs.c.lane == f"asks {person}"))
        said = (votes, requests, feedback, turns, disputes)
        async with self._database.write() as connection:
            gone = [await _delete(connection, table, table.c.person == person) for table in said]
            writers = update(talks).where(talks.c.alone == person).values(alone="")
            gone.append(int((await connection.execute(writers)).rowcount))
            gone.append(await self._forget_maker(connection, person))
            alone = str(Place.private(person))
            gone.append(await _delete(connection, posts, posts.c.place == alone))
            gone.append(await _delete(connection, jobs, jobs.c.lane == alone))
            return sum(gone) + await _delete(connection, jobs, asked)

    async def _forget_maker(self, connection: AsyncConnection, person: str) -> int:
        """Follows stay when who made them is forgotten; how many said who it was."""
        rows = (await connection.execute(select(follows.c.name, follows.c.body))).all()
        made = {row.name: follow for row in rows if (follow := loads(row.body, Follow)).by == person}
        for name, follow in made.items():
            body = dumps(replace(follow, by=""))
            await connection.execute(update(follows).where(follows.c.name == name).values(body=body))
        return len(made)

    @whole
    async def forget_place(self, place: Place) -> int:
        """Delete everything stored about a place: follows, votes, requests, feedback, posts; how many rows."""
        name = str(place)
        async with self._database.write() as connection:
            await self._database.lock(connection, name)
            made = select(follows.c.name).where(follows.c.place == name)
            followed = (await connection.execute(made)).scalars().all()
            for follow in followed:
                await self._drop_editions(connection, follow)
            planned = select(plans.c.edition).where(plans.c.place == name)
            closed = select(editions.c.key).where(or_(editions.c.key.in_(planned), editions.c.follow.in_(followed)))
            keys = (await connection.execute(closed)).scalars().all()
            shown = post_papers.c.key.in_(select(posts.c.key).where(posts.c.place == name))
            gone = await _delete(connection, post_papers, shown)
            for piece in chunks(keys):
                gone += await _delete(connection, fates, fates.c.edition.in_(piece))
                gone += await _delete(connection, editions, editions.c.key.in_(piece))
            own = [jobs.c.key.startswith(f"{mark}{name}|", autoescape=True) for mark in ("", "edit|")]
            of_place = or_(jobs.c.lane == name, *own, _says("place", name))
            gone += await _delete(connection, jobs, and_(jobs.c.queue.in_(PEOPLES), of_place))
            for table in (*OF_PLACES, turns, talks, disputes):
                gone += await _delete(connection, table, table.c.place == name)
        return gone

    @whole
    async def forget_remarks(self, older: timedelta) -> int:
        """Delete what people wrote and asked longer ago than that; how many rows."""
        past = self._database.now() - older.total_seconds()
        asking = (Queue.ANSWER, Queue.REMARK)
        asked = and_(jobs.c.queue.in_(asking), jobs.c.state != JobState.OPEN, jobs.c.added < past)
        async with self._database.write() as connection:
            gone = await _delete(connection, feedback, feedback.c.said < past)
            gone += await _delete(connection, requests, requests.c.asked < past)
            for table in (turns, talks, disputes):
                gone += await _delete(connection, table, table.c.at < past)
            return gone + await _delete(connection, jobs, asked)


def _says(name: str, value: str) -> Any:
    """Whether a job's payload has that value under that name."""
    return jobs.c.payload.contains(f'"{name}":{json.dumps(value)}', autoescape=True)


async def _delete(connection: AsyncConnection, table: Table, which: Any) -> int:
    return int((await connection.execute(delete(table).where(which))).rowcount)
