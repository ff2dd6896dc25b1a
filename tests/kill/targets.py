"""Where the killed bots post: the console's file, our Discord or our Slack on loopback; each keeps the journal."""

import collections
import hashlib
import json
import socket
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.fakes.slack_server.faults import drop_after
from tests.fakes.slack_server.limits import Waits
from tests.fakes.slack_server.world import TEAM


class Target(Protocol):
    """A platform under test: two places in it, the settings that lead there, and what was really posted."""

    name: str
    list_lines: int

    def places(self) -> tuple[str, str]:
        """The place of cards and the place of lists, as `platform:channel`."""
        ...

    def settings(self, folder: Path, vanish: float) -> str:
        """The tables of the settings that lead there; a share `vanish` of the sends take effect and look dropped."""
        ...

    def counts(self, folder: Path) -> collections.Counter[str]:
        """How often each key was posted, by its mark."""
        ...

    def mark(self, key: str) -> str:
        """What the journal has of a key."""
        ...

    def served(self) -> AbstractAsyncContextManager[Any]:
        """The server, up while the block lasts."""
        ...


class ConsoleTarget:
    """The console's own file; the faults are its settings'."""

    name, list_lines = "console", 40

    def places(self) -> tuple[str, str]:
        return "console:every", "console:top"

    def settings(self, folder: Path, vanish: float) -> str:
        return f"""
[platforms.console]
show = false
file = "{folder / "posts.jsonl"}"
[platforms.console.faults]
drop_after = {vanish}
"""

    def counts(self, folder: Path) -> collections.Counter[str]:
        counts: collections.Counter[str] = collections.Counter()
        file = folder / "posts.jsonl"
        for line in file.read_bytes().split(b"\n") if file.exists() else ():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if record["type"] == "post":
                counts[record["key"]] += 1
        return counts

    def mark(self, key: str) -> str:
        return key

    def served(self) -> AbstractAsyncContextManager[Any]:
        return nullcontext()


class DiscordTarget:
    """Our Discord. `nonce_seconds` 0: it never knows a nonce again, so that only the look in the channel helps."""

    name, list_lines = "discord", 20

    def __init__(self, *, nonce_seconds: float = 180.0, seed: int = 0) -> None:
        self._fake = FakeDiscord(seed=seed, check=False)
        self._fake.nonce_seconds = nonce_seconds
        guild = self._fake.add_guild("Readers")
        self._ann = self._fake.add_user("ann")
        self._fake.join(guild, self._ann)
        self._channels = [self._fake.add_channel(guild, name) for name in ("every", "top")]

    def places(self) -> tuple[str, str]:
        every, top = (f"discord:{channel.id}" for channel in self._channels)
        return every, top

    def settings(self, folder: Path, vanish: float) -> str:
        self._fake.troubles.add("drop_after", "POST /channels/*/messages", chance=vanish)
        return f"""
[platforms.console]
show = false
[discord]
token = "{self._fake.token}"
api_url = "{self._fake.api_base}"
gateway_url = "{self._fake.gateway.url}"
"""

    def counts(self, folder: Path) -> collections.Counter[str]:
        made = self._fake.journal.of("message_created")
        return collections.Counter(digest for line in made for digest in line["digests"])

    def mark(self, key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()[:25]

    def served(self) -> AbstractAsyncContextManager[Any]:
        return self._fake

    @property
    def is_heard(self) -> bool:
        """Whether a bot is connected: what is said while none is, Discord tells to nobody."""
        return bool(self._fake.gateway.sockets)

    async def ask(self, words: str) -> None:
        """Somebody answers the first card with a question."""
        channel = self._channels[0]
        self._fake.say(self._ann, channel, words, reply_to=self._fake.posts(channel)[0])


class SlackTarget:
    """Our Slack in one transport, with the strictest limit on history, its waits shortened by a stated factor."""

    name, list_lines = "slack", 25

    def __init__(self, transport: str, *, factor: float = 20.0, seed: int = 0) -> None:
        self._fake = FakeSlack(waits=_waits(factor), strict_history=True, seed=seed)
        self._transport = transport
        self._port = free_port()
        if transport == "http":
            self._fake.events_url = f"http://127.0.0.1:{self._port}/slack/events"
        self.factor = factor

    def places(self) -> tuple[str, str]:
        return f"slack:{TEAM}/C0PAPERS", f"slack:{TEAM}/C0GENERAL"

    def settings(self, folder: Path, vanish: float) -> str:
        self._fake.wire.sometimes("chat.postMessage", drop_after(), vanish)
        by_socket = f'app_token = "{APP_TOKEN}"'
        http = f'signing_secret = "{SIGNING_SECRET}"\nport = {self._port}'
        return f"""
[platforms.console]
show = false
[slack]
bot_token = "{BOT_TOKEN}"
api_url = "{self._fake.api_url}"
post_gap_seconds = {1.02 / self.factor}
{by_socket if self._transport == "socket" else http}
"""

    def counts(self, folder: Path) -> collections.Counter[str]:
        return self._fake.journal.keys

    def mark(self, key: str) -> str:
        return key

    def served(self) -> AbstractAsyncContextManager[Any]:
        return self._fake

    @property
    def is_heard(self) -> bool:
        """What is said while nobody listens comes again."""
        return True

    async def ask(self, words: str) -> None:
        """Somebody asks in the thread of the first card, by name."""
        card = self._fake.seen("papers")[0]
        await self._fake.mention("bob", "papers", words, thread=card.ts)


def _waits(factor: float) -> Waits:
    """Slack's waits, shortened; an event is told again for minutes all the same, while bots die and start."""
    return replace(Waits().shortened(factor), retries=(0.0, *(3.0 for _ in range(60))))


def free_port() -> int:
    """A port of loopback that nobody has at this moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
