"""Bytes of a feed -> feedparser's reading; what is broken in one entry costs that entry, never the others.

Where something is wrong each entry is read by itself, in the envelope of its feed. A byte that is no UTF-8 becomes
U+FFFD: left to feedparser it makes the whole feed another encoding.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from io import BytesIO
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate

from bot.core.errors import SourceUnavailable
from bot.core.papers.feed import Outcome

_PAGE = re.compile(
    rb"^\W{0,3}\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAIL = re.compile(r"(?:</channel\s*>\s*)?</(?:rss|feed|rdf:RDF)\s*>\s*(?:<!--[^<]*-->\s*)*$")
_TAG = re.compile(r"<!\[CDATA\[|<!--|<(/?)(?:item|entry)(?:\s[^<>]*)?/?>")
_OPENED = re.compile(r"<(?:channel|feed)(?:\s[^<>]*)?>")
_ANY_TAG = re.compile(r"<[^<>]*>")
_TITLE = re.compile(r"<title[\s>]")
_TITLED = re.compile(r"<title(?:\s[^<>]*)?>([^<]*)</title\s*>")
_CLOSED = re.compile(r"</(?:item|entry)\s*>")
_DATED = re.compile(r"<(pubDate|published|issued)>([^<]*)</\1>")
_DECLARED = re.compile(r"\s*<\?xml\b[^>]*\?>")
_ENCODING = re.compile(rb"\s*<\?xml\b[^>]*\bencoding\s*=\s*[\"']([\w.-]+)[\"']")
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>'
MOST_CUTS = 60
ENTRY = ("item", "entry")
ONCE = ("title", "guid", "id", "description", "summary", "announce_type")


class ReadXml(NamedTuple):
    """feedparser's reading of a document, each entry by itself, and the raw text of the entries that are broken."""

    version: str
    feed: Any
    entries: Sequence[Any]
    broken: Sequence[str] = ()


def parse_xml(body: bytes, what: str) -> ReadXml:
    """A whole document read, feedparser's cleaning off; `SourceUnavailable` for a page or a torn body."""
    if _PAGE.match(body[:2000]):
        raise SourceUnavailable(
            Outcome.HTML_PAGE, f"{what} is an HTML page, no feed.", "Wait; arXiv may be in maintenance."
        )
    if not body.strip():
        raise SourceUnavailable(Outcome.TRUNCATED, f"{what} is empty.")
    text = _text(body)
    if not text.lstrip().startswith("<"):
        raise SourceUnavailable(Outcome.MALFORMED, f"{what} is no XML.", "Check the address in the settings.")
    tail = _TAIL.search(text, max(0, len(text) - 2000))
    if tail is None:
        raise SourceUnavailable(Outcome.TRUNCATED, f"{what} ends in the middle.")
    parts = _of_its_own(_split(text[: tail.start()]))
    envelope = _envelope(parts.head, parts.rest + tail[0])
    broken = list(parts.broken)
    if envelope is None and parts.rest.strip():
        envelope = _envelope(parts.head, tail[0])
        broken.append(parts.rest)
    if envelope is None:
        raise SourceUnavailable(Outcome.MALFORMED, f"{what} is not valid RSS or Atom.")
    head, read = envelope
    opened = _OPENED.search(head)
    head = head[: opened.end()] if opened else head  # what a feed says of itself is read once
    if (together := _entries(head, parts.pieces, tail[0])) is not None:
        return ReadXml(read.version, read.feed, together, broken)
    entries: list[Any] = []
    for piece in parts.pieces:
        alone = _entries(head, [piece], tail[0])
        entries += alone or ()
        broken += [piece] * (alone is None)
    return ReadXml(read.version, read.feed, entries, broken)


def _entries(head: str, pieces: Sequence[str], end: str) -> Sequence[Any] | None:
    """What feedparser reads of those entries in the envelope of their feed; None where something is wrong in one."""
    whole = "".join([head, *pieces, end])
    read = _parse(whole)
    return read.entries if read is not None and len(read.entries) == len(pieces) and not _says_twice(whole) else None


def _text(body: bytes) -> str:
    """The document as text: UTF-8 whatever it declares, unless it is none and declares something else."""
    wide = next((name for mark, name in _WIDE.items() if body.startswith(mark)), None)
    declared = _ENCODING.match(body)
    try:
        text = body.decode(wide or "utf-8-sig")
    except UnicodeDecodeError:
        own = declared[1].decode() if declared and not wide else "utf-8-sig"
        try:
            text = body.decode(wide or ("utf-8-sig" if own.lower() in ("utf-8", "utf8") else own), "replace")
        except (LookupError, UnicodeError):  # no such encoding, or one that replaces nothing
            text = body.decode("utf-8-sig", "replace")
    text = _NO_XML.sub("\ufffd", text)
    found = _DECLARED.match(text)
    return text[found.end() :] if found else text


