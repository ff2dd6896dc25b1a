"""An evaluation: every judge reads every paper in every run, what was paid for before is not asked again.

Replies are rows of the store's calls, as in daily work, and the day's budget holds. A run has a log of its own: the
same prompt in another run is another prompt. One run is one first request and at most one repair.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.core.call import REPLIED, Budget, CallOutcome, EndpointState, PastCall, PlannedCall, Trouble, Usage
from bot.core.evaluation import Ending, Reading, ending_of, is_over
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.verdict import STOPPED_SAYS, Verdict, Wait
from bot.ports import Analyst, Progress
from bot.ports_model import CallLog

TRIES = 5
PATIENCE = 120.0
NOT_ASKED = "this reply is not in the store"
STOPPED = "the evaluation was stopped"

Rest = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Contender:
    """A judge under evaluation. `settings`: what besides the prompt its replies depend on; `runs`: a rule needs one."""

    name: str
    analyst: Analyst
    settings: str = ""
    runs: int = 1
    by_rule: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One paper through one lens by one judge in one run."""

    contender: Contender
    paper: Paper
    lens: Lens
    run: int

    @property
    def tag(self) -> str:
        """What tells this run's prompts from those of other runs, of other judges, and of daily work."""
        return f"eval\0{self.contender.settings}\0{self.run}"


def pieces_of(contenders: Iterable[Contender], papers: Sequence[Paper], lenses: Sequence[Lens]) -> list[Piece]:
    """All there is to read, run by run: what is interrupted leaves whole runs behind."""
    chosen = list(contenders)
    runs = max((one.runs for one in chosen), default=0)
    return [
        Piece(one, paper, lens, run)
        for run in range(1, runs + 1)
        for paper in papers
        for lens in lenses
        for one in chosen
        if run <= one.runs
    ]


@dataclass
class RunLog:
    """The call log of one piece: that of the store, under prompts of its own. `may_call` False: only look."""

    calls: CallLog
    tag: str
    may_call: bool = True
    refusal: Wait | None = None
    _prompts: dict[str, None] = field(default_factory=dict)

    def _own(self, prompt: str) -> str:
        own = hashlib.sha256(f"{self.tag}\0{prompt}".encode()).hexdigest()
        self._prompts[own] = None
        return own

    async def rows(self) -> list[PastCall]:
        """Every call of this piece, oldest first."""
        found = [one for prompt in self._prompts for one in await self.calls.calls_of(prompt)]
        return sorted(found, key=lambda one: one.id)

    async def is_too_long(self) -> bool:
        """Whether the last that was said of this piece is that even its shortest form is too long."""
        rows = await self.rows()
        return bool(rows) and rows[-1].outcome is CallOutcome.TOO_LONG

    async def reserve_call(self, call: PlannedCall, budget: Budget) -> int | Wait:
        """As the store does, under this run's prompt."""
        own = replace(call, prompt=self._own(call.prompt))
        if not self.may_call:
            return Wait(NOT_ASKED)
        found = await self.calls.reserve_call(own, budget)
        self.refusal = found if isinstance(found, Wait) else None
        return found

    async def store_reply(self, call: int, reply: str, milliseconds: int) -> None:
        """As the store does."""
        await self.calls.store_reply(call, reply, milliseconds)

    async def settle_call(
        self, call: int, outcome: CallOutcome, usage: Usage | None, note: str = "", milliseconds: int | None = None
    ) -> None:
        """As the store does."""
        await self.calls.settle_call(call, outcome, usage, note, milliseconds)

    async def calls_of(self, prompt: str) -> Sequence[PastCall]:
        """The calls of this run alone."""
        return await self.calls.calls_of(self._own(prompt))

    async def enter_endpoint(self, key: str, hold: timedelta) -> EndpointState:
        """As the store does; who only looks takes no turn."""
        return await self.calls.enter_endpoint(key, hold) if self.may_call else EndpointState(key)

    async def fail_endpoint(self, key: str, trouble: Trouble, *, probing: bool) -> EndpointState:
        """As the store does."""
        return await self.calls.fail_endpoint(key, trouble, probing=probing)

    async def mend_endpoint(self, key: str, form: str) -> None:
        """As the store does."""
        await self.calls.mend_endpoint(key, form)


