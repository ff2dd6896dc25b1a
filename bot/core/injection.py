"""Sentences of a paper that instruct the model or the reviewer who reads it, and not those that write about such.

A sentence is used or mentioned. Used: it speaks to a model, or orders at the head of a clause, and aims at the rules,
the judgement or the reply. Mentioned: it stands in quotation marks, its own words or its neighbours' say that it is an
example, or the paper is about such texts and nothing in the sentence points at this very paper. Accusing an honest
paper is worse than missing an attack: in doubt a sentence is mentioned.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from bot.core.disguise import decoded, plain, spread, unseen
from bot.core.hygiene import clean
from bot.core.injection_tongues import orders_in
from bot.core.injection_words import (
    ABOUT,
    ADDRESSED,
    AFTER_ROLE,
    AND_THEN,
    ANY_ORDER,
    CLAIM,
    DEMANDED,
    FORGED,
    FORM,
    HEADS,
    HINT,
    IMPERATIVE_HEAD,
    MACHINE,
    ORDER,
    PERSON,
    POINTS_BACK,
    POINTS_ON,
    POLITE,
    ROLE,
    SPOKEN_OF,
    SQUEEZED,
    STUDIED,
    THIS,
    YOU_MUST,
    YOURS,
)
from bot.core.phrase import fit
from bot.core.sentence import Sentence

TITLE = 0
SHOWN_MOST = 150
SENTENCE_MOST = 3000
ROLES_MOST = 8
_QUOTED = re.compile(
    "“[^”]{1,400}”|„[^“”]{1,400}[“”]|«[^»]{1,400}»|「[^」]{1,400}」|『[^』]{1,400}』|``[^`]{1,400}?''|`[^`]{1,400}`"
    "|‹[^›]{1,400}›"
    r"|\"[^\"]{1,400}\"|(?<!\w)'(?!\s)[^']{2,400}'(?!\w)|‘[^’]{2,400}’|\\(?:texttt|enquote|verb|emph|textit"
    r"|textsf)\{[^}]{1,400}\}"
)
_GAP = "■"
_GAPS = re.compile(f"{_GAP}[{_GAP} ]*")
_MARKED = re.compile("[“„«「『`‹\"'‘].*[”“»」』`›\"'’][.!?]?$", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_MILD = re.compile(
    r"(?:we|benchmarks?|datasets?|study|studies|experiments?|examples?|participants|literature|history|contain(?:s|ed)?"
    r"|reported|named|users|known|defen[cs]e|detect)\W*"
)
_SELF = re.compile(rf"\b{THIS}|\bthis\b")


@dataclass(frozen=True, slots=True)
class Instruction:
    """A sentence that instructs: its number (0 is the title), and its words or what its unseen characters spell."""

    sentence: int
    words: str
    is_unseen: bool = False


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
    about = bool(ABOUT.search(plain(title))) or any(ABOUT.search(one.whole) for one in readings)
    found = [_of_title(title, about)]
    found += [_of_sentence(at, readings, about, one.number) for at, one in enumerate(sentences)]
    return tuple(one for one in found if one)


def flags_for(found: Sequence[Instruction]) -> tuple[str, ...]:
    """What a verdict says of them, in one sentence with the words that prove it; nothing where there are none."""
    if not found:
        return ()
    first = found[0]
    where = "The title" if first.sentence == TITLE else f"Sentence {first.sentence}"
    hidden = " in characters that cannot be seen" if first.is_unseen else ""
    others = [one.sentence for one in found[1:]]
    rest = f", as {'does' if len(others) == 1 else 'do'} {_numbers(others)}" if others else ""
    words = " ".join(clean(first.words).split())
    return (f"{where} instructs a model or reviewer{hidden}{rest}: “{fit(words, SHOWN_MOST)}”",)


def _numbers(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"sentence {numbers[0]}"
    return f"sentences {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _readings(sentences: Sequence[Sentence]) -> list[_Reading]:
    """Quotations are found in the text as a whole: one may run over several sentences."""
    if not sentences:
        return []
    text = [" "] * max(one.start + len(one.text) for one in sentences)
    for one in sentences:
        text[one.start : one.start + len(one.text)] = one.text
    gaps = _QUOTED.sub(lambda quote: _GAP * len(quote[0]), "".join(text))
    return [_reading(one.text, gaps[one.start : one.start + len(one.text)]) for one in sentences]


def _reading(raw: str, gaps: str) -> _Reading:
    """Of a sentence that no person would write, beginning and end."""
    if len(raw) > SENTENCE_MOST:
        raw, gaps = (f"{one[: SENTENCE_MOST - 1000]} {one[-1000:]}" for one in (raw, gaps))
    return _Reading(raw, plain(raw), plain(_GAPS.sub(f"{_GAP} ", gaps)))


def _of_title(title: str, about: bool) -> Instruction | None:
    """Of a title more is asked: papers about attacks are named after them."""
    hidden = _unseen(title)
    if hidden:
        return Instruction(TITLE, hidden, is_unseen=True)
    reading = plain(_QUOTED.sub(_GAP, title[:SENTENCE_MOST]))
    if about or _is_studied(reading):
        return None
    aimed = _strong(reading) and (ADDRESSED.search(reading) or re.search(rf"\b{THIS}", reading))
    role = ROLE.search(reading)
    if aimed or SPOKEN_OF.search(reading) or (role and _strong(reading[role.end() :])):
        return Instruction(TITLE, title)
    return None


def _of_sentence(at: int, readings: Sequence[_Reading], about: bool, number: int) -> Instruction | None:
    one = readings[at]
    hidden = _unseen(one.raw)
    if hidden:
        return Instruction(number, hidden, is_unseen=True)
    is_used = any(_instructs(text, about) for text in dict.fromkeys((one.bare, _called(at, readings)))) or _is_coded(
        one, about
    )
    is_used = is_used or (
        one.is_quotation and not about and not _any_studied(readings) and _instructs(one.whole, about)
    )
    return Instruction(number, one.raw) if is_used and not _is_mentioned(at, readings) else None


def _unseen(raw: str) -> str:
    """What unseen characters spell, if it asks for anything at all: nobody hides words in good faith."""
    for words in unseen(raw):
        reading = plain(words)
        if HINT.search(reading) or orders_in(reading):
            return words
    return ""


def _is_mentioned(at: int, readings: Sequence[_Reading]) -> bool:
    """Whether the sentence before or after says of this one that it is an example."""
    before = readings[at - 1].bare if at else ""
    after = readings[at + 1].bare if at + 1 < len(readings) else ""
    points_on = POINTS_ON.search(before) and not (ADDRESSED.search(before) or ROLE.search(before))
    return bool(points_on or POINTS_BACK.search(after))


def _called(at: int, readings: Sequence[_Reading]) -> str:
    """The sentence, with a call to a model before it that was cut off as a sentence of its own."""
    one = readings[at].bare
    before = readings[at - 1].bare if at else ""
    if (
        before
        and len(before) <= 90
        and not STUDIED.search(before)
        and (ADDRESSED.search(before) or ROLE.search(before))
    ):
        return f"{before.rstrip('.!?: ')}: {one}"
    return one


def _instructs(text: str, about: bool) -> bool:
    """Whether a plain sentence without quotations is an order to whoever reads it."""
    is_studied = _is_studied(text)
    if is_studied and not _is_mild(text):
        return False
    strong = _strong(text)
    addressed = ADDRESSED.search(text)
    spoken = SPOKEN_OF.search(text)
    if is_studied and not spoken and not (strong and (addressed or strong.start() <= 12)):
        return False
    if strong:
        return bool(not about or addressed or _points_here(text))
    if spoken:
        return not about or _points_here(text)
    is_person = addressed and PERSON.search(addressed[0]) and not MACHINE.search(addressed[0])
    if addressed and not is_person and (_headed(ANY_ORDER, text) or YOU_MUST.search(text)):
        return True
    return _is_role(text) or orders_in(text)


def _points_here(text: str) -> bool:
    return bool(_SELF.search(text) or YOURS.search(text) or DEMANDED.search(text))


def _strong(text: str) -> re.Match[str] | None:
    """An order with its aim; after a first order also those that are joined to it by "and"."""
    found = CLAIM.search(text) or _headed(ORDER, text)
    if found or not (IMPERATIVE_HEAD.search(text) or _headed(ANY_ORDER, text)):
        return found
    return _headed(ORDER, AND_THEN.sub("; ", text))


def _headed(order: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The order where it stands at the head of a clause: of a statement it is only a verb."""
    return next((found for at in _heads(text) if (found := order.match(text, at))), None)


