"""A paper's analysis: one further call that starts from the stored short verdict, for cards and for who asks."""

from datetime import date, timedelta

from bot.core.commands.payer import Payer
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.papers.paper import Paper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import BasisKind, NoAnalysis, Verdict, Wait
from bot.ports.fulltext import TextSource
from bot.ports.model import CallLog
from bot.ports.store import FullAnalyst, Store
from bot.services.judging.charge import Charged
from bot.services.judging.judge_full import text_for
from bot.services.publishing.edits import edits_of_cards

ANALYSIS = "analysis"
RETRY_AFTER_CHANGE = timedelta(seconds=1)
DISAGREES = "it contradicted the short verdict, so it is not shown"


def analysing(paper: Paper, verdict: Verdict, priority: float, payer: Payer, day: date | None = None) -> NewJob:
    """The job of writing the analysis of a stored verdict. No edition counts it: it names neither `paper` nor `lens`.

    `day`: it is for a card of that day's edition, and for nothing when that has closed.
    """
    lens = verdict.provenance.lens
    key = f"{paper.id}|{lens}|{paper.text_hash[:16]}v{paper.version or 0}|{verdict.basis.kind}|{ANALYSIS}"
    payload = {ANALYSIS: str(paper.id), "through": lens} | ({"day": day.isoformat()} if day else {})
    return NewJob(Queue.JUDGE, key, payload, priority=priority, payers=(payer,))


class Analyse:
    """Writes one analysis, or says why there is none."""

    def __init__(self, store: Store, analyst: FullAnalyst, texts: TextSource, call_log: CallLog) -> None:
        self._store = store
        self._analyst = analyst
        self._texts = texts
        self._call_log = call_log

    async def __call__(self, job: Job, paper: Paper, lens: Lens, verdict: Verdict | None) -> None:
        """Write it from the verdict as it stands; nothing of that changes but that its analysis is there."""
        if verdict is None or not verdict.can_be_analysed or verdict.paper_hash != paper.text_hash:
            await self._store.end(job, JobState.DONE, "there is no verdict on the present text to start from")
            return
        if verdict.analysis is not None:
            await self._store.end(job, JobState.DONE)
            return
        is_full = verdict.basis.kind is BasisKind.FULL
        full = await text_for(job, paper, self._store, self._texts) if is_full else None
        if full is None and is_full:
            return
        calls = Charged(self._call_log, await self._store.payers_of(job))
        answer = await self._analyst.analyse(verdict, paper, full, lens, calls)
        if isinstance(answer, Wait):
            await self._store.reschedule(job, timedelta(seconds=answer.seconds), answer.reason, answer.why)
        elif isinstance(answer, NoAnalysis):
            await self._store.end(job, JobState.DONE, DISAGREES if answer.disagrees else answer.reason)
        else:
            after = verdict.with_analysis(answer)
            edits = await edits_of_cards(self._store, paper.id, lens.key, after.stamp)
            if not await self._store.finish_analysis(job, verdict, after, edits):
                await self._store.reschedule(
                    job, RETRY_AFTER_CHANGE, "the verdict changed while its analysis was written", WaitReason.JUDGING
                )
