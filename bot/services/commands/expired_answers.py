"""An answer that the platform takes no (more) private reply for: a post, which the receipt links to.

Verdicts and answers from a paper stand where they were asked for, unless sharing is off there; everything else, and
what was asked for in words, goes to who asked alone.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.commands.event import CommandEvent
from bot.core.errors import CopeCheckError
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.posts.post import Place, Post, PostKey, PostKind
from bot.core.posts.post_json import post_to_json
from bot.core.present.answer import away, moved, moved_link
from bot.ports.platform import Platform
from bot.ports.store import Store
from bot.services.commands.context import CommandReply
from bot.services.commands.dispatcher import command_for

EXPIRY_MARGIN = timedelta(seconds=90)
LEAST_POLL = timedelta(seconds=2)
SHOWN = frozenset({"verdict", "ask", "discuss", "steelman", "changes"})


class ExpiredAnswers:
    """Moves an answer to a post: first its place is taken, then the receipt links to it, then the answer fills it."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def is_due(self, job: Job, asked: CommandEvent, platform: Platform, *, waits: bool) -> bool:
        """Whether the private way is closed, or about to be while there is no answer yet."""
        until = platform.answers_until(asked)
        if until is None:
            return False
        now = self._now()
        return now >= until or (waits and now >= until - EXPIRY_MARGIN)

    async def go_on(
        self, asked: CommandEvent, platform: Platform, reply: CommandReply, post: Post | None
    ) -> CommandReply:
        """What the reply becomes: the post's place while it waits, the post itself when it is there."""
        keys = await self._keys(asked, platform)
        key, is_taken = await self._taken(keys)
        standing = await self._store.sent(key)
        post = away(post) if post is not None and _is_away(asked, keys[0].place) else post
        until = platform.answers_until(asked)
        is_open = until is not None and self._now() < until
        if reply.waits:
            if standing is not None and is_open:
                await platform.answer(asked, moved_link(standing.ref))
            jobs = (*reply.jobs, *([] if is_taken else [_delivery(asked, platform, keys, moved(_what(asked)))]))
            return replace(reply, jobs=jobs, delay=max(reply.delay, LEAST_POLL))
        if post is None:
            return reply
        filled = _edit(key, post) if is_taken else _delivery(asked, platform, keys, post)
        return replace(reply, jobs=(*reply.jobs, filled))

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

    async def _taken(self, keys: Sequence[PostKey]) -> tuple[PostKey, bool]:
        """The key under which the answer stands or is on its way, and whether it is."""
        for key in keys:
            job = await self._store.find_job(Queue.DELIVER, str(key))
            is_under_way = job is not None and job.state not in (JobState.FAILED, JobState.DROPPED)
            if is_under_way or await self._store.sent(key) is not None:
                return key, True
        return keys[0], await self._store.find_job(Queue.DELIVER, str(keys[0])) is not None


def _verb(asked: CommandEvent) -> str:
    try:
        return command_for(asked).verb.name
    except CopeCheckError:
        return ""


def _is_away(asked: CommandEvent, place: Place) -> bool:
    """Whether the answer to what was said goes to another place than the one that it is about."""
    return asked.is_said and place not in (asked.asker.place, asked.asker.within)


def _what(asked: CommandEvent) -> str:
    """The command as one would say it."""
    return " ".join((asked.text, *(asked.values or {}).values()))


def _delivery(asked: CommandEvent, platform: Platform, keys: Sequence[PostKey], post: Post) -> NewJob:
    key, *others = keys
    is_alone = key.place == platform.private(asked.asker.person)
    other = str(others[0].place) if others else None
    payload: dict[str, Any] = {"post": post_to_json(post), "else": other, "alone": is_alone}
    return NewJob(Queue.DELIVER, str(key), payload, lane=str(key.place))


def _edit(key: PostKey, post: Post) -> NewJob:
    values = post_to_json(post)
    stamp = hashlib.sha256(str(values).encode()).hexdigest()[:16]
    return NewJob(Queue.DELIVER, f"edit|{key}|{stamp}", {"edit": str(key), "post": values}, lane=str(key.place))
