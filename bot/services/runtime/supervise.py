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
            await pause(stop, delay)
        else:
            return


async def pause(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until `stop` is set; whether it is."""
    try:
        async with asyncio.timeout(seconds):
            return await stop.wait()
    except TimeoutError:
        return False
