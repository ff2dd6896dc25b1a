"""A paper through a lens: ask the analyst, keep what it says, and edit what stands where an older verdict was shown."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.core.call import Budget, CallOutcome, EndpointState, PastCall, PlannedCall, Trouble, Usage
from bot.core.errors import CopeCheckError
from bot.core.lens import Lens
from bot.core.paper import ArxivId
from bot.core.post import PostKey
from bot.core.verdict import Wait
from bot.core.work import Job, JobState, NewJob, Queue
from bot.ports import Analyst, Store
from bot.ports_model import CallLog
from bot.ports_text import TextSource


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
        texts: TextSource | None = None,
    ) -> None:
        self._texts = texts
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
        edits = await edits_of(self._store, paper.id, lens.key, answer.paper_hash) if before else ()
        await self._store.finish_judging(job, answer, edits)

    async def _is_too_late(self, job: Job, lens: str) -> bool:
        """Whether the day that a model's verdict was for has closed without it: nobody would see what it costs."""
        day = job.payload.get("day")
        if not day or job.is_urgent:
            return False
        return not await self._store.is_day_open(lens, date.fromisoformat(day))


async def edits_of(store: Store, paper: ArxivId, lens: str, text_hash: str) -> tuple[NewJob, ...]:
    """The jobs that put a changed verdict (or a withdrawal) in the place of every post that shows the old one."""
    return tuple(edit_of(post.key, text_hash) for post in await store.posts_showing(paper, lens))


def edit_of(key: PostKey, stamp: str) -> NewJob:
    """The job that puts a post's present content in the place of what stands there; `stamp` tells contents apart."""
    return NewJob(Queue.DELIVER, f"edit|{key}|{stamp[:16]}", {"edit": str(key)}, lane=str(key.place))
