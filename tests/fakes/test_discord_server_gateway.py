"""The fake Discord's gateway, seen by the real discord.py: sessions, replay, intents, and what breaks."""

import asyncio
from typing import Any

import discord
import pytest

from tests.fakes.discord_server.clients import DEFAULT_INTENTS, pointed, running
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, Message, User
from tests.fakes.discord_server.wire import user_json

WITH_CONTENT = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)


class Heard:
    """What a client heard, in order."""

    def __init__(self) -> None:
        self.messages: list[discord.Message] = []
        self.events: list[str] = []
        self._news = asyncio.Event()

    def listen(self, client: discord.AutoShardedClient) -> None:
        async def on_message(message: discord.Message) -> None:
            self.messages.append(message)
            self._news.set()

        client.event(on_message)
        for name in ("resumed", "shard_connect", "guild_remove", "guild_unavailable", "thread_update"):
            client.event(self._noting(name))

    def _noting(self, name: str) -> Any:
        async def note(*_: Any) -> None:
            self.events.append(name)
            self._news.set()

        note.__name__ = f"on_{name}"
        return note

    async def until(self, is_so: Any) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                self._news.clear()
                await self._news.wait()

    async def count(self, number: int) -> list[str]:
        await self.until(lambda: len(self.messages) >= number)
        return [message.content for message in self.messages]


async def test_two_shards_have_a_guild_each_and_direct_messages_are_on_the_first(fake: FakeDiscord) -> None:
    guilds = [fake.add_guild("one"), fake.add_guild("two")]
    channels = [fake.add_channel(guild, "papers") for guild in guilds]
    ann, heard = fake.add_user("ann"), Heard()
    async with running(fake, shards=2, setup=heard.listen) as client:
        assert sorted(guild.shard_id for guild in client.guilds) == [0, 1]
        assert [body["shard"] for body in fake.gateway.identifies] == [[0, 2], [1, 2]]
        for channel in channels:
            fake.say(ann, channel, f"<@{fake.world.bot.id}> hello")
        fake.say(ann, fake.open_direct(ann), "direct")
        assert sorted(await heard.count(3))[2] == "direct"
        shards = {session.shard: [one["t"] for one in session.sent] for session in fake.gateway.sessions.values()}
    assert shards[0].count("MESSAGE_CREATE") == 2
    assert shards[1].count("MESSAGE_CREATE") == 1


async def test_what_was_missed_while_the_socket_was_lost_is_replayed(
    fake: FakeDiscord, papers: Channel, ann: User
) -> None:
    heard = Heard()
    async with running(fake, intents=DEFAULT_INTENTS, setup=heard.listen):
        fake.say(ann, papers, f"<@{fake.world.bot.id}> before")
        await heard.count(1)
        fake.gateway.drop()
        fake.say(ann, papers, f"<@{fake.world.bot.id}> missed")
        await heard.until(lambda: "resumed" in heard.events)
        contents = await heard.count(2)
    assert [content.split()[-1] for content in contents] == ["before", "missed"]
    assert len(fake.gateway.identifies) == len(fake.gateway.resumes) == 1
    assert fake.gateway.paths == ["/gateway", "/resume"]


async def test_a_client_that_is_asked_to_reconnect_resumes(fake: FakeDiscord, guild: Guild) -> None:
    heard = Heard()
    async with running(fake, setup=heard.listen):
        fake.gateway.ask_to_reconnect()
        await heard.until(lambda: "resumed" in heard.events)
    assert len(fake.gateway.identifies) == 1


async def test_an_invalidated_session_is_begun_anew(fake: FakeDiscord, guild: Guild) -> None:
    heard = Heard()
    async with running(fake, setup=heard.listen):
        fake.gateway.invalidate()
        await heard.until(lambda: heard.events.count("shard_connect") == 2)
    assert len(fake.gateway.identifies) == 2
    assert fake.gateway.resumes == []
    assert fake.gateway.starts_left == 998


async def test_an_event_can_come_twice_and_late(fake: FakeDiscord, papers: Channel, ann: User) -> None:
    heard = Heard()
    fake.gateway.copies["MESSAGE_CREATE"] = 2
    fake.gateway.late["MESSAGE_CREATE"] = 0.05
    async with running(fake, setup=heard.listen):
        said = fake.say(ann, papers, "hello")
        assert heard.messages == []
        await heard.count(2)
    assert [message.id for message in heard.messages] == [said.id, said.id]


async def test_a_malformed_payload_raises_out_of_the_client(fake: FakeDiscord, guild: Guild) -> None:
    async with running(fake) as client:
        fake.gateway.send_malformed()
        with pytest.raises(KeyError):
            await asyncio.wait_for(client.life, 10)


