"""A remark or a question as one stored piece of work: who is answered, about which paper, within which limits, once.

Whatever ends the process in the middle, the work is taken up again: the question is counted once, a reply of the model
that was paid for is read from the store, and the answer and the end of the work are one commit.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.commands.event import Actor, CommandEvent
from bot.core.commands.payer import Cause, Payer
from bot.core.commands.people import AskedFor
from bot.core.commands.spoken import asked_by, command_said, of_a_thread, question_said
from bot.core.discussion.question import Answered, Question, RetrievedContext
from bot.core.discussion.remark import plain_ref
from bot.core.discussion.transcript import Course, QuestionJob, Talk, TranscriptEntry, bare, course_of, turns_for
from bot.core.errors import (
    CopeCheckError,
    MalformedId,
    PaperNotFound,
    PlatformError,
    Refused,
    SourceUnavailable,
    Unreadable,
)
from bot.core.fulltext.retrieval import search_words
from bot.core.jobs.job import Job, JobState, NewJob, Queue, retry_delay
from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.core.jobs.wait_words import told_cause
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.paper import Paper
from bot.core.posts.post import Place, Post, PostKey, PostKind
from bot.core.posts.post_json import post_to_json
from bot.core.present.answer import away, refused
from bot.core.present.discussion import AskedQuestion as AnswerTo
from bot.core.present.discussion import answer_post, waits
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Wait
from bot.ports.discussion import Answerer
from bot.ports.fulltext import TextSource
from bot.ports.model import CallLog
from bot.ports.platform import Platform
from bot.services.commands.context import CommandContext
from bot.services.discussion.subject import Subject, subject_of
from bot.services.ingest.fetch import find_paper, find_text, is_late, wait_for
from bot.services.ingest.look_up import is_old, last_look, look_daily
from bot.services.judging.charge import Charged
from bot.services.publishing.operator_notices import notice_to
from bot.text.passages import PassageReader

UNANSWERED_AFTER = timedelta(days=1)
SHOW_WORK_SECONDS = 8.0
OURS = "|ours"


@dataclass(frozen=True, slots=True)
class QaPipeline:
    """What answers a question: where texts come from, what is read of them, who answers, and what that is paid from."""

    texts: TextSource
    passages: PassageReader
    answerer: Answerer
    call_log: CallLog
    characters: int
    """How much of a text is read for a question, at most."""


class Discuss:
    """The step of the queue of remarks."""

    def __init__(self, means: CommandContext, mind: QaPipeline) -> None:
        self._means = means
        self._mind = mind
        self._store = means.store

    async def __call__(self, job: Job) -> None:
        """Answer the remark of the job, or see that nobody answers it."""
        asking = QuestionJob.of(job.payload)
        remark = asking.remark
        platform = self._means.platforms.get(remark.asker.place.platform)
        if platform is None:
            await self._store.end(job, JobState.FAILED, "its platform is not set up")
            return
        talk = await self._store.talk(remark.asker.place, asking.thread)
        course = Course.ANSWER if asking.is_command or asking.is_again else course_of(remark, talk)
        match course:
            case Course.STOP:
                await self._store.stop_talk(remark.asker.place, asking.thread, but=job)
            case Course.IGNORE:
                writer = talk.with_writer(remark.asker.person) if talk and not remark.is_bot else None
                await self._store.pass_remark(job, writer if writer != talk else None, "it is not said to us")
            case Course.ANSWER:
                command = self._command(asking)
                question = self._as_question(asking, command)
                if question is None:
                    await self._hand_over(job, asking, talk, command)
                else:
                    await self._answer(job, question, talk, platform)

    def _command(self, asking: QuestionJob) -> str:
        """The command that a remark is, if it is one; who calls us and says nothing is told what can be said."""
        if asking.is_command or asking.is_again:
            return ""
        return (command_said(asking.remark.words, self._means.lenses) or "") if bare(asking.remark.words) else "help"

    def _as_question(self, asking: QuestionJob, command: str) -> QuestionJob | None:
        """The question that a remark asks, by a verb or without one; None for any other command."""
        asked = question_said(command)
        if not command or asked is None:
            return None if command else asking
        kind, told = asked
        paper, lens = told.text("paper"), told.text("lens").lower()
        if lens and lens not in self._means.lenses:
            return None
        return replace(asking, kind=kind, paper=parse_arxiv_id(paper)[0] if paper else None, lens=lens)

    async def _hand_over(self, job: Job, asking: QuestionJob, talk: Talk | None, command: str) -> None:
        """One commit: a command is answered as one that was typed, and who said it has written in the talk."""
        remark = asking.remark
        with suppress(MalformedId):
            subject = await subject_of(self._means, asking, talk)
            command = of_a_thread(command, subject.paper, subject.lens, self._means.lenses)
        asked = asked_by(remark, command)
        writer = talk.with_writer(remark.asker.person) if talk else None
        payers = (Payer.of(asked.asker, Cause.COMMAND),)
        new = NewJob(Queue.ANSWER, asked.key, asked.payload(), lane=asked.lane, payers=payers)
        await self._store.pass_remark(job, writer if writer != talk else None, "it is a command", [new])

    async def _answer(self, job: Job, asking: QuestionJob, talk: Talk | None, platform: Platform) -> None:
        try:
            if self._means.clock.now() - job.added_at > UNANSWERED_AFTER:
                raise PaperNotFound("That question could not be answered within a day.", "Ask it again.")
            subject = await subject_of(self._means, asking, talk)
            asking = await self._heard(asking, platform, job.added_at)
            paper = await find_paper(self._means, asking.key, asking.remark.asker, subject.paper)
            if isinstance(paper, Job):
                await self._wait_for(paper, job, asking, platform)
                return
            known, talk = talk, _talk(asking, subject, talk)
            if await self._is_answered(job, asking):
                await self._store.pass_remark(job, talk, "the same was asked while it was being answered")
            elif (said := await self._over(asking, subject)) is not None:
                about = f"limit {self._means.clock.now():%Y-%m-%d}"
                await self._tell(job, asking, platform, said, about, talk if known else None)
            else:
                await self._store.begin_question(job, _question_turn(asking, subject), talk)
                async with self._working(platform, asking):
                    await self._work_out(job, asking, platform, paper, self._means.lens(subject.lens))
        except SourceUnavailable as error:
            noted = NotedReason(WaitReason.ARXIV, f"arXiv cannot be asked: {error.what}")
            await self._wait(job, asking, platform, self._again(job, error), noted)
        except Unreadable as error:
            if error.is_passing:
                noted = NotedReason(WaitReason.TEXT_UNREAD, error.what)
                await self._wait(job, asking, platform, retry_delay(job.attempt), noted)
            else:
                unread = Refused(
                    f"{error.what[0].upper()}{error.what[1:]}.", "Ask about another paper, or read this one."
                )
                await self._tell(job, asking, platform, refused(unread), f"about {asking.remark.id}")
        except (PaperNotFound, MalformedId, Refused) as error:
            await self._tell(job, asking, platform, refused(error), f"about {asking.remark.id}")

    async def _heard(self, asking: QuestionJob, platform: Platform, since: datetime) -> QuestionJob:
        """The question as it may be answered: alone, where who asks may not write (any more) in the thread that its
        answer goes to. Who has just written in it, or was looked at when they gave the command, may."""
        remark, place = asking.remark, platform.private(asking.remark.asker.person)
        is_known = (asking.is_command or remark.thread is not None) and not self._means.is_past(since)
        if remark.is_private or place is None or is_known:
            return asking
        if await self._means.may_speak(remark.asker, in_thread=True, since=since):
            return asking
        asker = replace(remark.asker, place=place, within=None)
        alone = replace(remark, asker=asker, is_private=True, thread=None, reply_to_post=None, ref=None)
        return replace(asking, remark=alone)

    async def _is_answered(self, job: Job, asking: QuestionJob) -> bool:
        """Whether the same question was under way in this thread when this one was asked, and is answered by now."""
        if asking.is_again:
            return False
        turns = await self._store.turns(asking.remark.asker.place, asking.thread)
        same = [turn for turn in turns if turn.is_ours and turn.sameness == asking.sameness]
        return any(transcript_entry.at is not None and transcript_entry.at > job.added_at for transcript_entry in same)

    async def _over(self, asking: QuestionJob, subject: Subject) -> Post | None:
        """What is said when a limit is reached; None when the question is counted, now or before."""
        request = AskedFor(
            asking.key,
            asking.remark.asker,
            subject.paper,
            subject.lens,
            self._means.clock.now().date(),
            is_answer=True,
            thread=asking.thread,
        )
        try:
            await self._means.count_question(request, None if asking.remark.is_private else asking.root)
        except Refused as error:
            return refused(error)
        return None

    async def _work_out(self, job: Job, asking: QuestionJob, platform: Platform, paper: Paper, lens: Lens) -> None:
        payer = Payer.of(asking.remark.asker, Cause.QUESTION)
        full = await find_text(self._store, self._mind.texts, paper, payer, job.added_at)
        if isinstance(full, Job):
            await self._wait_for(full, job, asking, platform)
            return
        asker = str(asking.remark.asker.person)
        question = await self._question(asking, paper, lens)
        words, room = search_words(question), self._mind.characters
        reading = await self._mind.passages.choose(full, words, room, asker)
        calls = Charged(self._mind.call_log, (payer,))
        found = await self._mind.answerer.answer(question, reading, calls)
        if isinstance(found, Wait):
            await self._wait(
                job, asking, platform, timedelta(seconds=found.seconds), NotedReason(found.why, found.reason)
            )
            return
        await self._say(job, asking, question, reading, found)

    async def _question(self, asking: QuestionJob, paper: Paper, lens: Lens) -> Question:
        remark = asking.remark
        turns = await self._store.turns(remark.asker.place, asking.thread)
        verdict = await self._store.verdict(paper.id, lens.key)
        before = turns_for(remark.asker.person, turns, remark.key)
        return Question(paper, lens, asking.kind, self._words(asking), before, verdict)

    def _words(self, asking: QuestionJob) -> str:
        """What is asked: without the names that it is said to, and without a verb."""
        asked = question_said(self._command(asking))
        return bare(asked[1].text("question") if asked else asking.remark.words)

    async def _say(
        self, job: Job, asking: QuestionJob, question: Question, reading: RetrievedContext, found: Answered
    ) -> None:
        """One commit: the answer is on its way into the thread, and the work is done."""
        remark = asking.remark
        to = AnswerTo(words=question.words) if asking.is_command else AnswerTo(remark.ref)
        post = answer_post(question, reading, found, self._means.renderer.readable, to)
        key = PostKey(remark.asker.place, PostKind.ANSWER, remark.id, question.lens.key)
        ours = TranscriptEntry(
            key=remark.key + OURS,
            place=remark.asker.place,
            thread=asking.thread,
            paper=question.paper.id,
            lens=question.lens.key,
            person=remark.asker.person,
            words=said_words(found),
            is_ours=True,
            sameness=asking.sameness,
        )
        jobs = [_delivery(asking, key, post), *await self._look_behind(question.paper, remark.asker)]
        cost = found.provenance.cost_usd
        if not await self._store.finish_question(job, remark.words, ours, cost, jobs, key):
            await self._store.reschedule(job, timedelta(0), "the question was changed")

    async def _look_behind(self, paper: Paper, asker: Actor) -> list[NewJob]:
        """A paper that arXiv was not asked about for a day is looked at behind the answer."""
        now = self._means.clock.now()
        if not is_old(await last_look(self._store, paper.id), now):
            return []
        return [look_daily(paper.id, now.date(), Payer.of(asker, Cause.QUESTION))]

    async def _tell(
        self, job: Job, asking: QuestionJob, platform: Platform, post: Post, about: str, talk: Talk | None = None
    ) -> None:
        """A private word to who asked, once for what it is about; the remark is passed over, the talk is as it says."""
        place = self._privately(asking, platform)
        if place is not None:
            told = post if place == asking.remark.asker.place else away(post)
            await self._store.pass_remark(job, talk, post.text, [notice_to(place, told, about)])
            return
        with suppress(PlatformError):
            await platform.answer(_as_asked(asking), post)
        await self._store.pass_remark(job, talk, post.text)

    def _again(self, job: Job, error: SourceUnavailable) -> timedelta:
        """When arXiv is asked again."""
        asked_for = error.retry_at - self._means.clock.now() if error.retry_at else timedelta(0)
        return max(asked_for, retry_delay(job.attempt))

    async def _wait_for(self, fetching: Job, job: Job, asking: QuestionJob, platform: Platform) -> None:
        """Come back when what is fetched may be there; who asked is told when arXiv cannot be asked."""
        now = self._means.clock.now()
        delay = wait_for(fetching, job.added_at, now)
        if is_late(fetching, now):
            await self._wait(job, asking, platform, delay, NotedReason(WaitReason.ARXIV, fetching.reason))
        else:
            await self._store.reschedule(job, delay, "what it needs is being fetched", WaitReason.FETCHING)

    async def _wait(
        self, job: Job, asking: QuestionJob, platform: Platform, delay: timedelta, noted: NotedReason
    ) -> None:
        """Come back later; who asked is told why, once."""
        place = self._privately(asking, platform)
        is_operator = asking.remark.asker.person in self._means.operators
        post = waits(told_cause(noted, is_operator=is_operator), self._means.clock.now() + delay)
        if place is not None:
            await self._store.add_jobs([notice_to(place, post, f"waits {asking.remark.id}")])
        elif job.attempt == 1:
            with suppress(PlatformError):
                await platform.answer(_as_asked(asking), post)
        await self._store.reschedule(job, delay, noted.words, noted.why)

    def _privately(self, asking: QuestionJob, platform: Platform) -> Place | None:
        """Where only who asked reads it; None where the platform has no such place."""
        asker = asking.remark.asker
        return asker.place if asking.remark.is_private else platform.private(asker.person)

    @asynccontextmanager
    async def _working(self, platform: Platform, asking: QuestionJob) -> AsyncIterator[None]:
        """People see that an answer is under way for as long as it is."""
        showing = asyncio.create_task(_show(platform, asking))
        try:
            yield
        finally:
            showing.cancel()  # and let it end: a status that comes after the answer would stay
            await asyncio.gather(showing, return_exceptions=True)


async def _show(platform: Platform, asking: QuestionJob) -> None:
    """Again and again: Discord's typing lasts ten seconds, Slack's status two minutes, and one failure ends neither."""
    while True:
        with suppress(CopeCheckError):
            await platform.show_work(asking.remark.asker.place, asking.root)
        await asyncio.sleep(SHOW_WORK_SECONDS)


def _talk(asking: QuestionJob, subject: Subject, talk: Talk | None) -> Talk:
    """The thread's talk once this was said in it. In a direct message the paper is the one last asked about."""
    asker = asking.remark.asker
    if talk is None or not asking.thread:
        talk = Talk(asker.place, asking.thread, asker.community, subject.paper, subject.lens, asker.person)
    return Talk(
        place=talk.place,
        thread=talk.thread,
        community=talk.community,
        paper=talk.paper,
        lens=talk.lens,
        alone=talk.with_writer(asker.person).alone,
        is_crowd=talk.with_writer(asker.person).is_crowd,
    )


