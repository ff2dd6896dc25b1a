"""The fake as a whole: one aiohttp server on a free port of loopback, and everything a test may ask of it or set in it.

`waits` and `limits` say how fast Slack is, `wire` what goes wrong, `faults` what the bot sent that Slack's rules forbid
(a test asserts that it is empty), `journal` what came about, `courier.deliveries` what the bot was told.
"""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.slack_server import chat, control, reading, views
from tests.fakes.slack_server.deliveries import Courier, Transport
from tests.fakes.slack_server.faults import Wire
from tests.fakes.slack_server.http_events import HttpEvents
from tests.fakes.slack_server.journal import Journal
from tests.fakes.slack_server.limits import Limits, Waits
from tests.fakes.slack_server.people import EVENTS, People
from tests.fakes.slack_server.response_urls import ResponseUrls
from tests.fakes.slack_server.socket_mode import SocketMode
from tests.fakes.slack_server.web_api import WebApi
from tests.fakes.slack_server.world import ALL_SCOPES, Token, World

Dislikes = Callable[[str, dict[str, Any]], str]
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-loopback", "xapp-loopback", "loopback-signing-secret"


class FakeSlack(People):
    """A workspace with three people (alice, an admin; bob; carol), three channels and the bot in all of them."""

    def __init__(
        self, *, waits: Waits | None = None, strict_history: bool = False, journal: Path | None = None, seed: int = 0
    ) -> None:
        self.world = World()
        self.limits = Limits(waits or Waits(), strict_history)
        self.wire = Wire(seed)
        self.journal_path = journal
        self.faults: list[str] = []
        self.refused_blocks: set[str] = set()
        self.dislikes: Dislikes = lambda method, args: ""  # Slack's error for what it takes in no such form
        self.organisation = ""  # whose whole installation the token is of
        self.subscriptions = set(EVENTS)
        self.signing_secret = SIGNING_SECRET
        self.events_url: str | None = None
        self.ping_every: float | None = None
        self.bot_token = Token(BOT_TOKEN, "bot", set(ALL_SCOPES))
        app_token = Token(APP_TOKEN, "app", {"connections:write"})
        self.tokens = {token.value: token for token in (self.bot_token, app_token)}
        self.views = views.Views()
        self.web_api = WebApi(self, {**chat.METHODS, **reading.METHODS, **views.METHODS})
        self.response_urls = ResponseUrls(self)
        self.sockets = SocketMode(self)
        self.http = HttpEvents(self)
        self.courier = Courier(self)
        self.url = ""
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """What `AsyncWebClient(base_url=…)` takes."""
        return f"{self.url}/api/"

    @property
    def transport(self) -> Transport:
        """HTTP once `events_url` is set, Socket Mode until then."""
        return self.http if self.events_url else self.sockets

    async def __aenter__(self) -> Self:
        self.journal = Journal(self.journal_path)
        application = web.Application(client_max_size=16 * 1024 * 1024)
        application.router.add_route("*", "/api/{method}", self.web_api.serve)
        application.router.add_get("/link/", self.sockets.serve)
        application.router.add_post("/hooks/{kind}/{name}", self.response_urls.serve)
        application.router.add_post("/_fake/{act}", control.serve(self))
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self.courier.close()
        await self.sockets.close()
        await self.http.close()
        await self._runner.cleanup()
        self.journal.close()

    def _slack(self) -> "FakeSlack":
        return self
