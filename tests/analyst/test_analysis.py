"""The analysis: one further call, which is given the short verdict and may not contradict it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.analyst.verdicts.schema import WORDS_ASKED
from bot.core.verdicts.call import ANALYSIS, VERDICT
from bot.core.verdicts.verdict import Analysis, Label, NoAnalysis, Verdict, Wait
from bot.store.database.tables import calls
from tests.analyst.conftest import Desk, paper
from tests.fakes.openai_server import Answer, replies, says, status
from tests.fakes.replies import as_text, good_analysis, good_reply


async def analysed(desk: Desk, *answers: Answer, verdict: Verdict | None = None) -> Analysis | NoAnalysis | Wait:
    """What comes of the analysis of that verdict (or a good one) when the server answers so."""
    verdict = verdict or await desk.verdict()
    desk.server.will(*answers)
    return await desk.analyst.analyse(verdict, paper(), None, desk.lens, desk.store)


async def written(desk: Desk, *answers: Answer, verdict: Verdict | None = None) -> Analysis:
    found = await analysed(desk, *answers, verdict=verdict)
    assert isinstance(found, Analysis), found
    return found


async def test_an_analysis_is_one_further_call_that_is_given_the_short_verdict(desk: Desk) -> None:
    verdict = await desk.verdict()
    found = await written(desk, verdict=verdict)
    assert found.dissection.evidence[0].words == "Letters are still sorted by hand."
    assert found.closing == "The letters arrive; nobody hands them over."
    assert found.made is not None
    assert (found.made.model, found.made.tokens_out) == ("fake/model", 700)
    short, further = desk.server.asked
    assert short.short is None
    given = further.short
    assert given is not None
    assert verdict.short is not None
    assert (given["headline"], given["does"]) == (verdict.short.headline, verdict.short.does)
    assert given["core_fallacy"]["cites"] == [1]
    assert set(given["checklist"]) == {one.key for one in desk.lens.checklist}
    assert [item.name for item in desk.lens.classes if f"- {item.name}: " not in further.system] == []
    assert not any(f"- {item.name}: " in short.system for item in desk.lens.classes)


async def test_the_row_of_a_call_says_which_size_it_was_for(desk: Desk) -> None:
    await written(desk)
    async with desk.store._database.read() as connection:
        rows = (await connection.execute(calls.select().order_by(calls.c.id))).all()
    assert [row.wanted for row in rows] == [VERDICT, ANALYSIS]
    usual = [await desk.store.usual_usage("fake/model", wanted) for wanted in (VERDICT, ANALYSIS, "answer")]
    assert [one.tokens_out if one else None for one in usual] == [700, 700, None]


async def test_asked_again_after_a_kill_the_stored_analysis_is_read(desk: Desk) -> None:
    verdict = await desk.verdict()
    first = await written(desk, verdict=verdict)
    again = await written(desk, verdict=verdict)
    assert (first, len(desk.server.asked)) == (again, 2)


async def test_a_model_that_finds_the_short_verdict_wrong_says_so_once_and_nothing_is_shown(desk: Desk) -> None:
    found = await analysed(desk, replies(disagrees="Sentence 4 does say who checks it."))
    assert found == NoAnalysis("Sentence 4 does say who checks it.", disagrees=True)
    assert len(desk.server.asked) == 2, "it is not talked out of it"


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ({}, {"core_fallacy": None}),
        ({"core_fallacy": None}, {"core_fallacy": {"assumed": "It waits.", "instead": "It reads.", "cites": [1]}}),
        ({}, {"core_fallacy": {"assumed": "It waits.", "instead": "By this thesis, it reads.", "cites": [3]}}),
    ],
    ids=["none where there is one", "one where there is none", "another one"],
)
async def test_a_fallacy_is_that_of_the_short_verdict_or_the_analysis_is_not_shown(
    desk: Desk, short: dict[str, Any], long: dict[str, Any]
) -> None:
    desk.server.will(replies(**short))
    verdict = await desk.verdict()
    found = await analysed(desk, replies(**long), replies(**long), verdict=verdict)
    assert isinstance(found, NoAnalysis)
    assert found.disagrees
    assert "short verdict" in desk.server.asked[-1].body["messages"][3]["content"], "it is told once"
    assert len(desk.server.asked) == 3


@pytest.mark.parametrize(
    ("said", "is_shown"),
    [
        ("By this thesis, the bill is due. The abstract does not mention who pays.", False),
        ("By this thesis, no sentence says who does this work today.", False),
        ("By this thesis, the abstract leaves out limits, and says nothing of failures.", True),
        ("By this thesis, the abstract never names limits and failures.", False),
        ("By this thesis, the abstract does not mention who gains.", True),
        ("By this thesis, the sorter is who pays, and the abstract does not mention that.", True),
    ],
)
async def test_an_analysis_that_denies_what_the_short_verdict_found_is_told_once_and_then_not_shown(
    desk: Desk, said: str, is_shown: bool
) -> None:
    checklist = good_reply(desk.lens, addressed=("pays", "worker", "limits"))["checklist"]
    desk.server.will(replies(checklist=checklist, telling=["gains"]))
    verdict = await desk.verdict()
    assert {one.item for one in verdict.labelled(Label.ADDRESSED)} == {"pays", "worker", "limits"}
    found = await analysed(desk, *[replies(verdict=said)] * (1 if is_shown else 2), verdict=verdict)
    if is_shown:
        assert isinstance(found, Analysis)
        return
    assert isinstance(found, NoAnalysis)
    assert found.disagrees
    assert "a sentence states it" in desk.server.asked[-1].body["messages"][3]["content"]


async def test_clean_work_has_no_assumption_and_no_class_forced_on_it(desk: Desk) -> None:
    desk.server.will(replies(core_fallacy=None))
    verdict = await desk.verdict()
    found = await written(desk, replies(hidden_assumptions=[], classes=[]), verdict=verdict)
    assert (found.fallacy, found.assumptions, found.classes) == (None, (), ())
    assert len(desk.server.asked) == 2


async def test_too_many_words_are_asked_to_be_fewer_and_after_that_assumptions_leave(desk: Desk) -> None:
    one = {"proposition": "Faster is better.", "exposure": "By this thesis, " + "word " * 40, "cites": [1]}
    many = replies(hidden_assumptions=[one] * 5, verdict="By this thesis, " + "word " * 110)
    found = await written(desk, many, many)
    assert f"at most {WORDS_ASKED} are allowed" in desk.server.asked[-1].body["messages"][3]["content"]
    assert 0 < len(found.assumptions) < 5
    assert found.verdict.count("word") == 110, "what stays is whole"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"verdict": "The measurement is real. What follows is a smaller room."}, "by this thesis"),
        ({"dissection": {"text": "It solves the sorting of letters.", "cites": [1]}}, 'no sentence says "solves"'),
        ({"closing": "Letter after letter after letter. " * 4}, "write it shorter"),
        ({"dissection": {"text": "It sorts the letters of today.", "cites": [9]}}, "cites 9"),
    ],
    ids=["unmarked", "overstated", "long", "no such sentence"],
)
async def test_what_is_wrong_with_an_analysis_is_told_once(desk: Desk, change: dict[str, Any], told: str) -> None:
    await written(desk, replies(**change))
    assert told in desk.server.asked[-1].body["messages"][3]["content"]


REFUSED = {
    "refusal": says("I'm sorry, but I can't help with that."),
    "another task": says('{"summary": "Letters."}'),
    "a short verdict": says('{"headline": "Sorts letters.", "does": "Sorts letters fast.", "core_fallacy": null}'),
    "500": status(500, "boom"),
}


@pytest.mark.parametrize("answer", REFUSED.values(), ids=REFUSED)
async def test_a_failure_leaves_no_analysis_and_a_reason(desk: Desk, answer: Answer) -> None:
    found = await analysed(desk, answer, answer)
    assert isinstance(found, Wait)
    assert found.reason


async def test_what_surrounds_an_analysis_is_read_past(desk: Desk) -> None:
    text = as_text(good_analysis(desk.lens))
    await written(desk, says(f"<think>{{1}}</think>\n```json\n{text}\n```"))
    assert len(desk.server.asked) == 2


async def test_people_and_orders_of_the_text_go_nowhere(desk: Desk) -> None:
    verdict = await desk.verdict()
    await written(desk, verdict=verdict)
    sent = json.dumps(desk.server.asked[1].body)
    assert "A. Author" not in sent
    assert "2606" not in sent
    named = replies(closing="Given Surname hands nothing over.")
    of = paper(authors="Given Surname")
    desk.server.will(named, named)
    found = await desk.analyst.analyse(await desk.verdict(of), of, None, desk.lens, desk.store)
    assert isinstance(found, Analysis)
    assert "Surname" not in found.closing


async def test_a_short_verdicts_texts_that_stay_too_long_are_kept_whole_and_what_says_too_much_goes(desk: Desk) -> None:
    desk.server.will(*[replies(does="Sorts letters " * 11 + ".", headline="Solves the sorting of letters.")] * 2)
    verdict = await desk.verdict()
    assert verdict.short is not None
    assert verdict.short.does.startswith("Sorts letters Sorts letters")
    assert len(verdict.short.does) > 140
    assert verdict.short.headline == ""
    assert verdict.dropped_claims == 1
    told = desk.server.asked[1].body["messages"][3]["content"]
    assert '"does" has 155 characters; at most 140 are allowed: write it shorter.' in told
    assert '"headline": no sentence says "Solves"' in told


async def test_a_text_outside_the_lens_has_no_score_no_fallacy_and_no_analysis(desk: Desk) -> None:
    closed = {one.key: "does not" for one in desk.lens.premises}
    desk.server.will(replies(premises=closed, checklist=None, core_fallacy=None, telling=[], headline=""))
    verdict = await desk.verdict()
    assert verdict.is_outside
    assert (verdict.score, verdict.can_be_analysed, verdict.says_enough) == (None, False, False)
    assert verdict.short is not None
    assert (verdict.short.headline, verdict.short.fallacy, verdict.short.omissions) == ("", None, ())


async def test_what_a_premise_does_not_ask_is_not_applicable_by_the_program_and_no_omission(desk: Desk) -> None:
    asked, *others = desk.lens.checklist
    needy = replace(asked, needs=("work",))
    desk.lens = replace(desk.lens, checklist=(needy, *(replace(one, needs=()) for one in others)))
    premises = {one.key: {"label": "holds", "cites": [1]} for one in desk.lens.premises} | {"work": "does not"}
    desk.server.will(replies(premises=premises, telling=[asked.key]))
    verdict = await desk.verdict()
    finding = next(one for one in verdict.findings if one.item == asked.key)
    assert finding.label == "not applicable"
    assert finding.reason is not None
    assert next(one.question for one in desk.lens.premises if one.key == "work") in finding.reason
    assert verdict.short is not None
    assert verdict.short.omissions == ()
