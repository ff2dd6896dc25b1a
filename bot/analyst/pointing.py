"""Sentences of one paper's abstract as evidence: numbers come in, the stored words go out."""

from collections.abc import Iterable
from functools import lru_cache

from bot.core.injection import Instruction, flags_for, instructions_in
from bot.core.paper import Paper
from bot.core.sentence import Evidence, Sentence, hash_text
from bot.text.split import split


class Pointing:
    """The numbered sentences of a paper's abstract, and evidence made of them.

    `judged` is without those that instruct a model: rules count nothing that is said to move them.
    """

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._hash = hash_text(paper.abstract)
        self.sentences = split(paper.abstract)
        ordering = {one.sentence for one in _instructions_in(paper)}
        self.judged = tuple(one for one in self.sentences if one.number not in ordering)

    @property
    def flags(self) -> tuple[str, ...]:
        """What is found about the text itself, in words for people: instructions to a model."""
        return flags_for(_instructions_in(self._paper))

    @property
    def first_line(self) -> Evidence | None:
        """The abstract's own first sentence."""
        return self.evidence(self.sentences[0]) if self.sentences else None

    def evidence(self, one: Sentence) -> Evidence:
        """A sentence as it is kept under a claim."""
        paper = self._paper
        return Evidence(paper.id, paper.version, self._hash, one.start, one.end, one.text, one.number)

    def cited(self, numbers: Iterable[int]) -> tuple[Evidence, ...]:
        """The sentences of those numbers, each once and in the text's order; they must be there."""
        return tuple(self.evidence(self.sentences[number - 1]) for number in sorted(set(numbers)))


@lru_cache(maxsize=1024)
def _instructions_in(paper: Paper) -> tuple[Instruction, ...]:
    """Looked for once a paper, however many lenses it is read through."""
    return instructions_in(paper.title, split(paper.abstract))
