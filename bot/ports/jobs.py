"""The engine of the store as the services see it: rows of work, claimed with a lease."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.commands.payer import Payer
from bot.core.jobs.figures import Figures
from bot.core.jobs.job import Incoming, Intake, Job, JobState, KeyFilter, NewJob, Queue
from bot.core.jobs.wait_reason import NotedReason, WaitReason


class JobStore(Protocol):
    """The engine: rows of work, claimed with a lease. Every method is one transaction."""

    async def add_jobs(self, jobs: Sequence[NewJob]) -> int:
        """Add what is not there yet by (queue, key); how many were new."""

    def urgently(self) -> AbstractContextManager[None]:
        """What is asked inside the block goes before what is not: somebody waits for it."""

    async def mend_clock(self, lease: timedelta) -> bool:
        """Put right what a clock wrote that ran ahead; whether there was any. `lease`: how long claims hold."""

    async def take_in(self, incoming: Sequence[Incoming], most: int) -> Sequence[Intake]:
        """Store events once, all in one commit; what is over `most` things of a person that wait is refused."""

    async def add_claimed(self, new: NewJob, lease: timedelta) -> Job | None:
        """Add a job and claim it in one commit, for somebody who waits. None, and nothing is added, where it is known
        or another job of its lane goes first."""

    async def claim(
        self, queue: Queue, limit: int, lease: timedelta, portion: KeyFilter | None = None
    ) -> Sequence[Job]:
        """Take up to `limit` due jobs of a queue or a portion of it, heads of their lanes only: communities in turn, in
        each the lowest priority first, then the oldest."""

    async def worker_name(self) -> str:
        """The name of the lock that this process holds for its life; empty where there can be none."""

    async def lock_lost(self) -> None:
        """Wait until this process loses its lock though it lives: from then on others may take what it holds."""

    async def free_dead(self) -> Collection[Queue]:
        """Let go of what dead processes held; the queues that have work for it."""

    async def payers_of(self, job: Job) -> Sequence[Payer]:
        """For whom an open job is done."""

    async def renew(self, job: Job, lease: timedelta) -> None:
        """Hold on for `lease` from now; `LeaseLost` when somebody else has it."""

    async def hold_on(self, job: Job, lease: timedelta) -> None:
        """Be sure that the job is ours for most of `lease` from now: renewed only where it is not; else `LeaseLost`."""

    async def end(
        self, job: Job, state: JobState = JobState.DONE, reason: str = "", then: Sequence[NewJob] = ()
    ) -> None:
        """End the job and add those that follow from it, in one commit; `LeaseLost` when this attempt is void."""

    async def forget_job(self, job: Job) -> None:
        """Nobody wants it any more: gone as if never added, so that it may be added again; `LeaseLost` as always."""

    async def amend(self, job: Job, more: Mapping[str, object]) -> None:
        """Keep more in the payload of a job that is ours, and go on with it; `LeaseLost` when this attempt is void."""

    async def reschedule(
        self,
        job: Job,
        delay: timedelta,
        reason: str,
        why: WaitReason = WaitReason.UNKNOWN,
        *,
        settled: bool = True,
        faults: int = 0,
        awaits: str | None = None,
    ) -> None:
        """Come back after `delay`; `reason` are words for who runs the bot.

        `settled` False: the effect is unknown, so the next attempt is doubtful. `faults`: how many attempts in a row
        ended in an error that nobody foresaw, this one among them. `awaits`: a lens through which papers are judged:
        come back at once when none is any more, or with the end of the first, as `why` says.
        """

    async def release(self, job: Job) -> None:
        """A clean stop before any effect: the job is due at once and the attempt leaves no doubt."""

    async def list_jobs(
        self, states: Collection[JobState], queue: Queue | None = None, limit: int = 200
    ) -> Sequence[Job]:
        """Jobs in those states, oldest first."""

    async def find_job(self, queue: Queue, key: str) -> Job | None:
        """The job of that key, in whatever state; None when there is none."""

    async def known_jobs(self, queue: Queue, keys: Sequence[str]) -> Collection[str]:
        """Which of these keys have a job, in whatever state."""

    async def raise_priority(self, queue: Queue, key: str, priority: float) -> None:
        """Let an open job go before those of a higher priority number."""

    async def count_jobs(self, ended_since: datetime | None = None) -> Mapping[tuple[Queue, JobState], int]:
        """How many jobs there are by queue and state. `ended_since`: what ended before is not read."""

    async def figures(self, platforms: Collection[str]) -> Figures:
        """What stands on those platforms, what models took, and what is late."""

    async def count_waiting(self, queue: Queue, lane: str | None, *, wanted_in: str | None = None) -> int:
        """How many jobs of a queue are open, of one lane or of all."""

    async def reasons(
        self, queue: Queue, limit: int, lane: str | None = None, *, wanted_in: str | None = None
    ) -> Sequence[NotedReason]:
        """Why open jobs of a queue (or of one lane of it) were put off, each reason once."""

    def change_mark(self) -> object | None:
        """What is another after any process has committed; None where only asking tells."""

    async def next_dues(self) -> Mapping[Queue, timedelta]:
        """How long until the next open job of each queue is due (zero or less: now), of those that have one."""

    async def next_due(self, queues: Collection[Queue]) -> timedelta | None:
        """How long until the next open job of these queues is due (zero or less: now); None when none is open."""

    async def reopen(self, queue: Queue, keys: Collection[str]) -> int:
        """Open jobs again that ended, however they did; how many."""

    async def wake(self, lane: str) -> int:
        """Make what is open and not under way in a lane due now; how many."""

    async def retry_job(self, job_id: int, attempt: int | None = None) -> bool:
        """A person reopens a failed or waiting job now; False when there is no such job, or it is done."""

    async def drop_job(self, job_id: int) -> bool:
        """A person gives a job up; False when there is no such job, or it is done."""

    async def prune(self, older: timedelta, failed: timedelta) -> int:
        """Delete jobs that ended longer ago than that, and those that failed longer ago than `failed`; how many."""
