"""Questions with known answers, and how well a retrieval and an answerer do on them, in figures.

A file has a row a question: `paper,question,kind,sentences,answer_words`. `sentences`: the numbers that give the
answer, with spaces between. `answer_words`: what a right answer contains, in lower case; `;` between words that are
all needed, `|` between spellings of which one will do. They are necessary and not sufficient.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from bot.core.discussion.question import Answered, AnswerOutcome, RetrievedContext
from bot.core.errors import SettingsError
from bot.core.evaluation.share import Share
from bot.core.evaluation.trials import NO_USAGE, Ending
from bot.core.fulltext.fulltext import FullText
from bot.core.fulltext.retrieval import choose, index_of, room_of, sentences_of
from bot.core.fulltext.terms import Terms
from bot.core.papers.paper import ArxivId, Paper
from bot.core.verdicts.call import Usage

COLUMNS = ("paper", "question", "kind", "sentences", "answer_words")
PARTS = {"1/8": 8.0, "1/4": 4.0, "1/2": 2.0, "3/4": 4 / 3}
FIRST = (1, 3)


class Expected(StrEnum):
    """What a text does with a question."""

    ANSWERABLE = "answerable"
    UNANSWERABLE = "unanswerable"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question whose answer is known: the sentences that give it, and the words that it must hold."""

    paper: ArxivId
    words: str
    expected: Expected
    sentences: frozenset[int] = frozenset()
    answer_words: tuple[tuple[str, ...], ...] = ()

    def is_answered_by(self, text: str) -> bool:
        """Whether all the words stand in that text."""
        low = text.lower()
        return all(any(spelling in low for spelling in spellings) for spellings in self.answer_words)


@dataclass(frozen=True, slots=True)
class Source:
    """A paper with the text that questions are asked about."""

    paper: Paper
    full: FullText


def questions_from_rows(rows: Iterable[Mapping[str, str | None]], name: str) -> list[KnownQuestion]:
    """The questions of a CSV file; `SettingsError` names file, line and remedy."""
    questions: list[KnownQuestion] = []
    for number, row in enumerate(rows, 2):
        paper, words, kind, sentences, answer = ((row.get(column) or "").strip() for column in COLUMNS)
        numbers = sentences.split()
        is_whole = kind != Expected.ANSWERABLE or bool(numbers and answer)
        if not (
            paper and words and kind in list(Expected) and is_whole and all(number.isdigit() for number in numbers)
        ):
            remedy = f"A row is {','.join(COLUMNS)}, and a kind is one of: {', '.join(Expected)}."
            raise SettingsError(f"{name}, line {number}, is no question.", remedy)
        spellings = tuple(tuple(part.split("|")) for part in answer.lower().split(";")) if answer else ()
        found = KnownQuestion(ArxivId(paper), words, Expected(kind), frozenset(map(int, numbers)), spellings)
        questions.append(found)
    return questions


@dataclass(frozen=True, slots=True)
class Found:
    """Retrieval alone: at how much room, how often a right sentence was read, and how often all of them."""

    room: str
    any: Share
    all: Share


def retrieval(questions: Iterable[KnownQuestion], sources: Mapping[ArxivId, Source], terms: Terms) -> list[Found]:
    """The first sentences by rank, then what is read within parts of the text's own length."""
    asked = [question for question in questions if question.expected is Expected.ANSWERABLE]
    found = []
    for first in FIRST:
        read = [_ranked(known_question, sources[known_question.paper].full, first, terms) for known_question in asked]
        found.append(_found("best sentence" if first == 1 else f"best {first} sentences", asked, read))
    for name, part in PARTS.items():
        read = [_read(known_question, sources[known_question.paper].full, part, terms) for known_question in asked]
        found.append(_found(f"{name} of the text", asked, read))
    return found


def _ranked(known_question: KnownQuestion, full: FullText, first: int, terms: Terms) -> set[int]:
    return {match.number for match in index_of(sentences_of(full), terms).rank(known_question.words)[:first]}


def _read(known_question: KnownQuestion, full: FullText, part: float, terms: Terms) -> set[int]:
    return {read.number for read in part_of(full, known_question.words, part, terms).sentences}


