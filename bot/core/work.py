"""Work as rows: what a job is, in words that the store and the services share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Queue(StrEnum):
    """The kinds of work; a key is unique within its queue."""

    POLL = "poll"
    JUDGE = "judge"
    EDITION = "edition"
    DELIVER = "deliver"
    ANSWER = "answer"
    REMARK = "remark"


class JobState(StrEnum):
    """`open` jobs wait or run; `done` ended well; `failed` needs a person; `dropped` by a person."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Portion:
    """A share of a queue by the beginnings of its keys; `is_rest`: all but those."""

    prefixes: tuple[str, ...]
    is_rest: bool = False

    @classmethod
    def of(cls, platforms: Iterable[str], *, is_rest: bool = False) -> "Portion":
        """What goes to those platforms: posts, edits of posts, and answers."""
        forms = ("{}:", "edit|{}:", "{}|")
        return cls(tuple(form.format(name) for name in platforms for form in forms), is_rest)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to add. `lane`: at most one job of a lane is under way, in order of being added. `priority`: low first.

    `delay`: it is due only so long after it was added.
    """

    queue: Queue
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    lane: str | None = None
    priority: float = 0.0
    delay: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed (or listed) job. `attempt` is the fencing token; `doubtful`: an earlier attempt's ending is unknown."""

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

    @property
    def is_urgent(self) -> bool:
        """Whether a person waits for it."""
        return self.priority < 0


def retry_delay(attempt: int) -> timedelta:
    """How long a job waits after its attempt number `attempt` failed: 1 s doubling up to ten minutes."""
    return min(timedelta(seconds=2 ** min(max(attempt, 1) - 1, 10)), timedelta(minutes=10))
