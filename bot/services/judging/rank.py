"""In which order papers go to a model: the newest day first, of a day the most revealing by the scan, which is free.

So a limit of the day cuts off what would have revealed the least.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.core.papers.paper import ArxivId, Paper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import priority
from bot.core.verdicts.verdict import Verdict
from bot.ports.store import RuleAnalyst

READ_AT_ONCE = 16  # whoever else wants a text read waits for no more than that


class Ranking:
    """Priorities of judging jobs, by the rules of the lens."""

    def __init__(self, scan: RuleAnalyst, lenses: Mapping[str, Lens]) -> None:
        self._scan = scan
        self._lenses = lenses

    async def priorities(self, papers: Sequence[Paper], lens: str, day: date) -> dict[ArxivId, float]:
        """The priority of each paper of a day through that lens; none of a lens that is not there."""
        through = self._lenses.get(lens)
        if through is None:
            return {}
        found: dict[ArxivId, float] = {}
        for at in range(0, len(papers), READ_AT_ONCE):
            for verdict in await self._scan.judge_many(papers[at : at + READ_AT_ONCE], through):
                if isinstance(verdict, Verdict):
                    found[verdict.paper] = priority(verdict, day)
        return found
