"""The HTTP server before strangers: deadlines, limits, and junk that Slack itself seems to have signed."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from bot.platforms.slack.events import events, http
from bot.platforms.slack.forms import forms
from tests.fakes.slack_server import SIGNING_SECRET, FakeSlack, payloads
from tests.fakes.slack_server.http_events import FORM, JSON, signed
from tests.fakes.slack_server.views import keep
from tests.platforms.slack_bench import PAPERS, Bench, bench


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench(tmp_path, "http") as made:
        await made.listen()
        yield made


@contextlib.asynccontextmanager
async def connected(here: Bench) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    where = urlsplit(here.platform.address)
    assert where.hostname is not None
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        yield reader, writer
    finally:
        writer.close()


def head(here: Bench, headers: dict[str, str], length: int | str) -> bytes:
    size = f"Content-Length: {length}" if isinstance(length, int) else "Transfer-Encoding: chunked"
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    path = urlsplit(here.platform.address).path
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n{told}{size}\r\n\r\n".encode()


async def ended(reader: asyncio.StreamReader, seconds: float = 20.0) -> bytes:
    """All that comes until the server closes the connection."""
    async with asyncio.timeout(seconds):
        with contextlib.suppress(ConnectionError):
            return await reader.read()
    return b""


JUNK = ("[]", "null", '"x"', "7", "true", "[[1]]", "{not json", "[" * 5000, '{"team": 5}', '{"authorizations": "x"}')
SHAPELESS = (
    {"type": "block_actions"},
    {"type": "block_actions", "user": "U1", "actions": [{"type": "button", "action_id": "cc1.0", "value": "help"}]},
    {"type": "block_actions", "actions": "x", "user": {"id": "U1"}},
    {"type": "view_submission"},
    {"type": "view_submission", "view": [], "user": {"id": "U1"}},
    {"type": "message_action", "callback_id": "cc1.verdict"},
    {"type": "event_callback", "event": "x"},
    {"type": "event_callback", "event": {"type": "app_mention", "user": "U1", "text": "<@U0COPECHECK>"}},
    {"type": "event_callback", "event": {"type": "message", "channel_type": "im", "user": "U1", "text": 7}},
    {"type": "event_callback", "authorizations": 7, "event": {"type": "app_mention"}},
    {"command": "/copecheck"},
)


@pytest.mark.parametrize("body", JUNK)
@pytest.mark.parametrize("kind", [JSON, FORM])
async def test_signed_junk_is_refused_without_a_traceback(
    here: Bench, body: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent = body if kind == JSON else urlencode({"payload": body})
    assert (await here.slack.http.post(sent, kind)).status == 400
    assert [one for one in caplog.records if one.levelno >= logging.ERROR or one.exc_info] == []


@pytest.mark.parametrize("body", SHAPELESS)
async def test_signed_requests_without_their_parts_are_refused_or_ignored_without_a_traceback(
    here: Bench, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert (await here.slack.http.post(json.dumps(body))).status in (200, 400)
    assert await here.asked() == []
    assert [one for one in caplog.records if one.levelno >= logging.ERROR or one.exc_info] == []


OTHER_THINGS: tuple[Any, ...] = (..., None, 7, "", [], {})


def sent_by_slack(slack: FakeSlack) -> dict[str, dict[str, Any]]:
    """A request of each kind, as Slack would send it."""
    papers = slack.world.channel("papers")
    message = slack.world.add(papers, slack.world.person_body("U0BOB", "see it"))
    button = {"type": "button", "action_id": "cc1.1", "block_id": "b", "value": "recent"}
    form = keep(slack, forms.feedback_view(str(PAPERS)), "U0BOB")
    return {
        "command": payloads.slash_command(slack, "U0BOB", papers, "/copecheck", "recent"),
        "event": payloads.event(slack, payloads.app_mention(message)),
        "press": payloads.block_actions(slack, "U0BOB", message, button),
        "shortcut": payloads.message_action(slack, "U0BOB", message, events.SHORTCUT),
        "form": payloads.view_submission(slack, form, {}),
    }


def spoilt(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The request with each of its parts, and each part of those, left out or another thing."""
    for name, part in whole.items():
        for other in OTHER_THINGS:
            yield {key: value for key, value in (whole | {name: other}).items() if value is not ...}
            for inner in part if isinstance(part, dict) else ():
                less = {key: value for key, value in (part | {inner: other}).items() if value is not ...}
                yield whole | {name: less}


