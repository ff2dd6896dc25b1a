"""When arXiv is likely to defer its mailing: the federal holidays that it keeps, of any year, and days that are set.

Hints only: arXiv announces its own list a year at a time (arXiv's help page "Availability of submissions"), and may
announce on such a day all the same. Of the eleven federal holidays of the United States (5 U.S.C. 6103) it keeps seven.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.core.papers.calendar import DaysOfYear

MONDAY, THURSDAY, FRIDAY = 0, 3, 4
ONE_DAY = timedelta(days=1)
# Month and day: New Year's Day, Juneteenth, Independence Day, Christmas Day.
ON_A_DATE = frozenset({(1, 1), (6, 19), (7, 4), (12, 25)})
# Month, weekday and which of them in the month: Martin Luther King Jr. Day, Labor Day, Thanksgiving Day.
ON_A_WEEKDAY = frozenset({(1, MONDAY, 3), (9, MONDAY, 1), (11, THURSDAY, 4)})


class Holidays:
    """Whether a day is one of them. A holiday on a weekend is kept on the weekday that stands for it."""

    def __init__(self, no_mailing: Sequence[DaysOfYear] = ()) -> None:
        self._no_mailing = tuple(no_mailing)

    def __call__(self, day: date) -> bool:
        """True on a holiday or on a day without a mailing."""
        return any(map(_is_holiday, _stands_for(day))) or any(day in days for days in self._no_mailing)


def _stands_for(day: date) -> tuple[date, ...]:
    """The day itself, on a Friday the Saturday after it, and on a Monday the Sunday before it."""
    if day.weekday() == FRIDAY and day < date.max:
        return day, day + ONE_DAY
    if day.weekday() == MONDAY and day > date.min:
        return day, day - ONE_DAY
    return (day,)


def _is_holiday(day: date) -> bool:
    return (day.month, day.day) in ON_A_DATE or (day.month, day.weekday(), (day.day + 6) // 7) in ON_A_WEEKDAY
