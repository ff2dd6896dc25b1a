"""Channels and what may be done in them: from the gateway's cache while we are connected, else by asking Discord."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord

from bot.core import errors
from bot.core.errors import connection_words
from bot.core.posts.post import Place, PostRef
from bot.platforms.discord.api.client import Json, Wire
from bot.platforms.discord.api.errors import (
    MISSING_ACCESS,
    UNKNOWN_CHANNEL,
    UNKNOWN_GUILD,
    EffectUnknown,
    refusal,
    unreachable,
)
from bot.platforms.discord.api.permissions import NEEDED, ChannelFacts, ChannelKind, Tag, missing, problem
from bot.ports.platform import Problem

PLATFORM = "discord"
JUMP = "https://discord.com/channels"
KINDS = {
    0: ChannelKind.TEXT,
    1: ChannelKind.DIRECT,
    5: ChannelKind.ANNOUNCEMENT,
    10: ChannelKind.THREAD,
    11: ChannelKind.THREAD,
    12: ChannelKind.THREAD,
    15: ChannelKind.FORUM,
    16: ChannelKind.FORUM,
}
NEEDS_TAG = 1 << 4
PLACE_KEPT_SECONDS = 300.0
MOST_PLACES_KEPT = 5000
Channel = Any
"""Any of discord.py's channels: their classes share no base that has what we ask for."""


def spot_of_json(channel: Json) -> ChannelFacts:
    """A channel as Discord's JSON has it."""
    tags = tuple(
        Tag(int(available_tag["id"]), str(available_tag["name"]), bool(available_tag.get("moderated")))
        for available_tag in channel.get("available_tags") or ()
    )
    guild, parent = channel.get("guild_id"), channel.get("parent_id")
    return ChannelFacts(
        id=int(channel["id"]),
        kind=KINDS.get(int(channel["type"]), ChannelKind.OTHER),
        guild=int(guild) if guild else None,
        parent=int(parent) if parent else None,
        name=str(channel.get("name") or "direct messages"),
        tags=tags,
        needs_tag=bool(int(channel.get("flags") or 0) & NEEDS_TAG),
    )


def spot_of(channel: Channel) -> ChannelFacts:
    """A channel as discord.py's cache has it."""
    flags = getattr(channel, "flags", None)
    guild = getattr(channel, "guild", None)
    tags = (Tag(item.id, item.name, item.moderated) for item in getattr(channel, "available_tags", ()))
    return ChannelFacts(
        id=channel.id,
        kind=KINDS.get(getattr(channel.type, "value", -1), ChannelKind.OTHER),  # the cache may know nothing but its id
        guild=guild.id if guild is not None else None,
        parent=getattr(channel, "parent_id", None),
        name=str(getattr(channel, "name", "") or "direct messages"),
        tags=tuple(tags),
        needs_tag=bool(flags and flags.require_tag),
    )


