"""A checklist's labels -> omission score, band and rank: counted, never felt."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import floor

from bot.core.lens import Band, ChecklistItem, Lens
from bot.core.verdict import BasisKind, Finding, Label, Verdict


def weight(asked: ChecklistItem, basis: BasisKind) -> Fraction:
    """What an item weighs in a text of that kind; 0 where it is not to be expected."""
    return _exact(asked.weight_full if basis is BasisKind.FULL else asked.weight_abstract)


@lru_cache(maxsize=256)
def _exact(number: float) -> Fraction:
    """A number as it is written in a lens file."""
    return Fraction(str(number))


def score(findings: Sequence[Finding], lens: Lens, basis: BasisKind) -> int:
    """100 x (absent + half of unclear) / max(applicable weight, half of all weight), rounded half up; 0-100."""
    weights = {asked.key: weight(asked, basis) for asked in lens.checklist}
    share = {Label.ABSENT: Fraction(1), Label.UNCLEAR: Fraction(1, 2)}
    missing = sum((weights[one.item] * share.get(one.label, Fraction(0)) for one in findings), Fraction(0))
    applicable = sum((weights[one.item] for one in findings if one.label is not Label.NOT_APPLICABLE), Fraction(0))
    whole = max(applicable, sum(weights.values(), Fraction(0)) / 2)
    return floor(100 * missing / whole + Fraction(1, 2)) if whole else 0


def band(points: int, lens: Lens) -> Band:
    """The band that a score falls into."""
    return next(one for one in lens.bands if one.low <= points <= one.high)


def rank(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """By how far the lens's subject is touched, then score, then evidence, all falling; ties by id."""
    return sorted(verdicts, key=lambda one: (-one.touch, -one.score, -_evidence(one), one.paper))


def priority(verdict: Verdict, day: date) -> float:
    """The number by which a paper waits for a model, above zero: newer days lower, then in the order of `rank`."""
    evidence = _evidence(verdict)
    revealing = 101 * verdict.touch + verdict.score + evidence / (1 + evidence)
    return date.max.toordinal() - day.toordinal() + 1 / (1 + revealing)


def _evidence(verdict: Verdict) -> int:
    return sum(len(finding.evidence) for finding in verdict.findings)


def leaves_out(verdict: Verdict, lens: Lens) -> tuple[tuple[ChecklistItem, ...], int]:
    """The items that are absent (heaviest first), and how many items apply at all in a text of that kind."""
    kind = verdict.basis.kind
    asked = {one.key: one for one in lens.checklist if weight(one, kind)}
    applicable = [one for one in verdict.findings if one.item in asked and one.label is not Label.NOT_APPLICABLE]
    absent = [asked[one.item] for one in applicable if one.label is Label.ABSENT]
    return tuple(sorted(absent, key=lambda one: -weight(one, kind))), len(applicable)
