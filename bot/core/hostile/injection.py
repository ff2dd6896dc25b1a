"""Sentences of a paper that instruct the model or the reviewer who reads it, and not those that write about such.

A sentence instructs when it orders something that no honest text orders: to praise this very paper, to be silent on
its weaknesses, to undo the reader's orders. What is quoted is mentioned. Words beside an order do not excuse it; a
paper about such texts may show them where it says that it does. Accusing an honest paper is worse than missing an
attack: where a rule is not sure, it says nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.hostile.deobfuscation import decoded, plain, unseen
from bot.core.hostile.injection_languages import orders_in
from bot.core.hostile.injection_words import (
    ABOUT,
    CALL,
    CALLED_AIM,
    DEMAND,
    HEADS,
    HINT,
    MARK,
    MODELS,
    POINTS_BACK,
    POLITE,
    PRAISE_ORDER,
    REPORTS,
    SPOKEN_TO,
    THIS,
    TOLD_OF,
    UNDO_ORDER,
    WHEN_JUDGING,
)
from bot.core.hostile.instruction import TITLE, Instruction
from bot.core.papers.sentence import Sentence

SENTENCE_MOST = 3000
_QUOTED = re.compile(
    "“[^”]{1,400}”|„[^“”]{1,400}[“”]|«[^»]{1,400}»|「[^」]{1,400}」|『[^』]{1,400}』|``[^`]{1,400}?''|`[^`]{1,400}`"
    "|‹[^›]{1,400}›"
    r"|\"[^\"]{1,400}\"|(?<!\w)'(?!\s)[^']{2,400}'(?!\w)|‘[^’]{2,400}’|\\(?:texttt|enquote|verb|emph|textit"
    r"|textsf)\{[^}]{1,400}\}"
)
_GAP = "■"
_GAPS = re.compile(f"{_GAP}[{_GAP} ]*")
_MARKED = re.compile("[“„«「『`‹\"'‘].*[”“»」』`›\"'’][.!?]?$", re.DOTALL)
_SPOKEN = re.compile(r"\b(?:attacks?|inject\w*|obey\w*|fools?|models|assistants|chatbots|llms|detectors?)\b")
_SHOWN = re.compile(r"\b(?:attacks?|attackers?|encod\w+|such as)\b")
_THIS = re.compile(rf"\b{THIS}")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sentence as rules see it: all of it, without quotations, and whether the words of one stand in it."""

    raw: str
    whole: str
    bare: str

    @property
    def is_quotation(self) -> bool:
        """Whether it is one quotation and nothing else, and not a part of one that began before."""
        return bool(_GAP in self.bare and not _LETTER.search(self.bare) and _MARKED.match(self.raw))


def instructions_in(title: str, sentences: Sequence[Sentence]) -> tuple[Instruction, ...]:
    """The sentences that instruct a model or a reviewer, in the text's order; the title counts as sentence 0."""
    readings = _readings(sentences)
    texts = (plain(title), *(reading.whole for reading in readings))
    about = any(ABOUT.search(text) for text in texts)
    is_on_models = any(MODELS.search(text) and not MARK.search(text) for text in texts)
    found = [_of_title(title, about)]
    found += [_of_sentence(at, readings, about, sentence.number) for at, sentence in enumerate(sentences)]
    if not is_on_models:
        told = {instruction.sentence for instruction in found if instruction}
        found += [
            Instruction(sentence.number, sentence.text)
            for sentence, read in zip(sentences, readings, strict=True)
            if sentence.number not in told and MARK.search(read.bare)
        ]
    return tuple(sorted((instruction for instruction in found if instruction), key=lambda item: item.sentence))


def _readings(sentences: Sequence[Sentence]) -> list[_Reading]:
    """Quotations are found in the text as a whole: one may run over several sentences."""
    if not sentences:
        return []
    text = [" "] * max(sentence.start + len(sentence.text) for sentence in sentences)
    for sentence in sentences:
        text[sentence.start : sentence.start + len(sentence.text)] = sentence.text
    gaps = _QUOTED.sub(lambda quote: _GAP * len(quote[0]), "".join(text))
    return [
        _reading(sentence.text, gaps[sentence.start : sentence.start + len(sentence.text)]) for sentence in sentences
    ]


