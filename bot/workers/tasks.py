"""What workers do: each task takes the parent's own values and strangers' texts, and answers what JSON can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from bot.workers.checks import plain_words
from bot.workers.pages import answered, feed_said, listing_said, paper_said

if TYPE_CHECKING:  # a worker imports what its task needs
    from bot.core.discussion.question import RetrievedContext
    from bot.core.fulltext.fulltext import Block, Extract, FullText, Laid, Span, TextKind
    from bot.core.papers.sentence import Sentence
    from bot.core.verdicts.lens import Lens
    from bot.ports.workers import ReadLimits

HEADING_MOST = 300
REFERENCE_MOST = 2000
REFERENCE_LEAST = 40
HIDDEN_MOST = 500
BLOCKS_MOST = 15_000
SENTENCES_MOST = 25_000


def read_file(kind: TextKind, body: bytes, limits: ReadLimits) -> dict[str, Any]:
    """The blocks of a file as far as they are passed on, and the spans of their sentences."""
    from bot.core.fulltext.fulltext import lay_out

    extract = _extract(kind, body, limits)
    blocks = [replace(block, text=text) for block in extract.blocks if (text := plain_words(block.text))]
    passed, laid, spans = _bounded(blocks, limits.characters)
    return {
        "blocks": [asdict(block) | {"heading": block.heading[:HEADING_MOST]} for block in passed],
        "references": _references(extract.references, max(limits.characters // 4, 1)),
        "hidden": [asdict(hidden_passage) for hidden_passage in extract.hidden[:HIDDEN_MOST]],
        "version": extract.version,
        "known": max(extract.known, lay_out(blocks, 0).known),
        "pages": extract.pages,
        "note": extract.note,
        "breaks_off": extract.breaks_off,
        "length": len(laid.text),
        "spans": spans,
    }


def _bounded(blocks: Sequence[Block], characters: int) -> tuple[Sequence[Block], Laid, Sequence[Span]]:
    """As much as the process that listens can check and hold without a pause: characters, blocks and sentences."""
    from bot.core.fulltext.fulltext import lay_out
    from bot.text.split import split_blocks

    laid = lay_out(blocks[:BLOCKS_MOST], characters)
    spans = split_blocks(laid.text, laid.blocks)[:SENTENCES_MOST]
    over = spans[-1][1] if len(spans) == SENTENCES_MOST else len(laid.text)
    kept = [
        replace(block, text=laid.text[start : min(end, over)])
        for block, (start, end) in zip(blocks, laid.blocks, strict=False)
        if start < over
    ]
    return kept, laid if over == len(laid.text) else lay_out(kept, characters), spans


def _references(references: Sequence[str], room: int) -> list[str]:
    """The first of them, within so many characters: a list with holes would tell the rest by wrong numbers."""
    kept: list[str] = []
    for reference in references:
        room -= max(len(reference[:REFERENCE_MOST]), REFERENCE_LEAST)
        if room < 0:
            break
        kept.append(reference[:REFERENCE_MOST])
    return kept


def _extract(kind: TextKind, body: bytes, limits: ReadLimits) -> Extract:
    from bot.core.fulltext.fulltext import TextKind

    if kind is TextKind.PDF:
        from bot.sources.pdf.pdf_file import read_pdf

        return read_pdf(body, limits)
    from bot.sources.fulltext.html import read_html
    from bot.text.tex import readable

    return read_html(body, readable)


def split_text(text: str, blocks: Sequence[Span]) -> tuple[Span, ...]:
    """The spans of its sentences."""
    from bot.text.split import split_blocks

    return split_blocks(text, blocks)


def read_abstracts(papers: Sequence[tuple[str, str]], lens: Lens) -> list[dict[str, Any]]:
    """What the rules find in each title and abstract."""
    from bot.text.split import split

    return [read_sentences(title, split(abstract), lens) for title, abstract in papers]


def read_sentences(title: str, sentences: Sequence[Sentence], lens: Lens) -> dict[str, Any]:
    """What the rules find in a title and sentences; these are answered by their numbers."""
    from bot.text.rules import read_by_rule

    read = read_by_rule(title, sentences, lens)
    return {
        "spans": [(sentence.start, sentence.end) for sentence in read.sentences],
        "instructions": [asdict(instruction) for instruction in read.instructions],
        "hits": [(hit.item, hit.label, hit.sentence.number if hit.sentence else 0) for hit in read.hits],
        "interest": read.relevance.interest,
        "trades": [(trade.name, trade.word) for trade in read.relevance.trades],
        "telling": read.relevance.telling.number if read.relevance.telling else 0,
        "counted": read.relevance.counted,
    }


def choose_passages(full: FullText, words: str, room: int) -> tuple[int, ...]:
    """The numbers of the sentences that are read for those words."""
    from bot.core.fulltext.retrieval import choice
    from bot.text.stems import TERMS

    return choice(full, words, room, TERMS)


def narrow_passages(reading: RetrievedContext, words: str, room: int) -> tuple[int, ...]:
    """The numbers of those that are left where less is read."""
    from bot.core.fulltext.retrieval import narrow
    from bot.text.stems import TERMS

    return tuple(sentence.number for sentence in narrow(reading, words, room, TERMS).sentences)


def quote_passages(words: str, reading: RetrievedContext, needed: float) -> tuple[int, ...]:
    """The numbers of the sentences that are quoted, the best first."""
    from bot.core.fulltext.quotation import quoted
    from bot.text.stems import TERMS

    return tuple(sentence.number for sentence in quoted(words, reading, TERMS, needed=needed))


def read_feed(body: bytes, category: str, status: int) -> dict[str, Any]:
    """A feed's entries."""
    from bot.sources.feed import parse_feed

    return answered(lambda: feed_said(parse_feed(body, category, status)))


