"""What people write, as remarks: what is said to us, and what is said in threads.

Of the latter the inbox keeps only what is said where we are in the talk.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.commands.event import Actor, Role
from bot.core.discussion.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.posts.post import Place, PostRef
from bot.platforms.slack.api.client import Identity
from bot.platforms.slack.api.places import community_of, direct_of, person_of, place_of
from bot.platforms.slack.events.events import SPOKEN, is_by_a_person, words_of

Payload = Mapping[str, Any]


def remark_of(who: Identity, event: Payload) -> Remark | None:
    """The remark that a message is; None when it is none of our business. `app_mention` gives the same as `message`."""
    if not is_by_a_person(who, event):
        return None
    channel, user, ts = str(event["channel"]), str(event["user"]), str(event["ts"])
    said, root = _said(event), str(event.get("thread_ts") or "")
    is_private = _is_direct(event)
    is_addressed = is_private or bool(_mention(who).search(said))
    is_inside = bool(root) and root != ts
    if not is_addressed and not is_inside:
        return None
    place = direct_of(who.team, user) if is_private else place_of(who.team, channel)
    standing = Role.ADMIN if is_private else Role.MEMBER
    within = Place(place.platform, f"{place.channel}/{root}") if is_inside else None
    to = {"thread": root if is_inside else "", "direct": channel if is_private else ""}
    return Remark(
        id=_id(who, channel, ts),
        asker=Actor(person_of(who.team, user), place, community_of(who.team), standing, within),
        words=_words(who, said),
        thread=PostRef(place, root) if is_inside else None,
        is_addressed=is_addressed,
        is_private=is_private,
        at=datetime.fromtimestamp(float(ts), UTC),
        reply_to={name: value for name, value in to.items() if value},
        ref=PostRef(place, ts, root if is_inside else None),
    )


def edited_of(who: Identity, event: Payload) -> RemarkEdited | None:
    """A person's message that says something else now."""
    message = event.get("message") or {}
    before = event.get("previous_message") or {}
    if event.get("subtype") != "message_changed" or _is_gone(message) or not _is_persons(who, message):
        return None
    if message.get("subtype") not in SPOKEN or _said(message) == _said(before):  # a preview came, or a reply
        return None
    id_ = _id(who, str(event["channel"]), str(message["ts"]))
    return RemarkEdited(id_, _place(who, event, message), _words(who, _said(message)))


def deleted_of(who: Identity, event: Payload) -> RemarkDeleted | None:
    """A person's message that is gone; where a thread hangs on it, Slack leaves a stone in its place."""
    message = event.get("previous_message") or {}
    is_gone = event.get("subtype") == "message_deleted" or _is_gone(event.get("message") or {})
    if not is_gone or not _is_persons(who, message):
        return None
    return RemarkDeleted(_id(who, str(event["channel"]), str(message["ts"])), _place(who, event, message))


def _said(message: Payload) -> str:
    """Its words; of a message that somebody shares without any, those that are shared."""
    text = str(message.get("text") or "")
    shared = [
        str(attachment.get("text") or "")
        for attachment in message.get("attachments") or ()
        if attachment.get("is_share")
    ]
    return text if text.strip() else "\n".join(shared)


def _is_gone(message: Payload) -> bool:
    return message.get("subtype") == "tombstone"


def _id(who: Identity, channel: str, ts: str) -> str:
    return f"{who.team}/{channel}/{ts}"


def _mention(who: Identity) -> re.Pattern[str]:
    return re.compile(rf"<@{re.escape(who.user)}(?:\|[^<>]*)?>")


def _words(who: Identity, said: str) -> str:
    return words_of(_mention(who).sub(" ", said))


def _is_direct(event: Payload) -> bool:
    return event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")


def _is_persons(who: Identity, message: Payload) -> bool:
    return bool(message.get("user")) and not message.get("bot_id") and message["user"] != who.user


def _place(who: Identity, event: Payload, message: Payload) -> Place:
    user = str(message["user"])
    return direct_of(who.team, user) if _is_direct(event) else place_of(who.team, str(event["channel"]))
