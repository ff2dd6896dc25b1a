"""A follow's day in posts, and the truth lines: figures that add up, words that a person understands."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.edition import ClosedEdition, EditionKey, Fate
from bot.core.feed import FeedState, Outcome
from bot.core.follow import Follow
from bot.core.phrase import day_words, fit
from bot.core.post import Place, PostKind, Role
from bot.core.present_edition import digest, figures, late, listing, opening, row
from bot.core.sheet import SCAN_SAYS
from bot.core.truth import edition_line, truth_line
from tests.fakes.verdicts import analysis, paper, sheet

DAY = date(2026, 6, 2)
FOLLOW = Follow("f", Place("console", "main"), ("cs.AI", "cs.CY"))


def edition(fates: dict[Fate, int], part: int = 1) -> ClosedEdition:
    return ClosedEdition(EditionKey("f", DAY, part), FOLLOW, datetime(2026, 6, 2, 9, tzinfo=UTC), fates)


def feed(outcome: Outcome, **changes: object) -> FeedState:
    state = FeedState("cs.AI", outcome=outcome, day=DAY, checked_at=datetime(2026, 6, 6, 15, tzinfo=UTC))
    return replace(state, **changes)  # type: ignore[arg-type]  # fields by name


def test_the_opening_line_counts_what_was_announced() -> None:
    post = opening(edition({Fate.POSTED: 5, Fate.LISTED: 326}))
    assert post.text == "cs.AI, cs.CY · 2 June 2026 · discontinuity\n331 announced · 5 here · 326 in the thread"
    assert post.notification == "331 announced · 5 here · 326 in the thread"


def test_the_other_fates_are_told_when_there_are_any() -> None:
    fates = {Fate.POSTED: 1, Fate.LISTED: 2, Fate.REFUSED: 3, Fate.EXCLUDED: 4, Fate.UNREAD: 5}
    said = "15 announced · 1 here · 2 in the thread · 3 refused by words · 4 excluded by type · 5 unread"
    assert figures(fates) == said


@given(st.dictionaries(st.sampled_from(Fate), st.integers(0, 2000)), st.integers(0, 50))
def test_the_figures_add_up_to_what_was_announced(fates: dict[Fate, int], below: int) -> None:
    below = min(below, fates.get(Fate.LISTED, 0))
    for text in (figures(fates, below=below), edition_line(edition(fates)).partition(": ")[2].replace(", ", " · ")):
        announced, *rest = [int(word.split()[0]) for word in text.split(" · ") if not word.endswith(" read")]
        assert announced == sum(rest) == sum(fates.values())


def test_a_digest_opens_some_and_lists_the_others() -> None:
    some = [sheet(paper(title=f"Paper {number}"), scan=True) for number in range(5)]
    post = digest(edition({Fate.POSTED: 2, Fate.LISTED: 6, Fate.EXCLUDED: 1}), some[:2], some[2:])
    assert post.kind is PostKind.DIGEST
    assert post.notification == "9 announced · 2 opened · 3 one line each · 3 in the thread · 1 excluded by type"
    titles = [line.text for line in post.lines if line.role is Role.TITLE]
    assert titles == ["Paper 0", "Paper 1"]
    rows = [line.text for line in post.lines if line.role is Role.ROW]
    assert rows[0] == "Paper 2  leaves out 10 of 12: limits and failures"
    assert len(rows) == 3
    assert post.text.count(SCAN_SAYS) == 1
    assert post.text.count("FIRST LINE “Letters are still answered by clerks.”") == 2
    assert post.text.count("It names  who does this work today") == 2


def test_a_digest_of_a_models_verdicts_does_not_call_itself_a_scan() -> None:
    post = digest(edition({Fate.POSTED: 1, Fate.LISTED: 1}), [sheet()], [sheet()])
    assert SCAN_SAYS not in post.text
    assert "minimax/minimax-m2.7 · abstract only · AI, one lens: discontinuity" in post.text
    assert "Takes the clerk out of the letter." in [line.text for line in post.lines if line.role is Role.HEADLINE]


def test_a_row_is_headline_title_and_the_heaviest_omission() -> None:
    assert row(sheet()).text == (
        "Takes the clerk out of the letter.  An Agent for Letters  leaves out 10 of 12: limits and failures"
    )
    assert row(sheet(paper(comment="This paper has been withdrawn"))).text == "An Agent for Letters  withdrawn"


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_a_row_stays_one_short_line_whatever_it_is_made_of(title: str, headline: str) -> None:
    of = paper(title=title)
    text = row(sheet(of, analysis(of, headline=headline))).text
    assert "\n" not in text
    assert len(text) <= 140 + 110 + 100


def test_a_list_names_its_day_and_counts_nothing_for_a_thread_of_many_lists_may_bear_its_name() -> None:
    day = edition({})
    names = {listing(day, [sheet(scan=True)] * count).notification for count in (1, 3)}
    assert names == {opening(day).lines[0].text}
    assert "2 June 2026" in names.pop()


def test_a_late_line_says_which_day_and_which_part() -> None:
    text = late(edition({Fate.LISTED: 4}, part=2)).text
    assert text == "cs.AI, cs.CY · 2 June 2026 · part 2 · discontinuity\n4 announced · 4 in the thread"


def test_the_closing_line_accounts_for_every_paper() -> None:
    assert edition_line(edition({Fate.POSTED: 10, Fate.LISTED: 321})) == (
        "2 June 2026: 331 announced, 331 read, 10 posted, 321 listed"
    )
    assert edition_line(edition({Fate.UNREAD: 3, Fate.REFUSED: 1}, part=3)) == (
        "2 June 2026 (part 3): 4 announced, 0 read, 0 posted, 0 listed, 1 refused by words, 3 unread"
    )


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.ANNOUNCED, "arXiv has announced cs.AI for 2 June 2026"),
        (Outcome.ALREADY_READ, "cs.AI is read up to 2 June 2026; nothing new since"),
        (Outcome.NOT_YET, "arXiv has not announced today's cs.AI yet · read up to 2 June 2026"),
        (Outcome.NO_ANNOUNCEMENT_WEEKEND, "cs.AI: no announcement on Saturdays · read up to 2 June 2026"),
        (Outcome.NEVER_POLLED, "cs.AI has not been looked at yet · read up to 2 June 2026"),
        (
            Outcome.RATE_LIMITED,
            "cs.AI could not be read (rate limited): arXiv asks for fewer requests; trying again"
            " · read up to 2 June 2026",
        ),
    ],
)
def test_a_truth_line_explains_the_silence(outcome: Outcome, said: str) -> None:
    assert truth_line(feed(outcome)) == said


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_words_of_its_own_with_and_without_a_day(outcome: Outcome) -> None:
    others = {truth_line(feed(other)) for other in Outcome if other is not outcome}
    assert truth_line(feed(outcome)) not in others
    fresh = truth_line(feed(outcome, day=None, checked_at=None))
    assert "None" not in fresh
    assert "cs.AI" in fresh


def test_missed_days_are_named() -> None:
    said = truth_line(feed(Outcome.ANNOUNCED, missed=(date(2026, 5, 28), date(2026, 5, 29))))
    assert said.endswith(" · still to be caught up: 28 May 2026, 29 May 2026")


def test_a_date_does_not_depend_on_the_machine() -> None:
    assert day_words(date(2026, 5, 27)) == "27 May 2026"


@given(st.text(max_size=300), st.integers(1, 200))
def test_a_text_is_cut_to_its_length(text: str, most: int) -> None:
    assert len(fit(text, most)) <= most
    assert len(text) > most or fit(text, most) == text
