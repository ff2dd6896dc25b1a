"""A paper's full text as it was read: one stored text, sections and sentences as spans of it, and what was hidden."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.papers.paper import ArxivId, Paper, collapse
from bot.core.papers.sentence import Evidence, Sentence, hash_text
from bot.core.posts.phrase import sanitize, truncate
from bot.core.verdicts.verdict import Basis, BasisKind

Span = tuple[int, int]
HIDDEN_SHOWN = 2
_SENTENCE_END = re.compile(r"[.!?][”’\"')\]]{0,3}(?= [^a-z])")


class TextKind(StrEnum):
    """What was read, the best first."""

    HTML = "html"
    PDF = "pdf"
    ABSTRACT = "abstract"


class SectionKind(StrEnum):
    """What a stretch of the text is. References are no section: they are kept apart."""

    ABSTRACT = "abstract"
    BODY = "body"
    CAPTION = "caption"
    TABLE = "table"
    FOOTNOTE = "footnote"
    APPENDIX = "appendix"


class Hiding(StrEnum):
    """How a passage was kept from readers' eyes, in words for people."""

    COLOUR = "in the colour of its background"
    TINY = "in letters too small to read"
    AWAY = "outside the page"
    NOT_SHOWN = "marked as not to be shown"
    INVISIBLE = "drawn without ink"
    COVERED = "covered or cut off"


@dataclass(frozen=True, slots=True)
class HiddenPassage:
    """Words that the file holds and nobody sees: reported, and never part of the text."""

    how: Hiding
    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, caption, footnote or row of a table as an extractor found it; `level` 1 is a section's."""

    text: str
    kind: SectionKind = SectionKind.BODY
    number: str = ""
    heading: str = ""
    level: int = 1


@dataclass(frozen=True, slots=True)
class Extract:
    """What an extractor made of a file. `known` counts its characters, those beyond the limit too; `pages` (read, all)
    where it has pages. `note`: what is to be said about the reading, in words for people. `breaks_off`: why the file
    itself is not the whole paper, in such words; empty where nothing says so."""

    blocks: tuple[Block, ...]
    references: tuple[str, ...] = ()
    hidden: tuple[HiddenPassage, ...] = ()
    version: int | None = None
    known: int = 0
    pages: Span | None = None
    note: str = ""
    breaks_off: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch `text[start:end]` under one heading. Captions and notes stand behind the section they belong to, with
    their own number (`Figure 2`) and its heading."""

    kind: SectionKind
    number: str
    heading: str
    level: int
    start: int
    end: int

    @property
    def name(self) -> str:
        """How it is called before people: `3.1 Data`, `Figure 2`, `Abstract`."""
        if self.kind in (SectionKind.CAPTION, SectionKind.TABLE, SectionKind.FOOTNOTE) and self.number:
            return self.number
        return f"{self.number} {self.heading}".strip() or self.kind.value.capitalize()


@dataclass(frozen=True, slots=True)
class TextBasis:
    """How much of what was read. `reason`: why this and nothing better, or not all of it; empty when whole.
    `breaks_off`: the file itself is not the whole paper."""

    kind: TextKind
    characters: int
    of_characters: int
    pages: Span | None = None
    reason: str = ""
    breaks_off: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the whole paper was read."""
        is_all_pages = self.pages is None or self.pages[0] >= self.pages[1]
        return self.characters >= self.of_characters and is_all_pages and not self.breaks_off


