"""arXiv's PDF of a paper -> blocks: read in a process of its own, whose answer is as little trusted as the PDF."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.core.errors import Unreadable
from bot.core.fulltext import Block, Extract, HiddenPassage, Hiding, SectionKind
from bot.core.hygiene import clean
from bot.core.paper import collapse
from bot.sources.pdf_worker import PdfLimits

HEAD = 1024
PIECE = 1 << 16
A_SIGN = 12
GRACE = 2.0
HERE = Path(__file__).resolve().parents[2]


def is_pdf(body: bytes) -> bool:
    """Whether it says of itself that it is a PDF."""
    return b"%PDF-" in body[:HEAD]


async def read_pdf(body: bytes, limits: PdfLimits) -> Extract:
    """What the PDF holds; `Unreadable` with the reason when that is nothing, or takes more than the limits."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.sources.pdf_worker",
        json.dumps(asdict(limits)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=HERE,
        env=_environment(),
    )
    try:
        async with asyncio.timeout(limits.seconds + GRACE):
            said = await _converse(worker, body, A_SIGN * limits.characters + 1_000_000)
            code = await worker.wait()
    except TimeoutError:
        raise Unreadable(f"the PDF could not be read within {limits.seconds:g} seconds") from None
    finally:
        await _stop(worker)
    if code:
        raise Unreadable(_ended(code, limits))
    return extract_of(said)


def _environment() -> dict[str, str]:
    """Nothing of ours but what Python needs to start: no settings, no keys."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "HOME") if name in os.environ}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}


async def _converse(worker: asyncio.subprocess.Process, body: bytes, most: int) -> bytes:
    """Hand the PDF over and take the answer, at most so many bytes of it."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        worker.stdin.write(body)
        await worker.stdin.drain()
    worker.stdin.close()
    said = bytearray()
    while piece := await worker.stdout.read(PIECE):
        said += piece
        if len(said) > most:
            raise Unreadable("the PDF's text has no end")
    return bytes(said)


async def _stop(worker: asyncio.subprocess.Process) -> None:
    if worker.returncode is None:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()


def _ended(code: int, limits: PdfLimits) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"the PDF could not be read within {limits.seconds:g} seconds"
    return "the PDF cannot be read: its reader broke down"


def extract_of(said: bytes) -> Extract:
    """The worker's answer, every part of it checked."""
    try:
        answer = json.loads(said)
        if not isinstance(answer, dict):
            raise TypeError
        if (reason := answer.get("unreadable")) is not None:
            raise Unreadable(_words(reason, 200))
        return _extract(answer)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Unreadable("the PDF cannot be read: its reader's answer makes no sense") from None


def _extract(answer: Mapping[str, Any]) -> Extract:
    read, known = (_count(number) for number in answer["pages"])
    version = answer["version"]
    return Extract(
        blocks=tuple(_block(one) for one in _list(answer["blocks"])),
        references=tuple(_words(one, 2000) for one in _list(answer["references"])),
        hidden=tuple(
            HiddenPassage(Hiding(one["how"]), _words(one["text"], 2000), _words(one["where"], 100))
            for one in _list(answer["hidden"])
        ),
        version=None if version is None else _count(version),
        known=_count(answer["known"]),
        pages=(read, known),
        note=_words(answer["note"], 300),
    )


def _block(one: Mapping[str, Any]) -> Block:
    return Block(
        text=_words(one["text"], 1 << 30),
        kind=SectionKind(one["kind"]),
        number=_words(one["number"], 40),
        heading=_words(one["heading"], 300),
        level=_count(one["level"]),
    )


def _words(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise TypeError
    return collapse(clean(value[:most]).replace("\n", " "))


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 40:
        raise TypeError
    return value


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value
