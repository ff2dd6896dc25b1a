"""A bot process that is made to be killed: the real services, a slow analyst, and a death at a chosen point.

`python -m tests.kill.worker --config FILE --die POINT:COUNT`: the process kills itself with SIGKILL when it passes
POINT for the COUNT-th time. Points: `claimed` (a delivery was claimed, nothing sent), `sent` (the post was made,
nothing confirmed), `commit` (all statements of a transaction are done, its commit is not). With `--model`: `reserved`
(a call is a row, nothing was asked), `answered` (the reply is here and nowhere else), `stored` (the raw reply is a row,
nothing was read), `settled` (it was read, and no verdict was stored).
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import event

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.app import App, open_app
from bot.cli.run import stopper
from bot.config.settings import load_settings
from bot.core.papers.paper import Paper
from bot.core.posts.post import Post, PostKey, PostRef
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import ShortVerdict, Verdict, Wait
from bot.ports.platform import Platform
from bot.ports.store import Store
from bot.services.runtime.rounds import Keep, run_forever, run_once
from bot.store.database.database import Database
from tests.fakes.progress import Silent


class Death:
    """Counts passings and kills this process at the chosen one."""

    def __init__(self, wanted: str) -> None:
        self._point, _, count = wanted.partition(":")
        self._left = int(count or 0)

    def passing(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


SHORT = ShortVerdict("A test.", "Is a test.", None)


class SlowAnalyst(ScanAnalyst):
    """The scan with a model's slowness, and with a short verdict so that papers get cards."""

    delay = 0.0

    async def judge_many(self, papers: Sequence[Paper], lens: Lens) -> Sequence[Verdict | Wait]:
        await asyncio.sleep(self.delay * len(papers))
        verdicts = await super().judge_many(papers, lens)
        return [replace(verdict, short=SHORT) if isinstance(verdict, Verdict) else verdict for verdict in verdicts]


class DyingPlatform:
    """A platform, with a death before and after the effect."""

    def __init__(self, inner: Any, death: Death) -> None:
        self._inner = inner
        self._death = death
        lines = 40 if inner.name == "console" else inner.capacity.list_lines
        self.name, self.capacity = inner.name, replace(inner.capacity, list_lines=lines)

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        self._death.passing("claimed")
        try:
            ref: PostRef = await self._inner.send(key, post, thread)
        finally:
            self._death.passing("sent")
        return ref

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def die_in_commits(app: App, death: Death) -> None:
    """Have every write transaction pass the point `commit` right before its COMMIT."""
    database: Database = app.store._database  # type: ignore[attr-defined]
    assert database._writer is not None
    event.listen(database._writer.sync_engine, "commit", lambda _connection: death.passing("commit"))


class DyingCalls:
    """The store, with a death before and after each step of a call."""

    def __init__(self, inner: Any, death: Death) -> None:
        self._inner = inner
        self._death = death

    async def reserve_call(self, *arguments: Any) -> Any:
        call = await self._inner.reserve_call(*arguments)
        self._death.passing("reserved")
        return call

    async def store_reply(self, *arguments: Any) -> None:
        self._death.passing("answered")
        await self._inner.store_reply(*arguments)
        self._death.passing("stored")

    async def settle_call(self, *arguments: Any) -> None:
        await self._inner.settle_call(*arguments)
        self._death.passing("settled")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


async def work(config: Path, death: Death, delay: float, with_model: bool, on: str, listens: bool) -> None:
    SlowAnalyst.delay = delay
    settings = load_settings(config, os.environ)
    async with open_app(settings) as app:
        dying = cast(Platform, DyingPlatform(app.platforms[on], death))
        app = replace(app, platforms={**app.platforms, on: dying})
        die_in_commits(app, death)
        if with_model:
            app = replace(app, store=cast(Store, DyingCalls(app.store, death)))
        else:
            app = replace(app, analyst=SlowAnalyst(app.clock))
        if listens:
            stop, _ = stopper()
            keep = Keep(timedelta(days=30), timedelta(days=90))
            await run_forever(app.store, app.crews(), app.clock, stop, keep, list(app.platforms.values()), app.inbox)
            return
        await run_once(app.store, app.crews(), app.clock, asyncio.Event(), app.lease + timedelta(seconds=0.5), Silent())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--die", default="")
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--model", action="store_true")
    parser.add_argument("--on", default="console")
    parser.add_argument("--listen", action="store_true", help="hear people, until terminated")
    chosen = parser.parse_args()
    asyncio.run(work(chosen.config, Death(chosen.die), chosen.delay, chosen.model, chosen.on, chosen.listen))


if __name__ == "__main__":
    main()
