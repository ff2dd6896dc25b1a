"""`/list/<category>/new` and `/recent` -> which papers were announced when, in which section.

The pages print how many entries they show, and that is checked: better a named failure than a day that lost papers.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.core.arxiv_id import parse_arxiv_id
from bot.core.errors import MalformedId, SourceUnavailable
from bot.core.feed import Outcome
from bot.core.paper import AnnounceType, ArxivId

_COUNT = re.compile(
    r"\(\s*(?:continued,\s*)?showing\s+(?:first\s+|last\s+)?(\d+)\s+of\s+(\d+)\s+entries\s*\)", re.IGNORECASE
)
_NEW_DAY = re.compile(r"listings for\s+\w+,\s+(\d{1,2} \w+ \d{4})")
_RECENT_DAY = re.compile(r"\b(\d{1,2} \w{3} \d{4})\b")
_PRIMARY = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)\s*$")
_SECTIONS = {"new": AnnounceType.NEW, "cross": AnnounceType.CROSS, "replacement": AnnounceType.REPLACE}


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a listing. `type` None: the page has no sections."""

    id: ArxivId
    version: int | None
    day: date
    type: AnnounceType | None


def _torn(what: str) -> SourceUnavailable:
    return SourceUnavailable(Outcome.TRUNCATED, f"arXiv's listing {what}.", "It is asked for again.")


def parse_listing(body: bytes, category: str) -> tuple[Listed, ...]:
    """All entries of either page, in their order; `SourceUnavailable` when it is no listing or lost some."""
    entries: list[Listed] = []
    day: date | None = None
    section: AnnounceType | None = None
    expected = 0
    for node in LexborHTMLParser(body).css("h3, dt"):
        if node.tag == "h3":
            text = " ".join(node.text().split())
            day = _date_of(text) or day
            section = next((kind for word, kind in _SECTIONS.items() if text.lower().startswith(word)), None)
            expected += _expected(text)
        elif day is None:
            raise _torn("bears no date")
        else:
            entries.append(_entry(node, day, section, category))
    if day is None:
        raise SourceUnavailable(Outcome.HTML_PAGE, "The page is no listing of arXiv.", "Wait; arXiv may be in upkeep.")
    if len(entries) != expected:
        raise _torn(f"says {expected} entries and shows {len(entries)}")
    return tuple(entries)


def _expected(heading: str) -> int:
    """How many entries the heading says it shows; all of them must be shown."""
    count = _COUNT.search(heading)
    return int(count[1]) if count else 0


def is_whole(body: bytes) -> bool:
    """Whether every heading shows all its entries."""
    counts = [_COUNT.search(" ".join(node.text().split())) for node in LexborHTMLParser(body).css("h3")]
    return all(count[1] == count[2] for count in counts if count)


def _date_of(heading: str) -> date | None:
    for pattern, form in ((_NEW_DAY, "%d %B %Y"), (_RECENT_DAY, "%d %b %Y")):
        found = pattern.search(heading)
        if found:
            try:
                return datetime.strptime(found[1], form).date()  # noqa: DTZ007 - a date, no moment
            except ValueError:
                continue
    return None


def _entry(node: LexborNode, day: date, section: AnnounceType | None, category: str) -> Listed:
    link = node.css_first('a[title="Abstract"]') or node.css_first('a[href*="/abs/"]')
    try:
        paper_id, version = parse_arxiv_id((link.attributes.get("href") or "") if link else "")
    except MalformedId:
        raise _torn("has an entry without an id") from None
    html = node.css_first('a[title="View HTML"]')
    if version is None and html is not None:
        version = parse_arxiv_id(html.attributes.get("href") or str(paper_id))[1]
    kind = section
    if section is AnnounceType.REPLACE and _primary(node) not in (None, category):
        kind = AnnounceType.REPLACE_CROSS
    return Listed(paper_id, version, day, kind)


def _primary(node: LexborNode) -> str | None:
    """The primary category that the entry's description names."""
    below = node.next
    while below is not None and below.tag != "dd":
        below = below.next
    subject = below.css_first(".primary-subject") if below is not None else None
    found = _PRIMARY.search(subject.text().strip()) if subject is not None else None
    return found[1] if found else None
