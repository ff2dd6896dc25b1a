"""What the page shows, gathered from the store at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.follows.edition import ClosedEdition
from bot.core.follows.follow import Follow
from bot.core.jobs.figures import Figures
from bot.core.jobs.job import Job, JobState, Queue
from bot.core.papers.feed import FeedState
from bot.core.posts.connection import PlaceOutage, SeenConnection
from bot.core.verdicts.call import Budget, Spending
from bot.ports.store import Store

JOBS_SHOWN, EDITIONS_SHOWN, FAILED_SHOWN = 100, 10, 20


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything on the page. `recent`: the latest warnings and errors of this process, newest first."""

    now: datetime
    store: str
    feeds: Sequence[FeedState]
    follows: Sequence[Follow]
    closures: Sequence[PlaceOutage]
    connections: Sequence[SeenConnection]
    editions: Sequence[ClosedEdition]
    waiting: Sequence[Job]
    counts: Mapping[tuple[Queue, JobState], int]
    failed: Sequence[Job]
    figures: Figures
    spending: Spending
    budget: Budget
    has_model: bool
    recent: Sequence[tuple[datetime, str, str]]


async def gather(
    store: Store, now: datetime, budget: Budget, *, has_model: bool, recent: Sequence[tuple[datetime, str, str]]
) -> Facts:
    """Look at the store once."""
    return Facts(
        now=now,
        store=store.named,
        feeds=await store.feed_states(),
        follows=await store.follows(),
        closures=await store.closures(),
        connections=await store.connections(),
        editions=await store.editions(EDITIONS_SHOWN),
        waiting=await store.list_jobs((JobState.OPEN,), limit=JOBS_SHOWN),
        counts=await store.count_jobs(),
        failed=await store.list_jobs((JobState.FAILED,), limit=FAILED_SHOWN),
        figures=await store.figures(()),
        spending=await store.spending(),
        budget=budget,
        has_model=has_model,
        recent=tuple(reversed(recent)),
    )
