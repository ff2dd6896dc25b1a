"""What is known of a category's feed between two polls."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.core.papers.paper import Batch


class Outcome(StrEnum):
    """How a poll ended: stable names that `status` shows. Only the `*_DAY` and `*_END` names are quiet days."""

    ANNOUNCED = "announced"
    ALREADY_READ = "already read"
    NOT_YET = "not yet announced"
    NO_ANNOUNCEMENT_WEEKEND = "no announcement: weekend"
    NO_ANNOUNCEMENT_HOLIDAY = "no announcement: holiday"
    EMPTY_WEEKDAY = "empty on a weekday"
    STALE = "stale"
    CAUGHT_UP = "caught up from the listing"
    ERROR_FEED = "error feed"
    HTML_PAGE = "html page"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    WRONG_DAY = "of another time"
    RATE_LIMITED = "rate limited"
    REFUSED = "refused"
    REDIRECTED_AWAY = "redirected away"
    TOO_LARGE = "too large"
    TOO_SLOW = "too slow"
    SERVER_ERROR = "server error"
    UNREACHABLE = "unreachable"
    NEVER_POLLED = "never polled"


@dataclass(frozen=True, slots=True)
class FeedState:
    """A category's polling row. Moments are UTC; `day` and `missed` are dates in America/New_York.

    `day` is the latest announcement that was stored; `missed` are weekdays that passed without one and are still
    to be caught up, `lost` those that arXiv no longer told when they were asked for; `failures` counts polls in a row
    that ended badly. `left_out` are the entries of `left_out_of` that could not be read, each named with the reason.
    `feed_day` is what the feed was dated whose validators are kept.
    """

    category: str
    etag: str | None = None
    last_modified: str | None = None
    checked_at: datetime | None = None
    next_check_at: datetime | None = None
    outcome: Outcome = Outcome.NEVER_POLLED
    detail: str = ""
    failures: int = 0
    day: date | None = None
    missed: tuple[date, ...] = ()
    lost: tuple[date, ...] = ()
    left_out: tuple[str, ...] = ()
    left_out_of: date | None = None
    feed_day: date | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed as it came. `batch` None: not modified (304) since the validators that were sent, or no items.

    `is_saved`: it was read before and lies in a file, so that its own date is today.
    """

    batch: Batch | None
    day: date | None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    is_saved: bool = False
