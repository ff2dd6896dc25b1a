"""Invented papers, verdicts and follows, and a hand on the clock, for the tests of the store."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.core.follows.follow import Follow
from bot.core.jobs.job import Job, NewJob, Queue
from bot.core.papers.feed import FeedState
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.core.papers.sentence import Evidence
from bot.core.posts.post import Place
from bot.core.verdicts.verdict import AnalystKind, Basis, BasisKind, Finding, Label, Provenance, Verdict
from bot.store.sql import SqlStore

TUESDAY = date(2026, 6, 2)
NOON = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
PLACE = Place("console", "main")


class Skew:
    """Moves the database's clock, so that no test waits for a lease to end."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def __call__(self) -> timedelta:
        return self.by

    def forward(self, **by: float) -> None:
        """Later by so much."""
        self.by += timedelta(**by)


def paper(number: int, *, version: int | None = 1, title: str = "On Cupboards", month: str = "2606") -> Paper:
    """The invented paper number so and so."""
    abstract = f"We arrange cupboard {number} with $\\alpha$ = {number} & find room. " * 12
    return Paper(ArxivId(f"{month}.{number:05}"), version, title, abstract.strip(), "A. Author", ("cs.AI", "cs.LG"))


def batch(
    numbers: Iterable[int], day: date = TUESDAY, category: str = "cs.AI", type: AnnounceType = AnnounceType.NEW
) -> Batch:
    """One announcement of invented papers."""
    return Batch(category, day, tuple(Entry(paper(number), type) for number in numbers))


def verdict(of: Paper, *, score: int = 50, lens: str = "discontinuity", findings: int = 8) -> Verdict:
    """A verdict as the rules would give it."""
    evidence = Evidence(of.id, of.version, of.text_hash, 0, 30, of.abstract[:30], 1)
    found = tuple(Finding(f"item-{number}", Label.ADDRESSED, (evidence,)) for number in range(findings))
    provenance = Provenance(AnalystKind.SCAN, lens, "f" * 64, NOON)
    basis = Basis(BasisKind.ABSTRACT, len(of.abstract), len(of.abstract))
    return Verdict(of.id, of.version, of.text_hash, basis, evidence, found, score, provenance, interest=score)


def follow(name: str = "main", *categories: str, place: Place = PLACE, lens: str = "discontinuity") -> Follow:
    """A follow with the defaults."""
    return Follow(name, place, categories or ("cs.AI",), lens)


def judging(of: Paper, lens: str = "discontinuity") -> NewJob:
    """The job of judging a paper, as the polling service makes it."""
    return NewJob(Queue.JUDGE, f"{of.id}|{lens}|{of.text_hash[:16]}", {"paper": str(of.id), "lens": lens})


async def announce(store: SqlStore, announced: Batch, follows: Sequence[str] = ("main",), *, judge: bool = True) -> int:
    """A poll that found `announced`."""
    jobs = [judging(entry.paper) for entry in announced.entries] if judge else []
    return await store.record_poll(FeedState(announced.category, day=announced.day), announced, jobs, follows)


async def claim_one(store: SqlStore, queue: Queue = Queue.JUDGE) -> Job:
    """The one job that can be claimed first."""
    (job,) = await store.claim(queue, 1, LEASE)
    return job


async def judge_all(store: SqlStore) -> None:
    """Every open judging job ends with a verdict."""
    while claimed := await store.claim(Queue.JUDGE, 50, LEASE):
        for job in claimed:
            of = await store.paper(ArxivId(job.payload["paper"]))
            assert of is not None
            await store.finish_judging(job, verdict(of, lens=job.payload["lens"]), ())
