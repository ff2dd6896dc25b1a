"""Who waits for work is told when there is some: one look for all queues, when something was committed or falls due.

So a bot at rest asks its store next to nothing.
"""

import asyncio
from collections.abc import Sequence

from bot.ports.jobs import JobStore
from bot.services.runtime.scheduler import JobRunner
from bot.services.runtime.supervise import pause

TICK_SECONDS = 0.25
UNTOLD_SECONDS = 1.0  # where commits of others leave no mark
LONGEST_SECONDS = 5.0  # whatever was missed is found then
LOOKING_SHARE = 0.05  # of the time is spent on looking, at most
LONGEST_PAUSE_SECONDS = 1.0


async def watch_queues(store: JobStore, runners: Sequence[JobRunner], stop: asyncio.Event) -> None:
    """Ring for every queue of which something is due, until `stop` is set."""
    queues, signals = {runner.queue for runner in runners}, {runner.signal for runner in runners}
    now = asyncio.get_running_loop().time
    seen: object | None = None
    next_look = 0.0
    try:
        for signal in signals:
            signal.is_watched = True
        while not stop.is_set():
            mark = store.change_mark()
            if now() >= next_look or (mark is not None and mark != seen):
                seen, begun = mark, now()
                dues = {queue: due.total_seconds() for queue, due in (await store.next_dues()).items()}
                for signal in signals:
                    signal.ring(*(queue for queue, due in dues.items() if due <= 0))
                longest = LONGEST_SECONDS if mark is not None else UNTOLD_SECONDS
                ahead = [due for queue, due in dues.items() if due > 0 and queue in queues]
                next_look = now() + min([longest, *ahead])
                await pause(stop, min((now() - begun) / LOOKING_SHARE, LONGEST_PAUSE_SECONDS))
            await pause(stop, max(0.0, min(TICK_SECONDS, next_look - now())))
    finally:
        for signal in signals:
            signal.is_watched = False
            signal.ring(*queues)  # they look for themselves again
