"""The template of the workers: it has loaded what they need and read nothing; a worker is its copy.

What a copy does not write to, all have in common, and it is there at once. The template has an order at a time from its
standard input, a socket: `fork TASK`, with the worker's own socket, is answered with the worker's number, or
`NO_WORKER`; `end NUMBER` with the code by which it ended, or `NOT_MINE` for what is none of the template's workers.
Nothing that a stranger wrote comes here, and no worker has a way to it.
"""

import gc
import os
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

from bot.workers import child, restraint
from bot.workers.frames import NO_WORKER, NOT_MINE
from bot.workers.tasks import USES

LONGEST_ORDER = 100
WORKERS: set[int] = set()  # that were forked here, and whose end nobody has asked for


def main() -> None:
    """The process: it ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    restraint.end_with_parent()
    refused = restraint.refusals()
    orders = socket.socket(fileno=0)
    while True:
        order, channels, _, _ = socket.recv_fds(orders, LONGEST_ORDER, 1)
        if not order:
            return
        verb, about = order.decode().split()
        done = _fork(about, channels[0], orders, refused) if verb == "fork" else _end(int(about))
        orders.send(str(done).encode())


def _fork(task: str, channel: int, orders: socket.socket, refused: Any) -> int:
    """A worker that has loaded what the task needs, with that socket and no other; `NO_WORKER` where none can be had.

    What cannot be loaded here, the worker tries to load for itself, and says that its task failed.
    """
    for name in USES.get(task, ()):
        with suppress(Exception):
            import_module(name)
    gc.collect()
    gc.freeze()  # its copies' collectors then write to none of it
    try:
        number = os.fork()
    except OSError:  # no memory or no process is left
        os.close(channel)
        return NO_WORKER
    if not number:
        try:
            os.setsid()
            orders.close()
            os.dup2(channel, 0)
            os.dup2(channel, 1)
            os.close(channel)
            child.work(int(sys.argv[1]), refused)
        finally:
            os._exit(0)
    os.close(channel)
    WORKERS.add(number)
    return number


def _end(number: int) -> int:
    """End that worker, which keeps nothing; by which code it ended, of its own or so. Any other process is let be."""
    if number not in WORKERS:
        return NOT_MINE
    WORKERS.remove(number)
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


if __name__ == "__main__":
    main()
