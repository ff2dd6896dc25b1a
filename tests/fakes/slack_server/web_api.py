"""`/api/<method>`: arguments from query, form or JSON, the token's rights, the limits, the faults, then the method.

Errors as Slack says them: HTTP 200 with `ok: false` and `error`, 429 with `Retry-After`.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.slack_server.faults import spoil
from tests.fakes.slack_server.world import Token

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack

Args = dict[str, Any]
Answer = dict[str, Any]
JSON_ARGUMENTS = ("blocks", "metadata", "view", "attachments")


class Refused(Exception):
    """Slack's no: the error and what stands beside it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer: Answer = {"ok": False, "error": error, **more}


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it came: where its arguments stood is told by `places`."""

    method: str
    args: Args
    token: str | None
    places: tuple[str, ...]
    at: float


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API: what runs, its tier (calls a minute), the scopes it needs, the kind of token."""

    run: Callable[["FakeSlack", Args], Answer]
    tier: int = 100
    scopes: tuple[str, ...] = ()
    kind: str = "bot"


@dataclass(slots=True)
class WebApi:
    """The methods, and every call that came."""

    slack: "FakeSlack"
    methods: dict[str, Method]
    calls: list[Call] = field(default_factory=list)

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        call = await _read(request)
        self.calls.append(call)
        fault = self.slack.wire.next(call.method)
        spoilt = await spoil(fault, "before", request)
        if spoilt is not None:
            return spoilt
        answer = self._answer(call)
        return await spoil(fault, "after", request) or answer

    def _answer(self, call: Call) -> web.Response:
        try:
            method = self.methods.get(call.method)
            if method is None:
                raise Refused("unknown_method", req_method=call.method)
            token = self._allowed(call, method)
            wait = self._limited(call, method)
            if wait is not None:
                headers = {"Retry-After": str(wait)}
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            if disliked := self.slack.dislikes(call.method, call.args):
                raise Refused(disliked)
            answer = {"ok": True, **method.run(self.slack, call.args)}
        except Refused as refused:
            return web.json_response(refused.answer)
        return web.json_response(answer, headers={"X-OAuth-Scopes": ",".join(sorted(token.scopes)) if token else ""})

    def _limited(self, call: Call, method: Method) -> int | None:
        channel = str(call.args.get("channel", ""))
        return self.slack.limits.take(call.method, method.tier, call.token or "", channel, time.monotonic())

    def _allowed(self, call: Call, method: Method) -> Token | None:
        if method.kind == "any":
            return None
        if not call.token:
            raise Refused("not_authed")
        token = self.slack.tokens.get(call.token)
        if token is None:
            raise Refused("invalid_auth")
        if token.error is not None:
            raise Refused(token.error)
        if token.kind != method.kind:
            raise Refused("not_allowed_token_type")
        for scope in method.scopes:
            need_scope(token, scope)
        return token


def need_scope(token: Token, scope: str) -> None:
    """Refuse a token that lacks a scope, naming what is needed and what there is."""
    if scope not in token.scopes:
        raise Refused("missing_scope", needed=scope, provided=",".join(sorted(token.scopes)))


def flag(value: Any) -> bool:
    """Whether an argument means yes, in any of the three forms."""
    return value in (True, 1, "1", "true", "True")


def number(value: Any) -> int | None:
    """A whole number from a query, a form or JSON; None when there is none."""
    if value in (None, ""):
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Refused("invalid_arguments") from None


def needed(args: Args, name: str) -> str:
    """An argument that must be there."""
    value = args.get(name)
    if not isinstance(value, str) or not value:
        error = "channel_not_found" if name in ("channel", "channel_id") else "invalid_arguments"
        raise Refused(error, response_metadata={"messages": [f"[ERROR] missing required field: {name}"]})
    return value


async def _read(request: web.Request) -> Call:
    query: Args = dict(request.query)
    body = await _body(request)
    args = {name: _opened(name, value) for name, value in {**query, **body}.items()}
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer if scheme == "Bearer" else args.pop("token", None)
    posted = "json" if request.content_type == "application/json" else "form"
    places = (("query",) if query else ()) + ((posted,) if body else ())
    return Call(request.match_info["method"], args, token, places, time.time())


async def _body(request: web.Request) -> Args:
    if request.method != "POST" or not request.can_read_body:
        return {}
    if request.content_type == "application/json":
        try:
            read = await request.json()
        except json.JSONDecodeError:
            return {}
        return read if isinstance(read, dict) else {}
    return dict(await request.post())


def _opened(name: str, value: Any) -> Any:
    """Blocks, metadata and views come as JSON text in a query or a form."""
    if name not in JSON_ARGUMENTS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
