"""One polite connection to arXiv: one request every three seconds over all processes, bounded in time and size.

arXiv's terms: "make no more than one request every three seconds, and limit requests to a single connection at a
time", over all machines of an operator.
"""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot import __version__
from bot.core.errors import ASKED_AGAIN, SourceUnavailable, connection_words
from bot.core.jobs.backoff import retry_after
from bot.core.papers.calendar import LONGEST_MEMORY, failure_wait
from bot.core.papers.feed import Outcome
from bot.ports.store import Clock, Gate

BUCKET = "arxiv"
REDIRECTS = (301, 302, 303, 307, 308)
MOST_HOPS = 5
TURN_HELD = timedelta(seconds=10)
READ_BYTES = 65_536
_NOT_PUBLIC = re.compile(rb"\bnot (?:been made )?public(?:ly)?\b", re.IGNORECASE)


class Body:
    """Collects and unpacks the pieces of one answer, never more than `limit` bytes. `encoding`: none or gzip."""

    def __init__(self, encoding: str, limit: int) -> None:
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            what = f"arXiv's answer is packed as {encoding[:20]!r}, which was not asked for."
            raise SourceUnavailable(Outcome.MALFORMED, what)
        self._unpacking = zlib.decompressobj(wbits=31) if encoding.endswith("gzip") else None
        self._limit = limit
        self._bytes = bytearray()
        self._came = False

    def add(self, piece: bytes) -> None:
        """The next bytes off the wire; `SourceUnavailable` when they are too many or no gzip."""
        self._came = self._came or bool(piece)
        if self._unpacking is not None:
            try:
                piece = self._unpacking.decompress(piece, self._limit + 1 - len(self._bytes))
            except zlib.error as error:
                raise SourceUnavailable(Outcome.MALFORMED, "arXiv's answer cannot be unpacked.") from error
        self._bytes += piece
        if len(self._bytes) > self._limit:
            what = f"arXiv's answer is larger than {self._limit} bytes."
            raise SourceUnavailable(Outcome.TOO_LARGE, what, "Raise arxiv.max_bytes if that is right.")

    def whole(self) -> bytes:
        """Everything; `SourceUnavailable` when the packed bytes end too early."""
        if self._unpacking is not None and self._came and not self._unpacking.eof:
            raise SourceUnavailable(Outcome.TRUNCATED, "The packed answer broke off.")
        return bytes(self._bytes)


@dataclass(frozen=True, slots=True)
class ArxivAddresses:
    """Where arXiv is: base of `/rss/<cat>`, the query address, base of `/list` and `/abs`; further hosts allowed."""

    feed_url: str = "https://rss.arxiv.org"
    api_url: str = "https://export.arxiv.org/api/query"
    site_url: str = "https://arxiv.org"
    allowed_hosts: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        """Whether a request may go there: arXiv's hosts, those of the settings, and nobody else."""
        if not (url.isascii() and url.isprintable()) or "\\" in url or " " in url:
            return False  # parsers disagree about whose address that is
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or "@" in parts.netloc:
            return False
        named = {
            (urlsplit(text).hostname, urlsplit(text).port) for text in (self.feed_url, self.api_url, self.site_url)
        }
        is_arxiv = host == "arxiv.org" or host.endswith(".arxiv.org")
        return is_arxiv or (host, port) in named or host in self.allowed_hosts


@dataclass(frozen=True, slots=True)
class ArxivLimits:
    """How politely and how long: the gap between requests, the time for one answer, its size unpacked in bytes.

    `patience`: how long to queue behind other requests of ours before giving up.
    """

    gap: timedelta = timedelta(seconds=3)
    timeout: timedelta = timedelta(seconds=60)
    max_bytes: int = 20_000_000
    patience: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer of arXiv, read whole. `headers` are read in any letter case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_page(self) -> bool:
        """Whether it says of itself that it is HTML."""
        return "html" in self.headers.get("Content-Type", "").lower()


