"""Kill the bot again and again over several days, then compare what was posted with what had to be.

The set of keys is computed from feeds and follows alone; the journal is the console's file, or what our Discord or
Slack on loopback wrote down at the moment of the effect (`--on`). *Lost*: in the
set and not in the journal once the queue is empty. *Double*: a key twice in the journal. *Untrue*: a figure of
`copecheck status` that is not what the journal says, once the queue is empty; more than it says, at any time.

With a model (`--model`) the papers are judged over an OpenAI-compatible server on loopback, which counts: money
is spent once when no request whose reply is stored is asked again, and what is asked again is no more than one request
a busy slot a kill.

Run at length: `python -m tests.kill.harness --kills 60 --processes 3 [--on discord] [--model] FEED.xml …`
"""

import argparse
import asyncio
import collections
import importlib
import itertools
import json
import random
import re
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes.feeds import last_weekdays, redated
from tests.fakes.openai_server import FakeOpenAi
from tests.kill.targets import ConsoleTarget, DiscordTarget, SlackTarget, Target

POINTS = ("claimed", "sent", "commit")
MODEL_POINTS = ("reserved", "answered", "stored", "settled", "commit")
AT_ONCE = 3
LEASE = 1.0
DAY_MOST = 3600.0


@dataclass
class Outcome:
    """What a run left: kills by kind, keys that are missing, keys that are there twice."""

    kills: collections.Counter[str] = field(default_factory=collections.Counter)
    lost: set[str] = field(default_factory=set)
    double: set[str] = field(default_factory=set)
    untrue: list[str] = field(default_factory=list)
    looks: int = 0
    posts: int = 0
    calls: int = 0
    requests: int = 0
    paid_twice: int = 0
    papers: int = 0

    @property
    def most_calls(self) -> int:
        """One a distinct request, and one a busy slot a kill."""
        return self.requests + AT_ONCE * sum(self.kills.values())

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kills.items()))
        total = sum(self.kills.values())
        calls = f"; {self.calls} calls, at most {self.most_calls}, of {self.requests} requests for {self.papers} papers"
        money = f"{calls}, {self.paid_twice} paid twice" if self.calls else ""
        found = f"{self.posts} posts, {len(self.lost)} lost, {len(self.double)} double"
        return f"{total} kills ({kinds}): {found}, {len(self.untrue)} of {self.looks} looks at status untrue{money}"


def papers_of(feed: str) -> tuple[str, list[str]]:
    """The day and the ids of a feed's new and cross papers, read without any code of the bot."""
    day = re.search(r"<pubDate>\w{3}, (\d\d) (\w{3}) (\d{4})", feed)
    assert day is not None
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guids = re.findall(r"<guid[^>]*>oai:arXiv\.org:([\w./-]+?)v\d+</guid>", feed)
    kinds = re.findall(r"<arxiv:announce_type>([\w-]+)</arxiv:announce_type>", feed)
    wanted = [guid for guid, kind in zip(guids, kinds, strict=True) if kind in ("new", "cross")]
    return f"{day[3]}-{months.index(day[2]) + 1:02}-{day[1]}", wanted


def recent(feeds: list[str]) -> list[str]:
    """The feeds in their order as those of the latest weekdays: a live poll refuses what is older than a week."""
    days = last_weekdays(len(feeds))
    return [redated(feed.encode(), day).decode() for feed, day in zip(feeds, days, strict=True)]


TARGETS: dict[str, Callable[[], Target]] = {
    "console": ConsoleTarget,
    "discord": DiscordTarget,
    "discord-without-nonces": lambda: DiscordTarget(nonce_seconds=0),
    "slack-socket": lambda: SlackTarget("socket"),
    "slack-http": lambda: SlackTarget("http"),
    "slack-true-waits": lambda: SlackTarget("socket", factor=1.0),
}


