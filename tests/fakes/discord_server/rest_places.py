"""Who one is, where one is, and the commands: users, applications, guilds, the way to the gateway."""

from tests.fakes.discord_server.call import Call, user_of
from tests.fakes.discord_server.refusal import Refusal, unknown
from tests.fakes.discord_server.rules import check_commands
from tests.fakes.discord_server.state import Guild
from tests.fakes.discord_server.wire import (
    Json,
    application_json,
    bare_guild_json,
    channel_json,
    member_json,
    role_json,
    user_json,
)


def get_me(call: Call) -> Json:
    """GET."""
    return user_json(call.fake.world.bot) | {"verified": True, "mfa_enabled": False, "locale": "en-US"}


def get_user(call: Call) -> Json:
    """GET."""
    return user_json(user_of(call, call.named("user_id")))


def get_application(call: Call) -> Json:
    """GET."""
    return application_json(call.fake.world)


def get_gateway(call: Call) -> Json:
    """GET: where the gateway is, and how many sessions one may still start today."""
    gateway = call.fake.gateway
    limit = {"total": 1000, "remaining": gateway.starts_left, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": gateway.url, "shards": 1, "session_start_limit": limit}


def open_direct(call: Call) -> Json:
    """POST: the direct conversation with a person; refusing comes only when one writes."""
    user = user_of(call, int(call.body["recipient_id"]))
    if user.is_bot:
        raise Refusal(400, 50007, "Cannot send messages to this user")
    return channel_json(call.fake.world, call.fake.open_direct(user))


def _guild(call: Call) -> Guild:
    return call.fake.world.guild(call.named("guild_id"))


def get_guild(call: Call) -> Json:
    """GET."""
    return bare_guild_json(_guild(call))


def list_guilds(call: Call) -> list[Json]:
    """GET."""
    own = call.fake.world.bot.id
    return [
        bare_guild_json(guild)
        | {"owner": guild.owner_id == own, "permissions": "0", "banner": None, "approximate_member_count": 1}
        for guild in call.fake.world.guilds.values()
    ]


def list_channels(call: Call) -> list[Json]:
    """GET: without threads."""
    return [channel_json(call.fake.world, one) for one in _guild(call).channels.values() if not one.is_thread]


def list_roles(call: Call) -> list[Json]:
    """GET."""
    return [role_json(role) for role in _guild(call).roles.values()]


def get_member(call: Call) -> Json:
    """GET."""
    guild, user_id = _guild(call), call.named("user_id")
    if user_id not in guild.members:
        raise unknown("Member")
    return member_json(guild.members[user_id])


def _place_of_commands(call: Call) -> int | None:
    if call.named("application_id") != call.fake.world.application_id:
        raise unknown("Application")
    return call.named("guild_id") if "guild_id" in call.request.match_info else None


def list_commands(call: Call) -> list[Json]:
    """GET."""
    return call.fake.world.commands.get(_place_of_commands(call), [])


def replace_commands(call: Call) -> list[Json]:
    """PUT: the whole set; a command that keeps its name and kind keeps its id."""
    place = _place_of_commands(call)
    check_commands(call.body)
    world = call.fake.world
    old = {(one["type"], one["name"]): one["id"] for one in world.commands.get(place, [])}
    world.commands[place] = [_stored(call, command, place, old) for command in call.body]
    names = [command["name"] for command in call.body]
    call.fake.journal.write("commands_replaced", world.clock.now(), guild=place, names=names)
    return world.commands[place]


def _stored(call: Call, command: Json, place: int | None, old: dict[tuple[int, str], str]) -> Json:
    kind = command.get("type", 1)
    ids = call.fake.world.ids
    stored = {
        "id": old.get((kind, command["name"])) or str(ids.take()),
        "application_id": str(call.fake.world.application_id),
        "version": str(ids.take()),
        "default_member_permissions": None,
        "dm_permission": True,
        "nsfw": False,
        "options": [],
        "description": "",
        "contexts": None,
        "integration_types": [0],
    }
    stored |= {name: value for name, value in command.items() if value is not None} | {"type": kind}
    if stored["default_member_permissions"] is not None:
        stored["default_member_permissions"] = str(stored["default_member_permissions"])
    return stored if place is None else stored | {"guild_id": str(place)}


ROUTES = {
    "GET /users/@me": get_me,
    "GET /users/@me/guilds": list_guilds,
    "POST /users/@me/channels": open_direct,
    "GET /users/{user_id}": get_user,
    "GET /oauth2/applications/@me": get_application,
    "GET /applications/@me": get_application,
    "GET /gateway/bot": get_gateway,
    "GET /guilds/{guild_id}": get_guild,
    "GET /guilds/{guild_id}/channels": list_channels,
    "GET /guilds/{guild_id}/roles": list_roles,
    "GET /guilds/{guild_id}/members/{user_id}": get_member,
    "GET /applications/{application_id}/commands": list_commands,
    "PUT /applications/{application_id}/commands": replace_commands,
    "GET /applications/{application_id}/guilds/{guild_id}/commands": list_commands,
    "PUT /applications/{application_id}/guilds/{guild_id}/commands": replace_commands,
}
