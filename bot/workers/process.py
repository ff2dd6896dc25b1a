"""The parent's side of the workers: where they come from, one of them asked one thing at a time, and its end."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from bot.workers.frames import LENGTH, NO_WORKER, NOT_MINE
from bot.workers.tasks import USES

HERE = Path(__file__).resolve().parents[2]
PIECE: Final = 1 << 20
NUMBER_BYTES: Final = 100
ORDER_SECONDS: Final = 20.0
FORKS: Final = sys.platform == "linux"  # macOS may end a process that goes on after a fork with what it had loaded
KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "HOME")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
log = logging.getLogger(__name__)


class Gone(Exception):
    """The worker ended."""


class NoWorker(Exception):
    """The machine has no room for another worker."""


class SaysTooMuch(Exception):
    """The worker is about to say more than it may."""


class Origin(Protocol):
    """Where workers come from."""

    async def fork(self, task: str) -> "Worker":
        """A new one, which has loaded what that task needs; `NoWorker` where no room is left, `Gone` without origin."""

    async def end(self, pid: int) -> int:
        """End that one at once; by which code it ended, of its own or so."""

    async def stop(self) -> None:
        """End the origin itself, and whatever of it is left."""


class Worker:
    """A process that reads. `loaded`: the modules that it has in common with the others."""

    def __init__(
        self,
        pid: int,
        loaded: frozenset[str],
        origin: Origin,
        streams: Streams,
    ) -> None:
        self.pid = pid
        self._loaded = loaded
        self.origin = origin
        self._heard, self._said = streams
        self._ending: asyncio.Future[int] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return not self._heard.at_eof()

    def is_for(self, task: str) -> bool:
        """Whether it need load nothing for itself alone."""
        return _needs(task) <= self._loaded

    async def ask(self, request: bytes, most: int) -> bytes:
        """Its reply; `Gone` where there is none, `SaysTooMuch` where it has more bytes than that."""
        try:
            self._said.write(request)
            await self._said.drain()
            (size,) = LENGTH.unpack(await self._heard.readexactly(LENGTH.size))
            if size > most:
                raise SaysTooMuch
            return await self._heard.readexactly(size)
        except (OSError, asyncio.IncompleteReadError):
            raise Gone from None

    async def stop(self) -> int:
        """End it at once, for it keeps nothing, whether who asks for it waits or not; by which code it ended."""
        if self._ending is None:
            self._said.close()
            self._ending = asyncio.ensure_future(self.origin.end(self.pid))
        return await asyncio.shield(self._ending)


class Template:
    """Linux: a process that has loaded what workers need, and forks them (`bot.workers.template`)."""

    def __init__(self, process: asyncio.subprocess.Process, orders: socket.socket) -> None:
        self._process = process
        self._orders = orders
        self._turn = asyncio.Lock()
        self._loaded: frozenset[str] = frozenset()

    @classmethod
    async def start(cls, memory_megabytes: int) -> "Template":
        """A new one."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            nowhere = asyncio.subprocess.DEVNULL
            process = await _started("bot.workers.template", memory_megabytes, theirs.fileno(), nowhere)
        ours.setblocking(False)
        return cls(process, ours)

    async def fork(self, task: str) -> Worker:
        """A copy."""
        streams, theirs = await _channel()
        try:
            with theirs:
                pid = await self._told(f"fork {task}", [theirs.fileno()])
            if pid == NO_WORKER:
                raise NoWorker
        except BaseException:
            streams[1].close()
            raise
        self._loaded |= _needs(task)
        return Worker(pid, self._loaded, self, streams)

    async def end(self, pid: int) -> int:
        """The code is the template's to know; where that is gone, all that came of it were killed with it."""
        try:
            code = await self._told(f"end {pid}")
        except Gone:
            return -signal.SIGKILL
        if code != NOT_MINE:
            return code
        log.error("a worker was to be ended that its template does not know: all of them are ended", extra={"pid": pid})
        await self.stop()
        return -signal.SIGKILL

    async def stop(self) -> None:
        """What is left of it ends with it."""
        await _ended(self._process)
        async with self._turn:
            self._orders.close()

    async def _told(self, order: str, channels: Sequence[int] = ()) -> int:
        """What it answers to an order; one that answers nothing, or that nobody hears out, is of no use any more."""
        async with self._turn:
            try:
                async with asyncio.timeout(ORDER_SECONDS):
                    socket.send_fds(self._orders, [order.encode()], channels)
                    said = await asyncio.get_running_loop().sock_recv(self._orders, NUMBER_BYTES)
            except (OSError, TimeoutError):
                said = b""
            except BaseException:  # the next order would take the answer for its own
                _kill(self._process)
                with suppress(OSError):
                    self._orders.shutdown(socket.SHUT_RDWR)
                raise
        if not said:
            await self.stop()
            raise Gone
        return int(said)


class StartedAnew:
    """Elsewhere: each worker is a process of its own, and has nothing in common with the others."""

    def __init__(self, memory_megabytes: int) -> None:
        self._memory = memory_megabytes
        self._processes: dict[int, asyncio.subprocess.Process] = {}

    async def fork(self, task: str) -> Worker:
        """A new one, for any task."""
        streams, theirs = await _channel()
        with theirs:
            process = await _started("bot.workers.child", self._memory, theirs.fileno(), theirs.fileno())
        self._processes[process.pid] = process
        return Worker(process.pid, frozenset().union(*USES.values()), self, streams)

    async def end(self, pid: int) -> int:
        """As `Origin.end`."""
        return await _ended(self._processes.pop(pid))

    async def stop(self) -> None:
        """There is nothing beside the workers."""


def _needs(task: str) -> frozenset[str]:
    return frozenset(USES.get(task, ()))


async def origin_here(memory_megabytes: int) -> Origin:
    """Where workers come from on this system."""
    if FORKS:
        return await Template.start(memory_megabytes)
    log.info("readers of papers have no memory in common: only on Linux are they forked")
    return StartedAnew(memory_megabytes)


async def _started(module: str, memory_megabytes: int, stdin: int, stdout: int) -> asyncio.subprocess.Process:
    """A process in a session of its own, so that Ctrl-C in a terminal is the parent's alone."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        str(memory_megabytes),
        stdin=stdin,
        stdout=stdout,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=HERE,
        env=environment(),
        start_new_session=True,
    )


async def _ended(process: asyncio.subprocess.Process) -> int:
    _kill(process)
    return await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    """Its group is ended, not the process by `kill()`: that would take its exit code away from who waits for it."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


async def _channel() -> tuple[Streams, socket.socket]:
    """Both ends of a worker's channel: ours, and that which goes to it."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    return await asyncio.open_connection(sock=ours, limit=PIECE), theirs


def environment() -> dict[str, str]:
    """Nothing of ours but what Python needs to start: no settings, no keys."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