class Evaluation:
    """The work of an evaluation over one store."""

    def __init__(self, calls: CallLog, *, hands: int = 1, rest: Rest = asyncio.sleep) -> None:
        self._calls = calls
        self._hands = hands
        self._rest = rest
        self._away: dict[str, str] = {}

    async def look(self, pieces: Iterable[Piece], progress: Progress) -> tuple[list[Reading], list[Piece]]:
        """What is known already (and all that rules can say), and what has to be asked. Nobody is called."""
        known: list[Reading] = []
        left: list[Piece] = []
        every = list(pieces)
        for number, piece in enumerate(every, 1):
            reading, _ = await self._read(piece, RunLog(self._calls, piece.tag, may_call=False))
            if reading.ending is Ending.UNANSWERED:
                left.append(piece)
            else:
                known.append(reading)
            progress.show("known", number, len(every))
        return known, left

    async def ask(self, pieces: Sequence[Piece], progress: Progress, stop: asyncio.Event) -> list[Reading]:
        """Ask for each, several at once. When `stop` is set, what is under way is finished and nothing more begun."""
        queue, readings = deque(pieces), list[Reading]()

        async def hand() -> None:
            while queue:
                readings.append(await self._ask_for(queue.popleft(), stop))
                progress.show("asked", len(readings), len(pieces))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._hands, len(pieces))):
                    group.create_task(hand())
        except BaseExceptionGroup as failed:  # one fault is told as itself
            raise failed.exceptions[0] from None
        return readings

    async def _ask_for(self, piece: Piece, stop: asyncio.Event) -> Reading:
        """One piece, tried several times while nobody answers."""
        tries = 0
        reading = _unanswered(piece, STOPPED)
        while tries < TRIES:
            known = STOPPED if stop.is_set() else self._away.get(piece.contender.name, "")
            if known:
                return _unanswered(piece, known)
            run_log = RunLog(self._calls, piece.tag)
            reading, seconds = await self._read(piece, run_log)
            if reading.ending is not Ending.UNANSWERED:
                return reading
            if await run_log.is_too_long():
                return replace(reading, ending=Ending.UNFIT)
            if reading.reason.startswith(STOPPED_SAYS) or seconds > PATIENCE:
                self._away[piece.contender.name] = reading.reason
                return reading
            tries += run_log.refusal is None
            if tries < TRIES:
                await first_of(stop.wait(), self._rest(seconds))
        return reading

    async def _read(self, piece: Piece, run_log: RunLog) -> tuple[Reading, float]:
        """What the judge says with that log, and after how many seconds it wants to be asked again."""
        answer = await piece.contender.analyst.judge(piece.paper, piece.lens, run_log)
        rows = await run_log.rows()
        verdict = answer if isinstance(answer, Verdict) else None
        reason = answer.reason if isinstance(answer, Wait) else ""
        if verdict is None and is_over(rows):
            reason = next((one.note for one in reversed(rows) if one.outcome in REPLIED), "") or reason
        reading = Reading(
            judge=piece.contender.name,
            paper=piece.paper.id,
            lens=piece.lens.key,
            run=piece.run,
            ending=ending_of(rows, verdict),
            verdict=verdict,
            usage=usage_of(rows),
            replies=sum(one.outcome in REPLIED for one in rows),
            seconds=sum(one.milliseconds for one in rows) / 1000,
            reason=reason,
        )
        return reading, answer.seconds if isinstance(answer, Wait) else 0.0


def _unanswered(piece: Piece, reason: str) -> Reading:
    judge, lens = piece.contender.name, piece.lens.key
    return Reading(judge, piece.paper.id, lens, piece.run, Ending.UNANSWERED, reason=reason)


def usage_of(rows: Sequence[PastCall]) -> Usage:
    """What all calls took, those that came to nothing too."""
    return Usage(
        sum(one.usage.tokens_in for one in rows),
        sum(one.usage.tokens_out for one in rows),
        sum(one.usage.tokens_cached for one in rows),
        sum(one.usage.usd for one in rows),
    )


async def first_of(*several: Awaitable[object]) -> None:
    """Wait for the first of them; the others are given up."""
    tasks = [asyncio.ensure_future(one) for one in several]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
