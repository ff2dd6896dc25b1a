"""`/list/<category>/new` and `/recent` -> which papers were announced when, in which section.

The pages print how many entries they show, and that is checked: better a named failure than a day that lost papers.
Source: the templates of arXiv's own arxiv-browse (browse/templates/list).
"""

import re
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.core.errors import MalformedId, SourceUnavailable
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.feed import Outcome
from bot.core.papers.listing import Listed, Listing, torn
from bot.core.papers.paper import AnnounceType
from bot.core.posts.phrase import quote

_COUNT = re.compile(
    r"\(\s*(?:continued,\s*)?showing\s+(?:first\s+|last\s+)?(\d{1,9})\s+of\s+(\d{1,9})\s+entries\s*\)", re.IGNORECASE
)
_TOTAL = re.compile(r"total of (\d{1,9}) entries", re.IGNORECASE)
_DAY = re.compile(r"\b(\d{1,2}) ([A-Z][a-z]{2})[a-z]* (\d{4})\b")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PRIMARY = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)\s*$")
_CROSS = re.compile(r"\(cross-list from")
_SECTIONS = {"new": AnnounceType.NEW, "cross": AnnounceType.CROSS, "replacement": AnnounceType.REPLACE}
_END = re.compile(rb"</html\s*>\s*(?:<!--[^<]*-->\s*)*$", re.IGNORECASE)
_NOTHING = "No updates"


def parse_listing(body: bytes, category: str) -> Listing:
    """All entries of either page, in their order; `SourceUnavailable` when it is no listing or lost some."""
    page = LexborHTMLParser(body)
    entries: list[Listed] = []
    left_out: list[tuple[date, str]] = []
    days: list[date] = []
    counts: list[tuple[int, int]] = []
    section: AnnounceType | None = None
    for node in page.css("h3, dt"):
        if node.tag == "dt":
            if not counts:
                raise torn("shows entries under no heading")
            entry = _entry(node, days[-1], section, category)
            if entry is not None:
                entries.append(entry)
            else:
                left_out.append((days[-1], f"an entry {quote(_text(node), 60)} (it has no valid arXiv id)"))
            continue
        text = _text(node)
        days += [day for day in _days_of(text) if day not in days[-1:]]
        if (count := _COUNT.search(text)) and days:
            counts.append((int(count[1]), int(count[2])))
            section = next((kind for word, kind in _SECTIONS.items() if text.lower().startswith(word)), None)
    if not days:
        raise SourceUnavailable(
            Outcome.HTML_PAGE, "The page is no listing of arXiv.", "Wait; arXiv may be in maintenance."
        )
    if not _END.search(body[-2000:]):
        raise torn("ends in the middle")
    if left_out and not entries:
        raise torn("has no entry with an id")
    _check(page, len(entries) + len(left_out), sum(shown for shown, _ in counts))
    total = _total(page, sum(total for _, total in counts))
    return Listing(tuple(entries), tuple(days), total, tuple(left_out))


def _check(page: LexborHTMLParser, shown: int, said: int) -> None:
    """What the headings say must be there, and a page without entries must say that too."""
    if shown != said:
        raise torn(f"says {said} entries and shows {shown}")
    if not shown and not any(_NOTHING in _text(node) for node in page.css("p")):
        raise torn("shows no entries and does not say so")


def _total(page: LexborHTMLParser, headings: int) -> int:
    paging = page.css_first("div.paging")
    found = _TOTAL.search(_text(paging)) if paging is not None else None
    return int(found[1]) if found else headings


def _text(node: LexborNode) -> str:
    return " ".join(node.text().split())


def _days_of(heading: str) -> list[date]:
    found = _DAY.search(heading)
    if found is None or found[2] not in _MONTHS:
        return []
    try:
        return [date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))]
    except ValueError:
        return []


def _entry(node: LexborNode, day: date, section: AnnounceType | None, category: str) -> Listed | None:
    """The entry; None when it names no paper."""
    link = node.css_first('a[title="Abstract"]') or node.css_first('a[href*="/abs/"]')
    try:
        paper_id, version = parse_arxiv_id((link.attributes.get("href") or "") if link else "")
        html = node.css_first('a[title="View HTML"]')
        if version is None and html is not None:
            version = parse_arxiv_id(html.attributes.get("href") or str(paper_id))[1]
    except MalformedId:
        return None
    kind = section
    if section is AnnounceType.REPLACE and (_CROSS.search(_text(node)) or not is_home(_primary(node), category)):
        kind = AnnounceType.REPLACE_CROSS
    return Listed(paper_id, version, day, kind)


def is_home(primary: str | None, category: str) -> bool:
    """Whether a paper of that primary category is at home in the category, or archive, that is read."""
    return primary is None or primary == category or primary.startswith(f"{category}.")


def _primary(node: LexborNode) -> str | None:
    """The primary category that the entry's description names."""
    below = node.next
    while below is not None and below.tag != "dd":
        if below.tag == "dt":
            return None
        below = below.next
    subject = below.css_first(".primary-subject") if below is not None else None
    found = _PRIMARY.search(_text(subject)) if subject is not None else None
    return found[1] if found else None
