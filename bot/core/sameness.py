"""How alike the headlines of one day are: a reader of a channel sees them one under the other."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OPENING = 3
GRAM = 3
_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Sameness:
    """Of a day's headlines: the share that opens with the same three words as another, and `overlap`, the mean share
    of a headline's word triples that another one has too. `opening`: the commonest one, where any is shared."""

    headlines: int
    shared_openings: float
    overlap: float
    opening: str = ""


def sameness(headlines: Sequence[str]) -> Sameness | None:
    """How alike they are; None for fewer than two."""
    if len(headlines) < 2:
        return None
    words = [[word.lower() for word in _WORDS.findall(text)] for text in headlines]
    openings = Counter(tuple(one[:OPENING]) for one in words)
    triples = [{tuple(one[at : at + GRAM]) for at in range(len(one) - GRAM + 1)} for one in words]
    carriers = Counter(triple for one in triples for triple in one)
    overlaps = [sum(carriers[triple] > 1 for triple in one) / len(one) for one in triples if one]
    common, times = openings.most_common(1)[0]
    return Sameness(
        headlines=len(headlines),
        shared_openings=sum(times for times in openings.values() if times > 1) / len(headlines),
        overlap=sum(overlaps) / len(overlaps) if overlaps else 0.0,
        opening=" ".join(common) if times > 1 else "",
    )


def mean_sameness(days: Iterable[Sameness | None]) -> Sameness | None:
    """The mean over days; the opening is that of the day which shares most. None without a day."""
    known = [day for day in days if day is not None]
    if not known:
        return None
    return Sameness(
        headlines=sum(day.headlines for day in known),
        shared_openings=sum(day.shared_openings for day in known) / len(known),
        overlap=sum(day.overlap for day in known) / len(known),
        opening=max(known, key=lambda day: day.shared_openings).opening,
    )
