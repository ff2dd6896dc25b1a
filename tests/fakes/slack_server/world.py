"""The workspace of the fake: its people, channels and messages, and who sees which."""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["channel", "group", "im"]
TEAM, DOMAIN, APP, BOT, BOT_USER = "T0WORKSPACE", "loopback", "A0COPECHECK", "B0COPECHECK", "U0COPECHECK"
ALL_SCOPES = frozenset(
    [
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:write",
        "team:read",
        "users:read",
    ]
)


@dataclass(slots=True)
class Token:
    """A token, what it may do, and the error it earns when it is no longer good."""

    value: str
    kind: Literal["bot", "app"]
    scopes: set[str]
    error: str | None = None


@dataclass(slots=True)
class Person:
    """Somebody in the workspace."""

    id: str
    name: str
    is_admin: bool = False
    is_bot: bool = False
    tz: str = "Etc/UTC"
    locale: str = "en-US"
    team: str = TEAM
    is_restricted: bool = False


@dataclass(slots=True, eq=False)
class Message:
    """A message as Slack keeps it; `seen_by` names the only person who sees an ephemeral one."""

    channel: str
    body: dict[str, Any]
    metadata: dict[str, Any] | None = None
    seen_by: str | None = None

    @property
    def ts(self) -> str:
        return str(self.body["ts"])

    @property
    def text(self) -> str:
        return str(self.body.get("text", ""))

    @property
    def thread_ts(self) -> str | None:
        return self.body.get("thread_ts")

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return list(self.body.get("blocks") or [])

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_own(self) -> bool:
        return self.body.get("bot_id") == BOT

    def shown(self, *, with_metadata: bool = False) -> dict[str, Any]:
        """The message as a read of history gives it."""
        body = copy.deepcopy(self.body)
        return body | {"metadata": self.metadata} if with_metadata and self.metadata else body


@dataclass(slots=True, eq=False)
class Channel:
    """A channel, a private one (`group`) or a direct message (`im`)."""

    id: str
    name: str
    kind: Kind = "channel"
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    properties: dict[str, Any] = field(default_factory=dict)
    is_read_only: bool = False
    is_thread_only: bool = False
    is_non_threadable: bool = False
    creator: str = "U0CAROL"
    is_shared: bool = False
    messages: list[Message] = field(default_factory=list)

    def message(self, ts: str) -> Message | None:
        return next((one for one in self.messages if one.ts == ts), None)

    def thread(self, ts: str) -> list[Message]:
        """The messages of a thread, oldest first, by the ts of any of them."""
        found = self.message(ts)
        root = (found.thread_ts or found.ts) if found else ts
        return [one for one in self.messages if root in (one.ts, one.thread_ts)]

    @property
    def top(self) -> list[Message]:
        """What stands in the channel itself, newest first."""
        return [
            one for one in reversed(self.messages) if not one.is_reply or one.body.get("subtype") == "thread_broadcast"
        ]


