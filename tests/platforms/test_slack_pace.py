"""Posts come in at Slack at least a second apart, whatever the network does and whatever its clock says, and not much
later than that."""

import random
from itertools import pairwise

import pytest

from bot.platforms.slack.posting.pace import Pace

POSTS = 400


def arrivals(seed: int, clock: float, *, there: tuple[float, float], back: tuple[float, float]) -> list[float]:
    """The moments at which posts come in, sent as the pace says, over a network that takes so long, to a clock that is
    so far ahead of ours."""
    chance, pace, now, came_in = random.Random(seed), Pace(1.0), 1000.0, []
    for _ in range(POSTS):
        sent = now
        came_in.append(sent + chance.uniform(*there))
        heard = came_in[-1] + chance.uniform(*back)
        now = heard + pace.wait(f"{came_in[-1] + clock:.6f}", sent, heard)
    return came_in


@pytest.mark.parametrize("clock", [0.0, 1.7e9, -3.5])
@pytest.mark.parametrize("seed", range(5))
def test_no_two_posts_come_in_within_a_second_however_the_network_wavers(seed: int, clock: float) -> None:
    came_in = arrivals(seed, clock, there=(0.02, 0.25), back=(0.02, 0.25))
    assert min(after - before for before, after in pairwise(came_in)) >= 1.0


def test_a_steady_network_costs_next_to_nothing() -> None:
    came_in = arrivals(1, 1.7e9, there=(0.04, 0.05), back=(0.04, 0.05))
    assert (came_in[-1] - came_in[0]) / (POSTS - 1) <= 1.03


def test_a_moment_that_lies_outside_its_request_is_not_believed() -> None:
    pace = Pace(1.0)
    for number in range(5):
        assert pace.wait(f"{number}.000000", 100.0 + 2 * number, 100.1 + 2 * number) in (1.0, pytest.approx(1.0))
    assert pace.wait("not a moment", 200.0, 200.1) == 1.0
