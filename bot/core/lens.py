"""A lens: a thesis with its classes, bands and checklist; `lens_from_mapping` checks what a file says."""

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
class Applies:
    """When an item applies: always, or when a cue matches somewhere in title or text; else `reason` is given."""

    cues: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A thing such a text could say. Weights are 0 where it is not to be expected; cues are regular expressions."""

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
        return next(item for item in self.checklist if item.key == key)
