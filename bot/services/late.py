"""An answer that comes after the platform stopped taking private ones: a post, which the receipt links to.

Verdicts and answers from a paper stand where they were asked for, unless sharing is off there; everything else goes
to who asked alone.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.asked import Asked
from bot.core.errors import CopeCheckError
from bot.core.plain import plain_post
from bot.core.post import Post, PostKey, PostKind
from bot.core.present_answer import moved, moved_link
from bot.core.work import Job, NewJob, Queue
from bot.ports import Platform, Store
from bot.services.desk import command_for
from bot.services.means import Reply

MARGIN = timedelta(seconds=90)
LOOK = timedelta(seconds=2)
SHOWN = frozenset({"verdict", "ask", "discuss", "steelman", "changes"})


class Late:
    """Moves an answer to a post: first its place is taken, then the receipt links to it, then the answer fills it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def is_due(self, job: Job, asked: Asked, platform: Platform, *, waits: bool) -> bool:
        """Whether the private way is closed, or about to be while there is no answer yet."""
        until = platform.answers_until(asked)
        if until is None:
            return False
        now = datetime.now(UTC)
        return now >= until or (waits and now >= until - MARGIN)

    async def go_on(self, asked: Asked, platform: Platform, reply: Reply, post: Post | None) -> Reply:
        """What the reply becomes: the post's place while it waits, the post itself when it is there."""
        key = await self._key(asked, platform)
        standing = await self._store.sent(key)
        until = platform.answers_until(asked)
        is_open = until is not None and datetime.now(UTC) < until
        if reply.waits:
            if standing is not None and is_open:
                await platform.answer(asked, moved_link(standing.ref))
            jobs = (*reply.jobs, *([] if standing else [_delivery(asked, platform, key, moved(_what(asked)))]))
            return replace(reply, jobs=jobs, delay=max(reply.delay, LOOK))
        if post is None:
            return reply
        if standing is None:
            taken = await self._store.find_job(Queue.DELIVER, str(key))  # its place is on its way, and will be filled
            filled = _edit(key, post) if taken else _delivery(asked, platform, key, post)
            return replace(reply, jobs=(*reply.jobs, filled))
        return replace(reply, jobs=(*reply.jobs, _edit(key, post)))

    async def _key(self, asked: Asked, platform: Platform) -> PostKey:
        """The key of a post that an answer became: one an event."""
        place, private = asked.asker.within or asked.asker.place, platform.private(asked.asker.person)
        if private is not None and not await self._is_shown(asked):
            place = private
        return PostKey(place, PostKind.ANSWER, asked.id, "")

    async def _is_shown(self, asked: Asked) -> bool:
        try:
            verb = command_for(asked).verb.name
        except CopeCheckError:
            return False
        return verb in SHOWN and (await self._store.place_settings(asked.asker.place)).sharing


def _what(asked: Asked) -> str:
    """The command as one would say it."""
    return " ".join((asked.text, *(asked.values or {}).values()))


def _delivery(asked: Asked, platform: Platform, key: PostKey, post: Post) -> NewJob:
    private = platform.private(asked.asker.person)
    is_alone = key.place == private
    other = str(private) if private and not is_alone else None
    payload: dict[str, Any] = {"post": plain_post(post), "else": other, "alone": is_alone}
    return NewJob(Queue.DELIVER, str(key), payload, lane=str(key.place))


def _edit(key: PostKey, post: Post) -> NewJob:
    values = plain_post(post)
    stamp = hashlib.sha256(str(values).encode()).hexdigest()[:16]
    return NewJob(Queue.DELIVER, f"edit|{key}|{stamp}", {"edit": str(key), "post": values}, lane=str(key.place))
