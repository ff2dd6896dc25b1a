"""Many papers are judged by rule at once, and none of them costs another anything."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.core.errors import Unreadable
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import PostKey, PostKind, PostRef
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Verdict
from bot.services.judging.judge_by_rule import JudgeByRule
from bot.services.runtime.scheduler import Bundling, JobRunner, JobSignal, is_idle
from bot.store.database.database import Conflict
from bot.text.rules import RuleReading, RulesHere
from tests.fakes.worlds import PLACE, lens
from tests.services.conftest import LEASE, World
from tests.store.making import announce, batch, judging, paper

LENSES = {key: lens(key) for key in ("plain", "discontinuity")}
POISON = paper(3)


class Choking(RulesHere):
    """Rules that cannot read one paper, and remember how many they were asked for at once."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def read_abstracts(self, papers: Sequence[tuple[str, str]], lens: Lens) -> Sequence[RuleReading]:
        self.asked.append(len(papers))
        if any(abstract == POISON.abstract for _, abstract in papers):
            raise Unreadable("the abstract could not be read within 10 seconds")
        return await super().read_abstracts(papers, lens)


def by_rule(world: World, rules: RulesHere | None = None) -> JudgeByRule:
    return JudgeByRule(world.store, ScanAnalyst(world.clock, rules), LENSES)


async def claimed(world: World, count: int, *, lens: str = "discontinuity") -> Sequence[Job]:
    """So many papers with their judging jobs, which are ours."""
    await announce(world.store, batch(range(1, count + 1)), judge=False)
    await world.store.add_jobs([judging(paper(number), lens) for number in range(1, count + 1)])
    return await world.store.claim(Queue.JUDGE, count, LEASE)


async def judged(world: World, count: int, lens: str = "discontinuity") -> list[int]:
    ids = [paper(number).id for number in range(1, count + 1)]
    found = await world.store.verdicts(ids, lens)
    return [number for number, arxiv_id in enumerate(ids, 1) if arxiv_id in found]


