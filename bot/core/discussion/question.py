"""A question about a paper, the part of the paper that was read for it, and an answer that points at sentences."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.papers.paper import Paper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Provenance, Verdict


class QuestionKind(StrEnum):
    """What is wanted: an answer, the strongest case for the paper, or what would change the lens's mind."""

    ASK = "ask"
    STEELMAN = "steelman"
    CHANGE_MIND = "change_mind"


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """One turn of the talk so far: ours, or of the person who asks now. Nobody else's words stand in it."""

    is_ours: bool
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know of a paper. `words` is theirs (hostile text); empty where a button asked.

    `verdict` is the one through that lens, if there is any; `turns` is what was said before, oldest first.
    """

    paper: Paper
    lens: Lens
    kind: QuestionKind
    words: str
    turns: tuple[DialogueTurn, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence as it goes to whoever answers; `number` counts over the paper's whole text, `section` is its name."""

    number: int
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievedContext:
    """What was read for a question, in the text's order.

    `is_part`: there are sentences that were not read; `known`: how many the text has; `basis_words`: what the text is
    and how much of it there was, in words for people; `hidden`: what of it nobody sees, in such words.
    """

    sentences: tuple[ReadSentence, ...]
    is_part: bool
    basis_words: str
    known: int
    hidden: tuple[str, ...] = ()

    def sentence(self, number: int) -> ReadSentence | None:
        """The sentence of that number, if it was read."""
        return next((sentence for sentence in self.sentences if sentence.number == number), None)


@dataclass(frozen=True, slots=True)
class CitedStatement:
    """One thing that the paper says, and the numbers of the sentences that say it; every one of them was read."""

    words: str
    numbers: tuple[int, ...]


class AnswerOutcome(StrEnum):
    """How a question ended. `silent`: what was read does not say; `too_little`: there is too little text to answer."""

    ANSWERED = "answered"
    SILENT = "silent"
    OFF_TOPIC = "off_topic"
    TOO_LITTLE = "too_little"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: what the paper says, apart from what the lens thinks (empty: nothing).

    `dropped`: how many things were said without a sentence that was read, and are not in it. `is_part`: who answered
    took only a part of what was given.
    """

    paper_says: tuple[CitedStatement, ...]
    lens_says: str
    outcome: AnswerOutcome
    provenance: Provenance
    dropped: int = 0
    is_part: bool = False
