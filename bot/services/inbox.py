"""Where platforms put what people say and press: a row before it is acknowledged, a job from then on."""

from bot.core.asked import Asked
from bot.core.work import NewJob, Queue
from bot.ports import JobStore
from bot.services.scheduler import Bell


class StoredInbox:
    """The `Inbox` over the jobs: an event that comes twice is one job, for that is what its key says."""

    def __init__(self, store: JobStore, bell: Bell) -> None:
        self._store = store
        self._bell = bell

    async def take(self, asked: Asked) -> bool:
        """Store an event once; False when it was stored before. What one person asks is answered in order."""
        new = NewJob(Queue.ANSWER, asked.key, asked.payload(), lane=asked.asker.person)
        crew = self._bell.at_work.get(Queue.ANSWER)
        if crew is None or not crew.has_free_hand:
            is_new = bool(await self._store.add_jobs([new]))
            self._bell.ring(Queue.ANSWER)
            return is_new
        with self._store.urgently():
            is_new, job = await self._store.add_claimed(new, crew.lease)
        if job is not None:
            crew.take_on(job)
        return is_new
