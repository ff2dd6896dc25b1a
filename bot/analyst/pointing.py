"""Sentences of one paper's abstract as evidence: numbers come in, the stored words go out."""

import asyncio
from collections.abc import Iterable
from functools import lru_cache

from bot.core.injection import Instruction, flags_for, instructions_in
from bot.core.injection_tongues import prepare
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
