"""When arXiv is likely to defer its mailing: the federal holidays that it keeps, of any year, and days that are set.

Hints only: arXiv announces its own list a year at a time (arXiv's help page "Availability of submissions"), and may
announce on such a day all the same. Of the eleven federal holidays it keeps seven.
"""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from bot.core.papers.calendar import DaysOfYear

KEPT = (
    *("New Year's Day", "Martin Luther King Jr. Day", "Juneteenth National Independence Day", "Independence Day"),
    *("Labor Day", "Thanksgiving Day", "Christmas Day"),
)


class Holidays:
    """Whether a day is one of them. A holiday on a weekend is kept on the weekday that stands for it."""

    def __init__(self, no_mailing: Sequence[DaysOfYear] = ()) -> None:
        self._no_mailing = tuple(no_mailing)

    @cached_property
    def _federal(self) -> Any:
        import holidays  # loads every country's

        return holidays.country_holidays("US", language="en_US")

    def __call__(self, day: date) -> bool:
        """True on a holiday or on a day without a mailing."""
        names = (name.removesuffix(" (observed)") for name in self._federal.get_list(day))
        return any(name in KEPT for name in names) or any(day in days for days in self._no_mailing)
