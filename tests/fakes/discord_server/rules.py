"""What Discord refuses in the body of a message, with its own words (code 50035, 50006, 40005)."""

import re
from typing import Any

from tests.fakes.discord_server.refusal import Refusal, invalid_form
from tests.fakes.discord_server.state import V2, Upload, walk

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, SECTION, TEXT_DISPLAY, GALLERY = 1, 2, 3, 4, 9, 10, 12
V2_ONLY = {9, 10, 11, 12, 13, 14, 17}
TOP_V2 = {1, 9, 10, 12, 13, 14, 17}
SELECTS = {3, 5, 6, 7, 8}
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_REQUEST = 25 * 1024 * 1024
Json = dict[str, Any]


def check_message(message: Json, uploads: list[Upload]) -> None:
    """Refuse what cannot stand as a message; `message` is the whole of it, also after an edit."""
    flags = message.get("flags") or 0
    components = message.get("components") or []
    _check_content(message)
    if flags & V2:
        for name in ("content", "embeds", "poll", "sticker_ids"):
            if message.get(name):
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                raise invalid_form(
                    name, code, f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                )
    carries = ("content", "embeds", "sticker_ids", "poll")
    if not components and not uploads and not any(message.get(name) for name in carries):
        raise Refusal(400, 50006, "Cannot send an empty message")
    check_components(components, is_v2=bool(flags & V2))
    _check_files(uploads)
    _check_attached(components, uploads)


