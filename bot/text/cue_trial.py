"""Cues on trial: how long each takes on honest sentences and on hostile lines, and which match nearly everything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from bot.core.verdicts.lens import Lens
from bot.text.cues import LONGEST_READ, CueText, SlowCue, compile_cues

SLOW_SECONDS: Final = 0.05
EVERYTHING: Final = 0.9  # a cue that matches so large a share of all sentences says nothing of any
_PIECES = ("paper ", "a", "aa ", "1", "1.", " ", "-", "a-", "a, ", "we the ", "model", "(", "a1", "_", "'s ", "é")
HOSTILE: Final = tuple(f"{(piece * LONGEST_READ)[: LONGEST_READ - 1]}!" for piece in _PIECES)


@dataclass(frozen=True, slots=True)
class CueTrial:
    """What came of a lens's cues: those that are too slow, and those that match nearly everything."""

    slow: tuple[str, ...]
    greedy: tuple[str, ...]


def cues_of(lens: Lens) -> tuple[str, ...]:
    """Every cue of a lens, each once."""
    asked = (cue for item in lens.checklist for cue in (*item.cues, *item.unless))
    wanted = (cue.cue for cue in lens.interest)
    named = (rf"\b(?:{word})\b" for trade in lens.trades for word in trade.words)
    return tuple(dict.fromkeys((*asked, *wanted, *named)))


def try_cues(cues: Iterable[str], sentences: Sequence[str]) -> CueTrial:
    """Each cue on each sentence and on hostile lines; one that does not end on one line is tried on no other."""
    hostile = [CueText(line) for line in HOSTILE]
    honest = [CueText(line) for line in sentences]
    slow, greedy = [], []
    for cue in cues:
        matched = _matched(cue, honest)
        if matched is None or _matched(cue, hostile) is None:
            slow.append(cue)
        elif honest and matched >= EVERYTHING * len(honest):
            greedy.append(cue)
    return CueTrial(tuple(slow), tuple(greedy))


def _matched(cue: str, texts: Iterable[CueText]) -> int | None:
    """How many it matches; None where one takes too long, twice."""
    compile_cues((cue,))
    count = 0
    for text in texts:
        seconds, does_match = _seconds(cue, text)
        if seconds > SLOW_SECONDS and _seconds(cue, text)[0] > SLOW_SECONDS:
            return None
        count += does_match
    return count


def _seconds(cue: str, text: CueText) -> tuple[float, bool]:
    began = perf_counter()
    try:
        does_match = compile_cues((cue,)).matches(text)
    except SlowCue:
        does_match = False
    return perf_counter() - began, does_match
