"""The day's line: rare finds by name from a model's labels, and "none" only where a model judged all of a day."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.core.follows.edition import ClosedEdition, Disposition, EditionKey
from bot.core.follows.follow import Follow
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place
from bot.core.present.day_line import day_line
from bot.core.present.edition import digest, opening
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.verdict import Label, PremiseFinding, PremiseLabel, TouchedTrade
from tests.fakes.verdicts import findings, lens, paper, sheet

DAY = date(2026, 6, 2)


def labelled(
    number: int, *named: str, work: PremiseLabel = PremiseLabel.HOLDS, scan: bool = False, title: str = ""
) -> PaperView:
    """A paper of which the premise `work` is so, and which names those items; the odd ones touch a trade."""
    of = paper(id=ArxivId(f"2606.{number:05}"), title=title or f"Desk{number}: Letters without clerks")
    found = findings(of, lens(), **dict.fromkeys(named, Label.ADDRESSED))
    trades = (TouchedTrade("surveying", "surveyors"),) if number % 2 else ()
    return sheet(of, scan=scan, findings=found, premises=(PremiseFinding("work", work),), trades=trades)


def told(*sheets: PaperView, is_whole: bool = True) -> str:
    found = day_line(sheets, lens(), is_whole=is_whole)
    return found.text if found else ""


def test_rare_finds_are_named_with_their_papers() -> None:
    assert told(labelled(1, "worker"), labelled(2, "worker", "pays"), labelled(3)) == (
        "Names who does this work today: 2 papers, “Desk1” (surveying), “Desk2”. Names who gains: no paper. "
        "Names who pays: one paper, “Desk2”. Names who checks the output: no paper."
    )


def test_none_is_said_only_where_a_model_judged_all() -> None:
    assert told(labelled(1, "pays"), labelled(2, scan=True)) == "Names who pays: one paper, “Desk1” (surveying)."
    assert told(labelled(1, "pays"), is_whole=False) == "Names who pays: one paper, “Desk1” (surveying)."


def test_by_rule_nothing_is_said() -> None:
    assert told(labelled(1, "pays", scan=True)) == ""


def test_what_many_name_is_no_rare_find() -> None:
    assert "this work today" not in told(*(labelled(number, "worker") for number in range(1, 5)))


def test_what_another_paper_names_is_not_said_to_be_named_by_none() -> None:
    other = labelled(2, "gains", work=PremiseLabel.DOES_NOT)
    assert "Names who gains: one paper, “Desk2”." in told(labelled(1, "pays"), other)


def test_it_is_about_papers_that_do_peoples_work() -> None:
    assert told(labelled(1, "worker", work=PremiseLabel.DOES_NOT)) == ""
    assert day_line((labelled(1, "worker"),), replace(lens(), week=None), is_whole=True) is None


def test_a_paper_that_was_withdrawn_is_not_named_and_does_not_hinder() -> None:
    gone = labelled(1, "pays")
    gone = replace(gone, paper=replace(gone.paper, comment="This paper has been withdrawn by the authors."))
    said = told(gone, labelled(2, "gains"))
    assert "Desk1" not in said
    assert "Names who pays: no paper." in said


def test_a_long_title_is_cut_at_a_word() -> None:
    said = told(
        labelled(2, "pays", title="A Very Long Title about Letters and the Clerks who Wrote Them"), is_whole=False
    )
    assert said == "Names who pays: one paper, “A Very Long Title about Letters and the Clerks…”."


def test_it_stands_in_opening_and_digest_under_the_figures_and_links_to_its_papers() -> None:
    finds = day_line((labelled(1, "pays"),), lens(), is_whole=False)
    key, follow = EditionKey("f", DAY), Follow("f", Place("console", "main"), ("cs.AI",))
    day = ClosedEdition(key, follow, datetime(2026, 6, 2, 9, tzinfo=UTC), {Disposition.LISTED: 1})
    for post in (opening(day, finds=finds), digest(day, (), finds=finds)):
        assert post.lines[2] == finds
        assert post.lines[2].spans[1].paper == ArxivId("2606.00001")
