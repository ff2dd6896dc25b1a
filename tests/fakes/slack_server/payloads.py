"""The payloads that Slack sends to a bot, key for key as recorded ones have them."""

import time
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_server.world import APP, BOT_USER, DOMAIN, TEAM, Channel, Message

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack
    from tests.fakes.slack_server.views import View

Payload = dict[str, Any]
VERIFICATION = "loopback-verification"
TYPE_OF_KIND = {"channel": "channel", "group": "group", "im": "im"}
NAME_OF_KIND = {"group": "privategroup", "im": "directmessage"}
FILLED = {
    "plain_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "users_select": "selected_user",
    "timepicker": "selected_time",
}


def event(slack: "FakeSlack", inner: Payload) -> Payload:
    """The envelope of the Events API around an event."""
    authorization = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
    return {
        "token": VERIFICATION,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": inner,
        "type": "event_callback",
        "event_id": slack.world.new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [authorization | {"is_enterprise_install": False}],
        "is_ext_shared_channel": _is_shared(slack, inner),
        "event_context": f"4-{slack.world.new_id('c')}",
    }


def _is_shared(slack: "FakeSlack", inner: Payload) -> bool:
    channel = slack.world.channels.get(str(inner.get("channel")))
    return channel is not None and channel.is_shared


def message_event(message: Message, channel: Channel) -> Payload:
    """`message`, with the subtype the message has."""
    parent = {"parent_user_id": _root_user(message, channel)} if message.is_reply else {}
    place = {"channel": channel.id, "event_ts": message.ts, "channel_type": TYPE_OF_KIND[channel.kind]}
    return _bare(message) | parent | place


def app_mention(message: Message) -> Payload:
    """`app_mention`: the same remark once more, under another event id and without a channel type."""
    return _bare(message) | {"type": "app_mention", "channel": message.channel, "event_ts": message.ts}


def message_changed(message: Message, before: Payload, channel: Channel, stamp: str) -> Payload:
    """`message_changed`: hidden, with the message as it is and as it was."""
    return _hidden("message_changed", channel, stamp) | {"message": _bare(message), "previous_message": before}


def message_deleted(message: Message, channel: Channel, stamp: str) -> Payload:
    """`message_deleted`: hidden, with the message as it was."""
    return _hidden("message_deleted", channel, stamp) | {"previous_message": _bare(message), "deleted_ts": message.ts}


def membership(kind: str, user: str, channel: Channel, inviter: str | None = None) -> Payload:
    """`member_joined_channel` and `member_left_channel`."""
    letter = "C" if channel.kind == "channel" else "G"
    inner = {"type": kind, "user": user, "channel": channel.id, "channel_type": letter, "team": TEAM}
    return inner | ({"inviter": inviter} if inviter else {})


def home_opened(slack: "FakeSlack", user: str, tab: str) -> Payload:
    """`app_home_opened`, with the Home when one was published."""
    home = slack.views.homes.get(user)
    inner = {"type": "app_home_opened", "user": user, "channel": slack.world.direct(user).id, "tab": tab}
    return inner | ({"view": home.body} if home and tab == "home" else {}) | {"event_ts": slack.world.stamp()}


def reaction_added(slack: "FakeSlack", user: str, message: Message, name: str) -> Payload:
    """`reaction_added` to a message."""
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    inner = {"type": "reaction_added", "user": user, "item": item, "reaction": name}
    return inner | {"item_user": message.body.get("user"), "event_ts": slack.world.stamp()}


def slash_command(slack: "FakeSlack", user: str, channel: Channel, command: str, text: str) -> Payload:
    """A slash command; over HTTP it goes as a form, so every value is text."""
    return {
        "token": VERIFICATION,
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": NAME_OF_KIND.get(channel.kind, channel.name),
        "user_id": user,
        "user_name": slack.world.person(user).name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": slack.response_urls.new("commands", user, channel.id),
        "trigger_id": slack.views.trigger(slack, user),
    }


