"""Discord's limits on a message, and how a post is shortened until it is within.

Sources: Discord's component, message and channel reference; 4000 characters over all text displays (documentation
pull request 8562). Characters are counted as sent, marks, backslashes and addresses with them, and in UTF-16 units,
of which there are never fewer than of any other count.

What is over is shortened in this order, each step only as far as is needed:
1. list rows, all to one length, before any row would be dropped;
2. quotations; 3. paragraphs, fields, bullets and numbered claims; 4. the closing line;
5. headings, headline and title, 6. small print: never below a length at which they can still be read.
Only when all of these are at their least are whole lines dropped, and a last line says how many: rows from the last
to the first, then quotations, bullets, claims, paragraphs, fields, headings. A headline, a title and the small print
go last, and the first line of a post never.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bot.core.posts.phrase import truncate
from bot.core.posts.post import Line, LineRole, Post, Span

V2 = 1 << 15
SUPPRESS_EMBEDS = 1 << 2
CHARACTERS_SENT = 4000
CONTENT = 1950
TEXT_CHARACTERS = 1300
COMPONENTS = 40
BUTTONS_IN_ROW = 5
ROWS_OF_BUTTONS = 5
LABEL = 80
CUSTOM_ID = 100
NAME = 100

CHARACTERS = 3000
"""How many characters of plain words a page may have (`Capacity.characters`): the other quarter is for marks,
backslashes, addresses and the page's foot. A page of nothing but marks is shortened as any post is."""

LIST_LINES = 20
"""How many lines of headline and title stand in one post (`Capacity.list_lines`): such a line has at most
`core.present_edition.ROW_MOST` characters of words, 44 more as sent, so that twenty are whole."""

TITLE_LINES = 36
"""How many lines of a title alone (`Capacity.title_lines`): at most `core.present_edition.SHORT_ROW_MOST` characters,
and 38 more as sent."""

DIGEST = 4500
"""How many characters the parts of a digest may have, each at its most (`Capacity.digest_characters`): room for five
opened papers, as many as a follow has by default. A scan's opened paper has 250 to 720 characters as sent, so that
five are whole; of a model's a quotation may have to be shorter."""

FAR_OVER = 4 * CHARACTERS_SENT  # a post of so many characters is cut to this roughly, all its lines alike, at first
SPANS_MOST = 40
LEAST = 200
SHORTENED: tuple[tuple[frozenset[LineRole], int], ...] = (
    (frozenset({LineRole.ROW}), 60),
    (frozenset({LineRole.QUOTE}), 60),
    (frozenset({LineRole.PARAGRAPH, LineRole.FIELD, LineRole.BULLET, LineRole.NUMBERED}), 60),
    (frozenset({LineRole.CLOSING}), 40),
    (frozenset({LineRole.HEADING, LineRole.SUBHEADING, LineRole.HEADLINE, LineRole.TITLE}), 40),
    (frozenset({LineRole.SMALL, LineRole.RULE}), 40),
)
DROPPED = (
    *(LineRole.ROW, LineRole.QUOTE, LineRole.BULLET, LineRole.NUMBERED, LineRole.PARAGRAPH, LineRole.FIELD),
    *(
        LineRole.RULE,
        LineRole.SUBHEADING,
        LineRole.HEADING,
        LineRole.CLOSING,
        LineRole.SMALL,
        LineRole.TITLE,
        LineRole.HEADLINE,
    ),
)
Measure = Callable[[Post], int]


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortest(text: str, most: int) -> str:
    """`text` in at most so many UTF-16 units, cut between words where there are any."""
    cut = truncate(text, most)
    while units(cut) > most:
        cut = truncate(cut, len(cut) - max(1, (units(cut) - most) // 2))
    return cut


def components_of(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every component of a message, nested ones too."""
    waiting = list(message.get("components", ()))
    while waiting:
        item = waiting.pop(0)
        yield item
        waiting += item.get("components", ())


def characters(message: dict[str, Any]) -> int:
    """How many characters all text displays of a message have together."""
    return sum(units(entry["content"]) for entry in components_of(message) if entry["type"] == 10)


def fitted(post: Post, measure: Measure, most: int = CHARACTERS_SENT) -> Post:
    """The post, shortened in the fixed order until `measure` (its characters as sent) is at most `most`."""
    whole, post = post, _roughly(post, most)
    for roles, least in SHORTENED:
        if measure(post) <= most:
            return post
        post = _shortened(post, roles, least, measure, most)
    if measure(post) > most:
        post = _dropped(post, measure, most)
    return post if measure(post) <= most else _bare(whole)


def _roughly(post: Post, most: int) -> Post:
    """Lines that are far too long in any case cut, so that the finer steps have little to do."""
    is_far_over = sum(len(line.text) for line in post.lines) > FAR_OVER
    length = max(LEAST, FAR_OVER // len(post.lines)) if is_far_over else most
    few = (replace(line, spans=line.spans[:SPANS_MOST]) for line in post.lines)
    return replace(post, lines=tuple(cut(line, min(length, most)) for line in few))


def cut(line: Line, most: int) -> Line:
    """A line in at most so many characters; of its spans the longest give way first, all to one length."""
    lengths = sorted(len(span.text) for span in line.spans)
    if sum(lengths) <= most:
        return line
    room, each = most, 0
    for at, length in enumerate(lengths):
        each = room // (len(lengths) - at)
        if length > each:
            break
        room -= length
    return replace(line, spans=tuple(_cut_span(span, each) for span in line.spans))


def _cut_span(span: Span, most: int) -> Span:
    """A span cut to a length; the space that keeps it from its neighbour stays."""
    if len(span.text) <= most:
        return span
    lead = span.text[: len(span.text) - len(span.text.lstrip())][:2]
    return replace(span, text=lead + truncate(span.text.strip(), max(most - len(lead), 0)))


def _shortened(post: Post, roles: frozenset[LineRole], least: int, measure: Measure, most: int) -> Post:
    """Lines of those roles, all cut to the greatest length at which the post fits, or to the least."""

    def at_most(length: int) -> Post:
        return replace(post, lines=tuple(cut(line, length) if line.role in roles else line for line in post.lines))

    longest = max((len(line.text) for line in post.lines if line.role in roles), default=0)
    if longest <= least:
        return post
    # The first saving that is enough, of all that are allowed.
    saving = bisect_left(range(longest - least), True, key=lambda saved: measure(at_most(longest - saved)) <= most)
    return at_most(longest - saving)


def _dropped(post: Post, measure: Measure, most: int) -> Post:
    """Whole lines dropped, as few as will do, and a last line that says how many."""
    order = [
        at
        for role in DROPPED
        for at in range(len(post.lines) - 1, 0, -1)
        if post.lines[at].role is role
    ]  # fmt: skip

    def without(count: int) -> Post:
        gone = set(order[:count])
        said = "1 line does not fit here." if count == 1 else f"{count} lines do not fit here."
        kept = tuple(line for at, line in enumerate(post.lines) if at not in gone)
        return replace(post, lines=(*kept, Line(LineRole.SMALL, (Span(said),))))

    if not order:
        return post
    count = bisect_left(range(1, len(order)), True, key=lambda dropped: measure(without(dropped)) <= most)
    return without(count + 1)


def _bare(post: Post) -> Post:
    """What is left of a post of which even the first line is over: its first words, without links."""
    return replace(post, lines=tuple(Line(line.role, (Span(truncate(line.text, LEAST)),)) for line in post.lines[:1]))
