"""Which sentences of a reading are quoted for a question where no model answers: those that match it best."""

from collections.abc import Sequence

from bot.core.discussion.question import ReadSentence, RetrievedContext
from bot.core.fulltext.retrieval import Match, index_of
from bot.core.fulltext.terms import Terms
from bot.core.papers.sentence import Sentence

MOST_QUOTED = 3
LOOKED_AT = 6
ENOUGH = 0.3  # that share of what is asked for, by weight, must stand in a sentence and its heading
NEAR = 0.5  # a further sentence is quoted when it matches half as well as the best
LONGEST_QUOTED = 900


def quoted(words: str, reading: RetrievedContext, terms: Terms, *, needed: float = ENOUGH) -> tuple[ReadSentence, ...]:
    """The one to three sentences that match those words best, the best first; none where nothing matches enough.

    Of words that ask for nothing in particular ("what is it about?") the first sentence is the answer. A sentence that
    instructs a model is not quoted.
    """
    if not terms.of(words):
        return _honest(reading.sentences[:LOOKED_AT], 2)
    ranked = index_of(reading.sentences, terms).rank(words)[:LOOKED_AT]
    best = next((match for match in ranked if match.share >= needed), None)
    if best is None:
        return ()
    near = [match for match in ranked if match is not best and match.score >= NEAR * best.score]
    chosen = _honest(_sentences([best, *near], reading), MOST_QUOTED)
    return tuple(_short(chosen))


def _sentences(matches: Sequence[Match], reading: RetrievedContext) -> list[ReadSentence]:
    by_number = {sentence.number: sentence for sentence in reading.sentences}
    return [by_number[match.number] for match in matches]


def _honest(sentences: Sequence[ReadSentence], most: int) -> tuple[ReadSentence, ...]:
    """At most so many of them, without those that instruct a model."""
    from bot.core.hostile.injection import instructions_in  # many expressions, for the worker that reads

    plain = [Sentence(sentence.number, 0, len(sentence.text), sentence.text) for sentence in sentences]
    ordering = {instruction.sentence for instruction in instructions_in("", plain)}
    return tuple(sentence for sentence in sentences if sentence.number not in ordering)[:most]


def _short(sentences: Sequence[ReadSentence]) -> list[ReadSentence]:
    """As many as fit into an answer; the best in any case."""
    kept: list[ReadSentence] = []
    for sentence in sentences:
        if not kept or sum(len(other.text) for other in (*kept, sentence)) <= LONGEST_QUOTED:
            kept.append(sentence)
    return kept
