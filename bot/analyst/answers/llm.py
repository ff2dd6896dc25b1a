"""The model answerer: question and reading -> prompt -> chat -> checked answer, or why it waits; never a made-up one.

Endpoints get their rounds as they do for a verdict. A reply that was stored is read, and nobody is asked again.
"""

from collections.abc import Sequence

from bot.analyst.answers.prompt import answer_shape, question_fingerprint, question_prompt
from bot.analyst.answers.replies import ReadAnswer, weigh_answer
from bot.analyst.endpoints.caller import Caller, Failure
from bot.analyst.endpoints.chat import Chat
from bot.analyst.endpoints.endpoint import Endpoint
from bot.analyst.endpoints.response import ModelResponse
from bot.analyst.endpoints.rounds import CUT_OFF, Made, Request, Validated, ask_round, in_turn, not_a_reply, wait_of
from bot.core.discussion.question import Answered, AnswerOutcome, Question, RetrievedContext
from bot.core.fulltext.retrieval import room_of, search_words
from bot.core.verdicts.call import Budget, CallOutcome
from bot.core.verdicts.verdict import AnalystKind, Provenance, Wait
from bot.ports.model import CallLog
from bot.ports.store import Clock
from bot.text.passages import PassageReader, PassagesHere

SHORTENINGS = 3
LEAST_SENTENCES = 4


class LlmAnswerer:
    """Answers by the endpoints in turn."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        budget: Budget,
        clock: Clock,
        chat: Chat | None = None,
        passages: PassageReader | None = None,
    ) -> None:
        self._endpoints = tuple(endpoints)
        self._chat = chat or Chat(clock)
        self._caller = Caller(self._chat, budget)
        self._clock = clock
        self._passages = passages or PassagesHere()

    async def answer(self, question: Question, reading: RetrievedContext, call_log: CallLog) -> Answered | Wait:
        """The answer, or why it must wait."""
        if not reading.sentences:
            return Answered((), "", AnswerOutcome.TOO_LITTLE, self._provenance(question))
        failures: list[Failure] = []
        for endpoint in await in_turn(self._endpoints, question_prompt(question, reading), call_log):
            answer = await self._shortening(endpoint, question, reading, call_log)
            if isinstance(answer, Answered):
                return answer
            failures.append(answer)
        return wait_of(failures)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._chat.close()

    async def _shortening(
        self, endpoint: Endpoint, question: Question, reading: RetrievedContext, calls: CallLog
    ) -> Answered | Failure:
        """One endpoint; of what is too long for it, it is given the half that matters more."""
        given = reading
        for left in range(SHORTENINGS, -1, -1):
            found = await self._round(endpoint, question, given, calls)
            if isinstance(found, Made):
                return self._answered(question, found, endpoint, is_part=given is not reading)
            if not left or found.outcome is not CallOutcome.TOO_LONG or len(given.sentences) <= LEAST_SENTENCES:
                return found
            given = await self._passages.narrow(given, search_words(question), room_of(given) // 2)
        raise AssertionError("the last round ends it")

    async def _round(
        self, endpoint: Endpoint, question: Question, reading: RetrievedContext, calls: CallLog
    ) -> Made[ReadAnswer] | Failure:
        """First request and repair."""

        def weigh(answer: ModelResponse, forgiving: bool) -> Validated[ReadAnswer]:
            if missing := not_a_reply(answer):
                return Validated(None, missing)
            found = weigh_answer(answer.text, question, reading, forgiving=forgiving)
            cut_off = (CUT_OFF,) if answer.cut_off and found.made is None else ()
            return Validated(found.made, (*cut_off, *found.faults))

        prompt = question_prompt(question, reading)
        request = Request(str(question.paper.id), question.lens, prompt, answer_shape(), weigh, "answer")
        return await ask_round(self._caller, endpoint, request, calls)

    def _answered(self, question: Question, found: Made[ReadAnswer], endpoint: Endpoint, *, is_part: bool) -> Answered:
        read, usage = found.made, found.usage
        made = self._provenance(
            question,
            model=endpoint.model,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            cost_usd=usage.usd,
        )
        return Answered(read.paper_says, read.lens_says, read.outcome, made, read.dropped, is_part)

    def _provenance(
        self,
        question: Question,
        *,
        model: str | None = None,
        tokens_in: int = 0,
        tokens_out: int = 0,
        cost_usd: float = 0,
    ) -> Provenance:
        lens = question.lens
        fingerprint = question_fingerprint(lens)
        now = self._clock.now()
        return Provenance(
            AnalystKind.MODEL, lens.key, lens.fingerprint, now, model, fingerprint, tokens_in, tokens_out, cost_usd
        )
