"""What an analyst said of one paper through one lens, part by part, with what each part rests on."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.paper import ArxivId
from bot.core.sentence import Evidence


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


@dataclass(frozen=True, slots=True)
class Claim:
    """A paragraph and the passages it points at."""

    text: str
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
class Analysis:
    """The parts that only a reader can write; a rule-based scan has none. `fallacy` None: there is none, said so.

    `fallacy_dropped`: one was named, without a sentence that carries it. `too_little`: why the text is not enough to
    say anything; then the other parts are empty. `withdrawn`: the claims (`core.dispute.CLAIMS`) taken back
    after an objection.
    """

    headline: str
    does: str
    dissection: Claim
    fallacy: Fallacy | None
    assumptions: tuple[Assumption, ...]
    social_function: str
    classes: tuple[Classification, ...]
    verdict: str
    closing: str
    too_little: str = ""
    fallacy_dropped: bool = False
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What was read: its kind, how many of its characters, and why not more."""

    kind: BasisKind
    characters: int
    of_characters: int
    reason: str | None = None


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
class Verdict:
    """One paper through one lens.

    `touch` says how far the lens's subject is touched (0: not at all); `score` is 0-100, counted from `findings`;
    `first_line` is the text's own first sentence; `flags` are findings about the text itself (an instruction to a
    model, say) in words for people.
    """

    paper: ArxivId
    version: int | None
    paper_hash: str
    basis: Basis
    first_line: Evidence | None
    findings: tuple[Finding, ...]
    score: int
    touch: int
    provenance: Provenance
    analysis: Analysis | None = None
    dropped_claims: int = 0
    flags: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        """Tells what is shown of a verdict apart: its text, what was read of it, and what was taken back."""
        withdrawn = self.analysis.withdrawn if self.analysis else ()
        if self.basis.kind is BasisKind.ABSTRACT and not withdrawn:
            return self.paper_hash
        told = "|".join((self.paper_hash, self.basis.kind, str(self.basis.characters), *withdrawn))
        return hashlib.sha256(told.encode()).hexdigest()

    def labelled(self, label: Label) -> tuple[Finding, ...]:
        """The findings with that label, in the checklist's order."""
        return tuple(finding for finding in self.findings if finding.label is label)


@dataclass(frozen=True, slots=True)
class Wait:
    """No verdict yet: the paper waits for this reason; `seconds` is the analyst's wish for the next attempt."""

    reason: str
    seconds: float = 60.0


STOPPED_SAYS = "the model is stopped"
WAIT_FOR_MODEL = "wait for the model"
