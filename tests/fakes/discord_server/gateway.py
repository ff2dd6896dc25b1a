"""The gateway: sessions that count, keep and replay their events, and break on demand."""

import asyncio
import json
import secrets
import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.fakes.discord_server.state import World
from tests.fakes.discord_server.wire import application_json, guild_json, member_json, user_json

GUILDS, MEMBERS, PRESENCES, GUILD_MESSAGES, DIRECT_MESSAGES, CONTENT = (1 << bit for bit in (0, 1, 8, 9, 12, 15))
PRIVILEGED = MEMBERS | PRESENCES | CONTENT
Json = dict[str, Any]


@dataclass(slots=True)
class Session:
    """One shard's session; `sent` is all that was dispatched to it, seen or not."""

    id: str
    shard: int
    shard_count: int
    intents: int
    sent: list[Json] = field(default_factory=list)
    socket: "Socket | None" = None

    def dispatch(self, event: str, body: Any) -> None:
        """Count the event and send it, or keep it for a RESUME."""
        payload = {"op": 0, "t": event, "s": len(self.sent) + 1, "d": body}
        self.sent.append(payload)
        if self.socket is not None:
            self.socket.push(payload)


class Socket:
    """One connection: what is pushed goes out in order, compressed as one stream where that was asked for."""

    def __init__(self, request: web.Request, response: web.WebSocketResponse) -> None:
        is_compressed = request.query.get("compress") == "zlib-stream"
        self.request = request
        self.response = response
        self._packer = zlib.compressobj() if is_compressed else None
        self._waiting: asyncio.Queue[str | int] = asyncio.Queue()
        self._reason = ""
        self.writer = asyncio.create_task(self._write())

    def push(self, payload: Any) -> None:
        """Send JSON, or a text as it is."""
        self._waiting.put_nowait(payload if isinstance(payload, str) else json.dumps(payload))

    def push_close(self, code: int, reason: str = "") -> None:
        """Close, after what was pushed before."""
        self._reason = reason
        self._waiting.put_nowait(code)

    async def _write(self) -> None:
        while not self.response.closed:
            waiting = await self._waiting.get()
            try:
                if isinstance(waiting, int):
                    await self.response.close(code=waiting, message=self._reason.encode(), drain=False)
                else:
                    await self._send(waiting)
            except ConnectionError:
                return

    async def _send(self, text: str) -> None:
        if self._packer is None:
            await self.response.send_str(text)
        else:
            packed = self._packer.compress(text.encode()) + self._packer.flush(zlib.Z_SYNC_FLUSH)
            await self.response.send_bytes(packed)


