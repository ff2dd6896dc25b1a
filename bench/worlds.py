"""A bot in a temporary folder against a feed server on loopback, for measuring."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.app import App, open_app
from bot.config.settings import Settings
from bot.core.papers.feed import Fetched
from bot.ports.store import PaperSource
from bot.services.runtime.rounds import Round, run_once
from tests.fakes.progress import Silent

STOP_PATIENCE = timedelta(seconds=2)


class Bygone:
    """arXiv as the source has it, its feeds being saved ones: days of any time are measured on."""

    def __init__(self, source: PaperSource) -> None:
        self._source = source
        self.fetch_new, self.fetch_missed = source.fetch_new, source.fetch_missed
        self.fetch_papers = source.fetch_papers

    async def fetch_feed(self, category: str, etag: str | None, last_modified: str | None) -> Fetched:
        """The feed that is served, whenever it was announced."""
        return replace(await self._source.fetch_feed(category, etag, last_modified), is_saved=True)


@dataclass
class World:
    """The bot, and what its feed server serves."""

    app: App
    folder: Path
    body: bytes = b""

    async def round(self) -> Round:
        """One `run --once`."""
        return await run_once(
            self.app.store, self.app.crews(), self.app.clock, asyncio.Event(), STOP_PATIENCE, Silent()
        )


@asynccontextmanager
async def world(more: Mapping[str, Any] | None = None) -> AsyncIterator[World]:
    """A fresh one, gone afterwards; `more` settings than the plain ones."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held: list[World] = []

        async def answer(_request: web.Request) -> web.Response:
            return web.Response(body=held[0].body, content_type="application/rss+xml")

        application = web.Application()
        application.router.add_get("/rss/cs.AI", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        follow = {"name": "bench", "place": "console:bench", "categories": ["cs.AI"], "hour": "00:00"}
        settings = Settings.model_validate(
            {
                "arxiv": {"feed_url": url, "api_url": url, "site_url": url, "request_gap_seconds": 0},
                "store": {"url": str(folder / "bench.db")},
                "platforms": {"console": {"file": str(folder / "posts.jsonl"), "show": False}},
                "follows": [follow | {"weekdays": list(range(7))}],
                **(more or {}),
            }
        )
        async with open_app(settings) as app:
            held.append(World(replace(app, source=Bygone(app.source)), folder))
            yield held[0]
        await runner.cleanup()
