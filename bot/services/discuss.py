"""A remark or a question as one stored piece of work: who is answered, about which paper, within which limits, once.

Whatever ends the process in the middle, the work is taken up again: the question is counted once, a reply of the model
that was paid for is read from the store, and the answer and the end of the work are one commit.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from bot.core.asked import Asked
from bot.core.errors import CopeCheckError, MalformedId, PaperNotFound, PlatformError, SourceUnavailable
from bot.core.fulltext import FullText
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.people import AskedFor, refusal, wait_words
from bot.core.plain import plain_post
from bot.core.post import Place, Post, PostKey, PostKind
from bot.core.present_answer import refused, words
from bot.core.present_talk import Asked as AnswerTo
from bot.core.present_talk import answer_post, waits
from bot.core.question import Answered, Question, Reading
from bot.core.remark import plain_ref
from bot.core.talk import Asking, Course, SaidTurn, Talk, bare, course_of, turns_for
from bot.core.verdict import Wait
from bot.core.work import Job, JobState, NewJob, Queue, retry_delay
from bot.ports import Platform
from bot.ports_model import CallLog
from bot.ports_talk import Answerer
from bot.ports_text import TextSource
from bot.services.look_up import look_up
from bot.services.means import Means
from bot.services.subject import Subject, subject_of

PATIENCE = timedelta(days=1)
SHOWN_EVERY = 8.0
OURS = "|ours"
Choose = Callable[[FullText, Question], Reading]


@dataclass(frozen=True, slots=True)
class Mind:
    """What answers a question: where texts come from, what is read of them, who answers, and what that is paid from."""

    texts: TextSource
    choose: Choose
    answerer: Answerer
    call_log: CallLog


class Discuss:
    """The step of the queue of remarks."""

    def __init__(self, means: Means, mind: Mind) -> None:
        self._means = means
        self._mind = mind
        self._store = means.store

    async def __call__(self, job: Job) -> None:
        """Answer the remark of the job, or see that nobody answers it."""
        asking = Asking.of(job.payload)
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
                await self._answer(job, asking, talk, platform)

    async def _answer(self, job: Job, asking: Asking, talk: Talk | None, platform: Platform) -> None:
        try:
            if self._means.clock.now() - job.added_at > PATIENCE:
                raise PaperNotFound("That question could not be answered within a day.", "Ask it again.")
            subject = await subject_of(self._means, asking, talk)
            paper = await look_up(str(subject.paper), store=self._store, source=self._means.source)
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
            await self._wait(job, asking, platform, self._again(job, error), f"arXiv cannot be asked: {error.what}")
        except (PaperNotFound, MalformedId) as error:
            await self._tell(job, asking, platform, refused(error), f"about {asking.remark.id}")

    async def _is_answered(self, job: Job, asking: Asking) -> bool:
        """Whether the same question was under way in this thread when this one was asked, and is answered by now."""
        if asking.is_again:
            return False
        turns = await self._store.turns(asking.remark.asker.place, asking.thread)
        same = [one for one in turns if one.is_ours and one.sameness == asking.sameness]
        return any(one.at is not None and one.at > job.added_at for one in same)

    async def _over(self, asking: Asking, subject: Subject) -> Post | None:
        """What is said when a limit is reached; None when the question is counted, now or before."""
        now = self._means.clock.now()
        request = AskedFor(
            asking.key,
            asking.remark.asker,
            subject.paper,
            subject.lens,
            now.date(),
            is_answer=True,
            thread=asking.thread,
        )
        spent = await self._store.ask_for(request, self._means.limits)
        reason = refusal(spent, self._means.limits, is_answer=True) if spent else None
        return words(reason, wait_words(now)) if reason else None

    async def _work_out(self, job: Job, asking: Asking, platform: Platform, paper: Paper, lens: Lens) -> None:
        full = await self._mind.texts.fetch_text(paper)
        question = await self._question(asking, paper, lens)
        reading = await asyncio.to_thread(self._mind.choose, full, question)
        found = await self._mind.answerer.answer(question, reading, self._mind.call_log)
        if isinstance(found, Wait):
            await self._wait(job, asking, platform, timedelta(seconds=found.seconds), found.reason)
            return
        await self._say(job, asking, question, reading, found)

    async def _question(self, asking: Asking, paper: Paper, lens: Lens) -> Question:
        remark = asking.remark
        turns = await self._store.turns(remark.asker.place, asking.thread)
        verdict = await self._store.verdict(paper.id, lens.key)
        before = turns_for(remark.asker.person, turns, remark.key)
        return Question(paper, lens, asking.kind, bare(remark.words), before, verdict)

    async def _say(self, job: Job, asking: Asking, question: Question, reading: Reading, found: Answered) -> None:
        """One commit: the answer is on its way into the thread, and the work is done."""
        remark = asking.remark
        to = AnswerTo(words=question.words) if asking.is_command else AnswerTo(remark.ref)
        post = answer_post(question, reading, found, self._means.renderer.readable, to)
        key = PostKey(remark.asker.place, PostKind.ANSWER, remark.id, question.lens.key)
        ours = SaidTurn(
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
        jobs = [_delivery(asking, key, post)]
        cost = found.provenance.cost_usd
        if not await self._store.finish_question(job, remark.words, ours, cost, jobs, key):
            await self._store.put_off(job, timedelta(0), "the question was changed")

    async def _tell(
        self, job: Job, asking: Asking, platform: Platform, post: Post, about: str, talk: Talk | None = None
    ) -> None:
        """A private word to who asked, once for what it is about; the remark is passed over, the talk is as it says."""
        place = self._privately(asking, platform)
        if place is not None:
            await self._store.pass_remark(job, talk, post.text, [notice_to(place, post, about)])
            return
        with suppress(PlatformError):
            await platform.answer(_as_asked(asking), post)
        await self._store.pass_remark(job, talk, post.text)

    def _again(self, job: Job, error: SourceUnavailable) -> timedelta:
        """When arXiv is asked again."""
        asked_for = error.retry_at - self._means.clock.now() if error.retry_at else timedelta(0)
        return max(asked_for, retry_delay(job.attempt))

    async def _wait(self, job: Job, asking: Asking, platform: Platform, delay: timedelta, reason: str) -> None:
        """Come back later; who asked is told why, once."""
        place = self._privately(asking, platform)
        post = waits(reason)
        if place is not None:
            await self._store.add_jobs([notice_to(place, post, f"waits {asking.remark.id}")])
        elif job.attempt == 1:
            with suppress(PlatformError):
                await platform.answer(_as_asked(asking), post)
        await self._store.put_off(job, delay, reason)

    def _privately(self, asking: Asking, platform: Platform) -> Place | None:
        """Where only who asked reads it; None where the platform has no such place."""
        asker = asking.remark.asker
        return asker.place if asking.remark.is_private else platform.private(asker.person)

    @asynccontextmanager
    async def _working(self, platform: Platform, asking: Asking) -> AsyncIterator[None]:
        """People see that an answer is under way for as long as it is."""
        showing = asyncio.create_task(_show(platform, asking))
        try:
            yield
        finally:
            showing.cancel()


async def _show(platform: Platform, asking: Asking) -> None:
    with suppress(CopeCheckError):
        while True:
            await platform.show_work(asking.remark.asker.place, asking.root)
            await asyncio.sleep(SHOWN_EVERY)


def _talk(asking: Asking, subject: Subject, talk: Talk | None) -> Talk:
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


def _question_turn(asking: Asking, subject: Subject) -> SaidTurn:
    remark = asking.remark
    return SaidTurn(
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
    says = " ".join(one.words for one in found.paper_says)
    return " ".join((says, found.lens_says)).strip() or f"({found.outcome})"


def _delivery(asking: Asking, key: PostKey, post: Post) -> NewJob:
    """The answer into its thread; where the question was changed after it was answered, in the place of that answer."""
    values = plain_post(post)
    if asking.is_again:
        stamp = hashlib.sha256(str(values).encode()).hexdigest()[:16]
        return NewJob(Queue.DELIVER, f"edit|{key}|{stamp}", {"edit": str(key), "post": values}, lane=str(key.place))
    payload = {"post": values, "under": plain_ref(asking.root), "person": asking.remark.asker.person}
    return NewJob(Queue.DELIVER, str(key), payload, lane=str(key.place))


def notice_to(place: Place, post: Post, about: str) -> NewJob:
    """A word to one person (or place), once for what it is about."""
    key = PostKey(place, PostKind.NOTICE, about, "")
    return NewJob(Queue.DELIVER, str(key), {"post": plain_post(post)}, lane=str(place))


def _as_asked(asking: Asking) -> Asked:
    """A remark as an event that can be answered in private."""
    remark = asking.remark
    return Asked(remark.id, remark.asker, remark.words, reply_to=remark.reply_to)
