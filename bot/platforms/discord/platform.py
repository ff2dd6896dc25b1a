"""Discord behind `ports.Platform`: posting by requests alone, listening by the gateway."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord

from bot.core import errors
from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.posts.connection import Connection
from bot.core.posts.plainer import least
from bot.core.posts.post import Form, Place, Post, PostKey, PostRef
from bot.platforms.discord.api.client import Wire
from bot.platforms.discord.api.diagnose import invite, trial
from bot.platforms.discord.api.errors import INVALID_TOKEN, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, EffectUnknown, refusal
from bot.platforms.discord.api.permissions import ChannelKind, manages, speaks
from bot.platforms.discord.api.places import PLATFORM, Places
from bot.platforms.discord.gateway.connection import GatewayConnection
from bot.platforms.discord.gateway.listener import Patience
from bot.platforms.discord.interactions.handler import InteractionHandler
from bot.platforms.discord.posting.limits import CHARACTERS, DIGEST, LIST_LINES, TEXT_CHARACTERS, TITLE_LINES
from bot.platforms.discord.posting.payload import body_of
from bot.platforms.discord.posting.posts import Posting
from bot.ports.platform import Capacity, Inbox, Problem

log = logging.getLogger(__name__)

TOKEN_LIVES = timedelta(minutes=15)
TOKEN_MARGIN = timedelta(seconds=30)
ANSWER_TRIES = 12
ANSWER_PAUSE = 0.25
RECONNECT_AFTER = timedelta(seconds=5)
NEVER = datetime(2015, 1, 1, tzinfo=UTC)
NO_CHANNEL = errors.Refused("There is no such channel here.", "Choose one of this server's channels that you can see.")


class DiscordPlatform:
    """Posts, looks, edits and answers; `run` listens. Built from settings alone, and connected to nothing by that."""

    name = PLATFORM
    capacity = Capacity(CHARACTERS, LIST_LINES, TITLE_LINES, digest_characters=DIGEST, text_characters=TEXT_CHARACTERS)

    def __init__(
        self,
        token: str,
        *,
        api_url: str,
        gateway_url: str | None = None,
        site_url: str,
        message_content: bool = False,
        shard_count: int | None = None,
        shard_ids: Sequence[int] = (),
        patience: Patience | None = None,
    ) -> None:
        self._site_url = site_url
        self._message_content = message_content
        self._wire = Wire(token, api_url)
        self._places = Places(self._wire)
        self._posting = Posting(self._wire, self._places, site_url)
        self._reception = InteractionHandler(self._wire, self._places, site_url)
        self._life = GatewayConnection(
            self._wire,
            self._places,
            self._reception,
            patience or Patience(),
            token=token,
            api_url=api_url,
            gateway_url=gateway_url,
            message_content=message_content,
            shard_count=shard_count,
            shard_ids=shard_ids,
        )

    @property
    def connection(self) -> Connection:
        """How the gateway is at this moment."""
        return self._life.connection

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        """Post under `key`; a forum gets a post of its own."""
        return await self._posting.send(key, post, thread)

    async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
        """Look in the channel, thread or forum for the key."""
        return await self._posting.find(key, thread)

    async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
        """Put `post` in the place of what stands there."""
        await self._posting.edit(ref, key, post)

    # -- answers

    def hears(self, asked: CommandEvent) -> bool:
        """Any process can answer: the way back is an address with a token."""
        return True

    def answers_until(self, asked: CommandEvent) -> datetime | None:
        """Until shortly before the interaction's token dies; what was said in a message never had one."""
        if "token" not in asked.reply_to:
            return NEVER
        if not asked.id.isdecimal():
            return None
        return discord.utils.snowflake_time(int(asked.id)).astimezone(UTC) + TOKEN_LIVES - TOKEN_MARGIN

    async def answer(self, asked: CommandEvent, post: Post) -> None:
        """Put the answer in the place of "thinking…", or of the answer before."""
        application, token = asked.reply_to.get("application", ""), asked.reply_to.get("token", "")
        if not application.isdecimal() or not token:
            raise errors.PostRejected("There is no way back to who asked.")
        await self._reception.until_acknowledged(asked.id)
        for form in (Form.RICH, Form.PLAIN, Form.TEXT):
            try:
                await self._answered(application, token, replace(post, form=form))
                return
            except errors.FormRefused as error:
                log.info("an answer goes out in a plainer form", extra={"reason": str(error)})
        await self._answered(application, token, replace(least(post), form=Form.PLAIN))  # parts once, parts for ever

    async def _answered(self, application: str, token: str, post: Post) -> None:
        body = await body_of(post, None, self._places, self._site_url)
        for _ in range(ANSWER_TRIES):
            try:
                await self._wire.edit_answer(application, token, body)
                return
            except discord.HTTPException as error:
                if error.code != UNKNOWN_WEBHOOK:  # another process is about to acknowledge it
                    raise _unanswered(error) from error
            except EffectUnknown as error:
                raise errors.PlatformDown(
                    f"The connection to Discord broke ({error}).", retry_after=RECONNECT_AFTER
                ) from error
            await asyncio.sleep(ANSWER_PAUSE)
        raise errors.PlatformDown("Discord does not know the question (yet).", retry_after=RECONNECT_AFTER)

    async def show_work(self, place: Place, thread: PostRef | None) -> None:
        """Show for some seconds that we write; whatever fails is nobody's trouble."""
        with suppress(errors.PlatformError, discord.HTTPException, EffectUnknown):
            channel = int(thread.thread or thread.id) if thread else await self._places.channel_of(place)
            await self._wire.call("POST", "/channels/{channel_id}/typing", channel_id=channel)

    # -- places and people

    async def check(self, place: Place) -> Sequence[Problem]:
        """Which permissions are missing, and how they are given."""
        return await self._places.check(place)

    async def diagnose(self) -> Sequence[Problem]:
        """Token, application, intents, gateway."""
        return await trial(self._wire, message_content=self._message_content)

    def introduce(self) -> Sequence[str]:
        """The invite link with the smallest set of permissions."""
        return invite(self._wire.known)

    async def standing(self, asked: CommandEvent) -> Role:
        """What the event says: Discord tells what a person may do with every interaction."""
        return asked.asker.standing

    async def may_speak(self, asker: Actor, *, in_thread: bool, is_past: bool) -> bool:
        """What the event says of them in that channel, its overwrites reckoned in; later what Discord says by then."""
        if asker.is_alone:
            return True
        is_told = asker.may_thread if in_thread else asker.may_post
        if not (is_told and is_past):
            return is_told
        try:
            spot = await self._places.spot(int(asker.place.channel))
            granted = await self._places.granted_to(int(asker.person.removeprefix(f"{PLATFORM}:")), spot)
        except errors.PlatformError:
            return False
        return granted is not None and speaks(granted, in_thread=in_thread)

    async def place_named(self, asked: CommandEvent, channel: str) -> tuple[Place, Role]:
        """A channel of who asked's own server, by its id or a mention of it; what they may do there at this moment."""
        name = channel.strip().removeprefix(f"{PLATFORM}:").removeprefix("<#").removesuffix(">")
        if not name.isdecimal() or not asked.asker.community.removeprefix(f"{PLATFORM}:").isdecimal():
            raise NO_CHANNEL
        place = Place(PLATFORM, name)
        try:
            spot = await self._places.spot(int(name))
            granted = await self._places.granted_to(int(asked.asker.person.removeprefix(f"{PLATFORM}:")), spot)
        except errors.PlaceClosed as error:
            raise NO_CHANNEL from error
        except errors.PlatformError as error:
            raise errors.Refused(error.what, "Try again in a minute.") from error
        if f"{PLATFORM}:{spot.guild}" != asked.asker.community or granted is None or not granted.view_channel:
            raise NO_CHANNEL
        if spot.kind in (ChannelKind.OTHER, ChannelKind.DIRECT):
            raise errors.Refused("That channel takes no posts.", "Choose a text channel, a forum or a thread.")
        return place, Role.ADMIN if manages(granted) else Role.MEMBER

    async def reads_along(self, place: Place) -> bool:
        """Only with the intent for it; without the application's leave for that there is no connection at all."""
        return self._message_content

    async def describe(self, place: Place) -> str:
        """The channel's name and its server's."""
        return await self._places.describe(place)

    async def has_threads(self, place: Place) -> bool:
        """Not inside a thread, nor in direct messages."""
        if place.channel.startswith("@"):
            return False
        spot = await self._places.spot(await self._places.channel_of(place))
        return spot.kind not in (ChannelKind.THREAD, ChannelKind.DIRECT)

    async def admins(self, place: Place) -> Sequence[Place]:
        """The server's owner: the one manager that can be known without reading who is there."""
        owner = await self._places.owner(place)
        return [Place(PLATFORM, f"@{owner}")] if owner else []

    def private(self, person: str) -> Place | None:
        """The direct messages of a person."""
        platform, _, number = person.partition(":")
        return Place(PLATFORM, f"@{number}") if platform == PLATFORM and number.isdecimal() else None

    # -- the connection

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled."""
        await self._life.run(inbox)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._wire.close()


def _unanswered(error: discord.HTTPException) -> errors.PlatformError:
    if error.code == INVALID_TOKEN or error.status == 401:
        return errors.AnswerExpired("The time for a private answer is over.")
    if error.code == UNKNOWN_MESSAGE:
        return errors.PostRejected("Who asked has put the answer away.")
    return refusal(error, "the answer")
