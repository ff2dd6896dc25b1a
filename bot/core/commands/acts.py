"""What one person causes for others to read: acts that are counted a person, a place and a day (UTC)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.core.commands.event import Actor


class ActKind(StrEnum):
    """A post for all, an objection, words to the operator, or a look-up at arXiv of what we do not know."""

    PUBLIC = "public"
    DISPUTE = "dispute"
    FEEDBACK = "feedback"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Act:
    """One act; `event` is the key of the event that it is, so that it counts once."""

    event: str
    kind: ActKind
    asker: Actor
    day: date


@dataclass(frozen=True, slots=True)
class ActLimits:
    """How many such acts a day: of a person, of all people of a place, and with the posts of its follows."""

    person: int
    place: int | None = None
    messages: int | None = None


class Over(StrEnum):
    """Which limit is reached."""

    PERSON = "person"
    PLACE = "place"
