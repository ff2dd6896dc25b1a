"""Where platforms put what people say and press: a row before it is acknowledged, a job from then on."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.commands.event import Actor, CommandEvent
from bot.core.commands.options import Option
from bot.core.commands.payer import Cause, Payer
from bot.core.commands.spoken import asked_by, command_said
from bot.core.discussion.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.discussion.transcript import QuestionJob, is_stop
from bot.core.follows.follow import Follow
from bot.core.jobs.job import Incoming, Intake, Job, NewJob, Queue
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import shown
from bot.core.posts.post import Place, Post
from bot.core.present.answer import words
from bot.core.verdicts.lens import Lens
from bot.ports.jobs import JobStore
from bot.ports.platform import Home
from bot.ports.store import Clock, Store
from bot.services.commands.disputes import claims_on
from bot.services.commands.home import home_of
from bot.services.commands.suggest import suggestions
from bot.services.runtime.scheduler import JobSignal
from bot.text.tex import readable

WAITING_A_PERSON_MOST = 20  # so many commands and remarks of one person wait for a hand
EVENTS_A_COMMIT_MOST = 200
TOLD_SECONDS = 300.0
CROWDED = "crowded"


class StoredInbox:
    """The `Inbox` over the jobs: an event that comes twice is one job, for that is what its key says."""

    def __init__(
        self,
        store: Store,
        bell: JobSignal,
        lenses: Mapping[str, Lens],
        clock: Clock,
        operators: frozenset[str] = frozenset(),
        *,
        has_model: bool,
        direct_follows: bool = False,
    ) -> None:
        self._store = store
        self._bell = bell
        self._lenses = lenses
        self._clock = clock
        self._operators = operators
        self._has_model = has_model
        self._direct_follows = direct_follows
        self._hearing = asyncio.Lock()
        self._intake = EventIntake(store)
        self._is_handing = False

    async def note(self, key: str) -> bool:
        """Remember the id of an event that needs no work; False when it was known."""
        with self._store.urgently():
            return await self._store.note_event(key)

    async def follows(self, places: Sequence[Place]) -> Sequence[Follow]:
        """What those places follow, drafts too, by name."""
        return [follow for follow in await self._store.follows() if follow.place in places]

    async def home(self, places: Sequence[Place]) -> Home:
        """A person's overview of those places."""
        return await home_of(self._store, self._lenses, places, self._clock.now(), has_model=self._has_model)

    @property
    def direct_follows(self) -> bool:
        """Whether anything may be followed in direct messages."""
        return self._direct_follows

    def is_operator(self, person: str) -> bool:
        """Whether the settings name that person as one who runs the bot."""
        return person in self._operators

    async def leave(self, place: Place) -> None:
        """The bot was removed from a place: everything that is stored about it goes."""
        await self._store.forget_place(place)

    async def leave_community(self, community: str, places: Sequence[Place] = ()) -> None:
        """The bot was removed from a guild or workspace: everything of all its places goes."""
        for place in {*places, *await self._store.places_of(community)}:
            await self._store.forget_place(place)
        await self._store.forget_community(community)

    async def communities(self, platform: str) -> Sequence[str]:
        """The guilds or workspaces of a platform about which something is stored."""
        return await self._store.communities(platform)

    async def mended(self, *places: Place) -> None:
        """Something changed at places: what waits for them is tried at once. A server comes with all its channels, of
        which few are closed, if any."""
        named = {str(place) for place in places}
        closed = [closure.place for closure in await self._store.closures() if closure.place in named]
        for place in closed:
            await self._store.wake(place)
        if closed:
            self._bell.ring(Queue.DELIVER)

    async def titles(self, papers: Sequence[ArxivId]) -> Mapping[ArxivId, str]:
        """Titles as people read them, of those papers that are known."""
        with self._store.urgently():
            found = await self._store.papers(papers)
        return await asyncio.to_thread(
            lambda: {name: shown(paper.title, readable) for name, paper in found.items()}  # TeX takes its time
        )

    async def claims(self, paper: str, lens: str) -> Mapping[str, str]:
        """The words of each claim of that verdict, by its name."""
        with self._store.urgently():
            return await claims_on(self._store, parse_arxiv_id(paper)[0], lens.lower())

    async def suggest(self, asker: Actor, option: Option, typed: str, most: int = 25) -> Sequence[tuple[str, str]]:
        """What a person may mean who began to type an option, of their own place only."""
        with self._store.urgently():
            return await suggestions(self._store, self._lenses, asker, option, typed, most)

    async def known_hash(self, name: str) -> str:
        """The fingerprint of what a platform was last told of itself under that name."""
        return await self._store.known_hash(name)

    async def put_known_hash(self, name: str, fingerprint: str) -> None:
        """The platform was told that."""
        await self._store.put_known_hash(name, fingerprint)

    async def hear(self, remark: Remark) -> bool:
        """Store a remark once; False when it was stored before, is a bot's, or said neither to us nor where we talk.
        A thread's are taken in order.

        `stop` and other commands wait for nothing: what is to end may be under way.
        """
        asking = QuestionJob(remark)
        is_command = is_stop(remark.words) or command_said(remark.words, self._lenses) is not None
        lane = None if is_command else asking.lane
        async with self._hearing:  # who wrote first is stored first: a second person changes who is answered
            if remark.is_bot or not (remark.is_addressed or await self._is_in(asking)):
                return False
            found = await self._intake.take_in(replace(asking.job(), lane=lane), asked_by(remark, ""))
        self._bell.ring(Queue.REMARK, *([Queue.ANSWER] if found is Intake.REFUSED else []))
        return found is not Intake.KNOWN

    async def _is_in(self, asking: QuestionJob) -> bool:
        """Whether we are in the thread, or about to be. What is said in others is nobody's business: it is not kept."""
        if await self._store.talk(asking.remark.asker.place, asking.thread) is not None:
            return True
        return bool(asking.lane and await self._store.count_waiting(Queue.REMARK, asking.lane))

    async def edited(self, change: RemarkEdited) -> None:
        """A person changed a remark: so do its words here; a question not yet answered becomes the new one."""
        if await self._store.change_remark(change):
            self._bell.ring(Queue.REMARK)

    async def deleted(self, gone: RemarkDeleted) -> None:
        """A remark is gone: so are its words here, and a question not yet answered stays without an answer."""
        await self._store.drop_remark(gone)

    async def take(self, asked: CommandEvent) -> bool:
        """Store an event once; False when it was stored before. What one person asks is answered in order."""
        payers = (Payer.of(asked.asker, Cause.COMMAND),)
        new = NewJob(Queue.ANSWER, asked.key, asked.payload(), lane=asked.lane, payers=payers)
        crew = self._bell.crew(Queue.ANSWER, asked.asker.place.platform)
        if crew is not None and crew.has_free_hand and not crew.is_behind and not self._is_handing:
            self._is_handing = True  # one at a time: two would take the same hand
            try:
                with self._store.urgently():
                    job = await self._store.add_claimed(new, crew.lease)
            finally:
                self._is_handing = False
            if job is not None:
                crew.take_on(job)
                return True
        if crew is not None:
            crew.is_behind = True
        found = await self._intake.take_in(new, asked)
        self._bell.ring(Queue.ANSWER)
        return found is not Intake.KNOWN


