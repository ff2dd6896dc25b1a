"""Replies that are not as they should be, over the whole path: no fake verdict, no crash, a reason each time."""

from collections import Counter

import pytest

from bot.analyst.replies import read_reply
from bot.core.verdict import Verdict, Wait
from bot.lenses.load import load_lenses
from tests.analyst.conftest import Desk, paper
from tests.fakes.malformed import Case, assert_sound, cases, is_json, mutated
from tests.fakes.openai_server import says

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


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.what}")
async def test_a_malformed_reply_makes_no_fake_verdict(desk: Desk, case: Case) -> None:
    of = paper(authors=AUTHORS)
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


def check_mutated(seed: int) -> bool:
    """Read one mutated reply as the analyst does after a repair; whether it was kept."""
    from bot.analyst.answer import Answer
    from bot.analyst.compose import verdict_of
    from bot.analyst.llm import _weigh
    from bot.core.call import CallOutcome, Usage
    from tests.analyst.conftest import NOON

    of, text = paper(authors=AUTHORS), mutated(LENS, seed)
    read = _weigh(Answer(CallOutcome.ANSWERED, text), of, LENS, 4, forgiving=bool(seed % 2))
    if not read.fits:
        assert read.faults
        return False
    verdict = verdict_of(of, LENS, read, sentences=4, model="m", fingerprint="f", usage=Usage(), judged_at=NOON)
    assert_sound(verdict, of, LENS, text)
    return True


def test_mutations_break_replies_in_all_ways() -> None:
    texts = [mutated(LENS, seed) for seed in IN_DEVELOPMENT]
    assert len(set(texts)) == len(texts)
    assert len(texts) / 4 < sum(is_json(text) for text in texts) < len(texts) * 3 / 4
    kept = sum(read_reply(text, LENS, 4).fits for text in texts)
    assert len(texts) / 10 < kept < len(texts) * 2 / 3


@pytest.mark.parametrize("seed", IN_DEVELOPMENT)
def test_a_mutated_reply_makes_no_fake_verdict_development(seed: int) -> None:
    check_mutated(seed)


@pytest.mark.parametrize("seed", HELD_OUT)
def test_a_mutated_reply_makes_no_fake_verdict_held_out(seed: int) -> None:
    check_mutated(seed)
