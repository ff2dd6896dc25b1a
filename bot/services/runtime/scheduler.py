"""Crews: claim due jobs, carry each under a renewed lease, and let go cleanly when asked to stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from bot.core.errors import LeaseLost, StoreError
from bot.core.jobs.job import JOB_SETTLES, MOST_FAULTS, Job, JobState, KeyFilter, NewJob, Queue, retry_delay
from bot.core.jobs.wait_reason import WaitReason
from bot.core.jobs.wait_words import TOLD
from bot.ports.jobs import JobStore
from bot.services.runtime.supervise import pause

log = logging.getLogger(__name__)

Step = Callable[[Job], Awaitable[None]]
BatchStep = Callable[[Sequence[Job]], Awaitable[Sequence[Job]]]
GivenUp = Callable[[Job], Awaitable[Sequence[NewJob]]]
IDLE_SECONDS = 0.5
BREATH_SECONDS = 0.005  # steps often end together: one look for all of them
STOP_GRACE_SECONDS = 5.0
AGAIN_SECONDS = 0.5  # until a store that is away is asked again


# The queues for which the end of a step may have made work, besides its own, whose hand is free again.
MAKES_WORK = {
    Queue.POLL: (Queue.LOOK, Queue.JUDGE, Queue.EDITION, Queue.DELIVER),
    Queue.LOOK: (Queue.JUDGE, Queue.DELIVER, Queue.ANSWER),
    Queue.JUDGE: (Queue.EDITION, Queue.DELIVER),
    Queue.EDITION: (Queue.DELIVER,),
    Queue.ANSWER: (Queue.POLL, Queue.LOOK, Queue.JUDGE, Queue.EDITION, Queue.DELIVER, Queue.REMARK),
    Queue.REMARK: (Queue.LOOK, Queue.ANSWER, Queue.DELIVER),
}


class JobSignal:
    """Wakes crews: a step that ended may have made work for another."""

    def __init__(self) -> None:
        self._waiting: set[tuple[Queue, asyncio.Event]] = set()
        self.at_work: dict[tuple[Queue, str], JobRunner] = {}
        self.is_watched = False  # somebody looks what falls due, and rings

    def crew(self, queue: Queue, platform: str) -> "JobRunner | None":
        """Who works on that queue for that platform in this process."""
        return self.at_work.get((queue, platform)) or self.at_work.get((queue, ""))

    def ring(self, *queues: Queue) -> None:
        """Wake those who wait for work of these queues."""
        for queue, event in self._waiting:
            if queue in queues:
                event.set()

    @contextmanager
    def heard(self, queue: Queue) -> Iterator[asyncio.Event]:
        """An event that is set when there may be work of that queue; it is kept for who is not waiting just now."""
        event = asyncio.Event()
        self._waiting.add((queue, event))
        try:
            yield event
        finally:
            self._waiting.discard((queue, event))

    async def wait(self, event: asyncio.Event) -> None:
        """Until there may be work; where nobody watches for it, not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None if self.is_watched else IDLE_SECONDS):
                await event.wait()


@dataclass(frozen=True, slots=True)
class Bundling:
    """How one hand carries up to `most` jobs at once; what the step answers (all, where it fails) is carried alone."""

    step: BatchStep
    most: int


