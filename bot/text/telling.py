"""Which sentence says most to a follower of a lens: what it has of what is wanted, and how it speaks.

The weights were fitted to the sentences that readers chose, by docs/checks/fit_telling.py.
"""

from collections.abc import Sequence
from operator import mul
from typing import Final

from bot.text.cues import Cues, CueText, compile_cues, matches_in_time

# What one point of interest is worth beside them.
WANTED: Final = 0.12
# What the last sentence has of a place, the first almost nothing: findings stand late.
LATE: Final = 0.5
_HUMAN = (
    r"humans?|experts?|people|manual(?:ly)?|professionals?|practitioners|workers?|clinicians?|physicians?|radiologists?|"
    r"teachers?|developers?|annotators?|participants|users?|students?|researchers|engineers"
)
SPEAKING: Final[tuple[tuple[str, str, float], ...]] = (
    (
        "it reports what was found",
        r"\b(?:results?|experiments?|evaluations?|experimental|findings?|analys[ei]s|trials?|ablations?|simulations?|"
        r"case stud(?:y|ies)) (?:[\w-]+ ){0,6}(?:show|find|found|reveal|suggest|demonstrat|indicat|observ|confirm|"
        r"highlight|underscore|establish)|\bwe (?:[\w-]+ ){0,2}(?:find|found|show|observe|demonstrate|reveal|discover|"
        r"report)\b",
        0.8,
    ),
    ("it measures", r"\d ?\\?%|\bpercent|percentage points?|\d(?:\.\d+)?(?:x|×|\\times| times)\b", 1.25),
    ("it names people", rf"\b(?:{_HUMAN})\b", 0.6),
    (
        "it takes work from people",
        r"\b(?:replac|automat|autonomous|without (?:human|manual)|eliminat|substitut|end-to-end|"
        r"reduc\w+ (?:the )?(?:manual|human|workload|burden|cost|time|effort))",
        0.9,
    ),
    (
        "it announces",
        r"\b(?:we|this (?:paper|work|study|article)) (?:[\w-]+ ){0,2}(?:propose|present|introduce|develop|design|build|"
        r"describe|study|investigat|examin|explor|address|formulat|construct|release)",
        -0.9,
    ),
    ("it begins with who wrote it", r"^(?:we|this (?:paper|work|study|article)|in this)\b", -0.6),
    ("it points elsewhere", r"https?:|github|code (?:is|and|are|will)|available|release", -1.2),
)


def worth(texts: Sequence[CueText], wanted: Sequence[float]) -> list[float]:
    """What each sentence says, given how many points of interest are in it."""
    weights = (WANTED, LATE, *(weight for _, _, weight in SPEAKING))
    return [sum(map(mul, weights, found)) for found in features(texts, wanted)]


def features(texts: Sequence[CueText], wanted: Sequence[float]) -> list[tuple[float, ...]]:
    """What the weights are of, sentence by sentence."""
    return [
        (points, at / len(texts), *(float(matches_in_time(_cues(cue), text)) for _, cue, _ in SPEAKING))
        for at, (text, points) in enumerate(zip(texts, wanted, strict=True), 1)
    ]


def _cues(cue: str) -> Cues:
    return compile_cues((cue,))
