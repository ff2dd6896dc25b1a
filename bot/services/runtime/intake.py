"""Events on their way into the store: all that wait go in with one commit, and of one person only so many wait.

A commit for each would make a queue of commits, at whose end a neighbour's event stands while one person floods.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.commands.event import CommandEvent
from bot.core.commands.payer import Cause, Payer
from bot.core.jobs.job import Incoming, Intake, Job, NewJob, Queue
from bot.core.posts.post import Post
from bot.core.present.answer import words
from bot.ports.jobs import JobStore

WAITING_A_PERSON_MOST = 20  # so many commands and remarks of one person wait for a hand
EVENTS_A_COMMIT_MOST = 200
TOLD_SECONDS = 300.0
CROWDED = "crowded"


@dataclass(slots=True, eq=False)
class _Event:
    """An event, and what became of it."""

    job: NewJob
    asked: CommandEvent
    found: Intake | None = None


class EventIntake:
    """Takes events in, in the order in which they came."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._coming: list[_Event] = []
        self._storing = asyncio.Lock()
        self._told: dict[str, float] = {}

    async def take_in(self, job: NewJob, asked: CommandEvent) -> Intake:
        """Store an event with all others that wait to be stored; `asked` is how who caused it is told that it is too
        much. Whose turn it is stores everybody's; where that failed, each stores its own."""
        event = _Event(job, asked)
        self._coming.append(event)
        async with self._storing:
            if event.found is None:
                together = self._coming[:EVENTS_A_COMMIT_MOST] if event in self._coming else [event]
                self._coming = [event for event in self._coming if event not in together]
                await self._store_all(together)
        assert event.found is not None
        return event.found

    async def _store_all(self, together: Sequence[_Event]) -> None:
        now = asyncio.get_running_loop().time()
        self._told = {person: at for person, at in self._told.items() if now - at < TOLD_SECONDS}
        incoming = [Incoming(event.job, self._refusal(event.asked)) for event in together]
        with self._store.urgently():
            found = await self._store.take_in(incoming, WAITING_A_PERSON_MOST)
        for event, what in zip(together, found, strict=True):
            event.found = what
            if what is Intake.REFUSED:
                self._told.setdefault(event.asked.asker.person, now)

    def _refusal(self, asked: CommandEvent) -> NewJob | None:
        """The word that too much waits: an answer in nobody's order; None where it was said a moment ago."""
        if asked.asker.person in self._told:
            return None
        payers = (Payer.of(asked.asker, Cause.COMMAND),)
        return NewJob(Queue.ANSWER, asked.key, {**asked.payload(), CROWDED: True}, payers=payers)


def crowded(job: Job) -> Post | None:
    """What is answered to an event that was too much; None for any other."""
    if not job.payload.get(CROWDED):
        return None
    return words(
        f"{WAITING_A_PERSON_MOST} of your commands still wait here, so this one was not taken.", "Send it again later."
    )