class ArxivHttp:
    """Fetches; every failure is a `SourceUnavailable` with a named outcome."""

    def __init__(self, addresses: ArxivAddresses, limits: ArxivLimits, gate: Gate, clock: Clock, contact: str) -> None:
        self._addresses = addresses
        self._limits = limits
        self._gate = gate
        self._clock = clock
        self._agent = f"copecheck/{__version__}" + (f" (+{contact})" if contact else "")
        self._session: aiohttp.ClientSession | None = None
        self._closed_until: datetime | None = None
        self._closed_at = clock.now()
        self._refusals = 0

    async def close(self) -> None:
        """Let go of the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(
        self, url: str, headers: Mapping[str, str] | None = None, accept: tuple[int, ...] = ()
    ) -> HttpAnswer:
        """GET `url`, following redirects within arXiv. `accept`: statuses besides 200 and 304 that are answers too."""
        for _ in range(MOST_HOPS):
            if not self._addresses.allows(url):
                what = "arXiv sent us to an address that is not arXiv's."
                raise SourceUnavailable(
                    Outcome.REDIRECTED_AWAY, what, "If that is right, add its host to arxiv.allowed_hosts."
                )
            answer = await self._ask(url, headers or {})
            if answer.status not in REDIRECTS:
                return await self._checked(answer, accept)
            url = next_hop(url, answer.headers.get("Location", ""))
        raise SourceUnavailable(Outcome.REDIRECTED_AWAY, "arXiv sent us in a circle.")

    async def _ask(self, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        """One request, in our turn."""
        seconds = self._limits.timeout.total_seconds()
        async with self._turn():
            try:
                async with asyncio.timeout(seconds):
                    return await self._get(url, headers)
            except TimeoutError as error:
                what = f"arXiv did not finish within {seconds:g} seconds."
                raise SourceUnavailable(Outcome.TOO_SLOW, what) from error
            except aiohttp.ClientPayloadError as error:
                raise SourceUnavailable(Outcome.TRUNCATED, "The answer broke off.") from error
            except aiohttp.ClientResponseError as error:
                raise SourceUnavailable(Outcome.MALFORMED, "The answer is no HTTP.", "Check the address.") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise _unreachable(error) from error

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Our turn at the gate; at once a refusal while we were told to wait, so that nobody hangs for hours."""
        closed = self._closed_until  # nothing, where it was said by a clock that ran ahead
        if closed is not None and self._closed_at <= self._clock.now() < closed:
            raise SourceUnavailable(Outcome.RATE_LIMITED, "arXiv asked us to wait.", "We do.", closed)
        left = await self._gate.closed_for(BUCKET)
        if left > self._limits.patience:  # another process was told to
            until = self._clock.now() + left
            raise SourceUnavailable(Outcome.RATE_LIMITED, "arXiv asked us to wait.", "We do.", until)
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._limits.patience.total_seconds()):
                    turn = self._gate.turn(BUCKET, self._limits.gap, TURN_HELD)
                    await stack.enter_async_context(turn)
            except TimeoutError as error:
                what = "Requests to arXiv are held back, here or in another process that shares the store."
                raise SourceUnavailable(Outcome.RATE_LIMITED, what) from error
            yield

    async def _get(self, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        async with self._open().get(url, headers=dict(headers), allow_redirects=False) as response:
            body = Body(response.headers.get("Content-Encoding", "").strip().lower(), self._limits.max_bytes)
            async for piece in response.content.iter_chunked(READ_BYTES):
                body.add(piece)
            return HttpAnswer(response.status, body.whole(), response.headers)

    def _open(self) -> aiohttp.ClientSession:
        """A session with one connection at a time, whose bytes we unpack ourselves."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=1, force_close=True),
                headers={"User-Agent": self._agent, "Accept-Encoding": "gzip"},
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                middlewares=(_once,),
            )
        return self._session

    async def _checked(self, answer: HttpAnswer, accept: tuple[int, ...]) -> HttpAnswer:
        """The answer when its status is one, else the named failure."""
        status = answer.status
        retry_at = self._retry_at(answer.headers.get("Retry-After"))
        if status == 429:
            raise await self._held_back(Outcome.RATE_LIMITED, "arXiv asks us to wait.", "We do.", retry_at)
        if status in (401, 403) and not (
            status in accept and is_about_one_file(answer)
        ):  # arXiv: rapid requests after a 403 "will be interpreted as an attack"
            what = f"arXiv refused access ({status})."
            raise await self._held_back(Outcome.REFUSED, what, "Set arxiv.contact, and wait.", retry_at)
        self._refusals = 0
        if status in (200, 304) or status in accept:
            return answer
        if status >= 500:
            what = f"arXiv reports an error on its side ({status})."
            if retry_at is not None:
                raise await self._held_back(Outcome.SERVER_ERROR, what, ASKED_AGAIN, retry_at)
            raise SourceUnavailable(Outcome.SERVER_ERROR, what, retry_at=retry_at)
        what = f"arXiv answered {status}."
        raise SourceUnavailable(Outcome.REFUSED, what, "Check the address and the category.", retry_at)

    async def _held_back(
        self, outcome: Outcome, what: str, remedy: str, retry_at: datetime | None
    ) -> SourceUnavailable:
        """Close the gate for everybody, for as long as arXiv said, else longer each time."""
        self._refusals += 1
        now = self._clock.now()
        until = retry_at or now + failure_wait(outcome, self._refusals)
        self._closed_until, self._closed_at = until, now
        await self._gate.close_gate(BUCKET, max(until - now, timedelta(0)))
        return SourceUnavailable(outcome, what, remedy, until)

    def _retry_at(self, header: str | None) -> datetime | None:
        """The moment that Retry-After names; None when there is none."""
        now = self._clock.now()
        wish = retry_after(header, LONGEST_MEMORY, now)
        return None if wish is None else now + wish


async def _once(request: aiohttp.ClientRequest, ask: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp by itself asks again after a dropped connection, which would be two requests in one turn."""
    try:
        return await ask(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _unreachable(error) from error


def is_about_one_file(answer: HttpAnswer) -> bool:
    """Whether a 403 says that one paper's source is not public, and not that we ask too much.

    In doubt it is about us: arXiv takes requests that follow a refusal for an attack.
    """
    return answer.status == 403 and b"denied" not in answer.body and _NOT_PUBLIC.search(answer.body) is not None


def _unreachable(error: Exception) -> SourceUnavailable:
    what = f"arXiv could not be reached ({connection_words(error)})."
    return SourceUnavailable(Outcome.UNREACHABLE, what, "Check the network and the address.")


def next_hop(url: str, location: str) -> str:
    """Where a redirect leads; from https never back to http, as arXiv's own redirects would have it."""
    try:
        target = urlsplit(urljoin(url, location)) if location else None
    except ValueError:
        target = None
    if target is None:
        raise SourceUnavailable(Outcome.REDIRECTED_AWAY, "arXiv sent us on without an address.")
    if url.startswith("https:") and target.scheme == "http":
        target = target._replace(scheme="https", netloc=target.netloc.removesuffix(":80"))
    return target.geturl()
