"""What a lens file says -> a `Lens`; whatever is wrong in it is named with file, key and remedy."""

import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.core.errors import LensError
from bot.core.verdicts.lens import (
    Band,
    ChecklistItem,
    Interest,
    InterestWords,
    Lens,
    LensClass,
    Premise,
    RankWeights,
    Trade,
    WeekPicture,
    compile_cues,
)

LONGEST_CUE = 8000
STAND_IN = "x"  # for a cue that cannot be used, until all faults are told
Fault = tuple[str, str, str]  # where, what, remedy
TOP = (
    *("key", "name", "summary", "thesis", "tone", "says_of_itself"),
    *(
        "phrase",
        "threshold",
        "words",
        "rank",
        "week",
        "classes",
        "bands",
        "premises",
        "checklist",
        "trades",
        "interest",
        "interest_words",
    ),
)
MOST_WORDS = 3000
ITEM = ("key", "name", "question", "weight_abstract", "weight_full", "needs", "cues", "unless")
WEEK, WEEK_ITEMS = ("premise", "which", "items"), 6
RANK = ("start", "trade", "premises", "fallacy", "omission", "by_rule")
OLD = ("subject", "applies", "applies_reason", "unclear")
OLD_FORM = """Take out subject, applies, applies_reason and unclear; add [[premises]] (key, question), `needs` to the \
items that ask only under one, [[interest]] (cue, weight) and threshold; [[trades]] and [rank] if you like: \
docs/lenses.md."""

TEXTS = ("key", "name", "summary", "thesis", "tone", "says_of_itself")
NEEDED = (*TEXTS, "threshold", "bands", "premises", "checklist", "interest")
FORM = f"""A lens needs the texts {", ".join(TEXTS)}; threshold, a whole number from 0 to 100; and tables: [[bands]] \
(name, low, high), [[premises]] (key, question), [[checklist]] (key, name, question, weight_abstract, weight_full, \
cues), [[interest]] (cue, weight). docs/lenses.md has a whole one to start from."""

_NAMED = re.compile(r"\{([a-z][a-z_]*)\}")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_BACKWARDS = re.compile(r"\\[1-9]|\(\?P")


def lens_from_mapping(mapping: Mapping[str, Any], file: str, *, tries_cues: bool = True) -> Lens:
    """The lens that a file's mapping describes; `LensError` names the file, and key and remedy of each fault.

    `tries_cues`: each is compiled, which takes most of the time; those that ship were tried before they did.
    """
    table = _Table(mapping, "", {}, tries_cues, [])
    lens = _lens(table)
    if table.faults:
        raise _refusal(file, table.faults)
    return lens


def _refusal(file: str, faults: "Sequence[Fault]") -> LensError:
    """Every fault in a line of its own; keys that have the same one stand in one."""
    keys: dict[tuple[str, str], list[str]] = {}
    for key, *fault in faults:
        keys.setdefault((fault[0], fault[1]), []).append(key)
    lines = [(f"{', '.join(dict.fromkeys(named))}: {what}.", remedy) for (what, remedy), named in keys.items()]
    *earlier, (what, remedy) = lines
    if not earlier:
        return LensError(f"{file}: {what}", remedy)
    return LensError("\n  ".join((f"{file}:", *map(" ".join, earlier), what)), remedy)


