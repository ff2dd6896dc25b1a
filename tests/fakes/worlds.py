"""A whole bot on loopback for tests: a store on disk, papers, follows, a console, and clocks that can be set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.core.follows.follow import Follow
from bot.core.fulltext.fulltext import FullText
from bot.core.papers.feed import FeedState, Outcome
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.core.posts.post import Place
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Analysis, Claim, NoAnalysis, ShortVerdict, Verdict, Wait
from bot.lenses.load import load_lenses
from bot.ports.model import CallLog
from bot.ports.store import Store
from bot.services.ingest.poll import judging

DAY = date(2026, 6, 2)
PLACE = Place("console", "main")


@dataclass
class SetClock:
    """A clock that stands where it was put."""

    moment: datetime = datetime(2026, 6, 2, 14, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def forward(self, **parts: float) -> None:
        self.moment += timedelta(**parts)


def paper(
    number: int, *, abstract: str = "", title: str = "", version: int | None = 1, comment: str | None = None
) -> Paper:
    """An invented paper."""
    text = abstract or f"We present system number {number}. It outperforms a baseline by {number % 9 + 1}%."
    named = title or f"Invented system {number}"
    return Paper(ArxivId(f"2606.{number:05}"), version, named, text, "A. Author", ("cs.AI",), comment)


def batch(papers: Sequence[Paper], *, day: date = DAY, category: str = "cs.AI", kind: str = "new") -> Batch:
    """Papers as one day's announcement."""
    return Batch(category, day, tuple(Entry(one, AnnounceType(kind)) for one in papers))


def follow(name: str = "f", **changes: Any) -> Follow:
    """A follow of the console's main channel through the plain lens, posted at any hour of any day."""
    plain = Follow(name, PLACE, ("cs.AI",), lens="plain", weekdays=tuple(range(7)))
    return replace(plain, **changes)


async def announce(store: Store, announced: Batch, follows: Sequence[Follow]) -> None:
    """What a poll leaves behind when the follows want everything."""
    lenses = {one.lens for one in follows}
    jobs = [judging(entry.paper, lens) for entry in announced.entries for lens in sorted(lenses)]
    state = FeedState(announced.category, day=announced.day, outcome=Outcome.ANNOUNCED)
    await store.record_poll(state, announced, jobs, [one.name for one in follows])


def lens(key: str = "plain") -> Lens:
    return load_lenses(None)[key]


class Reader:
    """An analyst with an opinion: the scan's labels, and what a model would write of every paper."""

    def __init__(self, scan: ScanAnalyst) -> None:
        self._scan = scan
        self.judged: list[str] = []
        self.analysed: list[str] = []

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        self.judged.append(str(paper.id))
        return self._worded(await self._scan.judge(paper, lens, call_log))

    async def judge_text(self, paper: Paper, full: FullText, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        self.judged.append(str(paper.id))
        return self._worded(await self._scan.judge_text(paper, full, lens, call_log))

    def _worded(self, verdict: Verdict | Wait) -> Verdict:
        assert isinstance(verdict, Verdict)
        return replace(verdict, short=ShortVerdict("It tests.", "Tests.", None))

    async def analyse(
        self, verdict: Verdict, paper: Paper, full: FullText | None, lens: Lens, call_log: CallLog
    ) -> Analysis | NoAnalysis | Wait:
        self.analysed.append(str(paper.id))
        return Analysis(Claim("It tests."), None, (), "It is read.", (), "Real.", "So it goes.")

    async def close(self) -> None:
        """Nothing is open."""
