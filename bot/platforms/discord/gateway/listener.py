"""One life of a connection to the gateway: what is heard while it lasts, and which of its shards are up."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.core.discussion.remark import RemarkDeleted
from bot.core.posts.post import Place
from bot.platforms.discord.api.address import address_of
from bot.platforms.discord.api.places import KINDS, PLATFORM, Places
from bot.platforms.discord.gateway.remarks import edited_of, remark_of
from bot.platforms.discord.interactions.buttons import OURS, Press
from bot.platforms.discord.interactions.handler import InteractionHandler
from bot.platforms.discord.posting.markup import chosen
from bot.ports.platform import Inbox

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `ready`: how long READY may take to come, at first and after a loss; `first` and `most`: the waits
    before another life; `steady`: how long a life lasts that counts as a good one; `identify`: between two IDENTIFYs;
    `gather`: how long changes of a server are gathered before what waits there is tried."""

    ready: float = 60.0
    first: float = 2.0
    most: float = 300.0
    steady: float = 120.0
    identify: float = 5.0
    gather: float = 1.0


@dataclass(slots=True)
class _Gathering:
    """Places of a server at which something changed."""

    places: set[Place] = field(default_factory=set)
    task: asyncio.Task[None] | None = None


def intents_of(*, message_content: bool) -> discord.Intents:
    """What we ask the gateway for: servers, messages and direct messages; content only when the operator says so."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=message_content)


class Listener(discord.AutoShardedClient):
    """discord.py's client with our ears. A life ends with an exception of `connect`, or when it is closed."""

    def __init__(
        self,
        reception: InteractionHandler,
        places: Places,
        inbox: Inbox,
        patience: Patience,
        *,
        message_content: bool,
        shard_ids: Sequence[int],
        gateway_url: str | None,
        told: Callable[[], None],
    ) -> None:
        super().__init__(
            intents=intents_of(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=1,
            max_messages=None,
        )
        self.shard_ids = list(shard_ids) or None
        self._reception = reception
        self._places = places
        self._inbox = inbox
        self._patience = patience
        self._gateway = address_of(gateway_url) if gateway_url else None
        self._told = told
        self._gathered: dict[int, _Gathering] = {}
        self._trying: set[asyncio.Task[None]] = set()
        self.up: set[int] = set()

    async def setup_hook(self) -> None:
        """Buttons are known before anything is heard."""
        self.add_dynamic_items(Press)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord wants a pause between two IDENTIFYs."""
        if not initial:
            await asyncio.sleep(self._patience.identify)

    async def close(self) -> None:
        """The life ends, and what it was about to try with it: the next one tries all anew."""
        for task in self._trying:
            task.cancel()
        await super().close()

    # -- how the connection is

    @property
    def is_whole(self) -> bool:
        """Whether every shard of ours is up."""
        return len(self.up) >= len(self.shard_ids or range(self.shard_count or 1))

    async def on_shard_connect(self, shard_id: int) -> None:
        """READY. A gateway that the settings name is also where a session goes on."""
        if self._gateway is not None:
            self._get_websocket(shard_id=shard_id).gateway = self._gateway
        self.up.add(shard_id)
        self._told()

    async def on_shard_resumed(self, shard_id: int) -> None:
        """RESUMED: nothing was missed."""
        self.up.add(shard_id)
        self._told()

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """A shard lost its connection; discord.py tries to go on with the session."""
        self.up.discard(shard_id)
        self._told()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """An event of ours failed: never silent, and never the end."""
        log.exception("an event failed", extra={"event_name": event_method})

    # -- what people do

    async def on_interaction(self, heard: discord.Interaction[Any]) -> None:
        """Everything but our own buttons, which come as dynamic items."""
        if heard.type is discord.InteractionType.component:
            data: dict[str, Any] = dict(heard.data or {})
            if (command := chosen(data)) is not None:
                await self._reception.choose(heard, command, self._inbox)
            elif not OURS.fullmatch(str(data.get("custom_id", ""))):
                await self._reception.refuse(heard)
            return
        await self._reception.hear(heard, self._inbox)

    async def press(self, heard: discord.Interaction[Any], value: str) -> None:
        """A button of ours was pressed."""
        await self._reception.press(heard, value, self._inbox)

    # -- what people write, for an inbox that wants to hear it

    async def on_message(self, message: discord.Message) -> None:
        """A remark."""
        hear = getattr(self._inbox, "hear", None)
        remark = remark_of(message, self.user.id) if hear is not None and self.user is not None else None
        if hear is not None and remark is not None:
            await hear(remark)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A remark says something else now."""
        edited = getattr(self._inbox, "edited", None)
        change = edited_of(payload.message, self.user.id) if edited is not None and self.user is not None else None
        if edited is not None and change is not None:
            await edited(change)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A remark is gone."""
        await self._deleted((payload.message_id,), payload.channel_id, payload.guild_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """A moderator cleared away many at once."""
        await self._deleted(sorted(payload.message_ids), payload.channel_id, payload.guild_id)

    async def _deleted(self, messages: Iterable[int], channel: int, guild: int | None) -> None:
        """Direct messages and archived threads are in no cache: what a person took back goes all the same."""
        deleted = getattr(self._inbox, "deleted", None)
        if deleted is None:
            return
        if guild is None:
            place = Place.private(f"{PLATFORM}:{await self._places.person_in(channel)}")
        else:
            place = Place(PLATFORM, str((await self._places.spot(channel)).home))
        for message in messages:
            await deleted(RemarkDeleted(str(message), place))

    # -- what changes

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server: everything about it goes."""
        places = [_place(channel) for channel in (*guild.channels, *guild.threads)]
        await self._inbox.leave_community(f"{PLATFORM}:{guild.id}", places)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server can be reached (again)."""
        self._mended(guild, (*guild.channels, *guild.threads))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot came (back) into a server."""
        self._mended(guild, (*guild.channels, *guild.threads))

    async def on_guild_channel_update(self, before: Any, after: Any) -> None:
        """Overwrites, kinds, tags: whatever may have been wrong with a channel."""
        self._mended(after.guild, (after, *getattr(after, "threads", ())))

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """A role's permissions changed: any channel may be open now."""
        if before.permissions != after.permissions:
            self._mended(after.guild, (*after.guild.channels, *after.guild.threads))

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Our own roles changed."""
        if self.user is not None and after.id == self.user.id:
            self._mended(after.guild, (*after.guild.channels, *after.guild.threads))

    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """A thread was opened or unlocked."""
        guild = self.get_guild(payload.guild_id)
        if guild is not None:
            self._gather(guild, {Place(PLATFORM, str(payload.thread_id)), Place(PLATFORM, str(payload.parent_id))})

    def _mended(self, guild: discord.Guild, channels: Iterable[Any]) -> None:
        self._gather(guild, {_place(channel) for channel in channels if channel.type.value in KINDS})

    def _gather(self, guild: discord.Guild, places: set[Place]) -> None:
        """A change of a role comes with many others: what waits is tried once for all of them."""
        gathering = self._gathered.setdefault(guild.id, _Gathering())
        gathering.places |= places
        if gathering.task is None or gathering.task.done():
            gathering.task = asyncio.create_task(self._try_again(guild.id))
            self._trying.add(gathering.task)
            gathering.task.add_done_callback(self._trying.discard)

    async def _try_again(self, guild: int) -> None:
        await asyncio.sleep(self._patience.gather)
        places = self._gathered.pop(guild, _Gathering()).places
        try:
            await self._inbox.mended(*sorted(places))
        except Exception:
            log.exception("what waits was not tried", extra={"guild": str(guild)})


def _place(channel: Any) -> Place:
    return Place(PLATFORM, str(channel.id))
