"""One browser for many pictures of pages: starting it takes longer than all else."""

import asyncio
import base64
import contextlib
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

Shoot = Callable[[str, Path], Awaitable[None]]
START_SECONDS = 120


@contextlib.asynccontextmanager
async def browser(width: int) -> AsyncIterator[Shoot]:
    """What takes a picture of a page, as wide as that and as high as the page is, into a file. It wants `chromium`."""
    program = shutil.which("chromium") or sys.exit("chromium is not on the path")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "about:blank")
        running = await asyncio.create_subprocess_exec(
            program, f"--user-data-dir={folder}", *options, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{await _port(Path(folder))}/json") as answer:
                    tabs = await answer.json()
                address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
                async with session.ws_connect(address, max_msg_size=0) as socket:
                    yield _shooting(socket, Path(folder) / "page.html", width)
        finally:
            running.terminate()
            await running.wait()


async def _port(folder: Path) -> str:
    """The port that the browser chose, once it wrote it down."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            with contextlib.suppress(FileNotFoundError, IndexError):
                return (folder / "DevToolsActivePort").read_text(encoding="utf-8").split()[0]
            await asyncio.sleep(0.1)


def _shooting(socket: aiohttp.ClientWebSocketResponse, file: Path, width: int) -> Shoot:
    number = 0

    async def ask(method: str, **told: Any) -> dict[str, Any]:
        nonlocal number
        number += 1
        await socket.send_json({"id": number, "method": method, "params": told})
        while (answer := await socket.receive_json()).get("id") != number:
            pass
        return dict(answer.get("result", {}))

    async def shoot(page: str, shot: Path) -> None:
        await asyncio.to_thread(file.write_text, page, encoding="utf-8")
        screen = {"width": width, "height": 100, "deviceScaleFactor": 1, "mobile": False}
        await ask("Emulation.setDeviceMetricsOverride", **screen)
        await ask("Page.enable")
        await ask("Page.navigate", url=file.as_uri())
        while (await socket.receive_json()).get("method") != "Page.loadEventFired":
            pass
        size = (await ask("Page.getLayoutMetrics"))["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1}
        taken = await ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        await asyncio.to_thread(shot.write_bytes, base64.b64decode(taken["data"]))

    return shoot
