"""How a test in another process acts on the fake: `POST /_fake/<act>` with the act's arguments as JSON.

`RemoteSlack(url)` is the test's side: `await slack.act("mention", user="bob", channel="papers", text="help")`.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from aiohttp import web

from tests.fakes.slack_server.faults import Fault

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack

ROOT = Path(__file__).resolve().parents[3]
ACTS = frozenset(
    [
        "slash",
        "remark",
        "mention",
        "remark_of_a_bot",
        "edit_remark",
        "delete_remark",
        "press",
        "press_in_view",
        "message_shortcut",
        "global_shortcut",
        "submit_view",
        "close_view",
        "open_home",
        "react",
        "invite_bot",
        "remove_bot",
        "archive",
        "unarchive",
        "revoke_tokens",
        "uninstall",
    ]
)


def serve(slack: "FakeSlack") -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of `/_fake/<act>`."""

    async def answer(request: web.Request) -> web.Response:
        name, given = request.match_info["act"], await request.json()
        if name in ACTS:
            done = await getattr(slack, name)(**given)
            return web.json_response(done.told() if done is not None else None)
        return web.json_response(await _SETTINGS[name](slack, **given))

    return answer


class RemoteSlack:
    """A fake that runs as its own process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.api_url = f"{url}/api/"

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def act(self, name: str, **given: Any) -> Any:
        """Do it there, and hear what came of it."""
        async with self._session.post(f"{self.url}/_fake/{name}", json=given) as response:
            response.raise_for_status()
            return await response.json()


@contextlib.asynccontextmanager
async def as_process(folder: Path, *arguments: str) -> AsyncIterator[tuple[RemoteSlack, Path]]:
    """The fake as its own process, and its journal; killed in the end."""
    port_file, journal = folder / "slack.port", folder / "slack.jsonl"
    files = ["--port-file", str(port_file), "--journal", str(journal)]
    module = [sys.executable, "-m", "tests.fakes.slack_server", *files, *arguments]
    process = await asyncio.create_subprocess_exec(*module, cwd=ROOT)
    try:
        async with RemoteSlack(await asyncio.to_thread(_read_when_there, port_file)) as slack:
            yield slack, journal
    finally:
        process.kill()
        await process.wait()


def _read_when_there(path: Path) -> str:
    until = time.monotonic() + 60
    while not path.exists():
        if time.monotonic() > until:
            raise TimeoutError("the fake Slack did not start")
        time.sleep(0.02)
    return path.read_text(encoding="utf-8")


async def _will(slack: "FakeSlack", method: str, faults: list[dict[str, Any]]) -> None:
    slack.wire.will(method, *(Fault(**fault) for fault in faults))


async def _sometimes(slack: "FakeSlack", method: str, fault: dict[str, Any], chance: float) -> None:
    slack.wire.sometimes(method, Fault(**fault), chance)


async def _heal(slack: "FakeSlack") -> None:
    slack.wire.heal()


async def _events_url(slack: "FakeSlack", url: str | None) -> None:
    slack.events_url = url


async def _disconnect(slack: "FakeSlack", reason: str = "refresh_requested", seconds: float = 0.0) -> None:
    await slack.sockets.disconnect(reason, seconds=seconds)


async def _drop_sockets(slack: "FakeSlack") -> None:
    slack.sockets.drop()


async def _hold(slack: "FakeSlack") -> None:
    slack.courier.is_held = True


async def _release(slack: "FakeSlack") -> int:
    return len(slack.courier.release())


async def _copies(slack: "FakeSlack", count: int) -> None:
    slack.courier.copies = count


async def _connected(slack: "FakeSlack", count: int = 1, seconds: float = 10.0) -> None:
    await slack.sockets.connected(count, seconds=seconds)


async def _messages(slack: "FakeSlack", channel: str) -> list[dict[str, Any]]:
    """Everything in a channel and its threads, oldest first, with metadata."""
    place = slack.world.channel(channel)
    return [one.shown(with_metadata=True) | {"channel": place.id} for one in place.messages]


async def _views(slack: "FakeSlack", user: str) -> list[dict[str, Any]]:
    return [view.body for view in slack.views.opened_by(slack.world.person(user).id)]


async def _state(slack: "FakeSlack") -> dict[str, Any]:
    """Faults, spoilt and refused calls, and what was sent to the bot in vain."""
    lost = [one.told() for one in slack.courier.deliveries if one.finished.is_set() and not one.acknowledged]
    waiting = sum(not one.finished.is_set() for one in slack.courier.deliveries)
    calls: dict[str, int] = {}
    for call in slack.web_api.calls:
        calls[call.method] = calls.get(call.method, 0) + 1
    return {
        "faults": slack.faults,
        "spoilt": dict(slack.wire.done),
        "refused": slack.limits.refused,
        "calls": calls,
        "lost": lost,
        "waiting": waiting,
        "connections": len(slack.sockets.connections),
    }


_SETTINGS: dict[str, Callable[..., Awaitable[Any]]] = {
    "will": _will,
    "sometimes": _sometimes,
    "heal": _heal,
    "events_url": _events_url,
    "disconnect": _disconnect,
    "drop_sockets": _drop_sockets,
    "hold": _hold,
    "release": _release,
    "copies": _copies,
    "connected": _connected,
    "messages": _messages,
    "views": _views,
    "state": _state,
}
