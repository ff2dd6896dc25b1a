"""Discord behind `ports.Platform`: posting by requests alone, listening by the gateway."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import discord

from bot.core import errors
from bot.core.asked import Asked, Standing
from bot.core.connection import Connection
from bot.core.post import Place, Post, PostKey, PostRef
from bot.platforms.discord.errors import INVALID_TOKEN, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, Unsure, refusal
from bot.platforms.discord.interactions import Reception
from bot.platforms.discord.life import Life
from bot.platforms.discord.limits import CHARACTERS, DIGEST, LIST_LINES
from bot.platforms.discord.listener import Patience
from bot.platforms.discord.payload import body_of
from bot.platforms.discord.permissions import Kind, manages
from bot.platforms.discord.places import PLATFORM, Places
from bot.platforms.discord.posting import Posting
from bot.platforms.discord.trial import invite, trial
from bot.platforms.discord.wire import Wire
from bot.ports import Capacity, Inbox, Problem

TOKEN_LIVES = timedelta(minutes=15)
MARGIN = timedelta(seconds=30)
ANSWER_TRIES = 12
ANSWER_PAUSE = 0.25
SOON = timedelta(seconds=5)
NO_CHANNEL = errors.Refused("There is no such channel here.", "Choose one of this server's channels that you can see.")


class DiscordPlatform:
    """Posts, looks, edits and answers; `run` listens. Built from settings alone, and connected to nothing by that."""

    name = PLATFORM
    capacity = Capacity(characters=CHARACTERS, list_lines=LIST_LINES, digest_characters=DIGEST)

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
        self._reception = Reception(self._wire, self._places, site_url)
        self._life = Life(
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

    def hears(self, asked: Asked) -> bool:
        """Any process can answer: the way back is an address with a token."""
        return True

    def answers_until(self, asked: Asked) -> datetime | None:
        """Until shortly before the interaction's token dies."""
        if "token" not in asked.reply_to or not asked.id.isdecimal():
            return None
        return discord.utils.snowflake_time(int(asked.id)).astimezone(UTC) + TOKEN_LIVES - MARGIN

    async def answer(self, asked: Asked, post: Post) -> None:
        """Put the answer in the place of "thinking…", or of the answer before."""
        application, token = asked.reply_to.get("application", ""), asked.reply_to.get("token", "")
        if not application.isdecimal() or not token:
            raise errors.PostRejected("There is no way back to who asked.")
        body = await body_of(post, None, self._places, self._site_url)
        await self._reception.until_acknowledged(asked.id)
        for _ in range(ANSWER_TRIES):
            try:
                await self._wire.edit_answer(application, token, body)
                return
            except discord.HTTPException as error:
                if error.code != UNKNOWN_WEBHOOK:  # another process is about to acknowledge it
                    raise _unanswered(error) from error
            except Unsure as error:
                raise errors.PlatformDown(f"The connection to Discord broke ({error}).", retry_after=SOON) from error
            await asyncio.sleep(ANSWER_PAUSE)
        raise errors.PlatformDown("Discord does not know the question (yet).", retry_after=SOON)

    async def show_work(self, place: Place, thread: PostRef | None) -> None:
        """Show for some seconds that we write; whatever fails is nobody's trouble."""
        with suppress(errors.PlatformError, discord.HTTPException, Unsure):
            channel = int(thread.thread or thread.id) if thread else await self._places.channel_of(place)
            await self._wire.call("POST", "/channels/{channel_id}/typing", channel_id=channel)

    # -- places and people

    async def check(self, place: Place) -> Sequence[Problem]:
        """Which permissions are missing, and how they are given."""
        return await self._places.check(place)

    async def try_out(self) -> Sequence[Problem]:
        """Token, application, intents, gateway."""
        return await trial(self._wire, message_content=self._message_content)

    def introduce(self) -> Sequence[str]:
        """The invite link with the smallest set of permissions."""
        return invite(self._wire.known)

    async def standing(self, asked: Asked) -> Standing:
        """What the event says: Discord tells what a person may do with every interaction."""
        return asked.asker.standing

    async def place_named(self, asked: Asked, channel: str) -> tuple[Place, Standing]:
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
        if spot.kind in (Kind.OTHER, Kind.DIRECT):
            raise errors.Refused("That channel takes no posts.", "Choose a text channel, a forum or a thread.")
        return place, Standing.ADMIN if manages(granted) else Standing.MEMBER

    async def describe(self, place: Place) -> str:
        """The channel's name and its server's."""
        return await self._places.describe(place)

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
        return errors.PostRejected("The time for a private answer is over.")
    if error.code == UNKNOWN_MESSAGE:
        return errors.PostRejected("Who asked has put the answer away.")
    return refusal(error, "the answer")
