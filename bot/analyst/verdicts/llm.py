"""The model analyst: paper and lens -> prompt -> chat -> checked short verdict, and its analysis; or why it must wait.

An endpoint gets a round: a first request and, where its reply cannot be used, one repair that says what is wrong. Then
the next endpoint; then the paper waits. What was replied is read from the store before anybody is called again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.analyst.endpoints.caller import MOST_AT_ONCE, Caller, Failure
from bot.analyst.endpoints.chat import Chat
from bot.analyst.endpoints.endpoint import Endpoint
from bot.analyst.endpoints.response import ModelResponse
from bot.analyst.endpoints.rounds import Request, Validated, ask_round, in_turn, wait_of
from bot.analyst.verdicts.analysis_reply import ReadAnalysis
from bot.analyst.verdicts.compose import analysis_of, given, nothing_to_say, provenance, verdict_of
from bot.analyst.verdicts.numbered_text import NumberedFullText, NumberedSource, NumberedText, renumbered
from bot.analyst.verdicts.prompt import Prompt, analysis_prompt, short_fingerprint, short_prompt
from bot.analyst.verdicts.schema import Shape, analysis_shape, short_shape
from bot.analyst.verdicts.short_reply import ReadShort
from bot.analyst.verdicts.unread import unread_words, wait_for_reader
from bot.analyst.verdicts.validate import Weighing
from bot.core.errors import Unreadable
from bot.core.fulltext.fulltext import FullText
from bot.core.papers.paper import Paper
from bot.core.verdicts.call import ANALYSIS, VERDICT, Budget, CallOutcome, Usage
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Analysis, Label, NoAnalysis, Verdict, Wait
from bot.ports.model import CallLog
from bot.ports.store import Clock
from bot.text.passages import PassageReader, PassagesHere
from bot.text.relevance import Relevance
from bot.text.rules import RuleReader, RulesHere

ABSTRACT_CHARACTERS_SENT = 24_000
TEXT_CHARACTERS_SENT = 60_000
SHORTENINGS = 2
LEAST_SENTENCES = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    """What is asked of a paper: its sentences, the prompt for the first so many of them, and what a reply is worth."""

    paper: Paper
    lens: Lens
    pointing: NumberedSource
    prompt: Callable[[int], Prompt]
    weigh: Callable[[Weighing, ModelResponse, bool], Validated[T]]
    shape: Shape
    wanted: str

    def weighing(self, sentences: int) -> Weighing:
        """What a reply about the first so many sentences is held against."""
        return Weighing(self.paper, self.lens, self.pointing.sentences[:sentences], self.pointing.basis(sentences))


@dataclass(frozen=True, slots=True)
class _Found(Generic[T]):
    """A reply that can be used: by which endpoint, to which prompt, and what all calls about it took."""

    read: T
    endpoint: Endpoint
    prompt: Prompt
    usage: Usage


class LlmAnalyst:
    """Judges by the endpoints in turn."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        budget: Budget,
        clock: Clock,
        chat: Chat | None = None,
        rules: RuleReader | None = None,
        passages: PassageReader | None = None,
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._endpoints = tuple(endpoints)
        self._chat = chat or Chat(clock)
        self._caller = Caller(self._chat, budget, at_once)
        self._clock = clock
        self._rules = rules or RulesHere()
        self._passages = passages or PassagesHere()

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The short verdict, or why it must wait."""
        return await self._judge(paper, None, lens, call_log)

    async def judge_text(self, paper: Paper, full: FullText, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The short verdict on the full text: on what matters to the lens, where the whole is too much."""
        return await self._judge(paper, full, lens, call_log)

    async def _read(self, paper: Paper, full: FullText | None, lens: Lens) -> tuple[NumberedSource, Relevance]:
        """The sentences of a text, and what rules find in them; `Unreadable` where that takes too much."""
        if full is None:
            (read,) = await self._rules.read_abstracts([(paper.title, paper.abstract)], lens)
            return NumberedText(paper, read), read.relevance
        chosen = await self._passages.choose(full, looked_for(lens), TEXT_CHARACTERS_SENT)
        numbers = [sentence.number for sentence in chosen.sentences]
        sentences = renumbered([full.sentence(number) for number in numbers])
        read = await self._rules.read_sentences(paper.title, sentences, lens)
        return NumberedFullText(paper, full, numbers, read), read.relevance

    async def _judge(self, paper: Paper, full: FullText | None, lens: Lens, calls: CallLog) -> Verdict | Wait:
        try:
            pointing, wanted = await self._read(paper, full, lens)
        except Unreadable as error:
            if error.is_passing:
                return wait_for_reader(error)
            return nothing_to_say(paper, lens, short_fingerprint(lens), self._clock.now(), unread_words(error))
        if not pointing.sentences:
            return nothing_to_say(paper, lens, short_fingerprint(lens), self._clock.now())

        def prompt(sentences: int) -> Prompt:
            return short_prompt(paper, lens, pointing.sentences[:sentences], pointing.basis(sentences))

        def weigh(weighing: Weighing, answer: ModelResponse, forgiving: bool) -> Validated[ReadShort]:
            read = weighing.short(answer, forgiving)
            return Validated(read if read.fits else None, read.faults)

        task = _Task(paper, lens, pointing, prompt, weigh, short_shape(lens), VERDICT)
        found = await self._by_any(task, calls)
        if isinstance(found, Wait):
            return found
        return verdict_of(
            paper,
            lens,
            found.read,
            sentences=found.prompt.sentences,
            model=found.endpoint.model,
            fingerprint=found.prompt.fingerprint,
            usage=found.usage,
            judged_at=self._clock.now(),
            pointing=pointing,
            wanted=wanted,
        )

    async def analyse(
        self, verdict: Verdict, paper: Paper, full: FullText | None, lens: Lens, call_log: CallLog
    ) -> Analysis | NoAnalysis | Wait:
        """The analysis that belongs to a short verdict, of the text that it rests on."""
        try:
            pointing, _ = await self._read(paper, full, lens)
        except Unreadable as error:
            return wait_for_reader(error) if error.is_passing else NoAnalysis(unread_words(error))
        short = given(verdict, pointing)
        fallacy = frozenset(short["core_fallacy"]["cites"]) if short["core_fallacy"] else frozenset[int]()
        addressed = [lens.item_or_key(finding.item) for finding in verdict.labelled(Label.ADDRESSED)]

        def prompt(sentences: int) -> Prompt:
            basis = pointing.basis(sentences)
            return analysis_prompt(paper, lens, pointing.sentences[:sentences], basis, short)

        def weigh(weighing: Weighing, answer: ModelResponse, forgiving: bool) -> Validated[ReadAnalysis]:
            read = weighing.analysis(answer, forgiving, fallacy, addressed)
            return Validated(read if read.reply or read.disagrees else None, read.faults)

        task = _Task(paper, lens, pointing, prompt, weigh, analysis_shape(lens), ANALYSIS)
        found = await self._by_any(task, call_log)
        if isinstance(found, Wait):
            return found
        if found.read.disagrees or found.read.reply is None:
            return NoAnalysis(found.read.disagrees, disagrees=True)
        made = provenance(lens, found.endpoint.model, found.prompt.fingerprint, found.usage, self._clock.now())
        return analysis_of(found.read.reply, pointing, made, found.read.dropped)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._chat.close()

    async def _by_any(self, task: _Task[T], calls: CallLog) -> _Found[T] | Wait:
        """The first endpoint's reply that can be used, or all their reasons."""
        failures: list[Failure] = []
        sentences = sum(sentence.end <= ABSTRACT_CHARACTERS_SENT for sentence in task.pointing.sentences) or 1
        if isinstance(task.pointing, NumberedFullText):
            sentences = len(task.pointing.sentences)
        for endpoint in await in_turn(self._endpoints, task.prompt(sentences), calls):
            answer = await self._shortening(endpoint, task, sentences, calls)
            if isinstance(answer, _Found):
                return answer
            failures.append(answer)
        return wait_of(failures)

    async def _shortening(
        self, endpoint: Endpoint, task: _Task[T], sentences: int, calls: CallLog
    ) -> _Found[T] | Failure:
        """One endpoint; a text that is too long for it is asked about in part."""
        for _ in range(SHORTENINGS + 1):
            answer = await self._round(endpoint, task, sentences, calls)
            is_too_long = isinstance(answer, Failure) and answer.outcome is CallOutcome.TOO_LONG
            if not is_too_long or sentences <= LEAST_SENTENCES:
                return answer
            sentences = max(sentences // 2, LEAST_SENTENCES)
        return answer

    async def _round(self, endpoint: Endpoint, task: _Task[T], sentences: int, calls: CallLog) -> _Found[T] | Failure:
        """First request and repair."""
        prompt, weighing = task.prompt(sentences), task.weighing(sentences)

        def weigh(answer: ModelResponse, forgiving: bool) -> Validated[T]:
            return task.weigh(weighing, answer, forgiving)

        request = Request(str(task.paper.id), task.lens, prompt, task.shape, weigh, task.wanted)
        found = await ask_round(self._caller, endpoint, request, calls)
        return found if isinstance(found, Failure) else _Found(found.made, endpoint, prompt, found.usage)


def looked_for(lens: Lens) -> str:
    """By which words the sentences of a full text are found that a verdict is made from: the lens's questions."""
    return " ".join(asked.question for asked in lens.checklist)
