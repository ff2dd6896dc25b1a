"""Kill the bot again and again while people ask it things, then count the answers: none lost, none given twice.

What counts are the questions that reached the store: every one that Slack was told of again until somebody
acknowledged it, and on Discord every one that a connected bot stored (Discord tells nobody twice). The outside journal
is that of our Discord or Slack. Run at length: `python -m tests.kill.remarks --on slack-http --kills 30`
"""

import argparse
import asyncio
import collections
import itertools
import random
import re
import signal
import sqlite3
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from tests.kill.harness import LEASE, TARGETS, recent
from tests.kill.invented import DAYS
from tests.kill.targets import DiscordTarget, SlackTarget

KINDS = ("claimed", "sent", "commit", "random")
ANSWER_WITHIN_SECONDS = 90.0
LAST = 3  # questions to the bot that lives: a bot that dies at its first post hears few
WORDS = ("clerks", "letters", "method", "limits", "cost", "baseline", "people", "error")


@dataclass
class Answers:
    """What a run left."""

    asked: int = 0
    stored: int = 0
    kills: collections.Counter[str] = field(default_factory=collections.Counter)
    lost: set[str] = field(default_factory=set)
    double: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kills.items()))
        said = f"{self.asked} questions, {self.stored} stored, {len(self.lost)} lost, {len(self.double)} answered twice"
        return f"{self.kills.total()} kills ({kinds}): {said}"


