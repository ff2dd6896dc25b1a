"""arXiv on loopback: feeds, listings and the API over invented days (or saved feeds), with faults on demand.

In a test: `async with FakeArxiv() as arxiv: arxiv.announce(day, papers); … arxiv.url …`.
As a process: `python -m tests.fakes.arxiv --port-file FILE FEED.xml …` serves the first feed for every category;
`POST /fake/next` moves on to the next, and answers 410 after the last.
"""

import argparse
import asyncio
import gzip
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.fakes.feeds import Invented, api_answer, api_error, atom, error_rss, new_page, recent_page, rss

Fault = Callable[[web.Request, web.Response], Awaitable[web.StreamResponse]]
KINDS = {"rss": "application/rss+xml", "atom": "application/atom+xml"}
A_CALL = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came, and when by the event loop's clock."""

    kind: str
    path: str
    headers: dict[str, str]
    at: float


class FakeArxiv:
    """What arXiv holds is `days`; what its feed shows is `today`, or the day that a category is `stuck` on.

    `dated`: the date the feed bears when that is not today; `listed`: the day that the listings end on.
    `pages` and `pdfs` are what lies at `/html/<name>` and `/pdf/<name>`; what is `withdrawn` lies at neither.
    """

    def __init__(self) -> None:
        self.today = date(2026, 6, 2)
        self.days: dict[str, dict[date, list[Invented]]] = defaultdict(dict)
        self.stuck: dict[str, date] = {}
        self.listed: date | None = None
        self.dated: date | None = None
        self.saved: list[bytes] = []
        self.papers: dict[str, Invented] = {}
        self.pages: dict[str, bytes] = {}
        self.pdfs: dict[str, bytes] = {}
        self.withdrawn: set[str] = set()
        self.sends_etags = True
        self.most_shown = 2000
        self.asked: list[Asked] = []
        self.at_once = 0
        self.most_at_once = 0
        self.url = ""
        self._faults: dict[str, list[tuple[Fault, int]]] = defaultdict(list)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application()
        for path, kind in (
            ("/{form:rss|atom}/{category}", "feed"),
            ("/list/{category}/new", "new"),
            ("/list/{category}/recent", "recent"),
            ("/api/query", "api"),
            ("/html/{name:.+}", "html"),
            ("/pdf/{name:.+}", "pdf"),
        ):
            application.router.add_get(path, self._answering(kind))
        application.router.add_post("/fake/next", self._next_saved)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """The query address."""
        return f"{self.url}/api/query"

    def announce(self, day: date, papers: Sequence[Invented], category: str = "cs.AI") -> None:
        """arXiv announces these papers; that day is today from now on."""
        self.today = day
        self.days[category][day] = list(papers)
        for paper in papers:
            self.papers[paper.id] = paper

    def fail(self, kind: str, fault: Fault, times: int = 1_000_000) -> None:
        """The next so many requests of that kind (`feed`, `new`, `recent`, `api`, `html`, `pdf`) meet the fault."""
        self._faults[kind] = [(fault, times)]

    def mend(self) -> None:
        """No faults any more."""
        self._faults.clear()

    def count(self, kind: str) -> int:
        """How many requests of that kind came."""
        return sum(1 for asked in self.asked if asked.kind == kind)

    async def _next_saved(self, _request: web.Request) -> web.Response:
        if len(self.saved) < 2:
            return web.Response(status=410)
        self.saved.pop(0)
        return web.Response()

    def _answering(self, kind: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            now = asyncio.get_running_loop().time()
            self.asked.append(Asked(kind, str(request.rel_url), dict(request.headers), now))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                good: web.Response = getattr(self, f"_{kind}")(request)
                fault = self._next_fault(kind)
                return await fault(request, good) if fault else good
            finally:
                self.at_once -= 1

        return answer

    def _next_fault(self, kind: str) -> Fault | None:
        if not self._faults[kind]:
            return None
        fault, left = self._faults[kind][0]
        self._faults[kind] = [(fault, left - 1)] if left > 1 else []
        return fault

    def _feed(self, request: web.Request) -> web.Response:
        form, category = request.match_info["form"], request.match_info["category"]
        kind = KINDS[form]
        if self.saved:
            return self._conditional(request, self.saved[0], kind)
        if category not in self.days:
            return web.Response(status=400, body=error_rss(category), content_type=kind)
        shown = self.stuck.get(category, self.today)
        papers = self.days[category].get(shown, [])
        return self._conditional(
            request, (rss if form == "rss" else atom)(self.dated or self.today, papers, category), kind
        )

    def _conditional(self, request: web.Request, body: bytes, kind: str) -> web.Response:
        etag = hashlib.sha256(body).hexdigest()
        if self.sends_etags and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        headers = {"ETag": etag} if self.sends_etags else {}
        return web.Response(body=body, content_type=kind, headers=headers)

    def _new(self, request: web.Request) -> web.Response:
        day = self.listed or self.today
        papers = self.days[request.match_info["category"]].get(day, [])
        return web.Response(body=new_page(day, papers, *self._window(request)), content_type="text/html")

    def _recent(self, request: web.Request) -> web.Response:
        days = self.days[request.match_info["category"]]
        last = {day: days[day] for day in sorted(days)[-5:] if day <= (self.listed or self.today)}
        return web.Response(body=recent_page(last, *self._window(request)), content_type="text/html")

    def _html(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name in self.pages and name not in self.withdrawn:
            return web.Response(body=self.pages[name], content_type="text/html", charset="utf-8")
        return self._no_file(name, f"No HTML for '{name}'")

    def _pdf(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name in self.pdfs and name not in self.withdrawn:
            return web.Response(body=self.pdfs[name], content_type="application/pdf")
        return self._no_file(name, f"Cannot build the PDF of '{name}'")

    def _no_file(self, name: str, heading: str) -> web.Response:
        if name in self.withdrawn:
            heading = f"This version of {name} has been withdrawn and is unavailable"
        page = f"<!DOCTYPE html>\n<html><body><main><h1>{heading}</h1></main></body></html>"
        return web.Response(status=404, text=page, content_type="text/html")

    def _window(self, request: web.Request) -> tuple[int, int]:
        return int(request.query.get("skip", "0")), min(int(request.query.get("show", "50")), self.most_shown)

    def _api(self, request: web.Request) -> web.Response:
        ids = request.query["id_list"].split(",")
        wrong = next((one for one in ids if one not in self.papers and "0000" in one), None)
        if wrong:
            body = api_error(f"incorrect id format for {wrong}")
            return web.Response(status=400, body=body, content_type="application/atom+xml")
        size = int(request.query.get("max_results", "10"))
        if size > A_CALL:
            raise web.HTTPBadRequest(text="too many")
        found = [self.papers[one] for one in reversed(ids) if one in self.papers][:size]
        return web.Response(body=api_answer(found, size), content_type="application/atom+xml")


def answers(status: int = 200, body: bytes = b"", kind: str = "text/html", **headers: str) -> Fault:
    """Another answer altogether; `Retry_After="5"` makes the header `Retry-After`."""

    async def fault(_request: web.Request, _good: web.Response) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, content_type=kind, headers=named)

    return fault


def redirects(to: str, status: int = 302) -> Fault:
    """Sends the client elsewhere; `{path}` stands for what was asked."""

    async def fault(request: web.Request, _good: web.Response) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": to.replace("{path}", str(request.rel_url))})

    return fault


def shortened(share: float = 0.5) -> Fault:
    """A part of the body, said to be the whole."""

    async def fault(_request: web.Request, good: web.Response) -> web.StreamResponse:
        body = _bytes(good)
        return web.Response(body=body[: int(len(body) * share)], content_type=good.content_type)

    return fault


def cut(share: float = 0.5, *, packed: bool = False) -> Fault:
    """The connection closes in the middle of the body that Content-Length promised."""

    async def fault(request: web.Request, good: web.Response) -> web.StreamResponse:
        body = gzip.compress(_bytes(good)) if packed else _bytes(good)
        headers = {"Content-Type": good.content_type, "Content-Length": str(len(body))}
        if packed:
            headers["Content-Encoding"] = "gzip"
        return await _stream_and_drop(request, headers, body[: int(len(body) * share)])

    return fault


def packed(share: float = 1.0) -> Fault:
    """The body as gzip, whole or with its end missing."""

    async def fault(_request: web.Request, good: web.Response) -> web.StreamResponse:
        body = gzip.compress(_bytes(good))
        headers = {"Content-Encoding": "gzip", "Content-Type": good.content_type}
        return web.Response(body=body[: int(len(body) * share)], headers=headers)

    return fault


def bomb(size: int) -> Fault:
    """A gzip that unfolds to so many bytes."""

    async def fault(_request: web.Request, good: web.Response) -> web.StreamResponse:
        headers = {"Content-Encoding": "gzip", "Content-Type": good.content_type}
        return web.Response(body=gzip.compress(b" " * size), headers=headers)

    return fault


def drips(pause: float = 0.02) -> Fault:
    """A byte now and then."""

    async def fault(request: web.Request, good: web.Response) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": good.content_type})
        await response.prepare(request)
        with suppress(ConnectionResetError):
            for byte in _bytes(good):
                await response.write(bytes([byte]))
                await asyncio.sleep(pause)
        return response

    return fault


def endless() -> Fault:
    """A body that never ends, as fast as it goes."""

    async def fault(request: web.Request, good: web.Response) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": good.content_type})
        await response.prepare(request)
        with suppress(ConnectionResetError):
            while True:
                await response.write(b"<!-- on and on -->" * 4000)
        return response

    return fault


def drops() -> Fault:
    """The connection closes before any answer."""

    async def fault(request: web.Request, _good: web.Response) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    return fault


async def _stream_and_drop(request: web.Request, headers: dict[str, str], part: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    await response.write(part)
    assert request.transport is not None
    request.transport.close()
    return response


def _bytes(response: web.Response) -> bytes:
    assert isinstance(response.body, bytes)
    return response.body


async def serve(port_file: Path, feeds: Sequence[bytes]) -> None:
    """Serve saved feeds, one after the other, until killed."""
    async with FakeArxiv() as arxiv:
        arxiv.saved = list(feeds)
        await asyncio.to_thread(port_file.write_text, arxiv.url.rpartition(":")[2], encoding="ascii")
        await asyncio.Event().wait()


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("feeds", nargs="+", type=Path)
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.port_file, [file.read_bytes() for file in chosen.feeds]))


if __name__ == "__main__":
    main()
