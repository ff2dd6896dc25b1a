"""What a post costs the bot itself: a day of cards to the console, which has no limit."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bench.chat_worker import Opinion
from bench.days import day
from bench.worlds import world
from bot.core.jobs.job import JobState, Queue
from bot.services.runtime.rounds import run_once
from tests.fakes.progress import Silent

FOLLOW: dict[str, Any] = {"name": "bench", "place": "console:bench", "categories": ["cs.AI"], "lens": "plain"}
FOLLOW |= {"mode": "every", "limit": 100_000, "hour": "00:00", "weekdays": list(range(7))}
MORE = {"follows": [FOLLOW], "limits": {"messages_a_day": 100_000}}
MOST_SECONDS = 300.0


async def _measure() -> tuple[int, float, float]:
    """Posts, and milliseconds of processor time and of the wall that each takes."""
    async with asyncio.timeout(MOST_SECONDS), world(MORE) as made:
        made.body = day("2026-06-04")
        app = replace(made.app, analyst=Opinion(made.app.clock))
        store, crews = app.store, app.crews()
        others = [crew for crew in crews if crew.queue is not Queue.DELIVER]
        planned = asyncio.Event()
        planning = run_once(store, others, app.clock, planned, timedelta(seconds=5), Silent())
        working = asyncio.create_task(planning)  # it does not end by itself: nobody sends
        while not await store.count_waiting(Queue.DELIVER, None):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        planned.set()
        await working
        stop = asyncio.Event()
        used, began = time.process_time(), time.perf_counter()
        sending = [asyncio.create_task(crew.run(stop)) for crew in crews if crew.queue is Queue.DELIVER]
        while await store.count_waiting(Queue.DELIVER, None):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        used, took = time.process_time() - used, time.perf_counter() - began
        stop.set()
        await asyncio.gather(*sending)
        posts = (await store.count_jobs())[Queue.DELIVER, JobState.DONE]
    return posts, used / posts * 1000, took / posts * 1000


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """The mean over a day's cards."""
    posts, used, took = asyncio.run(_measure())
    said = f"{used:.1f} ms of processor time, {took:.1f} ms in all"
    yield f"each of {posts} posts to a platform without a limit", said, "under 10 ms", used < 10
