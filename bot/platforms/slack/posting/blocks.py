"""A post as the arguments of chat.postMessage: plain JSON, within Slack's limits, nothing live but our own links."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.core.commands.verbs import COMMANDS
from bot.core.posts.phrase import joined, line
from bot.core.posts.post import VALUE_MOST, Button, Form, Line, LineRole, Menu, MenuItem, Post, PostKey, PostRef, Style
from bot.platforms.slack.posting.chart import chart_block
from bot.platforms.slack.posting.escape import Links, cut, inert, safe
from bot.platforms.slack.posting.limits import (
    ACTIONS,
    BLOCKS,
    LABEL,
    METADATA,
    OPTION_TEXT,
    OPTIONS,
    PLACEHOLDER,
    TEXT_MOST,
    TOTAL,
    shortened,
    total,
)
from bot.platforms.slack.posting.plain_blocks import plain_blocks, words_of
from bot.platforms.slack.posting.rich_blocks import FOLDS, Block, plain, rich_blocks

_OF_THREADS = frozenset(verb.name for verb in COMMANDS if verb.is_of_thread)
EVENT_TYPE = "copecheck_post"
ACTION = "cc1."
NOTIFICATION = 300
RICH, PLAIN, TEXT, BARE = Form
_RENDERERS = {RICH: rich_blocks, PLAIN: plain_blocks}
_INERT = {"unfurl_links": False, "unfurl_media": False, "mrkdwn": False, "parse": "none", "link_names": False}
_EDITABLE = ("text", "blocks", "parse", "link_names", "metadata")


def message_payload(
    post: Post, key: PostKey | None, *, site_url: str, link: Callable[[PostRef], str | None], tier: Form = Form.RICH
) -> dict[str, Any]:
    """What is said to chat.postMessage besides channel and thread; a private answer has no key.

    `tier`: the richer blocks, plain sections, or a text without blocks and buttons; never richer than the post's own
    form. `link`: where a post stands, or None.
    """
    payload: dict[str, Any]
    links = Links(site_url, link)
    tier = max(tier, post.form)
    if tier >= TEXT:
        payload = {"text": bare_text(post, links), **_INERT}
        return payload if key is None else {**payload, "metadata": metadata(key, is_short=tier >= BARE)}
    buttons = [*menu_block(post.menu), *actions(post.buttons)]
    room = TOTAL - NOTIFICATION - total(buttons)
    drawn = chart_block(post.chart) if post.chart and tier is RICH else None
    lines = _told_below(post.lines) if drawn else post.lines
    below = [*([drawn] if drawn else []), *buttons]
    payload = {
        "text": headline(post),
        "blocks": [*fitted(lines or _bare(post), links, tier, BLOCKS - len(below), room), *below],
        **_INERT,
    }
    return payload if key is None else {**payload, "metadata": metadata(key)}


def _told_below(lines: Sequence[Line]) -> list[Line]:
    """The lines of a post whose bars are drawn: their words stand in one small line, for who cannot see the chart."""
    told = [_words_of_bar(drawn) for drawn in lines if drawn.role is LineRole.BAR]
    return [
        *(drawn for drawn in lines if drawn.role is not LineRole.BAR),
        line(LineRole.SMALL, joined(told)),
    ]


def _words_of_bar(bar: Line) -> str:
    """The words of a bar's line without what draws it."""
    return "".join(span.text for span in bar.spans if span.style is not Style.CODE).strip()


def edit_of(payload: dict[str, Any]) -> dict[str, Any]:
    """What of a message chat.update takes; without blocks those that stand there are taken away."""
    return {"blocks": [], **{name: payload[name] for name in _EDITABLE if name in payload}}


def bare_text(post: Post, links: Links) -> str:
    """The words of a post as one text in which nothing is live: each link as the id it leads to."""
    lines = [line for line in map(_tidy, post.lines or _bare(post)) if line.text]
    text = cut(inert_lines(words_of(lines, links)), TEXT_MOST).strip()
    return text or headline(post)


