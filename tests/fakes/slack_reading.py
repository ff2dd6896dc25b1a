"""What a reader of Slack sees of a payload, and what in it is live: a walk that shares nothing with the renderer."""

import html
import re
from collections.abc import Iterator
from typing import Any

_LINKS = re.compile(r"<([^|>]+)(?:\|([^>]*))?>")


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a payload."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def mrkdwn(payload: dict[str, Any]) -> list[str]:
    """The texts that Slack parses as mrkdwn or Markdown."""
    return [one["text"] for one in objects(payload) if one.get("type") in ("mrkdwn", "markdown")]


def addresses(payload: dict[str, Any]) -> list[str]:
    """Where a press or a click could lead to."""
    direct = [one[name] for one in objects(payload) for name in ("url", "image_url", "title_url") if name in one]
    return direct + [html.unescape(found[1]) for text in mrkdwn(payload) for found in _LINKS.finditer(text)]


def as_read(payload: dict[str, Any]) -> str:
    """A message or a view as lines of text."""
    head = [f"({payload['text']})"] if isinstance(payload.get("text"), str) else []
    if payload.get("type") == "modal":
        head = [f"=== {payload['title']['text']} ==="]
    lines = [*head, *(line for block in payload["blocks"] for line in _block(block))]
    buttons = [f"[{payload[name]['text']}]" for name in ("close", "submit") if name in payload]
    return "\n".join([*lines, *([" ".join(buttons)] if buttons else [])]) + "\n"


def _block(block: dict[str, Any]) -> list[str]:
    match block["type"]:
        case "header":
            return ["", f"# {block['text']['text']}"]
        case "divider":
            return ["----"]
        case "section":
            return [_object(block["text"])]
        case "context":
            return [f"~ {line}" for one in block["elements"] for line in _object(one).split("\n")]
        case "actions":
            if block["elements"][0]["type"] == "static_select":
                (select,) = block["elements"]
                return [f"v {select['placeholder']['text']}", *map(_option, select["options"])]
            return ["  ".join(f"[{one['text']['text']}]" for one in block["elements"])]
        case "rich_text":
            return [line for element in block["elements"] for line in _element(element)]
        case "input":
            return _input(block)
        case "data_visualization":
            series = [f"{one['name']} {[point['value'] for point in one['data']]}" for one in block["chart"]["series"]]
            return [f"[chart: {block['title']}] {' '.join(block['chart']['axis_config']['categories'])}", *series]
    raise AssertionError(f"no reader knows {block['type']}")


def _object(text: dict[str, Any]) -> str:
    if text["type"] == "plain_text":
        return str(text["text"])
    return html.unescape(_LINKS.sub(lambda found: f"{found[2]} <{found[1]}>", text["text"]))


def _element(element: dict[str, Any]) -> list[str]:
    if element["type"] == "rich_text_list":
        return [f"- {line}" for one in element["elements"] for line in _element(one)]
    text = "".join(_inline(one) for one in element["elements"])
    return [f"| {line}" for line in text.split("\n")] if element["type"] == "rich_text_quote" else text.split("\n")


def _inline(one: dict[str, Any]) -> str:
    marks = {"bold": "**", "italic": "_", "code": "`"}
    looks = "".join(marks[name] for name in one.get("style", {}))
    link = f" <{one['url']}>" if one["type"] == "link" else ""
    return f"{looks}{one['text']}{looks[::-1]}{link}"


def _input(block: dict[str, Any]) -> list[str]:
    element = block["element"]
    optional = " (optional)" if block.get("optional") else ""
    lines = ["", f"{block['label']['text']}{optional}: {block['hint']['text']}"]
    chosen = [element.get("initial_option"), *element.get("initial_options", ())]
    for one in element.get("options", ()):
        lines.append(f"  {'(x)' if one in chosen else '( )'} {one['text']['text']}")
    if "options" not in element:
        now = element.get("initial_value") or element.get("initial_time") or ""
        lines.append(f"  [{now or element.get('placeholder', {}).get('text', '') + '…'}]")
    return lines


def _option(one: dict[str, Any]) -> str:
    return f"  {one['text']['text']} | {one.get('description', {}).get('text', '')}"
