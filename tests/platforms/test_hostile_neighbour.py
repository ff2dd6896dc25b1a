"""One member's hostile paper or flood, over the real SDKs: others are acknowledged and answered meanwhile.

The paper is read by processes that are killed when they run over; a flood of messages is stored and answered in turn.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time as clock_time
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.config.settings import Settings
from bot.core.follows.follow import Follow, Origin
from bot.core.jobs.job import JobState, Queue
from bot.services.runtime.rounds import add_polls
from bot.sources.saved import SavedSource
from tests.fakes import feeds, latexml, pdfs
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.discord_bot import place_of, until
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, User
from tests.platforms.slack_bench import TRANSPORTS
from tests.platforms.slack_whole import whole
from tests.platforms.test_discord_whole import at_work, latest_weekday, own
from tests.platforms.test_hostile_paper import BRACKETS, QUOTES

pytest_plugins = ("tests.fakes.discord_fixtures",)
ACKNOWLEDGED_SECONDS = 3.0  # both platforms' limit
ANSWERED_SECONDS = 30.0
PDF = pdfs.bomb(400)


@asynccontextmanager
async def listening(fake: FakeDiscord, folder: Path) -> AsyncIterator[tuple[FakeArxiv, App]]:
    """The bot at work before a Discord and an arXiv that knows three papers."""
    day = SavedSource.parse(feeds.rss(latest_weekday(), feeds.invent_day(3)), "the day")
    async with FakeArxiv() as arxiv:
        urls = {"site_url": arxiv.url, "feed_url": arxiv.url, "api_url": arxiv.api_url, "request_gap_seconds": 0}
        told = {
            "store": {"url": str(folder / "store.db")},
            "platforms": {"console": {"show": False, "file": str(folder / "console.jsonl")}},
            "discord": {"token": fake.token, "api_url": fake.api_base},
            "arxiv": urls,
            "text": {"seconds": 6},
        }
        async with open_app(Settings.model_validate(told), source=day) as app, at_work(app):
            await until(lambda: bool(fake.world.commands.get(None)))
            yield arxiv, app


@pytest.mark.parametrize("form", ["brackets", "quotes", "pdf"])
async def test_on_discord_a_member_is_answered_while_anothers_hostile_paper_is_read(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path, form: str
) -> None:
    eve = fake.add_user("eve")
    fake.join(guild, eve)
    async with listening(fake, tmp_path) as (arxiv, _):
        paper = str(feeds.invent(2).id)
        if form == "pdf":
            arxiv.pdfs[f"{paper}v1"] = PDF
        else:
            page = {"brackets": BRACKETS, "quotes": QUOTES}[form]
            arxiv.pages[f"{paper}v1"] = latexml.page(page, id=paper)
        await fake.slash(eve, papers, "ask", question="What is it about?", paper=paper)
        await until(lambda: arxiv.count("pdf" if form == "pdf" else "html") > 0)
        for _ in range(6):
            begun = time.monotonic()
            one = await fake.slash(ann, papers, "help")
            assert one.acknowledged_after is not None
            assert one.acknowledged_after < ACKNOWLEDGED_SECONDS
            await until(lambda said=one: "verdict" in said.text, ANSWERED_SECONDS)
            assert time.monotonic() - begun < ANSWERED_SECONDS


async def test_another_communitys_day_goes_out_while_a_hostile_page_and_a_hostile_pdf_are_read(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path
) -> None:
    theirs = fake.add_channel(fake.add_guild("Another"), "theirs")
    async with listening(fake, tmp_path) as (arxiv, app):
        page, pdf = (str(feeds.invent(number).id) for number in (1, 2))
        arxiv.pages[f"{page}v1"] = latexml.page(QUOTES, id=page)
        arxiv.pdfs[f"{pdf}v1"] = PDF
        for paper in (page, pdf):
            await fake.slash(ann, papers, "ask", question="What is it about?", paper=paper)
        await until(lambda: arxiv.count("html") > 0)
        assert await app.store.list_jobs((JobState.OPEN,), Queue.LOOK), "the papers are being read"
        always = {"hour": clock_time(0), "weekdays": tuple(range(7)), "origin": Origin.COMMAND}
        await app.store.add_follow(Follow("theirs", place_of(theirs), ("cs.AI",), "plain", **always))  # type: ignore[arg-type]
        await add_polls(app.store)
        app.bell.ring(Queue.POLL)
        await until(lambda: len(own(fake, theirs)) >= 1)
        assert "3 announced" in own(fake, theirs)[0].text


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_on_slack_a_member_is_answered_while_another_sends_twelve_long_lines_of_dashes(
    tmp_path: Path, transport: str
) -> None:
    async with whole(tmp_path, transport) as here:
        flood = [asyncio.create_task(here.slack.remark("bob", "im", "-" * 3900)) for _ in range(12)]
        for _ in range(6):
            told = await here.slack.slash("carol", "papers", "/copecheck", "help")
            assert told.waited is not None
            assert told.waited < ACKNOWLEDGED_SECONDS
        await here.says("carol", "An arXiv link alone asks for its verdict", within=ANSWERED_SECONDS)
        await asyncio.gather(*flood)
