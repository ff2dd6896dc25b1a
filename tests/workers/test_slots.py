"""Who is next: nobody's texts hold up another's, and a short task never waits for long ones alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from bot.workers.slots import FairSlots


class Queue:
    """Tasks that come in and go out one by one, and the order in which they were let in."""

    def __init__(self, count: int) -> None:
        self._slots = FairSlots(count)
        self._ends: dict[str, asyncio.Event] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self.inside: list[str] = []

    async def come(self, name: str, asker: str, *, is_long: bool = False) -> None:
        """A task asks for a place."""
        self._ends[name] = asyncio.Event()

        async def work() -> None:
            async with self._slots.slot(asker, is_long=is_long):
                self.inside.append(name)
                await self._ends[name].wait()
                self.inside.remove(name)

        self._running[name] = asyncio.create_task(work())
        await _settle()

    async def go(self, name: str) -> Sequence[str]:
        """It ends; who is inside then."""
        self._ends[name].set()
        await self._running.pop(name)
        await _settle()
        return self.inside

    async def give_up(self, name: str) -> Sequence[str]:
        """It does not wait any longer; who is inside then."""
        self._running.pop(name).cancel()
        await _settle()
        return self.inside

    async def close(self) -> None:
        """Everything ends."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)


@asynccontextmanager
async def queue(count: int = 3) -> AsyncIterator[Queue]:
    async with AsyncExitStack() as stack:
        made = Queue(count)
        stack.push_async_callback(made.close)
        yield made


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_two_long_texts_of_one_member_take_one_place() -> None:
    async with queue() as line:
        await line.come("first", "mallory", is_long=True)
        await line.come("second", "mallory", is_long=True)
        await line.come("other", "alice", is_long=True)
        assert line.inside == ["first", "other"]
        assert await line.go("first") == ["other", "second"]


async def test_long_tasks_leave_a_place_to_short_ones_whoever_asks() -> None:
    async with queue() as line:
        for asker in ("mallory", "trent", "oscar"):
            await line.come(asker, asker, is_long=True)
        await line.come("short", "alice")
        assert line.inside == ["mallory", "trent", "short"]


async def test_askers_take_turns_however_many_tasks_one_of_them_has() -> None:
    async with queue(1) as line:
        for name in ("m1", "m2", "m3"):
            await line.come(name, "mallory")
        await line.come("a1", "alice")
        await line.come("b1", "bob")
        seen = [*line.inside]
        for _ in range(4):
            seen += await line.go(seen[-1])
        assert seen in (["m1", "a1", "b1", "m2", "m3"], ["m1", "m2", "a1", "b1", "m3"])


async def test_who_gives_up_waiting_holds_no_place() -> None:
    async with queue(1) as line:
        await line.come("first", "alice")
        await line.come("second", "bob")
        await line.come("third", "carol")
        await line.give_up("second")
        assert await line.go("first") == ["third"]


async def test_who_is_ended_gives_its_place_back() -> None:
    async with queue(1) as line:
        await line.come("first", "alice", is_long=True)
        await line.come("second", "alice", is_long=True)
        assert await line.give_up("first") == ["second"] or line.inside[-1] == "second"