async def work(world: World, runner: JobRunner) -> None:
    """Carry what is due, and stop."""
    stop = asyncio.Event()
    working = asyncio.create_task(runner.run(stop))
    async with asyncio.timeout(60):
        while not await is_idle(world.store, [runner], [Queue.JUDGE], timedelta(0)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stop.set()
    await working


def runner(world: World, many: Callable[[Sequence[Job]], Awaitable[Sequence[Job]]]) -> JobRunner:
    return JobRunner(
        world.store,
        Queue.JUDGE,
        world.steps[Queue.JUDGE],
        hands=2,
        lease=LEASE,
        bell=JobSignal(),
        batch=Bundling(many, 4),
    )


async def test_many_papers_are_read_at_once_and_kept_with_one_commit(world: World) -> None:
    rules = Choking()
    jobs = [job for job in await claimed(world, 6) if job.payload["paper"] != str(POISON.id)]
    assert await by_rule(world, rules)(jobs) == []
    assert rules.asked == [5]
    assert await judged(world, 6) == [1, 2, 4, 5, 6]
    assert (await world.store.count_jobs())[Queue.JUDGE, JobState.DONE] == 5
    one = await world.store.verdict(paper(1).id, "discontinuity")
    assert one == (await ScanAnalyst(world.clock).judge_many([paper(1)], LENSES["discontinuity"]))[0]


async def test_a_text_that_cannot_be_read_costs_no_other_its_verdict(world: World) -> None:
    assert await by_rule(world, Choking())(await claimed(world, 5)) == []
    assert await judged(world, 5) == [1, 2, 3, 4, 5]
    flags = [(await world.store.verdict(paper(number).id, "discontinuity")) for number in range(1, 6)]
    assert [bool(verdict and verdict.flags) for verdict in flags] == [False, False, True, False, False]


async def test_a_verdict_that_the_store_refuses_costs_no_other_its_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, finish_many = world.store.finish_judging, world.store.finish_judgings

    def refuse(verdicts: Sequence[Verdict]) -> None:
        if any(verdict.paper == POISON.id for verdict in verdicts):
            raise Conflict("The store refused a row.")

    async def alone(job: Job, verdict: Verdict, jobs: Sequence[NewJob]) -> None:
        refuse([verdict])
        await finish(job, verdict, jobs)

    async def together(pairs: Sequence[tuple[Job, Verdict]]) -> object:
        refuse([verdict for _, verdict in pairs])
        return await finish_many(pairs)

    monkeypatch.setattr(world.store, "finish_judging", alone)
    monkeypatch.setattr(world.store, "finish_judgings", together)
    await announce(world.store, batch(range(1, 8)))
    await work(world, runner(world, by_rule(world)))
    assert await judged(world, 7) == [1, 2, 4, 5, 6, 7]
    (left,) = await world.store.list_jobs((JobState.OPEN,), Queue.JUDGE)
    assert (left.payload["paper"], left.why) == (str(POISON.id), WaitReason.FAULT)


async def test_of_a_job_that_is_somebody_elses_by_now_nothing_is_kept(world: World) -> None:
    jobs = await claimed(world, 4)
    world.skew += LEASE * 2
    (taken,) = await world.store.claim(Queue.JUDGE, 1, LEASE)
    assert [job.id for job in await by_rule(world)(jobs)] == [taken.id], "and carried alone it loses its lease"
    assert str(taken.payload["paper"]) == str(paper(1).id)
    assert await judged(world, 4) == [2, 3, 4]
    await world.store.end(taken)


async def test_what_is_not_plain_is_left_to_be_carried_alone(world: World) -> None:
    jobs = await claimed(world, 3)
    await world.store.add_jobs([NewJob(Queue.JUDGE, "full", {"full": str(paper(1).id), "through": "plain"})])
    await world.store.add_jobs([judging(paper(9), "plain"), judging(paper(1), "nobody's")])
    others = await world.store.claim(Queue.JUDGE, 3, LEASE)
    await world.store.finish_judging(jobs[0], await judged_now(world, 1), ())
    left = await by_rule(world)([*jobs, *others])
    assert [job.id for job in left] == [jobs[0].id, *(job.id for job in others)]
    assert await judged(world, 3) == [1, 2, 3]


async def judged_now(world: World, number: int) -> Verdict:
    (verdict,) = await ScanAnalyst(world.clock).judge_many([paper(number)], LENSES["discontinuity"])
    assert isinstance(verdict, Verdict)
    return verdict


async def test_the_runner_carries_batches_and_gives_all_of_one_back_when_it_is_stopped(world: World) -> None:
    begun = asyncio.Event()
    sizes: list[int] = []

    async def held(jobs: Sequence[Job]) -> Sequence[Job]:
        sizes.append(len(jobs))
        if len(sizes) == 2:
            begun.set()
        await asyncio.sleep(3600)
        return ()

    await announce(world.store, batch(range(1, 8)))
    cut = runner(world, held)
    working = asyncio.create_task(cut.run(asyncio.Event()))
    await begun.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert sizes == [4, 3]
    again = await world.store.claim(Queue.JUDGE, 10, LEASE)
    assert [(job.attempt, job.doubtful) for job in again] == [(2, False)] * 7


async def test_a_paper_that_two_jobs_name_is_judged_once_a_batch(world: World) -> None:
    jobs = await claimed(world, 2)
    await world.store.add_jobs([NewJob(Queue.JUDGE, "twin", {"paper": str(paper(1).id), "lens": "discontinuity"})])
    twin = await world.store.claim(Queue.JUDGE, 1, LEASE)
    assert await by_rule(world)([*jobs, *twin]) == list(twin)
    await world.steps[Queue.JUDGE](twin[0])
    found = [job.reason for job in await world.store.list_jobs((JobState.DONE,), Queue.JUDGE)]
    assert found == ["", "", "already judged"]
    assert ArxivId(twin[0].payload["paper"]) == paper(1).id


class Posting(RulesHere):
    """Rules during whose reading the first paper is posted by its title alone."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def read_abstracts(self, papers: Sequence[tuple[str, str]], lens: Lens) -> Sequence[RuleReading]:
        key = PostKey(PLACE, PostKind.LIST, "2026-06-02", lens.key)
        await self.world.store.add_jobs([NewJob(Queue.DELIVER, str(key), {"papers": [str(paper(1).id)]})])
        (job,) = await self.world.store.claim(Queue.DELIVER, 1, LEASE)
        await self.world.store.finish_delivery(job, key, PostRef(PLACE, "1"))
        return await super().read_abstracts(papers, lens)


async def test_a_paper_that_is_posted_by_its_title_while_it_is_read_is_judged_alone_and_its_post_edited(
    world: World,
) -> None:
    jobs = await claimed(world, 3)
    (left,) = await by_rule(world, Posting(world))(jobs)
    assert left.payload["paper"] == str(paper(1).id)
    assert await judged(world, 3) == [2, 3]
    await world.steps[Queue.JUDGE](left)
    (edit,) = await world.store.list_jobs((JobState.OPEN,), Queue.DELIVER)
    assert edit.key.startswith("edit|")
