"""The openai package, here and nowhere else: one request, and its raw body or a named outcome; it never raises.

The package's own retries are off: a caller that has a queue waits better than one that sleeps in a call, and every
request is a row. Which form of reply an endpoint takes is tried in the order of `MODES`.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from openai import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    DefaultAsyncHttpxClient,
    OpenAIError,
)

from bot.analyst.endpoints.endpoint import Endpoint
from bot.analyst.endpoints.response import sorted_fault
from bot.analyst.verdicts.prompt import Message
from bot.analyst.verdicts.schema import Shape
from bot.core.jobs.backoff import retry_after
from bot.core.verdicts.call import CallOutcome
from bot.ports.store import Clock

STRICT, PLAIN, OBJECT, NONE = MODES = ("strict", "strict-plain", "json_object", "none")
LONGEST_WISH = timedelta(days=1)
NEW_LIMIT = "max_completion_tokens"
OLD_LIMIT = "max_tokens"
KEYLESS = "none"
KEY_LEAST = 12
LATE, NOT_MADE = "late", "the request could not be made"
"""Signs of a key that no reply holds by chance; a shorter one is a placeholder for a server without keys."""
LONGEST_BODY = 4_000_000
READ_BYTES = 65_536

log = logging.getLogger(__name__)


class BrokenOff(Exception):
    """An answer that began and did not end."""


class TooLong(Exception):
    """An answer of more bytes than any verdict can have."""


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """How a reply is asked for: a schema mode, and the name that the endpoint has for the limit of tokens."""

    mode: str = STRICT
    limit: str = OLD_LIMIT

    def __str__(self) -> str:
        return f"{self.mode} {self.limit}"

    @classmethod
    def parse(cls, text: str) -> "ReplyForm":
        """The inverse of `str(form)`; the first form for anything else."""
        mode, _, limit = text.partition(" ")
        return cls(mode, limit) if mode in MODES and limit in (OLD_LIMIT, NEW_LIMIT) else cls()

    @property
    def with_schema(self) -> bool:
        """Whether the schema has to stand in the prompt."""
        return self.mode == NONE

    def easier(self, words: str) -> "ReplyForm | None":
        """The form to try after a refusal in those words; None after the last."""
        if self.limit == OLD_LIMIT and NEW_LIMIT in words:
            return replace(self, limit=NEW_LIMIT)
        at = MODES.index(self.mode) + 1
        return replace(self, mode=MODES[at]) if at < len(MODES) else None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a request: a body, or the outcome without one. `retry_after`: what the server asked for."""

    outcome: CallOutcome
    milliseconds: int
    body: str | None = None
    note: str = ""
    retry_after: timedelta | None = None


