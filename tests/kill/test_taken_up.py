"""After `kill -9` whoever is there goes on within seconds, not when the lease is over; on both databases."""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.jobs.job import JOB_SETTLES
from tests.fakes.postgres import SERVER, fresh_database
from tests.kill.harness import recent
from tests.kill.invented import DAYS

LEASE_SECONDS = 120
PATIENCE_SECONDS = 40  # a start on a busy machine, and far from the lease
FEED = recent(DAYS[:1])[0]


@pytest.fixture(params=["sqlite", "postgres"] if SERVER else ["sqlite"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path / "store.db")
    else:
        assert SERVER
        async with fresh_database(SERVER) as fresh:
            yield fresh


@asynccontextmanager
async def feeds() -> AsyncIterator[str]:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=FEED.encode(), content_type="application/rss+xml")

    application = web.Application()
    application.router.add_get("/rss/cs.AI", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def write_settings(folder: Path, store: str, feed: str) -> None:
    """One follow whose posts take a while each, so that a kill comes in the middle of them."""
    (folder / "config.toml").write_text(f"""
[arxiv]
feed_url = "{feed}"
api_url = "{feed}/api/query"
site_url = "{feed}"
request_gap_seconds = 0
[store]
url = "{store}"
[work]
lease_seconds = {LEASE_SECONDS}
[limits]
messages_a_day = 10000
[platforms.console]
show = false
file = "{folder / "posts.jsonl"}"
[platforms.console.faults]
delay_ms = 300
[[follows]]
name = "day"
place = "console:main"
categories = ["cs.AI"]
lens = "plain"
mode = "top"
cards = 0
hour = "00:00"
weekdays = [0, 1, 2, 3, 4, 5, 6]
[[follows]]
name = "other"
place = "console:other"
categories = ["cs.AI"]
lens = "plain"
mode = "top"
cards = 0
hour = "00:00"
weekdays = [0, 1, 2, 3, 4, 5, 6]
""")


def posted(folder: Path) -> Counter[str]:
    file = folder / "posts.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines() if line.endswith("}")] if file.exists() else []
    return Counter(line["key"] for line in lines if line["type"] == "post")


async def run(folder: Path) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "bot", "run", "--config", str(folder / "config.toml"))
    return await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)


async def until_posted(folder: Path, count: int, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while posted(folder).total() < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_the_posts_of_a_killed_bot_go_on_long_before_its_lease_is_over(tmp_path: Path, url: str) -> None:
    async with feeds() as feed:
        write_settings(tmp_path, url, feed)
        first = await run(tmp_path)
        await until_posted(tmp_path, 1, PATIENCE_SECONDS)
        first.kill()
        await first.wait()
        started = time.monotonic()
        second = await run(tmp_path)
        await until_posted(tmp_path, 2, PATIENCE_SECONDS)
        seconds = time.monotonic() - started
        waited = JOB_SETTLES.total_seconds()
        sys.stdout.write(f"{seconds:.1f} s from the kill to the next post, {waited} s of it waited on purpose\n")
        assert seconds < LEASE_SECONDS / 2
        second.terminate()
        await second.wait()
    assert set(posted(tmp_path).values()) == {1}
