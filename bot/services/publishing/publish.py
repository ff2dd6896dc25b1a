"""A follow's day: wait until it may close, then close it in one commit that makes its posts."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from bot.core.commands.payer import Payer
from bot.core.errors import PlatformError
from bot.core.follows.edition import EditionFacts, EditionKey, admits
from bot.core.follows.follow import Follow, Mode
from bot.core.follows.plan import PostRoom, closes_at, early_cards, may_close, plan
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.papers.calendar import posting_moment
from bot.core.papers.feed import FeedState, Outcome
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostKind
from bot.core.verdicts.lens import Lens
from bot.ports.platform import Platform
from bot.ports.store import Clock, Store
from bot.services.ingest.poll import judging
from bot.services.judging.analyse import analysing

log = logging.getLogger(__name__)

NO_ANNOUNCEMENT = (Outcome.NO_ANNOUNCEMENT_WEEKEND, Outcome.NO_ANNOUNCEMENT_HOLIDAY)
JUDGING_RECHECK = timedelta(seconds=0.5)
EARLY_RECHECK = timedelta(seconds=2)
ANALYSIS_RECHECK = timedelta(seconds=1)
ANALYSIS_PATIENCE = timedelta(minutes=1)
ANALYSIS_PRIORITY = 0.0  # before the short verdicts of any day, after what a person waits for
FEED_RECHECK = timedelta(seconds=60)
MODEL_RECHECK = timedelta(minutes=5)
ASKED_FOR = 5.0


class Publish:
    """The step of the edition queue."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        clock: Clock,
        messages_a_day: int,
        lenses: Mapping[str, Lens],
        list_lines: int = 40,
    ) -> None:
        self._store = store
        self._lenses = lenses
        self._platforms = platforms
        self._clock = clock
        self._messages_a_day = messages_a_day
        self._list_lines = list_lines

    async def __call__(self, job: Job) -> None:
        """Close the edition of `job.payload` (`follow`, `day`, `part`), or say when to look again."""
        key = edition_key(job.payload)
        now = self._clock.now()
        outlook = await self._store.edition_outlook(key)
        if outlook is None:
            await self._store.end(job, JobState.DROPPED, "the follow is gone")
            return
        follow = outlook.follow
        if not (follow.is_on and (job.payload.get("now") or follow.reads(key.day))):
            await self._store.end(job, JobState.DROPPED, "the follow was paused or muted that day")
            return
        posting_at, awaited = await self._when(job, key.day, follow, now)
        last = closes_at(posting_at, job.added_at)
        unread = outlook.judging_before(last, now)
        if not may_close(unread, bool(awaited), now, posting_at, last):
            next_at = outlook.next_judging_at if unread else None
            delay, words, why = _until(now, posting_at, last, unread, next_at, awaited)
            is_judging = why is WaitReason.JUDGING
            if follow.mode is Mode.EVERY and now >= posting_at and not awaited:
                has_verdicts = await self._post_early(job, key, follow, now)
                if is_judging:
                    delay, why = min(delay, EARLY_RECHECK), why if has_verdicts else WaitReason.FIRST_VERDICT
            await self._store.reschedule(job, delay, words, why, awaits=follow.lens if is_judging else None)
        elif now < last and await self._store.add_jobs(await self._unjudged(follow, key.day)):
            await self._store.reschedule(
                job, JUDGING_RECHECK, "papers are being judged", WaitReason.JUDGING, awaits=follow.lens
            )
        else:
            await self._close(job, key, follow, now, last)

    async def _close(self, job: Job, key: EditionKey, follow: Follow, now: datetime, last: datetime) -> None:
        """Close it, unless analyses of its cards may come soon."""
        room = await self._room(follow)
        if now < last and await self._is_written_for(key, follow, now, room):
            reason = "the cards' analyses are being written"
            await self._store.reschedule(job, ANALYSIS_RECHECK, reason, WaitReason.JUDGING)
        else:
            least = self._least(follow)
            await self._store.close_edition(job, key, now, lambda latest: plan(latest, room, least))
            log.info("an edition is closed", extra={"follow": key.follow, "day": key.day.isoformat()})

    async def _post_early(self, job: Job, key: EditionKey, follow: Follow, now: datetime) -> bool:
        """Where each verdict is a card of its own, those that stand go out while others are judged. Their analyses are
        asked for when all are judged, for money may be short, and edited in. Whether there are verdicts at all."""
        facts = await self._store.edition_facts(key, now)
        verdicts = {known.paper.id for known in facts.announced if known.verdict} if facts else set()
        if facts is None or verdicts <= set(facts.early):
            return bool(verdicts)
        room = await self._room(follow)
        if not early_cards(facts, room):
            return True
        posted = await self._store.post_early(job, key, now, lambda latest: early_cards(latest, room))
        log.info("cards go out before their day closes", extra={"follow": key.follow, "cards": len(posted)})
        return True

    def _least(self, follow: Follow) -> int:
        """The interest below which nothing is worth a card through its lens."""
        return self._lenses[follow.lens].threshold if follow.lens in self._lenses else 0

    async def _room(self, follow: Follow) -> PostRoom:
        platform = self._platforms.get(follow.place.platform)
        if platform is None:
            return PostRoom(self._messages_a_day, self._list_lines, self._list_lines)
        is_flat, most = not await _has_threads(platform, follow.place), platform.capacity
        return PostRoom(self._messages_a_day, most.list_lines, most.title_lines, most.digest_characters, is_flat)

    async def _is_written_for(self, key: EditionKey, follow: Follow, now: datetime, room: PostRoom) -> bool:
        """Whether analyses of the papers that get a card are asked for and may come soon; one that is put off for
        longer, or failed, is not waited for: its card has no closing line."""
        facts = await self._store.edition_facts(key, now)
        if facts is None:
            return False
        posts = plan(facts, room, self._least(follow)).posts
        cards = {paper for post in posts if post.key.kind is PostKind.CARD for paper in post.papers}
        wanted = _analyses(facts, cards, key.day)
        await self._store.add_jobs((*wanted, *_analyses(facts, facts.early, key.day)))  # these are edited in
        jobs = [await self._store.find_job(Queue.JUDGE, new.key) for new in wanted]
        soon = now + ANALYSIS_PATIENCE
        waiting = [job for job in jobs if job is not None and job.state is JobState.OPEN]
        return any(job.is_under_way or job.due_at <= soon for job in waiting)

    async def _unjudged(self, follow: Follow, day: date) -> list[NewJob]:
        """What the follow wants of that day and nobody asked for: its lens or words changed since the poll."""
        entries = await self._store.announced(follow.categories, day)
        papers = [entry.paper for entry in entries if admits(follow, entry) is None and not entry.paper.is_withdrawn]
        judged = await self._store.verdicts([paper.id for paper in papers], follow.lens)
        payers = (Payer.of_follow(follow),)
        return [judging(paper, follow.lens, payers=payers) for paper in papers if paper.id not in judged]

    async def _when(self, job: Job, day: date, follow: Follow, now: datetime) -> tuple[datetime, list[str]]:
        """When the edition may go out, and the categories whose announcement it waits for; a person may want it now."""
        if job.payload.get("now"):
            return min(datetime.fromisoformat(job.payload["now"]), now), []
        awaited = [category for category in follow.categories if await self._is_awaited(category, day)]
        return posting_moment(day, follow.hour, follow.zone, follow.weekdays), awaited

    async def _is_awaited(self, category: str, day: date) -> bool:
        """Whether that category's announcement of that day may still come."""
        state = await self._store.feed_state(category)
        return not (await self._store.announced_day(category, day)) and _may_come(state, day)


