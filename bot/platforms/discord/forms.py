"""Verbs whose words are asked for in a modal when they were not given. The verb travels in the modal's id.

So a modal that was opened before a restart is still understood after it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.platforms.discord.markup import TAG

Json = dict[str, Any]
MARK = f"{TAG}m"
LABEL, TEXT_INPUT, PARAGRAPH = 18, 4, 2
MOST_ID = 100


@dataclass(frozen=True, slots=True)
class Form:
    """What a modal shows, and the option of the verb that it fills in."""

    title: str
    label: str
    option: str
    most: int = 2000


FORMS: Mapping[str, Form] = {
    "feedback": Form("Feedback", "What do you want to say?", "words"),
}


def form_of(text: str) -> Form | None:
    """The form that a command needs before it can be done; None when its words are given, or it needs none."""
    name, _, rest = text.strip().partition(" ")
    return FORMS.get(name) if not rest.strip() else None


def modal(command: str, form: Form) -> Json:
    """A modal that asks for the words of a command."""
    field = {
        "type": TEXT_INPUT,
        "custom_id": form.option,
        "style": PARAGRAPH,
        "min_length": 1,
        "max_length": form.most,
        "required": True,
    }
    whole = {"type": LABEL, "label": form.label, "component": field}
    return {"custom_id": f"{MARK}|{command}"[:MOST_ID], "title": form.title, "components": [whole]}


def submitted(data: Mapping[str, Any]) -> tuple[str, dict[str, str]] | None:
    """(the command, what was filled in) of a modal of ours; None for any other."""
    mark, _, command = str(data.get("custom_id", "")).partition("|")
    if mark != MARK or not command:
        return None
    return command, dict(_fields(data.get("components") or ()))


def _fields(components: Any) -> Iterator[tuple[str, str]]:
    for one in components:
        inner = one.get("component") or one
        if "custom_id" in inner and "value" in inner:
            yield str(inner["custom_id"]), str(inner["value"])
        yield from _fields(one.get("components") or ())
