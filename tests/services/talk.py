"""A conversation for tests: a store on disk whose clock stands where the test puts it, arXiv as a table of papers, and
a platform that keeps what it was told to say."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.analyst.answers.quoting import QuotingAnswerer
from bot.analyst.verdicts.scan import ScanAnalyst
from bot.app import App
from bot.config.limits import LimitSettings
from bot.config.model import EndpointSettings, ModelSettings
from bot.config.settings import AccessSettings, Settings, WorkSettings
from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.commands.people import AskLimits, Reach
from bot.core.discussion.remark import Remark
from bot.core.errors import PlaceClosed, PlatformError, Refused, SourceUnavailable
from bot.core.fulltext.fulltext import FullText
from bot.core.jobs.job import Job, JobState, Queue
from bot.core.papers.feed import Fetched
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.core.posts.connection import Connection, LinkState
from bot.core.posts.post import Place, Post, PostKey, PostKind, PostRef
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Analysis, NoAnalysis, ShortFallacy, Verdict, Wait
from bot.ports.model import CallLog
from bot.ports.platform import Capacity, Inbox, Problem
from bot.ports.workers import ReadLimits
from bot.services.runtime.scheduler import JobSignal
from bot.store.sql import SqlStore
from bot.text.rules import RulesHere
from bot.workers.pool import Pool
from bot.workers.reader import WorkerReader
from tests.fakes.minds import AllOfIt, Library, Oracle
from tests.fakes.worlds import DAY, Reader, paper
from tests.fakes.worlds import lens as shipped

PLACE = Place("stage", "main")
OTHER = Place("stage", "other")
LEASE = timedelta(seconds=30)
EVERY = (Queue.ANSWER, Queue.REMARK, Queue.LOOK, Queue.JUDGE, Queue.EDITION, Queue.DELIVER)
LIMITS = AskLimits(person=5, place=30, person_usd=1.0, place_usd=2.0)
ENDPOINT = EndpointSettings(base_url="http://127.0.0.1:9", model="invented")


class Stage:
    """A platform that keeps posts and answers, and can be told to fail."""

    name = "stage"
    capacity = Capacity(characters=3000, list_lines=20, title_lines=20)

    def __init__(self) -> None:
        self.posts: dict[str, list[Post]] = {}
        self.answers: list[tuple[CommandEvent, Post]] = []
        self.missing: list[Problem] = []
        self.faults: list[PlatformError] = []
        self.threads: dict[str, str | None] = {}
        self.shown_work: list[tuple[Place, PostRef | None]] = []
        self.showed = asyncio.Event()
        self.not_shown: list[PlatformError] = []
        self.is_reading_along = True
        self.drops_after: list[PlatformError] = []
        self.guests: set[str] = set()
        self.silenced: set[str] = set()

    async def show_work(self, place: Place, thread: PostRef | None) -> None:
        self.shown_work.append((place, thread))
        self.showed.set()
        if self.not_shown:
            raise self.not_shown.pop(0)

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        if self.faults:
            raise self.faults.pop(0)
        self.posts.setdefault(str(key), []).append(post)
        self.threads[str(key)] = thread.id if thread else None
        if self.drops_after:
            raise self.drops_after.pop(0)
        return PostRef(key.place, key.digest, thread.id if thread else None)

    async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
        return PostRef(key.place, key.digest) if str(key) in self.posts else None

    async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
        self.posts[str(key)].append(post)

    def hears(self, asked: CommandEvent) -> bool:
        return asked.reply_to.get("session", "here") == "here"

    async def answer(self, asked: CommandEvent, post: Post) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.answers.append((asked, post))

    async def check(self, place: Place) -> Sequence[Problem]:
        return self.missing

    until: datetime | None = None
    closed: PlaceClosed | None = None

    @property
    def connection(self) -> Connection:
        return Connection(self.name, LinkState.CONNECTED)

    def answers_until(self, asked: CommandEvent) -> datetime | None:
        return self.until

    async def diagnose(self) -> Sequence[Problem]:
        return ()

    def introduce(self) -> Sequence[str]:
        return ()

    async def place_named(self, asked: CommandEvent, channel: str) -> tuple[Place, Role]:
        if channel == "hidden":
            raise Refused("You do not see that channel.")
        return Place(self.name, channel), Role.MEMBER if channel == "others" else Role.ADMIN

    async def standing(self, asked: CommandEvent) -> Role:
        return Role.MEMBER if asked.asker.person in self.guests else asked.asker.standing

    async def reads_along(self, place: Place) -> bool:
        return self.is_reading_along

    async def may_speak(self, asker: Actor, *, in_thread: bool, is_past: bool) -> bool:
        if is_past and asker.person in self.silenced:
            return False
        return asker.may_thread if in_thread else asker.may_post

    async def describe(self, place: Place) -> str:
        return f"#{place.channel}"

    async def has_threads(self, place: Place) -> bool:
        return True

    async def admins(self, place: Place) -> Sequence[Place]:
        return (Place(self.name, "@owner"),)

    def private(self, person: str) -> Place | None:
        return Place(self.name, f"@{person.partition(':')[2]}")

    async def run(self, inbox: Inbox) -> None: ...

    async def close(self) -> None: ...


class Shelf:
    """arXiv as a table of papers; `error` is what every question meets while it is set."""

    def __init__(self) -> None:
        self.papers: dict[ArxivId, Paper] = {}
        self.batches: dict[str, Batch] = {}
        self.error: SourceUnavailable | None = None
        self.asked: list[str] = []

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.error is not None:
            raise self.error

    async def fetch_feed(self, category: str, etag: str | None, last_modified: str | None) -> Fetched:
        self._ask(category)
        batch = self.batches.get(category)
        return Fetched(batch, batch.day if batch else DAY, is_saved=True)  # days are what a test says they are

    async def fetch_new(self, category: str, day: date) -> Batch:
        self._ask(f"{category} new")
        return Batch(category, day, ())

    async def fetch_missed(self, category: str, day: date) -> Batch | None:
        self._ask(f"{category} missed")
        return None

    async def fetch_papers(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        self._ask(" ".join(map(str, ids)))
        return {one: self.papers[one] for one in ids if one in self.papers}


class Mind:
    """An analyst with opinions, that costs what it is told, and can be away."""

    def __init__(self, clock: "Hand") -> None:
        self._reader = Reader(ScanAnalyst(clock))
        self.away: Wait | None = None
        self.cost = 0.0
        self.contradicts = False
        self.dropped = 0

    @property
    def judged(self) -> list[str]:
        return self._reader.judged

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        if self.away is not None:
            return self.away
        verdict = await self._reader.judge(paper, lens, call_log)
        assert isinstance(verdict, Verdict)
        return replace(verdict, provenance=replace(verdict.provenance, cost_usd=self.cost))

    async def judge_text(self, paper: Paper, full: FullText, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        found = await self.judge(paper, lens, call_log)
        if isinstance(found, Wait):
            return found
        assert found.short is not None
        fallacy = ShortFallacy("Takes length for proof. By this lens, it is length.")
        short = replace(found.short, headline="It tests at length.", fallacy=fallacy)
        return replace(found, basis=full.verdict_basis, short=short)

    async def analyse(
        self, verdict: Verdict, paper: Paper, full: FullText | None, lens: Lens, call_log: CallLog
    ) -> Analysis | NoAnalysis | Wait:
        if self.contradicts:
            return NoAnalysis("Sentence 2 does say it.", disagrees=True)
        return await self._reader.analyse(verdict, paper, full, lens, call_log)

    async def close(self) -> None: ...


@dataclass
class Hand:
    """The clock of program and database alike, where the test puts it.

    The database's is not quite still: it is ahead by the time that a statement takes to reach it, now more, now less.
    Who claims what was just stored lets a second pass first.
    """

    moment: datetime = field(default_factory=lambda: datetime(2026, 6, 2, 14, 0, tzinfo=UTC))
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.moment

    def skew(self) -> timedelta:
        """What brings the database's clock to that moment."""
        return self.moment - datetime.now(UTC)

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)

    def put(self, moment: str) -> None:
        """To a moment in UTC."""
        self.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)


