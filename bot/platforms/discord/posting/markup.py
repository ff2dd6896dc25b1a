"""A post as the body of a Discord message: one container of text displays, separators and rows of buttons.

Pure: a post in, plain JSON out. Every foreign sign goes through `escape`; the only links are those that spans ask for.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from bot.core.posts.post import (
    VALUE_MOST,
    Button,
    Form,
    Line,
    LineRole,
    MenuItem,
    Post,
    PostKey,
    PostKind,
    PostRef,
    Span,
    Style,
)
from bot.platforms.discord.posting.escape import code, inert, masked, one_line
from bot.platforms.discord.posting.limits import (
    BUTTONS_IN_ROW,
    COMPONENTS,
    CONTENT,
    CUSTOM_ID,
    LABEL,
    NAME,
    ROWS_OF_BUTTONS,
    SUPPRESS_EMBEDS,
    V2,
    characters,
    fitted,
    shortest,
    units,
)

TAG = "cc1"
CHOICE = f"{TAG}|choice"
SELECT, OPTION, OPTIONS, MENUS, PLACEHOLDER = 3, 100, 25, 2, 150
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
    LineRole.HEADING: "## ",
    LineRole.SUBHEADING: "### ",
    LineRole.QUOTE: "> ",
    LineRole.SMALL: "-# ",
    LineRole.BULLET: "- ",
    LineRole.ROW: "- ",
}
_SET_AS = {LineRole.HEADLINE: Style.STRONG, LineRole.CLOSING: Style.EM}
_HEADINGS = (LineRole.HEADING, LineRole.SUBHEADING)
_NAMED = re.compile(r"\b([a-z_]+)=")
_MARKS = {Style.STRONG: "**", Style.EM: "*"}
_OPENERS = (LineRole.HEADING, LineRole.SUBHEADING, LineRole.CLOSING)
_LISTS = (LineRole.ROW, LineRole.BULLET)
Resolver = Callable[[PostRef], str | None]


def message_payload(post: Post, key: PostKey | None, *, site_url: str, link: Resolver) -> dict[str, Any]:
    """The body of a message, within every limit; with a key also its nonce. A private one is flagged by who sends it.

    `site_url`: where abstracts stand (`https://arxiv.org`); `link`: the address of one of our posts, None where
    there is none to give.
    """
    links = _Links(site_url.rstrip("/"), link)

    def made(version: Post) -> dict[str, Any]:
        return _message(version, key, links) if version.form < Form.TEXT else _text_message(version, key, links)

    if post.form < Form.TEXT:
        body = made(fitted(post, lambda version: characters(made(version))))
    else:
        body = made(fitted(post, lambda version: units(made(version)["content"]), CONTENT))
    if key is not None:
        body |= {"nonce": key.digest, "enforce_nonce": True}
    return body


def forum_name(post: Post) -> str:
    """The name of a forum post: the paper's title, or what the post begins with. Names are plain: nothing is live."""
    return _named(post.topic or _first(post, (LineRole.TITLE, LineRole.HEADLINE)), post)


def thread_name(post: Post) -> str:
    """The name of the thread that a post opens: what it is about, else its headline, title or beginning."""
    return _named(post.topic or _first(post, (LineRole.HEADLINE, LineRole.TITLE)), post)


def _first(post: Post, roles: Sequence[LineRole]) -> str:
    named = (line.text for role in roles for line in post.lines if line.role is role)
    return next((text for text in named if one_line(text).strip()), "")


def _named(text: str, post: Post) -> str:
    texts = (text, post.notification, post.text, "CopeCheck")
    words = (" ".join(one_line(text[: NAME * 50]).split()) for text in texts)
    return shortest(next(word for word in words if word), NAME)


def _message(post: Post, key: PostKey | None, links: "_Links") -> dict[str, Any]:
    rows = [*menu_rows(post, key), *_rows(post, key)]
    room = COMPONENTS - 1 - len(rows) - sum(len(row["components"]) for row in rows)
    parts = _within(_parts(post, links), room) or [_display(inert(shortest(post.notification, LABEL)).strip() or "…")]
    if post.form is Form.PLAIN:
        words = "\n".join(part["content"] for part in parts if part["type"] == TEXT)
        return {"flags": V2, "components": [_display(words), *rows], "allowed_mentions": {"parse": []}}
    container = {
        "type": 17,
        "accent_color": COLOURS.get(post.kind, COLOURS[PostKind.ANSWER]),
        "components": [*parts, *rows],
    }
    return {"flags": V2, "components": [container], "allowed_mentions": {"parse": []}}


def _text_message(post: Post, key: PostKey | None, links: "_Links") -> dict[str, Any]:
    """A message as Discord has always known it: words, and buttons below; the barest has its key in its words."""
    is_bare = post.form is Form.BARE
    lines = [text for text in map(links.text, post.lines) if text]
    lines = lines or [inert(shortest(post.notification, LABEL)).strip() or "…"]
    if is_bare and key is not None:
        lines.append(f"-# {mark_of(key.digest)}")
    body: dict[str, Any] = {"content": "\n".join(lines), "flags": SUPPRESS_EMBEDS, "allowed_mentions": {"parse": []}}
    rows = [*menu_rows(post, key), *_rows(post, key)]
    return body if is_bare else body | ({"components": rows} if rows else {})


