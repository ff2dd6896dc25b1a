"""Which sentences of a text are read for a question: all where there is room, else those that full-text ranking finds.

Ranking is BM25 (Robertson and Zaragoza, 2009) over sentences; the words of a section's heading count for each of its
sentences, for less. Why this is not a library: docs/decisions/0005.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice

from bot.core.discussion.question import Question, QuestionKind, ReadSentence, RetrievedContext
from bot.core.fulltext.fulltext import FullText, SectionKind, TextKind
from bot.core.fulltext.terms import Terms
from bot.core.papers.sentence import Sentence

SATURATION = 1.2
LENGTH = 0.5
HEADING = 0.4
KIN = 0.35
QUANTITY = 1.3  # a sentence with a number, where a number is asked for
NEIGHBOURED = 4  # hits of which the neighbours are read too
BEST = 8  # that many hits are read before the neighbours of any
NUMBER_ROOM = 10  # what a sentence's number takes beside its words
FIRST_OF_ABSTRACT = 3
SHARE_OF_ENDS = 3  # a third of the room, where the question is what is missing
_ASKS_QUANTITY = re.compile(
    r"\bhow (?:many|much|long|often|big|large|small|old|far|fast|high|wide|good|accurate|wrong)\b|\bwhat (?:share"
    r"|percentage|fraction|proportion|number|rate)\b|\bwhen\b|\b(?:cost|price)s?\b",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|dozens?)\b", re.IGNORECASE
)
_ENDS = re.compile(
    r"limit|threat|conclu|discuss|future|broader|impact|ethic|caveat|scope|closing|summary", re.IGNORECASE
)
_MISSING = re.compile(
    r"\b(?:limit\w*|missing|miss(?:es)?|lacks?|lacking|weak\w*|short-?comings?|caveats?|omit\w*|ignor\w*|overlook\w*"
    r"|fail\w*|future|drawbacks?|assum\w+|threats?|wrong|problems?|untested|unsolved|(?:leave[sd]?|left) out"
    r"|not (?:say|do|test|cover)|doesn['’]?t|don['’]?t|gaps?|risks?|generali[sz]\w*)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:not?|none|nobody|never|neither|nor|only|without|cannot|because|since)\b", re.IGNORECASE)
_LEADS_UP = re.compile(r"abstract|introduction|background|related|preliminar|motivation", re.IGNORECASE)
LOOKED_FOR = {
    QuestionKind.ASK: "",
    QuestionKind.STEELMAN: "contribution result evidence improve outperform benefit experiment robust",
    QuestionKind.CHANGE_MIND: "limitation evidence evaluation cost people ethics future assumption",
}


def search_words(question: Question) -> str:
    """What is looked for in the text: the question's own words, and those of its kind."""
    return f"{question.words} {LOOKED_FOR[question.kind]}".strip()


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence that was found. `share`: how much of what the question asks for stands in it, 0 to 1, by weight."""

    number: int
    score: float
    share: float


class Index:
    """The sentences of one text by their terms."""

    def __init__(self, sentences: Sequence[ReadSentence], terms: Terms) -> None:
        self._terms = terms
        self._numbers = [sentence.number for sentence in sentences]
        self._has_quantity = [bool(_QUANTITY.search(sentence.text)) for sentence in sentences]
        self._found: dict[str, list[tuple[int, float]]] = {}
        headings = {name: terms.of(name) for name in {sentence.section for sentence in sentences}}
        lengths = []
        for at, read_sentence in enumerate(sentences):
            counts: dict[str, float] = dict(Counter(terms.of(read_sentence.text)))
            lengths.append(sum(counts.values()) or 1.0)
            for term in headings[read_sentence.section]:
                counts[term] = counts.get(term, 0.0) + HEADING
            for term, count in counts.items():
                self._found.setdefault(term, []).append((at, count))
        mean = sum(lengths) / len(lengths) if lengths else 1.0
        self._damp = [SATURATION * (1 - LENGTH + LENGTH * length / mean) for length in lengths]

    def weight(self, term: str) -> float:
        """How much a term tells: more, the fewer sentences have it; most where none has."""
        having = len(self._found.get(term, ()))
        return math.log(1 + (len(self._numbers) - having + 0.5) / (having + 0.5))

    def rank(self, words: str) -> tuple[Match, ...]:
        """The sentences in which anything of it stands, the best first; earlier ones first among equals."""
        asked = dict.fromkeys(self._terms.of(words))
        scores: dict[int, float] = {}
        shares: dict[int, float] = {}
        total = sum(self.weight(term) for term in asked) or 1.0
        for term in asked:
            for at, score in self._scores(term).items():
                scores[at] = scores.get(at, 0.0) + score
                shares[at] = shares.get(at, 0.0) + self.weight(term) / total
            for at, score in self._of_kin(term, asked).items():
                scores[at] = scores.get(at, 0.0) + score
                shares[at] = shares.get(at, 0.0) + KIN * self.weight(term) / total
        if _ASKS_QUANTITY.search(words):
            scores = {at: score * (QUANTITY if self._has_quantity[at] else 1.0) for at, score in scores.items()}
        found = sorted(scores, key=lambda at: (-scores[at], at))
        return tuple(Match(self._numbers[at], scores[at], min(shares[at], 1.0)) for at in found)

    def _scores(self, term: str) -> dict[int, float]:
        weight = self.weight(term) * (SATURATION + 1)
        return {at: weight * count / (count + self._damp[at]) for at, count in self._found.get(term, ())}

    def _of_kin(self, term: str, asked: Mapping[str, object]) -> dict[int, float]:
        """The best of the kindred terms, in sentences that do not have the term itself."""
        best: dict[int, float] = {}
        own = {at for at, _ in self._found.get(term, ())}
        for other in self._terms.kin_of(term):
            if other not in asked:
                for at, score in self._scores(other).items():
                    if at not in own:
                        best[at] = max(best.get(at, 0.0), KIN * score)
        return best


@lru_cache(maxsize=32)
def index_of(sentences: tuple[ReadSentence, ...], terms: Terms) -> Index:
    """The index of those sentences, made once."""
    return Index(sentences, terms)


@lru_cache(maxsize=16)
def sentences_of(full: FullText) -> tuple[ReadSentence, ...]:
    """All sentences of a text with the name of their section."""
    return tuple(_read(full, sentence) for sentence in full.sentences)


def _read(full: FullText, sentence: Sentence) -> ReadSentence:
    return ReadSentence(sentence.number, full.section_of(sentence).name, sentence.text)


@lru_cache(maxsize=16)
def _index(full: FullText, terms: Terms) -> Index:
    return Index(sentences_of(full), terms)


def choose(full: FullText, words: str, room: int, terms: Terms) -> RetrievedContext:
    """What is read for those words: all that fits into `room` characters, else what matters; in the text's order."""
    return reading_of(full, range(1, len(full.spans) + 1) if fits(full, room) else choice(full, words, room, terms))


