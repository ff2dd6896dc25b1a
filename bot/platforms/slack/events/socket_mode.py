"""Socket Mode, supervised: every way in which the socket can fail is a named state, and it is opened again.

The SDK's own way to connect tries a used-up address for ever and says nothing of it. Here an address is tried once:
whatever comes of it, the next try begins with a new one, at once after the first failure and then ever later.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.core import errors
from bot.core.jobs.backoff import backoff
from bot.core.posts.connection import LinkState
from bot.platforms.slack.api.client import SlackClient
from bot.platforms.slack.api.errors import FOREIGN, NEW_APP_TOKEN, TOKEN, code_of, translated

log = logging.getLogger(__name__)

PING_SECONDS = 5.0
OPEN_WITHIN_SECONDS = 15.0
CONNECTION_POLL_SECONDS = 0.5
STEADY_SECONDS = 30.0
AT_ONCE, FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=0.1), timedelta(seconds=0.5), timedelta(minutes=1)
REFUSED_WAIT_SECONDS = 60.0
Tell = Callable[[LinkState, str, str], None]


class SocketMode:
    """One socket at a time, for as long as `run` is not cancelled."""

    def __init__(self, client: SlackClient, app_token: str, tell: Tell, ping: float = PING_SECONDS) -> None:
        self._client = client
        self._app_token = app_token
        self._tell = tell
        self._ping = ping
        self._tries = 0

    async def run(self, app: AsyncApp) -> None:
        """Connect, hold, and connect again with growing waits."""
        while True:
            wait = await self._once(app)
            await asyncio.sleep(wait)

    async def _once(self, app: AsyncApp) -> float:
        """One connection from its address to its end; how long to wait before the next."""
        began = asyncio.get_running_loop().time()
        try:
            address = await self._address()
        except errors.PlatformError as error:
            return self._failed(error)
        socket = self._socket(app, address)
        try:
            async with asyncio.timeout(OPEN_WITHIN_SECONDS):
                await socket.connect()
            self._tell(LinkState.CONNECTED, "Socket Mode", "")
            await _hold(socket)
        except FOREIGN as error:
            log.warning("the socket does not open", extra={"reason": str(translated(error, has_effect=False))})
            self._tell(LinkState.UNREACHABLE, "the socket does not open", "Check the network and its proxy.")
            return self._grown()
        finally:
            with suppress(Exception):
                # one that is left open keeps the loop from ending
                await socket.close()  # type: ignore[no-untyped-call]
        self._tell(LinkState.RECONNECTING, "the socket was lost", "")
        if asyncio.get_running_loop().time() - began > STEADY_SECONDS:
            self._tries = 0
        return self._grown()

    def _socket(self, app: AsyncApp, address: str) -> "_Socket":
        """A socket that is not open yet; what comes over it goes to the app."""

        async def handle(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
            began = time.time()
            await send_async_response(client, request, await run_async_bolt_app(app, request), began)

        web = self._client.web(self._app_token)
        socket = _Socket(self._app_token, app.logger, web, auto_reconnect_enabled=False, ping_interval=self._ping)
        socket.socket_mode_request_listeners.append(handle)
        socket.wss_uri = address
        return socket

    async def _address(self) -> str:
        try:
            told = await self._client.web(self._app_token).apps_connections_open(app_token=self._app_token)
        except FOREIGN as error:
            failure = translated(error, has_effect=False)
            if code_of(error) in TOKEN or code_of(error) == "missing_scope":
                self._tell(LinkState.TOKEN_REFUSED, f"Slack refuses the app token ({code_of(error)})", NEW_APP_TOKEN)
            else:
                self._tell(LinkState.UNREACHABLE, failure.what, failure.remedy)
            raise failure from error
        return str(told["url"])

    def _failed(self, error: errors.PlatformError) -> float:
        log.warning("no socket", extra={"reason": str(error)})
        if error.__cause__ is not None and code_of(error.__cause__) in TOKEN:
            return REFUSED_WAIT_SECONDS
        wait = error.retry_after.total_seconds() if error.retry_after else 0.0
        return max(wait, self._grown())

    def _grown(self) -> float:
        """At once, then ever later; not quite evenly, so that many processes do not come back in the same moment."""
        self._tries += 1
        later = backoff(self._tries - 1, FIRST_WAIT, LONGEST_WAIT) if self._tries > 1 else AT_ONCE
        return random.uniform(0.8, 1.2) * later.total_seconds()  # noqa: S311 - no secret


class _Socket(SocketModeClient):
    """The SDK's socket, opened once: who holds it opens the next one."""

    async def connect(self) -> None:
        """Open it at its address; raises what aiohttp raises."""
        assert self.wss_uri is not None
        self.current_session = await self.aiohttp_client_session.ws_connect(
            self.wss_uri, autoping=False, heartbeat=self.ping_interval, proxy=self.proxy
        )
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())

    async def send_message(self, message: str) -> None:
        """An acknowledgement. Where the connection is gone by then nothing is lost: what it is for is stored, and what
        Slack sends again is known."""
        assert self.current_session is not None
        try:
            await self.current_session.send_str(message)
        except ConnectionError as error:
            log.info("the socket was gone before an acknowledgement", extra={"reason": str(error)})

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Slack asks for a new connection: this one ends."""
        await self.disconnect()  # type: ignore[no-untyped-call]


async def _hold(socket: _Socket) -> None:
    """As long as the connection lives."""
    while await socket.is_connected():  # noqa: ASYNC110 (the SDK tells it by no event)
        await asyncio.sleep(CONNECTION_POLL_SECONDS)
