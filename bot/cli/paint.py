"""Consoles for results and progress, and the bar that long work shows."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

PIPED_WIDTH = 100


def results() -> Console:
    """Where results go: stdout; plain when piped, and then of a fixed width."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=width)


def notes() -> Console:
    """Where progress and remarks go: stderr."""
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False)


class Bars:
    """Progress bars on stderr, one a stretch of work; silent when stderr is no terminal."""

    def __init__(self) -> None:
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


class Silent:
    """No progress at all."""

    def show(self, name: str, done: int, total: int) -> None:
        """Say nothing."""
