"""The fake Discord itself.

In a test: `async with FakeDiscord() as fake:`, build a world (`add_guild`, `add_channel`, `add_user`, `join`), point
discord.py at it (`clients.pointed(fake.api_base, fake.gateway.url)`), and act (`say`, `slash`, `press` …). What
must be empty in the end is `fake.faults`; what took effect is `fake.journal`.
"""

import asyncio
import collections
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.discord_server import spec
from tests.fakes.discord_server.call import Call
from tests.fakes.discord_server.clock import MovableClock
from tests.fakes.discord_server.gateway import Gateway
from tests.fakes.discord_server.interactions import Interactions
from tests.fakes.discord_server.journal import Journal
from tests.fakes.discord_server.limits import Limits, Rate
from tests.fakes.discord_server.people import People
from tests.fakes.discord_server.refusal import Refusal
from tests.fakes.discord_server.rest import BASE, make_application
from tests.fakes.discord_server.state import Channel, Message, World
from tests.fakes.discord_server.trouble import Troubles

ANSWERS_CHECKED = 10


class FakeDiscord(People):
    """A server on loopback; every knob is an attribute, and every change takes hold at once.

    `nonce_seconds` is how long a nonce is remembered (zero: not at all); `old_edits` the rate of edits of messages
    over an hour old, a channel; `faults` what was wrong with requests by Discord's schemas.
    """

    def __init__(self, *, journal: Path | None = None, fsync: bool = False, seed: int = 0, check: bool = True) -> None:
        self.token = "fake.bot.token"
        self.clock = MovableClock()
        self.world = World(self.clock)
        self.limits = Limits(self.clock)
        self.troubles = Troubles(seed)
        self.dislikes: Callable[[str, Any], Refusal | None] = lambda route, body: None  # what it takes in no such form
        self.journal = Journal(journal, fsync=fsync)
        self.gateway = Gateway(self.world, lambda token: token == self.token)
        self.interactions = Interactions(self.world)
        self._faults: list[str] = []
        self._unchecked: collections.deque[Callable[[], list[str]]] = collections.deque()
        self._answers_checked: collections.Counter[str] = collections.Counter()
        self.requests: list[tuple[str, str, Any]] = []
        self.nonce_seconds = 180.0
        self.old_edits = Rate(3, 20.0)
        self.is_checking = check
        self.is_over = asyncio.Event()
        self.api_base = ""
        self._old_edits: dict[int, list[float]] = {}
        self._runner: web.AppRunner | None = None

    @property
    def faults(self) -> list[str]:
        """What was wrong so far; a check takes tens of milliseconds, so it waits until somebody asks."""
        while self._unchecked:
            self._faults += self._unchecked.popleft()()
        return self._faults

    def note_request(self, call: Call) -> None:
        """Remember a request, and that it is to be checked."""
        method, path, body = call.request.method, call.path, call.body
        self.requests.append((method, path, body))
        if self.is_checking and call.route != "unknown":
            self._unchecked.append(lambda: spec.faults_of(method, path, body))

    def note_answer(self, call: Call, status: int, body: Any) -> None:
        """The first answers of every route are checked as well."""
        self._answers_checked[call.route] += 1
        if self.is_checking and self._answers_checked[call.route] <= ANSWERS_CHECKED:
            method, path = call.request.method, call.path
            self._unchecked.append(lambda: spec.answer_faults(method, path, status, body))

    async def start(self, port: int = 0) -> int:
        """Listen, and tell the port."""
        self._runner = web.AppRunner(make_application(self), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        port = int(self._runner.addresses[0][1])
        self.api_base = f"http://127.0.0.1:{port}{BASE}"
        self.world.attachment_base = f"http://127.0.0.1:{port}/attachments"
        self.gateway.url = f"ws://127.0.0.1:{port}/gateway"
        self.gateway.resume_url = f"ws://127.0.0.1:{port}/resume"
        return port

    async def stop(self) -> None:
        """Let go of everything."""
        self.is_over.set()
        await self.gateway.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        self.journal.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def revoke_token(self, instead: str = "another.bot.token", *, closes_sockets: bool = True) -> None:
        """From now on 401, and 4004 at the next IDENTIFY or RESUME; open sockets are closed with 4004 as well."""
        self.token = instead
        if closes_sockets:
            self.gateway.close(4004)

    def remembered(self, channel: Channel, body: dict[str, Any]) -> Message | None:
        """The message of the same author, channel and nonce within the window."""
        if body.get("nonce") is None or not body.get("enforce_nonce"):
            return None
        since = self.clock.now() - self.nonce_seconds
        for message in channel.newest_first:
            if message.at <= since:
                return None
            if message.author is self.world.bot and message.nonce == str(body["nonce"]):
                return message
        return None

    def take_old_edit(self, channel: Channel) -> None:
        """Count an edit of an old message, or refuse with 30046."""
        now = self.clock.now()
        recent = [at for at in self._old_edits.get(channel.id, []) if at > now - self.old_edits.seconds]
        if len(recent) >= self.old_edits.limit:
            wait = round(recent[0] + self.old_edits.seconds - now, 3)
            words = "Maximum number of edits to messages older than 1 hour reached. Try again later."
            raise Refusal(429, 30046, words, wait=wait)
        self._old_edits[channel.id] = [*recent, now]
