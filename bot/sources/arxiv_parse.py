"""Bytes of a feed -> a day's batch, or a named failure. An error feed or a page is never read as a quiet day."""

import calendar
import re
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import feedparser

from bot.core.arxiv_id import parse_arxiv_id
from bot.core.errors import MalformedId, SourceUnavailable
from bot.core.feed import Outcome
from bot.core.paper import AnnounceType, ArxivId, Batch, Entry, Paper, collapse
from bot.core.schedule import eastern_day
from bot.ports import Fetched

_PREFIX = re.compile(r"^\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+Abstract:\s*", re.DOTALL)
_TITLE = re.compile(r"^\s*(?P<categories>.+?) updates on arXiv\.org", re.DOTALL)
_PAGE = re.compile(
    rb"^\W{0,3}\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_END = re.compile(rb"</(?:rss|feed|rdf:RDF)\s*>\s*(?:<!--[^<]*-->\s*)*$")
ERROR_TITLE = "Feed error for query"
AGAIN = "It is asked for again."
FIRST_DAY = date(1991, 8, 14)


def parse_xml(body: bytes, what: str) -> Any:
    """feedparser's reading of a whole document, its cleaning off; `SourceUnavailable` for a page or a torn body."""
    if _PAGE.match(body[:2000]):
        raise SourceUnavailable(Outcome.HTML_PAGE, f"{what} is an HTML page, no feed.", "Wait; arXiv may be in upkeep.")
    if not body.strip():
        raise SourceUnavailable(Outcome.TRUNCATED, f"{what} is empty.", AGAIN)
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise SourceUnavailable(Outcome.MALFORMED, f"{what} is no XML.", "Check the address in the settings.")
    if not _END.search(body[-2000:]):
        raise SourceUnavailable(Outcome.TRUNCATED, f"{what} ends in the middle.", AGAIN)
    read = feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False)  # bytes may name a file
    if not read.version or _is_broken(read):
        raise SourceUnavailable(Outcome.MALFORMED, f"{what} is no sound RSS or Atom.", AGAIN)
    return read


def _is_broken(read: Any) -> bool:
    """Whether the XML is ill-formed; a wrong encoding declaration alone is none of that."""
    return bool(read.bozo) and "SAX" in type(read.get("bozo_exception")).__name__


def parse_feed(body: bytes, category: str | None, status: int = 200) -> Fetched:
    """A feed of one category. `category` None: read it from the title. Raises `SourceUnavailable`."""
    read = parse_xml(body, "The feed")
    title = collapse(read.feed.get("title", ""))
    if title.startswith(ERROR_TITLE) or status == 400:
        reason = collapse(read.feed.get("subtitle", "") or read.feed.get("description", ""))[:300]
        what = f"arXiv answered with an error feed: {reason or title}"
        raise SourceUnavailable(Outcome.ERROR_FEED, what, "Check the category's name.")
    if read.version in ("rss10", "rss090"):
        raise SourceUnavailable(Outcome.MALFORMED, "The feed is of the form before 2024 (RDF).", "Use /rss or /atom.")
    named = _TITLE.match(title)
    if named is None:
        raise SourceUnavailable(Outcome.MALFORMED, "The feed is not arXiv's.", "Check the address in the settings.")
    day = _day(read)
    entries = tuple(_entry(one) for one in read.entries)
    if not entries:
        return Fetched(None, day)
    chosen = category or named["categories"].split(",")[0].strip()
    return Fetched(Batch(chosen, day, _once(entries)), day)


def _once(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Each paper once, its strongest type."""
    best: dict[str, Entry] = {}
    for entry in entries:
        known = best.get(str(entry.paper.id))
        if known is None or entry.type.strength < known.type.strength:
            best[str(entry.paper.id)] = entry
    return tuple(best.values())


def _day(read: Any) -> date:
    """The announcement's date: the channel's pubDate (RSS), an entry's published (Atom), else when it was built."""
    first = read.entries[0] if read.entries else {}
    parsed = read.feed.get("published_parsed") or first.get("published_parsed") or read.feed.get("updated_parsed")
    if not parsed:
        raise SourceUnavailable(Outcome.MALFORMED, "The feed bears no date.", AGAIN)
    day = eastern_day(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    if day < FIRST_DAY:
        raise SourceUnavailable(Outcome.MALFORMED, f"The feed is dated {day}, when there was no arXiv.", AGAIN)
    return day


def _entry(one: Any) -> Entry:
    paper_id, version = _id(one)
    summary = one.get("summary", "")
    prefix = _PREFIX.match(summary)
    kind = one.get("arxiv_announce_type") or (prefix[1] if prefix else "")
    try:
        announced = AnnounceType(kind)
    except ValueError:
        what = f"{paper_id} is announced as {kind[:40]!r}, which arXiv has not said before."
        raise SourceUnavailable(Outcome.MALFORMED, what, "The program may need an update.") from None
    paper = Paper(
        id=paper_id,
        version=version,
        title=collapse(one.get("title", "")),
        abstract=collapse(summary[prefix.end() :] if prefix else summary),
        authors=collapse(one.get("author", "")),
        categories=tuple(tag["term"] for tag in one.get("tags", ()) if tag.get("term")),
        licence=one.get("rights") or None,
    )
    return Entry(paper, announced)


def _id(one: Any) -> tuple[ArxivId, int | None]:
    """The id and version of an entry: from its guid, else its link."""
    for text in (one.get("id", ""), one.get("link", "")):
        try:
            return parse_arxiv_id(text)
        except MalformedId:
            continue
    raise SourceUnavailable(Outcome.MALFORMED, "An entry of the feed has no arXiv id.", AGAIN)