class Gateway:
    """Every session; `events` changes what is delivered, the verbs break connections."""

    def __init__(self, world: World, takes_token: Callable[[str], bool]) -> None:
        self._world = world
        self._takes_token = takes_token
        self.url = ""
        self.resume_url = ""
        self.heartbeat_seconds = 41.25
        self.acknowledges_heartbeats = True
        self.sessions: dict[str, Session] = {}
        self.heartbeats = 0
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.paths: list[str] = []
        self.starts_left = 1000
        self.copies: dict[str, int] = {}
        self.late: dict[str, float] = {}
        self.seen: dict[str, int] = defaultdict(int)
        self._later: set[asyncio.Task[None]] = set()

    @property
    def sockets(self) -> list[Socket]:
        return [session.socket for session in self.sessions.values() if session.socket is not None]

    def publish(self, event: str, body: Any, *, guild_id: int | None, needs: int = 0) -> None:
        """Send an event to the sessions of its shard that asked for one of the intents."""
        for session in self.sessions.values():
            shard = 0 if guild_id is None else (guild_id >> 22) % session.shard_count
            if session.shard == shard and (not needs or session.intents & needs):
                shown = body(session.intents) if callable(body) else body
                self._deliver(session, event, shown)

    def _deliver(self, session: Session, event: str, body: Any) -> None:
        self.seen[event] += 1
        for _ in range(self.copies.get(event, 1)):
            if event in self.late:
                task = asyncio.create_task(self._deliver_late(session, event, body))
                self._later.add(task)
                task.add_done_callback(self._later.discard)
            else:
                session.dispatch(event, body)

    async def _deliver_late(self, session: Session, event: str, body: Any) -> None:
        await asyncio.sleep(self.late[event])
        session.dispatch(event, body)

    # what breaks

    def send_malformed(self, payload: Any = None) -> None:
        """A payload that no client can read right: by default a message without anything in it."""
        for socket in self.sockets:
            socket.push({"op": 0, "t": "MESSAGE_CREATE", "s": None, "d": {}} if payload is None else payload)

    def ask_to_reconnect(self) -> None:
        """Op 7."""
        for socket in self.sockets:
            socket.push({"op": 7, "d": None})

    def invalidate(self, *, can_resume: bool = False) -> None:
        """Op 9; without `can_resume` the sessions are gone."""
        sockets = self.sockets
        if not can_resume:
            self.sessions.clear()
        for socket in sockets:
            socket.push({"op": 9, "d": can_resume})

    def drop(self) -> None:
        """The sockets are lost without a word; the sessions stay and collect what they miss."""
        for session in self.sessions.values():
            if session.socket is not None:
                transport = session.socket.request.transport
                session.socket = None
                if transport is not None:
                    transport.abort()

    def close(self, code: int) -> None:
        """Close every socket with a code such as 4000 or 4004."""
        for socket in self.sockets:
            socket.push_close(code)

    async def stop(self) -> None:
        """The end of the server."""
        for task in self._later:
            task.cancel()
        for socket in self.sockets:
            socket.writer.cancel()
            await socket.response.close(code=WSCloseCode.GOING_AWAY, drain=False)

    # the conversation

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection from HELLO to its end."""
        self.paths.append(request.path)
        response = web.WebSocketResponse(autoping=True, compress=False)
        await response.prepare(request)
        socket = Socket(request, response)
        interval = int(self.heartbeat_seconds * 1000)
        socket.push({"op": 10, "t": None, "s": None, "d": {"heartbeat_interval": interval, "_trace": ["[]"]}})
        try:
            async for message in response:
                if message.type is WSMsgType.TEXT:
                    self._hear(socket, json.loads(message.data))
        finally:
            self._forget(socket)
            socket.writer.cancel()
        return response

    def _forget(self, socket: Socket) -> None:
        for session in [one for one in self.sessions.values() if one.socket is socket]:
            session.socket = None
            if socket.response.close_code in (1000, 1001):
                self.sessions.pop(session.id, None)

    def _hear(self, socket: Socket, payload: Json) -> None:
        known = any(session.socket is socket for session in self.sessions.values())
        match payload["op"]:
            case 1:
                self.heartbeats += 1
                if self.acknowledges_heartbeats:
                    socket.push({"op": 11, "d": None})
            case 2 if known:
                socket.push_close(4005, "Already authenticated.")
            case 2:
                self._identify(socket, payload["d"])
            case 6:
                self._resume(socket, payload["d"])
            case 3 | 4 | 8 if not known:
                socket.push_close(4003, "Not authenticated.")
            case 8:
                self._send_members(payload["d"])
            case 3 | 4:
                pass
            case _:
                socket.push_close(4001, "Unknown opcode.")

    def _identify(self, socket: Socket, body: Json) -> None:
        self.identifies.append(body)
        self.starts_left -= 1
        shard, count = body.get("shard") or (0, 1)
        refused = None
        if not self._takes_token(body["token"]):
            refused = 4004, "Authentication failed."
        elif body["intents"] & PRIVILEGED & ~self._world.privileged:
            refused = 4014, "Disallowed intent(s)."
        elif not 0 <= shard < count:
            refused = 4010, "Invalid shard."
        if refused is not None:
            socket.push_close(*refused)
            return
        session = Session(secrets.token_hex(16), shard, count, body["intents"], socket=socket)
        self.sessions[session.id] = session
        self._greet(session)

    def _greet(self, session: Session) -> None:
        world = self._world
        guilds = [guild for guild in world.guilds.values() if (guild.id >> 22) % session.shard_count == session.shard]
        application = application_json(world)
        ready = {
            "v": 10,
            "user": user_json(world.bot) | {"verified": True, "mfa_enabled": False, "flags": 0},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.resume_url,
            "shard": [session.shard, session.shard_count],
            "application": {"id": application["id"], "flags": application["flags"]},
        }
        session.dispatch("READY", ready)
        for guild in guilds:
            if session.intents & GUILDS and not guild.is_unavailable:
                session.dispatch("GUILD_CREATE", guild_json(world, guild))

    def _resume(self, socket: Socket, body: Json) -> None:
        self.resumes.append(body)
        if not self._takes_token(body["token"]):
            socket.push_close(4004, "Authentication failed.")
            return
        session = self.sessions.get(body["session_id"])
        if session is None:
            socket.push({"op": 9, "d": False})
            return
        session.socket = socket
        for payload in session.sent[body["seq"] :]:
            socket.push(payload)
        session.dispatch("RESUMED", {"_trace": ["[]"]})

    def _send_members(self, body: Json) -> None:
        guild = self._world.guilds[int(body["guild_id"])]
        chunk = {
            "guild_id": str(guild.id),
            "members": [member_json(member) for member in guild.members.values()],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        if body.get("nonce"):
            chunk["nonce"] = body["nonce"]
        self.publish("GUILD_MEMBERS_CHUNK", chunk, guild_id=guild.id)
