"""The connection to Discord: each way in which it can end has a name, and it comes back by itself."""

import asyncio
import contextlib
import itertools
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket

from bot.core.errors import PlaceClosed, PlatformDown
from bot.core.posts.connection import LinkState
from bot.core.posts.post import Place, PostKind
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.api.client import Wire
from tests.fakes.discord_bot import QUICK, Box, build, key_for, listening, place_of, post_of, until
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, User

pytest_plugins = ("tests.fakes.discord_fixtures",)

CONTENT = 1 << 15
ROOT = str(Path(__file__).resolve().parents[2])


@asynccontextmanager
async def struggling(fake: FakeDiscord, box: Box, **options: Any) -> AsyncIterator[DiscordPlatform]:
    """Our platform, which tries to connect."""
    platform = build(fake, **options)
    running = asyncio.create_task(platform.run(box))
    try:
        yield platform
    finally:
        assert not running.done(), running
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await platform.close()


def state(platform: DiscordPlatform) -> LinkState:
    return platform.connection.state


async def hears(fake: FakeDiscord, papers: Channel, ann: User, box: Box) -> None:
    """Whether what people do arrives."""
    before = len(box.taken)
    await fake.slash(ann, papers, "status")
    assert len(box.taken) == before + 1


async def test_a_start_warns_of_no_library_for_voices(fake: FakeDiscord, papers: Channel, tmp_path: Path) -> None:
    told = f'[discord]\ntoken = "{fake.token}"\napi_url = "{fake.api_base}"\n[arxiv]\ncontact = "tests@example.org"\n'
    (tmp_path / "config.toml").write_text(told)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COPECHECK_")}
    kept["PYTHONPATH"] = ROOT
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=tmp_path, env=kept, stdout=PIPE, stderr=STDOUT
    )
    try:
        await until(lambda: bool(fake.gateway.identifies) or bot.returncode is not None)
    finally:
        with contextlib.suppress(ProcessLookupError):
            bot.terminate()
    said, _ = await bot.communicate()
    assert fake.gateway.identifies, said.decode()
    assert "voice" not in said.decode().lower()


async def test_no_privileged_intent_is_asked_for_unless_the_operator_says_so(
    fake: FakeDiscord, papers: Channel, box: Box
) -> None:
    async with listening(fake, box):
        assert fake.gateway.identifies[0]["intents"] == 1 << 0 | 1 << 9 | 1 << 12
    fake.world.privileged = CONTENT
    async with listening(fake, box, message_content=True):
        assert fake.gateway.identifies[1]["intents"] & CONTENT


async def test_a_malformed_payload_ends_a_life_and_not_the_bot(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box
) -> None:
    async with listening(fake, box) as platform:
        fake.gateway.send_malformed()
        await until(lambda: state(platform) is LinkState.RECONNECTING)
        assert "cannot be read" in platform.connection.detail
        await until(lambda: state(platform) is LinkState.CONNECTED)
        await hears(fake, papers, ann, box)
    assert len(fake.gateway.identifies) == 2


async def test_a_lost_connection_is_resumed_and_nothing_is_missed(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box
) -> None:
    async with listening(fake, box) as platform:
        fake.gateway.drop()
        await fake.slash(ann, papers, "status", wait=False)
        await until(lambda: len(box.taken) == 1)
        await until(lambda: state(platform) is LinkState.CONNECTED)
    assert len(fake.gateway.resumes) == 1
    assert fake.gateway.paths[-1] == "/resume"


@pytest.mark.parametrize("breaking", ["ask_to_reconnect", "invalidate"])
async def test_a_session_that_discord_ends_begins_anew(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, breaking: str
) -> None:
    async with listening(fake, box) as platform:
        getattr(fake.gateway, breaking)()
        await until(lambda: len(fake.gateway.resumes) + len(fake.gateway.identifies) == 2)
        await until(lambda: state(platform) is LinkState.CONNECTED)
        await hears(fake, papers, ann, box)