def read_listing(body: bytes, category: str) -> dict[str, Any]:
    """A listing's entries."""
    from bot.sources.listing import parse_listing

    return answered(lambda: listing_said(parse_listing(body, category)))


def read_api(body: bytes, asked: int) -> dict[str, Any]:
    """The papers of an answer of the API."""
    from bot.sources.api import parse_api

    return answered(lambda: [paper_said(paper) for paper in parse_api(body, asked).values()])


TASKS: Final[Mapping[str, Callable[..., Any]]] = {
    "read_file": read_file,
    "split_text": split_text,
    "read_abstracts": read_abstracts,
    "read_sentences": read_sentences,
    "read_feed": read_feed,
    "read_listing": read_listing,
    "read_api": read_api,
    "choose_passages": choose_passages,
    "narrow_passages": narrow_passages,
    "quote_passages": quote_passages,
}
# What tasks need beside this module: loaded before their worker is forked, so that all have it in common.
_PAGES: Final = ("bot.sources.feed", "feedparser", "bot.sources.listing", "bot.sources.api")
_FILES: Final = (
    "bot.text.split",
    "bot.text.tex",
    "pylatexenc.latex2text",
    "bot.sources.fulltext.html",
    "bot.sources.pdf.pdf_file",
    "bot.sources.pdf.pdf_blocks",
    "bot.sources.pdf.pdf_glyphs",
    "bot.sources.pdf.legible",
)
_RULES: Final = ("bot.core.hostile.injection", "bot.text.rules", "snowballstemmer")
_PASSAGES: Final = ("bot.core.fulltext.quotation", "bot.text.stems", "snowballstemmer")
USES: Final[Mapping[str, Sequence[str]]] = {
    "read_file": _FILES,
    "split_text": ("bot.text.split",),
    "read_abstracts": _RULES,
    "read_sentences": _RULES,
    "read_feed": _PAGES,
    "read_listing": _PAGES,
    "read_api": _PAGES,
    "choose_passages": _PASSAGES,
    "narrow_passages": _PASSAGES,
    "quote_passages": _PASSAGES,
}
