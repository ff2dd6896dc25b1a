"""A post goes out once: look when in doubt, send, and write down where it stands, in that order.

A send whose ending is unknown leaves its job doubtful; the next attempt looks in the channel for the key before it
sends again. One job a place is under way, so a look at the newest posts is enough.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import time, timedelta

from bot.core import errors
from bot.core.post import Post, PostKey, PostKind, PostRef
from bot.core.remark import ref_of
from bot.core.week import IsoWeek, report_moment
from bot.core.work import Job, JobState, retry_delay
from bot.ports import Clock, Platform, SentPost, Store
from bot.services.judge import edit_of
from bot.services.park import Park
from bot.services.render import Renderer

log = logging.getLogger(__name__)

NOT_SET_UP = timedelta(minutes=15)
PATIENT_TRIES = 4


class Deliver:
    """The step of the delivery queue. `lease`: the time a claimed job is ours; a send gets half of it at most."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        renderer: Renderer,
        lease: timedelta,
        clock: Clock,
        operators: frozenset[str] = frozenset(),
    ) -> None:
        self._clock = clock
        self._park = Park(store, platforms, clock, operators)
        self._store = store
        self._platforms = platforms
        self._renderer = renderer
        self._lease = lease

    async def __call__(self, job: Job) -> None:
        """Send, adopt or edit what the job says; every failure is an outcome with a time to come back."""
        edited = job.payload.get("edit")
        key = PostKey.parse(str(edited or job.key))
        platform = self._platforms.get(key.place.platform)
        if platform is None:
            await self._store.put_off(job, NOT_SET_UP, f"the platform {key.place.platform} is not set up")
            return
        try:
            if edited:
                await self._edit(job, key, platform)
            else:
                await self._post(job, key, platform)
        except errors.PlatformError as error:
            await self._failed(job, key, error)

    async def _post(self, job: Job, key: PostKey, platform: Platform) -> None:
        if await self._store.sent(key) is not None:
            await self._store.end(job, JobState.DONE, "already there")
            return
        if key.kind is PostKind.REPORT and not job.doubtful and await self._is_past(key, job):
            await self._store.end(job, JobState.DROPPED, "a later week is due by now")
            return
        thread = await self._thread(job)
        found = await platform.find(key, thread) if job.doubtful else None
        shown = await self._renderer.stamp(key, job.payload) if found is None else ""
        if found is None:
            post = await self._renderer.post(key, job.payload)
            found = await self._send(job, platform, key, post, thread)
        else:
            log.info("adopted a post that was already there", extra={"key": str(key), "post": found.id})
        await self._store.finish_delivery(job, key, found)
        await self._park.opened(key.place)
        await self._mend(job, key, shown)

    async def _is_past(self, key: PostKey, job: Job) -> bool:
        """Whether a report waited so long that another one is due: two weeks are never posted at once."""
        hour = time.fromisoformat(job.payload.get("hour") or "09:00")
        moment = report_moment(IsoWeek.parse(key.subject), hour, job.payload.get("zone") or "UTC")
        return self._clock.now() >= moment + timedelta(days=6)

    async def _mend(self, job: Job, key: PostKey, shown: str) -> None:
        """Edit what went out when a verdict in it changed meanwhile: the judging step did not see this post yet.

        An adopted post was made by an attempt that nobody remembers: it is written again where a text may have changed.
        """
        stamp = await self._renderer.stamp(key, job.payload)
        known = shown or (stamp if await self._renderer.is_first(job.payload) else "")
        if stamp != known:
            await self._store.add_jobs([edit_of(key, stamp)])

    async def _send(self, job: Job, platform: Platform, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        await self._store.renew(job, self._lease)
        try:
            async with asyncio.timeout((self._lease / 2).total_seconds()):
                return await platform.send(key, post, thread)
        except TimeoutError as error:
            raise errors.SendUnknown("The platform did not answer in time.") from error

    async def _edit(self, job: Job, key: PostKey, platform: Platform) -> None:
        sent = await self._store.sent(key)
        if sent is None:
            await self._store.end(job, JobState.DONE, "there is no such post to edit")
            return
        planned = _planned(sent) | {name: job.payload[name] for name in ("post", "zone") if job.payload.get(name)}
        shown = await self._renderer.stamp(key, planned)
        post = await self._renderer.post(key, planned)
        await self._store.renew(job, self._lease)
        try:
            async with asyncio.timeout((self._lease / 2).total_seconds()):
                await platform.edit(sent.ref, key, post)
        except TimeoutError as error:
            raise errors.SendUnknown("The platform did not answer in time.") from error
        stamp = await self._renderer.stamp(key, planned)  # another edit may have overtaken this one
        await self._store.end(job, then=[edit_of(key, stamp)] if stamp != shown else ())

    async def _thread(self, job: Job) -> PostRef | None:
        """The post whose thread this one goes to; None when it goes to the channel itself."""
        if job.payload.get("under"):
            return ref_of(job.payload["under"])
        thread = job.payload.get("thread")
        if not thread:
            return None
        opening = await self._store.sent(PostKey.parse(str(thread)))
        if opening is None:  # it goes first in the lane, so it was rejected: its lists would flood the channel
            raise errors.PostRejected(
                "The post whose thread this one belongs in did not go out.", "Retry that one first."
            )
        return opening.ref

    async def _failed(self, job: Job, key: PostKey, error: errors.PlatformError) -> None:
        """Put off or end the job, by what the platform said."""
        wait = error.retry_after
        log.warning("a post waits", extra={"key": job.key, "why": type(error).__name__, "reason": str(error)})
        match error:
            case errors.SendUnknown():
                delay = max(wait or self._lease / 12, self._growing(job))
                await self._store.put_off(job, delay, str(error), settled=False)
            case errors.LookUnavailable():
                delay = max(wait or self._lease, self._growing(job))
                await self._store.put_off(job, delay, str(error), settled=False)
            case errors.PostRejected():
                await self._store.end(job, JobState.FAILED, str(error))
            case errors.PlaceClosed():
                await self._park.close(job, key, error)
            case _:
                await self._put_off(job, wait or retry_delay(job.attempt), error)

    def _growing(self, job: Job) -> timedelta:
        """The least wait after many attempts: ever longer, so that a round ends."""
        tries = job.attempt - PATIENT_TRIES
        return retry_delay(tries) if tries > 0 else timedelta(0)

    async def _put_off(self, job: Job, delay: timedelta, error: errors.PlatformError) -> None:
        """A refusal is certain for this attempt only: what an earlier one left in doubt stays in doubt.

        A platform that asks for a short wait again and again is given longer ones.
        """
        await self._store.put_off(job, max(delay, self._growing(job)), str(error), settled=not job.doubtful)


def _planned(sent: SentPost) -> dict[str, object]:
    """What a post was planned with, as its delivery job's payload had it."""
    papers = [str(paper) for paper in sent.papers]
    if not papers and sent.key.kind is PostKind.CARD:  # what somebody shared was planned by no edition
        papers = [sent.key.subject]
    return {"papers": papers, "opened": sent.opened, "edition": str(sent.edition) if sent.edition else None}
