"""What a person says where the bot can read it: one remark, as it is stored before anybody thinks about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.commands.event import Actor
from bot.core.posts.post import Place, PostRef


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark: `id` is the platform's own, unique for it.

    `thread`: the post whose thread it stands in, if any. `reply_to_post`: the post that it answers, if it is a reply.
    `is_addressed`: it mentions us, replies to a post of ours or comes by direct message. `is_private`: nobody else can
    read it. `ref`: where it stands itself, where posts can point at it. `reply_to` is the platform's own. `is_bot`: no
    person wrote it, so that nobody answers it.
    """

    id: str
    asker: Actor
    words: str
    thread: PostRef | None = None
    reply_to_post: PostRef | None = None
    is_addressed: bool = False
    is_private: bool = False
    at: datetime | None = None
    reply_to: Mapping[str, str] = field(default_factory=dict)
    ref: PostRef | None = None
    is_bot: bool = False

    @property
    def key(self) -> str:
        """The remark's key among jobs: two deliveries of one remark are one job."""
        return remark_key(self.asker.place, self.id)

    def payload(self) -> dict[str, Any]:
        """The remark as plain values, for a job."""
        return self.asker.payload() | {
            "id": self.id,
            "words": self.words,
            "thread": plain_ref(self.thread),
            "reply_to_post": plain_ref(self.reply_to_post),
            "is_addressed": self.is_addressed,
            "is_private": self.is_private,
            "at": self.at.isoformat() if self.at else None,
            "reply_to": dict(self.reply_to),
            "ref": plain_ref(self.ref),
            "is_bot": self.is_bot,
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Remark":
        """The inverse of `payload`."""
        return cls(
            id=payload["id"],
            asker=Actor.of(payload),
            words=payload["words"],
            thread=ref_of(payload.get("thread")),
            reply_to_post=ref_of(payload.get("reply_to_post")),
            is_addressed=bool(payload["is_addressed"]),
            is_private=bool(payload["is_private"]),
            at=datetime.fromisoformat(payload["at"]) if payload.get("at") else None,
            reply_to=payload.get("reply_to") or {},
            ref=ref_of(payload.get("ref")),
            is_bot=bool(payload.get("is_bot")),
        )


@dataclass(frozen=True, slots=True)
class RemarkEdited:
    """A person changed what a remark of theirs says."""

    id: str
    place: Place
    words: str

    @property
    def key(self) -> str:
        """The key of the remark that was changed."""
        return remark_key(self.place, self.id)


@dataclass(frozen=True, slots=True)
class RemarkDeleted:
    """A remark is gone, whoever took it away."""

    id: str
    place: Place

    @property
    def key(self) -> str:
        """The key of the remark that is gone."""
        return remark_key(self.place, self.id)


def remark_key(place: Place, remark_id: str) -> str:
    """The key of a remark: its platform's name and its id there."""
    return f"{place.platform}|{remark_id}"


def plain_ref(ref: PostRef | None) -> list[str | None] | None:
    """Where a post stands, as plain values."""
    return [str(ref.place), ref.id, ref.thread] if ref else None


def ref_of(values: Any) -> PostRef | None:
    """The inverse of `plain_ref`."""
    return PostRef(Place.parse(values[0]), values[1], values[2]) if values else None
