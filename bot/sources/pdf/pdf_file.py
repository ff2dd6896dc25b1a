"""One PDF -> blocks, by PDFium. A PDF is a stranger's program, and its reader is C++: this runs in a worker alone."""

import ctypes
from dataclasses import replace
from functools import cache

from bot.core.errors import Unreadable
from bot.core.fulltext.fulltext import Extract
from bot.ports.workers import ReadLimits

HEAD_BYTES = 1024
SHOWN_PASSWORD = 4
END, TAIL = b"%%EOF", 2048


def is_pdf(body: bytes) -> bool:
    """Whether it says of itself that it is a PDF."""
    return b"%PDF-" in body[:HEAD_BYTES]


def read_pdf(body: bytes, limits: ReadLimits) -> Extract:
    """What the PDF holds; `Unreadable` when it cannot be opened or has no text."""
    import pypdfium2_raw as pdfium

    _open_library()
    held = ctypes.create_string_buffer(body, len(body))
    document = pdfium.FPDF_LoadMemDocument64(held, len(body), None)
    if not document:
        is_locked = pdfium.FPDF_GetLastError() == SHOWN_PASSWORD
        raise Unreadable("the PDF is locked with a password" if is_locked else "the PDF is broken")
    try:
        extract = _read_document(document, pdfium.FPDF_GetPageCount(document), limits)
    finally:
        pdfium.FPDF_CloseDocument(document)
    if END in body[-TAIL:]:
        return extract
    return replace(extract, breaks_off="the PDF breaks off before its end")


@cache
def _open_library() -> None:
    import pypdfium2_raw as pdfium

    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2))


def _read_document(document: object, count: int, limits: ReadLimits) -> Extract:
    import pypdfium2_raw as pdfium

    from bot.sources.fulltext.hidden_text import HiddenText
    from bot.sources.pdf.legible import is_cipher
    from bot.sources.pdf.pdf_blocks import blocks_of
    from bot.sources.pdf.pdf_glyphs import read_page
    from bot.sources.pdf.pdf_line_numbers import LineNumbers
    from bot.sources.pdf.pdf_lines import lines_of

    passages, margins = HiddenText(), LineNumbers()
    pages, broken = [], 0
    for at in range(min(count, limits.pages)):
        page = pdfium.FPDF_LoadPage(document, at)
        if not page:
            broken += 1
            continue
        pages.append(read_page(document, page, passages, at + 1, margins))
        pdfium.FPDF_ClosePage(page)
        passages.rest()
    pictures = sum(page.is_picture for page in pages)
    if not any(page.runs for page in pages):
        words = "the PDF is a scan: pictures of pages without text" if pictures else "the PDF holds no text"
        raise Unreadable(words)
    recognized = sum(page.is_recognized and bool(page.runs) for page in pages)
    blocks, references = blocks_of(lines_of(pages))
    if not blocks:
        raise Unreadable("the PDF holds no text")
    if is_cipher(" ".join(block.text for block in blocks)):
        raise Unreadable("the letters of the PDF have no meaning: its fonts do not say which letters they draw")
    return Extract(
        blocks=tuple(blocks),
        references=tuple(references),
        hidden=passages.all(),
        version=next((page.version for page in pages[:1]), None),
        pages=(len(pages), count),
        note=_notes(pictures, recognized, broken, len(pages)),
    )


def _notes(pictures: int, recognized: int, broken: int, count: int) -> str:
    said = [
        f"{pictures} of {count} pages are pictures without text" if pictures else "",
        f"{recognized} of {count} pages are scans, whose words a machine recognized" if recognized else "",
        f"{broken} pages are broken" if broken else "",
    ]
    return "; ".join(text for text in said if text)