@pytest.mark.parametrize("kind", ["command", "event", "press", "shortcut", "form"])
async def test_signed_requests_with_a_part_missing_or_another_thing_are_no_error_of_ours(
    here: Bench, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    for body in spoilt(sent_by_slack(here.slack)[kind]):
        form = body if kind == "command" else {"payload": json.dumps(body)}
        sent, form_type = (json.dumps(body), JSON) if kind == "event" else (urlencode(form), FORM)
        reply = await here.slack.http.post(sent, form_type)
        assert reply.status in (200, 400), sent
    assert [one for one in caplog.records if one.levelno >= logging.ERROR or one.exc_info] == []
    assert (await here.slack.slash("bob", "papers", "/copecheck", "recent")).acknowledged


async def test_a_head_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert http.HEAD_SECONDS <= 10
    monkeypatch.setattr(http, "HEAD_SECONDS", 0.5)
    async with bench(tmp_path, "http") as here:
        await here.listen()
        async with connected(here) as (reader, writer):
            writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-A: ")
            assert await ended(reader) == b""


async def test_a_connection_carries_one_request_and_is_closed(here: Bench) -> None:
    async with connected(here) as (reader, writer):
        writer.write(head(here, {}, 2) + b"{}")
        assert b" 401 " in await ended(reader, 5)


async def test_a_body_that_does_not_come_is_given_up(here: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BODY_SECONDS", 0.2)
    async with connected(here) as (reader, writer):
        writer.write(head(here, signed(SIGNING_SECRET, "{}"), 20) + b"{")
        assert b" 408 " in await ended(reader)


async def test_of_what_is_not_signed_no_body_is_awaited(here: Bench) -> None:
    async with connected(here) as (reader, writer):
        writer.write(head(here, {}, http.BODY_BYTES_MOST))
        assert b" 401 " in await reader.readline()


@pytest.mark.parametrize("length", [http.BODY_BYTES_MOST + 1, "chunked"])
async def test_no_more_than_the_limit_is_read_of_a_body(here: Bench, length: int | str) -> None:
    async with connected(here) as (reader, writer):
        writer.write(head(here, signed(SIGNING_SECRET, "{}"), length))
        if length == "chunked":
            with contextlib.suppress(ConnectionError):
                for _ in range(http.BODY_BYTES_MOST // 65536 + 2):
                    writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                    await writer.drain()
        assert b" 413 " in await reader.readline()


async def test_half_open_connections_take_nobodys_place(here: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_CONNECTIONS", 5)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(20):
            _, writer = await stack.enter_async_context(connected(here))
            writer.write(b"POST /slack/events HTTP/1.1\r\n")
        assert (await here.slack.slash("bob", "papers", "/copecheck", "recent")).acknowledged


async def test_what_is_no_http_is_no_error_of_ours(here: Bench, caplog: pytest.LogCaptureFixture) -> None:
    for said in (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"POST /slack/events HTTP/1.1\r\nContent-Length: x\r\n\r\n"):
        async with connected(here) as (reader, writer):
            writer.write(said)
            assert b" 400 " in await ended(reader)
    assert [one for one in caplog.records if one.levelno >= logging.ERROR or one.exc_info] == []


async def test_a_sender_that_breaks_off_is_no_error_of_ours(here: Bench, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        async with connected(here) as (_, writer):
            writer.write(head(here, signed(SIGNING_SECRET, "{}"), 20) + b"{")
            await writer.drain()
    assert (await here.slack.slash("bob", "papers", "/copecheck", "recent")).acknowledged
    assert [one for one in caplog.records if one.levelno >= logging.ERROR or one.exc_info] == []


async def test_other_paths_and_methods_are_refused(here: Bench) -> None:
    for line, status in ((b"GET /slack/events", b" 200 "), (b"GET /x", b" 404 "), (b"PUT /slack/events", b" 405 ")):
        async with connected(here) as (reader, writer):
            writer.write(line + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            assert status in await ended(reader)


def test_a_signature_of_another_time_is_none() -> None:
    now = time.time()
    headers = signed(SIGNING_SECRET, "{}")
    assert http.is_signed(SIGNING_SECRET, headers, b"{}", now)
    assert not http.is_signed(SIGNING_SECRET, headers, b"{}", now + 301)
    assert not http.may_be_signed(headers, now - 301)
