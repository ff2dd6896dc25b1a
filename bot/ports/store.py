"""The protocols between the services and the outside: what a source, an analyst, a store and a platform must do."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.core.follows.edition import (
    ClosedEdition,
    EditionFacts,
    EditionKey,
    EditionOutlook,
    EditionPlan,
    JudgedPaper,
    Known,
    PlannedPost,
)
from bot.core.follows.follow import Follow
from bot.core.fulltext.fulltext import FullText
from bot.core.jobs.job import Job, NewJob
from bot.core.jobs.wait_reason import NotedReason
from bot.core.papers.calendar import IsDeferred, never_deferred
from bot.core.papers.feed import FeedState, Fetched
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Paper
from bot.core.posts.connection import Connection, PlaceOutage, SeenConnection
from bot.core.posts.post import Form, Place, PostKey, PostRef
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Analysis, NoAnalysis, Verdict, Wait
from bot.ports.discussion import TalkStore
from bot.ports.fulltext import TextCache
from bot.ports.jobs import JobStore
from bot.ports.model import CallLog, ModelStore
from bot.ports.people import PeopleStore


class Clock(Protocol):
    """The moment, given from outside."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class Progress(Protocol):
    """Long work shows how far it is."""

    def show(self, name: str, done: int, total: int) -> None:
        """The stretch of work called `name` has `done` of `total` steps behind it."""


class Gate(Protocol):
    """One request at a time and at most one every so many seconds, over all processes that share the store."""

    def turn(self, bucket: str, gap: timedelta, hold: timedelta) -> AbstractAsyncContextManager[None]:
        """Wait for our turn; ours inside the block (`hold` longer, if we die in it); the next `gap` after it ends."""

    async def reserve(self, bucket: str, gap: timedelta) -> timedelta:
        """How long until a moment that is ours alone, `gap` after the one before it; it is taken, used or not."""

    async def close_gate(self, bucket: str, delay: timedelta) -> None:
        """Nobody gets a turn before `delay` has passed (a 429 with Retry-After, say)."""

    async def closed_for(self, bucket: str) -> timedelta:
        """How long nobody gets a turn from now on; zero when the next one may be had."""


