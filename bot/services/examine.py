"""An examination: every answerer is asked every known question, and what was paid for before is not asked again.

Replies are rows of the store's calls under prompts of their own, and the day's budget holds.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.call import REPLIED, CallOutcome, PastCall
from bot.core.evaluation import REPAIRABLE, Ending, is_over
from bot.core.lens import Lens
from bot.core.paper import ArxivId
from bot.core.question import Answered, Question, QuestionKind, Reading
from bot.core.quiz import KnownQuestion, Source, Tried, part_of
from bot.core.verdict import STOPPED_SAYS, Wait
from bot.ports import Progress
from bot.ports_model import CallLog
from bot.ports_talk import Answerer
from bot.services.evaluate import PATIENCE, STOPPED, TRIES, Rest, RunLog, first_of, usage_of


@dataclass(frozen=True, slots=True)
class Examinee:
    """An answerer under examination. `settings`: what besides the prompt its replies depend on."""

    name: str
    answerer: Answerer
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One question to one answerer, with what is read for it."""

    examinee: Examinee
    known: KnownQuestion
    question: Question
    reading: Reading

    @property
    def tag(self) -> str:
        """What tells these prompts from those of daily work."""
        return f"quiz\0{self.examinee.settings}"

    def tried(self, ending: Ending, reason: str = "") -> Tried:
        """The bare outcome."""
        return Tried(self.examinee.name, self.known, self.reading, ending, reason=reason)


def sheets_of(
    examinees: Iterable[Examinee],
    known: Sequence[KnownQuestion],
    sources: Mapping[ArxivId, Source],
    lens: Lens,
    part: int,
) -> list[Sheet]:
    """All there is to ask; of every text one `part` is read (4: a quarter), as of a long paper."""
    chosen = list(examinees)
    sheets = []
    for one in known:
        source = sources[one.paper]
        question = Question(source.paper, lens, QuestionKind.ASK, one.words)
        reading = part_of(source.full, one.words, part)
        sheets += [Sheet(examinee, one, question, reading) for examinee in chosen]
    return sheets


class Examination:
    """The work of an examination over one store."""

    def __init__(self, calls: CallLog, *, hands: int = 1, rest: Rest = asyncio.sleep) -> None:
        self._calls = calls
        self._hands = hands
        self._rest = rest
        self._away: dict[str, str] = {}

    async def look(self, sheets: Sequence[Sheet], progress: Progress) -> tuple[list[Tried], list[Sheet]]:
        """What is known by rule or from the store, and what is left to ask; nobody is called."""
        known: list[Tried] = []
        left: list[Sheet] = []
        for number, sheet in enumerate(sheets, 1):
            tried, _ = await self._read(sheet, RunLog(self._calls, sheet.tag, may_call=False))
            if tried.ending is Ending.UNANSWERED:
                left.append(sheet)
            else:
                known.append(tried)
            progress.show("known", number, len(sheets))
        return known, left

    async def ask(self, sheets: Sequence[Sheet], progress: Progress, stop: asyncio.Event) -> list[Tried]:
        """Ask each, several at once. When `stop` is set, what is under way is finished and nothing more begun."""
        queue, found = deque(sheets), list[Tried]()

        async def hand() -> None:
            while queue:
                found.append(await self._ask(queue.popleft(), stop))
                progress.show("asked", len(found), len(sheets))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._hands, len(sheets))):
                    group.create_task(hand())
        except BaseExceptionGroup as failed:  # one fault is told as itself
            raise failed.exceptions[0] from None
        return found

    async def _ask(self, sheet: Sheet, stop: asyncio.Event) -> Tried:
        """One question, tried several times while nobody answers."""
        tried = sheet.tried(Ending.UNANSWERED, STOPPED)
        for attempt in range(TRIES):
            known = STOPPED if stop.is_set() else self._away.get(sheet.examinee.name, "")
            if known:
                return sheet.tried(Ending.UNANSWERED, known)
            run_log = RunLog(self._calls, sheet.tag)
            tried, seconds = await self._read(sheet, run_log)
            if tried.ending is not Ending.UNANSWERED:
                return tried
            if await run_log.is_too_long():
                return replace(tried, ending=Ending.UNFIT)
            if tried.reason.startswith(STOPPED_SAYS) or seconds > PATIENCE:
                self._away[sheet.examinee.name] = tried.reason
                return tried
            if attempt + 1 < TRIES:
                await first_of(stop.wait(), self._rest(seconds))
        return tried

    async def _read(self, sheet: Sheet, run_log: RunLog) -> tuple[Tried, float]:
        """What the answerer says with that log, and after how many seconds it wants to be asked again."""
        answer = await sheet.examinee.answerer.answer(sheet.question, sheet.reading, run_log)
        rows = await run_log.rows()
        tried = replace(
            sheet.tried(_ending(answer, rows)),
            answer=answer if isinstance(answer, Answered) else None,
            usage=usage_of(rows),
            replies=sum(one.outcome in REPLIED for one in rows),
            seconds=sum(one.milliseconds for one in rows) / 1000,
            reason=answer.reason if isinstance(answer, Wait) else "",
        )
        return tried, answer.seconds if isinstance(answer, Wait) else 0.0


def _ending(answer: Answered | Wait, rows: Sequence[PastCall]) -> Ending:
    if isinstance(answer, Wait):
        return Ending.UNFIT if is_over(rows) else Ending.UNANSWERED
    repaired = any(one.outcome in (*REPAIRABLE, CallOutcome.REFUSED) for one in rows)
    return Ending.REPAIRED if repaired else Ending.AT_ONCE