class _Parts(NamedTuple):
    """A document but for its end: what stands before the entries, the entries, broken ones, and what stands behind."""

    head: str
    pieces: Sequence[str]
    broken: Sequence[str]
    rest: str


def _split(text: str) -> _Parts:
    """The document cut at the tags of its entries."""
    pieces: list[str] = []
    broken: list[str] = []
    head_end = end = len(text)
    begun: int | None = None
    for tag in _tags(text):
        if begun is None and not tag[1]:
            if pieces or broken:
                broken += _lost(text[end : tag.start()])
            head_end, begun = min(head_end, tag.start()), tag.start()
        elif begun is not None and tag[1]:
            end = tag.end()
            pieces.append(text[begun:end])
            begun = None
        elif begun is not None:
            broken.append(text[begun : tag.start()])
            begun = end = tag.start()
    if begun is not None:
        return _Parts(text[:head_end], pieces, [*broken, text[begun:]], "")
    rest = text[end:]
    lost = _lost(rest)
    return _Parts(text[:head_end], pieces, [*broken, *lost], "" if lost else rest)


def _of_its_own(parts: _Parts) -> _Parts:
    """What stands around the entries with its own title and date alone: what came loose from an entry is none of it.

    Its own title names arXiv; its own date is the one that most entries bear too, else the first.
    """
    titles = list(_TITLED.finditer(parts.head))
    begin = next((found.start() for found in titles if "arxiv" in found[1].lower()), 0)
    head = _TITLED.sub("", parts.head[:begin]) + parts.head[begin:]
    dates = list(_DATED.finditer(head))
    if not dates:
        return parts._replace(head=head)
    said = Counter(found[2] for piece in parts.pieces if (found := _DATED.search(piece)))
    own = next((found for found in dates if found[2] in [date for date, _ in said.most_common(1)]), dates[0])
    head = _DATED.sub("", head[: own.start()]) + own[0] + _DATED.sub("", head[own.end() :])
    return parts._replace(head=head, rest=_DATED.sub("", parts.rest))


def _tags(text: str) -> Iterator[re.Match[str]]:
    """The tags of entries that stand in no comment and no CDATA; what opens one and never ends holds nothing."""
    last = {"<!--": text.rfind("-->"), "<![CDATA[": text.rfind("]]>")}
    at = 0
    while (found := _TAG.search(text, at)) is not None:
        at = found.end()
        if found[1] is not None:
            yield found
        elif at <= last[found[0]]:
            at = text.index("-->" if found[0] == "<!--" else "]]>", at) + len("-->")


def _lost(between: str) -> list[str]:
    """What stands between entries, when it was one itself."""
    return [between] if _TITLE.search(between) or _CLOSED.search(between) else []


def _envelope(head: str, end: str) -> tuple[str, Any] | None:
    """The document without entries, read; where an entry's begin was lost, the head is cut back to before it."""
    second = [found.start() for found in _TITLE.finditer(head)][1:2]
    cuts = [found.end() for found in re.finditer(">", head[: second[0]] if second else head)][-MOST_CUTS:]
    for cut in [*([] if second else [len(head)]), *reversed(cuts)]:
        read = _parse(head[:cut] + end)
        if read is not None:
            return head[:cut], read
    return None


def text_of(item: Any, name: str) -> str:
    """An element's text. Where tags stand in it, feedparser gives markup: a tag is a space then, `&amp;` an &."""
    text = str(item.get(name, ""))
    if item.get(f"{name}_detail", {}).get("type") == "application/xhtml+xml":
        return unescape(_ANY_TAG.sub(" ", text))
    return text


def _says_twice(text: str) -> bool:
    """Whether an entry has two of what it has once: it is run together with another, whose words are not its."""
    path: list[str] = []
    said: set[str] = set()
    is_twice = False

    def begin(name: str, _: object) -> None:
        nonlocal is_twice
        local = name.rpartition(" ")[2]
        if local in ENTRY:
            said.clear()
        elif path[-1:] and path[-1] in ENTRY and local in ONCE:
            is_twice = is_twice or name in said
            said.add(name)
        path.append(local)

    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: path.pop()
    parser.Parse(_DECLARATION + text.encode(), True)
    return is_twice


def _parse(text: str) -> Any:
    """feedparser's reading; None of what is ill-formed, where it would guess."""
    import feedparser  # slow to import, and a feed is read in a worker

    body = _DECLARATION + text.encode()
    try:
        ParserCreate(namespace_separator=" ").Parse(body, True)
        read = feedparser.parse(
            BytesIO(body), sanitize_html=False, resolve_relative_uris=False
        )  # bytes may name a file
    except (ExpatError, ValueError):
        return None
    is_guessed = read.bozo and "SAX" in type(read.get("bozo_exception")).__name__
    return read if read.version and not is_guessed else None
