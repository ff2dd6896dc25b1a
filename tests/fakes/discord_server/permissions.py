"""Who may do what where: roles, then overwrites, as Discord computes it."""

from tests.fakes.discord_server.state import Channel, Guild, Overwrite

BITS = {
    "administrator": 3,
    "manage_channels": 4,
    "manage_guild": 5,
    "view_channel": 10,
    "send_messages": 11,
    "send_tts_messages": 12,
    "manage_messages": 13,
    "embed_links": 14,
    "attach_files": 15,
    "read_message_history": 16,
    "mention_everyone": 17,
    "use_application_commands": 31,
    "manage_threads": 34,
    "create_public_threads": 35,
    "create_private_threads": 36,
    "send_messages_in_threads": 38,
    "pin_messages": 51,
}
EVERYTHING = (1 << 53) - 1
BOT = (
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "create_public_threads",
    "send_messages_in_threads",
)
PEOPLE = (*BOT, "use_application_commands")


def bits(*names: str) -> int:
    """Permissions by name as one number."""
    return sum(1 << BITS[name] for name in set(names))


def permissions_in_guild(guild: Guild, user_id: int) -> int:
    """What the roles give."""
    if user_id == guild.owner_id:
        return EVERYTHING
    granted = guild.roles[guild.id].permissions
    for role_id in guild.members[user_id].roles:
        granted |= guild.roles[role_id].permissions
    return EVERYTHING if granted & bits("administrator") else granted


def permissions_in_channel(guild: Guild, channel: Channel, user_id: int) -> int:
    """What is left in a channel; a thread asks its parent."""
    place = guild.channels[channel.parent_id] if channel.is_thread and channel.parent_id else channel
    granted = permissions_in_guild(guild, user_id)
    if granted != EVERYTHING:
        granted = _overwritten(granted, guild, place, user_id)
    if not granted & bits("view_channel"):
        return 0
    speaking = "send_messages_in_threads" if channel.is_thread else "send_messages"
    if not granted & bits(speaking):
        granted &= ~bits("mention_everyone", "send_tts_messages", "attach_files", "embed_links")
    return granted


def _overwritten(granted: int, guild: Guild, place: Channel, user_id: int) -> int:
    roles = [place.overwrites[one] for one in guild.members[user_id].roles if one in place.overwrites]
    for step in ([place.overwrites.get(guild.id)], roles, [place.overwrites.get(user_id)]):
        granted = _applied(granted, [overwrite for overwrite in step if overwrite is not None])
    return granted


def _applied(granted: int, overwrites: list[Overwrite]) -> int:
    deny = allow = 0
    for overwrite in overwrites:
        deny |= overwrite.deny
        allow |= overwrite.allow
    return granted & ~deny | allow
