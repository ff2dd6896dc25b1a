"""Crews: claim due jobs, carry each under a renewed lease, and let go cleanly when asked to stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from bot.core.errors import LeaseLost
from bot.core.work import Job, Portion, Queue, retry_delay
from bot.ports import JobStore

log = logging.getLogger(__name__)

Step = Callable[[Job], Awaitable[None]]
IDLE = 0.5
BREATH = 0.02  # steps often end together: one look for all of them
GRACE = 5.0


# The queues for which the end of a step may have made work, besides its own, whose hand is free again.
MAKES_WORK = {
    Queue.POLL: (Queue.JUDGE, Queue.EDITION, Queue.DELIVER),
    Queue.JUDGE: (Queue.DELIVER,),
    Queue.EDITION: (Queue.DELIVER,),
    Queue.ANSWER: (Queue.POLL, Queue.JUDGE, Queue.EDITION, Queue.DELIVER, Queue.REMARK),
    Queue.REMARK: (Queue.DELIVER,),
}


class Bell:
    """Wakes crews: a step that ended may have made work for another."""

    def __init__(self) -> None:
        self._waiting: set[tuple[Queue, asyncio.Event]] = set()
        self.at_work: dict[tuple[Queue, str], Crew] = {}

    def crew(self, queue: Queue, platform: str) -> "Crew | None":
        """Who works on that queue for that platform in this process."""
        return self.at_work.get((queue, platform)) or self.at_work.get((queue, ""))

    def ring(self, *queues: Queue) -> None:
        """Wake those who wait for work of these queues."""
        for queue, event in self._waiting:
            if queue in queues:
                event.set()

    async def wait(self, queue: Queue, seconds: float) -> None:
        """Until the bell rings for the queue, at most so long."""
        event = asyncio.Event()
        waiting = (queue, event)
        self._waiting.add(waiting)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiting)


class Crew:
    """Works on one queue, or one platform's portion of it, with so many hands.

    `has_effects`: a step cut short may have been seen outside.
    """

    def __init__(
        self,
        store: JobStore,
        queue: Queue,
        step: Step,
        *,
        hands: int,
        lease: timedelta,
        bell: Bell,
        has_effects: bool = False,
        portion: Portion | None = None,
        platform: str = "",
    ) -> None:
        self.queue = queue
        self.name = f"{queue} {platform}".strip()
        self._portion = portion
        self._platform = platform
        self._store = store
        self._step = step
        self._hands = hands
        self._lease = lease
        self._bell = bell
        self._has_effects = has_effects
        self._under_way: set[asyncio.Task[None]] = set()
        self._is_claiming = False

    @property
    def is_busy(self) -> bool:
        """Whether a step is under way, or a claim that may begin one."""
        return self._is_claiming or bool(self._under_way)

    @property
    def lease(self) -> timedelta:
        """How long a claimed job is ours."""
        return self._lease

    @property
    def has_free_hand(self) -> bool:
        """Whether a job could be begun at once."""
        return len(self._under_way) < self._hands

    def take_on(self, job: Job) -> None:
        """Begin with a job that was claimed for us."""
        self._take(job)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then give what is not finished back."""
        self._bell.at_work[self.queue, self._platform] = self
        try:
            while not stop.is_set():
                if not await self._claim():
                    await self._bell.wait(self.queue, IDLE)
                    await asyncio.sleep(BREATH)
        finally:
            self._bell.at_work.pop((self.queue, self._platform), None)
            await self._let_go()

    async def _claim(self) -> int:
        """Take as many jobs as there are free hands; how many."""
        self._is_claiming = True
        try:
            free = self._hands - len(self._under_way)
            jobs = await self._store.claim(self.queue, free, self._lease, self._portion) if free else ()
            for job in jobs:
                self._take(job)
            return len(jobs)
        finally:
            self._is_claiming = False

    def _take(self, job: Job) -> None:
        task = asyncio.create_task(self._carry(job), name=f"{self.queue}:{job.key}")
        self._under_way.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._bell.ring(self.queue, *MAKES_WORK.get(self.queue, ()))

    async def _carry(self, job: Job) -> None:
        """One step with its lease renewed at every third; its failure is recorded here and nowhere else."""
        renewal = asyncio.create_task(self._renew(job))
        try:
            await self._step(job)
        except LeaseLost:
            log.warning("a step ended after its lease", extra={"queue": self.queue, "key": job.key})
        except asyncio.CancelledError:
            await asyncio.shield(self._return(job))
            raise
        except Exception as error:
            log.exception("a step failed", extra={"queue": self.queue, "key": job.key})
            await self._give_up_for_now(job, error)
        finally:
            renewal.cancel()

    async def _renew(self, job: Job) -> None:
        while True:
            await asyncio.sleep((self._lease / 3).total_seconds())
            try:
                await self._store.renew(job, self._lease)
            except LeaseLost:
                return

    async def _return(self, job: Job) -> None:
        try:
            if self._has_effects:
                await self._store.put_off(job, timedelta(0), "stopped in the middle", settled=False)
            else:
                await self._store.give_back(job)
        except LeaseLost:
            return

    async def _give_up_for_now(self, job: Job, error: Exception) -> None:
        try:
            reason = f"{type(error).__name__}: see the log"
            await self._store.put_off(job, retry_delay(job.attempt), reason, settled=not self._has_effects)
        except LeaseLost:
            return

    async def _let_go(self) -> None:
        """Let steps end within the grace, then cut them short."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GRACE)
        for task in list(self._under_way):
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)


async def is_idle(store: JobStore, crews: Iterable[Crew], queues: Iterable[Queue], patience: timedelta) -> bool:
    """Whether nothing is under way, and nothing of these queues falls due within `patience`.

    A crew may claim between two looks, so it is asked again after the queue was.
    """
    watched = tuple(crews)
    if any(crew.is_busy for crew in watched):
        return False
    due = await store.next_due(tuple(queues))
    return (due is None or due > patience) and not any(crew.is_busy for crew in watched)
