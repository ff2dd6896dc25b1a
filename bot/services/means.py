"""What the verbs work with, and what they answer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.asked import Asked, Standing
from bot.core.command import Command
from bot.core.errors import Refused
from bot.core.follow import Follow
from bot.core.lens import Lens
from bot.core.people import AskLimits
from bot.core.phrase import echoed
from bot.core.post import Place, Post
from bot.core.work import NewJob
from bot.ports import Analyst, Clock, PaperSource, Platform, Store
from bot.services.poll import Poll
from bot.services.render import Renderer

DEFAULT_LENS = "discontinuity"


async def _scanned() -> str:
    return "rule-based scan (no model is set up)"


@dataclass(frozen=True, slots=True)
class Means:
    """Everything that a verb may need. `scan` ranks without cost; `describe` says who judges, and what it may spend."""

    store: Store
    source: PaperSource
    platforms: Mapping[str, Platform]
    lenses: Mapping[str, Lens]
    renderer: Renderer
    poll: Poll
    scan: Analyst
    clock: Clock
    limits: AskLimits
    operators: frozenset[str] = frozenset()
    has_model: bool = False
    describe: Callable[[], Awaitable[str]] = _scanned

    def lens(self, name: str | None, fallback: str = DEFAULT_LENS) -> Lens:
        """The lens of that name; `Refused` with the ones there are."""
        wanted = (name or fallback).lower()
        found = self.lenses.get(wanted)
        if found is None:
            known = ", ".join(sorted(self.lenses))
            raise Refused(f"There is no lens {echoed(wanted)}.", f"There are: {known}.")
        return found

    async def lens_for(self, place: Place, name: str | None) -> Lens:
        """The lens that was named, else the one that the place reads through: that of its first follow."""
        if name:
            return self.lens(name)
        follows = await self.follows_of(place)
        known = [follow.lens for follow in follows if follow.lens in self.lenses]
        return self.lens(known[0] if known else DEFAULT_LENS)

    async def follows_of(self, place: Place) -> list[Follow]:
        """The follows of a place, by name."""
        return [follow for follow in await self.store.follows() if follow.place == place]

    async def problems(self, place: Place) -> list[tuple[str, str]]:
        """What keeps us from posting at the place: (what is missing, its remedy)."""
        platform = self.platforms.get(place.platform)
        if platform is None:
            return [(f"The platform {place.platform} is not set up.", "The operator adds it to the settings.")]
        return [(fault.what, fault.remedy) for fault in await platform.check(place)]

    def standing(self, asked: Asked) -> Standing:
        """What who asked may do: the platform's word, or more where the settings name an operator."""
        return Standing.OPERATOR if asked.asker.person in self.operators else asked.asker.standing


@dataclass(frozen=True, slots=True)
class Reply:
    """What a verb answers. `post` None: nothing new to say yet. `waits`: ask again later, and then tell it `told`."""

    post: Post | None
    waits: bool = False
    told: str = ""
    delay: timedelta = timedelta(seconds=0.5)
    jobs: Sequence[NewJob] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt at an answer: the command, who asked, and what was told before. `since`: when it was asked."""

    asked: Asked
    command: Command
    told: str
    since: datetime

    @property
    def place(self) -> Place:
        """Where it was asked."""
        return self.asked.asker.place


Verbs = Mapping[str, Callable[[Turn], Awaitable[Reply]]]
