"""A follow's day: when it closes, and which paper of it goes where."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Fate(StrEnum):
    """How a paper of an edition ends: exactly one of these."""

    POSTED = "posted"
    LISTED = "listed"
    REFUSED = "refused by words"
    EXCLUDED = "excluded by type"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class EditionKey:
    """A follow's day; `part` counts from 1: papers of a day that arrive after it closed make a further part."""

    follow: str
    day: date
    part: int = 1

    def __str__(self) -> str:
        return f"{self.follow}/{self.day.isoformat()}/{self.part}"
