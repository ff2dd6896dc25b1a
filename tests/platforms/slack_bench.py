"""A Slack on loopback and our platform before it, in either transport, over a real store."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from bot.core.commands.event import CommandEvent
from bot.core.commands.spoken import asked_by, command_said
from bot.core.discussion.remark import Remark
from bot.core.discussion.transcript import bare
from bot.core.jobs.job import JobState, Queue
from bot.core.posts.connection import LinkState
from bot.core.posts.phrase import line
from bot.core.posts.post import LineRole, Place, Post, PostKey, PostKind
from bot.lenses.load import load_lenses
from bot.platforms.slack import SlackAccess, SlackPlatform
from bot.services.runtime.inbox import StoredInbox
from bot.services.runtime.scheduler import JobSignal
from bot.store.sql import SqlStore
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack

TRANSPORTS = ("socket", "http")
TEAM = "T0WORKSPACE"
PAPERS = Place("slack", f"{TEAM}/C0PAPERS")
GENERAL = Place("slack", f"{TEAM}/C0GENERAL")
ALICE = Place("slack", f"{TEAM}/@U0ALICE")
DAY = "2026-06-02"
LENSES = ("discontinuity", "plain", "reproducibility")


def access_of(slack: FakeSlack, transport: str, **changes: Any) -> SlackAccess:
    """What the settings would say."""
    ways: dict[str, dict[str, Any]] = {
        "socket": {"app_token": APP_TOKEN},
        "http": {"signing_secret": SIGNING_SECRET, "port": 0},
        "": {},
    }
    given = {"bot_token": BOT_TOKEN, "api_url": slack.api_url, "gap": timedelta(0), **ways[transport], **changes}
    return SlackAccess(**given)


def key_of(subject: str, place: Place = PAPERS, kind: PostKind = PostKind.CARD) -> PostKey:
    return PostKey(place, kind, subject, "plain")


def post_of(words: str = "A verdict", kind: PostKind = PostKind.CARD) -> Post:
    return Post(kind, words, (line(LineRole.HEADLINE, words), line(LineRole.PARAGRAPH, "It says so.")))


async def until(true: Callable[[], Any], seconds: float = 90.0) -> Any:
    """Wait for something to become true, and what it then is."""
    async with asyncio.timeout(seconds):
        while not (found := true()):  # noqa: ASYNC110 (what is waited for knows no event)
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
        platform = SlackPlatform(access_of(self.slack, self.transport), self.store, SystemClock())
        self._running.append(asyncio.create_task(platform.run(self.inbox)))
        await until(lambda: platform.connection.state is LinkState.CONNECTED)
        return platform

    async def asked(self) -> Sequence[CommandEvent]:
        """What waits to be answered: events, and commands among the remarks."""
        events = await self.store.list_jobs(tuple(JobState), Queue.ANSWER)
        remarks = [Remark.of(job.payload) for job in await self.store.list_jobs(tuple(JobState), Queue.REMARK)]
        said = [(one, command_said(one.words, LENSES) if bare(one.words) else "help") for one in remarks]
        commands = [asked_by(remark, command) for remark, command in said if command is not None]
        return [*(CommandEvent.of(job.payload) for job in events), *commands]

    async def one(self) -> CommandEvent:
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
        platform = SlackPlatform(access_of(fake, transport, **changes), store, SystemClock())
        inbox = StoredInbox(store, JobSignal(), load_lenses(None), SystemClock(), has_model=True)
        made = Bench(fake, store, transport, platform, inbox)
        try:
            yield made
            assert fake.faults == []
        finally:
            await made.stop()
            await platform.close()
            await store.close()
