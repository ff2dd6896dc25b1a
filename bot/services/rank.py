"""In which order papers go to a model: the newest day first, of a day the most revealing by the scan, which is free.

So a limit of the day cuts off what would have revealed the least.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date

from bot.core.lens import Lens
from bot.core.paper import ArxivId, Paper
from bot.core.scoring import priority
from bot.core.verdict import Verdict
from bot.ports import Analyst
from bot.services.judge import NoCalls

AT_ONCE = 8


class Ranking:
    """Priorities of judging jobs, by the rules of the lens."""

    def __init__(self, scan: Analyst, lenses: Mapping[str, Lens]) -> None:
        self._scan = scan
        self._lenses = lenses

    async def priorities(self, papers: Iterable[Paper], lens: str, day: date) -> dict[ArxivId, float]:
        """The priority of each paper of a day through that lens; none of a lens that is not there."""
        through = self._lenses.get(lens)
        if through is None:
            return {}
        found: dict[ArxivId, float] = {}
        for number, paper in enumerate(papers):
            verdict = await self._scan.judge(paper, through, NoCalls())
            if isinstance(verdict, Verdict):
                found[paper.id] = priority(verdict, day)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return found
