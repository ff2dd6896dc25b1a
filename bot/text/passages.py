"""Passages of a paper that are read or quoted for a question: found in a process that can be ended, or here."""

from typing import Protocol

from bot.core.discussion.question import ReadSentence, RetrievedContext
from bot.core.fulltext.fulltext import FullText
from bot.core.fulltext.quotation import quoted
from bot.core.fulltext.retrieval import choose, narrow
from bot.text.stems import TERMS


class PassageReader(Protocol):
    """Finds passages; `Unreadable` for a text in which that takes too much."""

    async def choose(self, full: FullText, words: str, room: int, asker: str = "") -> RetrievedContext:
        """What is read for those words within `room` characters."""

    async def narrow(self, reading: RetrievedContext, words: str, room: int) -> RetrievedContext:
        """Less of what was read, for whom it was too much."""

    async def quote(self, words: str, reading: RetrievedContext, needed: float) -> tuple[ReadSentence, ...]:
        """The one to three sentences that match those words best, each by `needed` of them; none where none does."""


class PassagesHere:
    """Finds in its own process: where nobody waits for anything else, as in `eval`."""

    async def choose(self, full: FullText, words: str, room: int, asker: str = "") -> RetrievedContext:
        """What is read for those words."""
        return choose(full, words, room, TERMS)

    async def narrow(self, reading: RetrievedContext, words: str, room: int) -> RetrievedContext:
        """Less of what was read."""
        return narrow(reading, words, room, TERMS)

    async def quote(self, words: str, reading: RetrievedContext, needed: float) -> tuple[ReadSentence, ...]:
        """The sentences that match those words best."""
        return quoted(words, reading, TERMS, needed=needed)
