"""The HTTP side: every request passes troubles, the token, the limits and the schemas before its route acts."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.discord_server import (
    rest_interactions,
    rest_messages,
    rest_places,
    rest_threads,
    trouble,
)
from tests.fakes.discord_server.call import Call, read_body
from tests.fakes.discord_server.limits import Banned, Limited, limited_body, limited_headers
from tests.fakes.discord_server.refusal import Refusal, unauthorized

if TYPE_CHECKING:
    from tests.fakes.discord_server.server import FakeDiscord

BASE = "/api/v10"
TABLES = (rest_places.ROUTES, rest_messages.ROUTES, rest_threads.ROUTES, rest_interactions.ROUTES)
LIMIT_FREE = ("/interactions/", "/webhooks/")
Route = Callable[[Call], Any]


def make_application(fake: "FakeDiscord") -> web.Application:
    """All routes, the gateway, the files, and a place where unknown requests are counted as faults."""
    application = web.Application(client_max_size=64 * 1024 * 1024)
    for table in TABLES:
        for name, route in table.items():
            method, path = name.split(" ")
            application.router.add_route(method, BASE + path, _bound(fake, name, route))
    for path in ("/gateway", "/resume"):
        application.router.add_get(path, fake.gateway.serve)
    application.router.add_get("/attachments/{channel_id}/{upload_id}/{name}", _attachment(fake))
    application.router.add_route("*", "/{rest:.*}", _bound(fake, "unknown", _unknown))
    return application


def _unknown(call: Call) -> Any:
    call.fake.faults.append(f"{call.request.method} {call.request.path}: no such route here")
    raise Refusal(404, 0, "404: Not Found")


def _attachment(fake: "FakeDiscord") -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        wanted = int(request.match_info["upload_id"])
        for message in fake.world.every_message:
            for upload in message.uploads:
                if upload.id == wanted:
                    return web.Response(body=upload.content, content_type=upload.kind)
        return web.Response(status=404)

    return serve


def _bound(fake: "FakeDiscord", name: str, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        call = Call(fake, request, name, request.path.removeprefix(BASE))
        struck = fake.troubles.strike(name)
        early = None if struck is None else await _before(fake, request, struck)
        if early is not None:
            return early
        status, body, headers = await _answer(call, route)
        if struck is not None:
            return await _after(request, struck, status, body, headers)
        return json_answer(status, body, headers)

    return serve


async def _answer(call: Call, route: Route) -> tuple[int, Any, dict[str, str]]:
    limits = call.fake.limits
    limits.hits[call.route] += 1
    headers: dict[str, str] = {}
    scope = None
    try:
        _check_token(call)
        headers = limits.admit(call.route, call.major, is_global=not call.path.startswith(LIMIT_FREE))
        await read_body(call)
        call.fake.note_request(call)
        if (disliked := call.fake.dislikes(call.route, call.body)) is not None:
            raise disliked
        status, body = _split(route(call))
        call.fake.note_answer(call, status, body)
    except Limited as limited:
        headers = limits.headers(call.route, call.major)
        status, body, headers = 429, limited_body(limited), limited_headers(limited, headers)
        scope = limited.scope
    except Refusal as refusal:
        status, body = refusal.status, refusal.body
    except Banned:
        return 429, "<html>error code: 1015</html>", {}
    limits.note_answer(status, scope)
    return status, body, headers | {"Via": "1.1 google"}


def _check_token(call: Call) -> None:
    needs_none = call.path.startswith(LIMIT_FREE)
    if not needs_none and call.request.headers.get("Authorization") != f"Bot {call.fake.token}":
        raise unauthorized()


def _split(result: Any) -> tuple[int, Any]:
    if isinstance(result, tuple):
        return result[0], result[1]
    return (204, None) if result is None else (200, result)


def json_answer(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    """An answer as Discord sends it: JSON without a charset; HTML only from the wall in front of it."""
    if body is None:
        return web.Response(status=status, headers=headers)
    if isinstance(body, str):
        return web.Response(status=status, body=body.encode(), headers=headers | {"Content-Type": "text/html"})
    headers = headers | {"Content-Type": "application/json"}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=headers)


async def _before(fake: "FakeDiscord", request: web.Request, struck: trouble.Trouble) -> web.StreamResponse | None:
    if struck.kind == trouble.DELAY:
        await asyncio.sleep(struck.seconds)
    elif struck.kind == trouble.HANG:
        await fake.is_over.wait()
        return _dropped(request)
    elif struck.kind == trouble.DROP_BEFORE:
        return _dropped(request)
    elif struck.kind == trouble.FAIL_BEFORE:
        return _failed(struck)
    return None


async def _after(
    request: web.Request, struck: trouble.Trouble, status: int, body: Any, headers: dict[str, str]
) -> web.StreamResponse:
    if struck.kind == trouble.DROP_AFTER:
        return _dropped(request)
    if struck.kind == trouble.FAIL_AFTER:
        return _failed(struck)
    whole = json_answer(status, body, headers)
    return await _cut(request, whole) if struck.kind == trouble.CUT else whole


def _dropped(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=500)


def _failed(struck: trouble.Trouble) -> web.Response:
    if struck.status == 500:
        return json_answer(500, {"message": "500: Internal Server Error", "code": 0}, {"Via": "1.1 google"})
    return json_answer(struck.status, f"<html>{struck.status}</html>", {"Via": "1.1 google"})


async def _cut(request: web.Request, whole: web.Response) -> web.StreamResponse:
    body = whole.body
    assert isinstance(body, bytes)
    response = web.StreamResponse(status=whole.status, headers=whole.headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    _dropped(request)
    return response
