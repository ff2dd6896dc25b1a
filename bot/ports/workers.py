"""The protocol of reading what strangers wrote: in processes of their own, within a time and a memory.

A text that cannot be read within its limits is `Unreadable`, with words for people; `is_passing` where only the machine
was too busy, so that another attempt may help.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.fulltext.fulltext import Extract, Laid, Span, TextKind
from bot.core.papers.feed import Fetched
from bot.core.papers.listing import Listing
from bot.core.papers.paper import ArxivId, Paper


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much one text may take: processor seconds, memory, pages read, characters passed on."""

    seconds: float = 30.0
    memory_megabytes: int = 1024
    pages: int = 150
    characters: int = 1_000_000


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a file holds: its blocks as far as they are passed on, laid end to end, and the sentences' spans in that."""

    extract: Extract
    laid: Laid
    spans: tuple[Span, ...]


class TextReader(Protocol):
    """Reads strangers' texts. `asker`: on whose behalf, so that one asker's texts do not hold up another's."""

    async def read_file(self, kind: TextKind, body: bytes, asker: str) -> FileReading:
        """The text of an HTML page or a PDF; `Unreadable` with the reason when it has none, or takes too much."""

    async def split_text(self, text: str, blocks: Sequence[Span], asker: str) -> tuple[Span, ...]:
        """The spans of the sentences of a text, none of which reaches over a block's end; `Unreadable` as above."""

    async def close(self) -> None:
        """End the processes."""


class PageReader(Protocol):
    """Reads what arXiv answers; `SourceUnavailable` for what is none of it, or takes too much."""

    async def read_feed(self, body: bytes, category: str, status: int) -> Fetched:
        """A category's feed."""

    async def read_listing(self, body: bytes, category: str) -> Listing:
        """A page of a category's listing."""

    async def read_api(self, body: bytes, asked: int) -> dict[ArxivId, Paper]:
        """The papers of an answer to so many ids; `MalformedId` when the API calls an id malformed."""
