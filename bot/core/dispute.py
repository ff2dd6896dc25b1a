"""An objection to one claim of a verdict: who made it where, why, and what the people who run the bot decided."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.paper import ArxivId
from bot.core.post import Place, PostRef
from bot.core.verdict import Analysis, Claim

WITHDRAWN = "Withdrawn after an objection."
ASSUMPTIONS = tuple(f"assumption-{number}" for number in range(1, 6))
CLAIMS = ("headline", "does", "dissection", "fallacy", *ASSUMPTIONS, "social", "classes", "verdict", "closing")


class Ruling(StrEnum):
    """What became of a dispute. `upheld`: the claim stands."""

    OPEN = "open"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Dispute:
    """One objection; `claim` is one of `CLAIMS`, `thread` where it is talked about."""

    event: str
    place: Place
    community: str
    person: str
    paper: ArxivId
    lens: str
    claim: str
    reason: str
    thread: PostRef | None = None
    ruling: Ruling = Ruling.OPEN
    id: int = 0
    at: datetime | None = None


def without(analysis: Analysis, claim: str) -> Analysis:
    """The analysis with that claim taken out, and a word in its place; why and at whose word stands nowhere."""
    kept = tuple(dict.fromkeys((*analysis.withdrawn, claim)))
    analysis = replace(analysis, withdrawn=kept)
    match claim:
        case "headline":
            return replace(analysis, headline=WITHDRAWN)
        case "does":
            return replace(analysis, does=WITHDRAWN)
        case "dissection":
            return replace(analysis, dissection=Claim(WITHDRAWN))
        case "fallacy":
            return replace(analysis, fallacy=None)
        case "social":
            return replace(analysis, social_function=WITHDRAWN)
        case "classes":
            return replace(analysis, classes=())
        case "verdict":
            return replace(analysis, verdict=WITHDRAWN)
        case "closing":
            return replace(analysis, closing="")
    number = ASSUMPTIONS.index(claim)
    assumptions = list(analysis.assumptions)
    if number < len(assumptions):
        assumptions[number] = replace(assumptions[number], proposition=WITHDRAWN, exposure="", evidence=())
    return replace(analysis, assumptions=tuple(assumptions))


def has_claim(analysis: Analysis, claim: str) -> bool:
    """Whether the analysis says anything under that name that could be taken back."""
    if claim in analysis.withdrawn:
        return False
    if claim in ASSUMPTIONS:
        return ASSUMPTIONS.index(claim) < len(analysis.assumptions)
    parts = {
        "headline": analysis.headline,
        "does": analysis.does,
        "dissection": analysis.dissection.text,
        "fallacy": analysis.fallacy,
        "social": analysis.social_function,
        "classes": analysis.classes,
        "verdict": analysis.verdict,
        "closing": analysis.closing,
    }
    return bool(parts.get(claim))
