"""When to look again: functions of a moment, never of "now".

arXiv's clock: announcements at 20:00 Eastern, Sunday to Thursday; feeds change at the following midnight, so that a
feed has a day from Monday to Friday. Source: arXiv's help page "Availability of submissions".
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
FRIDAY = 4
LONGEST_BACKOFF = timedelta(hours=1)

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


def next_midnight(moment: datetime) -> datetime:
    """The next midnight Eastern after the moment, in UTC: when feeds change."""
    tomorrow = eastern_day(moment) + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), EASTERN).astimezone(UTC)


def backoff(failures: int) -> timedelta:
    """How long to wait after so many polls in a row that ended badly: a minute, doubling, an hour at most."""
    return min(timedelta(minutes=2 ** min(max(failures, 1) - 1, 6)), LONGEST_BACKOFF)


def next_poll(
    now: datetime, *, is_awaited: bool, failures: int, retry_at: datetime | None, cadence: Cadence
) -> datetime:
    """When to poll again: never before the server's wish, soon after a failure, often while a day is awaited.

    A day that is not awaited ends at midnight Eastern: no rest goes past it.
    """
    if failures:
        planned = now + min(
            backoff(failures), max(cadence.probe, timedelta(minutes=1)) if failures < 4 else LONGEST_BACKOFF
        )
    elif is_awaited:
        planned = now + cadence.probe
    else:
        planned = min(now + cadence.rest, next_midnight(now) + timedelta(minutes=1))
    return max(planned, retry_at) if retry_at else planned


def missed_days(last: date | None, today: date) -> tuple[date, ...]:
    """The days between the last stored announcement and today on which arXiv should have announced; at most a week."""
    if last is None:
        return ()
    first = max(last + timedelta(days=1), today - timedelta(days=7))
    span = (today - first).days
    days = (first + timedelta(days=number) for number in range(max(span, 0)))
    return tuple(day for day in days if expects_announcement(day))


def posting_moment(day: date, hour: time, zone: str, weekdays: tuple[int, ...]) -> datetime:
    """When an edition of that announcement day may be posted, in UTC.

    The first moment at or after the local hour on that date in the place's zone that falls on one of the weekdays. An
    hour that a clock change skips counts as the moment after the gap; one that comes twice as the first of the two.
    """
    local = day
    while local.weekday() not in weekdays:
        local += timedelta(days=1)
    return datetime.combine(local, hour, ZoneInfo(zone)).astimezone(UTC)
