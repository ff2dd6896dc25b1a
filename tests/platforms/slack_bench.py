"""A Slack on loopback and our platform before it, in either transport, over a real store."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.core.asked import Asked
from bot.core.connection import LinkState
from bot.core.phrase import line
from bot.core.post import Place, Post, PostKey, PostKind, Role
from bot.core.work import JobState, Queue
from bot.lenses.load import load_lenses
from bot.platforms.slack import SlackAccess, SlackPlatform
from bot.services.inbox import StoredInbox
from bot.services.scheduler import Bell
from bot.store.sql import SqlStore
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack

TRANSPORTS = ("socket", "http")
TEAM = "T0WORKSPACE"
PAPERS = Place("slack", f"{TEAM}/C0PAPERS")
GENERAL = Place("slack", f"{TEAM}/C0GENERAL")
ALICE = Place("slack", f"{TEAM}/@U0ALICE")
DAY = "2026-06-02"


def access_of(slack: FakeSlack, transport: str, **changes: Any) -> SlackAccess:
    """What the settings would say."""
    ways: dict[str, Any] = {
        "socket": {"app_token": APP_TOKEN},
        "http": {"signing_secret": SIGNING_SECRET, "port": 0},
        "": {},
    }[transport]
    given = {"bot_token": BOT_TOKEN, "api_url": slack.api_url, "gap": timedelta(0), **ways, **changes}
    return SlackAccess(**given)


def key_of(subject: str, place: Place = PAPERS, kind: PostKind = PostKind.CARD) -> PostKey:
    return PostKey(place, kind, subject, "plain")


def post_of(words: str = "A verdict", kind: PostKind = PostKind.CARD) -> Post:
    return Post(kind, words, (line(Role.HEADLINE, words), line(Role.PARAGRAPH, "It says so.")))


async def until(true: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Wait for something to become true, and what it then is."""
    async with asyncio.timeout(seconds):
        while not (found := true()):
            await asyncio.sleep(0.02)
        return found


@dataclass
class Bench:
    """The fake, the platform, and what reached the inbox."""

    slack: FakeSlack
    store: SqlStore
    transport: str
    platform: SlackPlatform
    inbox: StoredInbox
    _running: list[asyncio.Task[None]] = field(default_factory=list)

    async def listen(self) -> None:
        """Let the platform run until it is connected."""
        running = asyncio.create_task(self.platform.run(self.inbox))
        self._running.append(running)
        await until(lambda: self.platform.connection.state is LinkState.CONNECTED or running.done())
        if running.done():
            running.result()
        if self.transport == "http":
            self.slack.events_url = self.platform.address
        elif self.transport == "socket":
            await self.slack.sockets.connected()

    async def another(self) -> SlackPlatform:
        """A second process of the same bot, over the same store, listening too."""
        platform = SlackPlatform(access_of(self.slack, self.transport), self.store)
        self._running.append(asyncio.create_task(platform.run(self.inbox)))
        await until(lambda: platform.connection.state is LinkState.CONNECTED)
        return platform

    async def asked(self) -> Sequence[Asked]:
        """What waits to be answered."""
        jobs = await self.store.list_jobs(tuple(JobState), Queue.ANSWER)
        return [Asked.of(job.payload) for job in jobs]

    async def one(self) -> Asked:
        """The only event that waits to be answered."""
        (asked,) = await self.asked()
        return asked

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


@contextlib.asynccontextmanager
async def bench(
    folder: Path, transport: str, *, slack: FakeSlack | None = None, **changes: Any
) -> AsyncIterator[Bench]:
    """Everything put together; in the end nothing that we sent broke a rule of Slack's."""
    async with slack or FakeSlack() as fake:
        store = SqlStore(str(folder / "store.db"))
        await store.open()
        platform = SlackPlatform(access_of(fake, transport, **changes), store)
        made = Bench(fake, store, transport, platform, StoredInbox(store, Bell(), load_lenses(None)))
        try:
            yield made
            assert fake.faults == []
        finally:
            await made.stop()
            await platform.close()
            await store.close()
