"""arXiv's clock, in summer and in winter, and when to look again."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.jobs.backoff import backoff
from bot.core.papers.calendar import (
    Cadence,
    DaysOfYear,
    after_failure,
    eastern_day,
    expects_announcement,
    failure_wait,
    is_overdue,
    missed_days,
    never_deferred,
    next_midnight,
    next_poll,
    next_posting,
    posting_moment,
)
from bot.core.papers.feed import Outcome
from bot.sources.holidays_kept import Holidays

CADENCE = Cadence(probe=timedelta(minutes=10), rest=timedelta(hours=4))
WORKDAYS = (0, 1, 2, 3, 4)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def utc(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-06-02T03:59", date(2026, 6, 1)),
        ("2026-06-02T04:00", date(2026, 6, 2)),
        ("2026-12-02T04:59", date(2026, 12, 1)),
        ("2026-12-02T05:00", date(2026, 12, 2)),
    ],
)
def test_a_day_begins_at_midnight_eastern(moment: str, day: date) -> None:
    assert eastern_day(utc(moment)) == day


@pytest.mark.parametrize(
    ("moment", "midnight"),
    [
        ("2026-06-02T03:59", "2026-06-02T04:00"),
        ("2026-06-02T04:00", "2026-06-03T04:00"),
        ("2026-03-08T05:00", "2026-03-09T04:00"),
        ("2026-11-01T04:00", "2026-11-02T05:00"),
    ],
)
def test_the_next_midnight_minds_the_clock_changes(moment: str, midnight: str) -> None:
    assert next_midnight(utc(moment)) == utc(midnight)


def test_days_of_a_year_are_a_day_or_a_span_that_may_go_over_the_new_year() -> None:
    assert date(2031, 12, 24) in DaysOfYear.parse("12-24")
    assert date(2031, 12, 25) not in DaysOfYear.parse("12-24")
    over = DaysOfYear.parse("12-29..01-02")
    days = [date(2027, 12, 28) + timedelta(days=at) for at in range(7)]
    assert [day in over for day in days] == [False, *[True] * 5, False]
    for odd in ("", "24", "12-32", "02-30..03-01", "12-29-12-31", "2026-12-29"):
        with pytest.raises(ValueError, match="year"):
            DaysOfYear.parse(odd)


def test_announcements_are_expected_on_weekdays_that_are_no_published_holidays() -> None:
    week = [date(2026, 6, 15) + timedelta(days=at) for at in range(7)]
    assert [expects_announcement(day, Holidays()) for day in week] == [True] * 4 + [False] * 3


def test_an_announcement_is_overdue_three_hours_after_midnight() -> None:
    assert not is_overdue(utc("2026-06-02T06:59"), never_deferred)
    assert is_overdue(utc("2026-06-02T07:00"), never_deferred)
    assert not is_overdue(utc("2026-06-06T20:00"), never_deferred)
    assert not is_overdue(utc("2026-06-02T20:00"), lambda _: True)


def test_while_the_day_is_awaited_the_feed_is_looked_at_often_then_more_rarely() -> None:
    early, late = utc("2026-06-02T04:10"), utc("2026-06-02T12:00")
    assert next_poll(early, is_awaited=True, is_missing=False, cadence=CADENCE) - early == timedelta(minutes=10)
    assert next_poll(late, is_awaited=True, is_missing=False, cadence=CADENCE) - late == timedelta(minutes=30)


def test_a_read_day_rests_and_no_rest_passes_midnight() -> None:
    noon, evening = utc("2026-06-02T16:00"), utc("2026-06-03T02:00")
    assert next_poll(noon, is_awaited=False, is_missing=False, cadence=CADENCE) - noon == timedelta(hours=4)
    assert next_poll(noon, is_awaited=False, is_missing=True, cadence=CADENCE) - noon == timedelta(minutes=30)
    assert next_poll(evening, is_awaited=False, is_missing=False, cadence=CADENCE) == utc("2026-06-03T04:01")


@given(MOMENTS, st.booleans(), st.booleans())
def test_the_next_look_is_always_ahead_and_never_later_than_a_day(now: datetime, awaited: bool, missing: bool) -> None:
    planned = next_poll(now, is_awaited=awaited, is_missing=missing, cadence=CADENCE)
    assert now < planned <= now + CADENCE.rest


def test_a_backoff_doubles_up_to_its_limit() -> None:
    assert [
        backoff(count, timedelta(minutes=1), timedelta(hours=1)) / timedelta(minutes=1)
        for count in (0, 1, 2, 3, 6, 7, 10**9)
    ] == [1, 1, 2, 4, 32, 60, 60]


@pytest.mark.parametrize(
    ("outcome", "minutes"),
    [
        (Outcome.TRUNCATED, [1, 2, 60]),
        (Outcome.HTML_PAGE, [1, 2, 60]),
        (Outcome.UNREACHABLE, [1, 2, 60]),
        (Outcome.SERVER_ERROR, [1, 2, 60]),
        (Outcome.TOO_SLOW, [1, 2, 60]),
        (Outcome.MALFORMED, [1, 2, 60]),
        (Outcome.TOO_LARGE, [15, 30, 60]),
        (Outcome.ERROR_FEED, [15, 30, 60]),
        (Outcome.REDIRECTED_AWAY, [15, 30, 60]),
        (Outcome.RATE_LIMITED, [15, 30, 360]),
        (Outcome.REFUSED, [60, 120, 360]),
        ("a name nobody knows", [1, 2, 60]),
    ],
)
def test_each_failure_has_its_own_next_time(outcome: str, minutes: list[int]) -> None:
    assert [failure_wait(outcome, count) / timedelta(minutes=1) for count in (1, 2, 20)] == minutes


def test_the_servers_wish_is_never_undercut() -> None:
    now = utc("2026-06-02T12:00")
    assert after_failure(now, Outcome.RATE_LIMITED, 1, now + timedelta(hours=9)) == now + timedelta(hours=9)
    assert after_failure(now, Outcome.SERVER_ERROR, 3, now + timedelta(seconds=5)) == now + timedelta(minutes=4)


@pytest.mark.parametrize(
    ("last", "today", "missed"),
    [
        (None, date(2026, 6, 4), []),
        (date(2026, 6, 3), date(2026, 6, 4), []),
        (date(2026, 6, 4), date(2026, 6, 4), []),
        (date(2026, 6, 9), date(2026, 6, 4), []),
        (date(2026, 6, 2), date(2026, 6, 4), [3]),
        (date(2026, 6, 5), date(2026, 6, 8), []),
        (date(2026, 6, 4), date(2026, 6, 8), [5]),
        (date(2026, 6, 17), date(2026, 6, 22), [18, 19]),
        (date(2026, 1, 1), date(2026, 6, 26), [12, 15, 16, 17, 18, 19, 22, 23, 24, 25]),
    ],
)
def test_missed_days_are_the_weekdays_as_far_as_the_listing_may_reach_holidays_among_them(
    last: date | None, today: date, missed: list[int]
) -> None:
    assert missed_days(last, today) == tuple(date(2026, 6, day) for day in missed)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "weekdays", "moment"),
    [
        (date(2026, 6, 2), time(9), "UTC", WORKDAYS, "2026-06-02T09:00"),
        (date(2026, 6, 2), time(9), "Europe/Berlin", WORKDAYS, "2026-06-02T07:00"),
        (date(2026, 12, 2), time(9), "Europe/Berlin", WORKDAYS, "2026-12-02T08:00"),
        (date(2026, 6, 5), time(9), "Asia/Tokyo", (0,), "2026-06-08T00:00"),
        (date(2026, 6, 5), time(9), "UTC", (5,), "2026-06-06T09:00"),
        (date(2026, 6, 5), time(9), "UTC", (4,), "2026-06-05T09:00"),
        (date(2026, 3, 8), time(2, 30), "America/New_York", (6,), "2026-03-08T07:00"),
        (date(2026, 3, 8), time(3, 0), "America/New_York", (6,), "2026-03-08T07:00"),
        (date(2026, 11, 1), time(1, 30), "America/New_York", (6,), "2026-11-01T05:30"),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", (6,), "2026-10-03T15:30"),
        (date(2011, 12, 30), time(9), "Pacific/Apia", tuple(range(7)), "2011-12-30T10:00"),
        (date(2011, 12, 30), time(9), "Pacific/Apia", WORKDAYS, "2012-01-01T19:00"),
    ],
)
def test_an_edition_may_be_posted_from_the_places_hour_on(
    day: date, hour: time, zone: str, weekdays: tuple[int, ...], moment: str
) -> None:
    assert posting_moment(day, hour, zone, weekdays) == utc(moment)


def test_without_a_weekday_there_is_no_posting_moment() -> None:
    with pytest.raises(ValueError, match="no weekday"):
        posting_moment(date(2026, 6, 2), time(9), "UTC", ())


ZONES = st.sampled_from(["UTC", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Cairo"])


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.times().map(lambda at: at.replace(microsecond=0)), ZONES)
def test_the_posting_moment_is_the_first_at_or_after_the_hour(day: date, hour: time, zone: str) -> None:
    moment = posting_moment(day, hour, zone, tuple(range(7)))
    wanted = datetime.combine(day, hour)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    just_before = (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert local >= wanted > just_before


@pytest.mark.parametrize(
    ("now", "hour", "zone", "expected"),
    [
        ("2026-06-02T06:00", 9, "Europe/Berlin", "2026-06-02T07:00"),  # before the hour
        ("2026-06-02T07:00", 9, "Europe/Berlin", "2026-06-03T07:00"),  # at it: the next day's
        ("2026-06-05T12:00", 9, "UTC", "2026-06-08T09:00"),  # over a weekend
        ("2026-06-02T05:00", 9, "Asia/Tokyo", "2026-06-03T04:00"),  # the hour is before the announcement
    ],
)
def test_the_next_post_comes_at_the_hour_of_an_announcement_that_is_still_to_come(
    now: str, hour: int, zone: str, expected: str
) -> None:
    moment = datetime.fromisoformat(f"{now}+00:00")
    found = next_posting(moment, time(hour), zone, (0, 1, 2, 3, 4), never_deferred)
    assert found == datetime.fromisoformat(f"{expected}+00:00")