class World:
    """Everything in the workspace; ids and names both find a person or a channel."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[Message] = []
        self._last_stamp = 0
        self._last_id = 0
        self.add_person(BOT_USER, "copecheck", is_bot=True)
        for id_, name in (("U0ALICE", "alice"), ("U0BOB", "bob"), ("U0CAROL", "carol")):
            self.add_person(id_, name, is_admin=name == "alice")
        for id_, name in (("C0PAPERS", "papers"), ("C0GENERAL", "general"), ("C0RANDOM", "random")):
            self.add_channel(id_, name)

    def stamp(self) -> str:
        """A ts: seconds and microseconds, never the same twice, always later than the one before."""
        self._last_stamp = max(self._last_stamp + 1, int(time.time() * 1_000_000))
        return f"{self._last_stamp // 1_000_000}.{self._last_stamp % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """An id that was never given before."""
        self._last_id += 1
        return f"{prefix}0{self._last_id:08X}"

    def add_person(self, id_: str, name: str, **facts: Any) -> Person:
        self.people[id_] = Person(id_, name, **facts)
        return self.people[id_]

    def add_channel(self, id_: str, name: str, *, kind: Kind = "channel", with_bot: bool = True) -> Channel:
        """A channel that everybody is in, with or without the bot."""
        members = {person.id for person in self.people.values() if with_bot or person.id != BOT_USER}
        self.channels[id_] = Channel(id_, name, kind, members)
        return self.channels[id_]

    def person(self, name: str) -> Person:
        """Somebody by id or name; KeyError when there is none."""
        return self.people[name] if name in self.people else _named(self.people.values(), name)

    def channel(self, name: str) -> Channel:
        """A channel by id or name; KeyError when there is none."""
        return self.channels[name] if name in self.channels else _named(self.channels.values(), name)

    def direct(self, user: str) -> Channel:
        """The direct messages between a person and the bot."""
        person = self.person(user)
        id_ = "D" + person.id[1:]
        if id_ not in self.channels:
            self.channels[id_] = Channel(id_, id_, "im", {person.id, BOT_USER})
        return self.channels[id_]

    def message(self, channel: str, ts: str) -> Message:
        """A message by its place, an ephemeral one too; KeyError when there is none."""
        found = self.channels[channel].message(ts)
        hidden = (one for one in self.ephemerals if one.channel == channel and one.ts == ts)
        message = found or next(hidden, None)
        if message is None:
            raise KeyError(ts)
        return message

    def add(self, channel: Channel, body: dict[str, Any], metadata: dict[str, Any] | None = None) -> Message:
        """A new message in a channel or in one of its threads."""
        message = Message(channel.id, self._finished(body), metadata)
        channel.messages.append(message)
        root = channel.message(message.thread_ts) if message.thread_ts else None
        if root is not None and root is not message:
            _count_reply(root.body, message)
        return message

    def show_only_to(self, user: str, channel: Channel, body: dict[str, Any]) -> Message:
        """A new ephemeral message: in no history, seen by one person."""
        message = Message(channel.id, self._finished(body), seen_by=user)
        self.ephemerals.append(message)
        return message

    def with_block_ids(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The blocks as Slack gives them back: every one with an id, every text with its default fields."""
        named = [{"block_id": self.new_id("b")} | block for block in copy.deepcopy(blocks)]
        for text in _texts(named):
            text.setdefault("verbatim" if text["type"] == "mrkdwn" else "emoji", text["type"] != "mrkdwn")
        return named

    def bot_body(self, text: str, blocks: list[dict[str, Any]] | None, **more: Any) -> dict[str, Any]:
        """A message of our bot."""
        profile = {"id": BOT, "deleted": False, "name": "copecheck", "updated": 1, "app_id": APP, "team_id": TEAM}
        body = {"type": "message", "user": BOT_USER, "bot_id": BOT, "app_id": APP, "text": text, "team": TEAM}
        shown = {"blocks": self.with_block_ids(blocks)} if blocks else {}
        return body | {"bot_profile": profile} | shown | {name: value for name, value in more.items() if value}

    def person_body(self, user: str, text: str, thread_ts: str | None = None) -> dict[str, Any]:
        """A message that a person typed."""
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        blocks = [{"type": "rich_text", "block_id": self.new_id("b"), "elements": [section]}]
        home = self.people[user].team if user in self.people else TEAM
        body = {"client_msg_id": self.new_id("m"), "type": "message", "text": text, "user": user, "team": home}
        body |= {"user_team": home, "source_team": home} if home != TEAM else {}
        return body | {"blocks": blocks} | ({"thread_ts": thread_ts} if thread_ts else {})

    def _finished(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "ts": self.stamp()}


def _named(all_: Any, name: str) -> Any:
    found = next((one for one in all_ if one.name == name.lstrip("#@")), None)
    if found is None:
        raise KeyError(name)
    return found


def _texts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "plain_text"):
            yield node
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _count_reply(root: dict[str, Any], reply: Message) -> None:
    users = [*dict.fromkeys([*root.get("reply_users", []), reply.body.get("user")])]
    root |= {
        "thread_ts": root["ts"],
        "reply_count": root.get("reply_count", 0) + 1,
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": reply.ts,
        "is_locked": False,
        "subscribed": False,
    }
