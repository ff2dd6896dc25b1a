"""The whole bot before a Slack on loopback: real services, a real store, arXiv's feed, and what people see of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.app import App, open_app
from bot.config.settings import Settings
from bot.core.papers.calendar import eastern_day
from bot.core.posts.connection import LinkState
from bot.platforms.slack import SlackPlatform
from bot.services.runtime.rounds import Keep, run_forever
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.feeds import invent_day
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.fakes.slack_server.world import Message
from tests.fakes.worlds import Reader
from tests.platforms.slack_bench import TEAM, until

ALWAYS = {"lens": "plain", "threshold": 1, "hour": "00:00", "weekdays": list(range(7)), "report": False}


@dataclass
class Whole:
    """The fake Slack, the fake arXiv and the bot at work between them."""

    slack: FakeSlack
    arxiv: FakeArxiv
    app: App
    folder: Path
    transport: str

    @property
    def platform(self) -> SlackPlatform:
        platform = self.app.platforms["slack"]
        assert isinstance(platform, SlackPlatform)
        return platform

    def shown(self, user: str) -> str:
        """All that a person was shown in private, buttons and all."""
        return str([one.blocks for one in self.slack.shown_to(user)])

    async def says(self, user: str, words: str, *, within: float = 25.0) -> str:
        """Wait until a person was shown these words."""
        await until(lambda: words in self.shown(user), within)
        return self.shown(user)

    async def press(self, message: Message, label: str, user: str) -> None:
        """Press the button of that label."""
        buttons = [e for b in message.blocks if b["type"] == "actions" for e in b["elements"]]
        (found,) = (one for one in buttons if label in one["text"]["text"])
        assert (await self.slack.press(message, found["action_id"], user=user)).acknowledged


def settings_of(slack: FakeSlack, arxiv: FakeArxiv, folder: Path, transport: str, **more: Any) -> Settings:
    ways: dict[str, dict[str, Any]] = {
        "socket": {"app_token": APP_TOKEN},
        "http": {"signing_secret": SIGNING_SECRET, "port": 0},
    }
    where = {"feed_url": arxiv.url, "api_url": arxiv.api_url, "site_url": arxiv.url, "request_gap_seconds": 0}
    told = {
        "arxiv": where,
        "store": {"url": str(folder / "store.db")},
        "slack": {"bot_token": BOT_TOKEN, "api_url": slack.api_url, "post_gap_seconds": 0, **ways[transport]},
        "platforms": {"console": {"show": False, "file": str(folder / "posts.jsonl")}},
        "work": {"lease_seconds": 10},
    }
    return Settings.model_validate({**told, **more})


@contextlib.asynccontextmanager
async def whole(
    folder: Path,
    transport: str,
    *,
    listens: bool = True,
    slack: FakeSlack | None = None,
    reads_by_rule: bool = True,
    **more: Any,
) -> AsyncIterator[Whole]:
    """The bot at work, listening, until the block ends."""
    async with slack or FakeSlack() as fake, FakeArxiv() as arxiv:
        fake.limits.is_on = False
        arxiv.announce(eastern_day(datetime.now(UTC)), invent_day(12))
        async with open_app(settings_of(fake, arxiv, folder, transport, **more)) as opened:
            app = replace(opened, analyst=Reader(ScanAnalyst(opened.clock))) if reads_by_rule else opened
            made = Whole(fake, arxiv, app, folder, transport)
            stop = asyncio.Event()
            keep = Keep(timedelta(days=7), timedelta(days=90))
            platforms = list(app.platforms.values())
            running = asyncio.create_task(
                run_forever(app.store, app.crews(), app.clock, stop, keep, platforms, app.inbox)
            )
            try:
                if listens:
                    await until(lambda: made.platform.connection.state is LinkState.CONNECTED)
                    fake.events_url = made.platform.address or None
                yield made
                assert fake.faults == []
            finally:
                stop.set()
                await running


def follow(name: str, channel: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "place": f"slack:{TEAM}/{channel}", "categories": ["cs.AI"], **ALWAYS, **more}


def posted(slack: FakeSlack, channel: str, kind: str) -> list[dict[str, Any]]:
    """The posts of a kind in a channel, from the fake's own journal."""
    return [one for one in slack.journal.of("posted", channel=channel) if f"|{kind}|" in (one["key"] or "")]
