"""Private words to who runs the bot: the first of an hour at once, all others of it in one more at its end."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.jobs.job import NewJob, Queue
from bot.core.posts.post import Place, Post, PostKey, PostKind
from bot.core.posts.post_json import post_to_json
from bot.ports.platform import Platform
from bot.ports.store import Store

HOUR = timedelta(hours=1)


def notice_to(place: Place, post: Post, about: str) -> NewJob:
    """A word to one person (or place), once for what it is about."""
    key = PostKey(place, PostKind.NOTICE, about, "")
    return NewJob(Queue.DELIVER, str(key), {"post": post_to_json(post)}, lane=str(place))


class OperatorNotices:
    """Tells the operators who can be reached on a platform."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], operators: Iterable[str]) -> None:
        self._store = store
        self._platforms = platforms
        self._operators = sorted(operators)

    async def bundled(self, about: str, now: datetime, first: Post, more: Post) -> list[NewJob]:
        """The jobs that tell of something: `first` says what, `more` that there was more of the kind."""
        hour = f"{now:%Y-%m-%dT%H}"
        left = HOUR - timedelta(minutes=now.minute, seconds=now.second)
        found = []
        for person in self._operators:
            platform = self._platforms.get(person.partition(":")[0])
            place = platform.private(person) if platform else None
            if place is None:
                continue
            told = notice_to(place, first, f"{about} {hour}")
            is_first = await self._store.find_job(Queue.DELIVER, told.key) is None
            others = replace(notice_to(place, more, f"more {about} {hour}"), delay=left, lane=None)
            found.append(told if is_first else others)
        return found
