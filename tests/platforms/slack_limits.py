"""What of a message or a view is over one of Slack's limits: what everything that we send is held to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.platforms.slack.posting.escape import URL_MOST, measure
from bot.platforms.slack.posting.limits import (
    ACTIONS,
    BLOCKS,
    CHOICES,
    HEADER,
    INPUT_LABEL,
    INPUT_TEXT,
    LABEL,
    METADATA,
    OPTION_TEXT,
    OPTION_VALUE,
    OPTIONS,
    PLACEHOLDER,
    PRIVATE,
    SECTION,
    TITLE,
    TOTAL,
    VIEW_BLOCKS,
    objects,
    total,
    weight,
)

CONTEXT = 10
VALUE, ACTION_ID = 2000, 255
EDITED_TEXT = 4000


def faults(payload: Mapping[str, Any]) -> list[str]:
    """What of a message is over a limit; empty when Slack can take it."""
    found = [*_block_faults(payload.get("blocks", ()), BLOCKS)]
    text = payload.get("text", "")
    if not text.strip():
        found.append("text: empty")
    found += _over("text", len(text), EDITED_TEXT)
    found += _over("metadata", len(json.dumps(payload.get("metadata", {}), ensure_ascii=False)), METADATA)
    return found + _over("payload", len(text) + total(payload.get("blocks", ())), TOTAL)


def view_faults(view: Mapping[str, Any]) -> list[str]:
    """What of a modal or of App Home is over a limit."""
    blocks = view.get("blocks", ())
    found = [*_block_faults(blocks, VIEW_BLOCKS)]
    for name in ("title", "submit", "close"):
        if name in view:
            found += _over(f"view {name}", measure(view[name]["text"]), TITLE)
    found += _over("private_metadata", len(view.get("private_metadata", "")), PRIVATE)
    found += _over("callback_id", len(view.get("callback_id", "")), ACTION_ID)
    if view.get("type") == "modal" and "submit" not in view and any(block["type"] == "input" for block in blocks):
        found.append("view: inputs without a submit button")
    return found + _over("view", total(blocks), TOTAL)


def _over(name: str, size: int, most: int) -> list[str]:
    return [f"{name}: {size} of {most}"] if size > most else []


def _block_faults(blocks: Sequence[Mapping[str, Any]], most: int) -> Iterator[str]:
    yield from _over("blocks", len(blocks), most)
    if not blocks:
        yield "blocks: none"
    for entry in objects(list(blocks)):
        yield from _object_faults(entry)
    for name in ("action_id", "block_id"):
        ids = [entry[name] for entry in objects(list(blocks)) if name in entry]
        if name == "block_id" or most == BLOCKS:
            yield from (f"{name} twice: {one}" for one in sorted({item for item in ids if ids.count(item) > 1}))


_TEXT_MOST = {"section": SECTION, "header": HEADER, "button": LABEL}
_ELEMENTS_MOST = {"context": CONTEXT, "actions": ACTIONS}
_OPTIONS_MOST = {"radio_buttons": CHOICES, "checkboxes": CHOICES, "static_select": OPTIONS}


def _object_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    """The faults of one object of Block Kit, by its type."""
    kind = entry.get("type", "option")
    if isinstance(entry.get("text"), str) and not entry["text"]:
        yield f"{kind}: an empty text"
    if isinstance(entry.get("text"), Mapping):
        yield from _over(f"{kind} text", weight(entry["text"]), _TEXT_MOST.get(kind, OPTION_TEXT))
    if kind in _ELEMENTS_MOST:
        yield from _over(f"{kind} elements", len(entry["elements"]), _ELEMENTS_MOST[kind])
    if kind in ("context", "actions", "rich_text", "rich_text_section", "rich_text_list", "rich_text_quote"):
        yield from () if entry["elements"] else (f"{kind}: no elements",)
    if kind in _OPTIONS_MOST:
        yield from _over(f"{kind} options", len(entry["options"]), _OPTIONS_MOST[kind])
        yield from () if entry["options"] else (f"{kind}: no options",)
    yield from _string_faults(kind, entry)


def _string_faults(kind: str, entry: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(entry.get("value"), str):
        yield from _over(f"{kind} value", len(entry["value"]), VALUE if kind == "button" else OPTION_VALUE)
    yield from _over(f"{kind} url", len(entry.get("url", "")), URL_MOST)
    yield from _over(f"{kind} action_id", len(entry.get("action_id", "")), ACTION_ID)
    yield from _over(f"{kind} initial_value", len(entry.get("initial_value", "")), INPUT_TEXT)
    for name, most in (("label", INPUT_LABEL), ("hint", INPUT_LABEL), ("placeholder", PLACEHOLDER)):
        if isinstance(entry.get(name), Mapping):
            yield from _over(f"{kind} {name}", weight(entry[name]), most)
    if kind == "plain_text" and measure(entry["text"]) > SECTION:
        yield f"plain_text: {measure(entry['text'])} of {SECTION}"
