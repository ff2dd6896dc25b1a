"""Lines as plain sections, the oldest blocks that Slack knows: what is sent when it answers `invalid_blocks`.

All text is plain_text; under a section stand its links, made of nothing but addresses and ids.
"""

from collections.abc import Iterator, Sequence

from bot.core.post import Line, Role, Span
from bot.platforms.slack.escape import Links
from bot.platforms.slack.limits import SECTION
from bot.platforms.slack.rich import Block, chunks, plain

_PREFIXES = {Role.BULLET: "• ", Role.ROW: "• ", Role.QUOTE: "│ "}
_APART = (Role.HEADING, Role.SUBHEADING, Role.NUMBERED, Role.PARAGRAPH)


def plain_blocks(lines: Sequence[Line], links: Links, fold: int) -> list[Block]:
    """The blocks of tier 0: a section a part (one for all when folded), its links below it."""
    blocks: list[Block] = []
    for part in _parts(lines, fold):
        for some in chunks(part, links, SECTION - 100):
            blocks.append({"type": "section", "text": plain(_words(some, links))})
            blocks += _link_sections(some, links)
    return blocks


def _link_sections(lines: Sequence[Line], links: Links) -> list[Block]:
    """The links of some lines, each once."""
    marks = dict.fromkeys(mark for one in lines for mark in map(links.markup, one.spans) if mark)
    texts = [""]
    for mark in marks:
        if len(texts[-1]) + len(mark) > SECTION - 100:
            texts.append("")
        texts[-1] += (" · " if texts[-1] else "Open ") + mark
    return [{"type": "section", "text": {"type": "mrkdwn", "text": one, "verbatim": True}} for one in texts if one]


def _parts(lines: Sequence[Line], fold: int) -> Iterator[list[Line]]:
    """Lines parted at rules, and before headings and small print."""
    part: list[Line] = []
    for one in lines:
        starts = one.role in (Role.HEADING, Role.RULE) or (
            one.role is Role.SMALL and part[-1:] != [] and part[-1].role is not Role.SMALL
        )
        if starts and part and fold == 0:
            yield part
            part = []
        if one.text:
            part.append(one)
    if part:
        yield part


def _words(lines: Sequence[Line], links: Links) -> str:
    text = ""
    for one in lines:
        gap = "\n" if one.role in _APART else ""
        text += (
            ("\n" + gap if text else "")
            + _PREFIXES.get(one.role, "")
            + "".join(_named(span, links) for span in one.spans)
        )
    return text


def _named(span: Span, links: Links) -> str:
    """A span's text, with the id of the paper that the link below leads to."""
    mark = links.mark(span)
    return f"{span.text} ({mark})" if span.paper is not None and mark not in span.text else span.text
