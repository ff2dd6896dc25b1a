"""A source over the fake arXiv, with a clock that stands and a gate that is open."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.sources.arxiv import ArxivSource
from bot.sources.http import ArxivAddresses, ArxivLimits
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.clock import OpenGate, StandingClock

Build = Callable[..., ArxivSource]


@pytest.fixture
async def arxiv() -> AsyncIterator[FakeArxiv]:
    """An arXiv without any day."""
    async with FakeArxiv() as fake:
        yield fake


@pytest.fixture
def clock() -> StandingClock:
    """Tuesday, eight in the morning by arXiv's clock."""
    return StandingClock(datetime(2026, 6, 2, 12, 0, tzinfo=UTC))


@pytest.fixture
def gate() -> OpenGate:
    """An open gate."""
    return OpenGate()


@pytest.fixture
async def build(arxiv: FakeArxiv, clock: StandingClock, gate: OpenGate) -> AsyncIterator[Build]:
    """Makes sources over the fake."""
    made: list[ArxivSource] = []

    def make(
        *, hosts: tuple[str, ...] = (), timeout: float = 30.0, max_bytes: int = 2_000_000, form: str = "rss"
    ) -> ArxivSource:
        addresses = ArxivAddresses(arxiv.url, arxiv.api_url, arxiv.url, hosts)
        limits = ArxivLimits(timeout=timedelta(seconds=timeout), max_bytes=max_bytes)
        source = ArxivSource(addresses, limits, gate=gate, clock=clock, contact="mail@example.org", form=form)
        made.append(source)
        return source

    yield make
    for source in made:
        await source.close()


@pytest.fixture
def source(build: Build) -> ArxivSource:
    """A source with the usual limits."""
    return build()
