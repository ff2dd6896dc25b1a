"""A page of arXiv's listings: which papers were announced when, and how many all its pages hold together."""

from dataclasses import dataclass
from datetime import date

from bot.core.errors import SourceUnavailable
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import AnnounceType, ArxivId


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a listing. `type` None: the page has no sections."""

    id: ArxivId
    version: int | None
    day: date
    type: AnnounceType | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page: its entries, the days it bears (the latest first), and how many entries all its pages have together."""

    entries: tuple[Listed, ...]
    days: tuple[date, ...]
    total: int
    left_out: tuple[tuple[date, str], ...] = ()

    @property
    def shown(self) -> int:
        """How many entries there are, those that could not be read among them."""
        return len(self.entries) + len(self.left_out)

    def joined(self, more: "Listing") -> "Listing":
        """This page and a further one; `SourceUnavailable` when that brought nothing."""
        if not more.shown:
            raise torn(f"says {self.total} entries and shows {self.shown}")
        days = tuple(dict.fromkeys(self.days + more.days))
        return Listing(self.entries + more.entries, days, self.total, self.left_out + more.left_out)


def torn(what: str) -> SourceUnavailable:
    """A listing that contradicts itself."""
    return SourceUnavailable(Outcome.TRUNCATED, f"arXiv's listing {what}.")
