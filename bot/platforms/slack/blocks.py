"""A post as the arguments of chat.postMessage: plain JSON, within Slack's limits, nothing live but our own links."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from bot.core.phrase import line
from bot.core.post import VALUE_MOST, Button, Line, Post, PostKey, PostRef, Role
from bot.platforms.slack.escape import Links, cut, inert, safe
from bot.platforms.slack.limits import ACTIONS, BLOCKS, LABEL, METADATA, TOTAL, shortened, total
from bot.platforms.slack.plain import plain_blocks
from bot.platforms.slack.rich import FOLDS, Block, plain, rich_blocks

EVENT_TYPE = "copecheck_post"
ACTION = "cc1."
NOTIFICATION = 300
RICH, PLAIN = 1, 0
_RENDERERS = {RICH: rich_blocks, PLAIN: plain_blocks}
_EDITABLE = ("text", "blocks", "parse", "link_names", "metadata")


def message_payload(
    post: Post, key: PostKey | None, *, site_url: str, link: Callable[[PostRef], str | None], tier: int = RICH
) -> dict[str, Any]:
    """What is said to chat.postMessage besides channel and thread; a private answer has no key.

    `tier` 1 has the richer blocks, 0 plain sections. `link`: where a post stands, or None.
    """
    links = Links(site_url, link)
    buttons = actions(post.buttons)
    room = TOTAL - NOTIFICATION - total(buttons)
    payload: dict[str, Any] = {
        "text": headline(post),
        "blocks": [*fitted(post.lines or _bare(post), links, tier, BLOCKS - len(buttons), room), *buttons],
        "unfurl_links": False,
        "unfurl_media": False,
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
    }
    return payload if key is None else {**payload, "metadata": metadata(key)}


def edit_of(payload: dict[str, Any]) -> dict[str, Any]:
    """What of a message chat.update takes."""
    return {name: payload[name] for name in _EDITABLE if name in payload}


def metadata(key: PostKey) -> dict[str, Any]:
    """The key as message metadata; of a key too long for it only the digest, which is enough to find it."""
    whole = {"event_type": EVENT_TYPE, "event_payload": {"key": str(key), "digest": key.digest}}
    if len(json.dumps(whole, ensure_ascii=False)) <= METADATA:
        return whole
    return {"event_type": EVENT_TYPE, "event_payload": {"digest": key.digest}}


def headline(post: Post) -> str:
    """What a notification shows, with nothing live in it; never empty, since Slack asks for a text."""
    text = cut(safe(post.notification).strip(), NOTIFICATION - 100) or cut(safe(post.text).strip(), NOTIFICATION - 100)
    return inert(text).strip() or "CopeCheck"


def fitted(lines: Sequence[Line], links: Links, tier: int, most: int, room: int) -> list[Block]:
    """Lines as at most so many blocks in at most so much room: first shortened, then set as closely as need be."""
    kept = [one for one in map(_tidy, shortened(lines, room, links.cost)) if one.text or one.role is Role.RULE]
    blocks: list[Block] = []
    for fold in FOLDS:
        blocks = _RENDERERS[tier](kept, links, fold)
        if len(blocks) <= most:
            break
    return blocks or [{"type": "section", "text": plain("Nothing to show.")}]


def _tidy(one: Line) -> Line:
    """A line of blanks is an empty one."""
    return one if one.text.strip() else Line(one.role, ())


def actions(buttons: Sequence[Button], first: int = 0) -> list[Block]:
    """Buttons as one row; each command is a button's value. One without a command, or too long to keep, is left out.

    `first`: the number of the first `action_id`, which is unique in a message.
    """
    pressable = [one for one in buttons if one.value and len(one.value) <= VALUE_MOST][:ACTIONS]
    elements = [_button(one, f"{ACTION}{number}") for number, one in enumerate(pressable, first)]
    return [{"type": "actions", "elements": elements}] if elements else []


def _button(button: Button, action_id: str) -> Block:
    label = cut(safe(button.label).strip(), LABEL) or button.action or "Run"
    style = {"style": "primary"} if button.action == "share" else {}
    return {"type": "button", "action_id": action_id, "text": plain(label), "value": button.value, **style}


def _bare(post: Post) -> tuple[Line, ...]:
    """A post without lines says its notification."""

    return (line(Role.PARAGRAPH, post.notification),)
