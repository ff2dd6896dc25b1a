"""A model's analysis -> its parts, each checked, and whether it keeps to the short verdict that it was given."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from bot.analyst.endpoints.extract import NoObject
from bot.analyst.verdicts.replies import (
    FAULTS_TOLD,
    Checking,
    Cited,
    Line,
    Part,
    Text,
    listed,
    nothing,
    object_in,
    says_something,
    told,
)
from bot.analyst.verdicts.schema import MOST_ASSUMPTIONS, MOST_CLASSES, WORDS_ASKED
from bot.core.verdicts.lens import Lens

# What is let through after a repair; the parts that can be spared leave before that.
WORDS_MOST = 340


class ContestedPart(Cited):
    """What is assumed, and what the lens says instead."""

    assumed: Line
    instead: Line


class AssumptionPart(Cited):
    """A proposition and its exposure."""

    proposition: Line
    exposure: Line


class ClassPart(Part):
    """A class of the lens with its reason."""

    name: Line
    gloss: Line


class AnalysisReply(Part):
    """An analysis as it should be."""

    disagrees: Annotated[Line | None, BeforeValidator(nothing)] = None
    dissection: Text
    core_fallacy: Annotated[ContestedPart | None, BeforeValidator(nothing)]
    hidden_assumptions: Annotated[list[AssumptionPart], BeforeValidator(listed)]
    social_function: Line
    classes: Annotated[list[ClassPart], BeforeValidator(listed), Field(default_factory=list)]
    verdict: Line
    closing: Line


KEYS = frozenset(AnalysisReply.model_fields)


@dataclass(frozen=True, slots=True)
class ReadAnalysis:
    """What a reply came to: parts, or `disagrees`, or `faults`; the rest as of a short verdict."""

    reply: AnalysisReply | None
    faults: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    dropped: int = 0
    disagrees: str = ""


def read_analysis(text: str, lens: Lens, sentences: int, fallacy: frozenset[int]) -> ReadAnalysis:
    """Read an analysis; `fallacy`: the sentences that the short verdict cites for its fallacy, none where it has none.

    Never raises for anything that a model may write.
    """
    try:
        found = object_in(text, KEYS)
    except NoObject as fault:
        return ReadAnalysis(None, (str(fault),))
    try:
        reply = AnalysisReply.model_validate(found)
    except ValidationError as error:
        return ReadAnalysis(None, told(error))
    if reply.disagrees is not None and says_something(reply.disagrees):
        return ReadAnalysis(None, disagrees=reply.disagrees)
    checking = _AnalysisChecking(lens, sentences)
    checked = checking.check(reply, fallacy)
    if checking.faults:
        return ReadAnalysis(None, tuple(checking.faults[:FAULTS_TOLD]))
    conflict = _conflict(checked, fallacy)
    weak = (conflict,) if conflict else tuple(checking.weak[:FAULTS_TOLD])
    return ReadAnalysis(checked, (), weak, checking.dropped, conflict)


def _conflict(reply: AnalysisReply, fallacy: frozenset[int]) -> str:
    """In which way the fallacy is not the short verdict's."""
    if reply.core_fallacy is None:
        return "The short verdict has a core fallacy; write what it assumes." if fallacy else ""
    if not fallacy:
        return 'The short verdict has no core fallacy, so "core_fallacy" is null.'
    if fallacy.isdisjoint(reply.core_fallacy.cites):
        numbers = ", ".join(str(number) for number in sorted(fallacy))
        return f'"core_fallacy" cites none of the sentences that the short verdict cites for it: {numbers}.'
    return ""


def words_of_reply(reply: AnalysisReply) -> int:
    """How many words people would read."""
    return sum(len(text.split()) for text in texts_of(reply))


def texts_of(reply: AnalysisReply) -> list[str]:
    """Every text that people will read."""
    fallacy = (reply.core_fallacy.assumed, reply.core_fallacy.instead) if reply.core_fallacy else ()
    assumed = [
        text
        for hidden_assumption in reply.hidden_assumptions
        for text in (hidden_assumption.proposition, hidden_assumption.exposure)
    ]
    glosses = [class_part.gloss for class_part in reply.classes]
    return [
        text
        for text in (reply.dissection.text, *fallacy, *assumed, reply.social_function, *glosses, reply.verdict,
                     reply.closing)
        if text
    ]  # fmt: skip


class _AnalysisChecking(Checking):
    """One analysis against its lens and text."""

    def check(self, reply: AnalysisReply, fallacy: frozenset[int]) -> AnalysisReply:
        """The reply without what had to go."""
        for name in ("social_function", "verdict", "closing"):
            self.text(name, getattr(reply, name))
        self.text("dissection", reply.dissection.text)
        if not self.holds(reply.dissection):
            self.faults.append(self.off("dissection", reply.dissection))
        checked = reply.model_copy(
            update={
                "dissection": self.distinct(reply.dissection),
                "core_fallacy": self._fallacy(reply.core_fallacy),
                "hidden_assumptions": self._assumptions(reply.hidden_assumptions),
                "classes": self._classes(reply.classes),
            }
        )
        return self._short_enough(checked)

    def _fallacy(self, part: ContestedPart | None) -> ContestedPart | None:
        if part is None:
            return None
        for name in ("assumed", "instead"):
            self.text(name, getattr(part, name), f"core_fallacy.{name}")
        if not self.holds(part):
            self.faults.append(self.off("core_fallacy", part))
        return self.distinct(part)

    def _assumptions(self, parts: list[AssumptionPart]) -> list[AssumptionPart]:
        """Those that cite; of more than enough the first."""
        kept: list[AssumptionPart] = []
        for number, part in enumerate(parts):
            for name in ("proposition", "exposure"):
                self.text(name, getattr(part, name), f"hidden_assumptions.{number}.{name}")
            if self.holds(part) and len(kept) < MOST_ASSUMPTIONS:
                kept.append(self.distinct(part))
            else:
                self.dropped += 1
        if parts and not kept:
            self.weak.append(self.off("hidden_assumptions.0", parts[0]))
        return kept

    def _classes(self, parts: list[ClassPart]) -> list[ClassPart]:
        known = {lens_class.name.lower(): lens_class.name for lens_class in self.lens.classes}
        kept: dict[str, ClassPart] = {}
        for number, part in enumerate(parts):
            name = known.get(part.name.lower())
            if name is None or len(kept) == MOST_CLASSES:
                self.dropped += 1
            elif name not in kept:
                self.text("gloss", part.gloss, f"classes.{number}.gloss")
                kept[name] = part.model_copy(update={"name": name})
        return list(kept.values())

    def _short_enough(self, reply: AnalysisReply) -> AnalysisReply:
        """Too many words are asked to be fewer; after that the last assumptions leave, then the social function."""
        count = words_of_reply(reply)
        if count > WORDS_ASKED:
            self.weak.append(f"All texts together have {count} words; at most {WORDS_ASKED} are allowed.")
        while reply.hidden_assumptions and words_of_reply(reply) > WORDS_MOST:
            reply = reply.model_copy(update={"hidden_assumptions": reply.hidden_assumptions[:-1]})
        if words_of_reply(reply) > WORDS_MOST:
            reply = reply.model_copy(update={"social_function": ""})
        if (left := words_of_reply(reply)) > WORDS_MOST:
            self.faults.append(f"All texts together have {left} words; at most {WORDS_ASKED} are allowed.")
        return reply
