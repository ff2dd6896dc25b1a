"""`copecheck chat`: a channel in the terminal. What one types is what one would type on a chat platform."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.chat.session import US, ChatSession
from bot.cli.chat.settle import settled
from bot.cli.options import ConfigOption, StoreOption, settings_for
from bot.cli.run import waiting_lines
from bot.core.commands.event import CommandEvent, Role
from bot.core.commands.spoken import command_said
from bot.core.posts.post import Place, PostRef

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.settings import Settings
    from bot.platforms.console import Pressable
    from bot.services.runtime.scheduler import JobRunner

HELP = """\
Type a command as in a channel (help lists them), an arXiv link, or the number of a button.
thread N: into the thread of the post with button N, where what you type is a remark   /out: out of it
@copecheck WORDS: to the bot   > WORDS: in reply to the last post   /edit WORDS, /delete: your last remark
Of this shell: /as member|admin|operator   /who NAME   /in PLACE   /quit"""
MOST_READ = 65_536  # bytes of a script at once
THREADS = """\
Answers that only you see have no thread: press Share here, or ask QUESTION paper=2611.01234,
and take the number of a button under the post."""


@dataclass(slots=True)
class Shell:
    """The loop: lines in, events to the inbox; answers and posts are painted by the platform."""

    app: "App"
    buttons: "Pressable"
    seat: ChatSession
    is_typed: bool
    crews: "Sequence[JobRunner]" = ()

    async def line(self, text: str) -> bool:
        """Work on one line; False when it says to stop."""
        text = text.strip()
        if text in ("/quit", "/exit", "exit", "quit"):
            return False
        if text.startswith("/") and not text.lower().startswith("/copecheck"):
            await self._own(text[1:])
        elif text.isdecimal():
            await self._press(text)
        elif text.startswith("thread ") and text[7:].strip().isdecimal():
            self._enter(text[7:].strip())
        elif text and self._is_remark(text):
            await self._remark(text)
        elif text:
            await self._ask(command_said(text, self.app.lenses) or text)
        return True

    def _is_remark(self, text: str) -> bool:
        """In a thread everything is, but for what is a command by its first word; elsewhere what is no command."""
        if text.lower().startswith("/copecheck"):
            return False
        is_command = self.seat.thread is None and command_said(text, self.app.lenses) is not None
        return not is_command or text.lower().startswith((US, ">"))

    async def _press(self, number: str) -> None:
        command = self.buttons.press(int(number)) if len(number) < 9 else None
        if command is None:
            _note(f"There is no button {number[:20]}.")
        elif (verb := command.split()[0]) == "search" and all("=" in word for word in command.split()[1:]):
            _note(f"Type {verb} and your words, then{command.removeprefix(verb)}")
        else:
            await self._ask(command)

    def _enter(self, number: str) -> None:
        """Into the thread of the post that has that button."""
        ref = self.buttons.post(int(number)) if len(number) < 9 else None
        if ref is None or ref.place != self.seat.place:
            _note(f"No post here has a button {number[:20]}. {THREADS}")
            return
        self.seat.thread = PostRef(ref.place, ref.thread or ref.id)
        _note("In the thread. What you type is said there; /out leaves it.")

    async def _remark(self, text: str) -> None:
        """Say something as people do, and not as a command."""
        last = self.buttons.last if text.startswith(">") else None
        is_addressed = self.seat.thread is None
        remark = self.seat.remark(text.lstrip("> "), self._terminal, last, is_addressed=is_addressed)
        await self.app.inbox.hear(remark)
        if not self.is_typed:
            await self.settle()

    @property
    def _terminal(self) -> str:
        return getattr(self.app.platforms["console"], "terminal", "")

    async def _ask(self, text: str) -> None:
        asked = self.seat.asked(text, self._terminal)
        await self.app.inbox.take(asked)
        await (self._first_answer(asked) if self.is_typed else self.settle())

    async def _first_answer(self, asked: CommandEvent) -> None:
        """Until the first answer is there, so that the next prompt stands below it."""
        from bot.core.jobs.job import JobState, Queue

        for _ in range(200):
            job = await self.app.store.find_job(Queue.ANSWER, asked.key)
            if job is None or job.state is not JobState.OPEN:
                return
            await asyncio.sleep(0.01)

    async def settle(self) -> None:
        """Each line of a script sees what the last one did."""
        await settled(self.app.store, self.crews)

    async def _own(self, text: str) -> None:
        """The shell's own commands."""
        name, _, rest = text.partition(" ")
        if name == "edit" and self.seat.said and rest.strip():
            await self.app.inbox.edited(self.seat.edited(rest.strip()))
        elif name == "delete" and self.seat.said:
            await self.app.inbox.deleted(self.seat.deleted())
        else:
            _note(self._seated(text.split()))
            return
        if not self.is_typed:
            await self.settle()

    def _seated(self, words: list[str]) -> str:
        """Sit elsewhere, or as somebody else."""
        match words:
            case ["out"]:
                self.seat.thread = None
            case ["as", name] if name in list(Role):
                self.seat.standing = Role(name)
            case ["who", name] if name.replace("-", "").replace("_", "").isalnum() and len(name) <= 40:
                self.seat.person = name
            case ["in", name] if _place(name) is not None:
                self.seat.place, self.seat.thread = _place(name) or self.seat.place, None
            case _:
                return HELP
        return self.seat.prompt.rstrip("> ")