class PaperSource(Protocol):
    """Where papers come from. Every failure is a `SourceUnavailable` with a named outcome."""

    async def fetch_feed(self, category: str, etag: str | None, last_modified: str | None) -> Fetched:
        """The category's feed of today, conditional on the validators of last time."""

    async def fetch_new(self, category: str, day: date) -> Batch:
        """What `/list/<category>/new` shows: the latest announcement, whole, with sections (origin `listing`).

        When the page is of another day than `day`, the batch says which and has no entries."""

    async def fetch_missed(self, category: str, day: date) -> Batch | None:
        """A past day from `/list/<category>/recent`, abstracts by the API; None when arXiv announced nothing then.

        `DayGone` when the listing no longer reaches back so far."""

    async def fetch_papers(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Papers by id from the API, at most 100 a call; unknown ids are missing from the answer."""


class Analyst(Protocol):
    """Judges a paper through a lens."""

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict, or why it must wait; never a fake one."""

    async def close(self) -> None:
        """Let go of connections."""


class RuleAnalyst(Analyst, Protocol):
    """Judges by rule, at no cost, and so many papers at once."""

    async def judge_many(self, papers: Sequence[Paper], lens: Lens) -> Sequence[Verdict | Wait]:
        """The answer for each, in their order; a text that cannot be read costs no other its verdict."""


class FullAnalyst(Analyst, Protocol):
    """Judges full texts too, and writes analyses."""

    async def judge_text(self, paper: Paper, full: FullText, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict on a paper's full text, or why it must wait."""

    async def analyse(
        self, verdict: Verdict, paper: Paper, full: FullText | None, lens: Lens, call_log: CallLog
    ) -> Analysis | NoAnalysis | Wait:
        """The analysis that starts from a short verdict, on the text that this rests on, or why there is none."""


@dataclass(frozen=True, slots=True)
class SentPost:
    """A post that is known to stand somewhere; the rest is what it was planned with."""

    key: PostKey
    ref: PostRef
    sent_at: datetime
    papers: tuple[ArxivId, ...]
    opened: int = 0
    edition: EditionKey | None = None


class Store(JobStore, Gate, PeopleStore, ModelStore, TextCache, TalkStore, Protocol):
    """Everything that is remembered. Every method is one transaction."""

    async def open(self) -> None:
        """Connect and migrate to the newest tables; `StoreError` when that cannot be."""

    async def close(self) -> None:
        """Let go of all connections."""

    @property
    def named(self) -> str:
        """Where the store is, for people: without a password."""

    async def backup(self, path: str) -> None:
        """A consistent copy while others write (SQLite); `StoreError` with the remedy elsewhere."""

    # feeds and papers
    async def feed_state(self, category: str) -> FeedState:
        """The category's polling row; a fresh `FeedState` when it was never polled."""

    async def feed_states(self) -> Sequence[FeedState]:
        """All polling rows, by category."""

    async def seen_earlier(self, category: str, batch: Batch) -> int:
        """How many (id, version) of the batch this category announced under an earlier date than the batch's."""

    async def announced_day(self, category: str, day: date) -> Mapping[AnnounceType, int]:
        """How many papers of each type are stored for that day; empty when none."""

    async def record_poll(
        self, state: FeedState, batch: Batch | None, new_jobs: Sequence[NewJob], follows: Sequence[str]
    ) -> int:
        """One commit: papers, announcements, jobs, the polling row, and for each follow named in `follows` an
        edition job for the batch's day (a further part if the earlier one has closed and papers are new).
        Answers how many papers had not been announced by this category on that day before."""

    async def paper(self, id: ArxivId) -> Paper | None:
        """The latest known metadata."""

    async def papers(self, ids: Collection[ArxivId]) -> Mapping[ArxivId, Paper]:
        """The latest known metadata of many."""

    async def put_papers(self, new: Sequence[Paper]) -> None:
        """Remember what arXiv said of papers that it was asked about, and that it was asked now."""

    async def looks(self, ids: Collection[ArxivId]) -> Mapping[ArxivId, datetime]:
        """When arXiv was last asked about each of these; those that it was never asked about are missing."""

    async def standing(self, ids: Collection[ArxivId]) -> Collection[ArxivId]:
        """Which of these stand somewhere, have a verdict, or are about to be judged."""

    async def showings_of(self, id: ArxivId) -> Sequence[tuple[Place, datetime]]:
        """The places in which a verdict on the paper was shown, and when."""

    # verdicts
    async def verdict(self, id: ArxivId, lens: str) -> Verdict | None:
        """The latest verdict of that paper through that lens."""

    async def verdicts(self, ids: Collection[ArxivId], lens: str) -> Mapping[ArxivId, Verdict]:
        """The latest verdicts of many papers."""

    async def finish_judging(self, job: Job, verdict: Verdict, jobs: Sequence[NewJob]) -> None:
        """One commit: the verdict, further jobs (edits of posts, say), and the end of the judging job."""

    async def finish_judgings(self, judged: Sequence[tuple[Job, Verdict]]) -> Collection[int]:
        """One commit for many: verdicts and the ends of their jobs. The ids of the jobs that ended: nothing is kept of
        one that is somebody else's by now, or whose paper a post shows by now, which is to be edited."""

    async def announcements(self) -> Sequence[tuple[str, date, ArxivId]]:
        """Category, day and paper of everything that was announced as new or cross-listed."""

    async def finish_analysis(self, job: Job, before: Verdict, after: Verdict, jobs: Sequence[NewJob]) -> bool:
        """One commit: the verdict with its analysis, further jobs, and the end of the job. False, and nothing done,
        where the verdict is no longer the one that the analysis was written for."""

    def export(self) -> AsyncIterator[JudgedPaper]:
        """Every verdict with its paper, in a stable order."""

    # follows and editions
    async def sync_follows(self, wanted: Sequence[Follow], is_deferred: IsDeferred = never_deferred) -> None:
        """The follows of the settings file, by name: added, changed, or (when gone from the file) removed."""

    async def follows(self) -> Sequence[Follow]:
        """All follows, of the settings and of commands, by name; paused ones too."""

    async def papers_of(self, key: EditionKey) -> Sequence[ArxivId]:
        """The papers of a closed edition that were to be posted or listed."""

    async def unread(self, key: EditionKey) -> Mapping[ArxivId, NotedReason]:
        """The papers of a closed edition that nobody has read, with the reason that was noted."""

    async def edition_outlook(self, key: EditionKey) -> EditionOutlook | None:
        """What an open edition waits for; None when its follow is gone."""

    async def is_day_open(self, lens: str, day: date) -> bool:
        """Whether an edition of that day through that lens has not closed yet."""

    async def edition_facts(self, key: EditionKey, now: datetime) -> EditionFacts | None:
        """What an edition would be planned from if it closed now; None when its follow is gone."""

    async def close_edition(
        self, job: Job, key: EditionKey, now: datetime, plan: Callable[[EditionFacts], EditionPlan]
    ) -> EditionPlan:
        """One commit, serial by place: read the facts, plan, and write fates, delivery jobs (lane: the place) and the
        end of the edition's job."""

    async def post_early(
        self, job: Job, key: EditionKey, now: datetime, choose: Callable[[EditionFacts], Sequence[PlannedPost]]
    ) -> Sequence[ArxivId]:
        """One commit, serial by place: read the facts, and write delivery jobs of what goes out before the day closes;
        the papers of these posts. `LeaseLost` when this attempt is void."""

    async def edition(self, key: EditionKey) -> ClosedEdition | None:
        """A closed edition with its figures; None while it is open or unknown."""

    async def edition_follow(self, key: EditionKey) -> Follow | None:
        """The follow of a closed edition as it was then, of an open one as it is; None where that is gone."""

    async def editions(self, limit: int = 20, of: Collection[str] | None = None) -> Sequence[ClosedEdition]:
        """The latest closed editions, newest first; of those follows only where they are named."""

    async def first_edition(self, follow: str) -> EditionKey | None:
        """The edition of that follow that closed first."""

    async def menu_of(self, place: Place, digest: str) -> PlannedPost | None:
        """The post of a day with a menu, of that place and key's digest, as it was planned; None where it is none."""

    # connections, and places that take no posts
    async def put_connection(self, worker: str, connection: Connection) -> None:
        """How a process is connected to a platform, and that it is alive."""

    async def connections(self) -> Sequence[SeenConnection]:
        """The latest word of every process, by platform; those not heard of for a day are gone."""

    async def close_place(self, place: Place, what: str, remedy: str) -> PlaceOutage:
        """The place takes no posts; the closure that stands already keeps its beginning."""

    async def closures(self, places: Collection[Place] | None = None) -> Sequence[PlaceOutage]:
        """The places that take no posts, all or of those."""

    async def known_hash(self, name: str) -> str:
        """The fingerprint of what was last made known to a platform under that name; empty when nothing was."""

    async def put_known_hash(self, name: str, fingerprint: str) -> None:
        """That was made known to a platform."""

    async def note_event(self, key: str) -> bool:
        """Remember that an event came, by its id alone; False when it was known."""

    async def forget_events(self, older: timedelta) -> int:
        """Forget the ids of events that came longer ago than that; how many."""

    async def is_known(self, place: Place) -> bool:
        """Whether a follow or a post has that place; an answer that came late in a thread makes no place of it."""

    async def known(self, ids: Collection[ArxivId], lens: str) -> Known:
        """The latest metadata and verdicts of papers, of one moment."""

    # posts
    async def let_out(self, job: Job, key: PostKey, thread: PostKey) -> None:
        """One commit, for a list whose thread's first post was refused: the first such list of a day takes that post's
        message in the channel; of any other the papers are reached by search."""

    async def finish_delivery(self, job: Job, key: PostKey, ref: PostRef) -> bool:
        """One commit: the post stands at `ref`, its delivery job is done, and its place takes posts; whether that was
        closed before."""

    async def reform(
        self,
        job: Job,
        key: PostKey,
        payload: Mapping[str, object],
        parts: Sequence[PlannedPost] = (),
        form: Form = Form.RICH,
        then: Sequence[NewJob] = (),
    ) -> None:
        """One commit: a post that was certainly refused goes on with another payload, due at once, and what it no
        longer shows goes out as `parts` of the same edition, in that form."""

    async def sent(self, key: PostKey) -> SentPost | None:
        """Where the post of that key stands, if it does."""

    async def post_at(self, place: Place, ref: str) -> SentPost | None:
        """Our post that stands there, if it is one of ours."""

    async def listed_before(self, key: PostKey) -> ArxivId | None:
        """The last paper of the list of the same day that goes out before this one; None where this is the first."""

    async def is_out_or_coming(self, id: ArxivId, lens: str) -> bool:
        """Whether a post shows that paper through that lens, or a post of its day is still to go out."""

    async def posted(self, ids: Collection[ArxivId], lens: str) -> Collection[ArxivId]:
        """Which of these stand in a post through that lens."""

    async def posts_showing(self, id: ArxivId, lens: str | None = None) -> Sequence[SentPost]:
        """The posts that show that paper's verdict through that lens: what an edit must reach. Without a lens, those
        through any, and the first posts of its days, whose line may name it."""
