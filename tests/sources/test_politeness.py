"""One request at a time and a gap between them, for all addresses of arXiv and all processes that share a store."""

import asyncio
import sys
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import aiohttp

from bot.core.papers.paper import ArxivId
from bot.sources.arxiv import ArxivSource
from bot.sources.http import ArxivAddresses, ArxivLimits
from bot.store.sql import SqlStore
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.clock import StandingClock
from tests.fakes.feeds import invent_day, rss

TUESDAY = date(2026, 6, 2)
GAP = timedelta(seconds=0.1)
SLIP = 0.01
POLLS = 12


async def test_feeds_listings_and_api_share_one_gate_over_two_stores_on_one_file(tmp_path: Path) -> None:
    stores = [SqlStore(str(tmp_path / "copecheck.db")) for _ in range(2)]
    for store in stores:
        await store.open()
    async with FakeArxiv() as arxiv:
        arxiv.announce(TUESDAY, invent_day(6))
        clock = StandingClock(datetime(2026, 6, 2, 12, tzinfo=UTC))
        addresses = ArxivAddresses(arxiv.url, arxiv.api_url, arxiv.url)
        sources = [ArxivSource(addresses, ArxivLimits(gap=GAP), gate=store, clock=clock) for store in stores]
        await asyncio.gather(
            sources[0].fetch_feed("cs.AI", None, None),
            sources[1].fetch_feed("cs.AI", None, None),
            sources[0].fetch_new("cs.AI", TUESDAY),
            sources[1].fetch_papers([ArxivId("2606.00001")]),
        )
        for source in sources:
            await source.close()
        assert arxiv.most_at_once == 1
        assert sorted(asked.kind for asked in arxiv.asked) == ["api", "api", "feed", "feed", "new"]
        gaps = [later.at - earlier.at for earlier, later in pairwise(arxiv.asked)]
        assert min(gaps) >= GAP.total_seconds() - SLIP
    for store in stores:
        await store.close()


async def test_polls_one_after_another_keep_no_member_waiting_who_names_an_unknown_paper(tmp_path: Path) -> None:
    """The one poll that is under way, or stands at the gate already, goes before; none that comes after."""
    store = SqlStore(str(tmp_path / "copecheck.db"))
    await store.open()
    begun = asyncio.Event()
    async with FakeArxiv() as arxiv:
        arxiv.announce(TUESDAY, invent_day(6))
        clock = StandingClock(datetime(2026, 6, 2, 12, tzinfo=UTC))
        addresses = ArxivAddresses(arxiv.url, arxiv.api_url, arxiv.url)
        source = ArxivSource(addresses, ArxivLimits(gap=GAP), gate=store, clock=clock)

        async def poll() -> None:
            for _ in range(POLLS):
                await source.fetch_feed("cs.AI", None, None)
                begun.set()

        polling = asyncio.create_task(poll())
        async with asyncio.timeout(60):
            await begun.wait()
            members = [source.fetch_papers([ArxivId(f"2606.0000{number}")]) for number in (1, 2)]
            await asyncio.gather(*members)
            await polling
        await source.close()
        kinds = [asked.kind for asked in arxiv.asked]
    await store.close()
    assert kinds.count("feed") == POLLS
    assert "api" in kinds[:3]
    assert kinds[:5].count("api") == 2


async def test_the_fake_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    files = [tmp_path / "monday.xml", tmp_path / "tuesday.xml"]
    for file, day in zip(files, (date(2026, 6, 1), TUESDAY), strict=True):
        file.write_bytes(rss(day, invent_day(3)))
    port_file = tmp_path / "port"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.arxiv", "--port-file", str(port_file), *map(str, files)
    )
    try:
        url = f"http://127.0.0.1:{await asyncio.to_thread(_written, port_file)}"
        async with aiohttp.ClientSession() as session:
            for expected, after in ((b"Mon, 01 Jun", 200), (b"Tue, 02 Jun", 410)):
                async with session.get(f"{url}/rss/cs.AI") as response:
                    assert expected in await response.read()
                async with session.post(f"{url}/fake/next") as response:
                    assert response.status == after
    finally:
        process.kill()
        await process.wait()


def _written(file: Path) -> str:
    """What another process writes there, once it is there."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if file.exists() and (text := file.read_text(encoding="ascii")):
            return text
        time.sleep(0.05)
    raise TimeoutError(f"nothing came to {file}")
