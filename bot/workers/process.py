"""The parent's side of one worker: started anew, never forked; asked one thing at a time; killed when it runs over."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from bot.workers.frames import LENGTH

HERE = Path(__file__).resolve().parents[2]
PIECE: Final = 1 << 20
KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "HOME")


class Gone(Exception):
    """The worker ended."""


class SaysTooMuch(Exception):
    """The worker is about to say more than it may."""


class Worker:
    """A process that reads."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, memory_megabytes: int) -> "Worker":
        """A new one, in a session of its own, so that Ctrl-C in a terminal is the parent's alone."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.workers.child",
            str(memory_megabytes),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=HERE,
            env=environment(),
            start_new_session=True,
            limit=PIECE,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.returncode is None

    async def ask(self, request: bytes, most: int) -> bytes:
        """Its reply; `Gone` where there is none, `SaysTooMuch` where it has more bytes than that."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(request)
            await self._process.stdin.drain()
            (size,) = LENGTH.unpack(await self._process.stdout.readexactly(LENGTH.size))
            if size > most:
                raise SaysTooMuch
            return await self._process.stdout.readexactly(size)
        except (OSError, asyncio.IncompleteReadError):
            raise Gone from None

    async def stop(self) -> int:
        """End it at once, for it keeps nothing; by which code it ended, of its own or so.

        Its group is ended, not the process by `kill()`: that would first take its exit code away from who waits for it.
        """
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        return await self._process.wait()


def environment() -> dict[str, str]:
    """Nothing of ours but what Python needs to start: no settings, no keys."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
