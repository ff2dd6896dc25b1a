"""Who causes work that costs: for whom it is done, on whose share of the day it is paid, and in whose turn.

A paper that several communities want is judged once and paid once: by the one of them that has spent least that day.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from bot.core.commands.event import Actor
from bot.core.follows.follow import Follow
from bot.core.posts.post import Place


class Cause(StrEnum):
    """What a call of a model, or a look at arXiv, is made for."""

    FOLLOW = "follow"
    PREVIEW = "preview"
    NOW = "follow now"
    VERDICT = "verdict"
    ANALYSIS = "analysis"
    QUESTION = "question"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Payer:
    """Somebody for whom work is done. `community` empty: the operator's own settings, which have no share but the day.

    `person` empty: a place's daily reading, which nobody asks for each day.
    """

    cause: Cause
    place: str
    community: str = ""
    person: str = ""

    @property
    def turn(self) -> str:
        """Between what work is done in turn: communities; where there is none, places."""
        return self.community or self.place

    @property
    def marks(self) -> tuple[str, str]:
        """Community and person as their calls are counted: told apart, and not named; empty where there is none."""
        return mark(self.community), mark(self.person)

    @classmethod
    def of(cls, asker: Actor, cause: Cause) -> "Payer":
        """Who asked for it."""
        return cls(cause, str(asker.place), asker.community, asker.person)

    @classmethod
    def of_follow(cls, follow: Follow) -> "Payer":
        """A follow's daily reading: the place's, or in direct messages the person's who made it."""
        is_direct = Place.private(follow.by) == follow.place if follow.by else False
        return cls(Cause.FOLLOW, str(follow.place), follow.community, follow.by if is_direct else "")


def mark(name: str) -> str:
    """A community or person as calls are counted for it: told apart from others, and not named."""
    return hashlib.sha256(name.encode()).hexdigest()[:16] if name else ""