class JobRunner:
    """Works on one queue, or one platform's portion of it, with so many hands.

    `has_effects`: a step cut short may have been seen outside. `batch`: where jobs have no effects outside.
    """

    def __init__(
        self,
        store: JobStore,
        queue: Queue,
        step: Step,
        *,
        hands: int,
        lease: timedelta,
        bell: JobSignal,
        has_effects: bool = False,
        portion: KeyFilter | None = None,
        platform: str = "",
        batch: Bundling | None = None,
        given_up: GivenUp | None = None,
    ) -> None:
        self.queue = queue
        self.name = f"{queue} {platform}".strip()
        self._portion = portion
        self._platform = platform
        self._given_up = given_up
        self._store = store
        self._step = step
        self._hands = hands
        self._lease = lease
        self._bell = bell
        self._has_effects = has_effects
        self._batch = batch
        self._under_way: dict[asyncio.Task[None], tuple[Job, ...]] = {}
        self._settling = timedelta(0)
        self._is_claiming = False
        self.is_behind = False  # more may wait than there are hands: who comes now waits for their community's turn

    @property
    def signal(self) -> JobSignal:
        """By whom it is told that there may be work."""
        return self._bell

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
            with self._bell.heard(self.queue) as event:
                ending = asyncio.create_task(_set_with(stop, event))
                try:
                    await self._work(stop, event)
                finally:
                    ending.cancel()
        finally:
            self._bell.at_work.pop((self.queue, self._platform), None)
            await self._let_go()

    async def _work(self, stop: asyncio.Event, event: asyncio.Event) -> None:
        failures = 0
        while not stop.is_set():
            event.clear()
            try:
                await self._claim()  # all that there are hands for: what frees one rings
                failures = 0
            except StoreError:  # what is under way goes on: a call of a model that is cut short is paid for twice
                failures += 1
                log.exception("no work could be claimed", extra={"queue": self.queue})
                await pause(stop, retry_delay(failures).total_seconds())
                continue
            await self._bell.wait(event)
            await asyncio.sleep(BREATH_SECONDS)

    def wake(self) -> None:
        """There may be work."""
        self._bell.ring(self.queue)

    async def lost_lock(self) -> None:
        """Others may take what we hold: no effect of ours may come after theirs, and the rest we hold on to anew."""
        if self._has_effects:
            self._settling = JOB_SETTLES
            for task in list(self._under_way):
                task.cancel()
            return
        holding = [self._hold_anew(task, jobs) for task, jobs in self._under_way.items()]
        await asyncio.gather(*holding)

    async def _hold_anew(self, task: asyncio.Task[None], jobs: Sequence[Job]) -> None:
        """Where the store is away it is asked again: what is under way may have been paid for."""
        for job in jobs:
            while not task.done():
                try:
                    await self._store.renew(job, self._lease)
                    break
                except LeaseLost:
                    task.cancel()
                    return
                except StoreError:
                    await asyncio.sleep(AGAIN_SECONDS)

    async def _claim(self) -> int:
        """Take as many jobs as the free hands can carry; how many."""
        self._is_claiming = True
        try:
            free = max(self._hands - len(self._under_way), 0)
            most = self._batch.most if self._batch else 1
            jobs = await self._store.claim(self.queue, free * most, self._lease, self._portion) if free else ()
            if free:
                self.is_behind = len(jobs) == free * most
            for at in range(0, len(jobs), most):
                self._take(*jobs[at : at + most])
            return len(jobs)
        finally:
            self._is_claiming = False

    def _take(self, *jobs: Job) -> None:
        carrying = self._carry_together(self._batch.step, jobs) if self._batch and jobs[1:] else self._carry(jobs[0])
        task = asyncio.create_task(carrying, name=f"{self.queue}:{jobs[0].key}")
        self._under_way[task] = jobs
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        self._bell.ring(self.queue, *MAKES_WORK.get(self.queue, ()))

    async def _carry(self, job: Job) -> None:
        """One step with its lease renewed at every third; its failure is recorded here and nowhere else."""
        renewal = asyncio.create_task(self._renew([job]))
        try:
            await self._step(job)
        except LeaseLost:
            log.warning("a step ended after its lease", extra={"queue": self.queue, "key": job.key})
        except asyncio.CancelledError:
            await asyncio.shield(self._return(job))
            raise
        except Exception:
            log.exception("a step failed", extra={"queue": self.queue, "key": job.key})
            await self._give_up_for_now(job)
        finally:
            renewal.cancel()

    async def _carry_together(self, step: BatchStep, jobs: Sequence[Job]) -> None:
        """One step for many with their leases renewed; those that it leaves, or that it fails with, go alone."""
        left, renewal = jobs, asyncio.create_task(self._renew(jobs))
        try:
            left = await step(jobs)
        except asyncio.CancelledError:
            for job in jobs:
                await asyncio.shield(self._return(job))
            raise
        except Exception:
            log.exception("jobs are carried one by one", extra={"queue": self.queue, "count": len(jobs)})
        finally:
            renewal.cancel()
        await asyncio.gather(*(self._carry(job) for job in left))

    async def _renew(self, jobs: Sequence[Job]) -> None:
        held = list(jobs)
        while held:
            await asyncio.sleep((self._lease / 3).total_seconds())
            for job in tuple(held):
                try:
                    await self._store.renew(job, self._lease)
                except LeaseLost:
                    held.remove(job)
                except Exception:
                    log.exception("a lease could not be renewed yet", extra={"queue": self.queue, "key": job.key})

    async def _return(self, job: Job) -> None:
        try:
            if self._has_effects:
                words, why = "stopped in the middle", WaitReason.INTERRUPTED
                await self._store.reschedule(job, self._settling, words, why, settled=False, faults=job.faults)
            else:
                await self._store.release(job)
        except (LeaseLost, StoreError):  # it comes back by itself
            return

    async def _give_up_for_now(self, job: Job) -> None:
        """Tried again, ever later; after hours for good, so that what waits behind it in its lane goes on."""
        faults, why = job.faults + 1, WaitReason.FAULT
        try:
            if faults >= MOST_FAULTS and self.queue is not Queue.POLL:  # a feed is polled for ever
                words = f"{TOLD[why]}; given up after {faults} attempts in a row"
                await self._store.end(job, JobState.FAILED, words, then=await self._told(job))
                return
            delay, is_settled = retry_delay(job.attempt), not self._has_effects
            await self._store.reschedule(job, delay, TOLD[why], why, settled=is_settled, faults=faults)
        except LeaseLost:
            return

    async def _told(self, job: Job) -> Sequence[NewJob]:
        """Words about it; where they cannot be made, its row and the log say it alone."""
        try:
            return await self._given_up(job) if self._given_up else ()
        except Exception:
            log.exception("nobody could be told of work that was given up", extra={"key": job.key})
            return ()

    async def _let_go(self) -> None:
        """Let steps end within the grace, then cut them short."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=STOP_GRACE_SECONDS)
        for task in list(self._under_way):
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)


async def _set_with(stop: asyncio.Event, event: asyncio.Event) -> None:
    await stop.wait()
    event.set()


async def is_idle(store: JobStore, crews: Iterable[JobRunner], queues: Iterable[Queue], patience: timedelta) -> bool:
    """Whether nothing is under way, and nothing of these queues falls due within `patience`.

    A crew may claim between two looks, so it is asked again after the queue was.
    """
    watched = tuple(crews)
    if any(crew.is_busy for crew in watched):
        return False
    due = await store.next_due(tuple(queues))
    return (due is None or due > patience) and not any(crew.is_busy for crew in watched)
