"""What arXiv answers, read in this process beside the event loop: for a command that runs alone."""

import asyncio

from bot.core.papers.feed import Fetched
from bot.core.papers.listing import Listing
from bot.core.papers.paper import ArxivId, Paper
from bot.sources.api import parse_api
from bot.sources.feed import parse_feed
from bot.sources.listing import parse_listing


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
