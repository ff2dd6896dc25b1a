"""HTTP: Slack's signed requests. What is not signed well is 401 before anybody reads it, never an error of ours.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable, Mapping

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.core.connection import LinkState

log = logging.getLogger(__name__)

WINDOW = 300
LARGEST = 2 * 1024 * 1024
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
_STAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
Tell = Callable[[LinkState, str, str], None]


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed that body within the last five minutes."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    given = headers.get("X-Slack-Signature", "")
    if not (_STAMP.fullmatch(stamp) and _SIGNATURE.fullmatch(given)) or abs(now - int(stamp)) > WINDOW:
        return False
    made = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={made}", given)


class HttpServer:
    """Listens at one address and path; `address` says where, once it does."""

    def __init__(self, secret: str, host: str, port: int, path: str, tell: Tell) -> None:
        self._secret = secret
        self._host, self._port, self._path = host, port, path
        self._tell = tell
        self.address = ""

    async def run(self, app: AsyncApp) -> None:
        """Serve until cancelled; a port that is taken is tried again."""
        wait = FIRST_WAIT
        while True:
            runner = web.AppRunner(self._application(app), access_log=None, shutdown_timeout=1.0)
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
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    def _application(self, app: AsyncApp) -> web.Application:
        async def serve(request: web.Request) -> web.Response:
            body = await request.read()
            if not is_signed(self._secret, request.headers, body, time.time()):
                return web.Response(status=401, text="This request is not signed by Slack.")
            headers = dict(request.headers.items())
            try:
                asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=headers)  # type: ignore[arg-type]
            except ValueError:
                return web.Response(status=400, text="This request cannot be read.")
            return await to_aiohttp_response(await app.async_dispatch(asked))

        application = web.Application(client_max_size=LARGEST)
        application.router.add_post(self._path, serve)
        return application
