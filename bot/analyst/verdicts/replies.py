"""What replies of both sizes share: forms by pydantic; lengths, cited sentences and unfilled blanks by us.

What is wrong with the whole is a fault; what one repair may mend, and is let go after that, is a weakness. A claim that
points at a sentence that is not there is dropped and counted.
"""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.analyst.endpoints.extract import extract
from bot.analyst.verdicts.schema import ASKED, MOST_CITES, NO_LONGER
from bot.core.verdicts.lens import Lens

FAULTS_TOLD = 8
LETTERS = re.compile(r"[^\W\d_]{2,}")
NO_SENTENCE = 0
_CITED = re.compile(r"\[?\s*(?:(?:s|sentence)\s*)?(\d{1,4})\s*\]?", re.IGNORECASE)
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


def says_something(text: str) -> bool:
    """Whether there are words in it, and not those of a form."""
    return len(LETTERS.findall(text)) > 1 and not is_placeholder(text)


def _number(value: Any) -> Any:
    """A sentence's number, also as "3", "[3]" or "S3"; no truth value, no fraction. A text that is none of these is the
    number of no sentence, so that it takes its own claim with it and nothing else."""
    if isinstance(value, bool):
        raise ValueError("must be the number of a sentence")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e6:
        return int(value)
    if isinstance(value, str):
        found = _CITED.fullmatch(value.strip())
        return int(found[1]) if found else NO_SENTENCE
    return value


def nothing(value: Any) -> Any:
    """None where a model wrote a word for it."""
    return None if isinstance(value, str) and value.strip().lower().rstrip(".") in _NOTHING else value


def listed(value: Any) -> Any:
    """A list where a model wrote null."""
    return [] if value is None else value


def _worded(value: Any) -> Any:
    return "" if value is None else value


Line = Annotated[str, BeforeValidator(_line)]
Words = Annotated[Line, BeforeValidator(_worded)]
Number = Annotated[int, BeforeValidator(_number)]
Cites = Annotated[list[Number], BeforeValidator(listed)]


class Part(BaseModel):
    """A part of a reply; what it has besides is not read."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Cited(Part):
    """A part that points at sentences by their numbers."""

    cites: Cites = []


C = TypeVar("C", bound=Cited)


class Text(Cited):
    """A paragraph and the numbers of the sentences it rests on."""

    text: Line


def object_in(text: str, keys: frozenset[str]) -> dict[str, Any]:
    """The object in a model's text, also where it put it under one key of its own; `NoObject` where there is none."""
    found = extract(text, keys)
    if len(found) == 1:
        (inner,) = found.values()
        if isinstance(inner, dict) and len(set(inner) & keys) > 3:
            return inner
    return found


def told(error: ValidationError) -> tuple[str, ...]:
    """What is wrong with a form, in words for the one who filled it in."""
    lines: list[str] = []
    for fault in error.errors()[:FAULTS_TOLD]:
        path = ".".join(str(part) for part in fault["loc"])[:80] or "the object"
        what = "is missing" if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, ")
        lines.append(f'"{path}": {what}'[:200] + ".")
    return tuple(lines)


@dataclass
class Checking:
    """One reply against its lens and text: faults of the whole, weak ones, and claims that had to go."""

    lens: Lens
    sentences: int
    faults: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    dropped: int = 0

    def text(self, name: str, text: str, path: str = "") -> None:
        """A text that must say something within its length: beyond the length asked for is weak, far beyond a fault."""
        self.length(name, text, path)
        if not says_something(text):
            self.faults.append(f'"{path or name}" says nothing; write it.')

    def length(self, name: str, text: str, path: str = "") -> None:
        """The length alone."""
        most = ASKED[name]
        if len(text) > most:
            kind = self.faults if len(text) > NO_LONGER * most else self.weak
            kind.append(f'"{path or name}" has {len(text)} characters; at most {most} are allowed: write it shorter.')

    def holds(self, part: Cited) -> bool:
        """Whether a claim points at sentences, all of which are there."""
        return bool(part.cites) and all(1 <= number <= self.sentences for number in part.cites)

    def distinct(self, part: C) -> C:
        """The same with each number once, and not too many."""
        return part.model_copy(update={"cites": sorted(set(part.cites))[:MOST_CITES]})

    def off(self, path: str, part: Cited) -> str:
        """What is wrong with the numbers of a claim."""
        if not part.cites:
            return f'"{path}" cites no sentence.'
        wrong = ", ".join(str(number)[:12] for number in part.cites if not 1 <= number <= self.sentences)
        return f'"{path}" cites {wrong}; the sentences are 1 to {self.sentences}.'
