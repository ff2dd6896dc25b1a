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

from bot.core.fulltext import FullText, SectionKind, TextKind
from bot.core.question import Question, QuestionKind, Reading, ReadSentence
from bot.core.terms import kin_of, terms_of

SATURATION = 1.2
LENGTH = 0.5
HEADING = 0.4
KIN = 0.35
QUANTITY = 1.3  # a sentence with a number, where a number is asked for
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

    def __init__(self, sentences: Sequence[ReadSentence]) -> None:
        self._numbers = [one.number for one in sentences]
        self._has_quantity = [bool(_QUANTITY.search(one.text)) for one in sentences]
        self._found: dict[str, list[tuple[int, float]]] = {}
        headings = {name: terms_of(name) for name in {one.section for one in sentences}}
        lengths = []
        for at, one in enumerate(sentences):
            counts: dict[str, float] = dict(Counter(terms_of(one.text)))
            lengths.append(sum(counts.values()) or 1.0)
            for term in headings[one.section]:
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
        asked = dict.fromkeys(terms_of(words))
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
        for other in kin_of(term):
            if other not in asked:
                for at, score in self._scores(other).items():
                    if at not in own:
                        best[at] = max(best.get(at, 0.0), KIN * score)
        return best


@lru_cache(maxsize=32)
def index_of(sentences: tuple[ReadSentence, ...]) -> Index:
    """The index of those sentences, made once."""
    return Index(sentences)


@lru_cache(maxsize=16)
def sentences_of(full: FullText) -> tuple[ReadSentence, ...]:
    """All sentences of a text with the name of their section."""
    return tuple(ReadSentence(one.number, full.section_of(one).name, one.text) for one in full.sentences)


@lru_cache(maxsize=16)
def _index(full: FullText) -> Index:
    return Index(sentences_of(full))


def choose(full: FullText, words: str, room: int) -> Reading:
    """What is read for those words: all that fits into `room` characters, else what matters; in the text's order."""
    every = sentences_of(full)
    if _cost(every) <= room:
        basis = _basis_words(full, len(every), len(every))
        return Reading(every, not full.basis.is_whole, basis, len(every), full.hidden_told)
    chosen = _Choosing(every, room)
    chosen.take(_opening(full, every), room // 4)
    if _MISSING.search(words):
        chosen.take((one for one in every if _ENDS.search(one.section)), room // SHARE_OF_ENDS)
    ranked = _index(full).rank(words)
    chosen.take(_with_neighbours(ranked, every, _tables(full)), room)
    chosen.take(_section_heads(every), room)
    chosen.take(_around(every, ranked), room)
    picked = chosen.sentences
    return Reading(picked, True, _basis_words(full, len(picked), len(every)), len(every), full.hidden_told)


def narrow(reading: Reading, words: str, room: int) -> Reading:
    """Less of what was read, for whom it was too much."""
    chosen = _Choosing(reading.sentences, room)
    chosen.take(reading.sentences[:1], room)
    chosen.take(_with_neighbours(index_of(reading.sentences).rank(words), reading.sentences, frozenset()), room)
    chosen.take(reading.sentences, room)
    return replace(reading, sentences=chosen.sentences, is_part=True)


def room_of(reading: Reading) -> int:
    """How much room a reading takes."""
    return _cost(reading.sentences)


def _cost(sentences: Iterable[ReadSentence]) -> int:
    return sum(len(one.text) + NUMBER_ROOM for one in sentences)


class _Choosing:
    """Sentences picked within a room."""

    def __init__(self, every: Sequence[ReadSentence], room: int) -> None:
        self._every = every
        self._left = room
        self._picked: set[int] = set()

    def take(self, sentences: Iterable[ReadSentence], most: int) -> None:
        """As many of them as fit, in that order; what is too long is passed over."""
        left = min(most, self._left)
        for one in sentences:
            cost = len(one.text) + NUMBER_ROOM
            if one.number not in self._picked and cost <= left:
                self._picked.add(one.number)
                left -= cost
                self._left -= cost
            if left < NUMBER_ROOM:
                return

    @property
    def sentences(self) -> tuple[ReadSentence, ...]:
        return tuple(one for one in self._every if one.number in self._picked)


def _opening(full: FullText, every: Sequence[ReadSentence]) -> Sequence[ReadSentence]:
    """The abstract's first sentences; the text's own where it has no abstract."""
    abstract = [one for one in full.sections if one.kind is SectionKind.ABSTRACT]
    spans = [(one.start, one.end) for one in abstract]
    said = [one for one, span in zip(every, full.spans, strict=True) if any(a <= span[0] < b for a, b in spans)]
    return (said or every)[:FIRST_OF_ABSTRACT]


def _with_neighbours(
    ranked: Sequence[Match], every: Sequence[ReadSentence], tables: frozenset[str]
) -> Iterator[ReadSentence]:
    """The best hits; then each hit with what stands beside it in its section, and a table's head for a row of it."""
    place = {one.number: at for at, one in enumerate(every)}
    heads = _heads(every)
    yield from (every[place[match.number]] for match in ranked[:BEST])
    for match in ranked:
        at = place[match.number]
        one = every[at]
        yield one
        around = [every[near] for near in (at - 1, at + 1) if 0 <= near < len(every)]
        yield from (near for near in around if near.section == one.section and abs(near.number - one.number) == 1)
        if one.section in tables:
            yield heads[one.section]


def _heads(every: Sequence[ReadSentence]) -> dict[str, ReadSentence]:
    heads: dict[str, ReadSentence] = {}
    for one in every:
        heads.setdefault(one.section, one)
    return heads


def _section_heads(every: Sequence[ReadSentence]) -> Iterable[ReadSentence]:
    """The first sentence of each section: what the text goes through."""
    return _heads(every).values()


def _around(every: Sequence[ReadSentence], ranked: Sequence[Match]) -> list[ReadSentence]:
    """Everything, what stands nearest to a hit first: whoever asks in other words than the text's is served by it."""
    hits = {one.number for one in ranked}
    far = len(every)
    distances = [far] * len(every)
    for order in (range(len(every)), range(len(every) - 1, -1, -1)):
        since = far
        for at in order:
            since = 0 if every[at].number in hits else since + 1
            distances[at] = min(distances[at], since)
    return [every[at] for at in sorted(range(len(every)), key=lambda at: distances[at])]


def _tables(full: FullText) -> frozenset[str]:
    return frozenset(one.name for one in full.sections if one.kind in (SectionKind.TABLE, SectionKind.CAPTION))


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
    elif not full.basis.is_whole:
        what = f"the first {full.basis.characters:,} of {full.basis.of_characters:,} characters of {what}"
    return f"{what}: {full.basis.reason}" if full.basis.reason else what
