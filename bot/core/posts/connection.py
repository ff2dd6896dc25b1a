"""How a platform is connected, in words that `status` and `check` share."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkState(StrEnum):
    """Each way in which a platform can be connected, or not."""

    STARTING = "starting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    TOKEN_REFUSED = "token refused"
    INTENT_MISSING = "intent missing"
    UNREACHABLE = "unreachable"
    STOPPED = "stopped"

    @property
    def is_good(self) -> bool:
        """Whether nobody has to do anything."""
        return self in (LinkState.STARTING, LinkState.CONNECTED)


@dataclass(frozen=True, slots=True)
class Connection:
    """The state of one platform in one process; `detail` says why, `remedy` what to do. Neither holds a secret."""

    platform: str
    state: LinkState
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class SeenConnection:
    """A connection as its process last told it: since when it is so, and when the process was last alive.

    `is_gone`: that process is known to live no more, however lately it told.
    """

    connection: Connection
    worker: str
    since: datetime
    seen_at: datetime
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class PlaceOutage:
    """A place that takes no posts: why, what to do, and since when; what is for it waits."""

    place: str
    what: str
    remedy: str
    since: datetime
