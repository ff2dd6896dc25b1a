"""A post goes out once: look when in doubt, send, and write down where it stands, in that order.

A send whose ending is unknown leaves its job doubtful; the next attempt looks in the channel for the key before it
sends again. One job a place is under way, so a look at the newest posts is enough.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import time, timedelta

from bot.core import errors
from bot.core.discussion.remark import ref_of
from bot.core.follows.week import IsoWeek, report_moment
from bot.core.jobs.job import Job, JobState, NewJob, retry_delay
from bot.core.jobs.wait_reason import WaitReason
from bot.core.posts.plainer import least, set_in
from bot.core.posts.post import Form, Post, PostKey, PostKind, PostRef
from bot.core.present.notice import lost_notice
from bot.ports.platform import Platform
from bot.ports.store import Clock, SentPost, Store
from bot.services.publishing.closed_places import ClosedPlaces, NotForAll
from bot.services.publishing.edits import edit_of
from bot.services.publishing.plainer import Plainer, edit_forms, form_of
from bot.services.publishing.render import Renderer

log = logging.getLogger(__name__)

NOT_SET_UP = timedelta(minutes=15)
PATIENT_TRIES = 4
USUAL_FORM = {"form": Form.RICH, "step": 0}


class Deliver:
    """The step of the delivery queue. `lease`: the time a claimed job is ours; a send gets half of it at most."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        renderer: Renderer,
        lease: timedelta,
        clock: Clock,
        not_for_all: NotForAll,
        operators: frozenset[str] = frozenset(),
    ) -> None:
        self._clock = clock
        self._park = ClosedPlaces(store, platforms, clock, operators, not_for_all)
        self._plainer = Plainer(store, renderer, self._park)
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
            reason = f"the platform {key.place.platform} is not set up"
            await self._store.reschedule(job, NOT_SET_UP, reason, WaitReason.PLATFORM)
            return
        try:
            if edited:
                await self._edit(job, key, platform)
            else:
                await self._post(job, key, platform)
        except errors.FormRefused as error:
            if not await self._plainer.again(job, key, platform, error):
                await self._store.amend(job, USUAL_FORM)  # whoever has it tried again wants the whole of it
                await self._failed(job, key, error)
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
        if thread is None and job.payload.get("thread") and await platform.has_threads(key.place):
            # The post that it stands under goes first in the lane, so it was refused in every form.
            await self._store.let_out(job, key, PostKey.parse(str(job.payload["thread"])))
            return
        told = await self._plainer.told(job, key)
        found = await platform.find(key, thread) if job.doubtful else None
        shown = ""
        if found is None:
            made, shown = await self._renderer.stamped(key, job.payload)
            found = await self._send(job, platform, key, set_in(made, form_of(job.payload)), thread)
        else:
            log.info("adopted a post that was already there", extra={"key": str(key), "post": found.id})
        await self._store.add_jobs(told)
        was_closed = await self._store.finish_delivery(job, key, found)
        log.info("posted", extra={"kind": str(key.kind), "place": str(key.place), "subject": key.subject})
        if was_closed:
            await self._park.opened(key.place)
        await self._mend(job, key, shown)

    async def _is_past(self, key: PostKey, job: Job) -> bool:
        """Whether a report waited so long that another one is due: two weeks are never posted at once."""
        hour = time.fromisoformat(job.payload.get("hour") or "09:00")
        moment = report_moment(IsoWeek.parse(key.subject), hour, job.payload.get("zone") or "UTC")
        return self._clock.now() >= moment + timedelta(days=6)

    async def _mend(self, job: Job, key: PostKey, shown: str) -> None:
        """Edit what went out when a verdict in it changed meanwhile: the judging step did not see this post yet.

        An adopted post was made by an attempt that nobody remembers: it is written again, whatever it shows of papers.
        """
        stamp = await self._renderer.stamp(key, job.payload)
        if stamp != shown:
            await self._store.add_jobs([edit_of(key, stamp)])

    async def _send(self, job: Job, platform: Platform, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        await self._store.hold_on(job, self._lease)
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
        if key.kind is PostKind.TALK:
            planned["reads_along"] = await platform.reads_along(key.place)
        shown = await self._renderer.stamp(key, planned)
        forms = edit_forms(await self._plainer.stands_in(key))
        form, is_least = forms[min(int(job.payload.get("step", 0)), len(forms) - 1)]
        post = await self._renderer.post(key, planned)
        post = set_in(least(post) if is_least else post, form)
        await self._store.renew(job, self._lease)
        try:
            async with asyncio.timeout((self._lease / 2).total_seconds()):
                await platform.edit(sent.ref, key, post)
        except TimeoutError as error:
            raise errors.SendUnknown("The platform did not answer in time.") from error
        stamp = await self._renderer.stamp(key, planned)  # another edit may have overtaken this one
        await self._store.end(job, then=[edit_of(key, stamp)] if stamp != shown else ())

    async def _thread(self, job: Job) -> PostRef | None:
        """The post whose thread this one goes to; None: the channel itself, or that post is not there."""
        if job.payload.get("under"):
            return ref_of(job.payload["under"])
        thread = job.payload.get("thread")
        if not thread:
            return None
        opening = await self._store.sent(PostKey.parse(str(thread)))
        return opening.ref if opening else None

    async def _failed(self, job: Job, key: PostKey, error: errors.PlatformError) -> None:
        """Put off or end the job, by what the platform said."""
        wait = error.retry_after
        log.warning("a post waits", extra={"key": job.key, "reason": str(error)})
        match error:
            case errors.SendUnknown():
                delay = max(wait or self._lease / 12, self._growing(job))
                await self._store.reschedule(job, delay, str(error), WaitReason.PLATFORM, settled=False)
            case errors.LookUnavailable():
                delay = max(wait or self._lease, self._growing(job))
                await self._store.reschedule(job, delay, str(error), WaitReason.PLATFORM, settled=False)
            case errors.PostGone() if job.payload.get("edit"):
                await self._store.end(job, JobState.DONE, str(error))
            case errors.PostRejected():
                await self._store.end(job, JobState.FAILED, str(error), then=await self._told_lost(job, key, error))
            case errors.PlaceClosed():
                await self._park.close(job, key, error)
            case _:
                await self._put_off(job, wait or retry_delay(job.attempt), error)

    async def _told_lost(self, job: Job, key: PostKey, error: errors.PlatformError) -> list[NewJob]:
        """Whoever manages the place hears once of a day (or a post of no day) that something of it stands nowhere."""
        if job.payload.get("edit") or key.kind is PostKind.NOTICE:
            return []
        of = job.payload.get("edition") or key.subject
        return await self._park.tell(key.place, f"lost/{key.place}/{of}", lambda name: lost_notice(name, error.what))

    def _growing(self, job: Job) -> timedelta:
        """The least wait after many attempts: ever longer, so that a round ends."""
        tries = job.attempt - PATIENT_TRIES
        return retry_delay(tries) if tries > 0 else timedelta(0)

    async def _put_off(self, job: Job, delay: timedelta, error: errors.PlatformError) -> None:
        """A refusal is certain for this attempt only: what an earlier one left in doubt stays in doubt.

        A platform that asks for a short wait again and again is given longer ones.
        """
        delay = max(delay, self._growing(job))
        await self._store.reschedule(job, delay, str(error), WaitReason.PLATFORM, settled=not job.doubtful)


def _planned(sent: SentPost) -> dict[str, object]:
    """What a post was planned with, as its delivery job's payload had it."""
    papers = [str(paper) for paper in sent.papers]
    if not papers and sent.key.kind in (PostKind.CARD, PostKind.TALK):  # what somebody wanted was planned by no edition
        papers = [sent.key.subject]
    return {"papers": papers, "opened": sent.opened, "edition": str(sent.edition) if sent.edition else None}
