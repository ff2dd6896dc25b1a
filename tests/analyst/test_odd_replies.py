"""Replies that fit their form and say what is not theirs to say: what comes of each, in both sizes."""

from typing import Any

import pytest

from bot.analyst.endpoints.response import ModelResponse
from bot.analyst.verdicts.analysis_reply import ReadAnalysis, texts_of
from bot.analyst.verdicts.short_reply import ReadShort
from bot.analyst.verdicts.validate import Weighing
from bot.core.verdicts.call import CallOutcome
from bot.core.verdicts.verdict import Basis, BasisKind
from bot.lenses.load import load_lenses
from bot.text.split import split
from tests.analyst.conftest import paper
from tests.fakes.replies import as_text, good_analysis, good_reply

LENS = load_lenses(None)["discontinuity"]
FALLACY = frozenset({1})
ABSTRACT = (
    "Letters are still sorted by hand. A system sorts them. It is right for 93 of 100 letters. "
    "Code stands at https://post.example/code, as in 2401.00007."
)


def weighing(abstract: str = ABSTRACT) -> Weighing:
    of = paper(abstract=abstract)
    return Weighing(of, LENS, split(abstract), Basis(BasisKind.ABSTRACT, len(abstract), len(abstract)))


def short(text: str | None = None, *, repaired: bool = False, **changes: Any) -> ReadShort:
    text = text or as_text(good_reply(LENS) | changes)
    return weighing().short(ModelResponse(CallOutcome.ANSWERED, text=text), repaired)


def further(text: str | None = None, *, repaired: bool = False, **changes: Any) -> ReadAnalysis:
    text = text or as_text(good_analysis(LENS) | changes)
    return weighing().analysis(ModelResponse(CallOutcome.ANSWERED, text=text), repaired, FALLACY)


NOT_THEIRS = {
    "another paper's number": ("Does what arXiv:2405.12345v2 does to the sorter.", '"2405.12345": no sentence has'),
    "an address": ("Sorts the post, see https://evil.example/x.", '"https://evil.example/x": no sentence has'),
    "an address without a scheme": ("Sorts the post: www.evil.example.", '"www.evil.example": no sentence has'),
    "a band": ("Sorts the post and is TERMINAL COPIUM.", '"TERMINAL COPIUM": the score and its name are counted'),
    "a score": ("Sorts the post and leaves out 88/100.", '"88/100": no sentence says it'),
}


@pytest.mark.parametrize(("words", "told"), NOT_THEIRS.values(), ids=NOT_THEIRS)
@pytest.mark.parametrize("repaired", [False, True])
def test_what_only_the_program_says_is_told_and_never_shown(words: str, told: str, repaired: bool) -> None:
    of_short = short(headline=words, repaired=repaired)
    closing = f"By this thesis: {words}"
    of_analysis = further(closing=closing, repaired=repaired)
    for read in (of_short, of_analysis):
        assert read.reply is None
        assert any(fault.startswith(told) for fault in read.faults), read.faults


OF_THE_TEXT = [
    "Right for 93 of 100 letters, and the sorter is gone.",
    "Sorts the post with https://post.example/code.",
    "Sorts the post as in arXiv:2401.00007.",
    "Sorts the post, says 2606.00005 of itself.",
    "A lucid account of the sorted post.",
    "Costs 2405.5 a month and 12 of 1000 letters.",
]


@pytest.mark.parametrize("words", OF_THE_TEXT)
def test_what_the_text_says_itself_may_be_said(words: str) -> None:
    assert short(headline=words).reply
    assert further(closing=f"By this thesis: {words}").reply


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("It sorts [1].", "It sorts."),
        ("It sorts [1, 3] and [99].", "It sorts and."),
        ("It sorts [S2], fast (sentence 2).", "It sorts, fast."),
        ("It sorts (sentences 2–4) all.", "It sorts all."),
        ("It sorts (s. 2) [sentence 14] all.", "It sorts all."),
        ("It maps to [0, 1] since [2021] (2 days).", "It maps to [0, 1] since [2021] (2 days)."),
    ],
)
def test_marks_that_a_model_sets_itself_are_not_shown_beside_the_programs(words: str, shown: str) -> None:
    read = further(dissection={"text": f"That is plain. {words}", "cites": [2]})
    assert read.reply
    assert texts_of(read.reply)[0] == f"That is plain. {shown}"
    said = short(does=words)
    assert said.reply
    assert said.reply.does == shown


@pytest.mark.parametrize("cite", ["1-3", "the first", "S9", "[4; 5]", ""])
def test_a_number_that_cannot_be_read_takes_its_claim_with_it_and_nothing_else(cite: str) -> None:
    line = good_reply(LENS)["core_fallacy"]["line"]
    changes: dict[str, Any] = {"core_fallacy": {"cites": [cite], "line": line}}
    assert short(**changes).reply is None, "it is asked for once"
    read = short(**changes, repaired=True)
    assert read.reply
    assert (read.reply.core_fallacy, read.fallacy_dropped, read.dropped) == (None, True, 1)
    whole = good_analysis(LENS)["hidden_assumptions"][0]
    found = further(hidden_assumptions=[whole, whole | {"cites": [cite]}], repaired=True)
    assert found.reply
    assert (len(found.reply.hidden_assumptions), found.dropped) == (1, 1)


@pytest.mark.parametrize("cite", ["S1", "s 1", "sentence 1", "[1]", "1"])
def test_a_number_that_can_be_read_is_read(cite: str) -> None:
    read = short(core_fallacy={"cites": [cite], "line": good_reply(LENS)["core_fallacy"]["line"]})
    assert read.reply
    assert read.reply.core_fallacy
    assert read.reply.core_fallacy.cites == [1]


def test_half_an_object_a_thought_and_the_other_size_are_no_reply() -> None:
    whole, other = as_text(good_reply(LENS)), as_text(good_analysis(LENS))
    assert short(whole[: len(whole) - 2]).reply is None
    assert short(f"<think>Now {whole}").reply is None
    assert short(other).reply is None
    assert further(other[: len(other) // 2]).reply is None
    assert further(f"<think>{other}").reply is None
    assert further(whole).reply is None
    assert short(f"<think>{other}</think>```json\n{whole}\n```\nThat is all.").reply
    assert further(f"<think>{whole}</think>\n```\n{other}```").reply