async def test_a_revoked_token_is_named_and_another_one_is_no_dead_process(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box
) -> None:
    token = fake.token
    async with listening(fake, box) as platform:
        fake.revoke_token()
        await until(lambda: state(platform) is LinkState.TOKEN_REFUSED)
        assert "discord.token" in platform.connection.remedy
        assert token not in f"{platform.connection}"
        fake.token = token
        await until(lambda: state(platform) is LinkState.CONNECTED)
        await hears(fake, papers, ann, box)


async def test_a_token_that_was_never_good_is_named(fake: FakeDiscord, papers: Channel, box: Box) -> None:
    token = fake.token
    fake.token = "another"
    async with struggling(fake, box) as platform:
        platform._life._token = token
        await until(lambda: state(platform) is LinkState.TOKEN_REFUSED)


async def test_an_intent_that_is_not_switched_on_is_named_with_its_remedy(
    fake: FakeDiscord, papers: Channel, box: Box
) -> None:
    async with struggling(fake, box, message_content=True) as platform:
        await until(lambda: state(platform) is LinkState.INTENT_MISSING)
        assert "Message Content Intent" in platform.connection.remedy
        fake.world.privileged = CONTENT
        await until(lambda: state(platform) is LinkState.CONNECTED)


async def test_a_ready_that_never_comes_is_named_and_tried_again(
    fake: FakeDiscord, papers: Channel, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake.gateway, "_greet", lambda session: None)
    async with struggling(fake, box, patience=replace(QUICK, ready=0.4)) as platform:
        await until(lambda: state(platform) is LinkState.UNREACHABLE)
        assert "READY" in platform.connection.detail
        monkeypatch.undo()
        await until(lambda: state(platform) is LinkState.CONNECTED)


async def test_a_server_that_cannot_be_reached_is_named(box: Box, fake: FakeDiscord) -> None:
    async with struggling(fake, box, api_url="http://127.0.0.1:9/api/v10") as platform:
        await until(lambda: state(platform) is LinkState.UNREACHABLE)
        assert "discord.api_url" in platform.connection.remedy


@pytest.mark.parametrize(("code", "expected"), [(4011, LinkState.UNREACHABLE), (4013, LinkState.INTENT_MISSING)])
async def test_other_closings_that_end_a_life_are_named(
    fake: FakeDiscord, papers: Channel, box: Box, code: int, expected: LinkState
) -> None:
    async with listening(fake, box) as platform:
        fake.gateway.close(code)
        await until(lambda: state(platform) is expected)
        assert str(code) in platform.connection.detail
        await until(lambda: state(platform) is LinkState.CONNECTED)


async def test_the_waits_between_lives_grow(fake: FakeDiscord, box: Box) -> None:
    token, fake.token = fake.token, "another"
    async with struggling(fake, box, patience=replace(QUICK, first=0.05, most=1.0)) as platform:
        platform._life._token = token
        moments: list[float] = []
        loop = asyncio.get_running_loop()
        while len(moments) < 5:
            before = fake.limits.invalid
            await until(lambda before=before: fake.limits.invalid > before)
            moments.append(loop.time())
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert gaps[-1] > gaps[0]


async def test_no_more_sessions_today_is_named(fake: FakeDiscord, papers: Channel, box: Box) -> None:
    fake.gateway.starts_left = 0
    async with struggling(fake, box) as platform:
        await until(lambda: "no more connections today" in platform.connection.detail)
        assert fake.gateway.identifies == []
    assert "no more connections today" in (await tried(fake))[0]


# -- where it connects to


async def test_without_a_gateway_address_discords_own_word_counts(fake: FakeDiscord, papers: Channel, box: Box) -> None:
    async with listening(fake, box, shard_count=1):
        assert str(DiscordWebSocket.DEFAULT_GATEWAY) == fake.gateway.url


async def test_a_gateway_address_of_the_settings_counts_for_resuming_too(
    fake: FakeDiscord, papers: Channel, box: Box
) -> None:
    async with listening(fake, box, gateway_url=fake.gateway.url) as platform:
        fake.gateway.drop()
        await until(lambda: len(fake.gateway.resumes) == 1)
        await until(lambda: state(platform) is LinkState.CONNECTED)
    assert set(fake.gateway.paths) == {"/gateway"}


