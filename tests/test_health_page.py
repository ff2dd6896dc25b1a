"""The page to look inside: who may see it, that whatever strangers wrote is text, and how a real browser shows it."""

import asyncio
import base64
import os
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.core.follows.follow import Origin
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.papers.feed import FeedState, Outcome
from bot.core.posts.connection import Connection, LinkState
from bot.core.posts.post import Place, PostKey, PostKind, PostRef
from bot.core.verdicts.call import Budget
from bot.health.server import Inside, serve_health
from bot.store.sql import SqlStore
from tests.fakes.worlds import SetClock, follow

BUDGET = Budget(5_000_000, 1.0, 0.5, 0.25)
EVIL = "<script>document.title='taken'</script><img src=x onerror=alert(1)>\"'&"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """A store in which strangers wrote whatever they could."""
    store = SqlStore(str(tmp_path / "store.db"))
    await store.open()
    clock = SetClock()
    await store.record_poll(
        FeedState("cs.AI", checked_at=clock.moment, outcome=Outcome.TOO_SLOW, failures=2), None, (), ()
    )
    here = follow("first~1", place=Place("discord", "7"), origin=Origin.COMMAND, require=(EVIL,))
    await store.add_follow(here)
    await store.close_place(Place("discord", "7"), f"The channel {EVIL} is gone.", "Follow in another.")
    await store.add_jobs([NewJob(Queue.DELIVER, f"discord:7|card|{EVIL}|plain", lane="discord:7")])
    [job] = await store.claim(Queue.DELIVER, 1, timedelta(seconds=60))
    await store.end(job, JobState.FAILED, f"Discord rejects this: {EVIL}")
    await store.add_jobs([NewJob(Queue.JUDGE, f"2611.00001|{EVIL}")])
    await store.put_connection("w1", Connection("discord", LinkState.UNREACHABLE, f"nobody answers {EVIL}", "Wait."))
    yield store
    await store.close()


async def fetch(port: int, path: str = "/", **headers: str) -> tuple[int, str, Mapping[str, str]]:
    address = f"http://127.0.0.1:{port}{path}"
    async with aiohttp.ClientSession() as session, session.get(address, headers=headers) as answer:
        return answer.status, await answer.text(), answer.headers


async def served(store: SqlStore, inside: Inside, host: str = "127.0.0.1") -> tuple[aiohttp.web.AppRunner, int]:
    runner = await serve_health(store, SetClock(), host, 0, inside)
    return runner, runner.addresses[0][1]


async def test_the_page_says_how_it_is_and_all_that_strangers_wrote_is_text(store: SqlStore) -> None:
    recent = [(datetime(2026, 6, 2, 12, tzinfo=UTC), "warning", f"a post waits {EVIL}")]
    runner, port = await served(store, Inside(BUDGET, has_model=True, recent=recent))
    try:
        status, shown, headers = await fetch(port)
    finally:
        await runner.cleanup()
    assert status == 200
    for words in (
        "<h2>Health</h2>",
        "<h2>Feeds</h2>",
        "<h2>Places</h2>",
        "<h2>Waiting</h2>",
        "<h2>Spent today</h2>",
        "cs.AI could not be read (too slow)",
        "The channel &lt;script&gt;",
        "Discord rejects this: &lt;script&gt;",
        "a post waits &lt;script&gt;",
        "<td>judge</td><td>2611.00001</td>",
        "today 0.00 of 1.00 USD",
        "<p>1 paper to judge.</p>",
    ):
        assert words in shown, words
    assert set(re.findall(r"<(\w+)", shown)) <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th", "td"),
    }
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"


async def test_without_a_token_only_this_machine_sees_it_under_its_own_name(store: SqlStore) -> None:
    runner, port = await served(store, Inside(BUDGET))
    try:
        assert (await fetch(port))[0] == 200
        assert (await fetch(port, Host=f"localhost:{port}"))[0] == 200
        status, shown, _ = await fetch(port, Host="evil.example.org")
        assert (status, "Set health.token" in shown) == (403, True)
        assert (await fetch(port, "/healthz", Host="evil.example.org"))[0] == 200
    finally:
        await runner.cleanup()


async def test_with_a_token_nobody_sees_it_without(store: SqlStore) -> None:
    token = "a-long-enough-token"
    basic = base64.b64encode(f"anybody:{token}".encode()).decode()
    runner, port = await served(store, Inside(BUDGET, token=token))
    try:
        for wrong in ({}, {"Authorization": "Bearer nope"}, {"Authorization": "Basic %%%"}, {"Authorization": "Basic"}):
            status, shown, headers = await fetch(port, **wrong)
            assert (status, headers["WWW-Authenticate"].startswith("Basic")) == (401, True)
            assert "cs.AI" not in shown
        assert (await fetch(port, Authorization=f"Bearer {token}", Host="bot.example.org"))[0] == 200
        assert (await fetch(port, Authorization=f"Basic {basic}"))[0] == 200
    finally:
        await runner.cleanup()


