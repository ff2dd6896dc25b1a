"""What people send waits in turn: a flood is stored with few commits, bounded a person, and jumps over nobody."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.core.commands.event import Actor, CommandEvent
from bot.core.jobs.job import Incoming, Intake, Job, NewJob, Queue
from bot.core.posts.post import Place
from bot.services.runtime.inbox import WAITING_A_PERSON_MOST, EventIntake, StoredInbox
from bot.services.runtime.scheduler import JobRunner, JobSignal
from tests.fakes.discord_bot import until
from tests.services.conftest import World
from tests.services.talk import talking

LEASE = timedelta(seconds=60)


def asked(id_: str, person: str, community: str = "greedy") -> CommandEvent:
    return CommandEvent(id_, Actor(f"stage:{person}", Place("stage", community), f"stage:{community}"), "help")


@dataclass
class Gated:
    """A step that notes whom it answers, and waits for the word to end."""

    world: World
    done: list[str] = field(default_factory=list)
    may_end: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    begun: list[str] = field(default_factory=list)

    async def __call__(self, job: Job) -> None:
        self.begun.append(job.key)
        await self.may_end.acquire()
        await self.world.store.end(job)
        self.done.append(job.key)


async def test_who_comes_while_others_wait_takes_no_free_hand_before_their_turn(world: World) -> None:
    bell, step, stop = JobSignal(), Gated(world), asyncio.Event()
    crew = JobRunner(world.store, Queue.ANSWER, step, hands=1, lease=LEASE, bell=bell, platform="stage")
    inbox = StoredInbox(world.store, bell, {}, SystemClock(), has_model=True)
    working = asyncio.create_task(crew.run(stop))
    async with asyncio.timeout(60):
        await until(lambda: bell.crew(Queue.ANSWER, "stage") is not None)
        await inbox.take(asked("e0", "eve0"))
        for number in range(1, 4):
            await inbox.take(asked(f"e{number}", f"eve{number}"))
        await inbox.take(asked("neighbour", "ann", "modest"))
        step.may_end.release()
        while len(step.begun) < 2:
            await asyncio.gather(inbox.take(asked(f"late {len(step.begun)}", "mallory")), asyncio.sleep(0.01))
        assert step.begun[1] == "stage|neighbour", "the other community's turn, though others came first and later"
        step.may_end = asyncio.Semaphore(99)
        for _ in range(99):
            step.may_end.release()
        stop.set()
        await working


async def test_as_many_at_once_as_there_are_hands_take_no_more_than_those(world: World) -> None:
    bell, step, stop = JobSignal(), Gated(world), asyncio.Event()
    crew = JobRunner(world.store, Queue.ANSWER, step, hands=2, lease=LEASE, bell=bell, platform="stage")
    inbox = StoredInbox(world.store, bell, {}, SystemClock(), has_model=True)
    working = asyncio.create_task(crew.run(stop))
    async with asyncio.timeout(60):
        await until(lambda: bell.crew(Queue.ANSWER, "stage") is not None)
        await asyncio.gather(*(inbox.take(asked(f"e{number}", f"eve{number}")) for number in range(40)))
        await until(lambda: len(step.begun) >= 2)
        for _ in range(10):
            bell.ring(Queue.ANSWER)
            await asyncio.sleep(0.03)
        assert len(step.begun) <= 3, "one may have been on its way while a claim was"
        stop.set()
        for _ in range(40):
            step.may_end.release()
        await working


class Counting:
    """A store whose first commit waits; it notes how many events went into each."""

    def __init__(self, world: World) -> None:
        self.world, self.go, self.sizes = world, asyncio.Event(), list[int]()
        self.urgently = world.store.urgently

    async def take_in(self, incoming: Sequence[Incoming], most: int) -> Sequence[Intake]:
        self.sizes.append(len(incoming))
        await self.go.wait()
        if len(self.sizes) == 2:
            raise OSError("the disk is full")
        return await self.world.store.take_in(incoming, most)


async def test_all_that_wait_are_stored_with_one_commit_and_a_failed_one_is_tried_for_each(world: World) -> None:
    store = Counting(world)
    intake = EventIntake(store)  # type: ignore[arg-type]
    inbox_jobs = [asked(f"e{number}", f"eve{number}") for number in range(4)]

    async def take(one: CommandEvent) -> Intake:
        return await intake.take_in(NewJob(Queue.ANSWER, one.key, one.payload(), lane=one.lane), one)

    taking = [asyncio.create_task(take(one)) for one in inbox_jobs]
    await asyncio.sleep(0)
    store.go.set()
    found = await asyncio.wait_for(asyncio.gather(*taking, return_exceptions=True), 60)
    assert store.sizes in ([1, 3, 1, 1], [4])
    failed = [one for one in found if isinstance(one, OSError)]
    assert len(failed) == (1 if len(store.sizes) > 1 else 0)
    assert [one for one in found if not isinstance(one, OSError)] == [Intake.NEW] * (4 - len(failed))


async def test_who_has_twenty_things_waiting_is_told_once_and_nobody_else_is(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        flood = [talk.asked("help", who="eve") for _ in range(WAITING_A_PERSON_MOST + 15)]
        for one in flood:
            assert await talk.inbox.take(one)
        remark = talk.remark("help", who="eve", private=True)
        assert await talk.inbox.hear(remark)
        neighbour = talk.asked("help", who="ann")
        assert await talk.inbox.take(neighbour)
        await talk.work()
        told = [talk.heard(one) for one in flood]
        assert all(posts for posts in told[: WAITING_A_PERSON_MOST + 1])
        assert told[WAITING_A_PERSON_MOST][0].text.startswith("20 of your commands still wait here")
        assert not any(told[WAITING_A_PERSON_MOST + 1 :])
        assert not talk.heard_all(remark.id) if hasattr(talk, "heard_all") else True
        assert talk.heard(neighbour)
        assert not await talk.inbox.take(flood[-1]), "a second delivery is known"
        assert await talk.inbox.take(talk.asked("help", who="eve")), "and the next is taken again"
