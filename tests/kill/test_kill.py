"""The kill harness in short: a handful of kills of every kind, on invented days, with one and with three processes."""

from pathlib import Path

import pytest

from tests.fakes.postgres import SERVER, fresh_database
from tests.kill.harness import Harness, expected_keys, papers_of
from tests.kill.invented import DAYS
from tests.kill.targets import ConsoleTarget

SIZES = 2  # each paper has a short verdict, and its card an analysis


def test_the_expected_keys_are_those_of_new_and_cross_papers() -> None:
    day, papers = papers_of(DAYS[0])
    assert (day, len(papers)) == ("2026-06-01", 18)
    assert "console:every|card|2606.00001|plain" in expected_keys(DAYS, ConsoleTarget())


@pytest.mark.parametrize("processes", [1, 3])
async def test_nothing_is_lost_and_nothing_posted_twice(tmp_path: Path, processes: int) -> None:
    harness = Harness(tmp_path, DAYS, processes=processes, kills=8, delay=0.02, seed=processes)
    outcome = await harness.run(vanish=1 / 3)
    assert (outcome.lost, outcome.double, outcome.untrue) == (set(), set(), []), str(outcome)
    never = [kind for kind in harness.kinds if not outcome.kills[kind]]
    assert not never, f"no process died at {never}: {outcome}"


async def test_on_postgres_too_nothing_is_lost_or_doubled_and_status_says_what_stands(tmp_path: Path) -> None:
    if SERVER is None:
        pytest.skip("no server is named in COPECHECK_TEST_POSTGRES_URL")
    async with fresh_database(SERVER) as url:
        harness = Harness(tmp_path, DAYS[:1], processes=2, kills=4, delay=0.02, seed=7, store=url)
        outcome = await harness.run(vanish=1 / 3)
    assert (outcome.lost, outcome.double, outcome.untrue) == (set(), set(), []), str(outcome)
    assert outcome.kills.total() >= 2, str(outcome)
    assert outcome.looks > outcome.kills.total(), str(outcome)


async def test_a_model_is_paid_once_however_often_the_process_dies(tmp_path: Path) -> None:
    harness = Harness(tmp_path, DAYS[:1], processes=2, kills=5, delay=0.05, seed=4, with_model=True)
    outcome = await harness.run(vanish=1 / 3)
    assert (outcome.lost, outcome.double, outcome.untrue) == (set(), set(), []), str(outcome)
    assert outcome.requests == SIZES * outcome.papers, str(outcome)
    assert outcome.paid_twice == 0, str(outcome)
    assert outcome.requests <= outcome.calls <= outcome.most_calls, str(outcome)
    assert outcome.kills.total() >= 3, str(outcome)
