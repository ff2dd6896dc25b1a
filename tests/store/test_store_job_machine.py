"""The engine as a state machine over a real SQLite file: any order of claims, endings, deaths and moves of the clock.

The model beside it is the eight rules in a few lines. Its hours are whole and the store's clock runs on meanwhile for
less than one, so that what is due is certain however slow the machine is.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core.errors import LeaseLost
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.store.database.worker_lock import FileLock
from bot.store.sql import SqlStore
from tests.store.making import Skew

T = TypeVar("T")
LEASE_HOURS = 4
LEASE = timedelta(hours=LEASE_HOURS)
LANES = {"a": "one", "b": "one", "c": None}
WORKERS = st.sampled_from([0, 1])
HOURS = st.integers(min_value=1, max_value=6)


class Word(StrEnum):
    """What an attempt may say of its job."""

    HERE = "here"
    DONE = "done"
    FAILED = "failed"
    LATER = "later"
    IN_DOUBT = "in doubt"
    RELEASED = "released"
    FORGOTTEN = "forgotten"


@dataclass
class Row:
    """What the model knows of a job."""

    id: int
    key: str
    due: int
    state: JobState = JobState.OPEN
    attempts: int = 0
    settled: int = 0
    is_leased: bool = False
    is_ended: bool = False
    worker: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state is JobState.OPEN

    @property
    def goes_first(self) -> bool:
        """What is under way or in doubt."""
        return self.attempts > self.settled and not self.is_ended


class JobMachine(RuleBasedStateMachine):
    """Two workers on one file."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.skew = Skew()
        self.rows: dict[str, Row] = {}
        self.tokens: list[Job] = []
        self.stores: list[SqlStore] = []

    def do(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(_awaited(work))

    @property
    def hour(self) -> int:
        return int(self.skew.by / timedelta(hours=1))

    @initialize()
    def begin(self) -> None:
        shutil.copy(self.template, self.url)
        self.stores = [self.opened(), self.opened()]
        self.enqueue(0, sorted(LANES), 0)

    @property
    def url(self) -> str:
        return str(Path(self.folder.name) / "jobs.db")

    def opened(self) -> SqlStore:
        store = SqlStore(self.url, skew=self.skew)
        self.do(store.open())
        self.do(store.worker_name())
        return store

    def teardown(self) -> None:
        for store in self.stores:
            self.do(store.close())
        self.loop.close()
        self.folder.cleanup()

    # -- what is known

    def eligible(self) -> list[Row]:
        return [row for row in self.rows.values() if row.is_open and row.due <= self.hour and self.is_head(row)]

    def is_head(self, row: Row) -> bool:
        lane = LANES[row.key]
        beside = [other for other in self.rows.values() if other.is_open and LANES[other.key] == lane]
        return lane is None or row is min(
            beside, key=lambda other: (not other.is_leased, not other.goes_first, other.id)
        )

    def holds(self, token: Job) -> Row | None:
        """The row of which that attempt may still say something."""
        row = self.rows.get(token.key)
        is_its = row is not None and row.id == token.id and row.is_open and row.is_leased
        return row if row is not None and is_its and row.attempts == token.attempt else None

    def is_running(self, row: Row) -> bool:
        return row.is_open and row.is_leased and row.due > self.hour

    # -- what workers do

    @rule(workers=st.sampled_from([(0,), (1,), (0, 1)]), limit=st.integers(min_value=1, max_value=3))
    def claim(self, workers: tuple[int, ...], limit: int) -> None:
        """Both at once, too: what one takes the other does not get, and what is due is taken."""
        eligible = self.eligible()
        taken = self.do(_together(*(self.stores[worker].claim(Queue.JUDGE, limit, LEASE) for worker in workers)))
        keys = [token.key for tokens in taken for token in tokens]
        assert len(set(keys)) == len(keys) == min(len(workers) * limit, len(eligible))
        assert set(keys) <= {row.key for row in eligible}
        for worker, tokens in zip(workers, taken, strict=True):
            for token in tokens:
                row = self.rows[token.key]
                row.attempts += 1
                row.is_leased, row.is_ended, row.due, row.worker = True, False, self.hour + LEASE_HOURS, worker
                assert (token.attempt, token.doubtful) == (row.attempts, row.attempts > row.settled + 1)
                assert token.payload == {"key": token.key}
                assert (token.id, token.attempt) not in {(other.id, other.attempt) for other in self.tokens}, (
                    "one holder"
                )
                self.tokens.append(token)

    @precondition(lambda self: self.tokens)
    @rule(worker=WORKERS, which=st.integers(min_value=1, max_value=5), word=st.sampled_from(Word), hours=HOURS)
    def say(self, worker: int, which: int, word: Word, hours: int) -> None:
        """One of the latest attempts says something of its job; where it is void it is refused, and nothing changes."""
        token = self.tokens[-min(which, len(self.tokens))]
        row, saying = self.holds(token), self.words(self.stores[worker], token, word, hours)
        if row is None:
            with pytest.raises(LeaseLost):
                self.do(saying)
            return
        self.do(saying)
        match word:
            case Word.HERE:
                row.due, row.worker = self.hour + LEASE_HOURS, worker
            case Word.DONE | Word.FAILED:
                row.state, row.is_leased, row.is_ended = JobState(word), False, True
            case Word.LATER | Word.IN_DOUBT:
                row.due, row.is_leased = self.hour + hours, False
                row.settled = token.attempt if word is Word.LATER else row.settled
            case Word.RELEASED:
                row.due, row.is_leased = self.hour, False
                row.settled = row.settled if token.doubtful else token.attempt
            case Word.FORGOTTEN:
                del self.rows[row.key]

    def words(self, store: SqlStore, token: Job, word: Word, hours: int) -> Awaitable[None]:
        match word:
            case Word.HERE:
                return store.renew(token, LEASE)
            case Word.DONE | Word.FAILED:
                return store.end(token, JobState(word))
            case Word.LATER | Word.IN_DOUBT:
                return store.reschedule(token, timedelta(hours=hours), "later", settled=word is Word.LATER)
            case Word.RELEASED:
                return store.release(token)
            case Word.FORGOTTEN:
                return store.forget_job(token)

    # -- what people do

    @rule(worker=WORKERS, keys=st.lists(st.sampled_from(sorted(LANES)), min_size=1, max_size=4), delay=HOURS)
    def enqueue(self, worker: int, keys: list[str], delay: int) -> None:
        hours = delay // 4
        new = [NewJob(Queue.JUDGE, key, {"key": key}, LANES[key], delay=timedelta(hours=hours)) for key in keys]
        fresh = [key for key in dict.fromkeys(keys) if key not in self.rows]
        assert self.do(self.stores[worker].add_jobs(new)) == len(fresh)
        for key in fresh:
            found = self.do(self.stores[worker].find_job(Queue.JUDGE, key))
            assert found is not None
            self.rows[key] = Row(found.id, key, self.hour + hours)

    @precondition(lambda self: self.rows)
    @rule(worker=WORKERS, decision=st.sampled_from(["reopen", "retry", "drop"]), which=st.integers(0, 2))
    def decide(self, worker: int, decision: str, which: int) -> None:
        store, row = self.stores[worker], sorted(self.rows.values(), key=lambda row: row.key)[which % len(self.rows)]
        if decision == "reopen":
            has_ended = not row.is_open
            assert self.do(store.reopen(Queue.JUDGE, [row.key])) == has_ended
            if has_ended:
                row.state, row.due, row.is_leased, row.is_ended = JobState.OPEN, self.hour, False, False
            return
        may_be = row.state in (JobState.OPEN, JobState.FAILED) and not self.is_running(row)
        assert self.do(store.retry_job(row.id) if decision == "retry" else store.drop_job(row.id)) == may_be
        if may_be and decision == "retry":
            row.state, row.due = JobState.OPEN, self.hour
        elif may_be:
            row.state, row.is_leased, row.is_ended = JobState.DROPPED, False, True

    # -- what happens to them

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        self.skew.forward(hours=hours)

    @precondition(lambda self: any(map(self.is_running, self.rows.values())))
    @rule(hours=HOURS)
    def the_clock_goes_back(self, hours: int) -> None:
        """The bot notes how late it is, and finds that it was later."""
        self.do(self.stores[0].mend_clock(LEASE))
        self.skew.forward(hours=-hours)
        assert self.do(self.stores[1].mend_clock(LEASE))
        for row in self.rows.values():
            row.due = min(row.due, self.hour + LEASE_HOURS if row.is_leased else self.hour)

    @precondition(lambda self: any(map(self.is_running, self.rows.values())))
    @rule(worker=WORKERS)
    def a_worker_dies(self, worker: int) -> None:
        """As by `kill -9`: the system lets go of its lock, whose file stays; the other frees at once what it held."""
        dead = self.stores[worker]._database
        assert isinstance(dead.worker, FileLock)
        assert dead.worker._held is not None
        os.close(dead.worker._held[1])
        dead.worker._held = None
        self.do(dead.close())
        self.do(self.stores[1 - worker].free_dead())
        for row in self.rows.values():
            if row.is_open and row.is_leased and row.worker == worker:
                row.due, row.worker = min(row.due, self.hour), None
        self.stores[worker] = self.opened()

    # -- what always holds

    @invariant()
    def the_store_knows_what_the_model_knows(self) -> None:
        """Nothing is lost, nothing is there twice, what is done stays done, and attempts are counted."""
        if not self.stores:
            return
        jobs = self.do(self.stores[0].list_jobs(tuple(JobState)))
        told = {job.key: (job.id, job.state, job.attempt) for job in jobs}
        assert len(told) == len(jobs)
        assert told == {row.key: (row.id, row.state, row.attempts) for row in self.rows.values()}


async def _awaited(work: Awaitable[T]) -> T:
    return await work


async def _together(*works: Awaitable[T]) -> list[T]:
    return await asyncio.gather(*works)


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An SQLite store without rows, from which each example begins."""
    path = tmp_path_factory.mktemp("jobs") / "empty.db"

    async def made() -> None:
        store = SqlStore(str(path))
        await store.open()
        await store.close()

    asyncio.run(made())
    JobMachine.template = path


TestJobMachine = JobMachine.TestCase
TestJobMachine.settings = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),  # making a failure shorter takes minutes
    suppress_health_check=list(HealthCheck),
)
