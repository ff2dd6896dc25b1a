"""Our Discord platform against the fake server, and an inbox that keeps what it is told. Fixtures: discord_fixtures."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from bot.core.commands.event import Actor, CommandEvent
from bot.core.commands.options import Option
from bot.core.discussion.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.follows.follow import Follow
from bot.core.papers.paper import ArxivId
from bot.core.posts.connection import LinkState
from bot.core.posts.post import Button, Line, LineRole, Place, Post, PostKey, PostKind, PostRef, Span
from bot.platforms.discord import DiscordPlatform, Patience
from bot.ports.platform import Home, Inbox
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel

QUICK = Patience(ready=5.0, first=0.05, most=0.4, steady=0.3, identify=0.0, gather=0.05)
SITE = "https://arxiv.org"


class Box:
    """An inbox that keeps everything, and can be slow, or fail."""

    def __init__(self) -> None:
        self.taken: list[CommandEvent] = []
        self.again: list[str] = []
        self.mendings: list[Place] = []
        self.left: list[tuple[str, Sequence[Place]]] = []
        self.stored: list[str] = []
        self.hashes: dict[str, str] = {}
        self.offers: list[tuple[str, str]] = []
        self.claimed: dict[str, str] = {"does": "It sorts letters."}
        self.asked_for: list[tuple[Actor, str, str]] = []
        self.delay = 0.0
        self.error: Exception | None = None
        self.news = asyncio.Event()

    async def take(self, asked: CommandEvent) -> bool:
        await asyncio.sleep(self.delay)
        if self.error is not None:
            raise self.error
        if any(one.id == asked.id for one in self.taken):
            self.again.append(asked.id)
            return False
        self.taken.append(asked)
        self.news.set()
        return True

    async def note(self, key: str) -> bool:
        return True

    async def follows(self, places: Sequence[Place]) -> Sequence[Follow]:
        return ()

    async def home(self, places: Sequence[Place]) -> Home:
        return Home(date(2026, 6, 2))

    @property
    def direct_follows(self) -> bool:
        return False

    def is_operator(self, person: str) -> bool:
        return False

    async def hear(self, remark: Remark) -> bool:
        return True

    async def edited(self, change: RemarkEdited) -> None:
        """Nobody reads it."""

    async def deleted(self, gone: RemarkDeleted) -> None:
        """Nobody misses it."""

    async def leave(self, place: Place) -> None:
        self.left.append((str(place), ()))

    async def leave_community(self, community: str, places: Sequence[Place] = ()) -> None:
        self.left.append((community, places))
        self.news.set()

    async def communities(self, platform: str) -> Sequence[str]:
        return self.stored

    async def mended(self, *places: Place) -> None:
        self.mendings += places
        self.news.set()

    async def known_hash(self, name: str) -> str:
        return self.hashes.get(name, "")

    async def put_known_hash(self, name: str, fingerprint: str) -> None:
        self.hashes[name] = fingerprint
        self.news.set()

    async def titles(self, papers: Sequence[ArxivId]) -> Mapping[ArxivId, str]:
        if self.error is not None:
            raise self.error
        return {papers[0]: "“Shelves” of oak"}

    async def claims(self, paper: str, lens: str) -> Mapping[str, str]:
        await asyncio.sleep(self.delay)
        if self.error is not None:
            raise self.error
        return self.claimed

    async def suggest(self, asker: Actor, option: Option, typed: str, most: int = 25) -> Sequence[tuple[str, str]]:
        await asyncio.sleep(self.delay)
        if self.error is not None:
            raise self.error
        self.asked_for.append((asker, option.name, typed))
        return self.offers


def build(fake: FakeDiscord, **options: Any) -> DiscordPlatform:
    """Our platform, pointed at the fake; connected to nothing yet."""
    known: dict[str, Any] = {"api_url": fake.api_base, "site_url": SITE, "patience": QUICK, **options}
    return DiscordPlatform(fake.token, **known)


@asynccontextmanager
async def listening(fake: FakeDiscord, inbox: Inbox, **options: Any) -> AsyncIterator[DiscordPlatform]:
    """Our platform, connected; its commands are known to the server."""
    platform = build(fake, **options)
    running = asyncio.create_task(platform.run(inbox))
    try:
        await until(lambda: platform.connection.state is LinkState.CONNECTED)
        await until(lambda: bool(fake.world.commands.get(None)))
        yield platform
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await platform.close()


async def until(is_so: Any, patience: float = 90.0) -> None:
    """Wait until it is so; a test that waits in vain fails here."""
    async with asyncio.timeout(patience):
        while not is_so():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


def place_of(channel: Channel) -> Place:
    return Place("discord", str(channel.id))


def key_for(channel: Channel, subject: str = "2611.01234", kind: PostKind = PostKind.CARD) -> PostKey:
    return PostKey(place_of(channel), kind, subject, "plain")


def post_of(words: str = "A headline", kind: PostKind = PostKind.CARD, *buttons: Button) -> Post:
    lines = (Line(LineRole.HEADLINE, (Span(words),)), Line(LineRole.PARAGRAPH, (Span("What it does."),)))
    return Post(kind, words, lines, buttons or (Button("analysis", "Full analysis", "analysis 2611.01234 plain"),))


def ref_of(channel: Channel, message_id: int, thread: int | None = None) -> PostRef:
    return PostRef(place_of(channel), str(message_id), str(thread) if thread else None)
