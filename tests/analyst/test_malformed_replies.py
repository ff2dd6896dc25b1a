"""Replies that are not as they should be, over the whole path: no fake verdict, no crash, a reason each time."""

from collections import Counter

import pytest

from bot.analyst.endpoints.response import ModelResponse
from bot.analyst.verdicts.compose import analysis_of, provenance, verdict_of
from bot.analyst.verdicts.numbered_text import NumberedText
from bot.analyst.verdicts.short_reply import read_short
from bot.analyst.verdicts.validate import Weighing
from bot.core.verdicts.call import CallOutcome, Usage
from bot.core.verdicts.verdict import Analysis, Verdict, Wait
from bot.lenses.load import load_lenses
from tests.analyst.conftest import NOON, Desk, paper
from tests.fakes.malformed import Case, assert_analysis_sound, assert_sound, cases, is_json, mutated
from tests.fakes.openai_server import says
from tests.fakes.replies import as_text, good_reply

LENS = load_lenses(None)["discontinuity"]
CASES = cases(LENS)
AUTHORS = "Given Surname, A. Author"
IN_DEVELOPMENT = range(1, 121)
HELD_OUT = range(70_001, 70_201)


def test_the_corpus_is_as_large_and_as_various_as_promised() -> None:
    kinds = Counter(case.kind for case in CASES)
    assert len(CASES) >= 60
    assert len(kinds) >= 15
    assert max(kinds.values()) <= 5
    assert len({case.text for case in CASES}) == len(CASES)


def test_an_unclear_premise_keeps_the_sentence_that_hints_at_it() -> None:
    reply = good_reply(LENS)
    reply["premises"]["use"] = {"label": "unclear", "cites": [2, 40]}
    read = read_short(as_text(reply), LENS, 3)
    assert read.reply is not None
    assert (read.reply.premises["use"].label, read.reply.premises["use"].cites) == ("unclear", [2])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.what}")
async def test_a_malformed_reply_makes_no_fake_verdict(desk: Desk, case: Case) -> None:
    of = paper(authors=AUTHORS)
    if case.is_analysis:
        await check_analysis(desk, case)
        return
    desk.server.always = says(case.text)
    answer = await desk.judge(of)
    if case.is_kept:
        assert isinstance(answer, Verdict), answer
        assert answer.dropped_claims == case.dropped
        assert_sound(answer, of, desk.lens, case.text)
    else:
        assert isinstance(answer, Wait), f"a verdict was made of {case.text[:200]}"
        assert answer.reason
        assert len(desk.server.asked) <= 2


async def check_analysis(desk: Desk, case: Case) -> None:
    of = paper(authors=AUTHORS)
    verdict = await desk.verdict(of)
    desk.server.always = says(case.text)
    found = await desk.analyst.analyse(verdict, of, None, desk.lens, desk.store)
    if case.is_kept:
        assert isinstance(found, Analysis), found
        assert found.dropped_claims == case.dropped
        assert_analysis_sound(found, of, desk.lens, case.text)
    else:
        assert not isinstance(found, Analysis), f"an analysis was made of {case.text[:200]}"
        assert found.reason
        assert len(desk.server.asked) <= 3


def check_mutated(seed: int) -> None:
    """Read one mutated reply of each size as the analyst does, before a repair or after it."""
    of, forgiving = paper(authors=AUTHORS), bool(seed % 2)
    pointing = NumberedText(of)
    weighing = Weighing(of, LENS, pointing.sentences, pointing.basis(4))
    text = mutated(LENS, seed)
    read = weighing.short(ModelResponse(CallOutcome.ANSWERED, text), forgiving)
    if read.fits:
        verdict = verdict_of(of, LENS, read, sentences=4, model="m", fingerprint="f", usage=Usage(), judged_at=NOON)
        assert_sound(verdict, of, LENS, text)
    else:
        assert read.faults
    text = mutated(LENS, seed, is_analysis=True)
    further = weighing.analysis(ModelResponse(CallOutcome.ANSWERED, text), forgiving, frozenset((1,)))
    if further.reply is not None and not further.disagrees:
        made = analysis_of(further.reply, pointing, provenance(LENS, "m", "f", Usage(), NOON), further.dropped)
        assert_analysis_sound(made, of, LENS, text)
    else:
        assert further.faults or further.disagrees


def test_mutations_break_replies_in_all_ways() -> None:
    texts = [mutated(LENS, seed) for seed in IN_DEVELOPMENT]
    assert len(set(texts)) == len(texts)
    assert len(texts) / 4 < sum(is_json(text) for text in texts) < len(texts) * 3 / 4
    kept = sum(read_short(text, LENS, 4).fits for text in texts)
    assert len(texts) / 10 < kept < len(texts) * 2 / 3


@pytest.mark.parametrize("seed", IN_DEVELOPMENT)
def test_a_mutated_reply_makes_no_fake_verdict_development(seed: int) -> None:
    check_mutated(seed)


@pytest.mark.parametrize("seed", HELD_OUT)
def test_a_mutated_reply_makes_no_fake_verdict_held_out(seed: int) -> None:
    check_mutated(seed)
