"""The fake Discord's interactions, seen by the real discord.py: commands, completion, menus, buttons, modals."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.fakes.discord_server.clients import running
from tests.fakes.discord_server.interactions import NoAnswer
from tests.fakes.discord_server.people import NotOffered
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, User

Asked = discord.Interaction[discord.AutoShardedClient]


class Reason(discord.ui.Modal, title="Feedback"):
    """A modal as the new kind is: a label around a text input."""

    why: discord.ui.Label[Any] = discord.ui.Label(
        text="Why?", component=discord.ui.TextInput(custom_id="why", max_length=200)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.why.component, discord.ui.TextInput)
        await interaction.response.send_message(f"because {self.why.component.value}", ephemeral=True)


class Panel(discord.ui.View):
    """A message with buttons and a select."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Agree", custom_id="agree")
    async def agree(self, interaction: Asked, button: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="agreed: 1")

    @discord.ui.button(label="Say why", custom_id="why")
    async def say_why(self, interaction: Asked, button: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Reason(custom_id="reason"))

    @discord.ui.select(
        custom_id="topic", options=[discord.SelectOption(label="cs.LG"), discord.SelectOption(label="cs.AI")]
    )
    async def topic(self, interaction: Asked, select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(f"topic {select.values[0]}", ephemeral=True)


def add_commands(client: discord.AutoShardedClient) -> None:
    """What the bot of these tests can do."""
    tree = client.tree = app_commands.CommandTree(client)  # type: ignore[attr-defined]

    @tree.command(description="A verdict")
    async def verdict(interaction: Asked, paper: str, full: bool = False) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content=f"{paper} {full}")
        await interaction.followup.send("more", ephemeral=True)

    @verdict.autocomplete("paper")
    async def papers(interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current} and more", value="2611.01234")]

    @tree.command(description="Public")
    async def status(interaction: Asked) -> None:
        await interaction.response.send_message(f"fine in {interaction.channel}", view=Panel())
        again: discord.InteractionResponse[Any] = discord.InteractionResponse(interaction)
        with pytest.raises(discord.HTTPException) as caught:
            await again.send_message("twice")
        assert caught.value.code == 40060
        await interaction.followup.send("said once")

    @tree.command(description="Never answers")
    async def silence(interaction: Asked) -> None:
        interaction.client.dispatch("silent", interaction)

    follow = app_commands.Group(
        name="follow", description="Follows", default_permissions=discord.Permissions(manage_guild=True)
    )

    @follow.command(name="add", description="Adds one")
    async def add(interaction: Asked, channel: discord.TextChannel, who: discord.Member, number: int) -> None:
        mine = interaction.app_permissions.send_messages
        await interaction.response.send_message(f"{channel.name} {who.name} {number} {mine}", ephemeral=True)

    tree.add_command(follow)

    @tree.context_menu(name="Verdict on this paper")
    async def on_message(interaction: Asked, message: discord.Message) -> None:
        await interaction.response.send_message(f"read: {message.content}", ephemeral=True)


@pytest.fixture
async def client(fake: FakeDiscord, papers: Channel) -> AsyncIterator[discord.AutoShardedClient]:
    async with running(fake, setup=add_commands) as running_client:
        await running_client.tree.sync()  # type: ignore[attr-defined]
        yield running_client


async def test_a_deferred_answer_is_edited_and_followed(
    fake: FakeDiscord, papers: Channel, ann: User, client: discord.AutoShardedClient
) -> None:
    asked = await fake.slash(ann, papers, "verdict", paper="2611.01234", full=True)
    assert asked.is_deferred
    assert asked.is_private
    assert asked.acknowledged_after is not None
    await asked.finished()
    await asked.followed()
    assert asked.texts == ["2611.01234 True", "more"]
    assert papers.messages == {}
    (line,) = fake.journal.of("interaction_answered")
    assert (line["name"], line["private"]) == ("/verdict", True)


async def test_a_public_answer_stands_in_the_channel_and_is_given_once(
    fake: FakeDiscord, papers: Channel, ann: User, client: discord.AutoShardedClient
) -> None:
    asked = await fake.slash(ann, papers, "status")
    await asked.followed()
    assert [message.text.splitlines()[0] for message in papers.messages.values()] == ["fine in papers", "said once"]
    assert papers.newest_first[-1].kind == 20


async def test_a_first_followup_takes_the_place_of_thinking(fake: FakeDiscord, papers: Channel, ann: User) -> None:
    def add(client: discord.AutoShardedClient) -> None:
        tree = app_commands.CommandTree(client)
        client.tree = tree  # type: ignore[attr-defined]

        @tree.command(description="Slow")
        async def slow(interaction: Asked) -> None:
            await interaction.response.defer(ephemeral=True)
            await interaction.followup.send("done")

    async with running(fake, setup=add) as client:
        await client.tree.sync()  # type: ignore[attr-defined]
        asked = await fake.slash(ann, papers, "slow")
        await asked.finished()
    assert (asked.text, asked.is_private, asked.followups) == ("done", True, [])


