"""What a feed's content means: the day's announcement, an old one once more, or nothing; never a guess.

A feed that repeats an earlier day under a new date is *stale*: at least five papers, nine in ten of them announced
before in that very version. Then, and when the day is overdue, the listing is asked instead.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.errors import SourceUnavailable
from bot.core.papers.calendar import (
    LONGEST_MEMORY,
    IsDeferred,
    eastern_day,
    expects_announcement,
    is_overdue,
    is_weekend,
)
from bot.core.papers.feed import FeedState, Fetched, Outcome
from bot.core.papers.paper import Batch
from bot.core.posts.phrase import day_words
from bot.ports.store import PaperSource, Store

log = logging.getLogger(__name__)

STALE_LEAST = 5
UNANNOUNCED = (Outcome.NOT_YET, Outcome.EMPTY_WEEKDAY)


@dataclass(frozen=True, slots=True)
class FeedReading:
    """What a feed was found to be: its outcome, the batch to store if any, and whether its validators may be kept."""

    outcome: Outcome
    detail: str = ""
    batch: Batch | None = None
    keep_validators: bool = True


def present_day(fetched: Fetched, now: datetime) -> date:
    """Today's Eastern date; of a saved feed its own."""
    return fetched.day if fetched.is_saved and fetched.day else eastern_day(now)


def _of_another_time(feed_day: date | None, today: date) -> str:
    """Why a feed cannot be arXiv's of this week: a frozen one, one of the future, or a clock that is wrong."""
    if feed_day is None or today - LONGEST_MEMORY <= feed_day <= today:
        return ""
    where = "in the future" if feed_day > today else "more than a week ago"
    return f"its feed is dated {day_words(feed_day)}, which is {where}, where today is {day_words(today)}"


def count(batch: Batch) -> str:
    """How many papers of which day."""
    return f"{len(batch.entries)} papers of {batch.day}"


async def interpret(
    store: Store,
    source: PaperSource,
    category: str,
    before: FeedState,
    fetched: Fetched,
    now: datetime,
    is_deferred: IsDeferred,
) -> FeedReading:
    """What the feed says, with a look at the listing where the feed cannot be right or is long overdue.

    `SourceUnavailable` where the feed is of another time, and the listing does not help.
    """
    today = present_day(fetched, now)
    if wrong := _of_another_time(fetched.day, today):
        odd = FeedReading(Outcome.WRONG_DAY, wrong, None, False)
        reading = await _from_listing(store, source, category, today, odd, is_deferred)
        if reading.batch is None:
            raise SourceUnavailable(Outcome.WRONG_DAY, reading.detail, "")
        return reading
    if fetched.batch is None:
        reading = _without_papers(before, fetched, today, is_deferred)
    else:
        reading = await _with_papers(store, category, before, fetched.batch, today, is_deferred)
    is_late = reading.outcome in UNANNOUNCED and today == eastern_day(now)
    if reading.outcome is Outcome.STALE or (is_late and is_overdue(now, is_deferred)):
        return await _from_listing(store, source, category, today, reading, is_deferred)
    return reading


def _without_papers(before: FeedState, fetched: Fetched, today: date, is_deferred: IsDeferred) -> FeedReading:
    """An empty feed is quiet only on a weekend or a holiday; an unchanged one means what it did."""
    outcome = _quiet_or_waiting(before.day, today, is_deferred)
    if fetched.not_modified or (fetched.day or today) < today or outcome is not Outcome.NOT_YET:
        return FeedReading(outcome)
    return FeedReading(Outcome.EMPTY_WEEKDAY, f"the feed of {today} holds no papers", keep_validators=False)


async def _with_papers(
    store: Store, category: str, before: FeedState, batch: Batch, today: date, is_deferred: IsDeferred
) -> FeedReading:
    is_stored = bool(await store.announced_day(category, batch.day))
    seen = await store.seen_earlier(category, batch)
    latest = max(batch.day, before.day or batch.day) if is_stored else before.day
    outcome = _quiet_or_waiting(latest, today, is_deferred)
    if _is_repeat(batch, seen, is_deferred):
        if is_stored or batch.day < today or not expects_announcement(today, is_deferred):
            return FeedReading(outcome)
        return FeedReading(Outcome.STALE, f"{seen} of {len(batch.entries)} papers were announced before", None, False)
    if is_stored:
        return FeedReading(outcome, batch=batch)
    return FeedReading(Outcome.ANNOUNCED, count(batch), batch)


def _is_repeat(batch: Batch, seen: int, is_deferred: IsDeferred) -> bool:
    """Whether the batch is an earlier day's once more; where none is expected, a small one may be that too."""
    is_enough = len(batch.entries) >= STALE_LEAST or not expects_announcement(batch.day, is_deferred)
    return is_enough and 10 * seen >= 9 * len(batch.entries)


async def _from_listing(
    store: Store, source: PaperSource, category: str, day: date, feed: FeedReading, is_deferred: IsDeferred
) -> FeedReading:
    """What the listing says of that day; where it says nothing, what the feed did."""
    keep = feed.keep_validators
    log.warning("the feed is stale or late", extra={"category": category, "detail": feed.detail})
    try:
        listing = await source.fetch_new(category, day)
    except SourceUnavailable as error:
        return FeedReading(feed.outcome, _joined(feed.detail, f"the listing: {error.outcome}"), feed.batch, keep)
    if listing.day != day:
        outcome = Outcome.NOT_YET if listing.day < day and feed.outcome is not Outcome.WRONG_DAY else feed.outcome
        return FeedReading(outcome, _joined(feed.detail, f"the listing shows {listing.day}"), feed.batch, keep)
    if not listing.entries or _is_repeat(listing, await store.seen_earlier(category, listing), is_deferred):
        return FeedReading(feed.outcome, _joined(feed.detail, "the listing has nothing new"), feed.batch, keep)
    return FeedReading(Outcome.CAUGHT_UP, _joined(feed.detail, f"{count(listing)} from the listing"), listing, keep)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _quiet_or_waiting(day: date | None, today: date, is_deferred: IsDeferred) -> Outcome:
    """Nothing new came: the day is read already, or there is none today, or it is still awaited."""
    if day is not None and day >= today:
        return Outcome.ALREADY_READ
    if is_weekend(today):
        return Outcome.NO_ANNOUNCEMENT_WEEKEND
    return Outcome.NO_ANNOUNCEMENT_HOLIDAY if is_deferred(today) else Outcome.NOT_YET
