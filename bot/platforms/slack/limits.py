"""Slack's limits, what of a payload is over them, and the fixed order in which a post is shortened to fit.

Sources: docs.slack.dev/reference/block-kit (lengths and counts), slack_sdk's models, chat.postMessage and chat.update.
Slack names no limit for a whole message; `TOTAL` is well below what it was seen to refuse (`msg_blocks_too_long`).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.phrase import line
from bot.core.post import Line, Role
from bot.platforms.slack.escape import URL_MOST, cut, measure, safe

CHARACTERS = 6000
LIST_LINES = 25

BLOCKS, VIEW_BLOCKS = 50, 100
SECTION, HEADER, CONTEXT = 3000, 150, 10
ACTIONS, LABEL, VALUE, ACTION_ID = 25, 75, 2000, 255
TEXT, EDITED_TEXT = 40_000, 4000
METADATA = 3000
TOTAL = 12_000
TITLE, PRIVATE = 24, 3000
OPTIONS, CHOICES, OPTION_TEXT, OPTION_VALUE = 100, 10, 75, 150
INPUT_LABEL, PLACEHOLDER, INPUT_TEXT = 2000, 150, 3000

LINES = 400
LINE = 2700
LONGEST = 20_000
FOOT = 80
_WORDS = (Role.PARAGRAPH, Role.FIELD, Role.NUMBERED, Role.BULLET)
_HEADS = (Role.HEADLINE, Role.TITLE, Role.HEADING, Role.SUBHEADING, Role.CLOSING)
# What is shortened, in this order and down to so much a line, until a post fits; then lines go, the last first.
SHORTENED: tuple[tuple[tuple[Role, ...], int], ...] = (
    ((Role.QUOTE,), 240),
    ((Role.SMALL,), 300),
    (_WORDS, 900),
    ((Role.QUOTE,), 110),
    (_WORDS, 400),
    ((Role.ROW,), 260),
    ((Role.SMALL,), 120),
    (_WORDS, 140),
    ((Role.QUOTE,), 45),
    (_HEADS, 110),
    ((Role.ROW,), 150),
    (_WORDS, 70),
)
Cost = Callable[[Line], int]


def shortened(lines: Sequence[Line], room: int, cost: Cost) -> list[Line]:
    """The lines, made safe, in at most so much room, by the order of `SHORTENED`."""
    kept = [_cut_line(_safe_line(one), LINE) for one in lines[:LINES]]
    for roles, most in SHORTENED:
        if sum(map(cost, kept)) <= room - FOOT:
            break
        kept = [_cut_line(one, most) if one.role in roles else one for one in kept]
    kept = list(_first(kept, room - FOOT, cost))
    gone = len(lines) - len(kept)
    does = "line does" if gone == 1 else "lines do"
    return [*kept, line(Role.SMALL, f"Shortened: {gone} more {does} not fit here.")] if gone else kept


def _safe_line(one: Line) -> Line:
    return Line(one.role, tuple(replace(span, text=safe(span.text[:LONGEST])) for span in one.spans))


def _cut_line(one: Line, most: int) -> Line:
    """A line with a measure of at most so much: its spans in their order, as long as there is room."""
    spans = []
    for span in one.spans:
        text = cut(span.text, most)
        most -= measure(text)
        if text:
            spans.append(replace(span, text=text))
    return Line(one.role, tuple(spans))


def _first(lines: Sequence[Line], room: int, cost: Cost) -> Iterator[Line]:
    """As many lines as fit, from the first on."""
    for one in lines:
        room -= cost(one)
        if room < 0:
            return
        yield one


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
    if view.get("type") == "modal" and "submit" not in view and any(one["type"] == "input" for one in blocks):
        found.append("view: inputs without a submit button")
    return found + _over("view", total(blocks), TOTAL)


def total(blocks: Sequence[Mapping[str, Any]]) -> int:
    """How much a message's words, addresses and values are together."""
    return sum(_weight(one) for one in _dicts(blocks))


def _weight(one: Mapping[str, Any]) -> int:
    size = len if one.get("type") == "mrkdwn" else measure
    parts = [one[key] for key in ("text", "url", "value", "initial_value") if isinstance(one.get(key), str)]
    return sum(map(size, parts))


def _dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in a payload."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _dicts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _dicts(inner)


def _over(name: str, size: int, most: int) -> list[str]:
    return [f"{name}: {size} of {most}"] if size > most else []


def _block_faults(blocks: Sequence[Mapping[str, Any]], most: int) -> Iterator[str]:
    yield from _over("blocks", len(blocks), most)
    if not blocks:
        yield "blocks: none"
    for one in _dicts(list(blocks)):
        yield from _object_faults(one)
    for name in ("action_id", "block_id"):
        ids = [one[name] for one in _dicts(list(blocks)) if name in one]
        if name == "block_id" or most == BLOCKS:
            yield from (f"{name} twice: {one}" for one in sorted({one for one in ids if ids.count(one) > 1}))


_TEXT_MOST = {"section": SECTION, "header": HEADER, "button": LABEL}
_ELEMENTS_MOST = {"context": CONTEXT, "actions": ACTIONS}
_OPTIONS_MOST = {"radio_buttons": CHOICES, "checkboxes": CHOICES, "static_select": OPTIONS}


def _object_faults(one: Mapping[str, Any]) -> Iterator[str]:
    """The faults of one object of Block Kit, by its type."""
    kind = one.get("type", "option")
    if isinstance(one.get("text"), str) and not one["text"]:
        yield f"{kind}: an empty text"
    if isinstance(one.get("text"), Mapping):
        yield from _over(f"{kind} text", _weight(one["text"]), _TEXT_MOST.get(kind, OPTION_TEXT))
    if kind in _ELEMENTS_MOST:
        yield from _over(f"{kind} elements", len(one["elements"]), _ELEMENTS_MOST[kind])
    if kind in ("context", "actions", "rich_text", "rich_text_section", "rich_text_list", "rich_text_quote"):
        yield from () if one["elements"] else (f"{kind}: no elements",)
    if kind in _OPTIONS_MOST:
        yield from _over(f"{kind} options", len(one["options"]), _OPTIONS_MOST[kind])
        yield from () if one["options"] else (f"{kind}: no options",)
    yield from _string_faults(kind, one)


def _string_faults(kind: str, one: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(one.get("value"), str):
        yield from _over(f"{kind} value", len(one["value"]), VALUE if kind == "button" else OPTION_VALUE)
    yield from _over(f"{kind} url", len(one.get("url", "")), URL_MOST)
    yield from _over(f"{kind} action_id", len(one.get("action_id", "")), ACTION_ID)
    yield from _over(f"{kind} initial_value", len(one.get("initial_value", "")), INPUT_TEXT)
    for name, most in (("label", INPUT_LABEL), ("hint", INPUT_LABEL), ("placeholder", PLACEHOLDER)):
        if isinstance(one.get(name), Mapping):
            yield from _over(f"{kind} {name}", _weight(one[name]), most)
    if kind == "plain_text" and measure(one["text"]) > SECTION:
        yield f"plain_text: {measure(one['text'])} of {SECTION}"