def _lens(table: "_Table") -> Lens:
    """The lens; where the table notes faults, one with holes that nobody may use."""
    mapping = table.values
    table.allow(TOP)
    for name in NEEDED:
        if name not in mapping:
            table.faults.append((name, "missing", FORM))
    table = replace(table, words=table.named_words("words"))
    key = table.word("key")
    if key and not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", key):
        table.fault("key", f"{key!r} is no key", "Use small letters, digits and hyphens, as in reproducibility.")
    premises = _premises(table)
    checklist = _checklist(table, [premise.key for premise in premises])
    return Lens(
        key=key,
        name=table.word("name"),
        summary=table.word("summary"),
        thesis=table.word("thesis"),
        tone=table.word("tone"),
        says_of_itself=table.word("says_of_itself"),
        classes=tuple(LensClass(entry.word("name"), entry.word("gloss")) for entry in _named(table, "classes")),
        bands=_bands(table),
        premises=premises,
        checklist=checklist,
        trades=_trades(table),
        interest=_interest(table),
        interest_words=_interest_words(table),
        rank=_rank(table.below("rank"), [premise.key for premise in premises]),
        threshold=table.whole("threshold"),
        phrase=table.word("phrase") if "phrase" in mapping else "by this lens",
        week=_week(table.below("week"), premises, checklist) if "week" in mapping else None,
        fingerprint=hashlib.sha256(json.dumps(mapping, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """A mapping of a lens file, where it stands in it (for the words of a fault), and what `{name}` in a cue means.

    `words` is None where what stands there cannot be read; `faults` grow, and what is read goes on with a stand-in.
    """

    values: Mapping[str, Any]
    path: str
    words: Mapping[str, str] | None
    tries_cues: bool
    faults: list[Fault]

    def fault(self, key: str, what: str, remedy: str) -> None:
        """Note what is wrong; of a table that is not there at all that was said."""
        if self.path or key in self.values or key not in NEEDED:
            self.faults.append((f"{self.path}{key}", what, remedy))

    def allow(self, keys: Sequence[str]) -> None:
        for key in self.values:
            if key in OLD:
                self.fault(key, "of an older form of lens files", OLD_FORM)
            elif key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                self.fault(key, "there is no such key", f"Did you mean {near[0]}?" if near else "Take it out.")

    def word(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(key, "missing or empty", "Write a text in quotation marks.")
            return ""
        return " ".join(value.split())

    def number(self, key: str) -> float:
        return self._within(key, 0, 1000, "Write a number from 0 to 1000; 0: not to be expected there.")

    def whole(self, key: str, *, low: int = 0, other: int | None = None) -> int:
        remedy = f"Write a whole number from {low} to 100."
        return int(self._within(key, low, 100, remedy, other=other, kind=int))

    def points(self, key: str) -> float:
        return self._within(key, -100, 100, "Write a number from -100 to 100.")

    def share(self, key: str) -> float:
        return self._within(key, 0, 1, "Write a number from 0 to 1.", other=1)

    def _within(
        self, key: str, low: int, high: int, remedy: str, *, other: int | None = None, kind: Any = int | float
    ) -> float:
        value = self.values.get(key, other)
        if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
            self.fault(key, "missing" if value is None else f"{value!r} is no such number", remedy)
            return high
        return float(value)

    def below(self, key: str) -> "_Table":
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            self.fault(key, "is no table", f"Write [{self.path}{key}], then lines like fallacy = 10.")
            value = {}
        return replace(self, values=value, path=f"{self.path}{key}.")

    def names(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fault(key, "is no list of keys", "Write ['work', …].")
            return ()
        return tuple(value)

    def tables(self, key: str) -> "list[_Table]":
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.fault(key, "is no list of tables", f"Write each as [[{key}]].")
            return []
        return [replace(self, values=item, path=f"{self.path}{key}[{at}].") for at, item in enumerate(value, 1)]

    def named_words(self, key: str) -> dict[str, str] | None:
        """Alternatives that several cues share, by the name that cues give in braces; None where there is no table."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
            self.fault(key, "is no table of texts", "Write [words], then lines like people = 'nurses?|teachers?'.")
            return None
        return {name: self._tried(f"{key}.{name}", alternatives) for name, alternatives in value.items()}

    def patterns(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        value = self.values.get(key, [] if not needed else None)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value) or (needed and not value):
            self.fault(key, "is no list of regular expressions", "Write ['\\bword\\b', …].")
            return ()
        return tuple(self._cue(key, item) for item in value)

    def pattern(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str):
            self.fault(key, "is no regular expression", "Write '\\bword\\b'.")
            return STAND_IN
        return self._cue(key, value)

    def _cue(self, key: str, written: str) -> str:
        return self._tried(key, _NAMED.sub(lambda named: self._alternatives(key, named[1]), written))

    def _alternatives(self, key: str, name: str) -> str:
        if self.words is None:
            return STAND_IN
        if name not in self.words:
            near = difflib.get_close_matches(name, self.words, n=1)
            remedy = f"Did you mean {{{near[0]}}}?" if near else f"Add it, as {name} = '…'."
            self.fault(key, f"{{{name}}} does not stand under [words]", remedy)
        return self.words.get(name, STAND_IN)

    def _tried(self, key: str, cue: str) -> str:
        """The cue, or a stand-in for one that cannot be used."""
        if len(cue) > LONGEST_CUE:
            self.fault(key, f"a cue is longer than {LONGEST_CUE} characters", "Split it into several.")
            return STAND_IN
        if _BACKWARDS.search(cue):
            self.fault(key, f"{cue!r} names a group or points back at one", "Write (?:…) and spell it out.")
            return STAND_IN
        if not self.tries_cues:
            return cue
        try:
            found = any(pattern is not None and pattern.search("") for pattern in compile_cues((cue, cue)))
        except (re.error, RecursionError, OverflowError) as error:
            self.fault(key, f"{cue!r} is no regular expression ({error})", "Correct it.")
            return STAND_IN
        if found:
            self.fault(key, f"{cue!r} matches an empty text", "Make it ask for at least one word.")
            return STAND_IN
        return cue


def _named(table: _Table, key: str) -> list[_Table]:
    """Tables of name and gloss, each name once."""
    found = table.tables(key)
    for entry in found:
        entry.allow(("name", "gloss"))
    _once(table, key, [entry.word("name") for entry in found])
    return found


def _once(table: _Table, key: str, names: Sequence[str]) -> None:
    for name, count in sorted(Counter(filter(None, names)).items()):
        if count > 1:
            table.fault(key, f"{name!r} stands there twice", "Give each its own.")


def _bands(table: _Table) -> tuple[Band, ...]:
    """Bands that cover 0 to 100 without gap or overlap, in rising order."""
    before, found = len(table.faults), table.tables("bands")
    for entry in found:
        entry.allow(("name", "low", "high"))
    bands = tuple(Band(entry.word("name"), entry.whole("low"), entry.whole("high")) for entry in found)
    if len(table.faults) > before:
        return bands
    next_low = 0
    for band in bands:
        if band.low != next_low or band.high < band.low:
            table.fault("bands", f"{band.name!r} must begin at {next_low}", "Cover 0 to 100 without a gap.")
            return bands
        next_low = band.high + 1
    if next_low != 101:
        table.fault("bands", "the last band must end at 100", "Cover 0 to 100 without a gap.")
    return bands


def _premises(table: _Table) -> tuple[Premise, ...]:
    before, found = len(table.faults), table.tables("premises")
    for entry in found:
        entry.allow(("key", "question"))
    if not found and len(table.faults) == before:
        table.fault("premises", "there is none", f"Say what kind of text the lens asks about. {OLD_FORM}")
    premises = tuple(Premise(entry.word("key"), entry.word("question")) for entry in found)
    _once(table, "premises", [premise.key for premise in premises])
    return premises


def _checklist(table: _Table, premises: Sequence[str]) -> tuple[ChecklistItem, ...]:
    before, found = len(table.faults), table.tables("checklist")
    checklist = tuple(_item(entry, premises) for entry in found)
    _once(table, "checklist", [asked.key for asked in checklist])
    has_weight = all(map(sum, zip(*((asked.weight_abstract, asked.weight_full) for asked in checklist), strict=True)))
    if not (checklist and has_weight) and len(table.faults) == before:
        table.fault("checklist", "nothing has a weight", "Give weight_abstract and weight_full above 0 to some.")
    return checklist


def _item(table: _Table, premises: Sequence[str]) -> ChecklistItem:
    table.allow(ITEM)
    needs = table.names("needs")
    _known(table, "needs", needs, premises)
    return ChecklistItem(
        key=table.word("key"),
        name=table.word("name"),
        question=table.word("question"),
        weight_abstract=table.number("weight_abstract"),
        weight_full=table.number("weight_full"),
        needs=needs,
        cues=table.patterns("cues"),
        unless=table.patterns("unless", needed=False),
    )


def _known(table: _Table, key: str, names: Iterable[str], premises: Sequence[str]) -> None:
    for name in names:
        if name and premises and name not in premises:
            table.fault(key, f"{name!r} is no premise", f"Premises are: {', '.join(premises)}.")


def _trades(table: _Table) -> tuple[Trade, ...]:
    found = table.tables("trades")
    for entry in found:
        entry.allow(("name", "words"))
    trades = tuple(Trade(entry.word("name"), entry.patterns("words")) for entry in found)
    _once(table, "trades", [trade.name for trade in trades])
    return trades


def _interest(table: _Table) -> tuple[Interest, ...]:
    before, found = len(table.faults), table.tables("interest")
    for entry in found:
        entry.allow(("cue", "weight"))
    if not found and len(table.faults) == before:
        table.fault("interest", "there is none", f"Say what a reader wants to see first. {OLD_FORM}")
    return tuple(Interest(entry.pattern("cue"), entry.whole("weight", low=-100)) for entry in found)


def _interest_words(table: _Table) -> tuple[InterestWords, ...]:
    """Single words by their weight, each word once."""
    found = table.tables("interest_words")
    for entry in found:
        entry.allow(("weight", "words"))
    words = tuple(InterestWords(entry.points("weight"), tuple(entry.word("words").split())) for entry in found)
    every = [word for group in words for word in group.words]
    if len(every) > MOST_WORDS:
        table.fault("interest_words", f"there are {len(every)} words", f"Name {MOST_WORDS} at most.")
    for word in every:
        if not _WORD.fullmatch(word):
            table.fault("interest_words", f"{word!r} is no single word", "Write small letters, a to z; hyphens.")
    _once(table, "interest_words", every)
    return words


def _rank(table: _Table, premises: Sequence[str]) -> RankWeights:
    table.allow(RANK)
    points = table.below("premises")
    _known(table, "premises", points.values, premises)
    return RankWeights(
        start=table.whole("start", other=0),
        trade=table.whole("trade", low=-100, other=0),
        premises=tuple((key, points.whole(key, low=-100)) for key in points.values),
        fallacy=table.whole("fallacy", low=-100, other=0),
        omission=table.whole("omission", low=-100, other=0),
        by_rule=table.share("by_rule"),
    )


def _week(table: _Table, premises: Sequence[Premise], checklist: Sequence[ChecklistItem]) -> WeekPicture:
    """What the weekly report counts."""
    table.allow(WEEK)
    before = len(table.faults)
    premise, items = table.word("premise"), table.names("items")
    _known(table, "premise", [premise], [premise.key for premise in premises])
    for key in items:
        if checklist and key not in {checklist_item.key for checklist_item in checklist}:
            table.fault("items", f"{key!r} is no item of the checklist", "Name the keys of its items.")
    if not 1 <= len(items) <= WEEK_ITEMS and len(table.faults) == before:
        table.fault("items", f"there are {len(items)}", f"Name 1 to {WEEK_ITEMS} items of the checklist.")
    _once(table, "items", items)
    return WeekPicture(premise, table.word("which"), items)
