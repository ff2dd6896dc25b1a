"""Health and metrics over HTTP, on a port if asked: `/healthz` for a supervisor, `/metrics` for Prometheus."""

import logging
from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.core.feed import FeedState
from bot.core.work import JobState, Queue
from bot.ports import Clock, Store

log = logging.getLogger(__name__)


class _Snapshot(Collector):
    """The rows of one scrape as metric families: the store is the truth, nothing is counted twice."""

    def __init__(self, jobs: dict[tuple[Queue, JobState], int], feeds: Iterable[FeedState], now: float) -> None:
        self._jobs = jobs
        self._feeds = tuple(feeds)
        self._now = now

    def collect(self) -> Iterable[Metric]:
        """Jobs by queue and state; seconds since each feed was read; its polls in a row that failed."""
        jobs = GaugeMetricFamily("copecheck_jobs", "Jobs by queue and state.", labels=["queue", "state"])
        for (queue, state), count in self._jobs.items():
            jobs.add_metric([queue, state], count)
        age = GaugeMetricFamily("copecheck_feed_age_seconds", "Seconds since the feed was read.", labels=["category"])
        bad = GaugeMetricFamily("copecheck_feed_failures", "Polls in a row that failed.", labels=["category"])
        for feed in self._feeds:
            bad.add_metric([feed.category], feed.failures)
            if feed.checked_at:
                age.add_metric([feed.category], self._now - feed.checked_at.timestamp())
        return jobs, age, bad


def health_application(store: Store, clock: Clock) -> web.Application:
    """An application with the two addresses; 503 when the store does not answer."""

    async def healthz(_request: web.Request) -> web.StreamResponse:
        await store.count_jobs()
        return web.json_response({"status": "ok"})

    async def metrics(_request: web.Request) -> web.StreamResponse:
        registry = CollectorRegistry()
        jobs = dict(await store.count_jobs())
        registry.register(_Snapshot(jobs, await store.feed_states(), clock.now().timestamp()))
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.router.add_get("/healthz", _or_503(healthz))
    application.router.add_get("/metrics", _or_503(metrics))
    return application


def _or_503(answer: Handler) -> Handler:
    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await answer(request)
        except Exception:
            log.exception("the store did not answer")
            return web.json_response({"status": "the store does not answer"}, status=503)

    return answered


async def serve_health(store: Store, clock: Clock, host: str, port: int) -> web.AppRunner:
    """Start serving; the caller calls `cleanup()` on what it gets."""
    runner = web.AppRunner(health_application(store, clock), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
