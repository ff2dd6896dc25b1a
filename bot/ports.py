"""The protocols between the services and the outside: what a source, an analyst, a store and a platform must do."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.core.connection import Closure, Connection, SeenConnection
from bot.core.edition import ClosedEdition, EditionFacts, EditionKey, EditionOutlook, EditionPlan
from bot.core.feed import FeedState
from bot.core.follow import Follow
from bot.core.fulltext import FullText
from bot.core.lens import Lens
from bot.core.paper import AnnounceType, ArxivId, Batch, Paper
from bot.core.post import Place, PostKey, PostRef
from bot.core.verdict import Verdict, Wait
from bot.core.work import Job, JobState, NewJob, Portion, Queue
from bot.ports_model import CallLog, ModelStore
from bot.ports_people import PeopleStore
from bot.ports_platform import Capacity as Capacity
from bot.ports_platform import Inbox as Inbox
from bot.ports_platform import Platform as Platform
from bot.ports_platform import Problem as Problem
from bot.ports_talk import TalkStore
from bot.ports_text import TextCache


class Clock(Protocol):
    """The moment, given from outside."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class Progress(Protocol):
    """Long work shows how far it is."""

    def show(self, name: str, done: int, total: int) -> None:
        """The stretch of work called `name` has `done` of `total` steps behind it."""
        ...


class Gate(Protocol):
    """One request at a time and at most one every so many seconds, over all processes that share the store."""

    def turn(self, bucket: str, gap: timedelta, hold: timedelta) -> AbstractAsyncContextManager[None]:
        """Wait for our turn; ours inside the block (`hold` longer, if we die in it); the next `gap` after it ends."""
        ...

    async def reserve(self, bucket: str, gap: timedelta) -> timedelta:
        """How long until a moment that is ours alone, `gap` after the one before it; it is taken, used or not."""
        ...

    async def close_gate(self, bucket: str, delay: timedelta) -> None:
        """Nobody gets a turn before `delay` has passed (a 429 with Retry-After, say)."""
        ...

    async def closed_for(self, bucket: str) -> timedelta:
        """How long nobody gets a turn from now on; zero when the next one may be had."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed as it came. `batch` None: not modified (304) since the validators that were sent, or no items."""

    batch: Batch | None
    day: date | None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


