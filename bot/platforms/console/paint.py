"""A post as text in a terminal: calm, the headline strong, the source line dim, plain when piped."""

import re

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from bot.core.post import Line, Post, Role, Span, Style

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ROLES = {
    Role.HEADLINE: "bold",
    Role.TITLE: "bold cyan",
    Role.HEADING: "bold",
    Role.SUBHEADING: "bold dim",
    Role.QUOTE: "italic",
    Role.CLOSING: "italic",
    Role.SMALL: "dim",
}
_STYLES = {Style.STRONG: "bold", Style.EM: "italic", Style.CODE: "bold dim", Style.PLAIN: ""}
_INDENTED = {Role.QUOTE: 2, Role.BULLET: 2, Role.NUMBERED: 2}
_SPACE_BEFORE = {Role.HEADING, Role.SUBHEADING}
SITE = "https://arxiv.org/abs/"


def paint(console: Console, post: Post, *, in_thread: bool = False, edited: bool = False) -> None:
    """Print a post; what hangs in a thread is set in."""
    parts: list[RenderableType] = [Text("(edited)", style="dim")] if edited else []
    for at, line in enumerate(post.lines):
        if line.role in _SPACE_BEFORE and at:
            parts.append(Text(""))
        parts.append(_painted(line))
    console.print(Padding(Group(*parts), (0, 0, 0, 4 if in_thread else 0)))
    console.print()


def _painted(line: Line) -> RenderableType:
    if line.role is Role.RULE:
        return Rule(style="dim") if not line.text else Rule(_safe(line.text), style="dim")
    text = Text(style=_ROLES.get(line.role, ""))
    if line.role is Role.BULLET:
        text.append("- ")
    for span in line.spans:
        _append(text, span)
    return Padding(text, (0, 0, 0, _INDENTED.get(line.role, 0)))


def _append(text: Text, span: Span) -> None:
    text.append(_safe(span.text), style=_STYLES[span.style])
    if span.paper is not None:
        text.append("  ")
        text.append(str(span.paper), style=f"dim link {SITE}{span.paper}")


def _safe(text: str) -> str:
    """No control sign of any text reaches the terminal."""
    return _CONTROL.sub(" ", text)
