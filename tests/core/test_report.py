"""The week and its report: ISO weeks, the hour on Monday in any zone, stable ties, withdrawn papers left out."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.commands.people import Shown, Tally, WeekFacts
from bot.core.follows.report import Report, make_report, report_post, week_words
from bot.core.follows.week import IsoWeek, due_week, report_moment
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Bar, LineRole
from bot.core.verdicts.verdict import AnalystKind, Label, PremiseFinding, PremiseLabel, TouchedTrade, Verdict
from bot.lenses.load import load_lenses
from tests.fakes.verdicts import analysis, findings, lens, paper, sheet

LENSES = load_lenses(None)
WEEK = IsoWeek(2026, 23)
AT = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
NINE = time(9)


def shown(number: int, *, score: int = 50, comment: str | None = None, dropped: int = 0, cost: float = 0.0) -> Shown:
    of = paper(comment=comment) if comment else paper()
    of = replace(of, id=ArxivId(f"2606.{number:05}"))
    made: Verdict = replace(sheet(of, analysis(of)).verdict, paper=of.id, score=score, dropped_claims=dropped)
    return Shown(of, replace(made, provenance=replace(made.provenance, cost_usd=cost)), date(2026, 6, 2), AT)


def of(*them: Shown, **votes: tuple[int, int]) -> WeekFacts:
    lens = them[0].verdict.provenance.lens if them else "plain"
    tallies = {(ArxivId(f"2606.{name[1:].zfill(5)}"), lens): Tally(*counts) for name, counts in votes.items()}
    return WeekFacts(them, tallies)


def made(*them: Shown, **votes: tuple[int, int]) -> Report:
    return make_report(WEEK, of(*them, **votes), LENSES)


def ids(them: tuple[Shown, ...]) -> list[int]:
    return [int(str(one.paper.id)[5:]) for one in them]


def test_the_five_most_revealing_come_first_and_ties_are_stable() -> None:
    them = [shown(number, score=50 + (number % 3)) for number in range(1, 12)]
    first = made(*them).revealing
    assert len(first) == 5
    for seed in range(5):
        mixed = list(them)
        Random(seed).shuffle(mixed)
        assert ids(made(*mixed).revealing) == ids(first)


def test_a_paper_seen_through_two_lenses_is_counted_once() -> None:
    one = shown(1)
    provenance = replace(one.verdict.provenance, lens="reproducibility")
    other = replace(one, verdict=replace(one.verdict, provenance=provenance, score=10))
    report = made(one, other)
    assert (report.shown, len(report.revealing)) == (1, 1)


def test_t25_a_withdrawn_paper_is_left_out_everywhere() -> None:
    gone = shown(1, score=99, comment="This paper has been withdrawn by its authors", dropped=7, cost=9.0)
    report = made(gone, shown(2, score=10), n1=(5, 5))
    assert ids(report.revealing) == [2]
    assert (report.argued, report.dropped_claims, report.cost_usd, report.shown) == (None, 0, 0.0, 1)


def test_the_most_argued_about_is_where_both_sides_are_many() -> None:
    report = made(shown(1), shown(2), shown(3), n1=(9, 0), n2=(2, 3), n3=(0, 1))
    assert report.argued is not None
    assert ids((report.argued[0],)) == [2]
    assert ids(tuple(one for one, _ in report.disagreed)) == [2, 3]


def test_its_menu_has_each_paper_that_it_names_once_by_its_whole_title_and_its_headline() -> None:
    report = made(*(shown(number) for number in range(1, 8)), n7=(1, 2))
    post = report_post(report, LENSES, str)
    assert post.menu is not None
    ids = [item.value.split()[0] for item in post.menu.items]
    assert ids == [f"2606.0000{number}" for number in (1, 2, 3, 4, 5, 7)]
    assert {(item.label, item.about) for item in post.menu.items} == {
        ("An Agent for Letters", "Takes the clerk out of the letter.")
    }


def test_claims_and_cost_are_added_up() -> None:
    report = made(shown(1, dropped=2, cost=0.25), shown(2, dropped=1, cost=0.5))
    assert (report.dropped_claims, report.cost_usd) == (3, 0.75)
    text = report_post(report, LENSES, str).text
    assert "3 claims were dropped for want of evidence. The verdicts cost 0.75 USD." in text


def test_t25_an_empty_week_says_so_in_one_line() -> None:
    post = report_post(made(), LENSES, str, ("cs.AI",))
    assert post.text == "The Cope Report · cs.AI · 1 to 7 June 2026: a quiet week, nothing was posted here."
    assert "so far" in report_post(made(), LENSES, str, today=date(2026, 6, 3)).text


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2026, 6, 1), "1 June 2026, so far"),
        (date(2026, 6, 3), "1 to 3 June 2026, so far"),
        (date(2026, 6, 7), "1 to 7 June 2026"),
        (None, "1 to 7 June 2026"),
    ],
)
def test_a_week_that_is_not_over_names_no_day_to_come(today: date | None, days: str) -> None:
    post = report_post(made(shown(1)), LENSES, str, ("cs.AI",), today=today)
    assert post.lines[0].text == f"The Cope Report · cs.AI · {days}"


@pytest.mark.parametrize(
    ("papers", "words"),
    [(1, "The first that touches"), (2, "The first two that touch"), (9, "The first five that touch")],
)
def test_how_many_papers_by_rule_are_named_is_told(papers: int, words: str) -> None:
    them = [shown(number) for number in range(1, papers + 1)]
    touching = (TouchedTrade("office work", "clerks"),)
    by_rule = [replace(one, verdict=replace(one.verdict, short=None, analysis=None, trades=touching)) for one in them]
    assert f"{words} a line of work, in order of matching words:" in report_post(made(*by_rule), LENSES, str).text


def test_what_nobody_judged_is_called_first_and_not_most_revealing() -> None:
    one = shown(1)
    by_rule = replace(one, verdict=replace(one.verdict, short=None, analysis=None))
    assert "in order of matching words:" in report_post(made(by_rule), LENSES, str).text
    assert "revealing" not in report_post(made(by_rule), LENSES, str).text
    assert "The most revealing:" in report_post(made(one), LENSES, str).text


def test_the_report_names_what_it_counts() -> None:
    text = report_post(made(shown(1), shown(2), n1=(1, 2)), LENSES, str).text
    assert "2 papers were read here." in text
    assert "Most argued about" in text
    assert "Where readers disagreed with the verdict" in text
    assert "1 agrees, 2 disagree" in text


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (IsoWeek(2026, 23), "1 to 7 June 2026"),
        (IsoWeek(2026, 22), "25 to 31 May 2026"),
        (IsoWeek(2026, 27), "29 June to 5 July 2026"),
        (IsoWeek(2026, 53), "28 December 2026 to 3 January 2027"),
    ],
)
def test_a_week_is_named_by_its_days(week: IsoWeek, said: str) -> None:
    assert week_words(week) == said


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2200, 1, 1)))
def test_a_week_survives_its_written_form(day: date) -> None:
    week = IsoWeek.of(day)
    assert IsoWeek.parse(str(week)) == week
    assert week.monday <= day <= week.sunday


# when it is due


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "due"),
    [
        ("2026-06-08 08:59", "Europe/Berlin", None),
        ("2026-06-08 09:00", "Europe/Berlin", IsoWeek(2026, 23)),
        ("2026-06-08 23:59", "Europe/Berlin", IsoWeek(2026, 23)),
        ("2026-06-09 00:00", "Europe/Berlin", None),
        ("2026-06-07 23:59", "Pacific/Auckland", None),
        ("2026-06-08 09:00", "Pacific/Auckland", IsoWeek(2026, 23)),
        ("2026-06-08 09:00", "America/Los_Angeles", IsoWeek(2026, 23)),
        ("2027-01-04 09:00", "UTC", IsoWeek(2026, 53)),
        ("2026-03-30 09:00", "Europe/Berlin", IsoWeek(2026, 13)),  # the clocks changed the night before
        ("2026-10-26 09:00", "Europe/Berlin", IsoWeek(2026, 43)),
    ],
)
def test_t25_a_report_is_due_on_monday_from_its_hour_until_the_day_is_over(
    moment: str, zone: str, due: IsoWeek | None
) -> None:
    assert due_week(at(moment, zone), NINE, zone) == due


@given(
    st.integers(min_value=1_577_836_800, max_value=2_208_988_800),
    st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kolkata", "Australia/Lord_Howe"]
    ),
    st.times(),
)
def test_t25_whatever_the_clocks_do_one_week_is_due_at_a_time_and_it_is_over(
    seconds: int, zone: str, hour: time
) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    week = due_week(now, hour.replace(second=0, microsecond=0), zone)
    if week is None:
        return
    assert report_moment(week, hour.replace(second=0, microsecond=0), zone) <= now
    assert week.bounds(zone)[1] <= now
    assert now - week.bounds(zone)[1] <= timedelta(hours=26)


def test_the_bounds_of_weeks_meet() -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Pacific/Apia"):
        for week in (IsoWeek(2026, 12), IsoWeek(2026, 13), IsoWeek(2026, 43), IsoWeek(2026, 44)):
            after = IsoWeek.of(week.sunday + timedelta(days=1))
            assert week.bounds(zone)[1] == after.bounds(zone)[0]


def test_what_has_not_enough_text_to_say_has_no_place_in_the_report() -> None:
    silent = shown(1, score=100)
    assert silent.verdict.short is not None
    said = replace(silent.verdict.short, too_little="It is one line.")
    silent = replace(silent, verdict=replace(silent.verdict, interest=99, short=said))
    assert ids(made(silent, shown(2)).revealing) == [2]


# what a model's labels add up to


def judged(number: int, *, work: PremiseLabel = PremiseLabel.HOLDS, score: int = 50, **labels: Label) -> Shown:
    """A paper that a model judged, with the labels of those items; every other is absent."""
    one = shown(number, score=score)
    premises = (PremiseFinding("work", work), PremiseFinding("system", PremiseLabel.UNCLEAR))
    return replace(one, verdict=replace(one.verdict, premises=premises, findings=findings(one.paper, lens(), **labels)))


def scanned(number: int, *, touches: bool) -> Shown:
    one = shown(number)
    by_rule = replace(one.verdict.provenance, analyst=AnalystKind.SCAN, model=None)
    trades = one.verdict.trades if touches else ()
    return replace(one, verdict=replace(one.verdict, provenance=by_rule, short=None, analysis=None, trades=trades))


def test_the_weeks_bars_count_what_papers_about_peoples_work_name() -> None:
    said, not_said = Label.ADDRESSED, PremiseLabel.DOES_NOT
    them = [judged(1, worker=said, pays=said), judged(2, worker=said), judged(3), judged(4, work=not_said, pays=said)]
    post = report_post(made(*them), LENSES, str)
    assert post.chart is not None
    assert post.chart.bars == (
        Bar("who does this work today", 2, 3),
        Bar("who gains", 0, 3),
        Bar("who pays", 1, 3),
        Bar("who checks the output", 0, 3),
    )
    drawn = [one.text for one in post.lines if one.role is LineRole.BAR]
    assert drawn[0] == "███████░░░  who does this work today: 2 of 3"
    assert len(drawn) == 4
    assert "a system that does people's work (3), how many name each:" in post.text


def test_rules_make_no_bars_and_no_scores() -> None:
    post = report_post(made(scanned(1, touches=True), scanned(2, touches=True)), LENSES, str)
    assert post.chart is None
    assert not [one for one in post.lines if one.role is LineRole.BAR]
    assert "score" not in post.text
    assert "omission" not in post.text


def test_a_week_that_no_model_judged_says_what_ranks_it_in_place_of_claims_and_cost() -> None:
    text = report_post(made(scanned(1, touches=True)), LENSES, str).text
    assert "No model judged these papers" in text
    assert "claims were dropped" not in text
    assert "cost" not in text


def test_the_weeks_scores_stand_beside_the_papers_and_together() -> None:
    text = report_post(made(judged(1, score=91), judged(2, score=12), judged(3, score=58)), LENSES, str).text
    assert "omission score 91" in text
    assert "3 papers, from 12 to 91, half of them at 58 or more" in text
    assert "1 paper, at 40" in report_post(made(judged(1, score=40)), LENSES, str).text


def test_a_paper_of_which_nothing_can_be_said_in_a_line_is_not_among_the_most_revealing() -> None:
    report = made(scanned(1, touches=False), scanned(2, touches=True))
    assert ids(report.revealing) == [2]
    assert report.shown == 2


def test_what_is_outside_its_lens_is_in_no_part_of_the_report() -> None:
    outside = judged(1, work=PremiseLabel.DOES_NOT)
    premises = tuple(replace(one, label=PremiseLabel.DOES_NOT) for one in outside.verdict.premises)
    outside = replace(outside, verdict=replace(outside.verdict, premises=premises))
    report = made(outside, n1=(1, 5))
    assert (report.revealing, report.argued, report.disagreed, report.scores) == ((), None, (), ())


def test_a_report_of_a_lens_that_is_gone_names_none_of_its_papers() -> None:
    one = shown(1)
    gone = replace(one.verdict, provenance=replace(one.verdict.provenance, lens="gone"))
    post = report_post(made(replace(one, verdict=gone)), LENSES, str)
    assert "An Agent for Letters" not in post.text


def test_the_notification_of_a_report_names_category_and_week() -> None:
    for them in ((), (judged(1),)):
        post = report_post(made(*them), LENSES, str, ("cs.AI", "econ.GN"))
        assert post.notification.startswith("The Cope Report · cs.AI, econ.GN · 1 to 7 June 2026")
