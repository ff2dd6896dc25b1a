"""A paper through a lens: ask the analyst, keep what it says, and edit what stands where an older verdict was shown."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.core.errors import CopeCheckError
from bot.core.jobs.job import Job, JobState
from bot.core.papers.paper import ArxivId, Paper
from bot.core.verdicts.call import Budget, CallOutcome, EndpointState, PastCall, PlannedCall, Trouble, Usage
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Verdict, Wait
from bot.ports.model import CallLog
from bot.ports.store import Analyst, Store
from bot.services.judging.analyse import ANALYSIS, Analyse
from bot.services.judging.charge import Charged, LeftOver
from bot.services.judging.judge_full import FULL, JudgeFull
from bot.services.publishing.edits import edits_of

JUDGE_WITHIN = timedelta(days=7)


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
        analyse: Analyse | None = None,
    ) -> None:
        self._judge_full = judge_full
        self._analyse = analyse
        self._store = store
        self._analyst = analyst
        self._lenses = lenses
        self._call_log = call_log

    async def __call__(self, job: Job) -> None:
        """Judge what the payload names (`paper`, `lens`; `full` or `analysis`, `through`), or put it off."""
        named, through = (
            job.payload.get(FULL) or job.payload.get(ANALYSIS) or job.payload["paper"],
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
        if job.payload.get(ANALYSIS):
            await self._write(job, paper, lens, before)
            return
        if paper.is_withdrawn or (before and before.paper_hash == paper.text_hash):
            await self._store.end(job, JobState.DONE, "withdrawn" if paper.is_withdrawn else "already judged")
            return
        is_left_over = await self._is_left_over(job, lens.key)
        if is_left_over and await self._is_too_late(job, paper.id, lens.key):
            await self._store.forget_job(job)
            return
        calls: CallLog = Charged(self._call_log, await self._store.payers_of(job))
        if is_left_over:
            calls = LeftOver(calls)
        answer = await self._analyst.judge(paper, lens, calls)
        if isinstance(answer, Wait):
            await self._store.reschedule(job, timedelta(seconds=answer.seconds), answer.reason, answer.why)
            return
        if before and before.short and answer.short is None:
            kept = "the model's verdict on an earlier text is kept: a scan does not take its place"
            await self._store.end(job, JobState.DONE, kept)
            return
        edits = await edits_of(self._store, paper.id, lens.key, answer.stamp)
        await self._store.finish_judging(job, answer, edits)

    async def _write(self, job: Job, paper: Paper, lens: Lens, verdict: Verdict | None) -> None:
        """Write the analysis of a verdict, where somebody may still see it."""
        if self._analyse is None or paper.is_withdrawn:
            await self._store.end(job, JobState.DONE, "withdrawn" if paper.is_withdrawn else "no model is set up")
        elif await self._is_left_over(job, lens.key) and await self._is_too_late(job, paper.id, lens.key):
            await self._store.forget_job(job)
        else:
            await self._analyse(job, paper, lens, verdict)

    async def _is_too_late(self, job: Job, paper: ArxivId, lens: str) -> bool:
        """Whether nobody would see what is left over and costs a call.

        What was not read stands in a list by its title, and a later verdict is edited in, for a week.
        """
        return job.due_at - job.added_at > JUDGE_WITHIN or not await self._store.is_out_or_coming(paper, lens)

    async def _is_left_over(self, job: Job, lens: str) -> bool:
        """Whether the day that a model's verdict was for has closed without it: it stands there by its title."""
        day = job.payload.get("day")
        is_open = not day or job.is_urgent or await self._store.is_day_open(lens, date.fromisoformat(day))
        return not is_open
