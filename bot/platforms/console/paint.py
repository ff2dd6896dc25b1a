"""A post as text in a terminal: calm, the headline strong, the source line dim; plain when piped.

Every line hangs behind its own prefix, and no control sign of any text reaches the terminal.
"""

from collections.abc import Sequence
from urllib.parse import quote

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style as Look
from rich.text import Text

from bot.core.hygiene import clean
from bot.core.post import Button, Line, Post, PostKind, Role, Span, Style

SITE = "https://arxiv.org/abs/"
MEASURE, ROW_MEASURE, NARROW = 96, 120, 60
INDENT = "    "

_DIM = Look(dim=True)
_ROLES = {
    Role.HEADLINE: Look(bold=True),
    Role.TITLE: Look(color="cyan"),
    Role.HEADING: Look(bold=True),
    Role.SUBHEADING: Look(bold=True, color="cyan"),
    Role.QUOTE: Look(italic=True),
    Role.CLOSING: Look(italic=True),
    Role.SMALL: _DIM,
}
_STYLES = {Style.PLAIN: Look(), Style.STRONG: Look(bold=True), Style.EM: Look(italic=True), Style.CODE: _DIM}
_PREFIXES = {
    Role.QUOTE: ("│ ", "│ "),
    Role.BULLET: ("- ", "  "),
    Role.NUMBERED: ("", "   "),
    Role.FIELD: ("", "  "),
    Role.ROW: ("", "  "),
}
_OPENERS = (Role.HEADING, Role.SUBHEADING, Role.CLOSING)
_HEADERS = (Role.HEADLINE, Role.HEADING, Role.SUBHEADING)


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
    before = Role.RULE
    for line in post.lines:
        if _is_apart(before, line.role, post.kind):
            console.print()
        painter.line(line)
        before = line.role
    if buttons:
        labels = "   ".join(f"[{number}] {button.label}" for number, button in buttons)
        painter.hang(Text(painter.safe(labels), style=Look(color="cyan")), "", "")
    console.print()


def paint_answer(console: Console, post: Post, *, buttons: Sequence[tuple[int, Button]], to: str) -> None:
    """Print an answer that only one person gets, under a rule that says so."""
    _Painter(console, "").rule("only you see this" if to == "you" else f"only {to} sees this")
    paint(console, post, buttons=buttons)


def _is_apart(before: Role, here: Role, kind: PostKind) -> bool:
    """Whether an empty line stands between lines of these roles; a rule is an empty line of its own."""
    if Role.RULE in (before, here):
        return False
    if here in _OPENERS or (before is Role.SMALL and here is not Role.SMALL):
        return True
    if here is Role.SMALL:
        return before not in (Role.SMALL, Role.CLOSING, Role.HEADLINE, Role.PARAGRAPH)
    if kind is PostKind.CARD:
        return before is Role.TITLE
    if kind is PostKind.ANSWER:
        return (here is Role.PARAGRAPH and before not in _HEADERS) or (here is Role.NUMBERED and before is Role.QUOTE)
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
        if line.role is Role.RULE:
            self.rule(line.text) if line.text else self._console.print()
        elif line.role is Role.ROW and line.spans[0].paper is not None and self._width >= NARROW:
            self._console.print(self._row(line), no_wrap=True, crop=False, overflow="ignore")
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

    def _row(self, line: Line) -> Text:
        """A paper on one line, in columns: id, title, how much is left out."""
        link, rest = line.spans[0], "".join(span.text for span in line.spans[1:]).strip()
        paper = self.safe(str(link.paper))
        room = min(self._width, ROW_MEASURE) - max(len(paper), 10) - 4
        for_words = max(22, room // 2)
        words, title = Text(self.safe(rest), style=_DIM), Text(self.safe(link.text))
        words.truncate(for_words, overflow="ellipsis")
        title.truncate(room - for_words, overflow="ellipsis", pad=True)
        row = Text(self._indent).append(paper.ljust(10), style=_DIM + _link(paper)).append("  ")
        return row.append_text(title).append("  ").append_text(words)

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


def _link(paper: str) -> Look:
    """A terminal's link to the abstract's page, built from the id."""
    return Look(link=SITE + quote(paper, safe="/."))