async def test_after_three_seconds_it_is_unknown_and_after_fifteen_minutes_its_token_is_dead(
    fake: FakeDiscord, papers: Channel, ann: User, client: discord.AutoShardedClient
) -> None:
    async def silent_one() -> Asked:
        heard = asyncio.create_task(client.wait_for("silent", timeout=5))
        await asyncio.sleep(0)
        await fake.slash(ann, papers, "silence", wait=False)
        found: Asked = await heard
        return found

    late = await silent_one()
    fake.clock.forward(seconds=4)
    assert await code_of(late.response.defer()) == 10062
    one = await silent_one()
    assert await code_of(one.followup.send("too early")) == 10015
    await one.response.defer()
    await one.edit_original_response(content="in time")
    fake.clock.forward(minutes=16)
    assert await code_of(one.edit_original_response(content="too late")) == 50027
    with pytest.raises(NoAnswer):
        await fake.interactions.every[0].acknowledged(patience=0.01)


async def code_of(doing: Any) -> int:
    with pytest.raises(discord.HTTPException) as caught:
        await doing
    return caught.value.code


async def test_subcommands_carry_typed_options_and_what_they_name(
    fake: FakeDiscord, papers: Channel, ann: User, guild: Guild, client: discord.AutoShardedClient
) -> None:
    with pytest.raises(NotOffered):
        await fake.slash(ann, papers, "follow add", channel=papers, who=ann, number=3)
    asked = await fake.slash(ann, papers, "follow add", channel=papers, who=ann, number=3, force=True)
    assert asked.text == "papers ann 3 True"
    admin = fake.add_user("root")
    fake.join(guild, admin, fake.add_role(guild, "admins", "manage_guild"))
    assert (await fake.slash(admin, papers, "follow add", channel=papers, who=ann, number=4)).text[-6:] == "4 True"


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("verdict", {}),
        ("verdict", {"paper": 3}),
        ("verdict", {"paper": "x", "more": "y"}),
        ("nothing", {}),
        ("follow remove", {}),
    ],
)
async def test_what_the_real_client_would_not_send_is_not_sent(
    fake: FakeDiscord,
    papers: Channel,
    ann: User,
    client: discord.AutoShardedClient,
    command: str,
    options: dict[str, Any],
) -> None:
    with pytest.raises(NotOffered):
        await fake.slash(ann, papers, command, force=True, **options)
    assert fake.interactions.every == []


async def test_completion_offers_choices(
    fake: FakeDiscord, papers: Channel, ann: User, client: discord.AutoShardedClient
) -> None:
    asked = await fake.complete(ann, papers, "verdict", "paper", paper="26")
    assert asked.choices == [{"name": "26 and more", "value": "2611.01234"}]


async def test_a_menu_entry_reads_the_message_without_the_intent(
    fake: FakeDiscord, papers: Channel, ann: User, client: discord.AutoShardedClient
) -> None:
    said = fake.say(ann, papers, "look at 2611.01234")
    asked = await fake.menu(ann, papers, "Verdict on this paper", said)
    assert (asked.text, asked.is_private) == ("read: look at 2611.01234", True)


async def test_buttons_selects_and_modals_are_answered(
    fake: FakeDiscord, papers: Channel, ann: User, client: discord.AutoShardedClient
) -> None:
    await fake.slash(ann, papers, "status")
    panel = papers.newest_first[-1]
    await fake.press(ann, panel, "Agree")
    assert panel.content == "agreed: 1"
    assert panel.edited_at is not None
    assert (await fake.select(ann, panel, "topic", "cs.AI")).text == "topic cs.AI"
    shown = await fake.press(ann, panel, "why")
    assert shown.modal is not None
    assert shown.modal["title"] == "Feedback"
    with pytest.raises(NotOffered):
        await fake.submit(ann, shown)
    assert (await fake.submit(ann, shown, why="it is so")).text == "because it is so"
    with pytest.raises(NotOffered):
        await fake.press(ann, panel, "no such button")


async def test_a_command_works_in_a_direct_conversation(
    fake: FakeDiscord, ann: User, client: discord.AutoShardedClient
) -> None:
    asked = await fake.slash(ann, fake.open_direct(ann), "verdict", paper="2611.01234")
    await asked.finished()
    assert asked.text == "2611.01234 False"


async def test_an_archived_thread_takes_no_command(
    fake: FakeDiscord, papers: Channel, ann: User, client: discord.AutoShardedClient
) -> None:
    thread = fake.add_thread(papers, "old")
    asked = await fake.slash(ann, thread, "verdict", paper="2611.01234")
    assert asked.is_private
    fake.set_thread(thread, archived=True)
    with pytest.raises(NotOffered):
        await fake.slash(ann, thread, "verdict", paper="2611.01234")


async def test_commands_are_replaced_as_a_whole_and_keep_their_ids(
    fake: FakeDiscord, client: discord.AutoShardedClient, guild: Guild
) -> None:
    first = {one["name"]: one["id"] for one in fake.world.commands[None]}
    again = await client.tree.sync()  # type: ignore[attr-defined]
    assert {one.name: str(one.id) for one in again} == first
    assert len(fake.journal.of("commands_replaced")) == 2
    client.tree.copy_global_to(guild=discord.Object(guild.id))  # type: ignore[attr-defined]
    await client.tree.sync(guild=discord.Object(guild.id))  # type: ignore[attr-defined]
    assert [one["name"] for one in fake.world.commands[guild.id]] == list(first)


async def test_two_shards_hear_an_interaction_once(fake: FakeDiscord, papers: Channel, ann: User) -> None:
    async with running(fake, shards=2, setup=add_commands) as client:
        await client.tree.sync()  # type: ignore[attr-defined]
        asked = await fake.slash(ann, papers, "verdict", paper="2611.01234")
        await asked.followed()
    assert fake.gateway.seen["INTERACTION_CREATE"] == 1
