"""The workers: there on need, used again for short tasks, gone after a long one, when idle and when over time."""

import asyncio
import json
import logging
import signal
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.core.errors import Unreadable
from bot.workers.frames import request
from bot.workers.process import Gone, NoWorker, Origin, SaysTooMuch, Worker, origin_here
from bot.workers.slots import FairSlots

SLOTS: Final = 3
IDLE_SECONDS: Final = 15.0
STARTING_SECONDS: Final = 20.0
WALL_TIMES: Final = 2.0
log = logging.getLogger(__name__)


class Failure(StrEnum):
    """How a task failed: by the text, or (it `is_passing`) by the machine or a person."""

    TIME = "time"
    MEMORY = "memory"
    FAULT = "fault"
    DIED = "died"
    NONSENSE = "nonsense"
    STARVED = "starved"
    KILLED = "killed"
    NO_WORKER = "no worker"

    @property
    def is_passing(self) -> bool:
        """Whether the text is not to blame."""
        return self in (Failure.STARVED, Failure.KILLED, Failure.NO_WORKER)


class TaskFailed(Exception):
    """A task that came to nothing, and how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done: its name among the tasks, processor seconds, the most bytes of a reply, and whose it is."""

    name: str
    arguments: tuple[Any, ...]
    seconds: float
    most: int
    asker: str = ""
    is_long: bool = False


class Pool:
    """At most `SLOTS` workers."""

    def __init__(self, memory_megabytes: int, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._memory = memory_megabytes
        self._idle_seconds = idle_seconds
        self._slots = FairSlots(SLOTS)
        self._idle: list[Worker] = []
        self._alive: set[Worker] = set()
        self._origin: Origin | None = None
        self._making = asyncio.Lock()
        self._resting: asyncio.TimerHandle | None = None
        self._stopping: set[asyncio.Task[None]] = set()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that live now."""
        return tuple(worker.pid for worker in self._alive)

    async def run(self, task: Task) -> Any:
        """What a worker answered, not yet checked; `Unreadable` as the task said it, else `TaskFailed`."""
        async with self._slots.slot(task.asker, is_long=task.is_long):
            try:
                answer = await self._once(task)
            except TaskFailed as failed:
                if failed.failure is not Failure.KILLED:
                    raise
                answer = await self._once(task)
        return _value(answer)

    async def _once(self, task: Task) -> Mapping[str, Any]:
        worker = await self._take(task.name)
        is_good = False
        try:
            answer = await self._ask(worker, task)
            is_good = not task.is_long and "failed" not in answer and answer.get("is_grown") is not True
        finally:
            self._rest_later()
            if is_good and worker.origin is self._origin:
                self._idle.append(worker)
            else:
                await self._discard(worker)
        return answer

    async def close(self) -> None:
        """End them all, those too that were being started when their task was cancelled."""
        await asyncio.gather(*self._stopping)
        if self._resting is not None:
            self._resting.cancel()
        self._rest()
        await asyncio.gather(*map(self._discard, self._alive), *self._stopping)

    async def _ask(self, worker: Worker, task: Task) -> Mapping[str, Any]:
        """The reply; more wall time than processor time is given, for others want the processor too."""
        try:
            async with asyncio.timeout(task.seconds * WALL_TIMES + STARTING_SECONDS):
                said = await worker.ask(request(task.name, task.seconds, task.arguments), task.most)
        except TimeoutError:
            log.warning("a worker did not answer", extra={"task": task.name, "seconds": task.seconds})
            raise TaskFailed(Failure.STARVED) from None
        except SaysTooMuch:
            log.warning("a worker said too much", extra={"task": task.name, "most": task.most})
            raise TaskFailed(Failure.NONSENSE) from None
        except Gone:
            failure = _ending(await worker.stop())
            if failure is Failure.DIED:  # who breaks one down learns how the memory of its like is laid out
                self._rest()
            log.warning("a worker ended", extra={"task": task.name, "failure": failure})
            raise TaskFailed(failure) from None
        try:
            answer = json.loads(said)
        except (ValueError, RecursionError):
            raise TaskFailed(Failure.NONSENSE) from None
        if not isinstance(answer, dict):
            raise TaskFailed(Failure.NONSENSE)
        return answer

    async def _take(self, task: str) -> Worker:
        """One that waits and has loaded what the task needs, else a new one."""
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive and worker.is_for(task):
                return worker
            await self._discard(worker)
        starting = asyncio.ensure_future(self._start(task))
        try:
            worker = await asyncio.shield(starting)
        except asyncio.CancelledError:
            await asyncio.shield(self._behind(self._abandon(starting)))
            raise
        except Gone:
            raise TaskFailed(Failure.KILLED) from None
        except NoWorker:
            log.warning("this machine has no room for another worker", extra={"task": task})
            raise TaskFailed(Failure.NO_WORKER) from None
        self._alive.add(worker)
        return worker

    async def _start(self, task: str, *, is_again: bool = False) -> Worker:
        """A new one; from a new origin, where somebody ended the one there was."""
        async with self._making:
            origin = self._origin = self._origin or await origin_here(self._memory)
        try:
            return await origin.fork(task)
        except Gone:
            if origin is self._origin:
                self._rest()
            if is_again:
                raise
        return await self._start(task, is_again=True)

    def _rest_later(self) -> None:
        """After a while without any task nothing is left."""
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.get_running_loop().call_later(self._idle_seconds, self._rest_if_idle)

    def _rest_if_idle(self) -> None:
        if len(self._idle) == len(self._alive):
            self._rest()

    def _rest(self) -> None:
        """Those that wait go, and where they came from with its last."""
        origin, self._origin = self._origin, None
        idle, self._idle = self._idle, []
        for ending in [*map(self._end, idle), *([self._leave(origin)] if origin else [])]:
            self._behind(ending)

    def _behind(self, ending: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """It is done to its end, whether who asks for it waits or not."""
        task = asyncio.create_task(ending)
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
        return task

    async def _abandon(self, starting: asyncio.Future[Worker]) -> None:
        """End a worker that nobody wants any more, as soon as it is there."""
        with suppress(Gone, NoWorker):
            await self._end(await starting)
        self._rest_later()

    async def _discard(self, worker: Worker) -> None:
        await asyncio.shield(self._behind(self._end(worker)))

    async def _end(self, worker: Worker) -> None:
        await worker.stop()
        self._alive.discard(worker)
        await self._leave(worker.origin)

    async def _leave(self, origin: Origin) -> None:
        """End an origin of which no worker is wanted any more, and none is left."""
        if origin is not self._origin and not any(worker.origin is origin for worker in self._alive):
            await origin.stop()


def _ending(code: int) -> Failure:
    """What an exit code says: the system's time limit, an end from outside, or a reader that broke down."""
    if code == -signal.SIGXCPU:
        return Failure.TIME
    return Failure.KILLED if code in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT) else Failure.DIED


def _value(answer: Mapping[str, Any]) -> Any:
    if (reason := answer.get("unreadable")) is not None:
        if not isinstance(reason, str) or len(reason) > 500:
            raise TaskFailed(Failure.NONSENSE)
        raise Unreadable(reason, is_passing=answer.get("is_passing") is True)
    if (failed := answer.get("failed")) is not None:
        known = (Failure.TIME, Failure.MEMORY, Failure.FAULT)
        raise TaskFailed(next((failure for failure in known if failure == failed), Failure.NONSENSE))
    return answer.get("value")