class PaperSource(Protocol):
    """Where papers come from. Every failure is a `SourceUnavailable` with a named outcome."""

    async def fetch_feed(self, category: str, etag: str | None, last_modified: str | None) -> Fetched:
        """The category's feed of today, conditional on the validators of last time."""
        ...

    async def fetch_new(self, category: str, day: date) -> Batch:
        """What `/list/<category>/new` shows: the latest announcement, whole, with sections (origin `listing`).

        When the page is of another day than `day`, the batch says which and has no entries."""
        ...

    async def fetch_missed(self, category: str, day: date) -> Batch | None:
        """A past day from `/list/<category>/recent`, abstracts by the API; None when arXiv announced nothing then.

        `DayGone` when the listing no longer reaches back so far."""
        ...

    async def fetch_papers(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Papers by id from the API, at most 100 a call; unknown ids are missing from the answer."""
        ...


class Analyst(Protocol):
    """Judges a paper through a lens."""

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict, or why it must wait; never a fake one."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class FullAnalyst(Analyst, Protocol):
    """Judges full texts too."""

    async def judge_text(self, paper: Paper, full: FullText, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict on a paper's full text, or why it must wait."""
        ...


@dataclass(frozen=True, slots=True)
class SentPost:
    """A post that is known to stand somewhere; the rest is what it was planned with."""

    key: PostKey
    ref: PostRef
    sent_at: datetime
    papers: tuple[ArxivId, ...]
    opened: int = 0
    edition: EditionKey | None = None


@dataclass(frozen=True, slots=True)
class JudgedPaper:
    """A verdict with its paper: what a post shows, and what `export` writes."""

    paper: Paper
    verdict: Verdict


class JobStore(Protocol):
    """The engine: rows of work, claimed with a lease. Every method is one transaction."""

    async def add_jobs(self, jobs: Sequence[NewJob]) -> int:
        """Add what is not there yet by (queue, key); how many were new."""
        ...

    def urgently(self) -> AbstractContextManager[None]:
        """What is asked inside the block goes before what is not: somebody waits for it."""
        ...

    async def add_claimed(self, new: NewJob, lease: timedelta) -> tuple[bool, Job | None]:
        """Add a job and claim it in one commit, for somebody who waits: (whether it was new, the job when it is ours).

        It is only added when another job of its lane goes first."""
        ...

    async def claim(self, queue: Queue, limit: int, lease: timedelta, portion: Portion | None = None) -> Sequence[Job]:
        """Take up to `limit` due jobs, heads of their lanes only, lowest priority then oldest first; of all, or of a
        portion of the queue."""
        ...

    async def renew(self, job: Job, lease: timedelta) -> None:
        """Hold on for `lease` from now; `LeaseLost` when somebody else has it."""
        ...

    async def end(
        self, job: Job, state: JobState = JobState.DONE, reason: str = "", then: Sequence[NewJob] = ()
    ) -> None:
        """End the job and add those that follow from it, in one commit; `LeaseLost` when this attempt is void."""
        ...

    async def forget_job(self, job: Job) -> None:
        """Nobody wants it any more: gone as if never added, so that it may be added again; `LeaseLost` as always."""
        ...

    async def put_off(self, job: Job, delay: timedelta, reason: str, *, settled: bool = True) -> None:
        """Come back after `delay`. `settled` False: the effect is unknown, so the next attempt is doubtful."""
        ...

    async def give_back(self, job: Job) -> None:
        """A clean stop before any effect: the job is due at once and the attempt leaves no doubt."""
        ...

    async def list_jobs(
        self, states: Collection[JobState], queue: Queue | None = None, limit: int = 200
    ) -> Sequence[Job]:
        """Jobs in those states, oldest first."""
        ...

    async def find_job(self, queue: Queue, key: str) -> Job | None:
        """The job of that key, in whatever state; None when there is none."""
        ...

    async def hurry(self, queue: Queue, key: str, priority: float) -> None:
        """Let an open job go before those of a higher priority number."""
        ...

    async def count_jobs(self) -> Mapping[tuple[Queue, JobState], int]:
        """How many jobs there are by queue and state."""
        ...

    async def count_waiting(self, queue: Queue, lane: str | None) -> int:
        """How many jobs of a queue are open, of one lane or of all."""
        ...

    async def reasons(self, queue: Queue, limit: int) -> Sequence[str]:
        """Why open jobs of a queue were put off, each reason once."""
        ...

    async def next_due(self, queues: Collection[Queue]) -> timedelta | None:
        """How long until the next open job of these queues is due (zero or less: now); None when none is open."""
        ...

    async def reopen(self, queue: Queue, keys: Collection[str]) -> int:
        """Open jobs again that ended, however they did; how many."""
        ...

    async def wake(self, lane: str) -> int:
        """Make what is open and not under way in a lane due now; how many."""
        ...

    async def retry_job(self, job_id: int) -> bool:
        """A person reopens a failed or waiting job now; False when there is no such job, or it is done."""
        ...

    async def drop_job(self, job_id: int) -> bool:
        """A person gives a job up; False when there is no such job, or it is done."""
        ...

    async def prune(self, older: timedelta) -> int:
        """Delete ended jobs older than that; how many."""
        ...


class Store(JobStore, Gate, PeopleStore, ModelStore, TextCache, TalkStore, Protocol):
    """Everything that is remembered. Every method is one transaction."""

    async def open(self) -> None:
        """Connect and migrate to the newest tables; `StoreError` when that cannot be."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...

    @property
    def named(self) -> str:
        """Where the store is, for people: without a password."""
        ...

    async def backup(self, path: str) -> None:
        """A consistent copy while others write (SQLite); `StoreError` with the remedy elsewhere."""
        ...

    # feeds and papers
    async def feed_state(self, category: str) -> FeedState:
        """The category's polling row; a fresh `FeedState` when it was never polled."""
        ...

    async def feed_states(self) -> Sequence[FeedState]:
        """All polling rows, by category."""
        ...

    async def seen_earlier(self, category: str, batch: Batch) -> int:
        """How many (id, version) of the batch this category announced under an earlier date than the batch's."""
        ...

    async def announced_day(self, category: str, day: date) -> Mapping[AnnounceType, int]:
        """How many papers of each type are stored for that day; empty when none."""
        ...

    async def record_poll(
        self, state: FeedState, batch: Batch | None, new_jobs: Sequence[NewJob], follows: Sequence[str]
    ) -> int:
        """One commit: papers, announcements, jobs, the polling row, and for each follow named in `follows` an
        edition job for the batch's day (a further part if the earlier one has closed and papers are new).
        Answers how many papers had not been announced by this category on that day before."""
        ...

    async def paper(self, id: ArxivId) -> Paper | None:
        """The latest known metadata."""
        ...

    async def papers(self, ids: Collection[ArxivId]) -> Mapping[ArxivId, Paper]:
        """The latest known metadata of many."""
        ...

    async def put_papers(self, new: Sequence[Paper]) -> None:
        """Remember papers that no category announced to us (asked for by id, say)."""
        ...

    # verdicts
    async def verdict(self, id: ArxivId, lens: str) -> Verdict | None:
        """The latest verdict of that paper through that lens."""
        ...

    async def verdicts(self, ids: Collection[ArxivId], lens: str) -> Mapping[ArxivId, Verdict]:
        """The latest verdicts of many papers."""
        ...

    async def finish_judging(self, job: Job, verdict: Verdict, jobs: Sequence[NewJob]) -> None:
        """One commit: the verdict, further jobs (edits of posts, say), and the end of the judging job."""
        ...

    def export(self) -> AsyncIterator[JudgedPaper]:
        """Every verdict with its paper, in a stable order."""
        ...

    # follows and editions
    async def sync_follows(self, follows: Sequence[Follow]) -> None:
        """The follows of the settings file, by name: added, changed, or (when gone from the file) removed."""
        ...

    async def follows(self) -> Sequence[Follow]:
        """All follows, of the settings and of commands, by name; paused ones too."""
        ...

    async def edition_outlook(self, key: EditionKey) -> EditionOutlook | None:
        """What an open edition waits for; None when its follow is gone."""
        ...

    async def is_day_open(self, lens: str, day: date) -> bool:
        """Whether an edition of that day through that lens has not closed yet."""
        ...

    async def close_edition(
        self, job: Job, key: EditionKey, now: datetime, plan: Callable[[EditionFacts], EditionPlan]
    ) -> EditionPlan:
        """One commit, serial by place: read the facts, plan, and write fates, delivery jobs (lane: the place) and the
        end of the edition's job."""
        ...

    async def edition(self, key: EditionKey) -> ClosedEdition | None:
        """A closed edition with its figures; None while it is open or unknown."""
        ...

    async def editions(self, limit: int = 20, of: Collection[str] | None = None) -> Sequence[ClosedEdition]:
        """The latest closed editions, newest first; of those follows only where they are named."""
        ...

    # connections, and places that take no posts
    async def put_connection(self, worker: str, connection: Connection) -> None:
        """How a process is connected to a platform, and that it is alive."""
        ...

    async def connections(self) -> Sequence[SeenConnection]:
        """The latest word of every process, by platform; those not heard of for a day are gone."""
        ...

    async def close_place(self, place: Place, what: str, remedy: str) -> Closure:
        """The place takes no posts; the closure that stands already keeps its beginning."""
        ...

    async def open_place(self, place: Place) -> bool:
        """The place takes posts again; whether it was closed."""
        ...

    async def closures(self, places: Collection[Place] | None = None) -> Sequence[Closure]:
        """The places that take no posts, all or of those."""
        ...

    async def known_hash(self, name: str) -> str:
        """The fingerprint of what was last made known to a platform under that name; empty when nothing was."""
        ...

    async def put_known_hash(self, name: str, fingerprint: str) -> None:
        """That was made known to a platform."""
        ...

    async def note_event(self, key: str) -> bool:
        """Remember that an event came, by its id alone; False when it was known."""
        ...

    async def forget_events(self, older: timedelta) -> int:
        """Forget the ids of events that came longer ago than that; how many."""
        ...

    async def is_known(self, place: Place) -> bool:
        """Whether a follow or a post has that place; an answer that came late in a thread makes no place of it."""
        ...

    # posts
    async def finish_delivery(self, job: Job, key: PostKey, ref: PostRef) -> None:
        """One commit: the post stands at `ref`, and its delivery job is done."""
        ...

    async def sent(self, key: PostKey) -> SentPost | None:
        """Where the post of that key stands, if it does."""
        ...

    async def post_at(self, place: Place, ref: str) -> SentPost | None:
        """Our post that stands there, if it is one of ours."""
        ...

    async def posts_showing(self, id: ArxivId, lens: str) -> Sequence[SentPost]:
        """The posts that show that paper's verdict as a card: what an edit must reach."""
        ...
