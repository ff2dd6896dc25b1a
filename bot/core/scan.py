"""The scan analyst's rules: which items of a checklist a text addresses, by the cues of the lens.

Pure functions over title, sentences and lens. The scan gives labels with their sentence and nothing else: keywords
must not brand a paper.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.lens import ChecklistItem, Lens, compile_cues
from bot.core.sentence import Sentence
from bot.core.verdict import Label

LONGEST = 1200
HINTED = "A word hints at it; no sentence states it."


@dataclass(frozen=True, slots=True)
class Hit:
    """What the rules found for one item: the label, the sentence that shows it, or the reason."""

    item: str
    label: Label
    sentence: Sentence | None = None
    reason: str | None = None


_compiled = lru_cache(maxsize=1024)(compile_cues)


class _Text:
    """A text as the cues read it; of an over-long one only the beginning, so that no cue runs away."""

    __slots__ = ("plain", "small")

    def __init__(self, text: str) -> None:
        self.plain = text[:LONGEST]
        self.small = self.plain.lower()

    def matches(self, cues: tuple[str, ...]) -> bool:
        """Whether one of the cues matches."""
        if not cues:
            return False
        folded, cased = _compiled(cues)
        return bool((folded and folded.search(self.small)) or (cased and cased.search(self.plain)))


def scan(title: str, sentences: Sequence[Sentence], lens: Lens) -> tuple[Hit, ...]:
    """One hit an item, in the checklist's order."""
    read = [(one, _Text(one.text)) for one in sentences]
    texts = (_Text(title), *(text for _, text in read))
    asked_for = {asked.applies.cues for asked in lens.checklist if asked.applies.cues}
    applying = {cues for cues in asked_for if any(text.matches(cues) for text in texts)}
    return tuple(_look(asked, read, applying) for asked in lens.checklist)


def _look(asked: ChecklistItem, read: Sequence[tuple[Sentence, _Text]], applying: Collection[tuple[str, ...]]) -> Hit:
    stating = [(one, text) for one, text in read if text.matches(asked.cues) and not text.matches(asked.unless)]
    if stating:
        shown, _ = max(stating, key=lambda found: _strength(asked, found[1])) if stating[1:] else stating[0]
        return Hit(asked.key, Label.ADDRESSED, shown)
    if asked.applies.cues and asked.applies.cues not in applying:
        return Hit(asked.key, Label.NOT_APPLICABLE, reason=asked.applies.reason)
    hint = next((one for one, text in read if text.matches(asked.unclear)), None)
    if hint:
        return Hit(asked.key, Label.UNCLEAR, hint, HINTED)
    return Hit(asked.key, Label.ABSENT)


def _strength(asked: ChecklistItem, text: _Text) -> tuple[int, int]:
    """How many of the item's cues a sentence matches, then how early the first of them stands in the lens file."""
    matching = [at for at, cue in enumerate(asked.cues) if text.matches((cue,))]
    return len(matching), -matching[0]


def touch(title: str, sentences: Sequence[Sentence], lens: Lens) -> int:
    """How far the lens's subject is touched: how many of its subject cues match somewhere."""
    texts = (_Text(title), *(_Text(sentence.text) for sentence in sentences))
    return sum(any(text.matches((cue,)) for text in texts) for cue in lens.subject)