class Places:
    """What is known of channels. `live`: the connected client whose cache counts, None while there is none."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.live: discord.Client | None = None
        self._known: dict[int, tuple[float, ChannelFacts]] = {}
        self._direct: dict[int, int] = {}

    # -- which channel

    async def channel_of(self, place: Place) -> int:
        """The id of a place's channel; the direct conversation with a person is opened."""
        name = place.channel
        if name.startswith("@") and name[1:].isdecimal():
            return await self._direct_with(int(name[1:]))
        if not name.isdecimal():
            raise errors.PlaceClosed(f"{place} is no channel of Discord.", "Write discord:<channel id>.")
        return int(name)

    async def _direct_with(self, person: int) -> int:
        if person not in self._direct:
            try:
                made = await self._wire.call("POST", "/users/@me/channels", json={"recipient_id": str(person)})
            except discord.HTTPException as error:
                raise refusal(error, "that person") from error
            except EffectUnknown as error:
                raise unreachable(str(error)) from error
            self._direct[person] = int(made["id"])
            self._remember(spot_of_json(made))
        return self._direct[person]

    async def person_in(self, channel: int) -> int:
        """With whom a direct conversation is."""
        known = next((person for person, number in self._direct.items() if number == channel), None)
        if known is not None:
            return known
        asked = await self._wire.call("GET", "/channels/{channel_id}", channel_id=channel)
        person = int(asked["recipients"][0]["id"])
        self._direct[person] = channel
        return person

    def _remember(self, spot: ChannelFacts) -> None:
        if len(self._known) >= MOST_PLACES_KEPT:
            self._known.clear()
        self._known[spot.id] = (time.monotonic(), spot)

    def cached(self, channel: int) -> Channel | None:
        """The channel in the cache of the connection."""
        return self.live.get_channel(channel) if self.live is not None else None

    def known(self, channel: int) -> ChannelFacts | None:
        """What is known of a channel without asking."""
        live = self.cached(channel)
        if live is not None:
            return spot_of(live)
        at, spot = self._known.get(channel, (0.0, None))
        return spot if spot is not None and time.monotonic() - at < PLACE_KEPT_SECONDS else None

    async def spot(self, channel: int) -> ChannelFacts:
        """What a channel is; `PlaceClosed` when it is gone or cannot be seen."""
        found = self.known(channel)
        if found is None:
            try:
                found = spot_of_json(await self._wire.call("GET", "/channels/{channel_id}", channel_id=channel))
            except discord.HTTPException as error:
                raise refusal(error, self.name_of(channel), self._unseen(error, channel)) from error
            except EffectUnknown as error:
                raise unreachable(str(error)) from error
            self._remember(found)
        return found

    def _unseen(self, error: discord.HTTPException, channel: int) -> list[Problem]:
        if error.code != MISSING_ACCESS:
            return []
        _, spot = self._known.get(channel, (0.0, None))
        return [problem(spot or ChannelFacts(channel, ChannelKind.TEXT, None, None, str(channel)), "view_channel")]

    def name_of(self, channel: int) -> str:
        """A channel's name as far as it is known, for words about it."""
        spot = self.known(channel)
        return spot.shown if spot else f"channel {channel}"

    # -- what may be done there

    def granted_now(self, spot: ChannelFacts) -> discord.Permissions | None:
        """What we may do there by the cache; None when the cache does not know."""
        home = self.cached(spot.home)
        guild = getattr(home, "guild", None)
        if home is None or guild is None or guild.me is None or guild.unavailable:
            return None
        return _permissions(home, guild.me)

    def missing_now(self, spot: ChannelFacts, needed: tuple[str, ...]) -> list[Problem]:
        """Which of those permissions are missing by the cache; nothing when the cache does not know."""
        granted = self.granted_now(spot)
        return list(missing(spot, granted, needed)) if granted is not None else []

    async def missing(self, spot: ChannelFacts, needed: tuple[str, ...]) -> list[Problem]:
        """Which of those permissions are missing."""
        if spot.guild is None:
            return []
        granted = self.granted_now(spot)
        if granted is None:
            granted = await self.granted_to(await self._wire.own_id(), spot)
        return list(missing(spot, granted, needed)) if granted is not None else []

    async def granted_to(self, person: int, spot: ChannelFacts) -> discord.Permissions | None:
        """What a person (or the bot) may do there; None when they are not in that server."""
        try:
            async with asyncio.timeout(20):
                return await self._asked(person, spot)
        except discord.HTTPException as error:
            if error.status in (403, 404):
                return discord.Permissions.none() if error.code in (MISSING_ACCESS, UNKNOWN_CHANNEL) else None
            raise refusal(error, spot.shown) from error
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise unreachable(connection_words(error)) from error

    async def _asked(self, person: int, spot: ChannelFacts) -> discord.Permissions | None:
        if spot.guild is None:
            return None
        home = self.cached(spot.home)
        guild: discord.Guild = getattr(home, "guild", None) or await self._guild(spot.guild)
        member = await guild.fetch_member(person)
        return _permissions(home or await guild.fetch_channel(spot.home), member)

    async def _guild(self, guild: int) -> discord.Guild:
        return await (await self._wire.client()).fetch_guild(guild, with_counts=False)

    async def check(self, place: Place) -> Sequence[Problem]:
        """What keeps us from posting at a place, whatever the kind of post."""
        try:
            spot = await self.spot(await self.channel_of(place))
            if spot.kind is ChannelKind.OTHER:
                remedy = "Choose a text channel, an announcement channel, a forum or a thread."
                return [Problem(f"{spot.shown} is no channel that takes posts.", remedy)]
            return await self.missing(spot, NEEDED.get(spot.kind, ()))
        except errors.PlatformError as error:
            return [Problem(error.what, error.remedy)]

    # -- for people

    async def describe(self, place: Place) -> str:
        """A place's name with its server's; `channel` and its id where Discord says nothing."""
        try:
            spot = await self.spot(await self.channel_of(place))
            guild = await self._guild_of(spot)
        except (errors.PlatformError, discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError):
            return self.name_of(int(place.channel)) if place.channel.isdecimal() else str(place)
        return f"{spot.shown} in {guild.name}" if guild is not None else spot.shown

    async def _guild_of(self, spot: ChannelFacts) -> discord.Guild | None:
        if spot.guild is None:
            return None
        live = self.live.get_guild(spot.guild) if self.live is not None else None
        return live or await self._guild(spot.guild)

    async def owner(self, place: Place) -> int | None:
        """Who owns the server of a place: the one manager that can be known without reading all members."""
        if not place.channel.isdecimal():
            return None
        channel = int(place.channel)
        known = self.known(channel) or self._known.get(channel, (0.0, None))[1]
        try:
            guild = await self._guild_of(known or await self.spot(channel))
        except discord.HTTPException as error:
            if error.code in (UNKNOWN_GUILD, MISSING_ACCESS):
                return None
            raise refusal(error, self.name_of(channel)) from error
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise unreachable(connection_words(error)) from error
        return guild.owner_id if guild is not None else None

    async def meet(self, refs: Sequence[PostRef]) -> None:
        """Get to know the channels of posts that a post links to; what cannot be known has no link."""
        for ref in refs:
            try:
                await self.spot(await self.channel_of(ref.place))
            except errors.PlatformError:
                continue

    def link(self, ref: PostRef) -> str | None:
        """The address of one of our posts; None where its server is not known."""
        name = ref.place.channel
        if ref.place.platform != PLATFORM:
            return None
        channel = self._direct.get(int(name[1:])) if name[1:].isdecimal() and name.startswith("@") else None
        spot = self.known(channel or int(name)) if channel or name.isdecimal() else None
        if spot is None:
            return None
        server = spot.guild if spot.guild is not None else "@me"
        return f"{JUMP}/{server}/{ref.thread or spot.id}/{ref.id}"


def _permissions(channel: Channel, member: discord.Member) -> discord.Permissions:
    granted: discord.Permissions = channel.permissions_for(member)
    return granted
