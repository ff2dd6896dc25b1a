"""The faults that the console can be told to have, so that people and tests see what the bot does then."""

import random
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path

RATE_LIMITED_AFTER = timedelta(milliseconds=200)


class Fault(Enum):
    """What happens to one send."""

    NONE = "none"
    REFUSE = "refuse"
    RATE_LIMIT = "rate limit"
    DROP_AFTER = "drop after"


@dataclass(frozen=True, slots=True)
class ConsoleFaults:
    """How the console fails: shares of sends between 0 and 1, and a delay before each.

    `drop_after`: the post is made, then the connection drops; `refuse`: it is refused before any effect;
    `rate_limited`: it is to come back later.
    """

    drop_after: float = 0.0
    refuse: float = 0.0
    rate_limited: float = 0.0
    delay_ms: int = 0
    seed: int = 0


class Dice:
    """Draws by the seed and the number of draws so far, which a small file beside the posts keeps over restarts."""

    def __init__(self, faults: ConsoleFaults, tally: Path) -> None:
        self._faults = faults
        self._tally = tally

    def draw(self) -> Fault:
        """What happens to the next send; `OSError` when the tally cannot be kept."""
        with self._tally.open("ab", buffering=0) as file:
            file.write(b".")
            count = file.tell()
        chance = random.Random(f"{self._faults.seed}/{count}")  # noqa: S311 - faults that come back by their seed
        before, after = chance.random(), chance.random()
        if before < self._faults.refuse:
            return Fault.REFUSE
        if before < self._faults.refuse + self._faults.rate_limited:
            return Fault.RATE_LIMIT
        return Fault.DROP_AFTER if after < self._faults.drop_after else Fault.NONE
