"""The fake Discord's REST side, seen by the real discord.py."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from tests.fakes.discord_server import spec
from tests.fakes.discord_server.limits import Rate
from tests.fakes.discord_server.pointing import running
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild
from tests.fakes.discord_server.trouble import Troubles

MESSAGES = "POST /channels/{channel_id}/messages"
THREADS = "POST /channels/{channel_id}/messages/{message_id}/threads"
DIGEST = "0123456789abcdef012345678"


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as server:
        yield server
        assert server.faults == []


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild()


@pytest.fixture
def papers(fake: FakeDiscord, guild: Guild) -> Channel:
    return fake.add_channel(guild, "papers")


async def post(fake: FakeDiscord, path: str, body: dict[str, Any], method: str = "POST") -> tuple[int, Any, Any]:
    """A request by hand, which heeds no header."""
    headers = {"Authorization": f"Bot {fake.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, fake.api_base + path, json=body) as answer,
    ):
        return answer.status, await answer.json(), answer.headers


def button(custom_id: str, label: str = "Status") -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": label, "custom_id": custom_id}


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


async def test_a_client_that_logs_in_sees_every_kind_of_channel(
    fake: FakeDiscord, papers: Channel, guild: Guild
) -> None:
    forum = fake.add_channel(guild, "posts", "forum", tags=("cs.LG",), needs_tag=True)
    fake.add_channel(guild, "news", "announcement")
    thread = fake.add_thread(papers, "about one paper")
    async with running(fake) as client:
        seen = client.get_guild(guild.id)
        assert seen is not None
        assert [channel.name for channel in seen.text_channels] == ["papers", "news"]
        assert seen.text_channels[1].is_news()
        assert [tag.name for tag in seen.get_channel(forum.id).available_tags] == ["cs.LG"]  # type: ignore[union-attr]
        assert seen.get_channel(forum.id).flags.require_tag  # type: ignore[union-attr]
        assert seen.get_thread(thread.id) is not None
        assert seen.me.guild_permissions.send_messages
        assert not seen.me.guild_permissions.administrator
        assert (await client.application_info()).id == fake.world.application_id


async def test_the_same_nonce_gives_the_earlier_message_in_the_same_channel(
    fake: FakeDiscord, papers: Channel, guild: Guild
) -> None:
    other = fake.add_channel(guild, "other")
    async with running(fake) as client:
        one = await client.get_channel(papers.id).send("once", nonce=DIGEST)  # type: ignore[union-attr]
        two = await client.get_channel(papers.id).send("once", nonce=DIGEST)  # type: ignore[union-attr]
        three = await client.get_channel(other.id).send("once", nonce=DIGEST)  # type: ignore[union-attr]
    assert one.id == two.id
    assert one.id != three.id
    assert len(fake.journal.of("message_created")) == 2


@pytest.mark.parametrize("past", ["window of zero", "after the window"])
async def test_a_nonce_that_is_no_longer_remembered_makes_a_second_message(
    fake: FakeDiscord, papers: Channel, past: str
) -> None:
    if past == "window of zero":
        fake.nonce_seconds = 0.0
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        one = await channel.send("once", nonce=DIGEST)
        fake.clock.forward(minutes=10 if past == "after the window" else 0)
        two = await channel.send("once", nonce=DIGEST)
    assert one.id != two.id


async def test_a_client_that_heeds_the_headers_meets_no_429(fake: FakeDiscord, papers: Channel) -> None:
    fake.limits.set(MESSAGES, Rate(2, 0.3))
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        await asyncio.gather(*(channel.send(str(number)) for number in range(5)))
    assert len(papers.messages) == fake.limits.hits[MESSAGES] == 5
    assert fake.limits.invalid == 0


async def test_who_heeds_no_header_gets_a_429_with_via_and_a_wait_with_a_fraction(
    fake: FakeDiscord, papers: Channel
) -> None:
    fake.limits.set(MESSAGES, Rate(1, 30.5), major=papers.id)
    path = f"/channels/{papers.id}/messages"
    status, _, headers = await post(fake, path, {"content": "one"})
    assert (status, headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == (200, "1", "0")
    assert headers["Content-Type"] == "application/json"
    status, body, headers = await post(fake, path, {"content": "two"})
    assert (status, headers["X-RateLimit-Scope"], body["global"]) == (429, "user", False)
    assert headers["Via"]
    assert 0 < body["retry_after"] <= 30.5
    assert float(headers["X-RateLimit-Reset-After"]) <= 30.5
    assert fake.limits.invalid == 1
    assert len(papers.messages) == 1


async def test_a_429_makes_discord_py_wait_and_send_again(fake: FakeDiscord, papers: Channel) -> None:
    async with running(fake) as client:
        fake.limits.block(MESSAGES, 0.5, scope="user")
        await client.get_channel(papers.id).send("late")  # type: ignore[union-attr]
    assert fake.limits.hits[MESSAGES] == 2
    assert len(papers.messages) == 1


async def test_the_limit_on_everything_is_global_and_not_for_interactions(fake: FakeDiscord, papers: Channel) -> None:
    fake.limits.everything = Rate(1, 30.0)
    path = f"/channels/{papers.id}/messages"
    assert (await post(fake, path, {"content": "one"}))[0] == 200
    status, body, headers = await post(fake, path, {"content": "two"})
    assert (status, body["global"], headers["X-RateLimit-Global"]) == (429, True, "true")
    assert (await post(fake, "/interactions/1/none/callback", {"type": 5}))[0] == 404


async def test_a_limit_can_change_with_time(fake: FakeDiscord, papers: Channel) -> None:
    fake.limits.set(MESSAGES, lambda seconds: Rate(1, 5.0) if seconds < 60 else Rate(3, 5.0))
    path = f"/channels/{papers.id}/messages"
    assert (await post(fake, path, {"content": "one"}))[2]["X-RateLimit-Limit"] == "1"
    fake.clock.forward(seconds=61)
    assert (await post(fake, path, {"content": "two"}))[2]["X-RateLimit-Limit"] == "3"


async def test_minutes_of_waiting_for_a_thread_are_an_error_where_the_client_wants_it(
    fake: FakeDiscord, papers: Channel
) -> None:
    fake.limits.block(THREADS, 280.0)
    async with running(fake, max_ratelimit_timeout=30.0) as client:
        message = await client.get_channel(papers.id).send("card")  # type: ignore[union-attr]
        with pytest.raises(discord.RateLimited) as caught:
            await message.create_thread(name="discussion")
    assert 200 < caught.value.retry_after <= 280
    assert fake.limits.invalid == 0, "a shared limit is no bad request"


async def test_a_connection_lost_after_the_effect_leaves_the_message_and_its_nonce(
    fake: FakeDiscord, papers: Channel
) -> None:
    fake.troubles.add("drop_after", MESSAGES, times=1)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Status", custom_id=f"cc1|{DIGEST}|status"))
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await channel.send("card", nonce=DIGEST, view=view)
        (line,) = fake.journal.of("message_created")
        again = await channel.send("card", nonce=DIGEST, view=view)
    assert line["digests"] == [DIGEST]
    assert line["message"] == str(again.id)
    assert len(fake.journal.of("message_created")) == 1


async def test_a_connection_lost_before_the_effect_leaves_nothing(fake: FakeDiscord, papers: Channel) -> None:
    fake.troubles.add("drop_before", MESSAGES)
    async with running(fake) as client:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.get_channel(papers.id).send("card")  # type: ignore[union-attr]
    assert papers.messages == {}


async def test_a_bad_gateway_after_the_effect_is_retried_with_the_same_nonce(
    fake: FakeDiscord, papers: Channel
) -> None:
    fake.troubles.add("fail_after", MESSAGES, times=1, status=502)
    async with running(fake) as client:
        await client.get_channel(papers.id).send("card")  # type: ignore[union-attr]
    assert fake.limits.hits[MESSAGES] == 2
    assert len(papers.messages) == 1


async def test_a_cut_answer_and_a_silent_server_are_errors_of_the_connection(
    fake: FakeDiscord, papers: Channel
) -> None:
    cut = fake.troubles.add("cut", MESSAGES)
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        with pytest.raises(aiohttp.ClientPayloadError):
            await channel.send("card")
        assert len(papers.messages) == cut.struck == 1
        fake.troubles.clear()
        fake.troubles.add("hang", MESSAGES)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(channel.send("card"), 0.2)
    assert len(papers.messages) == 1


def test_chance_strikes_alike_with_the_same_seed_and_every_third_is_every_third() -> None:
    def struck(seed: int) -> list[bool]:
        troubles = Troubles(seed)
        troubles.add("drop_after", "POST *", chance=0.33)
        return [troubles.strike(MESSAGES) is not None for _ in range(100)]

    assert struck(1) == struck(1) != struck(2)
    assert 15 < sum(struck(1)) < 55
    troubles = Troubles()
    troubles.add("drop_after", MESSAGES, every=3)
    assert [troubles.strike(MESSAGES) is not None for _ in range(6)] == [False, False, True] * 2
    assert troubles.strike("GET /users/@me") is None


async def test_a_forum_post_is_a_thread_with_its_first_message(fake: FakeDiscord, guild: Guild) -> None:
    forum = fake.add_channel(guild, "posts", "forum", tags=("cs.LG",), needs_tag=True)
    async with running(fake) as client:
        channel: Any = client.get_channel(forum.id)
        with pytest.raises(discord.HTTPException) as caught:
            await channel.create_thread(name="A paper", content="card")
        made = await channel.create_thread(name="A paper", content="card", applied_tags=channel.available_tags)
        with pytest.raises(discord.HTTPException) as text:
            await client.get_partial_messageable(forum.id).send("no")
    assert (caught.value.code, text.value.code) == (40067, 50008)
    assert made.thread.id == made.message.id
    assert [tag.name for tag in made.thread.applied_tags] == ["cs.LG"]
    assert [line["thread"] for line in fake.journal.of("thread_created")] == [str(made.thread.id)]
    assert guild.channels[made.thread.id].messages[made.message.id].content == "card"


async def test_a_message_has_one_thread_and_says_160004_to_the_second(fake: FakeDiscord, papers: Channel) -> None:
    async with running(fake) as client:
        message = await client.get_channel(papers.id).send("card")  # type: ignore[union-attr]
        thread = await message.create_thread(name="discussion")
        with pytest.raises(discord.HTTPException) as caught:
            await message.create_thread(name="discussion")
        await thread.send("inside")
        active = await client.guilds[0].active_threads()
    assert caught.value.code == 160004
    assert thread.id == message.id
    assert [one.id for one in active] == [thread.id]


async def test_an_archived_thread_opens_when_one_writes_and_a_locked_one_does_not(
    fake: FakeDiscord, papers: Channel
) -> None:
    thread = fake.add_thread(papers, "old")
    fake.set_thread(thread, archived=True)
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        assert [one.id async for one in channel.archived_threads()] == [thread.id]
        place: Any = await client.fetch_channel(thread.id)
        message = await place.send("still here")
        assert not thread.is_archived
        fake.set_thread(thread, archived=True)
        assert await code_of(message.edit(content="edited")) == 50083
        fake.set_thread(thread, locked=True)
        assert await code_of(place.send("no")) == 50083
        fake.set_thread(thread, archived=False)
        assert await code_of(place.send("no")) == 160005


async def code_of(doing: Any) -> int:
    with pytest.raises(discord.HTTPException) as caught:
        await doing
    return caught.value.code


async def test_permissions_are_asked_at_every_request_and_changes_are_told(
    fake: FakeDiscord, papers: Channel, guild: Guild
) -> None:
    everyone = guild.roles[guild.id]
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        heard = asyncio.create_task(client.wait_for("guild_channel_update", timeout=5))
        await asyncio.sleep(0)
        fake.set_overwrite(papers, everyone, deny=("send_messages",))
        await heard
        assert not channel.permissions_for(channel.guild.me).send_messages
        assert await code_of(channel.send("no")) == 50013
        fake.set_overwrite(papers, fake.world.bot, allow=("send_messages",))
        await channel.send("a member's overwrite is above a role's")
        fake.set_overwrite(papers, fake.world.bot, deny=("view_channel",))
        assert await code_of(channel.send("no")) == 50001
        fake.delete_channel(papers)
        assert await code_of(channel.send("no")) == 10003


async def test_a_person_may_have_closed_their_direct_messages(fake: FakeDiscord) -> None:
    open_one, closed = fake.add_user("ann"), fake.add_user("ben", takes_direct=False)
    async with running(fake) as client:
        sent = await (await client.fetch_user(open_one.id)).send("hello")
        assert await code_of((await client.fetch_user(closed.id)).send("hello")) == 50007
    assert fake.open_direct(open_one).messages[sent.id].content == "hello"


V2 = 1 << 15
LONG = {"type": 10, "content": "x" * 4001}
REFUSED = {
    "content over 2000": {"content": "x" * 2001},
    "nothing": {"content": ""},
    "nonce over 25": {"content": "x", "nonce": "x" * 26},
    "41 components": {"flags": V2, "components": [{"type": 10, "content": "x"}] * 41},
    "text over 4000": {"flags": V2, "components": [LONG]},
    "V2 with content": {"flags": V2, "content": "x", "components": [{"type": 10, "content": "x"}]},
    "V2 without its flag": {"components": [{"type": 10, "content": "x"}]},
    "a custom id twice": {"content": "x", "components": [row(button("a"), button("a"))]},
    "custom id over 100": {"content": "x", "components": [row(button("a" * 101))]},
    "no label": {"content": "x", "components": [row(button("a", ""))]},
    "embeds over 6000": {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
    "no such attachment": {
        "flags": V2,
        "components": [{"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}],
    },
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
async def test_what_discord_refuses_is_refused_with_its_error(
    fake: FakeDiscord, papers: Channel, body: dict[str, Any]
) -> None:
    fake.is_checking = False
    status, answer, _ = await post(fake, f"/channels/{papers.id}/messages", body)
    assert (status, answer["code"]) == (400, 50006 if body == REFUSED["nothing"] else 50035)
    assert papers.messages == {}


async def test_what_breaks_the_schemas_of_discord_is_a_fault(papers: Channel, fake: FakeDiscord) -> None:
    if spec.load_check() is None:
        pytest.skip("the schemas (../shared/schemas) are not beside this checkout")
    await post(fake, f"/channels/{papers.id}/messages", {"content": "x", "allowed_mention": {"parse": []}})
    assert len(fake.faults) == 1
    assert "allowed_mention" in fake.faults.pop()


async def test_an_unknown_route_is_a_fault(fake: FakeDiscord) -> None:
    assert (await post(fake, "/invented", {}))[0] == 404
    assert fake.faults.pop() == "POST /api/v10/invented: no such route here"


async def test_old_messages_may_be_edited_only_so_often(fake: FakeDiscord, papers: Channel) -> None:
    fake.old_edits = Rate(1, 20.0)
    async with running(fake) as client:
        message = await client.get_channel(papers.id).send("card")  # type: ignore[union-attr]
    path = f"/channels/{papers.id}/messages/{message.id}"
    assert [(await post(fake, path, {"content": "new"}, "PATCH"))[0] for _ in range(3)] == [200] * 3
    fake.clock.forward(hours=2)
    assert (await post(fake, path, {"content": "counted"}, "PATCH"))[0] == 200
    status, body, _ = await post(fake, path, {"content": "too often"}, "PATCH")
    assert (status, body["code"]) == (429, 30046)
    assert papers.messages[message.id].content == "counted"


async def test_files_go_with_a_message_and_stand_in_its_gallery(fake: FakeDiscord, papers: Channel) -> None:
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://week.png", description="a chart")))
    async with running(fake) as client:
        file = discord.File(io.BytesIO(b"picture"), "week.png", description="a chart")
        channel: Any = client.get_channel(papers.id)
        message = await channel.send(view=view, file=file, nonce=DIGEST)
        read = await (await channel.fetch_message(message.id)).attachments[0].read()
    assert read == b"picture"
    stored = papers.messages[message.id]
    assert [(upload.name, upload.description) for upload in stored.uploads] == [("week.png", "a chart")]
    assert stored.components[0]["items"][0]["media"]["url"] == message.attachments[0].url


async def test_history_is_read_before_after_and_around(fake: FakeDiscord, papers: Channel) -> None:
    ann = fake.add_user("ann")
    said = [fake.say(ann, papers, str(number)).id for number in range(5)]
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)

        async def ids(**how: Any) -> list[int]:
            return [said.index(message.id) async for message in channel.history(**how)]

        assert await ids(limit=2) == [4, 3]
        assert await ids(before=discord.Object(said[2])) == [1, 0]
        assert await ids(after=discord.Object(said[2])) == [3, 4]
        assert sorted(await ids(around=discord.Object(said[2]), limit=3)) == [1, 2, 3]
        fake.set_overwrite(
            papers, fake.bot_role(fake.world.guilds[papers.guild_id or 0]), deny=("read_message_history",)
        )
        assert await ids(limit=2) == []


async def test_an_announcement_is_published_once_and_only_where_one_can(
    fake: FakeDiscord, papers: Channel, guild: Guild
) -> None:
    news = fake.add_channel(guild, "news", "announcement")
    async with running(fake) as client:
        message = await client.get_channel(news.id).send("the week")  # type: ignore[union-attr]
        await message.publish()
        assert await code_of(message.publish()) == 40033
        plain = await client.get_channel(papers.id).send("the week")  # type: ignore[union-attr]
        assert await code_of(plain.publish()) == 50024
    assert len(fake.journal.of("message_crossposted")) == 1


async def test_only_what_is_allowed_pings(fake: FakeDiscord, papers: Channel) -> None:
    ann = fake.add_user("ann")
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        silent = await channel.send(f"<@{ann.id}>")
        loud = await channel.send(f"<@{ann.id}>", allowed_mentions=discord.AllowedMentions(users=True))
    assert papers.messages[silent.id].mentions == []
    assert papers.messages[loud.id].mentions == [ann]


async def test_too_many_bad_requests_meet_the_wall_before_discord(fake: FakeDiscord, papers: Channel) -> None:
    fake.limits.invalid_at_most = 2
    good, fake.token = fake.token, "revoked"
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {good}"}) as session:
        for _ in range(2):
            async with session.get(fake.api_base + "/users/@me") as answer:
                assert answer.status == 401
        fake.token = good
        async with session.get(fake.api_base + "/users/@me") as answer:
            assert (answer.status, "Via" in answer.headers, answer.content_type) == (429, False, "text/html")