async def test_an_intent_that_is_not_switched_on_is_refused(fake: FakeDiscord, guild: Guild) -> None:
    async with running(fake, intents=WITH_CONTENT) as client:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await asyncio.wait_for(client.life, 10)
    fake.world.privileged = WITH_CONTENT.value & (1 << 15)
    async with running(fake, intents=WITH_CONTENT) as client:
        assert client.is_ready()
        assert (await client.application_info()).flags.gateway_message_content_limited


async def test_a_wrong_token_does_not_log_in_and_a_revoked_one_ends_the_connection(
    fake: FakeDiscord, papers: Channel
) -> None:
    with pointed(fake.api_base, fake.gateway.url):
        client = discord.AutoShardedClient(intents=DEFAULT_INTENTS, shard_count=1)
        with pytest.raises(discord.LoginFailure):
            await client.login("wrong")
        await client.close()
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        fake.revoke_token(closes_sockets=False)
        with pytest.raises(discord.HTTPException) as caught:
            await channel.send("no")
        fake.revoke_token()
        with pytest.raises(discord.ConnectionClosed) as closed:
            await asyncio.wait_for(client.life, 10)
    assert (caught.value.status, closed.value.code) == (401, 4004)


async def test_who_beats_is_answered_and_who_is_not_answered_resumes(fake: FakeDiscord, guild: Guild) -> None:
    heard = Heard()
    fake.gateway.heartbeat_seconds = 0.2
    async with running(fake, setup=heard.listen, heartbeat_timeout=1.0):
        async with asyncio.timeout(10):
            while fake.gateway.heartbeats < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert fake.gateway.resumes == []
        fake.gateway.acknowledges_heartbeats = False
        await heard.until(lambda: "resumed" in heard.events)


async def test_a_guild_that_is_left_or_out_is_told(fake: FakeDiscord, guild: Guild) -> None:
    heard = Heard()
    async with running(fake, setup=heard.listen) as client:
        fake.set_outage(guild, is_out=True)
        await heard.until(lambda: "guild_unavailable" in heard.events)
        fake.set_outage(guild, is_out=False)
        fake.remove_from_guild(guild)
        await heard.until(lambda: "guild_remove" in heard.events)
        assert client.guilds == [] or list(client.guilds) == []


async def test_a_role_that_changes_is_told(fake: FakeDiscord, guild: Guild) -> None:
    async with running(fake) as client:
        heard = asyncio.create_task(client.wait_for("guild_role_update", timeout=5))
        await asyncio.sleep(0)
        fake.set_role(guild, fake.bot_role(guild), "view_channel")
        _, after = await heard
        assert not after.permissions.send_messages


def answer_of_a_command(fake: FakeDiscord, papers: Channel, ann: User) -> Message:
    answer = Message(fake.world.ids.take(), papers.id, fake.world.bot, fake.clock.now(), content="an answer")
    answer.answers = {"id": "1", "type": 2, "user": user_json(ann), "authorizing_integration_owners": {}}
    papers.messages[answer.id] = answer
    return answer


def say_in_many_ways(fake: FakeDiscord, papers: Channel, ann: User, own: Message, answer: Message) -> dict[str, bool]:
    """What was said, and whether it may be read without the intent."""
    bot = fake.world.bot
    fake.say(ann, papers, "idle talk")
    fake.say(ann, papers, f"<@{bot.id}> a question")
    fake.say(ann, papers, "a reply that pings", reply_to=own)
    fake.say(ann, papers, "a reply that does not", reply_to=own, ping=False)
    fake.say(ann, papers, "a reply to an answer", reply_to=answer)
    fake.say(ann, fake.open_direct(ann), "direct")
    return {
        "idle talk": False,
        f"<@{bot.id}> a question": True,
        "a reply that pings": True,
        "a reply that does not": False,
        "a reply to an answer": False,
        "direct": True,
    }


@pytest.mark.parametrize("has_intent", [False, True])
async def test_content_comes_only_where_it_is_meant_for_the_bot_or_the_intent_is_on(
    fake: FakeDiscord, papers: Channel, ann: User, has_intent: bool
) -> None:
    heard = Heard()
    fake.world.privileged = 1 << 15 if has_intent else 0
    intents = WITH_CONTENT if has_intent else DEFAULT_INTENTS
    async with running(fake, intents=intents, setup=heard.listen) as client:
        channel: Any = client.get_channel(papers.id)
        own = await channel.send("a card")
        answer = answer_of_a_command(fake, papers, ann)
        said = say_in_many_ways(fake, papers, ann, papers.messages[own.id], answer)
        contents = await heard.count(7)
        history = {message.content for message in [one async for one in channel.history()]}
    assert contents == ["a card", *(text if is_open or has_intent else "" for text, is_open in said.items())]
    assert ("idle talk" in history) == has_intent
    assert "a card" in history
