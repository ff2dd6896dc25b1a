"""The protocols of a paper's full text: where it comes from, and where it is kept so that it is fetched once."""

from typing import Protocol

from bot.core.fulltext.fulltext import FullText
from bot.core.papers.paper import ArxivId, Paper


class TextSource(Protocol):
    """Where a paper's text comes from."""

    async def fetch_text(self, paper: Paper, asker: str = "") -> FullText:
        """The best text there is: arXiv's HTML, else its PDF, else the abstract; its basis says which and why.
        `asker`: on whose behalf, so that nobody's papers hold up another's; empty for the bot's own work.

        `SourceUnavailable` with a named outcome when arXiv cannot be asked at all: the work is kept."""

    async def kept_text(self, paper: Paper) -> FullText | None:
        """What was read of that version and is kept; nobody is asked. Not final where a fault that may pass, or a
        version that nobody knew, left less than there may be."""

    async def close(self) -> None:
        """Let go of connections."""


class TextCache(Protocol):
    """Texts that were read before, within a budget of bytes; the one that was asked for longest ago goes first."""

    async def get_text(self, paper: ArxivId, version: int, extractor: str) -> FullText | None:
        """What that extractor made of that version; None when it is not kept."""

    async def put_text(self, text: FullText, version: int, extractor: str, budget: int) -> None:
        """Keep a text, and let go of others until all of them fit into `budget` bytes."""
