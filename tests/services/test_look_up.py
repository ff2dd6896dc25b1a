"""On demand: any form of an id; not found, malformed and withdrawn told apart."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.core.errors import MalformedId, PaperNotFound, SourceUnavailable
from bot.core.papers.paper import ArxivId, Paper
from bot.services.ingest.look_up import look_up
from bot.sources.arxiv import ArxivSource
from bot.sources.http import ArxivAddresses, ArxivLimits
from bot.store.sql import SqlStore
from tests.fakes.arxiv import FakeArxiv, answers
from tests.fakes.clock import OpenGate, StandingClock
from tests.fakes.feeds import WITHDRAWN, api_error, invent


@dataclass
class Desk:
    """Where somebody asks."""

    store: SqlStore
    source: ArxivSource
    arxiv: FakeArxiv

    async def ask(self, text: str) -> Paper:
        return await look_up(text, store=self.store, source=self.source)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = SqlStore(str(tmp_path / "copecheck.db"))
    await store.open()
    async with FakeArxiv() as arxiv:
        arxiv.announce(date(2026, 6, 2), [invent(1), invent(2, comment=WITHDRAWN)])
        clock = StandingClock(datetime(2026, 6, 2, 12, tzinfo=UTC))
        addresses = ArxivAddresses(arxiv.url, arxiv.api_url, arxiv.url)
        source = ArxivSource(addresses, ArxivLimits(), gate=OpenGate(), clock=clock)
        yield Desk(store, source, arxiv)
        await source.close()
    await store.close()


@pytest.mark.parametrize(
    "text",
    ["2606.00001", "arXiv:2606.00001v7", "https://arxiv.org/pdf/2606.00001v1.pdf", "10.48550/arXiv.2606.00001"],
)
async def test_any_form_finds_the_paper_and_it_is_asked_for_once(desk: Desk, text: str) -> None:
    for _ in range(2):
        assert (await desk.ask(text)).id == ArxivId("2606.00001")
    assert desk.arxiv.count("api") == 1


async def test_no_id_is_told_without_asking_arxiv(desk: Desk) -> None:
    with pytest.raises(MalformedId, match=r"Try 2611\.01234"):
        await desk.ask("the cupboard paper")
    assert desk.arxiv.asked == []


async def test_an_unknown_paper_is_not_found(desk: Desk) -> None:
    with pytest.raises(PaperNotFound, match=r"knows no paper 2606\.00999"):
        await desk.ask("2606.00999")


async def test_an_id_that_arxiv_itself_calls_malformed_is_that(desk: Desk) -> None:
    desk.arxiv.fail("api", answers(200, api_error("incorrect id format for 2606.00998"), kind="application/atom+xml"))
    with pytest.raises(MalformedId, match="incorrect id format"):
        await desk.ask("2606.00998")


async def test_a_withdrawn_paper_is_found_and_says_so(desk: Desk) -> None:
    assert (await desk.ask("2606.00002")).is_withdrawn
    assert not (await desk.ask("2606.00001")).is_withdrawn


async def test_when_arxiv_cannot_be_asked_the_paper_is_not_said_to_be_unknown(desk: Desk) -> None:
    desk.arxiv.fail("api", answers(503))
    with pytest.raises(SourceUnavailable):
        await desk.ask("2606.00001")
