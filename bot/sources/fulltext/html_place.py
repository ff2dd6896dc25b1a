"""Where in a paper the reading of its HTML is: the section that blocks belong to, and what stands behind its text."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.fulltext.fulltext import Block, SectionKind

LEAST_PROSE = 200  # characters; names and places are shorter


@dataclass(slots=True)
class ReadingPlace:
    """Where the reading is: the section that blocks belong to, and what stands behind its own text."""

    kind: SectionKind = SectionKind.BODY
    number: str = ""
    heading: str = ""
    level: int = 1
    behind: list[Block] = field(default_factory=list)

    def block(self, text: str) -> Block:
        return Block(text, self.kind, self.number, self.heading, self.level)

    def float_block(self, text: str, kind: SectionKind, number: str) -> Block:
        return Block(text, kind, number, self.heading, self.level)

    @property
    def name(self) -> str:
        return f"{self.number} {self.heading}".strip() or self.kind.value


def prose_of(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without names, numbers and places: those are front matter, where a title page or a title is."""
    return [block for block in blocks if not _is_front(block)]


def without_front(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without names and places that their author set by hand before the abstract."""
    at = next((at for at, block in enumerate(blocks) if block.kind is SectionKind.ABSTRACT), 0)
    return [*prose_of(blocks[:at]), *blocks[at:]]


def _is_front(block: Block) -> bool:
    return (
        block.kind in (SectionKind.BODY, SectionKind.FOOTNOTE) and not block.heading and len(block.text) < LEAST_PROSE
    )
