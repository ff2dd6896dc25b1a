"""A paper through a lens: ask the analyst, keep what it says, and edit what stands where an older verdict was shown."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.core.call import Budget, CallOutcome, EndpointState, PastCall, PlannedCall, Trouble, Usage
from bot.core.errors import CopeCheckError
from bot.core.lens import Lens
from bot.core.paper import ArxivId
from bot.core.verdict import Wait
from bot.core.work import Job, JobState
from bot.ports import Analyst, Store
from bot.ports_model import CallLog
from bot.services.edits import edit_of as edit_of
from bot.services.edits import edits_of as edits_of
from bot.services.judge_full import FULL, JudgeFull


class NoCalls:
    """The call log of an analyst that calls nobody: to reach it is a mistake in the wiring."""

    async def reserve_call(self, call: PlannedCall, budget: Budget) -> int | Wait:
        """Nobody may call."""
        raise CopeCheckError("This analyst was wired without a call log.")

    async def store_reply(self, call: int, reply: str, milliseconds: int) -> None:
        """No call was made."""

    async def settle_call(
        self, call: int, outcome: CallOutcome, usage: Usage | None, note: str = "", milliseconds: int | None = None
    ) -> None:
        """No call was made."""

    async def calls_of(self, prompt: str) -> Sequence[PastCall]:
        """No call was ever made."""
        return ()

    async def enter_endpoint(self, key: str, hold: timedelta) -> EndpointState:
        """Nothing is known of any endpoint."""
        return EndpointState(key)

    async def fail_endpoint(self, key: str, trouble: Trouble, *, probing: bool) -> EndpointState:
        """No endpoint was called."""
        return EndpointState(key)

    async def mend_endpoint(self, key: str, form: str) -> None:
        """No endpoint was called."""


class Judge:
    """The step of the judging queue."""

    def __init__(
        self,
        store: Store,
        analyst: Analyst,
        lenses: Mapping[str, Lens],
        call_log: CallLog,
        judge_full: JudgeFull | None = None,
    ) -> None:
        self._judge_full = judge_full
        self._store = store
        self._analyst = analyst
        self._lenses = lenses
        self._call_log = call_log

    async def __call__(self, job: Job) -> None:
        """Judge what the payload names (`paper`, `lens`; `full`, `through`), or put it off with the reason."""
        named, through = (
            job.payload.get(FULL) or job.payload["paper"],
            job.payload.get("through") or job.payload["lens"],
        )
        paper, lens = await self._store.paper(ArxivId(named)), self._lenses.get(through)
        if paper is None or lens is None:
            missing = "paper is not in the store" if paper is None else f"lens {through!r} is not there"
            await self._store.end(job, JobState.FAILED, f"the {missing}")
            return
        before = await self._store.verdict(paper.id, lens.key)
        if job.payload.get(FULL) and self._judge_full is not None:
            await self._judge_full(job, paper, lens, before)
            return
        if paper.is_withdrawn or (before and before.paper_hash == paper.text_hash):
            await self._store.end(job, JobState.DONE, "withdrawn" if paper.is_withdrawn else "already judged")
            return
        if await self._is_too_late(job, lens.key):
            await self._store.forget_job(job)
            return
        answer = await self._analyst.judge(paper, lens, self._call_log)
        if isinstance(answer, Wait):
            await self._store.put_off(job, timedelta(seconds=answer.seconds), answer.reason)
            return
        if before and before.analysis and answer.analysis is None:
            kept = "the model's verdict on an earlier text is kept: a scan does not take its place"
            await self._store.end(job, JobState.DONE, kept)
            return
        edits = await edits_of(self._store, paper.id, lens.key, answer.stamp) if before else ()
        await self._store.finish_judging(job, answer, edits)

    async def _is_too_late(self, job: Job, lens: str) -> bool:
        """Whether the day that a model's verdict was for has closed without it: nobody would see what it costs."""
        day = job.payload.get("day")
        if not day or job.is_urgent:
            return False
        return not await self._store.is_day_open(lens, date.fromisoformat(day))
