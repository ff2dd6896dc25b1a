"""Failures on demand: lost connections before or after the effect, bad statuses, slowness, cut answers, silence."""

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

DROP_BEFORE, DROP_AFTER, FAIL_BEFORE, FAIL_AFTER = "drop_before", "drop_after", "fail_before", "fail_after"
DELAY, CUT, HANG = "delay", "cut", "hang"
KINDS = (DROP_BEFORE, DROP_AFTER, FAIL_BEFORE, FAIL_AFTER, DELAY, CUT, HANG)


@dataclass(slots=True)
class Trouble:
    """One kind of failure on the routes that match, at every n-th request or by chance, so many times at most.

    `route` is a pattern over names like `POST /channels/{channel_id}/messages`; `seconds` is for a delay.
    """

    kind: str
    route: str = "*"
    every: int = 1
    chance: float | None = None
    times: int | None = None
    status: int = 500
    seconds: float = 0.0
    seen: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is none of {', '.join(KINDS)}")


@dataclass(slots=True)
class Troubles:
    """All that was asked for; the first that strikes is the one; `seed` makes chance repeatable."""

    seed: int = 0
    wanted: list[Trouble] = field(default_factory=list)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def add(self, kind: str, route: str = "*", **how: float | None) -> Trouble:
        """Fail from now on."""
        trouble = Trouble(kind, route, **how)  # type: ignore[arg-type]
        self.wanted.append(trouble)
        return trouble

    def clear(self) -> None:
        """Everything works again."""
        self.wanted.clear()

    def strike(self, route: str) -> Trouble | None:
        """The failure of this request, if one is due."""
        for trouble in self.wanted:
            if self._is_literal(trouble, route) and self._is_due(trouble):
                trouble.struck += 1
                return trouble
        return None

    @staticmethod
    def _is_literal(trouble: Trouble, route: str) -> bool:
        return trouble.route == route or fnmatchcase(route, trouble.route)

    def _is_due(self, trouble: Trouble) -> bool:
        if trouble.times is not None and trouble.struck >= trouble.times:
            return False
        trouble.seen += 1
        if trouble.chance is not None:
            return self._chance.random() < trouble.chance
        return trouble.seen % trouble.every == 0
