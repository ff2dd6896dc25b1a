"""A call of a model as a row: what was planned, what came of it, what it cost, and when an endpoint is left alone."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.core.commands.payer import Payer
from bot.core.jobs.backoff import backoff
from bot.core.jobs.job import retry_delay


class CallOutcome(StrEnum):
    """How a call ended. `begun`: nothing is known yet, or nobody lived to write it down."""

    BEGUN = "begun"
    ANSWERED = "answered"
    UNFIT = "no verdict in the reply"
    TRUNCATED = "cut off"
    REFUSED = "refused"
    FILTERED = "content filter"
    KEY_REFUSED = "key refused"
    UNPAID = "no credit"
    UNKNOWN_MODEL = "unknown model"
    RATE_LIMITED = "rate limited"
    SERVER_ERROR = "server error"
    TIMEOUT = "timeout"
    SILENT = "silent"
    CONNECTION_LOST = "connection lost"
    UNREACHABLE = "unreachable"
    EMPTY = "empty reply"
    ERROR_BODY = "error in place of an answer"
    NO_API = "no answer of an API"
    TOO_LONG = "text too long"
    FORMAT_REFUSED = "format refused"
    BAD_REQUEST = "request refused"


REPLIED = (
    CallOutcome.ANSWERED,
    CallOutcome.UNFIT,
    CallOutcome.TRUNCATED,
    CallOutcome.REFUSED,
    CallOutcome.FILTERED,
    CallOutcome.EMPTY,
)
STOPPING = (CallOutcome.KEY_REFUSED, CallOutcome.UNPAID, CallOutcome.UNKNOWN_MODEL)
TRANSIENT = (
    CallOutcome.SERVER_ERROR,
    CallOutcome.TIMEOUT,
    CallOutcome.SILENT,
    CallOutcome.CONNECTION_LOST,
    CallOutcome.UNREACHABLE,
    CallOutcome.ERROR_BODY,
    CallOutcome.NO_API,
)


class Stage(StrEnum):
    """Which request of a paper it is: the first, or the one that says what was wrong with the first's reply."""

    FIRST = "first"
    REPAIR = "repair"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Budget:
    """What all calls of a day (UTC) may take together, and of that one community and one person (USD)."""

    tokens_a_day: int
    usd_a_day: float
    community_usd: float = math.inf
    person_usd: float = math.inf

    def share(self, usd: float) -> tuple[float, float]:
        """A share of the day in money, and the same share of its tokens: models without a price have shares too."""
        part = min(usd / self.usd_a_day, 1.0) if self.usd_a_day > 0 else 1.0
        return part * self.tokens_a_day, usd


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens. `known` False: nobody named one, and this is what is assumed."""

    tokens_in: float
    tokens_out: float
    known: bool = True

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call took."""

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    usd: float = 0.0

    @classmethod
    def total(cls, usages: Iterable["Usage"]) -> "Usage":
        """What all of them took together."""
        every = list(usages)
        return cls(
            sum(usage.tokens_in for usage in every),
            sum(usage.tokens_out for usage in every),
            sum(usage.tokens_cached for usage in every),
            sum(usage.usd for usage in every),
        )


VERDICT, ANALYSIS, ANSWER = "verdict", "analysis", "answer"


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call before it is made. `usage`: the most it can take; `prompt`: the hash of what is asked of the paper.

    `payers`: for whom it is made; one of them pays. None: whoever runs the bot. `wanted`: a verdict, its analysis, or
    an answer.
    """

    endpoint: str
    model: str
    paper: str
    lens: str
    prompt: str
    stage: Stage
    usage: Usage
    timeout: timedelta
    payers: tuple[Payer, ...] = ()
    wanted: str = VERDICT


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call as its row has it. `reply` is the raw body of the answer; `note` is what was wrong with it."""

    id: int
    endpoint: str
    model: str
    stage: Stage
    outcome: CallOutcome
    reply: str | None
    note: str
    usage: Usage
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class EndpointState:
    """What is remembered of an endpoint and model.

    `form`: the schema mode that it takes, with its quirks; `closed`: how long it is left alone; `probing`: this caller
    is the one who tries whether it works again; `stopped`: a person must mend it.
    """

    key: str
    form: str = ""
    failures: int = 0
    closed: timedelta = timedelta(0)
    reason: str = ""
    stopped: bool = False
    probing: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """A call that failed for reasons that are not the paper's. `delay`: what the server asked for, if anything."""

    outcome: CallOutcome
    reason: str
    delay: timedelta | None = None

    @property
    def stops(self) -> bool:
        """Whether a person must mend it."""
        return self.outcome in STOPPING


FAILURES_TOLERATED = 3
SILENT_FOR = timedelta(minutes=1)
STOPPED_FIRST = timedelta(minutes=10)
STOPPED_MOST = timedelta(hours=1)


def closes_for(trouble: Trouble, failures: int) -> timedelta:
    """How long an endpoint is left alone after so many troubles in a row; zero while they may be one paper's fault."""
    if trouble.stops:
        return backoff(failures, STOPPED_FIRST, STOPPED_MOST)
    if trouble.outcome is CallOutcome.SILENT:  # of what never answered it is no paper's fault
        return SILENT_FOR
    if trouble.outcome is CallOutcome.RATE_LIMITED:
        return trouble.delay if trouble.delay is not None else retry_delay(failures + 1)
    return retry_delay(failures - FAILURES_TOLERATED) if failures > FAILURES_TOLERATED else timedelta(0)


@dataclass(frozen=True, slots=True)
class Spending:
    """What the calls of a day (UTC) took so far, and how each ended; `lost`: begun and never ended."""

    calls: int
    tokens: int
    tokens_cached: int
    usd: float
    lost: int = 0
