"""The score is counted: bounds, rounding, and what little applies brands nobody."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import asked_items, band, leaves_out, rank, score
from bot.core.verdicts.verdict import BasisKind, Finding, Label, PremiseFinding, PremiseLabel
from bot.lenses.load import load_lenses
from tests.core.test_plan import verdict

LENS = load_lenses(None)["discontinuity"]
LABELS = st.lists(st.sampled_from(Label), min_size=len(LENS.checklist), max_size=len(LENS.checklist))


def weighted(lens: Lens, *weights: float) -> Lens:
    items = [replace(item, weight_abstract=w) for item, w in zip(lens.checklist, weights, strict=False)]
    return replace(lens, checklist=tuple(items))


def findings(lens: Lens, labels: list[Label]) -> tuple[Finding, ...]:
    return tuple(Finding(item.key, label) for item, label in zip(lens.checklist, labels, strict=True))


@pytest.mark.parametrize(
    ("weights", "labels", "expected"),
    [
        ((1, 1), (Label.ABSENT, Label.ABSENT), 100),
        ((1, 1), (Label.ADDRESSED, Label.ABSENT), 50),
        ((1, 1), (Label.ADDRESSED, Label.UNCLEAR), 25),
        ((1, 1), (Label.NOT_APPLICABLE, Label.NOT_APPLICABLE), 0),
        ((1, 3), (Label.ABSENT, Label.NOT_APPLICABLE), 50),
        ((2, 2, 4), (Label.ABSENT, Label.NOT_APPLICABLE, Label.NOT_APPLICABLE), 50),
        ((1, 7), (Label.ABSENT, Label.ADDRESSED), 13),
        ((1, 1, 1, 1, 1, 1, 1, 1), (Label.UNCLEAR, *[Label.ADDRESSED] * 7), 6),
        ((0, 1), (Label.ABSENT, Label.ADDRESSED), 0),
    ],
)
def test_the_formula_by_hand(weights: tuple[float, ...], labels: tuple[Label, ...], expected: int) -> None:
    lens = weighted(LENS, *weights)
    assert score(findings(lens, list(labels)), lens, BasisKind.ABSTRACT) == expected


def test_half_is_rounded_up_and_never_to_even() -> None:
    lens = weighted(LENS, *[1] * 8)
    labels = [Label.ABSENT, *[Label.ADDRESSED] * 7]
    assert score(findings(lens, labels), lens, BasisKind.ABSTRACT) == 13
    labels = [Label.ABSENT, Label.ABSENT, Label.ABSENT, *[Label.ADDRESSED] * 5]
    assert score(findings(lens, labels), lens, BasisKind.ABSTRACT) == 38


@given(LABELS, st.sampled_from(BasisKind))
def test_a_score_lies_between_0_and_100_and_has_a_band(labels: list[Label], basis: BasisKind) -> None:
    points = score(findings(LENS, labels), LENS, basis)
    assert 0 <= points <= 100
    found = band(points, LENS)
    assert found.low <= points <= found.high


@given(LABELS, st.integers(0, len(LENS.checklist) - 1))
def test_addressing_one_more_item_never_raises_the_score(labels: list[Label], at: int) -> None:
    better = [Label.ADDRESSED if number == at else label for number, label in enumerate(labels)]
    if labels[at] is not Label.NOT_APPLICABLE:
        before = score(findings(LENS, labels), LENS, BasisKind.FULL)
        assert score(findings(LENS, better), LENS, BasisKind.FULL) <= before


def test_a_text_to_which_little_applies_is_not_branded() -> None:
    labels = [Label.ABSENT, *[Label.NOT_APPLICABLE] * (len(LENS.checklist) - 1)]
    assert score(findings(LENS, labels), LENS, BasisKind.FULL) < 25


def test_papers_are_ranked_by_interest_then_score_then_id() -> None:
    papers = [
        replace(verdict(number, score), interest=interest)
        for number, score, interest in ((1, 90, 4), (2, 10, 5), (6, 95, 4), (11, 90, 4))
    ]
    for order in itertools.permutations(papers):
        assert [str(one.paper) for one in rank(order)] == ["2606.00002", "2606.00006", "2606.00001", "2606.00011"]


def premises(lens: Lens, **labels: PremiseLabel) -> tuple[PremiseFinding, ...]:
    return tuple(PremiseFinding(one.key, labels.get(one.key, PremiseLabel.HOLDS)) for one in lens.premises)


def test_an_item_is_asked_where_all_its_premises_hold_or_are_unclear_and_none_where_no_premise_holds() -> None:
    needing = replace(LENS.checklist[0], needs=("work",))
    lens = replace(LENS, checklist=(needing, replace(LENS.checklist[1], needs=("work", "use")), *LENS.checklist[2:4]))
    free = tuple(replace(one, needs=()) for one in lens.checklist[2:])
    lens = replace(lens, checklist=(*lens.checklist[:2], *free))
    assert asked_items(lens, ()) == lens.checklist
    assert asked_items(lens, premises(lens, work=PremiseLabel.UNCLEAR)) == lens.checklist
    assert asked_items(lens, premises(lens, use=PremiseLabel.DOES_NOT)) == (lens.checklist[0], *free)
    assert asked_items(lens, premises(lens, work=PremiseLabel.DOES_NOT)) == free
    closed = premises(lens, **{one.key: PremiseLabel.DOES_NOT for one in lens.premises})
    assert asked_items(lens, closed) == ()
    assert replace(verdict(1), premises=closed).is_outside
    assert not replace(verdict(1), premises=()).is_outside


def test_what_is_outside_the_lens_or_too_little_says_not_enough_for_a_card() -> None:
    closed = premises(LENS, **{one.key: PremiseLabel.DOES_NOT for one in LENS.premises})
    made = verdict(1)
    assert made.short is not None
    assert made.says_enough
    assert not replace(made, premises=closed).says_enough
    assert not replace(made, short=replace(made.short, too_little="One sentence.")).says_enough


def test_what_is_left_out_is_named_heaviest_first_and_weightless_items_are_not_counted() -> None:
    lens = weighted(LENS, 1, 5, 0)
    made = replace(verdict(1), findings=findings(lens, [Label.ABSENT] * 3))
    absent, asked = leaves_out(made, lens)
    assert [item.key for item in absent] == [lens.checklist[1].key, lens.checklist[0].key]
    assert asked == 2
