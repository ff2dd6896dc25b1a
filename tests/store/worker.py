"""A process of its own that works on a store, for the tests of concurrency: `python -m tests.store.worker VERB URL`.

It writes what it did on standard output, one line each.
"""

import asyncio
import os
import sys
import time
from datetime import timedelta

from bot.core.jobs.job import NewJob, Queue
from bot.core.posts.connection import Connection, LinkState
from bot.store.sql import SqlStore
from tests.store.making import LEASE, announce, batch


def tell(*words: object) -> None:
    """One line, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def claim_all(store: SqlStore) -> None:
    """Claim and end jobs until none is due; each is told."""
    while claimed := await store.claim(Queue.JUDGE, 3, LEASE):
        for job in claimed:
            await store.end(job)
            tell(job.key)


async def claim_lanes(store: SqlStore) -> None:
    """Claim and end jobs of lanes; begin and end of each are told with the moment."""
    while await store.next_due([Queue.DELIVER]) is not None:
        for job in await store.claim(Queue.DELIVER, 1, LEASE):
            begun = time.monotonic()
            await asyncio.sleep(0.002)
            ended = time.monotonic()
            await store.end(job)
            tell(job.lane, job.id, begun, ended)


async def visit_gate(store: SqlStore) -> None:
    """Take five turns; begin and end of each are told."""
    for _ in range(5):
        async with store.turn("arxiv", timedelta(seconds=0.05), timedelta(seconds=30)):
            begun = time.monotonic()
            await asyncio.sleep(0.005)
            tell(begun, time.monotonic())


async def add_lanes(store: SqlStore) -> None:
    """Add jobs to two lanes while others claim them."""
    for number in range(20):
        await store.add_jobs([NewJob(Queue.DELIVER, f"{os.getpid()}/{number}/{lane}", lane=lane) for lane in "ab"])
    await claim_lanes(store)


async def announce_for_ever(store: SqlStore) -> None:
    """One announcement after another, until killed."""
    for number in range(10_000):
        await announce(store, batch(range(number * 20, number * 20 + 20)))
        tell(number)


async def hold_for_ever(store: SqlStore) -> None:
    """Claim what there is, stand in a gate, tell under which name, and never let go."""
    for queue in (Queue.JUDGE, Queue.DELIVER):
        await store.claim(queue, 9, timedelta(seconds=60))
    async with store.turn("arxiv", timedelta(seconds=0.5), timedelta(seconds=60)):
        await store.put_connection(f"host:1:{await store.worker_name()}", Connection("discord", LinkState.CONNECTED))
        tell("held")
        await asyncio.Event().wait()


WORK = (claim_all, claim_lanes, visit_gate, add_lanes, announce_for_ever, hold_for_ever)
VERBS = {verb.__name__: verb for verb in WORK}


async def main(verb: str, url: str) -> None:
    """Open the store, do it, close the store."""
    store = SqlStore(url)
    await store.open()
    tell("open")
    try:
        await VERBS[verb](store)
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
