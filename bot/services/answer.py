"""The step of the answering queue: work on what somebody asked, and tell them.

An answer that takes a while begins with a receipt; the job then ends, and another one, in nobody's way, goes on.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.core import errors
from bot.core.asked import Asked
from bot.core.present_answer import paged, words
from bot.core.work import Job, JobState, NewJob, Queue, retry_delay
from bot.ports import Platform, Store
from bot.services.desk import Desk
from bot.services.means import Reply

log = logging.getLogger(__name__)

TRIES = 8
LOST = "Something went wrong inside; the operator finds it in the log."


class Answer:
    """Answers one event; every failure is told in words, or is an outcome with a time to come back."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], desk: Desk) -> None:
        self._store = store
        self._platforms = platforms
        self._desk = desk

    async def __call__(self, job: Job) -> None:
        """Work on the event in the job's payload."""
        asked = Asked.of(job.payload)
        platform = self._platforms.get(asked.asker.place.platform)
        if platform is None:
            await self._store.end(job, JobState.FAILED, f"the platform {asked.asker.place.platform} is not set up")
            return
        told = str(job.payload.get("told", ""))
        with self._store.urgently():
            reply = await self._reply(asked, told, _since(job))
        try:
            if reply.post is not None:
                page = self._desk.page(asked)
                post = paged(reply.post, platform.capacity.characters, page, self._desk.words(asked))
                await platform.answer(asked, post)
        except errors.PlatformError as error:
            await self._failed(job, error)
            return
        await self._end(job, reply, told)

    async def _reply(self, asked: Asked, told: str, since: datetime) -> Reply:
        try:
            return await self._desk.reply(asked, told, since)
        except Exception:
            log.exception("an answer failed", extra={"event": asked.key})
            return Reply(words(LOST, "Try again in a minute; if it stays so, tell the people who run the bot."))

    async def _end(self, job: Job, reply: Reply, told: str) -> None:
        """End the job, or wait: with nothing new to tell in the same job, else in one that remembers what was told."""
        if not reply.waits:
            await self._store.end(job, then=reply.jobs)
        elif reply.told == told and job.lane is None:
            await self._store.put_off(job, reply.delay, told or "waits")
        else:
            await self._store.end(job, JobState.DONE, reply.told, then=(*reply.jobs, _next(job, reply)))

    async def _failed(self, job: Job, error: errors.PlatformError) -> None:
        log.warning("an answer waits", extra={"key": job.key, "why": type(error).__name__, "reason": str(error)})
        if isinstance(error, errors.PostRejected) or job.attempt >= TRIES:
            await self._store.end(job, JobState.FAILED, str(error))
        else:
            await self._store.put_off(job, error.retry_after or retry_delay(job.attempt), str(error))


def _next(job: Job, reply: Reply) -> NewJob:
    """The job that goes on with an answer, without a lane: who asked may ask for other things meanwhile."""
    number = int(job.payload.get("number", 1)) + 1
    payload: dict[str, Any] = {**job.payload, "told": reply.told, "number": number, "since": _since(job).isoformat()}
    return NewJob(
        Queue.ANSWER, f"{Asked.of(payload).key}|{number}", payload, delay=min(reply.delay, timedelta(hours=1))
    )


def _since(job: Job) -> datetime:
    since = job.payload.get("since")
    return datetime.fromisoformat(since) if since else job.added_at
