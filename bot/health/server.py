"""Health, metrics and the page over HTTP, on a port if asked: `/healthz` for a supervisor, `/metrics` for Prometheus.

The page is for this machine alone, unless there is a token; then it asks for that, as a browser's password.
"""

import base64
import binascii
import hmac
import ipaddress
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST

from bot.core.papers.calendar import IsDeferred, never_deferred
from bot.core.verdicts.call import Budget
from bot.health.facts import gather
from bot.health.metrics import metrics_text
from bot.health.page import HEADERS, page
from bot.ports.store import Clock, Store

log = logging.getLogger(__name__)
ASK = {"WWW-Authenticate": 'Basic realm="CopeCheck", charset="UTF-8"'}
ELSEWHERE = "This page is shown on the bot's own machine only. Set health.token to see it from elsewhere.\n"
Running = web.AppRunner
LOCAL_NAMES = ("localhost", "localhost.")


@dataclass(frozen=True, slots=True)
class Inside:
    """What the page needs beside the store. `recent`: the latest warnings and errors of this process, which grow."""

    budget: Budget
    token: str = ""
    platforms: Sequence[str] = ()
    has_model: bool = False
    is_deferred: IsDeferred = never_deferred
    recent: "Sequence[tuple[datetime, str, str]]" = ()


def health_application(store: Store, clock: Clock, inside: Inside) -> web.Application:
    """An application with the three addresses; 503 when the store does not answer."""

    async def healthz(_request: web.Request) -> web.StreamResponse:
        await store.count_jobs()
        return web.json_response({"status": "ok"})

    async def metrics(_request: web.Request) -> web.StreamResponse:
        body = await metrics_text(store, inside.platforms, clock.now())
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def look(request: web.Request) -> web.StreamResponse:
        refusal = _refusal(request, inside.token)
        if refusal is not None:
            return refusal
        recent = list(inside.recent)
        facts = await gather(store, clock.now(), inside.budget, has_model=inside.has_model, recent=recent)
        return web.Response(text=page(facts, inside.is_deferred), content_type="text/html", headers=HEADERS)

    application = web.Application()
    application.router.add_get("/healthz", _or_503(healthz))
    application.router.add_get("/metrics", _or_503(metrics))
    application.router.add_get("/", _or_503(look))
    return application


def _refusal(request: web.Request, token: str) -> web.Response | None:
    """None where who asks may look: with the token where there is one, else from this machine by its own name.

    The name is looked at because a page of the web may lead a browser here under a name of its own.
    """
    if token:
        given = _given(request.headers.get("Authorization", ""))
        if hmac.compare_digest(given.encode(), token.encode()):
            return None
        return web.Response(status=401, text="The password is health.token.\n", headers=HEADERS | ASK)
    if _is_here(request.remote or "") and _is_here(request.url.host or ""):
        return None
    return web.Response(status=403, text=ELSEWHERE, headers=HEADERS)


def _given(header: str) -> str:
    """The token of a bearer, or the password of a browser."""
    kind, _, value = header.partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2] if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOCAL_NAMES


def _or_503(answer: Handler) -> Handler:
    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await answer(request)
        except Exception:
            log.exception("the store did not answer")
            return web.json_response({"status": "the store does not answer"}, status=503)

    return answered


async def serve_health(store: Store, clock: Clock, host: str, port: int, inside: Inside) -> web.AppRunner:
    """Start serving; the caller calls `cleanup()` on what it gets."""
    runner = web.AppRunner(health_application(store, clock, inside), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
