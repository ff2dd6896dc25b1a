"""What arXiv answers is read in a worker: the same as here, and no page of it holds up the process that listens."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date

import pytest

from bot.core.errors import CopeCheckError, SourceUnavailable
from bot.core.papers.feed import Outcome
from bot.ports.workers import ReadLimits
from bot.sources.arxiv import PagesHere
from bot.workers import pages
from bot.workers.checks import Nonsense
from bot.workers.pool import Pool
from bot.workers.reader import WorkerReader
from tests.fakes.feeds import api_answer, api_error, error_rss, invent_day, new_page, rss
from tests.workers.test_passages import PAUSE_SECONDS, paused_while

DAY = date(2026, 6, 2)
PAPERS = invent_day(12)
ENDLESS = b"<div>" * 60_000  # the parser's time grows with the square of the depth


@pytest.fixture
async def reader() -> AsyncIterator[WorkerReader]:
    """Workers that are given two seconds a page."""
    made = WorkerReader(Pool(1024), ReadLimits(seconds=2))
    yield made
    await made.close()


async def outcome_of(work: Awaitable[object]) -> object:
    """What came of it, a failure by its words."""
    try:
        return await work
    except CopeCheckError as error:
        return type(error), error.what, error.remedy


@pytest.mark.parametrize(
    "body", [rss(DAY, PAPERS), rss(DAY, []), error_rss("cs.XX"), b"", b"<html></html>", b"\xff\xfe"], ids=range(6)
)
async def test_a_feed_is_read_as_it_is_here(reader: WorkerReader, body: bytes) -> None:
    assert await outcome_of(reader.read_feed(body, "cs.AI", 200)) == await outcome_of(
        PagesHere().read_feed(body, "cs.AI", 200)
    )


@pytest.mark.parametrize("body", [new_page(DAY, PAPERS), new_page(DAY, []), b"<p>nothing</p>"], ids=range(3))
async def test_a_listing_is_read_as_it_is_here(reader: WorkerReader, body: bytes) -> None:
    assert await outcome_of(reader.read_listing(body, "cs.AI")) == await outcome_of(
        PagesHere().read_listing(body, "cs.AI")
    )


@pytest.mark.parametrize(
    "body", [api_answer(PAPERS), api_error("incorrect id format for x"), api_error("no"), b"<"], ids=range(4)
)
async def test_an_answer_of_the_api_is_read_as_it_is_here(reader: WorkerReader, body: bytes) -> None:
    assert await outcome_of(reader.read_api(body, 12)) == await outcome_of(PagesHere().read_api(body, 12))


async def test_a_page_that_is_nested_without_end_is_given_up_while_everything_else_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.workers.reader.RULE_SECONDS", 1.0)
    reader = WorkerReader(Pool(1024), ReadLimits(seconds=2))
    found: list[SourceUnavailable] = []

    async def read() -> None:
        with pytest.raises(SourceUnavailable) as unread:
            await reader.read_listing(ENDLESS, "cs.AI")
        found.append(unread.value)

    try:
        assert await paused_while(read) < PAUSE_SECONDS
        assert found[0].outcome == Outcome.MALFORMED
        assert "within 1 second" in found[0].what
    finally:
        await reader.close()


@pytest.mark.parametrize("read", [pages.feed_of, pages.listing_of, pages.papers_of])
@pytest.mark.parametrize(
    "said",
    [None, [], {}, {"read": 1}, {"outcome": "none of ours", "what": "", "remedy": ""}, {"malformed": 1, "remedy": ""}],
    ids=range(6),
)
def test_an_answer_that_no_reader_of_ours_gives_is_nonsense(read: Callable[[object], object], said: object) -> None:
    with pytest.raises(Nonsense):
        read(said)
