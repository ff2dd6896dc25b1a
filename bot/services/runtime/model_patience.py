"""A round does not wait for a model that is dead: what it would have judged is kept, and judged in a later one."""

import asyncio
from collections.abc import Collection, Mapping

from bot.core.jobs.job import JobState, Queue
from bot.ports.model import ModelStore

PATIENCE_SECONDS = 10.0


class ModelPatience:
    """Watches one round. `endpoints`: the keys of those that may be asked; none where rules judge."""

    def __init__(self, store: ModelStore, endpoints: Collection[str]) -> None:
        self._store = store
        self._endpoints = frozenset(endpoints)
        self._done = -1
        self._since = 0.0
        self._well_at = 0.0

    async def is_over(self, jobs: Mapping[tuple[Queue, JobState], int]) -> bool:
        """Whether nothing was judged for a while, and every endpoint is left alone or was in trouble all that time. One
        that is only slow is not."""
        if not self._endpoints:
            return False
        now = asyncio.get_running_loop().time()
        done = sum(count for (queue, state), count in jobs.items() if queue is Queue.JUDGE and state != JobState.OPEN)
        states = [state for state in await self._store.endpoint_states() if state.failures]
        if done != self._done:
            self._done, self._since, self._well_at = done, now, now
        if not self._endpoints <= {state.key for state in states}:
            self._well_at = now
        are_left_alone = self._endpoints <= {state.key for state in states if state.closed}
        return now - (self._since if are_left_alone else self._well_at) >= PATIENCE_SECONDS
