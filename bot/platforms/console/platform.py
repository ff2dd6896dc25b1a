"""The console behind `ports.Platform`: a real platform, which can be asked for a key and told to fail."""

import asyncio
import os
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from bot.core.errors import PlaceClosed, PlatformDown, RateLimited, SendUnknown
from bot.core.post import Place, Post, PostKey, PostRef
from bot.platforms.console.journal import Journal, post_record
from bot.platforms.console.paint import paint
from bot.ports import Capacity, Clock, Inbox, Problem

SOON = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True)
class ConsoleFaults:
    """How the console fails, for trying what the bot does then: shares of sends between 0 and 1.

    `drop_after`: the post is made, then the connection drops; `refuse`: it is refused before any effect;
    `rate_limited`: it is to come back later; `delay_ms`: before each send.
    """

    drop_after: float = 0.0
    refuse: float = 0.0
    rate_limited: float = 0.0
    delay_ms: int = 0
    seed: int = 0


class ConsolePlatform:
    """Posts to a file, painted on a console if there is one. The file is what `find` asks."""

    name = "console"
    capacity = Capacity(characters=1_000_000, list_lines=1000)

    def __init__(self, file: Path, *, paint: Console | None, faults: ConsoleFaults | None, clock: Clock) -> None:
        self._journal = Journal(file)
        self._console = paint
        self._faults = faults
        self._clock = clock
        self._chance = random.Random(faults.seed if faults else 0)
        self._lock = asyncio.Lock()

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        """Append the post; painted after it is on the disk."""
        dropped = await self._fail_before()
        ref = PostRef(key.place, uuid.uuid4().hex[:12], thread.id if thread else None)
        await self._append(ref, key, post, "post")
        if dropped:
            raise SendUnknown("The connection to the console dropped after the post (a fault of the settings).")
        return ref

    async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
        """Append the edit; the last one counts."""
        dropped = await self._fail_before()
        await self._append(ref, key, post, "edit")
        if dropped:
            raise SendUnknown("The connection to the console dropped after the edit (a fault of the settings).")

    async def _append(self, ref: PostRef, key: PostKey, post: Post, kind: str) -> None:
        at = self._clock.now().isoformat(timespec="milliseconds")
        record = post_record(ref, key, post, at, kind)
        try:
            await asyncio.to_thread(self._journal.append, record)
        except OSError as error:
            what = f"The console's file {self._journal.file} cannot be written: {error.strerror}."
            raise PlaceClosed(what, "Mend platforms.console.file.") from error
        if self._console is not None:
            paint(self._console, post, in_thread=ref.thread is not None, edited=kind == "edit")

    async def _fail_before(self) -> bool:
        """Fail as the settings say; whether the connection is to drop after the effect."""
        faults = self._faults
        if faults is None:
            return False
        await asyncio.sleep(faults.delay_ms / 1000)
        chance = self._chance.random()
        if chance < faults.refuse:
            raise PlatformDown("The console refused (a fault of the settings).", retry_after=SOON)
        if chance < faults.refuse + faults.rate_limited:
            raise RateLimited("The console asks to wait (a fault of the settings).", retry_after=SOON)
        return self._chance.random() < faults.drop_after

    async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
        """Look in the file for the key."""
        async with self._lock:
            return await asyncio.to_thread(self._journal.find, key)

    async def check(self, place: Place) -> Sequence[Problem]:
        """Whether the file can be written."""
        file = self._journal.file
        folder = file.parent
        if (file.exists() and os.access(file, os.W_OK)) or (not file.exists() and os.access(folder, os.W_OK)):
            return ()
        return (Problem(f"{file} cannot be written", "Mend platforms.console.file, or the folder's permissions."),)

    async def run(self, inbox: Inbox) -> None:
        """Nobody talks to the file."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing stays open between posts."""
