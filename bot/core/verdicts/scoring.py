"""A checklist's labels -> omission score, band and rank: counted, never felt."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import floor

from bot.core.papers.paper import ArxivId
from bot.core.verdicts.lens import Band, ChecklistItem, Lens
from bot.core.verdicts.verdict import BasisKind, Finding, Label, PremiseFinding, PremiseLabel, Verdict


def weight(asked: ChecklistItem, basis: BasisKind) -> Fraction:
    """What an item weighs in a text of that kind; 0 where it is not to be expected."""
    return _exact(asked.weight_full if basis is BasisKind.FULL else asked.weight_abstract)


@lru_cache(maxsize=256)
def _exact(number: float) -> Fraction:
    """A number as it is written in a lens file."""
    return Fraction(str(number))


def asked_items(lens: Lens, premises: Sequence[PremiseFinding]) -> tuple[ChecklistItem, ...]:
    """The items that are asked of a text: those whose premises hold or are unclear; none where no premise may hold.

    Without premises (nobody said anything about them) all are asked.
    """
    if not premises:
        return lens.checklist
    closed = {premise.premise for premise in premises if premise.label is PremiseLabel.DOES_NOT}
    if len(closed) == len(premises):
        return ()
    return tuple(asked for asked in lens.checklist if closed.isdisjoint(asked.needs))


def score(findings: Sequence[Finding], lens: Lens, basis: BasisKind) -> int:
    """100 x (absent + half of unclear) / max(applicable weight, half of all weight), rounded half up; 0-100."""
    weights = {asked.key: weight(asked, basis) for asked in lens.checklist}
    share = {Label.ABSENT: Fraction(1), Label.UNCLEAR: Fraction(1, 2)}
    missing = sum((weights[finding.item] * share.get(finding.label, Fraction(0)) for finding in findings), Fraction(0))
    applicable = sum(
        (weights[finding.item] for finding in findings if finding.label is not Label.NOT_APPLICABLE), Fraction(0)
    )
    whole = max(applicable, sum(weights.values(), Fraction(0)) / 2)
    return floor(100 * missing / whole + Fraction(1, 2)) if whole else 0


def band(points: int, lens: Lens) -> Band:
    """The band that a score falls into."""
    return next(band for band in lens.bands if band.low <= points <= band.high)


def rank(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """By how much a follower of the lens wants to see them; ties by score, then by id; what says nothing comes last."""
    return sorted(verdicts, key=standing)


def standing(verdict: Verdict) -> tuple[bool, int, int, ArxivId]:
    """What verdicts are ranked by, rising."""
    return not verdict.says_enough, -verdict.interest, -(verdict.score or 0), verdict.paper


def judged_interest(
    by_rule: int, premises: Sequence[PremiseFinding], has_fallacy: bool, omissions: int, lens: Lens
) -> int:
    """The interest where a model judged: its premises, fallacy and telling omissions beside a share of the rule's."""
    weights, share = dict(lens.rank.premises), {PremiseLabel.HOLDS: 1.0, PremiseLabel.UNCLEAR: 0.5}
    held = sum(weights.get(premise.premise, 0) * share.get(premise.label, 0.0) for premise in premises)
    told = lens.rank.fallacy * has_fallacy + lens.rank.omission * omissions
    return bounded(round(lens.rank.by_rule * by_rule + held + told))


def bounded(points: int) -> int:
    """An interest within its scale, 0-100."""
    return max(0, min(100, points))


def priority(verdict: Verdict, day: date) -> float:
    """The number by which a paper waits for a model, above zero: newer days lower, then in the order of `rank`."""
    wanted = 101 * verdict.interest + (verdict.score or 0)
    return date.max.toordinal() - day.toordinal() + 1 / (1 + wanted)


def leaves_out(verdict: Verdict, lens: Lens) -> tuple[tuple[ChecklistItem, ...], int]:
    """The items that are absent (heaviest first), and how many items apply at all in a text of that kind."""
    kind = verdict.basis.kind
    asked = {checklist_item.key: checklist_item for checklist_item in lens.checklist if weight(checklist_item, kind)}
    applicable = [
        finding for finding in verdict.findings if finding.item in asked and finding.label is not Label.NOT_APPLICABLE
    ]
    absent = [asked[finding.item] for finding in applicable if finding.label is Label.ABSENT]
    return tuple(sorted(absent, key=lambda item: -weight(item, kind))), len(applicable)
