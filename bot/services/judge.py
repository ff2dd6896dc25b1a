"""A paper through a lens: ask the analyst, keep what it says, and edit what stands where an older verdict was shown."""

from collections.abc import Mapping
from datetime import timedelta

from bot.core.errors import CopeCheckError
from bot.core.lens import Lens
from bot.core.paper import ArxivId
from bot.core.post import PostKey
from bot.core.verdict import Wait
from bot.core.work import Job, JobState, NewJob, Queue
from bot.ports import Analyst, CallLog, Store


class NoCalls:
    """The call log of an analyst that calls nobody: every budget allows nothing, for nothing."""

    async def reserve(self, tokens: int, cost_usd: float) -> Wait | None:
        """Nothing is spent, so nothing is in the way."""
        return None

    async def reply(self, prompt_hash: str) -> str | None:
        """No reply was ever stored."""
        return None

    async def record(self, prompt_hash: str, reply: str, tokens_in: int, tokens_out: int, cost_usd: float) -> None:
        """An analyst that calls nobody has nothing to record: reaching this is a mistake in the wiring."""
        raise CopeCheckError("This analyst was wired without a call log.")


class Judge:
    """The step of the judging queue."""

    def __init__(self, store: Store, analyst: Analyst, lenses: Mapping[str, Lens], call_log: CallLog) -> None:
        self._store = store
        self._analyst = analyst
        self._lenses = lenses
        self._call_log = call_log

    async def __call__(self, job: Job) -> None:
        """Judge `job.payload` (`paper`, `lens`), or put it off with the analyst's reason."""
        paper = await self._store.paper(ArxivId(job.payload["paper"]))
        lens = self._lenses.get(job.payload["lens"])
        if paper is None or lens is None:
            missing = "paper is not in the store" if paper is None else f"lens {job.payload['lens']!r} is not there"
            await self._store.end(job, JobState.FAILED, f"the {missing}")
            return
        before = await self._store.verdict(paper.id, lens.key)
        if paper.is_withdrawn or (before and before.paper_hash == paper.text_hash):
            await self._store.end(job, JobState.DONE, "withdrawn" if paper.is_withdrawn else "already judged")
            return
        answer = await self._analyst.judge(paper, lens, self._call_log)
        if isinstance(answer, Wait):
            await self._store.put_off(job, timedelta(seconds=answer.seconds), answer.reason)
            return
        edits = await edits_of(self._store, paper.id, lens.key, answer.paper_hash) if before else ()
        await self._store.finish_judging(job, answer, edits)


async def edits_of(store: Store, paper: ArxivId, lens: str, text_hash: str) -> tuple[NewJob, ...]:
    """The jobs that put a changed verdict (or a withdrawal) in the place of every post that shows the old one."""
    return tuple(edit_of(post.key, text_hash) for post in await store.posts_showing(paper, lens))


def edit_of(key: PostKey, stamp: str) -> NewJob:
    """The job that puts a post's present content in the place of what stands there; `stamp` tells contents apart."""
    return NewJob(Queue.DELIVER, f"edit|{key}|{stamp[:16]}", {"edit": str(key)}, lane=str(key.place))
