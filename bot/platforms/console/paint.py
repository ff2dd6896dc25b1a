"""A post as text in a terminal: calm, the headline strong, the source line dim; plain when piped.

Every line hangs behind its own prefix, and no control sign of any text reaches the terminal.
"""

from collections.abc import Sequence
from urllib.parse import quote

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style as Look
from rich.text import Text

from bot.core.hostile.hygiene import clean
from bot.core.posts.post import Button, Line, LineRole, Post, PostKind, Span, Style

SITE = "https://arxiv.org/abs/"
MEASURE, ROW_MEASURE, NARROW = 96, 120, 60
INDENT = "    "

_DIM = Look(dim=True)
_ROLES = {
    LineRole.HEADLINE: Look(bold=True),
    LineRole.TITLE: Look(color="cyan"),
    LineRole.HEADING: Look(bold=True),
    LineRole.SUBHEADING: Look(bold=True, color="cyan"),
    LineRole.QUOTE: Look(italic=True),
    LineRole.CLOSING: Look(italic=True),
    LineRole.SMALL: _DIM,
}
_STYLES = {
    Style.PLAIN: Look(),
    Style.STRONG: Look(bold=True),
    Style.EM: Look(italic=True),
    Style.CODE: _DIM,
    Style.COMMAND: _DIM,
}
_PREFIXES = {
    LineRole.QUOTE: ("│ ", "│ "),
    LineRole.BULLET: ("- ", "  "),
    LineRole.NUMBERED: ("", "   "),
    LineRole.FIELD: ("", "  "),
    LineRole.ROW: ("", "  "),
}
_OPENERS = (LineRole.HEADING, LineRole.SUBHEADING, LineRole.CLOSING)
_HEADERS = (LineRole.HEADLINE, LineRole.HEADING, LineRole.SUBHEADING)


def paint(
    console: Console,
    post: Post,
    *,
    thread: str | None = None,
    is_edited: bool = False,
    buttons: Sequence[tuple[int, Button]] = (),
) -> None:
    """Print a post. `thread` names the post in whose thread it stands (its rule is drawn unless the name is empty).

    `buttons`: those that can be pressed, by number.
    """
    if thread:
        _Painter(console, "").rule(f"in the thread of {thread}")
    painter = _Painter(console, "" if thread is None else INDENT)
    if is_edited:
        painter.hang(Text("edited", style=_DIM), "", "")
    before = LineRole.RULE
    for line in post.lines:
        if _is_apart(before, line.role, post.kind):
            console.print()
        painter.line(line)
        before = line.role
    _paint_menu(painter, post, buttons)
    buttons = [button for button in buttons if button[1].action != "open"]
    if buttons:
        labels = "   ".join(f"[{number}] {button.label}" for number, button in buttons)
        painter.hang(Text(painter.safe(labels), style=Look(color="cyan")), "", "")
    console.print()


def _paint_menu(painter: "_Painter", post: Post, buttons: Sequence[tuple[int, Button]]) -> None:
    """The papers of a menu, one line each behind the number that opens it. A list has them above: a number each."""
    items = [(number, button) for number, button in buttons if button.action == "open"]
    if post.menu is None or not items:
        return
    if post.kind in (PostKind.LIST, PostKind.ANSWER):
        first, last = items[0][0], items[-1][0]
        words = f"[{first}]" if first == last else f"[{first}] to [{last}] open them in this order"
        painter.hang(Text(painter.safe(words), style=Look(color="cyan")), "", "")
        return
    painter.hang(Text(painter.safe(post.menu.prompt), style=_DIM), "", "")
    for (number, button), item in zip(items, post.menu.items, strict=True):
        text = Text(painter.safe(button.label)).append(painter.safe(f"  {item.about}"), style=_DIM)
        painter.hang(text, f"[{number}] ", "     ")


def paint_answer(console: Console, post: Post, *, buttons: Sequence[tuple[int, Button]], to: str) -> None:
    """Print an answer that only one person gets, under a rule that says so."""
    _Painter(console, "").rule("only you see this" if to == "you" else f"only {to} sees this")
    paint(console, post, buttons=buttons)