def expected_keys(feeds: list[str], target: Target) -> set[str]:
    """One card a paper in the place of cards; one opening line and its lists in the other."""
    keys: set[str] = set()
    cards, top = target.places()
    for feed in feeds:
        day, papers = papers_of(feed)
        keys |= {f"{cards}|card|{paper}|plain" for paper in papers}
        keys.add(f"{top}|opening|{day}/lines|plain")
        lists = -(-len(papers) // target.list_lines)
        keys |= {f"{top}|list|{day}/lines/{number}|plain" for number in range(1, lists + 1)}
    return keys


def standing(
    feeds: list[str], target: Target, counts: collections.Counter[str], edition: dict[str, Any]
) -> tuple[int, int]:
    """How many papers of an edition stand as cards, and how many in lists, by the journal alone."""
    cards, top = target.places()
    papers = next(papers for day, papers in map(papers_of, feeds) if day == edition["day"])
    if edition["follow"] == "cards":
        return sum(target.mark(f"{cards}|card|{paper}|plain") in counts for paper in papers), 0
    sizes = [min(target.list_lines, len(papers) - at) for at in range(0, len(papers), target.list_lines)]
    keys = [f"{top}|list|{edition['day']}/lines/{number}|plain" for number in range(1, len(sizes) + 1)]
    return 0, sum(size for size, key in zip(sizes, keys, strict=True) if target.mark(key) in counts)


MODEL = """
[model]
at_once = {at_once}
usd_a_day = 1000000
tokens_a_day = 1000000000
[[model.endpoints]]
base_url = "{url}"
model = "fake/model"
timeout_seconds = 20
"""


async def figure(store: str, statement: str) -> int:
    """The one figure that a statement asks of the store, a file or a server, beside the program."""
    if "://" in store:
        connection: Any = await importlib.import_module("asyncpg").connect(store)
        try:
            return int(await connection.fetchval(statement))
        finally:
            await connection.close()
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30) as file:
        return int(file.execute(statement).fetchone()[0])


def settings_text(
    folder: Path, url: str, vanish: float, target: Target, model: str = "", lease: float = LEASE, store: str = ""
) -> str:
    cards, top = target.places()
    follow = 'categories = ["cs.AI"]\nlens = "plain"\nhour = "00:00"\nweekdays = [0, 1, 2, 3, 4, 5, 6]\n'
    return f"""
[arxiv]
feed_url = "{url}"
api_url = "{url}/api/query"
site_url = "{url}"
request_gap_seconds = 0.05
[store]
url = "{store or folder / "store.db"}"
[work]
lease_seconds = {lease}
[limits]
messages_a_day = 10000
[log]
level = "error"
{MODEL.format(at_once=AT_ONCE, url=model) if model else ""}
{target.settings(folder, vanish)}
[[follows]]
name = "cards"
place = "{cards}"
mode = "every"
limit = 10000
{follow}
[[follows]]
name = "lines"
place = "{top}"
mode = "top"
cards = 0
{follow}
"""


