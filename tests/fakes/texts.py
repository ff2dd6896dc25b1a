"""Full texts of invented papers, from headings and paragraphs."""

from collections.abc import Mapping

from bot.core.discussion.question import ReadSentence, RetrievedContext
from bot.core.fulltext import retrieval
from bot.core.fulltext.fulltext import Block, Extract, FullText, SectionKind, TextKind, full_text, lay_out
from bot.core.papers.paper import ArxivId, Paper
from bot.text.split import split_blocks
from bot.text.stems import TERMS

SHELVES = {
    "Abstract": "We fill cupboards with drawers. A cupboard of ours holds 93.1% of what is put into it. "
    "The drawers are cheap.",
    "1 Introduction": "Cupboards are old. Nobody has counted the drawers of a kitchen. We count them.",
    "2 Data": "We visited 40 kitchens in three towns. The owners were not paid. Each kitchen was seen twice.",
    "3 Results": "An oak shelf bends by 4 mm under 20 kg. GLUE joints held longer than nails. Pine bends more.",
    "4 Limitations": "Wardrobes were left out. All kitchens were in one country.",
    "5 Conclusion": "Drawers fill cupboards. More kitchens should be seen.",
}


def a_paper(number: int = 5, *, title: str = "On Cupboards", authors: str = "Ann Author, Bertrand Writer") -> Paper:
    """An invented paper."""
    return Paper(ArxivId(f"2606.{number:05}"), 1, title, SHELVES["Abstract"], authors, ("cs.AI",))


def a_text(
    parts: Mapping[str, str] | None = None,
    *,
    kind: TextKind = TextKind.HTML,
    known: int = 0,
    kinds: Mapping[str, SectionKind] | None = None,
) -> FullText:
    """The full text of those sections; `known`: how many characters the file has."""
    blocks = [_block(name, words, (kinds or {}).get(name)) for name, words in (parts or SHELVES).items()]
    reason = "it is longer than is read" if known else ""
    return text_of(Extract(tuple(blocks), known=known), kind, reason)


def text_of(extract: Extract, kind: TextKind = TextKind.HTML, reason: str = "") -> FullText:
    """The full text that an extractor's blocks become."""
    laid = lay_out(extract.blocks, 1_000_000)
    spans = split_blocks(laid.text, laid.blocks)
    return full_text(a_paper(), kind, extract, laid, spans, reason, is_final=True)


def _block(name: str, words: str, kind: SectionKind | None) -> Block:
    number, _, heading = name.rpartition(" ") if name[:1].isdigit() else ("", "", name)
    found = kind or (SectionKind.ABSTRACT if name == "Abstract" else SectionKind.BODY)
    return Block(words, found, number, heading)


def long_text(sentences: int = 1800, *, needle: str = "", at: int = 900) -> FullText:
    """A text of sections of a hundred sentences that differ; `needle` stands at that place."""
    lines = [
        f"In cupboard {number} the drawer of kind {number % 13} holds {number % 7} boxes more than before, we saw."
        for number in range(sentences)
    ]
    if needle:
        lines[at] = needle
    parts = {"Abstract": "We count boxes. There are many of them."}
    parts |= {f"{at // 100 + 1} Part": " ".join(lines[at : at + 100]) for at in range(0, sentences, 100)}
    return a_text(parts)


def choose(full: FullText, words: str, room: int) -> RetrievedContext:
    """What is read of it, found by the terms that the bot uses."""
    return retrieval.choose(full, words, room, TERMS)


def narrow(reading: RetrievedContext, words: str, room: int) -> RetrievedContext:
    """Less of it, by those terms."""
    return retrieval.narrow(reading, words, room, TERMS)


def index_of(sentences: tuple[ReadSentence, ...]) -> retrieval.Index:
    """Their index by those terms."""
    return retrieval.index_of(sentences, TERMS)
