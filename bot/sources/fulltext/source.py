"""A paper's full text from arXiv: its HTML, else its PDF, else the abstract; asked politely, and once."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from bot.core.errors import SourceUnavailable, Unreadable
from bot.core.fulltext.fulltext import Extract, FullText, Laid, Span, TextKind, abstract_extract, full_text, lay_out
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import Paper
from bot.ports.fulltext import TextCache
from bot.ports.workers import FileReading, ReadLimits, TextReader
from bot.sources.http import ArxivAddresses, ArxivHttp, HttpAnswer
from bot.sources.pdf.pdf_file import is_pdf

EXTRACTOR = 3  # one more whenever the same file would become another text
MEGABYTE = 1 << 20
LEAST_PROSE = 600
AT_ONCE = 2
UNKNOWN_VERSION = 0  # the version that a text is kept under where nobody knows which it is
NO_FILE = (400, 403, 404, 406, 410, 451)
NOBODY_ANSWERS = (Outcome.UNREACHABLE, Outcome.RATE_LIMITED, Outcome.REFUSED)
LASTING_FAILURES = (Outcome.TOO_LARGE, Outcome.REDIRECTED_AWAY)
_WITHDRAWN = re.compile(rb"has been withdrawn and is unavailable", re.IGNORECASE)
_UNKNOWN = re.compile(rb"No (?:document|paper) for", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextLimits:
    """How much of a paper is read and kept: what reading one may take, and the cache's budget in bytes."""

    read: ReadLimits = field(default_factory=ReadLimits)
    cache_bytes: int = 200 * MEGABYTE

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same file would be read into another text."""
        said = repr((EXTRACTOR, self.read))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


class _NoText(Unreadable):
    """Neither form is to be had: the other one need not be asked for."""


class ArxivTexts:
    """`ports_text.TextSource` over arXiv's `/html` and `/pdf`."""

    def __init__(
        self,
        http: ArxivHttp,
        addresses: ArxivAddresses,
        limits: TextLimits,
        reader: TextReader,
        cache: TextCache | None = None,
    ) -> None:
        self._http = http
        self._site = addresses.site_url
        self._limits = limits
        self._reader = reader
        self._cache = cache
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._running: dict[str, tuple[asyncio.Lock, int]] = {}

    async def close(self) -> None:
        """Let go of the connection."""
        await self._http.close()

    async def kept_text(self, paper: Paper) -> FullText | None:
        """What was read of that version and is kept; the latest may be another one than that of yesterday."""
        if self._cache is None:
            return None
        kept = await self._cache.get_text(paper.id, paper.version or UNKNOWN_VERSION, self._limits.fingerprint)
        return replace(kept, is_final=False) if kept is not None and paper.version is None else kept

    async def fetch_text(self, paper: Paper, asker: str = "") -> FullText:
        """The best text there is, from the cache or from arXiv; `SourceUnavailable` when arXiv cannot be asked."""
        async with self._alone(_name(paper)):
            if (kept := await self.kept_text(paper)) is not None and kept.is_final:
                return kept
            async with self._turns:
                text = await self._read(paper, asker)
            if self._cache is not None:
                version, budget = paper.version or UNKNOWN_VERSION, self._limits.cache_bytes
                await self._cache.put_text(text, version, self._limits.fingerprint, budget)
            return text

    @asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[None]:
        """Who asks for a paper that is being read waits for it."""
        lock, waiting = self._running.get(name, (asyncio.Lock(), 0))
        self._running[name] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._running[name]
            self._running[name] = (lock, waiting - 1)
            if waiting == 1:
                del self._running[name]

    async def _read(self, paper: Paper, asker: str) -> FullText:
        """HTML, PDF, one that breaks off, abstract, in this order; why not the better one goes into the basis."""
        why: list[str] = []
        is_passing = False
        damaged: tuple[TextKind, FileReading] | None = None
        if paper.is_withdrawn:
            why.append("the paper has been withdrawn")
        else:
            for kind, attempt in ((TextKind.HTML, self._html), (TextKind.PDF, self._pdf)):
                try:
                    reading = await attempt(paper, asker)
                    if not reading.extract.breaks_off:
                        return self._made(paper, kind, reading.extract, reading.laid, reading.spans, why)
                    why.append(reading.extract.breaks_off)
                    damaged = damaged or (kind, reading)
                except Unreadable as error:
                    why.append(error.what)
                    is_passing = is_passing or error.is_passing
                    if isinstance(error, _NoText):
                        break
        if damaged is not None:  # part of the paper, and said to be: more than its abstract
            kind, reading = damaged
            made = (kind, reading.extract, reading.laid, reading.spans, why)
            return self._made(paper, *made, is_final=not is_passing)
        if why == [_absent("HTML"), _absent("PDF")]:
            why = ["arXiv has neither HTML nor a PDF of this paper"]
        return await self._abstract(paper, asker, why, is_passing=is_passing)

    async def _abstract(self, paper: Paper, asker: str, why: list[str], *, is_passing: bool) -> FullText:
        extract = abstract_extract(paper)
        laid = lay_out(extract.blocks, self._limits.read.characters)
        spans: tuple[Span, ...] = ()
        try:
            spans = await self._reader.split_text(laid.text, laid.blocks, asker)
        except Unreadable as error:
            why.append(error.what)
            is_passing = is_passing or error.is_passing
        return self._made(paper, TextKind.ABSTRACT, extract, laid, spans, why, is_final=not is_passing)

    async def _html(self, paper: Paper, asker: str) -> FileReading:
        answer = await self._ask("html", "HTML", paper)
        if not answer.is_page:
            raise Unreadable("arXiv answered with something else in place of the HTML", is_passing=True)
        reading = await self._reader.read_file(TextKind.HTML, answer.body, asker)
        version = reading.extract.version
        if None not in (version, paper.version) and version != paper.version:
            raise Unreadable(f"arXiv's HTML is of version {version}, not of version {paper.version}")
        if _prose(reading.extract) < LEAST_PROSE:
            raise Unreadable("arXiv's HTML of this paper is a page without its text")
        return reading

    async def _pdf(self, paper: Paper, asker: str) -> FileReading:
        answer = await self._ask("pdf", "PDF", paper)
        if not is_pdf(answer.body):
            raise Unreadable("arXiv answered with a page in place of the PDF", is_passing=True)
        reading = await self._reader.read_file(TextKind.PDF, answer.body, asker)
        if _prose(reading.extract) < LEAST_PROSE:
            raise Unreadable("the PDF holds hardly any text")
        return reading

    async def _ask(self, form: str, called: str, paper: Paper) -> HttpAnswer:
        url = f"{self._site}/{form}/{quote(_name(paper), safe='/')}"
        try:
            answer = await self._http.fetch(url, accept=NO_FILE)
        except SourceUnavailable as error:
            if error.outcome in NOBODY_ANSWERS:
                raise
            what = f"arXiv's {called} could not be had: {error.what.rstrip('.')}"
            raise Unreadable(what, is_passing=error.outcome not in LASTING_FAILURES) from error
        if answer.status in NO_FILE:
            raise _missing(answer, called)
        if answer.status != 200:
            raise Unreadable(f"arXiv answered {answer.status} in place of the {called}", is_passing=True)
        return answer

    def _made(
        self,
        paper: Paper,
        kind: TextKind,
        extract: Extract,
        laid: Laid,
        spans: Sequence[Span],
        why: Sequence[str],
        *,
        is_final: bool = True,
    ) -> FullText:
        known = max(extract.known, laid.known)
        cut = f"only the first {len(laid.text):,} of {known:,} characters are read" if len(laid.text) < known else ""
        pages = extract.pages
        short = f"only the first {pages[0]} of {pages[1]} pages are read" if pages and pages[0] < pages[1] else ""
        reason = "; ".join(text for text in (*why, short, cut, extract.note) if text)
        return full_text(paper, kind, extract, laid, spans, reason, is_final=is_final)


def _name(paper: Paper) -> str:
    return f"{paper.id}v{paper.version}" if paper.version is not None else str(paper.id)


def _prose(extract: Extract) -> int:
    return sum(len(block.text) for block in extract.blocks)


def _missing(answer: HttpAnswer, called: str) -> Unreadable:
    """What arXiv's page about a missing file says."""
    if answer.status == 403:
        return Unreadable(f"arXiv does not make the {called} of this paper public")
    if answer.status == 410:
        return _NoText("arXiv has removed this paper")
    if _WITHDRAWN.search(answer.body):
        return _NoText("this version has been withdrawn")
    if _UNKNOWN.search(answer.body):
        return _NoText("arXiv knows no such version of this paper")
    return Unreadable(_absent(called))


def _absent(called: str) -> str:
    return f"arXiv has no {called} of this paper"
