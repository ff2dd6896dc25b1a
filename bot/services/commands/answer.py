"""The step of the answering queue: work on what somebody asked, and tell them.

An answer that takes a while begins with a receipt; the job then ends, and another one, in nobody's way, goes on. What
nobody can still be waiting for lapses: an old search would only be noise.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core import errors
from bot.core.commands.event import CommandEvent
from bot.core.commands.payer import Cause, Payer
from bot.core.jobs.job import Job, JobState, NewJob, Queue, retry_delay
from bot.core.posts.post import Post
from bot.core.present.answer import paged, words
from bot.ports.platform import Platform
from bot.ports.store import Store
from bot.services.commands.context import CommandReply
from bot.services.commands.dispatcher import CommandDispatcher
from bot.services.commands.expired_answers import ExpiredAnswers
from bot.services.runtime.inbox import crowded

log = logging.getLogger(__name__)

ATTEMPTS_MOST = 8
ANSWER_WITHIN = timedelta(minutes=15)
LASTING = frozenset({"verdict", "analysis", "ask", "steelman", "changes", "report"})
HEARD = frozenset({"agree", "disagree", "dispute", "feedback"})
PLACE_TAKEN_POLL = timedelta(seconds=2)
LAST_PLACE_POLL = timedelta(minutes=1)
HELD_ELSEWHERE_POLL = timedelta(seconds=0.2)
UNANSWERABLE_AFTER = timedelta(minutes=5)
LOST = "Something went wrong in the bot; the operator finds the reason in the log."


class AnswerStep:
    """Answers one event; every failure is told in words, or is an outcome with a time to come back."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], desk: CommandDispatcher) -> None:
        self._store = store
        self._platforms = platforms
        self._desk = desk
        self._late = ExpiredAnswers(desk.means)

    async def __call__(self, job: Job) -> None:
        """Work on the event in the job's payload."""
        asked = CommandEvent.of(job.payload)
        platform = self._platforms.get(asked.asker.place.platform)
        if platform is None:
            await self._store.end(job, JobState.FAILED, f"the platform {asked.asker.place.platform} is not set up")
            return
        if not platform.hears(asked):
            await self._leave_to_another(job)
            return
        verb = self._desk.verb(asked)
        lapsed = verb not in LASTING and self._desk.now() - _since(job) > ANSWER_WITHIN
        if lapsed and verb not in HEARD:
            await self._store.end(job, JobState.DROPPED, "whoever asked has gone on by now")
            return
        reply = await self._reply(job, asked)
        if lapsed:  # what a person said counts whenever it is worked on; nobody waits for the word about it
            await self._store.end(job, then=reply.jobs)
            return
        if reply.fixed:
            await self._store.amend(job, {"fixed": dict(reply.fixed)})
            job = replace(job, payload={**job.payload, "fixed": dict(reply.fixed)})
        post = self._paged(asked, reply, platform)
        try:
            told = await self._told(job, asked, platform, reply, post)
        except errors.PlatformError as error:
            await self._failed(job, reply, error)
            return
        if told is None:
            waited = (self._desk.now() - _since(job)) / 30
            delay = min(max(waited, PLACE_TAKEN_POLL), LAST_PLACE_POLL)
            await self._store.reschedule(job, delay, "its place is being taken")
        else:
            await self._end(job, told)

    async def _told(
        self, job: Job, asked: CommandEvent, platform: Platform, reply: CommandReply, post: Post | None
    ) -> CommandReply | None:
        """What is left to do of the reply, told in private or, where that is over, as a post; None while that one's
        place is being taken."""
        if not await self._late.is_due(job, asked, platform, waits=reply.waits):
            try:
                if post is not None:
                    await platform.answer(asked, post)
                return reply
            except errors.AnswerExpired as error:  # earlier than our clock says
                log.info("an answer becomes a post", extra={"event": asked.key, "reason": str(error)})
        return await self._late.go_on(asked, platform, reply, post)

    def _paged(self, asked: CommandEvent, reply: CommandReply, platform: Platform) -> Post | None:
        if reply.post is None:
            return None
        return paged(reply.post, platform.capacity.characters, self._desk.page(asked), self._desk.words(asked))

    async def _leave_to_another(self, job: Job) -> None:
        """Another process has the connection on which this is answered; when it is gone, so is who asked."""
        if self._desk.now() - _since(job) > UNANSWERABLE_AFTER:
            await self._store.end(job, JobState.FAILED, "who asked is gone")
        else:
            await self._store.reschedule(job, HELD_ELSEWHERE_POLL, "another process answers it")

    async def _reply(self, job: Job, asked: CommandEvent) -> CommandReply:
        if (refusal := crowded(job)) is not None:
            return CommandReply(refusal)
        is_repeat = job.doubtful or bool(job.payload.get("fails"))
        try:
            with self._store.urgently():
                return await self._desk.reply(
                    asked,
                    str(job.payload.get("told", "")),
                    _since(job),
                    is_repeat=is_repeat,
                    fixed=job.payload.get("fixed"),
                )
        except Exception:
            log.exception("an answer failed", extra={"event": asked.key})
            return CommandReply(words(LOST, "Try again in a minute; if it stays so, tell the people who run the bot."))

    async def _end(self, job: Job, reply: CommandReply) -> None:
        """End the job, or wait: with nothing new to tell in the same job, else in one that remembers what was told."""
        told = str(job.payload.get("told", ""))
        if not reply.waits:
            await self._store.end(job, then=reply.jobs)
        elif reply.told == told and job.lane is None and not reply.jobs:
            await self._store.reschedule(job, reply.delay, told.partition("|")[0].removeprefix("job ") or "waits")
        else:
            following = _next(job, {"told": reply.told, "fails": 0}, reply.delay)
            await self._store.end(job, JobState.DONE, then=(*reply.jobs, following))

    async def _failed(self, job: Job, reply: CommandReply, error: errors.PlatformError) -> None:
        """What was decided stands, whether it could be told or not; telling it is tried again."""
        log.warning("an answer waits", extra={"key": job.key, "reason": str(error)})
        fails = int(job.payload.get("fails") or 0) + 1
        if isinstance(error, errors.PostRejected) or fails >= ATTEMPTS_MOST:
            await self._store.end(job, JobState.FAILED, str(error), then=reply.jobs)
            return
        again = _next(job, {"fails": fails}, error.retry_after or retry_delay(fails))
        await self._store.end(job, JobState.DONE, str(error), then=(*reply.jobs, again))


def _next(job: Job, changed: dict[str, Any], delay: timedelta) -> NewJob:
    """The job that goes on with an answer, without a lane: who asked may ask for other things meanwhile."""
    number = int(job.payload.get("number", 1)) + 1
    payload: dict[str, Any] = {**job.payload, "number": number, "since": _since(job).isoformat(), **changed}
    asked = CommandEvent.of(payload)
    payers = (Payer.of(asked.asker, Cause.COMMAND),)
    return NewJob(Queue.ANSWER, f"{asked.key}|{number}", payload, delay=min(delay, timedelta(hours=1)), payers=payers)


def _since(job: Job) -> datetime:
    """When it was asked; a clock that ran ahead then says nothing."""
    since = job.payload.get("since")
    return min(datetime.fromisoformat(since), job.added_at) if since else job.added_at
