"""Texts and answers for tests: a library of invented full texts, and an oracle that pays for what it says."""

import json
from datetime import timedelta

from bot.core.discussion.question import (
    Answered,
    AnswerOutcome,
    CitedStatement,
    Question,
    QuestionKind,
    ReadSentence,
    RetrievedContext,
)
from bot.core.errors import SourceUnavailable
from bot.core.fulltext.fulltext import Block, Extract, FullText, TextKind, abstract_extract, full_text, lay_out
from bot.core.papers.paper import ArxivId, Paper
from bot.core.papers.sentence import hash_text
from bot.core.verdicts.call import Budget, CallOutcome, PlannedCall, Stage, Usage
from bot.core.verdicts.verdict import AnalystKind, Provenance, Wait
from bot.ports.model import CallLog
from bot.ports.store import Clock
from bot.text.passages import PassagesHere
from bot.text.split import split

PRICE = 0.01
BODY = (
    Block("Tickets are sorted by a small model.", number="1", heading="Introduction"),
    Block("We compare against a linear baseline. It reaches 61 percent.", number="3.2", heading="Baselines"),
    Block("The model was trained on twelve machines.", number="4", heading="Cost"),
)


class Library:
    """A `TextSource`: every paper has the same invented body, or only its abstract; kept already, or to be fetched."""

    def __init__(self) -> None:
        self.asked: list[ArxivId] = []
        self.error: SourceUnavailable | None = None
        self.only_abstract = ""
        self.keeps_all = True
        self.is_final = True
        self.kept: dict[ArxivId, FullText] = {}

    async def kept_text(self, paper: Paper) -> FullText | None:
        return self._made(paper) if self.keeps_all and self.error is None else self.kept.get(paper.id)

    async def fetch_text(self, paper: Paper, asker: str = "") -> FullText:
        self.asked.append(paper.id)
        if self.error is not None:
            raise self.error
        self.kept[paper.id] = self._made(paper)
        return self.kept[paper.id]

    def _made(self, paper: Paper) -> FullText:
        kind = TextKind.ABSTRACT if self.only_abstract else TextKind.HTML
        extract = abstract_extract(paper) if self.only_abstract else Extract(BODY)
        laid = lay_out(extract.blocks, 100_000)
        spans = [(one.start, one.end) for one in split(laid.text)]
        return full_text(paper, kind, extract, laid, spans, self.only_abstract, is_final=self.is_final)

    async def close(self) -> None: ...


class AllOfIt(PassagesHere):
    """Reads every sentence of a text, however long."""

    async def choose(self, full: FullText, words: str, room: int, asker: str = "") -> RetrievedContext:
        """All sentences of a text."""
        every = tuple(ReadSentence(read.number, full.section_of(read).name, read.text) for read in full.sentences)
        return RetrievedContext(every, is_part=False, basis_words="the full text", known=len(every))


class Oracle:
    """An `Answerer` whose calls are rows like a model's: a reply that is stored is not paid for again.

    `away`: why it waits. `dies`: it is killed after the reply was stored and before anybody read it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.away: Wait | None = None
        self.dies: BaseException | None = None
        self.questions: list[Question] = []
        self.calls = 0
        self.says: Answered | None = None
        self.during: object = None

    async def answer(self, question: Question, reading: RetrievedContext, call_log: CallLog) -> Answered | Wait:
        self.questions.append(question)
        if self.away is not None:
            return self.away
        prompt = hash_text(f"{question.paper.id} {question.lens.key} {question.kind} {question.words} {question.turns}")
        past = [one for one in await call_log.calls_of(prompt) if one.reply is not None]
        if not past:
            await self._call(question, prompt, call_log)
        if self.dies is not None:
            death, self.dies = self.dies, None
            raise death
        if callable(self.during):
            during, self.during = self.during, None
            await during()
        return self.says or self._answered(question)

    async def _call(self, question: Question, prompt: str, call_log: CallLog) -> None:
        self.calls += 1
        planned = PlannedCall(
            "oracle", "oracle-1", str(question.paper.id), question.lens.key, prompt, Stage.FIRST,
            Usage(10, 10, 0, PRICE), timedelta(seconds=30),
        )  # fmt: skip
        call = await call_log.reserve_call(planned, Budget(1_000_000, 100.0))
        assert isinstance(call, int)
        await call_log.store_reply(call, json.dumps({"ok": True}), 1)
        await call_log.settle_call(call, CallOutcome.ANSWERED, Usage(10, 10, 0, PRICE))

    def _answered(self, question: Question) -> Answered:
        says = {
            QuestionKind.ASK: "It is compared with a linear baseline.",
            QuestionKind.STEELMAN: "It is honest about its baseline.",
            QuestionKind.CHANGE_MIND: "It would have to name who pays.",
        }[question.kind]
        return Answered(
            (CitedStatement(says, (2,)),), "The baseline is a straw man.", AnswerOutcome.ANSWERED, self.provenance()
        )

    def provenance(self) -> Provenance:
        return Provenance(AnalystKind.MODEL, "discontinuity", "f" * 64, self._clock.now(), "oracle-1", cost_usd=PRICE)

    async def close(self) -> None: ...
