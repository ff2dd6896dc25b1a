"""The step of the looking queue: papers that stand somewhere are asked of arXiv once more.

What is withdrawn is marked in every post that shows it, and told to who was just shown the old verdict; what changed
is judged again. The step may be repeated: whatever follows is read from the store after the answer was stored.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.core.commands.event import CommandEvent
from bot.core.commands.payer import Cause, Payer
from bot.core.errors import MalformedId, SourceUnavailable
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.papers.calendar import failure_wait
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import ArxivId, Paper
from bot.ports.fulltext import TextSource
from bot.ports.store import Clock, PaperSource, Store
from bot.services.ingest.fetch import CATEGORY, FIND, TEXT
from bot.services.ingest.poll import Poll, again
from bot.services.publishing.edits import edits_of_standing

API_LAG = timedelta(minutes=30)
NOT_FOUND_AFTER = timedelta(days=2)
TRIED_TOGETHER = 4
LOOKED = "looked again"
NO_ANSWER = (Outcome.UNREACHABLE, Outcome.RATE_LIMITED, Outcome.REFUSED, Outcome.TOO_SLOW, Outcome.HTML_PAGE)


class LookAgain:
    """Looks at the papers of a job, at most a call of the API at once."""

    def __init__(self, store: Store, source: PaperSource, clock: Clock, poll: Poll, texts: TextSource) -> None:
        self._poll = poll
        self._texts = texts
        self._store = store
        self._source = source
        self._clock = clock

    async def __call__(self, job: Job) -> None:
        """Ask for what nobody asked for since the job was added, and do what follows."""
        wanted = [job.payload[kind] for kind in (FIND, TEXT, CATEGORY) if job.payload.get(kind)]
        if wanted:
            await self._fetch(job, str(wanted[0]))
            return
        papers = [ArxivId(item) for item in job.payload["papers"]]
        looks = await self._store.looks(papers)
        due = [paper for paper in papers if paper not in looks or looks[paper] < job.added_at]
        try:
            found, then = await self._ask(due)
        except SourceUnavailable as error:
            await self._store.add_jobs(await self._follow_up(papers, job))  # what is known already waits for nobody
            await self._put_off(job, due, error)
            return
        then += await self._follow_up(papers, job)
        if len(found) < len(due) and self._clock.now() - job.added_at < NOT_FOUND_AFTER:
            await self._store.add_jobs(then)
            await self._store.reschedule(
                job, API_LAG, "arXiv's API does not tell the new version yet", WaitReason.ARXIV
            )
        else:
            await self._store.end(job, then=then)

    async def _put_off(self, job: Job, due: Sequence[ArxivId], error: SourceUnavailable) -> None:
        """Come back later. Where arXiv answers and the answer is none, one id may be the reason: those asked for
        together go on in halves, until it stands alone and is given up after the same patience as any other."""
        reason = f"arXiv cannot be asked ({error.outcome})"
        payers = tuple(await self._store.payers_of(job))
        is_its_answer = error.outcome not in NO_ANSWER and job.attempt >= TRIED_TOGETHER
        if is_its_answer and len(due) > 1:
            half = len(due) // 2
            parts = [_part(job, due[:half], 1, payers), _part(job, due[half:], 2, payers)]
            await self._store.end(job, JobState.DONE, reason, parts)
        elif is_its_answer and self._clock.now() - job.added_at > NOT_FOUND_AFTER:
            await self._store.end(job, JobState.FAILED, reason)
        else:
            await self._store.reschedule(job, self._wait(job, error), reason, WaitReason.ARXIV)

    async def now(self, paper: ArxivId) -> None:
        """Look at one paper for somebody who waits; `SourceUnavailable` when arXiv cannot be asked."""
        _, then = await self._ask([paper])
        await self._store.add_jobs([*then, *await self._follow_up([paper])])

    async def _fetch(self, job: Job, what: str) -> None:
        """Fetch for somebody who waits: a paper by its id, its full text, or a category's feed."""
        try:
            if job.payload.get(CATEGORY):
                others = [
                    follow for follow in await self._store.follows() if follow.is_on and what in follow.categories
                ]
                await self._poll.poll(what, others)
            elif job.payload.get(TEXT):
                await self._fetch_text(ArxivId(what), job)
            else:
                await self._ask([ArxivId(what)])
                if await self._store.paper(ArxivId(what)) is None:
                    await self._store.note_unknown(ArxivId(what))
        except SourceUnavailable as error:
            await self._store.reschedule(
                job, self._wait(job, error), f"arXiv cannot be asked ({error.outcome})", WaitReason.ARXIV
            )
            return
        await self._store.end(job)

    async def _fetch_text(self, name: ArxivId, job: Job) -> None:
        """Fetch a text so that it is kept: of the version that arXiv tells, and in the turn of who asked."""
        paper = await self._store.paper(name)
        if paper is not None and paper.version is None:
            await self._ask([name])
            paper = await self._store.paper(name)
        if paper is not None:
            asker = next((payer.person for payer in await self._store.payers_of(job) if payer.person), "")
            await self._texts.fetch_text(paper, asker)

    async def _ask(self, due: Sequence[ArxivId]) -> tuple[Mapping[ArxivId, Paper], list[NewJob]]:
        """What arXiv says, stored, without answers that are older than what we know; and who came back."""
        if not due:
            return {}, []
        try:
            found = await self._source.fetch_papers(due)
        except MalformedId:
            found = {}
        known = await self._store.papers(due)
        present = {arxiv_id: paper for arxiv_id, paper in found.items() if not _is_older(paper, known.get(arxiv_id))}
        await self._store.put_papers(list(present.values()))
        back = [
            paper
            for paper in present.values()
            if not paper.is_withdrawn and paper.id in known and known[paper.id].is_withdrawn
        ]
        return present, [edit for paper in back for edit in await edits_of_standing(self._store, paper)]

    async def _follow_up(self, papers: Sequence[ArxivId], job: Job | None = None) -> list[NewJob]:
        """Marks for what is withdrawn, a word to who asked, and judging jobs for what changed."""
        known = await self._store.papers(papers)
        gone = [paper for paper in known.values() if paper.is_withdrawn]
        then = [edit for paper in gone for edit in await edits_of_standing(self._store, paper)]
        if gone and job and job.payload.get("person"):
            then.append(_word(job))
        changed = [paper for paper in known.values() if not paper.is_withdrawn]
        payers = await self._store.payers_of(job) if job else ()
        asked = tuple(payer for payer in payers if payer.cause is not Cause.FOLLOW)
        for lens in sorted({follow.lens for follow in await self._store.follows()}):
            then += await again(self._store, changed, lens, asked)
        return then

    def _wait(self, job: Job, error: SourceUnavailable) -> timedelta:
        """When arXiv is asked again: never before it wishes."""
        asked_for = error.retry_at - self._clock.now() if error.retry_at else timedelta(0)
        return max(asked_for, failure_wait(error.outcome, job.attempt))


def _part(job: Job, papers: Sequence[ArxivId], number: int, payers: tuple[Payer, ...]) -> NewJob:
    """A part of the papers of a job, as a job of its own, for the same people."""
    payload = {**job.payload, "papers": [str(paper) for paper in papers]}
    return NewJob(Queue.LOOK, f"{job.key}/{number}", payload, priority=job.priority, payers=payers)


def _is_older(found: Paper, known: Paper | None) -> bool:
    """Whether the API has not caught up with what the feed announced."""
    return known is not None and (known.version or 0) > (found.version or 0)


def _word(job: Job) -> NewJob:
    """The answer to who was shown the old verdict: once more, with what is known now."""
    asked = CommandEvent.of(job.payload)
    payload = {
        **asked.payload(),
        "told": LOOKED,
        "since": job.added_at.isoformat(),
        "fixed": job.payload.get("fixed", {}),
    }
    payers = (Payer.of(asked.asker, Cause.COMMAND),)
    return NewJob(Queue.ANSWER, f"{asked.key}|{LOOKED}", payload, payers=payers)
