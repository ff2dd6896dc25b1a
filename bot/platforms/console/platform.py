"""The console behind `ports.Platform`: a real platform, which can be asked for a key and told to fail."""

import asyncio
import logging
import os
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.errors import LookUnavailable, PlaceClosed, PlatformDown, RateLimited, Refused, SendUnknown
from bot.core.posts.connection import Connection, LinkState
from bot.core.posts.post import Button, Place, Post, PostKey, PostRef
from bot.platforms.console.faults import RATE_LIMITED_AFTER, ConsoleFaults, Dice, Fault
from bot.platforms.console.journal import Journal, post_record
from bot.platforms.console.paint import paint, paint_answer
from bot.platforms.console.press import Pressable, pressable
from bot.ports.platform import Capacity, Inbox, Problem
from bot.ports.store import Clock

log = logging.getLogger(__name__)
T = TypeVar("T")

REMEDY = "Correct platforms.console.file in the settings, or the permissions of its folder."


class ConsolePlatform:
    """Posts to a file, painted on a console if there is one. The file is what `find` asks.

    A post is made at the moment when its line is on the disk; painting comes after that and never undoes it.
    """

    name = "console"
    capacity = Capacity(characters=1_000_000, list_lines=1000, title_lines=1000)

    def __init__(
        self,
        file: Path,
        *,
        paint: Console | None,
        faults: ConsoleFaults | None,
        clock: Clock,
        buttons: Pressable | None = None,
    ) -> None:
        self._buttons = buttons
        self.terminal = uuid.uuid4().hex
        self._journal = Journal(file)
        self._console = paint
        self._faults = faults
        self._dice = Dice(faults, file.with_name(f"{file.name}.faults")) if faults else None
        self._clock = clock
        self._lock = asyncio.Lock()
        self._under: str | None = None

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        """Append the post; painted after it is on the disk."""
        ref = PostRef(key.place, uuid.uuid4().hex[:12], thread.id if thread else None)
        await self._put(ref, key, post, is_edit=False)
        return ref

    async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
        """Append the edit; the last one counts."""
        await self._put(ref, key, post, is_edit=True)

    async def _put(self, ref: PostRef, key: PostKey, post: Post, *, is_edit: bool) -> None:
        fault = await self._fault()
        at = self._clock.now().isoformat(timespec="milliseconds")
        record = post_record(ref, key, post, at, is_edit=is_edit)
        async with self._lock:
            await self._on_disk(lambda: self._journal.append(record))
            if self._console is not None:
                await asyncio.to_thread(self._paint, self._console, ref, post, is_edit)
        if fault is Fault.DROP_AFTER:
            raise SendUnknown("The connection to the console dropped after the post (a fault of the settings).")

    async def _fault(self) -> Fault:
        """Fail before any effect as the settings say, or say what happens after it."""
        if self._faults is None or self._dice is None:
            return Fault.NONE
        await asyncio.sleep(self._faults.delay_ms / 1000)
        fault = await self._on_disk(self._dice.draw)
        if fault is Fault.REFUSE:
            raise PlatformDown("The console refused (a fault of the settings).")
        if fault is Fault.RATE_LIMIT:
            raise RateLimited("The console asks to wait (a fault of the settings).", retry_after=RATE_LIMITED_AFTER)
        return fault

    async def _on_disk(self, work: Callable[[], T]) -> T:
        """Do it beside the event loop; a file that cannot be written closes the place."""
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            raise PlaceClosed(f"{self._journal.file} cannot be written: {error.strerror}.", REMEDY) from error

    def _paint(self, console: Console, ref: PostRef, post: Post, is_edit: bool) -> None:
        """Show what stands in the file. A terminal that is gone is no reason to doubt a post that was made."""
        try:
            paint(console, post, thread=self._thread_name(ref), is_edited=is_edit, buttons=self._numbered(post, ref))
        except (OSError, ValueError, SystemExit):  # rich ends the program when a pipe is closed
            log.warning("the terminal takes nothing more; posts go on to %s", self._journal.file)
            self._console = None

    def _numbered(self, post: Post, ref: PostRef | None = None) -> Sequence[tuple[int, Button]]:
        return self._buttons.number(pressable(post), ref) if self._buttons else ()

    def hears(self, asked: CommandEvent) -> bool:
        """Only the terminal at which it was typed shows the answer."""
        return asked.reply_to.get("terminal", self.terminal) == self.terminal

    async def answer(self, asked: CommandEvent, post: Post) -> None:
        """Show an answer to who asked; it is kept nowhere."""
        async with self._lock:
            if self._console is not None:
                await asyncio.to_thread(self._paint_answer, self._console, asked, post)

    def _paint_answer(self, console: Console, asked: CommandEvent, post: Post) -> None:
        try:
            self._under = None
            paint_answer(console, post, buttons=self._numbered(post), to=asked.asker.person.partition(":")[2])
        except (OSError, ValueError, SystemExit):
            log.warning("the terminal takes nothing more")
            self._console = None

    def _thread_name(self, ref: PostRef) -> str | None:
        """What the rule over a post in a thread says: the head of the thread's post, once for a run of posts."""
        is_run, self._under = ref.thread == self._under, ref.thread
        if ref.thread is None:
            return None
        return "" if is_run else self._journal.head(ref.thread) or "an earlier post"

    async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
        """Look in the file for the key."""
        try:
            async with self._lock:
                return await asyncio.to_thread(self._journal.find, key)
        except OSError as error:
            raise LookUnavailable(f"{self._journal.file} cannot be read: {error.strerror}.", REMEDY) from error

    async def check(self, place: Place) -> Sequence[Problem]:
        """Whether the file can be written."""
        reason = await asyncio.to_thread(_closed, self._journal.file)
        return (Problem(f"{self._journal.file} cannot be written: {reason}", REMEDY),) if reason else ()

    @property
    def connection(self) -> Connection:
        """A file is always there, or `check` says why not."""
        return Connection(self.name, LinkState.CONNECTED)

    async def show_work(self, place: Place, thread: PostRef | None) -> None:
        """A terminal shows answers, and nothing before them."""

    def answers_until(self, asked: CommandEvent) -> datetime | None:
        """A terminal shows answers as long as it is there."""
        return None

    async def diagnose(self) -> Sequence[Problem]:
        """Nothing beyond what `check` says of a place."""
        return ()

    def introduce(self) -> Sequence[str]:
        """A file needs no introduction."""
        return ()

    async def standing(self, asked: CommandEvent) -> Role:
        """What the event says: the terminal knows who types."""
        return asked.asker.standing

    async def may_speak(self, asker: Actor, *, in_thread: bool, is_past: bool) -> bool:
        """Who types at the terminal may write anywhere in it."""
        return True

    async def place_named(self, asked: CommandEvent, channel: str) -> tuple[Place, Role]:
        """Any name is a channel of the terminal; who asks may there what they may here."""
        try:
            return Place.parse(f"{self.name}:{channel.removeprefix(f'{self.name}:')}"), asked.asker.standing
        except ValueError:
            raise Refused("That is no channel's name.", "Write one word, like channel=papers.") from None

    async def reads_along(self, place: Place) -> bool:
        """Everything that is typed is read."""
        return True

    async def describe(self, place: Place) -> str:
        """The place's own name."""
        return str(place)

    async def has_threads(self, place: Place) -> bool:
        """A post of the file may hang in any other's thread."""
        return True

    async def admins(self, place: Place) -> Sequence[Place]:
        """Nobody manages the file but the operator, who reads the log."""
        return ()

    def private(self, person: str) -> Place | None:
        """Nobody can be written to in private."""
        return None

    async def run(self, inbox: Inbox) -> None:
        """Nobody talks to the file."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing stays open between posts."""


def _closed(file: Path) -> str:
    """Why no line could be added to the file; empty when one could. Nothing is created."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC))
    except FileNotFoundError:
        return "" if os.access(file.parent, os.W_OK | os.X_OK) else "its folder is missing or not ours to write"
    except OSError as error:
        return error.strerror or "refused"
    return ""
