"""Discord's limits on a message, a check against them, and how a post is shortened until it is within.

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

from bot.core.phrase import fit
from bot.core.post import Line, Post, Role, Span

V2 = 1 << 15
CHARACTERS_SENT = 4000
COMPONENTS = 40
BUTTONS_IN_ROW = 5
ROWS_OF_BUTTONS = 5
LABEL = 80
CUSTOM_ID = 100
NONCE = 25
NAME = 100

CHARACTERS = 3000
"""How many characters of plain words a page may have (`Capacity.characters`): the other quarter is for marks,
backslashes, addresses and the page's foot. A page of nothing but marks is shortened as any post is."""

LIST_LINES = 12
"""How many rows stand in one post (`Capacity.list_lines`). Rows of a model's verdicts have 200 to 260 characters as
sent, those of a scan 100 to 200: a list of 12 is whole. The longest row that can be (410) keeps four fifths of its
words."""

DIGEST = 4500
"""How many characters the parts of a digest may have, each at its most (`Capacity.digest_characters`): room for five
opened papers, as many as a follow has by default. A scan's opened paper has 250 to 720 characters as sent, so that
five are whole; of a model's a quotation may have to be shorter."""

FAR_OVER = 4 * CHARACTERS_SENT  # a post of so many characters is cut to this roughly, all its lines alike, at first
SPANS_MOST = 40
LEAST = 200
SHORTENED: tuple[tuple[frozenset[Role], int], ...] = (
    (frozenset({Role.ROW}), 60),
    (frozenset({Role.QUOTE}), 60),
    (frozenset({Role.PARAGRAPH, Role.FIELD, Role.BULLET, Role.NUMBERED}), 60),
    (frozenset({Role.CLOSING}), 40),
    (frozenset({Role.HEADING, Role.SUBHEADING, Role.HEADLINE, Role.TITLE}), 40),
    (frozenset({Role.SMALL, Role.RULE}), 40),
)
DROPPED = (
    *(Role.ROW, Role.QUOTE, Role.BULLET, Role.NUMBERED, Role.PARAGRAPH, Role.FIELD),
    *(Role.RULE, Role.SUBHEADING, Role.HEADING, Role.CLOSING, Role.SMALL, Role.TITLE, Role.HEADLINE),
)
Measure = Callable[[Post], int]


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortest(text: str, most: int) -> str:
    """`text` in at most so many UTF-16 units, cut between words where there are any."""
    cut = fit(text, most)
    while units(cut) > most:
        cut = fit(cut, len(cut) - max(1, (units(cut) - most) // 2))
    return cut


# -- the check


def components_of(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every component of a message, nested ones too."""
    waiting = list(message.get("components", ()))
    while waiting:
        one = waiting.pop(0)
        yield one
        waiting += one.get("components", ())


def characters(message: dict[str, Any]) -> int:
    """How many characters all text displays of a message have together."""
    return sum(units(one["content"]) for one in components_of(message) if one["type"] == 10)


def faults(payload: dict[str, Any]) -> list[str]:
    """What of a message body (or of a forum post's: `name` and `message`) is over a limit; empty when nothing is."""
    found = [] if 1 <= units(payload.get("name", "-")) <= NAME else [f"name: not 1 to {NAME} characters"]
    message = payload.get("message", payload)
    all_of_it = list(components_of(message))
    ids = [one["custom_id"] for one in all_of_it if "custom_id" in one]
    checks = (
        (bool(message.get("flags", 0) & V2), "flags: not a message of components"),
        (not any(message.get(key) for key in ("content", "embeds")), "content or embeds beside components"),
        (1 <= len(all_of_it) <= COMPONENTS, f"components: {len(all_of_it)}, not 1 to {COMPONENTS}"),
        (1 <= characters(message) <= CHARACTERS_SENT, f"text: {characters(message)} of {CHARACTERS_SENT} characters"),
        (len(str(message.get("nonce", ""))) <= NONCE, f"nonce: over {NONCE} characters"),
        (sum(one["type"] == 1 for one in all_of_it) <= ROWS_OF_BUTTONS, f"over {ROWS_OF_BUTTONS} rows of buttons"),
        (len(set(ids)) == len(ids), "custom_id: twice"),
    )
    return [*found, *(words for is_right, words in checks if not is_right), *_faults_within(all_of_it)]


def _faults_within(them: list[dict[str, Any]]) -> Iterator[str]:
    for one in them:
        kind = one["type"]
        if kind == 10 and not one["content"].strip():
            yield "text: empty"
        elif kind in (1, 17) and not one["components"]:
            yield "a row or container of nothing"
        elif kind == 1 and len(one["components"]) > BUTTONS_IN_ROW:
            yield f"over {BUTTONS_IN_ROW} buttons in a row"
        elif kind == 2 and not 1 <= units(one["label"]) <= LABEL:
            yield f"label: not 1 to {LABEL} characters"
        elif kind == 2 and not 1 <= units(one["custom_id"]) <= CUSTOM_ID:
            yield f"custom_id: not 1 to {CUSTOM_ID} characters"


# -- the cure


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
    is_far_over = sum(len(one.text) for one in post.lines) > FAR_OVER
    length = max(LEAST, FAR_OVER // len(post.lines)) if is_far_over else most
    few = (replace(one, spans=one.spans[:SPANS_MOST]) for one in post.lines)
    return replace(post, lines=tuple(cut(one, min(length, most)) for one in few))


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
    return replace(span, text=lead + fit(span.text.strip(), max(most - len(lead), 0)))


def _shortened(post: Post, roles: frozenset[Role], least: int, measure: Measure, most: int) -> Post:
    """Lines of those roles, all cut to the greatest length at which the post fits, or to the least."""

    def at_most(length: int) -> Post:
        return replace(post, lines=tuple(cut(one, length) if one.role in roles else one for one in post.lines))

    longest = max((len(one.text) for one in post.lines if one.role in roles), default=0)
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
        kept = tuple(one for at, one in enumerate(post.lines) if at not in gone)
        return replace(post, lines=(*kept, Line(Role.SMALL, (Span(said),))))

    if not order:
        return post
    count = bisect_left(range(1, len(order)), True, key=lambda dropped: measure(without(dropped)) <= most)
    return without(count + 1)


def _bare(post: Post) -> Post:
    """What is left of a post of which even the first line is over: its first words, without links."""
    return replace(post, lines=tuple(Line(one.role, (Span(fit(one.text, LEAST)),)) for one in post.lines[:1]))