def part_of(full: FullText, words: str, part: float, terms: Terms) -> RetrievedContext:
    """What is read for those words when there is room for so many parts of the text (4: a quarter); 1: all of it."""
    whole = room_of(RetrievedContext(sentences_of(full), False, "", 0))
    return choose(full, words, int(whole // part), terms)


def _found(room: str, asked: Sequence[KnownQuestion], read: Sequence[set[int]]) -> Found:
    some = sum(bool(known_question.sentences & numbers) for known_question, numbers in zip(asked, read, strict=True))
    every = sum(known_question.sentences <= numbers for known_question, numbers in zip(asked, read, strict=True))
    return Found(room, Share(some, len(asked)), Share(every, len(asked)))


@dataclass(frozen=True, slots=True)
class Tried:
    """What one answerer made of one question. Without an answer, `reason` says why."""

    judge: str
    question: KnownQuestion
    reading: RetrievedContext
    ending: Ending
    answer: Answered | None = None
    usage: Usage = NO_USAGE
    replies: int = 0
    seconds: float = 0.0
    reason: str = ""

    @property
    def cited(self) -> frozenset[int]:
        """The sentences that the answer points at."""
        said = self.answer.paper_says if self.answer else ()
        return frozenset(number for cited_statement in said for number in cited_statement.numbers)

    @property
    def has_read(self) -> bool:
        """Whether a right sentence was among what was read."""
        return any(sentence.number in self.question.sentences for sentence in self.reading.sentences)

    @property
    def is_answered(self) -> bool:
        """Whether it is an answer and no declining."""
        return self.answer is not None and self.answer.outcome is AnswerOutcome.ANSWERED

    @property
    def is_right(self) -> bool:
        """Whether all the known words stand in what a reader would see: the claims and their quotations."""
        if self.answer is None or not self.is_answered:
            return False
        quotations = [sentence.text for sentence in self.reading.sentences if sentence.number in self.cited]
        claims = [paper_say.words for paper_say in self.answer.paper_says]
        return self.question.is_answered_by("\n".join((*claims, *quotations, self.answer.lens_says)))


@dataclass(frozen=True, slots=True)
class QuizFigures:
    """Everything that is counted of one answerer."""

    judge: str
    questions: int
    unanswered: int
    unfit: int
    retrieved: Share
    answered: Share
    right: Share
    right_of_read: Share
    pointed: Share
    citing: Share
    unanswerable_declined: Share
    off_topic_declined: Share
    usage: Usage
    seconds: float
    seconds_each: float | None
    replies: int


def quiz_figures(tried: Sequence[Tried]) -> QuizFigures:
    """The figures of one answerer's tries; there must be one at least. Who gave no reply is in no share."""
    replied = [attempt for attempt in tried if attempt.ending is not Ending.UNANSWERED]
    by_kind = {kind: [attempt for attempt in replied if attempt.question.expected is kind] for kind in Expected}
    asked = by_kind[Expected.ANSWERABLE]
    claims = sum(len(attempt.answer.paper_says) for attempt in replied if attempt.answer)
    dropped = sum(attempt.answer.dropped for attempt in replied if attempt.answer)
    seconds = [attempt.seconds for attempt in replied if attempt.replies]
    return QuizFigures(
        judge=tried[0].judge,
        questions=len(tried),
        unanswered=len(tried) - len(replied),
        unfit=sum(attempt.ending is Ending.UNFIT for attempt in replied),
        retrieved=_share(attempt.has_read for attempt in asked),
        answered=_share(attempt.is_answered for attempt in asked),
        right=_share(attempt.is_right for attempt in asked),
        right_of_read=_share(attempt.is_right for attempt in asked if attempt.has_read),
        pointed=_share(bool(attempt.question.sentences & attempt.cited) for attempt in asked),
        citing=Share(claims, claims + dropped),
        unanswerable_declined=_declined(by_kind[Expected.UNANSWERABLE]),
        off_topic_declined=_declined(by_kind[Expected.OFF_TOPIC]),
        usage=Usage(
            sum(attempt.usage.tokens_in for attempt in tried),
            sum(attempt.usage.tokens_out for attempt in tried),
            sum(attempt.usage.tokens_cached for attempt in tried),
            sum(attempt.usage.usd for attempt in tried),
        ),
        seconds=sum(seconds),
        seconds_each=median(seconds) if seconds else None,
        replies=sum(attempt.replies for attempt in tried),
    )


def _share(holds: Iterable[bool]) -> Share:
    every = list(holds)
    return Share(sum(every), len(every))


def _declined(tried: Sequence[Tried]) -> Share:
    """A reply that was of no use is no declining."""
    return _share(attempt.answer is not None and not attempt.is_answered for attempt in tried)
