"""When a line of a script is through: nothing is under way, or what is left has stood still and only waits."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.jobs.job import Job
    from bot.ports.store import Store
    from bot.services.runtime.scheduler import JobRunner

DUE_WITHIN = timedelta(seconds=4)  # an answer that waits is looked at every three seconds at most, before it says why
STANDSTILL_SECONDS = 10.0
LONGEST_SECONDS = 600.0
LOOK_SECONDS = 0.02
COUNT_SECONDS = 0.5


async def settled(store: "Store", crews: "Sequence[JobRunner]") -> None:
    """Until nothing is under way and nothing falls due soon, or all that is left was put off and does not get on."""
    from bot.services.runtime.rounds import WORK_QUEUES
    from bot.services.runtime.scheduler import is_idle

    clock = asyncio.get_running_loop().time
    began_at = moved_at = counted_at = clock()
    ended = -1
    while not await is_idle(store, crews, WORK_QUEUES, DUE_WITHIN) and clock() - began_at < LONGEST_SECONDS:
        if clock() - counted_at > COUNT_SECONDS:
            counted_at, before, ended = clock(), ended, await _count_ended(store)
            moved_at = counted_at if ended != before else moved_at
            if counted_at - moved_at > STANDSTILL_SECONDS and await _only_waits(store):
                return
        await asyncio.sleep(LOOK_SECONDS)


async def _count_ended(store: "Store") -> int:
    """How many jobs have ended."""
    from bot.core.jobs.job import JobState

    counts = await store.count_jobs()
    return sum(count for (_, state), count in counts.items() if state is not JobState.OPEN)


async def _only_waits(store: "Store") -> bool:
    """Whether all that is open was tried and put off before, or stands behind such work, or is due later."""
    from bot.clock import SystemClock
    from bot.core.jobs.job import JobState
    from bot.services.runtime.rounds import WORK_QUEUES

    is_late_after = SystemClock().now() + DUE_WITHIN

    def may_get_on(job: "Job") -> bool:
        return not job.reason and (job.attempt > 0 or (job.lane is None and job.due_at <= is_late_after))

    found = [job for queue in WORK_QUEUES for job in await store.list_jobs((JobState.OPEN,), queue, 1000)]
    return not any(may_get_on(job) for job in found)
