"""Where in a paper the reading of its HTML is: the section that blocks belong to, and what stands behind its text."""

from dataclasses import dataclass, field

from bot.core.fulltext.fulltext import Block, SectionKind


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
