"""`copecheck read FILE`: what is read of an HTML page or a PDF, as a verdict on the full text would rest on it."""

import asyncio
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.options import JsonOption

if TYPE_CHECKING:
    from bot.core.fulltext.fulltext import Block, TextKind
    from bot.ports.workers import FileReading

HEAD_BYTES = 4096
FileArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="An HTML page of arXiv's, or a PDF.")
]


SAVE = "Save a paper from arXiv, the page of arxiv.org/html/ID or the PDF of arxiv.org/pdf/ID, and name that file."


def read(file: FileArgument, as_json: JsonOption = False) -> None:
    """What is read of a file: sections, captions, tables, notes, hidden words, references.

    Example: copecheck read 2611.01234.pdf
    """
    from bot.core.errors import CopeCheckError, SettingsError, Unreadable

    body = file.read_bytes()
    if not _may_be_read(body):
        raise SettingsError(f"{file} is neither a PDF nor a page in HTML.", SAVE)
    try:
        kind, reading = asyncio.run(_reading(body))
    except Unreadable as error:
        raise CopeCheckError(f"{file} cannot be read: {error.what.removesuffix('.')}.", SAVE) from None
    if as_json:
        from bot.cli.paint import show_json

        show_json(_facts(kind, reading))
        return
    from bot.cli.paint import results

    console = results()
    for line in _lines(kind, reading):
        console.print(line, soft_wrap=True)


def _may_be_read(body: bytes) -> bool:
    """Whether a file begins as a PDF or a web page does."""
    from bot.sources.pdf.pdf_file import is_pdf

    start = body[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return is_pdf(body) or (start.startswith(b"<") and (b"<html" in start or b"<!doctype html" in start))


async def _reading(body: bytes) -> "tuple[TextKind, FileReading]":
    """Read in a worker, as every stranger's file is."""
    from bot.core.fulltext.fulltext import TextKind
    from bot.ports.workers import ReadLimits
    from bot.sources.pdf.pdf_file import is_pdf
    from bot.workers.pool import Pool
    from bot.workers.reader import WorkerReader

    limits = ReadLimits()
    reader = WorkerReader(Pool(limits.memory_megabytes), limits)
    kind = TextKind.PDF if is_pdf(body) else TextKind.HTML
    try:
        return kind, await reader.read_file(kind, body, "")
    finally:
        await reader.close()


def _key(block: "Block") -> tuple[Any, ...]:
    return block.kind, block.number, block.heading, block.level


def _facts(kind: "TextKind", reading: "FileReading") -> dict[str, Any]:
    extract = reading.extract
    sections = [
        {
            "kind": key[0],
            "number": key[1],
            "heading": key[2],
            "level": key[3],
            "texts": [block.text for block in blocks],
        }
        for key, blocks in groupby(extract.blocks, _key)
    ]
    return {
        "file": kind,
        "version": extract.version,
        "pages": extract.pages,
        "characters": len(reading.laid.text),
        "of_characters": max(extract.known, reading.laid.known),
        "sentences": [reading.laid.text[start:end] for start, end in reading.spans],
        "breaks_off": extract.breaks_off,
        "note": extract.note,
        "sections": sections,
        "hidden": [
            {"how": hidden_passage.how, "where": hidden_passage.where, "text": hidden_passage.text}
            for hidden_passage in extract.hidden
        ],
        "references": list(extract.references),
    }


def _lines(kind: "TextKind", reading: "FileReading") -> Iterator[str]:
    extract, text = reading.extract, reading.laid.text
    known = max(extract.known, reading.laid.known)
    yield f"{kind.upper()}: {len(text):,} of {known:,} characters, {len(reading.spans):,} sentences"
    if extract.version is not None:
        yield f"Version: {extract.version}"
    if extract.pages is not None:
        yield f"Pages: {extract.pages[0]} of {extract.pages[1]}"
    if extract.breaks_off:
        yield f"Not the whole paper: {extract.breaks_off}"
    if extract.note:
        yield f"Note: {extract.note}"
    for key, blocks in groupby(extract.blocks, _key):
        place, number, heading, _ = key
        yield f"\n[{place}] {number} {heading}".rstrip()
        yield from (block.text for block in blocks)
    yield f"\nHidden: {len(extract.hidden)}"
    yield from (f"{passage.how} ({passage.where}): {passage.text}" for passage in extract.hidden)
    yield f"\nReferences: {len(extract.references)}"
    yield from extract.references
