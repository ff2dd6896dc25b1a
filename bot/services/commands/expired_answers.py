"""An answer that the platform takes no (more) private reply for: a post, which the receipt links to.

Verdicts and answers from a paper stand where they were asked for, unless sharing is off there or who asked may not have
a post made there (any more); everything else, and what was asked for in words, goes to who asked alone.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.commands.event import CommandEvent
from bot.core.errors import AnswerExpired, CopeCheckError
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.posts.post import Place, Post, PostKey, PostKind
from bot.core.posts.post_json import post_to_json
from bot.core.present.answer import away, came_alone, moved, moved_link, nowhere
from bot.ports.platform import Platform
from bot.services.commands.context import CommandContext, CommandReply
from bot.services.commands.dispatcher import command_for

EXPIRY_MARGIN = timedelta(seconds=90)
LEAST_POLL = timedelta(seconds=2)
SHOWN = frozenset({"verdict", "ask", "discuss", "steelman", "changes"})


class ExpiredAnswers:
    """Moves an answer to a post: first its place is taken, then the receipt links to it, then the answer fills it."""

    def __init__(self, means: CommandContext) -> None:
        self._means = means
        self._store = means.store

    async def is_due(self, job: Job, asked: CommandEvent, platform: Platform, *, waits: bool) -> bool:
        """Whether the private way is closed, or about to be while there is no answer yet."""
        until = platform.answers_until(asked)
        if until is None:
            return False
        now = self._means.clock.now()
        return now >= until or (waits and now >= until - EXPIRY_MARGIN)

    async def go_on(
        self, asked: CommandEvent, platform: Platform, reply: CommandReply, post: Post | None
    ) -> CommandReply | None:
        """What the reply becomes: the post's place while it waits, the post itself when it is there; None while its
        place is being taken, and nobody knows which it will be."""
        if post is None and not reply.waits:
            return reply
        keys = await self._keys(asked, platform)
        taken = await self._taken(keys)
        if taken is None:
            keys, why = await self._allowed(asked, keys)
            post = away(post) if post is not None and _is_away(asked, keys[0].place) else post
            first = moved(_what(asked)) if reply.waits or post is None else post
            first = came_alone(first, why) if why else first
            reply = replace(reply, jobs=(*reply.jobs, _delivery(asked, platform, keys, first)))
        elif isinstance(taken, PostKey):
            standing = await self._store.sent(taken)
            if reply.waits and standing is not None:
                await self._tell(asked, platform, moved_link(standing.ref))
            elif not reply.waits and standing is None:
                return None
            elif not reply.waits and post is not None:
                post = away(post) if _is_away(asked, taken.place) else post
                reply = replace(reply, jobs=(*reply.jobs, _edit(taken, post)))
        else:
            await self._tell(asked, platform, nowhere())
        return replace(reply, delay=max(reply.delay, LEAST_POLL)) if reply.waits else reply

    async def _tell(self, asked: CommandEvent, platform: Platform, post: Post) -> None:
        """The receipt's last word, while it can be changed."""
        until = platform.answers_until(asked)
        if until is not None and self._means.clock.now() < until:
            with suppress(AnswerExpired):
                await platform.answer(asked, post)

    async def _keys(self, asked: CommandEvent, platform: Platform) -> list[PostKey]:
        """The key of the post that an answer becomes, one an event; then that of the next way, if this one is closed.

        Who says something to us where all read it, and takes no direct messages, is answered there.
        """
        public, private = asked.asker.within or asked.asker.place, platform.private(asked.asker.person)
        verb = _verb(asked)
        may_share = (await self._store.place_settings(asked.asker.place)).sharing
        ways: list[Place | None] = [private or public]
        if asked.is_said:
            ways.append(public if may_share or verb not in SHOWN else None)
        elif verb in SHOWN and may_share:
            ways = [public, private]
        places = dict.fromkeys(place for place in ways if place is not None)
        return [PostKey(place, PostKind.ANSWER, asked.id, "") for place in places]

    async def _allowed(self, asked: CommandEvent, keys: list[PostKey]) -> tuple[list[PostKey], str]:
        """Those ways that are open to who asked, and why the one for all is not; a second way is asked about when the
        first turned out to be closed."""
        first, *others = keys
        is_for_all = not first.place.is_private and bool(others)
        why = await self._means.not_for_all(asked.key, asked.asker) if is_for_all else ""
        return (others if why else keys), why

    async def _taken(self, keys: Sequence[PostKey]) -> PostKey | JobState | None:
        """The key under which the answer stands or is on its way; None: none is taken yet, `FAILED`: all are closed."""
        ended = None
        for key in keys:
            job = await self._store.find_job(Queue.DELIVER, str(key))
            is_under_way = job is not None and job.state not in (JobState.FAILED, JobState.DROPPED)
            if is_under_way or await self._store.sent(key) is not None:
                return key
            ended = JobState.FAILED if job is not None else ended
        return ended


def _verb(asked: CommandEvent) -> str:
    try:
        return command_for(asked).verb.name
    except CopeCheckError:
        return ""


def _is_away(asked: CommandEvent, place: Place) -> bool:
    """Whether the answer goes to another place than the one that it is about."""
    return place not in (asked.asker.place, asked.asker.within)


def _what(asked: CommandEvent) -> str:
    """The command as one would say it."""
    return " ".join((asked.text, *(asked.values or {}).values()))


def _delivery(asked: CommandEvent, platform: Platform, keys: Sequence[PostKey], post: Post) -> NewJob:
    key, *others = keys
    is_alone = key.place == platform.private(asked.asker.person)
    other = str(others[0].place) if others else None
    payload: dict[str, Any] = {"post": post_to_json(post), "else": other, "alone": is_alone, "asked": asked.key}
    payload["asker"] = asked.asker.payload()
    return NewJob(Queue.DELIVER, str(key), payload, lane=str(key.place))


def _edit(key: PostKey, post: Post) -> NewJob:
    values = post_to_json(post)
    stamp = hashlib.sha256(str(values).encode()).hexdigest()[:16]
    return NewJob(Queue.DELIVER, f"edit|{key}|{stamp}", {"edit": str(key), "post": values}, lane=str(key.place))
