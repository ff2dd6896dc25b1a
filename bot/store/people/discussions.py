"""Talks and what was said in them: our own transcript, so that no platform is asked for its history."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, select, update

from bot.core.commands.payer import Cause, Payer
from bot.core.discussion.question import QuestionKind
from bot.core.discussion.remark import RemarkDeleted, RemarkEdited
from bot.core.discussion.transcript import QuestionJob, Talk, TranscriptEntry, sameness, talk_lane
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostKey
from bot.ports.store import SentPost
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.repository import moment, storable
from bot.store.database.tables import jobs, posts, requests, talks, turns
from bot.store.follows.posts import post_of_row, sent_rows
from bot.store.jobs.conditions import OPEN
from bot.store.people.people import PeopleRepository

TURNS_READ = 60
ANSWERED = "|ours"
TAKEN_BACK = "taken back by who said it"


class DiscussionRepository(PeopleRepository):
    """The part of the store that discussions write."""

    async def talk(self, place: Place, thread: str) -> Talk | None:
        """The talk of that thread, if we are in it."""
        wanted = select(talks).where(talks.c.place == str(place), talks.c.thread == thread)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return _talk(row) if row else None

    async def talk_about(self, place: Place, paper: ArxivId, lens: str) -> Talk | None:
        """The latest talk about that paper through that lens in the place."""
        about = and_(talks.c.place == str(place), talks.c.paper == str(paper), talks.c.lens == lens)
        wanted = select(talks).where(about).order_by(talks.c.at.desc()).limit(1)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return _talk(row) if row else None

    async def put_talk(self, talk: Talk) -> None:
        """We are in that thread from now on, as that says."""
        async with self._database.write() as connection:
            await self._put_talk(connection, talk)

    async def _put_talk(self, connection: AsyncConnection, talk: Talk) -> None:
        row = {"place": str(talk.place), "thread": talk.thread, "community": talk.community, "paper": str(talk.paper)}
        row |= {"lens": talk.lens, "alone": talk.alone}
        marks = {"is_crowd": talk.is_crowd, "is_stopped": talk.is_stopped, "at": await self._moment(connection)}
        await self._put(connection, talks, row | marks)

    async def turns(self, place: Place, thread: str) -> Sequence[TranscriptEntry]:
        """The latest turns of a thread, oldest first."""
        here = and_(turns.c.place == str(place), turns.c.thread == thread)
        latest = select(turns).where(here).order_by(turns.c.id.desc()).limit(TURNS_READ)
        async with self._database.read() as connection:
            return [_turn(row) for row in reversed((await connection.execute(latest)).all())]

    async def pass_remark(self, job: Job, talk: Talk | None, reason: str, then: Sequence[NewJob] = ()) -> None:
        """One commit: the remark is not answered, its words go, the talk is as it says, and what follows is added.

        What is not answered counts for nobody: a press was counted when it came.
        """
        event = and_(requests.c.event == QuestionJob.of(job.payload).key, requests.c.cost == 0)
        async with self._database.write() as connection:
            await self._end_blank(connection, job, reason)
            await connection.execute(delete(requests).where(event))
            if talk is not None:
                await self._put_talk(connection, talk)
            await self._add_jobs(connection, then)

    async def _end_blank(self, connection: AsyncConnection, job: Job, reason: str = "") -> None:
        await self._end(connection, job, JobState.DONE, reason)
        await connection.execute(update(jobs).where(jobs.c.id == job.id).values(payload=_blank(job.payload)))

    async def begin_question(self, job: Job, turn: TranscriptEntry, talk: Talk) -> None:
        """One commit: the question stands in the transcript, and we are in its thread; `LeaseLost` when it is gone."""
        async with self._database.write() as connection:
            await self._change(connection, job, {"reason": "being answered"})
            await self._put_turn(connection, turn)
            await self._put_talk(connection, talk)

    async def _put_turn(self, connection: AsyncConnection, turn: TranscriptEntry, post: str = "") -> None:
        """Add a turn, or change the words of the one that is there: its place among the others stays."""
        told = {"words": storable(turn.words), "sameness": storable(turn.sameness)}
        changed = await connection.execute(update(turns).where(turns.c.key == turn.key).values(**told))
        if changed.rowcount:
            return
        row = {"key": turn.key, "place": str(turn.place), "thread": turn.thread, "paper": str(turn.paper)}
        row |= {"lens": turn.lens, "person": turn.person, "post": post}
        marks = {"is_ours": turn.is_ours, "at": await self._moment(connection)}
        await self._add(connection, turns, [row | told | marks])

    async def finish_question(
        self, job: Job, words: str, ours: TranscriptEntry, cost_usd: float, then: Sequence[NewJob], post: PostKey
    ) -> bool:
        """One commit: our turn, what it cost, what follows, and the end of the job.

        False, and nothing done, when the remark was changed meanwhile and no longer says `words`.
        """
        async with self._database.write() as connection:
            await self._change(connection, job, {"reason": ""})
            body = (await connection.execute(select(jobs.c.payload).where(jobs.c.id == job.id))).scalar()
            if body is not None and json.loads(body).get("words") != words:
                return False
            await self._end_blank(connection, job)
            await self._put_turn(connection, ours, str(post))
            event = QuestionJob.of(job.payload).key
            cost = requests.c.cost + cost_usd
            await connection.execute(update(requests).where(requests.c.event == event).values(cost=cost))
            await self._add_jobs(connection, then)
        return True

    async def stop_talk(self, place: Place, thread: str, but: Job | None = None) -> bool:
        """We are silent in that thread, and what is not yet answered there stays so; whether we were in it."""
        here = and_(talks.c.place == str(place), talks.c.thread == thread)
        lane = and_(jobs.c.queue == Queue.REMARK, jobs.c.lane == talk_lane(place, thread), OPEN)
        async with self._database.write() as connection:
            await self._drop(connection, lane if but is None else and_(lane, jobs.c.id != but.id), "stopped")
            if but is not None:
                await self._end_blank(connection, but, "stop")
            changed = await connection.execute(update(talks).where(here).values(is_stopped=True))
            return bool(changed.rowcount)

    async def _drop(self, connection: AsyncConnection, which: Any, reason: str) -> None:
        """End jobs, whoever works on them, and blank their words."""
        rows = (await connection.execute(select(jobs.c.id, jobs.c.payload).where(which))).all()
        ended = {"state": JobState.DROPPED, "ended": self._database.now(), "leased": False, "reason": reason, "why": ""}
        for row in rows:
            values = ended | {"payload": _blank(json.loads(row.payload))}
            await connection.execute(update(jobs).where(jobs.c.id == row.id).values(**values))

    async def drop_remark(self, gone: RemarkDeleted) -> None:
        """A remark is gone: its words, our answer to it in the transcript, and the work on it."""
        asked = and_(jobs.c.queue == Queue.REMARK, jobs.c.key.in_((gone.key, f"{gone.key}|again")), OPEN)
        async with self._database.write() as connection:
            await self._drop(connection, asked, TAKEN_BACK)
            await connection.execute(delete(turns).where(turns.c.key.in_((gone.key, gone.key + ANSWERED))))

    async def change_remark(self, change: RemarkEdited) -> bool:
        """A remark says something else; whether there is something to work on.

        A question not yet answered becomes the new one. Of an answered one, if it is the thread's last, the new words
        are asked once more: the answer that stands is changed, once.
        """
        async with self._database.write() as connection:
            is_open = await self._reworded(connection, change)
            wanted = select(turns).where(turns.c.key == change.key, ~turns.c.is_ours)
            row = (await connection.execute(wanted)).first()
            if row is None or row.words == storable(change.words):
                return is_open
            told = {"words": storable(change.words), "sameness": sameness(QuestionKind.ASK, storable(change.words))}
            await connection.execute(update(turns).where(turns.c.id == row.id).values(**told))
            again = None if is_open else await self._again(connection, row, change)
            await self._add_jobs(connection, [again] if again else [])
            return is_open or again is not None

    async def _reworded(self, connection: AsyncConnection, change: RemarkEdited) -> bool:
        """New words for what is open; whether anything was."""
        keys = (change.key, f"{change.key}|again")
        asked = and_(jobs.c.queue == Queue.REMARK, jobs.c.key.in_(keys), OPEN)
        rows = (await connection.execute(select(jobs.c.id, jobs.c.payload).where(asked))).all()
        for row in rows:
            payload = json.loads(row.payload) | {"words": storable(change.words)}
            await connection.execute(update(jobs).where(jobs.c.id == row.id, OPEN).values(payload=_body(payload)))
        return bool(rows)

    async def _again(self, connection: AsyncConnection, row: Row[Any], change: RemarkEdited) -> NewJob | None:
        """The job that answers an edited question again, if it is the last that was asked there."""
        here = and_(turns.c.place == row.place, turns.c.thread == row.thread, ~turns.c.is_ours, turns.c.id > row.id)
        later = (await connection.execute(select(turns.c.id).where(here).limit(1))).first()
        asked = and_(jobs.c.queue == Queue.REMARK, jobs.c.key == change.key)
        body = (await connection.execute(select(jobs.c.payload).where(asked))).scalar()
        if later is not None or body is None:
            return None
        asking = QuestionJob.of(
            json.loads(body) | {"words": storable(change.words), "is_again": True, "about": row.paper}
        )
        payload = asking.payload() | {"through": row.lens}
        payers = (Payer.of(asking.remark.asker, Cause.QUESTION),)
        return NewJob(Queue.REMARK, asking.key, payload, lane=asking.lane, payers=payers)

    async def post_at(self, place: Place, ref: str) -> SentPost | None:
        """Our post that stands there, if it is one of ours."""
        wanted = sent_rows().where(posts.c.place == str(place), posts.c.ref == ref)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return post_of_row(row) if row else None

    async def turn_of_post(self, key: PostKey) -> TranscriptEntry | None:
        """Our turn that stands as that post."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(turns).where(turns.c.post == str(key)))).first()
        return _turn(row) if row else None


def _blank(payload: Any) -> str:
    """A remark's payload without its words, and without what the platform needed to answer."""
    return _body(dict(payload) | {"words": "", "reply_to": {}})


def _body(payload: Any) -> str:
    return json.dumps(payload, separators=(",", ":"))


def _talk(row: Row[Any]) -> Talk:
    return Talk(
        place=Place.parse(row.place),
        thread=row.thread,
        community=row.community,
        paper=ArxivId(row.paper),
        lens=row.lens,
        alone=row.alone,
        is_crowd=row.is_crowd,
        is_stopped=row.is_stopped,
    )


def _turn(row: Row[Any]) -> TranscriptEntry:
    return TranscriptEntry(
        key=row.key,
        place=Place.parse(row.place),
        thread=row.thread,
        paper=ArxivId(row.paper),
        lens=row.lens,
        person=row.person,
        words=row.words,
        is_ours=row.is_ours,
        sameness=row.sameness,
        at=moment(row.at),
    )
