"""A day of verdicts to three channels of a chat platform under its limits, and how soon a command is acknowledged then.

The bot is a process of its own; our Discord and our Slack on loopback say their limits as the real ones do. Discord's
are in headers only and vary: five in five seconds, then one a second, and so on in turn; Slack's is one a second.
`python -m bench chats` posts 60 verdicts to each channel, `python -m bench chats --full` a day of 331.
"""

import asyncio
import contextlib
import math
import re
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from bench.days import day
from tests.fakes.discord_server.limits import Rate
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.feeds import last_weekdays, redated
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.fakes.slack_server.world import TEAM

USUAL = 60
CHANNELS = 3
SPAN = 20.0
ROUTE = "POST /channels/{channel_id}/messages"
EVERY = 0.4
BOUND = 1.03
FEED = "2026-06-02"


@dataclass
class Run:
    """What came of a run: seconds from the first card to the last, seconds allowed, and the acknowledgements."""

    seconds: float
    allowed: float
    posted: int
    acknowledged: list[float]


def rate_at(seconds: float) -> Rate:
    """What Discord allows a channel so many seconds after the beginning."""
    return Rate(5, 5.0) if int(seconds / SPAN) % 2 == 0 else Rate(1, 1.0)


def discord_allows(posts: int) -> float:
    """The least seconds from the first to the last of so many posts in a channel, by those windows."""
    at, left, ends = 0.0, 0, 0.0
    for _ in range(posts):
        if left == 0:
            at = ends
            left, ends = rate_at(at).limit, at + rate_at(at).seconds
        left -= 1
    return at


def slack_allows(posts: int, burst: int) -> float:
    """The least seconds from the first to the last of so many posts in a channel, one a second after the burst."""
    return float(max(0, posts - burst))


def _feed(papers: int) -> bytes:
    """The first so many new or cross papers of a day."""
    text = day(FEED).decode()
    head, *entries = re.split(r"(?=<item>)", text)
    body, end = entries[-1].split("</channel>")
    wanted = [entry for entry in [*entries[:-1], body] if re.search(r"announce_type>(new|cross)<", entry)]
    return (head + "".join(wanted[:papers]) + "</channel>" + end).encode()


@contextlib.asynccontextmanager
async def _bot(papers: int, places: list[str], tables: str) -> AsyncIterator[None]:
    """The bot at work on a day of that many papers, in a process of its own."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=redated(_feed(papers), *last_weekdays(1)), content_type="application/rss+xml")

    application = web.Application()
    application.router.add_get("/rss/cs.AI", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(_settings(url, places, tables))
        bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.chat_worker", str(config))
        try:
            yield
        finally:
            bot.terminate()
            await bot.wait()
            await runner.cleanup()


def _settings(url: str, places: list[str], tables: str) -> str:
    follows = "".join(
        f'[[follows]]\nname = "f{number}"\nplace = "{place}"\ncategories = ["cs.AI"]\nlens = "plain"\nmode = "every"\n'
        f'limit = 100000\nhour = "00:00"\nweekdays = [0, 1, 2, 3, 4, 5, 6]\n'
        for number, place in enumerate(places)
    )
    return f"""
[arxiv]
feed_url = "{url}"
api_url = "{url}/api/query"
site_url = "{url}"
request_gap_seconds = 0.05
[limits]
messages_a_day = 100000
[log]
level = "error"
[platforms.console]
show = false
{tables}
{follows}
"""


async def _follow(
    posted: Callable[[], list[float]], wanted: int, ask: Callable[[], Awaitable[float]]
) -> tuple[list[float], list[float]]:
    """Ask again and again until everything is posted; the moments of the posts, and how long each answer took."""
    asking: list[asyncio.Task[float]] = []
    patience = 60 + 3 * wanted / CHANNELS
    async with asyncio.timeout(patience):
        while len(posted()) < wanted:
            if posted():
                asking.append(asyncio.create_task(ask()))
            await asyncio.sleep(EVERY)
        return posted(), list(await asyncio.gather(*asking))


async def discord(papers: int) -> Run:
    """A run against our Discord."""
    async with FakeDiscord(check=False) as fake:
        guild = fake.add_guild("Readers")
        ann = fake.add_user("ann")
        fake.join(guild, ann)
        channels = [fake.add_channel(guild, f"papers-{number}") for number in range(CHANNELS)]
        talking = fake.add_channel(guild, "talk")
        tables = f'[discord]\ntoken = "{fake.token}"\napi_url = "{fake.api_base}"\ngateway_url = "{fake.gateway.url}"\n'
        begun: dict[str, float] = {}

        def rate(channel: str) -> Callable[[float], Rate]:
            def now(seconds: float) -> Rate:
                begun.setdefault(channel, seconds)
                return rate_at(seconds - begun[channel])

            return now

        for channel in channels:
            fake.limits.set(ROUTE, rate(str(channel.id)), major=channel.id)
        ours = {str(channel.id) for channel in channels}

        def posted() -> list[float]:
            return [line["at"] for line in fake.journal.of("message_created") if line["channel"] in ours]

        async def ask() -> float:
            said = await fake.slash(ann, talking, "status")
            await said.acknowledged()
            return float(said.acknowledged_after)

        async with _bot(papers, [f"discord:{channel.id}" for channel in channels], tables):
            moments, asked = await _follow(posted, papers * CHANNELS, ask)
        return Run(max(moments) - min(moments), discord_allows(papers), len(moments), asked)


async def slack(papers: int) -> Run:
    """A run against our Slack, in Socket Mode."""
    async with FakeSlack() as fake:
        channels = [f"C0BENCH{number}" for number in range(CHANNELS)]
        for channel in channels:
            fake.world.add_channel(channel, channel.lower())
        tables = f'[slack]\nbot_token = "{BOT_TOKEN}"\napp_token = "{APP_TOKEN}"\napi_url = "{fake.api_url}"\n'

        def posted() -> list[float]:
            return [line["at"] for line in fake.journal.of("posted") if line["channel"] in channels]

        async def ask() -> float:
            delivery = await fake.slash("bob", "C0RANDOM", "/copecheck", "status")
            return float(delivery.waited) if delivery.acknowledged else math.inf

        async with _bot(papers, [f"slack:{TEAM}/{channel}" for channel in channels], tables):
            moments, asked = await _follow(posted, papers * CHANNELS, ask)
        return Run(max(moments) - min(moments), slack_allows(papers, fake.limits.post_burst), len(moments), asked)


def _figures(name: str, run: Run) -> Iterator[tuple[str, str, str, bool]]:
    ratio = run.seconds / run.allowed
    said = f"{run.posted} posts, {run.seconds:.1f} s for {run.allowed:.1f} s, ratio {ratio:.3f}"
    yield f"{name}: wall time over what its limits allow", said, f"at most {BOUND}", ratio <= BOUND
    slowest = statistics.quantiles(run.acknowledged, n=100)[98] * 1000
    said = f"{slowest:.0f} ms over {len(run.acknowledged)} commands"
    yield f"{name}: a command is acknowledged, 99th percentile", said, "under 300 ms", slowest < 300


def measure(*, full: bool = False) -> Iterator[tuple[str, str, str, bool]]:
    """Both platforms, one after the other."""
    papers = 331 if full else USUAL
    yield from _figures("discord", asyncio.run(discord(papers)))
    yield from _figures("slack", asyncio.run(slack(papers)))


def _main() -> Any:
    for words, figure, bound, holds in measure(full="--full" in sys.argv):
        print(f"{'ok  ' if holds else 'MISS'} {words}: {figure} (bound: {bound})")


if __name__ == "__main__":
    _main()
