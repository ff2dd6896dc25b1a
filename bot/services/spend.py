"""Who judges, what it has cost today, and what a full day would cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.call import Budget, EndpointState, Price, Spending, Usage
from bot.core.edition import admits
from bot.core.phrase import fit, joined, said
from bot.ports import Store
from bot.ports_model import ModelStore

SCAN_SAYS = "rule-based scan (no model is set up)"


async def analyst_line(models: Sequence[str], keys: Sequence[str], budget: Budget, store: ModelStore) -> str:
    """The models in turn, the day's budget and what is used of it, and which endpoint is stopped or paused, and why."""
    if not models:
        return SCAN_SAYS
    spent = await store.spending()
    states = [one for one in await store.endpoint_states() if one.key in keys]
    return joined((" then ".join(fit(said(one), 60) for one in models), budget_words(spent, budget), *_closed(states)))


def budget_words(spent: Spending, budget: Budget) -> str:
    """`today 0.34 of 1.00 USD, 812,000 of 5,000,000 tokens in 240 calls`."""
    cached = f" ({spent.tokens_cached:,} cached)" if spent.tokens_cached else ""
    return (
        f"today {spent.usd:.2f} of {budget.usd_a_day:.2f} USD, "
        f"{spent.tokens:,} of {budget.tokens_a_day:,} tokens{cached} in {spent.calls} calls"
    )


def _closed(states: Sequence[EndpointState]) -> list[str]:
    return [
        f"{'STOPPED' if one.stopped else 'paused'}: {fit(said(one.reason), 200)}"
        for one in states
        if one.closed.total_seconds() > 0 and one.reason
    ]


# What a verdict takes where no call is known yet: the prompt of the longest shipped lens with an abstract, and a reply
# with some thought before it.
ASSUMED_USAGE = Usage(2700, 1800)
ASSUMED_PAPERS = 331


@dataclass(frozen=True, slots=True)
class DayCost:
    """What judging a full day would take: so many verdicts, each like those before (or assumed), at that price."""

    verdicts: int
    usage: Usage
    price: Price
    is_measured: bool

    @property
    def usd(self) -> float:
        """US dollars: as billed so far where that is known, else by the price."""
        if self.is_measured and self.usage.usd > 0:
            return self.verdicts * self.usage.usd
        return self.verdicts * self.price.of(self.usage.tokens_in, self.usage.tokens_out)

    @property
    def tokens(self) -> int:
        """Prompt and reply together."""
        return self.verdicts * (self.usage.tokens_in + self.usage.tokens_out)

    def words(self, budget: Budget) -> str:
        """`a day of 331 verdicts takes about 0.61 USD and 1.2 million tokens; the limits leave room for all`."""
        fits = self._fitting(budget)
        room = "the limits leave room for all" if fits >= self.verdicts else f"the limits leave room for about {fits}"
        return f"a day of {self.verdicts} verdicts takes about {self.amounts}; {room}"

    @property
    def amounts(self) -> str:
        """`0.61 USD and 1,200,000 tokens (2,700 + 1,800 each, as calls so far)`."""
        basis = "as calls so far" if self.is_measured else "assumed until there are calls"
        price = "" if self.price.known else f", at an assumed price of {self.price.tokens_in:g} and "
        price += "" if self.price.known else f"{self.price.tokens_out:g} USD a million tokens"
        return (
            f"{self.usd:.2f} USD and {self.tokens:,} tokens "
            f"({self.usage.tokens_in:,} + {self.usage.tokens_out:,} each, {basis}{price})"
        )

    def _fitting(self, budget: Budget) -> int:
        by_tokens = budget.tokens_a_day // max(self.tokens // max(self.verdicts, 1), 1)
        one = self.usd / self.verdicts if self.verdicts else 0.0
        return min(by_tokens, int(budget.usd_a_day / one)) if one > 0 else by_tokens


async def day_cost(store: Store, model: str, price: Price) -> DayCost:
    """What the latest day that is known would cost, of all that the follows want; an assumed day when none is known."""
    return await cost_of(await _wanted_verdicts(store) or ASSUMED_PAPERS, store, model, price)


async def cost_of(verdicts: int, store: ModelStore, model: str, price: Price) -> DayCost:
    """What so many verdicts would cost, each like that model's latest ones."""
    usual = await store.usual_usage(model)
    return DayCost(verdicts, usual or ASSUMED_USAGE, price, usual is not None)


async def _wanted_verdicts(store: Store) -> int:
    """How many verdicts the follows want of their latest day, each paper and lens once."""
    wanted: set[tuple[str, str]] = set()
    for follow in await store.follows():
        days = [(await store.feed_state(category)).day for category in follow.categories]
        day = max((one for one in days if one), default=None)
        if day is not None and follow.is_on:
            entries = await store.announced(follow.categories, day)
            wanted |= {(str(one.paper.id), follow.lens) for one in entries if admits(follow, one) is None}
    return len(wanted)