def _place(name: str) -> Place | None:
    name = name if ":" in name else f"console:{name}"
    try:
        place = Place.parse(name)
    except ValueError:  # two words, or none
        return None
    return place if place and place.platform == "console" and len(name) <= 80 and "|" not in name else None


def _note(text: str) -> None:
    typer.echo(text, err=True)


def chat(
    context: typer.Context,
    config: ConfigOption = None,
    store: StoreOption = None,
    place: Annotated[str, typer.Option("--place", help="The channel to sit in.")] = "",
    role: Annotated[Role, typer.Option("--as", help="member, admin or operator.")] = Role.ADMIN,
) -> None:
    """A channel in the terminal: commands, buttons and posts as on a chat platform, from the same parts.

    Example: copecheck chat --place main --as member
    """
    settings = settings_for(context, config, store, is_quiet=True)
    asyncio.run(_chat(settings, place, role))


async def _chat(settings: "Settings", place: str, role: Role) -> None:
    from bot.app import open_app
    from bot.cli.paint import results
    from bot.cli.run import keep_for, stopper
    from bot.core.errors import SettingsError
    from bot.platforms.console import Pressable
    from bot.services.runtime.rounds import run_forever

    buttons = Pressable()
    first = place or next(
        (follow.place for follow in settings.follows if follow.place.startswith("console:")), "console:main"
    )
    seat_place = _place(first)
    if seat_place is None:
        raise SettingsError(f"{first!r} is not a place in the terminal.", "Try --place main")
    is_typed = sys.stdin.isatty()
    async with open_app(settings, paint=results(), buttons=buttons) as app:
        stop, _ = stopper() if not is_typed else (asyncio.Event(), None)
        crews = app.crews()
        working = asyncio.create_task(run_forever(app.store, crews, app.clock, stop, keep_for(settings)))
        shell = Shell(app, buttons, ChatSession(seat_place, standing=role), is_typed, crews)
        if is_typed:
            _note(HELP)
        try:
            async with asyncio.TaskGroup() as group:
                talking = group.create_task(_talk(shell, settings))
                group.create_task(_ends_with(stop, talking))
        finally:
            stop.set()
            await working


async def _ends_with(stop: asyncio.Event, talking: "asyncio.Task[None]") -> None:
    """Stop talking when the process is told to end."""
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait((waiting, talking), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    talking.cancel()


async def _talk(shell: Shell, settings: "Settings") -> None:
    lines = _typed(shell, settings) if shell.is_typed else _piped(shell)
    async for text in lines:
        if not await shell.line(text):
            break
    if not shell.is_typed:
        await shell.settle()
        for words in await waiting_lines(shell.app.store):
            _note(words)


async def _piped(shell: Shell) -> AsyncIterator[str]:
    """Lines of a script; each is shown, so that the record can be read."""
    read, rest = b" ", b""
    while read:
        read = await _read(sys.stdin.fileno())
        *lines, rest = (rest + read).split(b"\n") if read else (rest, b"")
        for line in lines:
            if text := line.decode("utf-8", "replace").strip():
                typer.echo(shell.seat.prompt + text)
                yield text


async def _read(file: int) -> bytes:
    """What comes next, nothing at the end; in a thread that no stop waits for, since a script may never go on."""
    loop = asyncio.get_running_loop()
    coming: asyncio.Future[bytes] = loop.create_future()

    def tell(found: bytes) -> None:
        if not coming.done():
            coming.set_result(found)

    def read() -> None:
        found = os.read(file, MOST_READ)
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            loop.call_soon_threadsafe(tell, found)

    threading.Thread(target=read, daemon=True).start()
    return await coming


def _own(file: Path) -> str:
    """The file's name, of a file that only its owner reads: people type what is nobody else's business."""
    with suppress(OSError):
        file.touch(mode=0o600)
    return str(file)


async def _typed(shell: Shell, settings: "Settings") -> AsyncIterator[str]:
    """Lines typed by a person, with history and completion."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory, InMemoryHistory
    from prompt_toolkit.patch_stdout import patch_stdout

    from bot.cli.chat.complete import CommandCompleter

    file: Path = settings.store_folder / ".copecheck-chat-history"
    history = FileHistory(_own(file)) if settings.store_folder.is_dir() else InMemoryHistory()
    names = CommandCompleter(sorted(shell.app.lenses))
    session: PromptSession[str] = PromptSession(history=history, completer=names, complete_while_typing=True)
    with patch_stdout(raw=True):
        while True:
            try:
                yield await session.prompt_async(shell.seat.prompt)
            except (EOFError, KeyboardInterrupt):
                return
