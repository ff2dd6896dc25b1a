"""What Slack refuses in blocks and views: our list of its rules, and where it is present the official schema.

The schema and its checks stand beside the checkout (`../shared/schemas/check.py`); without them the own rules remain.
https://docs.slack.dev/reference/block-kit/blocks
"""

import functools
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

RICHER_BLOCKS = frozenset(
    [
        "alert",
        "card",
        "carousel",
        "container",
        "context_actions",
        "data_table",
        "data_visualization",
        "markdown",
        "plan",
        "table",
        "task_card",
    ]
)
PLAIN_BLOCKS = {"actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "video"}
KNOWN_BLOCKS = RICHER_BLOCKS | PLAIN_BLOCKS
MESSAGE_BLOCKS, VIEW_BLOCKS, MARKDOWN_TEXT, MESSAGE_TEXT, UPDATE_TEXT = 50, 100, 12_000, 40_000, 4_000
ONLY_IN_MESSAGES = frozenset({"markdown", "table", "data_table", "data_visualization", "plan", "task_card"})

# type of block or element -> path to a text or list -> most characters or members
SIZES: dict[str, dict[str, int]] = {
    "section": {"text.text": 3000, "fields": 10, "fields.*.text": 2000},
    "header": {"text.text": 150},
    "context": {"elements": 10, "elements.*.text": 3000},
    "actions": {"elements": 25},
    "context_actions": {"elements": 5},
    "image": {"alt_text": 2000, "image_url": 3000, "title.text": 2000},
    "input": {"label.text": 2000, "hint.text": 2000},
    "button": {"text.text": 75, "value": 2000, "url": 3000, "action_id": 255, "accessibility_label": 75},
    "static_select": {"options": 100, "option_groups": 100, "placeholder.text": 150, "action_id": 255},
    "multi_static_select": {"options": 100, "placeholder.text": 150, "action_id": 255},
    "radio_buttons": {"options": 10, "action_id": 255},
    "checkboxes": {"options": 10, "action_id": 255},
    "overflow": {"options": 5, "action_id": 255},
    "plain_text_input": {"initial_value": 3000, "placeholder.text": 150, "action_id": 255},
}
OPTION_SIZES = {"text.text": 75, "value": 150, "description.text": 75}
MODAL_SIZES = {
    "title.text": 24,
    "submit.text": 24,
    "close.text": 24,
    "private_metadata": 3000,
    "callback_id": 255,
    "external_id": 255,
}


@functools.cache
def official() -> ModuleType | None:
    """The checks by the official schemas, None where they are not beside the checkout."""
    path = Path(__file__).resolve().parents[4] / "shared" / "schemas" / "check.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location("slack_schema_check", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def faults_of_blocks(blocks: Any, most: int = MESSAGE_BLOCKS) -> list[str]:
    """What is wrong with the blocks of a message, empty when nothing is."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["blocks: not a list of blocks"]
    if not blocks:
        return []
    found = [*_own_faults(blocks, most)]
    schema = official()
    known = [block for block in blocks if block.get("type") != "data_visualization"]  # younger than the schema
    return found + (schema.slack_message(known, most) if schema and known else [])


def faults_of_view(view: Any) -> list[str]:
    """What is wrong with a modal or a Home, empty when nothing is."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return ["view: neither a modal nor a home"]
    blocks = view.get("blocks")
    found = [*faults_of_blocks(blocks, VIEW_BLOCKS), *_sizes(view, MODAL_SIZES, "view")]
    types = {block.get("type") for block in blocks} if isinstance(blocks, list) else set()
    found += [f"view: {kind} belongs in messages only" for kind in sorted(types & ONLY_IN_MESSAGES)]
    if view["type"] == "modal" and not (view.get("title") or {}).get("text"):
        found.append("view: a modal needs a title")
    if view["type"] == "modal" and "input" in types and not view.get("submit"):
        found.append("view: inputs need a submit")
    schema = official()
    return found + (schema.slack_view(view) if schema else [])


def faults_of_chart(block: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a bar chart, by docs.slack.dev/reference/block-kit/blocks/data-visualization-block."""
    if set(block) - {"type", "title", "chart", "block_id"}:
        yield "chart: a field that it does not have"
    if not 1 <= len(block.get("title", "")) <= 50:
        yield "chart: a title of 1 to 50 characters"
    chart = block.get("chart", {})
    series, axis = chart.get("series", []), chart.get("axis_config", {})
    if chart.get("type") != "bar" or not 1 <= len(series) <= 6:
        yield "chart: a bar chart has 1 to 6 series"
    categories = axis.get("categories", [])
    if len(set(categories)) != len(categories) or any(not 1 <= len(one) <= 20 for one in categories):
        yield "chart: categories of 1 to 20 characters, each once"
    if any(len(axis.get(label, "")) > 50 for label in ("x_label", "y_label")):
        yield "chart: an axis label over 50"
    names = [one.get("name", "") for one in series]
    if len(set(names)) != len(names) or any(not 1 <= len(name) <= 20 for name in names):
        yield "chart: series names of 1 to 20 characters, each once"
    for one in series:
        points = one.get("data", [])
        if [point.get("label") for point in points] != categories or not 1 <= len(points) <= 20:
            yield "chart: the labels of a series are the categories"
        if not all(isinstance(point.get("value"), int | float) for point in points):
            yield "chart: a value is a number"


def richer(blocks: list[dict[str, Any]]) -> set[str]:
    """The types of the newer blocks among these, nested ones too."""
    return {node["type"] for node in _nodes(blocks) if node.get("type") in RICHER_BLOCKS}


def _own_faults(blocks: list[dict[str, Any]], most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"more than {most} blocks"
    for at, block in enumerate(blocks):
        if block.get("type") not in KNOWN_BLOCKS:
            yield f"{at}: unknown block {block.get('type')!r}"
        if len(str(block.get("block_id", ""))) > 255:
            yield f"{at}: block_id over 255"
        if block.get("type") == "data_visualization":
            yield from (f"{at}: {fault}" for fault in faults_of_chart(block))
    for node in _nodes(blocks):
        yield from _sizes(node, SIZES.get(str(node.get("type")), {}), str(node.get("type")))
        for option in node.get("options") or []:
            yield from _sizes(option, OPTION_SIZES, "option") if isinstance(option, dict) else ()
    if sum(len(node.get("text", "")) for node in blocks if node.get("type") == "markdown") > MARKDOWN_TEXT:
        yield f"markdown blocks over {MARKDOWN_TEXT} characters together"
    yield from _equal_action_ids(blocks)


def _equal_action_ids(blocks: list[dict[str, Any]]) -> Iterator[str]:
    ids = [str(node["action_id"]) for node in _nodes(blocks) if node.get("type") == "button" and "action_id" in node]
    yield from (f"action_id twice: {one}" for one in sorted(set(ids)) if ids.count(one) > 1)


def _sizes(node: dict[str, Any], sizes: dict[str, int], name: str) -> Iterator[str]:
    for path, most in sizes.items():
        for value in _at(node, path.split(".")):
            if isinstance(value, str | list) and len(value) > most:
                yield f"{name}: {path} is over {most}"


def _at(node: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield node
    elif path[0] == "*":
        for member in node if isinstance(node, list) else []:
            yield from _at(member, path[1:])
    elif isinstance(node, dict) and path[0] in node:
        yield from _at(node[path[0]], path[1:])


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)
