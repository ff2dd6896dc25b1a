"""A follow's day in posts, and the truth lines: figures that add up, words that a person understands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.follows.edition import ClosedEdition, Disposition, EditionKey, Stands
from bot.core.follows.follow import Follow
from bot.core.papers.feed import FeedState, Outcome
from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import day_words, truncate
from bot.core.posts.post import LineRole, Place, PostKey, PostKind
from bot.core.present.about import about_lines
from bot.core.present.edition import digest, digest_menu, figures, late, listing, opening, row
from bot.core.present.paper_view import CHOSEN_SAYS, PaperView
from bot.core.present.status_lines import edition_line, truth_line
from bot.core.verdicts.verdict import TouchedTrade
from tests.fakes.verdicts import lens, paper, sheet, short

DAY = date(2026, 6, 2)
FOLLOW = Follow("f", Place("console", "main"), ("cs.AI", "cs.CY"))


def edition(fates: dict[Disposition, int], part: int = 1) -> ClosedEdition:
    return ClosedEdition(EditionKey("f", DAY, part), FOLLOW, datetime(2026, 6, 2, 9, tzinfo=UTC), fates)


def feed(outcome: Outcome, **changes: object) -> FeedState:
    state = FeedState("cs.AI", outcome=outcome, day=DAY, checked_at=datetime(2026, 6, 6, 15, tzinfo=UTC))
    return replace(state, **changes)  # type: ignore[arg-type]  # fields by name


def test_the_opening_line_counts_what_was_announced() -> None:
    post = opening(edition({Disposition.POSTED: 5, Disposition.LISTED: 326}))
    assert post.text == "cs.AI, cs.CY · 2 June 2026 · discontinuity\n331 announced · 5 here · 326 in the thread"
    assert post.notification == "cs.AI, cs.CY, 2 June 2026: 331 announced · 5 here · 326 in the thread"


def test_the_other_fates_are_told_when_there_are_any() -> None:
    fates = {
        Disposition.POSTED: 1,
        Disposition.LISTED: 2,
        Disposition.REFUSED: 3,
        Disposition.EXCLUDED: 4,
        Disposition.UNREAD: 5,
    }
    said = "15 announced · 1 here · 2 in the thread · 3 refused by words · 4 excluded by type · 5 unread"
    assert figures(fates) == said


@given(st.dictionaries(st.sampled_from(Disposition), st.integers(0, 2000)), st.integers(0, 50))
def test_the_figures_add_up_to_what_was_announced(fates: dict[Disposition, int], by_search: int) -> None:
    by_search = min(by_search, fates.get(Disposition.LISTED, 0))
    for text in (figures(fates, by_search), edition_line(edition(fates)).partition(": ")[2].replace(", ", " · ")):
        announced, *rest = [int(word.split()[0]) for word in text.split(" · ") if not word.endswith(" read")]
        assert announced == sum(rest) == sum(fates.values())


def test_by_rule_the_opening_line_says_what_is_found_by_search_alone() -> None:
    day = replace(edition({Disposition.POSTED: 5, Disposition.LISTED: 326}), stands=Stands(5, 96, 230))
    assert opening(day).lines[1].text == "331 announced · 5 here · 96 in the thread · 230 by search"


def touching(trade: str, number: int = 0) -> PaperView:
    """A paper by rule that touches a trade, or none."""
    trades = (TouchedTrade(trade, f"{trade}s"),) if trade else ()
    return sheet(paper(id=ArxivId(f"2611.{number:05}"), title=f"Paper {number}"), scan=True, trades=trades)


KEY = PostKey(Place("console", "main"), PostKind.DIGEST, "2026-06-02/f", "discontinuity")


def test_a_digest_opens_some_and_has_those_and_the_next_in_its_menu() -> None:
    some = [touching("clerk", number) for number in range(5)]
    post = digest(
        edition({Disposition.POSTED: 2, Disposition.LISTED: 3, Disposition.EXCLUDED: 1}),
        some[:2],
        digest_menu(some, 2, KEY),
    )
    assert [line.text for line in post.lines if line.role is LineRole.TITLE] == ["Paper 0", "Paper 1"]
    assert not any(line.role is LineRole.ROW for line in post.lines)
    assert post.text.count(CHOSEN_SAYS) == 1
    assert post.menu is not None
    assert post.menu.prompt == "Open one of the first 5"
    assert post.menu.command == f"open {KEY.digest}"
    assert [(one.label, one.about, one.value) for one in post.menu.items] == [
        ("Paper 0", "clerk", "4"),
        ("Paper 1", "clerk", "5"),
        ("Paper 2", "clerk", "1"),
        ("Paper 3", "clerk", "2"),
        ("Paper 4", "clerk", "3"),
    ]
    assert [(one.label, one.value) for one in post.buttons] == [
        ("Search this day", "search since=2026-06-02 until=2026-06-02"),
        ("What is this?", "about discontinuity"),
    ]


def test_a_list_stands_under_its_trades_and_ends_with_what_is_listed_nowhere() -> None:
    papers = [touching("clerk", 1), touching("clerk", 2), touching("judge", 3)]
    post = listing(edition({}), papers, replace(KEY, kind=PostKind.LIST), 230)
    assert [line.text for line in post.lines] == [
        *("clerk", "Paper 1", "Paper 2", "judge", "Paper 3"),
        "230 more papers are not shown here: no line of work was found in the text. "
        "“Search this day”, under the day's first post, finds them.",
    ]
    assert post.menu is not None
    assert len(post.menu.items) == 3
    assert not post.buttons


def test_a_follows_first_post_says_what_this_is() -> None:
    post = opening(
        edition({Disposition.LISTED: 1}), about=about_lines(lens(), ("discontinuity", "plain"), has_model=True)
    )
    assert "AI ends the circuit of mass employment, wages and consumption." in post.text
    assert "It is one view" in post.text
    assert "Others here: plain." in post.text


def test_what_this_is_says_only_what_is_so_with_a_model_or_without_one() -> None:
    by_model, by_rule = (
        " ".join(line.text for line in about_lines(lens(), (), has_model=has_model)) for has_model in (True, False)
    )
    assert "“Leaves out 7 of 13” on a card says: 13 of the 14 questions fit that text" in by_model
    assert "No model judges here" not in by_model
    assert "Leaves out" not in by_rule
    assert "No model judges here: papers stand in the order of how near their words come" in by_rule


def test_a_digest_of_a_models_verdicts_does_not_call_itself_a_scan() -> None:
    post = digest(edition({Disposition.POSTED: 1, Disposition.LISTED: 1}), [sheet()])
    assert CHOSEN_SAYS not in post.text
    assert "minimax/minimax-m2.7 · abstract only · AI, one lens: discontinuity" in post.text
    assert "Takes the clerk out of the letter." in [line.text for line in post.lines if line.role is LineRole.HEADLINE]


def test_a_trade_that_goes_on_in_the_next_list_is_headed_as_going_on() -> None:
    clerk, other, judge = touching("clerk", 1), touching("clerk", 2), touching("judge", 3)
    assert headings([other, judge], after=clerk) == ["clerk, continued", "judge"]
    assert headings([judge], after=clerk) == ["judge"]
    assert headings([clerk, other]) == ["clerk"]


def headings(papers: Sequence[PaperView], after: PaperView | None = None) -> list[str]:
    post = listing(edition({}), papers, after=after)
    return [line.text for line in post.lines if line.role is LineRole.FIELD]


def test_a_row_by_rule_has_a_sign_between_title_and_trade() -> None:
    assert row(touching("clerk", 1)).text.startswith("Paper 1 · clerk (")


def test_a_row_is_headline_and_title_and_a_headline_that_is_too_long_stays_away() -> None:
    assert row(sheet()).text == "Takes the clerk out of the letter.  An Agent for Letters"
    long = short(paper(), headline="word " * 30)
    assert row(sheet(said=long)).text == "An Agent for Letters"
    assert row(sheet(paper(comment="This paper has been withdrawn"))).text == "An Agent for Letters · withdrawn"


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_a_row_stays_one_short_line_whatever_it_is_made_of(title: str, headline: str) -> None:
    of = paper(title=title)
    text = row(sheet(of, said=short(of, headline=headline))).text
    assert "\n" not in text
    assert len(text) <= 140 + 110 + 100


def test_a_list_names_its_day_and_counts_nothing_for_a_thread_of_many_lists_may_bear_its_name() -> None:
    day = edition({})
    names = {listing(day, [sheet(scan=True)] * count).notification for count in (1, 3)}
    assert names == {opening(day).lines[0].text}
    assert "2 June 2026" in names.pop()


def test_a_late_line_says_which_day_and_which_part() -> None:
    text = late(edition({Disposition.LISTED: 4}, part=2)).text
    assert text == "cs.AI, cs.CY · 2 June 2026 · part 2 · discontinuity\n4 announced · 4 in the thread"


def test_the_closing_line_accounts_for_every_paper() -> None:
    assert edition_line(edition({Disposition.POSTED: 10, Disposition.LISTED: 321})) == (
        "2 June 2026: 331 announced, 331 read, 10 posted, 321 listed"
    )
    assert edition_line(edition({Disposition.UNREAD: 3, Disposition.REFUSED: 1}, part=3)) == (
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
            "cs.AI could not be read (rate limited): arXiv asks for fewer requests · read up to 2 June 2026",
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
    assert len(truncate(text, most)) <= most
    assert len(text) > most or truncate(text, most) == text
