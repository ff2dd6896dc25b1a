"""The methods that bring something about in a channel: posts, edits, ephemeral messages, reactions, statuses."""

import re
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_server import checks
from tests.fakes.slack_server.journal import key_of
from tests.fakes.slack_server.web_api import Answer, Args, Method, Refused, needed
from tests.fakes.slack_server.world import BOT_USER, DOMAIN, Channel, Message

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack

WRITE = ("chat:write",)


def _post(slack: "FakeSlack", args: Args) -> Answer:
    channel = writable(slack, _place(slack, needed(args, "channel")))
    text, blocks, metadata = content(slack, args, checks.MESSAGE_TEXT)
    thread = _thread(slack, channel, args)
    more = {"thread_ts": thread, "subtype": "thread_broadcast" if thread and args.get("reply_broadcast") else None}
    message = slack.world.add(channel, slack.world.bot_body(text, blocks, **more), metadata)
    unfurls = args.get("unfurl_links") is not False or args.get("unfurl_media") is not False
    slack.journal.write("posted", unfurls=unfurls, **written(message))
    slack.echo(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.shown()}


def _update(slack: "FakeSlack", args: Args) -> Answer:
    message = own(slack, args, "cant_update_message")
    text, blocks, metadata = content(slack, args, checks.UPDATE_TEXT)
    before = message.shown()
    if text or "text" in args:
        message.body["text"] = text
    if "blocks" in args:
        message.body["blocks"] = slack.world.with_block_ids(blocks)
    if "metadata" in args:
        message.metadata = metadata
    message.body["edited"] = {"user": BOT_USER, "ts": slack.world.stamp()}
    slack.journal.write("updated", **written(message))
    slack.echo_change(message, before)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": message.shown()}


def _delete(slack: "FakeSlack", args: Args) -> Answer:
    message = own(slack, args, "cant_delete_message")
    slack.world.channels[message.channel].messages.remove(message)
    slack.journal.write("deleted", **written(message))
    slack.echo_deletion(message)
    return {"channel": message.channel, "ts": message.ts}


