"""A store on disk for every test, and the services wired to a console."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.core.commands.event import Actor
from bot.core.jobs.job import Queue
from bot.platforms.console import ConsoleFaults, ConsolePlatform
from bot.ports.platform import Platform
from bot.ports.store import Analyst
from bot.services.judging.judge import Judge, NoCalls
from bot.services.publishing.deliver import Deliver
from bot.services.publishing.publish import Publish
from bot.services.publishing.render import Renderer
from bot.services.runtime.scheduler import Step
from bot.store.sql import SqlStore
from bot.text.tex import readable
from tests.fakes.worlds import Reader, SetClock, lens

LEASE = timedelta(seconds=30)


async def for_nobody(event: str, asker: Actor) -> str:
    """Nobody asked for anything."""
    return "Nobody asked"


class World:
    """The services over one store, worked by hand: `await world.drain(queue)`."""

    def __init__(self, store: SqlStore, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self.clock = SetClock()
        self.journal = folder / "posts.jsonl"
        self.analyst = Reader(ScanAnalyst(self.clock))
        self.skew = timedelta(0)
        self.use(ConsolePlatform(self.journal, paint=None, faults=None, clock=self.clock))

    def use(self, platform: Platform, *, scan: bool = False) -> None:
        """Wire the steps to that platform; with the scan alone, or with an analyst that has opinions."""
        self.platform = platform
        lenses = {key: lens(key) for key in ("plain", "discontinuity", "reproducibility")}
        platforms = {platform.name: platform}
        analyst: Analyst = ScanAnalyst(self.clock) if scan else self.analyst
        self.steps: dict[Queue, Step] = {
            Queue.JUDGE: Judge(self.store, analyst, lenses, NoCalls()),
            Queue.EDITION: Publish(self.store, platforms, self.clock, messages_a_day=10, lenses={}),
            Queue.DELIVER: Deliver(
                self.store, platforms, Renderer(self.store, lenses, readable), LEASE, self.clock, for_nobody
            ),
        }

    def fail(self, **shares: float) -> None:
        """Have the console fail from now on."""
        faults = ConsoleFaults(**shares)  # type: ignore[arg-type]
        self.use(ConsolePlatform(self.journal, paint=None, faults=faults, clock=self.clock))

    async def drain(self, *queues: Queue, forward: timedelta = timedelta(0)) -> int:
        """Work until nothing of these queues is due; how many steps that took."""
        self.skew += forward
        steps = 0
        for queue in queues or (Queue.JUDGE, Queue.EDITION, Queue.DELIVER):
            while jobs := await self.store.claim(queue, 5, LEASE):
                for job in jobs:
                    await self.steps[queue](job)
                    steps += 1
        return steps


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    held: list[World] = []
    skew: Callable[[], timedelta] = lambda: held[0].skew if held else timedelta(0)  # noqa: E731
    store = SqlStore(str(tmp_path / "store.db"), skew=skew)
    await store.open()
    held.append(World(store, tmp_path))
    yield held[0]
    await store.close()