class ReaderHere(AllOfIt, RulesHere, WorkerReader):
    """Reads in this process; the pool of workers stays empty."""

    def __init__(self) -> None:
        limits = ReadLimits()
        super().__init__(Pool(limits.memory_megabytes), limits)


def _limits(limits: AskLimits, reach: Reach) -> LimitSettings:
    """The settings that make those limits."""
    return LimitSettings(
        messages_a_day=reach.messages,
        person_a_day=limits.person,
        place_a_day=limits.place,
        answers_person_a_day=limits.answers_person,
        answers_thread_a_day=limits.answers_thread,
        answers_place_a_day=limits.answers_place,
        person_usd_a_day=limits.person_usd,
        place_usd_a_day=limits.place_usd,
        public_person_a_day=reach.public_person,
        disputes_person_a_day=reach.disputes_person,
        feedback_person_a_day=reach.feedback_person,
        follows_a_place=reach.follows,
        follows_a_community=reach.community_follows,
        categories_a_follow=reach.categories,
    )


class Talk:
    """Everything between a remark and its answer."""

    def __init__(self, store: SqlStore, clock: Hand) -> None:
        self.store = store
        self.clock = clock
        self.stage = Stage()
        self.shelf = Shelf()
        self.mind = Mind(clock)
        self.number = 0
        self.library = Library()
        self.oracle = Oracle(clock)
        self.wire()

    def wire(
        self,
        limits: AskLimits = LIMITS,
        operators: tuple[str, ...] = (),
        *,
        has_model: bool = True,
        messages: int = 10,
        reach: Reach | None = None,
    ) -> None:
        """Put the services together, as after a restart."""
        lenses = {key: replace(shipped(key), threshold=0) for key in ("discontinuity", "plain", "reproducibility")}
        settings = Settings(
            model=ModelSettings(endpoints=(ENDPOINT,) if has_model else ()),
            limits=_limits(limits, reach or Reach(direct_follows=True, messages=messages)),
            access=AccessSettings(operators=operators, direct_follows=reach is None or reach.direct_follows),
            work=WorkSettings(lease_seconds=LEASE.total_seconds()),
        )
        reader = ReaderHere()
        analyst = self.mind if has_model else ScanAnalyst(self.clock)
        answerer = self.oracle if has_model else QuotingAnswerer(self.clock, reader)
        self.app = App(
            settings, self.store, self.shelf, self.library, {"stage": self.stage}, lenses, analyst, answerer,
            self.clock, JobSignal(), reader,
        )  # fmt: skip
        self.renderer, self.poll, self.means = self.app.renderer, self.app.poll, self.app.means
        self.steps, self.inbox = self.app.steps, self.app.inbox

    def asked(
        self,
        text: str,
        *,
        who: str = "ann",
        place: Place = PLACE,
        standing: Role = Role.ADMIN,
        event: str | None = None,
        values: Mapping[str, str] | None = None,
        community: str = "stage",
        may_post: bool = True,
        may_thread: bool = True,
    ) -> CommandEvent:
        """An event as the platform would hand it over."""
        self.number += 1
        asker = Actor(f"stage:{who}", place, community, standing, may_post=may_post, may_thread=may_thread)
        return CommandEvent(event or f"e{self.number}", asker, text, values)

    def remark(
        self,
        words: str,
        *,
        who: str = "ann",
        thread: str | None = None,
        reply_to: PostRef | None = None,
        named: bool = False,
        private: bool = False,
        id: str | None = None,
        place: Place = PLACE,
        is_bot: bool = False,
    ) -> Remark:
        """A remark as the platform would hand it over; `named`: it mentions us."""
        self.number += 1
        own = id or f"r{self.number}"
        if private:
            place = Place(place.platform, f"@{who}")
        return Remark(
            id=own,
            asker=Actor(f"stage:{who}", place, "stage"),
            words=words,
            thread=PostRef(place, thread) if thread else None,
            reply_to_post=reply_to,
            is_addressed=named or private,
            is_private=private,
            ref=PostRef(place, own, thread),
            is_bot=is_bot,
        )

    async def remarks(self, words: str, **how: object) -> str | None:
        """Say something in a thread, let everything be worked on: the words of the answer, None without one."""
        remark = self.remark(words, **how)  # type: ignore[arg-type]
        await self.inbox.hear(remark)
        await self.work()
        return self.answer_to(remark)

    def answer_to(self, remark: Remark) -> str | None:
        """The words of the answer that stands for a remark."""
        posts = self.answers_to(remark)
        return posts[-1].text if posts else None

    def answers_to(self, remark: Remark) -> list[Post]:
        """Every form of the answer to a remark that was ever sent."""
        begin = f"{remark.asker.place}|answer|{remark.id}|"
        return [post for key, posts in self.stage.posts.items() if key.startswith(begin) for post in posts]

    def told(self, who: str) -> list[str]:
        """What was said to a person in private."""
        begin = f"stage:@{who}|notice|"
        return [post.text for key, posts in self.stage.posts.items() if key.startswith(begin) for post in posts]

    async def card(self, number: int = 1, lens: str = "discontinuity") -> str:
        """A card that stands in the place: the id of its post."""
        await self.know(number, lens)
        await self.say(f"share 2606.{number:05} {lens}")
        sent = await self.store.sent(PostKey(PLACE, PostKind.CARD, f"2606.{number:05}", lens))
        assert sent is not None
        return sent.ref.id

    async def say(self, text: str, **how: object) -> list[Post]:
        """Say something, let everything be worked on, and answer what came back."""
        asked = self.asked(text, **how)  # type: ignore[arg-type]
        await self.inbox.take(asked)
        await self.work()
        return self.heard(asked)

    def heard(self, asked: CommandEvent) -> list[Post]:
        """What was answered to an event so far."""
        return [post for to, post in self.stage.answers if to.id == asked.id]

    async def last(self, text: str, **how: object) -> str:
        """The words of the last answer to what is said."""
        posts = await self.say(text, **how)
        assert posts, f"no answer to {text!r}"
        return posts[-1].text

    async def work(self, *queues: Queue, rounds: int = 30) -> None:
        """Work on what is due, and let short waits pass, until nothing is due within two seconds."""
        for _ in range(rounds):
            done = 0
            for queue in queues or EVERY:
                while jobs := await self.store.claim(queue, 5, LEASE):
                    for job in jobs:
                        await self.steps[queue](job)
                        done += 1
            due = await self.store.next_due(queues or EVERY)
            if not done and (due is None or due > timedelta(seconds=3)):
                return
            self.clock.forward(seconds=1)

    async def announce(self, *numbers: int, day: date = DAY, category: str = "cs.AI") -> None:
        """arXiv announces invented papers, and the feed is read by whoever follows it."""
        entries = tuple(Entry(paper(number), AnnounceType.NEW) for number in numbers)
        self.shelf.batches[category] = Batch(category, day, entries)
        follows = [one for one in await self.store.follows() if category in one.categories and one.is_on]
        await self.poll.poll(category, follows)

    async def know(self, number: int, lens: str = "discontinuity") -> None:
        """A paper whose verdict is known already, to everybody and nobody."""
        await self.store.put_papers([paper(number)])
        posts = await self.say(f"verdict 2606.{number:05} {lens}", who="somebody", place=Place("stage", "far"))
        assert f"Invented system {number}" in posts[-1].text

    async def jobs(self, queue: Queue, *states: JobState) -> Sequence[Job]:
        return await self.store.list_jobs(states or (JobState.OPEN,), queue)


@asynccontextmanager
async def talking(folder: Path) -> AsyncIterator[Talk]:
    """A conversation over a store in that folder."""
    clock = Hand()
    store = SqlStore(str(folder / "store.db"), skew=clock.skew)
    await store.open()
    try:
        yield Talk(store, clock)
    finally:
        await store.close()
