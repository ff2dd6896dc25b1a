"""A post as the body of a Discord message: one container of text displays, separators and rows of buttons.

Pure: a post in, plain JSON out. Every foreign sign goes through `escape`; the only links are those that spans ask for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from bot.core.post import VALUE_MOST, Button, Line, Post, PostKey, PostKind, PostRef, Role, Span, Style
from bot.platforms.discord.escape import code, inert, masked, one_line
from bot.platforms.discord.limits import (
    BUTTONS_IN_ROW,
    COMPONENTS,
    CUSTOM_ID,
    LABEL,
    NAME,
    ROWS_OF_BUTTONS,
    V2,
    characters,
    fitted,
    shortest,
    units,
)

TAG = "cc1"
STATUS = Button("status", "Status", "status")
SECONDARY, PRIMARY = 2, 1
TEXT, GAP = 10, 14

COLOURS = {
    PostKind.OPENING: 0x5B6B7B,
    PostKind.CARD: 0x4A6FA5,
    PostKind.LIST: 0x8A94A0,
    PostKind.DIGEST: 0x4F8A8B,
    PostKind.LATE: 0x8A94A0,
    PostKind.REPORT: 0x7A6A94,
    PostKind.ANSWER: 0x6B7F6B,
    PostKind.NOTICE: 0xA68A4A,
    PostKind.TALK: 0x6B7F6B,
}
_PREFIXES = {
    Role.HEADING: "## ",
    Role.SUBHEADING: "### ",
    Role.QUOTE: "> ",
    Role.SMALL: "-# ",
    Role.BULLET: "- ",
    Role.ROW: "- ",
}
_SET_AS = {Role.HEADLINE: Style.STRONG, Role.CLOSING: Style.EM}
_HEADINGS = (Role.HEADING, Role.SUBHEADING)
_MARKS = {Style.STRONG: "**", Style.EM: "*"}
_OPENERS = (Role.HEADING, Role.SUBHEADING, Role.CLOSING)
_LISTS = (Role.ROW, Role.BULLET)
Resolver = Callable[[PostRef], str | None]


def message_payload(post: Post, key: PostKey | None, *, site_url: str, link: Resolver) -> dict[str, Any]:
    """The body of a message, within every limit; with a key also its nonce. A private one is flagged by who sends it.

    `site_url`: where abstracts stand (`https://arxiv.org`); `link`: the address of one of our posts, None where
    there is none to give.
    """
    links = _Links(site_url.rstrip("/"), link)

    def made(one: Post) -> dict[str, Any]:
        return _message(one, key, links)

    body = made(fitted(post, lambda one: characters(made(one))))
    if key is not None:
        body |= {"nonce": key.digest, "enforce_nonce": True}
    return body


def forum_name(post: Post) -> str:
    """The name of a forum post: the paper's title, or what the post begins with. Names are plain: nothing is live."""
    return _named(_first(post, (Role.TITLE, Role.HEADLINE)), post)


def thread_name(post: Post) -> str:
    """The name of the thread under a post: its headline, else its title or what it begins with."""
    return _named(_first(post, (Role.HEADLINE, Role.TITLE)), post)


def _first(post: Post, roles: Sequence[Role]) -> str:
    named = (one.text for role in roles for one in post.lines if one.role is role)
    return next((text for text in named if one_line(text).strip()), "")


def _named(text: str, post: Post) -> str:
    texts = (text, post.notification, post.text, "CopeCheck")
    words = (" ".join(one_line(one[: NAME * 50]).split()) for one in texts)
    return shortest(next(one for one in words if one), NAME)


def _message(post: Post, key: PostKey | None, links: "_Links") -> dict[str, Any]:
    rows = _rows(post.buttons, key)
    room = COMPONENTS - 1 - len(rows) - sum(len(row["components"]) for row in rows)
    parts = _within(_parts(post, links), room) or [_display(inert(shortest(post.notification, LABEL)).strip() or "…")]
    container = {
        "type": 17,
        "accent_color": COLOURS.get(post.kind, COLOURS[PostKind.ANSWER]),
        "components": [*parts, *rows],
    }
    return {"flags": V2, "components": [container], "allowed_mentions": {"parse": []}}


# -- text


def _display(text: str) -> dict[str, Any]:
    return {"type": TEXT, "content": text}


def _parts(post: Post, links: "_Links") -> list[dict[str, Any]]:
    """Displays and separators: lines that belong together in one display, a gap between displays."""
    parts: list[dict[str, Any]] = []
    before: Role | None = None
    for line in post.lines:
        text = links.text(line)
        if line.role is Role.RULE and parts and parts[-1]["type"] == TEXT:
            parts.append({"type": GAP, "divider": True, "spacing": 1})
        if not text:
            continue
        if before is None or parts[-1]["type"] == GAP or _is_apart(before, line.role, post.kind):
            parts.append(_display(text))
        else:
            parts[-1]["content"] += f"\n{text}"
        before = line.role
    return parts[:-1] if parts and parts[-1]["type"] == GAP else parts


