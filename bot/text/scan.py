"""The scan's rules: which items of a checklist a text addresses, by the cues of the lens.

A rule finds what is there and cannot know what is not: the labels are the floor in `eval`, and nothing in chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.papers.sentence import Sentence
from bot.core.verdicts.lens import ChecklistItem, Lens
from bot.core.verdicts.verdict import Label
from bot.text.cues import CueText, compile_cues, matches_in_time


@dataclass(frozen=True, slots=True)
class Hit:
    """What the rules found for one item: addressed with the sentence that shows it, or absent."""

    item: str
    label: Label
    sentence: Sentence | None = None


def scan(title: str, sentences: Sequence[Sentence], lens: Lens) -> tuple[Hit, ...]:
    """One hit an item, in the checklist's order; a title states nothing."""
    read = [(sentence, CueText(sentence.text)) for sentence in sentences]
    return tuple(_look(asked, read) for asked in lens.checklist)


def _look(asked: ChecklistItem, read: Sequence[tuple[Sentence, CueText]]) -> Hit:
    cues, unless = compile_cues(asked.cues), compile_cues(asked.unless)
    stating = [
        (sentence, text) for sentence, text in read if matches_in_time(cues, text) and not matches_in_time(unless, text)
    ]
    if not stating:
        return Hit(asked.key, Label.ABSENT)
    shown, _ = max(stating, key=lambda found: _strength(asked, found[1])) if stating[1:] else stating[0]
    return Hit(asked.key, Label.ADDRESSED, shown)


def _strength(asked: ChecklistItem, text: CueText) -> tuple[int, int]:
    """How many of the item's cues a sentence matches, then how early the first of them stands in the lens file."""
    matching = [at for at, cue in enumerate(asked.cues) if matches_in_time(compile_cues((cue,)), text)]
    return len(matching), -min(matching, default=0)
