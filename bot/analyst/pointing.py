"""Sentences of one paper's abstract, or of its full text, as evidence: numbers come in, the stored words go out."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from bot.core.fulltext import FullText
from bot.core.injection import Instruction, flags_for, instructions_in
from bot.core.injection_tongues import prepare
from bot.core.paper import Paper
from bot.core.sentence import Evidence, Sentence, hash_text
from bot.core.verdict import Basis, BasisKind
from bot.text.split import split


class Pointed(Protocol):
    """A text that a verdict is about. `sentences` are numbered from 1 without a gap, as a model is given them."""

    sentences: tuple[Sentence, ...]
    judged: tuple[Sentence, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """What is found about the text itself, in words for people."""
        ...

    @property
    def first_line(self) -> Evidence | None:
        """The text's own first sentence."""
        ...

    def evidence(self, one: Sentence) -> Evidence:
        """A sentence as it is kept under a claim."""
        ...

    def cited(self, numbers: Iterable[int]) -> tuple[Evidence, ...]:
        """The sentences of those numbers, each once and in the text's order; they must be there."""
        ...

    def basis(self, sentences: int) -> Basis:
        """What a verdict on the first so many of the sentences rests on."""
        ...


class Pointing:
    """The numbered sentences of a paper's abstract, and evidence made of them.

    `judged` is without those that instruct a model: rules count nothing that is said to move them.
    """

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._hash = hash_text(paper.abstract)
        self.sentences = _sentences_of(paper.abstract)
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

    def basis(self, sentences: int) -> Basis:
        """The abstract, or its first so many sentences."""
        length = len(self._paper.abstract)
        if sentences >= len(self.sentences):
            return Basis(BasisKind.ABSTRACT, length, length)
        last = self.sentences[sentences - 1].end if sentences else 0
        return Basis(BasisKind.ABSTRACT, last, length, f"only its first {sentences} sentences fit the model")


class FullPointing:
    """The sentences of a full text that are read, numbered anew from 1; evidence keeps the number in the whole text."""

    def __init__(self, paper: Paper, full: FullText, picked: Sequence[int]) -> None:
        self._full = full
        self._picked = tuple(full.sentence(number) for number in picked)
        self.sentences = tuple(
            Sentence(number, one.start, one.end, one.text) for number, one in enumerate(self._picked, 1)
        )
        self._instructions = instructions_in(paper.title, self.sentences)
        ordering = {one.sentence for one in self._instructions}
        self.judged = tuple(one for one in self.sentences if one.number not in ordering)

    @property
    def flags(self) -> tuple[str, ...]:
        """Instructions to a model, and words that the file hides from its readers."""
        found = (self._in_whole(one) for one in self._instructions)
        return (*flags_for(tuple(found)), *self._full.hidden_told)

    def _in_whole(self, one: Instruction) -> Instruction:
        """An instruction by its sentence's number in the whole text, which is what people are shown."""
        return replace(one, sentence=self._picked[one.sentence - 1].number) if one.sentence else one

    @property
    def first_line(self) -> Evidence | None:
        """The text's own first sentence, whether it was read or not."""
        return self._full.evidence(self._full.sentence(1)) if self._full.spans else None

    def evidence(self, one: Sentence) -> Evidence:
        """A sentence as it is kept under a claim."""
        return self._full.evidence(self._picked[one.number - 1])

    def cited(self, numbers: Iterable[int]) -> tuple[Evidence, ...]:
        """The sentences of those numbers, each once and in the text's order; they must be there."""
        return tuple(self.evidence(self.sentences[number - 1]) for number in sorted(set(numbers)))

    def basis(self, sentences: int) -> Basis:
        """The full text, as far as it was read."""
        known, whole = len(self._full.spans), self._full.verdict_basis
        if sentences >= known:
            return whole
        read = sum(one.end - one.start for one in self._picked[:sentences])
        part = f"{sentences:,} of {known:,} sentences were read"
        return Basis(whole.kind, read, whole.of_characters, f"{part}; {whole.reason}" if whole.reason else part)


@lru_cache(maxsize=1024)
def _instructions_in(paper: Paper) -> tuple[Instruction, ...]:
    """Looked for once a paper, however many lenses it is read through."""
    return instructions_in(paper.title, _sentences_of(paper.abstract))


@lru_cache(maxsize=16)
def _sentences_of(abstract: str) -> tuple[Sentence, ...]:
    return tuple(split(abstract))


class Readiness:
    """The first paper waits until the rules are compiled, and nothing else does."""

    def __init__(self) -> None:
        self._is_there = False

    async def wait(self) -> None:
        """At once, but for the first time."""
        if not self._is_there:
            await asyncio.to_thread(prepare)
            self._is_there = True
