"""The object in a model's text, where thoughts and braces stand around it and in it."""

import json

import pytest

from bot.analyst.endpoints.extract import NoObject, extract

KEYS = ("does", "verdict")
GOOD = {"does": "Rewards what stands between <think> and </think>.", "verdict": "A <think> tag is rewarded."}


@pytest.mark.parametrize("before", ["", '<think>I draft {"does": 1}.</think>\n', "```json\n", "so be it</think> "])
def test_marks_of_thoughts_in_the_answers_own_words_stay(before: str) -> None:
    assert extract(before + json.dumps(GOOD), KEYS) == GOOD


def test_a_draft_in_a_thought_is_not_the_answer() -> None:
    draft = json.dumps({"does": "a draft", "verdict": "a draft"})
    assert extract(f"<think>{draft}</think>{json.dumps(GOOD)}", KEYS) == GOOD
    with pytest.raises(NoObject):
        extract(f"<think>{draft}", KEYS)


def test_the_brace_of_a_formula_hides_nothing() -> None:
    assert extract("For all {x in S we get:\n" + json.dumps(GOOD), KEYS) == GOOD


def test_tags_without_end_are_read_in_one_pass() -> None:
    for text in ("<think>" * 14_000, "</think>" * 14_000, "<think></think>" * 6_000):
        with pytest.raises(NoObject):
            extract(text, KEYS)
