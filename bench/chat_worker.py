"""The bot as a process of its own, with verdicts that cost no time: `python -m bench.chat_worker FILE`."""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.app import open_app
from bot.cli.run import stopper
from bot.config.settings import load_settings
from bot.core.papers.paper import Paper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import ShortVerdict, Verdict, Wait
from bot.services.runtime.rounds import Keep, run_forever


class Opinion(ScanAnalyst):
    """The scan with a short verdict, so that every paper gets a card."""

    async def judge_many(self, papers: Sequence[Paper], lens: Lens) -> Sequence[Verdict | Wait]:
        """At once."""
        short = ShortVerdict("It measures.", "Is measured.", None)
        answers = await super().judge_many(papers, lens)
        return [replace(answer, short=short) if isinstance(answer, Verdict) else answer for answer in answers]


async def _work(config: Path) -> None:
    stop, _ = stopper()
    async with open_app(load_settings(config, os.environ)) as app:
        app = replace(app, analyst=Opinion(app.clock))
        keep = Keep(timedelta(days=30), timedelta(days=90))
        await run_forever(app.store, app.crews(), app.clock, stop, keep, list(app.platforms.values()), app.inbox)


if __name__ == "__main__":
    asyncio.run(_work(Path(sys.argv[1])))
