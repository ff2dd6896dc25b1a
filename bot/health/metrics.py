"""The rows of one scrape as metric families: the store is the truth, nothing is counted twice."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.core.jobs.figures import Figures
from bot.core.jobs.job import JobState, Queue
from bot.core.papers.feed import FeedState
from bot.core.posts.connection import SeenConnection
from bot.ports.store import Store


async def metrics_text(store: Store, platforms: Iterable[str], now: datetime) -> bytes:
    """Everything that is measured, as Prometheus reads it."""
    registry = CollectorRegistry()
    counts, feeds = dict(await store.count_jobs()), await store.feed_states()
    seen, figures = await store.connections(), await store.figures(tuple(platforms))
    registry.register(_Snapshot(counts, feeds, seen, figures, now))
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(
        self,
        jobs: Mapping[tuple[Queue, JobState], int],
        feeds: Iterable[FeedState],
        seen: Iterable[SeenConnection],
        figures: Figures,
        now: datetime,
    ) -> None:
        self._jobs, self._feeds, self._seen, self._figures, self._now = jobs, tuple(feeds), tuple(seen), figures, now

    def collect(self) -> Iterable[Metric]:
        """The families, one after another."""
        yield from self._work()
        yield from self._arxiv()
        yield from self._models()
        states = _gauge("copecheck_connected", "1 while a process is connected to the platform.", "platform", "worker")
        for presence in self._seen:
            is_up = presence.connection.state.is_good and not presence.is_gone
            states.add_metric([presence.connection.platform, presence.worker], float(is_up))
        yield states

    def _work(self) -> Iterable[Metric]:
        jobs = _gauge("copecheck_jobs", "Jobs by queue and state.", "queue", "state")
        for (queue, state), count in self._jobs.items():
            jobs.add_metric([queue, state], count)
        yield jobs
        about = "How long the oldest job has waited past its time, tried or not."
        late = _gauge("copecheck_oldest_due_seconds", about, "queue")
        for queue in Queue:
            waited = self._figures.overdue.get(queue)
            late.add_metric([queue], waited.total_seconds() if waited else 0.0)
        yield late
        posts = _gauge("copecheck_posts", "Posts that stand, as far as it is known what was posted.", "platform")
        for name, count in self._figures.posts.items():
            posts.add_metric([name], count)
        yield posts
        refused = self._jobs.get((Queue.DELIVER, JobState.FAILED), 0)
        yield GaugeMetricFamily("copecheck_refused_posts", "Posts that a platform will never take.", value=refused)

    def _arxiv(self) -> Iterable[Metric]:
        age = _gauge("copecheck_feed_age_seconds", "Seconds since the feed was read.", "category")
        bad = _gauge("copecheck_feed_failures", "Polls in a row that failed.", "category")
        for feed in self._feeds:
            bad.add_metric([feed.category], feed.failures)
            if feed.checked_at:
                age.add_metric([feed.category], (self._now - feed.checked_at).total_seconds())
        return age, bad

    def _models(self) -> Iterable[Metric]:
        figures = self._figures
        calls = _gauge("copecheck_model_calls", "Calls of models that are kept, by how they ended.", "outcome")
        for outcome, count in figures.calls.items():
            calls.add_metric([outcome], count)
        yield calls
        yield GaugeMetricFamily("copecheck_model_tokens", "Tokens of the kept calls.", value=figures.tokens)
        yield GaugeMetricFamily("copecheck_model_usd", "What the kept calls cost, in USD.", value=figures.usd)


def _gauge(name: str, help_words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_words, labels=labels)