async def test_metrics_say_posts_refusals_calls_tokens_money_connections_and_what_is_late(store: SqlStore) -> None:
    key = PostKey(Place("console", "main"), PostKind.CARD, "2611.00002", "plain")
    await store.add_jobs([NewJob(Queue.DELIVER, str(key), lane="console:main")])
    [job] = await store.claim(Queue.DELIVER, 1, timedelta(seconds=60))
    await store.finish_delivery(job, key, PostRef(Place("console", "main"), "1"))
    runner, port = await served(store, Inside(BUDGET, platforms=("console", "discord")))
    try:
        _, text, _ = await fetch(port, "/metrics")
    finally:
        await runner.cleanup()
    for line in (
        'copecheck_posts{platform="console"} 1.0',
        'copecheck_posts{platform="discord"} 0.0',
        "copecheck_refused_posts 1.0",
        "copecheck_model_tokens 0.0",
        "copecheck_model_usd 0.0",
        'copecheck_connected{platform="discord",worker="w1"} 0.0',
        'copecheck_oldest_due_seconds{queue="poll"} 0.0',
    ):
        assert line in text, line
    [late] = re.findall(r'copecheck_oldest_due_seconds\{queue="judge"\} (\S+)', text)
    assert float(late) > 0


async def stuck(store: SqlStore, tmp_path: Path) -> None:
    """A post that was tried for two hours and is put off again and again."""
    await store.add_jobs([NewJob(Queue.DELIVER, "console:main|card|2611.00003|plain", lane="console:main")])
    [job] = await store.claim(Queue.DELIVER, 1, timedelta(seconds=60))
    await store.reschedule(job, timedelta(minutes=5), "Discord does not answer.", WaitReason.PLATFORM)
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute("UPDATE jobs SET added = added - 7500 WHERE id = ?", (job.id,))
        connection.commit()


async def test_a_post_that_is_put_off_again_and_again_is_late_in_metrics_and_on_the_page(
    store: SqlStore, tmp_path: Path
) -> None:
    await stuck(store, tmp_path)
    runner, port = await served(store, Inside(BUDGET))
    try:
        _, text, _ = await fetch(port, "/metrics")
        _, shown, _ = await fetch(port)
    finally:
        await runner.cleanup()
    [late] = re.findall(r'copecheck_oldest_due_seconds\{queue="deliver"\} (\S+)', text)
    assert 7500 <= float(late) < 8000
    assert '<p class="bad">Late: the oldest post to send has waited for 2 h 5 min.</p>' in shown
    assert "<p>1 paper to judge, 1 post to send.</p>" in shown


async def test_what_waits_for_the_money_of_the_next_day_is_not_late(store: SqlStore, tmp_path: Path) -> None:
    [job] = await store.claim(Queue.JUDGE, 1, timedelta(seconds=60))
    await store.reschedule(job, timedelta(hours=5), "the day's budget is used", WaitReason.BUDGET)
    assert Queue.JUDGE not in (await store.figures(())).overdue


@pytest.mark.parametrize(
    ("queue", "why", "words"),
    [
        (Queue.LOOK, WaitReason.ARXIV, "arXiv's API does not tell the new version yet"),
        (Queue.JUDGE, WaitReason.MODEL_AWAY, "the model does not answer"),
    ],
)
async def test_a_look_or_a_paper_that_is_put_off_is_not_late_for_its_age(
    store: SqlStore, tmp_path: Path, queue: Queue, why: WaitReason, words: str
) -> None:
    """A look waits two days for arXiv, and a paper a day for money, as they should: a failure after it is no delay."""
    await store.add_jobs([NewJob(queue, "2611.00004|plain")])
    for job in await store.claim(queue, 2, timedelta(seconds=60)):
        await store.reschedule(job, timedelta(minutes=30), words, why)
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute("UPDATE jobs SET added = added - 72000")
        connection.commit()
    assert queue not in (await store.figures(())).overdue


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here")
async def test_a_real_browser_shows_it_runs_nothing_of_it_and_takes_its_style(store: SqlStore, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    await stuck(store, tmp_path)
    runner, port = await served(store, Inside(BUDGET))
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    try:
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *options,
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--screenshot={tmp_path / 'page.png'}",
            "--enable-logging=stderr",
            "--dump-dom",
            f"http://127.0.0.1:{port}/",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), 120)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    finally:
        await runner.cleanup()
    shown, told = out.decode(), err.decode()
    assert "<title>CopeCheck</title>" in shown, told
    assert "<h2>Places</h2>" in shown
    assert "Late: the oldest post to send has waited for 2 h" in shown
    assert "<script>" not in shown.replace("&lt;script&gt;", "")
    assert "Content Security Policy" not in told, "the page's own style was refused"
