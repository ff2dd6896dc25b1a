"""Lines as plain sections, the oldest blocks that Slack knows: what is sent when it answers `invalid_blocks`.

All text is plain_text; under a section stand its links, made of nothing but addresses and ids.
"""

from collections.abc import Iterator, Sequence

from bot.core.posts.post import Line, LineRole, Span
from bot.platforms.slack.posting.escape import Links
from bot.platforms.slack.posting.limits import SECTION
from bot.platforms.slack.posting.rich_blocks import Block, chunks, plain

_PREFIXES = {LineRole.BULLET: "• ", LineRole.ROW: "• ", LineRole.QUOTE: "│ "}
_APART = (LineRole.HEADING, LineRole.SUBHEADING, LineRole.NUMBERED, LineRole.PARAGRAPH)


def plain_blocks(lines: Sequence[Line], links: Links, fold: int) -> list[Block]:
    """The blocks of tier 0: a section a part (one for all when folded), its links below it."""
    blocks: list[Block] = []
    for part in _parts(lines, fold):
        for some in chunks(part, links, SECTION - 100):
            blocks.append({"type": "section", "text": plain(words_of(some, links))})
            blocks += _link_sections(some, links)
    return blocks


def _link_sections(lines: Sequence[Line], links: Links) -> list[Block]:
    """The links of some lines, each once."""
    marks = dict.fromkeys(mark for line in lines for mark in map(links.markup, line.spans) if mark)
    texts = [""]
    for mark in marks:
        if len(texts[-1]) + len(mark) > SECTION - 100:
            texts.append("")
        texts[-1] += (" · " if texts[-1] else "Open ") + mark
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in texts if text]


def _parts(lines: Sequence[Line], fold: int) -> Iterator[list[Line]]:
    """Lines parted at rules, and before headings and small print."""
    part: list[Line] = []
    for line in lines:
        starts = line.role in (LineRole.HEADING, LineRole.RULE) or (
            line.role is LineRole.SMALL and part[-1:] != [] and part[-1].role is not LineRole.SMALL
        )
        if starts and part and fold == 0:
            yield part
            part = []
        if line.text:
            part.append(line)
    if part:
        yield part


def words_of(lines: Sequence[Line], links: Links) -> str:
    """The words of some lines, with the marks of their roles."""
    text = ""
    for line in lines:
        gap = "\n" if line.role in _APART else ""
        text += (
            ("\n" + gap if text else "")
            + _PREFIXES.get(line.role, "")
            + "".join(_named(span, links) for span in line.spans)
        )
    return text


def _named(span: Span, links: Links) -> str:
    """A span's text, with the id of the paper that the link below leads to."""
    mark = links.mark(span)
    return f"{span.text} ({mark})" if span.paper is not None and mark not in span.text else span.text