def _reading(raw: str, gaps: str) -> _Reading:
    """Of a sentence that no person would write, beginning and end."""
    if len(raw) > SENTENCE_MOST:
        raw, gaps = (f"{form[: SENTENCE_MOST - 1000]} {form[-1000:]}" for form in (raw, gaps))
    return _Reading(raw, plain(raw), plain(_GAPS.sub(f"{_GAP} ", gaps)))


def _of_title(title: str, about: bool) -> Instruction | None:
    """Of a title more is asked: papers about attacks are named after them."""
    hidden = _unseen(title)
    if hidden:
        return Instruction(TITLE, hidden, is_unseen=True)
    reading = plain(_QUOTED.sub(_GAP, title[:SENTENCE_MOST]))
    is_told = not about and (_called(reading, reading) or _headed(PRAISE_ORDER, reading) or DEMAND.search(reading))
    return Instruction(TITLE, title) if is_told else None


def _of_sentence(at: int, readings: Sequence[_Reading], about: bool, number: int) -> Instruction | None:
    reading = readings[at]
    hidden = _unseen(reading.raw)
    if hidden:
        return Instruction(number, hidden, is_unseen=True)
    before = readings[at - 1].bare if at else ""
    after = readings[at + 1].bare if at + 1 < len(readings) else ""
    text = reading.whole if reading.is_quotation and not about and not REPORTS.search(before) else reading.bare
    is_used = _instructs(text, about) or _called(text, before) or _is_coded(reading, about)
    return Instruction(number, reading.raw) if is_used and not _is_mentioned(text, before, after, about) else None


def _unseen(raw: str) -> str:
    """What unseen characters spell, if it asks for anything at all: nobody hides words in good faith."""
    for words in unseen(raw):
        reading = plain(words)
        if HINT.search(reading) or orders_in(reading):
            return words
    return ""


def _is_mentioned(text: str, before: str, after: str, about: bool) -> bool:
    """Whether this sentence, or the one before or after, says that it is an example, or somebody's speech."""
    if REPORTS.search(before) or TOLD_OF.search(text):
        return True
    points_back = POINTS_BACK.search(after)
    return bool(points_back and (about or _SPOKEN.search(after)))


def _instructs(text: str, about: bool) -> bool:
    """Whether a plain sentence without quotations is an order to whoever reads it."""
    if DEMAND.search(text) or WHEN_JUDGING.search(text) or _headed(PRAISE_ORDER, text):
        return True
    if SPOKEN_TO.search(text) and (not about or _THIS.search(text)):
        return True
    return bool(not about and (_headed(UNDO_ORDER, text) or orders_in(text)))


def _called(text: str, before: str) -> bool:
    """A call to a model or a reviewer, in the sentence or as the whole of the one before it, and an order for it."""
    call = CALL.search(text)
    if call:
        return bool(CALLED_AIM.search(text, call.end()))
    alone = CALL.match(before)
    return bool(alone and alone.end() >= len(before) - 1 and CALLED_AIM.match(text))


def _headed(order: re.Pattern[str], text: str) -> bool:
    """Whether the order stands at the head of a clause, and nothing there says that it is told of somebody else."""
    return any(order.match(text, at) for at in _heads(text))


@lru_cache(maxsize=64)
def _heads(text: str) -> tuple[int, ...]:
    """Where clauses begin, and where they begin after words like "please"; asked for several orders."""
    known: dict[int, None] = {}
    for head in HEADS.finditer(text):
        if REPORTS.search(text[max(0, head.end() - 200) : head.end()]):
            continue
        known[head.end()] = None
        polite = POLITE.match(text, head.end())
        if polite:
            known[polite.end()] = None
    return tuple(known)


def _is_coded(reading: _Reading, about: bool) -> bool:
    """Whether a code spells an order, and nothing says that it is shown as an example."""
    if about or _SHOWN.search(reading.bare):
        return False
    return any(_instructs(plain(words), about) for words in decoded(reading.raw))
