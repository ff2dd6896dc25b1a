"""What people say and press: who asked, where, and in which words.

A button's press is the text that the button carries, so that a remark, a typed command and a press are one thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.core.posts.post import Place


class Role(StrEnum):
    """What a person may do: a member of the place, who manages it, or who runs the bot."""

    MEMBER = "member"
    ADMIN = "admin"
    OPERATOR = "operator"

    def reaches(self, needed: "Role") -> bool:
        """Whether this standing allows what needs the other."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


def direct_community(person: str) -> str:
    """The community of direct messages that belong to no guild or workspace: the person alone, by their own place."""
    return str(Place.private(person))


def is_direct(community: str) -> bool:
    """Whether that is a person's direct messages and no community of several."""
    return community.partition(":")[2].rpartition("/")[2].startswith("@")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asked and where. `person` is `platform:id`; `community` the guild or workspace that the place belongs to.

    `within`: the thread of the place in which it was asked, as a place: the thread's own channel, or, where threads
    are no channels, the place's with the id of the thread's first post behind a slash. `may_post`, `may_thread`:
    whether they may write in the channel, and in its threads, where the event itself tells.
    """

    person: str
    place: Place
    community: str
    standing: Role = Role.MEMBER
    within: Place | None = None
    may_post: bool = True
    may_thread: bool = True

    @property
    def is_alone(self) -> bool:
        """Whether they asked where nobody else reads: `@` stands before a person's own place, or all is direct."""
        return self.place.is_private or is_direct(self.community)

    def payload(self) -> dict[str, Any]:
        """Who asked, as plain values of an event or a remark."""
        return {
            "person": self.person,
            "place": str(self.place),
            "community": self.community,
            "standing": str(self.standing),
            "within": str(self.within) if self.within else None,
            "may_post": self.may_post,
            "may_thread": self.may_thread,
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Actor":
        """The inverse of `payload`."""
        return cls(
            payload["person"],
            Place.parse(payload["place"]),
            payload["community"],
            Role(payload["standing"]),
            Place.parse(payload["within"]) if payload.get("within") else None,
            may_post=bool(payload.get("may_post", True)),
            may_thread=bool(payload.get("may_thread", True)),
        )


@dataclass(frozen=True, slots=True)
class CommandEvent:
    """One event of a platform, as it is stored: `id` is the platform's own, unique for it.

    `text` is a command as typed; where the platform has typed options, `text` is the verb and `values` are those.
    `reply_to` is what the platform needs to answer (a token, a response address): its own, opaque to us.
    `is_said`: it was said in words to us, as any remark is.
    """

    id: str
    asker: Actor
    text: str
    values: Mapping[str, str] | None = None
    reply_to: Mapping[str, str] = field(default_factory=dict)
    is_said: bool = False

    @property
    def lane(self) -> str:
        """What one person asks is answered in order."""
        return f"asks {self.asker.person}"

    @property
    def key(self) -> str:
        """The event's key among jobs: two deliveries of one event are one job."""
        return f"{self.asker.place.platform}|{self.id}"

    def payload(self) -> dict[str, Any]:
        """The event as plain values, for a job."""
        return self.asker.payload() | {
            "id": self.id,
            "text": self.text,
            "values": dict(self.values) if self.values is not None else None,
            "reply_to": dict(self.reply_to),
            "is_said": self.is_said,
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "CommandEvent":
        """The inverse of `payload`."""
        is_said = bool(payload.get("is_said"))
        return cls(payload["id"], Actor.of(payload), payload["text"], payload["values"], payload["reply_to"], is_said)