def _check_content(message: Json) -> None:
    if len(message.get("content") or "") > 2000:
        raise invalid_form("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
    if len(str(message.get("nonce") or "")) > 25:
        raise invalid_form("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be less than or equal to 25 characters.")
    embeds = message.get("embeds") or []
    if len(embeds) > 10:
        raise invalid_form("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    if sum(map(_embed_length, embeds)) > 6000:
        raise invalid_form("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _embed_length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [(embed.get("author") or {}).get("name")]
    texts += [field.get(name) for field in embed.get("fields") or [] for name in ("name", "value")]
    return sum(len(text or "") for text in texts)


def _check_files(uploads: list[Upload]) -> None:
    sizes = [len(upload.content) for upload in uploads]
    if sum(sizes) > LARGEST_REQUEST or max(sizes, default=0) > LARGEST_FILE:
        raise Refusal(413, 40005, "Request entity too large")


def _check_attached(components: list[Json], uploads: list[Upload]) -> None:
    names = {upload.name for upload in uploads}
    for part in walk(components):
        media = [part.get("media"), part.get("file"), *(one.get("media") for one in part.get("items") or [])]
        for one in filter(None, media):
            url = str(one.get("url", ""))
            if url.startswith("attachment://") and url.removeprefix("attachment://") not in names:
                code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
                raise invalid_form("components", code, f"The referenced attachment '{url}' was not found")


def check_components(components: list[Json], *, is_v2: bool) -> None:
    """Refuse components that are too many, too long, twice, or not allowed at their place."""
    every = walk(components)
    for number, part in enumerate(components):
        if (not is_v2 and part.get("type") in V2_ONLY) or part.get("type") not in TOP_V2:
            allowed = "(1,)" if not is_v2 else "(1, 9, 10, 12, 13, 14, 17)"
            words = f'Value of field "type" must be one of {allowed}.'
            raise invalid_form(f"components.{number}", "UNION_TYPE_CHOICES", words)
    if not is_v2 and len(components) > 5:
        raise invalid_form("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    if len(every) > 40:
        raise invalid_form(
            "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "A maximum of 40 components is allowed"
        )
    if sum(len(part.get("content") or "") for part in every if part["type"] == TEXT_DISPLAY) > 4000:
        code = "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"
        raise invalid_form("components", code, "The total displayable text size exceeds the maximum of 4000")
    _check_custom_ids(every)
    for part in every:
        _check_part(part)


def _check_custom_ids(every: list[Json]) -> None:
    seen: set[str] = set()
    for part in every:
        custom_id = part.get("custom_id")
        if custom_id is None:
            continue
        if not 1 <= len(custom_id) <= 100:
            raise invalid_form("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        if custom_id in seen:
            code = "COMPONENT_CUSTOM_ID_DUPLICATED"
            raise invalid_form("components", code, "Component custom id cannot be duplicated")
        seen.add(custom_id)


def _check_part(part: Json) -> None:
    kind = part["type"]
    wrong = {
        ROW: lambda: not 1 <= len(part.get("components") or []) <= 5,
        BUTTON: lambda: _is_bad_button(part),
        STRING_SELECT: lambda: not 1 <= len(part.get("options") or []) <= 25,
        SECTION: lambda: not 1 <= len(part.get("components") or []) <= 3 or "accessory" not in part,
        TEXT_DISPLAY: lambda: not part.get("content"),
        GALLERY: lambda: not 1 <= len(part.get("items") or []) <= 10,
    }.get(kind)
    if wrong is not None and wrong():
        raise invalid_form("components", "BASE_TYPE_BAD_LENGTH", f"Component of type {kind} is not valid.")
    if kind in SELECTS and len(part.get("placeholder") or "") > 150:
        raise invalid_form("components", "BASE_TYPE_MAX_LENGTH", "Must be 150 or fewer in length.")


def _is_bad_button(button: Json) -> bool:
    style = button.get("style")
    named = bool(button.get("label") or button.get("emoji")) and len(button.get("label") or "") <= 80
    if style == 5:
        return not named or not button.get("url") or "custom_id" in button
    return style not in (1, 2, 3, 4) or not named or not button.get("custom_id") or "url" in button


def check_modal(modal: Json) -> None:
    """Refuse a modal that cannot be shown."""
    if not 1 <= len(modal.get("title") or "") <= 45:
        raise invalid_form("data.title", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 45 in length.")
    if not 1 <= len(modal.get("custom_id") or "") <= 100:
        raise invalid_form("data.custom_id", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    if not 1 <= len(modal.get("components") or []) <= 5:
        raise invalid_form("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    _check_custom_ids(walk(modal["components"]))


def check_commands(commands: list[Json]) -> None:
    """Refuse a set of commands with a bad name or too many of a kind."""
    for number, command in enumerate(commands):
        kind = command.get("type", 1)
        if kind == 1 and not re.fullmatch(r"[-_'\w]{1,32}", command["name"]):
            raise invalid_form(f"{number}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        if kind == 1 and not 1 <= len(command.get("description") or "") <= 100:
            raise invalid_form(f"{number}.description", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    kinds = [command.get("type", 1) for command in commands]
    if kinds.count(1) > 100 or kinds.count(2) > 15 or kinds.count(3) > 15:
        raise Refusal(400, 30032, "Maximum number of application commands reached.")
    names = [(command.get("type", 1), command["name"]) for command in commands]
    if len(set(names)) < len(names):
        raise invalid_form("0.name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")


DEFAULTS: dict[int, Json] = {
    11: {"description": None, "spoiler": False},
    13: {"name": None, "size": None, "spoiler": False},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
}


def as_stored(components: list[Json]) -> list[Json]:
    """Components as Discord keeps them: each has a number, and what was left out has its default."""
    stored: list[Json] = _copied(components)
    for number, part in enumerate(walk(stored), start=1):
        part.setdefault("id", number)
        for name, value in DEFAULTS.get(part["type"], {}).items():
            part.setdefault(name, value)
        for one in part.get("items") or []:
            one.setdefault("description", None)
            one.setdefault("spoiler", False)
    return stored


def _copied(part: Any) -> Any:
    if isinstance(part, list):
        return [_copied(one) for one in part]
    return {name: _copied(value) for name, value in part.items()} if isinstance(part, dict) else part