class Harness:
    """Serves one day after the other, and keeps so many worker processes alive until each day's queue is empty."""

    def __init__(
        self,
        folder: Path,
        feeds: list[str],
        *,
        processes: int,
        kills: int,
        delay: float,
        seed: int,
        with_model: bool = False,
        target: Target | None = None,
        lease: float = LEASE,
        store: str = "",
    ) -> None:
        self._lease = lease
        self._store = store or str(folder / "store.db")
        self._folder = folder
        self._target = target or ConsoleTarget()
        self._feeds = recent(feeds)
        self._processes = processes
        self._kills = kills
        self._delay = delay
        self._chance = random.Random(seed)
        self._today = self._feeds[0]
        self._model = FakeOpenAi(delay=delay) if with_model else None
        self.kinds = (*(MODEL_POINTS if with_model else POINTS), "random")
        self._kinds = itertools.cycle(self.kinds)
        self.outcome = Outcome()

    async def run(self, vanish: float) -> Outcome:
        """Serve, kill and count."""
        async with self._model or nullcontext(), self._target.served():
            return await self._run(vanish)

    async def _run(self, vanish: float) -> Outcome:
        runner = web.AppRunner(self._application())
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        model = self._model.base_url if self._model else ""
        feed = f"http://127.0.0.1:{port}"
        text = settings_text(self._folder, feed, vanish, self._target, model, self._lease, self._store)
        (self._folder / "config.toml").write_text(text)
        try:
            for number, feed in enumerate(self._feeds, 1):
                self._today = feed
                quota = self._kills * number // len(self._feeds) - self._kills * (number - 1) // len(self._feeds)
                await self._day(quota)
        finally:
            await runner.cleanup()
        return await self._judge()

    def _application(self) -> web.Application:
        async def answer(_request: web.Request) -> web.Response:
            return web.Response(body=self._today.encode(), content_type="application/rss+xml")

        application = web.Application()
        application.router.add_get("/rss/cs.AI", answer)
        return application

    async def _day(self, quota: int) -> None:
        """Each process in turn dies its share of deaths, then works undisturbed."""
        shares = [quota // self._processes + (at < quota % self._processes) for at in range(self._processes)]
        await asyncio.gather(*(self._life(share) for share in shares))
        async with asyncio.timeout(DAY_MOST):
            while await self._worker("") or await self._open_posts():  # noqa: ASYNC110
                await asyncio.sleep(0.5)  # a platform may let us look only once a minute
        await self._look(is_over=True)

    async def _look(self, *, is_over: bool) -> None:
        """Compare what `status` says of each day with what stands by the journal, which is read after it."""
        command = (sys.executable, "-m", "bot", "status", "--json", "--config", str(self._folder / "config.toml"))
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        told, _ = await process.communicate()
        assert process.returncode == 0, f"status ended with {process.returncode}"
        self.outcome.looks += 1
        counts = self._target.counts(self._folder)
        for edition in json.loads(told)["editions"]:
            fates, stands = edition["fates"], standing(self._feeds, self._target, counts, edition)
            said = (fates.get("posted", 0), fates.get("listed", 0))
            if said != stands if is_over else said > stands or said[1] > stands[1]:
                words = f"{edition['follow']} {edition['day']}: status {said}, journal {stands}"
                self.outcome.untrue.append(words)

    async def _open_posts(self) -> int:
        return await figure(self._store, "SELECT count(*) FROM jobs WHERE state = 'open' AND queue = 'deliver'")

    async def _life(self, deaths: int) -> None:
        left, tries = deaths, 3 * deaths
        while left and tries:
            tries -= 1
            point = next(self._kinds)
            died = await (self._random_death() if point == "random" else self._worker(self._point(point)))
            if died:
                self.outcome.kills[point] += 1
                left -= 1
                await self._look(is_over=False)
        await self._worker("")

    def _point(self, point: str) -> str:
        return f"{point}:{self._chance.randint(1, 25 if point == 'commit' else 6)}"

    async def _random_death(self) -> bool:
        worker = await self._start("")
        try:
            await asyncio.wait_for(worker.wait(), self._chance.uniform(0.5, 2.5))
        except TimeoutError:
            worker.kill()
        return await worker.wait() == -signal.SIGKILL

    async def _worker(self, die: str) -> bool:
        """Whether the worker was killed; any other ending than that or a clean one is an error."""
        worker = await self._start(die)
        code = await worker.wait()
        assert code in (0, -signal.SIGKILL), f"a worker ended with {code}"
        return code == -signal.SIGKILL

    async def _start(self, die: str) -> asyncio.subprocess.Process:
        arguments = ["--config", str(self._folder / "config.toml"), "--delay", str(self._delay), "--die", die]
        arguments += ("--on", self._target.name)
        arguments += ("--model",) if self._model else ()
        return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.kill.worker", *arguments)

    async def _paid_twice(self) -> int:
        """How many replies are stored of a request whose reply was stored already."""
        again = "SELECT count(*) - count(DISTINCT prompt || stage) FROM calls WHERE reply IS NOT NULL"
        return await figure(self._store, again)

    async def _judge(self) -> Outcome:
        counts = self._target.counts(self._folder)
        expected = {self._target.mark(key) for key in expected_keys(self._feeds, self._target)}
        self.outcome.lost = expected - set(counts)
        self.outcome.double = {key for key, count in counts.items() if count > 1} | (set(counts) - expected)
        self.outcome.posts = sum(counts.values())
        if self._model:
            self.outcome.calls = len(self._model.asked)
            self.outcome.requests = len({json.dumps(one.body, sort_keys=True) for one in self._model.asked})
            self.outcome.paid_twice = await self._paid_twice()
            self.outcome.papers = len({paper for feed in self._feeds for paper in papers_of(feed)[1]})
        return self.outcome


def main() -> None:
    """Run at length, print what came out, and fail on anything lost or double, or on a kind of kill that never came."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("feeds", nargs="+", type=Path)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--delay", type=float, default=0.02, help="seconds the analyst takes for a paper")
    parser.add_argument("--vanish", type=float, default=1 / 3, help="share of sends that take effect and look dropped")
    parser.add_argument("--lease", type=float, default=LEASE, help="seconds; long ones are cut short by locks alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", default="", help="the URL of an empty PostgreSQL database; without it, SQLite")
    parser.add_argument("--model", action="store_true", help="judge over a model's server, and count its calls")
    parser.add_argument("--on", choices=sorted(TARGETS), default="console", help="the platform that is posted to")
    chosen = parser.parse_args()
    feeds = [file.read_text(encoding="utf-8") for file in chosen.feeds]
    with tempfile.TemporaryDirectory() as folder:
        harness = Harness(
            Path(folder),
            feeds,
            processes=chosen.processes,
            kills=chosen.kills,
            delay=chosen.delay,
            seed=chosen.seed,
            with_model=chosen.model,
            target=TARGETS[chosen.on](),
            lease=chosen.lease,
            store=chosen.store,
        )
        outcome = asyncio.run(harness.run(chosen.vanish))
    sys.stdout.write(f"{chosen.on}, {chosen.processes} processes, {len(feeds)} days, {outcome}\n")
    never = [kind for kind in harness.kinds if not outcome.kills[kind]]
    too_dear = outcome.calls > outcome.most_calls or outcome.paid_twice > 0
    sys.exit(1 if outcome.lost or outcome.double or outcome.untrue or never or too_dear else 0)


if __name__ == "__main__":
    main()
