"""What the fake Discord remembers: users, guilds, roles, channels, threads, messages, and where each is found."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord_server.clock import MovableClock, Snowflakes
from tests.fakes.discord_server.refusal import unknown

TEXT, DM, ANNOUNCEMENT, ANNOUNCEMENT_THREAD, PUBLIC_THREAD, FORUM = 0, 1, 5, 10, 11, 15
KINDS = {"text": TEXT, "announcement": ANNOUNCEMENT, "forum": FORUM}
REGULAR, THREAD_CREATED, REPLY, SLASH_ANSWER, THREAD_STARTER, MENU_ANSWER = 0, 18, 19, 20, 21, 23
CROSSPOSTED, HAS_THREAD, EPHEMERAL, LOADING, V2 = 1 << 0, 1 << 5, 1 << 6, 1 << 7, 1 << 15


@dataclass(slots=True)
class User:
    """A person or the bot; who has closed direct messages cannot be written to."""

    id: int
    name: str
    is_bot: bool = False
    takes_direct: bool = True


@dataclass(slots=True)
class Role:
    """A role of a guild."""

    id: int
    name: str
    permissions: int
    position: int = 1
    is_managed: bool = False
    bot: int = 0


@dataclass(slots=True)
class Overwrite:
    """What a channel gives to and takes from a role (kind 0) or a member (kind 1)."""

    id: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Member:
    """A user in a guild."""

    user: User
    roles: set[int] = field(default_factory=set)
    joined_at: float = 0.0


@dataclass(slots=True)
class Tag:
    """A tag of a forum."""

    id: int
    name: str
    is_moderated: bool = False


@dataclass(slots=True)
class Upload:
    """A file that came with a message."""

    id: int
    name: str
    content: bytes
    kind: str
    description: str | None = None


@dataclass(slots=True)
class Message:
    """A message; `answers` is the interaction whose answer it is, `is_private` one that only one person sees."""

    id: int
    channel_id: int
    author: User
    at: float
    kind: int = REGULAR
    content: str = ""
    components: list[dict[str, Any]] = field(default_factory=list)
    embeds: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    edited_at: float | None = None
    reference: dict[str, Any] | None = None
    referenced: "Message | None" = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    pings_everyone: bool = False
    forwarded: list["Message"] = field(default_factory=list)
    thread_id: int | None = None
    answers: dict[str, Any] | None = None

    @property
    def is_private(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def is_v2(self) -> bool:
        return bool(self.flags & V2)

    @property
    def text(self) -> str:
        """Everything one reads in it: the content, then every text display and label."""
        return "\n".join(filter(None, [self.content, *texts_of(self.components)]))

    @property
    def custom_ids(self) -> list[str]:
        return [part["custom_id"] for part in walk(self.components) if part.get("custom_id")]


@dataclass(slots=True)
class Channel:
    """A channel, thread or direct conversation, with its messages in order."""

    id: int
    kind: int
    name: str
    guild_id: int | None = None
    parent_id: int | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    topic: str | None = None
    tags: list[Tag] = field(default_factory=list)
    needs_tag: bool = False
    recipients: list[User] = field(default_factory=list)
    owner_id: int | None = None
    is_archived: bool = False
    is_locked: bool = False
    archive_minutes: int = 4320
    archived_at: float = 0.0
    applied_tags: list[int] = field(default_factory=list)
    thread_members: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        return self.kind in (ANNOUNCEMENT_THREAD, PUBLIC_THREAD)

    @property
    def newest_first(self) -> list[Message]:
        return [self.messages[one] for one in sorted(self.messages, reverse=True)]


@dataclass(slots=True)
class Guild:
    """A guild; its role @everyone has the guild's own id."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    is_unavailable: bool = False


class World:
    """Everything there is; `privileged` are the intents switched on for the application."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.bot = User(self.ids.take(), "CopeCheck", is_bot=True)
        self.application_id = self.bot.id
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.direct: dict[int, Channel] = {}
        self.commands: dict[int | None, list[dict[str, Any]]] = {}
        self.privileged = 0
        self.attachment_base = ""

    def guild(self, guild_id: int) -> Guild:
        """A guild the bot is in, or 10004."""
        if guild_id not in self.guilds:
            raise unknown("Guild")
        return self.guilds[guild_id]

    def channel(self, channel_id: int) -> Channel:
        """A channel, thread or direct conversation, or 10003."""
        for guild in self.guilds.values():
            if channel_id in guild.channels:
                return guild.channels[channel_id]
        if channel_id not in self.direct:
            raise unknown("Channel")
        return self.direct[channel_id]

    def message(self, channel: Channel, message_id: int) -> Message:
        """A message of a channel, or 10008."""
        if message_id not in channel.messages:
            raise unknown("Message")
        return channel.messages[message_id]

    def guild_of(self, channel: Channel) -> Guild | None:
        return None if channel.guild_id is None else self.guilds[channel.guild_id]

    @property
    def every_message(self) -> list[Message]:
        """All that stand anywhere, in the order in which they were made; private answers are not among them."""
        places = [channel for guild in self.guilds.values() for channel in guild.channels.values()]
        found = [message for place in [*places, *self.direct.values()] for message in place.messages.values()]
        return sorted(found, key=lambda message: message.id)


def walk(part: Any) -> list[dict[str, Any]]:
    """Every component in a tree of components, in order."""
    if isinstance(part, list):
        return [found for one in part for found in walk(one)]
    if not isinstance(part, dict):
        return []
    own = [part] if isinstance(part.get("type"), int) else []
    inner = [found for name in ("components", "component", "accessory") for found in walk(part.get(name))]
    return own + inner


def texts_of(components: list[dict[str, Any]]) -> list[str]:
    """What text displays and buttons say."""
    return [str(part.get("content") or part.get("label")) for part in walk(components) if part["type"] in (2, 10)]
