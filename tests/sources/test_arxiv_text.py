"""The way from HTML over PDF to the abstract: what is read, why nothing better, and what arXiv is asked for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import SourceUnavailable
from bot.core.fulltext.fulltext import FullText, TextKind
from bot.core.fulltext.retrieval import choose
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import ArxivId, Paper
from bot.ports.workers import ReadLimits
from bot.sources.fulltext.source import ArxivTexts, TextLimits
from bot.sources.http import ArxivAddresses, ArxivHttp, ArxivLimits
from bot.text.stems import TERMS
from bot.workers.pool import Pool
from bot.workers.reader import WorkerReader
from tests.fakes import latexml, pdfs
from tests.fakes.arxiv import FakeArxiv, Fault, answers, bomb, cut, drips, drops, endless, redirects
from tests.fakes.clock import OpenGate, StandingClock

PAPER = Paper(ArxivId("2606.00001"), 1, "On Cupboards", "We fill them. They are full.", "A. Author", ("cs.AI",))
NAME = "2606.00001v1"
STUB = '<div class="ltx_para"><p class="ltx_p">See pages 1-last of <a href="https://paper.pdf">paper.pdf</a></p></div>'
ROBOT = b"<!DOCTYPE html><html><body><p>Checking that you are no robot.</p></body></html>"


class Shelf:
    """A cache that keeps everything."""

    def __init__(self) -> None:
        self.kept: dict[tuple[ArxivId, int, str], FullText] = {}

    async def get_text(self, paper: ArxivId, version: int, extractor: str) -> FullText | None:
        return self.kept.get((paper, version, extractor))

    async def put_text(self, text: FullText, version: int, extractor: str, budget: int) -> None:
        self.kept[text.paper, version, extractor] = text


Build = Callable[..., ArxivTexts]


@pytest.fixture
def shelf() -> Shelf:
    """An empty cache."""
    return Shelf()


@pytest.fixture
async def build_texts(arxiv: FakeArxiv, clock: StandingClock, gate: OpenGate, shelf: Shelf) -> AsyncIterator[Build]:
    """Makes text sources over the fake."""
    made: list[ArxivTexts] = []
    pool = Pool(1024)

    def make(*, timeout: float = 30.0, max_bytes: int = 5_000_000, **pdf: float) -> ArxivTexts:
        addresses = ArxivAddresses(arxiv.url, arxiv.api_url, arxiv.url)
        limits = ArxivLimits(timeout=timedelta(seconds=timeout), max_bytes=max_bytes)
        http = ArxivHttp(addresses, limits, gate, clock, "mail@example.org")
        read = ReadLimits(**pdf)  # type: ignore[arg-type]
        texts = ArxivTexts(http, addresses, TextLimits(read), WorkerReader(pool, read), shelf)
        made.append(texts)
        return texts

    yield make
    for texts in made:
        await texts.close()
    await pool.close()


@pytest.fixture
def texts(build_texts: Build) -> ArxivTexts:
    """A text source with the usual limits."""
    return build_texts()


def long_page(version: int = 1) -> bytes:
    return latexml.page(latexml.WHOLE + latexml.sections(1), version=version)


async def test_the_html_is_read_first_and_whole(arxiv: FakeArxiv, texts: ArxivTexts) -> None:
    arxiv.pages[NAME] = long_page()
    arxiv.pdfs[NAME] = pdfs.paper()
    text = await texts.fetch_text(PAPER)
    assert (text.basis.kind, text.version, text.basis.is_whole) == (TextKind.HTML, 1, True)
    assert [asked.path for asked in arxiv.asked] == [f"/html/{NAME}"]
    assert text.section_of(text.sentence(1)).name == "Abstract"
    assert "converter" in text.basis.reason


async def test_without_html_the_pdf_is_read_and_the_basis_says_why(arxiv: FakeArxiv, texts: ArxivTexts) -> None:
    arxiv.pdfs[NAME] = pdfs.paper()
    text = await texts.fetch_text(PAPER)
    assert (text.basis.kind, text.version, text.basis.pages) == (TextKind.PDF, 1, (3, 3))
    assert text.basis.reason == "arXiv has no HTML of this paper"
    assert pdfs.sentence(501) in [one.text for one in text.sentences]
    assert text.is_final


async def test_with_neither_the_abstract_is_all_and_both_reasons_are_said(arxiv: FakeArxiv, texts: ArxivTexts) -> None:
    text = await texts.fetch_text(PAPER)
    assert (text.basis.kind, text.text) == (TextKind.ABSTRACT, PAPER.abstract)
    assert text.basis.reason == "arXiv has neither HTML nor a PDF of this paper"
    assert text.is_final
    assert [asked.path for asked in arxiv.asked] == [f"/html/{NAME}", f"/pdf/{NAME}"]


def damaged_page() -> bytes:
    return latexml.oxide_page(latexml.ABSTRACT + latexml.sections(1), id="2606.00001", end=latexml.FATAL)


async def test_of_a_paper_whose_html_broke_off_the_pdf_is_read(arxiv: FakeArxiv, texts: ArxivTexts) -> None:
    arxiv.pages[NAME] = damaged_page()
    arxiv.pdfs[NAME] = pdfs.paper()
    text = await texts.fetch_text(PAPER)
    assert (text.basis.kind, text.basis.is_whole) == (TextKind.PDF, True)
    assert text.basis.reason == "arXiv's HTML of it says that its making broke off"


async def test_html_that_broke_off_is_read_where_there_is_no_pdf_and_is_not_the_whole_paper(
    arxiv: FakeArxiv, texts: ArxivTexts
) -> None:
    arxiv.pages[NAME] = damaged_page()
    text = await texts.fetch_text(PAPER)
    assert (text.basis.kind, text.basis.is_whole, text.verdict_basis.is_whole) == (TextKind.HTML, False, False)
    assert text.basis.reason == "arXiv's HTML of it says that its making broke off; arXiv has no PDF of this paper"
    reading = choose(text, "cupboards", 1_000_000, TERMS)
    assert reading.is_part
    assert reading.basis_words.startswith("what there is of the full text (arXiv's HTML): arXiv's HTML of it says")


async def test_papers_of_the_old_scheme_are_found(arxiv: FakeArxiv, texts: ArxivTexts) -> None:
    arxiv.pages["hep-th/9901001v2"] = latexml.page(latexml.sections(1), id="hep-th/9901001", version=2)
    text = await texts.fetch_text(replace(PAPER, id=ArxivId("hep-th/9901001"), version=2))
    assert text.basis.kind is TextKind.HTML


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (latexml.page(STUB), "a page without its text"),
        (long_page(version=2), "HTML is of version 2, not of version 1"),
        (ROBOT, "holds no paper"),
    ],
    ids=["stub", "another version", "bot check"],
)
async def test_a_page_without_the_papers_text_is_not_taken_for_it(
    arxiv: FakeArxiv, texts: ArxivTexts, page: bytes, words: str
) -> None:
    arxiv.pages[NAME] = page
    arxiv.pdfs[NAME] = pdfs.paper()
    text = await texts.fetch_text(PAPER)
    assert text.basis.kind is TextKind.PDF
    assert words in text.basis.reason


async def test_a_page_in_place_of_the_pdf_is_no_pdf_and_may_pass(
    arxiv: FakeArxiv, texts: ArxivTexts, shelf: Shelf
) -> None:
    arxiv.fail("pdf", answers(200, ROBOT))
    text = await texts.fetch_text(PAPER)
    assert text.basis.kind is TextKind.ABSTRACT
    assert "a page in place of the PDF" in text.basis.reason
    assert not text.is_final
    assert not [one for one in shelf.kept.values() if one.is_final]


@pytest.mark.parametrize(
    ("body", "words"),
    [(pdfs.scanned(), "a scan"), *((body, "the PDF is") for _, body in pdfs.broken_ones())],
    ids=["scan", *(name for name, _ in pdfs.broken_ones())],
)
async def test_a_pdf_without_text_leaves_the_abstract(
    arxiv: FakeArxiv, texts: ArxivTexts, body: bytes, words: str
) -> None:
    arxiv.pdfs[NAME] = body
    text = await texts.fetch_text(PAPER)
    assert (text.basis.kind, text.is_final) == (TextKind.ABSTRACT, True)
    assert words in text.basis.reason


async def test_of_a_withdrawn_version_nothing_more_is_asked(arxiv: FakeArxiv, texts: ArxivTexts) -> None:
    arxiv.withdrawn.add(NAME)
    text = await texts.fetch_text(PAPER)
    assert (text.basis.kind, text.basis.reason) == (TextKind.ABSTRACT, "this version has been withdrawn")
    assert arxiv.count("pdf") == 0


async def test_of_a_paper_that_says_it_is_withdrawn_nothing_is_asked(arxiv: FakeArxiv, texts: ArxivTexts) -> None:
    text = await texts.fetch_text(replace(PAPER, comment="This paper has been withdrawn by the author"))
    assert text.basis.reason == "the paper has been withdrawn"
    assert arxiv.asked == []


async def test_a_removed_paper_is_said_to_be_so(arxiv: FakeArxiv, texts: ArxivTexts) -> None:
    arxiv.fail("html", answers(410, b"gone"))
    assert (await texts.fetch_text(PAPER)).basis.reason == "arXiv has removed this paper"
    assert arxiv.count("pdf") == 0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (answers(500, b"file unavailable"), "an error on its side (500)"),
        (endless(), "larger than"),
        (bomb(6_000_000), "larger than"),
        (cut(), "broke off"),
        (redirects("https://elsewhere.example.org/{path}"), "not arXiv's"),
        (redirects("{path}"), "in a circle"),
        (drips(), "did not finish"),
        (answers(200, b"{}", kind="application/json"), "something else"),
    ],
)
async def test_a_fault_of_the_html_leaves_the_pdf(
    arxiv: FakeArxiv, build_texts: Build, fault: Fault, words: str
) -> None:
    arxiv.pages[NAME] = long_page()
    arxiv.pdfs[NAME] = pdfs.paper()
    arxiv.fail("html", fault)
    text = await build_texts(timeout=2.0).fetch_text(PAPER)
    assert text.basis.kind is TextKind.PDF
    assert words in text.basis.reason


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (answers(403, b"Access denied"), Outcome.REFUSED),
        (answers(429, b"Rate exceeded."), Outcome.RATE_LIMITED),
        (drops(), Outcome.UNREACHABLE),
    ],
)
@pytest.mark.parametrize("form", ["html", "pdf"])
async def test_when_arxiv_cannot_be_asked_at_all_that_is_no_abstract(
    arxiv: FakeArxiv, texts: ArxivTexts, fault: Fault, outcome: Outcome, form: str
) -> None:
    arxiv.fail(form, fault)
    with pytest.raises(SourceUnavailable) as caught:
        await texts.fetch_text(PAPER)
    assert caught.value.outcome == outcome


async def test_a_redirect_within_arxiv_is_followed(arxiv: FakeArxiv, texts: ArxivTexts) -> None:
    arxiv.pdfs[NAME] = pdfs.paper()
    arxiv.fail("pdf", redirects(f"/pdf/{NAME}", 301), times=1)
    assert (await texts.fetch_text(PAPER)).basis.kind is TextKind.PDF


async def test_a_text_is_fetched_once_however_many_ask_at_once(
    arxiv: FakeArxiv, texts: ArxivTexts, build_texts: Build
) -> None:
    arxiv.pages[NAME] = long_page()
    first, *others = await asyncio.gather(*(texts.fetch_text(PAPER) for _ in range(5)))
    assert all(other == first for other in others)
    assert await build_texts().fetch_text(PAPER) == first
    assert arxiv.count("html") == 1


async def test_other_limits_read_again(arxiv: FakeArxiv, texts: ArxivTexts, build_texts: Build) -> None:
    arxiv.pages[NAME] = long_page()
    await texts.fetch_text(PAPER)
    short = await build_texts(characters=2000).fetch_text(PAPER)
    assert arxiv.count("html") == 2
    assert short.basis.characters <= 2000 < short.basis.of_characters
    assert (
        f"only the first {short.basis.characters:,} of {short.basis.of_characters:,} characters" in short.basis.reason
    )


async def test_of_too_many_pages_the_first_are_read_and_that_is_said(arxiv: FakeArxiv, build_texts: Build) -> None:
    arxiv.pdfs[NAME] = pdfs.paper()
    text = await build_texts(pages=2).fetch_text(PAPER)
    assert text.basis.pages == (2, 3)
    assert not text.basis.is_whole
    assert text.basis.reason.endswith("only the first 2 of 3 pages are read")


async def test_the_latest_version_is_asked_for_where_none_is_known(
    arxiv: FakeArxiv, texts: ArxivTexts, shelf: Shelf
) -> None:
    arxiv.pages["2606.00001"] = long_page(version=3)
    latest = replace(PAPER, version=None)
    text = await texts.fetch_text(latest)
    assert text.version == 3
    assert await texts.kept_text(latest) == replace(text, is_final=False), "it serves who asked, and nobody later"
    await texts.fetch_text(latest)
    assert arxiv.count("html") == 2


async def test_every_request_waits_for_its_turn_at_the_gate(
    arxiv: FakeArxiv, texts: ArxivTexts, gate: OpenGate
) -> None:
    arxiv.pdfs[NAME] = pdfs.paper()
    await texts.fetch_text(PAPER)
    assert [bucket for bucket, _, _ in gate.turns] == ["arxiv", "arxiv"]
    assert gate.most_inside == 1


async def test_a_source_that_is_not_public_is_no_refusal_of_us(
    arxiv: FakeArxiv, build_texts: Build, gate: OpenGate
) -> None:
    arxiv.pdfs[NAME] = pdfs.paper()
    arxiv.fail("html", answers(403, b"<html><body><h1>The source of 2606.00001v1 is not public</h1></body></html>"))
    text = await build_texts().fetch_text(PAPER)
    assert text.basis.kind is TextKind.PDF
    assert "arXiv does not make the HTML of this paper public" in text.basis.reason
    assert gate.closings == []
