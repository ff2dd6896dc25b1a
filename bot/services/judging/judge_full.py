"""A paper's full text through a lens: its verdict takes the place of the abstract's, in every post that shows it."""

from datetime import timedelta

from bot.core.commands.payer import Payer
from bot.core.errors import Refused
from bot.core.fulltext.fulltext import FullText, TextKind
from bot.core.jobs.job import Job, JobState, NewJob, Queue, retry_delay
from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.core.papers.paper import Paper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import BasisKind, Verdict, Wait
from bot.ports.fulltext import TextSource
from bot.ports.model import CallLog
from bot.ports.store import FullAnalyst, Store
from bot.services.ingest.fetch import LAST_POLL, find_text
from bot.services.judging.charge import Charged
from bot.services.publishing.edits import edits_of

FULL = "full"
FETCHED, PUT_OFF = timedelta(seconds=1), timedelta(seconds=10)

FETCHING = NotedReason(WaitReason.FETCHING, "its full text is being fetched")


def judging_full(paper: Paper, lens: str, priority: float, payer: Payer) -> NewJob:
    """The job of judging a paper's full text. No edition waits for it: it names neither `paper` nor `lens`."""
    key = f"{paper.id}|{lens}|{paper.text_hash[:16]}v{paper.version or 0}|{FULL}"
    return NewJob(Queue.JUDGE, key, {FULL: str(paper.id), "through": lens}, priority=priority, payers=(payer,))


def is_full(verdict: Verdict, paper: Paper) -> bool:
    """Whether a verdict rests on the full text of the paper as it is now."""
    return verdict.paper_hash == paper.text_hash and verdict.basis.kind is BasisKind.FULL


async def text_for(job: Job, paper: Paper, store: Store, texts: TextSource) -> FullText | None:
    """The full text that a job works on; None where the job was put off until it is fetched, or ended without one."""
    payers = await store.payers_of(job)
    try:
        full = await find_text(store, texts, paper, payers[0] if payers else None, job.added_at)
    except Refused as error:  # whoever runs the bot dropped the fetching
        await store.end(job, JobState.DONE, error.what)
        return None
    if isinstance(full, Job):
        # What was put off itself is not looked at every second: arXiv cannot be asked just now.
        delay = FETCHED if not full.reason else min(max(retry_delay(job.attempt), PUT_OFF), LAST_POLL)
        noted = full.noted if full.reason else FETCHING
        await store.reschedule(job, delay, noted.words, noted.why)
        return None
    if full.basis.kind is TextKind.ABSTRACT:
        await store.end(job, JobState.DONE, full.basis.reason or "there is no full text")
        return None
    return full


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
        full = await text_for(job, paper, self._store, self._texts)
        if full is None:
            return
        calls = Charged(self._call_log, await self._store.payers_of(job))
        answer = await self._analyst.judge_text(paper, full, lens, calls)
        if isinstance(answer, Wait):
            await self._store.reschedule(job, timedelta(seconds=answer.seconds), answer.reason, answer.why)
        elif before and before.short and answer.short is None:
            await self._store.end(job, JobState.DONE, "a model's verdict is kept: a scan does not take its place")
        else:
            edits = await edits_of(self._store, paper.id, lens.key, answer.stamp) if before else ()
            await self._store.finish_judging(job, answer, edits)
