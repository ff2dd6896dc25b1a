"""The bot as a process of its own, with verdicts that cost no time: `python -m bench.chat_worker FILE`."""

import asyncio
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.analyst.scan import ScanAnalyst
from bot.app import open_app
from bot.cli.run import stopper
from bot.config import load_settings
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.verdict import Analysis, Claim, Verdict, Wait
from bot.ports import CallLog
from bot.services.rounds import Keep, run_forever


class Opinion(ScanAnalyst):
    """The scan with an analysis, so that every paper gets a card."""

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """At once."""
        verdict = await super().judge(paper, lens, call_log)
        if not isinstance(verdict, Verdict):
            return verdict
        said = Analysis("It measures.", "Is measured.", Claim("It measures."), None, (), "", (), "", "")
        return replace(verdict, analysis=said)


async def _work(config: Path) -> None:
    stop, _ = stopper()
    async with open_app(load_settings(config, os.environ)) as app:
        app = replace(app, analyst=Opinion(app.clock))
        keep = Keep(timedelta(days=30), timedelta(days=90))
        await run_forever(app.store, app.crews(), app.clock, stop, keep, list(app.platforms.values()), app.inbox)


if __name__ == "__main__":
    asyncio.run(_work(Path(sys.argv[1])))