class Chat:
    """Clients by endpoint, made when first needed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._clients: dict[str, AsyncOpenAI] = {}
        self._heard: set[str] = set()

    async def send(self, endpoint: Endpoint, messages: Sequence[Message], form: ReplyForm, shape: Shape | None) -> Sent:
        """Ask once. Without a shape any text is welcome (a trial)."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(endpoint.timeout.total_seconds()) as limit, self._first(endpoint, limit):
                body = await self._request(endpoint, messages, form, shape)
            self._heard.add(endpoint.key)
        except TimeoutError:
            is_silent = endpoint.first_answer is not None and endpoint.key not in self._heard
            return Sent(
                CallOutcome.SILENT if is_silent else CallOutcome.TIMEOUT, _since(started), note="no answer in time"
            )
        except OpenAIError as error:
            sent = _failed(error, _since(started), self._clock.now())
            if isinstance(error, APIStatusError):
                self._heard.add(endpoint.key)
            return replace(sent, note=_masked(sent.note, endpoint))
        except BrokenOff as error:
            is_late = str(error) == LATE
            outcome = CallOutcome.TIMEOUT if is_late else CallOutcome.CONNECTION_LOST
            return Sent(outcome, _since(started), note="no answer in time" if is_late else "the answer broke off")
        except TooLong:
            return Sent(CallOutcome.NO_API, _since(started), note="an answer of over four megabytes")
        except Exception:
            log.exception("a request could not be made")
            return Sent(CallOutcome.BAD_REQUEST, _since(started), note=NOT_MADE)
        return Sent(CallOutcome.ANSWERED, _since(started), _whole(body, endpoint))

    @asynccontextmanager
    async def _first(self, endpoint: Endpoint, limit: asyncio.Timeout) -> AsyncIterator[None]:
        """Ends a request early when its endpoint has answered none at all by then."""
        if endpoint.first_answer is None:
            yield
            return
        loop = asyncio.get_running_loop()

        def look() -> None:
            if endpoint.key not in self._heard and not limit.expired():
                limit.reschedule(loop.time())

        timer = loop.call_later(endpoint.first_answer.total_seconds(), look)
        try:
            yield
        finally:
            timer.cancel()

    async def _request(
        self, endpoint: Endpoint, messages: Sequence[Message], form: ReplyForm, shape: Shape | None
    ) -> str:
        client = self._client(endpoint)
        whole = [{name: _encodable(words) for name, words in message.items()} for message in messages]
        arguments: dict[str, Any] = {"model": endpoint.model, "messages": whole}
        arguments |= {form.limit: endpoint.max_tokens} | asked_form(endpoint, form, shape)
        if endpoint.temperature is not None:
            arguments["temperature"] = endpoint.temperature
        body = bytearray()
        async with client.chat.completions.with_streaming_response.create(**arguments) as response:
            pieces = response.iter_bytes(READ_BYTES)
            while piece := await _next(pieces):
                body += piece
                if len(body) > LONGEST_BODY:
                    raise TooLong
        return body.decode("utf-8-sig", "replace")

    def _client(self, endpoint: Endpoint) -> AsyncOpenAI:
        if endpoint.key not in self._clients:
            client = AsyncOpenAI(
                base_url=endpoint.base_url,
                api_key=endpoint.api_key or KEYLESS,
                timeout=endpoint.timeout.total_seconds(),
                max_retries=0,
                http_client=DefaultAsyncHttpxClient(follow_redirects=False),  # a prompt goes where the settings say
            )
            client.organization = client.project = None  # the environment's are for one provider, and no other's to see
            self._clients[endpoint.key] = client
        return self._clients[endpoint.key]

    async def close(self) -> None:
        """Let go of all connections."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()


def asked_form(endpoint: Endpoint, form: ReplyForm, shape: Shape | None) -> dict[str, Any]:
    """The arguments that ask for the form of a reply."""
    if shape is None or form.mode == NONE:
        return {}
    if form.mode == OBJECT:
        asked: dict[str, Any] = {"response_format": {"type": "json_object"}}
    else:
        schema = {"name": shape.name, "strict": True, "schema": shape.schema(form.mode == STRICT)}
        asked = {"response_format": {"type": "json_schema", "json_schema": schema}}
    return asked | ({"extra_body": {"provider": {"require_parameters": True}}} if endpoint.is_openrouter else {})


async def _next(pieces: AsyncIterator[bytes]) -> bytes:
    """The next bytes of an answer, empty at its end; whatever the transport raises, the answer broke off."""
    try:
        return await anext(pieces, b"")
    except Exception as error:
        raise BrokenOff(LATE if "Timeout" in type(error).__name__ else "") from error


def _encodable(text: str) -> str:
    """`text` without halves of surrogate pairs, which no request can carry."""
    return text.encode("utf-8", "replace").decode()


def _whole(reply: str, endpoint: Endpoint) -> str:
    """A reply without the key, its words untorn by a placeholder like `local`."""
    return _masked(reply, endpoint) if len(endpoint.api_key) >= KEY_LEAST else reply


def _masked(text: str, endpoint: Endpoint) -> str:
    """What a server says, without the key that it may echo."""
    return text.replace(endpoint.api_key, "***") if endpoint.api_key else text


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _failed(error: OpenAIError, milliseconds: int, now: datetime) -> Sent:
    """The package's exceptions as outcomes."""
    if isinstance(error, APITimeoutError):
        return Sent(CallOutcome.TIMEOUT, milliseconds, note="no answer in time")
    if isinstance(error, APIConnectionError):
        refused = type(error.__cause__).__name__ == "ConnectError"
        outcome = CallOutcome.UNREACHABLE if refused else CallOutcome.CONNECTION_LOST
        return Sent(outcome, milliseconds, note="nobody answers there" if refused else "the connection broke off")
    if isinstance(error, APIStatusError):
        words = _words(error)
        outcome = sorted_fault(error.status_code, str(error.code or ""), words)
        wait = retry_after(error.response.headers.get("retry-after"), LONGEST_WISH, now)
        return Sent(outcome, milliseconds, note=f"{error.status_code}: {words}", retry_after=wait)
    if isinstance(error, APIResponseValidationError):
        return Sent(CallOutcome.NO_API, milliseconds, note="no answer of an API")
    return Sent(CallOutcome.BAD_REQUEST, milliseconds, note=NOT_MADE)


def _words(error: APIStatusError) -> str:
    """The server's own words, short; a page is not quoted."""
    body = error.body
    if isinstance(body, dict):
        told = body.get("message") or body.get("error") or body.get("detail") or ""
        metadata = body.get("metadata")
        raw = metadata.get("raw", "") if isinstance(metadata, dict) else ""
        words = f"{told} {raw}"
    else:
        words = str(body or "")
    return "a page" if "<html" in words.lower() else " ".join(words.split())[:300]
