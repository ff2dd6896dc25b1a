"""When to look again: functions of a moment, never of "now".

arXiv's clock: announcements at 20:00 Eastern, Sunday to Thursday; feeds change at the following midnight, so that a
feed has a day from Monday to Friday. Source: arXiv's help page "Availability of submissions".
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.feed import Outcome

EASTERN = ZoneInfo("America/New_York")
FRIDAY = 4
LONGEST_BACKOFF = timedelta(hours=1)
LONGEST_REFUSAL = timedelta(hours=6)
LONGEST_MEMORY = timedelta(days=7)
OVERDUE = timedelta(hours=3)
RARER = 3

# Published deferred mailings: hints only, since arXiv may announce all the same, or shift the day after.
HINT_HOLIDAYS = frozenset(
    {
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 9, 7),
        date(2026, 11, 26),
        date(2026, 12, 25),
        date(2026, 12, 29),
        date(2026, 12, 31),
    }
)

# What is not mended within a minute is not asked for every minute.
FIRST_WAITS = {
    Outcome.RATE_LIMITED: timedelta(minutes=15),
    Outcome.REFUSED: timedelta(hours=1),
    Outcome.ERROR_FEED: timedelta(minutes=15),
    Outcome.REDIRECTED_AWAY: timedelta(minutes=15),
    Outcome.TOO_LARGE: timedelta(minutes=15),
}
SLOW_TO_MEND = (Outcome.RATE_LIMITED, Outcome.REFUSED)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often to look: `probe` while an announcement is expected and not there, `rest` otherwise."""

    probe: timedelta = timedelta(minutes=10)
    rest: timedelta = timedelta(hours=4)


def eastern_day(moment: datetime) -> date:
    """The date in America/New_York."""
    return moment.astimezone(EASTERN).date()


def is_weekend(day: date) -> bool:
    """Whether arXiv's feed has no day then by its weekly rhythm."""
    return day.weekday() > FRIDAY


def is_hint_holiday(day: date) -> bool:
    """Whether arXiv has published that it defers the mailing (a hint: the neighbouring days may shift too)."""
    return day in HINT_HOLIDAYS


def expects_announcement(day: date) -> bool:
    """Whether a feed of that Eastern date should hold papers."""
    return not is_weekend(day) and not is_hint_holiday(day)


def is_overdue(moment: datetime) -> bool:
    """Whether today's announcement, if it is not there, should have been for so long that a second look elsewhere pays.

    Feeds change within seconds of midnight Eastern; what they lack three hours later they may lack all day.
    """
    day = eastern_day(moment)
    return expects_announcement(day) and moment - _midnight(day) >= OVERDUE


def _midnight(day: date) -> datetime:
    """When that Eastern date begins, in UTC."""
    return datetime.combine(day, time(0), EASTERN).astimezone(UTC)


def next_midnight(moment: datetime) -> datetime:
    """The next midnight Eastern after the moment, in UTC: when feeds change."""
    return _midnight(eastern_day(moment) + timedelta(days=1))


def backoff(failures: int, first: timedelta = timedelta(minutes=1), longest: timedelta = LONGEST_BACKOFF) -> timedelta:
    """How long to wait after so many failures in a row: `first`, doubling, `longest` at most."""
    doublings = min(max(failures, 1) - 1, 20)
    return min(first * (1 << doublings), max(longest, first))


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
        return now + (cadence.probe * RARER if is_overdue(now) else cadence.probe)
    rest = min(cadence.rest, cadence.probe * RARER) if is_missing else cadence.rest
    return min(now + rest, next_midnight(now) + timedelta(minutes=1))


def previous_announcement(today: date) -> date:
    """The last day before `today` on which a feed should have had papers."""
    day = today - timedelta(days=1)
    while not expects_announcement(day):
        day -= timedelta(days=1)
    return day


def missed_days(last: date | None, today: date) -> tuple[date, ...]:
    """The weekdays between the last stored announcement and today; at most a week, as far as arXiv's listing reaches.

    Published holidays are among them: they are hints only, and the listing tells what was announced.
    """
    if last is None:
        return ()
    first = max(last + timedelta(days=1), today - LONGEST_MEMORY)
    days = (first + timedelta(days=number) for number in range(max((today - first).days, 0)))
    return tuple(day for day in days if not is_weekend(day))


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
