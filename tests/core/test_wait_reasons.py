"""Why something waits: each reason has words for anybody, and nobody is told of a model where there is none."""

import pytest

from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.core.jobs.wait_words import TOLD, told_cause
from bot.core.present.edition import unread_words

NOTED = "model.example:8080 wrote no verdict: a fragment"
BY_PLATFORM = (WaitReason.PLATFORM, WaitReason.PLACE_CLOSED)


@pytest.mark.parametrize("why", WaitReason)
def test_each_reason_is_told_in_words_of_its_own_and_without_what_was_noted(why: WaitReason) -> None:
    told = told_cause(NotedReason(why, "" if why in BY_PLATFORM else NOTED), is_operator=False)
    assert told == TOLD[why]
    assert told.strip()
    assert list(TOLD.values()).count(told) == 1
    assert "example" not in told


@pytest.mark.parametrize("why", WaitReason)
def test_the_operator_is_told_what_was_noted_and_the_words_of_the_reason_where_nothing_was(why: WaitReason) -> None:
    assert told_cause(NotedReason(why, NOTED), is_operator=True) == NOTED
    assert told_cause(NotedReason(why), is_operator=True) == TOLD[why]


@pytest.mark.parametrize("why", [why for why in WaitReason if not (why.is_budget or why.is_model)])
def test_only_what_waits_for_a_model_names_one(why: WaitReason) -> None:
    if why is not WaitReason.MODEL_AWAITED:
        assert "model" not in told_cause(NotedReason(why, "ValueError: see the log"), is_operator=False)
    assert unread_words(why) == "unread"


@pytest.mark.parametrize("why", BY_PLATFORM)
def test_a_platform_s_first_sentence_is_told(why: WaitReason) -> None:
    noted = NotedReason(why, "Slack cannot be reached (ClientError). See slack.api_url.")
    assert told_cause(noted, is_operator=False) == "Slack cannot be reached."
