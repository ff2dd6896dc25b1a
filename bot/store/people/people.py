"""What people cause: votes, requests within their limits, feedback, places' settings, and forgetting all of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, Table, and_, case, delete, func, select, update

from bot.core.commands.people import AskedFor, AskLimits, Choice, Feedback, PlaceSettings, Spent, Tally, refusal
from bot.core.jobs.job import JobState, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.codec import dumps, loads
from bot.store.database.repository import moment, prepared, storable
from bot.store.database.tables import (
    disputes,
    feedback,
    jobs,
    places,
    requests,
    talks,
    turns,
    votes,
)
from bot.store.follows.presence import PresenceRepository

FREE_IN_VAIN = 10


class PeopleRepository(PresenceRepository):
    """The part of the store that people write."""

    async def place_settings(self, place: Place) -> PlaceSettings:
        """What the admins of the place decided; the defaults where they decided nothing."""
        async with self._database.read() as connection:
            body = (await connection.execute(select(places.c.body).where(places.c.place == str(place)))).scalar()
        return loads(body, PlaceSettings) if body else PlaceSettings()

    async def put_place_settings(self, place: Place, community: str, settings: PlaceSettings) -> None:
        """Keep what the admins of the place decided."""
        async with self._database.write() as connection:
            row = {"place": str(place), "community": community, "body": dumps(settings)}
            await self._put(connection, places, row)

    async def vote(self, place: Place, community: str, person: str, paper: ArxivId, lens: str, choice: Choice) -> Tally:
        """One vote a person, place and verdict: a second one takes the place of the first."""
        row = {"place": str(place), "paper": str(paper), "lens": lens, "person": person, "community": community}
        async with self._database.write() as connection:
            await self._put(connection, votes, row | {"choice": choice, "voted": await self._moment(connection)})
            return await self._tally(connection, place, paper, lens)

    async def tally(self, place: Place, paper: ArxivId, lens: str) -> Tally:
        """The place's votes on a verdict."""
        async with self._database.read() as connection:
            return await self._tally(connection, place, paper, lens)

    async def _tally(self, connection: AsyncConnection, place: Place, paper: ArxivId, lens: str) -> Tally:
        counted = await connection.execute(*self._votes(str(place), str(paper), lens))
        return Tally(**{row.choice: row[1] for row in counted.all()})

    @prepared
    def _votes(self, place: str, paper: str, lens: str) -> Select[Any]:
        of_this = and_(votes.c.place == place, votes.c.paper == paper, votes.c.lens == lens)
        return select(votes.c.choice, func.count()).where(of_this).group_by(votes.c.choice)

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
        own = and_(today, requests.c.person == request.asker.person)
        person = await self._spent(connection, request, own)
        vain = min(await self._in_vain(connection, own), FREE_IN_VAIN) if not request.is_answer else 0
        here = and_(today, requests.c.place == str(request.asker.place))
        place = await self._spent(connection, request, here)
        thread = await self._spent(connection, request, and_(here, requests.c.thread == request.thread))
        return Spent(person[0] - vain, place[0], person[1], place[1], thread[0])

    async def _in_vain(self, connection: AsyncConnection, which: Any) -> int:
        """How many requests came to nothing."""
        counted = select(func.count()).where(which, requests.c.place == "", ~requests.c.is_answer)
        return int((await connection.execute(counted)).scalar_one())

    async def _spent(self, connection: AsyncConnection, request: AskedFor, which: Any) -> tuple[int, float]:
        """How many requests of that sort, and what those of any sort cost."""
        same = func.coalesce(func.sum(case((requests.c.is_answer == request.is_answer, 1), else_=0)), 0)
        counted = select(same, func.coalesce(func.sum(requests.c.cost), 0.0)).where(which)
        count, cost = (await connection.execute(counted)).one()
        return int(count), float(cost)

    async def take_back_request(self, event: str) -> None:
        """A request that another limit refused, and that cost nothing, counts for nobody."""
        async with self._database.write() as connection:
            await connection.execute(delete(requests).where(requests.c.event == event, requests.c.cost == 0.0))

    async def settle_request(self, event: str, cost_usd: float) -> None:
        """What answering the request cost."""
        async with self._database.write() as connection:
            await connection.execute(update(requests).where(requests.c.event == event).values(cost=cost_usd))

    async def release_place(self, event: str) -> None:
        """A request that came to nothing counts no longer for the place, and for its person only after many of them.

        arXiv is asked for each, so that they are not free without end.
        """
        async with self._database.write() as connection:
            await connection.execute(update(requests).where(requests.c.event == event).values(place="", community=""))

    async def add_feedback(self, said: Feedback) -> None:
        """Keep what somebody wants to tell the people who run the bot; once an event."""
        async with self._database.write() as connection:
            row = {"event": said.event, "person": said.person, "place": str(said.place), "words": storable(said.words)}
            await self._add(connection, feedback, [row | {"said": await self._moment(connection)}])

    async def feedback(self, limit: int = 100) -> Sequence[Feedback]:
        """The latest feedback, newest first."""
        latest = select(feedback).order_by(feedback.c.said.desc(), feedback.c.event).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(latest)).all()
        return [Feedback(row.event, row.person, Place.parse(row.place), row.words, moment(row.said)) for row in rows]

    async def forget_remarks(self, older: timedelta) -> int:
        """Delete what people wrote and asked longer ago than that; how many rows."""
        past = self._database.now() - older.total_seconds()
        asking = (Queue.LOOK, Queue.ANSWER, Queue.REMARK)
        asked = and_(jobs.c.queue.in_(asking), jobs.c.state != JobState.OPEN, jobs.c.added < past)
        gone = await self._forget_pieces(feedback, feedback.c.said < past)
        gone += await self._forget_pieces(requests, requests.c.asked < past)
        for table in (turns, talks, disputes):
            gone += await self._forget_pieces(table, table.c.at < past)
        return gone + await self._forget_pieces(jobs, asked)


async def _delete(connection: AsyncConnection, table: Table, which: Any) -> int:
    return int((await connection.execute(delete(table).where(which))).rowcount)
