"""The whole bot on Discord: real services, a real store, the real discord.py, and a server on loopback."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.app import App, open_app
from bot.cli.settings.check import _try_all
from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.core.follows.edition import Stands
from bot.core.posts.connection import LinkState, SeenConnection
from bot.core.posts.phrase import day_words
from bot.core.posts.post import Place
from bot.platforms.discord import DiscordPlatform
from bot.services.runtime.rounds import Keep, run_forever, run_once
from bot.sources.saved import SavedSource
from bot.store.sql import SqlStore
from tests.fakes import feeds
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.discord_bot import QUICK, place_of, until
from tests.fakes.discord_server.interactions import Interaction
from tests.fakes.discord_server.refusal import Refusal, invalid_form
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import THREAD_STARTER, Channel, Guild, Message, User
from tests.fakes.progress import Silent
from tests.fakes.worlds import Reader

pytest_plugins = ("tests.fakes.discord_fixtures",)

PAPERS = 7
KEEP = Keep(timedelta(days=1), timedelta(days=1))


def latest_weekday() -> date:
    day = datetime.now(UTC).date() - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def settings_for(fake: FakeDiscord, folder: Path, *places: Place, mode: str = "top") -> Settings:
    """The settings of a bot that follows cs.AI in those places, from the first minute of the day on."""
    follow = {"categories": ["cs.AI"], "lens": "plain", "threshold": 1, "mode": mode, "cards": 2, "hour": "00:00"}
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
async def opened(fake: FakeDiscord, folder: Path, *places: Place, mode: str = "top") -> AsyncIterator[App]:
    """The whole bot with one saved day, and an analyst that has opinions."""
    body = feeds.rss(latest_weekday(), feeds.invent_day(PAPERS))
    source = SavedSource.parse(body, "the day")
    async with open_app(settings_for(fake, folder, *places, mode=mode), source=source) as app:
        platform = app.platforms["discord"]
        assert isinstance(platform, DiscordPlatform)
        platform._life._patience = QUICK
        yield replace(app, analyst=Reader(ScanAnalyst(SystemClock())))


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


async def test_a_digest_in_a_forum_is_called_its_category_and_day(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    forum = fake.add_channel(guild, "posts", "forum")
    async with opened(fake, tmp_path, place_of(forum), mode="digest") as app:
        await one_round(app)
    (post,) = threads_of(guild, forum)
    assert "Cupboard" in own(fake, post)[0].text
    assert post.name == f"cs.AI · {day_words(latest_weekday())} · plain"


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


async def test_check_tries_discord_and_names_what_a_place_lacks(
    fake: FakeDiscord, guild: Guild, papers: Channel, tmp_path: Path
) -> None:
    async with FakeArxiv() as arxiv:
        said = settings_for(fake, tmp_path, place_of(papers)).model_dump()
        where = {"feed_url": arxiv.url, "api_url": arxiv.api_url, "site_url": arxiv.url, "request_gap_seconds": 0}
        settings = Settings.model_validate(said | {"arxiv": where | {"contact": "me@example.org"}})
        lines = await _try_all(settings)
        words = [f"{line['good']} {line['what']}: {line['found']}" for line in lines]
        assert any(one.startswith("True discord: invite it by https://discord.com/oauth2/") for one in words)
        assert any(one.startswith(f"True place discord:{papers.id}") for one in words)
        fake.set_overwrite(papers, fake.bot_role(guild), deny=("send_messages",))
        bad = [line for line in await _try_all(settings) if not line["good"] and line["what"].startswith("place")]
        assert ["Send Messages" in line["remedy"] for line in bad] == [True]
        fake.token = "another"
        bad = [line for line in await _try_all(settings) if not line["good"] and line["what"] == "discord"]
        assert ["refuses the token" in line["found"] for line in bad] == [True]


async def test_status_says_how_discord_is_connected(fake: FakeDiscord, papers: Channel, tmp_path: Path) -> None:
    async with opened(fake, tmp_path, place_of(papers)) as app, at_work(app):
        async with asyncio.timeout(20):
            while not [one for one in await app.store.connections() if one.connection.platform == "discord"]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        fake.revoke_token()
        async with asyncio.timeout(20):
            while LinkState.TOKEN_REFUSED not in [one.connection.state for one in await app.store.connections()]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    (seen,) = [one for one in await open_store(tmp_path) if one.connection.platform == "discord"]
    assert seen.connection.state is LinkState.STOPPED


async def open_store(folder: Path) -> Sequence[SeenConnection]:
    store = SqlStore(str(folder / "store.db"))
    await store.open()
    try:
        return await store.connections()
    finally:
        await store.close()


@pytest.mark.parametrize("refusals", [1, 3, 5])
async def test_a_day_whose_form_is_refused_stands_whole_and_status_says_so(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, refusals: int
) -> None:
    channel = fake.add_channel(guild, "first")
    fake.troubles.add("fail_before", "POST /channels/*/messages", times=refusals, status=400)
    async with opened(fake, tmp_path, place_of(channel)) as app:
        await one_round(app)
        (edition,) = await app.store.editions()
    said = str(
        [one.content or one.text for place in (channel, *threads_of(guild, channel)) for one in own(fake, place)]
    )
    assert edition.stands == Stands(posted=2, listed=PAPERS - 2)
    assert len([number for number in range(1, PAPERS + 1) if str(feeds.invent(number).id) in said]) == PAPERS
    assert len(own(fake, channel)) == 3


MESSAGES, POSTS = "POST /channels/{channel_id}/messages", "POST /channels/{channel_id}/threads"
THREADS = "POST /channels/{channel_id}/messages/{message_id}/threads"
BAD_WORDS = invalid_form("name", "CONTAINS_BAD_WORDS", "Contains words not allowed.")


def message_in(route: str, body: Any) -> Any:
    """The message that a request would post; nothing where it posts none."""
    return {MESSAGES: body, POSTS: (body or {}).get("message")}.get(route) or {}


def too_long(path: str, is_so: bool) -> Refusal | None:
    return invalid_form(path, "BASE_TYPE_MAX_LENGTH", "Must be shorter.") if is_so else None


# What a Discord finds wrong, and with what: whatever it is, the day stands.
TASTES: dict[str, Callable[[str, Any], Refusal | None]] = {
    "components": lambda route, body: too_long("components.0", bool(message_in(route, body).get("components"))),
    "selects": lambda route, body: too_long("components", '"options"' in json.dumps(message_in(route, body))),
    "content": lambda route, body: too_long(
        "content", bool(said := message_in(route, body)) and not 0 < len(said.get("content", "")) <= 320
    ),
    "size": lambda route, body: (
        Refusal(413, 40005, "Request entity too large") if len(json.dumps(message_in(route, body))) > 1500 else None
    ),
    "names": lambda route, body: BAD_WORDS if route in (POSTS, THREADS) and body["name"] != "Papers" else None,
    "tags": lambda route, body: Refusal(404, 10087, "Unknown tag") if (body or {}).get("applied_tags") else None,
}


@pytest.mark.parametrize("mode", ["top", "digest"])
@pytest.mark.parametrize("taste", TASTES)
async def test_a_day_stands_in_channels_and_forums_whatever_form_discord_refuses(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, taste: str, mode: str
) -> None:
    channel, forum = fake.add_channel(guild, "first"), fake.add_channel(guild, "posts", "forum", tags=("plain",))
    fake.dislikes = TASTES[taste]
    async with opened(fake, tmp_path, place_of(channel), place_of(forum), mode=mode) as app:
        await one_round(app)
        await one_round(app)
        stands = [one.stands for one in await app.store.editions()]
    assert [(one.nowhere, one.waiting, one.by_search) for one in stands if one] == [(0, 0, 0)] * 2
    for place in (channel, forum):
        here = [*own(fake, place), *(one for thread in threads_of(guild, place) for one in own(fake, thread))]
        said = str([one.content or one.text for one in here])
        assert [number for number in range(1, PAPERS + 1) if str(feeds.invent(number).id) not in said] == []


async def test_an_answer_that_is_refused_in_every_usual_form_is_given_in_its_least(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path
) -> None:
    async with opened(fake, tmp_path, place_of(fake.add_channel(guild, "elsewhere"))) as app:
        await one_round(app)
        async with at_work(app):
            await until(lambda: bool(fake.world.commands.get(None)))
            fake.dislikes = lambda route, body: too_long(
                "components", route.startswith("PATCH /webhooks") and len(json.dumps(body)) > 600
            )
            one = await fake.slash(ann, papers, "verdict", paper=str(feeds.invent(1).id))
            await answered(one, lambda text: "Cupboard 1" in text)


async def test_a_follow_in_a_thread_keeps_the_limit_of_its_day(
    fake: FakeDiscord, guild: Guild, papers: Channel, tmp_path: Path
) -> None:
    thread = fake.add_thread(papers, "Reading")
    body = feeds.rss(latest_weekday(), feeds.invent_day(300))
    source = SavedSource.parse(body, "the day")
    async with open_app(settings_for(fake, tmp_path, place_of(thread)), source=source) as opened_app:
        app = replace(opened_app, analyst=Reader(ScanAnalyst(SystemClock())))
        await one_round(app)
        (edition,) = await app.store.editions()
    assert len(own(fake, thread)) == 10
    assert edition.stands is not None
    assert edition.stands.by_search == sum(edition.fates.values()) - 2 - edition.stands.listed
