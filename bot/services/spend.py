"""Who judges, and what it has cost today: one line for `status`."""

from collections.abc import Sequence

from bot.core.call import Budget, EndpointState, Spending
from bot.core.phrase import fit, joined, said
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
