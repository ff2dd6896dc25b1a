"""One request of one endpoint, with everything around it: may it be called, is there budget, the row, the reply's form.

The row is written before the request and holds the most it can take; the raw body is stored before anybody reads it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.analyst.endpoints.chat import Chat, ReplyForm, Sent
from bot.analyst.endpoints.endpoint import Endpoint
from bot.analyst.endpoints.response import ModelResponse, read_answer
from bot.analyst.verdicts.prompt import Message
from bot.analyst.verdicts.schema import Shape
from bot.core.errors import StoreError
from bot.core.jobs.job import retry_delay
from bot.core.jobs.wait_reason import WaitReason
from bot.core.verdicts.call import (
    TRANSIENT,
    VERDICT,
    Budget,
    CallOutcome,
    EndpointState,
    PlannedCall,
    Stage,
    Trouble,
    Usage,
)
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Wait
from bot.ports.model import CallLog

log = logging.getLogger(__name__)

PROBE_EXTRA = timedelta(seconds=15)
RECHECK_SECONDS = 300.0
TRIAL_TOKENS = 300
KEPT_TRIES = 7  # over a minute
MOST_AT_ONCE = 64  # as many as the settings allow
RESERVATION_EXTRA = timedelta(seconds=30)
NOT_THE_PAPERS = (
    *TRANSIENT,
    CallOutcome.KEY_REFUSED,
    CallOutcome.UNPAID,
    CallOutcome.UNKNOWN_MODEL,
    CallOutcome.RATE_LIMITED,
    CallOutcome.BAD_REQUEST,
)
BILLED_PERHAPS = (CallOutcome.TIMEOUT, CallOutcome.SILENT, CallOutcome.CONNECTION_LOST)
SAYS = {
    CallOutcome.KEY_REFUSED: "{label} refuses the API key; put a valid one into model.endpoints and start again",
    CallOutcome.UNPAID: "{label} asks for payment (402): top up its credit, then start again",
    CallOutcome.UNKNOWN_MODEL: "{label} knows no model {model}; correct model.endpoints and start again",
    CallOutcome.RATE_LIMITED: "{label} asks for fewer requests",
    CallOutcome.SERVER_ERROR: "{label} reports an error on its side",
    CallOutcome.TIMEOUT: "{label} did not answer in time",
    CallOutcome.SILENT: "{label} gave no first answer within {first:.0f} seconds; if it is only slow, set its "
    "timeout_seconds in model.endpoints",
    CallOutcome.CONNECTION_LOST: "the connection to {label} broke off",
    CallOutcome.UNREACHABLE: "{label} cannot be reached",
    CallOutcome.ERROR_BODY: "{label} sent an error in place of an answer",
    CallOutcome.NO_API: "what answers at {label} is no API of this kind; check base_url",
    CallOutcome.BAD_REQUEST: "{label} refuses the request",
    CallOutcome.TOO_LONG: "the text is too long for {label}",
    CallOutcome.FILTERED: "the content filter of {label} refuses the text",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an endpoint gave nothing for this paper. `seconds` None: as long as papers of that kind wait."""

    outcome: CallOutcome
    reason: str
    why: WaitReason
    seconds: float | None = None

    @property
    def stops(self) -> bool:
        """Whether a person must mend it."""
        return self.why is WaitReason.MODEL_STOPPED


@dataclass(frozen=True, slots=True)
class EndpointCall:
    """What is asked: the paper and lens it is for, the prompt's hash, its words for either kind of form, and that."""

    paper: str
    lens: Lens | None
    prompt: str
    stage: Stage
    messages: Callable[[bool], Sequence[Message]]
    shape: Shape | None = None
    wanted: str = VERDICT


@dataclass(frozen=True, slots=True)
class Replied:
    """A stored reply, read as far as the API goes."""

    call: int
    answer: ModelResponse


