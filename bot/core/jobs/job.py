"""Work as rows: what a job is, in words that the store and the services share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.core.commands.payer import Payer
from bot.core.jobs.backoff import backoff
from bot.core.jobs.wait_reason import NotedReason, WaitReason


class Queue(StrEnum):
    """The kinds of work; a key is unique within its queue."""

    POLL = "poll"
    LOOK = "look"
    JUDGE = "judge"
    EDITION = "edition"
    DELIVER = "deliver"
    ANSWER = "answer"
    REMARK = "remark"


WITH_EFFECTS = (Queue.DELIVER, Queue.ANSWER, Queue.REMARK)
"""What a step of these does is seen outside, so that one cut short leaves a doubt."""

JOB_SETTLES = timedelta(seconds=3.5)
"""So long after its process died a request may still be on its way; who looks for its effect looks after that."""


class JobState(StrEnum):
    """`open` jobs wait or run; `done` ended well; `failed` needs a person; `dropped` by a person."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class KeyFilter:
    """A share of a queue by the beginnings of its keys; `is_rest`: all but those."""

    prefixes: tuple[str, ...]
    is_rest: bool = False

    @classmethod
    def of(cls, platforms: Iterable[str], *, is_rest: bool = False) -> "KeyFilter":
        """What goes to those platforms: posts, edits of posts, and answers."""
        forms = ("{}:", "edit|{}:", "{}|")
        return cls(tuple(form.format(name) for name in platforms for form in forms), is_rest)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to add. `lane`: at most one job of a lane is under way, in order of being added. `priority`: low first.

    `delay`: it is due only so long after it was added. `payers`: for whom it is done; a job that is there already is
    done for them too.
    """

    queue: Queue
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    lane: str | None = None
    priority: float = 0.0
    delay: timedelta = timedelta(0)
    payers: tuple[Payer, ...] = ()


class Intake(StrEnum):
    """What became of an event: stored, stored before, or refused because too much of that person's waits."""

    NEW = "new"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a person caused, as a job; `refusal` is done instead when too much of theirs waits."""

    job: NewJob
    refusal: NewJob | None = None

    @property
    def person(self) -> str:
        """Who caused it."""
        return next((payer.person for payer in self.job.payers), "")


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed (or listed) job. `attempt` is the fencing token; `doubtful`: an earlier attempt's ending is unknown.

    `faults`: how many attempts in a row ended in an error that nobody foresaw. `is_under_way`: its lease is held.
    """

    id: int
    queue: Queue
    key: str
    payload: Mapping[str, Any]
    attempt: int
    doubtful: bool
    lane: str | None
    state: JobState
    due_at: datetime
    added_at: datetime
    reason: str
    priority: float = 0.0
    why: WaitReason = WaitReason.UNKNOWN
    faults: int = 0
    ended_at: datetime | None = None
    is_under_way: bool = False

    @property
    def noted(self) -> NotedReason:
        """Why it waits."""
        return NotedReason(self.why, self.reason)

    def is_put_off(self, until: datetime) -> bool:
        """Whether it waits for a noted reason, and is tried again after that moment only.

        What is under way waits for nothing: its `due_at` is the end of its lease, its reason is the last attempt's.
        """
        is_waiting = self.state is JobState.OPEN and not self.is_under_way
        return is_waiting and bool(self.reason) and self.due_at > until

    @property
    def is_urgent(self) -> bool:
        """Whether a person waits for it."""
        return self.priority < 0


MOST_FAULTS = 30  # by `retry_delay` at least three and a half hours


def retry_delay(attempt: int) -> timedelta:
    """How long a job waits after its attempt number `attempt` failed: 1 s doubling up to ten minutes."""
    return backoff(attempt, timedelta(seconds=1), timedelta(minutes=10))
