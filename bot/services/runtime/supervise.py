"""A part that fails is started again, later each time; its failure is logged with the traceback and never silent."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.core.jobs.job import retry_delay

log = logging.getLogger(__name__)


async def supervise(name: str, run: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run a part until it returns or `stop` is set; after an exception wait and start it again."""
    failures = 0
    while not stop.is_set():
        started = asyncio.get_running_loop().time()
        try:
            await run()
        except Exception:
            lived = asyncio.get_running_loop().time() - started
            failures = 1 if lived > 300 else failures + 1
            delay = retry_delay(failures).total_seconds()
            log.exception("a part failed and is started again", extra={"part": name, "in_seconds": delay})
            await _sleep_until(stop, delay)
        else:
            return


async def _sleep_until(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
