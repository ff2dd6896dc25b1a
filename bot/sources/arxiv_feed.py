"""arXiv as a source of papers: the day's feed, the listings when it fails, and the API for what they lack."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import quote

from bot.core.errors import MalformedId
from bot.core.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.ports import Clock, Fetched, Gate
from bot.sources.arxiv_api import A_CALL, parse_api
from bot.sources.arxiv_http import ArxivAddresses, ArxivHttp, ArxivLimits
from bot.sources.arxiv_listing import Listed, is_whole, parse_listing
from bot.sources.arxiv_parse import parse_feed

log = logging.getLogger(__name__)

LIST_SIZES = (2000, 500, 100)


class ArxivSource:
    """`ports.PaperSource` over arXiv's feed, listing and API. Parsing happens beside the event loop."""

    def __init__(
        self,
        addresses: ArxivAddresses,
        limits: ArxivLimits,
        *,
        gate: Gate,
        clock: Clock,
        contact: str = "",
        form: str = "rss",
    ) -> None:
        self._addresses = addresses
        self._form = form
        self._http = ArxivHttp(addresses, limits, gate, clock, contact)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._http.close()

    async def fetch_feed(self, category: str, etag: str | None, last_modified: str | None) -> Fetched:
        """The category's feed of today, conditional on the validators of last time."""
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in validators.items() if value}
        url = f"{self._addresses.feed_url}/{self._form}/{quote(category)}"
        answer = await self._http.fetch(url, headers, accept=(400,))
        if answer.status == 304:
            return Fetched(None, None, etag, last_modified, not_modified=True)
        read = await asyncio.to_thread(parse_feed, answer.body, category, answer.status)
        given = {name.lower(): value for name, value in answer.headers.items()}
        return Fetched(read.batch, read.day, given.get("etag"), given.get("last-modified"))

    async def fetch_new(self, category: str) -> Batch:
        """What `/list/<category>/new` shows: the latest announcement, whole, with its sections."""
        listed = await self._list(category, "new")
        return await self._batch(category, listed[0].day if listed else date.min, listed)

    async def fetch_missed(self, category: str, day: date) -> Batch | None:
        """A past day from `/list/<category>/recent`, abstracts by the API; None when arXiv announced nothing then."""
        listed = [one for one in await self._list(category, "recent") if one.day == day]
        return await self._batch(category, day, listed) if listed else None

    async def _list(self, category: str, page: str) -> tuple[Listed, ...]:
        url = f"{self._addresses.site_url}/list/{quote(category)}/{page}?skip=0&show={LIST_SIZES[0]}"
        answer = await self._http.fetch(url)
        if not is_whole(answer.body):
            log.warning("arXiv's listing shows only a part of its entries", extra={"category": category, "page": page})
        return await asyncio.to_thread(parse_listing, answer.body, category)

    async def _batch(self, category: str, day: date, listed: Sequence[Listed]) -> Batch:
        papers = await self.fetch_papers([one.id for one in listed])
        unknown = [str(one.id) for one in listed if one.id not in papers]
        if unknown:
            log.warning("the API does not know papers of the listing", extra={"papers": " ".join(unknown[:20])})
        entries = [_entry(one, papers[one.id], category) for one in listed if one.id in papers]
        return Batch(category, day, tuple(entries), origin="listing")

    async def fetch_papers(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Papers by id from the API, at most 100 a call; unknown ids are missing from the answer."""
        wanted = list(dict.fromkeys(ids))
        found: dict[ArxivId, Paper] = {}
        for at in range(0, len(wanted), A_CALL):
            found |= await self._query(wanted[at : at + A_CALL])
        return {paper_id: found[paper_id] for paper_id in wanted if paper_id in found}

    async def _query(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        names = quote(",".join(map(str, ids)), safe=",/")
        joint = "&" if "?" in self._addresses.api_url else "?"
        url = f"{self._addresses.api_url}{joint}id_list={names}&start=0&max_results={len(ids)}"
        answer = await self._http.fetch(url, accept=(400,))
        try:
            return await asyncio.to_thread(parse_api, answer.body)
        except MalformedId:
            if len(ids) == 1:
                raise
        halves = (ids[: len(ids) // 2], ids[len(ids) // 2 :])
        found: dict[ArxivId, Paper] = {}
        for half in halves:
            try:
                found |= await self._query(half)
            except MalformedId as error:
                log.warning("the API calls an id malformed", extra={"paper": str(half[0]), "reason": str(error)})
        return found


def _entry(one: Listed, paper: Paper, category: str) -> Entry:
    """The section's type, else new or cross by primary category, marked inferred."""
    if one.type is not None:
        return Entry(paper, one.type)
    return Entry(paper, AnnounceType.NEW if paper.primary == category else AnnounceType.CROSS, inferred=True)
