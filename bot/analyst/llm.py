"""The model analyst: paper and lens -> prompt -> chat -> checked verdict, or why the paper waits; never a fake one.

An endpoint gets a round: a first request and, where its reply cannot be used, one repair that says what is wrong. Then
the next endpoint; then the paper waits. What was replied is read from the store before anybody is called again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.analyst.answer import Answer
from bot.analyst.caller import Caller, Failure
from bot.analyst.chat import Chat
from bot.analyst.compose import nothing_to_say, verdict_of
from bot.analyst.endpoint import Endpoint
from bot.analyst.pointing import FullPointing, Pointed, Pointing, Readiness
from bot.analyst.prompt import Prompt, example_of, prompt_fingerprint, prompt_for
from bot.analyst.replies import Read, read_reply, reworded, texts_of
from bot.analyst.rounds import CUT_OFF, Request, Weighed, ask_round, in_turn, not_a_reply, wait_of
from bot.analyst.schema import verdict_shape
from bot.analyst.wording import faults_of, of_the_abstract, of_the_part
from bot.core.call import Budget, CallOutcome, Usage
from bot.core.fulltext import FullText
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.retrieve import choose
from bot.core.verdict import Basis, BasisKind, Verdict, Wait
from bot.ports import Clock
from bot.ports_model import CallLog

LONGEST = 24_000
FULL_LONGEST = 60_000
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
            return nothing_to_say(paper, lens, prompt_fingerprint(lens), self._clock.now())
        fitting = sum(one.end <= LONGEST for one in pointing.sentences) or 1
        return await self._by_any(_Case(paper, lens, pointing), fitting, call_log)

    async def judge_text(self, paper: Paper, full: FullText, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict on the full text: on what matters to the lens, where the whole is too much."""
        await self._ready.wait()
        pointing = await asyncio.to_thread(picked, paper, full, lens)
        return await self._by_any(_Case(paper, lens, pointing), len(pointing.sentences), call_log)

    async def _by_any(self, case: "_Case", sentences: int, calls: CallLog) -> Verdict | Wait:
        """The first endpoint's verdict, or all their reasons."""
        failures: list[Failure] = []
        for endpoint in await in_turn(self._endpoints, case.prompt(sentences), calls):
            answer = await self._shortening(endpoint, case, sentences, calls)
            if isinstance(answer, Verdict):
                return answer
            failures.append(answer)
        return wait_of(failures)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._chat.close()

    async def _shortening(self, endpoint: Endpoint, case: "_Case", sentences: int, calls: CallLog) -> Verdict | Failure:
        """One endpoint; a text that is too long for it is asked about in part."""
        for _ in range(SHORTENINGS + 1):
            answer = await self._round(endpoint, case, case.prompt(sentences), calls)
            is_too_long = isinstance(answer, Failure) and answer.outcome is CallOutcome.TOO_LONG
            if not is_too_long or sentences <= LEAST_SENTENCES:
                return answer
            sentences = max(sentences // 2, LEAST_SENTENCES)
        return answer

    async def _round(self, endpoint: Endpoint, case: "_Case", prompt: Prompt, calls: CallLog) -> Verdict | Failure:
        """First request and repair."""
        basis = case.pointing.basis(prompt.sentences)

        def weigh(answer: Answer, forgiving: bool) -> Weighed[Read]:
            read = _weigh(answer, case.paper, case.lens, prompt.sentences, forgiving=forgiving, basis=basis)
            return Weighed(read if read.fits else None, read.faults)

        request = Request(str(case.paper.id), case.lens, prompt, verdict_shape(case.lens), weigh, "verdict")
        found = await ask_round(self._caller, endpoint, request, calls)
        if isinstance(found, Failure):
            return found
        return self._verdict(case, found.made, prompt, endpoint, found.usage)

    def _verdict(self, case: "_Case", read: Read, prompt: Prompt, endpoint: Endpoint, usage: Usage) -> Verdict:
        return verdict_of(
            case.paper,
            case.lens,
            read,
            sentences=prompt.sentences,
            model=endpoint.model,
            fingerprint=prompt.fingerprint,
            usage=usage,
            judged_at=self._clock.now(),
            pointing=case.pointing,
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """A paper, the lens, and the sentences that it is judged by."""

    paper: Paper
    lens: Lens
    pointing: Pointed

    def prompt(self, sentences: int) -> Prompt:
        """The prompt for the first so many sentences."""
        return prompt_for(self.paper, self.lens, self.pointing.sentences[:sentences], self.pointing.basis(sentences))


def picked(paper: Paper, full: FullText, lens: Lens) -> FullPointing:
    """The sentences of a full text that a verdict is made from: all, or those that the lens's questions find."""
    words = " ".join(asked.question for asked in lens.checklist)
    reading = choose(full, words, FULL_LONGEST)
    return FullPointing(paper, full, [one.number for one in reading.sentences])


def _weigh(
    answer: Answer, paper: Paper, lens: Lens, sentences: int, *, forgiving: bool, basis: Basis | None = None
) -> Read:
    """What an answer's text is worth. `forgiving`: what one repair could not mend and may be let go is let go."""
    if missing := not_a_reply(answer):
        return Read(None, missing)
    read = read_reply(answer.text, lens, sentences)
    if read.too_little:
        return read
    if read.reply is None:
        return Read(None, (CUT_OFF, *read.faults)) if answer.cut_off else read
    is_abstract = basis is None or basis.kind is BasisKind.ABSTRACT
    if forgiving and is_abstract:
        read = reworded(read, of_the_abstract)
    elif basis is not None and not is_abstract and basis.characters < basis.of_characters:
        read = reworded(read, of_the_part)
    said = "\n".join(_texts(read))
    faults = [*faults_of(said, abstract_only=is_abstract, authors=paper.authors), *_copied(read, lens)]
    faults += () if forgiving else read.weak
    return Read(None, tuple(faults)) if faults else read


def _copied(read: Read, lens: Lens) -> list[str]:
    """Texts that are the worked example's: about another paper, so about none."""
    shown = example_of(lens)["reply"]
    known = {shown["headline"], shown["does"], shown["dissection"]["text"], shown["verdict"], shown["closing"]}
    return ["The example's words stand in it; write about this paper."] if known & set(_texts(read)) else []


def _texts(read: Read) -> list[str]:
    return texts_of(read.reply) if read.reply else []