def _is_apart(before: LineRole, here: LineRole, kind: PostKind) -> bool:
    """Whether an empty line stands between lines of these roles; a rule is an empty line of its own."""
    if LineRole.RULE in (before, here):
        return False
    if here in _OPENERS or (before is LineRole.SMALL and here is not LineRole.SMALL):
        return True
    if here is LineRole.SMALL:
        return before not in (LineRole.SMALL, LineRole.CLOSING, LineRole.HEADLINE, LineRole.PARAGRAPH)
    if kind is PostKind.CARD:
        return before is LineRole.TITLE
    if kind is PostKind.ANSWER:
        return (here is LineRole.PARAGRAPH and before not in _HEADERS) or (
            here is LineRole.NUMBERED and before is LineRole.QUOTE
        )
    return False


class _Painter:
    """Sets lines on a console, behind an indent, in a measure that can be read."""

    def __init__(self, console: Console, indent: str) -> None:
        self._console = console
        self._indent = indent
        self._width = console.width - len(indent)

    def rule(self, title: str) -> None:
        """A thin line that names what follows."""
        words = self.safe(title)
        stroke = self.safe("─")
        rest = stroke * max(2, min(self._width, MEASURE) - cell_len(words) - 4)
        self._console.print(Text(f"{stroke * 2} {words} {rest}", style=_DIM), no_wrap=True, overflow="ellipsis")

    def line(self, line: Line) -> None:
        """A line as its role wants it."""
        if line.role is LineRole.RULE:
            self.rule(line.text) if line.text else self._console.print()
        elif line.role is LineRole.ROW and line.spans[0].paper is not None and self._width >= NARROW:
            self._row(line)
        else:
            text = Text(style=_ROLES.get(line.role, ""))
            for span in line.spans:
                self._append(text, span)
            self.hang(text, *_PREFIXES.get(line.role, ("", "")))

    def hang(self, text: Text, first: str, others: str) -> None:
        """Wrap a text; its first line and the others stand behind their own prefixes."""
        first, others = self.safe(first), self.safe(others)
        room = max(min(self._width, MEASURE) - cell_len(others), 8)
        for at, piece in enumerate(text.wrap(self._console, room)):
            piece.rstrip()
            prefix = Text(self._indent).append(others if at else first, style=_DIM)
            self._console.print(prefix.append_text(piece), no_wrap=True, crop=False, overflow="ignore")

    def _row(self, line: Line) -> None:
        """A paper: its id, its whole title, and behind it what is said of it; below it where both do not fit."""
        link, rest = line.spans[0], self.safe("".join(span.text for span in line.spans[1:]).strip(" ·"))
        paper, title = self.safe(str(link.paper)), self.safe(link.text)
        begin = f"{paper:<10}  "
        room = min(self._width, ROW_MEASURE) - len(begin)
        text, words = Text(title), Text(rest, style=_DIM)
        pieces = (
            list(text.append("  ").append_text(words).wrap(self._console, room)) if _fits(title, rest, room) else []
        )
        for at, piece in enumerate(
            pieces or [*Text(title).wrap(self._console, room), *words.wrap(self._console, room)]
        ):
            piece.rstrip()
            start = Text(self._indent).append("" if at else begin, style=_DIM + _link(paper))
            start.append(" " * (len(begin) if at else 0))
            self._console.print(start.append_text(piece), no_wrap=True, crop=False, overflow="ignore")

    def _append(self, text: Text, span: Span) -> None:
        look = _STYLES[span.style]
        if span.paper is None:
            text.append(self.safe(span.text), style=look)
            return
        paper = self.safe(str(span.paper))
        text.append(self.safe(span.text), style=look + _link(paper))
        text.append(f"  {paper}", style=Look(dim=True, color="default"))

    def safe(self, text: str) -> str:
        """Nothing in it that a terminal would obey, or could not show."""
        text = clean(text).replace("\n", " ")
        if self._console.encoding.startswith("utf"):
            return text
        return text.encode(self._console.encoding, "replace").decode(self._console.encoding)


def _fits(title: str, rest: str, room: int) -> bool:
    """Whether both stand on one line."""
    return cell_len(title) + 2 + cell_len(rest) <= room


def _link(paper: str) -> Look:
    """A terminal's link to the abstract's page, built from the id."""
    return Look(link=SITE + quote(paper, safe="/."))