class RemarkHarness:
    """Serves one small day, and keeps one listening bot alive that dies at chosen points."""

    def __init__(
        self, folder: Path, target: DiscordTarget | SlackTarget, *, kills: int, seed: int, pause: float = 0.3
    ) -> None:
        self._folder = folder
        self._target = target
        self._kills = kills
        self._pause = pause
        self._chance = random.Random(seed)
        self._number = 0
        self._bots: list[asyncio.subprocess.Process] = []
        self.answers = Answers()

    async def run(self, vanish: float) -> Answers:
        """Post a day, ask and kill, let it end in peace, and count."""
        async with self._target.served():
            runner = web.AppRunner(self._arxiv())
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            (self._folder / "config.toml").write_text(self._settings(url, vanish))
            try:
                await self._first_cards()
                kinds = itertools.cycle(KINDS)
                while self.answers.kills.total() < self._kills:
                    await self._life(next(kinds))
                await self._in_peace()
            finally:
                await self._end_all()
                await runner.cleanup()
            return self._judge()

    async def _end_all(self) -> None:
        """No bot outlives its run, however that ended."""
        for bot in self._bots:
            if bot.returncode is None:
                bot.kill()
                await bot.wait()

    def _arxiv(self) -> web.Application:
        (today,) = recent(DAYS[:1])

        async def feed(_request: web.Request) -> web.Response:
            return web.Response(body=today.encode(), content_type="application/rss+xml")

        application = web.Application()
        application.router.add_get("/rss/cs.AI", feed)
        return application

    def _settings(self, url: str, vanish: float) -> str:
        place, _ = self._target.places()
        return f"""
[arxiv]
feed_url = "{url}"
api_url = "{url}/api/query"
site_url = "{url}"
request_gap_seconds = 0.02
[store]
url = "{self._folder / "store.db"}"
[work]
lease_seconds = {LEASE}
[limits]
messages_a_day = 10000
answers_person_a_day = 10000
answers_thread_a_day = 10000
answers_place_a_day = 10000
[log]
level = "error"
{self._target.settings(self._folder, vanish)}
[[follows]]
name = "cards"
place = "{place}"
mode = "every"
limit = 10000
categories = ["cs.AI"]
lens = "plain"
hour = "00:00"
weekdays = [0, 1, 2, 3, 4, 5, 6]
"""

    async def _first_cards(self) -> None:
        bot = await self._start("")
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            while not self._target.counts(self._folder):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        bot.terminate()
        await bot.wait()

    async def _life(self, kind: str) -> None:
        """A bot that is asked things until it dies."""
        die = "" if kind == "random" else f"{kind}:{self._chance.randint(2, 20 if kind == 'commit' else 4)}"
        bot = await self._start(die)
        ends_at = asyncio.get_running_loop().time() + (self._chance.uniform(1.5, 4.0) if kind == "random" else 25.0)
        while bot.returncode is None and asyncio.get_running_loop().time() < ends_at:
            if self._target.is_heard:
                await self._ask()
            await asyncio.sleep(self._pause)
        if bot.returncode is None:
            bot.kill()
        if await bot.wait() == -signal.SIGKILL:
            self.answers.kills[kind] += 1

    async def _ask(self) -> None:
        self._number += 1
        self.answers.asked += 1
        words = f"what does it say of {WORDS[self._number % len(WORDS)]} number {self._number}?"
        asking = asyncio.create_task(self._target.ask(words))
        asking.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _in_peace(self) -> None:
        bot = await self._start("")
        async with asyncio.timeout(4 * ANSWER_WITHIN_SECONDS):
            while not self._target.is_heard:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
            for _ in range(LAST):
                await self._ask()
                await asyncio.sleep(self._pause)
            quiet = 0
            while quiet < 8:
                await asyncio.sleep(0.5)
                quiet = quiet + 1 if not self._open_jobs() and self._is_settled() else 0
        bot.terminate()
        await bot.wait()

    def _is_settled(self) -> bool:
        """Slack says again what nobody acknowledged; all of it has to be here."""
        return isinstance(self._target, DiscordTarget) or len(self._remarks()) >= self.answers.asked

    def _query(self, statement: str) -> list[tuple[str, ...]]:
        with sqlite3.connect(f"file:{self._folder / 'store.db'}?mode=ro", uri=True, timeout=30) as connection:
            return connection.execute(statement).fetchall()

    def _open_jobs(self) -> int:
        jobs = "SELECT key FROM jobs WHERE state = 'open' AND queue IN ('remark', 'deliver')"
        return len(self._query(jobs))

    def _remarks(self) -> set[str]:
        """The questions that were stored, by the platform's ids for them."""
        keys = self._query("SELECT key FROM jobs WHERE queue = 'remark'")
        return {re.sub(r"\|ours$", "", key).partition("|")[2] for (key,) in keys}

    def _judge(self) -> Answers:
        counts = self._target.counts(self._folder)
        posts = [key for (key,) in self._query("SELECT key FROM posts WHERE key LIKE '%|answer|%'")]
        answered = {key.split("|")[2] for key in posts}
        self.answers.stored = len(self._remarks())
        self.answers.lost = {one for one in self._remarks() if not any(one.endswith(key) for key in answered)}
        self.answers.lost |= {key for key in posts if not counts[self._target.mark(key)]}
        self.answers.double = {mark for mark, count in counts.items() if count > 1}
        return self.answers

    async def _start(self, die: str) -> asyncio.subprocess.Process:
        arguments = ("--config", str(self._folder / "config.toml"), "--die", die, "--on", self._target.name, "--listen")
        bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.kill.worker", *arguments)
        self._bots.append(bot)
        return bot


def main() -> None:
    """Run at length, and fail on anything lost or answered twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--on", choices=sorted(set(TARGETS) - {"console"}), default="discord")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--vanish", type=float, default=1 / 3)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    target = TARGETS[chosen.on]()
    assert isinstance(target, DiscordTarget | SlackTarget)
    with tempfile.TemporaryDirectory() as folder:
        harness = RemarkHarness(Path(folder), target, kills=chosen.kills, seed=chosen.seed)
        answers = asyncio.run(harness.run(chosen.vanish))
    sys.stdout.write(f"{chosen.on}, {answers}\n")
    for what in sorted(answers.lost | answers.double)[:10]:
        sys.stdout.write(f"  {what}\n")
    sys.exit(1 if answers.lost or answers.double or not answers.stored else 0)


if __name__ == "__main__":
    main()
