"""The model analyst: paper and lens -> prompt -> chat -> checked verdict, or why the paper waits; never a fake one.

An endpoint gets a round: a first request and, where its reply cannot be used, one repair that says what is wrong. Then
the next endpoint; then the paper waits. What was replied is read from the store before anybody is called again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.analyst.answer import Answer, read_answer
from bot.analyst.caller import Ask, Caller, Failure, Replied
from bot.analyst.chat import Chat
from bot.analyst.compose import nothing_to_say, verdict_of
from bot.analyst.endpoint import Endpoint
from bot.analyst.pointing import Pointing, Readiness
from bot.analyst.prompt import Prompt, example_of, prompt_fingerprint, prompt_for
from bot.analyst.replies import Read, read_reply, reworded, texts_of
from bot.analyst.wording import faults_of, of_the_abstract
from bot.core.call import REPLIED, Budget, CallOutcome, PastCall, Stage, Usage
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.verdict import STOPPED_SAYS, Verdict, Wait
from bot.core.work import retry_delay
from bot.ports import Clock
from bot.ports_model import CallLog

ROUNDS = 3
LONGEST = 24_000
SHORTENINGS = 2
LEAST_SENTENCES = 4
FIRST_PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_REASON = 600
REPAIRABLE = (CallOutcome.UNFIT, CallOutcome.TRUNCATED)
CUT_OFF = "The reply was cut off at the limit of tokens: think less and write shorter texts."


class LlmAnalyst:
    """Judges by the endpoints in turn."""

    def __init__(self, endpoints: Sequence[Endpoint], budget: Budget, clock: Clock, chat: Chat | None = None) -> None:
        self._endpoints = tuple(endpoints)
        self._chat = chat or Chat()
        self._caller = Caller(self._chat, budget)
        self._clock = clock
        self._ready = Readiness()

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict, or why it must wait."""
        await self._ready.wait()
        pointing = Pointing(paper)
        if not pointing.sentences:
            return nothing_to_say(paper, lens, prompt_fingerprint(lens), self._clock.now(), pointing.flags)
        fitting = sum(one.end <= LONGEST for one in pointing.sentences) or 1
        failures: list[Failure] = []
        for endpoint in await self._in_turn(prompt_for(paper, lens, pointing.sentences[:fitting]), call_log):
            answer = await self._shortening(endpoint, paper, lens, pointing, fitting, call_log)
            if isinstance(answer, Verdict):
                return answer
            failures.append(answer)
        return _wait(failures)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._chat.close()

    async def _in_turn(self, prompt: Prompt, calls: CallLog) -> list[Endpoint]:
        """The endpoints in the settings' order, but those first whose reply to this prompt is there already."""
        if len(self._endpoints) == 1:
            return list(self._endpoints)
        usable = {one.endpoint for one in await calls.calls_of(prompt.hash) if _is_usable(one)}
        return sorted(self._endpoints, key=lambda endpoint: endpoint.key not in usable)

    async def _shortening(
        self, endpoint: Endpoint, paper: Paper, lens: Lens, pointing: Pointing, sentences: int, calls: CallLog
    ) -> Verdict | Failure:
        """One endpoint; a text that is too long for it is asked about in part."""
        for _ in range(SHORTENINGS + 1):
            prompt = prompt_for(paper, lens, pointing.sentences[:sentences])
            answer = await self._round(endpoint, paper, lens, prompt, calls)
            is_too_long = isinstance(answer, Failure) and answer.outcome is CallOutcome.TOO_LONG
            if not is_too_long or sentences <= LEAST_SENTENCES:
                return answer
            sentences = max(sentences // 2, LEAST_SENTENCES)
        return answer

    async def _round(
        self, endpoint: Endpoint, paper: Paper, lens: Lens, prompt: Prompt, calls: CallLog
    ) -> Verdict | Failure:
        """First request and repair, each from the store where it was made before."""
        past = [one for one in await calls.calls_of(prompt.hash) if one.endpoint == endpoint.key]
        step = _next_step(past)
        while True:
            if step.ended >= ROUNDS:
                return Failure(CallOutcome.UNFIT, step.note, LONGEST_PAUSE.total_seconds())
            replied = await self._reply(endpoint, paper, lens, prompt, step, calls)
            if isinstance(replied, Failure):
                return _after(replied, past)
            answer = replied.answer
            is_last = step.stage is Stage.REPAIR
            judged = _weigh(answer, paper, lens, prompt.sentences, forgiving=is_last)
            if judged.fits:
                usage = _sum(await calls.calls_of(prompt.hash))
                return self._verdict(paper, lens, judged, prompt, endpoint, usage)
            outcome = _unfit(answer)
            await calls.settle_call(replied.call, outcome, None, " ".join(judged.faults))
            if is_last or outcome not in REPAIRABLE:
                return _no_verdict(endpoint, outcome, judged, step.ended + 1)
            step = _Step(Stage.REPAIR, step.ended, answer.text, judged.faults)

    async def _reply(
        self, endpoint: Endpoint, paper: Paper, lens: Lens, prompt: Prompt, step: "_Step", calls: CallLog
    ) -> Replied | Failure:
        """The stored reply of this step, or a new one."""
        if step.stored is not None and step.stored.reply is not None:
            stored = step.stored
            if stored.outcome is CallOutcome.BEGUN:
                return Replied(stored.id, await self._caller.read_again(endpoint, stored.id, step.body, calls))
            return Replied(stored.id, read_answer(step.body, endpoint, 0))
        if step.stage is Stage.REPAIR:
            faults = (
                step.faults
                or _weigh(read_answer(step.body, endpoint, 0), paper, lens, prompt.sentences, forgiving=False).faults
            )
            text = step.text or read_answer(step.body, endpoint, 0).text

            def messages(with_schema: bool) -> list[dict[str, str]]:
                return prompt.repair(text, faults, with_schema=with_schema)
        else:

            def messages(with_schema: bool) -> list[dict[str, str]]:
                return prompt.messages(with_schema=with_schema)

        return await self._caller.ask(endpoint, Ask(str(paper.id), lens, prompt.hash, step.stage, messages), calls)

    def _verdict(
        self, paper: Paper, lens: Lens, read: Read, prompt: Prompt, endpoint: Endpoint, usage: Usage
    ) -> Verdict:
        return verdict_of(
            paper,
            lens,
            read,
            sentences=prompt.sentences,
            model=endpoint.model,
            fingerprint=prompt.fingerprint,
            usage=usage,
            judged_at=self._clock.now(),
            flags=Pointing(paper).flags,
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """What comes next for an endpoint and prompt. `stored`: a reply that is there; `ended`: rounds without verdict."""

    stage: Stage
    ended: int
    text: str = ""
    faults: tuple[str, ...] = ()
    body: str = ""
    stored: PastCall | None = None
    note: str = ""


def _next_step(past: Sequence[PastCall]) -> _Step:
    """Where an earlier attempt left off, from the rows alone."""
    replies = [one for one in past if _is_reply(one)]
    ended = sum(_ends_a_round(one) for one in replies)
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


def _weigh(answer: Answer, paper: Paper, lens: Lens, sentences: int, *, forgiving: bool) -> Read:
    """What an answer's text is worth. `forgiving`: what one repair could not mend and may be let go is let go."""
    if answer.outcome is not CallOutcome.ANSWERED:
        return Read(None, (CUT_OFF if answer.cut_off else f"{answer.outcome}: {answer.note}".rstrip(": "),))
    read = read_reply(answer.text, lens, sentences)
    if read.too_little:
        return read
    if read.reply is None:
        return Read(None, (CUT_OFF, *read.faults)) if answer.cut_off else read
    if forgiving:
        read = reworded(read, of_the_abstract)
    said = "\n".join(_texts(read))
    faults = [*faults_of(said, abstract_only=True, authors=paper.authors), *_copied(read, lens)]
    faults += () if forgiving else read.weak
    return Read(None, tuple(faults)) if faults else read


def _copied(read: Read, lens: Lens) -> list[str]:
    """Texts that are the worked example's: about another paper, so about none."""
    shown = example_of(lens)["reply"]
    known = {shown["headline"], shown["does"], shown["dissection"]["text"], shown["verdict"], shown["closing"]}
    return ["The example's words stand in it; write about this paper."] if known & set(_texts(read)) else []


def _texts(read: Read) -> list[str]:
    return texts_of(read.reply) if read.reply else []


def _unfit(answer: Answer) -> CallOutcome:
    if answer.outcome is not CallOutcome.ANSWERED:
        return answer.outcome
    return CallOutcome.TRUNCATED if answer.cut_off else CallOutcome.UNFIT


def _no_verdict(endpoint: Endpoint, outcome: CallOutcome, read: Read, rounds: int) -> Failure:
    """The model answered, and twice it was no verdict: later again, a few times."""
    words = {
        CallOutcome.REFUSED: "refused to judge the text",
        CallOutcome.FILTERED: "does not let the text through its content filter",
        CallOutcome.EMPTY: "sent an empty reply",
        CallOutcome.TRUNCATED: "was cut off at the limit of tokens twice; raise max_tokens",
    }.get(outcome, f"wrote no verdict: {read.faults[0] if read.faults else 'no reason'}")
    pause = min(FIRST_PAUSE * 2 ** (rounds - 1), LONGEST_PAUSE)
    return Failure(outcome, f"{endpoint.label} {words}", pause.total_seconds())


def _after(failure: Failure, past: Sequence[PastCall]) -> Failure:
    """A failure with the paper's own pause, longer with every try that came to nothing."""
    if failure.seconds is not None:
        return failure
    tries = 0
    for call in reversed(past):
        if _is_reply(call):
            break
        tries += 1
    is_paper = failure.outcome in (CallOutcome.FILTERED, CallOutcome.TOO_LONG)
    pause = min(FIRST_PAUSE * 2 ** min(tries, 6), LONGEST_PAUSE) if is_paper else retry_delay(tries + 3)
    return Failure(failure.outcome, failure.reason, pause.total_seconds(), failure.stops)


def _sum(calls: Sequence[PastCall]) -> Usage:
    """What all calls about this prompt took, those that came to nothing too."""
    return Usage(
        sum(one.usage.tokens_in for one in calls),
        sum(one.usage.tokens_out for one in calls),
        sum(one.usage.tokens_cached for one in calls),
        sum(one.usage.usd for one in calls),
    )


def _wait(failures: Sequence[Failure]) -> Wait:
    """All endpoints' reasons in one, and the soonest of their moments."""
    reasons = "; ".join(dict.fromkeys(one.reason for one in failures))
    seconds = min((one.seconds for one in failures if one.seconds is not None), default=60.0)
    stopped = f"{STOPPED_SAYS}: " if failures and all(one.stops for one in failures) else ""
    return Wait(f"{stopped}{reasons}"[:LONGEST_REASON], seconds)
