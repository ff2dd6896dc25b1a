"""Lines as Slack's richer blocks: headers, rich text, small print, dividers. No text in them is ever parsed.

`fold` tells how closely lines are set, for posts of very many blocks: 0 as they look best, 1 with the small print
inside the rich text, 2 with headings and rules there too, so that only length makes a new block.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from bot.core.post import Line, Role, Span, Style
from bot.platforms.slack.escape import Links, measure
from bot.platforms.slack.limits import HEADER, SECTION

Block = dict[str, Any]
FOLDS = (0, 1, 2)
_STYLES = {Style.PLAIN: (), Style.STRONG: ("bold",), Style.EM: ("italic",), Style.CODE: ("code",)}
_ROLES = {
    Role.HEADLINE: ("bold",),
    Role.HEADING: ("bold",),
    Role.SUBHEADING: ("bold",),
    Role.CLOSING: ("italic",),
    Role.SMALL: ("italic",),
}
_PROSE = (Role.PARAGRAPH, Role.CLOSING)
_HEADS = (Role.HEADING, Role.SUBHEADING)
_APART = (Role.SUBHEADING, Role.NUMBERED, Role.HEADING)


def rich_blocks(lines: Sequence[Line], links: Links, fold: int) -> list[Block]:
    """The blocks of tier 1."""
    blocks: list[Block] = []
    lines = [one for one in lines if one.text or fold < 2]
    for kind, group in groupby(lines, lambda one: _kind(one, links, fold)):
        for some in chunks(group, links, SECTION - 100):
            blocks += _blocks(kind, some, links)
    return blocks


def plain(text: str) -> Block:
    """A plain_text object: nothing in it is parsed, emoji codes neither."""
    return {"type": "plain_text", "text": text, "emoji": False}


def chunks(lines: Iterable[Line], links: Links, most: int) -> Iterator[list[Line]]:
    """Lines in runs of at most so much; each line fits into one by itself."""
    run: list[Line] = []
    room = most
    for one in lines:
        if run and links.cost(one) > room:
            yield run
            run, room = [], most
        run.append(one)
        room -= links.cost(one)
    if run:
        yield run


def _kind(one: Line, links: Links, fold: int) -> str:
    if any(links.url(span) for span in one.spans):
        return "rich_text"
    if one.role is Role.RULE and fold < 2:
        return "context" if one.text else "divider"
    if one.role is Role.SMALL and fold < 1:
        return "context"
    if one.role is Role.HEADING and fold < 2 and measure(one.text) <= HEADER:
        return "header"
    return "rich_text"


def _blocks(kind: str, lines: Sequence[Line], links: Links) -> list[Block]:
    if kind == "divider":
        return [{"type": "divider"}]
    if kind == "header":
        return [{"type": "header", "text": plain(one.text)} for one in lines]
    if kind == "context":
        return [{"type": "context", "elements": [plain("\n".join(one.text for one in lines))]}]
    return [{"type": "rich_text", "elements": _elements(lines, links)}]


def _elements(lines: Sequence[Line], links: Links) -> list[Block]:
    elements: list[Block] = []
    for form, group in groupby(lines, _form):
        some = list(group)
        if form == "rich_text_list":
            items = [{"type": "rich_text_section", "elements": _spans(one, links)} for one in some]
            elements.append({"type": form, "style": "bullet", "elements": items})
        else:
            apart = bool(elements) and some[0].role in _APART
            elements.append({"type": form, "elements": [*([_text("\n")] if apart else []), *_joined(some, links)]})
    return elements


def _form(one: Line) -> str:
    if one.role is Role.QUOTE:
        return "rich_text_quote"
    return "rich_text_list" if one.role in (Role.BULLET, Role.ROW) else "rich_text_section"


def _joined(lines: Sequence[Line], links: Links) -> list[Block]:
    """Lines under one another; an empty line where a paragraph or a part begins."""
    elements: list[Block] = []
    before: Role | None = None
    for one in lines:
        if before is not None:
            is_apart = (one.role in _APART and before not in _HEADS) or (
                before is Role.PARAGRAPH and one.role in _PROSE
            )
            elements.append(_text("\n\n" if is_apart else "\n"))
        elements += _spans(one, links)
        before = one.role
    return elements


def _spans(one: Line, links: Links) -> list[Block]:
    return [_span(span, _ROLES.get(one.role, ()), links) for span in one.spans if span.text]


def _span(span: Span, of_role: Sequence[str], links: Links) -> Block:
    looks = dict.fromkeys((*of_role, *_STYLES[span.style]), True)
    style = {"style": looks} if looks else {}
    url = links.url(span)
    if url is None:
        return {**_text(span.text), **style}
    return {"type": "link", "url": url, "text": span.text, **style}


def _text(text: str) -> Block:
    return {"type": "text", "text": text}
