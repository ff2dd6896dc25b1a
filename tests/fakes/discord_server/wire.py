"""What is remembered, as the JSON that Discord sends."""

from typing import Any

from tests.fakes.discord_server.clock import born_at, stamp
from tests.fakes.discord_server.permissions import permissions_in_channel, permissions_in_guild
from tests.fakes.discord_server.state import DM, FORUM, Channel, Guild, Member, Message, Role, Upload, User, World

MESSAGE_CONTENT = 1 << 15
Json = dict[str, Any]


def user_json(user: User) -> Json:
    """A user object."""
    return {
        "id": str(user.id),
        "username": user.name,
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": user.is_bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def member_json(member: Member, *, with_user: bool = True) -> Json:
    """A guild member object."""
    body: Json = {
        "roles": [str(role) for role in sorted(member.roles)],
        "nick": None,
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "joined_at": stamp(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
    }
    return body | {"user": user_json(member.user)} if with_user else body


def role_json(role: Role) -> Json:
    """A role object."""
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.is_managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
        **({"tags": {"bot_id": str(role.bot)}} if role.bot else {}),
    }


def channel_json(world: World, channel: Channel) -> Json:
    """A channel object of any kind."""
    if channel.is_thread:
        return thread_json(world, channel)
    body: Json = {"id": str(channel.id), "type": channel.kind, "flags": 0, "last_message_id": _last(channel)}
    if channel.kind == DM:
        return body | {"recipients": [user_json(user) for user in channel.recipients]}
    body |= {
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "position": 0,
        "parent_id": None,
        "topic": channel.topic,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "permission_overwrites": [
            {"id": str(one.id), "type": one.kind, "allow": str(one.allow), "deny": str(one.deny)}
            for one in channel.overwrites.values()
        ],
    }
    return body | _forum_json(channel) if channel.kind == FORUM else body


def _forum_json(channel: Channel) -> Json:
    tags = [
        {"id": str(tag.id), "name": tag.name, "moderated": tag.is_moderated, "emoji_id": None, "emoji_name": None}
        for tag in channel.tags
    ]
    return {
        "available_tags": tags,
        "flags": 1 << 4 if channel.needs_tag else 0,
        "default_reaction_emoji": None,
        "default_sort_order": None,
        "default_forum_layout": 0,
    }


def _last(channel: Channel) -> str | None:
    return str(max(channel.messages)) if channel.messages else None


def thread_json(world: World, thread: Channel) -> Json:
    """A thread as a channel object, with our membership where we are in it."""
    body: Json = {
        "id": str(thread.id),
        "type": thread.kind,
        "guild_id": str(thread.guild_id),
        "parent_id": str(thread.parent_id),
        "owner_id": str(thread.owner_id),
        "name": thread.name,
        "last_message_id": _last(thread),
        "message_count": max(len(thread.messages) - 1, 0),
        "total_message_sent": max(len(thread.messages) - 1, 0),
        "member_count": len(thread.thread_members),
        "rate_limit_per_user": 0,
        "flags": 0,
        "applied_tags": [str(tag) for tag in thread.applied_tags],
        "thread_metadata": {
            "archived": thread.is_archived,
            "auto_archive_duration": thread.archive_minutes,
            "archive_timestamp": stamp(thread.archived_at),
            "locked": thread.is_locked,
            "create_timestamp": stamp(born_at(thread.id)),
        },
    }
    joined = world.bot.id in thread.thread_members
    return body | {"member": thread_member_json(thread, world.bot.id)} if joined else body


def thread_member_json(thread: Channel, user_id: int) -> Json:
    """A membership of a thread."""
    return {
        "id": str(thread.id),
        "user_id": str(user_id),
        "join_timestamp": stamp(born_at(thread.id)),
        "flags": 1,
    }


def guild_json(world: World, guild: Guild) -> Json:
    """A guild as GUILD_CREATE carries it; threads only where the bot can see the channel."""
    seen = [one for one in guild.channels.values() if one.is_thread and not one.is_archived]
    seen = [one for one in seen if permissions_in_channel(guild, one, world.bot.id)]
    return bare_guild_json(guild) | {
        "joined_at": stamp(guild.members[world.bot.id].joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_json(guild.members[world.bot.id])],
        "channels": [channel_json(world, one) for one in guild.channels.values() if not one.is_thread],
        "threads": [thread_json(world, one) for one in seen],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def bare_guild_json(guild: Guild) -> Json:
    """A guild as REST gives it."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "roles": [role_json(role) for role in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "icon": None,
        "splash": None,
        "description": None,
        "preferred_locale": "en-US",
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_progress_bar_enabled": False,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "application_id": None,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "banner": None,
        "discovery_splash": None,
        "home_header": None,
        "incidents_data": None,
        "max_members": 500_000,
        "max_presences": None,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "nsfw": False,
        "premium_subscription_count": 0,
        "region": "deprecated",
        "safety_alerts_channel_id": None,
        "widget_channel_id": None,
        "widget_enabled": False,
    }


def upload_json(world: World, message: Message, upload: Upload) -> Json:
    """An attachment object."""
    url = f"{world.attachment_base}/{message.channel_id}/{upload.id}/{upload.name}"
    body: Json = {
        "id": str(upload.id),
        "filename": upload.name,
        "size": len(upload.content),
        "url": url,
        "proxy_url": url,
        "content_type": upload.kind,
    }
    return body | {"description": upload.description} if upload.description else body


def message_json(world: World, message: Message, *, depth: int = 1) -> Json:
    """A message object, whole."""
    body: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "author": user_json(message.author),
        "content": message.content,
        "timestamp": stamp(message.at),
        "edited_timestamp": None if message.edited_at is None else stamp(message.edited_at),
        "tts": False,
        "mention_everyone": message.pings_everyone,
        "mentions": [user_json(user) for user in message.mentions],
        "mention_roles": [str(role) for role in message.mention_roles],
        "attachments": [upload_json(world, message, upload) for upload in message.uploads],
        "embeds": message.embeds,
        "components": message.components,
        "pinned": False,
        "type": message.kind,
        "flags": message.flags,
    }
    if message.nonce is not None:
        body["nonce"] = message.nonce
    if message.reference is not None:
        body["message_reference"] = message.reference
    if message.referenced is not None and depth:
        body["referenced_message"] = message_json(world, message.referenced, depth=depth - 1)
    if message.forwarded:
        shown = ("type", "content", "embeds", "attachments", "mentions", "timestamp", "edited_timestamp", "flags")
        whole = [message_json(world, one) for one in message.forwarded]
        body["message_snapshots"] = [{"message": {name: one[name] for name in shown}} for one in whole]
        first = message.forwarded[0]
        body["message_reference"] = {"type": 1, "channel_id": str(first.channel_id), "message_id": str(first.id)}
    if message.thread_id is not None:
        body["thread"] = thread_json(world, world.channel(message.thread_id))
    if message.answers is not None:
        body |= {"application_id": str(world.application_id), "webhook_id": str(world.application_id)}
        body["interaction_metadata"] = message.answers
    return body


def as_the_bot_sees(world: World, message: Message, intents: int, body: Json | None = None) -> Json:
    """A message without what the bot may not read: content needs an intent, a mention, a reply, or a conversation."""
    body = dict(message_json(world, message) if body is None else body)
    if "referenced_message" in body and message.referenced is not None:
        body["referenced_message"] = as_the_bot_sees(world, message.referenced, intents, body["referenced_message"])
    if intents & MESSAGE_CONTENT or _is_meant_for_bot(world, message):
        return body
    return body | {"content": "", "embeds": [], "attachments": [], "components": [], "message_snapshots": []}


def _is_meant_for_bot(world: World, message: Message) -> bool:
    if message.author is world.bot or message.channel_id in world.direct:
        return True
    if f"<@{world.bot.id}>" in message.content or f"<@!{world.bot.id}>" in message.content:
        return True
    replied = message.referenced
    is_pinged = world.bot in message.mentions
    return is_pinged and replied is not None and replied.author is world.bot and replied.answers is None


def member_with_permissions(guild: Guild, channel: Channel, user: User) -> Json:
    """A member as an interaction carries it."""
    granted = permissions_in_channel(guild, channel, user.id)
    return member_json(guild.members[user.id]) | {"permissions": str(granted)}


def application_json(world: World) -> Json:
    """The application; its flags say which privileged intents are switched on."""
    flags = sum(1 << place for intent, place in ((8, 13), (1, 15), (15, 19)) if world.privileged & 1 << intent)
    owner = User(1, "owner")
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": user_json(owner),
        "team": None,
        "flags": flags,
        "flags_new": str(flags),
        "type": None,
        "summary": "",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "bot": user_json(world.bot),
    }


def partial_channel(world: World, channel: Channel, user: User) -> Json:
    """A channel as interactions carry it, with what the user and the application may do in it."""
    guild = world.guild_of(channel)
    body = channel_json(world, channel)
    if guild is None:
        return body
    kept = "id type name parent_id guild_id position nsfw flags topic rate_limit_per_user last_message_id"
    kept += " thread_metadata owner_id applied_tags message_count member_count total_message_sent member"
    return {name: body[name] for name in kept.split() if name in body} | {
        "permissions": str(permissions_in_channel(guild, channel, user.id)),
        "app_permissions": str(permissions_in_channel(guild, channel, world.bot.id)),
    }


def guild_permissions(guild: Guild, user_id: int) -> str:
    """What the roles alone give, as Discord writes it."""
    return str(permissions_in_guild(guild, user_id))
