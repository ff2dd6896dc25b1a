"""A follow: a place follows categories through a lens, with its own limits, hours and words."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from bot.core.papers.paper import AnnounceType
from bot.core.posts.post import Place


class Mode(StrEnum):
    """How a day is posted: the most revealing as cards, every verdict as a card, or one digest."""

    TOP = "top"
    EVERY = "every"
    DIGEST = "digest"


class Origin(StrEnum):
    """Where a follow was made."""

    SETTINGS = "settings"
    COMMAND = "command"


WEEKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Follow:
    """What one place wants to read. `hour` is local time in `zone` (IANA name); `weekdays` count from Monday = 0.

    `cards`: at most so many cards an edition in mode `top`, and so many papers opened in a `digest`;
    `limit`: at most so many messages a day of this follow, the opening line among them; `threshold`: the least interest
    (0-100) that gets a card, 0 for the lens's own. `report`: the place gets the
    weekly report, at `report_hour` on Mondays. Of a follow that a command made: `is_draft` until somebody turned it on;
    `after` the last announcement day before it began; `muted_until` the first day (Eastern) it is read again;
    `community` the guild or workspace, `mark` and `changed_by` the commands that made and last changed it, `by` the
    person who made it, who is told when its place takes no posts.
    """

    name: str
    place: Place
    categories: tuple[str, ...]
    lens: str = "discontinuity"
    mode: Mode = Mode.TOP
    types: tuple[AnnounceType, ...] = (AnnounceType.NEW, AnnounceType.CROSS)
    require: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    threshold: int = 0
    cards: int = 5
    limit: int = 10
    hour: time = time(9, 0)
    zone: str = "UTC"
    weekdays: tuple[int, ...] = WEEKDAYS
    paused: bool = False
    origin: Origin = Origin.SETTINGS
    report: bool = True
    report_hour: time = time(9, 0)
    is_draft: bool = False
    after: date | None = None
    muted_until: date | None = None
    made_at: datetime | None = field(default=None, compare=False)
    community: str = ""
    mark: str = ""
    changed_by: str = field(default="", compare=False)
    by: str = field(default="", compare=False)

    @property
    def label(self) -> str:
        """What people call it in its place."""
        return self.name.partition("~")[0]

    @property
    def is_on(self) -> bool:
        """Whether it is to be read at all: neither paused nor a draft."""
        return not (self.paused or self.is_draft)

    def reads(self, day: date) -> bool:
        """Whether an announcement of that day (Eastern) is for this follow."""
        begun = self.after is None or day > self.after
        return self.is_on and begun and (self.muted_until is None or day >= self.muted_until)
