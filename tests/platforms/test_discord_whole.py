"""The whole bot on Discord: real services, a real store, the real discord.py, and a server on loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.analyst.scan import ScanAnalyst
from bot.app import App, SystemClock, open_app
from bot.cli.paint import Silent
from bot.config import Settings
from bot.core.connection import LinkState
from bot.core.post import Place
from bot.platforms.discord import DiscordPlatform
from bot.services.rounds import Keep, run_forever, run_once
from bot.sources.saved import SavedSource
from tests.fakes import feeds
from tests.fakes.discord_bot import QUICK, place_of, until
from tests.fakes.discord_server.interactions import Interaction
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import THREAD_STARTER, Channel, Guild, Message, User
from tests.fakes.worlds import Reader

pytest_plugins = ("tests.fakes.discord_fixtures",)

PAPERS = 7
KEEP = Keep(timedelta(days=1), timedelta(days=1))


def latest_weekday() -> date:
    day = datetime.now(UTC).date() - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def settings_for(fake: FakeDiscord, folder: Path, *places: Place) -> Settings:
    """The settings of a bot that follows cs.AI in those places, from the first minute of the day on."""
    follow = {"categories": ["cs.AI"], "lens": "plain", "mode": "top", "cards": 2, "hour": "00:00"}
    follows = [follow | {"name": f"f{number}", "place": str(place)} for number, place in enumerate(places)]
    return Settings.model_validate(
        {
            "store": {"url": str(folder / "store.db")},
            "platforms": {"console": {"show": False, "file": str(folder / "console.jsonl")}},
            "discord": {"token": fake.token, "api_url": fake.api_base},
            "follows": follows,
        }
    )


@asynccontextmanager
async def opened(fake: FakeDiscord, folder: Path, *places: Place) -> AsyncIterator[App]:
    """The whole bot with one saved day, and an analyst that has opinions."""
    body = feeds.rss(latest_weekday(), feeds.invent_day(PAPERS))
    source = SavedSource.parse(body, "the day")
    async with open_app(settings_for(fake, folder, *places), source=source) as app:  # type: ignore[arg-type]
        platform = app.platforms["discord"]
        assert isinstance(platform, DiscordPlatform)
        platform._life._patience = QUICK
        yield replace(app, analyst=Reader(ScanAnalyst(SystemClock())))  # type: ignore[arg-type]


async def one_round(app: App) -> None:
    await run_once(app.store, app.crews(), app.clock, asyncio.Event(), timedelta(seconds=2), Silent())


@asynccontextmanager
async def at_work(app: App) -> AsyncIterator[DiscordPlatform]:
    """The bot as `run` runs it, connected."""
    platform, stop = app.platforms["discord"], asyncio.Event()
    assert isinstance(platform, DiscordPlatform)
    running = asyncio.create_task(run_forever(app.store, app.crews(), app.clock, stop, KEEP, [platform], app.inbox))
    try:
        await until(lambda: platform.connection.state is LinkState.CONNECTED)
        yield platform
    finally:
        stop.set()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def own(fake: FakeDiscord, channel: Channel) -> list[Message]:
    return [one for one in fake.posts(channel) if one.kind != THREAD_STARTER]


def threads_of(guild: Guild, channel: Channel) -> list[Channel]:
    return [one for one in guild.channels.values() if one.parent_id == channel.id]


async def answered(one: Interaction, is_so: Callable[[str], bool]) -> str:
    await until(lambda: is_so(one.text), patience=30)
    return one.text


async def test_a_day_is_posted_once_to_two_channels_and_a_forum(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    first, second = fake.add_channel(guild, "first"), fake.add_channel(guild, "second")
    forum = fake.add_channel(guild, "posts", "forum")
    async with opened(fake, tmp_path, place_of(first), place_of(second), place_of(forum)) as app:
        await one_round(app)
        await one_round(app)
    for channel in (first, second):
        assert len(own(fake, channel)) == 3  # the opening line and two cards
        (thread,) = threads_of(guild, channel)
        assert thread.id == own(fake, channel)[0].id
        assert len(own(fake, thread)) == 1
    opening, *cards = sorted(threads_of(guild, forum), key=lambda one: one.id)
    assert [len(own(fake, one)) for one in (opening, *cards)] == [2, 1, 1]
    made = [line for line in fake.journal.of("message_created") if line.get("digests")]
    digests = [digest for line in made for digest in set(line["digests"])]
    assert len(digests) == len(set(digests)) == 3 * 4
    assert fake.gateway.identifies == []  # a round needs no gateway


async def test_a_verdict_that_is_asked_for_comes_in_private_and_is_shared_once(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path
) -> None:
    async with opened(fake, tmp_path, place_of(fake.add_channel(guild, "elsewhere"))) as app:
        await one_round(app)
        async with at_work(app):
            await until(lambda: bool(fake.world.commands.get(None)))
            paper = str(feeds.invent(1).id)
            one = await fake.slash(ann, papers, "verdict", paper=paper)
            assert one.is_private
            await answered(one, lambda text: "Tests." in text)
            assert papers.messages == {}
            assert one.message is not None
            shared = await fake.press(ann, one.message, "Share here")
            await until(lambda: len(own(fake, papers)) == 1, patience=30)
            again = await fake.press(ann, one.message, "Share here")
            await again.finished()
            assert shared.is_private
            assert len(own(fake, papers)) == 1
            card = own(fake, papers)[0]
            voted = await fake.press(ann, card, "Agree")
            await voted.finished()
            assert voted.is_private
            assert "1 agree" in voted.text
            assert len(own(fake, papers)) == 1


async def test_a_follow_is_on_only_after_its_permissions_and_its_preview(
    fake: FakeDiscord, guild: Guild, papers: Channel, root: User, tmp_path: Path
) -> None:
    fake.set_overwrite(papers, fake.bot_role(guild), deny=("create_public_threads",))
    async with opened(fake, tmp_path, place_of(fake.add_channel(guild, "elsewhere"))) as app:
        await one_round(app)
        async with at_work(app):
            await until(lambda: bool(fake.world.commands.get(None)))
            refused = await fake.slash(root, papers, "follow add", categories="cs.AI", lens="plain")
            text = await answered(refused, lambda text: "Create Public Threads" in text)
            assert "Permissions" in text
            assert [one.place for one in await app.store.follows() if one.place == place_of(papers)] == []
            fake.set_overwrite(papers, fake.bot_role(guild), allow=("create_public_threads",))
            shown = await fake.slash(root, papers, "follow add", categories="cs.AI", lens="plain")
            await answered(shown, lambda text: "follow on" in str(shown.message.custom_ids if shown.message else ""))
            (follow,) = [one for one in await app.store.follows() if one.place == place_of(papers)]
            assert not follow.is_on
            assert shown.message is not None
            turned = next(known for known in shown.message.custom_ids if "follow on" in known)
            await (await fake.press(root, shown.message, turned)).finished()
            (follow,) = [one for one in await app.store.follows() if one.place == place_of(papers)]
            assert follow.is_on


async def test_a_closed_place_waits_its_owner_is_told_once_and_all_goes_out_when_it_is_mended(
    fake: FakeDiscord, guild: Guild, papers: Channel, tmp_path: Path
) -> None:
    fake.set_overwrite(papers, fake.bot_role(guild), deny=("send_messages",))
    owner = fake.world.users[guild.owner_id]
    async with opened(fake, tmp_path, place_of(papers)) as app, at_work(app):
        direct = fake.open_direct(owner)
        await until(lambda: bool(own(fake, direct)), patience=60)
        assert "Send Messages" in own(fake, direct)[0].text
        assert "#papers in Reading group" in own(fake, direct)[0].text
        fake.set_overwrite(papers, fake.bot_role(guild), allow=("send_messages",))
        await until(lambda: len(own(fake, papers)) == 3, patience=60)
        assert len(own(fake, direct)) == 1
    assert fake.limits.invalid == 0


async def test_two_servers_never_see_one_another(
    fake: FakeDiscord, guild: Guild, papers: Channel, root: User, tmp_path: Path
) -> None:
    other = fake.add_guild("Another")
    theirs, bob = fake.add_channel(other, "papers"), fake.add_user("bob")
    fake.join(other, bob, fake.add_role(other, "admins", "manage_guild"))
    async with opened(fake, tmp_path, place_of(papers)) as app:
        await one_round(app)
        async with at_work(app):
            await until(lambda: bool(fake.world.commands.get(None)))
            here = await fake.complete(root, papers, "verdict", "paper", paper="")
            there = await fake.complete(bob, theirs, "verdict", "paper", paper="")
            assert (len(here.choices) > 0, there.choices) == (True, [])
            names = await fake.complete(root, papers, "follow pause", "name", name="")
            none = await fake.complete(bob, theirs, "follow pause", "name", name="")
            assert (len(names.choices), none.choices) == (1, [])
            card = own(fake, papers)[1]
            await (await fake.press(root, card, "Agree")).finished()
            listed = await fake.slash(bob, theirs, "follow list")
            found = await fake.slash(bob, theirs, "recent")
            seen = await fake.slash(bob, theirs, "status")
            for one in (listed, found, seen):
                await one.finished()
                assert "f0" not in one.text
                assert "2606." not in one.text
            reached = await fake.slash(bob, theirs, "follow pause", name="f0", channel=papers)
            await reached.finished()
            assert "no such channel" in reached.text
            (follow,) = await app.store.follows()
            assert follow.is_on


async def test_t23_an_answer_after_the_tokens_life_is_a_normal_post(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(fake, tmp_path, place_of(fake.add_channel(guild, "elsewhere"))) as app:
        await one_round(app)
        platform: Any = app.platforms["discord"]
        monkeypatch.setattr(platform, "answers_until", lambda asked: datetime(2026, 1, 1, tzinfo=UTC))
        async with at_work(app):
            await until(lambda: bool(fake.world.commands.get(None)))
            await fake.slash(ann, papers, "verdict", paper=str(feeds.invent(1).id))
            await until(lambda: any("Tests." in one.text for one in own(fake, papers)), patience=30)
            assert len(own(fake, papers)) == 1


async def test_removing_the_bot_from_a_server_forgets_its_places(
    fake: FakeDiscord, guild: Guild, papers: Channel, root: User, tmp_path: Path
) -> None:
    async with opened(fake, tmp_path, place_of(fake.add_channel(fake.add_guild("Another"), "theirs"))) as app:
        await one_round(app)
        async with at_work(app):
            await until(lambda: bool(fake.world.commands.get(None)))
            added = await fake.slash(root, papers, "follow add", categories="cs.AI", lens="plain")
            await answered(added, lambda text: bool(text) and added.message is not None and not added.is_loading)
            fake.remove_from_guild(guild)
            async with asyncio.timeout(20):
                while any(one.place == place_of(papers) for one in await app.store.follows()):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert len(await app.store.follows()) == 1
