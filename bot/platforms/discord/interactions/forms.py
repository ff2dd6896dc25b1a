"""Verbs whose words are asked for in a modal when they were not given: a field for each option that is missing.

What was given travels in the modal's id, so that a modal which was opened before a restart is understood after it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.core.commands.options import Option, OptionKind
from bot.core.commands.verbs import COMMANDS, Verb
from bot.core.posts.post import MenuItem
from bot.platforms.discord.posting.markup import OPTIONS, TAG, select_option

Json = dict[str, Any]
MARK = f"{TAG}m"
LABEL, SELECT, TEXT_INPUT, SHORT, PARAGRAPH = 18, 3, 4, 1, 2
SHORT_MOST = 100
ID_MOST, LABEL_MOST, INPUT_MOST = 100, 45, 4000

FORMS: Mapping[str, str] = {
    "feedback": "Feedback",
    "dispute": "Object to a claim",
    "ask": "Ask a paper",
    "search": "Search",
}
"""The verbs that have a form, and its title."""


_NAMED = re.compile(r"(\w+)=(\S+)\s*")


def verb_of(command: str) -> tuple[Verb, str] | None:
    """The verb of a command that has a form, and the rest of the command."""
    name, _, rest = command.strip().partition(" ")
    verb = next((verb for verb in COMMANDS if verb.name == name and name in FORMS), None)
    return (verb, rest.strip()) if verb is not None else None


def given(verb: Verb, rest: str) -> dict[str, str]:
    """Values by name where they come first, then by the order in which options are typed; words take all that is
    left."""
    named = {option.name for option in verb.options if not option.is_positional}
    values: dict[str, str] = {}
    while (found := _NAMED.match(rest)) and found[1] in named:
        values[found[1]], rest = found[2], rest[found.end() :]
    for option in (option for option in verb.options if option.is_positional and not option.is_hidden):
        word, _, after = rest.partition(" ")
        value, rest = (rest, "") if option.kind is OptionKind.WORDS else (word, after.strip())
        if value:
            values[option.name] = value
    return values


def missing(verb: Verb, values: Mapping[str, str]) -> list[Option]:
    """The options that the form asks for."""
    return [option for option in verb.options if option.is_asked and not values.get(option.name)]


def modal(verb: Verb, values: Mapping[str, str], offered: Mapping[str, str]) -> Json:
    """A modal for what is missing. `offered`: the choices that there are, each with what is said of it."""
    asked = missing(verb, values)
    fields = [{"type": LABEL, "label": _label(option), "component": _field(option, offered)} for option in asked[:5]]
    return {"custom_id": f"{MARK}|{_carried(verb, values, asked)}", "title": FORMS[verb.name], "components": fields}


def _carried(verb: Verb, values: Mapping[str, str], asked: Sequence[Option]) -> str:
    """What was given by name, or before the first option that is asked for, as one would type it."""
    named = [option.name for option in verb.options if not option.is_positional and values.get(option.name)]
    words = [verb.name, *(f"{name}={''.join(values[name].split())}" for name in named)]
    for option in verb.options:
        if option in asked or not option.is_positional or not values.get(option.name):
            break
        words.append("".join(values[option.name].split()))
    return " ".join(words)[: ID_MOST - len(MARK) - 1]


def _label(option: Option) -> str:
    return (option.help[:1].upper() + option.help[1:])[:LABEL_MOST]


def _field(option: Option, offered: Mapping[str, str]) -> Json:
    field: Json = {"custom_id": option.name, "required": True}
    if option.kind is OptionKind.CHOICE:
        items = [MenuItem(option.named[choice], about, choice) for choice, about in offered.items()]
        return field | {"type": SELECT, "options": [select_option(item) for item in items[:OPTIONS]]}
    most = min(option.most, INPUT_MOST)
    style = PARAGRAPH if most > SHORT_MOST else SHORT
    return field | {"type": TEXT_INPUT, "style": style, "min_length": 1, "max_length": most}


def submitted(data: Mapping[str, Any]) -> tuple[str, dict[str, str]] | None:
    """(the verb's name, its values) of a modal of ours that was filled in; None for any other."""
    mark, _, command = str(data.get("custom_id", "")).partition("|")
    found = verb_of(command) if mark == MARK else None
    if found is None:
        return None
    verb, rest = found
    return verb.name, given(verb, rest) | dict(_fields(data.get("components") or ()))


def _fields(components: Any) -> Iterator[tuple[str, str]]:
    for component in components:
        inner = component.get("component") or component
        if "custom_id" in inner and ("value" in inner or inner.get("values")):
            yield str(inner["custom_id"]), str(inner.get("value") or (inner.get("values") or [""])[0])
        yield from _fields(component.get("components") or ())
