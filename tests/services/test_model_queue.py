"""Papers on their way to a model: in which order, how many calls, what a limit cuts off, and what becomes of that."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.analyst.chat import Chat
from bot.analyst.endpoint import Endpoint
from bot.analyst.llm import LlmAnalyst
from bot.analyst.scan import ScanAnalyst
from bot.core.call import Budget, Price
from bot.core.edition import EditionKey, Fate
from bot.core.feed import FeedState, Outcome
from bot.core.paper import Paper
from bot.core.present import card, full_analysis
from bot.core.scoring import rank
from bot.core.truth import edition_line
from bot.core.verdict import AnalystKind, Verdict
from bot.core.work import JobState, Queue
from bot.services.judge import Judge, NoCalls
from bot.services.poll import judging, judgings
from bot.services.publish import Publish
from bot.services.rank import Ranking
from bot.services.render import Renderer
from bot.services.scheduler import Bell, Crew
from bot.services.spend import analyst_line, day_cost
from bot.store.sql import SqlStore
from bot.text.tex import readable
from tests.fakes.openai_server import Asked, FakeOpenAi, good, says, status
from tests.fakes.worlds import DAY, batch, follow, lens, paper
from tests.services.talk import Hand

LEASE = timedelta(seconds=30)
EDITION = EditionKey("f", DAY)
TOUCHING = (
    "We study the cupboard.",
    "We deploy agents in the real-world.",
    "Chatbots replace workers: automated agents outperform human experts in the industry.",
    "A chatbot assists clinicians.",
)


class Line:
    """Poll, judge and publish over one store, with a fake model at the end."""

    def __init__(self, store: SqlStore, clock: Hand, server: FakeOpenAi) -> None:
        self.store, self.clock, self.server = store, clock, server
        self.lenses = {"plain": lens("plain"), "discontinuity": lens("discontinuity")}
        self.scan = ScanAnalyst(clock)
        self.endpoint = Endpoint(server.base_url, "fake/model", price=Price(1.0, 10.0), max_tokens=1000)
        self.chat = Chat()
        self.budget = Budget(10_000_000, 100.0)
        self.papers = [paper(n, abstract=f"{TOUCHING[n % 4]} This is number {n}.") for n in range(8)]

    def judge(self) -> Judge:
        analyst = LlmAnalyst([self.endpoint], self.budget, self.clock, self.chat)
        return Judge(self.store, analyst, self.lenses, self.store)

    async def announce(self) -> None:
        """A poll that found the papers, with a follow that reads them all."""
        reading = follow(lens="discontinuity", mode="top")
        await self.store.sync_follows([reading])
        jobs = await judgings(self.papers, "discontinuity", DAY, Ranking(self.scan, self.lenses))
        state = FeedState("cs.AI", day=DAY, outcome=Outcome.ANNOUNCED)
        await self.store.record_poll(state, batch(self.papers), jobs, ["f"])

    async def work(self, queue: Queue, limit: int = 100) -> int:
        """Do what is due, one by one."""
        step = self.judge() if queue is Queue.JUDGE else Publish(self.store, {}, self.clock, 10)
        done = 0
        self.clock.forward(seconds=1)
        while done < limit and (jobs := await self.store.claim(queue, 1, LEASE)):
            await step(jobs[0])
            done += 1
        return done

    def asked(self) -> list[str]:
        """The titles that the model was asked about."""
        return [one.paper.partition("\n")[0].removeprefix("Title: ") for one in self.server.firsts]

    async def ranked(self, papers: list[Paper]) -> list[str]:
        verdicts = [await self.scan.judge(one, self.lenses["discontinuity"], NoCalls()) for one in papers]
        titles = {one.id: one.title for one in papers}
        return [titles[one.paper] for one in rank(one for one in verdicts if isinstance(one, Verdict))]


async def is_judged(line: Line, count: int) -> bool:
    return (await line.store.count_jobs()).get((Queue.JUDGE, JobState.DONE), 0) >= count


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    while not await holds():  # noqa: ASYNC110 - other processes give no sign
        await asyncio.sleep(0.02)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    clock = Hand()
    store = SqlStore(str(tmp_path / "store.db"), skew=clock.skew)
    await store.open()
    async with FakeOpenAi() as server:
        line = Line(store, clock, server)
        yield line
        await line.chat.close()
    await store.close()


async def test_papers_go_to_the_model_in_the_order_of_the_scans_ranking(line: Line) -> None:
    await line.announce()
    await line.work(Queue.JUDGE)
    ranked = await line.ranked(line.papers)
    assert sorted(line.asked()) == sorted(ranked)
    touches = {one.title: at % 4 for at, one in enumerate(line.papers)}
    assert [touches[title] for title in line.asked()] == [touches[title] for title in ranked]
    assert touches[line.asked()[0]] == 2


async def test_a_limit_cuts_off_the_least_revealing_which_end_as_unread_with_the_reason(line: Line) -> None:
    line.budget = Budget(10_000_000, 0.05)
    await line.announce()
    await line.work(Queue.JUDGE)
    read = line.asked()
    assert 0 < len(read) < 8
    assert set(read) <= set((await line.ranked(line.papers))[: len(read) + 1])
    assert (await line.store.spending()).usd <= 0.05
    assert await line.work(Queue.EDITION) == 1
    closed = await line.store.edition(EDITION)
    assert closed is not None, "what waits for the next day's budget is not waited for"
    assert closed.fates[Fate.UNREAD] == 8 - len(read)
    assert sum(closed.fates.values()) == 8
    assert f"{8 - len(read)} unread (the day's model budget of 0.05 USD is used up" in edition_line(closed)
    told = await analyst_line(["fake/model"], [line.endpoint.key], line.budget, line.store)
    assert "of 0.05 USD" in told


async def test_an_edition_waits_for_a_budget_that_comes_before_it_must_close(line: Line) -> None:
    line.clock.put("2026-06-02 22:30")
    line.budget = Budget(10_000_000, 0.05)
    await line.announce()
    await line.work(Queue.JUDGE)
    await line.work(Queue.EDITION)
    assert await line.store.edition(EDITION) is None
    line.clock.put("2026-06-03 00:01")
    line.budget = Budget(10_000_000, 5.0)
    await line.work(Queue.JUDGE)
    await line.work(Queue.EDITION)
    closed = await line.store.edition(EDITION)
    assert closed is not None
    assert Fate.UNREAD not in closed.fates


async def test_what_a_closed_day_left_unread_costs_nothing_the_next_day_unless_somebody_asks(line: Line) -> None:
    line.budget = Budget(10_000_000, 0.05)
    await line.announce()
    await line.work(Queue.JUDGE)
    await line.work(Queue.EDITION)
    left = [job.payload["paper"] for job in await line.store.list_jobs((JobState.OPEN,), Queue.JUDGE)]
    before = len(line.server.asked)
    line.clock.forward(days=1)
    wanted = next(one for one in line.papers if str(one.id) == left[-1])
    await line.store.hurry(Queue.JUDGE, judging(wanted, "discontinuity").key, -1.0)
    await line.work(Queue.JUDGE)
    assert len(line.server.asked) == before + 1
    assert line.asked()[-1] == wanted.title
    assert await line.store.list_jobs((JobState.OPEN,), Queue.JUDGE) == []
    forgotten = next(one for one in line.papers if str(one.id) == left[0])
    assert await line.store.add_jobs([judging(forgotten, "discontinuity")]) == 1, "it may still be asked for"


async def test_the_same_paper_asked_for_by_ten_at_once_is_one_call(line: Line, tmp_path: Path) -> None:
    line.server.delay = 0.05
    one = line.papers[2]
    others = [SqlStore(str(tmp_path / "store.db"), skew=line.clock.skew) for _ in range(2)]
    for store in others:
        await store.open()
    await line.store.put_papers([one])
    stores = [line.store, *others]
    await asyncio.gather(*(stores[n % 3].add_jobs([judging(one, "plain", -1.0)]) for n in range(10)))
    line.clock.forward(seconds=1)
    stop = asyncio.Event()
    analyst = LlmAnalyst([line.endpoint], line.budget, line.clock, line.chat)
    crews = [
        Crew(store, Queue.JUDGE, Judge(store, analyst, line.lenses, store), hands=16, lease=LEASE, bell=Bell())
        for store in stores
    ]
    working = [asyncio.create_task(crew.run(stop)) for crew in crews]
    async with asyncio.timeout(60):
        await until(lambda: is_judged(line, 1))
    stop.set()
    await asyncio.gather(*working)
    assert len(line.server.asked) == 1
    for store in others:
        await store.close()


async def test_sixteen_are_judged_at_once(line: Line) -> None:
    full = asyncio.Event()

    async def together(asked: Asked, request: web.Request) -> web.StreamResponse:
        """Nobody is answered before sixteen are there."""
        if line.server.at_once >= 16:
            full.set()
        await full.wait()
        return await good(asked, request)

    line.server.always = together
    line.papers = [paper(n, abstract=f"{TOUCHING[n % 4]} This is number {n}.") for n in range(20)]
    await line.announce()
    line.clock.forward(seconds=1)
    stop = asyncio.Event()
    crew = Crew(line.store, Queue.JUDGE, line.judge(), hands=16, lease=LEASE, bell=Bell())
    working = asyncio.create_task(crew.run(stop))
    async with asyncio.timeout(60):
        await until(lambda: is_judged(line, 20))
    stop.set()
    await working
    assert line.server.most_at_once == 16


async def test_a_scan_does_not_take_the_place_of_a_models_verdict(line: Line) -> None:
    await line.announce()
    await line.work(Queue.JUDGE)
    changed = paper(2, abstract="Another text altogether. It is new.", version=2)
    await line.store.put_papers([changed])
    await line.store.add_jobs([judging(changed, "discontinuity")])
    line.clock.forward(seconds=1)
    (job,) = await line.store.claim(Queue.JUDGE, 1, LEASE)
    await Judge(line.store, line.scan, line.lenses, NoCalls())(job)
    kept = await line.store.verdict(changed.id, "discontinuity")
    assert kept is not None
    assert kept.provenance.analyst is AnalystKind.MODEL
    assert kept.paper_hash != changed.text_hash


async def test_a_stopped_model_is_told_in_status_and_its_papers_wait(line: Line) -> None:
    line.server.always = status(402)
    await line.announce()
    await line.work(Queue.JUDGE)
    assert len(line.server.asked) == 1
    assert await line.store.verdict(line.papers[0].id, "discontinuity") is None
    (reason,) = await line.store.reasons(Queue.JUDGE, 3)
    assert reason.startswith("the model is stopped: 127.0.0.1 wants to be paid (402)")
    told = await analyst_line(["fake/model"], [line.endpoint.key], line.budget, line.store)
    assert "STOPPED: 127.0.0.1 wants to be paid" in told


async def test_what_a_day_would_cost_is_told_from_the_calls_so_far_or_assumed(line: Line) -> None:
    price = Price(1.0, 10.0)
    assumed = await day_cost(line.store, "fake/model", price)
    assert (assumed.verdicts, assumed.is_measured) == (331, False)
    await line.announce()
    await line.work(Queue.JUDGE, limit=3)
    measured = await day_cost(line.store, "fake/model", price)
    assert (measured.verdicts, measured.usage.tokens_in, measured.is_measured) == (8, 2600, True)
    assert measured.usd == pytest.approx(8 * (2600 + 7000) / 1e6)
    assert "about 0.08 USD" in measured.words(Budget(10**9, 0.05))
    assert "room for about 5" in measured.words(Budget(10**9, 0.05))
    assert "room for all" in measured.words(Budget(10**9, 1.0))


# what people read


async def shown(line: Line, of: Paper) -> tuple[str, str]:
    verdict = await line.store.verdict(of.id, "discontinuity")
    assert verdict is not None
    sheet = await Renderer(line.store, line.lenses, readable).sheet(of, verdict)
    return card(sheet).text, full_analysis(sheet).text


async def test_a_card_says_that_there_is_too_little_text_and_brands_nothing(line: Line) -> None:
    line.papers = [paper(1, abstract="A talk.")]
    line.server.always = says('{"too_little": "The abstract announces a talk and says nothing of it."}')
    await line.announce()
    await line.work(Queue.JUDGE)
    short, long = await shown(line, line.papers[0])
    assert short.startswith("Not enough text to say.")
    assert "announces a talk" in short
    assert "Core fallacy" not in short
    assert "fake/model" in short
    assert "announces a talk" in long
    assert "Hidden Assumptions" not in long


async def test_a_dropped_fallacy_is_not_shown_as_none(line: Line) -> None:
    from tests.fakes.openai_server import replies

    line.papers = line.papers[:1]
    line.server.always = replies(core_fallacy={"assumed": "It is late.", "instead": "It was read.", "cites": [70]})
    await line.announce()
    await line.work(Queue.JUDGE)
    short, long = await shown(line, line.papers[0])
    assert "One was named, and dropped: no sentence carries it." in short
    assert "1 claim dropped for want of evidence" in long
