"""The methods that only read: who the token is, channels, people, history and threads."""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_server import checks
from tests.fakes.slack_server.chat import visible
from tests.fakes.slack_server.web_api import Answer, Args, Method, Refused, flag, need_scope, needed, number
from tests.fakes.slack_server.world import APP, BOT, BOT_USER, DOMAIN, TEAM, Channel, Message, Person

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack

PREFIX = {"channel": "channels", "group": "groups", "im": "im"}
TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im"}


def _test(_slack: "FakeSlack", args: Args) -> Answer:
    if "error" in args:
        raise Refused(str(args["error"]))
    return {"args": args}


def _auth(slack: "FakeSlack", _args: Args) -> Answer:
    org = slack.organisation
    return {
        "url": f"https://{DOMAIN}.slack.com/",
        "team": "Loopback",
        "user": slack.world.person(BOT_USER).name,
        "team_id": org or TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": bool(org),
    } | ({"enterprise_id": org} if org else {})


def _open_connection(slack: "FakeSlack", _args: Args) -> Answer:
    return {"url": slack.sockets.new_url()}


def _history(slack: "FakeSlack", args: Args) -> Answer:
    channel = _readable(slack, args)
    inside = [one for one in channel.top if _is_between(one, args)]
    default = 15 if slack.limits.strict_history else 100
    page, cursor = _page(inside, args, slack.limits.page(number(args.get("limit")), default))
    shown = [one.shown(with_metadata=flag(args.get("include_all_metadata"))) for one in page]
    return {"messages": shown, "has_more": bool(cursor), "pin_count": 0} | _next(cursor)


def _replies(slack: "FakeSlack", args: Args) -> Answer:
    channel = _readable(slack, args)
    thread = channel.thread(needed(args, "ts"))
    if not thread:
        raise Refused("thread_not_found")
    root, *rest = thread
    inside = [root, *(one for one in rest if _is_between(one, args))]
    default = 15 if slack.limits.strict_history else 1000
    page, cursor = _page(inside, args, slack.limits.page(number(args.get("limit")), default))
    shown = [one.shown(with_metadata=flag(args.get("include_all_metadata"))) for one in page]
    return {"messages": shown, "has_more": bool(cursor)} | _next(cursor)


def _info(slack: "FakeSlack", args: Args) -> Answer:
    channel = visible(slack, needed(args, "channel"))
    need_scope(slack.bot_token, f"{PREFIX[channel.kind]}:read")
    return {"channel": _channel(channel)}


def _members(slack: "FakeSlack", args: Args) -> Answer:
    channel = visible(slack, needed(args, "channel"))
    need_scope(slack.bot_token, f"{PREFIX[channel.kind]}:read")
    page, cursor = _page(sorted(channel.members), args, number(args.get("limit")) or 100)
    return {"members": page} | _next(cursor)


def _list(slack: "FakeSlack", args: Args) -> Answer:
    return _channels(slack, args, [one for one in slack.world.channels.values() if _is_seen(one)])


def _own_channels(slack: "FakeSlack", args: Args) -> Answer:
    user = args.get("user") or BOT_USER
    return _channels(
        slack, args, [one for one in slack.world.channels.values() if user in one.members and _is_seen(one)]
    )


def _open_direct(slack: "FakeSlack", args: Args) -> Answer:
    user = needed(args, "users")
    if user not in slack.world.people:
        raise Refused("user_not_found")
    return {"channel": {"id": slack.world.direct(user).id}, "no_op": False, "already_open": False}


def _user(slack: "FakeSlack", args: Args) -> Answer:
    person = slack.world.people.get(needed(args, "user"))
    if person is None:
        raise Refused("user_not_found")
    return {"user": _person(person, with_locale=flag(args.get("include_locale")))}


def _team(_slack: "FakeSlack", _args: Args) -> Answer:
    return {"team": {"id": TEAM, "name": "Loopback", "domain": DOMAIN, "url": f"https://{DOMAIN}.slack.com/"}}


def _bot(_slack: "FakeSlack", args: Args) -> Answer:
    if args.get("bot") not in (None, BOT):
        raise Refused("bot_not_found")
    return {"bot": {"id": BOT, "deleted": False, "name": "copecheck", "app_id": APP, "user_id": BOT_USER}}


