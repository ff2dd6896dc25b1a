"""Discord's markdown, read as its client reads it: what is live in a text, and what a person sees of it.

Written from Discord's own words on formatting (the help page "Markdown Text 101", the reference's "Message
formatting" table) and from what its maintainers say of masked links; it knows nothing of how our texts are made.
Where clients differ it takes the reading in which more is live.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

FLAGS = re.DOTALL


@dataclass(frozen=True)
class Node:
    """A construct: its kind, what it leads to (an address, an id), what stands in it."""

    kind: str
    target: str = ""
    children: tuple["Node", ...] = field(default=())

    @property
    def visible(self) -> str:
        """What a person sees."""
        return self.target if self.kind in ("text", "code") else "".join(one.visible for one in self.children)

    def walk(self) -> Iterator["Node"]:
        yield self
        for one in self.children:
            yield from one.walk()


# What one may write anywhere, in the client's order; each is tried where the reader stands.
INLINE: tuple[tuple[str, str], ...] = (
    ("code block", r"```(?:[\w+.-]*\n)?(?P<inside>.+?)```"),
    ("user", r"<@!?(?P<target>\d+)>"),
    ("role", r"<@&(?P<target>\d+)>"),
    ("channel", r"<#(?P<target>\d+)>"),
    ("command", r"</(?P<target>[^>:\n]+:\d+)>"),
    ("navigation", r"<id:(?P<target>[^>\s]+)>"),
    ("timestamp", r"<t:(?P<target>-?\d+(?::\w)?)>"),
    ("emoji", r"<a?:(?P<target>\w+:\d+)>"),
    ("sound", r"<sound:(?P<target>[^>\s]+)>"),
    ("everyone", r"(?P<target>@everyone|@here)"),
    ("address", r"<(?P<target>[^: >]+:/[^ >]+)>"),
    ("address", r"<(?P<target>(?:mailto:|tel:|sms:|\+)[^\s>]+)>"),
    ("address", r"<(?P<target>[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>"),
    ("address", r"(?P<target>(?i:https?|steam|discord)://[^\s<]+)"),
    ("invite", r"(?P<target>(?i:discord\.gg|discord(?:app)?\.com/invite|discord\.gift|dis\.gd)/\w+)"),
    ("shortcode", r":(?P<target>[^\s:]+):"),
    ("strong", r"\*\*(?P<inner>(?:\\.|[^\\])+?)\*\*(?!\*)"),
    ("underline", r"__(?P<inner>(?:\\.|[^\\])+?)__(?!_)"),
    ("em", r"\*(?=\S)(?P<inner>(?:\*\*|\\.|[^*\\])+?)(?<!\s)\*(?!\*)"),
    ("em", r"_(?P<inner>(?:__|\\.|[^_\\])+?)_(?!\w)"),
    ("strike", r"~~(?P<inner>.+?)~~"),
    ("spoiler", r"\|\|(?P<inner>.+?)\|\|"),
    ("code", r"(?P<fence>`+)(?P<inside>.*?[^`])(?P=fence)(?!`)"),
)
# What begins a line.
BLOCKS: tuple[tuple[str, str], ...] = (
    ("heading", r"#{1,3}[ \t]+(?!#)(?P<inner>[^\n]*)\n?"),
    ("small", r"-#[ \t]+(?!-#)(?P<inner>[^\n]+)\n?"),
    ("quote", r"[ ]*>>>[ ]+(?P<inner>.+)"),
    ("quote", r"[ ]*>[ ]+(?P<inner>[^\n]*)\n?"),
    ("list", r"[ ]*(?:[-*+]|\d+\.)[ ]+(?P<inner>[^\n]+)\n?"),
)
LINK = re.compile(
    r"\[(?P<label>(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"
    r"\(\s*<?(?P<target>(?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"].*?['\"])?\s*\)",
    FLAGS,
)
ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
SHRUG = "¯\\_(ツ)_/¯"
STYLES = ("strong", "underline", "em", "strike", "spoiler", "code", "timestamp", "text")
_INLINE = [(kind, re.compile(rule, FLAGS)) for kind, rule in INLINE]
_IN_LABEL = [(kind, rule) for kind, rule in _INLINE if kind in STYLES]
_BLOCKS = [(kind, re.compile(rule, FLAGS)) for kind, rule in BLOCKS]
# Of Unicode's emoji-data: what the client draws as a picture, in ranges that hold a little more than that.
PICTURES = re.compile("[\u203c\u2049\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55"
                      "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")  # fmt: skip


def read(source: str) -> tuple[Node, ...]:
    """The constructs of a text, in order."""
    return tuple(_joined(_read(source, starts_line=True, in_quote=False)))


def _joined(nodes: Iterator[Node]) -> Iterator[Node]:
    text = ""
    for node in nodes:
        if node.kind == "text":
            text += node.target
            continue
        if text:
            yield Node("text", text)
        text = ""
        yield node
    if text:
        yield Node("text", text)


def _read(source: str, *, starts_line: bool, in_quote: bool) -> Iterator[Node]:
    at = 0
    while at < len(source):
        if starts_line and (found := _block(source, at, in_quote)):
            node, at = found
            yield node
            continue
        node, end = _inline(source, at, starts_line=starts_line, in_quote=in_quote)
        yield node
        if source[at:end].strip(" "):
            starts_line = source[end - 1] == "\n"
        at = end


def _block(source: str, at: int, in_quote: bool) -> tuple[Node, int] | None:
    for kind, rule in _BLOCKS:
        if (found := rule.match(source, at)) and not (kind == "quote" and in_quote):
            inner = found["inner"]
            if kind == "heading":
                inner = inner.rstrip().rstrip("#").rstrip()
            inside = _read(inner, starts_line=True, in_quote=in_quote or kind == "quote")
            newline = (Node("text", "\n"),) if found.group().endswith("\n") else ()
            return Node(kind, "", (*_joined(inside), *newline)), found.end()
    return None


def _inline(source: str, at: int, *, starts_line: bool, in_quote: bool) -> tuple[Node, int]:
    if source.startswith(SHRUG, at):
        return Node("text", SHRUG), at + len(SHRUG)
    if found := ESCAPE.match(source, at):
        return Node("text", found[1]), found.end()
    if source[at] == "[" and (link := LINK.match(source, at)):
        return _link(link), link.end()
    for kind, rule in _INLINE:
        if found := rule.match(source, at):
            return _node(kind, found, starts_line, in_quote), found.end()
    return Node("text", source[at]), at + 1


def _node(kind: str, found: re.Match[str], starts_line: bool, in_quote: bool) -> Node:
    parts = found.groupdict()
    if "inner" in parts:
        inside = _read(parts["inner"], starts_line=starts_line, in_quote=in_quote)
        return Node(kind, "", tuple(_joined(inside)))
    if "inside" in parts:
        return Node(kind, parts["inside"])
    return Node(kind, parts["target"], (Node("text", found.group()),))


# -- masked links


def _link(found: re.Match[str]) -> Node:
    """A link, or `broken link` (its source is seen) where the label holds what no label may."""
    target = ESCAPE.sub(r"\1", found["target"])
    label = "".join(sign for sign in found["label"] if not _is_removed(sign))
    if not target.startswith(("https://", "http://", "discord://")) or not label.strip() or _is_refused(label):
        return Node("broken link", target, (Node("text", found.group()),))
    return Node("link", target, tuple(_joined(_label(label))))


def _is_removed(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind in ("Cf", "Cc", "Zl", "Zp") or (kind == "Zs" and sign != " ")


def _is_refused(label: str) -> bool:
    """Whether a label holds an address, a mention or an emoji, read without any escapes."""
    if PICTURES.search(label):
        return True
    return any(rule.search(label) for kind, rule in _INLINE if kind not in STYLES)


def _label(label: str) -> Iterator[Node]:
    """A label's styles; no backslash is an escape in it."""
    at = 0
    while at < len(label):
        for kind, rule in _IN_LABEL:
            if found := rule.match(label, at):
                parts = found.groupdict()
                inside = tuple(_label(parts["inner"])) if "inner" in parts else ()
                yield Node(kind, parts.get("inside") or "", inside)
                at = found.end()
                break
        else:
            yield Node("text", label[at])
            at += 1


# -- what tests ask


def visible(source: str) -> str:
    """What a person sees of a text."""
    return "".join(node.visible for node in read(source))


def live(source: str) -> list[Node]:
    """Every construct in a text that is more than words, nested ones too."""
    return [one for node in read(source) for one in node.walk() if one.kind != "text"]
