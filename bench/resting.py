"""The bot with nothing to do: `copecheck run` as a process of its own on our Discord and our Slack, ten follows, 60,000
papers stored. When it hears its first command, its processor time at rest, and its memory. Then a round that finds
everything known, and how long `status` takes.
"""

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from aiohttp import web

from bench.days import day
from bench.startup import AS_INSTALLED
from bot.core.papers.feed import FeedState
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.store.sql import SqlStore
from tests.fakes.discord_server.people import NotOffered
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, User
from tests.fakes.feeds import last_weekdays, redated
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.fakes.slack_server.world import TEAM

STORED = 60_000
A_DAY = 400
FOLLOWS = 5  # on each platform
SETTLE_SECONDS = 15.0
REST_SECONDS = 60.0  # what is done once a minute is in it
ROUNDS = 3
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Rest:
    """What came of a run."""

    heard: float
    share: float
    megabytes: float
    round: float
    status: float


async def _fill(store: str) -> None:
    """Papers that were announced on 150 earlier days."""
    kept = SqlStore(store)
    await kept.open()
    text = "We present a system. It is invented, and it fails on long inputs. " * 8
    for number in range(STORED // A_DAY):
        papers = [
            Paper(ArxivId(f"24{number // 100:02}.{number % 100:02}{at:03}"), 1, f"System {at}", text, "A", ("cs.CY",))
            for at in range(A_DAY)
        ]
        on = date(2024, 1, 1) + timedelta(days=number)
        entries = tuple(Entry(paper, AnnounceType.NEW) for paper in papers)
        await kept.record_poll(FeedState("cs.CY", day=on), Batch("cs.CY", on, entries), (), ())
    await kept.close()


def _follow(number: int, place: str) -> str:
    return (
        f'[[follows]]\nname = "f{number}"\nplace = "{place}"\ncategories = ["cs.AI"]\nlens = "plain"\n'
        'hour = "00:00"\nweekdays = [0, 1, 2, 3, 4, 5, 6]\n'
    )


def _used(process: int) -> float:
    """Processor time that it has taken, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(process: int) -> float:
    """Its proportional set size, in MB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024


async def _until_quiet(process: int) -> None:
    """Until it has taken next to nothing for some seconds: the day is posted."""
    async with asyncio.timeout(300):
        while True:
            before = _used(process)
            await asyncio.sleep(5)
            if _used(process) - before < 0.2:
                return


async def _rest(folder: Path) -> Rest:
    feed = redated(day("2026-06-04"), *last_weekdays(1))

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=feed, content_type="application/rss+xml")

    application = web.Application()
    application.router.add_get("/rss/cs.AI", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await _fill(str(folder / "store.db"))
    async with FakeDiscord(check=False) as discord, FakeSlack() as slack:
        guild = discord.add_guild("Readers")
        ann = discord.add_user("ann")
        discord.join(guild, ann)
        places = [f"discord:{discord.add_channel(guild, f'papers-{number}').id}" for number in range(FOLLOWS)]
        for number in range(FOLLOWS):
            slack.world.add_channel(f"C0REST{number}", f"rest{number}")
            places.append(f"slack:{TEAM}/C0REST{number}")
        talking = discord.add_channel(guild, "talk")
        config = folder / "config.toml"
        config.write_text(
            f'[arxiv]\nfeed_url = "{url}"\napi_url = "{url}/api/query"\nsite_url = "{url}"\n'
            f'request_gap_seconds = 0.05\n[store]\nurl = "{folder / "store.db"}"\n[log]\nlevel = "error"\n'
            "[platforms.console]\nshow = false\n"
            f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_base}"\n'
            f'gateway_url = "{discord.gateway.url}"\n'
            f'[slack]\nbot_token = "{BOT_TOKEN}"\napp_token = "{APP_TOKEN}"\napi_url = "{slack.api_url}"\n'
            + "".join(_follow(number, place) for number, place in enumerate(places)),
            encoding="utf-8",
        )
        command = (sys.executable, "-m", "bot", "run", "--config", str(config))
        started = time.perf_counter()
        bot = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL, env=AS_INSTALLED)
        try:
            await _ask(discord, ann, talking)
            heard = time.perf_counter() - started
            await asyncio.sleep(SETTLE_SECONDS)
            await _until_quiet(bot.pid)
            before = _used(bot.pid)
            await asyncio.sleep(REST_SECONDS)
            share, memory = (_used(bot.pid) - before) / REST_SECONDS, _memory(bot.pid)
        finally:
            bot.terminate()
            await bot.wait()
        taken = [await _timed("run", "--once", "--config", str(config)) for _ in range(ROUNDS)]
        asked = [await _timed("status", "--config", str(config)) for _ in range(ROUNDS)]
    await runner.cleanup()
    return Rest(heard, share, memory, statistics.median(taken), statistics.median(asked))


async def _ask(discord: FakeDiscord, person: User, channel: Channel) -> None:
    """Give a command as soon as it is offered, and wait until it is acknowledged."""
    while True:
        with contextlib.suppress(NotOffered):
            if discord.gateway.sockets:
                return await (await discord.slash(person, channel, "status")).acknowledged()
        await asyncio.sleep(0.01)


async def _timed(*words: str) -> float:
    """Seconds that a command takes."""
    started = time.perf_counter()
    command = (sys.executable, "-m", "bot", *words)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=AS_INSTALLED
    )
    await process.wait()
    return time.perf_counter() - started


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """All of it, in one run."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(_rest(Path(folder)))
    yield "copecheck run hears its first command", f"{found.heard:.2f} s", "within 2 s", found.heard <= 2
    share = found.share * 100
    yield "at rest, ten follows on both platforms", f"{share:.2f} % of a core", "under 0.5 %", share < 0.5
    megabytes = found.megabytes
    yield f"memory with {STORED:,} papers", f"{megabytes:.0f} MB", "at most 120 MB", megabytes <= 120
    yield "a round that finds everything known", f"{found.round:.2f} s", "within 1 s", found.round <= 1
    yield "copecheck status", f"{found.status:.2f} s", "within 0.4 s", found.status <= 0.4
