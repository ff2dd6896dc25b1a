"""Building and changing the world, at rest or under way, with the gateway events that Discord sends for it."""

import mimetypes
from collections.abc import Sequence

from tests.fakes.discord_server.gateway import DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS, MEMBERS, Gateway
from tests.fakes.discord_server.permissions import BOT, PEOPLE, bits
from tests.fakes.discord_server.state import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    DM,
    KINDS,
    PUBLIC_THREAD,
    Channel,
    Guild,
    Member,
    Message,
    Overwrite,
    Role,
    Tag,
    Upload,
    User,
    World,
)
from tests.fakes.discord_server.wire import Json, channel_json, guild_json, member_json, role_json, thread_json


class Building:
    """The verbs of an administrator, and of time, on the world of a server."""

    world: World
    gateway: Gateway

    def add_user(self, name: str, *, takes_direct: bool = True) -> User:
        """A person whom nobody has met."""
        user = User(self.world.ids.take(), name, takes_direct=takes_direct)
        self.world.users[user.id] = user
        return user

    def add_guild(self, name: str = "Reading group", *, guild_id: int | None = None) -> Guild:
        """A guild with an owner and the bot, whose own role has the smallest set that it needs."""
        owner = self.add_user(f"owner of {name}")
        guild = Guild(guild_id or self.world.ids.take_guild(), name, owner.id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", bits(*PEOPLE), position=0)
        own = Role(self.world.ids.take(), self.world.bot.name, bits(*BOT), is_managed=True, bot=self.world.bot.id)
        guild.roles[own.id] = own
        now = self.world.clock.now()
        guild.members[owner.id] = Member(owner, joined_at=now)
        guild.members[self.world.bot.id] = Member(self.world.bot, {own.id}, now)
        self.world.guilds[guild.id] = guild
        self._tell(guild, "GUILD_CREATE", guild_json(self.world, guild))
        return guild

    def _tell(self, guild: Guild, event: str, body: object, needs: int = GUILDS) -> None:
        self.gateway.publish(event, body, guild_id=guild.id, needs=needs)

    def join(self, guild: Guild, user: User, *roles: Role) -> Member:
        """A person comes into a guild."""
        member = guild.members[user.id] = Member(user, {role.id for role in roles}, self.world.clock.now())
        self._tell(guild, "GUILD_MEMBER_ADD", member_json(member) | {"guild_id": str(guild.id)}, MEMBERS)
        return member

    def add_role(self, guild: Guild, name: str, *permissions: str) -> Role:
        """A role with permissions by name."""
        role = Role(self.world.ids.take(), name, bits(*permissions))
        guild.roles[role.id] = role
        self._tell(guild, "GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role_json(role)})
        return role

    def set_role(self, guild: Guild, role: Role, *permissions: str) -> None:
        """Give a role exactly these permissions."""
        role.permissions = bits(*permissions)
        self._tell(guild, "GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": role_json(role)})

    def bot_role(self, guild: Guild) -> Role:
        """The role that came with the bot."""
        return next(role for role in guild.roles.values() if role.is_managed)

    def add_channel(
        self, guild: Guild, name: str, kind: str = "text", *, tags: tuple[str, ...] = (), needs_tag: bool = False
    ) -> Channel:
        """A text, announcement or forum channel."""
        found = [Tag(self.world.ids.take(), tag) for tag in tags]
        channel = Channel(self.world.ids.take(), KINDS[kind], name, guild.id, tags=found, needs_tag=needs_tag)
        guild.channels[channel.id] = channel
        self._tell(guild, "CHANNEL_CREATE", channel_json(self.world, channel))
        return channel

    def add_thread(self, parent: Channel, name: str, *, owner: User | None = None) -> Channel:
        """A public thread that a person opened; the bot is not in it."""
        owner = owner or self.world.users[self.world.guilds[parent.guild_id or 0].owner_id]
        thread = self.open_thread(parent, name, owner)
        self.announce_thread(thread)
        return thread

    def open_thread(self, parent: Channel, name: str, owner: User, *, thread_id: int | None = None) -> Channel:
        """The thread itself, told to nobody yet."""
        guild = self.world.guilds[parent.guild_id or 0]
        kind = ANNOUNCEMENT_THREAD if parent.kind == ANNOUNCEMENT else PUBLIC_THREAD
        thread = Channel(thread_id or self.world.ids.take(), kind, name, guild.id, parent.id, owner_id=owner.id)
        thread.archived_at = self.world.clock.now()
        thread.thread_members.add(owner.id)
        guild.channels[thread.id] = thread
        return thread

    def announce_thread(self, thread: Channel) -> None:
        """THREAD_CREATE."""
        guild = self.world.guilds[thread.guild_id or 0]
        self._tell(guild, "THREAD_CREATE", thread_json(self.world, thread) | {"newly_created": True})

    def set_thread(self, thread: Channel, *, archived: bool | None = None, locked: bool | None = None) -> None:
        """Archive, open, lock, unlock."""
        thread.is_archived = thread.is_archived if archived is None else archived
        thread.is_locked = thread.is_locked if locked is None else locked
        thread.archived_at = self.world.clock.now()
        guild = self.world.guilds[thread.guild_id or 0]
        self._tell(guild, "THREAD_UPDATE", thread_json(self.world, thread))

    def set_overwrite(
        self, channel: Channel, target: Role | User, *, allow: tuple[str, ...] = (), deny: tuple[str, ...] = ()
    ) -> None:
        """What a channel gives to and takes from a role or a member; nothing at all removes the overwrite."""
        kind = 0 if isinstance(target, Role) else 1
        channel.overwrites[target.id] = Overwrite(target.id, kind, bits(*allow), bits(*deny))
        if not allow and not deny:
            del channel.overwrites[target.id]
        guild = self.world.guilds[channel.guild_id or 0]
        self._tell(guild, "CHANNEL_UPDATE", channel_json(self.world, channel))

    def delete_channel(self, channel: Channel) -> None:
        """A channel or thread is gone, and its threads with it."""
        guild = self.world.guilds[channel.guild_id or 0]
        for thread in [one for one in guild.channels.values() if one.parent_id == channel.id]:
            del guild.channels[thread.id]
        del guild.channels[channel.id]
        if channel.is_thread:
            names = ("id", "guild_id", "parent_id", "type")
            whole = thread_json(self.world, channel)
            self._tell(guild, "THREAD_DELETE", {name: whole[name] for name in names})
        else:
            self._tell(guild, "CHANNEL_DELETE", channel_json(self.world, channel))

    def remove_from_guild(self, guild: Guild) -> None:
        """The bot is thrown out."""
        del self.world.guilds[guild.id]
        self._tell(guild, "GUILD_DELETE", {"id": str(guild.id)})

    def set_outage(self, guild: Guild, *, is_out: bool) -> None:
        """The guild cannot be reached for a while, or can be again."""
        guild.is_unavailable = is_out
        if is_out:
            self._tell(guild, "GUILD_DELETE", {"id": str(guild.id), "unavailable": True})
        else:
            self._tell(guild, "GUILD_CREATE", guild_json(self.world, guild))

    def open_direct(self, user: User) -> Channel:
        """The direct conversation of a person with the bot, made once."""
        for channel in self.world.direct.values():
            if user in channel.recipients:
                return channel
        channel = Channel(self.world.ids.take(), DM, user.name, recipients=[user])
        self.world.direct[channel.id] = channel
        return channel

    def remove_message(self, channel: Channel, message: Message) -> None:
        """A message is deleted."""
        channel.messages.pop(message.id, None)
        body: Json = {"id": str(message.id), "channel_id": str(channel.id)}
        if channel.guild_id is not None:
            body["guild_id"] = str(channel.guild_id)
        needs = DIRECT_MESSAGES if channel.guild_id is None else GUILD_MESSAGES
        self.gateway.publish("MESSAGE_DELETE", body, guild_id=channel.guild_id, needs=needs)

    def remove_messages(self, channel: Channel, messages: Sequence[Message]) -> None:
        """Many messages of a server are deleted at once."""
        for message in messages:
            channel.messages.pop(message.id, None)
        body: Json = {"ids": [str(one.id) for one in messages], "channel_id": str(channel.id)}
        body["guild_id"] = str(channel.guild_id)
        self.gateway.publish("MESSAGE_DELETE_BULK", body, guild_id=channel.guild_id, needs=GUILD_MESSAGES)

    def upload(self, name: str, content: bytes, description: str | None = None) -> Upload:
        """A file with an id."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Upload(self.world.ids.take(), name, content, kind, description)
