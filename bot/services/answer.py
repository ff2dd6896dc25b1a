"""The step of the answering queue: work on what somebody asked, and tell them.

An answer that takes a while begins with a receipt; the job then ends, and another one, in nobody's way, goes on.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core import errors
from bot.core.asked import Asked
from bot.core.post import Post
from bot.core.present_answer import paged, words
from bot.core.work import Job, JobState, NewJob, Queue, retry_delay
from bot.ports import Platform, Store
from bot.services.desk import Desk
from bot.services.late import Late
from bot.services.means import Reply

log = logging.getLogger(__name__)

TRIES = 8
LOOK = timedelta(seconds=0.2)
GONE = timedelta(minutes=5)
LOST = "Something went wrong inside; the operator finds it in the log."


class Answer:
    """Answers one event; every failure is told in words, or is an outcome with a time to come back."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], desk: Desk) -> None:
        self._store = store
        self._platforms = platforms
        self._desk = desk
        self._late = Late(store)

    async def __call__(self, job: Job) -> None:
        """Work on the event in the job's payload."""
        asked = Asked.of(job.payload)
        platform = self._platforms.get(asked.asker.place.platform)
        if platform is None:
            await self._store.end(job, JobState.FAILED, f"the platform {asked.asker.place.platform} is not set up")
            return
        if not platform.hears(asked):
            await self._leave_to_another(job)
            return
        reply = await self._reply(job, asked)
        post = self._paged(asked, reply, platform)
        try:
            if await self._late.is_due(job, asked, platform, waits=reply.waits):
                reply = await self._late.go_on(asked, platform, reply, post)
            elif post is not None:
                await platform.answer(asked, post)
        except errors.PlatformError as error:
            await self._failed(job, reply, error)
            return
        await self._end(job, reply)

    def _paged(self, asked: Asked, reply: Reply, platform: Platform) -> Post | None:
        if reply.post is None:
            return None
        return paged(reply.post, platform.capacity.characters, self._desk.page(asked), self._desk.words(asked))

    async def _leave_to_another(self, job: Job) -> None:
        """Another process has the connection on which this is answered; when it is gone, so is who asked."""
        if datetime.now(UTC) - _since(job) > GONE:
            await self._store.end(job, JobState.FAILED, "who asked is gone")
        else:
            await self._store.put_off(job, LOOK, "another process answers it")

    async def _reply(self, job: Job, asked: Asked) -> Reply:
        is_repeat = job.doubtful or bool(job.payload.get("fails"))
        try:
            with self._store.urgently():
                return await self._desk.reply(asked, str(job.payload.get("told", "")), _since(job), is_repeat=is_repeat)
        except Exception:
            log.exception("an answer failed", extra={"event": asked.key})
            return Reply(words(LOST, "Try again in a minute; if it stays so, tell the people who run the bot."))

    async def _end(self, job: Job, reply: Reply) -> None:
        """End the job, or wait: with nothing new to tell in the same job, else in one that remembers what was told."""
        told = str(job.payload.get("told", ""))
        if not reply.waits:
            await self._store.end(job, then=reply.jobs)
        elif reply.told == told and job.lane is None:
            await self._store.put_off(job, reply.delay, told.partition("|")[0] or "waits")
        else:
            following = _next(job, {"told": reply.told, "fails": 0}, reply.delay)
            await self._store.end(job, JobState.DONE, then=(*reply.jobs, following))

    async def _failed(self, job: Job, reply: Reply, error: errors.PlatformError) -> None:
        """What was decided stands, whether it could be told or not; telling it is tried again."""
        log.warning("an answer waits", extra={"key": job.key, "why": type(error).__name__, "reason": str(error)})
        fails = int(job.payload.get("fails") or 0) + 1
        if isinstance(error, errors.PostRejected) or fails >= TRIES:
            await self._store.end(job, JobState.FAILED, str(error), then=reply.jobs)
            return
        again = _next(job, {"fails": fails}, error.retry_after or retry_delay(fails))
        await self._store.end(job, JobState.DONE, str(error), then=(*reply.jobs, again))


def _next(job: Job, changed: dict[str, Any], delay: timedelta) -> NewJob:
    """The job that goes on with an answer, without a lane: who asked may ask for other things meanwhile."""
    number = int(job.payload.get("number", 1)) + 1
    payload: dict[str, Any] = {**job.payload, "number": number, "since": _since(job).isoformat(), **changed}
    key = f"{Asked.of(payload).key}|{number}"
    return NewJob(Queue.ANSWER, key, payload, delay=min(delay, timedelta(hours=1)))


def _since(job: Job) -> datetime:
    since = job.payload.get("since")
    return datetime.fromisoformat(since) if since else job.added_at
