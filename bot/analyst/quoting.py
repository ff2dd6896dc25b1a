"""The rule answerer: quotes the sentences that match a question best, and says that no model answers; calls nobody."""

from collections.abc import Sequence

from bot.analyst.pointing import Readiness
from bot.core.injection import instructions_in
from bot.core.lens import Lens
from bot.core.phrase import fit
from bot.core.question import Answered, AnswerOutcome, Question, QuestionKind, Reading, ReadSentence, Said
from bot.core.retrieve import Match, index_of, search_words
from bot.core.sentence import Sentence
from bot.core.terms import terms_of
from bot.core.verdict import AnalystKind, Label, Provenance, Verdict, Wait
from bot.ports import Clock
from bot.ports_model import CallLog

MOST = 3
LOOKED_AT = 6
ENOUGH = 0.3  # that share of what is asked for, by weight, must stand in a sentence and its heading
NEAR = 0.5  # a further sentence is quoted when it matches half as well as the best
LONGEST_QUOTED = 900
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

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ready = Readiness()

    async def answer(self, question: Question, reading: Reading, call_log: CallLog) -> Answered | Wait:
        """The sentences that match, or that none does; at once."""
        await self._ready.wait()
        if not reading.sentences:
            return self._answered(question, (), "", AnswerOutcome.TOO_LITTLE)
        if question.kind is QuestionKind.CHANGE_MIND and (names := _absent(question.verdict, question.lens)):
            return self._answered(
                question, (), fit(WOULD_CHANGE.format(names=names), LONGEST_SAYS), AnswerOutcome.ANSWERED
            )
        found = quoted(search_words(question), reading, needed=_needed(question))
        if not found:
            says = NO_MATCH_IN_PART if reading.is_part else NO_MATCH
            return self._answered(question, (), says, AnswerOutcome.SILENT)
        says = NO_MODEL if question.kind is QuestionKind.ASK else NO_STEELMAN
        said = Said(says, tuple(one.number for one in found))
        return self._answered(question, (said,), "", AnswerOutcome.ANSWERED)

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _answered(self, question: Question, said: tuple[Said, ...], says: str, outcome: AnswerOutcome) -> Answered:
        lens = question.lens
        made = Provenance(AnalystKind.SCAN, lens.key, lens.fingerprint, self._clock.now())
        return Answered(said, says, outcome, made)


def quoted(words: str, reading: Reading, *, needed: float = ENOUGH) -> tuple[ReadSentence, ...]:
    """The one to three sentences that match those words best, the best first; none where nothing matches enough.

    Of words that ask for nothing in particular ("what is it about?") the first sentence is the answer. A sentence that
    instructs a model is not quoted.
    """
    if not terms_of(words):
        return _honest(reading.sentences[:LOOKED_AT], 2)
    ranked = index_of(reading.sentences).rank(words)[:LOOKED_AT]
    best = next((one for one in ranked if one.share >= needed), None)
    if best is None:
        return ()
    near = [one for one in ranked if one is not best and one.score >= NEAR * best.score]
    chosen = _honest(_sentences([best, *near], reading), MOST)
    return tuple(_short(chosen))


def _needed(question: Question) -> float:
    """A kind with a button looks for many words, any of which will do."""
    return ENOUGH if question.kind is QuestionKind.ASK else 0.0


def _sentences(matches: Sequence[Match], reading: Reading) -> list[ReadSentence]:
    by_number = {one.number: one for one in reading.sentences}
    return [by_number[one.number] for one in matches]


def _honest(sentences: Sequence[ReadSentence], most: int) -> tuple[ReadSentence, ...]:
    """At most so many of them, without those that instruct a model."""
    plain = [Sentence(one.number, 0, len(one.text), one.text) for one in sentences]
    ordering = {one.sentence for one in instructions_in("", plain)}
    return tuple(one for one in sentences if one.number not in ordering)[:most]


def _short(sentences: Sequence[ReadSentence]) -> list[ReadSentence]:
    """As many as fit into an answer; the best in any case."""
    kept: list[ReadSentence] = []
    for one in sentences:
        if not kept or sum(len(other.text) for other in (*kept, one)) <= LONGEST_QUOTED:
            kept.append(one)
    return kept


def _absent(verdict: Verdict | None, lens: Lens) -> str:
    """What the lens looked for and did not find, by name."""
    found = verdict.labelled(Label.ABSENT) if verdict else ()
    return ", ".join(lens.item_or_key(one.item).name for one in found)
