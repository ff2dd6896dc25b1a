"""A saved feed as a source: what `copecheck demo --feed` and the bundled day read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Self

from bot.core.errors import SettingsError, SourceUnavailable
from bot.core.papers.feed import Fetched, Outcome
from bot.core.papers.paper import ArxivId, Batch, Paper
from bot.sources.feed import parse_feed

SAVE = "Save one: curl -o day.xml https://rss.arxiv.org/rss/cs.AI, then --feed day.xml; without --feed none is needed."


class SavedSource:
    """One feed that was read before; it never changes and knows nothing else."""

    def __init__(self, fetched: Fetched, category: str = "") -> None:
        self._fetched = replace(fetched, is_saved=True)
        self.category = fetched.batch.category if fetched.batch else category

    @classmethod
    def read(cls, file: Path) -> Self:
        """A feed from a file; `SettingsError` when it cannot be read, `SourceUnavailable` when it is no whole feed."""
        try:
            body = file.read_bytes()
        except OSError as error:
            raise SettingsError(f"{file} cannot be read: {error.strerror}.", SAVE) from None
        try:
            return cls.parse(body, str(file))
        except SourceUnavailable as error:
            raise SourceUnavailable(error.outcome, f"{file} is not a saved day of arXiv: {error.what}", SAVE) from None

    @classmethod
    def parse(cls, body: bytes, name: str) -> Self:
        """A feed from bytes; `name` is for the words of a fault."""
        fetched = parse_feed(body, None)
        if fetched.batch is None:
            raise SourceUnavailable(Outcome.EMPTY_WEEKDAY, f"{name} holds no papers.", "Name the feed of another day.")
        return cls(fetched)

    async def fetch_feed(self, category: str, etag: str | None, last_modified: str | None) -> Fetched:
        """The saved day."""
        return self._fetched

    async def fetch_new(self, category: str, day: date) -> Batch:
        """A saved feed has no listing."""
        raise SourceUnavailable(Outcome.UNREACHABLE, "A saved feed has no listing.", "")

    async def fetch_missed(self, category: str, day: date) -> Batch | None:
        """A saved feed has no other days."""
        raise SourceUnavailable(Outcome.UNREACHABLE, "A saved feed has no other days.", "")

    async def fetch_papers(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """The papers of the saved day."""
        entries = self._fetched.batch.entries if self._fetched.batch else ()
        known = {entry.paper.id: entry.paper for entry in entries}
        return {paper_id: known[paper_id] for paper_id in ids if paper_id in known}
