"""One request of one endpoint, with everything around it: may it be called, is there budget, the row, the reply's form.

The row is written before the request and holds the most it can take; the raw body is stored before anybody reads it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.analyst.answer import Answer, read_answer
from bot.analyst.chat import Chat, Form, Sent
from bot.analyst.endpoint import Endpoint
from bot.analyst.prompt import Message
from bot.analyst.schema import Shape
from bot.core.call import (
    TRANSIENT,
    Budget,
    CallOutcome,
    EndpointState,
    PlannedCall,
    Stage,
    Trouble,
    Usage,
)
from bot.core.lens import Lens
from bot.core.verdict import Wait
from bot.ports_model import CallLog

log = logging.getLogger(__name__)

PROBE = timedelta(seconds=15)
RECHECK = 300.0
TRIAL_TOKENS = 300
SLACK = timedelta(seconds=30)
NOT_THE_PAPERS = (
    *TRANSIENT,
    CallOutcome.KEY_REFUSED,
    CallOutcome.UNPAID,
    CallOutcome.UNKNOWN_MODEL,
    CallOutcome.RATE_LIMITED,
    CallOutcome.BAD_REQUEST,
)
BILLED_PERHAPS = (CallOutcome.TIMEOUT, CallOutcome.CONNECTION_LOST)
SAYS = {
    CallOutcome.KEY_REFUSED: "{label} refuses the API key; put a valid one into model.endpoints and start again",
    CallOutcome.UNPAID: "{label} wants to be paid (402): top up its credit, then start again",
    CallOutcome.UNKNOWN_MODEL: "{label} knows no model {model}; mend model.endpoints and start again",
    CallOutcome.RATE_LIMITED: "{label} asks for fewer requests",
    CallOutcome.SERVER_ERROR: "{label} has a fault of its own",
    CallOutcome.TIMEOUT: "{label} did not answer in time",
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
    seconds: float | None = None
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: the paper and lens it is for, the prompt's hash, its words for either kind of form, and that."""

    paper: str
    lens: Lens | None
    prompt: str
    stage: Stage
    messages: Callable[[bool], Sequence[Message]]
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Replied:
    """A stored reply, read as far as the API goes."""

    call: int
    answer: Answer


class Caller:
    """Makes calls of endpoints, within the budget, one row each."""

    def __init__(self, chat: Chat, budget: Budget) -> None:
        self._chat = chat
        self._budget = budget

    async def ask(self, endpoint: Endpoint, ask: Ask, calls: CallLog) -> Replied | Failure:
        """Call, unless the endpoint is closed or the budget is used up; easier forms are tried where one is refused."""
        state = await calls.enter_endpoint(endpoint.key, endpoint.timeout + PROBE)
        if state.closed > timedelta(0):
            return _closed(state)
        form = Form.parse(state.form)
        while True:
            messages = ask.messages(form.with_schema)
            characters = sum(len(one["content"]) for one in messages)
            call = await calls.reserve_call(_planned(endpoint, ask, characters), self._budget)
            if isinstance(call, Wait):
                return Failure(CallOutcome.BEGUN, call.reason, call.seconds)
            sent = await self._chat.send(endpoint, messages, form, ask.shape)
            if sent.body is not None:
                await calls.store_reply(call, sent.body, sent.milliseconds)
                return await self._read(endpoint, call, sent.body, characters, state, form, calls)
            usage = None if sent.outcome in BILLED_PERHAPS else Usage()
            await calls.settle_call(call, sent.outcome, usage, sent.note, sent.milliseconds)
            easier = form.easier(sent.note) if sent.outcome is CallOutcome.FORMAT_REFUSED else None
            if easier is None:
                return await self._failed(endpoint, state, _last(sent), calls)
            form = easier

    async def read_again(self, endpoint: Endpoint, call: int, body: str, calls: CallLog) -> Answer:
        """A stored body that an earlier attempt did not live to read."""
        answer = read_answer(body, endpoint, 0)
        told = answer.usage if answer.usage and answer.usage.tokens_in else None  # else what was reserved stands
        await calls.settle_call(call, answer.outcome, told, answer.note)
        return answer

    async def _read(
        self,
        endpoint: Endpoint,
        call: int,
        body: str,
        characters: int,
        state: EndpointState,
        form: Form,
        calls: CallLog,
    ) -> Replied | Failure:
        answer = read_answer(body, endpoint, characters)
        await calls.settle_call(call, answer.outcome, answer.usage or Usage(), answer.note)
        if answer.outcome in NOT_THE_PAPERS:
            return await self._failed(endpoint, state, Sent(answer.outcome, 0, note=answer.note), calls)
        if state.failures or state.form != str(form):
            await calls.mend_endpoint(endpoint.key, str(form))
        return Replied(call, answer)

    async def _failed(self, endpoint: Endpoint, state: EndpointState, sent: Sent, calls: CallLog) -> Failure:
        reason = SAYS.get(sent.outcome, "{label} gave no answer").format(label=endpoint.label, model=endpoint.model)
        if sent.outcome not in NOT_THE_PAPERS:
            return Failure(sent.outcome, reason)
        log.warning(
            "a call failed",
            extra={"endpoint": endpoint.label, "model": endpoint.model, "outcome": sent.outcome, "note": sent.note},
        )
        trouble = Trouble(sent.outcome, reason, sent.retry_after)
        after = await calls.fail_endpoint(endpoint.key, trouble, probing=state.probing)
        return _closed(after) if after.closed > timedelta(0) else Failure(sent.outcome, reason)


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
    wait = min(seconds, RECHECK) if state.stopped else seconds
    return Failure(CallOutcome.RATE_LIMITED, state.reason, wait, state.stopped)


def _planned(endpoint: Endpoint, ask: Ask, characters: int) -> PlannedCall:
    return PlannedCall(
        endpoint=endpoint.key,
        model=endpoint.model,
        paper=ask.paper,
        lens=ask.lens.key if ask.lens else "",
        prompt=ask.prompt,
        stage=ask.stage,
        usage=endpoint.most(characters),
        timeout=endpoint.timeout + SLACK,
    )


def trial(endpoint: Endpoint) -> tuple[Endpoint, Ask]:
    """A call that shows whether an endpoint answers at all, for next to nothing."""
    messages = [{"role": "user", "content": "Answer with the one word: ok"}]
    ask = Ask("", None, f"trial {endpoint.key}", Stage.CHECK, lambda _with_schema: messages)
    return replace(endpoint, max_tokens=TRIAL_TOKENS), ask
