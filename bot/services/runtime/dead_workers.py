"""What other processes held and died over is taken up at once; and what we do when others may think so of us."""

import asyncio
import logging
from collections.abc import Sequence

from bot.ports.jobs import JobStore
from bot.services.runtime.scheduler import JobRunner

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


async def guard_work(store: JobStore, runners: Sequence[JobRunner], stop: asyncio.Event) -> None:
    """Both, until `stop` is set; what fails goes to who supervises."""
    stopping = asyncio.create_task(stop.wait())
    guards = [asyncio.create_task(guard(store, runners)) for guard in (_take_up, _let_go)]
    try:
        ended, _ = await asyncio.wait([stopping, *guards], return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in (stopping, *guards):
            task.cancel()
        await asyncio.gather(stopping, *guards, return_exceptions=True)


async def _take_up(store: JobStore, runners: Sequence[JobRunner]) -> None:
    """Look every second for processes that are no more, and wake whoever does their work."""
    while True:
        freed = await store.free_dead()
        if freed:
            log.info("a process is gone, and its work goes on", extra={"queues": sorted(freed)})
        for runner in runners:
            if runner.queue in freed:
                runner.wake()
        await asyncio.sleep(LOOK_SECONDS)


async def _let_go(store: JobStore, runners: Sequence[JobRunner]) -> None:
    """Whenever our own lock is lost: what is under way must not be done twice."""
    while True:
        await store.lock_lost()
        log.warning("the store's server ended our session; what was being sent is looked for before it is sent again")
        await asyncio.gather(*(runner.lost_lock() for runner in runners))  # no sending waits for what hangs elsewhere
