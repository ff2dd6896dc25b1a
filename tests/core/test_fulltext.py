"""One text of a paper: sections and sentences are spans of it, and nothing is lost or moved on the way."""

import pytest

from bot.core.fulltext.fulltext import (
    Block,
    Extract,
    FullText,
    SectionKind,
    TextKind,
    abstract_extract,
    full_text,
    lay_out,
)
from bot.core.papers.paper import ArxivId, Paper
from bot.core.verdicts.verdict import BasisKind
from bot.text.split import split, split_blocks

PAPER = Paper(ArxivId("2606.00001"), 2, "On Cupboards", "We fill them. They are full.", "A. Author", ("cs.AI",))
BLOCKS = (
    Block("We fill  cupboards.\nAll of them.", SectionKind.ABSTRACT, "", "Abstract"),
    Block("Cupboards are old. Drawers are not", SectionKind.BODY, "1", "Introduction"),
    Block("a fragment without a stop", SectionKind.BODY, "1", "Introduction"),
    Block("Figure 1: A cupboard.", SectionKind.CAPTION, "Figure 1", "Introduction"),
)


def made(blocks: tuple[Block, ...] = BLOCKS, most: int = 1000, kind: TextKind = TextKind.HTML) -> FullText:
    laid = lay_out(blocks, most)
    spans = split_blocks(laid.text, laid.blocks)
    return full_text(PAPER, kind, Extract(blocks), laid, spans, "", is_final=True)


def test_the_text_is_one_and_its_white_space_collapsed() -> None:
    assert made().text.startswith("We fill cupboards. All of them. Cupboards are old.")


def test_every_sentence_is_a_span_of_the_text_and_numbered_over_all_of_it() -> None:
    text = made()
    sentences = text.sentences
    assert [one.number for one in sentences] == list(range(1, len(sentences) + 1))
    assert all(text.text[one.start : one.end] == one.text for one in sentences)
    assert [one.text for one in sentences] == [
        "We fill cupboards.",
        "All of them.",
        "Cupboards are old.",
        "Drawers are not",
        "a fragment without a stop",
        "Figure 1: A cupboard.",
    ]


def test_a_sentence_knows_its_section() -> None:
    text = made()
    names = [text.section_of(one).name for one in text.sentences]
    assert names == ["Abstract", "Abstract", "1 Introduction", "1 Introduction", "1 Introduction", "Figure 1"]


def test_sections_follow_one_another_without_overlap_and_hold_every_letter() -> None:
    text = made()
    ends = [0, *(one.end for one in text.sections)]
    assert all(one.start - end in (0, 1) for end, one in zip(ends, text.sections, strict=False))
    assert text.sections[-1].end == len(text.text)


def test_what_does_not_fit_is_left_out_from_a_sentences_end_and_counted() -> None:
    whole, cut = made(), made(most=60)
    assert cut.text == "We fill cupboards. All of them. Cupboards are old."
    assert [one.text for one in cut.sentences] == [one.text for one in whole.sentences[:3]]
    assert cut.basis.of_characters == whole.basis.characters
    assert whole.basis.is_whole
    assert not cut.basis.is_whole


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Cupboards are old. So are drawers, by et al. and others.", "Cupboards are old."),
        ("“Cupboards are old.” Drawers are not, by far.", "“Cupboards are old.”"),
        ("Cupboards are very old and drawers are not.", "Cupboards are very old and"),
        ("C" * 50, "C" * 30),
    ],
    ids=["sentence", "quotation", "words", "letters"],
)
def test_a_text_whose_first_block_is_too_long_is_read_in_part(text: str, read: str) -> None:
    cut = made((Block(text), Block("More.")), most=30)
    assert cut.text == read
    assert cut.sections[0].end == len(read)
    assert cut.basis.of_characters == len(text) + len(" More.")


def test_the_abstract_alone_has_the_numbers_that_it_always_had() -> None:
    extract = abstract_extract(PAPER)
    laid = lay_out(extract.blocks, 1000)
    spans = split_blocks(laid.text, laid.blocks)
    text = full_text(PAPER, TextKind.ABSTRACT, extract, laid, spans, "arXiv has no HTML", is_final=False)
    assert text.text == PAPER.abstract
    assert text.sentences == split(PAPER.abstract)
    assert text.verdict_basis.kind is BasisKind.ABSTRACT
    assert text.verdict_basis.reason == "arXiv has no HTML"


def test_evidence_holds_the_hash_of_exactly_the_text_that_was_read() -> None:
    text = made()
    evidence = text.evidence(text.sentence(3))
    assert (evidence.words, evidence.version, evidence.sentence) == ("Cupboards are old.", 2, 3)
    assert evidence.text_hash == text.text_hash
    assert text.text[evidence.start : evidence.end] == evidence.words
