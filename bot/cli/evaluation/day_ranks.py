"""Where each verdict stands in its day: by category, day and lens, in the order in which papers are posted."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.papers.paper import ArxivId
    from bot.ports.store import Store


@dataclass(frozen=True, slots=True)
class DayRank:
    """The place of a paper (from 1) among the `of` papers of a category's day that are judged through a lens."""

    category: str
    day: str
    rank: int
    of: int


async def day_ranks(store: "Store") -> Mapping[tuple["ArxivId", str], list[DayRank]]:
    """The ranks of every paper and lens, the latest day first; of a paper that no feed announced, none."""
    from bot.core.verdicts.scoring import standing

    places: dict[ArxivId, list[tuple[str, str]]] = defaultdict(list)
    for category, day, paper in await store.announcements():
        places[paper].append((category, day.isoformat()))
    days = defaultdict(list)
    async for judged in store.export():
        verdict = judged.verdict
        for category, day_name in places[verdict.paper]:
            days[category, day_name, verdict.provenance.lens].append(standing(verdict))
    found: dict[tuple[ArxivId, str], list[DayRank]] = defaultdict(list)
    for category, day_name, lens in sorted(days, key=lambda key: (key[1], key[0]), reverse=True):
        standings = sorted(days[category, day_name, lens])
        for at, (*_, paper) in enumerate(standings, 1):
            found[paper, lens].append(DayRank(category, day_name, at, len(standings)))
    return found
