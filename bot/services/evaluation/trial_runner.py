"""Trials: each is looked up in the store and, where nobody has asked for it yet, asked for; several at once.

Replies are rows of the store's calls, as in daily work, and the day's budget holds. A trial has a log of its own: the
same prompt in another run is another prompt. One trial is one first request and at most one repair.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from bot.core.evaluation.known_questions import Tried
from bot.core.evaluation.trials import Ending, EvalRun
from bot.core.jobs.wait_reason import WaitReason
from bot.core.verdicts.call import Budget, CallOutcome, EndpointState, PastCall, PlannedCall
from bot.core.verdicts.verdict import Wait
from bot.ports.model import CallLog
from bot.ports.store import Progress
from bot.services.judging.charge import CallLogAround

ATTEMPTS_MOST = 5
LONGEST_REST_SECONDS = 120.0
NO_WAIT = Wait("", 0.0)
NOT_ASKED = "this reply is not in the store"
STOPPED = "the evaluation was stopped"

Rest = Callable[[float], Awaitable[object]]
Outcome = TypeVar("Outcome", EvalRun, Tried)
OutcomeT_co = TypeVar("OutcomeT_co", EvalRun, Tried, covariant=True)
AnyTrial = TypeVar("AnyTrial", bound="Trial[Any]")


class Trial(Protocol[OutcomeT_co]):
    """What is asked of one model once."""

    @property
    def judge(self) -> str:
        """Who is asked."""

    @property
    def tag(self) -> str:
        """What tells its prompts from those of other trials and of daily work."""

    def unanswered(self, reason: str) -> OutcomeT_co:
        """The outcome of a trial to which nobody replied."""

    async def read(self, run_log: "RunLog") -> tuple[OutcomeT_co, Wait]:
        """What came of it with that log, and why and until when it is to be waited for."""


class RunLog(CallLogAround):
    """The call log of one piece: that of the store, under prompts of its own. `may_call` False: only look."""

    def __init__(self, calls: CallLog, tag: str, *, may_call: bool = True) -> None:
        super().__init__(calls)
        self._tag = tag
        self._prompts: dict[str, None] = {}
        self.may_call = may_call
        self.refusal: Wait | None = None

    def _own(self, prompt: str) -> str:
        own = hashlib.sha256(f"{self._tag}\0{prompt}".encode()).hexdigest()
        self._prompts[own] = None
        return own

    async def rows(self) -> list[PastCall]:
        """Every call of this piece, oldest first."""
        found = [past_call for prompt in self._prompts for past_call in await self._calls.calls_of(prompt)]
        return sorted(found, key=lambda item: item.id)

    async def is_too_long(self) -> bool:
        """Whether the last that was said of this piece is that even its shortest form is too long."""
        rows = await self.rows()
        return bool(rows) and rows[-1].outcome is CallOutcome.TOO_LONG

    async def reserve_call(self, call: PlannedCall, budget: Budget) -> int | Wait:
        """As the store does, under this run's prompt."""
        own = replace(call, prompt=self._own(call.prompt))
        if not self.may_call:
            return Wait(NOT_ASKED)
        found = await self._calls.reserve_call(own, budget)
        self.refusal = found if isinstance(found, Wait) else None
        return found

    async def calls_of(self, prompt: str) -> Sequence[PastCall]:
        """The calls of this run alone."""
        return await self._calls.calls_of(self._own(prompt))

    async def enter_endpoint(self, key: str, hold: timedelta) -> EndpointState:
        """As the store does; who only looks takes no turn."""
        return await self._calls.enter_endpoint(key, hold) if self.may_call else EndpointState(key)


class TrialRunner(Generic[AnyTrial, Outcome]):
    """The work on many trials over one store."""

    def __init__(self, calls: CallLog, *, concurrency: int = 1, rest: Rest = asyncio.sleep) -> None:
        self._calls = calls
        self._concurrency = concurrency
        self._rest = rest
        self._away: dict[str, str] = {}

    async def look(self, trials: Sequence[AnyTrial], progress: Progress) -> tuple[list[Outcome], list[AnyTrial]]:
        """What is known already (and all that rules can say), and what has to be asked. Nobody is called."""
        known: list[Outcome] = []
        left: list[AnyTrial] = []
        for number, trial in enumerate(trials, 1):
            outcome, _ = await trial.read(RunLog(self._calls, trial.tag, may_call=False))
            if outcome.ending is Ending.UNANSWERED:
                left.append(trial)
            else:
                known.append(outcome)
            progress.show("known", number, len(trials))
        return known, left

    async def ask(self, trials: Sequence[AnyTrial], progress: Progress, stop: asyncio.Event) -> list[Outcome]:
        """Ask for each, several at once. When `stop` is set, what is under way is finished and nothing more begun."""
        queue, outcomes = deque(trials), list[Outcome]()

        async def work() -> None:
            while queue:
                outcomes.append(await self._ask_for(queue.popleft(), stop))
                progress.show("asked", len(outcomes), len(trials))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, len(trials))):
                    group.create_task(work())
        except BaseExceptionGroup as failed:  # one fault is told as itself
            raise failed.exceptions[0] from None
        return outcomes

    async def _ask_for(self, trial: AnyTrial, stop: asyncio.Event) -> Outcome:
        """One trial, tried several times while nobody answers; waiting for the budget is no try."""
        tries = 0
        outcome: Outcome = trial.unanswered(STOPPED)
        while tries < ATTEMPTS_MOST:
            known = STOPPED if stop.is_set() else self._away.get(trial.judge, "")
            if known:
                outcome = trial.unanswered(known)
                break
            run_log = RunLog(self._calls, trial.tag)
            outcome, wait = await trial.read(run_log)
            if outcome.ending is not Ending.UNANSWERED:
                return outcome
            if await run_log.is_too_long():
                return replace(outcome, ending=Ending.UNFIT)
            if wait.why is WaitReason.MODEL_STOPPED or wait.seconds > LONGEST_REST_SECONDS:
                self._away[trial.judge] = outcome.reason
                return outcome
            tries += run_log.refusal is None
            if tries < ATTEMPTS_MOST:
                await first_of(stop.wait(), self._rest(wait.seconds))
        return outcome


async def first_of(*several: Awaitable[object]) -> None:
    """Wait for the first of them; the others are given up."""
    tasks = [asyncio.ensure_future(awaitable) for awaitable in several]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