def _validate(_slack: "FakeSlack", args: Args) -> Answer:
    found = checks.faults_of_blocks(args.get("blocks") or [])
    if found:
        raise Refused("invalid_blocks", errors=found)
    return {}


def _readable(slack: "FakeSlack", args: Args) -> Channel:
    channel = visible(slack, needed(args, "channel"))
    need_scope(slack.bot_token, f"{PREFIX[channel.kind]}:history")
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _is_between(message: Message, args: Args) -> bool:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9999999999.999999")
    if flag(args.get("inclusive")) and message.ts in (oldest, latest):
        return True
    return _moment(oldest, "oldest") < float(message.ts) < _moment(latest, "latest")


def _moment(ts: str, name: str) -> float:
    try:
        return float(ts)
    except ValueError:
        raise Refused(f"invalid_ts_{name}") from None


def _page(all_: Sequence[Any], args: Args, size: int) -> tuple[list[Any], str]:
    start = _start(args.get("cursor"))
    end = start + size
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(all_) else ""
    return list(all_[start:end]), cursor


def _start(cursor: Any) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(str(cursor)).decode().removeprefix("next:"))
    except ValueError:
        raise Refused("invalid_cursor") from None


def _next(cursor: str) -> Answer:
    return {"response_metadata": {"next_cursor": cursor}}


def _is_seen(channel: Channel) -> bool:
    return channel.kind == "channel" or BOT_USER in channel.members


def _channels(slack: "FakeSlack", args: Args, all_: list[Channel]) -> Answer:
    kinds = {TYPES.get(one.strip(), "") for one in str(args.get("types") or "public_channel").split(",")}
    for kind in sorted(kinds - {""}):
        need_scope(slack.bot_token, f"{PREFIX[kind]}:read")
    hides = flag(args.get("exclude_archived"))
    wanted = [one for one in all_ if one.kind in kinds and not (hides and one.is_archived)]
    page, cursor = _page(wanted, args, number(args.get("limit")) or 100)
    return {"channels": [_channel(one) for one in page]} | _next(cursor)


def _channel(channel: Channel) -> dict[str, Any]:
    common = {"id": channel.id, "is_im": channel.kind == "im", "is_archived": channel.is_archived, "created": 1}
    if channel.kind == "im":
        return common | {"user": next(iter(channel.members - {BOT_USER}), "")}
    return common | {
        "name": channel.name,
        "creator": channel.creator,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_private": channel.kind == "group",
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_org_shared": False,
        "is_member": BOT_USER in channel.members,
        "num_members": len(channel.members),
        "is_read_only": channel.is_read_only,
        "is_thread_only": channel.is_thread_only,
        "is_non_threadable": channel.is_non_threadable,
        "properties": channel.properties,
    }


def _person(person: Person, *, with_locale: bool) -> dict[str, Any]:
    shown = {
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "real_name": person.name.title(),
        "deleted": False,
        "tz": person.tz,
        "tz_offset": 0,
        "profile": {"display_name": person.name, "real_name": person.name.title()},
        "is_admin": person.is_admin,
        "is_owner": person.is_admin,
        "is_bot": person.is_bot,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
    }
    return shown | ({"locale": person.locale} if with_locale else {})


METHODS = {
    "api.test": Method(_test, 600, kind="any"),
    "blocks.validate": Method(_validate, 50, kind="any"),
    "auth.test": Method(_auth, 600),
    "apps.connections.open": Method(_open_connection, 1, ("connections:write",), "app"),
    "conversations.history": Method(_history, 50),
    "conversations.replies": Method(_replies, 50),
    "conversations.info": Method(_info, 50),
    "conversations.members": Method(_members, 100),
    "conversations.list": Method(_list, 20),
    "conversations.open": Method(_open_direct, 50, ("im:write",)),
    "users.conversations": Method(_own_channels, 50),
    "users.info": Method(_user, 100, ("users:read",)),
    "team.info": Method(_team, 50, ("team:read",)),
    "bots.info": Method(_bot, 50, ("users:read",)),
}
