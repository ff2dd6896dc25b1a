"""Requests to Discord, by discord.py's own client, so that its buckets hold; logged in at the first of them.

Nothing is sent again by itself: discord.py's five tries after a 5xx would post twice where a nonce is no help, and
hold up what could be put off. What a lost connection or a 5xx leaves behind is `EffectUnknown`; who called looks first.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import discord
from discord.http import Route
from discord.webhook.async_ import async_context

from bot.core import errors
from bot.core.errors import connection_words
from bot.platforms.discord.api.address import point
from bot.platforms.discord.api.detached_request import RATE_LIMIT_WAIT_SECONDS, Failed, Resting, log_in
from bot.platforms.discord.api.errors import RETRY_AFTER, EffectUnknown, refusal, token_refused, unreachable

log = logging.getLogger(__name__)

ANSWER_WITHIN_SECONDS = 20.0
Json = dict[str, Any]
UNREADABLE = (KeyError, TypeError, ValueError)  # of an answer that discord.py cannot read, a 429 without a time


class Wire:
    """The way to Discord's REST interface. Raises `discord.HTTPException` for what Discord refuses by a code,
    `EffectUnknown`, or a `PlatformError` that is the same for every request."""

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        self._api_url = api_url
        self._client: discord.Client | None = None
        self._logging_in = asyncio.Lock()
        self._refused_until = 0.0
        self._session: aiohttp.ClientSession | None = None
        self._resting = Resting()
        self._is_closed = False

    async def client(self) -> discord.Client:
        """A client that is logged in and not connected: its requests and its classes, without a gateway."""
        async with self._logging_in:
            if self._now() < self._refused_until:
                raise token_refused()
            if self._client is None:
                self._client = await self._logged_in()
            return self._client

    async def _logged_in(self) -> discord.Client:
        point(self._api_url)
        client = discord.Client(intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none())
        client.http.max_ratelimit_timeout = RATE_LIMIT_WAIT_SECONDS
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                await log_in(client, self._token)
        except discord.LoginFailure as error:
            await client.http.close()
            raise self._refused() from error
        except discord.HTTPException as error:
            await client.http.close()
            raise refusal(error, "Discord") if error.status < 500 else unreachable(f"HTTP {error.status}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            await client.http.close()
            raise unreachable(connection_words(error)) from error
        except asyncio.CancelledError:
            await client.http.close()
            raise
        return client

    def _refused(self) -> errors.PlatformDown:
        """Remember that the token is void: a request with it counts against this machine's address."""
        self._refused_until = self._now() + RETRY_AFTER.total_seconds()
        return token_refused()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    @property
    def known(self) -> discord.Client | None:
        """The client, where it has logged in by now."""
        return self._client

    async def own_id(self) -> int:
        """Our user's id."""
        user = (await self.client()).user
        return user.id if user is not None else 0

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        **parts: Any,
    ) -> Any:
        """One request; `parts` fill the path."""
        client, route = await self.client(), Route(method, path, **parts)
        more: Json = {} if json is None else {"json": json}
        if params is not None:
            more["params"] = dict(params)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS if method == "GET" else None):
                return await self._resting.ask(client.http, route, more)
        except discord.RateLimited as error:
            wait = timedelta(seconds=error.retry_after)
            raise errors.RateLimited("Discord asks to wait.", retry_after=wait) from error
        except discord.HTTPException as error:
            raise self._understood(error) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise unreachable(connection_words(error)) from error
        except (Failed, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise EffectUnknown(str(error) if isinstance(error, Failed) else connection_words(error)) from error
        except UNREADABLE as error:
            raise EffectUnknown("Discord's answer cannot be read") from error

    def _understood(self, error: discord.HTTPException) -> Exception:
        if error.status >= 500:
            return EffectUnknown(f"HTTP {error.status}")
        if error.status == 429:
            return refusal(error, "Discord")
        return self._refused() if error.status == 401 else error

    # -- interactions: no token of ours, no bucket of ours, and no waiting for the global limit

    async def acknowledge(self, interaction_id: int, token: str, body: Json) -> None:
        """The one answer that must come within three seconds; sent twice where the first is lost."""
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        await self._webhook("POST", path, interaction_id, token, body)

    async def edit_answer(self, application: str, token: str, body: Json) -> None:
        """Put `body` in the place of what answers an interaction."""
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        await self._webhook("PATCH", path, int(application), token, body)

    async def _webhook(self, method: str, path: str, number: int, token: str, body: Json) -> None:
        point(self._api_url)  # an answer may be the first that a process does
        route = Route(method, path, webhook_id=number, webhook_token=token)
        if self._is_closed:
            raise EffectUnknown("the program ends")
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        for is_last in (False, True):
            try:
                async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                    await async_context.get().request(route, self._session, payload=body)
                return
            except discord.HTTPException as error:
                if error.status >= 500:
                    raise EffectUnknown(f"HTTP {error.status}") from error
                raise
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                if is_last:
                    raise EffectUnknown(connection_words(error)) from error
            except UNREADABLE as error:
                raise EffectUnknown("Discord's answer cannot be read") from error

    async def close(self) -> None:
        """Let go of the connections."""
        self._is_closed = True
        await self._resting.close()
        if self._client is not None:
            await self._client.http.close()
        if self._session is not None:
            await self._session.close()
