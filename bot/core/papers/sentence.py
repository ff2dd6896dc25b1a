"""A numbered span of a text: what every claim of a verdict points at."""

import hashlib
from dataclasses import dataclass

from bot.core.papers.paper import ArxivId


@dataclass(frozen=True, slots=True)
class Sentence:
    """Sentence `number` (from 1) is `text[start:end]` of the stored, white-space-collapsed raw text."""

    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that a claim points at: kept with version, hash of the whole text, span and raw words."""

    paper: ArxivId
    version: int | None
    text_hash: str
    start: int
    end: int
    words: str
    sentence: int


def hash_text(text: str) -> str:
    """SHA-256 (hex) of the exact text that spans count in."""
    return hashlib.sha256(text.encode()).hexdigest()
