"""An endpoint's round about one prompt: a first request and, where its reply cannot be used, one repair; all in rows.

What was replied is read from the store before anybody is called again, so that nothing is paid for twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Generic, TypeVar

from bot.analyst.endpoints.caller import Caller, EndpointCall, Failure, Replied
from bot.analyst.endpoints.endpoint import Endpoint
from bot.analyst.endpoints.response import ModelResponse, read_answer
from bot.analyst.verdicts.prompt import Prompt
from bot.analyst.verdicts.schema import Shape
from bot.core.jobs.backoff import backoff
from bot.core.jobs.job import retry_delay
from bot.core.jobs.wait_reason import WaitReason
from bot.core.verdicts.call import REPLIED, CallOutcome, PastCall, Stage, Usage
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Wait
from bot.ports.model import CallLog

ROUNDS = 3
FIRST_PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_REASON = 600
REPAIRABLE = (CallOutcome.UNFIT, CallOutcome.TRUNCATED)
OVER_A_PAPER = (
    CallOutcome.SERVER_ERROR,
    CallOutcome.TIMEOUT,
    CallOutcome.CONNECTION_LOST,
    CallOutcome.ERROR_BODY,
    CallOutcome.BAD_REQUEST,
)
CUT_OFF = "The reply was cut off at the limit of tokens: think less and write shorter texts."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Validated(Generic[T]):
    """What a reply is worth: something made of it, or the faults that say why it cannot be used."""

    made: T | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """What is asked of an endpoint. `weigh(answer, forgiving)`: forgiving lets go what one repair could not mend;"""

    paper: str
    lens: Lens
    prompt: Prompt
    shape: Shape
    weigh: Callable[[ModelResponse, bool], Validated[T]]
    wanted: str


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """What came of a round, and what all calls about its prompt took."""

    made: T
    usage: Usage


async def ask_round(caller: Caller, endpoint: Endpoint, request: Request[T], calls: CallLog) -> Made[T] | Failure:
    """First request and repair, each from the store where it was made before."""
    past = [past_call for past_call in await calls.calls_of(request.prompt.hash) if past_call.endpoint == endpoint.key]
    step = _next_step(past)
    while True:
        if step.ended >= ROUNDS:
            return Failure(CallOutcome.UNFIT, step.note, WaitReason.MODEL_UNUSABLE, LONGEST_PAUSE.total_seconds())
        replied = await _reply(caller, endpoint, request, step, calls)
        if isinstance(replied, Failure):
            return _after(replied, past)
        answer = replied.answer
        is_last = step.stage is Stage.REPAIR
        weighed = request.weigh(answer, is_last)
        if weighed.made is not None:
            return Made(weighed.made, Usage.total(call.usage for call in await calls.calls_of(request.prompt.hash)))
        outcome = _unfit(answer)
        await calls.settle_call(replied.call, outcome, None, " ".join(weighed.faults))
        if is_last or outcome not in REPAIRABLE:
            return _nothing(endpoint, outcome, weighed.faults, step.ended + 1, request.wanted)
        step = _Step(Stage.REPAIR, step.ended, answer.text, weighed.faults)


async def in_turn(endpoints: Sequence[Endpoint], prompt: Prompt, calls: CallLog) -> list[Endpoint]:
    """The endpoints in the settings' order, but those first whose reply to this prompt is there already."""
    if len(endpoints) == 1:
        return list(endpoints)
    usable = {past_call.endpoint for past_call in await calls.calls_of(prompt.hash) if _is_usable(past_call)}
    return sorted(endpoints, key=lambda endpoint: endpoint.key not in usable)


def not_a_reply(answer: ModelResponse) -> tuple[str, ...]:
    """Why an answer holds no reply at all; nothing where it does."""
    if answer.outcome is CallOutcome.ANSWERED:
        return ()
    return (CUT_OFF if answer.cut_off else f"{answer.outcome}: {answer.note}".rstrip(": "),)


def wait_of(failures: Sequence[Failure]) -> Wait:
    """All endpoints' reasons in one, and the soonest of their moments."""
    reasons = "; ".join(dict.fromkeys(failure.reason for failure in failures))
    seconds = min((failure.seconds for failure in failures if failure.seconds is not None), default=60.0)
    why = _why([failure.why for failure in failures])
    stopped = "the model is stopped: " if why is WaitReason.MODEL_STOPPED else ""
    return Wait(f"{stopped}{reasons}"[:LONGEST_REASON], seconds, why)


def _why(reasons: Sequence[WaitReason]) -> WaitReason:
    """Which of several endpoints' reasons counts: a budget is that of all; `stopped` only where all are."""
    if (poor := next((why for why in reasons if why.is_budget), None)) is not None:
        return poor
    if reasons and all(why is WaitReason.MODEL_STOPPED for why in reasons):
        return WaitReason.MODEL_STOPPED
    return WaitReason.MODEL_UNUSABLE if WaitReason.MODEL_UNUSABLE in reasons else WaitReason.MODEL_AWAY


