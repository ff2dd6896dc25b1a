"""When to look again: functions of a moment, never of "now".

arXiv's clock: announcements at 20:00 Eastern, Sunday to Thursday; feeds change at the following midnight, so that a
feed has a day from Monday to Friday. Source: arXiv's help page "Availability of submissions".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from bot.core.jobs.backoff import backoff
from bot.core.papers.feed import Outcome

EASTERN = ZoneInfo("America/New_York")
FRIDAY = 4
LONGEST_BACKOFF = timedelta(hours=1)
LONGEST_REFUSAL = timedelta(hours=6)
LONGEST_MEMORY = timedelta(days=7)
LISTING_REACH = timedelta(days=14)  # arXiv's listing has five announcements; around the new year they span twelve days
LONGEST_LOSS = timedelta(days=28)
OVERDUE_AFTER = timedelta(hours=3)
RARER_FACTOR = 3
LEAP_YEAR = 2024
_DAYS_OF_YEAR = re.compile(r"(\d\d)-(\d\d)(?:\.\.(\d\d)-(\d\d))?", re.ASCII)

# Whether arXiv is likely to defer that day's mailing: a hint only, since it may announce all the same, or shift the day
# after. The rules stand with the sources.
IsDeferred = Callable[[date], bool]

# What is not mended within a minute is not asked for every minute.
FIRST_WAITS = {
    Outcome.RATE_LIMITED: timedelta(minutes=15),
    Outcome.REFUSED: timedelta(hours=1),
    Outcome.ERROR_FEED: timedelta(minutes=15),
    Outcome.WRONG_DAY: timedelta(minutes=15),
    Outcome.REDIRECTED_AWAY: timedelta(minutes=15),
    Outcome.TOO_LARGE: timedelta(minutes=15),
}
SLOW_TO_MEND = (Outcome.RATE_LIMITED, Outcome.REFUSED)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often to look: `probe` while an announcement is expected and not there, `rest` otherwise."""

    probe: timedelta = timedelta(minutes=10)
    rest: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class DaysOfYear:
    """Days that come every year, from one month and day to another; over the new year where the first is later."""

    first: tuple[int, int]
    last: tuple[int, int]

    @classmethod
    def parse(cls, words: str) -> Self:
        """`12-24` or `12-29..01-01`; `ValueError` with what to write else."""
        found = _DAYS_OF_YEAR.fullmatch(words)
        if found is None:
            raise ValueError(f'{words!r} names no days of a year; write them like "12-24" or "12-29..12-31"')
        month, day, last_month, last_day = (int(number or 0) for number in found.groups())
        first, last = (month, day), (last_month or month, last_day or day)
        for pair in (first, last):
            try:
                date(LEAP_YEAR, *pair)
            except ValueError:
                raise ValueError(f"{words!r}: there is no {pair[0]:02}-{pair[1]:02} in any year") from None
        return cls(first, last)

    def __contains__(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


def eastern_day(moment: datetime) -> date:
    """The date in America/New_York."""
    return moment.astimezone(EASTERN).date()


def is_weekend(day: date) -> bool:
    """Whether arXiv's feed has no day then by its weekly rhythm."""
    return day.weekday() > FRIDAY


def never_deferred(day: date) -> bool:
    """No holidays: where nobody knows of any."""
    return False


def expects_announcement(day: date, is_deferred: IsDeferred) -> bool:
    """Whether a feed of that Eastern date should hold papers."""
    return not is_weekend(day) and not is_deferred(day)


def is_overdue(moment: datetime, is_deferred: IsDeferred) -> bool:
    """Whether today's announcement, if it is not there, should have been for so long that a second look elsewhere pays.

    Feeds change within seconds of midnight Eastern; what they lack three hours later they may lack all day.
    """
    return expects_announcement(eastern_day(moment), is_deferred) and _is_late(moment)


def _is_late(moment: datetime) -> bool:
    return moment - _midnight(eastern_day(moment)) >= OVERDUE_AFTER


def _midnight(day: date) -> datetime:
    """When that Eastern date begins, in UTC."""
    return datetime.combine(day, time(0), EASTERN).astimezone(UTC)


def next_midnight(moment: datetime) -> datetime:
    """The next midnight Eastern after the moment, in UTC: when feeds change."""
    return _midnight(eastern_day(moment) + timedelta(days=1))


def failure_wait(outcome: str, failures: int) -> timedelta:
    """How long to wait after so many polls in a row that ended badly, the last of them in that way."""
    first = next((wait for known, wait in FIRST_WAITS.items() if known == outcome), timedelta(minutes=1))
    return backoff(failures, first, LONGEST_REFUSAL if outcome in SLOW_TO_MEND else LONGEST_BACKOFF)


def after_failure(now: datetime, outcome: str, failures: int, retry_at: datetime | None) -> datetime:
    """When to poll again after a failure: never before the server's wish."""
    planned = now + failure_wait(outcome, failures)
    return max(planned, retry_at) if retry_at else planned


def next_poll(now: datetime, *, is_awaited: bool, is_missing: bool, cadence: Cadence) -> datetime:
    """When to poll again: often while today's announcement is awaited, more rarely once it is overdue.

    `is_missing`: an earlier day is still to be caught up. No rest goes past the midnight at which feeds change.
    """
    if is_awaited:
        return now + (cadence.probe * RARER_FACTOR if _is_late(now) else cadence.probe)
    rest = min(cadence.rest, cadence.probe * RARER_FACTOR) if is_missing else cadence.rest
    return min(now + rest, next_midnight(now) + timedelta(minutes=1))


def previous_announcement(today: date, is_deferred: IsDeferred) -> date:
    """The last day before `today` on which a feed should have had papers; of the last two weeks at most."""
    days = [today - timedelta(days=back) for back in range(1, 15)]
    return next((day for day in days if expects_announcement(day, is_deferred)), days[0])


def missed_days(last: date | None, today: date) -> tuple[date, ...]:
    """The weekdays between the last stored announcement and today, as far as arXiv's listing may reach.

    Holidays are among them: they are hints only, and the listing tells what was announced.
    """
    if last is None:
        return ()
    first = max(last + timedelta(days=1), today - LISTING_REACH)
    days = (first + timedelta(days=number) for number in range(max((today - first).days, 0)))
    return tuple(day for day in days if not is_weekend(day))


def days_beyond(last: date | None, today: date, is_deferred: IsDeferred) -> tuple[date, ...]:
    """The days after the last stored announcement that should have had one and are older than arXiv's listing; of the
    last weeks."""
    if last is None:
        return ()
    end = today - LISTING_REACH
    first = max(last + timedelta(days=1), today - LONGEST_LOSS)
    days = (first + timedelta(days=number) for number in range(max((end - first).days, 0)))
    return tuple(day for day in days if expects_announcement(day, is_deferred))


def posting_moment(day: date, hour: time, zone: str, weekdays: tuple[int, ...]) -> datetime:
    """When an edition of that announcement day may be posted, in UTC.

    The first moment at or after the local hour on that date in the place's zone that falls on one of the weekdays. An
    hour that a clock change skips counts as the end of the gap; one that comes twice as the first of the two.
    """
    place = ZoneInfo(zone)
    for ahead in range(14):
        moment = first_moment(day + timedelta(days=ahead), hour, place)
        if moment.astimezone(place).weekday() in weekdays:
            return moment
    raise ValueError(f"no weekday in {weekdays!r}")


def next_posting(
    now: datetime, hour: time, zone: str, weekdays: tuple[int, ...], is_deferred: IsDeferred
) -> datetime | None:
    """When the next edition that is still to come may be posted, if arXiv announces as it should; None: not soon."""
    today = eastern_day(now)
    days = [today + timedelta(days=ahead) for ahead in range(-14, 15)]
    moments = [
        max(posting_moment(day, hour, zone, weekdays), _midnight(day))
        for day in days
        if expects_announcement(day, is_deferred)
    ]
    return min((moment for moment in moments if moment > now), default=None)


def first_moment(day: date, hour: time, place: ZoneInfo) -> datetime:
    """The first moment at which a clock of the place shows that date and hour, or has skipped them."""
    wanted = datetime.combine(day, hour)
    late, early = (wanted.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if late.astimezone(place).replace(tzinfo=None) == wanted:
        return late
    while late - early > timedelta(seconds=1):  # in a gap fold=1 is before the clock change, fold=0 after it
        middle = early + (late - early) / 2
        if middle.astimezone(place).replace(tzinfo=None) >= wanted:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)