def mark_of(digest: str) -> str:
    """What tells a post of words alone apart, so that it is found again."""
    return f"{TAG} {digest}"


# -- text


def _display(text: str) -> dict[str, Any]:
    return {"type": TEXT, "content": text}


def _parts(post: Post, links: "_Links") -> list[dict[str, Any]]:
    """Displays and separators: lines that belong together in one display, a gap between displays."""
    parts: list[dict[str, Any]] = []
    before: LineRole | None = None
    for line in post.lines:
        text = links.text(line)
        if line.role is LineRole.RULE and parts and parts[-1]["type"] == TEXT:
            parts.append({"type": GAP, "divider": True, "spacing": 1})
        if not text:
            continue
        if before is None or parts[-1]["type"] == GAP or _is_apart(before, line.role, post.kind):
            parts.append(_display(text))
        else:
            parts[-1]["content"] += f"\n{text}"
        before = line.role
    return parts[:-1] if parts and parts[-1]["type"] == GAP else parts


def _is_apart(before: LineRole, here: LineRole, kind: PostKind) -> bool:
    """Whether a gap stands between lines of these roles."""
    if here in _OPENERS and before not in _HEADINGS:
        return True
    if before in _LISTS or before is LineRole.SMALL:
        return here is not before
    if here is LineRole.SMALL:
        return kind is PostKind.CARD or before in (LineRole.QUOTE, LineRole.CLOSING)
    if kind in (PostKind.CARD, PostKind.ANSWER):
        return before is LineRole.TITLE or before is here is LineRole.PARAGRAPH
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
        prefix = "-# " if line.role is LineRole.RULE else _PREFIXES.get(line.role, "")
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
        whole = masked(words, url) or " · ".join(text for text in (inert(words), masked(name, url)) if text)
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
        Span("".join(span.text for span in alike), *look)
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
    if span.style is Style.COMMAND:
        return code("/" + _NAMED.sub(r"\1:", span.text))
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


def menu_rows(post: Post, key: PostKey | None) -> list[dict[str, Any]]:
    """A row with a select for every 25 papers of the menu; its id is the key's mark, or the command that it is."""
    menu = post.menu
    if menu is None:
        return []
    by_place = key is not None and menu.command == f"open {key.digest}"
    shares = [menu.items[at : at + OPTIONS] for at in range(0, len(menu.items), OPTIONS)][:MENUS]
    rows = []
    for number, share in enumerate(shares):
        known = f"{TAG}|{key.digest}|" if by_place and key and not number else f"{CHOICE}|{menu.command}|{number}"
        options = [select_option(item) for item in share]
        first = number * OPTIONS + 1
        which = f"Open one of {first} to {first + len(share) - 1}" if len(share) > 1 else f"Open {first}, the last"
        prompt = shortest(which if len(shares) > 1 else menu.prompt, PLACEHOLDER)
        select = {"type": SELECT, "custom_id": known, "placeholder": prompt, "options": options}
        rows.append({"type": 1, "components": [select]})
    return rows


def select_option(item: MenuItem) -> dict[str, Any]:
    """A line of a select is plain: nothing in it is live."""
    label = shortest(one_line(item.label).strip(), OPTION) or item.value
    about = shortest(one_line(item.about).strip(), OPTION)
    return {"label": label, "value": item.value} | ({"description": about} if about else {})


def chosen(data: Mapping[str, Any]) -> str | None:
    """The command that a choice is; None where the component is no select of ours."""
    value = next(iter(data.get("values") or ()), None)
    mark, *rest = str(data.get("custom_id", "")).split("|")
    if value is None or mark != TAG or not rest:
        return None
    if [rest[0]] == [CHOICE.partition("|")[2]]:
        return f"{rest[1] if len(rest) > 1 else 'verdict'} {value}"
    return f"open {rest[0]} {value}" if len(rest) == 2 and not rest[1] else None


def _rows(post: Post, key: PostKey | None) -> list[dict[str, Any]]:
    """Rows of buttons; the key is in every one of them, so a post with a key and no menu has at least one."""
    buttons, digest = post.buttons, key.digest if key else ""
    made: dict[str, dict[str, Any]] = {}
    for button in buttons:
        known = f"{TAG}|{digest}|{button.value}"
        if button.value and len(button.value) <= VALUE_MOST and units(known) <= CUSTOM_ID:
            made.setdefault(known, _button(button, known))
    if key and not made and not (post.menu and post.menu.command == f"open {digest}"):
        known = f"{TAG}|{digest}|{STATUS.value}"
        made[known] = _button(STATUS, known)
    first = list(made.values())[: BUTTONS_IN_ROW * ROWS_OF_BUTTONS]
    return [{"type": 1, "components": first[at : at + BUTTONS_IN_ROW]} for at in range(0, len(first), BUTTONS_IN_ROW)]


def _button(button: Button, known: str) -> dict[str, Any]:
    """A label is plain: nothing in it is live."""
    label = shortest(one_line(button.label).strip(), LABEL) or shortest(one_line(button.value).strip(), LABEL) or "…"
    style = PRIMARY if button.action == "share" else SECONDARY
    return {"type": 2, "style": style, "label": label, "custom_id": known}
