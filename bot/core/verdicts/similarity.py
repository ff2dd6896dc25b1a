"""How alike the headlines of one day are: a reader of a channel sees them one under the other."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OPENING_WORDS = 3
GRAM_WORDS = 3
_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Similarity:
    """Of a day's headlines: the share that opens with the same three words as another, and `overlap`, the mean share
    of a headline's word triples that another one has too. `opening`: the commonest one, where any is shared."""

    headlines: int
    shared_openings: float
    overlap: float
    opening: str = ""


def similarity(headlines: Sequence[str]) -> Similarity | None:
    """How alike they are; None for fewer than two."""
    if len(headlines) < 2:
        return None
    words = [[word.lower() for word in _WORDS.findall(text)] for text in headlines]
    openings = Counter(tuple(word[:OPENING_WORDS]) for word in words)
    triples = [{tuple(word[at : at + GRAM_WORDS]) for at in range(len(word) - GRAM_WORDS + 1)} for word in words]
    carriers = Counter(triple for grams in triples for triple in grams)
    overlaps = [sum(carriers[triple] > 1 for triple in grams) / len(grams) for grams in triples if grams]
    common, times = openings.most_common(1)[0]
    return Similarity(
        headlines=len(headlines),
        shared_openings=sum(times for times in openings.values() if times > 1) / len(headlines),
        overlap=sum(overlaps) / len(overlaps) if overlaps else 0.0,
        opening=" ".join(common) if times > 1 else "",
    )


def mean_similarity(days: Iterable[Similarity | None]) -> Similarity | None:
    """The mean over days; the opening is that of the day which shares most. None without a day."""
    known = [day for day in days if day is not None]
    if not known:
        return None
    return Similarity(
        headlines=sum(day.headlines for day in known),
        shared_openings=sum(day.shared_openings for day in known) / len(known),
        overlap=sum(day.overlap for day in known) / len(known),
        opening=max(known, key=lambda day: day.shared_openings).opening,
    )