@lru_cache(maxsize=64)
def _heads(text: str) -> tuple[int, ...]:
    """Where clauses begin, and where they begin after words like "please" and "do not"; asked for several orders."""
    known: dict[int, None] = {}
    for pattern in HEADS:
        for head in pattern.finditer(text):
            at = head.end()
            while at not in known:
                known[at] = None
                polite = POLITE.match(text, at)
                at = polite.end() if polite else at
    return tuple(known)


def _is_role(text: str) -> bool:
    """A mark of a role or of an end that is none, and after it something that speaks to a model."""
    for role in islice(ROLE.finditer(text), ROLES_MOST):
        rest = text[role.end() :]
        if _strong(rest) or ANY_ORDER.match(rest.lstrip()) or AFTER_ROLE.search(rest[:160]):
            return True
    return False


@lru_cache(maxsize=64)
def _is_studied(text: str) -> bool:
    return bool(STUDIED.search(text))


def _is_mild(text: str) -> bool:
    """Whether what speaks of a study could as well stand in an order."""
    return all(_MILD.fullmatch(found[0]) for found in STUDIED.finditer(text))


def _any_studied(readings: Sequence[_Reading]) -> bool:
    return any(not one.is_quotation and STUDIED.search(one.bare) and not _is_mild(one.bare) for one in readings)


def _is_coded(one: _Reading, about: bool) -> bool:
    """Whether a code spells an order, or a reply is given ready-made, and nothing says that it is an example."""
    if about or (_is_studied(one.bare) and not _is_mild(one.bare)):
        return False
    if FORGED.search(one.whole) and not FORM.search(one.bare):
        return True
    if any(SQUEEZED.search(word) for word in spread(one.raw)):
        return True
    return any(_instructs(plain(words), about) for words in decoded(one.raw))
