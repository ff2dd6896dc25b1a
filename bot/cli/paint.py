"""Consoles for results and progress, through which nothing goes that a terminal would obey; the bar of long work."""

import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from bot.core.hostile.hygiene import clean, json_text

PIPED_WIDTH = 100


class SafeConsole(Console):
    """A console that shows no text's own control signs, whoever wrote it; its own colours and bars stay."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The parts of what is shown, each made harmless."""
        for part in super().render(renderable, options):
            yield part if part.control else Segment(clean(part.text), part.style)


def show_json(value: Any) -> None:
    """`value` for programs on stdout, harmless where a terminal shows it."""
    sys.stdout.write(json_text(value, indent=2) + "\n")


def results() -> Console:
    """Where results go: stdout; plain when piped, and then of a fixed width."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return SafeConsole(file=sys.stdout, highlight=False, markup=False, emoji=False, width=width)


def notes() -> Console:
    """Where progress and remarks go: stderr."""
    return SafeConsole(file=sys.stderr, highlight=False, markup=False, emoji=False)


class Bars:
    """Progress bars on stderr, one a stretch of work; silent when stderr is no terminal."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

        console = notes()
        columns = (TextColumn("{task.description:>8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def show(self, name: str, done: int, total: int) -> None:
        """The stretch of work called `name` has `done` of `total` steps behind it."""
        if total and name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        if name in self._tasks:
            self._progress.update(self._tasks[name], completed=done, total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
