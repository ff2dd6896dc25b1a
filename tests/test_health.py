"""Health and metrics say what the store says, and 503 when it does not answer."""

from pathlib import Path

import aiohttp

from bot.core.jobs.job import NewJob, Queue
from bot.core.papers.feed import FeedState, Outcome
from bot.core.verdicts.call import Budget
from bot.health.server import Inside, serve_health
from bot.store.sql import SqlStore
from tests.fakes.worlds import SetClock

BUDGET = Budget(5_000_000, 1.0, 0.5, 0.25)


async def fetch(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def test_metrics_count_jobs_and_feeds(tmp_path: Path) -> None:
    clock = SetClock()
    store = SqlStore(str(tmp_path / "store.db"))
    await store.open()
    await store.add_jobs([NewJob(Queue.JUDGE, key) for key in "abc"])
    state = FeedState("cs.AI", checked_at=clock.moment, outcome=Outcome.TOO_SLOW, failures=2)
    await store.record_poll(state, None, (), ())
    clock.forward(seconds=90)
    runner = await serve_health(store, clock, "127.0.0.1", 0, Inside(BUDGET))
    port = runner.addresses[0][1]
    try:
        assert await fetch(port, "/healthz") == (200, '{"status": "ok"}')
        status, text = await fetch(port, "/metrics")
        assert status == 200
        assert 'copecheck_jobs{queue="judge",state="open"} 3.0' in text
        assert 'copecheck_feed_failures{category="cs.AI"} 2.0' in text
        assert 'copecheck_feed_age_seconds{category="cs.AI"} 90.0' in text
        await store.close()
        (tmp_path / "store.db").unlink()
        (tmp_path / "store.db").mkdir()
        status, text = await fetch(port, "/healthz")
        assert status == 503
        assert "Traceback" not in text
    finally:
        await runner.cleanup()
        await store.close()
