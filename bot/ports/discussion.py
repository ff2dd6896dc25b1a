"""The protocols of a discussion: who answers a question about a paper, and what is remembered of a talk."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.discussion.question import Answered, Question, RetrievedContext
from bot.core.discussion.remark import RemarkDeleted, RemarkEdited
from bot.core.discussion.transcript import Talk, TranscriptEntry
from bot.core.jobs.job import Job, NewJob
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostKey
from bot.core.verdicts.dispute import Dispute, Ruling
from bot.core.verdicts.verdict import Wait
from bot.ports.model import CallLog


class Answerer(Protocol):
    """Answers a question from what was read of the paper."""

    async def answer(self, question: Question, reading: RetrievedContext, call_log: CallLog) -> Answered | Wait:
        """The answer, or why it must wait; never one that points at a sentence that was not read."""

    async def close(self) -> None:
        """Let go of connections."""


class TalkStore(Protocol):
    """What is remembered of talks and objections. Every method is one transaction."""

    async def talk(self, place: Place, thread: str) -> Talk | None:
        """The talk of that thread, if we are in it."""

    async def talk_about(self, place: Place, paper: ArxivId, lens: str) -> Talk | None:
        """The latest talk about that paper through that lens in the place."""

    async def put_talk(self, talk: Talk) -> None:
        """We are in that thread from now on, as that says."""

    async def turns(self, place: Place, thread: str) -> Sequence[TranscriptEntry]:
        """The latest turns of a thread, oldest first."""

    async def turn_of_post(self, key: PostKey) -> TranscriptEntry | None:
        """Our turn that stands as that post."""

    async def pass_remark(self, job: Job, talk: Talk | None, reason: str, then: Sequence[NewJob] = ()) -> None:
        """One commit: the remark is not answered, its words go, the talk is as it says, and what follows is added."""

    async def begin_question(self, job: Job, turn: TranscriptEntry, talk: Talk) -> None:
        """One commit: the question stands in the transcript, and we are in its thread; `LeaseLost` when it is gone."""

    async def finish_question(
        self, job: Job, words: str, ours: TranscriptEntry, cost_usd: float, then: Sequence[NewJob], post: PostKey
    ) -> bool:
        """One commit: our turn, what it cost, what follows, and the end of the job; False, and nothing done, when the
        remark no longer says `words`."""

    async def stop_talk(self, place: Place, thread: str, but: Job | None = None) -> bool:
        """We are silent in that thread, what is asked there and open ends; whether we were in it. `but`: the job that
        asks for it ends well."""

    async def change_remark(self, change: RemarkEdited) -> bool:
        """A remark says something else; whether there is something to work on."""

    async def drop_remark(self, gone: RemarkDeleted) -> None:
        """A remark is gone: its words, our answer to it in the transcript, and the work on it."""

    async def add_dispute(self, new: Dispute, then: Sequence[NewJob]) -> bool:
        """Keep an objection, once an event, and add what follows from it; False when it was kept before."""

    async def has_open_dispute(self, new: Dispute) -> bool:
        """Whether that person's objection to that claim was kept before, by another event, and is not decided."""

    async def disputes(self, limit: int = 100) -> Sequence[Dispute]:
        """The latest objections, newest first."""

    async def dispute(self, id: int) -> Dispute | None:
        """The objection of that number."""

    async def open_dispute(self, place: Place, paper: ArxivId, lens: str) -> Dispute | None:
        """The first objection to a verdict in that place on which nobody has decided yet."""

    async def rule(self, id: int, ruling: Ruling, then: Sequence[NewJob]) -> bool:
        """Decide on an open objection, and add what follows; a withdrawn claim goes out of the stored verdict."""
