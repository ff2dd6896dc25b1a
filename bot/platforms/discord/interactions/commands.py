"""`COMMANDS` as Discord's application commands, and what comes in of them as a verb with its values.

Verbs of two words become groups. What only buttons say is no command. The same table makes both directions, so that
they cannot drift apart.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.core.commands.event import Role
from bot.core.commands.options import Option, OptionKind
from bot.core.commands.verbs import COMMANDS, Verb

Json = dict[str, Any]
SLASH, MENU = 1, 3
SUBCOMMAND, STRING, INTEGER, BOOLEAN, CHANNEL = 1, 3, 4, 5, 7
CHANNEL_TYPES = [0, 5, 10, 11, 15]
GUILD, DIRECT = 0, 1
GUILD_INSTALL = 0
WORDS_MOST = 100
TEXT_MOST = 6000
CHOICES_MOST = 25
SUGGESTED = (OptionKind.PAPER, OptionKind.LENS, OptionKind.NAME, OptionKind.CATEGORIES, OptionKind.ZONE)
MENU_ENTRY = "Verdict on this paper"
ADMINS = discord.Permissions(manage_guild=True).value
_TYPES = {OptionKind.NUMBER: INTEGER, OptionKind.FLAG: BOOLEAN, OptionKind.CHANNEL: CHANNEL}


def payload() -> list[Json]:
    """All commands, as Discord wants them to be made known."""
    made: dict[str, Json] = {}
    for verb in COMMANDS:
        if not verb.is_hidden:
            _add(made, verb)
    menu = {"type": MENU, "name": MENU_ENTRY, **_where([GUILD, DIRECT])}
    return [*made.values(), menu]


def fingerprint(commands: Sequence[Json]) -> str:
    """What tells whether Discord knows these commands already."""
    return hashlib.sha256(json.dumps(commands, sort_keys=True).encode()).hexdigest()


def _where(contexts: list[int]) -> Json:
    return {"contexts": contexts, "integration_types": [GUILD_INSTALL]}


def _add(made: dict[str, Json], verb: Verb) -> None:
    group, _, second = verb.name.partition(" ")
    if not second:
        made[group] = _command(verb.name, verb.help, _options(verb), [verb])
        return
    whole = made.get(group) or _command(group, _group_help(group), [], _members(group))
    whole["options"].append(
        {"type": SUBCOMMAND, "name": second, "description": _words(verb.help), "options": _options(verb)}
    )
    made[group] = whole


def _members(group: str) -> list[Verb]:
    return [verb for verb in COMMANDS if verb.name.startswith(f"{group} ") and not verb.is_hidden]


def _group_help(group: str) -> str:
    return "; ".join(verb.name.partition(" ")[2] for verb in _members(group))


def _command(name: str, words: str, options: list[Json], verbs: Sequence[Verb]) -> Json:
    """What is for admins is shown to them alone, and only in servers: a default that a server can change."""
    is_for_admins = any(verb.needs is not Role.MEMBER for verb in verbs)
    whole = {"type": SLASH, "name": name, "description": _words(words), "options": options}
    if is_for_admins:
        return whole | {"default_member_permissions": ADMINS} | _where([GUILD])
    return whole | _where([GUILD, DIRECT])


def _words(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if len(text) <= WORDS_MOST else text[: WORDS_MOST - 1] + "…"


def _options(verb: Verb) -> list[Json]:
    """The options, what is required first; what a form asks for may be left out."""
    shown = [option for option in verb.options if not option.is_hidden]
    made = [_option(option, is_required=option.is_required and not option.is_asked) for option in shown]
    return sorted(made, key=lambda item: not item["required"])


def _option(option: Option, *, is_required: bool) -> Json:
    kind = _TYPES.get(option.kind, STRING)
    made: Json = {"type": kind, "name": option.name, "description": _words(option.help), "required": is_required}
    if kind == INTEGER:
        return made | {"min_value": option.least, "max_value": option.most}
    if kind == CHANNEL:
        return made | {"channel_types": CHANNEL_TYPES}
    if option.kind is OptionKind.CHOICE and not option.is_asked:
        return made | {
            "choices": [{"name": name, "value": choice} for choice, name in option.named.items()][:CHOICES_MOST]
        }
    if option.kind in SUGGESTED or option.kind is OptionKind.CHOICE:
        made |= {"autocomplete": True}
    return made | ({"max_length": min(option.most, TEXT_MOST)} if kind == STRING else {})


# -- and back


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as it came: its verb's name, its values as text, and the option that is being typed, if any."""

    name: str
    values: Mapping[str, str]
    focused: str | None = None

    @property
    def verb(self) -> Verb | None:
        """The verb, where there is one of that name."""
        return next((verb for verb in COMMANDS if verb.name == self.name), None)

    @property
    def option(self) -> Option | None:
        """The option that is being typed."""
        options = self.verb.options if self.verb else ()
        return next((option for option in options if option.name == self.focused), None)


def invocation(data: Mapping[str, Any]) -> Invocation:
    """What an interaction's data says; values are words, as the table of verbs reads them."""
    name, options = str(data["name"]), list(data.get("options") or ())
    while options and options[0].get("type") in (1, 2):
        name, options = f"{name} {options[0]['name']}", list(options[0].get("options") or ())
    values = {str(option["name"]): _value(option.get("value")) for option in options}
    focused = next((str(option["name"]) for option in options if option.get("focused")), None)
    return Invocation(name, values, focused)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