def inert_lines(text: str) -> str:
    """`text` with nothing live in any of its lines."""
    return "\n".join(inert(part) for part in text.split("\n"))


def metadata(key: PostKey, *, is_short: bool = False) -> dict[str, Any]:
    """The key as message metadata; of a key too long for it only the digest, which is enough to find it."""
    whole = {"event_type": EVENT_TYPE, "event_payload": {"key": str(key), "digest": key.digest}}
    if not is_short and len(json.dumps(whole, ensure_ascii=False)) <= METADATA:
        return whole
    return {"event_type": EVENT_TYPE, "event_payload": {"digest": key.digest}}


def headline(post: Post) -> str:
    """What a notification shows, with nothing live in it; never empty, since Slack asks for a text."""
    text = cut(safe(post.notification).strip(), NOTIFICATION - 100) or cut(safe(post.text).strip(), NOTIFICATION - 100)
    return inert(text).strip() or "CopeCheck"


def fitted(lines: Sequence[Line], links: Links, tier: Form, most: int, room: int) -> list[Block]:
    """Lines as at most so many blocks in at most so much room: first shortened, then set as closely as need be."""
    kept = [line for line in map(_tidy, shortened(lines, room, links.cost)) if line.text or line.role is LineRole.RULE]
    blocks: list[Block] = []
    for fold in FOLDS:
        blocks = _RENDERERS[tier](kept, links, fold)
        if len(blocks) <= most:
            break
    return blocks or [{"type": "section", "text": plain("Nothing to show.")}]


def _tidy(line: Line) -> Line:
    """A line with its commands as one types them here; of blanks an empty one."""
    if not line.text.strip():
        return Line(line.role, ())
    spans = (replace(span, text=_typed(span.text)) if span.style is Style.COMMAND else span for span in line.spans)
    return Line(line.role, tuple(spans))


def _typed(command: str) -> str:
    """A command as one types it: in threads, where slash commands do not work, the bot is named."""
    return f"{'@CopeCheck' if command.partition(' ')[0] in _OF_THREADS else '/copecheck'} {command}"


def actions(buttons: Sequence[Button], first: int = 0) -> list[Block]:
    """Buttons as one row; each command is a button's value. One without a command, or too long to keep, is left out.

    `first`: the number of the first `action_id`, which is unique in a message.
    """
    pressable = [button for button in buttons if button.value and len(button.value) <= VALUE_MOST][:ACTIONS]
    elements = [_button(button, f"{ACTION}{number}") for number, button in enumerate(pressable, first)]
    return [{"type": "actions", "elements": elements}] if elements else []


def menu_block(menu: Menu | None) -> list[Block]:
    """A menu as a select; each option's value is the command that choosing it is."""
    if menu is None:
        return []
    options = [_option(menu, item) for item in menu.items[:OPTIONS]]
    prompt = plain(cut(safe(menu.prompt), PLACEHOLDER))
    select = {"type": "static_select", "action_id": f"{ACTION}menu", "placeholder": prompt, "options": options}
    return [{"type": "actions", "elements": [select]}]


def _option(menu: Menu, item: MenuItem) -> Block:
    about = cut(safe(item.about).strip(), OPTION_TEXT)
    label = cut(safe(item.label).strip(), OPTION_TEXT) or item.value
    more = {"description": plain(about)} if about else {}
    return {"text": plain(label), "value": f"{menu.command} {item.value}", **more}


def _button(button: Button, action_id: str) -> Block:
    label = cut(safe(button.label).strip(), LABEL) or button.action or "Run"
    style = {"style": "primary"} if button.action == "share" else {}
    return {"type": "button", "action_id": action_id, "text": plain(label), "value": button.value, **style}


def _bare(post: Post) -> tuple[Line, ...]:
    """A post without lines says its notification."""

    return (line(LineRole.PARAGRAPH, post.notification),)
