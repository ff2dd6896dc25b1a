"""Fixtures of our Discord platform against the fake server: `pytest_plugins = ("tests.fakes.discord_fixtures",)`."""

from collections.abc import AsyncIterator, Iterator

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.platforms.discord import DiscordPlatform
from tests.fakes.discord_bot import Box, build
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, User


@pytest.fixture
def addresses() -> Iterator[None]:
    """discord.py's addresses are put back after a test."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@pytest.fixture
async def fake(addresses: None) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as server:
        yield server
        assert server.faults == []


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild()


@pytest.fixture
def papers(fake: FakeDiscord, guild: Guild) -> Channel:
    return fake.add_channel(guild, "papers")


@pytest.fixture
def ann(fake: FakeDiscord, guild: Guild) -> User:
    user = fake.add_user("ann")
    fake.join(guild, user)
    return user


@pytest.fixture
def root(fake: FakeDiscord, guild: Guild) -> User:
    """Who manages the server."""
    user = fake.add_user("root")
    fake.join(guild, user, fake.add_role(guild, "admins", "manage_guild"))
    return user


@pytest.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[DiscordPlatform]:
    """Our platform without a gateway: what `run --once`, `check` and every worker has."""
    platform = build(fake)
    yield platform
    await platform.close()


@pytest.fixture
def box() -> Box:
    return Box()
