"""Work that failed for hours in a way that nobody foresaw is given up: who runs the bot is told, and who asked."""

from collections.abc import Iterable, Mapping, Sequence

from bot.core.commands.event import CommandEvent
from bot.core.discussion.transcript import QuestionJob
from bot.core.errors import CopeCheckError
from bot.core.jobs.job import Job, NewJob, Queue
from bot.core.posts.post import PostKey, PostKind
from bot.core.present.notice import given_up_notice, more_given_up_notice, unanswered_notice
from bot.ports.platform import Platform
from bot.ports.store import Clock, Store
from bot.services.publishing.operator_notices import OperatorNotices, notice_to

WORK = {
    Queue.LOOK: "a question to arXiv",
    Queue.JUDGE: "a paper to be judged",
    Queue.EDITION: "a day to be closed",
    Queue.ANSWER: "an answer",
    Queue.REMARK: "a question about a paper",
}


class GivenUpWork:
    """The jobs that follow from one that was given up."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], operators: Iterable[str], clock: Clock) -> None:
        self._platforms = platforms
        self._clock = clock
        self._notices = OperatorNotices(store, platforms, operators)

    async def __call__(self, job: Job) -> Sequence[NewJob]:
        """A word to the operators, but about no such word; and to who asked."""
        told = self._asker(job)
        if (what := await self._what(job)) is None:
            return told
        first, more = given_up_notice(what, job.id), more_given_up_notice()
        return [*told, *await self._notices.bundled("given up", self._clock.now(), first, more)]

    async def _what(self, job: Job) -> str | None:
        if job.queue is not Queue.DELIVER:
            return WORK.get(job.queue, str(job.queue))
        key = PostKey.parse(str(job.payload.get("edit") or job.key))
        if key.kind is PostKind.NOTICE:
            return None
        platform = self._platforms.get(key.place.platform)
        name = await platform.describe(key.place) if platform else str(key.place)
        return f"{'a change of a post' if job.payload.get('edit') else 'a post'} for {name}"

    def _asker(self, job: Job) -> list[NewJob]:
        """A word to who asked; what cannot even be read names nobody, and who runs the bot is told all the same."""
        try:
            if job.queue is Queue.REMARK:
                remark = QuestionJob.of(job.payload).remark
                person, asked = remark.asker.person, remark.id
            elif job.queue is Queue.ANSWER:
                event = CommandEvent.of(job.payload)
                person, asked = event.asker.person, event.id
            else:
                return []
        except (KeyError, TypeError, ValueError, CopeCheckError):
            return []
        platform = self._platforms.get(person.partition(":")[0])
        place = platform.private(person) if platform else None
        return [notice_to(place, unanswered_notice(), f"given up {asked}")] if place else []