async def _reply(
    caller: Caller, endpoint: Endpoint, request: Request[T], step: "_Step", calls: CallLog
) -> Replied | Failure:
    """The stored reply of this step, or a new one."""
    prompt = request.prompt
    if step.stored is not None and step.stored.reply is not None:
        stored = step.stored
        if stored.outcome is CallOutcome.BEGUN:
            return Replied(stored.id, await caller.read_again(endpoint, stored.id, step.body, calls))
        return Replied(stored.id, read_answer(step.body, endpoint, 0))
    if step.stage is Stage.REPAIR:
        faults = step.faults or request.weigh(read_answer(step.body, endpoint, 0), False).faults
        text = step.text or read_answer(step.body, endpoint, 0).text

        def messages(with_schema: bool) -> list[dict[str, str]]:
            return prompt.repair(text, faults, with_schema=with_schema)
    else:

        def messages(with_schema: bool) -> list[dict[str, str]]:
            return prompt.messages(with_schema=with_schema)

    ask = EndpointCall(request.paper, request.lens, prompt.hash, step.stage, messages, request.shape, request.wanted)
    return await caller.ask(endpoint, ask, calls)


@dataclass(frozen=True, slots=True)
class _Step:
    """What comes next for an endpoint and prompt. `stored`: a reply that is there; `ended`: rounds without a use."""

    stage: Stage
    ended: int
    text: str = ""
    faults: tuple[str, ...] = ()
    body: str = ""
    stored: PastCall | None = None
    note: str = ""


def _next_step(past: Sequence[PastCall]) -> _Step:
    """Where an earlier attempt left off, from the rows alone."""
    replies = [past_call for past_call in past if _is_reply(past_call)]
    ended = sum(_ends_a_round(reply) for reply in replies)
    if not replies:
        return _Step(Stage.FIRST, 0)
    last = replies[-1]
    if _is_usable(last):
        return _Step(last.stage, ended, body=last.reply or "", stored=last)
    if last.stage is Stage.FIRST and last.outcome in REPAIRABLE and last.reply:
        return _Step(Stage.REPAIR, ended, body=last.reply)
    return _Step(Stage.FIRST, ended, note=last.note or str(last.outcome))


def _is_reply(call: PastCall) -> bool:
    return call.stage is not Stage.CHECK and (call.outcome in REPLIED or _is_usable(call))


def _is_usable(call: PastCall) -> bool:
    """A stored reply that nobody has found wanting yet."""
    return call.reply is not None and call.outcome in (CallOutcome.ANSWERED, CallOutcome.BEGUN)


def _ends_a_round(call: PastCall) -> bool:
    if _is_usable(call):
        return False
    return call.stage is Stage.REPAIR or call.outcome not in REPAIRABLE


def _unfit(answer: ModelResponse) -> CallOutcome:
    if answer.outcome is not CallOutcome.ANSWERED:
        return answer.outcome
    return CallOutcome.TRUNCATED if answer.cut_off else CallOutcome.UNFIT


def _nothing(endpoint: Endpoint, outcome: CallOutcome, faults: Sequence[str], rounds: int, wanted: str) -> Failure:
    """The model answered, and twice it was of no use: later again, a few times."""
    words = {
        CallOutcome.REFUSED: "refused to judge the text",
        CallOutcome.FILTERED: "does not let the text through its content filter",
        CallOutcome.EMPTY: "sent an empty reply",
        CallOutcome.TRUNCATED: "was cut off at the limit of tokens twice; raise max_tokens",
    }.get(outcome, f"wrote no {wanted}: {faults[0] if faults else 'no reason'}")
    pause = backoff(rounds, FIRST_PAUSE, LONGEST_PAUSE)
    return Failure(outcome, f"{endpoint.label} {words}", WaitReason.MODEL_UNUSABLE, pause.total_seconds())


def _after(failure: Failure, past: Sequence[PastCall]) -> Failure:
    """A failure with the paper's own pause, longer with every try that came to nothing.

    After a few calls that broke off over it the paper may be the reason, whatever becomes of the endpoint.
    """
    if failure.why is WaitReason.MODEL_AWAY and sum(call.outcome in OVER_A_PAPER for call in past) >= ROUNDS:
        failure = replace(failure, why=WaitReason.MODEL_UNUSABLE)
    if failure.seconds is not None:
        return failure
    tries = 0
    for call in reversed(past):
        if _is_reply(call):
            break
        tries += 1
    is_paper = failure.outcome in (CallOutcome.FILTERED, CallOutcome.TOO_LONG)
    pause = backoff(tries + 1, FIRST_PAUSE, LONGEST_PAUSE) if is_paper else retry_delay(tries + 3)
    return replace(failure, seconds=pause.total_seconds())
