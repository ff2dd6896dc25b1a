"""The model as an operator meets it: `check`, `run --once` and `status` as processes against a fake server."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.cli.test_commands import copecheck
from tests.fakes.feeds import last_weekdays, redated
from tests.fakes.openai_server import FakeOpenAi, good, status
from tests.kill.invented import DAYS

AT_ONCE = 8
CONFIG = """
[arxiv]
contact = "you@example.org"
request_gap_seconds = 0
[[model.endpoints]]
base_url = "{model}"
model = "fake/model"
name = "the fake"
api_key_file = "fake.key"
price_in = 1.0
price_out = 10.0
[model]
usd_a_day = {usd}
[[follows]]
name = "f"
place = "console:main"
categories = ["cs.AI"]
hour = "00:00"
weekdays = [0, 1, 2, 3, 4, 5, 6]
"""


class Outside:
    """A feed and a model on loopback, and the folder of a bot that knows them."""

    def __init__(self, folder: Path, feed: str, server: FakeOpenAi) -> None:
        self.folder, self.feed, self.server = folder, feed, server
        (folder / "fake.key").write_text("hush-hush\n")
        server.takes_key = "hush-hush"
        self.write()

    def write(self, usd: float = 1.0) -> None:
        text = CONFIG.format(model=self.server.base_url, usd=usd)
        (self.folder / "config.toml").write_text(text)

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        addresses = {f"COPECHECK_ARXIV__{name}_URL": self.feed for name in ("FEED", "API", "SITE")}
        done = await asyncio.to_thread(copecheck, self.folder, *arguments, **addresses)
        assert "hush" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Outside]:
    feed = redated(DAYS[0].encode(), last_weekdays(1)[0])

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=feed, content_type="application/rss+xml")

    application = web.Application()
    application.router.add_get("/rss/cs.AI", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with FakeOpenAi() as server:
        yield Outside(tmp_path, f"http://127.0.0.1:{runner.addresses[0][1]}", server)
    await runner.cleanup()


async def test_check_calls_each_model_shortly_and_says_what_a_day_would_cost(outside: Outside) -> None:
    code, said, errors = await outside.run("check")
    assert code == 0, said + errors
    assert "ok   model fake/model at the fake: answers; a day of 331 verdicts and 5 analyses takes about" in said
    assert "warn model" not in said, "what is good needs no remedy"
    (asked,) = outside.server.asked
    assert asked.body["max_tokens"] == 300


async def test_check_names_a_refused_key_with_its_remedy(outside: Outside) -> None:
    outside.server.takes_key = "another"
    code, said, _ = await outside.run("check")
    assert code == 1
    assert "the fake refuses the API key" in said
    assert "model.endpoints" in said


async def test_check_ends_with_3_when_a_model_is_only_away(outside: Outside) -> None:
    outside.server.always = status(503)
    code, said, _ = await outside.run("check")
    assert code == 3
    assert "reports an error on its side" in said


async def test_a_round_with_a_model_posts_cards_and_status_tells_what_it_cost(outside: Outside) -> None:
    code, said, errors = await outside.run("run", "--once")
    assert code == 0, errors
    assert "Sorts the post faster" in said
    assert "fake/model" in said
    assert "rule-based scan" not in said
    code, said, _ = await outside.run("status")
    assert code == 0
    spent = "today 0.22 of 1.00 USD, 75,900 of 5,000,000 tokens (52,900 cached) in 23 calls"  # 18 verdicts, 5 cards
    assert f"analyst: fake/model · {spent}" in said.replace("\n", " ")
    _, said, _ = await outside.run("status", "--json")
    assert json.loads(said)["analyst"].startswith("fake/model")


async def test_a_model_that_is_stopped_leaves_every_paper_waiting_and_goes_on_when_mended(outside: Outside) -> None:
    outside.server.always = status(402)
    code, said, errors = await outside.run("run", "--once")
    assert code == 3
    assert "the model is stopped" in errors.replace("\n", " ")
    assert "Sorts" not in said
    assert 0 < len(outside.server.asked) <= AT_ONCE, "those under way when the first was refused, and no more"
    _, said, _ = await outside.run("status")
    assert "STOPPED" in said
    outside.server.always = good
    code, said, errors = await outside.run("run", "--once")
    assert code == 0, errors
    assert "Sorts the post faster" in said


async def test_a_limit_in_money_holds_over_restarts_and_says_what_it_left_unread(outside: Outside) -> None:
    outside.write(usd=0.08)
    for _ in range(2):
        await outside.run("run", "--once")
    assert 0 < len(outside.server.asked) <= 8
    _, said, _ = await outside.run("status")
    said = " ".join(said.split())
    assert "the day's model budget of 0.08 USD is used up" in said
    assert "unread (the day's" in said or "begins at 00:00 UTC" in said  # shortly before midnight it waits


async def test_the_demo_asks_no_model_whatever_the_settings_say(outside: Outside) -> None:
    code, said, errors = await outside.run("demo")
    assert code == 0, errors
    assert "read by rule: no model" in said
    assert outside.server.asked == []


async def test_a_key_file_that_is_not_there_is_named(outside: Outside) -> None:
    (outside.folder / "fake.key").unlink()
    code, _, errors = await outside.run("status")
    assert code == 2
    assert "api_key_file" in errors
