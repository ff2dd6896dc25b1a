"""A model's reply to a question -> what may be said of it: claims that point at sentences that were read, and no more.

A claim without such a sentence is dropped and counted. What is wrong with the whole is a fault, told to the model once.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.analyst.answers.prompt import MOST_CHARACTERS, MOST_CITES, MOST_CLAIMS, MOST_OWN_CHARACTERS, own_words
from bot.analyst.endpoints.extract import NoObject, extract
from bot.analyst.endpoints.rounds import Validated
from bot.analyst.verdicts.replies import Line, Text, is_placeholder, told
from bot.analyst.verdicts.wording import faults_of, of_the_abstract, of_the_part
from bot.core.discussion.question import AnswerOutcome, CitedStatement, Question, QuestionKind, RetrievedContext
from bot.core.hostile.hygiene import defang
from bot.core.posts.phrase import truncate

SHARED_WORDS = 8
KEYS = frozenset(("outcome", "paper_says", "lens_says"))
NOTHING_CITED = 'No text of "paper_says" cites a sentence that was given: cite their numbers, or say "silent".'
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^()\s]{1,2000}(?:\s[^()]{0,200})?\)|<((?:https?|mailto)[^<>]{1,2000})>")
_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\d?\.|\bmailto:)[^\s<>)\]]+|(?<![\w.+-])[\w.+-]+@[\w-]{1,255}\.[\w.-]+",
    re.IGNORECASE,
)
_MENTION = re.compile(r"<[@#!][^>]{0,200}>|(?<![\w@])@(?=\w)")
_MARKS = re.compile(r"\*\*|__(?=\S)|(?<=\S)__|~~|\|\||`+|^[^\S\n]*(?:#{1,6}|>+|-#)\s+", re.MULTILINE)
_NUMBERS = re.compile(
    r"(?:(?<!\s)\s+)?[\[(](sentences?\s+)?(\d{1,4}(?:\s*(?:,|and|-|–)\s*\d{1,4})*)[\])]", re.IGNORECASE
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """What a reply came to."""

    outcome: AnswerOutcome
    paper_says: tuple[CitedStatement, ...] = ()
    lens_says: str = ""
    dropped: int = 0


def _listed(value: Any) -> Any:
    return [] if value is None else value


def _worded(value: Any) -> Any:
    return "" if value is None else value


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    outcome: Line
    paper_says: Annotated[list[Text], BeforeValidator(_listed)]
    lens_says: Annotated[Line, BeforeValidator(_worded)] = ""


def weigh_answer(text: str, question: Question, reading: RetrievedContext, *, forgiving: bool) -> Validated[ReadAnswer]:
    """What a reply's text is worth. `forgiving`: after the one repair, what may not be said is left out."""
    try:
        found = extract(text, KEYS)
    except NoObject as fault:
        return Validated(None, (str(fault),))
    try:
        reply = _Reply.model_validate(_unwrapped(found))
    except ValidationError as error:
        return Validated(None, told(error))
    outcome = reply.outcome.lower().replace("-", "_").replace(" ", "_")
    if outcome not in list(AnswerOutcome):
        return Validated(None, (f'"outcome" must be one of: {", ".join(AnswerOutcome)}.',))
    if outcome in (AnswerOutcome.OFF_TOPIC, AnswerOutcome.TOO_LITTLE):
        return Validated(ReadAnswer(AnswerOutcome(outcome), dropped=len(reply.paper_says)))
    return _Weighing(question, reading, forgiving).weigh(AnswerOutcome(outcome), reply)


def _unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    """The object itself where a model put it under one key of its own."""
    if len(found) == 1:
        (inner,) = found.values()
        if isinstance(inner, dict) and "outcome" in inner:
            return inner
    return found


