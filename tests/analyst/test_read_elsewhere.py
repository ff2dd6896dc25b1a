"""The rules of a model's verdict are read by whoever reads strangers' texts, never by the process that listens."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.analyst.verdicts import numbered_text
from bot.analyst.verdicts.llm import LlmAnalyst
from bot.core.errors import Unreadable
from bot.core.hostile.instruction import Instruction
from bot.core.papers.sentence import Sentence
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import NoAnalysis, Verdict, Wait
from bot.text.rules import RuleReading, RulesHere
from tests.analyst.conftest import Desk, paper
from tests.fakes.texts import a_text

HOSTILE = "> " * 25_000


class Elsewhere:
    """A reader of another process: it gives up on what is long, and finds an order in the first sentence."""

    def __init__(self, *, is_passing: bool = False) -> None:
        self.is_passing = is_passing
        self.asked: list[str] = []

    async def read_abstracts(self, papers: Sequence[tuple[str, str]], lens: Lens) -> Sequence[RuleReading]:
        self.asked.append("abstract")
        if any(len(abstract) > 10_000 for _, abstract in papers):
            raise Unreadable("the abstract could not be read within 10 seconds", is_passing=self.is_passing)
        return [self._found(read) for read in await RulesHere().read_abstracts(papers, lens)]

    async def read_sentences(self, title: str, sentences: Sequence[Sentence], lens: Lens) -> RuleReading:
        self.asked.append("sentences")
        return self._found(await RulesHere().read_sentences(title, sentences, lens))

    def _found(self, read: RuleReading) -> RuleReading:
        return replace(read, instructions=(Instruction(1, read.sentences[0].text),))


@pytest.fixture
def nothing_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a stranger's text is read in the process that listens")

    for name in ("_sentences_of", "_instructions_in", "_looked_for"):
        monkeypatch.setattr(numbered_text, name, refuse)


def analyst(desk: Desk, rules: Elsewhere) -> LlmAnalyst:
    return LlmAnalyst(desk.endpoints, desk.budget, desk.clock, desk._chat, rules)


@pytest.mark.usefixtures("nothing_is_read_here")
async def test_an_abstract_and_a_text_are_read_elsewhere_and_what_is_found_there_is_told(desk: Desk) -> None:
    rules = Elsewhere()
    judge = analyst(desk, rules)
    short = await judge.judge(paper(), desk.lens, desk.store)
    full = await judge.judge_text(paper(), a_text(), desk.lens, desk.store)
    assert isinstance(short, Verdict)
    assert isinstance(full, Verdict)
    assert [one.flags[0].startswith("Sentence 1 instructs a model") for one in (short, full)] == [True, True]
    await judge.analyse(short, paper(), None, desk.lens, desk.store)
    assert rules.asked == ["abstract", "sentences", "abstract"]


@pytest.mark.usefixtures("nothing_is_read_here")
async def test_an_abstract_that_takes_too_long_is_final_with_words_and_costs_no_call(desk: Desk) -> None:
    judge = analyst(desk, Elsewhere())
    found = await judge.judge(paper(abstract=HOSTILE), desk.lens, desk.store)
    assert isinstance(found, Verdict)
    assert found.short is not None
    assert found.short.too_little == "The abstract could not be read within 10 seconds."
    assert desk.server.asked == []
    known = await judge.analyse(found, paper(abstract=HOSTILE), None, desk.lens, desk.store)
    assert known == NoAnalysis("The abstract could not be read within 10 seconds.")


async def test_a_machine_that_was_too_busy_is_asked_again(desk: Desk) -> None:
    judge = analyst(desk, Elsewhere(is_passing=True))
    assert isinstance(await judge.judge(paper(abstract=HOSTILE), desk.lens, desk.store), Wait)
