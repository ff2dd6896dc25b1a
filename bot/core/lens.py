"""A lens: a thesis with its classes, bands and checklist; `lens_from_mapping` checks what a file says."""

import difflib
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.errors import LensError

LONGEST_CUE = 8000


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of scores, both ends included; shown only after a full-text reading."""

    name: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class LensClass:
    """A social function (or other class) of the lens's own list, with its gloss."""

    name: str
    gloss: str


@dataclass(frozen=True, slots=True)
class Applies:
    """When an item applies: always, or when a cue matches somewhere in title or text; else `reason` is given."""

    cues: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A thing such a text could say. Weights are 0 where it is not to be expected; cues are regular expressions.

    A sentence that matches a cue, and no `unless`, addresses it; one that matches only `unclear` hints at it.
    """

    key: str
    name: str
    question: str
    weight_abstract: float
    weight_full: float
    applies: Applies
    cues: tuple[str, ...]
    unless: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lens:
    """A thesis and what it asks of a text. `fingerprint` is the SHA-256 (hex) of its content."""

    key: str
    name: str
    summary: str
    thesis: str
    tone: str
    says_of_itself: str
    classes: tuple[LensClass, ...]
    bands: tuple[Band, ...]
    checklist: tuple[ChecklistItem, ...]
    subject: tuple[str, ...]
    fingerprint: str

    def item(self, key: str) -> ChecklistItem:
        """The item of that key; `KeyError` where the lens has none."""
        for asked in self.checklist:
            if asked.key == key:
                return asked
        raise KeyError(key)

    def item_or_key(self, key: str) -> ChecklistItem:
        """The item of that key; of one that the file no longer has, its bare name without weight."""
        try:
            return self.item(key)
        except KeyError:
            return ChecklistItem(key, key, "", 0.0, 0.0, Applies(), ())


TOP = (
    *("key", "name", "summary", "thesis", "tone", "says_of_itself"),
    *("subject", "words", "classes", "bands", "checklist"),
)
ITEM = ("key", "name", "question", "weight_abstract", "weight_full", "cues")
ITEM_OPTIONS = ("applies", "applies_reason", "unless", "unclear")


_NAMED = re.compile(r"\{([a-z][a-z_]*)\}")
_BACKWARDS = re.compile(r"\\[1-9]|\(\?P")
_CAPITAL = re.compile(r"\\.|[A-Z]")
CASED = "(?-i:"


def compile_cues(cues: Sequence[str]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """Several cues as one pattern for a text in small letters, and one for the text as it stands; None without cues.

    Letter case does not count. A pattern in small letters is several times as fast as one that ignores case; a cue with
    a group that does look at case, `(?-i:…)`, cannot be folded.
    """
    folded = [_CAPITAL.sub(_small, cue) for cue in cues if CASED not in cue]
    return _any_of(folded, 0), _any_of([cue for cue in cues if CASED in cue], re.IGNORECASE)


def _small(letter: re.Match[str]) -> str:
    return letter[0] if letter[0].startswith("\\") else letter[0].lower()


def _any_of(cues: Sequence[str], flags: int) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{cue})" for cue in cues), flags) if cues else None


def lens_from_mapping(mapping: Mapping[str, Any], file: str) -> Lens:
    """The lens that a file's mapping describes; `LensError` names file, key and remedy."""
    table = _Table(mapping, file, "", {})
    table.allow(TOP)
    table = _Table(mapping, file, "", table.named_words("words"))
    key = table.word("key")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", key):
        raise table.fault("key", f"{key!r} is no key", "Use small letters, digits and hyphens, as in reproducibility.")
    return Lens(
        key=key,
        name=table.word("name"),
        summary=table.word("summary"),
        thesis=table.word("thesis"),
        tone=table.word("tone"),
        says_of_itself=table.word("says_of_itself"),
        classes=tuple(LensClass(one.word("name"), one.word("gloss")) for one in _named(table, "classes")),
        bands=_bands(table),
        checklist=_checklist(table),
        subject=table.patterns("subject"),
        fingerprint=hashlib.sha256(json.dumps(mapping, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """A mapping of a lens file, where it stands in it (for the words of a fault), and what `{name}` in a cue means."""

    values: Mapping[str, Any]
    file: str
    path: str
    words: Mapping[str, str]

    def fault(self, key: str, what: str, remedy: str) -> LensError:
        return LensError(f"{self.file}: {self.path}{key}: {what}.", remedy)

    def allow(self, keys: Sequence[str]) -> None:
        for key in self.values:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                raise self.fault(key, "there is no such key", f"Did you mean {near[0]}?" if near else "Take it out.")

    def word(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "is missing or empty", "Write a text in quotation marks.")
        return " ".join(value.split())

    def number(self, key: str) -> float:
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1000:
            raise self.fault(
                key, f"{value!r} is no weight", "Write a number from 0 to 1000; 0: not to be expected there."
            )
        return float(value)

    def whole(self, key: str) -> int:
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
            raise self.fault(key, f"{value!r} is no score", "Write a whole number from 0 to 100.")
        return value

    def tables(self, key: str) -> "list[_Table]":
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise self.fault(key, "is no list of tables", f"Write each as [[{key}]].")
        return [_Table(one, self.file, f"{self.path}{key}[{at}].", self.words) for at, one in enumerate(value, 1)]

    def named_words(self, key: str) -> dict[str, str]:
        """Alternatives that several cues share, by the name that a cue gives in braces."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
            raise self.fault(
                key, "is no table of texts", "Write [words], then lines like people = 'nurses?|teachers?'."
            )
        for name, alternatives in value.items():
            self._try(f"{key}.{name}", alternatives)
        return dict(value)

    def patterns(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        value = self.values.get(key, [] if not needed else None)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value) or (needed and not value):
            raise self.fault(key, "is no list of regular expressions", "Write ['\\bword\\b', …].")
        cues = tuple(_NAMED.sub(lambda named: self._alternatives(key, named[1]), cue) for cue in value)
        for cue in cues:
            self._try(key, cue)
        return cues

    def _alternatives(self, key: str, name: str) -> str:
        if name not in self.words:
            near = difflib.get_close_matches(name, self.words, n=1)
            remedy = f"Did you mean {{{near[0]}}}?" if near else f"Add it, as {name} = '…'."
            raise self.fault(key, f"{{{name}}} does not stand under [words]", remedy)
        return self.words[name]

    def _try(self, key: str, cue: str) -> None:
        if len(cue) > LONGEST_CUE:
            raise self.fault(key, f"a cue is longer than {LONGEST_CUE} characters", "Split it into several.")
        if _BACKWARDS.search(cue):
            raise self.fault(key, f"{cue!r} names a group or points back at one", "Write (?:…) and spell it out.")
        try:
            found = any(pattern is not None and pattern.search("") for pattern in compile_cues((cue, cue)))
        except (re.error, RecursionError, OverflowError) as error:
            raise self.fault(key, f"{cue!r} is no regular expression ({error})", "Mend it.") from None
        if found:
            raise self.fault(key, f"{cue!r} matches an empty text", "Make it ask for at least one word.")


def _named(table: _Table, key: str) -> list[_Table]:
    """Tables of name and gloss, each name once."""
    found = table.tables(key)
    for one in found:
        one.allow(("name", "gloss"))
    _once(table, key, [one.word("name") for one in found])
    return found


def _once(table: _Table, key: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise table.fault(key, f"{twice[0]!r} stands there twice", "Give each its own.")


def _bands(table: _Table) -> tuple[Band, ...]:
    """Bands that cover 0 to 100 without gap or overlap, in rising order."""
    found = table.tables("bands")
    for one in found:
        one.allow(("name", "low", "high"))
    bands = tuple(Band(one.word("name"), one.whole("low"), one.whole("high")) for one in found)
    next_low = 0
    for band in bands:
        if band.low != next_low or band.high < band.low:
            raise table.fault("bands", f"{band.name!r} must begin at {next_low}", "Cover 0 to 100 without a gap.")
        next_low = band.high + 1
    if next_low != 101:
        raise table.fault("bands", "the last band must end at 100", "Cover 0 to 100 without a gap.")
    return bands


def _checklist(table: _Table) -> tuple[ChecklistItem, ...]:
    found = table.tables("checklist")
    checklist = tuple(_item(one) for one in found)
    _once(table, "checklist", [asked.key for asked in checklist])
    if not sum(asked.weight_abstract for asked in checklist) or not sum(asked.weight_full for asked in checklist):
        raise table.fault("checklist", "nothing has a weight", "Give weight_abstract and weight_full above 0 to some.")
    return checklist


def _item(table: _Table) -> ChecklistItem:
    table.allow((*ITEM, *ITEM_OPTIONS))
    applies = table.patterns("applies", needed=False)
    return ChecklistItem(
        key=table.word("key"),
        name=table.word("name"),
        question=table.word("question"),
        weight_abstract=table.number("weight_abstract"),
        weight_full=table.number("weight_full"),
        applies=Applies(applies, table.word("applies_reason") if applies else ""),
        cues=table.patterns("cues"),
        unless=table.patterns("unless", needed=False),
        unclear=table.patterns("unclear", needed=False),
    )
