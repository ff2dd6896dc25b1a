"""Three invented papers with all their sections, as full texts: what answers are tried on without a network.

A file of `papers/` is a title (`# …`), `key: value` lines, then sections (`## 1 Name`, `### 1.1 Name`), a paragraph a
line; a line that begins with `Table 1:` or `Figure 1:` is a caption.
"""

import importlib.resources
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable

from bot.core.fulltext.fulltext import Block, Extract, FullText, SectionKind, TextKind, full_text, lay_out
from bot.core.papers.paper import ArxivId, Paper
from bot.text.split import split_blocks

MOST_CHARACTERS = 1_000_000
_HEADING = re.compile(r"(#{2,4}) (?:(\d+(?:\.\d+)*|Appendix [A-Z]) )?(.+)")
_CAPTION = re.compile(r"((?:Table|Figure) \d+): (.+)")


@dataclass(frozen=True, slots=True)
class Invented:
    """An invented paper and its full text."""

    paper: Paper
    full: FullText


@cache
def invented_papers() -> tuple[Invented, ...]:
    """All of them, by id."""
    return papers_in(importlib.resources.files("bot.demo") / "papers")


def papers_in(folder: Traversable) -> tuple[Invented, ...]:
    """The papers of a folder in that form, by id."""
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".md")]
    return tuple(sorted((_read(text) for text in texts), key=lambda text: text.paper.id))


def _read(text: str) -> Invented:
    head, _, rest = text.partition("\n\n")
    title, *lines = head.splitlines()
    keys = dict(line.split(": ", 1) for line in lines)
    blocks = tuple(_blocks(rest.splitlines()))
    abstract = " ".join(block.text for block in blocks if block.kind is SectionKind.ABSTRACT)
    paper = Paper(ArxivId(keys["id"]), 1, title.removeprefix("# "), abstract, "Nobody", ("cs.AI",))
    laid = lay_out(blocks, MOST_CHARACTERS)
    spans = split_blocks(laid.text, laid.blocks)
    return Invented(paper, full_text(paper, TextKind.HTML, Extract(blocks), laid, spans, "", is_final=True))


def _blocks(lines: list[str]) -> Iterator[Block]:
    number, heading, level = "", "", 1
    for line in lines:
        if found := _HEADING.fullmatch(line):
            level, number, heading = len(found[1]) - 1, found[2] or "", found[3]
        elif found := _CAPTION.fullmatch(line):
            yield Block(found[2], SectionKind.CAPTION, found[1], heading, level)
        elif line.strip():
            yield Block(line, _kind(number, heading), number, heading, level)


def _kind(number: str, heading: str) -> SectionKind:
    if number.startswith("Appendix"):
        return SectionKind.APPENDIX
    return SectionKind.ABSTRACT if heading == "Abstract" else SectionKind.BODY
