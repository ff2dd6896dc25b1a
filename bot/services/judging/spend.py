"""Who judges, what it has cost today, and what a full day would cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.commands.event import is_direct
from bot.core.commands.payer import Cause, Payer
from bot.core.follows.edition import admits
from bot.core.follows.follow import Follow, Mode
from bot.core.posts.phrase import joined, sanitize, truncate
from bot.core.verdicts.call import ANALYSIS, VERDICT, Budget, EndpointState, Price, Spending, Usage
from bot.ports.model import ModelStore

if TYPE_CHECKING:
    from bot.ports.store import Store  # every other port with it, and `status` needs none of them

SCAN_SAYS = "rule-based scan (no model is set up)"


async def analyst_line(
    models: Sequence[str], keys: Sequence[str], budget: Budget, store: ModelStore, community: str | None = None
) -> str:
    """The models in turn, the day's budget and what is used of it, and which endpoint is stopped or paused.

    Why may name its address, and is for who runs the bot; so is what others have spent: of a `community` its own.
    """
    if not models:
        return SCAN_SAYS
    is_operator = community is None
    whole = budget_words(await store.spending(), budget)
    spent = whole if is_operator else await _share_words(store, budget, community)
    states = [state for state in await store.endpoint_states() if state.key in keys]
    return joined(
        (
            " then ".join(truncate(sanitize(model), 60) for model in models),
            spent,
            *_closed(states, is_operator=is_operator),
        )
    )


async def _share_words(store: ModelStore, budget: Budget, community: str | None) -> str:
    """`today 0.12 of 0.50 USD of this community's share`; direct messages are no community, and are told nothing."""
    mark, _ = Payer(Cause.COMMAND, "", community or "").marks
    if not mark or is_direct(community or ""):
        return ""
    spent = await store.spending(mark)
    share = min(budget.community_usd, budget.usd_a_day)
    return f"today {spent.usd:.2f} of {share:.2f} USD of this community’s share"


def budget_words(spent: Spending, budget: Budget) -> str:
    """`today 0.34 of 1.00 USD, 812,000 of 5,000,000 tokens in 240 calls`."""
    cached = f" ({spent.tokens_cached:,} cached)" if spent.tokens_cached else ""
    return (
        f"today {spent.usd:.2f} of {budget.usd_a_day:.2f} USD, "
        f"{spent.tokens:,} of {budget.tokens_a_day:,} tokens{cached} in {spent.calls} calls"
    )


def _closed(states: Sequence[EndpointState], *, is_operator: bool) -> list[str]:
    return [
        ("STOPPED" if state.stopped else "paused")
        + (f": {truncate(sanitize(state.reason), 200)}" if is_operator else "")
        for state in states
        if state.closed.total_seconds() > 0 and state.reason
    ]


# What a first reply of each kind takes where no call is known yet, without thinking aloud: the prompt of the lens that
# asks most with an abstract in the middle, and a reply as long as is asked for. `python -m bench model` measures both.
ASSUMED_USAGE = {VERDICT: Usage(2600, 400), ANALYSIS: Usage(3800, 500)}
ASSUMED_PAPERS = 331
ASSUMED_CARDS = 5


@dataclass(frozen=True, slots=True)
class KindCost:
    """What so many replies of one kind would take, each like those before (or assumed), at that price."""

    count: int
    usage: Usage
    price: Price
    is_measured: bool

    @property
    def usd(self) -> float:
        """US dollars: as billed so far where that is known, else by the price."""
        if self.is_measured and self.usage.usd > 0:
            return self.count * self.usage.usd
        return self.count * self.price.of(self.usage.tokens_in, self.usage.tokens_out)

    @property
    def tokens(self) -> int:
        """Prompt and reply together."""
        return self.count * (self.usage.tokens_in + self.usage.tokens_out)

    def words(self, kind: str) -> str:
        """`2,600 + 400 a verdict as calls so far`."""
        basis = "as calls so far" if self.is_measured else "assumed until there are calls"
        return f"{self.usage.tokens_in:,} + {self.usage.tokens_out:,} {kind} {basis}"


@dataclass(frozen=True, slots=True)
class DayCost:
    """What judging a full day would take: its short verdicts, and the analyses of its cards."""

    verdicts: KindCost
    analyses: KindCost

    @property
    def usd(self) -> float:
        """US dollars of both."""
        return self.verdicts.usd + self.analyses.usd

    @property
    def tokens(self) -> int:
        """Prompts and replies of both."""
        return self.verdicts.tokens + self.analyses.tokens

    def words(self, budget: Budget) -> str:
        """`a day of 331 verdicts and 5 analyses takes about 0.61 USD and …; the limits leave room for all`."""
        part = self._fitting(budget)
        room = "all" if part >= 1 else f"about {int(part * self.verdicts.count)} verdicts"
        analyses = "1 analysis" if self.analyses.count == 1 else f"{self.analyses.count} analyses"
        day = f"a day of {self.verdicts.count} verdicts and {analyses}"
        return f"{day} takes about {self.amounts}; the limits leave room for {room}"

    @property
    def amounts(self) -> str:
        """`0.61 USD and 1,200,000 tokens (2,600 + 400 a verdict as calls so far; 3,800 + 500 an analysis …)`."""
        each = [self.verdicts.words("a verdict")]
        if self.analyses.count:
            each.append(self.analyses.words("an analysis"))
        price = self.verdicts.price
        if not price.known:
            each.append(f"at an assumed price of {price.tokens_in:g} and {price.tokens_out:g} USD a million tokens")
        return f"{self.usd:.2f} USD and {self.tokens:,} tokens ({'; '.join(each)})"

    def _fitting(self, budget: Budget) -> float:
        """The part of it that the budget leaves room for."""
        by_tokens = budget.tokens_a_day / self.tokens if self.tokens else 1.0
        return min(by_tokens, budget.usd_a_day / self.usd) if self.usd > 0 else by_tokens


async def day_cost(store: "Store", model: str, price: Price) -> DayCost:
    """What the latest day that is known would cost, of all that the follows want; an assumed day when none is known."""
    verdicts, cards = await _wanted(store)
    if not verdicts:
        verdicts, cards = ASSUMED_PAPERS, ASSUMED_CARDS
    return await cost_of(verdicts, cards, store, model, price)


async def cost_of(verdicts: int, analyses: int, store: ModelStore, model: str, price: Price) -> DayCost:
    """What so many verdicts and analyses would cost, each like that model's latest ones."""

    async def of_kind(count: int, kind: str) -> KindCost:
        usual = await store.usual_usage(model, kind)
        return KindCost(count, usual or ASSUMED_USAGE[kind], price, usual is not None)

    return DayCost(await of_kind(verdicts, VERDICT), await of_kind(analyses, ANALYSIS))


async def _wanted(store: "Store") -> tuple[int, int]:
    """How many verdicts the follows want of their latest day, each paper and lens once, and at most how many cards."""
    wanted: set[tuple[str, str]] = set()
    cards = 0
    for follow in await store.follows():
        days = [(await store.feed_state(category)).day for category in follow.categories]
        day = max((day for day in days if day), default=None)
        if day is not None and follow.is_on:
            entries = await store.announced(follow.categories, day)
            papers = {(str(entry.paper.id), follow.lens) for entry in entries if admits(follow, entry) is None}
            wanted |= papers
            cards += min(_most_cards(follow), len(papers))
    return len(wanted), min(cards, len(wanted))


def _most_cards(follow: Follow) -> int:
    if follow.mode is Mode.DIGEST:
        return 0
    return follow.limit if follow.mode is Mode.EVERY else min(follow.cards, follow.limit - 1)
