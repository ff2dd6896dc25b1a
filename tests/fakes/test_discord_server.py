"""The fake Discord's REST side, seen by the real discord.py."""

import asyncio
import io
from typing import Any

import discord
import pytest

from tests.fakes.discord_server import spec
from tests.fakes.discord_server.clients import request_by_hand, running
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild

MESSAGES = "POST /channels/{channel_id}/messages"
THREADS = "POST /channels/{channel_id}/messages/{message_id}/threads"
DIGEST = "0123456789abcdef012345678"


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
    status, answer, _ = await request_by_hand(fake, f"/channels/{papers.id}/messages", body)
    assert (status, answer["code"]) == (400, 50006 if body == REFUSED["nothing"] else 50035)
    assert papers.messages == {}


async def test_what_breaks_the_schemas_of_discord_is_a_fault(papers: Channel, fake: FakeDiscord) -> None:
    if spec.load_check() is None:
        pytest.skip("the schemas (../shared/schemas) are not beside this checkout")
    await request_by_hand(fake, f"/channels/{papers.id}/messages", {"content": "x", "allowed_mention": {"parse": []}})
    assert len(fake.faults) == 1
    assert "allowed_mention" in fake.faults.pop()


async def test_an_unknown_route_is_a_fault(fake: FakeDiscord) -> None:
    assert (await request_by_hand(fake, "/invented", {}))[0] == 404
    assert fake.faults.pop() == "POST /api/v10/invented: no such route here"


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


class Everything(discord.ui.LayoutView):
    """Every kind of component that a message can hold."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        ui = discord.ui
        picture = ui.Thumbnail[Any]("attachment://week.png")
        section = ui.Section[Any]("press", accessory=ui.Button(label="press", custom_id="press"))
        card = (ui.TextDisplay[Any]("a card"), ui.Separator[Any](), ui.Section[Any]("seen", accessory=picture), section)
        self.add_item(ui.Container(*card, accent_colour=3))
        self.add_item(ui.ActionRow(ui.Button(label="a", custom_id="a"), ui.Button(label="l", url="https://arxiv.org")))
        self.add_item(ui.ActionRow(ui.Select(custom_id="topic", options=[discord.SelectOption(label="cs.LG")])))
        self.add_item(ui.ActionRow(ui.ChannelSelect(custom_id="where")))
        self.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://week.png")))
        self.add_item(ui.File("attachment://week.png"))


async def test_every_component_is_kept_and_can_be_sent_back(fake: FakeDiscord, papers: Channel) -> None:
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        message = await channel.send(view=Everything(), file=discord.File(io.BytesIO(b"picture"), "week.png"))
        before = papers.messages[message.id].custom_ids
        await message.edit(view=discord.ui.LayoutView.from_message(message), attachments=message.attachments)
    assert papers.messages[message.id].custom_ids == before == ["press", "a", "topic", "where"]
    assert len(papers.messages[message.id].uploads) == 1


async def test_a_message_that_is_gone_or_not_ours_is_refused(fake: FakeDiscord, papers: Channel) -> None:
    theirs = fake.say(fake.add_user("ann"), papers, "mine")
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        ours = await channel.send(
            "ours", reference=discord.MessageReference(message_id=theirs.id, channel_id=papers.id)
        )
        assert fake.posts(papers)[0].referenced is theirs
        assert await code_of(channel.get_partial_message(theirs.id).edit(content="x")) == 50005
        assert await code_of(channel.get_partial_message(theirs.id).delete()) == 50013
        await ours.delete()
        assert await code_of(ours.edit(content="x")) == 10008
        assert await code_of(channel.fetch_message(ours.id)) == 10008
        assert await code_of(client.fetch_channel(1)) == 10003
    assert [line["effect"] for line in fake.journal.lines] == ["message_created", "message_deleted"]


async def test_what_there_is_can_be_fetched(fake: FakeDiscord, papers: Channel, guild: Guild) -> None:
    ann = fake.add_user("ann")
    fake.join(guild, ann)
    async with running(fake) as client:
        fetched = await client.fetch_guild(guild.id, with_counts=False)
        assert [channel.id for channel in await fetched.fetch_channels()] == [papers.id]
        assert (await fetched.fetch_member(ann.id)).name == "ann"
        assert len(await fetched.fetch_roles()) == 2
        channel: Any = client.get_channel(papers.id)
        thread = await channel.create_thread(name="alone", type=discord.ChannelType.public_thread)
        await thread.edit(name="renamed")
        assert [member.id for member in await thread.fetch_members()] == [fake.world.bot.id]
        async with channel.typing():
            await thread.send("inside")
    assert [one.text for one in fake.posts(guild.channels[thread.id])] == ["inside"]
    assert guild.channels[thread.id].name == "renamed"
