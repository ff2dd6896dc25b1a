"""A model's short verdict -> its parts, each checked: premises, labels, the fallacy's sentence, lengths."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from bot.analyst.endpoints.extract import NoObject
from bot.analyst.verdicts.replies import (
    FAULTS_TOLD,
    LETTERS,
    Checking,
    Cited,
    Line,
    Part,
    Words,
    listed,
    nothing,
    object_in,
    says_something,
    told,
)
from bot.analyst.verdicts.schema import ASKED, MOST_CITES, MOST_TELLING, NO_LONGER
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Label, PremiseLabel

UNSHOWN = "It was said to be addressed, without a sentence that shows it."
UNREASONED = "It was said not to apply, without a reason."


def _labelled(value: Any) -> Any:
    """A label of one word is an object with that label."""
    return {"label": value} if isinstance(value, str) else value


def _mapped(value: Any) -> Any:
    return {} if value is None else value


class FallacyPart(Cited):
    """What a cited sentence takes for granted and what the lens says instead, in one line."""

    line: Line


class LabelPart(Cited):
    """A label of an item or of a premise."""

    label: Line
    reason: Words = ""


Labelled = Annotated[LabelPart, BeforeValidator(_labelled)]


class ShortReply(Part):
    """A short verdict as it should be."""

    premises: Annotated[dict[str, Labelled], BeforeValidator(_mapped), Field(default_factory=dict)]
    checklist: Annotated[dict[str, Labelled] | None, BeforeValidator(nothing)] = None
    core_fallacy: Annotated[FallacyPart | None, BeforeValidator(nothing)]
    telling: Annotated[list[Line], BeforeValidator(listed), Field(default_factory=list)]
    does: Line
    headline: Words = ""

    @property
    def is_outside(self) -> bool:
        """Whether no premise of the lens holds."""
        return bool(self.premises) and all(premise.label == PremiseLabel.DOES_NOT for premise in self.premises.values())


KEYS = frozenset(ShortReply.model_fields) | {"too_little"}


@dataclass(frozen=True, slots=True)
class ReadShort:
    """What a reply came to: parts, or why the text is too little to judge, or `faults` that say why it cannot be used.

    `weak`: what is missed or too long, so that one repair is worth its price; after that it is forgiven. `dropped`:
    claims without a sentence, which went.
    """

    reply: ShortReply | None
    faults: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    dropped: int = 0
    fallacy_dropped: bool = False
    too_little: str = ""

    @property
    def fits(self) -> bool:
        """Whether a verdict can be made of it."""
        return self.reply is not None or bool(self.too_little)


def read_short(text: str, lens: Lens, sentences: int) -> ReadShort:
    """Read a short verdict on a text of so many sentences; never raises for anything that a model may write."""
    try:
        found = object_in(text, KEYS)
    except NoObject as fault:
        return ReadShort(None, (str(fault),))
    if (why := nothing(found.get("too_little"))) is not None:
        return _read_too_little(why)
    try:
        reply = ShortReply.model_validate(found)
    except ValidationError as error:
        return ReadShort(None, told(error))
    checking = _ShortChecking(lens, sentences)
    checked = checking.check(reply)
    if checking.faults:
        return ReadShort(None, tuple(checking.faults[:FAULTS_TOLD]))
    gone = reply.core_fallacy is not None and checked.core_fallacy is None and not checked.is_outside
    return ReadShort(checked, (), tuple(checking.weak[:FAULTS_TOLD]), checking.dropped, gone)


def _read_too_little(why: Any) -> ReadShort:
    is_said = isinstance(why, str) and len(why) <= NO_LONGER * ASKED["too_little"] and says_something(why)
    if not is_said:
        return ReadShort(None, ('"too_little" must be null, or say in one sentence why the text is not enough.',))
    return ReadShort(None, too_little=" ".join(why.replace("\0", " ").encode("utf-8", "replace").decode().split()))


class _ShortChecking(Checking):
    """One short verdict against its lens and text."""

    def check(self, reply: ShortReply) -> ShortReply:
        """The reply without what had to go; of a text outside the lens only what it does counts."""
        self.text("does", reply.does)
        reply = reply.model_copy(update={"premises": self._premises(reply.premises)})
        if reply.is_outside:
            empty: dict[str, object] = {"checklist": None, "core_fallacy": None, "telling": [], "headline": ""}
            return reply.model_copy(update=empty)
        self.text("headline", reply.headline)
        checklist = self._checklist(reply.checklist)
        return reply.model_copy(
            update={
                "checklist": checklist,
                "core_fallacy": self._fallacy(reply.core_fallacy),
                "telling": self._telling(reply.telling, checklist),
            }
        )

    def _premises(self, found: dict[str, LabelPart]) -> dict[str, LabelPart]:
        keys = [premise.key for premise in self.lens.premises]
        missing = [key for key in keys if key not in found]
        if missing:
            self.faults.append(f'"premises" lacks {", ".join(missing[:6])}.')
        return {key: self._premise(key, found[key]) for key in keys if key in found}

    def _premise(self, key: str, part: LabelPart) -> LabelPart:
        label = _plain(part.label)
        label = PremiseLabel.DOES_NOT if label in ("does not hold", "no") else label
        if label not in list(PremiseLabel):
            self.faults.append(f'"premises.{key}" must be one of: {", ".join(PremiseLabel)}.')
            return part
        if label == PremiseLabel.HOLDS and not self.holds(part):
            self.dropped += 1
            return part.model_copy(update={"label": str(PremiseLabel.UNCLEAR), "cites": []})
        is_shown = label != PremiseLabel.DOES_NOT
        cites = sorted({number for number in part.cites if is_shown and 1 <= number <= self.sentences})[:MOST_CITES]
        return part.model_copy(update={"label": str(label), "cites": cites})

    def _fallacy(self, part: FallacyPart | None) -> FallacyPart | None:
        """A fallacy needs a sentence; without one it is asked for once, and then goes."""
        if part is None:
            return None
        self.text("line", part.line, "core_fallacy.line")
        if self.holds(part):
            return self.distinct(part)
        self.weak.append(self.off("core_fallacy", part))
        self.dropped += 1
        return None

    def _checklist(self, found: dict[str, LabelPart] | None) -> dict[str, LabelPart]:
        if found is None:
            self.faults.append('"checklist" is null, though a premise may hold: label every key.')
            return {}
        asked = [checklist_item.key for checklist_item in self.lens.checklist]
        missing = [key for key in asked if key not in found]
        if missing:
            self.faults.append(f'"checklist" lacks {", ".join(missing[:6])}.')
        self.dropped += sum(key not in asked for key in found)
        return {key: self._finding(key, found[key]) for key in asked if key in found}

    def _finding(self, key: str, part: LabelPart) -> LabelPart:
        label = _plain(part.label)
        if label not in list(Label):
            self.faults.append(f'"checklist.{key}" must be one of: {", ".join(Label)}.')
            return part
        self.length("reason", part.reason, f"checklist.{key}.reason")
        cites = sorted({number for number in part.cites if 1 <= number <= self.sentences})[:MOST_CITES]
        if label == Label.ADDRESSED and not self.holds(part):
            self.dropped += 1
            return _made(part, Label.UNCLEAR, cites, UNSHOWN)
        if label == Label.UNCLEAR and not cites:  # a hint that no sentence gives is none
            self.dropped += 1
            return _made(part, Label.ABSENT)
        if label == Label.NOT_APPLICABLE and not LETTERS.search(part.reason):
            return _made(part, Label.UNCLEAR, reason=UNREASONED)
        shows = label in (Label.ADDRESSED, Label.UNCLEAR)
        return _made(part, Label(label), cites if shows else (), "" if shows else part.reason)

    def _telling(self, found: list[str], checklist: dict[str, LabelPart]) -> list[str]:
        """The keys among them that are labelled absent; what is there is no omission."""
        absent = [key for key in dict.fromkeys(found) if key in checklist and checklist[key].label == Label.ABSENT]
        return absent[:MOST_TELLING]


def _plain(label: str) -> str:
    return label.lower().replace("_", " ").replace("-", " ").strip(" .")


def _made(part: LabelPart, label: Label, cites: list[int] | tuple[int, ...] = (), reason: str = "") -> LabelPart:
    return part.model_copy(update={"label": str(label), "cites": list(cites), "reason": reason})
