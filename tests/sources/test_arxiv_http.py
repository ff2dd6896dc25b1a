"""Every way in which an answer can go wrong has its name; nothing is read as a quiet day, and no request is rude."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

import pytest

from bot import __version__
from bot.core.errors import SourceUnavailable
from bot.core.papers.feed import Outcome
from bot.sources.arxiv import ArxivSource
from bot.sources.http import BUCKET, ArxivAddresses, ArxivHttp, ArxivLimits, next_hop
from tests.fakes.arxiv import (
    FakeArxiv,
    Fault,
    answers,
    bomb,
    cut,
    drips,
    drops,
    endless,
    packed,
    redirects,
    shortened,
)
from tests.fakes.clock import OpenGate, StandingClock
from tests.fakes.feeds import error_rss, invent_day, rss
from tests.sources.conftest import Build

TUESDAY = date(2026, 6, 2)
PAGE = b"<!DOCTYPE html>\n<html><body>Down for upkeep.</body></html>"
XHTML = b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">\n<html></html>'


@pytest.fixture(autouse=True)
def _tuesday(arxiv: FakeArxiv) -> None:
    arxiv.announce(TUESDAY, invent_day(12))


async def failure(source: ArxivSource) -> SourceUnavailable:
    """How fetching the feed fails."""
    with pytest.raises(SourceUnavailable) as caught:
        await source.fetch_feed("cs.AI", None, None)
    assert str(caught.value)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (answers(200, PAGE), Outcome.HTML_PAGE),
        (answers(200, PAGE, kind="application/rss+xml"), Outcome.HTML_PAGE),
        (answers(200, XHTML, kind="application/rss+xml"), Outcome.HTML_PAGE),
        (answers(200, XHTML), Outcome.HTML_PAGE),
        (answers(200, b"The feed lives at /rss/cs.AI", kind="text/html"), Outcome.HTML_PAGE),
        (answers(200, b"Rate exceeded.", kind="text/plain"), Outcome.MALFORMED),
        (answers(200, b"", kind="application/rss+xml"), Outcome.TRUNCATED),
        (answers(200, b"<a><b></a>", kind="application/rss+xml"), Outcome.TRUNCATED),
        (answers(200, b"<rss><channel></item></rss>", kind="application/rss+xml"), Outcome.MALFORMED),
        (answers(400, error_rss("cs.XX"), kind="application/rss+xml"), Outcome.ERROR_FEED),
        (answers(200, error_rss("cs.XX"), kind="application/rss+xml"), Outcome.ERROR_FEED),
        (answers(400, PAGE), Outcome.HTML_PAGE),
        (answers(403, b"Access denied"), Outcome.REFUSED),
        (answers(404, PAGE), Outcome.REFUSED),
        (answers(429, b"Rate exceeded."), Outcome.RATE_LIMITED),
        (answers(500, PAGE), Outcome.SERVER_ERROR),
        (answers(503, PAGE), Outcome.SERVER_ERROR),
        (answers(304), Outcome.TRUNCATED),
        (answers(200, b"x", Content_Encoding="br"), Outcome.MALFORMED),
        (answers(200, b"no gzip", Content_Encoding="gzip"), Outcome.MALFORMED),
        (shortened(0.5), Outcome.TRUNCATED),
        (shortened(0.999), Outcome.TRUNCATED),
        (cut(0.5), Outcome.TRUNCATED),
        (cut(0.5, packed=True), Outcome.TRUNCATED),
        (packed(0.5), Outcome.TRUNCATED),
        (packed(0.999), Outcome.TRUNCATED),
        (bomb(3_000_000), Outcome.TOO_LARGE),
        (endless(), Outcome.TOO_LARGE),
        (drops(), Outcome.UNREACHABLE),
        (redirects("http://198.51.100.1/rss/cs.AI"), Outcome.REDIRECTED_AWAY),
        (redirects("http://arxiv.org@198.51.100.1/"), Outcome.REDIRECTED_AWAY),
        (redirects("http://arxiv.org.example.org/"), Outcome.REDIRECTED_AWAY),
        (redirects("http://notarxiv.org/"), Outcome.REDIRECTED_AWAY),
        (redirects("http://198.51.100.1\\.arxiv.org/"), Outcome.REDIRECTED_AWAY),
        (redirects("http://[::bad/"), Outcome.REDIRECTED_AWAY),
        (redirects("http://arxiv.org:port/"), Outcome.REDIRECTED_AWAY),
        (redirects("file:///etc/passwd"), Outcome.REDIRECTED_AWAY),
        (redirects(""), Outcome.REDIRECTED_AWAY),
        (redirects("{path}"), Outcome.REDIRECTED_AWAY),
    ],
)
async def test_a_fault_has_its_own_name(arxiv: FakeArxiv, source: ArxivSource, fault: Fault, outcome: Outcome) -> None:
    arxiv.fail("feed", fault)
    assert (await failure(source)).outcome == outcome


async def test_a_feed_that_its_server_calls_a_page_is_read(arxiv: FakeArxiv, source: ArxivSource) -> None:
    body = rss(arxiv.today, arxiv.days["cs.AI"][arxiv.today])
    arxiv.fail("feed", answers(200, body, kind="text/html"))
    assert (await source.fetch_feed("cs.AI", None, None)).batch


async def test_a_body_that_drips_is_too_slow(arxiv: FakeArxiv, build: Build) -> None:
    arxiv.fail("feed", drips())
    assert (await failure(build(timeout=0.3))).outcome == Outcome.TOO_SLOW


async def test_an_endless_body_is_too_slow_where_the_size_allows_it(arxiv: FakeArxiv, build: Build) -> None:
    arxiv.fail("feed", endless())
    assert (await failure(build(timeout=0.1, max_bytes=10**12))).outcome == Outcome.TOO_SLOW


async def test_a_server_that_is_not_there_is_unreachable(arxiv: FakeArxiv, build: Build) -> None:
    source = build()
    await arxiv.__aexit__(None, None, None)
    assert (await failure(source)).outcome == Outcome.UNREACHABLE


async def test_a_bomb_is_stopped_before_it_unfolds(arxiv: FakeArxiv, build: Build) -> None:
    arxiv.fail("feed", bomb(200_000_000))
    assert (await failure(build(max_bytes=100_000))).outcome == Outcome.TOO_LARGE


async def test_a_packed_feed_is_read(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.fail("feed", packed())
    batch = (await source.fetch_feed("cs.AI", None, None)).batch
    assert batch is not None
    assert len(batch.entries) == 12


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_an_allowed_host_is_followed(arxiv: FakeArxiv, build: Build, status: int) -> None:
    arxiv.fail("feed", redirects(f"{arxiv.url.replace('127.0.0.1', 'localhost')}{{path}}", status), times=1)
    fetched = await build(hosts=("localhost",)).fetch_feed("cs.AI", None, None)
    assert fetched.batch is not None
    assert arxiv.count("feed") == 2


async def test_a_redirect_to_another_port_of_the_same_host_is_not_followed(arxiv: FakeArxiv, build: Build) -> None:
    async with FakeArxiv() as other:
        arxiv.fail("feed", redirects(f"{other.url}/rss/cs.AI"))
        assert (await failure(build())).outcome == Outcome.REDIRECTED_AWAY
        assert other.asked == []


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://rss.arxiv.org/rss/cs.AI", True),
        ("https://ARXIV.org/abs/2606.00001", True),
        ("https://export.arxiv.org:443/api/query", True),
        ("https://mirror.example.org/rss", True),
        ("https://feeds.example.org/x", True),
        ("https://feeds.example.org:8443/x", False),
        ("https://arxiv.org.evil.example/", False),
        ("https://evilarxiv.org/", False),
        ("https://user@arxiv.org/", False),
        ("ftp://arxiv.org/", False),
        ("//arxiv.org/", False),
        ("https://", False),
        ("https://arxiv.org/\r\nHost: evil", False),
        ("https://\N{CYRILLIC SMALL LETTER A}rxiv.org/", False),
    ],
)
def test_requests_go_to_arxiv_and_what_the_settings_name(url: str, is_allowed: bool) -> None:
    addresses = ArxivAddresses(feed_url="https://feeds.example.org", allowed_hosts=("mirror.example.org",))
    assert addresses.allows(url) is is_allowed


def test_a_redirect_never_leads_back_from_https() -> None:
    assert next_hop("https://arxiv.org/rss/x", "http://export.arxiv.org:80/rss/x") == "https://export.arxiv.org/rss/x"
    assert next_hop("http://127.0.0.1:1/rss/x", "/rss/y") == "http://127.0.0.1:1/rss/y"


async def test_every_request_takes_its_turn_and_says_who_asks(
    arxiv: FakeArxiv, source: ArxivSource, gate: OpenGate
) -> None:
    arxiv.fail("feed", redirects("{path}"), times=1)
    await source.fetch_feed("cs.AI", "some-tag", "some day")
    assert [(bucket, gap) for bucket, gap, _ in gate.turns] == [(BUCKET, timedelta(seconds=3))] * 2
    assert all(hold > timedelta(seconds=5) for _, _, hold in gate.turns)
    for asked in arxiv.asked:
        assert asked.headers["User-Agent"] == f"copecheck/{__version__} (+mail@example.org)"
        assert asked.headers["Accept-Encoding"] == "gzip"
        assert asked.headers["If-None-Match"] == "some-tag"
        assert asked.headers["If-Modified-Since"] == "some day"


async def test_a_dropped_connection_is_not_tried_twice_in_one_turn(arxiv: FakeArxiv, source: ArxivSource) -> None:
    await source.fetch_feed("cs.AI", None, None)
    arxiv.fail("feed", drops())
    await failure(source)
    assert arxiv.count("feed") == 2


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        ("Tue, 02 Jun 2026 14:30:00 GMT", timedelta(hours=2, minutes=30)),
        ("9" * 5000, timedelta(days=7)),
        ("Tue, 02 Jun 9999 14:30:00 GMT", timedelta(days=7)),
    ],
)
async def test_t6_a_429_with_retry_after_closes_the_gate_for_so_long(
    arxiv: FakeArxiv, source: ArxivSource, clock: StandingClock, gate: OpenGate, header: str, wait: timedelta
) -> None:
    arxiv.fail("feed", answers(429, b"Rate exceeded.", Retry_After=header))
    error = await failure(source)
    assert error.outcome == Outcome.RATE_LIMITED
    assert error.retry_at == clock.now() + wait
    assert gate.closings == [wait]


@pytest.mark.parametrize("header", ["", "soon", "-5", "Tue, 99 Foo", "\u0662"])
async def test_t6_a_429_without_a_sensible_retry_after_waits_longer_each_time(
    arxiv: FakeArxiv, source: ArxivSource, clock: StandingClock, gate: OpenGate, header: str
) -> None:
    arxiv.fail("feed", answers(429, b"Rate exceeded.", **({"Retry_After": header} if header else {})))
    for _ in range(8):
        error = await failure(source)
        assert error.retry_at is not None
        clock.moment = error.retry_at
    minutes = [delay / timedelta(minutes=1) for delay in gate.closings]
    assert minutes == [15, 30, 60, 120, 240, 360, 360, 360]
    arxiv.mend()
    await source.fetch_feed("cs.AI", None, None)
    arxiv.fail("feed", answers(429))
    await failure(source)
    assert gate.closings[-1] == timedelta(minutes=15)


async def test_while_arxiv_wants_us_to_wait_nothing_is_asked_and_nobody_hangs(
    arxiv: FakeArxiv, source: ArxivSource, clock: StandingClock
) -> None:
    arxiv.fail("feed", answers(429, Retry_After="3600"), times=1)
    told = await failure(source)
    clock.forward(minutes=59)
    again = await failure(source)
    assert (again.outcome, again.retry_at) == (Outcome.RATE_LIMITED, told.retry_at)
    assert arxiv.count("feed") == 1
    clock.forward(minutes=1)
    assert (await source.fetch_feed("cs.AI", None, None)).batch is not None


async def test_a_403_closes_the_gate_too(
    arxiv: FakeArxiv, source: ArxivSource, clock: StandingClock, gate: OpenGate
) -> None:
    arxiv.fail("feed", answers(403, b"Access denied"))
    assert (await failure(source)).retry_at == clock.now() + timedelta(hours=1)
    assert gate.closings == [timedelta(hours=1)]


async def test_a_503_keeps_its_retry_after(arxiv: FakeArxiv, source: ArxivSource, clock: StandingClock) -> None:
    arxiv.fail("feed", answers(503, Retry_After="40"))
    assert (await failure(source)).retry_at == clock.now() + timedelta(seconds=40)


async def test_a_503_with_retry_after_holds_everybody_back(
    arxiv: FakeArxiv, source: ArxivSource, gate: OpenGate
) -> None:
    arxiv.fail("feed", answers(503, Retry_After="40"))
    await failure(source)
    assert gate.closings == [timedelta(seconds=40)]


class ClosedGate(OpenGate):
    """A gate that another process closed for an hour."""

    async def closed_for(self, bucket: str) -> timedelta:
        return timedelta(hours=1)


async def test_a_gate_that_another_process_closed_for_long_is_not_queued_at(
    arxiv: FakeArxiv, clock: StandingClock
) -> None:
    http = ArxivHttp(ArxivAddresses(arxiv.url), ArxivLimits(), ClosedGate(), clock, "")
    with pytest.raises(SourceUnavailable) as caught:
        await http.fetch(f"{arxiv.url}/rss/cs.AI")
    assert caught.value.outcome == Outcome.RATE_LIMITED
    assert caught.value.retry_at == clock.now() + timedelta(hours=1)
    assert arxiv.asked == []


class ShutGate(OpenGate):
    """A gate whose turn never comes."""

    @asynccontextmanager
    async def turn(self, bucket: str, gap: timedelta, hold: timedelta) -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield


async def test_a_turn_that_never_comes_is_named(arxiv: FakeArxiv, clock: StandingClock) -> None:
    limits = ArxivLimits(patience=timedelta(seconds=0.05))
    http = ArxivHttp(ArxivAddresses(arxiv.url), limits, ShutGate(), clock, "")
    with pytest.raises(SourceUnavailable) as caught:
        await http.fetch(f"{arxiv.url}/rss/cs.AI")
    assert caught.value.outcome == Outcome.RATE_LIMITED
    assert arxiv.asked == []