def _is_apart(before: Role, here: Role, kind: PostKind) -> bool:
    """Whether a gap stands between lines of these roles."""
    if here in _OPENERS and before not in _HEADINGS:
        return True
    if before in _LISTS or before is Role.SMALL:
        return here is not before
    if here is Role.SMALL:
        return kind is PostKind.CARD or before in (Role.QUOTE, Role.CLOSING)
    if kind in (PostKind.CARD, PostKind.ANSWER):
        return before is Role.TITLE or before is here is Role.PARAGRAPH
    return False


def _within(parts: list[dict[str, Any]], room: int) -> list[dict[str, Any]]:
    """At most `room` parts: the last ones become one display where there are more."""
    if len(parts) <= room:
        return parts
    rest = [part["content"] for part in parts[room - 1 :] if part["type"] == TEXT]
    return [*parts[: room - 1], _display("\n".join(rest))] if rest else parts[: room - 1]


@dataclass(frozen=True, slots=True)
class _Links:
    """Where links lead, and lines set with them."""

    site: str
    post: Resolver
    known: dict[Line, str] = field(default_factory=dict)

    def text(self, line: Line) -> str:
        """A line in Discord's markup; empty when there is nothing to read in it. Each line is set once."""
        if line not in self.known:
            self.known[line] = self._set(line)
        return self.known[line]

    def _set(self, line: Line) -> str:
        words = "".join(self._pieces(line)).strip()
        if not words:
            return ""
        if line.role in _HEADINGS and words.endswith("#"):
            words = f"**{words}**"  # signs at a heading's end are taken away
        prefix = "-# " if line.role is Role.RULE else _PREFIXES.get(line.role, "")
        return prefix + words

    def _pieces(self, line: Line) -> Iterable[str]:
        was_marked = False
        for span in _merged(line):
            is_link = span.paper is not None or span.post is not None
            mark = "" if is_link else _mark(span, touches=was_marked)
            yield self._linked(span) if is_link else _worded(span, mark)
            was_marked = bool(mark) and span.text == span.text.rstrip()

    def _linked(self, span: Span) -> str:
        """The link; where the text cannot be a label, the text and a label of ours behind it."""
        if span.paper is not None:
            name = str(span.paper)
            url: str | None = f"{self.site}/abs/{name}"
        else:
            name = "open"
            url = self.post(span.post) if span.post is not None else None
        if url is None:
            return inert(span.text)
        lead, words, trail = _stripped(span.text)
        whole = masked(words, url) or " · ".join(one for one in (inert(words), masked(name, url)) if one)
        return f"{lead}{whole}{trail}"


def _merged(line: Line) -> list[Span]:
    """The line's spans as its role sets them; neighbours that look alike are one."""
    role = _SET_AS.get(line.role)
    spans = (
        replace(span, style=role) if role and span.style is Style.PLAIN else span for span in line.spans if span.text
    )
    if line.role in _HEADINGS:
        spans = (replace(span, style=Style.PLAIN) if span.style is Style.STRONG else span for span in spans)
    return [
        Span("".join(one.text for one in alike), *look)
        for look, alike in groupby(spans, key=lambda span: (span.style, span.paper, span.post))
    ]


def _mark(span: Span, *, touches: bool) -> str:
    """The mark around a span; none where it would touch another's, or where a backslash stands before its end."""
    is_clear = not (touches and span.text == span.text.lstrip()) and not span.text.rstrip().endswith("\\")
    return _MARKS.get(span.style, "") if is_clear and one_line(span.text).strip() else ""


def _worded(span: Span, mark: str) -> str:
    """Words between their marks; spaces stay outside, where a mark needs them to be."""
    if span.style is Style.CODE:
        return code(span.text)
    if not mark:
        return inert(span.text)
    lead, words, trail = _stripped(span.text)
    return f"{lead}{mark}{inert(words)}{mark}{trail}"


def _stripped(text: str) -> tuple[str, str, str]:
    """The spaces before, the words, the spaces behind."""
    text = one_line(text)
    words = text.strip()
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return (lead, words, trail) if words else ("", "", text)


# -- buttons


def _rows(buttons: Sequence[Button], key: PostKey | None) -> list[dict[str, Any]]:
    """Rows of buttons; the key is in every one of them, so a post with a key has at least one."""
    digest = key.digest if key else ""
    made: dict[str, dict[str, Any]] = {}
    for button in buttons:
        known = f"{TAG}|{digest}|{button.value}"
        if button.value and len(button.value) <= VALUE_MOST and units(known) <= CUSTOM_ID:
            made.setdefault(known, _button(button, known))
    if key and not made:
        known = f"{TAG}|{digest}|{STATUS.value}"
        made[known] = _button(STATUS, known)
    first = list(made.values())[: BUTTONS_IN_ROW * ROWS_OF_BUTTONS]
    return [{"type": 1, "components": first[at : at + BUTTONS_IN_ROW]} for at in range(0, len(first), BUTTONS_IN_ROW)]


def _button(button: Button, known: str) -> dict[str, Any]:
    """A label is plain: nothing in it is live."""
    label = shortest(one_line(button.label).strip(), LABEL) or shortest(one_line(button.value).strip(), LABEL) or "…"
    style = PRIMARY if button.action == "share" else SECONDARY
    return {"type": 2, "style": style, "label": label, "custom_id": known}