class _Weighing:
    """One reply against its question and what was read."""

    def __init__(self, question: Question, reading: RetrievedContext, forgiving: bool) -> None:
        self._question = question
        self._known = frozenset(sentence.number for sentence in reading.sentences)
        self._reword = rewording(reading)
        self._forgiving = forgiving
        self._faults: list[str] = []
        self._dropped = 0

    def weigh(self, outcome: AnswerOutcome, reply: _Reply) -> Validated[ReadAnswer]:
        """The reply without what had to go, or what is wrong with it."""
        claims = [said for paper_say in reply.paper_says if (said := self._claim(paper_say))]
        cited = {number for paper_say in reply.paper_says for number in paper_say.cites}
        lens_says = self._allowed(self._tidied(reply.lens_says, "lens_says", cited))
        claims, lens_says = self._fitted(claims, lens_says)
        if outcome is AnswerOutcome.ANSWERED and not self._answers(claims, lens_says):
            self._faults.append(NOTHING_CITED)
            return Validated(None, tuple(self._faults))
        if self._faults and not self._forgiving:
            return Validated(None, tuple(self._faults))
        return Validated(ReadAnswer(outcome, tuple(claims), lens_says, self._dropped))

    def _answers(self, claims: list[CitedStatement], lens_says: str) -> bool:
        """What would change the lens's mind is the lens's to say; all else is the paper's."""
        return bool(claims) or (self._question.kind is QuestionKind.CHANGE_MIND and bool(lens_says))

    def _claim(self, part: Text) -> CitedStatement | None:
        """The claim if every sentence that it cites was read, and it may be said."""
        words = ""
        if part.cites and self._known.issuperset(part.cites):
            words = self._allowed(self._tidied(part.text, "text", part.cites))
        if not words:
            self._dropped += 1
            return None
        return CitedStatement(words, tuple(sorted(set(part.cites))[:MOST_CITES]))

    def _tidied(self, text: str, name: str, cited: Collection[int]) -> str:
        words = self._reword(tidied(text, cited))
        if is_placeholder(words) or not _LETTERS.search(words):
            return ""
        if len(words) > 2 * MOST_CHARACTERS[name]:
            self._faults.append(f'"{name}" has {len(words)} characters; at most {MOST_CHARACTERS[name]} are allowed.')
        return truncate(words, MOST_CHARACTERS[name])

    def _allowed(self, words: str) -> str:
        """The words, or nothing where they may not be said."""
        faults = faults_of(words, abstract_only=False, authors=self._question.paper.authors)
        if shares_words(words):
            faults.append("The rules or the example stand in it: answer from the sentences.")
        self._faults += faults
        return "" if faults else words

    def _fitted(self, claims: list[CitedStatement], lens_says: str) -> tuple[list[CitedStatement], str]:
        """No more than may be said in all: the last claims go first."""
        kept = list({claim.words: claim for claim in claims}.values())[:MOST_CLAIMS]
        while (
            len(kept) > 1
            and sum(len(cited_statement.words) for cited_statement in kept) + len(lens_says) > MOST_OWN_CHARACTERS
        ):
            kept.pop()
        return kept, lens_says


def rewording(reading: RetrievedContext) -> Callable[[str], str]:
    """What is done with words about what the paper lacks: they are said of what was read."""
    if reading.is_part:
        return of_the_part
    is_abstract = all(sentence.section == "Abstract" for sentence in reading.sentences)
    return of_the_abstract if is_abstract else lambda text: text


def tidied(text: str, cited: Collection[int] = ()) -> str:
    """A model's words in one line, without addresses, mentions, markup and `cited` numbers; nothing in it is live."""

    def unnumbered(found: re.Match[str]) -> str:
        are_cited = all(int(number) in cited for number in re.findall(r"\d+", found[2]))
        is_reference = found[1] or (are_cited and "[" in found[0])
        return "" if is_reference else found[0]

    text = _LINK.sub(lambda found: found[1] or "", text)
    text = _MARKS.sub("", _MENTION.sub("", _ADDRESS.sub("", text)))
    return re.sub(r" ([.,;:])", r"\1", " ".join(defang(_NUMBERS.sub(unnumbered, text)).split()))


def shares_words(text: str) -> bool:
    """Whether a run of words stands in it that a model was told and no paper says."""
    return not _runs(text).isdisjoint(_own_runs())


@cache
def _own_runs() -> frozenset[str]:
    return frozenset(_runs(own_words()))


def _runs(text: str) -> set[str]:
    words = _WORD.findall(text.lower())
    return {" ".join(words[at : at + SHARED_WORDS]) for at in range(len(words) - SHARED_WORDS + 1)}
