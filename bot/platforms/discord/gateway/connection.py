"""The connection to the gateway, kept up: a life after another, each end named, the next one later each time."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import aiohttp
import discord

from bot.core.errors import PlatformError, connection_words
from bot.core.jobs.backoff import backoff
from bot.core.posts.connection import Connection, LinkState
from bot.platforms.discord.api.address import point
from bot.platforms.discord.api.client import Wire
from bot.platforms.discord.api.detached_request import log_in
from bot.platforms.discord.api.errors import EffectUnknown
from bot.platforms.discord.api.places import PLATFORM, Places
from bot.platforms.discord.gateway.listener import Listener, Patience
from bot.platforms.discord.gateway.missed_removals import leave_gone
from bot.platforms.discord.interactions.commands import fingerprint, payload
from bot.platforms.discord.interactions.handler import InteractionHandler
from bot.ports.platform import Inbox

log = logging.getLogger(__name__)

CLOSE_SECONDS = 3.0
LOGIN_SECONDS = 30.0
READY_POLL_SECONDS = 1.0
SYNC_RETRY_SECONDS = 60.0
FAREWELL_SECONDS = 6 * 3600.0
TOKEN = "Copy the bot's token from Discord's developer portal, Bot, into discord.token."
INTENT = "Switch Message Content Intent on in Discord's developer portal, Bot, or discord.message_content off."
NET = "Check discord.api_url, discord.gateway_url and this machine's network; it is tried again by itself."
ITSELF = "It is tried again by itself."
SHARDS = "Correct discord.shard_count and discord.shard_ids."
_BY_CODE = {
    4004: (LinkState.TOKEN_REFUSED, "Discord refuses the token (4004)", TOKEN),
    4010: (LinkState.UNREACHABLE, "Discord refuses this shard (4010)", SHARDS),
    4011: (LinkState.UNREACHABLE, "Discord wants more shards (4011)", SHARDS),
    4012: (LinkState.UNREACHABLE, "Discord no longer speaks this version of its gateway (4012)", "Update discord.py."),
    4013: (LinkState.INTENT_MISSING, "Discord refuses the intents (4013)", INTENT),
    4014: (LinkState.INTENT_MISSING, "an intent is not switched on for the application (4014)", INTENT),
}


class _Silent(Exception):
    """READY did not come in time, or did not come back."""


class _NoStarts(Exception):
    """Discord allows no more sessions today; so many seconds are left."""


class GatewayConnection:
    """Listens until cancelled. `connection` is the truth at every moment."""

    def __init__(
        self,
        wire: Wire,
        places: Places,
        reception: InteractionHandler,
        patience: Patience,
        *,
        token: str,
        api_url: str,
        gateway_url: str | None,
        message_content: bool,
        shard_count: int | None,
        shard_ids: Sequence[int],
    ) -> None:
        self._wire, self._places, self._reception, self._patience = wire, places, reception, patience
        self._token, self._api_url, self._gateway_url = token, api_url, gateway_url
        self._message_content = message_content
        self._shard_count, self._shard_ids = shard_count, tuple(shard_ids)
        self._client: Listener | None = None
        self._was_whole = False
        self.connection = Connection(PLATFORM, LinkState.STARTING)

    async def run(self, inbox: Inbox) -> None:
        """A life after another; the waits grow, and begin anew after a life that was a good one."""
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            self.connection = await self._live(inbox)
            log.warning(
                "the connection to Discord ended",
                extra={"state": str(self.connection.state), "reason": self.connection.detail},
            )
            if self._was_whole and loop.time() - begun >= self._patience.steady:
                failures = 0
            failures += 1
            first, most = (timedelta(seconds=seconds) for seconds in (self._patience.first, self._patience.most))
            await asyncio.sleep(backoff(failures, first, most).total_seconds())

    async def _live(self, inbox: Inbox) -> Connection:
        """One life; how it ended."""
        self._was_whole = False
        client = self._client = Listener(
            self._reception,
            self._places,
            inbox,
            self._patience,
            message_content=self._message_content,
            shard_ids=self._shard_ids,
            gateway_url=self._gateway_url,
            told=self._look,
        )
        try:
            await self._log_in(client)
            await self._connected(client, inbox)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - `_ended` gives it a name, and logs what it does not know
            return _ended(error)
        finally:
            self._client = self._places.live = None
            await _close(client)
        return Connection(PLATFORM, LinkState.RECONNECTING, "Discord closed the connection", ITSELF)

    async def _log_in(self, client: Listener) -> None:
        """Ask who we are and where the gateway is; the settings may know better."""
        point(self._api_url)
        async with asyncio.timeout(LOGIN_SECONDS):
            await log_in(client, self._token)
            shards, url, limit = await client.http.get_bot_gateway()
        point(self._api_url, self._gateway_url or url)
        client.shard_count = self._shard_count or shards
        if limit["remaining"] <= 0:
            raise _NoStarts(f"{timedelta(milliseconds=limit['reset_after'])}")

    async def _connected(self, client: Listener, inbox: Inbox) -> None:
        """Until the connection ends or falls silent."""
        connecting = asyncio.create_task(client.connect(), name="discord gateway")
        watching = asyncio.create_task(self._watch(client), name="discord watch")
        syncing = asyncio.create_task(self._sync(client, inbox), name="discord commands")
        leaving = asyncio.create_task(self._leave_gone(client, inbox), name="discord farewells")
        try:
            await asyncio.wait([connecting, watching], return_when=asyncio.FIRST_COMPLETED)
            for task in (connecting, watching):
                if task.done():
                    await task
        finally:
            for task in (connecting, watching, syncing, leaving):
                task.cancel()
            await asyncio.gather(connecting, watching, syncing, leaving, return_exceptions=True)

    async def _watch(self, client: Listener) -> None:
        """discord.py would go on for ever without a word where READY does not come."""
        loop = asyncio.get_running_loop()
        seen = loop.time()
        while True:
            await asyncio.sleep(min(READY_POLL_SECONDS, self._patience.ready / 4))
            if client.is_whole:
                seen = loop.time()
            elif loop.time() - seen > self._patience.ready:
                raise _Silent(f"READY did not come within {self._patience.ready:.0f} s")

    async def _leave_gone(self, client: Listener, inbox: Inbox) -> None:
        """When every shard has said in which servers we are, and now and then: what an event began may have failed."""
        while not client.is_whole:  # noqa: ASYNC110 - shards come and go
            await asyncio.sleep(READY_POLL_SECONDS)
        while True:
            wait = FAREWELL_SECONDS
            try:
                await leave_gone(client, self._wire, inbox)
            except Exception:
                log.exception("servers that removed the bot are not looked for yet")
                wait = SYNC_RETRY_SECONDS
            await asyncio.sleep(wait)

    def _look(self) -> None:
        """The connection changed."""
        client = self._client
        if client is None:
            return
        if client.is_whole:
            self._was_whole = True
            self.connection = Connection(PLATFORM, LinkState.CONNECTED, _shards(client))
            self._places.live = client
        elif self._was_whole:
            self.connection = Connection(PLATFORM, LinkState.RECONNECTING, "a connection was lost", ITSELF)
            self._places.live = None

    # -- commands

    async def _sync(self, client: Listener, inbox: Inbox) -> None:
        """Make the commands known, if they are others than those that were last made known."""
        commands = payload()
        wanted, name = fingerprint(commands), f"{PLATFORM}/{client.application_id}/commands"
        while True:
            try:
                if await inbox.known_hash(name) != wanted:
                    path = "/applications/{application_id}/commands"
                    await self._wire.call("PUT", path, json=commands, application_id=client.application_id or 0)
                    await inbox.put_known_hash(name, wanted)
                    log.info("commands made known", extra={"count": len(commands)})
                return
            except (PlatformError, discord.HTTPException, EffectUnknown) as error:
                log.warning("the commands are not made known yet", extra={"reason": str(error)})
            except Exception:
                log.exception("the commands are not made known yet")
            await asyncio.sleep(SYNC_RETRY_SECONDS)


def _shards(client: Listener) -> str:
    return f"{len(client.up)} shards" if len(client.up) > 1 else ""


async def _close(client: Listener) -> None:
    """Let go; a socket that does not answer is not waited for."""
    with suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await client.close()
    with suppress(Exception):
        await client.http.close()


def _ended(error: Exception) -> Connection:
    """How a life ended, in a name and words."""
    state, detail, remedy = _named(error)
    if state is LinkState.RECONNECTING and not isinstance(error, discord.ConnectionClosed):
        log.error("a life of the connection ended", exc_info=error)
    return Connection(PLATFORM, state, detail, remedy)


def _named(error: Exception) -> tuple[LinkState, str, str]:
    match error:
        case discord.LoginFailure():
            return LinkState.TOKEN_REFUSED, "Discord refuses the token (401)", TOKEN
        case discord.PrivilegedIntentsRequired():
            return _BY_CODE[4014]
        case discord.ConnectionClosed():
            code = int(error.code or 0)
            return _BY_CODE.get(code, (LinkState.RECONNECTING, f"Discord closed the connection ({code})", ITSELF))
        case _Silent():
            return LinkState.UNREACHABLE, f"the gateway is silent: {error}", NET
        case _NoStarts():
            return LinkState.UNREACHABLE, f"Discord allows no more connections today; {error} left", ITSELF
        case discord.HTTPException() if error.status == 401:
            return LinkState.TOKEN_REFUSED, "Discord refuses the token (401)", TOKEN
        case discord.HTTPException():
            return LinkState.UNREACHABLE, f"Discord reports an error (HTTP {error.status})", ITSELF
        case discord.GatewayNotFound() | aiohttp.ClientError() | OSError() | TimeoutError():
            return LinkState.UNREACHABLE, f"Discord cannot be reached ({connection_words(error)})", NET
        case _:
            return LinkState.RECONNECTING, "Discord sent something that cannot be read", ITSELF
