"""How often one changes the module on three journeys: `PYTHONPATH=. python docs/checks/journeys.py [CHECKOUT]`.

The real bot runs beside our own arXiv and Slack on loopback, and every call is watched from a journey's first event to
its last: a day's feed to a card, a known `verdict` by Slack to its answer, a remark in a thread to its answer. An arrow
is a call that leads from one module of `bot/` into another, counted once however often it is made: so often a reader
who follows the journey opens another file. What stood in less than all of `RUNS` runs (a heartbeat, a look at the
clock of something else) is left out. What is read in a worker's process is not seen; the reading of a page was in the
bot's own process before there were workers. CHECKOUT: another one, such as an older commit's.
"""

import asyncio
import logging
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
sys.path.insert(0, str(ROOT))

from tests.platforms.slack_bench import until  # noqa: E402
from tests.platforms.slack_whole import follow, whole  # noqa: E402
from tests.platforms.test_slack_talk_whole import a_card, inside, still  # noqa: E402

RUNS = 3
WITHIN_SECONDS = 120
BOT = f"{ROOT / 'bot'}/"
TOLD = "We visited 40 kitchens"

Arrows = set[tuple[str, str]]
_modules: dict[CodeType, str] = {}


def _module(frame: FrameType) -> str:
    """The module of ours that a frame runs, as a path within `bot/`; nothing for others' code."""
    code = frame.f_code
    if code not in _modules:
        _modules[code] = code.co_filename.removeprefix(BOT) if code.co_filename.startswith(BOT) else ""
    return _modules[code]


@contextmanager
def watched() -> Iterator[Arrows]:
    """The arrows that are gone along within the block."""
    arrows: Arrows = set()
    begun: list[str] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event != "call" or not (here := _module(frame)):
            return
        caller = frame.f_back
        while caller is not None and not _module(caller):
            caller = caller.f_back
        if here.endswith("/poll.py") and frame.f_code.co_name != "__init__" and not begun:  # the bot is built by then
            begun.append(here)
            arrows.clear()
        if caller is not None and _module(caller) != here:
            arrows.add((_module(caller), here))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield arrows
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


async def journeys(folder: Path) -> dict[str, Arrows]:
    """One run of the three."""
    found: dict[str, Arrows] = {}
    with watched() as arrows:
        async with whole(folder, "socket", follows=[follow("one", "C0PAPERS", cards=1)]) as here:
            card, paper = await a_card(here)
            found["feed to card"] = set(arrows)
            await still(here)  # the day's other posts are no part of what follows
            arrows.clear()
            await here.slack.slash("bob", "papers", "/copecheck", f"verdict {paper} plain")
            await here.says("bob", paper, within=WITHIN_SECONDS)
            found["known verdict on Slack"] = set(arrows)
            await still(here)
            arrows.clear()
            await here.slack.mention("bob", "papers", "how many kitchens were visited?", thread=card.ts)
            await until(lambda: TOLD in str([post.blocks for post in inside(here, card)]), WITHIN_SECONDS)
            found["remark to answer"] = set(arrows)
            await here.slack.courier.idle()
    return found


async def main() -> None:
    """All runs, and the table of what is common to them."""
    logging.disable(logging.CRITICAL)
    runs = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(await journeys(Path(folder)))
    sys.stdout.write("| journey | changes of module | modules |\n|---|---|---|\n")
    for name in runs[0]:
        common = set.intersection(*(run[name] for run in runs))
        sys.stdout.write(f"| {name} | {len(common)} | {len({module for arrow in common for module in arrow})} |\n")


if __name__ == "__main__":
    asyncio.run(main())
