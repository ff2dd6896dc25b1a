"""A lens: a thesis, the premises under which it asks, its checklist, and what its follower wants to see first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


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
class Premise:
    """A question about what kind of text it is; items that need it are asked unless it does not hold."""

    key: str
    question: str


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A thing such a text could say. Weights are 0 where it is not to be expected; cues are regular expressions.

    `needs` are the keys of the premises without which it is not asked. A sentence that matches a cue, and no `unless`,
    addresses it by rule.
    """

    key: str
    name: str
    question: str
    weight_abstract: float
    weight_full: float
    needs: tuple[str, ...]
    cues: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trade:
    """Work that people are paid for; `words` are cues, any of which names it in a title or text as a whole word."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interest:
    """A cue whose presence in a title or text makes a follower of the lens want it more (or less: below zero)."""

    cue: str
    weight: int


@dataclass(frozen=True, slots=True)
class InterestWords:
    """Single words that are worth `weight` each wherever one is found; their endings do not count."""

    weight: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankWeights:
    """What an interest is made of besides the cues: `start`, which every text has, and `trade` for work it touches.

    Where a model judged: points for each premise (by its key) that holds, half of them where it is unclear, for a core
    fallacy and for each telling omission, and the share (0-1) that the interest by rule keeps beside them.
    """

    start: int = 0
    trade: int = 0
    premises: tuple[tuple[str, int], ...] = ()
    fallacy: int = 0
    omission: int = 0
    by_rule: float = 1.0


@dataclass(frozen=True, slots=True)
class WeekPicture:
    """What the weekly report counts, and the day's line names: of the papers of which `premise` holds, how many, and
    which, name each of `items` (by key).

    `which` says what papers these are, after the word “papers”: `that present …`.
    """

    premise: str
    which: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lens:
    """A thesis and what it asks of a text. Nothing below `threshold` (0-100) of interest is worth a card;
    `fingerprint` is the SHA-256 (hex) of its content; `phrase` marks what is argued from it."""

    key: str
    name: str
    summary: str
    thesis: str
    tone: str
    says_of_itself: str
    classes: tuple[LensClass, ...]
    bands: tuple[Band, ...]
    premises: tuple[Premise, ...]
    checklist: tuple[ChecklistItem, ...]
    trades: tuple[Trade, ...]
    interest: tuple[Interest, ...]
    rank: RankWeights
    threshold: int
    fingerprint: str
    phrase: str = "by this lens"
    week: WeekPicture | None = None
    interest_words: tuple[InterestWords, ...] = ()

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
            return ChecklistItem(key, key, "", 0.0, 0.0, (), ())


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
