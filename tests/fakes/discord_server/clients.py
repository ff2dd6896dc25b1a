"""The real discord.py against this server: pointed at it, since it has no knob for that, and running."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.fakes.discord_server.server import FakeDiscord


@contextmanager
def pointed(api_base: str, gateway_url: str) -> Iterator[None]:
    """While this is open, every client talks to `api_base` and, without a better address, to `gateway_url`."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api_base, yarl.URL(gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


DEFAULT_INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class QuickClient(discord.AutoShardedClient):
    """The real client, without its pause of five seconds between two IDENTIFYs."""

    life: asyncio.Task[None]

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """No pause."""


@asynccontextmanager
async def running(
    fake: FakeDiscord, *, shards: int = 1, intents: discord.Intents = DEFAULT_INTENTS, **options: Any
) -> AsyncIterator[QuickClient]:
    """A real client that is ready; `setup(client)` is called before it starts; its end is in `client.life`."""
    setup: Callable[[Any], None] = options.pop("setup", lambda client: None)
    options = {"guild_ready_timeout": 0.1, "allowed_mentions": discord.AllowedMentions.none(), **options}
    with pointed(fake.api_base, fake.gateway.url):
        client = QuickClient(intents=intents, shard_count=shards, **options)
        setup(client)
        await client.login(fake.token)
        client.life = asyncio.create_task(client.connect())
        ready = asyncio.create_task(client.wait_until_ready())
        await asyncio.wait([client.life, ready], return_when=asyncio.FIRST_COMPLETED)
        try:
            yield client
        finally:
            ready.cancel()
            await client.close()
            await asyncio.gather(client.life, return_exceptions=True)


async def request_by_hand(
    fake: FakeDiscord, path: str, body: dict[str, Any], method: str = "POST"
) -> tuple[int, Any, Any]:
    """A request by hand, which heeds no header."""
    headers = {"Authorization": f"Bot {fake.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, fake.api_base + path, json=body) as answer,
    ):
        return answer.status, await answer.json(), answer.headers
