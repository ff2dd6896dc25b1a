"""Platforms are heard side by side: their state is told, one that fails comes again, one that hangs delays no other."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.core.commands.event import Actor, CommandEvent
from bot.core.commands.options import Option, OptionKind
from bot.core.jobs.job import Job, KeyFilter, NewJob, Queue
from bot.core.posts.connection import Connection, LinkState, SeenConnection
from bot.core.posts.post import Place, PostKey, PostKind
from bot.core.present.connection import connection_words, telling
from bot.ports.platform import Inbox
from bot.services.runtime.inbox import StoredInbox
from bot.services.runtime.listen import PROCESS, Listening
from bot.services.runtime.scheduler import JobRunner, JobSignal
from bot.store.sql import SqlStore
from tests.fakes.worlds import lens
from tests.services.talk import PLACE, Stage, Talk, talking


class Moody(Stage):
    """A platform whose connection is what the test says."""

    name = "moody"

    def __init__(self) -> None:
        super().__init__()
        self.now = Connection(self.name, LinkState.STARTING)
        self.fails = False
        self.runs = 0

    @property
    def connection(self) -> Connection:
        return self.now

    async def run(self, inbox: Inbox) -> None:
        self.runs += 1
        if self.fails:
            raise RuntimeError("a gateway payload that nobody expected")
        await asyncio.Event().wait()


async def until(store: SqlStore, state: LinkState) -> None:
    for _ in range(400):
        if [one.connection.state for one in await store.connections()] == [state]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the connection never became {state}")


async def test_each_change_of_a_connection_is_a_row_that_others_read(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        platform, stop = Moody(), asyncio.Event()
        listening = asyncio.create_task(Listening(talk.store, platform, talk.inbox).run(stop))
        await until(talk.store, LinkState.STARTING)
        platform.now = Connection(platform.name, LinkState.TOKEN_REFUSED, "401", "Make a new token.")
        await until(talk.store, LinkState.TOKEN_REFUSED)
        (seen,) = await talk.store.connections()
        assert seen.worker == f"{PROCESS}:{await talk.store.worker_name()}"
        words = connection_words(seen, seen.seen_at)
        assert words.startswith("moody: token refused since")
        assert words.endswith("401. Make a new token.")
        assert "no process is running" in connection_words(seen, seen.seen_at + timedelta(minutes=5))
        stop.set()
        await listening
        await until(talk.store, LinkState.STOPPED)


def test_status_names_the_processes_at_work_and_else_the_last_one() -> None:
    now = datetime(2026, 6, 2, 12, tzinfo=UTC)

    def seen(worker: str, state: LinkState, minutes: int) -> SeenConnection:
        at = now - timedelta(minutes=minutes)
        return SeenConnection(Connection("moody", state), worker, at, at)

    old, new = seen("old", LinkState.STOPPED, 9), seen("new", LinkState.STOPPED, 1)
    killed, one, two = (seen(name, LinkState.CONNECTED, at) for name, at in (("killed", 5), ("one", 0), ("two", 1)))
    assert telling([old, new, killed], now) == [new]
    assert telling([killed, old], now) == [killed]
    assert telling([old, new, killed, one, two], now) == [one, two]


async def test_an_exception_of_a_platform_is_told_and_goes_to_who_supervises(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        platform = Moody()
        platform.fails = True
        try:
            await Listening(talk.store, platform, talk.inbox).run(asyncio.Event())
        except RuntimeError:
            (seen,) = await talk.store.connections()
            assert (seen.connection.state, seen.connection.detail) == (LinkState.RECONNECTING, "RuntimeError")
        else:
            raise AssertionError("the failure was swallowed")


def delivery(platform: str) -> NewJob:
    place = Place(platform, "main")
    return NewJob(Queue.DELIVER, str(PostKey(place, PostKind.CARD, "2606.00001", "plain")), lane=str(place))


async def test_each_platform_works_on_its_own_portion_and_the_rest_is_somebodys_too(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        await talk.store.add_jobs([delivery("a"), delivery("b"), delivery("gone")])
        edit = NewJob(Queue.DELIVER, f"edit|{delivery('a').key}|x", {})
        await talk.store.add_jobs([edit])
        talk.clock.forward(seconds=1)  # the database tells the moment of adding and that of claiming apart
        lease = timedelta(seconds=30)
        ours = await talk.store.claim(Queue.DELIVER, 9, lease, KeyFilter.of(["a"]))
        assert {job.key for job in ours} == {delivery("a").key, edit.key}
        rest = await talk.store.claim(Queue.DELIVER, 9, lease, KeyFilter.of(["a", "b"], is_rest=True))
        assert {job.key for job in rest} == {delivery("gone").key}


async def test_a_platform_that_hangs_does_not_hold_up_another(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        sent = asyncio.Event()

        async def step(job: Job) -> None:
            if job.key.startswith("a:"):
                await asyncio.Event().wait()
            await talk.store.end(job)
            sent.set()

        bell, stop = JobSignal(), asyncio.Event()
        lease = timedelta(seconds=30)
        crews = [
            JobRunner(
                talk.store, Queue.DELIVER, step, hands=1, lease=lease, bell=bell,
                portion=KeyFilter.of([name]), platform=name,
            )
            for name in ("a", "b")
        ]  # fmt: skip
        working = [asyncio.create_task(crew.run(stop)) for crew in crews]
        await talk.store.add_jobs([delivery("a"), delivery("b")])
        async with asyncio.timeout(20):
            await sent.wait()
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def test_suggestions_are_of_the_place_and_of_no_other(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        await shared(talk, 1)
        await talk.announce(2)
        await talk.say("follow add cs.AI lens=plain")
        inbox = StoredInbox(
            talk.store,
            JobSignal(),
            {key: lens(key) for key in ("plain", "discontinuity")},
            SystemClock(),
            has_model=True,
        )
        here, there = (Actor("stage:ann", place, "stage") for place in (PLACE, Place("stage", "far away")))
        paper = Option("paper", OptionKind.PAPER, "")
        name = Option("name", OptionKind.NAME, "")
        assert [value for _, value in await inbox.suggest(here, paper, "")] == ["2606.00001"]
        for begun in ("2606.0", "26", "invent", "syst INV", "outper"):
            assert [value for _, value in await inbox.suggest(here, paper, begun)] == ["2606.00001"], begun
        for other in ("2607", "vented", "octop"):
            assert await inbox.suggest(here, paper, other) == []
        assert [value for _, value in await inbox.suggest(here, paper, "2606.00001")] == ["2606.00001"]
        assert await inbox.suggest(there, paper, "") == []
        assert [value for _, value in await inbox.suggest(here, name, "cs")] == ["cs.AI"]
        assert await inbox.suggest(there, name, "cs") == []
        thread = Place("stage", "thread")
        inside = replace(here, within=thread)
        assert [value for _, value in await inbox.suggest(inside, name, "")] == ["cs.AI"]
        await talk.say("follow add cs.CY lens=plain", place=thread)
        assert [value for _, value in await inbox.suggest(inside, name, "")] == ["cs.CY"]
        categories = Option("categories", OptionKind.CATEGORIES, "")
        assert [value for _, value in await inbox.suggest(there, categories, "cs.c")][:2] == ["cs.CC", "cs.CE"]
        assert [value for _, value in await inbox.suggest(there, categories, "cs.AI, econ.g")] == ["cs.AI econ.GN"]
        zones = await inbox.suggest(there, Option("zone", OptionKind.ZONE, ""), "new y")
        assert ("America/New_York", "America/New_York") in zones
        classes = await inbox.suggest(there, Option("class", OptionKind.NAME, ""), "lull")
        assert [value for _, value in classes] == ["lullaby"]
        shown = await inbox.suggest(there, Option("lens", OptionKind.LENS, ""), "pl")
        assert [value for _, value in shown] == ["plain"]
        assert all(len(words) <= 100 for words, _ in shown)


async def shared(talk: Talk, number: int) -> None:
    await talk.know(number)
    await talk.say(f"share 2606.{number:05} discontinuity")


async def test_a_guild_that_is_left_takes_all_its_places_with_it(tmp_path: Path) -> None:
    async with talking(tmp_path) as talk:
        await shared(talk, 1)
        await talk.announce(2)
        await talk.say("follow add cs.AI lens=plain", place=Place("stage", "second"))
        assert await talk.store.communities("sta") == []
        await talk.inbox.leave_community("stage", [PLACE])
        assert await talk.store.follows() == []
        assert not await talk.store.is_known(PLACE)
        await talk.inbox.take(CommandEvent("e", Actor("stage:ann", PLACE, "stage"), "help"))
        assert await talk.store.count_waiting(Queue.ANSWER, None) == 1, "and it can be used again"
