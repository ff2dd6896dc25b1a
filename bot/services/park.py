"""A place that takes no posts: what is for it waits, those who manage it are told once, and it goes on by itself."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.core import errors
from bot.core.connection import Closure
from bot.core.plain import plain_post
from bot.core.post import Place, PostKey, PostKind
from bot.core.present_answer import notice
from bot.core.work import Job, JobState, NewJob, Queue
from bot.ports import Clock, Platform, Store

log = logging.getLogger(__name__)

SOONEST, LATEST = timedelta(minutes=1), timedelta(minutes=15)


class Park:
    """Keeps the closures of places, and tells those who can mend them."""

    def __init__(
        self, store: Store, platforms: Mapping[str, Platform], clock: Clock, operators: frozenset[str]
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._operators = operators

    async def close(self, job: Job, key: PostKey, error: errors.PlaceClosed) -> None:
        """The place refused: the job waits, looking again ever more seldom; who manages the place is told once."""
        if await self._goes_elsewhere(job, key, error):
            return
        closure = await self._store.close_place(key.place, error.what, error.remedy)
        age = self._clock.now() - closure.since
        delay = error.retry_after or min(max(age / 2, SOONEST), LATEST)
        await self._store.put_off(job, delay, str(error), settled=not job.doubtful)
        await self._store.add_jobs(await self._notices(key.place, closure))

    async def _goes_elsewhere(self, job: Job, key: PostKey, error: errors.PlaceClosed) -> bool:
        """What is for one person has another way or none. A notice that one cannot be given is given to the next."""
        other, of = job.payload.get("else"), job.payload.get("of")
        if key.kind is not PostKind.NOTICE and not other and not job.payload.get("alone"):
            return False
        then = await self._to_the_next(job, key, Place.parse(str(of))) if of else []
        if other:
            place = Place.parse(str(other))
            moved = PostKey(place, key.kind, key.subject, key.lens)
            payload = {**job.payload, "else": None, "edit": None, "alone": True}
            then = [NewJob(Queue.DELIVER, str(moved), payload, lane=str(place))]
        await self._store.end(job, JobState.FAILED, str(error), then=then)
        return True

    async def _notices(self, place: Place, closure: Closure) -> list[NewJob]:
        """One private word to each who manages the place; the closure's beginning makes it one a closure."""
        platform = self._platforms.get(place.platform)
        if platform is None:
            return []
        told = await self._who(place, platform)
        post = plain_post(notice(closure, await platform.describe(place)))
        subject = f"closed/{place}/{closure.since:%Y%m%dT%H%M%S}"
        return _told(told, subject, {"post": post, "of": str(place)})

    async def _to_the_next(self, job: Job, key: PostKey, place: Place) -> list[NewJob]:
        """The notice to those who manage the place, when who made its follows takes no private word."""
        platform = self._platforms.get(place.platform)
        others = [one for one in await self._managers(place, platform) if one != key.place] if platform else []
        return _told(others, key.subject, {"post": job.payload["post"]})

    async def _who(self, place: Place, platform: Platform) -> list[Place]:
        """Who made the follows of the place; else who manages it."""
        follows = [one for one in await self._store.follows() if one.place == place and one.by]
        makers = [platform.private(one.by) for one in follows]
        known = list(dict.fromkeys(one for one in makers if one is not None))
        return known or await self._managers(place, platform)

    async def _managers(self, place: Place, platform: Platform) -> list[Place]:
        """Who manages the place as the platform knows; else who runs the bot."""
        try:
            managers = list(await platform.admins(place))
        except errors.PlatformError as error:
            log.warning("nobody to tell", extra={"place": str(place), "reason": str(error)})
            managers = []
        operators = [platform.private(one) for one in sorted(self._operators)]
        return managers or [one for one in operators if one is not None]

    async def opened(self, place: Place) -> None:
        """A post went out there: whatever closed the place is mended."""
        if await self._store.open_place(place):
            log.info("a place takes posts again", extra={"place": str(place)})
            await self._store.wake(str(place))


def _told(places: Sequence[Place], subject: str, payload: Mapping[str, Any]) -> list[NewJob]:
    """A notice to each of those."""
    keys = [PostKey(one, PostKind.NOTICE, subject, "") for one in places]
    return [NewJob(Queue.DELIVER, str(key), dict(payload), lane=str(key.place)) for key in keys]
