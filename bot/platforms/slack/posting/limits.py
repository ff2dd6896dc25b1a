"""Slack's limits, and the fixed order in which a post is shortened to fit.

Sources: docs.slack.dev/reference/block-kit (lengths and counts), slack_sdk's models, chat.postMessage and chat.update.
Slack names no limit for a whole message; `TOTAL` is well below what it was seen to refuse (`msg_blocks_too_long`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.posts.phrase import line
from bot.core.posts.post import Line, LineRole
from bot.platforms.slack.posting.escape import cut, measure, safe

CHARACTERS = 6000
LIST_LINES, TITLE_LINES = 25, 36

BLOCKS, VIEW_BLOCKS = 50, 100
SECTION, HEADER = 3000, 150
ACTIONS, LABEL = 25, 75
TEXT = 40_000
TEXT_MOST, TEXT_CHARACTERS = 3900, 2800
METADATA = 3000
TOTAL = 12_000
TITLE, PRIVATE = 24, 3000
OPTIONS, CHOICES, OPTION_TEXT, OPTION_VALUE = 100, 10, 75, 150
INPUT_LABEL, PLACEHOLDER, INPUT_TEXT = 2000, 150, 3000

LINES = 400
LINE = 2700
SPAN_CHARACTERS_READ = 20_000
FOOT = 80
_WORDS = (LineRole.PARAGRAPH, LineRole.FIELD, LineRole.NUMBERED, LineRole.BULLET)
_HEADS = (LineRole.HEADLINE, LineRole.TITLE, LineRole.HEADING, LineRole.SUBHEADING, LineRole.CLOSING)
# What is shortened, in this order and down to so much a line, until a post fits; then lines go, the last first.
SHORTENED: tuple[tuple[tuple[LineRole, ...], int], ...] = (
    ((LineRole.QUOTE,), 240),
    ((LineRole.SMALL,), 300),
    (_WORDS, 900),
    ((LineRole.QUOTE,), 110),
    (_WORDS, 400),
    ((LineRole.ROW,), 260),
    ((LineRole.SMALL,), 120),
    (_WORDS, 140),
    ((LineRole.QUOTE,), 45),
    (_HEADS, 110),
    ((LineRole.ROW,), 150),
    (_WORDS, 70),
)
Cost = Callable[[Line], int]


def shortened(lines: Sequence[Line], room: int, cost: Cost) -> list[Line]:
    """The lines, made safe, in at most so much room, by the order of `SHORTENED`."""
    kept = [_cut_line(_safe_line(said), LINE) for said in lines[:LINES]]
    for roles, most in SHORTENED:
        if sum(map(cost, kept)) <= room - FOOT:
            break
        kept = [_cut_line(said, most) if said.role in roles else said for said in kept]
    kept = list(_first(kept, room - FOOT, cost))
    gone = len(lines) - len(kept)
    does = "line does" if gone == 1 else "lines do"
    return [*kept, line(LineRole.SMALL, f"Shortened: {gone} more {does} not fit here.")] if gone else kept


def _safe_line(line: Line) -> Line:
    return Line(line.role, tuple(replace(span, text=safe(span.text[:SPAN_CHARACTERS_READ])) for span in line.spans))


def _cut_line(line: Line, most: int) -> Line:
    """A line with a measure of at most so much: its spans in their order, as long as there is room."""
    spans = []
    for span in line.spans:
        text = cut(span.text, most)
        most -= measure(text)
        if text:
            spans.append(replace(span, text=text))
    return Line(line.role, tuple(spans))


def _first(lines: Sequence[Line], room: int, cost: Cost) -> Iterator[Line]:
    """As many lines as fit, from the first on."""
    for said in lines:
        room -= cost(said)
        if room < 0:
            return
        yield said


def total(blocks: Sequence[Mapping[str, Any]]) -> int:
    """How much a message's words, addresses and values are together."""
    return sum(weight(entry) for entry in objects(blocks))


def weight(entry: Mapping[str, Any]) -> int:
    """How much one object's own words, address and value are together."""
    size = len if entry.get("type") == "mrkdwn" else measure
    parts = [entry[key] for key in ("text", "url", "value", "initial_value") if isinstance(entry.get(key), str)]
    return sum(map(size, parts))


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in a payload."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from objects(inner)
