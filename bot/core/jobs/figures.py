"""What a bot at work has done and what is late, in figures for who watches it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Figures:
    """Posts that are known by platform; kept calls of models by outcome with what they took; by queue how long the
    oldest job has waited past its time: since it was due, or since it was added where it was tried and is not done.
    """

    posts: Mapping[str, int]
    calls: Mapping[str, int]
    tokens: int
    usd: float
    overdue: Mapping[str, timedelta]
