"""Which permissions the bot needs in a kind of channel, and how people give them, in Discord's own words."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import discord

from bot.ports.platform import Problem


class ChannelKind(StrEnum):
    """The kinds of places that matter to us."""

    TEXT = "text channel"
    ANNOUNCEMENT = "announcement channel"
    FORUM = "forum"
    THREAD = "thread"
    DIRECT = "direct messages"
    OTHER = "channel of another kind"


_SEES = ("view_channel", "read_message_history")
NEEDED: dict[ChannelKind, tuple[str, ...]] = {
    ChannelKind.TEXT: (*_SEES, "send_messages", "create_public_threads", "send_messages_in_threads"),
    ChannelKind.ANNOUNCEMENT: (*_SEES, "send_messages", "create_public_threads", "send_messages_in_threads"),
    ChannelKind.FORUM: (*_SEES, "send_messages", "send_messages_in_threads"),
    ChannelKind.THREAD: (*_SEES, "send_messages_in_threads"),
}
"""What `check` asks for. A post alone needs less: see `FOR_A_POST`."""

FOR_A_POST: dict[ChannelKind, tuple[str, ...]] = {
    ChannelKind.TEXT: (*_SEES, "send_messages"),
    ChannelKind.ANNOUNCEMENT: (*_SEES, "send_messages"),
    ChannelKind.FORUM: (*_SEES, "send_messages"),
    ChannelKind.THREAD: (*_SEES, "send_messages_in_threads"),
}
IN_A_THREAD = (*_SEES, "send_messages_in_threads")

INVITED = discord.Permissions(
    view_channel=True,
    read_message_history=True,
    send_messages=True,
    create_public_threads=True,
    send_messages_in_threads=True,
)
"""The smallest set that the invite link asks for; docs/discord.md gives each its reason."""

_NAMES = {
    "view_channel": "View Channel",
    "read_message_history": "Read Message History",
    "send_messages": "Send Messages",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}
_NAMES_IN_FORUMS = {"send_messages": "Create Posts", "send_messages_in_threads": "Send Messages in Posts"}

MANAGES = discord.Permissions(manage_guild=True, manage_channels=True)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a forum that everybody may set, or only moderators."""

    id: int
    name: str
    is_moderated: bool


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A channel as we need to know it."""

    id: int
    kind: ChannelKind
    guild: int | None
    parent: int | None
    name: str
    tags: tuple[Tag, ...] = ()
    needs_tag: bool = False

    @property
    def home(self) -> int:
        """The channel whose permissions count: a thread asks its parent."""
        return self.parent if self.kind is ChannelKind.THREAD and self.parent is not None else self.id

    @property
    def shown(self) -> str:
        """Its name for people."""
        return "your direct messages" if self.kind is ChannelKind.DIRECT else f"#{self.name}"


def missing(spot: ChannelFacts, granted: discord.Permissions, needed: tuple[str, ...]) -> Iterator[Problem]:
    """What of the needed permissions is not granted; without the first, nothing else can be told."""
    for name in needed:
        if not getattr(granted, name):
            yield problem(spot, name)
            if name == "view_channel":
                return


def problem(spot: ChannelFacts, name: str) -> Problem:
    """One permission that is missing, and where it is given."""
    is_forum = spot.kind is ChannelKind.FORUM
    words = (_NAMES_IN_FORUMS.get(name) if is_forum else None) or _NAMES[name]
    where = f"the channel of the thread {spot.shown}" if spot.kind is ChannelKind.THREAD else spot.shown
    return Problem(
        f"CopeCheck lacks the permission {words} in {spot.shown}.",
        f"In Discord: Edit Channel of {where}, Permissions, add CopeCheck, allow {words}.",
    )


def speaks(granted: discord.Permissions, *, in_thread: bool) -> bool:
    """Whether who has these permissions may write in the channel, or in its threads."""
    is_let = granted.send_messages_in_threads if in_thread else granted.send_messages
    return granted.administrator or (granted.view_channel and is_let)


def manages(granted: discord.Permissions) -> bool:
    """Whether who has these permissions manages the place."""
    return bool(granted.value & MANAGES.value) or granted.administrator