@dataclass(frozen=True, slots=True)
class FullText:
    """A paper's text, white space collapsed. `spans` are its sentences', over the whole text and in its order;
    `is_final` False: it is the abstract only because of a fault that may pass, so that asking again may help."""

    paper: ArxivId
    version: int | None
    basis: TextBasis
    text: str
    sections: tuple[Section, ...]
    spans: tuple[Span, ...]
    references: tuple[str, ...] = ()
    hidden: tuple[HiddenPassage, ...] = ()
    is_final: bool = True

    @property
    def text_hash(self) -> str:
        """SHA-256 (hex) of the exact text that spans count in."""
        return hash_text(self.text)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences, numbered from 1 over the whole text."""
        return tuple(self.sentence(number) for number in range(1, len(self.spans) + 1))

    def sentence(self, number: int) -> Sentence:
        """The sentence of that number, which must be there."""
        if not 1 <= number <= len(self.spans):
            raise IndexError(number)
        start, end = self.spans[number - 1]
        return Sentence(number, start, end, self.text[start:end])

    def section_of(self, sentence: Sentence) -> Section:
        """The section that a sentence stands in."""
        return self.sections[bisect_right(self.sections, sentence.start, key=lambda section: section.start) - 1]

    def evidence(self, sentence: Sentence) -> Evidence:
        """A sentence as it is kept under a claim."""
        return Evidence(
            self.paper, self.version, self.text_hash, sentence.start, sentence.end, sentence.text, sentence.number
        )

    @property
    def hidden_told(self) -> tuple[str, ...]:
        """What was kept from readers' eyes, in words for people: the first passages, and how many there are beside."""
        told = [
            f"Hidden words, {passage.how}: “{truncate(sanitize(passage.text), 120)}”"
            for passage in self.hidden[:HIDDEN_SHOWN]
        ]
        left = len(self.hidden) - len(told)
        return (*told, f"Hidden words in {left} more place{'s' if left > 1 else ''}") if left else tuple(told)

    @property
    def verdict_basis(self) -> Basis:
        """What a verdict on this text says that it rests on."""
        kind = BasisKind.ABSTRACT if self.basis.kind is TextKind.ABSTRACT else BasisKind.FULL
        basis = self.basis
        return Basis(kind, basis.characters, basis.of_characters, basis.reason or None, basis.breaks_off)


@dataclass(frozen=True, slots=True)
class Laid:
    """Blocks laid end to end: the one text, its sections, and each block's own span in it."""

    text: str
    sections: tuple[Section, ...]
    blocks: tuple[Span, ...]
    known: int


def lay_out(blocks: Sequence[Block], most: int) -> Laid:
    """The blocks as one text of at most `most` characters; the block that goes over it is cut, and none follows it."""
    kept: list[Span] = []
    sections: list[Section] = []
    pieces: list[str] = []
    known, is_full = 0, False
    for block in blocks:
        words = collapse(block.text)
        if not words:
            continue
        at = known + (1 if known else 0)
        known = at + len(words)
        if is_full:
            continue
        is_full = known > most
        words = _first_sentences(words, most - at, is_all=not at) if is_full else words
        if words:
            span = (at, at + len(words))
            pieces.append(words)
            kept.append(span)
            _extend(sections, block, span)
    return Laid(" ".join(pieces), tuple(sections), tuple(kept), known)


def _first_sentences(words: str, most: int, *, is_all: bool) -> str:
    """The whole sentences that fit; where not one does, as many words as fit if that is all that there is."""
    head = words[: max(most, 0)]
    ends = [match.end() for match in _SENTENCE_END.finditer(words[: len(head) + 2]) if match.end() <= len(head)]
    if ends or not is_all:
        return head[: ends[-1]] if ends else ""
    return head[: head.rfind(" ")] if " " in head else head


def _extend(sections: list[Section], block: Block, span: Span) -> None:
    """The last section grows by the block, or the block's own begins."""
    same = (block.kind, block.number, block.heading, block.level)
    last = sections[-1] if sections else None
    if last is not None and (last.kind, last.number, last.heading, last.level) == same:
        sections[-1] = Section(*same, last.start, span[1])
    else:
        sections.append(Section(*same, *span))


def full_text(
    paper: Paper, kind: TextKind, extract: Extract, laid: Laid, spans: Sequence[Span], reason: str, *, is_final: bool
) -> FullText:
    """The full text that an extractor's blocks become."""
    known = max(extract.known, laid.known)
    basis = TextBasis(kind, len(laid.text), known, extract.pages, reason, bool(extract.breaks_off))
    version = paper.version if paper.version is not None else extract.version
    return FullText(
        paper=paper.id,
        version=version,
        basis=basis,
        text=laid.text,
        sections=laid.sections,
        spans=tuple(spans),
        references=extract.references,
        hidden=extract.hidden,
        is_final=is_final,
    )


def abstract_extract(paper: Paper) -> Extract:
    """The abstract alone, when there is nothing better."""
    return Extract((Block(paper.abstract, SectionKind.ABSTRACT, heading="Abstract"),), version=paper.version)
