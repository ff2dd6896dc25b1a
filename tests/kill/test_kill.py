"""The kill harness in short: a handful of kills of every kind, on invented days, with one and with three processes."""

from pathlib import Path

import pytest

from tests.kill.harness import Harness, expected_keys, papers_of
from tests.kill.invented import DAYS
from tests.kill.targets import ConsoleTarget


def test_the_expected_keys_are_those_of_new_and_cross_papers() -> None:
    day, papers = papers_of(DAYS[0])
    assert (day, len(papers)) == ("2026-06-01", 18)
    assert "console:every|card|2606.00001|plain" in expected_keys(DAYS, ConsoleTarget())


@pytest.mark.parametrize("processes", [1, 3])
async def test_nothing_is_lost_and_nothing_posted_twice(tmp_path: Path, processes: int) -> None:
    harness = Harness(tmp_path, DAYS, processes=processes, kills=8, delay=0.02, seed=processes)
    outcome = await harness.run(vanish=1 / 3)
    assert (outcome.lost, outcome.double) == (set(), set()), str(outcome)
    never = [kind for kind in harness.kinds if not outcome.kills[kind]]
    assert not never, f"no process died at {never}: {outcome}"


async def test_a_model_is_paid_once_however_often_the_process_dies(tmp_path: Path) -> None:
    harness = Harness(tmp_path, DAYS[:1], processes=2, kills=5, delay=0.05, seed=4, with_model=True)
    outcome = await harness.run(vanish=1 / 3)
    assert (outcome.lost, outcome.double) == (set(), set()), str(outcome)
    assert outcome.papers <= outcome.calls <= outcome.most_calls, str(outcome)
    assert outcome.kills.total() >= 3, str(outcome)
