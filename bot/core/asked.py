"""What people say and press: who asked, where, and in which words.

A button's press is the text that the button carries, so that a remark, a typed command and a press are one thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.core.post import Place


class Standing(StrEnum):
    """What a person may do: a member of the place, who manages it, or who runs the bot."""

    MEMBER = "member"
    ADMIN = "admin"
    OPERATOR = "operator"

    def reaches(self, needed: "Standing") -> bool:
        """Whether this standing allows what needs the other."""
        order = list(Standing)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked and where. `person` is `platform:id`; `community` the guild or workspace that the place belongs to.

    `within`: the thread of the place in which it was asked, as a place: the thread's own channel, or, where threads
    are no channels, the place's with the id of the thread's first post behind a slash.
    """

    person: str
    place: Place
    community: str
    standing: Standing = Standing.MEMBER
    within: Place | None = None

    @property
    def is_alone(self) -> bool:
        """Whether they asked where nobody else reads: `@` stands before a person's own place, or all is direct."""
        is_own = self.place.channel.rpartition("/")[2].startswith("@")
        return is_own or self.community == f"{self.place.platform}:dm"


@dataclass(frozen=True, slots=True)
class Asked:
    """One event of a platform, as it is stored: `id` is the platform's own, unique for it.

    `text` is a command as typed; where the platform has typed options, `text` is the verb and `values` are those.
    `reply_to` is what the platform needs to answer (a token, a response address): its own, opaque to us.
    """

    id: str
    asker: Asker
    text: str
    values: Mapping[str, str] | None = None
    reply_to: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The event's key among jobs: two deliveries of one event are one job."""
        return f"{self.asker.place.platform}|{self.id}"

    def payload(self) -> dict[str, Any]:
        """The event as plain values, for a job."""
        asker = self.asker
        return {
            "id": self.id,
            "person": asker.person,
            "place": str(asker.place),
            "community": asker.community,
            "standing": str(asker.standing),
            "within": str(asker.within) if asker.within else None,
            "text": self.text,
            "values": dict(self.values) if self.values is not None else None,
            "reply_to": dict(self.reply_to),
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Asked":
        """The inverse of `payload`."""
        place = Place.parse(payload["place"])
        within = Place.parse(payload["within"]) if payload.get("within") else None
        asker = Asker(payload["person"], place, payload["community"], Standing(payload["standing"]), within)
        return cls(payload["id"], asker, payload["text"], payload["values"], payload["reply_to"])
