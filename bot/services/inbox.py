"""Where platforms put what people say and press: a row before it is acknowledged, a job from then on."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.core.asked import Asked, Asker
from bot.core.follow import Follow
from bot.core.lens import Lens
from bot.core.option import Option
from bot.core.post import Place
from bot.core.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.talk import Asking, is_stop
from bot.core.work import NewJob, Queue
from bot.ports import Store
from bot.ports_platform import Home
from bot.services.home import home_of
from bot.services.scheduler import Bell
from bot.services.suggest import suggestions


class StoredInbox:
    """The `Inbox` over the jobs: an event that comes twice is one job, for that is what its key says."""

    def __init__(self, store: Store, bell: Bell, lenses: Mapping[str, Lens]) -> None:
        self._store = store
        self._bell = bell
        self._lenses = lenses
        self._hearing = asyncio.Lock()

    async def note(self, key: str) -> bool:
        """Remember the id of an event that needs no work; False when it was known."""
        with self._store.urgently():
            return await self._store.note_event(key)

    async def follows(self, places: Sequence[Place]) -> Sequence[Follow]:
        """What those places follow, drafts too, by name."""
        return [one for one in await self._store.follows() if one.place in places]

    async def home(self, places: Sequence[Place]) -> Home:
        """A person's overview of those places."""
        return await home_of(self._store, self._lenses, places)

    async def leave(self, place: Place) -> None:
        """The bot was removed from a place: everything that is stored about it goes."""
        await self._store.forget_place(place)

    async def leave_community(self, community: str, places: Sequence[Place] = ()) -> None:
        """The bot was removed from a guild or workspace: everything of all its places goes."""
        for place in {*places, *await self._store.places_of(community)}:
            await self._store.forget_place(place)

    async def communities(self, platform: str) -> Sequence[str]:
        """The guilds or workspaces of a platform about which something is stored."""
        return await self._store.communities(platform)

    async def mended(self, *places: Place) -> None:
        """Something changed at places: what waits for them is tried at once. A server comes with all its channels, of
        which few are closed, if any."""
        named = {str(place) for place in places}
        closed = [one.place for one in await self._store.closures() if one.place in named]
        for place in closed:
            await self._store.wake(place)
        if closed:
            self._bell.ring(Queue.DELIVER)

    async def suggest(self, asker: Asker, option: Option, typed: str, most: int = 25) -> Sequence[tuple[str, str]]:
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

        `stop` waits for nothing: what it is to end may be under way.
        """
        asking = Asking(remark)
        lane = None if is_stop(remark.words) else asking.lane
        async with self._hearing:  # who wrote first is stored first: a second person changes who is answered
            if remark.is_bot or not (remark.is_addressed or await self._is_in(asking)):
                return False
            with self._store.urgently():
                is_new = bool(await self._store.add_jobs([NewJob(Queue.REMARK, asking.key, asking.payload(), lane)]))
        self._bell.ring(Queue.REMARK)
        return is_new

    async def _is_in(self, asking: Asking) -> bool:
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

    async def take(self, asked: Asked) -> bool:
        """Store an event once; False when it was stored before. What one person asks is answered in order."""
        new = NewJob(Queue.ANSWER, asked.key, asked.payload(), lane=f"asks {asked.asker.person}")
        crew = self._bell.crew(Queue.ANSWER, asked.asker.place.platform)
        if crew is None or not crew.has_free_hand:
            is_new = bool(await self._store.add_jobs([new]))
            self._bell.ring(Queue.ANSWER)
            return is_new
        with self._store.urgently():
            is_new, job = await self._store.add_claimed(new, crew.lease)
        if job is not None:
            crew.take_on(job)
        return is_new
