"""Messages: made once a nonce, listed, edited, deleted, published."""

from typing import Any

from tests.fakes.discord_server.call import Call
from tests.fakes.discord_server.clock import born_at
from tests.fakes.discord_server.refusal import Refusal, invalid_form, missing_permissions
from tests.fakes.discord_server.rules import check_message
from tests.fakes.discord_server.state import (
    ANNOUNCEMENT,
    CROSSPOSTED,
    DM,
    TEXT,
    V2,
    Channel,
    Message,
)
from tests.fakes.discord_server.wire import Json, as_the_bot_sees, message_json, thread_member_json

SETTABLE = 1 << 2 | 1 << 12 | V2
OLD_SECONDS = 3600.0


def create_message(call: Call) -> Json:
    """POST: the earlier message again for a nonce that the window still remembers."""
    fake, channel = call.fake, call.channel
    body = call.body or {}
    _need_to_speak(call, channel)
    uploads = call.uploads()
    if uploads:
        call.need(channel, "attach_files")
    check_message(_settable(body), uploads)
    target = _reply_target(call, channel, body)
    earlier = fake.remembered(channel, body)
    if earlier is not None:
        return message_json(fake.world, earlier)
    open_for_speech(call, channel)
    message = fake.write_of_bot(channel, _settable(body), uploads)
    if target is not None:
        pinged = (body.get("allowed_mentions") or {"replied_user": True}).get("replied_user", False)
        fake.refer(message, channel, target, ping=pinged)
    fake.publish_message(channel, message)
    return message_json(fake.world, message)


def _settable(body: Json) -> Json:
    return body | {"flags": (body.get("flags") or 0) & SETTABLE}


def _need_to_speak(call: Call, channel: Channel) -> None:
    if channel.kind not in (TEXT, DM, ANNOUNCEMENT) and not channel.is_thread:
        raise Refusal(400, 50008, "Cannot send messages in a non-text channel")
    if channel.kind == DM and not channel.recipients[0].takes_direct:
        raise Refusal(403, 50007, "Cannot send messages to this user")
    call.need(channel, "send_messages_in_threads" if channel.is_thread else "send_messages")
    if channel.is_locked and not call.has(channel, "manage_threads"):
        if channel.is_archived:
            raise Refusal(403, 50083, "Thread is archived")
        raise Refusal(403, 160005, "Thread is locked")


def open_for_speech(call: Call, channel: Channel) -> None:
    """Who speaks in a thread opens it again and becomes its member."""
    fake, bot = call.fake, call.fake.world.bot
    if channel.is_archived:
        fake.set_thread(channel, archived=False)
    if channel.is_thread and bot.id not in channel.thread_members:
        channel.thread_members.add(bot.id)
        body = {
            "id": str(channel.id),
            "guild_id": str(channel.guild_id),
            "member_count": len(channel.thread_members),
            "added_members": [thread_member_json(channel, bot.id)],
        }
        fake.gateway.publish("THREAD_MEMBERS_UPDATE", body, guild_id=channel.guild_id, needs=1)


def _reply_target(call: Call, channel: Channel, body: Json) -> Message | None:
    reference = body.get("message_reference")
    if reference is None:
        return None
    if not call.has(channel, "read_message_history"):
        raise Refusal(403, 160002, "Cannot reply without permission to read message history")
    found = channel.messages.get(int(reference["message_id"]))
    if found is None and reference.get("fail_if_not_exists", True):
        raise invalid_form("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
    return found


def list_messages(call: Call) -> list[Json]:
    """GET: newest first, around, before or after an id; nothing at all without the permission to read history."""
    channel, query = call.channel, call.request.query
    limit = int(query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid_form("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    if not call.has(channel, "read_message_history"):
        return []
    found = _chosen(channel.newest_first, query, limit)
    return [_read(call, message) for message in found]


def _chosen(newest_first: list[Message], query: Any, limit: int) -> list[Message]:
    if "before" in query:
        return [one for one in newest_first if one.id < int(query["before"])][:limit]
    if "after" in query:
        return [one for one in newest_first if one.id > int(query["after"])][-limit:]
    if "around" in query:
        middle = int(query["around"])
        newer = [one for one in newest_first if one.id > middle][-(limit // 2) :]
        rest = [one for one in newest_first if one.id <= middle][: limit - len(newer)]
        return newer + rest
    return newest_first[:limit]


def _read(call: Call, message: Message) -> Json:
    whole = message_json(call.fake.world, message)
    whole.pop("nonce", None)
    return as_the_bot_sees(call.fake.world, message, call.fake.world.privileged, whole)


def get_message(call: Call) -> Json:
    """GET of one."""
    channel = call.channel
    call.need(channel, "read_message_history")
    return _read(call, call.message(channel))


def edit_message(call: Call) -> Json:
    """PATCH of an own message; old ones have a limit of their own, which no header tells."""
    channel = call.channel
    message = call.message(channel)
    if message.author is not call.fake.world.bot:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    if channel.is_archived:
        raise Refusal(400, 50083, "Thread is archived")
    if call.fake.world.clock.now() - born_at(message.id) > OLD_SECONDS:
        call.fake.take_old_edit(channel)
    apply_edit(call, channel, message)
    call.fake.journal.write_message("message_edited", call.fake.world.clock.now(), message)
    call.fake.tell_message("MESSAGE_UPDATE", channel, message)
    return message_json(call.fake.world, message)


def apply_edit(call: Call, channel: Channel, message: Message, body: Json | None = None) -> None:
    """Put an edit on a message, if the whole can still stand; V2 once is V2 for ever."""
    body = _settable(call.body if body is None else body)
    uploads = call.uploads(message, body)
    whole = {
        "content": body.get("content", message.content),
        "embeds": body.get("embeds", message.embeds),
        "components": body.get("components", message.components),
        "flags": body["flags"] | message.flags,
    }
    check_message(whole, uploads)
    call.fake.put_body(message, channel, body, uploads)
    message.edited_at = call.fake.world.clock.now()


def delete_message(call: Call) -> None:
    """DELETE."""
    channel = call.channel
    message = call.message(channel)
    if message.author is not call.fake.world.bot:
        call.need(channel, "manage_messages")
    call.fake.remove_message(channel, message)
    call.fake.journal.write_message("message_deleted", call.fake.world.clock.now(), message)


def crosspost(call: Call) -> Json:
    """POST: an announcement goes out to who follows."""
    channel = call.channel
    message = call.message(channel)
    if channel.kind != ANNOUNCEMENT:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    if message.author is not call.fake.world.bot and not call.has(channel, "manage_messages"):
        raise missing_permissions()
    call.need(channel, "send_messages")
    if message.flags & CROSSPOSTED:
        raise Refusal(400, 40033, "This message has already been crossposted.")
    message.flags |= CROSSPOSTED
    call.fake.journal.write_message("message_crossposted", call.fake.world.clock.now(), message)
    call.fake.tell_message("MESSAGE_UPDATE", channel, message)
    return message_json(call.fake.world, message)


def type_on(call: Call) -> None:
    """POST: the bot is typing."""
    _need_to_speak(call, call.channel)


ROUTES = {
    "POST /channels/{channel_id}/messages": create_message,
    "GET /channels/{channel_id}/messages": list_messages,
    "GET /channels/{channel_id}/messages/{message_id}": get_message,
    "PATCH /channels/{channel_id}/messages/{message_id}": edit_message,
    "DELETE /channels/{channel_id}/messages/{message_id}": delete_message,
    "POST /channels/{channel_id}/messages/{message_id}/crosspost": crosspost,
    "POST /channels/{channel_id}/typing": type_on,
}
