"""What an analyst said of one paper through one lens, part by part, with what each part rests on."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.core.papers.paper import ArxivId
from bot.core.papers.sentence import Evidence


class Label(StrEnum):
    """What a text does with an item of a checklist."""

    ADDRESSED = "addressed"
    ABSENT = "absent"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "not applicable"


class BasisKind(StrEnum):
    """What was read."""

    ABSTRACT = "abstract"
    FULL = "full"


class AnalystKind(StrEnum):
    """Who judged: the rules of the lens file, a language model, or a person (the written example of the demo)."""

    SCAN = "scan"
    MODEL = "model"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Finding:
    """One item of the checklist: `item` is the lens's key; `addressed` has evidence, `not applicable` a reason."""

    item: str
    label: Label
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None


class PremiseLabel(StrEnum):
    """Whether a premise of the lens holds of a text."""

    HOLDS = "holds"
    DOES_NOT = "does not"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class PremiseFinding:
    """One premise of the lens, by its key; where it holds there is evidence."""

    premise: str
    label: PremiseLabel
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class TouchedTrade:
    """A trade of the lens's list whose work is touched, and the word of the title or text that names it."""

    name: str
    word: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A paragraph and the passages it points at."""

    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ShortFallacy:
    """The core fallacy in one line, and the sentence that presupposes what the lens contests."""

    line: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Fallacy:
    """What is assumed (with evidence), and what the lens says instead."""

    assumed: str
    instead: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Assumption:
    """A proposition that the paper takes for granted, its exposure, and what presupposes it."""

    proposition: str
    exposure: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Classification:
    """One class of the lens's own list, with the analyst's gloss on why."""

    name: str
    gloss: str


@dataclass(frozen=True, slots=True)
class ShortVerdict:
    """What a reader says of every paper; a rule-based scan has none. `fallacy` None: there is none, said so.

    `fallacy_dropped`: one was named, without a sentence that carries it. `omissions`: up to two items of the checklist,
    labelled absent, on which the verdict rests. `too_little`: why the text is not enough to say anything. Of a text
    outside the lens only `does` is there.
    """

    headline: str
    does: str
    fallacy: ShortFallacy | None
    omissions: tuple[str, ...] = ()
    too_little: str = ""
    fallacy_dropped: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """What was read: its kind, how many of its characters, and why not more. `breaks_off`: the text that there was is
    itself not the whole paper, nobody knows by how much."""

    kind: BasisKind
    characters: int
    of_characters: int
    reason: str | None = None
    breaks_off: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all of it was read, so that what it does not say may be called left out."""
        return self.characters >= self.of_characters and not self.breaks_off


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who judged, with what, when (UTC) and at what price (USD)."""

    analyst: AnalystKind
    lens: str
    lens_fingerprint: str
    judged_at: datetime
    model: str | None = None
    prompt_fingerprint: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is written where somebody reads on; it starts from a short verdict and contradicts nothing of it."""

    dissection: Claim
    fallacy: Fallacy | None
    assumptions: tuple[Assumption, ...]
    social_function: str
    classes: tuple[Classification, ...]
    verdict: str
    closing: str
    made: Provenance | None = None
    dropped_claims: int = 0


def texts_of(analysis: Analysis) -> list[str]:
    """Every text of it that people read."""
    fallacy = (analysis.fallacy.assumed, analysis.fallacy.instead) if analysis.fallacy else ()
    assumed = [text for assumption in analysis.assumptions for text in (assumption.proposition, assumption.exposure)]
    glosses = [classification.gloss for classification in analysis.classes]
    ends = (analysis.social_function, *glosses, analysis.verdict, analysis.closing)
    return [text for text in (analysis.dissection.text, *fallacy, *assumed, *ends) if text]


@dataclass(frozen=True, slots=True)
class NoAnalysis:
    """Why there is none. `disagrees`: it contradicts the short verdict that it starts from, and is not shown."""

    reason: str
    disagrees: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """One paper through one lens.

    `score` is 0-100, counted from `findings`, None where the text is outside the lens or says too little; `interest`
    (0-100) is how much a follower of the lens wants to see it; `trades` are those touched, the plainest first;
    `counted` the words that rules counted most for that;
    `telling` is the sentence that says most to such a reader; `first_line` is the text's own first sentence; `flags`
    are findings about the text itself (an instruction to a model, say) in words for people. `withdrawn`: the claims
    (`core.dispute.CLAIMS`) taken back after an objection.
    """

    paper: ArxivId
    version: int | None
    paper_hash: str
    basis: Basis
    first_line: Evidence | None
    findings: tuple[Finding, ...]
    score: int | None
    provenance: Provenance
    interest: int = 0
    trades: tuple[TouchedTrade, ...] = ()
    telling: Evidence | None = None
    premises: tuple[PremiseFinding, ...] = ()
    short: ShortVerdict | None = None
    analysis: Analysis | None = None
    withdrawn: tuple[str, ...] = ()
    dropped_claims: int = 0
    flags: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        """Tells what is shown of a verdict apart: its text, what was read, its closing line, what was taken back."""
        if self.basis.kind is BasisKind.ABSTRACT and not (self.withdrawn or self.analysis):
            return self.paper_hash
        closing = self.analysis.closing if self.analysis else ""
        told = "|".join((self.paper_hash, self.basis.kind, str(self.basis.characters), closing, *self.withdrawn))
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def is_outside(self) -> bool:
        """Whether no premise of the lens holds of the text: then it has no score, band or class, and never a card."""
        return bool(self.premises) and all(premise.label is PremiseLabel.DOES_NOT for premise in self.premises)

    @property
    def is_too_little(self) -> bool:
        """Whether the text was not enough to say anything."""
        return self.short is not None and bool(self.short.too_little)

    @property
    def cost_usd(self) -> float:
        """What all that stands there cost, its analysis among it."""
        made = self.analysis.made if self.analysis else None
        return self.provenance.cost_usd + (made.cost_usd if made else 0.0)

    def with_analysis(self, analysis: Analysis) -> "Verdict":
        """The same with its analysis."""
        return replace(self, analysis=analysis)

    @property
    def can_be_analysed(self) -> bool:
        """Whether there is a short verdict with something to read on about."""
        return self.short is not None and self.says_enough

    @property
    def says_enough(self) -> bool:
        """Whether it says something of its text: what is outside the lens, or has not enough text to say anything,
        takes no card, and no place in a report."""
        return not (self.is_too_little or self.is_outside)

    def holds(self, premise: str) -> bool:
        """Whether that premise of the lens holds of the text."""
        return any(found.premise == premise and found.label is PremiseLabel.HOLDS for found in self.premises)

    def labelled(self, label: Label) -> tuple[Finding, ...]:
        """The findings with that label, in the checklist's order."""
        return tuple(finding for finding in self.findings if finding.label is label)


@dataclass(frozen=True, slots=True)
class Wait:
    """No verdict yet: the paper waits for this reason; `seconds` is the analyst's wish for the next attempt."""

    reason: str
    seconds: float = 60.0
    why: WaitReason = WaitReason.UNKNOWN

    @property
    def noted(self) -> NotedReason:
        """Why it waits."""
        return NotedReason(self.why, self.reason)