def fits(full: FullText, room: int) -> bool:
    """Whether nothing needs to be chosen."""
    return sum(end - start + NUMBER_ROOM for start, end in full.spans) <= room


def reading_of(full: FullText, numbers: Sequence[int]) -> RetrievedContext:
    """The sentences of those numbers, as they are read."""
    picked = tuple(_read(full, full.sentence(number)) for number in numbers)
    known = len(full.spans)
    is_part = len(picked) < known or not full.basis.is_whole
    return RetrievedContext(picked, is_part, _basis_words(full, len(picked), known), known, full.hidden_told)


def choice(full: FullText, words: str, room: int, terms: Terms) -> tuple[int, ...]:
    """The numbers of what matters most for those words, in the text's order. Its time grows with the text."""
    every = sentences_of(full)
    chosen = _Choosing(every, room)
    chosen.take(_opening(full, every), room // 4)
    if _MISSING.search(words):
        chosen.take(
            (read_sentence for read_sentence in every if _ENDS.search(read_sentence.section)), room // SHARE_OF_ENDS
        )
    ranked = _index(full, terms).rank(words)
    chosen.take(_with_neighbours(ranked, every, _tables(full)), room)
    chosen.take(_telling(every, words), room)
    chosen.take_one(chain((every[match.number - 1] for match in ranked), every))
    return tuple(read_sentence.number for read_sentence in chosen.sentences)


def narrow(reading: RetrievedContext, words: str, room: int, terms: Terms) -> RetrievedContext:
    """Less of what was read, for whom it was too much."""
    chosen = _Choosing(reading.sentences, room)
    chosen.take(reading.sentences[:1], room)
    chosen.take(_with_neighbours(index_of(reading.sentences, terms).rank(words), reading.sentences, frozenset()), room)
    chosen.take(reading.sentences, room)
    return replace(reading, sentences=chosen.sentences, is_part=True)


def room_of(reading: RetrievedContext) -> int:
    """How much room a reading takes."""
    return _cost(reading.sentences)


def _cost(sentences: Iterable[ReadSentence]) -> int:
    return sum(len(sentence.text) + NUMBER_ROOM for sentence in sentences)


class _Choosing:
    """Sentences picked within a room."""

    def __init__(self, every: Sequence[ReadSentence], room: int) -> None:
        self._every = every
        self._left = room
        self._picked: set[int] = set()

    def take(self, sentences: Iterable[ReadSentence], most: int) -> None:
        """As many of them as fit, in that order; what is too long is passed over."""
        left = min(most, self._left)
        for sentence in sentences:
            cost = len(sentence.text) + NUMBER_ROOM
            if sentence.number not in self._picked and cost <= left:
                self._picked.add(sentence.number)
                left -= cost
                self._left -= cost
            if left < NUMBER_ROOM:
                return

    def take_one(self, sentences: Iterable[ReadSentence]) -> None:
        """The first of them where none fitted: a text is not without words because each of its sentences is long."""
        if not self._picked:
            self._picked.update(sentence.number for sentence in islice(sentences, 1))

    @property
    def sentences(self) -> tuple[ReadSentence, ...]:
        return tuple(read_sentence for read_sentence in self._every if read_sentence.number in self._picked)


def _opening(full: FullText, every: Sequence[ReadSentence]) -> Sequence[ReadSentence]:
    """The abstract's first sentences; the text's own where it has no abstract."""
    abstract = [section for section in full.sections if section.kind is SectionKind.ABSTRACT]
    spans = [(section.start, section.end) for section in abstract]
    said = [
        read_sentence
        for read_sentence, span in zip(every, full.spans, strict=True)
        if any(a <= span[0] < b for a, b in spans)
    ]
    return (said or every)[:FIRST_OF_ABSTRACT]


def _with_neighbours(
    ranked: Sequence[Match], every: Sequence[ReadSentence], tables: frozenset[str]
) -> Iterator[ReadSentence]:
    """The best hits; then each hit with what stands beside it in its section, and a table's head for a row of it."""
    place = {read_sentence.number: at for at, read_sentence in enumerate(every)}
    heads = _heads(every)
    yield from (every[place[match.number]] for match in ranked[:BEST])
    for rank, match in enumerate(ranked):
        at = place[match.number]
        read_sentence = every[at]
        yield read_sentence
        if rank >= NEIGHBOURED:
            continue
        around = [every[near] for near in (at - 1, at + 1) if 0 <= near < len(every)]
        yield from (
            near
            for near in around
            if near.section == read_sentence.section and abs(near.number - read_sentence.number) == 1
        )
        if read_sentence.section in tables:
            yield heads[read_sentence.section]


def _heads(every: Sequence[ReadSentence]) -> dict[str, ReadSentence]:
    heads: dict[str, ReadSentence] = {}
    for read_sentence in every:
        heads.setdefault(read_sentence.section, read_sentence)
    return heads


def _telling(every: Sequence[ReadSentence], words: str) -> list[ReadSentence]:
    """Everything, what tells most first, for whoever asks in other words than the text's: figures and denials before
    plain statements, and what leads up to the work last; figures first of all where a number is asked for."""
    asks_quantity = bool(_ASKS_QUANTITY.search(words))

    def worth(read_sentence: ReadSentence) -> float:
        figure = bool(_QUANTITY.search(read_sentence.text)) * (2.0 if asks_quantity else 1.0)
        return max(figure, 1.0 * bool(_DENIES.search(read_sentence.text))) - 2.0 * bool(
            _LEADS_UP.search(read_sentence.section)
        )

    return sorted(every, key=worth, reverse=True)


def _tables(full: FullText) -> frozenset[str]:
    return frozenset(
        section.name for section in full.sections if section.kind in (SectionKind.TABLE, SectionKind.CAPTION)
    )


KIND_SAYS = {
    TextKind.HTML: "the full text (arXiv's HTML)",
    TextKind.PDF: "the full text (from the PDF)",
    TextKind.ABSTRACT: "the abstract alone",
}


def _basis_words(full: FullText, read: int, known: int) -> str:
    """`280 of 1,940 sentences of the full text (from the PDF): …`."""
    what = KIND_SAYS[full.basis.kind]
    if read < known:
        what = f"{read:,} of {known:,} sentences of {what}"
    elif full.basis.breaks_off:
        what = f"what there is of {what}"
    elif not full.basis.is_whole:
        what = f"the first {full.basis.characters:,} of {full.basis.of_characters:,} characters of {what}"
    return f"{what}: {full.basis.reason}" if full.basis.reason else what
