"""Servers that removed the bot while nobody listened: no event tells of them, so they are looked for at each start."""

import logging

import discord

from bot.core.errors import PlatformError
from bot.platforms.discord.api.client import Wire
from bot.platforms.discord.api.errors import MISSING_ACCESS, UNKNOWN_GUILD, EffectUnknown
from bot.platforms.discord.api.places import PLATFORM
from bot.ports.platform import Inbox

log = logging.getLogger(__name__)


async def leave_gone(client: discord.AutoShardedClient, wire: Wire, inbox: Inbox) -> None:
    """Everything goes that is stored about servers of our shards in which we are no more.

    READY names every server, also those in an outage. What it does not name is asked for before anything is deleted.
    """
    for community in await inbox.communities(PLATFORM):
        name = community.removeprefix(f"{PLATFORM}:")
        if not name.isdecimal() or not _is_ours(client, int(name)) or client.get_guild(int(name)) is not None:
            continue
        if await _is_gone(wire, int(name)):
            log.info("a server removed the bot unheard", extra={"community": community})
            await inbox.leave_community(community)


def _is_ours(client: discord.AutoShardedClient, guild: int) -> bool:
    count = client.shard_count or 1
    return (guild >> 22) % count in (client.shard_ids or range(count))


async def _is_gone(wire: Wire, guild: int) -> bool:
    """Whether Discord says that we are not in that server; whatever else it says is no farewell."""
    try:
        await wire.call("GET", "/guilds/{guild_id}", guild_id=guild)
    except discord.HTTPException as error:
        return error.code in (UNKNOWN_GUILD, MISSING_ACCESS)
    except (PlatformError, EffectUnknown) as error:
        log.warning("it is not known whether a server is left", extra={"guild": str(guild), "reason": str(error)})
    return False
