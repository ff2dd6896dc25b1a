"""Socket Mode, supervised: every way in which the socket can fail is a named state, and it is opened again.

The SDK's own way to connect tries a used-up address for ever and says nothing of it, so that we open each address
ourselves, hand it over, and look whether the connection lives.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.core import errors
from bot.core.connection import LinkState
from bot.platforms.slack.client import SlackClient
from bot.platforms.slack.errors import FOREIGN, TOKEN, code_of, translated

log = logging.getLogger(__name__)

PING = 5.0
OPEN_WITHIN = 15.0
LOOK = 0.25
STEADY = 30.0
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
REFUSED_WAIT = 60.0
NEW_APP_TOKEN = "Make an app-level token with connections:write and put it into slack.app_token."
Tell = Callable[[LinkState, str, str], None]


class SocketMode:
    """One socket at a time, for as long as `run` is not cancelled."""

    def __init__(self, client: SlackClient, app_token: str, tell: Tell, ping: float = PING) -> None:
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
        handler = AsyncSocketModeHandler(
            app,
            self._app_token,
            web_client=self._client.web(self._app_token),
            ping_interval=self._ping,
        )
        socket = handler.client
        socket.default_auto_reconnect_enabled = socket.auto_reconnect_enabled = False
        socket.wss_uri = address
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await socket.connect()  # type: ignore[no-untyped-call]
            self._tell(LinkState.CONNECTED, "Socket Mode", "")
            await self._hold(handler)
        except TimeoutError:
            self._tell(LinkState.UNREACHABLE, "the socket does not open", "Check the network and its proxy.")
            return self._grown()
        finally:
            with suppress(Exception):
                # one that is left open keeps the loop from ending
                await handler.close_async()  # type: ignore[no-untyped-call]
        self._tell(LinkState.RECONNECTING, "the socket was lost", "")
        if asyncio.get_running_loop().time() - began > STEADY:
            self._tries = 0
        return self._grown()

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
            return REFUSED_WAIT
        wait = error.retry_after.total_seconds() if error.retry_after else 0.0
        return max(wait, self._grown())

    def _grown(self) -> float:
        self._tries += 1
        return min(FIRST_WAIT * float(2 ** min(self._tries - 1, 10)), LONGEST_WAIT)

    async def _hold(self, handler: AsyncSocketModeHandler) -> None:
        """As long as the connection lives; Slack's wish to be connected anew is fulfilled by the SDK meanwhile."""
        socket = handler.client
        while True:
            await asyncio.sleep(LOOK)
            if socket.connect_operation_lock.locked():
                async with asyncio.timeout(OPEN_WITHIN):
                    async with socket.connect_operation_lock:
                        continue
            if not await socket.is_connected():
                return