def _analyses(facts: EditionFacts, cards: Collection[ArxivId], day: date) -> list[NewJob]:
    """The analyses that are missing of the cards of a day."""
    payer = Payer.of_follow(facts.follow)
    return [
        analysing(announced.paper, announced.verdict, ANALYSIS_PRIORITY, payer, day)
        for announced in facts.announced
        if announced.paper.id in cards
        and announced.verdict
        and announced.verdict.can_be_analysed
        and not announced.verdict.analysis
    ]


async def _has_threads(platform: Platform, place: Place) -> bool:
    """Whether lists can stand in threads there; where nobody can say it now, as nearly everywhere.

    A platform that is closed, down or silent keeps no other's day waiting, and its own posts are planned: they wait.
    """
    if not platform.connection.state.is_good:
        return True
    try:
        async with asyncio.timeout(ASKED_FOR):
            return await platform.has_threads(place)
    except (PlatformError, TimeoutError):
        return True


def _may_come(state: FeedState, day: date) -> bool:
    passed = state.day is not None and state.day >= day
    return day in state.missed or not (passed or state.outcome in NO_ANNOUNCEMENT)


def _until(
    now: datetime, posting_at: datetime, last: datetime, unread: int, next_at: datetime | None, awaited: list[str]
) -> tuple[timedelta, str, WaitReason]:
    """How long to wait, the words for `jobs`, and why."""
    if now < posting_at:
        return posting_at - now, f"posts at {posting_at:%d %b %H:%M} UTC", WaitReason.POSTING_HOUR
    if unread and next_at is not None:
        delay = min(next_at - now, last - now, MODEL_RECHECK)
        return delay, f"{unread} papers wait for the model", WaitReason.MODEL_AWAITED
    if unread:
        patience = JUDGING_RECHECK * (1 + unread / 50)  # many take a while, and counting them costs
        return min(patience, last - now), f"{unread} papers are being judged", WaitReason.JUDGING
    words = f"waiting for the announcement of {', '.join(awaited)}"
    return min(FEED_RECHECK, last - now), words, WaitReason.ANNOUNCEMENT


def edition_key(payload: Mapping[str, object]) -> EditionKey:
    """The edition that a job's payload names."""
    return EditionKey(str(payload["follow"]), date.fromisoformat(str(payload["day"])), int(str(payload["part"])))
