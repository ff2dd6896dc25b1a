"""A model's reply -> its parts, each checked: forms by pydantic, lengths, labels, classes and sentence numbers by us.

What is wrong with the whole is a fault, told to the model once. A claim that points at a sentence that is not there is
dropped and counted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.analyst.extract import NoObject, extract
from bot.analyst.schema import LONGEST, MOST_ASSUMPTIONS, MOST_CITES, MOST_CLASSES
from bot.core.lens import Lens
from bot.core.verdict import Label

TOLD = 8
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_PLACEHOLDERS = ("", "string", "text", "todo", "tbd", "na", "n/a", "none", "null", "placeholder")
_AROUND = " \t\n.,;:!?…-–—_*#'\"“”‘’()[]{}"
_NOTHING = ("", "none", "null", "n/a", "no fallacy")


def _line(value: Any) -> Any:
    """A text in lines that make sense; nothing but text passes."""
    if not isinstance(value, str):
        raise ValueError("must be a text")
    value = value.replace("\0", " ").encode("utf-8", "replace").decode()
    paragraphs = (" ".join(block.split()) for block in re.split(r"\n\s*\n", value))
    return "\n\n".join(block for block in paragraphs if block)


def is_placeholder(text: str) -> bool:
    """Whether a model left a form's blank unfilled."""
    words = text.strip(_AROUND).lower()
    is_mark = words.startswith("<") and words.endswith(">") and ">" not in words[:-1]
    return words in _PLACEHOLDERS or is_mark or words.startswith("lorem ipsum")


def _number(value: Any) -> Any:
    """A sentence's number, also as "3" or "[3]"; no truth value, no fraction."""
    if isinstance(value, bool):
        raise ValueError("must be the number of a sentence")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e6:
        return int(value)
    if isinstance(value, str) and (found := re.fullmatch(r"\s*\[?\s*(\d{1,4})\s*\]?\s*", value)):
        return int(found[1])
    return value


