"""Threads: from a message, alone, as posts of a forum; listed, changed, joined."""

from tests.fakes.discord_server.call import Call
from tests.fakes.discord_server.refusal import Refusal, invalid_form
from tests.fakes.discord_server.rules import check_message
from tests.fakes.discord_server.state import (
    ANNOUNCEMENT,
    FORUM,
    HAS_THREAD,
    PUBLIC_THREAD,
    TEXT,
    THREAD_CREATED,
    THREAD_STARTER,
    V2,
    Channel,
    Message,
)
from tests.fakes.discord_server.wire import Json, channel_json, message_json, thread_json, thread_member_json

MINUTES = (60, 1440, 4320, 10080)


def _check_form(body: Json) -> None:
    if not 1 <= len(body.get("name") or "") <= 100:
        raise invalid_form("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    if body.get("auto_archive_duration") not in (None, *MINUTES):
        words = f"Value must be one of {{{', '.join(map(str, MINUTES))}}}."
        raise invalid_form("auto_archive_duration", "BASE_TYPE_CHOICES", words)


def _opened(call: Call, parent: Channel, thread_id: int | None = None) -> Channel:
    fake, body = call.fake, call.body
    thread = fake.open_thread(parent, body["name"], fake.world.bot, thread_id=thread_id)
    thread.archive_minutes = body.get("auto_archive_duration") or thread.archive_minutes
    thread.applied_tags = [int(tag) for tag in body.get("applied_tags") or []]
    fake.journal.write(
        "thread_created",
        fake.world.clock.now(),
        channel=str(parent.id),
        thread=str(thread.id),
        name=thread.name,
        tags=[str(tag) for tag in thread.applied_tags],
    )
    return thread


def start_from_message(call: Call) -> tuple[int, Json]:
    """POST: the thread gets the id of its message, so there can only be one."""
    parent = call.channel
    message = call.message(parent)
    if parent.kind not in (TEXT, ANNOUNCEMENT):
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    call.need(parent, "create_public_threads")
    _check_form(call.body)
    if message.thread_id is not None:
        raise Refusal(400, 160004, "A thread has already been created for this message")
    thread = _opened(call, parent, message.id)
    message.thread_id = thread.id
    message.flags |= HAS_THREAD
    call.fake.announce_thread(thread)
    _put_system_message(call, thread, THREAD_STARTER, message)
    call.fake.tell_message("MESSAGE_UPDATE", parent, message)
    return 201, thread_json(call.fake.world, thread)


def _put_system_message(call: Call, place: Channel, kind: int, about: Message | None, content: str = "") -> None:
    world = call.fake.world
    message = Message(world.ids.take(), place.id, world.bot, world.clock.now(), kind, content)
    if about is not None:
        message.referenced = about
        message.reference = {"type": 0, "channel_id": str(about.channel_id), "message_id": str(about.id)}
    place.messages[message.id] = message
    call.fake.tell_message("MESSAGE_CREATE", place, message)


def start_alone(call: Call) -> tuple[int, Json]:
    """POST: a thread without a message, or with one as a post of a forum."""
    parent = call.channel
    if parent.kind == FORUM:
        return _start_post(call, parent)
    if parent.kind not in (TEXT, ANNOUNCEMENT):
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    _check_form(call.body)
    if call.body.get("type") not in (10, PUBLIC_THREAD):
        raise invalid_form("type", "BASE_TYPE_CHOICES", "Private threads are not served here.")
    call.need(parent, "create_public_threads")
    thread = _opened(call, parent)
    call.fake.announce_thread(thread)
    _put_system_message(call, parent, THREAD_CREATED, None, thread.name)
    return 201, thread_json(call.fake.world, thread)


def _start_post(call: Call, forum: Channel) -> tuple[int, Json]:
    call.need(forum, "send_messages")
    _check_form(call.body)
    _check_tags(call, forum)
    body = call.body.get("message")
    if body is None:
        raise invalid_form("message", "BASE_TYPE_REQUIRED", "This field is required")
    body = body | {"flags": (body.get("flags") or 0) & (V2 | 1 << 2 | 1 << 12)}
    uploads = call.uploads(body=body)
    if uploads:
        call.need(forum, "attach_files")
    check_message(body, uploads)
    fake = call.fake
    thread = _opened(call, forum)
    message = fake.write_of_bot(thread, body, uploads)
    message.id = thread.id
    fake.announce_thread(thread)
    fake.publish_message(thread, message)
    return 201, thread_json(fake.world, thread) | {"message": message_json(fake.world, message)}


def _check_tags(call: Call, forum: Channel) -> None:
    wanted = [int(tag) for tag in call.body.get("applied_tags") or []]
    if len(wanted) > 5:
        raise invalid_form("applied_tags", "BASE_TYPE_BAD_LENGTH", "Must be between 0 and 5 in length.")
    known = {tag.id: tag for tag in forum.tags}
    if any(tag not in known for tag in wanted):
        raise Refusal(400, 10087, "Unknown tag")
    if any(known[tag].is_moderated for tag in wanted):
        call.need(forum, "manage_threads")
    if forum.needs_tag and not wanted:
        raise Refusal(400, 40067, "A tag is required to create a forum post in this channel")


def change_channel(call: Call) -> Json:
    """PATCH of a thread; other channels are the administrators' own."""
    channel, body, fake = call.channel, call.body, call.fake
    if not channel.is_thread:
        call.need(channel, "manage_channels")
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    only_opening = set(body) == {"archived"} and not body["archived"] and not channel.is_locked
    is_own = channel.owner_id == fake.world.bot.id and "locked" not in body
    if not only_opening and not is_own:
        call.need(channel, "manage_threads")
    if channel.is_archived and body.get("archived") is not False:
        raise Refusal(400, 50083, "Thread is archived")
    channel.name = body.get("name") or channel.name
    channel.applied_tags = [int(tag) for tag in body.get("applied_tags", channel.applied_tags)]
    fake.set_thread(channel, archived=body.get("archived"), locked=body.get("locked"))
    fake.journal.write("thread_changed", fake.world.clock.now(), thread=str(channel.id), change=body)
    return thread_json(fake.world, channel)


def list_active(call: Call) -> Json:
    """GET: the open threads of a guild that the bot can see."""
    guild = call.fake.world.guild(call.named("guild_id"))
    found = [one for one in guild.channels.values() if one.is_thread and not one.is_archived]
    return _listed(call, [one for one in found if call.has(one, "view_channel")]) | {"has_more": False}


def list_archived(call: Call) -> Json:
    """GET: the closed threads of a channel, the latest first; the bot needs to read history."""
    channel = call.channel
    call.need(channel, "read_message_history")
    guild = call.fake.world.guild(channel.guild_id or 0)
    found = [one for one in guild.channels.values() if one.parent_id == channel.id and one.is_archived]
    found.sort(key=lambda thread: thread.archived_at, reverse=True)
    limit = int(call.request.query.get("limit", 50))
    return _listed(call, found[:limit]) | {"has_more": len(found) > limit}


def _listed(call: Call, threads: list[Channel]) -> Json:
    world = call.fake.world
    joined = [one for one in threads if world.bot.id in one.thread_members]
    return {
        "threads": [thread_json(world, one) for one in threads],
        "members": [thread_member_json(one, world.bot.id) for one in joined],
    }


def list_members(call: Call) -> list[Json]:
    """GET: who is in a thread."""
    return [thread_member_json(call.channel, user_id) for user_id in sorted(call.channel.thread_members)]


def join_thread(call: Call) -> None:
    """PUT: the bot, or a person whom it adds."""
    thread = call.channel
    if thread.is_archived:
        raise Refusal(400, 50083, "Thread is archived")
    wanted = call.request.match_info["user_id"]
    if wanted != "@me":
        call.need(thread, "send_messages_in_threads")
    thread.thread_members.add(call.fake.world.bot.id if wanted == "@me" else int(wanted))


def get_channel(call: Call) -> Json:
    """GET of a channel of any kind."""
    return channel_json(call.fake.world, call.channel)


ROUTES = {
    "GET /channels/{channel_id}": get_channel,
    "PATCH /channels/{channel_id}": change_channel,
    "POST /channels/{channel_id}/messages/{message_id}/threads": start_from_message,
    "POST /channels/{channel_id}/threads": start_alone,
    "GET /channels/{channel_id}/threads/archived/public": list_archived,
    "GET /channels/{channel_id}/thread-members": list_members,
    "PUT /channels/{channel_id}/thread-members/{user_id}": join_thread,
    "GET /guilds/{guild_id}/threads/active": list_active,
}
