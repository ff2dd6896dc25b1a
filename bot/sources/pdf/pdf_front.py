"""What stands around a paper's text on its first pages: authors, keywords, rights, contents; and where the abstract is.

The words are those of the journals' classes: acmart, amsart, elsarticle, IEEEtran, mnras, REVTeX.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.core.fulltext.fulltext import Block, SectionKind
from bot.sources.pdf.pdf_lines import Line

FIRST_SECTIONS = 6
_FLOATS = (SectionKind.CAPTION, SectionKind.TABLE)
LONGEST_FRONT = 400
LOW = 0.7
PROSE_WIDTH = 0.85  # lines of names are shorter
_ABSTRACT = re.compile(r"abstract\b", re.IGNORECASE)
_FLOAT = re.compile(r"(?:table|fig(?:ure|\.)) ", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:table of )?contents", re.IGNORECASE)
_LISTED = re.compile(r"(?:\. ?){4}|\s\d{1,3}$")
_KEYS = (
    r"(?:additional )?key\s?words|index terms|pacs\b|ccs concepts|acm reference format"
    r"|(?:\d{4} )?mathematics subject classification"
)
_FRONT = re.compile(rf"{_KEYS}|preprint submitted to|compiled using|e-?mail(?: address)?:", re.IGNORECASE)
_FRONT_HEADING = re.compile(rf"(?:{_KEYS}).{{0,20}}", re.IGNORECASE)
_AFTER_ABSTRACT = re.compile(r"(?:additional )?key\s?words|ccs concepts|index terms", re.IGNORECASE)
_RIGHTS = re.compile(r"©|permission to make|copyright (?:held|©|20)|acm isbn|this work is licensed", re.IGNORECASE)
_DATED = re.compile(r"\((?:dated|received)[^()]{4,90}\)\s*", re.IGNORECASE)


@dataclass(slots=True)
class FrontSection:
    """A section being filled: its own paragraphs, and what stands behind them."""

    kind: SectionKind
    number: str
    heading: str
    level: int
    own: list[Block] = field(default_factory=list)
    behind: list[Block] = field(default_factory=list)


def in_order(lines: Sequence[Line], size: float) -> Sequence[Line]:
    """The lines without the publisher's small print, and authors over the right column before the abstract."""
    return _front_first(_without_rights(lines, size))


def _without_rights(lines: Sequence[Line], size: float) -> list[Line]:
    """Small print at the foot of a column of the first page goes from where it speaks of rights."""
    gone: set[int] = set()
    for column in (0, 1, 2):
        small = [
            at
            for at, line in enumerate(lines)
            if line.page == 0 and line.column == column and line.low > LOW and line.size <= size - 0.4
        ]
        start = next((number for number, at in enumerate(small) if _RIGHTS.match(lines[at].text)), len(small))
        gone.update(small[start:])
    return [line for at, line in enumerate(lines) if at not in gone]


def _front_first(lines: Sequence[Line]) -> Sequence[Line]:
    """Authors over the right column stand beside those over the left one, before an abstract that begins there."""
    start = next((at for at, line in enumerate(lines) if line.page == 0 and _ABSTRACT.match(line.text)), None)
    if start is None or lines[start].column != 1:
        return lines
    beside = [line for line in lines[:start] if line.page == 0 and line.column == 1]
    if any(_FLOAT.match(line.text) for line in beside):
        return lines
    foot = next((line.y for line, other in pairwise(beside) if line.y - other.y > 3 * line.size), None)
    foot = foot if foot is not None else beside[-1].y if beside else lines[start].y + 1.2 * lines[start].size
    is_moved = [
        line.page == 0 and line.column == 2 and line.y > foot - 0.5 * line.size and at > start
        for at, line in enumerate(lines)
    ]
    moved = [line for line, is_front in zip(lines, is_moved, strict=True) if is_front]
    if any(line.x1 - line.x0 > PROSE_WIDTH * (line.right - line.left) for line in moved):
        return lines  # the text begins at the head of the right column
    rest = [line for line, is_front in zip(lines[start:], is_moved[start:], strict=True) if not is_front]
    return [*lines[:start], *moved, *rest]


def without_front(sections: list[FrontSection]) -> list[FrontSection]:
    """The sections from the abstract on: title and authors stand before it, keywords and contents are no text. Without
    an abstract nobody can tell title and authors from the text."""
    sections = _with_abstract(sections)
    at = next((at for at, section in enumerate(sections[:FIRST_SECTIONS]) if _is_abstract(section)), 0)
    floats = [block for section in sections[:at] for block in section.behind if block.number and block.kind in _FLOATS]
    sections[at].behind[:0] = floats  # a table at the head of the first page is no front matter
    first = [_without_keys(section) for section in sections[at : at + FIRST_SECTIONS]]
    return [_without_contents(section) for section in (*first, *sections[at + FIRST_SECTIONS :])]


def _is_abstract(section: FrontSection) -> bool:
    return section.kind is SectionKind.ABSTRACT and bool(section.own)


def _with_abstract(sections: list[FrontSection]) -> list[FrontSection]:
    """Where no heading says so, the abstract begins behind the date in brackets (APS), or stands before the keywords
    (ACM's journals)."""
    if any(_is_abstract(section) for section in sections[:FIRST_SECTIONS]):
        return sections
    texts = [block.text for block in sections[0].own[:40]]
    for at, text in enumerate(texts):
        if found := _DATED.search(text):
            return _split(sections, [text[found.end() :], *texts[at + 1 :]])
        if at and _AFTER_ABSTRACT.match(text):
            return [_abstract(texts[at - 1]), *sections[1:]]
    return sections


def _split(sections: list[FrontSection], texts: list[str]) -> list[FrontSection]:
    said = [text for text in texts if text]
    body = replace(sections[0], own=[Block(text) for text in said[1:]])
    return [_abstract(said[0]), body, *sections[1:]] if said else sections


def _abstract(text: str) -> FrontSection:
    return FrontSection(
        SectionKind.ABSTRACT, "", "Abstract", 1, own=[Block(text, SectionKind.ABSTRACT, heading="Abstract")]
    )


def _without_keys(section: FrontSection) -> FrontSection:
    if _FRONT_HEADING.fullmatch(section.heading):
        return replace(section, own=[])
    own = [block for block in section.own if len(block.text) > LONGEST_FRONT or not _FRONT.match(block.text)]
    return replace(section, own=own)


def _without_contents(section: FrontSection) -> FrontSection:
    if not _CONTENTS.fullmatch(section.heading):
        return section
    behind = [block for block in section.behind if block.kind is not SectionKind.TABLE]
    return replace(section, own=[block for block in section.own if not _LISTED.search(block.text)], behind=behind)
