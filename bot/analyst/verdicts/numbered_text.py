"""Sentences of one paper's abstract, or of its full text, as evidence: numbers come in, the stored words go out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from bot.core.fulltext.fulltext import FullText
from bot.core.hostile.instruction import Instruction, flags_for
from bot.core.papers.paper import Paper
from bot.core.papers.sentence import Evidence, Sentence, hash_text
from bot.core.verdicts.verdict import Basis, BasisKind
from bot.text.rules import RuleReading
from bot.text.split import split


class NumberedSource(Protocol):
    """A text that a verdict is about. `sentences` are numbered from 1 without a gap, as a model is given them."""

    sentences: tuple[Sentence, ...]
    judged: tuple[Sentence, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """What is found about the text itself, in words for people."""

    @property
    def first_line(self) -> Evidence | None:
        """The text's own first sentence."""

    def evidence(self, sentence: Sentence) -> Evidence:
        """A sentence as it is kept under a claim."""

    def cited(self, numbers: Iterable[int]) -> tuple[Evidence, ...]:
        """The sentences of those numbers, each once and in the text's order; they must be there."""

    def basis(self, sentences: int) -> Basis:
        """What a verdict on the first so many of the sentences rests on."""


class NumberedText:
    """The numbered sentences of a paper's abstract, and evidence made of them.

    `judged` is without those that instruct a model: rules count nothing that is said to move them.
    """

    def __init__(self, paper: Paper, read: RuleReading | None = None) -> None:
        self._paper = paper
        self._hash = hash_text(paper.abstract)
        self.sentences = read.sentences if read else _sentences_of(paper.abstract)
        self._instructions = read.instructions if read else _instructions_in(paper)
        ordering = {instruction.sentence for instruction in self._instructions}
        self.judged = tuple(sentence for sentence in self.sentences if sentence.number not in ordering)

    @property
    def flags(self) -> tuple[str, ...]:
        """What is found about the text itself, in words for people: instructions to a model."""
        return flags_for(self._instructions)

    @property
    def first_line(self) -> Evidence | None:
        """The abstract's own first sentence."""
        return self.evidence(self.sentences[0]) if self.sentences else None

    def evidence(self, sentence: Sentence) -> Evidence:
        """A sentence as it is kept under a claim."""
        paper = self._paper
        return Evidence(
            paper.id, paper.version, self._hash, sentence.start, sentence.end, sentence.text, sentence.number
        )

    def cited(self, numbers: Iterable[int]) -> tuple[Evidence, ...]:
        """The sentences of those numbers, each once and in the text's order; they must be there."""
        return tuple(self.evidence(self.sentences[number - 1]) for number in sorted(set(numbers)))

    def basis(self, sentences: int) -> Basis:
        """The abstract, or its first so many sentences."""
        length = len(self._paper.abstract)
        if sentences >= len(self.sentences):
            return Basis(BasisKind.ABSTRACT, length, length)
        last = self.sentences[sentences - 1].end if sentences else 0
        return Basis(BasisKind.ABSTRACT, last, length, f"only its first {sentences} sentences fit the model")


class NumberedFullText:
    """The sentences of a full text that are read, numbered anew from 1; evidence keeps the number in the whole text."""

    def __init__(self, paper: Paper, full: FullText, picked: Sequence[int], read: RuleReading | None = None) -> None:
        self._full = full
        self._picked = tuple(full.sentence(number) for number in picked)
        self.sentences = renumbered(self._picked)
        self._instructions = read.instructions if read else _looked_for(paper.title, self.sentences)
        ordering = {instruction.sentence for instruction in self._instructions}
        self.judged = tuple(sentence for sentence in self.sentences if sentence.number not in ordering)

    @property
    def flags(self) -> tuple[str, ...]:
        """Instructions to a model, and words that the file hides from its readers."""
        found = (self._in_whole(instruction) for instruction in self._instructions)
        return (*flags_for(tuple(found)), *self._full.hidden_told)

    def _in_whole(self, instruction: Instruction) -> Instruction:
        """An instruction by its sentence's number in the whole text, which is what people are shown."""
        return (
            replace(instruction, sentence=self._picked[instruction.sentence - 1].number)
            if instruction.sentence
            else instruction
        )

    @property
    def first_line(self) -> Evidence | None:
        """The text's own first sentence, whether it was read or not."""
        return self._full.evidence(self._full.sentence(1)) if self._full.spans else None

    def evidence(self, sentence: Sentence) -> Evidence:
        """A sentence as it is kept under a claim."""
        return self._full.evidence(self._picked[sentence.number - 1])

    def cited(self, numbers: Iterable[int]) -> tuple[Evidence, ...]:
        """The sentences of those numbers, each once and in the text's order; they must be there."""
        return tuple(self.evidence(self.sentences[number - 1]) for number in sorted(set(numbers)))

    def basis(self, sentences: int) -> Basis:
        """The full text, as far as it was read."""
        known, whole = len(self._full.spans), self._full.verdict_basis
        if sentences >= known:
            return whole
        read = sum(sentence.end - sentence.start for sentence in self._picked[:sentences])
        part = f"{sentences:,} of {known:,} sentences were read"
        return replace(whole, characters=read, reason=f"{part}; {whole.reason}" if whole.reason else part)


def renumbered(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences numbered from 1 without a gap."""
    return tuple(
        Sentence(number, sentence.start, sentence.end, sentence.text) for number, sentence in enumerate(sentences, 1)
    )


@lru_cache(maxsize=1024)
def _instructions_in(paper: Paper) -> tuple[Instruction, ...]:
    """Looked for once a paper, however many lenses it is read through."""
    return _looked_for(paper.title, _sentences_of(paper.abstract))


def _looked_for(title: str, sentences: Sequence[Sentence]) -> tuple[Instruction, ...]:
    from bot.core.hostile.injection import instructions_in  # many expressions, needed where no worker reads

    return instructions_in(title, sentences)


@lru_cache(maxsize=16)
def _sentences_of(abstract: str) -> tuple[Sentence, ...]:
    return tuple(split(abstract))
