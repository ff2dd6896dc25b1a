"""One polite connection to arXiv: one request every three seconds over all processes, bounded in time and size.

arXiv's terms: "make no more than one request every three seconds, and limit requests to a single connection at a
time", over all machines of an operator.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot import __version__
from bot.core.errors import SourceUnavailable
from bot.core.feed import Outcome
from bot.ports import Clock, Gate

BUCKET = "arxiv"
REDIRECTS = (301, 302, 303, 307, 308)
MOST_HOPS = 5
SLACK = timedelta(seconds=10)
UNTOLD_WAIT = timedelta(minutes=15)
REFUSED_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ArxivAddresses:
    """Where arXiv is: base of `/rss/<cat>`, the query address, base of `/list` and `/abs`; further hosts allowed."""

    feed_url: str = "https://rss.arxiv.org"
    api_url: str = "https://export.arxiv.org/api/query"
    site_url: str = "https://arxiv.org"
    allowed_hosts: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        """Whether a request may go there: arXiv's hosts, those of the settings, and nobody else."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        named = {(urlsplit(one).hostname, urlsplit(one).port) for one in (self.feed_url, self.api_url, self.site_url)}
        if parts.scheme not in ("http", "https"):
            return False
        return (
            host == "arxiv.org"
            or host.endswith(".arxiv.org")
            or ((host, parts.port) in named or host in self.allowed_hosts)
        )


@dataclass(frozen=True, slots=True)
class ArxivLimits:
    """How politely and how long: the gap between requests, the time for one answer, its size unpacked in bytes."""

    gap: timedelta = timedelta(seconds=3)
    timeout: timedelta = timedelta(seconds=60)
    max_bytes: int = 20_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of arXiv, read whole."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class ArxivHttp:
    """Fetches; every failure is a `SourceUnavailable` with a named outcome."""

    def __init__(self, addresses: ArxivAddresses, limits: ArxivLimits, gate: Gate, clock: Clock, contact: str) -> None:
        self._addresses = addresses
        self._limits = limits
        self._gate = gate
        self._clock = clock
        self._agent = f"copecheck/{__version__}" + (f" (+{contact})" if contact else "")
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of the connection."""
        if self._session is not None:
            await self._session.close()

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None, accept: tuple[int, ...] = ()) -> Answer:
        """GET `url`, following redirects within arXiv. `accept`: statuses besides 200 and 304 that are answers too."""
        for _ in range(MOST_HOPS):
            if not self._addresses.allows(url):
                what = f"arXiv sent us to {urlsplit(url).hostname or 'nowhere'}, which is not arXiv."
                remedy = "If that is right, add the host to arxiv.allowed_hosts."
                raise SourceUnavailable(Outcome.REDIRECTED_AWAY, what, remedy)
            answer = await self._turn(url, headers or {})
            if answer.status not in REDIRECTS:
                return await self._checked(answer, accept)
            url = urljoin(url, answer.headers.get("Location", ""))
        raise SourceUnavailable(Outcome.REDIRECTED_AWAY, "arXiv sent us in a circle.", "It is asked for again.")

    async def _turn(self, url: str, headers: Mapping[str, str]) -> Answer:
        """One request, in our turn."""
        limits = self._limits
        async with self._gate.turn(BUCKET, limits.gap, limits.timeout + SLACK):
            try:
                async with asyncio.timeout(limits.timeout.total_seconds()):
                    return await self._get(url, headers)
            except TimeoutError as error:
                what = f"arXiv did not finish within {limits.timeout.total_seconds():g} seconds."
                raise SourceUnavailable(Outcome.TOO_SLOW, what, "It is asked for again.") from error
            except aiohttp.ClientPayloadError as error:
                raise SourceUnavailable(Outcome.TRUNCATED, "The answer broke off.", "It is asked for again.") from error
            except (aiohttp.ClientError, OSError) as error:
                what = f"arXiv could not be reached ({type(error).__name__})."
                raise SourceUnavailable(Outcome.UNREACHABLE, what, "Check the network and the address.") from error

    async def _get(self, url: str, headers: Mapping[str, str]) -> Answer:
        session = self._open()
        async with session.get(url, headers=dict(headers), allow_redirects=False) as response:
            body = bytearray()
            async for piece in response.content.iter_chunked(65_536):
                body += piece
                if len(body) > self._limits.max_bytes:
                    what = f"arXiv's answer is larger than {self._limits.max_bytes} bytes."
                    raise SourceUnavailable(Outcome.TOO_LARGE, what, "Raise arxiv.max_bytes if that is right.")
            return Answer(response.status, bytes(body), dict(response.headers))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=1),
                headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"},
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def _checked(self, answer: Answer, accept: tuple[int, ...]) -> Answer:
        """The answer when its status is one, else the named failure."""
        status = answer.status
        if status in (200, 304) or status in accept:
            return answer
        retry_at = self._retry_at(answer.headers)
        if status == 429:
            retry_at = retry_at or self._clock.now() + UNTOLD_WAIT
            await self._gate.close_gate(BUCKET, max(retry_at - self._clock.now(), timedelta(0)))
            raise SourceUnavailable(Outcome.RATE_LIMITED, "arXiv asks us to wait.", "We do.", retry_at)
        if status in (401, 403):
            later = self._clock.now() + REFUSED_WAIT
            what = f"arXiv refused access ({status})."
            raise SourceUnavailable(
                Outcome.REFUSED, what, "Set arxiv.contact, and wait.", max(retry_at or later, later)
            )
        if status >= 500:
            raise SourceUnavailable(
                Outcome.SERVER_ERROR, f"arXiv has a fault of its own ({status}).", "It is asked for again.", retry_at
            )
        what = f"arXiv answered {status}."
        raise SourceUnavailable(Outcome.REFUSED, what, "Check the address and the category.", retry_at)

    def _retry_at(self, headers: Mapping[str, str]) -> datetime | None:
        """Retry-After as a moment (seconds or an HTTP date); None when there is none, or it makes no sense."""
        text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
        if text.isascii() and text.isdigit():
            return self._clock.now() + timedelta(seconds=min(int(text), 7 * 86_400))
        try:
            moment = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