@dataclass(slots=True, eq=False)
class _Event:
    """An event, and what became of it."""

    job: NewJob
    asked: CommandEvent
    found: Intake | None = None


class EventIntake:
    """Takes events in, in the order in which they came."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._coming: list[_Event] = []
        self._storing = asyncio.Lock()
        self._told: dict[str, float] = {}

    async def take_in(self, job: NewJob, asked: CommandEvent) -> Intake:
        """Store an event with all others that wait to be stored; `asked` is how who caused it is told that it is too
        much. Whose turn it is stores everybody's; where that failed, each stores its own."""
        event = _Event(job, asked)
        self._coming.append(event)
        async with self._storing:
            if event.found is None:
                together = self._coming[:EVENTS_A_COMMIT_MOST] if event in self._coming else [event]
                self._coming = [event for event in self._coming if event not in together]
                await self._store_all(together)
        assert event.found is not None
        return event.found

    async def _store_all(self, together: Sequence[_Event]) -> None:
        now = asyncio.get_running_loop().time()
        self._told = {person: at for person, at in self._told.items() if now - at < TOLD_SECONDS}
        incoming = [Incoming(event.job, self._refusal(event.asked)) for event in together]
        with self._store.urgently():
            found = await self._store.take_in(incoming, WAITING_A_PERSON_MOST)
        for event, what in zip(together, found, strict=True):
            event.found = what
            if what is Intake.REFUSED:
                self._told.setdefault(event.asked.asker.person, now)

    def _refusal(self, asked: CommandEvent) -> NewJob | None:
        """The word that too much waits: an answer in nobody's order; None where it was said a moment ago."""
        if asked.asker.person in self._told:
            return None
        payers = (Payer.of(asked.asker, Cause.COMMAND),)
        return NewJob(Queue.ANSWER, asked.key, {**asked.payload(), CROWDED: True}, payers=payers)


def crowded(job: Job) -> Post | None:
    """What is answered to an event that was too much; None for any other."""
    if not job.payload.get(CROWDED):
        return None
    return words(
        f"{WAITING_A_PERSON_MOST} of your commands still wait here, so this one was not taken.", "Send it again later."
    )
