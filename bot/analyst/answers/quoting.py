"""The rule answerer: quotes the sentences that match a question best, and says that no model answers; calls nobody."""

from bot.core.discussion.question import (
    Answered,
    AnswerOutcome,
    CitedStatement,
    Question,
    QuestionKind,
    RetrievedContext,
)
from bot.core.fulltext.quotation import ENOUGH
from bot.core.fulltext.retrieval import search_words
from bot.core.posts.phrase import truncate
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import AnalystKind, Label, Provenance, Verdict, Wait
from bot.ports.model import CallLog
from bot.ports.store import Clock
from bot.text.passages import PassageReader, PassagesHere

LONGEST_SAYS = 400
NO_MODEL = "No model answers here; these sentences match the question best."
NO_MATCH = "No model answers here, and no sentence matches the question well enough to be quoted."
NO_MATCH_IN_PART = (
    "No model answers here, and no sentence of the part that was read matches the question well enough to be quoted."
)
NO_STEELMAN = "No model answers here; these sentences come nearest to what the paper has to show."
WOULD_CHANGE = "No model answers here. By the lens's own list, sentences on these would change it: {names}."


class QuotingAnswerer:
    """Answers with the text's own sentences."""

    def __init__(self, clock: Clock, passages: PassageReader | None = None) -> None:
        self._clock = clock
        self._passages = passages or PassagesHere()

    async def answer(self, question: Question, reading: RetrievedContext, call_log: CallLog) -> Answered | Wait:
        """The sentences that match, or that none does; `Unreadable` where finding them takes too much."""
        if not reading.sentences:
            return self._answered(question, (), "", AnswerOutcome.TOO_LITTLE)
        if question.kind is QuestionKind.CHANGE_MIND and (names := _absent(question.verdict, question.lens)):
            return self._answered(
                question, (), truncate(WOULD_CHANGE.format(names=names), LONGEST_SAYS), AnswerOutcome.ANSWERED
            )
        found = await self._passages.quote(search_words(question), reading, _needed(question))
        if not found:
            says = NO_MATCH_IN_PART if reading.is_part else NO_MATCH
            return self._answered(question, (), says, AnswerOutcome.SILENT)
        says = NO_MODEL if question.kind is QuestionKind.ASK else NO_STEELMAN
        said = CitedStatement(says, tuple(read_sentence.number for read_sentence in found))
        return self._answered(question, (said,), "", AnswerOutcome.ANSWERED)

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _answered(
        self, question: Question, said: tuple[CitedStatement, ...], says: str, outcome: AnswerOutcome
    ) -> Answered:
        lens = question.lens
        made = Provenance(AnalystKind.SCAN, lens.key, lens.fingerprint, self._clock.now())
        return Answered(said, says, outcome, made)


def _needed(question: Question) -> float:
    """A kind with a button looks for many words, any of which will do."""
    return ENOUGH if question.kind is QuestionKind.ASK else 0.0


def _absent(verdict: Verdict | None, lens: Lens) -> str:
    """What the lens looked for and did not find, by name."""
    found = verdict.labelled(Label.ABSENT) if verdict else ()
    return ", ".join(lens.item_or_key(finding.item).name for finding in found)
