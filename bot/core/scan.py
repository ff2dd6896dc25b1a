"""The scan analyst's rules: which items of a checklist a text addresses, by the cues of the lens.

Pure functions over title, sentences and lens. The scan gives labels with their sentence and nothing else: keywords
must not brand a paper.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.lens import ChecklistItem, Lens
from bot.core.sentence import Sentence
from bot.core.verdict import Label

LONGEST = 1200
NOT_HINTED = "A word hints at it; no sentence states it."


@dataclass(frozen=True, slots=True)
class Hit:
    """What the rules found for one item: the label, the sentence that shows it, or the reason."""

    item: str
    label: Label
    sentence: Sentence | None = None
    reason: str | None = None


_CAPITAL = re.compile(r"\\.|[A-Z]")


@lru_cache(maxsize=1024)
def _compiled(cues: tuple[str, ...]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """One pattern to be matched against a text in small letters, and one against the text as it stands.

    Letter case does not count. A pattern in small letters is several times as fast as one that ignores case; a cue with
    a group that does look at case cannot be folded.
    """
    cased = [cue for cue in cues if "(?-i:" in cue or "(?P" in cue]
    folded = [_CAPITAL.sub(_small, cue) for cue in cues if cue not in cased]
    return _any_of(folded, 0), _any_of(cased, re.IGNORECASE)


def _small(letter: re.Match[str]) -> str:
    return letter[0] if letter[0][0] == "\\" else letter[0].lower()


def _any_of(cues: Sequence[str], flags: int) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{cue})" for cue in cues), flags) if cues else None


def _matches(cues: tuple[str, ...], text: str) -> bool:
    """Whether a cue matches; of an over-long text only the beginning is read, so that no cue runs away."""
    folded, cased = _compiled(cues)
    return (folded is not None and folded.search(text.lower(), 0, LONGEST) is not None) or (
        cased is not None and cased.search(text, 0, LONGEST) is not None
    )


def scan(title: str, sentences: Sequence[Sentence], lens: Lens) -> tuple[Hit, ...]:
    """One hit an item, in the checklist's order."""
    texts = (title, *(sentence.text for sentence in sentences))
    asked_for = {asked.applies.cues for asked in lens.checklist if asked.applies.cues}
    found = {cues for cues in asked_for if any(_matches(cues, text) for text in texts)}
    return tuple(_look(asked, sentences, found) for asked in lens.checklist)


def _look(asked: ChecklistItem, sentences: Sequence[Sentence], applying: Collection[tuple[str, ...]]) -> Hit:
    stating = [one for one in sentences if _addresses(asked, one.text)]
    if stating:
        states = max(stating, key=lambda one: (_strength(asked, one.text), -one.number))
        return Hit(asked.key, Label.ADDRESSED, states)
    if asked.applies.cues and asked.applies.cues not in applying:
        return Hit(asked.key, Label.NOT_APPLICABLE, reason=asked.applies.reason)
    hint = next((one for one in sentences if _matches(asked.unclear, one.text)), None)
    if hint:
        return Hit(asked.key, Label.UNCLEAR, hint, NOT_HINTED)
    return Hit(asked.key, Label.ABSENT)


def _addresses(asked: ChecklistItem, text: str) -> bool:
    return _matches(asked.cues, text) and not _matches(asked.unless, text)


def _strength(asked: ChecklistItem, text: str) -> int:
    """How many of the item's cues a sentence matches: the best evidence states it in several ways."""
    return sum(_matches((cue,), text) for cue in asked.cues)


def touch(title: str, sentences: Sequence[Sentence], lens: Lens) -> int:
    """How far the lens's subject is touched: how many of its subject cues match somewhere."""
    texts = (title, *(sentence.text for sentence in sentences))
    return sum(any(_matches((cue,), text) for text in texts) for cue in lens.subject)
