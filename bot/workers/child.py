"""A worker: one request after another from its standard input, a reply to each, until the parent is gone.

It has no settings and no keys. A task that takes too long is interrupted; code that cannot be interrupted, the system
ends with the process, and another comes. `bot.workers.template` forks it; elsewhere than on Linux it is started by
itself, `python -m bot.workers.child MEGABYTES`.
"""

import os
import signal
import sys
from types import FrameType
from typing import Any, BinaryIO

from bot.core.errors import Unreadable
from bot.workers import restraint
from bot.workers.frames import next_request, reply

GROWN_MEGABYTES = 16


class OutOfTime(BaseException):
    """The task's time is over. No `Exception`: a reader that survives any fault of a text must not survive this."""


def work(memory_megabytes: int, refusals: Any) -> None:
    """The process, from its restraint on; `refusals` as `restraint.refusals` makes them."""
    channel, answers = _channels()
    held = restraint.restrain(memory_megabytes, refusals)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, _time_is_over)
    from bot.workers.tasks import TASKS

    usual = restraint.peak_megabytes() + GROWN_MEGABYTES
    while (asked := next_request(channel)) is not None:
        task, seconds, arguments = asked
        done = {"value": held} if task == "held" else _perform(TASKS[task], seconds, arguments)
        answers.write(reply(done | {"is_grown": restraint.peak_megabytes() > usual}))
        answers.flush()


def _channels() -> tuple[BinaryIO, BinaryIO]:
    """The way in and the way out; whatever a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    return sys.stdin.buffer, answers


def _perform(task: Any, seconds: float, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """What came of a task: a value, or by which name it failed."""
    restraint.allow_seconds(seconds)
    try:
        with _Timed(seconds):
            return {"value": task(*arguments)}
    except Unreadable as error:
        return {"unreadable": error.what, "is_passing": error.is_passing}
    except OutOfTime:
        return {"failed": "time"}
    except MemoryError:
        return {"failed": "memory"}
    except Exception:  # noqa: BLE001 - what a stranger's text does to its reader is no fault of the worker
        return {"failed": "fault"}


class _Timed:
    """Interrupts what is done inside when it has had the processor for so many seconds."""

    is_running = False

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        _Timed.is_running = True
        signal.setitimer(signal.ITIMER_PROF, self._seconds)

    def __exit__(self, *_: object) -> None:
        _Timed.is_running = False
        signal.setitimer(signal.ITIMER_PROF, 0)


def _time_is_over(_: int, __: FrameType | None) -> None:
    if _Timed.is_running:
        raise OutOfTime


if __name__ == "__main__":
    work(int(sys.argv[1]), restraint.refusals())