def _question_turn(asking: QuestionJob, subject: Subject) -> TranscriptEntry:
    remark = asking.remark
    return TranscriptEntry(
        key=remark.key,
        place=remark.asker.place,
        thread=asking.thread,
        paper=subject.paper,
        lens=subject.lens,
        person=remark.asker.person,
        words=remark.words,
        sameness=asking.sameness,
    )


def said_words(found: Answered) -> str:
    """What an answer said, in short, for the questions that come after it."""
    says = " ".join(paper_say.words for paper_say in found.paper_says)
    return " ".join((says, found.lens_says)).strip() or f"({found.outcome})"


def _delivery(asking: QuestionJob, key: PostKey, post: Post) -> NewJob:
    """The answer into its thread; where the question was changed after it was answered, in the place of that answer."""
    values = post_to_json(post)
    if asking.is_again:
        stamp = hashlib.sha256(str(values).encode()).hexdigest()[:16]
        return NewJob(Queue.DELIVER, f"edit|{key}|{stamp}", {"edit": str(key), "post": values}, lane=str(key.place))
    payload = {"post": values, "under": plain_ref(asking.root), "person": asking.remark.asker.person}
    return NewJob(Queue.DELIVER, str(key), payload, lane=str(key.place))


def _as_asked(asking: QuestionJob) -> CommandEvent:
    """A remark as an event that can be answered in private."""
    remark = asking.remark
    return CommandEvent(remark.id, remark.asker, remark.words, reply_to=remark.reply_to)
