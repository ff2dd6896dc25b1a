"""`ports_workers.TextReader` over the pool: which task, within what limits, and the words where it fails."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from bot.core.discussion.question import ReadSentence, RetrievedContext
from bot.core.errors import SourceUnavailable, Unreadable
from bot.core.fulltext.fulltext import FullText, Span, TextKind
from bot.core.fulltext.retrieval import fits, reading_of
from bot.core.papers.feed import Fetched, Outcome
from bot.core.papers.listing import Listing
from bot.core.papers.paper import ArxivId, Paper
from bot.core.papers.sentence import Sentence
from bot.core.verdicts.lens import Lens
from bot.ports.workers import FileReading, ReadLimits
from bot.text.rules import RuleReading
from bot.workers import pages, replies
from bot.workers.checks import Nonsense
from bot.workers.pool import Failure, Pool, Task, TaskFailed

Read = TypeVar("Read")
BYTES_A_CHARACTER: Final = 12
FRAME_BYTES: Final = 1_000_000
SPLIT_SECONDS: Final = 10.0
RULE_SECONDS: Final = 10.0
PASSAGE_SECONDS: Final = 10.0
RULE_BYTES: Final = 1_000_000
REMEMBERED: Final = 512  # readings of abstracts, of a few kB each
CALLED = {TextKind.HTML: "arXiv's HTML", TextKind.PDF: "the PDF", TextKind.ABSTRACT: "the abstract"}
PAGE_GROWTH: Final = 6  # bytes of JSON for each that arXiv sent, at most
LONG_PAGE: Final = 500_000
PAGES_ASKER: Final = "arxiv"
RESTRAINTS = ("memory", "time", "files", "programs", "network", "parent")
SAYS = {
    Failure.TIME: "{text} could not be read within {seconds:g} seconds",
    Failure.MEMORY: "{text} needs more memory than it is given",
    Failure.FAULT: "{text} cannot be read: its reader broke down",
    Failure.DIED: "{text} cannot be read: its reader broke down",
    Failure.NONSENSE: "{text} cannot be read: its reader's answer makes no sense",
    Failure.STARVED: "{text} could not be read: this machine was too busy",
    Failure.KILLED: "{text} could not be read: its reader was ended from outside",
    Failure.NO_WORKER: "{text} could not be read: this machine has no room for another process",
}


class WorkerReader:
    """Reads in the workers of a pool."""

    def __init__(self, pool: Pool, limits: ReadLimits) -> None:
        self._pool = pool
        self._limits = limits
        self._known: dict[tuple[str, str, str], RuleReading] = {}

    async def read_file(self, kind: TextKind, body: bytes, asker: str) -> FileReading:
        """The text of an HTML page or a PDF."""
        limits = self._limits
        most = BYTES_A_CHARACTER * limits.characters + FRAME_BYTES
        task = Task("read_file", (kind, body, limits), limits.seconds, most, asker, is_long=True)
        return await self._run(task, CALLED[kind], lambda said: replies.file_reading(said, limits.characters))

    async def split_text(self, text: str, blocks: Sequence[Span], asker: str) -> tuple[Span, ...]:
        """The spans of the sentences of a text."""
        most = BYTES_A_CHARACTER * len(text) + FRAME_BYTES
        task = Task("split_text", (text, tuple(blocks)), SPLIT_SECONDS, most, asker)
        return await self._run(task, CALLED[TextKind.ABSTRACT], lambda said: replies.spans(said, len(text)))

    async def read_abstracts(self, papers: Sequence[tuple[str, str]], lens: Lens) -> Sequence[RuleReading]:
        """What the rules find in titles and abstracts; one that takes too much costs all that are asked for with it.

        The latest are remembered: a paper is read for its place in the day, for its verdict and for its analysis.
        """
        keys = [(*paper, lens.fingerprint) for paper in papers]
        found = {key: self._known.pop(key) for key in keys if key in self._known}
        unread = [key for key in keys if key not in found]
        if unread:
            readings = await self._read_abstracts([(title, abstract) for title, abstract, _ in unread], lens)
            found |= zip(unread, readings, strict=True)
        self._known |= found
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return [found[key] for key in keys]

    async def _read_abstracts(self, papers: Sequence[tuple[str, str]], lens: Lens) -> Sequence[RuleReading]:
        abstracts = [abstract for _, abstract in papers]
        most = RULE_BYTES + BYTES_A_CHARACTER * sum(map(len, abstracts))
        task = Task("read_abstracts", (tuple(papers), lens), RULE_SECONDS, most)
        return await self._run(task, CALLED[TextKind.ABSTRACT], lambda said: replies.rule_readings(said, abstracts))

    async def read_sentences(self, title: str, sentences: Sequence[Sentence], lens: Lens) -> RuleReading:
        """What the rules find in a title and sentences."""
        length = sum(len(sentence.text) for sentence in sentences)
        task = Task(
            "read_sentences",
            (title, tuple(sentences), lens),
            self._limits.seconds,
            RULE_BYTES + BYTES_A_CHARACTER * length,
            is_long=True,
        )
        return await self._run(task, "the text", lambda said: replies.rule_reading(said, "", sentences))

    async def choose(self, full: FullText, words: str, room: int, asker: str = "") -> RetrievedContext:
        """What is read for those words; of a short text all, which needs no worker."""
        known = range(1, len(full.spans) + 1)
        if fits(full, room):
            return reading_of(full, known)
        task = Task("choose_passages", (full, words, room), PASSAGE_SECONDS, FRAME_BYTES, asker)
        chosen = await self._run(task, "the text", lambda said: replies.numbers(said, known))
        return reading_of(full, sorted(chosen))

    async def narrow(self, reading: RetrievedContext, words: str, room: int) -> RetrievedContext:
        """Less of what was read."""
        by_number = {sentence.number: sentence for sentence in reading.sentences}
        task = Task("narrow_passages", (reading, words, room), PASSAGE_SECONDS, FRAME_BYTES)
        left = await self._run(task, "the text", lambda said: replies.numbers(said, by_number))
        return replace(reading, sentences=tuple(by_number[number] for number in sorted(left)), is_part=True)

    async def quote(self, words: str, reading: RetrievedContext, needed: float) -> tuple[ReadSentence, ...]:
        """The sentences that match those words best."""
        by_number = {sentence.number: sentence for sentence in reading.sentences}
        task = Task("quote_passages", (words, reading, needed), PASSAGE_SECONDS, FRAME_BYTES)
        found = await self._run(task, "the text", lambda said: replies.numbers(said, by_number))
        return tuple(by_number[number] for number in found)

    async def read_feed(self, body: bytes, category: str, status: int) -> Fetched:
        """A category's feed."""
        return await self._page("read_feed", (body, category, status), pages.feed_of)

    async def read_listing(self, body: bytes, category: str) -> Listing:
        """A page of a listing."""
        return await self._page("read_listing", (body, category), pages.listing_of)

    async def read_api(self, body: bytes, asked: int) -> dict[ArxivId, Paper]:
        """An answer of the API."""
        return await self._page("read_api", (body, asked), pages.papers_of)

    async def _page(self, name: str, arguments: tuple[Any, ...], read: Callable[[Any], Read]) -> Read:
        """What arXiv answered, read for everybody and for nobody in particular."""
        length = len(arguments[0])
        is_long = length > LONG_PAGE
        seconds, most = self._limits.seconds if is_long else RULE_SECONDS, PAGE_GROWTH * length + FRAME_BYTES
        task = Task(name, arguments, seconds, most, PAGES_ASKER, is_long=is_long)
        try:
            return await self._run(task, "arXiv's answer", read)
        except Unreadable as error:
            raise SourceUnavailable(Outcome.MALFORMED, f"{error.what}.") from error

    async def restraints(self) -> tuple[list[str], list[str]]:
        """What the system holds a worker to, and what it does not."""
        said = await self._run(Task("held", (), SPLIT_SECONDS, FRAME_BYTES), "a trial", lambda held: held)
        held = [text for text in RESTRAINTS if text in said]
        return held, [text for text in RESTRAINTS if text not in said]

    async def close(self) -> None:
        """End the processes."""
        await self._pool.close()

    async def _run(self, task: Task, text: str, read: Callable[[Any], Read]) -> Read:
        """What the task answered, checked; `Unreadable` in words for people. Much is checked beside everything else."""
        try:
            said = await self._pool.run(task)
            return await asyncio.to_thread(read, said) if task.is_long else read(said)
        except TaskFailed as failed:
            failure = failed.failure
        except Nonsense:
            failure = Failure.NONSENSE
        words = SAYS[failure].format(text=text, seconds=task.seconds)
        raise Unreadable(words, is_passing=failure.is_passing)
