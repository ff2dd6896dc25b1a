"""What a feed's content means: the day's announcement, an old one once more, or nothing; never a guess.

A feed that repeats an earlier day under a new date is *stale*: at least five papers, nine in ten of them announced
before in that very version. Then, and when the day is overdue, the listing is asked instead.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.errors import SourceUnavailable
from bot.core.feed import FeedState, Outcome
from bot.core.paper import Batch
from bot.core.schedule import eastern_day, expects_announcement, is_hint_holiday, is_overdue, is_weekend
from bot.ports import Fetched, PaperSource, Store

log = logging.getLogger(__name__)

STALE_LEAST = 5
REPLAY = timedelta(days=7)
AHEAD = timedelta(days=2)
UNANNOUNCED = (Outcome.NOT_YET, Outcome.EMPTY_WEEKDAY)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a feed was found to be: its outcome, the batch to store if any, and whether its validators may be kept."""

    outcome: Outcome
    detail: str = ""
    batch: Batch | None = None
    keep_validators: bool = True


def present_day(feed_day: date | None, today: date) -> date:
    """Today's Eastern date; of a feed from another time (a saved one) its own."""
    return feed_day if feed_day and today - feed_day > REPLAY else today


def refuse_the_future(feed_day: date | None, today: date) -> None:
    """A day that is not yet anywhere would hide all days before it: `SourceUnavailable` for that."""
    if feed_day is not None and feed_day > today + AHEAD:
        what = f"The feed is dated {feed_day}, and today is {today}."
        raise SourceUnavailable(Outcome.MALFORMED, what, "Check the clock of this machine.")


def count(batch: Batch) -> str:
    """How many papers of which day."""
    return f"{len(batch.entries)} papers of {batch.day}"


async def interpret(
    store: Store, source: PaperSource, category: str, before: FeedState, fetched: Fetched, now: datetime
) -> Reading:
    """What the feed says, with a look at the listing where the feed cannot be right or is long overdue."""
    today = present_day(fetched.day, eastern_day(now))
    if fetched.batch is None:
        reading = _without_papers(before, fetched, today)
    else:
        reading = await _with_papers(store, category, before, fetched.batch, today)
    is_late = reading.outcome in UNANNOUNCED and today == eastern_day(now)
    if reading.outcome is Outcome.STALE or (is_late and is_overdue(now)):
        return await _from_listing(store, source, category, today, reading)
    return reading


def _without_papers(before: FeedState, fetched: Fetched, today: date) -> Reading:
    """An empty feed is quiet only on a weekend or a published holiday; an unchanged one means what it did."""
    outcome = _quiet_or_waiting(before.day, today)
    if fetched.not_modified or (fetched.day or today) < today or outcome is not Outcome.NOT_YET:
        return Reading(outcome)
    return Reading(Outcome.EMPTY_WEEKDAY, f"the feed of {today} holds no papers", keep_validators=False)


async def _with_papers(store: Store, category: str, before: FeedState, batch: Batch, today: date) -> Reading:
    is_stored = bool(await store.announced_day(category, batch.day))
    seen = await store.seen_earlier(category, batch)
    outcome = _quiet_or_waiting(max(batch.day, before.day or batch.day) if is_stored else before.day, today)
    if _is_repeat(batch, seen):
        if is_stored or batch.day < today or not expects_announcement(today):
            return Reading(outcome, keep_validators=False)
        return Reading(Outcome.STALE, f"{seen} of {len(batch.entries)} papers were announced before", None, False)
    if is_stored:
        return Reading(outcome, batch=batch)
    return Reading(Outcome.ANNOUNCED, count(batch), batch)


def _is_repeat(batch: Batch, seen: int) -> bool:
    """Whether the batch is an earlier day's once more; where none is expected, a small one may be that too."""
    is_enough = len(batch.entries) >= STALE_LEAST or not expects_announcement(batch.day)
    return is_enough and 10 * seen >= 9 * len(batch.entries)


async def _from_listing(store: Store, source: PaperSource, category: str, day: date, feed: Reading) -> Reading:
    """What the listing says of that day; where it says nothing, what the feed did."""
    log.warning("the feed is stale or late", extra={"category": category, "detail": feed.detail})
    try:
        listing = await source.fetch_new(category, day)
    except SourceUnavailable as error:
        return Reading(feed.outcome, _joined(feed.detail, f"the listing: {error.outcome}"), feed.batch, False)
    if listing.day != day:
        outcome = Outcome.NOT_YET if listing.day < day else feed.outcome
        return Reading(outcome, _joined(feed.detail, f"the listing shows {listing.day}"), feed.batch, False)
    if not listing.entries or _is_repeat(listing, await store.seen_earlier(category, listing)):
        return Reading(feed.outcome, _joined(feed.detail, "the listing has nothing new"), feed.batch, False)
    return Reading(Outcome.CAUGHT_UP, _joined(feed.detail, f"{count(listing)} from the listing"), listing, False)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _quiet_or_waiting(day: date | None, today: date) -> Outcome:
    """Nothing new came: the day is read already, or there is none today, or it is still awaited."""
    if day is not None and day >= today:
        return Outcome.ALREADY_READ
    if is_weekend(today):
        return Outcome.NO_ANNOUNCEMENT_WEEKEND
    return Outcome.NO_ANNOUNCEMENT_HOLIDAY if is_hint_holiday(today) else Outcome.NOT_YET
