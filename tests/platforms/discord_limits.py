"""What of a message is over one of Discord's limits: what every post that we make is held to."""

from collections.abc import Iterator
from typing import Any

from bot.platforms.discord.posting.limits import (
    BUTTONS_IN_ROW,
    CHARACTERS_SENT,
    COMPONENTS,
    CUSTOM_ID,
    LABEL,
    NAME,
    ROWS_OF_BUTTONS,
    V2,
    characters,
    components_of,
    units,
)

NONCE = 25


def faults(payload: dict[str, Any]) -> list[str]:
    """What of a message body (or of a forum post's: `name` and `message`) is over a limit; empty when nothing is."""
    found = [] if 1 <= units(payload.get("name", "-")) <= NAME else [f"name: not 1 to {NAME} characters"]
    message = payload.get("message", payload)
    all_of_it = list(components_of(message))
    ids = [entry["custom_id"] for entry in all_of_it if "custom_id" in entry]
    checks = (
        (bool(message.get("flags", 0) & V2), "flags: not a message of components"),
        (not any(message.get(key) for key in ("content", "embeds")), "content or embeds beside components"),
        (1 <= len(all_of_it) <= COMPONENTS, f"components: {len(all_of_it)}, not 1 to {COMPONENTS}"),
        (1 <= characters(message) <= CHARACTERS_SENT, f"text: {characters(message)} of {CHARACTERS_SENT} characters"),
        (len(str(message.get("nonce", ""))) <= NONCE, f"nonce: over {NONCE} characters"),
        (sum(entry["type"] == 1 for entry in all_of_it) <= ROWS_OF_BUTTONS, f"over {ROWS_OF_BUTTONS} rows of buttons"),
        (len(set(ids)) == len(ids), "custom_id: twice"),
    )
    return [*found, *(words for is_right, words in checks if not is_right), *_faults_within(all_of_it)]


def _faults_within(them: list[dict[str, Any]]) -> Iterator[str]:
    for entry in them:
        kind = entry["type"]
        if kind == 10 and not entry["content"].strip():
            yield "text: empty"
        elif kind in (1, 17) and not entry["components"]:
            yield "a row or container of nothing"
        elif kind == 1 and len(entry["components"]) > BUTTONS_IN_ROW:
            yield f"over {BUTTONS_IN_ROW} buttons in a row"
        elif kind == 2 and not 1 <= units(entry["label"]) <= LABEL:
            yield f"label: not 1 to {LABEL} characters"
        elif kind == 2 and not 1 <= units(entry["custom_id"]) <= CUSTOM_ID:
            yield f"custom_id: not 1 to {CUSTOM_ID} characters"
        elif kind == 3:
            yield from _select_faults(entry)


def _select_faults(entry: dict[str, Any]) -> Iterator[str]:
    texts = [text for option in entry["options"] for text in (option["label"], option.get("description", "-"))]
    if not 1 <= len(entry["options"]) <= 25 or not all(1 <= units(text) <= 100 for text in texts):
        yield "select: not 1 to 25 options of 1 to 100 characters"
    if len({option["value"] for option in entry["options"]}) < len(entry["options"]):
        yield "select: a value twice"
    if not 1 <= units(entry["custom_id"]) <= CUSTOM_ID:
        yield f"custom_id: not 1 to {CUSTOM_ID} characters"
