"""The kill harnesses in short on our Discord and Slack: posts while a day goes out, and answers while people ask."""

from pathlib import Path

import pytest

from tests.kill.harness import TARGETS, Harness
from tests.kill.invented import DAYS
from tests.kill.remarks import RemarkHarness
from tests.kill.targets import DiscordTarget, SlackTarget


@pytest.mark.parametrize("on", ["discord-without-nonces", "slack-socket", "slack-http"])
async def test_nothing_is_lost_and_nothing_posted_twice(tmp_path: Path, on: str) -> None:
    harness = Harness(tmp_path, DAYS[:1], processes=2, kills=8, delay=0.02, seed=2, target=TARGETS[on]())
    outcome = await harness.run(vanish=1 / 3)
    assert (outcome.lost, outcome.double, outcome.untrue) == (set(), set(), []), str(outcome)
    assert outcome.posts >= 19, str(outcome)
    assert outcome.kills.total() >= 4, str(outcome)


@pytest.mark.parametrize("on", ["discord", "socket", "http"])
async def test_t18_every_question_that_was_stored_is_answered_once(tmp_path: Path, on: str) -> None:
    target = DiscordTarget(nonce_seconds=0) if on == "discord" else SlackTarget(on, factor=100.0)
    answers = await RemarkHarness(tmp_path, target, kills=3, seed=3, pause=1.0).run(vanish=1 / 3)
    assert (answers.lost, answers.double) == (set(), set()), str(answers)
    assert answers.stored >= 2, str(answers)
    assert answers.kills.total() == 3, str(answers)
