"""A follow's day: wait until it may close, then close it in one commit that makes its posts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.core.edition import EditionKey, admits
from bot.core.feed import FeedState, Outcome
from bot.core.follow import Follow
from bot.core.plan import Room, closes_at, may_close, plan
from bot.core.schedule import posting_moment
from bot.core.verdict import WAIT_FOR_MODEL
from bot.core.work import Job, JobState, NewJob
from bot.ports import Clock, Platform, Store
from bot.services.poll import judging

QUIET = (Outcome.NO_ANNOUNCEMENT_WEEKEND, Outcome.NO_ANNOUNCEMENT_HOLIDAY)
JUDGING_RECHECK = timedelta(seconds=0.5)
FEED_RECHECK = timedelta(seconds=60)
MODEL_RECHECK = timedelta(minutes=5)
AWAITED = ("posts at", "waiting for the announcement of")


class Publish:
    """The step of the edition queue."""

    def __init__(
        self, store: Store, platforms: Mapping[str, Platform], clock: Clock, messages_a_day: int, list_lines: int = 40
    ) -> None:
        self._store = store
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
        unread = outlook.judging_before(last)
        if not may_close(unread, bool(awaited), now, posting_at, last):
            next_at = outlook.next_judging_at if unread else None
            await self._store.put_off(job, *_until(now, posting_at, last, unread, next_at, awaited))
        elif now < last and await self._store.add_jobs(await self._unjudged(follow, key.day)):
            await self._store.put_off(job, JUDGING_RECHECK, "papers are being judged")
        else:
            platform = self._platforms.get(follow.place.platform)
            lines = platform.capacity.list_lines if platform else self._list_lines
            characters = platform.capacity.digest_characters if platform else None
            room = Room(self._messages_a_day, lines, characters)
            await self._store.close_edition(job, key, now, lambda latest: plan(latest, room))

    async def _unjudged(self, follow: Follow, day: date) -> list[NewJob]:
        """What the follow wants of that day and nobody asked for: its lens or words changed since the poll."""
        entries = await self._store.announced(follow.categories, day)
        papers = [one.paper for one in entries if admits(follow, one) is None and not one.paper.is_withdrawn]
        judged = await self._store.verdicts([paper.id for paper in papers], follow.lens)
        return [judging(paper, follow.lens) for paper in papers if paper.id not in judged]

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


def _may_come(state: FeedState, day: date) -> bool:
    passed = state.day is not None and state.day >= day
    return day in state.missed or not (passed or state.outcome in QUIET)


def waits(reason: str) -> bool:
    """Whether an edition that says so waits for its hour, an announcement or the model, none of which comes soon."""
    return reason.startswith(AWAITED) or reason.endswith(WAIT_FOR_MODEL)


def _until(
    now: datetime, posting_at: datetime, last: datetime, unread: int, next_at: datetime | None, awaited: list[str]
) -> tuple[timedelta, str]:
    """How long to wait, and the words for `jobs`."""
    if now < posting_at:
        return posting_at - now, f"{AWAITED[0]} {posting_at:%d %b %H:%M} UTC"
    if unread and next_at is not None:
        return min(next_at - now, last - now, MODEL_RECHECK), f"{unread} papers {WAIT_FOR_MODEL}"
    if unread:
        patience = JUDGING_RECHECK * (1 + unread / 50)  # many take a while, and counting them costs
        return min(patience, last - now), f"{unread} papers are being judged"
    return min(FEED_RECHECK, last - now), f"{AWAITED[1]} {', '.join(awaited)}"


def edition_key(payload: Mapping[str, object]) -> EditionKey:
    """The edition that a job's payload names."""
    return EditionKey(str(payload["follow"]), date.fromisoformat(str(payload["day"])), int(str(payload["part"])))
