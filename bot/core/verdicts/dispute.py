"""An objection to one claim of a verdict: who made it where, why, and what the people who run the bot decided."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostRef
from bot.core.verdicts.verdict import Analysis, Claim, ShortVerdict, Verdict

WITHDRAWN = "Withdrawn after an objection."
ASSUMPTIONS = tuple(f"assumption-{number}" for number in range(1, 6))
CLAIM_NAMES = {
    "headline": "Headline",
    "does": "Does",
    "dissection": "The Dissection",
    "fallacy": "The Core Fallacy",
    **{claim: f"Hidden Assumption {number}" for number, claim in enumerate(ASSUMPTIONS, 1)},
    "social": "Social Function",
    "classes": "Classifications",
    "verdict": "The Verdict",
    "closing": "The Verdict on the Verdict",
}
"""Each claim, and what it is called on a card or in an analysis."""
CLAIMS = tuple(CLAIM_NAMES)


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


def without(verdict: Verdict, claim: str) -> Verdict:
    """The verdict with that claim taken out, and a word in its place; why and at whose word stands nowhere."""
    kept = replace(verdict, withdrawn=tuple(dict.fromkeys((*verdict.withdrawn, claim))))
    if kept.short is not None:
        kept = replace(kept, short=_short_without(kept.short, claim))
    return replace(kept, analysis=_without(kept.analysis, claim)) if kept.analysis else kept


def _short_without(short: ShortVerdict, claim: str) -> ShortVerdict:
    match claim:
        case "headline":
            return replace(short, headline=WITHDRAWN)
        case "does":
            return replace(short, does=WITHDRAWN)
        case "fallacy":
            return replace(short, fallacy=None)
    return short


def _without(analysis: Analysis, claim: str) -> Analysis:
    match claim:
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
    number = ASSUMPTIONS.index(claim) if claim in ASSUMPTIONS else len(analysis.assumptions)
    assumptions = list(analysis.assumptions)
    if number < len(assumptions):
        assumptions[number] = replace(assumptions[number], proposition=WITHDRAWN, exposure="", evidence=())
    return replace(analysis, assumptions=tuple(assumptions))


def claims_of(verdict: Verdict) -> dict[str, str]:
    """What the verdict and its analysis say that could be taken back: the words of each claim, by its name, in the
    order of `CLAIMS`; nothing where no model judged."""
    short, analysis = verdict.short, verdict.analysis
    if short is None:
        return {}
    said = {"headline": short.headline, "does": short.does, "fallacy": short.fallacy.line if short.fallacy else ""}
    if analysis is not None:
        said |= {
            "dissection": analysis.dissection.text,
            "fallacy": said["fallacy"] or (analysis.fallacy.assumed if analysis.fallacy else ""),
            "social": analysis.social_function,
            "classes": ", ".join(lens_class.name for lens_class in analysis.classes),
            "verdict": analysis.verdict,
            "closing": analysis.closing,
        }
        said |= dict(zip(ASSUMPTIONS, (assumption.proposition for assumption in analysis.assumptions), strict=False))
    return {claim: said[claim] for claim in CLAIMS if said.get(claim) and claim not in verdict.withdrawn}
