"""Our ears in SimCord, another's model of Discord: what it refuses would be refused there too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import simcord

from bot.core.commands.event import Role
from bot.core.posts.post import Place, PostKind
from bot.platforms.discord.api.client import Wire
from bot.platforms.discord.api.places import Places
from bot.platforms.discord.gateway.listener import Listener
from bot.platforms.discord.interactions.commands import MENU_ENTRY, payload
from bot.platforms.discord.interactions.handler import InteractionHandler
from bot.platforms.discord.posting.payload import body_of
from bot.platforms.discord.posting.posts import Posting
from tests.fakes.discord_bot import QUICK, SITE, Box, key_for, post_of

REST = "https://discord.com/api/v10"


class Stage:
    """Our listener in SimCord, with its requests going there too."""

    def __init__(self) -> None:
        self.box = Box()
        self.wire = Wire("token", REST)
        self.places = Places(self.wire)
        reception = InteractionHandler(self.wire, self.places, SITE)
        options: dict[str, Any] = {"message_content": False, "shard_ids": (), "gateway_url": None}
        self.bot = Listener(reception, self.places, self.box, QUICK, told=lambda: None, **options)
        self.wire._client = self.bot
        self.posting = Posting(self.wire, self.places, SITE)
        self.env: Any = None
        self.channel: Any = None
        self.ann: Any = None

    async def make_known(self) -> None:
        known = self.bot.application_id or 0
        await self.wire.call("PUT", "/applications/{application_id}/commands", json=payload(), application_id=known)

    async def answer(self, words: str) -> None:
        asked = self.box.taken[-1]
        body = await body_of(post_of(words, PostKind.ANSWER), None, self.places, SITE)
        await self.wire.edit_answer(asked.reply_to["application"], asked.reply_to["token"], body)


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """No fixture: SimCord must end in the context in which it began."""
    made = Stage()
    async with simcord.run(made.bot, shard_count=1) as env:
        made.env = env
        guild = env.create_guild()
        made.channel = guild.create_text_channel("papers")
        made.ann = guild.add_member(env.create_user("ann"))
        await made.make_known()
        yield made
    if made.wire._session is not None:
        await made.wire._session.close()


async def test_a_command_is_deferred_in_private_and_its_answer_takes_its_place() -> None:
    async with staged() as stage:
        asked = await stage.ann.slash(stage.channel, "verdict", paper="2611.01234")
        assert asked.deferred
        assert asked.ephemeral
        (event,) = stage.box.taken
        assert (event.text, event.values) == ("verdict", {"paper": "2611.01234"})
        assert event.asker.place == Place("discord", str(stage.channel.id))
        await stage.answer("The verdict")
        assert "The verdict" in str(asked.response.components)


async def test_a_button_of_a_post_works_and_its_answer_is_private() -> None:
    async with staged() as stage:
        post = post_of()
        key = key_for(cast(Any, stage.channel))
        ref = await stage.posting.send(key, post, None)
        message = stage.channel.last_message
        assert ref.id == str(message.id)
        pressed = await stage.ann.click(message, custom_id=f"cc1|{key.digest}|analysis 2611.01234 plain")
        assert pressed.ephemeral
        assert stage.box.taken[0].text == "analysis 2611.01234 plain"
        assert stage.box.taken[0].asker.standing is Role.MEMBER
        assert await stage.posting.find(key, None) == ref


async def test_the_menu_finds_the_paper_of_a_message() -> None:
    async with staged() as stage:
        message = await stage.ann.send(stage.channel, "see arxiv.org/abs/2611.01234")
        asked = await stage.ann.context_menu(stage.channel, MENU_ENTRY, message)
        assert asked.ephemeral
        assert stage.box.taken[0].values == {"paper": "2611.01234"}


async def test_feedback_opens_a_modal_and_its_words_are_asked() -> None:
    async with staged() as stage:
        shown = await stage.ann.slash(stage.channel, "feedback")
        assert shown.modal is not None
        await stage.ann.submit_modal(shown, {"words": "well done"})
        assert stage.box.taken[0].values == {"words": "well done"}


async def test_who_does_not_manage_the_server_is_not_offered_follow() -> None:
    async with staged() as stage:
        assert "verdict" in stage.ann.available_commands(stage.channel)
        assert not any(name.startswith("follow") for name in stage.ann.available_commands(stage.channel))
