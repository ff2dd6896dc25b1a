"""Socket Mode: tickets, hello, envelopes to one of several connections, acknowledgements, disconnects.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.fakes.slack_server.deliveries import Attempt, failed, succeeded
from tests.fakes.slack_server.payloads import Payload
from tests.fakes.slack_server.world import APP

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack

MOST_CONNECTIONS = 10
ANSWERED = ("view_submission", "block_suggestion")


@dataclass(slots=True, eq=False)
class Connection:
    """One open socket; one that is `leaving` gets no more envelopes."""

    socket: web.WebSocketResponse
    request: web.Request
    sent: list[str] = field(default_factory=list)
    is_leaving: bool = False


@dataclass(slots=True)
class Pending:
    """An envelope that waits for its acknowledgement."""

    connection: Connection
    answered: asyncio.Future[Any]


class SocketMode:
    """All connections of the app; `opened` counts them, `late` holds what came after its deadline.

    `refusals` are the statuses that the next handshakes get; `asked_at` says when each address was asked for.
    """

    def __init__(self, slack: "FakeSlack") -> None:
        self.slack = slack
        self.connections: list[Connection] = []
        self.opened = 0
        self.late: list[str] = []
        self.refusals: list[int] = []
        self.asked_at: list[float] = []
        self._tickets: set[str] = set()
        self._pending: dict[str, Pending] = {}
        self._turn = 0
        self._came = asyncio.Condition()

    def new_url(self) -> str:
        """The address for one connection."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        self.asked_at.append(time.monotonic())
        return f"{self.slack.url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=401)
        self._tickets.discard(ticket)
        if self.refusals:
            return web.Response(status=self.refusals.pop(0), text="upstream error")
        socket = web.WebSocketResponse(heartbeat=self.slack.ping_every)
        await socket.prepare(request)
        connection = Connection(socket, request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json(self.farewell("too_many_websockets"))
            await socket.close()
            return socket
        await self._welcome(connection)
        try:
            await self._listen(connection)
        finally:
            self._forget(connection)
        return socket

    async def attempt(self, kind: str, payload: Payload, retry: int, reason: str) -> Attempt:
        """Send an envelope to one of the connections and wait for its acknowledgement."""
        seconds = self.slack.limits.waits.acknowledge
        connection = await self._next(seconds if kind == "events_api" else 0)
        sent_at = time.monotonic()
        if connection is None:
            return failed(sent_at, "no_connection")
        envelope = envelope_of(kind, payload, retry)
        id_ = envelope["envelope_id"]
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[id_] = Pending(connection, answered)
        connection.sent.append(id_)
        try:
            await connection.socket.send_json(envelope)
            async with asyncio.timeout(seconds):
                answer = await answered
        except (TimeoutError, ConnectionError):
            return failed(sent_at, "timeout")
        finally:
            self._pending.pop(id_, None)
        self._expect_payload(envelope, answer)
        return succeeded(sent_at, answer)

    async def disconnect(self, reason: str = "refresh_requested", *, seconds: float = 0.0) -> None:
        """Ask every connection to go (`warning`: with seconds left), then close it."""
        leaving = list(self.connections)
        for connection in leaving:
            connection.is_leaving = True
            with contextlib.suppress(ConnectionError):
                await connection.socket.send_json(self.farewell(reason))
        await asyncio.sleep(seconds)
        for connection in leaving:
            await connection.socket.close()

    def drop(self) -> None:
        """Break every connection off without a word."""
        for connection in list(self.connections):
            connection.is_leaving = True
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def connected(self, count: int = 1, *, seconds: float = 10.0) -> None:
        """Wait until so many connections are open."""
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: len(self._usable()) >= count)

    async def close(self) -> None:
        for connection in list(self.connections):
            await connection.socket.close()

    async def _welcome(self, connection: Connection) -> None:
        self.connections.append(connection)
        self.opened += 1
        await connection.socket.send_json(self.hello())
        async with self._came:
            self._came.notify_all()

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is WSMsgType.TEXT:
                self._take(json.loads(message.data))

    def _take(self, said: dict[str, Any]) -> None:
        id_ = str(said.get("envelope_id"))
        pending = self._pending.get(id_)
        if pending is None:
            self.late.append(id_)
        elif not pending.answered.done():
            pending.answered.set_result(said.get("payload"))

    def _forget(self, connection: Connection) -> None:
        self.connections.remove(connection)
        for pending in self._pending.values():
            if pending.connection is connection and not pending.answered.done():
                pending.answered.set_exception(ConnectionError("the socket went"))

    async def _next(self, seconds: float) -> Connection | None:
        with contextlib.suppress(TimeoutError):
            await self.connected(seconds=max(seconds, 0.01))
        usable = self._usable()
        if not usable:
            return None
        self._turn += 1
        return usable[self._turn % len(usable)]

    def _usable(self) -> list[Connection]:
        return [one for one in self.connections if not one.is_leaving and not one.socket.closed]

    def _expect_payload(self, envelope: dict[str, Any], answer: Any) -> None:
        if answer and not envelope["accepts_response_payload"]:
            self.slack.faults.append(f"an acknowledgement with a payload that Slack does not take: {answer}")

    def hello(self) -> dict[str, Any]:
        """The first message on a connection."""
        debug = {"host": "applink-loopback", "build_number": 10, "approximate_connection_time": 18060}
        return {"type": "hello", "num_connections": len(self.connections), "debug_info": debug} | _app()

    def farewell(self, reason: str) -> dict[str, Any]:
        """The last message on a connection."""
        debug = {"host": "applink-loopback"}
        count = len(self.connections)
        return {"type": "disconnect", "reason": reason, "num_connections": count, "debug_info": debug} | _app()


def _app() -> dict[str, Any]:
    return {"connection_info": {"app_id": APP}}


def envelope_of(kind: str, payload: Payload, retry: int = 0) -> dict[str, Any]:
    """What goes over the socket."""
    answered = kind == "slash_commands" or payload.get("type") in ANSWERED
    envelope = {
        "envelope_id": str(uuid.uuid4()),
        "payload": payload,
        "type": kind,
        "accepts_response_payload": answered,
    }
    tried = {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""} if kind == "events_api" else {}
    return envelope | tried
