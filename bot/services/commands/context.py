"""What the verbs work with, and what they answer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.core.commands.acts import Act, ActKind, ActLimits, Over
from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.commands.parser import Command
from bot.core.commands.people import AskedFor, AskLimits, Reach, refusal, wait_words
from bot.core.errors import PlatformError, Refused
from bot.core.follows.follow import Follow
from bot.core.jobs.job import NewJob
from bot.core.papers.calendar import IsDeferred
from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import quote
from bot.core.posts.post import Place, Post, PostRef
from bot.core.verdicts.lens import Lens
from bot.ports.platform import Platform
from bot.ports.store import Clock, PaperSource, RuleAnalyst, Store
from bot.services.ingest.poll import Poll
from bot.services.publishing.render import Renderer

DEFAULT_LENS = "discontinuity"
RIGHTS_KNOWN_FOR = timedelta(minutes=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
PAPER, LENS, VERSION = "paper", "lens", "version"  # what a question fixes when it is asked


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Everything that a verb may need. `scan` ranks without cost; `describe` says who judges, and what it may spend;
    to who runs the bot also why one is stopped.
    """

    store: Store
    source: PaperSource
    platforms: Mapping[str, Platform]
    lenses: Mapping[str, Lens]
    renderer: Renderer
    poll: Poll
    scan: RuleAnalyst
    clock: Clock
    limits: AskLimits
    reach: Reach
    operators: frozenset[str]
    has_model: bool
    describe: Callable[[str | None], Awaitable[str]]
    is_deferred: IsDeferred

    def lens(self, name: str | None, fallback: str = DEFAULT_LENS) -> Lens:
        """The lens of that name; `Refused` with the ones there are."""
        wanted = (name or fallback).lower()
        found = self.lenses.get(wanted)
        if found is None:
            known = ", ".join(sorted(self.lenses))
            raise Refused(f"There is no lens {quote(wanted)}.", f"There are: {known}.")
        return found

    async def lens_for(self, place: Place, name: str | None, paper: ArxivId | None = None) -> Lens:
        """The lens that was named, else one under which the paper stands here, else the place's own."""
        if name:
            return self.lens(name)
        follows = [follow for follow in await self.follows_of(place) if not follow.is_draft]
        known = [follow.lens for follow in follows if follow.lens in self.lenses]
        for key in sorted(self.lenses, key=lambda key: key not in known):
            if paper is not None and await self.store.is_shown(place, paper, key):
                return self.lens(key)
        return self.lens(known[0] if known else DEFAULT_LENS)

    async def follows_of(self, place: Place) -> list[Follow]:
        """The follows of a place, by name."""
        return [follow for follow in await self.store.follows() if follow.place == place]

    async def problems(self, place: Place) -> list[tuple[str, str]]:
        """What keeps us from posting at the place: (what is missing, its remedy)."""
        platform = self.platforms.get(place.platform)
        if platform is None:
            return [(f"The platform {place.platform} is not set up.", "The operator adds it to the settings.")]
        try:
            return [(fault.what, fault.remedy) for fault in await platform.check(place)]
        except PlatformError as error:
            return [(error.what, error.remedy or "Try again in a minute.")]

    async def placed(self, asker: Actor) -> Actor:
        """Who asked, in the thread where that is a place of its own."""
        is_place = asker.within is not None and await self.store.is_known(asker.within)
        return replace(asker, place=asker.within or asker.place) if is_place else asker

    async def may_speak(self, asker: Actor, *, in_thread: bool, since: datetime) -> bool:
        """Whether who asked then may write there themselves: we say nothing for them where they may not."""
        platform = self.platforms.get(asker.place.platform)
        if asker.is_alone or platform is None:
            return True
        in_thread = in_thread or asker.within == asker.place
        return await platform.may_speak(asker, in_thread=in_thread, is_past=self.is_past(since))

    def is_past(self, since: datetime) -> bool:
        """Whether what an event told then of a person's rights is no longer enough."""
        return self.clock.now() - since > RIGHTS_KNOWN_FOR

    async def count_public(self, event: str, asker: Actor) -> None:
        """Count a post for all within the limits of the day; `Refused` says when it goes on."""
        over = await self._over(event, asker)
        if over is Over.PERSON:
            raise Refused(
                f"You have had {self.reach.public_person} posts made here today, the limit for one person.",
                wait_words(self.clock.now()),
            )
        if over is Over.PLACE:
            raise Refused("This channel has reached today's limit of posts.", wait_words(self.clock.now()))

    async def _over(self, event: str, asker: Actor) -> Over | None:
        """Which limit a post for all would break; it is counted, once an event, where it breaks none."""
        messages, now = self.reach.messages, self.clock.now()
        limits = ActLimits(self.reach.public_person, max(1, messages // 2), messages)
        return await self.store.count_act(Act(event, ActKind.PUBLIC, asker, now.date()), limits)

    async def not_for_all(self, event: str, asker: Actor) -> str:
        """Why an answer that became a post may not stand for all where it was asked for; empty where it may, and then
        it is counted: by the right to write there at this moment, and within the limits of the day."""
        asker = await self.placed(asker)
        if not await self.may_speak(asker, in_thread=asker.within is not None, since=LONG_AGO):
            return "You may not write in the channel where you asked, or that could not be seen"
        match await self._over(f"{event}|answer", asker):
            case Over.PERSON:
                return f"Your posts of today in the channel where you asked ({self.reach.public_person}) are used up"
            case Over.PLACE:
                return "The channel where you asked has reached today's limit of posts"
            case None:
                return ""

    async def count_entry(self, event: str, asker: Actor, root: PostRef) -> None:
        """Count what is said under a post that is not ours, where we are in no talk: it is a post for all."""
        is_ours = await self.store.talk(root.place, root.id) or await self.store.post_at(root.place, root.id)
        if not is_ours:
            await self.count_public(event, asker)

    async def count_question(self, request: AskedFor, root: PostRef | None) -> None:
        """Count a question, and that it is answered under that post, if any; `Refused` says when it goes on.

        One that is refused uses up nothing.
        """
        spent = await self.store.ask_for(request, self.limits)
        reason = refusal(spent, self.limits, is_answer=True) if spent else None
        if reason:
            raise Refused(reason, wait_words(self.clock.now()))
        if root is None:
            return
        try:
            await self.count_entry(request.event, request.asker, root)
        except Refused:
            await self.store.take_back_request(request.event)
            raise

    def standing(self, asked: CommandEvent) -> Role:
        """What who asked may do: the platform's word, or more where the settings name an operator."""
        return Role.OPERATOR if asked.asker.person in self.operators else asked.asker.standing


@dataclass(frozen=True, slots=True)
class CommandReply:
    """What a verb answers. `post` None: nothing new to say yet. `waits`: ask again later, and then tell it `told`.

    `fixed`: what the question means from now on (its lens, say), kept with the job before anything is told.
    """

    post: Post | None
    waits: bool = False
    told: str = ""
    delay: timedelta = timedelta(seconds=0.5)
    jobs: Sequence[NewJob] = field(default_factory=tuple)
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommandCall:
    """One attempt at an answer: the command, who asked, and what was told before. `since`: when it was asked.

    `is_repeat`: an earlier attempt may have had its effect without its answer. `fixed`: what an earlier attempt fixed.
    """

    asked: CommandEvent
    command: Command
    told: str
    since: datetime
    is_repeat: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Where it was asked."""
        return self.asked.asker.place


Verbs = Mapping[str, Callable[[CommandCall], Awaitable[CommandReply]]]
