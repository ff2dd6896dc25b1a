"""What an analyst that calls a model needs remembered: its calls, its budget, and what its endpoints take."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from bot.core.verdicts.call import Budget, CallOutcome, EndpointState, PastCall, PlannedCall, Spending, Trouble, Usage
from bot.core.verdicts.verdict import Wait


class CallLog(Protocol):
    """Budget is reserved before a call; its raw reply is stored, in its own commit, before anybody reads it.

    Every method is one transaction. An analyst that calls nobody is given a log that refuses (`NoCalls`).
    """

    async def reserve_call(self, call: PlannedCall, budget: Budget) -> int | Wait:
        """The id of the call's row when the day's budget allows it, else why and how long it waits.

        What was reserved counts as spent until the call is settled; so does a call that nobody lived to settle."""

    async def store_reply(self, call: int, reply: str, milliseconds: int) -> None:
        """Keep the raw reply as it came."""

    async def settle_call(
        self, call: int, outcome: CallOutcome, usage: Usage | None, note: str = "", milliseconds: int | None = None
    ) -> None:
        """What came of the call and what it took; `usage` None: leave the figures that stand there."""

    async def calls_of(self, prompt: str) -> Sequence[PastCall]:
        """Every call that asked exactly this, oldest first."""

    async def enter_endpoint(self, key: str, hold: timedelta) -> EndpointState:
        """What is known of the endpoint. When it was closed until now, the first to come is the one that probes, and
        all others find it closed for `hold`."""

    async def fail_endpoint(self, key: str, trouble: Trouble, *, probing: bool) -> EndpointState:
        """Count a trouble that is not the paper's; the endpoint may be closed for a while."""

    async def mend_endpoint(self, key: str, form: str) -> None:
        """It works, and takes replies of that form."""


class ModelStore(CallLog, Protocol):
    """The calls as the rest of the bot sees them."""

    async def spending(self, community: str | None = None) -> Spending:
        """What today's calls (UTC) took: all, or those that a community paid for (by its mark, see `Payer.marks`)."""

    async def endpoint_states(self) -> Sequence[EndpointState]:
        """Every endpoint that was ever called, by key."""

    async def usual_usage(self, model: str, wanted: str = "verdict") -> Usage | None:
        """The mean of that model's latest calls for a first reply of that kind; None when there were none."""

    async def resume_stopped(self) -> None:
        """Try what a person had to mend again: endpoints open, and what waits for them is due."""

    async def forget_replies(self, older: timedelta) -> int:
        """Delete raw replies older than that; what they cost stays. How many."""