def _nothing(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower().rstrip(".") in _NOTHING else value


def _listed(value: Any) -> Any:
    return [] if value is None else value


Line = Annotated[str, BeforeValidator(_line)]
Number = Annotated[int, BeforeValidator(_number)]
Cites = Annotated[list[Number], BeforeValidator(_listed)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Cited(_Part):
    cites: Cites = []


C = TypeVar("C", bound=_Cited)


class Text(_Cited):
    """A paragraph and the numbers of the sentences it rests on."""

    text: Line


class FallacyPart(_Cited):
    """What is assumed, and what the lens says instead."""

    assumed: Line
    instead: Line


class AssumptionPart(_Cited):
    """A proposition and its exposure."""

    proposition: Line
    exposure: Line


class ClassPart(_Part):
    """A class of the lens with its reason."""

    name: Line
    gloss: Line


class FindingPart(_Cited):
    """A label of the checklist."""

    label: Line
    reason: Annotated[Line, BeforeValidator(lambda value: "" if value is None else value)] = ""


class Reply(_Part):
    """A reply as it should be."""

    does: Line
    checklist: dict[str, FindingPart]
    dissection: Text
    core_fallacy: Annotated[FallacyPart | None, BeforeValidator(_nothing)]
    hidden_assumptions: list[AssumptionPart]
    social_function: Line
    classes: Annotated[list[ClassPart], BeforeValidator(_listed)] = []
    verdict: Line
    closing: Line
    headline: Line


KEYS = frozenset(Reply.model_fields) | {"too_little"}


@dataclass(frozen=True, slots=True)
class Read:
    """What a reply came to: parts, or why the text is too little to judge, or `faults` that say why it cannot be used.

    `dropped`: claims without a sentence, which went.

    `weak`: what had to go and is missed, so that one repair is worth its price; after that it is forgiven.
    """

    reply: Reply | None
    faults: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    dropped: int = 0
    fallacy_dropped: bool = False
    too_little: str = ""

    @property
    def fits(self) -> bool:
        """Whether a verdict can be made of it."""
        return self.reply is not None or bool(self.too_little)


def read_reply(text: str, lens: Lens, sentences: int) -> Read:
    """Read a reply about a text of so many sentences; never raises for anything that a model may write."""
    try:
        found = extract(text, KEYS)
    except NoObject as fault:
        return Read(None, (str(fault),))
    found = _unwrapped(found)
    if (why := _nothing(found.get("too_little"))) is not None:
        return _read_too_little(why)
    try:
        reply = Reply.model_validate(found)
    except ValidationError as error:
        return Read(None, told(error))
    checking = _Checking(lens, sentences)
    checked = checking.check(reply)
    if checking.faults:
        return Read(None, tuple(checking.faults[:TOLD]))
    gone = reply.core_fallacy is not None and checked.core_fallacy is None
    return Read(checked, (), tuple(checking.weak[:TOLD]), checking.dropped, gone)


def _unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    """The object itself where a model put it under one key of its own."""
    if len(found) == 1:
        (inner,) = found.values()
        if isinstance(inner, dict) and len(set(inner) & KEYS) > 3:
            return inner
    return found


def _read_too_little(why: Any) -> Read:
    is_said = isinstance(why, str) and len(why) <= LONGEST["too_little"] and len(_LETTERS.findall(why)) > 1
    if not is_said or is_placeholder(why):
        return Read(None, ('"too_little" must be null, or say in one sentence why the text is not enough.',))
    return Read(None, too_little=_line(why))


def told(error: ValidationError) -> tuple[str, ...]:
    """What is wrong with a form, in words for the one who filled it in."""
    lines: list[str] = []
    for fault in error.errors()[:TOLD]:
        path = ".".join(str(part) for part in fault["loc"])[:80] or "the object"
        what = "is missing" if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, ")
        lines.append(f'"{path}": {what}'[:200] + ".")
    return tuple(lines)


@dataclass
class _Checking:
    """One reply against its lens and text: faults of the whole, weak ones, and claims that had to go."""

    lens: Lens
    sentences: int
    faults: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    dropped: int = 0

    def check(self, reply: Reply) -> Reply:
        """The reply without what had to go."""
        for name in ("does", "social_function", "verdict", "closing", "headline"):
            self._text(name, getattr(reply, name))
        self._text("dissection", reply.dissection.text)
        fallacy = self._fallacy(reply.core_fallacy)
        return reply.model_copy(
            update={
                "checklist": self._checklist(reply.checklist),
                "dissection": self._dissection(reply.dissection),
                "core_fallacy": fallacy,
                "hidden_assumptions": self._assumptions(reply.hidden_assumptions),
                "classes": self._classes(reply.classes),
            }
        )

    def _text(self, name: str, text: str, path: str = "") -> None:
        most = LONGEST[name]
        if len(text) > most:
            self.faults.append(f'"{path or name}" has {len(text)} characters; at most {most} are allowed.')
        elif len(_LETTERS.findall(text)) < 2 or is_placeholder(text):
            self.faults.append(f'"{path or name}" says nothing; write it.')

    def _holds(self, part: _Cited) -> bool:
        """Whether a claim points at sentences, all of which are there."""
        return bool(part.cites) and all(1 <= number <= self.sentences for number in part.cites)

    def _distinct(self, part: C) -> C:
        return part.model_copy(update={"cites": sorted(set(part.cites))[:MOST_CITES]})

    def _off(self, path: str, part: _Cited) -> str:
        if not part.cites:
            return f'"{path}" cites no sentence.'
        wrong = ", ".join(str(number)[:12] for number in part.cites if not 1 <= number <= self.sentences)
        return f'"{path}" cites {wrong}; the sentences are 1 to {self.sentences}.'

    def _dissection(self, part: Text) -> Text:
        if not self._holds(part):
            self.faults.append(self._off("dissection", part))
            return part
        return self._distinct(part)

    def _fallacy(self, part: FallacyPart | None) -> FallacyPart | None:
        if part is None:
            return None
        for name in ("assumed", "instead"):
            self._text(name, getattr(part, name), f"core_fallacy.{name}")
        if self._holds(part):
            return self._distinct(part)
        self.weak.append(self._off("core_fallacy", part))
        self.dropped += 1
        return None

    def _assumptions(self, parts: list[AssumptionPart]) -> list[AssumptionPart]:
        if not 1 <= len(parts) <= MOST_ASSUMPTIONS:
            self.faults.append(f'"hidden_assumptions" has {len(parts)}; write one to {MOST_ASSUMPTIONS}.')
            return parts
        kept: list[AssumptionPart] = []
        for number, part in enumerate(parts):
            for name in ("proposition", "exposure"):
                self._text(name, getattr(part, name), f"hidden_assumptions.{number}.{name}")
            if self._holds(part):
                kept.append(self._distinct(part))
            else:
                self.dropped += 1
        if not kept:
            self.weak.append(self._off("hidden_assumptions.0", parts[0]))
        return kept

    def _classes(self, parts: list[ClassPart]) -> list[ClassPart]:
        if not self.lens.classes:
            return []
        known = {one.name.lower(): one.name for one in self.lens.classes}
        kept: dict[str, ClassPart] = {}
        for number, part in enumerate(parts):
            name = known.get(part.name.lower())
            if name is None:
                self.dropped += 1
            elif name not in kept:
                self._text("gloss", part.gloss, f"classes.{number}.gloss")
                kept[name] = part.model_copy(update={"name": name})
        if not kept or len(kept) > MOST_CLASSES:
            names = ", ".join(known.values())
            self.faults.append(f'"classes" must be one to {MOST_CLASSES} of: {names}.')
        return list(kept.values())

    def _checklist(self, found: dict[str, FindingPart]) -> dict[str, FindingPart]:
        asked = [one.key for one in self.lens.checklist]
        missing = [key for key in asked if key not in found]
        if missing:
            self.faults.append(f'"checklist" lacks {", ".join(missing[:6])}.')
        self.dropped += sum(key not in asked for key in found)
        return {key: self._finding(key, found[key]) for key in asked if key in found}

    def _finding(self, key: str, part: FindingPart) -> FindingPart:
        label = part.label.lower().replace("_", " ").replace("-", " ")
        if label not in list(Label):
            self.faults.append(f'"checklist.{key}.label" must be one of: {", ".join(Label)}.')
            return part
        if len(part.reason) > LONGEST["reason"]:
            self.faults.append(f'"checklist.{key}.reason" is too long.')
        if label == Label.ADDRESSED and not self._holds(part):
            self.dropped += 1
            return _unclear(part, "It was said to be addressed, without a sentence that shows it.")
        if label == Label.NOT_APPLICABLE and not _LETTERS.search(part.reason):
            return _unclear(part, "It was said not to apply, without a reason.")
        cites = sorted({number for number in part.cites if 1 <= number <= self.sentences})[:MOST_CITES]
        shows = label in (Label.ADDRESSED, Label.UNCLEAR)
        return part.model_copy(update={"label": label, "cites": cites if shows else []})


def _unclear(part: FindingPart, reason: str) -> FindingPart:
    return part.model_copy(update={"label": str(Label.UNCLEAR), "cites": [], "reason": reason})


def texts_of(reply: Reply) -> list[str]:
    """Every text that people will read."""
    fallacy = (reply.core_fallacy.assumed, reply.core_fallacy.instead) if reply.core_fallacy else ()
    assumed = [text for one in reply.hidden_assumptions for text in (one.proposition, one.exposure)]
    reasons = [one.reason for one in reply.checklist.values()]
    glosses = [one.gloss for one in reply.classes]
    ends = (reply.social_function, reply.verdict, reply.closing, reply.headline)
    return [text for text in (reply.does, reply.dissection.text, *fallacy, *assumed, *glosses, *reasons, *ends) if text]


def reworded(read: Read, change: Callable[[str], str]) -> Read:
    """The same with `change` applied to every text of the reply."""

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [walk(one) for one in value]
        return {key: walk(one) for key, one in value.items()} if isinstance(value, dict) else value

    if read.reply is None:
        return read
    return replace(read, reply=Reply.model_validate(walk(read.reply.model_dump())))
