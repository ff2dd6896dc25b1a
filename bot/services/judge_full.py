"""A paper's full text through a lens: its verdict takes the place of the abstract's, in every post that shows it."""

from datetime import timedelta

from bot.core.errors import SourceUnavailable
from bot.core.fulltext import TextKind
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.verdict import BasisKind, Verdict, Wait
from bot.core.work import Job, JobState, NewJob, Queue, retry_delay
from bot.ports import FullAnalyst, Store
from bot.ports_model import CallLog
from bot.ports_text import TextSource
from bot.services.edits import edits_of

FULL = "full"


def judging_full(paper: Paper, lens: str, priority: float) -> NewJob:
    """The job of judging a paper's full text. No edition waits for it: it names neither `paper` nor `lens`."""
    key = f"{paper.id}|{lens}|{paper.text_hash[:16]}v{paper.version or 0}|{FULL}"
    return NewJob(Queue.JUDGE, key, {FULL: str(paper.id), "through": lens}, priority=priority)


def is_full(verdict: Verdict, paper: Paper) -> bool:
    """Whether a verdict rests on the full text of the paper as it is now."""
    return verdict.paper_hash == paper.text_hash and verdict.basis.kind is BasisKind.FULL


class JudgeFull:
    """Judges one full text, or says why there is none."""

    def __init__(self, store: Store, analyst: FullAnalyst, texts: TextSource, call_log: CallLog) -> None:
        self._store = store
        self._analyst = analyst
        self._texts = texts
        self._call_log = call_log

    async def __call__(self, job: Job, paper: Paper, lens: Lens, before: Verdict | None) -> None:
        """Judge the text of the paper; where only its abstract can be had, the job ends with the reason."""
        if paper.is_withdrawn or (before and is_full(before, paper)):
            await self._store.end(job, JobState.DONE, "withdrawn" if paper.is_withdrawn else "already judged")
            return
        try:
            full = await self._texts.fetch_text(paper)
        except SourceUnavailable as error:
            await self._store.put_off(job, retry_delay(job.attempt), f"arXiv cannot be asked: {error.what}")
            return
        if full.basis.kind is TextKind.ABSTRACT:
            await self._store.end(job, JobState.DONE, full.basis.reason or "there is no full text")
            return
        answer = await self._analyst.judge_text(paper, full, lens, self._call_log)
        if isinstance(answer, Wait):
            await self._store.put_off(job, timedelta(seconds=answer.seconds), answer.reason)
        elif before and before.analysis and answer.analysis is None:
            await self._store.end(job, JobState.DONE, "a model's verdict is kept: a scan does not take its place")
        else:
            edits = await edits_of(self._store, paper.id, lens.key, answer.stamp) if before else ()
            await self._store.finish_judging(job, answer, edits)
