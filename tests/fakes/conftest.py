"""What the tests of the fake Discord share: a server whose requests must all be right in the end, and a small world."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, User


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
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
