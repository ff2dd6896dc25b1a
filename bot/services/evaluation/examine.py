"""An examination: every answerer is asked every known question, and what was paid for before is not asked again.

Replies are rows of the store's calls under prompts of their own, and the day's budget holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.discussion.question import Answered, Question, QuestionKind, RetrievedContext
from bot.core.evaluation.known_questions import KnownQuestion, Source, Tried, part_of
from bot.core.evaluation.trials import REPAIRABLE, Ending, is_over
from bot.core.papers.paper import ArxivId
from bot.core.verdicts.call import REPLIED, CallOutcome, PastCall, Usage
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Wait
from bot.ports.discussion import Answerer
from bot.services.evaluation.trial_runner import NO_WAIT, RunLog
from bot.text.stems import TERMS


@dataclass(frozen=True, slots=True)
class Examinee:
    """An answerer under examination. `settings`: what besides the prompt its replies depend on."""

    name: str
    answerer: Answerer
    settings: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSheet:
    """One question to one answerer, with what is read for it."""

    examinee: Examinee
    known: KnownQuestion
    question: Question
    reading: RetrievedContext

    @property
    def tag(self) -> str:
        """What tells these prompts from those of daily work."""
        return f"quiz\0{self.examinee.settings}"

    def tried(self, ending: Ending, reason: str = "") -> Tried:
        """The bare outcome."""
        return Tried(self.examinee.name, self.known, self.reading, ending, reason=reason)

    @property
    def judge(self) -> str:
        """Who is asked."""
        return self.examinee.name

    def unanswered(self, reason: str) -> Tried:
        """The bare outcome of what nobody replied to."""
        return self.tried(Ending.UNANSWERED, reason)

    async def read(self, run_log: RunLog) -> tuple[Tried, Wait]:
        """What the answerer says with that log, and why and until when it is to be waited for."""
        answer = await self.examinee.answerer.answer(self.question, self.reading, run_log)
        rows = await run_log.rows()
        tried = replace(
            self.tried(_ending(answer, rows)),
            answer=answer if isinstance(answer, Answered) else None,
            usage=Usage.total(row.usage for row in rows),
            replies=sum(row.outcome in REPLIED for row in rows),
            seconds=sum(row.milliseconds for row in rows) / 1000,
            reason=answer.reason if isinstance(answer, Wait) else "",
        )
        return tried, answer if isinstance(answer, Wait) else NO_WAIT


def question_sheets_of(
    examinees: Iterable[Examinee],
    known: Sequence[KnownQuestion],
    sources: Mapping[ArxivId, Source],
    lens: Lens,
    part: float,
) -> list[QuestionSheet]:
    """All there is to ask; of every text a part is read (4: a quarter), as of a long paper."""
    chosen = list(examinees)
    sheets = []
    for known_question in known:
        source = sources[known_question.paper]
        question = Question(source.paper, lens, QuestionKind.ASK, known_question.words)
        reading = part_of(source.full, known_question.words, part, TERMS)
        sheets += [QuestionSheet(examinee, known_question, question, reading) for examinee in chosen]
    return sheets


def _ending(answer: Answered | Wait, rows: Sequence[PastCall]) -> Ending:
    if isinstance(answer, Wait):
        return Ending.UNFIT if is_over(rows) else Ending.UNANSWERED
    repaired = any(row.outcome in (*REPAIRABLE, CallOutcome.REFUSED) for row in rows)
    return Ending.REPAIRED if repaired else Ending.AT_ONCE
