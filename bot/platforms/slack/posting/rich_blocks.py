"""Lines as Slack's richer blocks: headers, rich text, small print, dividers. No text in them is ever parsed.

`fold` tells how closely lines are set, for posts of very many blocks: 0 as they look best, 1 with the small print
inside the rich text, 2 with headings and rules there too, so that only length makes a new block.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from bot.core.posts.post import Line, LineRole, Span, Style
from bot.platforms.slack.posting.escape import Links, measure
from bot.platforms.slack.posting.limits import HEADER, SECTION

Block = dict[str, Any]
FOLDS = (0, 1, 2)
_STYLES = {
    Style.PLAIN: (),
    Style.STRONG: ("bold",),
    Style.EM: ("italic",),
    Style.CODE: ("code",),
    Style.COMMAND: ("code",),
}
_ROLES = {
    LineRole.HEADLINE: ("bold",),
    LineRole.HEADING: ("bold",),
    LineRole.SUBHEADING: ("bold",),
    LineRole.CLOSING: ("italic",),
    LineRole.SMALL: ("italic",),
}
_PROSE = (LineRole.PARAGRAPH, LineRole.CLOSING)
_HEADS = (LineRole.HEADING, LineRole.SUBHEADING)
_APART = (LineRole.SUBHEADING, LineRole.NUMBERED, LineRole.HEADING)


def rich_blocks(lines: Sequence[Line], links: Links, fold: int) -> list[Block]:
    """The blocks of tier 1."""
    blocks: list[Block] = []
    lines = [line for line in lines if line.text or fold < 2]
    for kind, group in groupby(lines, lambda item: _kind(item, links, fold)):
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
    for line in lines:
        if run and links.cost(line) > room:
            yield run
            run, room = [], most
        run.append(line)
        room -= links.cost(line)
    if run:
        yield run


def _kind(line: Line, links: Links, fold: int) -> str:
    if any(links.url(span) for span in line.spans):
        return "rich_text"
    if line.role is LineRole.RULE and fold < 2:
        return "context" if line.text else "divider"
    if line.role is LineRole.SMALL and fold < 1:
        return "context"
    if line.role is LineRole.HEADING and fold < 2 and measure(line.text) <= HEADER:
        return "header"
    return "rich_text"


def _blocks(kind: str, lines: Sequence[Line], links: Links) -> list[Block]:
    if kind == "divider":
        return [{"type": "divider"}]
    if kind == "header":
        return [{"type": "header", "text": plain(line.text)} for line in lines]
    if kind == "context":
        return [{"type": "context", "elements": [plain("\n".join(line.text for line in lines))]}]
    return [{"type": "rich_text", "elements": _elements(lines, links)}]


def _elements(lines: Sequence[Line], links: Links) -> list[Block]:
    elements: list[Block] = []
    for form, group in groupby(lines, _form):
        some = list(group)
        if form == "rich_text_list":
            items = [{"type": "rich_text_section", "elements": _spans(line, links)} for line in some]
            elements.append({"type": form, "style": "bullet", "elements": items})
        else:
            apart = bool(elements) and some[0].role in _APART
            elements.append({"type": form, "elements": [*([_text("\n")] if apart else []), *_joined(some, links)]})
    return elements


def _form(line: Line) -> str:
    if line.role is LineRole.QUOTE:
        return "rich_text_quote"
    return "rich_text_list" if line.role in (LineRole.BULLET, LineRole.ROW) else "rich_text_section"


def _joined(lines: Sequence[Line], links: Links) -> list[Block]:
    """Lines under one another; an empty line where a paragraph or a part begins."""
    elements: list[Block] = []
    before: LineRole | None = None
    for line in lines:
        if before is not None:
            is_apart = (line.role in _APART and before not in _HEADS) or (
                before is LineRole.PARAGRAPH and line.role in _PROSE
            )
            elements.append(_text("\n\n" if is_apart else "\n"))
        elements += _spans(line, links)
        before = line.role
    return elements


def _spans(line: Line, links: Links) -> list[Block]:
    return [_span(span, _ROLES.get(line.role, ()), links) for span in line.spans if span.text]


def _span(span: Span, of_role: Sequence[str], links: Links) -> Block:
    looks = dict.fromkeys((*of_role, *_STYLES[span.style]), True)
    style = {"style": looks} if looks else {}
    url = links.url(span)
    if url is None:
        return {**_text(span.text), **style}
    return {"type": "link", "url": url, "text": span.text, **style}


def _text(text: str) -> Block:
    return {"type": "text", "text": text}
