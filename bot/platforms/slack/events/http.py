"""HTTP: Slack's signed requests. What is not signed well is 401 before anybody reads it, never an error of ours.

https://docs.slack.dev/authentication/verifying-requests-from-slack. The server is safe without a proxy before it: head
and body have deadlines, connections are counted, and a newcomer takes the place of the oldest one that proved nothing.
"""

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.http import HttpProcessingError
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.core.jobs.backoff import backoff
from bot.core.posts.connection import LinkState
from bot.ports.store import Clock

log = logging.getLogger(__name__)

SIGNED_WITHIN_SECONDS = 300
BODY_BYTES_MOST = 1024 * 1024
MOST_CONNECTIONS = 100
HEAD_SECONDS = 10.0
BODY_SECONDS = 10.0
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=1)
_STAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
Tell = Callable[[LinkState, str, str], None]


def is_signed(secret: str, headers: Mapping[str, str], body: bytes | bytearray, now: float) -> bool:
    """Whether Slack signed that body within the last five minutes."""
    if not may_be_signed(headers, now):
        return False
    stamp, given = headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"]
    made = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={made}", given)


def may_be_signed(headers: Mapping[str, str], now: float) -> bool:
    """Whether the headers are those of a signed request; nothing else is worth the reading of a body."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    given = headers.get("X-Slack-Signature", "")
    return (
        bool(_STAMP.fullmatch(stamp) and _SIGNATURE.fullmatch(given)) and abs(now - int(stamp)) <= SIGNED_WITHIN_SECONDS
    )


class HttpServer:
    """Listens at one address and path; `address` says where, once it does."""

    def __init__(self, secret: str, host: str, port: int, path: str, tell: Tell, clock: Clock) -> None:
        self._secret = secret
        self._host, self._port, self._path = host, port, path
        self._tell = tell
        self._clock = clock
        self.address = ""

    async def run(self, app: AsyncApp) -> None:
        """Serve until cancelled; a port that is taken is tried again."""
        tries = 0
        while True:
            tries += 1
            runner = web.ServerRunner(_Listener(self._serving(app)), shutdown_timeout=1.0)
            try:
                await runner.setup()
                await web.TCPSite(runner, self._host, self._port).start()
                self.address = f"http://{self._host}:{runner.addresses[0][1]}{self._path}"
                self._tell(LinkState.CONNECTED, f"HTTP at {self.address}", "")
                await asyncio.Event().wait()
            except OSError as error:
                where = f"{self._host}:{self._port}"
                self._tell(LinkState.UNREACHABLE, f"{where} cannot be used ({error.strerror})", "Set slack.port.")
            finally:
                self.address = ""
                await runner.cleanup()
            await asyncio.sleep(backoff(tries, FIRST_WAIT, LONGEST_WAIT).total_seconds())

    def _serving(self, app: AsyncApp) -> "Serve":
        async def serve(request: web.BaseRequest, proved: Callable[[], None]) -> web.StreamResponse:
            if request.path != self._path:
                return web.Response(status=404, text="Nothing is here.")
            if request.method in ("GET", "HEAD"):  # Slack looks now and then whether the certificate is good
                return web.Response(text="CopeCheck listens here.")
            if request.method != "POST":
                return web.Response(status=405, text="Slack posts here.", headers={"Allow": "GET, HEAD, POST"})
            body = await self._signed_body(request)
            if isinstance(body, web.Response):
                return body
            proved()
            try:
                headers = dict(request.headers.items())
                asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=headers)  # type: ignore[arg-type]
            except _UNREADABLE:
                return web.Response(status=400, text="This request cannot be read.")
            return await to_aiohttp_response(await app.async_dispatch(asked))

        return serve

    async def _signed_body(self, request: web.BaseRequest) -> bytes | web.Response:
        """The body, once it is known to be Slack's; else the refusal."""
        unsigned = web.Response(status=401, text="This request is not signed by Slack.")
        if not may_be_signed(request.headers, self._clock.now().timestamp()):
            return unsigned
        too_large = web.Response(status=413, text="This request is too large.")
        if (request.content_length or 0) > BODY_BYTES_MOST:
            return too_large
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                async for piece in request.content.iter_any():
                    body += piece
                    if len(body) > BODY_BYTES_MOST:
                        return too_large
        except TimeoutError:
            return web.Response(status=408, text="This request took too long.")
        except (ConnectionError, web.RequestPayloadError):
            return web.Response(status=400, text="This request broke off.")
        return (
            bytes(body) if is_signed(self._secret, request.headers, body, self._clock.now().timestamp()) else unsigned
        )


Serve = Callable[[web.BaseRequest, Callable[[], None]], Any]


class _Listener(web.Server):
    """aiohttp's server with a limit on connections; each carries one request, so that none is held open for nothing."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._unproved: dict[asyncio.BaseTransport, None] = {}
        super().__init__(
            self._one,
            keepalive_timeout=HEAD_SECONDS,  # counted from the connection on, until a head is complete
            lingering_time=1.0,
            auto_decompress=False,
            access_log=None,
            logger=_wire_log(),
        )

    async def _one(self, request: web.BaseRequest) -> web.StreamResponse:
        transport = request.transport
        response: web.StreamResponse = await self._serve(request, lambda: self._forget(transport))
        response.force_close()
        return response

    def _forget(self, transport: asyncio.BaseTransport | None) -> None:
        if transport is not None:
            self._unproved.pop(transport, None)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Count it, and let the oldest go that proved nothing where there are too many."""
        super().connection_made(handler, transport)
        self._unproved[transport] = None
        if len(self._connections) > MOST_CONNECTIONS:
            oldest = next(iter(self._unproved))
            self._forget(oldest)
            oldest.abort()  # type: ignore[attr-defined]

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        """Count it no longer."""
        self._forget(self._connections.get(handler))
        super().connection_lost(handler, exc)


def _wire_log() -> logging.Logger:
    """aiohttp's own words: what is no HTTP at all is nobody's error here, and needs no traceback."""
    wire = logging.getLogger(f"{__name__}.wire")
    if not wire.filters:
        wire.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError)))
    return wire
