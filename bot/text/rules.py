"""What rules say of a text through a lens: its sentences, those that instruct a model, hits and relevance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.hostile.instruction import Instruction
from bot.core.papers.sentence import Sentence
from bot.core.verdicts.lens import Lens
from bot.text.relevance import Relevance, relevance
from bot.text.scan import Hit, scan
from bot.text.split import split


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What the rules found. Hits and relevance rest on the sentences that instruct nobody."""

    sentences: tuple[Sentence, ...]
    instructions: tuple[Instruction, ...]
    hits: tuple[Hit, ...]
    relevance: Relevance


NOTHING_READ = RuleReading((), (), (), Relevance(0, (), None))


class RuleReader(Protocol):
    """Reads by rule; `Unreadable` for a text that cannot be read within its limits."""

    async def read_abstracts(self, papers: Sequence[tuple[str, str]], lens: Lens) -> Sequence[RuleReading]:
        """Titles with abstracts, each split into its sentences first; within the limits all together."""

    async def read_sentences(self, title: str, sentences: Sequence[Sentence], lens: Lens) -> RuleReading:
        """A title and sentences, numbered from 1 without a gap."""


def read_by_rule(title: str, sentences: Sequence[Sentence], lens: Lens) -> RuleReading:
    """What the rules find; in the process that calls it, for as long as it takes."""
    from bot.core.hostile.injection import instructions_in  # many expressions, for the worker that reads

    found = instructions_in(title, sentences)
    ordering = {instruction.sentence for instruction in found}
    judged = tuple(sentence for sentence in sentences if sentence.number not in ordering)
    return RuleReading(tuple(sentences), found, scan(title, judged, lens), relevance(title, judged, lens))


class RulesHere:
    """Reads in its own process: where nobody waits for anything else, as in `eval`."""

    async def read_abstracts(self, papers: Sequence[tuple[str, str]], lens: Lens) -> Sequence[RuleReading]:
        """Titles with abstracts."""
        return [read_by_rule(title, split(abstract), lens) for title, abstract in papers]

    async def read_sentences(self, title: str, sentences: Sequence[Sentence], lens: Lens) -> RuleReading:
        """A title and sentences."""
        return read_by_rule(title, sentences, lens)
