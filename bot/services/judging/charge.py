"""The call log of work that is done for somebody: whatever is called in it is paid from their share of the day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core.commands.payer import Payer
from bot.core.jobs.wait_reason import WaitReason
from bot.core.verdicts.call import Budget, CallOutcome, EndpointState, PastCall, PlannedCall, Trouble, Usage
from bot.core.verdicts.verdict import Wait
from bot.ports.model import CallLog

KEPT = "half of the day's model budget is kept for the day's own papers"


class CallLogAround:
    """Another call log, of which one or the other thing is changed."""

    def __init__(self, calls: CallLog) -> None:
        self._calls = calls

    async def reserve_call(self, call: PlannedCall, budget: Budget) -> int | Wait:
        """Reserve it."""
        return await self._calls.reserve_call(call, budget)

    async def store_reply(self, call: int, reply: str, milliseconds: int) -> None:
        """As it came."""
        await self._calls.store_reply(call, reply, milliseconds)

    async def settle_call(
        self, call: int, outcome: CallOutcome, usage: Usage | None, note: str = "", milliseconds: int | None = None
    ) -> None:
        """What came of it."""
        await self._calls.settle_call(call, outcome, usage, note, milliseconds)

    async def calls_of(self, prompt: str) -> Sequence[PastCall]:
        """Every call that asked exactly this, whoever paid for it."""
        return await self._calls.calls_of(prompt)

    async def enter_endpoint(self, key: str, hold: timedelta) -> EndpointState:
        """What is known of the endpoint."""
        return await self._calls.enter_endpoint(key, hold)

    async def fail_endpoint(self, key: str, trouble: Trouble, *, probing: bool) -> EndpointState:
        """Count a trouble that is nobody's who pays."""
        return await self._calls.fail_endpoint(key, trouble, probing=probing)

    async def mend_endpoint(self, key: str, form: str) -> None:
        """It works."""
        await self._calls.mend_endpoint(key, form)


class Charged(CallLogAround):
    """Another call log, whose calls are made for these payers."""

    def __init__(self, calls: CallLog, payers: Sequence[Payer]) -> None:
        super().__init__(calls)
        self._payers = tuple(payers)

    async def reserve_call(self, call: PlannedCall, budget: Budget) -> int | Wait:
        """Reserve it on the share of one of them."""
        return await super().reserve_call(replace(call, payers=self._payers), budget)


class LeftOver(CallLogAround):
    """The call log of what an earlier day left unread: half of the day's budget is kept for the day's own papers."""

    async def reserve_call(self, call: PlannedCall, budget: Budget) -> int | Wait:
        """Reserve it within half of the budget."""
        half = replace(budget, usd_a_day=budget.usd_a_day / 2, tokens_a_day=budget.tokens_a_day // 2)
        found = await super().reserve_call(call, half)
        if isinstance(found, Wait) and found.why.is_budget:
            return replace(found, reason=KEPT, why=WaitReason.BUDGET_KEPT)
        return found
