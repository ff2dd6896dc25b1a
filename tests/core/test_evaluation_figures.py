"""The figures of an evaluation, each against a case that was counted by hand."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.evaluation.agreement import load_alpha
from bot.core.errors import SettingsError
from bot.core.evaluation.gold import NOTHING_LABELLED, Gold, Marks, fallacies_from_rows, gold_from_rows, mark
from bot.core.evaluation.ranking import RankFigures, Worth, worths_from_rows
from bot.core.evaluation.share import Share
from bot.core.evaluation.support import COLUMNS, ClaimKey, claims_of, sample_rows, support_from_rows
from bot.core.evaluation.trials import (
    ONE_RUN,
    Ending,
    EvalRun,
    TrialFigures,
    agreement,
    choose_papers,
    ending_of,
    figures_of,
    is_over,
    label_table,
    moved,
    spread,
)
from bot.core.papers.paper import AnnounceType, ArxivId, Entry, Paper
from bot.core.papers.sentence import Evidence
from bot.core.verdicts.call import CallOutcome, PastCall, Stage, Usage
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.similarity import mean_similarity, similarity
from bot.core.verdicts.verdict import (
    Analysis,
    AnalystKind,
    Assumption,
    Basis,
    BasisKind,
    Claim,
    Finding,
    Label,
    NoAnalysis,
    Provenance,
    ShortFallacy,
    ShortVerdict,
    Verdict,
)
from bot.lenses.load import load_lenses
from bot.text.split import split

LENS = load_lenses(None)["plain"]
WORDS = {label.value[:2]: label for label in Label}  # ad, ab, un, no


def finding(key: str, label: Label, paper: str) -> Finding:
    shown = Evidence(ArxivId(paper), 1, "hash", 0, 5, "Words.", 1)
    return Finding(key, label, (shown,) if label is Label.ADDRESSED else ())


def verdict(paper: str, labels: str, *, score: int = 50, headline: str = "", dropped: int = 0, **say: Any) -> Verdict:
    """A verdict whose first findings are labelled in short: `ad ab` is addressed, then absent."""
    keys = [asked.key for asked in LENS.checklist]
    found = tuple(finding(key, WORDS[word], paper) for key, word in zip(keys, labels.split(), strict=False))
    evidence = (Evidence(ArxivId(paper), 1, "hash", 0, 5, "Words.", 1),)
    fallacy = None if say.get("none") else ShortFallacy("Assumes =this.", evidence)
    short = ShortVerdict(headline, "Does.", fallacy)
    analysis = Analysis(
        Claim("It does.", evidence),
        None,
        (Assumption("=1+1", "Exposed.", evidence),),
        "It works.",
        (),
        "Real.",
        "The end.",
    )
    return Verdict(
        paper=ArxivId(paper),
        version=1,
        paper_hash="hash",
        basis=Basis(BasisKind.ABSTRACT, 5, 5),
        first_line=None,
        findings=found,
        score=score,
        provenance=Provenance(AnalystKind.MODEL, LENS.key, LENS.fingerprint, datetime(2026, 6, 2, tzinfo=UTC)),
        short=short if headline else None,
        analysis=analysis if headline else None,
        dropped_claims=dropped,
    )


def reading(run: int, of: Verdict | None, ending: Ending = Ending.AT_ONCE, paper: str = "2606.00001") -> EvalRun:
    usage = Usage(100, 10, 50, 0.5)
    return EvalRun("m", of.paper if of else ArxivId(paper), LENS.key, run, ending, of, usage, 1, 2.0)


def figures(
    readings: list[EvalRun], gold: Gold = NOTHING_LABELLED, supported: Mapping[ClaimKey, bool] | None = None
) -> TrialFigures:
    return figures_of(readings, LENS, gold=gold, supported=supported or {}, alpha=load_alpha())


def past(stage: Stage, outcome: CallOutcome, reply: str | None = "{}") -> PastCall:
    return PastCall(1, "e", "m", stage, outcome, reply, "", Usage())


def test_false_fallacies_and_false_nones_are_told_apart_by_what_both_readers_say() -> None:
    rows = [
        {"paper": f"2606.0000{number}", "title": "T", "abstract": "A b.", "reader_1": one, "reader_2": other}
        for number, one, other in ((1, "none", "none"), (2, "fallacy", "fallacy"), (3, "none", "fallacy"), (4, "", ""))
    ]
    papers, known = fallacies_from_rows(rows, "f.csv")
    assert (len(papers), known) == (4, {"2606.00001": False, "2606.00002": True})
    named, none = verdict("2606.00001", "ad", headline="H."), verdict("2606.00002", "ad", headline="H.", none=True)
    said = [reading(1, named), reading(1, none)]
    found = figures_of(said, LENS, gold=NOTHING_LABELLED, supported={}, alpha=load_alpha(), fallacies=known)
    assert (found.false_fallacies, found.false_nones) == (Share(1, 1), Share(1, 1))
    assert figures(said).false_fallacies is None
    with pytest.raises(SettingsError, match="line 2"):
        fallacies_from_rows([rows[0] | {"reader_1": "maybe"}], "f.csv")


def test_a_judges_order_and_cards_are_held_against_what_papers_are_worth_to_readers() -> None:
    rows = [
        {"paper": f"2606.000{number:02}", "score": str(score), "relevance": str(int(score > 20))}
        for number in range(1, 31)
        for score in (number, number + 1)
    ]
    worths = worths_from_rows(rows, "r.csv")
    assert worths["2606.00020"] == Worth(20.5, 0.5)
    wanted = {1: 99, 12: 98, 30: 97, 29: 96, 28: 95, 27: 94}
    said = [
        reading(1, replace(verdict(f"2606.000{number:02}", "ad"), interest=wanted.get(number, 0)))
        for number in range(1, 31)
    ]
    again = [replace(one, run=2, verdict=None) for one in said]

    def order(readings: list[EvalRun], through: Lens = LENS) -> RankFigures | None:
        found = figures_of(readings, through, gold=NOTHING_LABELLED, supported={}, alpha=load_alpha(), worths=worths)
        return found.order

    found = order([*said, *again], replace(LENS, threshold=95))
    assert found is not None
    assert (found.best, found.irrelevant) == (Share(3, 5), Share(2, 5))
    assert 0 < found.pairs < 1
    few = order(said[:29], replace(LENS, threshold=98))
    assert few is not None
    assert (few.best, few.irrelevant) == (None, Share(2, 2))
    assert order(said[:1]) is None
    assert figures(said).order is None
    with pytest.raises(SettingsError, match="line 3"):
        worths_from_rows([rows[0], rows[1] | {"score": "high"}], "r.csv")


def test_of_analyses_it_is_counted_how_many_are_written_and_how_many_disagree() -> None:
    some = verdict("2606.00001", "ad", headline="H.")
    made = some.analysis
    usage = Usage(5, 6, 0, 0.25)
    several = [
        replace(reading(1, some), analysis=made, analysis_usage=usage),
        replace(reading(1, some), analysis=NoAnalysis("It is wrong.", disagrees=True), analysis_usage=usage),
        reading(2, some),
    ]
    found = figures(several)
    assert (found.analyses, found.disagreed, found.analysis_usage) == (Share(1, 2), 1, Usage(10, 12, 0, 0.5))
    assert found.analysis_words == 9


def test_the_invented_abstracts_for_readers_are_thirty_and_nobody_is_told_which_is_which() -> None:
    file = Path(__file__).resolve().parents[2] / "docs" / "checks" / "fallacies.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        papers, _ = fallacies_from_rows(csv.DictReader(opened), file.name)
    assert len({one.title for one in papers}) == 30
    assert all(len(split(one.abstract)) >= 3 for one in papers)


# how replies end


def test_a_reading_ends_at_once_after_repair_without_verdict_or_without_reply() -> None:
    first, repair = Stage.FIRST, Stage.REPAIR
    good, bad, gone = CallOutcome.ANSWERED, CallOutcome.UNFIT, CallOutcome.TIMEOUT
    some = verdict("2606.00001", "ad")
    assert ending_of([past(first, gone, None), past(first, good)], some) is Ending.AT_ONCE
    assert ending_of([past(first, bad), past(repair, good)], some) is Ending.REPAIRED
    assert ending_of([past(first, bad), past(repair, bad)], None) is Ending.UNFIT
    assert ending_of([past(first, bad), past(repair, gone, None)], None) is Ending.UNANSWERED
    assert ending_of([], None) is Ending.UNANSWERED
    assert is_over([past(first, CallOutcome.REFUSED)]), "a refusal is not repaired"
    assert not is_over([past(first, CallOutcome.TRUNCATED)])


def test_shares_of_fitting_leave_out_what_was_never_answered() -> None:
    readings = [
        reading(1, verdict("2606.00001", "ad ab", headline="A b c d", dropped=1)),
        reading(1, verdict("2606.00002", "ab ab", headline="A b c e", none=True), Ending.REPAIRED),
        reading(1, None, Ending.UNFIT, "2606.00003"),
        reading(1, None, Ending.UNANSWERED, "2606.00004"),
    ]
    found = figures(readings)
    assert (found.at_once, found.after_repair, found.unanswered) == (Share(1, 3), Share(2, 3), 1)
    assert found.citing == Share(4 + 2, 7), "dissection, fallacy, assumption, finding; dissection, assumption"
    assert found.dropped == 1
    assert found.fallacy_none == Share(1, 2)
    assert found.usage == Usage(400, 40, 200, 2.0)
    assert (found.seconds, found.seconds_each) == (8.0, 2.0)
    assert found.supported is None
    assert found.labels is None


# agreement


def test_alpha_of_a_small_table_is_what_one_counts_by_hand() -> None:
    """Four units, one of them split: a quarter of the pairs disagree; by chance 2 x 5 x 3 of 8 x 7 would."""
    table = [[0, 0, 0, 1], [0, 0, 1, 1]]
    values = [label for row in table for label in row]
    zeros, ones = values.count(0), values.count(1)
    expected = 2 * zeros * ones / (len(values) * (len(values) - 1))
    assert load_alpha()(table) == pytest.approx(1 - (1 / 4) / expected)


def test_runs_that_say_the_same_agree_wholly_and_missing_verdicts_do_not_count() -> None:
    readings = [
        reading(1, verdict("2606.00001", "ad ab no")),
        reading(2, verdict("2606.00001", "ad ab no")),
        reading(1, verdict("2606.00002", "ab ad un")),
        reading(2, None, Ending.UNFIT, "2606.00002"),
    ]
    table = label_table(readings, LENS)
    keys = len(LENS.checklist)
    assert [row[:3] for row in table] == [[0, 1, 3], [0, 1, 3]]
    assert table[1][keys : keys + 3] == [None, None, None]
    assert figures(readings).agreement.alpha == 1.0


def test_a_judge_that_always_says_absent_has_no_alpha_and_gets_what_the_absent_ones_are() -> None:
    gold = gold_of({"what": "present", "problem": "absent", "whom": "present", "how": "unclear"})
    readings = [reading(run, verdict("2606.00001", "ab ab ab ab")) for run in (1, 2, 3)]
    found = figures(readings, gold)
    assert found.agreement.alpha is None
    assert found.agreement.why == "one label only: absent"
    assert found.labels == Marks(right=3, of=9, absent=3, addressed=6, found=0, said=0)
    assert found.labels.told_apart == 3


def test_one_run_and_runs_that_never_meet_have_no_agreement() -> None:
    assert agreement([[0, 1]], load_alpha()).why == ONE_RUN
    assert agreement([[0, None], [None, 1]], load_alpha()).why == "no item was labelled twice"


def test_without_the_package_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "krippendorff", None)
    with pytest.raises(SettingsError, match=r"pip install \"copecheck\[eval\]\""):
        load_alpha()


# labels by hand


def gold_of(labels: Mapping[str, str]) -> Gold:
    return gold_from_rows(
        [{"paper": "2606.00001", "item": f"plain.{key}", "label": label} for key, label in labels.items()], "labels.csv"
    )


def test_marks_count_right_labels_and_what_was_found_of_the_addressed() -> None:
    gold = gold_of({"what": "present", "problem": "absent", "whom": "not_applicable", "how": "present"})
    said = verdict("2606.00001", "ad ad no ab ad")
    marks = mark([(said.paper, said)], LENS, gold)
    assert marks["what"] == Marks(right=1, of=1, absent=0, addressed=1, found=1, said=1)
    assert marks["problem"] == Marks(right=0, of=1, absent=1, addressed=0, found=0, said=1)
    assert marks["whom"].right == 1
    assert "claim" not in marks, "nobody labelled it"
    total = figures([reading(1, said)], gold).labels
    assert total == Marks(right=2, of=4, absent=1, addressed=2, found=1, said=2)
    assert total.told_apart == 2


@pytest.mark.parametrize("row", [{"paper": "p", "item": "plain.what", "label": "yes"}, {"paper": "p", "item": "what"}])
def test_a_row_that_is_no_label_is_named_with_its_line(row: dict[str, str]) -> None:
    good = {"paper": "p", "item": "plain.how", "label": "absent"}
    with pytest.raises(SettingsError, match=r"labels\.csv, line 3"):
        gold_from_rows([good, row], "labels.csv")


def test_two_labels_for_one_item_are_refused() -> None:
    rows = [{"paper": "p", "item": "plain.how", "label": label} for label in ("absent", "present")]
    with pytest.raises(SettingsError, match=r"two labels for plain\.how"):
        gold_from_rows(rows, "labels.csv")


# support


def test_a_sample_that_readers_labelled_gives_the_share_of_supported_claims() -> None:
    said = verdict("2606.00001", "ad ab", headline="A b c d")
    rows = sample_rows([("m", 1, said)], LENS, 10)
    assert [row["part"] for row in rows] == ["assumption 1", "dissection", "fallacy", "finding what"]
    assert rows[0]["claim"] == "'=1+1", "no spreadsheet takes it for a formula"
    assert {row["supported"] for row in rows} == {""}
    assert tuple(rows[0]) == COLUMNS
    assert figures([reading(1, said)]).supported is None
    answers = ["yes", "No", "", "yes"]
    filled = [row | {"supported": answer} for row, answer in zip(rows, answers, strict=True)]
    known = support_from_rows(filled, "sample.csv")
    assert figures([reading(1, said)], supported=known).supported == Share(2, 3)
    other = verdict("2606.00001", "ab ab", headline="")
    assert figures([reading(1, other)], supported=known).supported is None, (
        "what was said of other claims does not count"
    )


def test_a_sample_is_the_same_every_time_and_no_longer_than_asked() -> None:
    verdicts = [("m", run, verdict(f"2606.{run:05}", "ad ad ad ad", headline="A b c")) for run in range(1, 9)]
    rows = sample_rows(verdicts, LENS, 5)
    assert rows == sample_rows(list(reversed(verdicts)), LENS, 5)
    assert len(rows) == 5
    assert len(claims_of(verdicts[0][2], LENS)) == 7


def test_an_answer_that_is_neither_yes_nor_no_is_named_with_its_line() -> None:
    row = dict.fromkeys(COLUMNS, "x") | {"run": "1", "supported": "maybe"}
    with pytest.raises(SettingsError, match=r"sample\.csv, line 2: 'maybe'"):
        support_from_rows([row], "sample.csv")


# scores, headlines, papers


def test_the_spread_of_scores_is_what_one_counts_by_hand() -> None:
    found = spread([10, 20, 20, 40, 100])
    assert found is not None
    assert (found.lowest, found.quarter, found.middle, found.three_quarters, found.highest) == (10, 20, 20, 40, 100)
    assert (found.distinct, found.commonest, found.have_it) == (4, 20, Share(2, 5))
    assert spread([]) is None
    half = spread([0, 1])
    assert half is not None
    assert half.middle == 0.5


def test_how_far_scores_move_is_the_mean_over_papers_that_were_read_twice() -> None:
    readings = [
        reading(run, verdict(paper, "ad", score=score))
        for paper, run, score in (("2606.00001", 1, 50), ("2606.00001", 2, 60), ("2606.00002", 1, 9))
    ]
    readings += [reading(run, verdict("2606.00003", "ad", score=7)) for run in (1, 2)]
    assert moved(readings) == 5.0
    assert moved(readings[:1]) is None


def test_headlines_with_one_opening_or_the_same_words_are_seen() -> None:
    found = similarity(["Sorts the post faster today.", "sorts the POST, slower", "Another thing entirely here"])
    assert found is not None
    assert found.shared_openings == pytest.approx(2 / 3)
    assert found.overlap == pytest.approx((1 / 3 + 1 / 2 + 0) / 3)
    assert found.opening == "sorts the post"
    assert similarity(["alone"]) is None
    whole = mean_similarity([found, None, similarity(["One two three", "Four five six"])])
    assert whole is not None
    assert whole.shared_openings == pytest.approx(1 / 3)
    assert mean_similarity([None]) is None


def entry(number: int, kind: AnnounceType = AnnounceType.NEW, abstract: str = "It is.") -> Entry:
    return Entry(Paper(ArxivId(f"2606.{number:05}"), 1, "T", abstract, "A", ("cs.AI",)), kind)


def test_labelled_papers_come_first_and_the_rest_is_spread_over_the_day() -> None:
    entries = [entry(number) for number in range(1, 11)]
    chosen = choose_papers(entries, {"2606.00009"}, 4)
    assert [int(one.paper.id.value[5:]) for one in chosen] == [9, 1, 4, 7]
    assert len(choose_papers(entries, (), 99)) == 10


def test_replacements_withdrawn_and_empty_papers_are_not_chosen() -> None:
    gone = entry(2, abstract="This paper has been withdrawn by its authors.")
    assert choose_papers([entry(1, AnnounceType.REPLACE), gone, entry(3, abstract="")], (), 5) == ()
