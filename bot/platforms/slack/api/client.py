"""The Web API behind one door: who we are, calls whose failures are ours, and direct messages that are opened once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core import errors
from bot.core.posts.connection import LinkState
from bot.core.posts.post import Place
from bot.platforms.slack.api.errors import FOREIGN, NEW_TOKEN, TOKEN, code_of, translated
from bot.platforms.slack.api.places import spot_of

log = logging.getLogger(__name__)

TIMEOUT = 20
Request = Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]
Tell = Callable[[LinkState, str, str], None]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is: its workspace, that one's address, its own ids, what it may do, and its organisation if any."""

    team: str
    name: str
    url: str
    user: str
    bot: str
    scopes: frozenset[str]
    enterprise: str = ""


class SlackClient:
    """Calls Slack. Nothing is tried again here: a call that may have come about is the caller's doubt."""

    def __init__(self, token: str, api_url: str, tell: Tell) -> None:
        self.api_url = api_url.rstrip("/") + "/"
        self._token = token
        self._tell = tell
        self._session: aiohttp.ClientSession | None = None
        self._identity: Identity | None = None
        self._lock = asyncio.Lock()
        self._directs: dict[str, str] = {}

    @property
    def known(self) -> Identity | None:
        """Who we are, as far as Slack was asked already."""
        return self._identity

    def web(self, token: str | None = None) -> AsyncWebClient:
        """The SDK's client on our own session: nothing is retried in it, since a second send is a second post."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        return AsyncWebClient(
            token=token or self._token, base_url=self.api_url, session=self._session, retry_handlers=[], timeout=TIMEOUT
        )

    async def read(self, request: Request) -> AsyncSlackResponse:
        """A call without effect."""
        return await self._call(request, has_effect=False)

    async def write(self, request: Request) -> AsyncSlackResponse:
        """A call that may have come about when nobody heard of it: `SendUnknown` then."""
        return await self._call(request, has_effect=True)

    async def _call(self, request: Request, *, has_effect: bool) -> AsyncSlackResponse:
        try:
            response = await request(self.web())
        except FOREIGN as error:
            if code_of(error) in TOKEN:
                self._identity = None
                self._tell(LinkState.TOKEN_REFUSED, f"Slack says {code_of(error)}", NEW_TOKEN)
            raise translated(error, has_effect=has_effect) from error
        return response

    async def identity(self, *, fresh: bool = False) -> Identity:
        """Who we are, by one `auth.test` a process."""
        async with self._lock:
            if self._identity is None or fresh:
                told = await self.read(lambda web: web.auth_test())
                self._identity = _identity(told)
            return self._identity

    async def channel_of(self, place: Place) -> str:
        """The id of the conversation at a place; direct messages are opened, which is harmless to repeat."""
        spot = spot_of(place)
        if not spot.user:
            return spot.channel
        if spot.user not in self._directs:
            told = await self.read(lambda web: web.conversations_open(users=[spot.user]))
            self._directs[spot.user] = str(told["channel"]["id"])
        return self._directs[spot.user]

    async def respond(self, url: str, body: dict[str, Any]) -> None:
        """Answer at a response_url; `PlaceClosed` when it is used up or too old."""
        if not self._is_slacks(url):
            raise errors.PlaceClosed("That address is none of Slack's.", "")
        self.web()
        assert self._session is not None
        try:
            async with self._session.post(url, json=body, allow_redirects=False) as response:
                status, said = response.status, (await response.text())[:200]
        except FOREIGN as error:
            raise translated(error, has_effect=True) from error
        if status >= 500:
            raise errors.SendUnknown(f"Slack failed ({status}).")
        if status != 200:
            log.info("a response_url took nothing", extra={"status": status, "said": said})
            raise errors.PlaceClosed("The private way to answer is closed.", "")

    def _is_slacks(self, url: str) -> bool:
        """Only Slack's own addresses are called, and those of the server that the settings name."""
        own = self.api_url.partition("/api/")[0]
        return url.startswith(("https://hooks.slack.com/", "https://hooks.slack-gov.com/", f"{own}/"))

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()


def _identity(told: AsyncSlackResponse) -> Identity:
    headers: Any = told.headers or {}
    scopes = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    return Identity(
        team=str(told.get("team_id") or ""),
        name=str(told.get("team") or ""),
        url=str(told.get("url") or ""),
        user=str(told.get("user_id") or ""),
        bot=str(told.get("bot_id") or ""),
        scopes=frozenset(part.strip() for part in str(scopes).split(",") if part.strip()),
        enterprise=str(told.get("enterprise_id") or ""),
    )
