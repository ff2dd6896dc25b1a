"""The model analyst: paper and lens -> prompt -> chat -> checked verdict, or why the paper waits; never a fake one.

An endpoint gets a round: a first request and, where its reply cannot be used, one repair that says what is wrong. Then
the next endpoint; then the paper waits. What was replied is read from the store before anybody is called again.
"""

from collections.abc import Sequence

from bot.analyst.answer import Answer
from bot.analyst.caller import Caller, Failure
from bot.analyst.chat import Chat
from bot.analyst.compose import nothing_to_say, verdict_of
from bot.analyst.endpoint import Endpoint
from bot.analyst.pointing import Pointing, Readiness
from bot.analyst.prompt import Prompt, example_of, prompt_fingerprint, prompt_for
from bot.analyst.replies import Read, read_reply, reworded, texts_of
from bot.analyst.rounds import CUT_OFF, Request, Weighed, ask_round, in_turn, not_a_reply, wait_of
from bot.analyst.schema import verdict_shape
from bot.analyst.wording import faults_of, of_the_abstract
from bot.core.call import Budget, CallOutcome, Usage
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.verdict import Verdict, Wait
from bot.ports import Clock
from bot.ports_model import CallLog

LONGEST = 24_000
SHORTENINGS = 2
LEAST_SENTENCES = 4


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
        prompt = prompt_for(paper, lens, pointing.sentences[:fitting])
        failures: list[Failure] = []
        for endpoint in await in_turn(self._endpoints, prompt, call_log):
            answer = await self._shortening(endpoint, paper, lens, pointing, fitting, call_log)
            if isinstance(answer, Verdict):
                return answer
            failures.append(answer)
        return wait_of(failures)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._chat.close()

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
        """First request and repair."""

        def weigh(answer: Answer, forgiving: bool) -> Weighed[Read]:
            read = _weigh(answer, paper, lens, prompt.sentences, forgiving=forgiving)
            return Weighed(read if read.fits else None, read.faults)

        request = Request(str(paper.id), lens, prompt, verdict_shape(lens), weigh, "verdict")
        found = await ask_round(self._caller, endpoint, request, calls)
        if isinstance(found, Failure):
            return found
        return self._verdict(paper, lens, found.made, prompt, endpoint, found.usage)

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


def _weigh(answer: Answer, paper: Paper, lens: Lens, sentences: int, *, forgiving: bool) -> Read:
    """What an answer's text is worth. `forgiving`: what one repair could not mend and may be let go is let go."""
    if missing := not_a_reply(answer):
        return Read(None, missing)
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
