"""ISO weeks, and when the report of the last one is due in a place."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.papers.calendar import first_moment
from bot.core.posts.phrase import quote


@dataclass(frozen=True, slots=True, order=True)
class IsoWeek:
    """A week from Monday to Sunday, as ISO 8601 numbers it."""

    year: int
    week: int

    def __str__(self) -> str:
        return f"{self.year}-W{self.week:02d}"

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.week, 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @classmethod
    def of(cls, day: date) -> "IsoWeek":
        """The week that holds that day."""
        year, week, _ = day.isocalendar()
        return cls(year, week)

    @classmethod
    def parse(cls, text: str) -> "IsoWeek":
        """`2026-W47`, or a date in that week; `ValueError` for anything else."""
        found = re.fullmatch(r"(\d{4})-?W(\d{1,2})", text.strip(), re.IGNORECASE | re.ASCII)
        try:
            week = cls(int(found[1]), int(found[2])) if found else cls.of(date.fromisoformat(text.strip()))
            if not 1900 <= week.year <= 9000 or cls.of(week.monday) != week:
                raise ValueError
        except ValueError:
            raise ValueError(f"{quote(text)} is no week; write it like 2026-W47") from None
        return week

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """From the first moment of its Monday to that of the next, in UTC, by the clocks of a zone."""
        place = ZoneInfo(zone)
        begin, end = (first_moment(self.monday + timedelta(days=ahead), time(0), place) for ahead in (0, 7))
        return begin, end


def report_moment(week: IsoWeek, hour: time, zone: str) -> datetime:
    """When the report of that week is due: the hour of the Monday after it, by the clocks of the zone, in UTC."""
    return first_moment(week.monday + timedelta(days=7), hour, ZoneInfo(zone)).astimezone(UTC)


def due_week(now: datetime, hour: time, zone: str) -> IsoWeek | None:
    """The week whose report is due at that moment: the last one, from the hour on Monday until Monday is over."""
    today = now.astimezone(ZoneInfo(zone)).date()
    if today.weekday() != 0:
        return None
    week = IsoWeek.of(today - timedelta(days=7))
    return week if now >= report_moment(week, hour, zone) else None