def block_actions(slack: "FakeSlack", user: str, message: Message, action: Payload) -> Payload:
    """A press of a button (or a choice) in a message; an ephemeral message is not sent along."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.seen_by is not None,
    }
    shown = {} if message.seen_by else {"message": message.shown()}
    in_thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
    return (
        _interactive(slack, "block_actions", user)
        | {"api_app_id": APP, "container": container | in_thread, "channel": _short(slack, message.channel)}
        | shown
        | {
            "state": {"values": {}},
            "response_url": slack.response_urls.new("actions", user, message.channel, message),
            "actions": [action | {"action_ts": slack.world.stamp()}],
        }
    )


def view_actions(slack: "FakeSlack", view: "View", action: Payload, values: Payload) -> Payload:
    """A press of a button (or a choice) in a modal or in the Home."""
    body = view.body | {"state": filled(view.blocks, values)}
    return _interactive(slack, "block_actions", view.user, view.id) | {
        "api_app_id": APP,
        "container": {"type": "view", "view_id": view.id},
        "view": body,
        "actions": [action | {"action_ts": slack.world.stamp()}],
    }


def view_submission(slack: "FakeSlack", view: "View", values: Payload) -> Payload:
    """The submit of a modal, with what was filled in by action id."""
    body = view.body | {"state": filled(view.blocks, values)}
    home = {"id": slack.world.person(view.user).team, "domain": DOMAIN}  # the sender's own, not the app's
    more = {"api_app_id": APP, "team": home, "view": body, "response_urls": []}
    return _interactive(slack, "view_submission", view.user, view.id) | more


def view_closed(slack: "FakeSlack", view: "View") -> Payload:
    """The close of a modal that asked to be told."""
    payload = _interactive(slack, "view_closed", view.user) | {"api_app_id": APP, "view": view.body}
    payload.pop("trigger_id")
    return payload | {"is_cleared": False}


def message_action(slack: "FakeSlack", user: str, message: Message, callback_id: str) -> Payload:
    """A message shortcut."""
    return _interactive(slack, "message_action", user) | {
        "action_ts": slack.world.stamp(),
        "callback_id": callback_id,
        "channel": _short(slack, message.channel),
        "response_url": slack.response_urls.new("app", user, message.channel),
        "message_ts": message.ts,
        "message": message.shown(),
    }


def shortcut(slack: "FakeSlack", user: str, callback_id: str) -> Payload:
    """A global shortcut."""
    payload = _interactive(slack, "shortcut", user) | {"action_ts": slack.world.stamp(), "callback_id": callback_id}
    payload["user"].pop("name")
    return payload


def filled(blocks: list[Payload], values: Payload) -> Payload:
    """The `state` of a view: block id, action id, and the choice in the form of its element."""
    state: dict[str, Payload] = {}
    for block in blocks:
        elements = [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]
        for element in elements:
            if isinstance(element, dict) and element.get("type") in FILLED:
                given = _given(element, values)
                state.setdefault(block["block_id"], {})[element["action_id"]] = given
    return {"values": state}


def chosen(element: Payload, block_id: str, value: Any = None) -> Payload:
    """The action that a press of this element is; `value` names the option of a menu."""
    action = {"action_id": element["action_id"], "block_id": block_id, "type": element["type"]}
    if element["type"] == "button":
        return action | {name: element[name] for name in ("text", "value", "style") if name in element}
    if element["type"] == "overflow":
        return action | {"selected_option": _option(element, value)}
    return action | _given(element, {element["action_id"]: value})


def _given(element: Payload, values: Payload) -> Payload:
    slot = FILLED[element["type"]]
    value = values.get(element["action_id"], element.get("initial_value") if slot == "value" else None)
    if slot == "selected_option":
        value = _option(element, value) if value is not None else element.get("initial_option")
    elif slot == "selected_options":
        value = [_option(element, one) for one in value] if value is not None else element.get("initial_options", [])
    elif value is None and slot != "value":
        value = element.get("initial_" + slot.removeprefix("selected_"))
    return {"type": element["type"], slot: value}


def _option(element: Payload, value: Any) -> Payload:
    groups = [group["options"] for group in element.get("option_groups") or []]
    options = [option for group in [element.get("options") or [], *groups] for option in group]
    found: Payload = next(option for option in options if option["value"] == value)
    return found


def _interactive(slack: "FakeSlack", kind: str, user: str, view: str | None = None) -> Payload:
    name, home = slack.world.person(user).name, slack.world.person(user).team
    return {
        "type": kind,
        "token": VERIFICATION,
        "team": {"id": TEAM, "domain": DOMAIN},
        "user": {"id": user, "username": name, "name": name, "team_id": home},
        "trigger_id": slack.views.trigger(slack, user, view),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _hidden(subtype: str, channel: Channel, stamp: str) -> Payload:
    place = {"channel": channel.id, "hidden": True, "ts": stamp, "event_ts": stamp}
    return {"type": "message", "subtype": subtype} | place | {"channel_type": TYPE_OF_KIND[channel.kind]}


def _short(slack: "FakeSlack", channel: str) -> Payload:
    found = slack.world.channels[channel]
    return {"id": channel, "name": NAME_OF_KIND.get(found.kind, found.name)}


def _bare(message: Message) -> Payload:
    grown = ("reply_count", "reply_users", "reply_users_count", "latest_reply", "is_locked", "subscribed", "reactions")
    return {name: value for name, value in message.shown().items() if name not in grown}


def _root_user(message: Message, channel: Channel) -> Any:
    root = channel.message(message.thread_ts or "")
    return root.body.get("user") if root else None
