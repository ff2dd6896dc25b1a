"""A place that takes no posts: what is for it waits, those who manage it are told once, and it goes on by itself."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.core import errors
from bot.core.commands.event import Actor
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.posts.connection import PlaceOutage
from bot.core.posts.post import Place, Post, PostKey, PostKind
from bot.core.posts.post_json import post_to_json
from bot.core.present.answer import notice
from bot.ports.platform import Platform
from bot.ports.store import Clock, Store

log = logging.getLogger(__name__)

SOONEST, LATEST = timedelta(minutes=1), timedelta(minutes=15)
NotForAll = Callable[[str, Actor], Awaitable[str]]
"""Event, who asked -> why their answer may not stand for all; empty where it may, and then it is counted."""


class ClosedPlaces:
    """Keeps the closures of places, and tells those who can mend them."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        clock: Clock,
        operators: frozenset[str],
        not_for_all: NotForAll,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._operators = operators
        self._not_for_all = not_for_all

    async def close(self, job: Job, key: PostKey, error: errors.PlaceClosed) -> None:
        """The place refused: the job waits, looking again ever more seldom; who manages the place is told once."""
        if await self._goes_elsewhere(job, key, error):
            return
        closure = await self._store.close_place(key.place, error.what, error.remedy)
        age = self._clock.now() - closure.since
        delay = error.retry_after or min(max(age / 2, SOONEST), LATEST)
        await self._store.reschedule(job, delay, str(error), WaitReason.PLACE_CLOSED, settled=not job.doubtful)
        await self._store.add_jobs(await self._notices(key.place, closure))

    async def _goes_elsewhere(self, job: Job, key: PostKey, error: errors.PlaceClosed) -> bool:
        """What is for one person has another way or none. A notice that one cannot be given is given to the next.

        An answer whose other way is for all takes it by the right of who asked, and counts as a post that they cause.
        """
        other, of = job.payload.get("else"), job.payload.get("of")
        if key.kind is not PostKind.NOTICE and not other and not job.payload.get("alone"):
            return False
        then = await self._to_the_next(job, key, Place.parse(str(of))) if of else []
        place = Place.parse(str(other)) if other else None
        why = await self._not_there(job, place) if place else ""
        if place and not why:
            moved = PostKey(place, key.kind, key.subject, key.lens)
            payload = {**job.payload, "else": None, "edit": None, "alone": True}
            then = [NewJob(Queue.DELIVER, str(moved), payload, lane=str(place))]
        await self._store.end(job, JobState.FAILED, f"{error} {why}".strip(), then=then)
        return True

    async def _not_there(self, job: Job, place: Place) -> str:
        """Why an answer may not go on to that place; empty where it may."""
        asker = job.payload.get("asker")
        if place.is_private or asker is None:  # an older version did not note who asked
            return ""
        return await self._not_for_all(str(job.payload["asked"]), Actor.of(asker))

    async def _notices(self, place: Place, closure: PlaceOutage) -> list[NewJob]:
        """One private word to each who manages the place; the closure's beginning makes it one a closure."""
        subject = f"closed/{place}/{closure.since:%Y%m%dT%H%M%S}"
        return await self.tell(place, subject, lambda name: notice(closure, name))

    async def tell(self, place: Place, subject: str, words: Callable[[str], Post]) -> list[NewJob]:
        """A private word about a place, by its name, to each who manages it: one a subject. None about a person."""
        platform = self._platforms.get(place.platform)
        if platform is None or place.is_private:
            return []
        told = await self._who(place, platform)
        return _told(told, subject, {"post": post_to_json(words(await platform.describe(place))), "of": str(place)})

    async def _to_the_next(self, job: Job, key: PostKey, place: Place) -> list[NewJob]:
        """The notice to those who manage the place, when who made its follows takes no private word."""
        platform = self._platforms.get(place.platform)
        others = (
            [manager for manager in await self._managers(place, platform) if manager != key.place] if platform else []
        )
        return _told(others, key.subject, {"post": job.payload["post"]})

    async def _who(self, place: Place, platform: Platform) -> list[Place]:
        """Who made the follows of the place; else who manages it."""
        follows = [follow for follow in await self._store.follows() if follow.place == place and follow.by]
        makers = [platform.private(follow.by) for follow in follows]
        known = list(dict.fromkeys(maker for maker in makers if maker is not None))
        return known or await self._managers(place, platform)

    async def _managers(self, place: Place, platform: Platform) -> list[Place]:
        """Who manages the place as the platform knows; else who runs the bot."""
        try:
            managers = list(await platform.admins(place))
        except errors.PlatformError as error:
            log.warning("nobody to tell", extra={"place": str(place), "reason": str(error)})
            managers = []
        operators = [platform.private(operator) for operator in sorted(self._operators)]
        return managers or [operator for operator in operators if operator is not None]

    async def opened(self, place: Place) -> None:
        """A post went out where none had: whatever closed the place is mended."""
        log.info("a place takes posts again", extra={"place": str(place)})
        await self._store.wake(str(place))


def _told(places: Sequence[Place], subject: str, payload: Mapping[str, Any]) -> list[NewJob]:
    """A notice to each of those."""
    keys = [PostKey(place, PostKind.NOTICE, subject, "") for place in places]
    return [NewJob(Queue.DELIVER, str(key), dict(payload), lane=str(key.place)) for key in keys]
