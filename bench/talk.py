"""Answers while the day is judged, and a search among 60,000 papers."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from bench.big_store import MANY
from bench.days import day
from bench.worlds import World, world
from bot.analyst.verdicts.scan import ScanAnalyst
from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.commands.people import SearchQuery
from bot.core.jobs.job import JobState, Queue
from bot.core.papers.paper import Paper
from bot.core.posts.post import Place, Post
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Verdict, Wait
from bot.platforms.console import ConsolePlatform
from bot.ports.store import CallLog, Clock
from bot.services.runtime.rounds import Keep, run_forever

PLACE = Place("console", "bench")
ASKED = 200
SECOND = 1.0


class SlowAnalyst:
    """The scan, a second later: as slow as a model."""

    def __init__(self, clock: Clock) -> None:
        self._scan = ScanAnalyst(clock)

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict of the rules."""
        verdict = await self._scan.judge(paper, lens, call_log)
        await asyncio.sleep(SECOND)
        return verdict


class TimedConsole(ConsolePlatform):
    """Notes when each event was answered."""

    answered: dict[str, float]

    async def answer(self, asked: CommandEvent, post: Post) -> None:
        """Note the moment."""
        self.answered[asked.id] = time.perf_counter()


async def _answers(made: World) -> tuple[list[float], int]:
    """Seconds from a stored event to its answer, and how many papers were still to be judged after the last."""
    console = TimedConsole(made.folder / "x.jsonl", paint=None, faults=None, clock=made.app.clock)
    console.answered = {}
    work = made.app.settings.work.model_copy(update={"judges": 16})
    settings = made.app.settings.model_copy(update={"work": work})
    slow = SlowAnalyst(made.app.clock)
    app = replace(made.app, analyst=slow, platforms={"console": console}, settings=settings)
    stop = asyncio.Event()
    keep = Keep(timedelta(days=30), timedelta(days=90))
    working = asyncio.create_task(run_forever(app.store, app.crews(), app.clock, stop, keep))
    while (await app.store.count_jobs()).get((Queue.JUDGE, JobState.DONE), 0) < 16:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    [known] = await app.store.list_jobs((JobState.DONE,), Queue.JUDGE, 1)
    paper = known.payload["paper"]
    begun: dict[str, float] = {}
    for number in range(ASKED):
        words = (f"verdict {paper} discontinuity", "status", "search agents")[number % 3]
        asker = Actor(f"console:{number % 20}", PLACE, "console", Role.MEMBER)
        asked = CommandEvent(str(number), asker, words)
        begun[asked.id] = time.perf_counter()
        await app.inbox.take(asked)
        await asyncio.sleep(0.06)
    while len(console.answered) < ASKED:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    left = (await app.store.count_jobs()).get((Queue.JUDGE, JobState.OPEN), 0)
    stop.set()
    await working
    return [console.answered[key] - begun[key] for key in begun], left


FILL = (
    "INSERT INTO papers SELECT printf('24%02d.%05d', n / 5000 + 1, n % 5000), 1, 'System number ' || n, "
    "'We present agents that arrange cupboards. ' || CASE n % 40 WHEN 0 THEN 'A lullaby for clerks. ' ELSE '' END || "
    "replace(hex(zeroblob(60)), '0', 'model word ') , '', '[\"cs.AI\"]', NULL, NULL FROM numbers",
    "INSERT INTO subjects (paper, lens, classes) SELECT id, 'plain', '||' FROM papers",
    "INSERT INTO showings SELECT 'console:bench', id, '2026-06-01', id FROM subjects",
    "INSERT INTO verdict_search (rowid, title, abstract, headline, analysis) "
    "SELECT subjects.id, title, abstract, '', '' FROM papers JOIN subjects ON subjects.paper = papers.id",
)
NUMBERS = f"WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY - 1}) "


async def _searches(made: World) -> float:
    """The slowest median of a rare word, a common one, one that stands everywhere, and two together; milliseconds."""
    store = made.app.store
    async with store._database.write() as connection:  # type: ignore[attr-defined]
        for statement in FILL:
            filled = statement.replace("SELECT printf", NUMBERS + "SELECT printf")
            await connection.execute(text(filled))
    medians = []
    for words in ("lullaby", "cupboards", "model", "agents lullaby", "system 777"):
        runs = []
        for _ in range(20):
            started = time.perf_counter()
            await store.search(PLACE, SearchQuery(words), 10, 0)
            runs.append(time.perf_counter() - started)
        medians.append(statistics.median(runs) * 1000)
    return max(medians)


async def _measure() -> tuple[float, int, float]:
    async with world() as made:
        made.body = day("2026-06-02")
        taken, left = await _answers(made)
    async with world() as made:
        slowest = await _searches(made)
    return statistics.quantiles(taken, n=100)[94] * 1000, left, slowest


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """200 answers while 331 papers are judged with a model that takes a second; searches among 60,000 papers."""
    late, left, search = asyncio.run(_measure())
    said = f"{late:.1f} ms, {left} papers still to judge"
    yield "95th percentile of 200 answers while the day is judged", said, "under 50 ms", late < 50 and left > 0
    yield "search among 60,000 papers, slowest median", f"{search:.1f} ms", "under 50 ms", search < 50
