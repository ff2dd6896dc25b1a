"""`verdict` and `analysis`: at once when the verdict is known, else a receipt, and the verdict when it is ready."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.core.arxiv_id import parse_arxiv_id
from bot.core.errors import PaperNotFound, Refused, SourceUnavailable
from bot.core.lens import Lens
from bot.core.paper import ArxivId, Paper
from bot.core.people import AskedFor, refusal, wait_words
from bot.core.phrase import fit, said
from bot.core.post import PostKey, PostKind
from bot.core.present_analysis import full_analysis
from bot.core.present_answer import answer, judged, receipt, waiting, words
from bot.core.verdict import Verdict
from bot.core.work import Job, JobState, NewJob, Queue
from bot.services.judge_full import is_full, judging_full
from bot.services.look_up import look_up
from bot.services.means import Means, Reply, Turn, Verbs
from bot.services.poll import judging

PATIENCE = timedelta(days=1)
FULL_AGAIN = timedelta(days=1)
ARXIV_AGAIN = timedelta(seconds=30)
URGENT = -1.0
SOON = timedelta(seconds=3)
LOOK = timedelta(seconds=0.5)
LONG_LOOK = timedelta(seconds=3)
LONGEST_LOOK = timedelta(seconds=30)
READING = "receipt"


class Ask:
    """Verdicts on demand."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._store = means.store
        self._looking = asyncio.Semaphore(2)

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {"verdict": self.verdict, "analysis": self.analysis}

    async def verdict(self, turn: Turn) -> Reply:
        """The card of a paper, with Share here."""
        found = await self._judged(turn)
        if isinstance(found, Reply):
            return found
        paper, verdict = found
        key = PostKey(turn.place, PostKind.CARD, str(paper.id), verdict.provenance.lens)
        standing, settings, tally, sheet = await asyncio.gather(
            self._store.sent(key),
            self._store.place_settings(turn.place),
            self._store.tally(turn.place, paper.id, key.lens),
            self._means.renderer.sheet(paper, verdict),
        )
        standing_at = standing.ref if standing else None
        return Reply(judged(sheet, standing_at=standing_at, sharing=settings.sharing, tally=tally))

    async def analysis(self, turn: Turn) -> Reply:
        """The full analysis of a paper."""
        found = await self._judged(turn)
        if isinstance(found, Reply):
            return found
        post = full_analysis(await self._means.renderer.sheet(*found))
        return Reply(answer(post.lines))

    async def _judged(self, turn: Turn) -> tuple[Paper, Verdict] | Reply:
        """The paper with its present verdict, or what to say while there is none."""
        paper_id, _ = parse_arxiv_id(turn.command.get("paper"))
        lens = await self._means.lens_for(turn.place, turn.command.get("lens"), paper_id)
        paper, verdict = await asyncio.gather(self._store.paper(paper_id), self._store.verdict(paper_id, lens.key))
        if paper and verdict and _is_current(turn, paper, verdict):
            if turn.told:
                await self._store.settle_request(turn.asked.key, verdict.provenance.cost_usd)
            return paper, verdict
        if paper and paper.is_withdrawn:
            return Reply(words(f"{paper_id} has been withdrawn by its authors, so there is no verdict on it."))
        await self._count(turn, paper_id, lens)
        if self._means.clock.now() - turn.since > PATIENCE:
            raise Refused(f"{paper_id} could not be judged within a day.", "See status, then ask again.")
        if not turn.told:
            return Reply(receipt(str(paper_id), lens.key), waits=True, told=READING, delay=timedelta(0))
        if paper is None:
            return await self._find(turn, paper_id)
        return await self._wait(turn, paper, lens)

    async def _count(self, turn: Turn, paper_id: ArxivId, lens: Lens) -> None:
        """Count the request within the limits; `Refused` says when it goes on."""
        now = self._means.clock.now()
        request = AskedFor(turn.asked.key, turn.asked.asker, paper_id, lens.key, now.date())
        if turn.told:
            return
        spent = await self._store.ask_for(request, self._means.limits)
        reason = refusal(spent, self._means.limits) if spent else None
        if reason:
            raise Refused(f"{reason} {wait_words(now)}", "Verdicts that are known already can be had at any time.")

    async def _find(self, turn: Turn, paper_id: ArxivId) -> Reply:
        """Ask arXiv for a paper that we have not met."""
        if self._looking.locked():  # arXiv is asked one thing at a time; hands that wait for it would answer nobody
            return Reply(None, waits=True, told=turn.told, delay=LOOK)
        try:
            async with self._looking:
                await look_up(str(paper_id), store=self._store, source=self._means.source)
        except PaperNotFound:
            await self._store.release_place(turn.asked.key)
            raise
        except SourceUnavailable as error:
            told = f"arXiv {error.outcome}"
            post = waiting(str(paper_id), f"arXiv cannot be asked just now ({fit(said(error.what), 160)})")
            return Reply(None if told == turn.told else post, waits=True, told=told, delay=ARXIV_AGAIN)
        return Reply(None, waits=True, told=turn.told, delay=timedelta(0))

    async def _wait(self, turn: Turn, paper: Paper, lens: Lens) -> Reply:
        """See that the paper is judged, before what the day's papers wait for; say why when it takes long."""
        job = await self._job(turn, paper, lens)
        if _wants_full(turn) and job.state is JobState.DONE and job.reason:
            reason = fit(said(job.reason), 200)
            raise Refused(f"The full text of {paper.id} is not judged: {reason}.", f"Try verdict {paper.id}.")
        if job.state in (JobState.FAILED, JobState.DROPPED):
            reason = fit(said(job.reason or job.state), 200)
            raise Refused(f"{paper.id} cannot be judged: {reason}.", "The operator can try it again: copecheck jobs.")
        if job.state is JobState.OPEN and not turn.told.startswith("job"):
            await self._store.hurry(Queue.JUDGE, job.key, URGENT)
        reason = self._reason(job)
        if reason and f"job {reason}" != turn.told:
            return Reply(waiting(str(paper.id), reason), waits=True, told=f"job {reason}", delay=self._until(job, turn))
        return Reply(None, waits=True, told=turn.told, delay=self._until(job, turn))

    async def _job(self, turn: Turn, paper: Paper, lens: Lens) -> Job:
        """The work that is waited for. A paper that had no full text may have one by now: it is looked for daily."""
        new = judging_full(paper, lens.key, URGENT) if _wants_full(turn) else judging(paper, lens.key, URGENT)
        job = await self._stored(new)
        now = self._means.clock.now()
        is_vain = job.state is JobState.DONE and bool(job.reason) and now - job.added_at >= FULL_AGAIN
        if _wants_full(turn) and is_vain:
            job = await self._stored(replace(new, key=f"{new.key}|{now:%Y-%m-%d}"))
        return job

    async def _stored(self, new: NewJob) -> Job:
        await self._store.add_jobs([new])
        job = await self._store.find_job(Queue.JUDGE, new.key)
        if job is None:
            raise Refused("The work on that paper is gone.", "Ask again.")
        return job

    def _until(self, job: Job, turn: Turn) -> timedelta:
        """How long to wait before looking again: as long as the judging was put off, and ever longer, within bounds."""
        now = self._means.clock.now()
        if self._reason(job):
            return min(max(job.due_at - now, LOOK), LONGEST_LOOK)
        return min(max((now - turn.since) / 8, LOOK), LONG_LOOK)

    def _reason(self, job: Job) -> str:
        """Why the judging was put off; empty while it is only in the queue."""
        late = job.state is JobState.OPEN and job.due_at > self._means.clock.now() + SOON
        return job.reason if late and job.reason else ""


def _wants_full(turn: Turn) -> bool:
    return bool(turn.command.get("full"))


def _is_current(turn: Turn, paper: Paper, verdict: Verdict) -> bool:
    """Whether a known verdict is what was asked for."""
    if paper.is_withdrawn:
        return True
    return is_full(verdict, paper) if _wants_full(turn) else verdict.paper_hash == paper.text_hash