def _post_ephemeral(slack: "FakeSlack", args: Args) -> Answer:
    channel = writable(slack, _place(slack, needed(args, "channel")))
    user = needed(args, "user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    text, blocks, _ = content(slack, args, checks.MESSAGE_TEXT)
    body = slack.world.bot_body(text, blocks, thread_ts=args.get("thread_ts"))
    message = slack.world.show_only_to(user, channel, body)
    slack.journal.write("ephemeral", user=user, **written(message))
    return {"message_ts": message.ts}


def _permalink(slack: "FakeSlack", args: Args) -> Answer:
    channel = visible(slack, needed(args, "channel"))
    message = channel.message(needed(args, "message_ts"))
    if message is None:
        raise Refused("message_not_found")
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    place = f"{channel.id}/p{message.ts.replace('.', '')}{thread}"
    return {"channel": channel.id, "permalink": f"https://{DOMAIN}.slack.com/archives/{place}"}


def _react(slack: "FakeSlack", args: Args) -> Answer:
    channel = writable(slack, needed(args, "channel"))
    message = channel.message(needed(args, "timestamp"))
    if message is None:
        raise Refused("message_not_found")
    name = needed(args, "name")
    reactions = message.body.setdefault("reactions", [])
    if any(one["name"] == name and BOT_USER in one["users"] for one in reactions):
        raise Refused("already_reacted")
    reactions.append({"name": name, "users": [BOT_USER], "count": 1})
    slack.journal.write("reacted", channel=channel.id, ts=message.ts, name=name)
    return {}


def _set_status(slack: "FakeSlack", args: Args) -> Answer:
    channel = writable(slack, needed(args, "channel_id"))
    if channel.message(needed(args, "thread_ts")) is None:
        raise Refused("invalid_thread_ts")
    slack.journal.write("status", channel=channel.id, thread_ts=args["thread_ts"], status=args.get("status", ""))
    return {}


def visible(slack: "FakeSlack", name: str) -> Channel:
    """The channel, when the bot can know of it."""
    channel = slack.world.channels.get(name)
    if channel is None or (channel.kind != "channel" and BOT_USER not in channel.members):
        raise Refused("channel_not_found")
    return channel


def writable(slack: "FakeSlack", name: str) -> Channel:
    """The channel, when the bot may write there."""
    channel = visible(slack, name)
    if channel.is_archived:
        raise Refused("is_archived")
    if BOT_USER not in channel.members and "chat:write.public" not in slack.bot_token.scopes:
        raise Refused("not_in_channel")
    return channel


def own(slack: "FakeSlack", args: Args, error: str) -> Message:
    """The bot's own message that an edit or a deletion names."""
    channel = visible(slack, needed(args, "channel"))
    message = channel.message(needed(args, "ts"))
    if message is None:
        raise Refused("message_not_found")
    if not message.is_own:
        raise Refused(error)
    return message


def content(slack: "FakeSlack", args: Args, most: int) -> tuple[str, list[dict[str, Any]], dict[str, Any] | None]:
    """Text, blocks and metadata of a message; what Slack refuses is refused, and kept in `slack.faults`."""
    text, blocks = str(args.get("text") or args.get("markdown_text") or ""), args.get("blocks") or []
    if not text.strip() and not blocks:
        raise Refused("no_text")
    if len(text) > most:
        slack.faults.append(f"text of {len(text)} characters")
        raise Refused("msg_too_long")
    if isinstance(blocks, str):
        raise Refused("invalid_blocks_format")
    refuse_blocks(slack, blocks)
    if not text.strip():
        slack.faults.append("blocks without text: nothing for notifications and screen readers")
    return text, blocks, _metadata(args)


def refuse_blocks(slack: "FakeSlack", blocks: Any) -> None:
    """Refuse blocks that break a rule (a fault of ours) or that this workspace does not take yet (none)."""
    found = checks.faults_of_blocks(blocks)
    slack.faults.extend(found)
    refused = checks.richer(blocks) & slack.refused_blocks if not found else set()
    if found or refused:
        told = found or [f"unsupported type: {name}" for name in sorted(refused)]
        messages = [f"[ERROR] {one}" for one in told]
        raise Refused("invalid_blocks", errors=told, response_metadata={"messages": messages})


def written(message: Message) -> dict[str, Any]:
    """What the journal says of a message."""
    return {
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "key": key_of(message.metadata),
        "text": message.text,
    }


def _place(slack: "FakeSlack", name: str) -> str:
    """A person's id means the direct messages with them, `#name` a public channel."""
    if name in slack.world.people and name != BOT_USER:
        return slack.world.direct(name).id
    by_name = (one.id for one in slack.world.channels.values() if name == f"#{one.name}")
    return next(by_name, name)


def _thread(slack: "FakeSlack", channel: Channel, args: Args) -> str | None:
    thread = args.get("thread_ts")
    if not thread:
        return None
    root = channel.message(str(thread))
    if root is None or root.is_reply:
        slack.faults.append(f"thread_ts {thread} is no root of a thread in {channel.id}")
    return str(thread)


def _metadata(args: Args) -> dict[str, Any] | None:
    metadata = args.get("metadata")
    if not metadata:
        return None
    kind, payload = (
        (metadata.get("event_type"), metadata.get("event_payload")) if isinstance(metadata, dict) else (0, 0)
    )
    if not isinstance(payload, dict) or not re.fullmatch(r"[A-Za-z0-9_.\-]{1,255}", str(kind)):
        raise Refused("invalid_metadata_format")
    return {"event_type": kind, "event_payload": payload}


METHODS = {
    "chat.postMessage": Method(_post, 100, WRITE),
    "chat.update": Method(_update, 50, WRITE),
    "chat.delete": Method(_delete, 50, WRITE),
    "chat.postEphemeral": Method(_post_ephemeral, 100, WRITE),
    "chat.getPermalink": Method(_permalink, 600),
    "reactions.add": Method(_react, 50, ("reactions:write",)),
    "assistant.threads.setStatus": Method(_set_status, 600, WRITE),
}