async def test_every_shard_hears_its_own_servers(fake: FakeDiscord, papers: Channel, box: Box) -> None:
    homes = []
    for shard in (0, 1):
        guild = fake.add_guild(f"Shard {shard}", guild_id=((1 << 22) * (2 * 10**10 + shard)))
        assert (guild.id >> 22) % 2 == shard
        who = fake.add_user(f"of {shard}")
        fake.join(guild, who)
        homes.append((fake.add_channel(guild, "papers"), who))
    async with listening(fake, box, shard_count=2):
        for channel, who in homes:
            await hears(fake, channel, who, box)
    assert sorted(one["shard"] for one in fake.gateway.identifies) == [[0, 2], [1, 2]]
    box.hashes.clear()
    async with listening(fake, box, shard_count=2, shard_ids=(1,)):
        await hears(fake, *homes[1], box)
    assert fake.gateway.identifies[-1]["shard"] == [1, 2]


# -- what changes in a server


@pytest.mark.parametrize("change", ["overwrite", "role", "outage"])
async def test_a_change_that_may_mend_a_place_is_told(
    fake: FakeDiscord, guild: Guild, papers: Channel, box: Box, change: str
) -> None:
    fake.set_overwrite(papers, fake.bot_role(guild), deny=("send_messages",))
    async with listening(fake, box):
        await asyncio.sleep(0.2)
        box.mendings.clear()
        if change == "overwrite":
            fake.set_overwrite(papers, fake.bot_role(guild), allow=("send_messages",))
        elif change == "role":
            fake.set_role(guild, fake.bot_role(guild), "view_channel", "send_messages", "read_message_history")
        else:
            fake.set_outage(guild, is_out=True)
            await asyncio.sleep(0.1)
            fake.set_outage(guild, is_out=False)
        await until(lambda: place_of(papers) in box.mendings)


async def test_a_thread_that_is_unlocked_is_told(fake: FakeDiscord, papers: Channel, box: Box) -> None:
    thread = fake.add_thread(papers, "agents")
    fake.set_thread(thread, locked=True)
    async with listening(fake, box):
        await asyncio.sleep(0.2)
        box.mendings.clear()
        fake.set_thread(thread, locked=False)
        await until(lambda: place_of(thread) in box.mendings)


async def test_a_server_that_throws_us_out_is_left_with_all_its_places(
    fake: FakeDiscord, guild: Guild, papers: Channel, box: Box
) -> None:
    other = fake.add_channel(fake.add_guild("Another"), "theirs")
    async with listening(fake, box) as platform:
        fake.set_outage(guild, is_out=True)  # an outage is no farewell
        await asyncio.sleep(0.1)
        assert box.left == []
        fake.set_outage(guild, is_out=False)
        await until(lambda: platform._places.cached(papers.id) is not None)
        fake.remove_from_guild(guild)
        await until(lambda: bool(box.left))
    ((community, places),) = box.left
    assert community == f"discord:{guild.id}"
    assert place_of(papers) in places
    assert place_of(other) not in places


async def test_a_server_that_threw_us_out_while_nobody_listened_is_left_at_the_next_start(
    fake: FakeDiscord, guild: Guild, papers: Channel, box: Box
) -> None:
    gone, other, away = fake.add_guild("Gone"), fake.add_guild("Another"), fake.add_guild("Away")
    fake.set_outage(away, is_out=True)
    fake.remove_from_guild(gone)
    box.stored = [*(f"discord:{one.id}" for one in (guild, gone, other, away)), "discord:dm", "discord:123"]
    async with listening(fake, box):
        await until(lambda: len(box.left) == 2)
        await asyncio.sleep(0.2)
    assert box.left == [(f"discord:{gone.id}", ()), ("discord:123", ())]


