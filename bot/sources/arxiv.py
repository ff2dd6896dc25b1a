"""arXiv as a source of papers: the day's feed, the listings when it fails, and the API for what they lack."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import quote

from bot.core.errors import DayGone, MalformedId, SourceUnavailable
from bot.core.papers.feed import Fetched, Outcome
from bot.core.papers.listing import Listed, Listing, torn
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.ports.store import Clock, Gate
from bot.ports.workers import PageReader
from bot.sources.api import A_CALL, parse_api
from bot.sources.feed import parse_feed
from bot.sources.http import ArxivAddresses, ArxivHttp, ArxivLimits, HttpAnswer
from bot.sources.listing import is_home, parse_listing

log = logging.getLogger(__name__)

A_PAGE = 2000
MOST_PAGES = 10
UNKNOWN_SHARE = 0.1
XML = (b"<?xml", b"<rss", b"<feed")  # how a feed begins, whatever a server calls it
DIGEST = "read sha256 "  # a validator of our own, where the server sends none: the same bytes are read once


class PagesHere:
    """`ports_workers.PageReader` in a thread."""

    async def read_feed(self, body: bytes, category: str, status: int) -> Fetched:
        """A feed."""
        return await asyncio.to_thread(parse_feed, body, category, status)

    async def read_listing(self, body: bytes, category: str) -> Listing:
        """A page of a listing."""
        return await asyncio.to_thread(parse_listing, body, category)

    async def read_api(self, body: bytes, asked: int) -> dict[ArxivId, Paper]:
        """An answer of the API."""
        return await asyncio.to_thread(parse_api, body, asked)


class ArxivSource:
    """`ports.PaperSource` over arXiv's feed, listing and API; what they answer is read by `reader`."""

    def __init__(
        self,
        addresses: ArxivAddresses,
        limits: ArxivLimits,
        *,
        gate: Gate,
        clock: Clock,
        contact: str = "",
        form: str = "rss",
        reader: PageReader | None = None,
    ) -> None:
        self._reader = reader or PagesHere()
        self._addresses = addresses
        self._form = form
        self._http = ArxivHttp(addresses, limits, gate, clock, contact)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._http.close()

    async def fetch_feed(self, category: str, etag: str | None, last_modified: str | None) -> Fetched:
        """The category's feed of today, conditional on the validators of last time."""
        is_digest = bool(etag and etag.startswith(DIGEST))
        validators = {"If-None-Match": None if is_digest else etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in validators.items() if value}
        answer = await self._xml(f"{self._addresses.feed_url}/{self._form}/{quote(category)}", headers)
        digest = DIGEST + hashlib.sha256(answer.body).hexdigest()
        if answer.status == 304 or digest == etag:
            return Fetched(None, None, etag, last_modified, not_modified=True)
        read = await self._reader.read_feed(answer.body, category, answer.status)
        return Fetched(read.batch, read.day, answer.headers.get("ETag") or digest, answer.headers.get("Last-Modified"))

    async def fetch_new(self, category: str, day: date) -> Batch:
        """What `/list/<category>/new` shows, with its sections; without entries when it is of another day."""
        listing = await self._list(category, "new")
        shown = listing.days[0]
        return (
            await self._batch(category, day, listing.entries, listing.left_out)
            if shown == day
            else Batch(category, shown, (), "listing")
        )

    async def fetch_missed(self, category: str, day: date) -> Batch | None:
        """A past day from `/list/<category>/recent`, abstracts by the API; None when arXiv announced nothing then."""
        listing = await self._list(category, "recent")
        if day < min(listing.days):
            raise DayGone("gone from the listing", f"arXiv's listing begins on {min(listing.days)}.")
        if day > max(listing.days):
            raise SourceUnavailable(Outcome.NOT_YET, f"arXiv's listing ends on {max(listing.days)}.")
        listed = [entry for entry in listing.entries if entry.day == day]
        return await self._batch(category, day, listed, listing.left_out) if listed else None

    async def fetch_papers(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Papers by id from the API, at most 100 a call; unknown ids are missing from the answer.

        `MalformedId` when a single id was asked for and the API calls it malformed; of several it is left out.
        """
        wanted = list(dict.fromkeys(ids))
        if len(wanted) == 1:
            return _asked_for(wanted, await self._query(wanted))
        found: dict[ArxivId, Paper] = {}
        for at in range(0, len(wanted), A_CALL):
            found |= await self._query_apart(wanted[at : at + A_CALL])
        return _asked_for(wanted, found)

    async def _list(self, category: str, page: str) -> Listing:
        """All pages of a listing."""
        listing = await self._list_page(category, page, 0)
        for _ in range(MOST_PAGES):
            if listing.shown >= listing.total:
                return listing
            more = await self._list_page(category, page, listing.shown)
            if page == "new" and more.days != listing.days:
                raise torn("changed while it was read")
            listing = listing.joined(more)
        raise torn(f"says {listing.total} entries, which is more than its pages hold")

    async def _list_page(self, category: str, page: str, skip: int) -> Listing:
        url = f"{self._addresses.site_url}/list/{quote(category)}/{page}?skip={skip}&show={A_PAGE}"
        answer = await self._http.fetch(url)
        return await self._reader.read_listing(answer.body, category)

    async def _batch(
        self, category: str, day: date, listed: Sequence[Listed], left_out: Sequence[tuple[date, str]] = ()
    ) -> Batch:
        papers: dict[ArxivId, Paper] = {}
        ids = list(dict.fromkeys(paper.id for paper in listed))
        for at in range(0, len(ids), A_CALL):
            papers |= await self._query_apart(ids[at : at + A_CALL])
        unknown = [str(arxiv_id) for arxiv_id in ids if arxiv_id not in papers]
        if len(unknown) > UNKNOWN_SHARE * len(ids):
            what = f"The API knows {len(ids) - len(unknown)} of the {len(ids)} papers that the listing shows."
            raise SourceUnavailable(Outcome.TRUNCATED, what)
        if unknown:
            log.warning("the API does not know papers of the listing", extra={"papers": " ".join(unknown)})
        firsts = {paper.id: paper for paper in reversed(listed)}
        entries = [_entry(firsts[arxiv_id], papers[arxiv_id], category) for arxiv_id in ids if arxiv_id in papers]
        return Batch(
            category,
            day,
            tuple(entries),
            "listing",
            (
                *(name for of, name in left_out if of == day),
                *(f"{name} (the API does not know it)" for name in unknown),
            ),
        )

    async def _query(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        names = quote(",".join(map(str, ids)), safe=",/")
        joint = "&" if "?" in self._addresses.api_url else "?"
        url = f"{self._addresses.api_url}{joint}id_list={names}&start=0&max_results={len(ids)}"
        answer = await self._xml(url)
        return await self._reader.read_api(answer.body, len(ids))

    async def _query_apart(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        """An id that the API calls malformed must not cost the others: halve until it stands alone, and leave it."""
        try:
            return await self._query(ids)
        except MalformedId as error:
            if len(ids) == 1:
                log.warning("the API calls an id malformed", extra={"paper": str(ids[0]), "reason": str(error)})
                return {}
        middle = len(ids) // 2
        return await self._query_apart(ids[:middle]) | await self._query_apart(ids[middle:])

    async def _xml(self, url: str, headers: Mapping[str, str] | None = None) -> HttpAnswer:
        """An answer that is XML, or should be; a 400 too, since it says what was wrong."""
        answer = await self._http.fetch(url, headers, accept=(400,))
        if answer.status == 304 and not headers:
            raise SourceUnavailable(Outcome.TRUNCATED, "arXiv answered that nothing changed, unasked.")
        is_xml = answer.body.lstrip().startswith(XML)
        if answer.is_page and answer.status != 304 and not is_xml:
            what = "arXiv answered with a page in place of XML."
            raise SourceUnavailable(Outcome.HTML_PAGE, what, "Wait; arXiv may be in maintenance.")
        return answer


def _asked_for(wanted: Sequence[ArxivId], found: Mapping[ArxivId, Paper]) -> dict[ArxivId, Paper]:
    return {paper_id: found[paper_id] for paper_id in wanted if paper_id in found}


def _entry(listed: Listed, paper: Paper, category: str) -> Entry:
    """The section's type, else new or cross by primary category, marked inferred."""
    if listed.type is not None:
        return Entry(paper, listed.type)
    return Entry(paper, AnnounceType.NEW if is_home(paper.primary, category) else AnnounceType.CROSS, inferred=True)
