"""Sentences of one paper's abstract as evidence: numbers come in, the stored words go out."""

from collections.abc import Iterable

from bot.core.paper import Paper
from bot.core.sentence import Evidence, Sentence, hash_text
from bot.text.split import split


class Pointing:
    """The numbered sentences of a paper's abstract, and evidence made of them."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._hash = hash_text(paper.abstract)
        self.sentences = split(paper.abstract)

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
