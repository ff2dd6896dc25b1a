"""A lens's cues, matched by the package `regex`: a search that takes too long ends, and says so.

Cues are a lens author's own expressions and meet strangers' texts, so neither is trusted: only the beginning of an
over-long text is read, and `SlowCue` is raised where a search does not end in time. `re` knows no such limit.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import regex

from bot.core.errors import CopeCheckError
from bot.core.verdicts.lens import CASED

LONGEST_READ: Final = 1200
SEARCH_SECONDS: Final = 0.25
_CAPITAL = regex.compile(r"\\.|[A-Z]")


class SlowCue(CopeCheckError):
    """A cue that did not come to an end within its time on some text."""


class CueText:
    """A text as cues read it: as it stands and in small letters; of an over-long one only the beginning."""

    __slots__ = ("plain", "small")

    def __init__(self, text: str) -> None:
        self.plain = text[:LONGEST_READ]
        self.small = self.plain.lower()

    @classmethod
    def of_all(cls, texts: "Sequence[CueText]") -> "CueText":
        """Several texts as one, each on its own line."""
        whole = cls("")
        whole.plain, whole.small = "\n".join(text.plain for text in texts), "\n".join(text.small for text in texts)
        return whole


class Cues:
    """Several cues as one: letter case does not count, but in a group that does look at it, `(?-i:…)`.

    A pattern in small letters is several times as fast as one that ignores case; a cue with such a group cannot be
    folded, and is searched for apart.
    """

    __slots__ = ("_cased", "_folded")

    def __init__(self, cues: Sequence[str]) -> None:
        folded = [_CAPITAL.sub(_small, cue) for cue in cues if CASED not in cue]
        self._folded = _any_of(folded, 0)
        self._cased = _any_of([cue for cue in cues if CASED in cue], regex.IGNORECASE)

    def matches(self, text: CueText, seconds: float = SEARCH_SECONDS) -> bool:
        """Whether one of the cues matches; `SlowCue` when that is not known in time."""
        return self.found(text, seconds) is not None

    def found(self, text: CueText, seconds: float = SEARCH_SECONDS) -> str | None:
        """The words that a cue matches, as they stand in the text; None where none does."""
        for pattern, words in ((self._folded, text.small), (self._cased, text.plain)):
            if pattern is None:
                continue
            try:
                match = pattern.search(words, timeout=seconds)
            except TimeoutError:
                what = f"A cue did not come to an end within {seconds:g} seconds on a text of {len(words)} characters"
                raise SlowCue(f"{what}.", "Find it with copecheck lens check, and make it simpler.") from None
            if match:
                return text.plain[match.start() : match.end()] if len(text.plain) == len(text.small) else match[0]
        return None


def matches_in_time(cues: Cues, text: CueText) -> bool:
    """Whether one of the cues matches; one that does not come to an end in time counts as none."""
    try:
        return cues.matches(text)
    except SlowCue:
        return False


@lru_cache(maxsize=8192)
def compile_cues(cues: tuple[str, ...]) -> Cues:
    """Those cues as one, compiled once; without any cue nothing matches."""
    return Cues(cues)


def _small(letter: regex.Match[str]) -> str:
    return letter[0] if letter[0].startswith("\\") else letter[0].lower()


def _any_of(cues: Sequence[str], flags: int) -> regex.Pattern[str] | None:
    return regex.compile("|".join(f"(?:{cue})" for cue in cues), flags) if cues else None
