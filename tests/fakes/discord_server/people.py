"""What people do to the bot: slash commands, completion, menu entries, buttons, selects, modals."""

from typing import Any

from tests.fakes.discord_server.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL,
    Interaction,
    Interactions,
)
from tests.fakes.discord_server.permissions import permissions_in_channel
from tests.fakes.discord_server.posting import Posting
from tests.fakes.discord_server.state import Channel, Message, Role, User, walk
from tests.fakes.discord_server.wire import (
    Json,
    bare_guild_json,
    member_json,
    member_with_permissions,
    message_json,
    partial_channel,
    role_json,
    user_json,
)

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
CHECKED = {STRING: (str,), INTEGER: (int,), BOOLEAN: (bool,), NUMBER: (int, float)}


class NotOffered(AssertionError):
    """Discord's own client would not have let the person do this."""


class People(Posting):
    """Every verb sends INTERACTION_CREATE and gives back the interaction once the bot has answered it."""

    interactions: Interactions

    async def slash(
        self, user: User, channel: Channel, command: str, /, *, force: bool = False, wait: bool = True, **options: Any
    ) -> Interaction:
        """`await fake.slash(ann, papers, "follow add", topic="cs.LG")`; `force` passes the default permissions."""
        data = self._slash_body(user, channel, command, options, None, force=force)
        return await self._send(COMMAND, user, channel, f"/{command}", data, wait=wait)

    async def complete(
        self, user: User, channel: Channel, command: str, focused: str, /, *, wait: bool = True, **options: Any
    ) -> Interaction:
        """Typing in an option; what the bot offers is in `choices`."""
        data = self._slash_body(user, channel, command, options, focused, force=False)
        return await self._send(AUTOCOMPLETE, user, channel, f"complete:{command}", data, wait=wait)

    async def menu(
        self, user: User, channel: Channel, name: str, message: Message, *, wait: bool = True
    ) -> Interaction:
        """An entry in a message's menu; the message comes whole, whatever the intents."""
        entry = self._registered(channel, MESSAGE_MENU, name)
        self._need_open(channel)
        data = {
            "id": entry["id"],
            "name": name,
            "type": MESSAGE_MENU,
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): message_json(self.world, message)}},
        }
        return await self._send(COMMAND, user, channel, f"menu:{name}", data, wait=wait)

    async def press(self, user: User, message: Message, button: str, *, wait: bool = True) -> Interaction:
        """A button by its custom id or its label."""
        part = self._part(message, button, {2})
        data = {"component_type": 2, "custom_id": part["custom_id"], "id": part.get("id", 1)}
        return await self._press(user, message, data, wait=wait)

    async def select(
        self, user: User, message: Message, custom_id: str, *values: str, wait: bool = True
    ) -> Interaction:
        """Choices of a select."""
        part = self._part(message, custom_id, {3, 5, 6, 7, 8})
        offered = [option["value"] for option in part.get("options") or []]
        if part["type"] == 3 and not set(values) <= set(offered):
            raise NotOffered(f"{values} are not all among {offered}")
        data = {"component_type": part["type"], "custom_id": custom_id, "values": list(values), "id": part.get("id", 1)}
        return await self._press(user, message, data, wait=wait)

    async def _press(self, user: User, message: Message, data: Json, *, wait: bool) -> Interaction:
        channel = self._place_of(message)
        name = f"press:{data['custom_id']}"
        return await self._send(COMPONENT, user, channel, name, data, source=message, wait=wait)

    async def submit(
        self, user: User, shown: Interaction, /, *, wait: bool = True, **values: str | list[str]
    ) -> Interaction:
        """The modal of an earlier answer, filled in by custom id."""
        modal = shown.modal
        if modal is None:
            raise NotOffered("there is no modal to submit")
        data = {"custom_id": modal["custom_id"], "components": _filled(modal["components"], values)}
        name = f"modal:{modal['custom_id']}"
        one = await self._send(MODAL, user, shown.channel, name, data, source=shown.source, shown_by=shown)
        return await one.acknowledged() if wait else one

    # how it is sent

    async def _send(
        self,
        kind: int,
        user: User,
        channel: Channel,
        name: str,
        data: Json,
        *,
        source: Message | None = None,
        shown_by: Interaction | None = None,
        wait: bool = False,
    ) -> Interaction:
        one = self.interactions.open(kind, user, channel, name, source)
        one.shown_by = shown_by
        body = self._frame(one) | {"data": data}
        if source is not None:
            body["message"] = message_json(self.world, source)
        self.gateway.publish("INTERACTION_CREATE", body, guild_id=channel.guild_id)
        return await one.acknowledged() if wait else one

    def _frame(self, one: Interaction) -> Json:
        channel, guild = one.channel, self.world.guild_of(one.channel)
        body: Json = {
            "id": str(one.id),
            "application_id": str(self.world.application_id),
            "type": one.kind,
            "token": one.token,
            "version": 1,
            "channel_id": str(channel.id),
            "channel": partial_channel(self.world, channel, one.user),
            "locale": "en-US",
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if guild is None:
            direct = {"user": user_json(one.user), "context": 1, "app_permissions": str((1 << 53) - 1)}
            return body | direct | {"authorizing_integration_owners": {"0": "0"}}
        whole = bare_guild_json(guild)
        return body | {
            "guild_id": str(guild.id),
            "guild": {"id": whole["id"], "features": whole["features"], "locale": "en-US"},
            "guild_locale": "en-US",
            "member": member_with_permissions(guild, channel, one.user),
            "app_permissions": str(permissions_in_channel(guild, channel, self.world.bot.id)),
            "authorizing_integration_owners": {"0": str(guild.id)},
            "context": 0,
        }

    def _place_of(self, message: Message) -> Channel:
        channel = self.world.channel(message.channel_id)
        self._need_open(channel)
        return channel

    def _need_open(self, channel: Channel) -> None:
        if channel.is_archived:
            raise NotOffered("commands cannot be used in an archived thread")

    def _part(self, message: Message, wanted: str, kinds: set[int]) -> Json:
        for part in walk(message.components):
            is_it = wanted in (part.get("custom_id"), part.get("label"))
            if part["type"] in kinds and is_it and part.get("custom_id"):
                if part.get("disabled"):
                    raise NotOffered(f"{wanted} is disabled")
                return part
        raise NotOffered(f"{wanted} is not among {message.custom_ids}")

    # commands as they were registered

    def _registered(self, channel: Channel, kind: int, name: str) -> Json:
        known = self.world.commands.get(channel.guild_id, []) if channel.guild_id is not None else []
        for command in [*known, *self.world.commands.get(None, [])]:
            if command["type"] == kind and command["name"] == name:
                contexts = command.get("contexts")
                context = 1 if channel.guild_id is None else 0
                if contexts is None or context in contexts:
                    return dict(command)
        raise NotOffered(f"{name} is not registered here")

    def _slash_body(
        self, user: User, channel: Channel, command: str, options: Json, focused: str | None, *, force: bool
    ) -> Json:
        first, *rest = command.split()
        entry = self._registered(channel, SLASH, first)
        self._need_open(channel)
        if not force:
            self._need_default(entry, user, channel)
        leaf, path = entry, []
        for word in rest:
            inner = [one for one in leaf.get("options") or [] if one["name"] == word and one["type"] in (1, 2)]
            if not inner:
                raise NotOffered(f"{word} is not under {first}")
            leaf = inner[0]
            path.append(leaf)
        resolved: Json = {}
        given = self._given(channel, leaf.get("options") or [], options, focused, resolved)
        for one in reversed(path):
            given = [{"name": one["name"], "type": one["type"], "options": given}]
        body = {"id": entry["id"], "name": first, "type": SLASH, "options": given}
        return body | {"resolved": resolved} if resolved else body

    def _need_default(self, entry: Json, user: User, channel: Channel) -> None:
        wanted = entry.get("default_member_permissions")
        guild = self.world.guild_of(channel)
        if wanted is None or guild is None:
            return
        granted = permissions_in_channel(guild, channel, user.id)
        if granted & int(wanted) != int(wanted) or int(wanted) == 0:
            raise NotOffered(f"{user.name} does not see /{entry['name']}")

    def _given(
        self, channel: Channel, known: list[Json], options: Json, focused: str | None, resolved: Json
    ) -> list[Json]:
        names = [one["name"] for one in known]
        if not set(options) <= set(names):
            raise NotOffered(f"{sorted(options)} are not all among {names}")
        missing = [one["name"] for one in known if one.get("required") and one["name"] not in options]
        if missing and focused is None:
            raise NotOffered(f"{missing} must be given")
        found = []
        for one in known:
            if one["name"] in options:
                value = self._value(channel, one, options[one["name"]], resolved, is_focused=one["name"] == focused)
                found.append({"name": one["name"], "type": one["type"], "value": value})
                if one["name"] == focused:
                    found[-1]["focused"] = True
        return found

    def _value(self, channel: Channel, known: Json, value: Any, resolved: Json, *, is_focused: bool) -> Any:
        kind = known["type"]
        if isinstance(value, User | Channel | Role):
            return self._resolve(channel, value, resolved)
        if is_focused:
            return str(value)
        if not isinstance(value, CHECKED[kind]) or (kind != BOOLEAN and isinstance(value, bool)):
            raise NotOffered(f"{known['name']} cannot be {value!r}")
        offered = [choice["value"] for choice in known.get("choices") or []]
        if offered and value not in offered:
            raise NotOffered(f"{value!r} is not among {offered}")
        length = len(value) if isinstance(value, str) else 0
        if length > known.get("max_length", 6000) or length < known.get("min_length", 0):
            raise NotOffered(f"{known['name']} has {length} characters")
        return value

    def _resolve(self, channel: Channel, value: User | Channel | Role, resolved: Json) -> str:
        key, guild = str(value.id), self.world.guild_of(channel)
        if isinstance(value, Channel):
            resolved.setdefault("channels", {})[key] = partial_channel(self.world, value, self.world.bot)
        elif isinstance(value, Role):
            resolved.setdefault("roles", {})[key] = role_json(value)
        else:
            resolved.setdefault("users", {})[key] = user_json(value)
            if guild is not None and value.id in guild.members:
                member = member_json(guild.members[value.id], with_user=False)
                granted = str(permissions_in_channel(guild, channel, value.id))
                resolved.setdefault("members", {})[key] = member | {"permissions": granted}
        return key


def _filled(components: list[Json], values: dict[str, str | list[str]]) -> list[Json]:
    known = [part["custom_id"] for part in walk(components) if "custom_id" in part]
    if not set(values) <= set(known):
        raise NotOffered(f"{sorted(values)} are not all among {known}")
    return [_filled_part(part, number, values) for number, part in enumerate(components, start=1)]


def _filled_part(part: Json, number: int, values: dict[str, str | list[str]]) -> Json:
    kind, numbered = part["type"], {"type": part["type"], "id": part.get("id", number)}
    if kind == 1:
        return numbered | {"components": [_filled_part(one, number, values) for one in part["components"]]}
    if kind == 18:
        return numbered | {"component": _filled_part(part["component"], number + 100, values)}
    if "custom_id" not in part:
        return numbered
    value = values.get(part["custom_id"])
    if value is None and part.get("required", True):
        raise NotOffered(f"{part['custom_id']} must be filled in")
    if kind == 4:
        text = str(value or "")
        if len(text) > part.get("max_length", 4000) or len(text) < part.get("min_length", 0):
            raise NotOffered(f"{part['custom_id']} has {len(text)} characters")
        return numbered | {"custom_id": part["custom_id"], "value": text}
    name = "value" if kind in (21, 23) else "values"
    return numbered | {"custom_id": part["custom_id"], name: value if value is not None or name == "value" else []}
