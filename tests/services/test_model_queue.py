"""Papers on their way to a model: in which order, how many calls, what a limit cuts off, and what becomes of that."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.analyst.endpoints.chat import Chat
from bot.analyst.endpoints.endpoint import Endpoint
from bot.analyst.verdicts.llm import LlmAnalyst
from bot.analyst.verdicts.scan import ScanAnalyst
from bot.clock import SystemClock
from bot.core.follows.edition import Disposition, EditionKey
from bot.core.jobs.job import JobState, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.papers.feed import FeedState, Outcome
from bot.core.papers.paper import Paper
from bot.core.present.analysis import full_analysis
from bot.core.present.card import card
from bot.core.present.status_lines import edition_line
from bot.core.verdicts.call import Budget, Price
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import rank
from bot.core.verdicts.verdict import AnalystKind, Verdict, Wait
from bot.platforms.console import ConsolePlatform
from bot.services.ingest.poll import judging, judgings
from bot.services.judging.judge import Judge, NoCalls
from bot.services.judging.rank import Ranking
from bot.services.judging.spend import analyst_line, day_cost
from bot.services.publishing.deliver import Deliver
from bot.services.publishing.publish import Publish
from bot.services.publishing.render import Renderer
from bot.services.runtime.scheduler import JobRunner, JobSignal
from bot.store.sql import SqlStore
from bot.text.tex import readable
from tests.fakes.openai_server import Answer, Asked, FakeOpenAi, drops, good, replies, says, status
from tests.fakes.worlds import DAY, batch, follow, lens, paper
from tests.services.conftest import for_nobody
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
        self.chat = Chat(SystemClock())
        self.budget = Budget(10_000_000, 100.0)
        self.papers = [paper(n, abstract=f"{TOUCHING[n % 4]} This is number {n}.") for n in range(8)]

    def judge(self) -> Judge:
        analyst = LlmAnalyst([self.endpoint], self.budget, self.clock, self.chat)
        return Judge(self.store, analyst, self.lenses, self.store)

    async def announce(self) -> None:
        """A poll that found the papers, with a follow that reads them all."""
        reading = follow(lens="discontinuity", mode="top")
        await self.store.sync_follows([reading])
        ranking = Ranking(self.scan, self.lenses)
        jobs = await judgings(self.store, dict.fromkeys(self.papers, ()), "discontinuity", DAY, ranking)
        state = FeedState("cs.AI", day=DAY, outcome=Outcome.ANNOUNCED)
        await self.store.record_poll(state, batch(self.papers), jobs, ["f"])

    async def work(self, queue: Queue, limit: int = 100) -> int:
        """Do what is due, one by one."""
        step = self.judge() if queue is Queue.JUDGE else Publish(self.store, {}, self.clock, 10, {})
        done = 0
        self.clock.forward(seconds=1)
        while done < limit and (jobs := await self.store.claim(queue, 1, LEASE)):
            await step(jobs[0])
            done += 1
        return done

    async def close(self) -> None:
        """Close the edition if it may, with the analyses that it asks for done with (nobody here writes any)."""
        for queue in (Queue.EDITION, Queue.JUDGE, Queue.EDITION):
            await self.work(queue)

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


async def test_a_day_that_is_told_again_is_ranked_without_reading_what_has_a_job_or_a_verdict(line: Line) -> None:
    read: list[Paper] = []

    class Counted(ScanAnalyst):
        async def judge_many(self, papers: Sequence[Paper], lens: Lens) -> Sequence[Verdict | Wait]:
            read.extend(papers)
            return await super().judge_many(papers, lens)

    line.scan = Counted(line.clock)
    await line.announce()
    assert read == line.papers
    read.clear()
    await line.announce()
    await line.work(Queue.JUDGE)
    line.clock.forward(days=8)
    await line.store.prune(timedelta(days=7), timedelta(days=7))
    await line.announce()
    assert read == [], "its job waits, then its verdict stands and the job is forgotten"
    line.papers = [replace(line.papers[0], title="Another Title"), *line.papers[1:]]
    await line.announce()
    assert read == line.papers[:1]


async def test_a_limit_cuts_off_the_least_revealing_which_end_as_unread_with_the_reason(line: Line) -> None:
    line.budget = Budget(10_000_000, 0.05)
    await line.announce()
    await line.work(Queue.JUDGE)
    read = line.asked()
    assert 0 < len(read) < 8
    assert set(read) <= set((await line.ranked(line.papers))[: len(read) + 1])
    assert (await line.store.spending()).usd <= 0.05
    await line.close()
    closed = await line.store.edition(EDITION)
    assert closed is not None, "what waits for the next day's budget is not waited for"
    assert closed.fates[Disposition.UNREAD] == 8 - len(read)
    assert sum(closed.fates.values()) == 8
    assert f"{8 - len(read)} unread (the day's model budget of 0.05 USD is used up" in edition_line(closed)
    told = await analyst_line(["fake/model"], [line.endpoint.key], line.budget, line.store)
    assert "of 0.05 USD" in told


async def test_an_edition_waits_for_a_budget_that_comes_before_it_must_close(line: Line) -> None:
    line.clock.put("2026-06-02 22:30")
    line.budget = Budget(10_000_000, 0.05)
    await line.announce()
    await line.work(Queue.JUDGE)
    await line.close()
    assert await line.store.edition(EDITION) is None
    line.clock.put("2026-06-03 00:01")
    line.budget = Budget(10_000_000, 5.0)
    await line.work(Queue.JUDGE)
    await line.close()
    closed = await line.store.edition(EDITION)
    assert closed is not None
    assert Disposition.UNREAD not in closed.fates


async def test_papers_that_fail_at_the_model_hold_no_edition_stand_by_title_and_get_their_verdict_later(
    line: Line, tmp_path: Path
) -> None:
    failing = {one.title for one in line.papers[:2]}
    line.server.by_title = dict.fromkeys(failing, says("I would rather not."))
    await line.announce()
    await line.work(Queue.JUDGE)
    await line.close()
    closed = await line.store.edition(EDITION)
    assert closed is not None, "it does not wait for hours for what fails again and again"
    assert (closed.fates[Disposition.UNREAD], sum(closed.fates.values())) == (2, 8)
    posted = poster(line, tmp_path / "posts.jsonl")
    first = await posted()
    assert first.count("unread (model)") == 2 + 2, "each by its title, and the figures of the opening"
    assert all(title in first for title in failing)
    line.server.by_title = {}
    line.clock.forward(hours=5)
    assert await line.work(Queue.JUDGE) == 2
    edited = (await posted()).removeprefix(first).splitlines()
    assert "unread" not in edited[-1]
    now = await line.store.edition(EDITION)
    assert now is not None
    assert Disposition.UNREAD not in now.fates, "the figures say what stands"


@pytest.mark.parametrize("fault", [status(500), status(400), drops], ids=["500", "400", "drops"])
async def test_papers_over_which_the_model_breaks_off_each_time_hold_no_edition(line: Line, fault: Answer) -> None:
    """Its address is left alone for a while after each; that is no reason to take the model for away."""
    line.server.by_title = {one.title: fault for one in line.papers[:2]}
    await line.announce()
    began_at = line.clock.now()
    while (closed := await line.store.edition(EDITION)) is None and line.clock.now() - began_at < timedelta(minutes=30):
        await line.work(Queue.JUDGE)
        await line.work(Queue.EDITION)
        line.clock.forward(seconds=5)
    assert closed is not None, "it does not wait for hours for what fails again and again"
    assert (closed.fates[Disposition.UNREAD], sum(closed.fates.values())) == (2, 8)


async def test_an_edition_waits_for_a_model_that_is_away(line: Line) -> None:
    line.server.by_title = {one.title: status(500) for one in line.papers}
    await line.announce()
    for _ in range(60):
        await line.work(Queue.JUDGE)
        await line.work(Queue.EDITION)
        line.clock.forward(seconds=20)
    assert await line.store.edition(EDITION) is None
    line.server.by_title = {}
    line.clock.forward(minutes=11)
    await line.work(Queue.JUDGE)
    await line.work(Queue.JUDGE)
    await line.close()
    closed = await line.store.edition(EDITION)
    assert closed is not None
    assert Disposition.UNREAD not in closed.fates


def poster(line: Line, file: Path) -> Callable[[], Awaitable[str]]:
    """Sends and edits what is due in a terminal that keeps its posts in that file; answers all of it."""
    platform = ConsolePlatform(file, paint=None, faults=None, clock=line.clock)
    renderer = Renderer(line.store, line.lenses, readable, has_model=True)
    deliver = Deliver(line.store, {"console": platform}, renderer, LEASE, line.clock, for_nobody)

    async def posted() -> str:
        line.clock.forward(seconds=1)
        while jobs := await line.store.claim(Queue.DELIVER, 1, LEASE):
            await deliver(jobs[0])
            line.clock.forward(seconds=1)
        return await asyncio.to_thread(file.read_text, encoding="utf-8")

    return posted


async def test_what_the_budget_left_unread_is_judged_the_next_day_within_half_of_it_and_edited_in(
    line: Line, tmp_path: Path
) -> None:
    line.budget = Budget(10_000_000, 0.05)
    posted = poster(line, tmp_path / "posts.jsonl")
    await line.announce()
    await line.work(Queue.JUDGE)
    await line.close()
    read = len(line.asked())
    first = await posted()
    assert first.count("unread (budget)") == 8 - read + 2, "each by its title, and the figures of the opening"
    line.clock.forward(days=1)
    await line.work(Queue.JUDGE)
    assert 0 < len(line.asked()) - read <= read / 2, "half of the day is kept for the day's own papers"
    assert (await line.store.spending()).usd <= 0.025
    line.budget = Budget(10_000_000, 10.0)
    line.clock.forward(days=1)
    await line.work(Queue.JUDGE)
    edited = (await posted()).removeprefix(first).splitlines()
    assert edited
    assert "unread" not in edited[-1]
    closed = await line.store.edition(EDITION)
    assert closed is not None
    assert Disposition.UNREAD not in closed.fates


@pytest.mark.parametrize("usd", [10.0, 0.05])
async def test_the_days_line_is_of_all_papers_of_the_day_and_says_none_only_where_all_were_read(
    line: Line, tmp_path: Path, usd: float
) -> None:
    absent = {item.key: "absent" for item in line.lenses["discontinuity"].checklist}
    named = {**absent, "pays": {"label": "addressed", "cites": [1]}}
    line.server.always = replies(checklist=absent, telling=[])
    line.server.by_title = {line.papers[3].title: replies(checklist=named, telling=[])}
    line.budget = Budget(10_000_000, usd)
    posted = poster(line, tmp_path / "posts.jsonl")
    await line.announce()
    await line.work(Queue.JUDGE)
    await line.close()
    opening = json.loads((await posted()).splitlines()[0])
    said = "".join(span["text"] for one in opening["lines"] for span in one["spans"])
    assert f"Names who pays: one paper, “{line.papers[3].title}”" in said
    assert ("Names who gains: no paper." in said) == (usd > 1)


async def test_a_day_of_which_nothing_could_be_read_stands_with_its_titles(line: Line, tmp_path: Path) -> None:
    line.budget = Budget(10_000_000, 0.0)
    posted = poster(line, tmp_path / "posts.jsonl")
    await line.announce()
    await line.work(Queue.JUDGE)
    await line.close()
    stands = await posted()
    assert line.asked() == []
    assert all(one.title in stands for one in line.papers)
    assert "8 announced · 8 unread (budget)" in stands
    assert "rule-based scan" not in stands


async def test_what_is_read_before_its_days_list_could_be_sent_stands_there_with_its_verdict(
    line: Line, tmp_path: Path
) -> None:
    line.server.by_title = dict.fromkeys({one.title for one in line.papers[:2]}, says("I would rather not."))
    await line.announce()
    await line.work(Queue.JUDGE)
    await line.close()
    line.server.by_title = {}
    line.clock.forward(hours=5)
    assert await line.work(Queue.JUDGE) == 2, "its place is closed, say: the list is still to go out"
    assert await line.store.list_jobs((JobState.OPEN,), Queue.JUDGE) == []
    assert "unread" not in await poster(line, tmp_path / "posts.jsonl")()


async def test_what_a_closed_day_left_unread_and_stands_nowhere_costs_nothing_unless_somebody_asks(line: Line) -> None:
    line.budget = Budget(10_000_000, 0.05)
    await line.announce()
    await line.work(Queue.JUDGE)
    await line.close()
    for job in await line.store.list_jobs((JobState.OPEN,), Queue.DELIVER):
        await line.store.drop_job(job.id)
    left = [job.payload["paper"] for job in await line.store.list_jobs((JobState.OPEN,), Queue.JUDGE)]
    before = len(line.server.asked)
    line.clock.forward(days=1)
    wanted = next(one for one in line.papers if str(one.id) == left[-1])
    await line.store.raise_priority(Queue.JUDGE, judging(wanted, "discontinuity").key, -1.0)
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
        JobRunner(
            store, Queue.JUDGE, Judge(store, analyst, line.lenses, store), hands=16, lease=LEASE, bell=JobSignal()
        )
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
    crew = JobRunner(line.store, Queue.JUDGE, line.judge(), hands=16, lease=LEASE, bell=JobSignal())
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
    assert reason.why is WaitReason.MODEL_STOPPED
    assert reason.words.startswith("the model is stopped: 127.0.0.1 asks for payment (402)")
    told = await analyst_line(["fake/model"], [line.endpoint.key], line.budget, line.store)
    assert "STOPPED: 127.0.0.1 asks for payment" in told


async def test_what_a_day_would_cost_is_told_from_the_calls_so_far_or_assumed(line: Line) -> None:
    price = Price(1.0, 10.0)
    assumed = await day_cost(line.store, "fake/model", price)
    assert (assumed.verdicts.count, assumed.analyses.count, assumed.verdicts.is_measured) == (331, 5, False)
    assert assumed.usd == pytest.approx((331 * (2600 + 4000) + 5 * (3800 + 5000)) / 1e6)
    await line.announce()
    await line.work(Queue.JUDGE, limit=3)
    measured = await day_cost(line.store, "fake/model", price)
    each = measured.verdicts
    assert (each.count, each.usage.tokens_in, each.is_measured) == (8, 2600, True)
    assert (measured.analyses.count, measured.analyses.is_measured) == (5, False), "those of the day's cards"
    assert measured.usd == pytest.approx((8 * (2600 + 7000) + 5 * (3800 + 5000)) / 1e6)
    told = measured.words(Budget(10**9, 0.05))
    assert "a day of 8 verdicts and 5 analyses takes about 0.12 USD" in told
    assert "2,600 + 700 a verdict as calls so far; 3,800 + 500 an analysis assumed until there are calls" in told
    assert "room for about 3 verdicts" in told
    assert "room for all" in measured.words(Budget(10**9, 1.0))


@pytest.mark.parametrize(("mode", "cards"), [("top", 5), ("digest", 0), ("every", 8)])
async def test_a_day_costs_analyses_of_its_cards_alone(line: Line, mode: str, cards: int) -> None:
    await line.announce()
    await line.store.sync_follows([follow(lens="discontinuity", mode=mode)])
    cost = await day_cost(line.store, "fake/model", Price(1.0, 10.0))
    assert (cost.verdicts.count, cost.analyses.count) == (8, cards)


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
    line.server.always = replies(core_fallacy={"line": "Takes the late for the slow.", "cites": [70]})
    await line.announce()
    await line.work(Queue.JUDGE)
    short, long = await shown(line, line.papers[0])
    assert "One was named, and dropped: no sentence carries it." in short
    assert "1 claim dropped for want of evidence" in long
