"""A paper's full text from arXiv: its HTML, else its PDF, else the abstract; asked politely, and once."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from bot.core.errors import SourceUnavailable, Unreadable
from bot.core.feed import Outcome
from bot.core.fulltext import Extract, FullText, TextKind, abstract_extract, full_text, lay_out
from bot.core.paper import Paper
from bot.ports_text import TextCache
from bot.sources.arxiv_html import read_html
from bot.sources.arxiv_http import Answer, ArxivAddresses, ArxivHttp
from bot.sources.arxiv_pdf import is_pdf, read_pdf
from bot.sources.pdf_worker import PdfLimits
from bot.text.split import split_blocks

EXTRACTOR = 1  # one more whenever the same file would become another text
MEGABYTE = 1 << 20
LEAST_PROSE = 600
AT_ONCE = 2
NO_FILE = (400, 403, 404, 406, 410, 451)
NOBODY_ANSWERS = (Outcome.UNREACHABLE, Outcome.RATE_LIMITED, Outcome.REFUSED)
LASTING = (Outcome.TOO_LARGE, Outcome.REDIRECTED_AWAY)
_WITHDRAWN = re.compile(rb"has been withdrawn and is unavailable", re.IGNORECASE)
_UNKNOWN = re.compile(rb"No (?:document|paper) for", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextLimits:
    """How much of a paper is read and kept: what a PDF may take, and the cache's budget in bytes."""

    pdf: PdfLimits = field(default_factory=PdfLimits)
    cache_bytes: int = 200 * MEGABYTE

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same file would be read into another text."""
        said = repr((EXTRACTOR, self.pdf.pages, self.pdf.characters))
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
        readable: Callable[[str], str],
        cache: TextCache | None = None,
    ) -> None:
        self._http = http
        self._site = addresses.site_url
        self._limits = limits
        self._readable = readable
        self._cache = cache
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._running: dict[str, tuple[asyncio.Lock, int]] = {}

    async def close(self) -> None:
        """Let go of the connection."""
        await self._http.close()

    async def fetch_text(self, paper: Paper) -> FullText:
        """The best text there is, from the cache or from arXiv; `SourceUnavailable` when arXiv cannot be asked."""
        async with self._alone(_name(paper)):
            if (kept := await self._kept(paper)) is not None:
                return kept
            async with self._turns:
                text = await self._read(paper)
            if self._cache is not None and text.is_final and text.version is not None:
                budget = self._limits.cache_bytes
                await self._cache.put_text(text, text.version, self._limits.fingerprint, budget)
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

    async def _kept(self, paper: Paper) -> FullText | None:
        if self._cache is None or paper.version is None:  # the latest version may be another than that of yesterday
            return None
        return await self._cache.get_text(paper.id, paper.version, self._limits.fingerprint)

    async def _read(self, paper: Paper) -> FullText:
        """HTML, PDF, abstract, in this order; why not the better one goes into the basis."""
        why: list[str] = []
        is_passing = False
        if paper.is_withdrawn:
            why.append("the paper has been withdrawn")
        else:
            for kind, attempt in ((TextKind.HTML, self._html), (TextKind.PDF, self._pdf)):
                try:
                    return await self._made(paper, kind, await attempt(paper), why)
                except Unreadable as error:
                    why.append(error.what)
                    is_passing = is_passing or error.is_passing
                    if isinstance(error, _NoText):
                        break
        return await self._made(paper, TextKind.ABSTRACT, abstract_extract(paper), why, is_final=not is_passing)

    async def _html(self, paper: Paper) -> Extract:
        answer = await self._ask("html", "HTML", paper)
        if not answer.is_page:
            raise Unreadable("arXiv answered with something else in place of the HTML", is_passing=True)
        extract = await asyncio.to_thread(read_html, answer.body, self._readable)
        if None not in (extract.version, paper.version) and extract.version != paper.version:
            raise Unreadable(f"arXiv's HTML is of version {extract.version}, not of version {paper.version}")
        if _prose(extract) < LEAST_PROSE:
            raise Unreadable("arXiv's HTML of this paper is a page without its text")
        return extract

    async def _pdf(self, paper: Paper) -> Extract:
        answer = await self._ask("pdf", "PDF", paper)
        if not is_pdf(answer.body):
            raise Unreadable("arXiv answered with a page in place of the PDF", is_passing=True)
        extract = await read_pdf(answer.body, self._limits.pdf)
        if _prose(extract) < LEAST_PROSE:
            raise Unreadable("the PDF holds hardly any text")
        return extract

    async def _ask(self, form: str, called: str, paper: Paper) -> Answer:
        url = f"{self._site}/{form}/{quote(_name(paper), safe='/')}"
        try:
            answer = await self._http.fetch(url, accept=NO_FILE)
        except SourceUnavailable as error:
            if error.outcome in NOBODY_ANSWERS:
                raise
            what = f"arXiv's {called} could not be had: {error.what.rstrip('.')}"
            raise Unreadable(what, is_passing=error.outcome not in LASTING) from error
        if answer.status in NO_FILE:
            raise _missing(answer, called)
        if answer.status != 200:
            raise Unreadable(f"arXiv answered {answer.status} in place of the {called}", is_passing=True)
        return answer

    async def _made(
        self, paper: Paper, kind: TextKind, extract: Extract, why: Sequence[str], *, is_final: bool = True
    ) -> FullText:
        return await asyncio.to_thread(self._make, paper, kind, extract, why, is_final)

    def _make(self, paper: Paper, kind: TextKind, extract: Extract, why: Sequence[str], is_final: bool) -> FullText:
        laid = lay_out(extract.blocks, self._limits.pdf.characters)
        known = max(extract.known, laid.known)
        cut = f"only the first {len(laid.text):,} of {known:,} characters are read" if len(laid.text) < known else ""
        pages = extract.pages
        short = f"only the first {pages[0]} of {pages[1]} pages are read" if pages and pages[0] < pages[1] else ""
        reason = "; ".join(one for one in (*why, short, cut, extract.note) if one)
        spans = split_blocks(laid.text, laid.blocks)
        return full_text(paper, kind, extract, laid, spans, reason, is_final=is_final)


def _name(paper: Paper) -> str:
    return f"{paper.id}v{paper.version}" if paper.version is not None else str(paper.id)


def _prose(extract: Extract) -> int:
    return sum(len(block.text) for block in extract.blocks)


def _missing(answer: Answer, called: str) -> Unreadable:
    """What arXiv's page about a missing file says."""
    if answer.status == 403:
        return Unreadable(f"arXiv does not make the {called} of this paper public")
    if answer.status == 410:
        return _NoText("arXiv has removed this paper")
    if _WITHDRAWN.search(answer.body):
        return _NoText("this version has been withdrawn")
    if _UNKNOWN.search(answer.body):
        return _NoText("arXiv knows no such version of this paper")
    return Unreadable(f"arXiv has no {called} of this paper")
