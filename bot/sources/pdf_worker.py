"""A process of its own that reads one PDF: bytes on stdin, JSON on stdout, within limits that the system holds.

A PDF is a program by a stranger, and its reader is written in C++: whatever happens here happens to this process, which
has no settings, no keys and nothing to write to. `python -m bot.sources.pdf_worker '{"seconds": 30, ...}'`.
"""

import contextlib
import ctypes
import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

MEGABYTE = 1 << 20
SHOWN_PASSWORD = 4
END, TAIL = b"%%EOF", 2048


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """How much one PDF may take: processor and wall seconds, memory, pages read, characters passed on."""

    seconds: float = 30.0
    memory_megabytes: int = 1024
    pages: int = 150
    characters: int = 1_000_000


def restrain(limits: PdfLimits) -> None:
    """Let the system hold this process: time, memory, no files written, no dumps."""
    bounds = [
        (resource.RLIMIT_CPU, int(limits.seconds) + 1),
        (resource.RLIMIT_AS, limits.memory_megabytes * MEGABYTE),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ]
    for what, most in bounds:
        with contextlib.suppress(ValueError, OSError):  # a system without that limit, or a lower one already set
            resource.setrlimit(what, (most, most))


def read_pdf(body: bytes, limits: PdfLimits) -> dict[str, Any]:
    """What the PDF holds, ready for JSON; `unreadable` when it cannot be opened or has no text."""
    import pypdfium2.raw as pdfium

    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2))
    held = ctypes.create_string_buffer(body, len(body))
    document = pdfium.FPDF_LoadMemDocument64(held, len(body), None)
    if not document:
        is_locked = pdfium.FPDF_GetLastError() == SHOWN_PASSWORD
        return {"unreadable": "the PDF is locked with a password" if is_locked else "the PDF is broken"}
    count = pdfium.FPDF_GetPageCount(document)
    answer = _read_document(document, count, limits)
    if "note" in answer and END not in body[-TAIL:]:
        answer["note"] = "; ".join(one for one in ("the PDF breaks off before its end", answer["note"]) if one)
    return answer


def _read_document(document: object, count: int, limits: PdfLimits) -> dict[str, Any]:
    import pypdfium2.raw as pdfium

    from bot.sources.passages import Passages
    from bot.sources.pdf_glyphs import read_page
    from bot.sources.pdf_lines import lines_of

    passages = Passages()
    pages, broken = [], 0
    for at in range(min(count, limits.pages)):
        page = pdfium.FPDF_LoadPage(document, at)
        if not page:
            broken += 1
            continue
        pages.append(read_page(page, passages, at + 1))
        pdfium.FPDF_ClosePage(page)
        passages.rest()
    pictures = sum(page.is_picture for page in pages)
    if not any(page.runs for page in pages):
        words = "the PDF is a scan: pictures of pages without text" if pictures else "the PDF holds no text"
        return {"unreadable": words, "hidden": [asdict(one) for one in passages.all()]}
    recognized = sum(page.is_recognized and bool(page.runs) for page in pages)
    answer = _answer(lines_of(pages), limits)
    version = next((page.version for page in pages[:1]), None)
    notes = _notes(pictures, recognized, broken, len(pages))
    shown = {"hidden": [asdict(one) for one in passages.all()], "version": version, "note": notes}
    return answer | shown | {"pages": [len(pages), count]}


def _answer(lines: Sequence[Any], limits: PdfLimits) -> dict[str, Any]:
    from bot.sources.pdf_blocks import blocks_of

    blocks, references = blocks_of(lines)
    known = sum(len(block.text) + 1 for block in blocks) - 1
    kept, length = [], 0
    for block in blocks:
        length += len(block.text) + 1
        if length - 1 > limits.characters:
            break
        kept.append(asdict(replace(block, heading=block.heading[:300])))
    room = max(limits.characters // 4, 1)
    return {"blocks": kept, "references": [one[:2000] for one in references][: room // 40], "known": known}


def _notes(pictures: int, recognized: int, broken: int, count: int) -> str:
    said = [
        f"{pictures} of {count} pages are pictures without text" if pictures else "",
        f"{recognized} of {count} pages are scans, whose words a machine recognized" if recognized else "",
        f"{broken} pages are broken" if broken else "",
    ]
    return "; ".join(one for one in said if one)


def main() -> None:
    """The process: limits from the command line, then the PDF from stdin."""
    limits = PdfLimits(**json.loads(sys.argv[1]))
    restrain(limits)
    try:
        answer = read_pdf(sys.stdin.buffer.read(), limits)
    except MemoryError:
        answer = {"unreadable": "the PDF needs more memory than it is given"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