class Caller:
    """Makes calls of endpoints, within the budget, one row each."""

    def __init__(self, chat: Chat, budget: Budget, at_once: int = MOST_AT_ONCE) -> None:
        self._chat = chat
        self._budget = budget
        self._room = asyncio.Semaphore(at_once)

    async def ask(self, endpoint: Endpoint, ask: EndpointCall, calls: CallLog) -> Replied | Failure:
        """Call, unless the endpoint is closed or the budget is used up; easier forms are tried where one is refused.

        Only from the look at the endpoint to the stored reply one of the places is taken: whoever prepares a call or
        reads a reply keeps nobody from calling.
        """
        async with self._room:
            stored = await self._stored(endpoint, ask, calls)
        return stored if isinstance(stored, Failure) else await self._read(endpoint, stored, calls)

    async def _stored(self, endpoint: Endpoint, ask: EndpointCall, calls: CallLog) -> "_Stored | Failure":
        """A reply that came and is stored."""
        state = await calls.enter_endpoint(endpoint.key, endpoint.timeout + PROBE_EXTRA)
        if state.closed > timedelta(0):
            return _closed(state)
        form = ReplyForm.parse(state.form)
        while True:
            messages = ask.messages(form.with_schema)
            characters = sum(len(message["content"]) for message in messages)
            call = await calls.reserve_call(_planned(endpoint, ask, characters), self._budget)
            if isinstance(call, Wait):
                return Failure(CallOutcome.BEGUN, call.reason, call.why, call.seconds)
            sent = await self._chat.send(endpoint, messages, form, ask.shape)
            if sent.body is not None:
                await _keep(calls, call, sent.body, sent.milliseconds)
                return _Stored(call, sent.body, characters, state, form)
            usage = None if sent.outcome in BILLED_PERHAPS else Usage()
            easier = form.easier(sent.note) if sent.outcome is CallOutcome.FORMAT_REFUSED else None
            sent = sent if easier else _last(sent)
            await calls.settle_call(call, sent.outcome, usage, sent.note, sent.milliseconds)
            if easier is None:
                return await self._failed(endpoint, state, sent, calls)
            form = easier

    async def read_again(self, endpoint: Endpoint, call: int, body: str, calls: CallLog) -> ModelResponse:
        """A stored body that an earlier attempt did not live to read."""
        answer = read_answer(body, endpoint, 0)
        told = answer.usage if answer.usage and answer.usage.tokens_in else None  # else what was reserved stands
        await calls.settle_call(call, answer.outcome, told, answer.note)
        return answer

    async def _read(self, endpoint: Endpoint, stored: "_Stored", calls: CallLog) -> Replied | Failure:
        answer = read_answer(stored.body, endpoint, stored.characters)
        await calls.settle_call(stored.call, answer.outcome, answer.usage or Usage(), answer.note)
        if answer.outcome in NOT_THE_PAPERS:
            return await self._failed(endpoint, stored.state, Sent(answer.outcome, 0, note=answer.note), calls)
        if stored.state.failures or stored.state.form != str(stored.form):
            await calls.mend_endpoint(endpoint.key, str(stored.form))
        return Replied(stored.call, answer)

    async def _failed(self, endpoint: Endpoint, state: EndpointState, sent: Sent, calls: CallLog) -> Failure:
        first = (endpoint.first_answer or endpoint.timeout).total_seconds()
        reason = SAYS.get(sent.outcome, "{label} gave no answer").format(
            label=endpoint.label, model=endpoint.model, first=first
        )
        if sent.outcome not in NOT_THE_PAPERS:
            return Failure(sent.outcome, reason, WaitReason.MODEL_UNUSABLE)
        log.warning(
            "a call failed",
            extra={"endpoint": endpoint.label, "model": endpoint.model, "outcome": sent.outcome, "note": sent.note},
        )
        trouble = Trouble(sent.outcome, reason, sent.retry_after)
        after = await calls.fail_endpoint(endpoint.key, trouble, probing=state.probing)
        is_closed = after.closed > timedelta(0)
        return _closed(after) if is_closed else Failure(sent.outcome, reason, WaitReason.MODEL_AWAY)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A reply as it came, to so many characters, and in which state and form of its endpoint."""

    call: int
    body: str
    characters: int
    state: EndpointState
    form: ReplyForm


async def _keep(calls: CallLog, call: int, body: str, milliseconds: int) -> None:
    """Store a reply that was paid for, though the store is away for a while: without it, it is asked for again."""
    for attempt in range(1, KEPT_TRIES):
        try:
            return await calls.store_reply(call, body, milliseconds)
        except StoreError:
            log.exception("a reply could not be stored yet")
            await asyncio.sleep(retry_delay(attempt).total_seconds())
    return await calls.store_reply(call, body, milliseconds)


def _last(sent: Sent) -> Sent:
    """A refusal of the last form was not about the form."""
    if sent.outcome is not CallOutcome.FORMAT_REFUSED:
        return sent
    is_gone = sent.note.startswith("404")
    outcome = CallOutcome.UNKNOWN_MODEL if is_gone else CallOutcome.BAD_REQUEST
    return Sent(outcome, sent.milliseconds, note=sent.note, retry_after=sent.retry_after)


def _closed(state: EndpointState) -> Failure:
    """What a closed endpoint means for a paper: come back when it may be open again."""
    seconds = max(state.closed.total_seconds(), 1.0)
    wait = min(seconds, RECHECK_SECONDS) if state.stopped else seconds
    why = WaitReason.MODEL_STOPPED if state.stopped else WaitReason.MODEL_AWAY
    return Failure(CallOutcome.RATE_LIMITED, state.reason, why, wait)


def _planned(endpoint: Endpoint, ask: EndpointCall, characters: int) -> PlannedCall:
    return PlannedCall(
        endpoint=endpoint.key,
        model=endpoint.model,
        paper=ask.paper,
        lens=ask.lens.key if ask.lens else "",
        prompt=ask.prompt,
        stage=ask.stage,
        usage=endpoint.most(characters),
        timeout=endpoint.timeout + RESERVATION_EXTRA,
        wanted=ask.wanted,
    )


def trial(endpoint: Endpoint) -> tuple[Endpoint, EndpointCall]:
    """A call that shows whether an endpoint answers at all, for next to nothing."""
    messages = [{"role": "user", "content": "Answer with the one word: ok"}]
    ask = EndpointCall("", None, f"trial {endpoint.key}", Stage.CHECK, lambda _with_schema: messages)
    return replace(endpoint, max_tokens=TRIAL_TOKENS), ask