async def test_a_server_is_only_left_when_discord_says_that_we_are_not_in_it(
    fake: FakeDiscord, guild: Guild, papers: Channel, box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    box.stored = ["discord:123"]
    fake.troubles.add("fail_before", "GET /guilds/{guild_id}")
    async with listening(fake, box):
        await until(lambda: "not known whether" in caplog.text)
    assert box.left == []


async def test_a_deleted_channel_is_a_closed_place_and_nothing_is_forgotten(
    fake: FakeDiscord, guild: Guild, papers: Channel, box: Box
) -> None:
    async with listening(fake, box) as platform:
        await until(lambda: platform._places.cached(papers.id) is not None)
        fake.delete_channel(papers)
        await until(lambda: platform._places.cached(papers.id) is None)
        with pytest.raises(PlaceClosed, match="no longer does"):
            await platform.send(key_for(papers), post_of(), None)
    assert box.left == []


async def test_a_place_that_is_closed_by_the_cache_costs_no_request(
    fake: FakeDiscord, guild: Guild, papers: Channel, box: Box
) -> None:
    fake.set_overwrite(papers, fake.bot_role(guild), deny=("send_messages",))
    async with listening(fake, box) as platform:
        await until(lambda: platform._places.cached(papers.id) is not None)
        for _ in range(3):
            with pytest.raises(PlaceClosed, match="Send Messages"):
                await platform.send(key_for(papers), post_of(), None)
        assert await platform.check(place_of(papers)) != []
    assert fake.limits.invalid == 0
    assert fake.limits.hits["POST /channels/{channel_id}/messages"] == 0


async def test_a_thread_that_may_not_be_opened_by_the_cache_costs_no_request(
    fake: FakeDiscord, guild: Guild, papers: Channel, box: Box
) -> None:
    async with listening(fake, box) as platform:
        await until(lambda: platform._places.cached(papers.id) is not None)
        opening = await platform.send(key_for(papers, "day", PostKind.OPENING), post_of(), None)
        fake.set_overwrite(papers, fake.bot_role(guild), deny=("create_public_threads",))
        await until(lambda: place_of(papers) in box.mendings)
        with pytest.raises(PlaceClosed, match="Create Public Threads"):
            await platform.send(key_for(papers, "day/1", PostKind.LIST), post_of("Rest", PostKind.LIST), opening)
    assert fake.limits.invalid == 0


async def test_a_failing_event_is_not_the_end(fake: FakeDiscord, guild: Guild, papers: Channel, ann: User) -> None:
    class Broken(Box):
        async def mended(self, *places: Place) -> None:
            raise RuntimeError("no")

        async def leave_community(self, community: str, places: Any = ()) -> None:
            raise RuntimeError("no")

    box = Broken()
    other = fake.add_guild("Another")
    async with listening(fake, box) as platform:
        fake.set_overwrite(papers, fake.bot_role(guild), allow=("send_messages",))
        fake.remove_from_guild(other)
        await asyncio.sleep(0.2)
        assert state(platform) is LinkState.CONNECTED
        await hears(fake, papers, ann, box)


# -- `copecheck check`


async def tried(fake: FakeDiscord, **options: Any) -> list[str]:
    platform = build(fake, **options)
    try:
        return [f"{one.what} {one.remedy}" for one in await platform.diagnose()]
    finally:
        await platform.close()


async def test_a_bot_that_is_in_no_server_is_told_to_be_invited(fake: FakeDiscord) -> None:
    (nowhere,) = await tried(fake)
    assert "in no server" in nowhere


@pytest.mark.usefixtures("guild")
async def test_a_good_token_has_no_problems_and_an_invite_link_with_the_smallest_set(fake: FakeDiscord) -> None:
    platform = build(fake)
    assert platform.introduce() == ()
    assert list(await platform.diagnose()) == []
    words = "\n".join(platform.introduce())
    await platform.close()
    needed = 1 << 10 | 1 << 11 | 1 << 16 | 1 << 35 | 1 << 38
    assert f"client_id={fake.world.application_id}" in words
    assert f"permissions={needed}" in words
    assert "scope=bot+applications.commands" in words


@pytest.mark.usefixtures("guild")
async def test_each_fault_of_token_and_application_has_its_remedy(fake: FakeDiscord) -> None:
    (content,) = await tried(fake, message_content=True)
    assert "Message Content Intent" in content
    fake.world.privileged = CONTENT
    assert await tried(fake, message_content=True) == []
    platform = build(fake)
    fake.revoke_token()
    (problem,) = await platform.diagnose()
    assert "refuses the token" in problem.what
    await platform.close()
    with pytest.raises(PlatformDown):
        await Wire("x", "http://127.0.0.1:9/api/v10").call("GET", "/users/@me")
