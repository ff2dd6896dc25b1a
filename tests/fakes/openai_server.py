"""An OpenAI-compatible server on loopback that gives good verdicts, and every failure on demand.

In a test: `async with FakeOpenAi() as server: server.will(status(429, retry_after="3")); … server.base_url …`. What is
asked for with `will` comes first, one answer a request; after that `always`, by default a verdict that fits.
As a process: `python -m tests.fakes.openai_server --port-file FILE --delay 1`.
"""

import argparse
import asyncio
import collections
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.core.verdicts.lens import Lens
from bot.lenses.load import load_lenses
from tests.fakes.replies import as_text, completion, good_analysis, good_answer, good_reply

Answer = Callable[["Asked", web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def form(self) -> str:
        """The schema mode of the request, in the bot's own names."""
        wanted = self.body.get("response_format")
        if wanted is None:
            return "none"
        if wanted["type"] == "json_object":
            return "json_object"
        return "strict" if "maxLength" in json.dumps(wanted) else "strict-plain"

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def paper(self) -> str:
        """The part of the prompt that is about the paper."""
        messages = self.body["messages"]
        return str(messages[1 if len(messages) > 1 else 0]["content"])

    @property
    def is_repair(self) -> bool:
        return len(self.body["messages"]) > 2

    @property
    def sentences(self) -> int:
        return len(re.findall(r"^\[\d+\] ", self.paper, re.MULTILINE))

    @property
    def numbers(self) -> list[int]:
        """The numbers of the sentences that were sent."""
        return [int(number) for number in re.findall(r"^\[(\d+)\] ", self.paper, re.MULTILINE)]

    @property
    def short(self) -> dict[str, Any] | None:
        """The short verdict that an analysis is asked for; None where a short verdict is asked for itself."""
        _, mark, given = self.paper.partition("\nShort verdict:\n")
        found: dict[str, Any] | None = json.loads(given) if mark else None
        return found

    @property
    def lens(self) -> Lens:
        """The lens whose thesis stands in the prompt."""
        return next(lens for lens in load_lenses(None).values() if f"# Lens: {lens.name}" in self.system)


class FakeOpenAi:
    """Every request is in `asked`; `delay` is how long each answer takes; `refuses`: forms that a 400 answers."""

    def __init__(self, *, delay: float = 0.0) -> None:
        self.asked: list[Asked] = []
        self.delay = delay
        self.refuses: set[str] = set()
        self.refusal: Answer = status(400, "response_format of this type is not supported")
        self.takes_key: str | None = None
        self.old_limit_refused = False
        self.always: Answer = good
        self.by_title: dict[str, Answer] = {}
        self.at_once = 0
        self.most_at_once = 0
        self.base_url = ""
        self._coming: collections.deque[Answer] = collections.deque()
        self._runner: web.AppRunner | None = None

    def will(self, *answers: Answer) -> None:
        """Answer the next requests so."""
        self._coming.extend(answers)

    @property
    def firsts(self) -> list[Asked]:
        return [one for one in self.asked if not one.is_repair]

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(await request.json(), dict(request.headers))
        self.asked.append(asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.delay)
            return await self._choose(asked)(asked, request)
        finally:
            self.at_once -= 1

    def _choose(self, asked: Asked) -> Answer:
        if self.takes_key is not None and asked.headers.get("Authorization") != f"Bearer {self.takes_key}":
            return status(401, "Incorrect API key provided")
        if self.old_limit_refused and "max_tokens" in asked.body:
            return status(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        if asked.form in self.refuses:
            return self.refusal
        if self._coming:
            return self._coming.popleft()
        title = asked.paper.partition("\n")[0].removeprefix("Title: ")
        return self.by_title.get(title, self.always)


async def good(asked: Asked, _request: web.Request) -> web.StreamResponse:
    """A verdict that fits, different from paper to paper; an answer to a question; any text to a trial."""
    if "# Kinds of question" in asked.system:
        return web.json_response(completion(as_text(good_answer(asked.numbers[:1]))))
    if "# Lens: " not in asked.system:
        return web.json_response(completion("ok"))
    found = re.search(r"\d+", asked.paper)
    number = int(found[0]) if found else 1
    return web.json_response(completion(as_text(fitting(asked, number))))


def fitting(asked: Asked, number: int = 1) -> dict[str, Any]:
    """A reply that fits what was asked: an analysis that keeps to its short verdict, or a short verdict."""
    if asked.short is not None:
        fallacy = asked.short["core_fallacy"]
        cites = fallacy["cites"][0] if fallacy else 1
        return good_analysis(asked.lens, number=number, cites=cites, fallacy=fallacy is not None)
    keys = [item.key for item in asked.lens.checklist]
    addressed = tuple(key for at, key in enumerate(keys) if (number >> (at % 11)) & 1)
    return good_reply(asked.lens, number=number, addressed=addressed)


def says(text: str | None, *, finish: str = "stop", usage: Any = None, **message: Any) -> Answer:
    """This text as the reply."""

    async def answer(_asked: Asked, _request: web.Request) -> web.StreamResponse:
        return web.json_response(completion(text, finish=finish, usage=usage, **message))

    return answer


def replies(**changes: Any) -> Answer:
    """A verdict that fits but for these parts; `None` as a value of `leave_out` takes a part away."""

    async def answer(asked: Asked, _request: web.Request) -> web.StreamResponse:
        reply = (good_reply(asked.lens) if asked.short is None else fitting(asked)) | changes
        return web.json_response(completion(as_text(reply)))

    return answer


def status(code: int, message: str = "", *, retry_after: str | None = None, error_code: Any = None) -> Answer:
    """An error of that status, in OpenAI's form."""

    async def answer(_asked: Asked, _request: web.Request) -> web.StreamResponse:
        headers = {"Retry-After": retry_after} if retry_after is not None else {}
        body = {"error": {"message": message or f"status {code}", "code": error_code, "type": "error", "param": None}}
        return web.json_response(body, status=code, headers=headers)

    return answer


def body(value: Any, *, kind: str = "application/json", code: int = 200) -> Answer:
    """That very body: JSON when it is no text."""

    async def answer(_asked: Asked, _request: web.Request) -> web.StreamResponse:
        return web.Response(text=value if isinstance(value, str) else json.dumps(value), content_type=kind, status=code)

    return answer


async def drops(_asked: Asked, request: web.Request) -> web.StreamResponse:
    """The connection breaks off before an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def breaks_off(_asked: Asked, request: web.Request) -> web.StreamResponse:
    """The connection breaks off in the middle of an answer."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "5000"})
    await response.prepare(request)
    await response.write(b'{"id": "c1", "choices": [')
    assert request.transport is not None
    request.transport.abort()
    return response


async def hangs(_asked: Asked, _request: web.Request) -> web.StreamResponse:
    """No answer comes."""
    await asyncio.sleep(3600)
    return web.Response()


async def trickles(_asked: Asked, request: web.Request) -> web.StreamResponse:
    """An answer that never ends, a byte now and then, so that no read times out."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


async def _serve(port_file: Path, delay: float) -> None:
    async with FakeOpenAi(delay=delay) as server:
        await asyncio.to_thread(port_file.write_text, server.base_url)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--delay", type=float, default=0.0)
    chosen = parser.parse_args()
    asyncio.run(_serve(chosen.port_file, chosen.delay))


if __name__ == "__main__":
    main()
