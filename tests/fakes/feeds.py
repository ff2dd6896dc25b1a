"""Days of invented papers, in the very form of arXiv's serializers: RSS, Atom, listings and the API's answers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
ORDER = ("new", "cross", "replace", "replace-cross")
LICENCE = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
NAMES = {"cs.AI": "Artificial Intelligence", "cs.LG": "Machine Learning", "cs.CV": "Computer Vision"}
WITHDRAWN = "This paper has been withdrawn by the authors since a cupboard was counted twice."

RSS = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">
  <channel>
    <title>{title}</title>
    <link>http://rss.arxiv.org/rss/{category}</link>
    <description>{description}</description>
    <atom:link href="http://rss.arxiv.org/rss/{category}" rel="self" type="application/rss+xml"/>
    <docs>http://www.rssboard.org/rss-specification</docs>
    <language>en-us</language>
    <lastBuildDate>{built}</lastBuildDate>
    <managingEditor>rss-help@arxiv.org</managingEditor>
    <pubDate>{midnight}</pubDate>
    <skipDays>
      <day>Saturday</day>
      <day>Sunday</day>
    </skipDays>
{items}  </channel>
</rss>
"""
RSS_ITEM = """    <item>
      <title>{title}</title>
      <link>https://arxiv.org/abs/{id}</link>
      <description>arXiv:{id}v{version} Announce Type: {type} \nAbstract: {abstract}</description>
      <guid isPermaLink="false">oai:arXiv.org:{id}v{version}</guid>
{categories}      <pubDate>{midnight}</pubDate>
      <arxiv:announce_type>{type}</arxiv:announce_type>
      <dc:rights>{licence}</dc:rights>
      <dc:creator>{authors}</dc:creator>
    </item>
"""
ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">
  <id>http://rss.arxiv.org/atom/{category}</id>
  <title>{title}</title>
  <updated>{built}</updated>
  <link href="http://rss.arxiv.org/atom/{category}" rel="self" type="application/atom+xml"/>
  <subtitle>{description}</subtitle>
{items}</feed>
"""
ATOM_ITEM = """  <entry>
    <id>oai:arXiv.org:{id}v{version}</id>
    <title>{title}</title>
    <updated>{built}</updated>
    <link href="https://arxiv.org/abs/{id}" rel="alternate" type="text/html"/>
    <summary>arXiv:{id}v{version} Announce Type: {type} \nAbstract: {abstract}</summary>
{categories}    <published>{midnight}</published>
    <arxiv:announce_type>{type}</arxiv:announce_type>
    <dc:rights>{licence}</dc:rights>
    <dc:creator>{authors}</dc:creator>
  </entry>
"""
LISTED = """    <dt>
      <a name='item{number}'>[{number}]</a>
      <a href ="/abs/{id}" title="Abstract" id="{id}">
        arXiv:{id}
      </a>
      {kind}
        [<a href="/pdf/{id}" title="Download PDF" id="pdf-{id}">pdf</a>, \
<a href="https://arxiv.org/html/{id}v{version}" title="View HTML" id="html-{id}">html</a>]
    </dt>
    <dd>
      <div class='meta'>
        <div class='list-title mathjax'><span class='descriptor'>Title:</span>
          {title}
        </div>
        <div class='list-subjects'><span class='descriptor'>Subjects:</span>
          <span class="primary-subject">{primary}</span>{others}
        </div>
      </div>
    </dd>
"""
LISTING = """<!DOCTYPE html>
<html lang="en"><head><title>Artificial Intelligence</title></head><body>
<div id='content-inner'><div id='dlpage'>
{top}
{paging}
{sections}
</div></div></body></html>
"""
API = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" \
xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/invented</id>
  <title>arXiv Query</title>
  <updated>2026-06-02T04:00:00Z</updated>
  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
{entries}</feed>
"""
API_ENTRY = """  <entry>
    <id>http://arxiv.org/abs/{id}v{version}</id>
    <title>{title}</title>
    <updated>2026-06-02T04:00:00Z</updated>
    <link href="https://arxiv.org/abs/{id}v{version}" rel="alternate" type="text/html"/>
    <summary>{abstract}</summary>
{categories}    <published>2026-06-01T04:00:00Z</published>
{comment}    <arxiv:primary_category term="{primary}"/>
    <author>
      <name>{authors}</name>
    </author>
  </entry>
"""
API_ERROR = """  <entry>
    <id>https://arxiv.org/api/errors#{anchor}</id>
    <title>Error</title>
    <updated>2026-06-02T04:00:00Z</updated>
    <summary>{reason}</summary>
    <author>
      <name>arXiv api core</name>
    </author>
  </entry>
"""


@dataclass(frozen=True, slots=True)
class Invented:
    """A paper that nobody wrote, as arXiv would know it."""

    id: str
    version: int = 1
    title: str = "On the Cost of Cupboards"
    abstract: str = "We count cupboards."
    type: str = "new"
    categories: tuple[str, ...] = ("cs.AI",)
    authors: str = "A. Author, B. Author"
    comment: str = ""

    def as_(self, type: str, **changes: object) -> "Invented":
        """The same paper announced otherwise."""
        return replace(self, type=type, **changes)  # type: ignore[arg-type]

    def withdrawn(self) -> "Invented":
        """Its next version, which withdraws it."""
        return replace(self, version=self.version + 1, type="replace", abstract=WITHDRAWN)


def invent(number: int, month: str = "2606", **changes: object) -> Invented:
    """The invented paper number so and so."""
    paper = Invented(
        f"{month}.{number:05}",
        title=f"Cupboard {number}: Room for $\\alpha_{number}$ & More",
        abstract=f"We arrange cupboard {number} where H&E stains and \\texttt{{<SEG>}} meet $x < {number}$.\n"
        "  Shelves  hold. Caf\u00e9s do not.",
    )
    return replace(paper, **changes)  # type: ignore[arg-type]


def invent_day(count: int, month: str = "2606", first: int = 1) -> list[Invented]:
    """So many papers: two thirds new, the others cross-listed."""
    return [
        invent(first + at, month) if at % 3 else invent(first + at, month, type="cross", categories=("cs.LG", "cs.AI"))
        for at in range(count)
    ]


def midnight(day: date) -> datetime:
    """When that Eastern day begins."""
    return datetime.combine(day, time(0), EASTERN)


def redated(feed: bytes, day: date) -> bytes:
    """An RSS feed as if it were of that day."""
    stamp = format_datetime(midnight(day)).encode()
    return re.sub(rb"<(pubDate|lastBuildDate)>[^<]*<", rb"<\1>" + stamp + b"<", feed)


def last_weekdays(count: int) -> list[date]:
    """The latest weekdays before today, Eastern, rising; five of them are never more than a week ago."""
    today = datetime.now(EASTERN).date()
    days = (today - timedelta(days=number) for number in range(1, 2 * count + 3))
    return sorted([day for day in days if day.weekday() < 5][:count])


def rss(day: date, papers: Iterable[Invented] = (), category: str = "cs.AI") -> bytes:
    """The RSS feed of a day; without papers that of a weekend."""
    start = midnight(day)
    names = {"midnight": format_datetime(start), "built": format_datetime(start.astimezone(UTC).replace(second=2))}
    items = "".join(
        RSS_ITEM.format(**_escaped(paper), **names, categories=_lines("      <category>{}</category>\n", paper))
        for paper in _ordered(papers)
    )
    return RSS.format(**_channel(category), **names, items=items).encode()


def atom(day: date, papers: Iterable[Invented] = (), category: str = "cs.AI") -> bytes:
    """The Atom feed of a day."""
    start = midnight(day)
    names = {"midnight": start.isoformat(), "built": start.astimezone(UTC).replace(second=2).isoformat()}
    items = "".join(
        ATOM_ITEM.format(**_escaped(paper), **names, categories=_lines('    <category term="{}"/>\n', paper))
        for paper in _ordered(papers)
    )
    return ATOM.format(**_channel(category), **names, items=items).encode()


def error_rss(category: str, reason: str = "Bad subject class 'XX'.") -> bytes:
    """The valid feed that goes with status 400."""
    title = f"Feed error for query: http://rss.arxiv.org/rss/{category}"
    return (
        rss(date(2026, 6, 2), (), category)
        .replace(_channel(category)["title"].encode(), title.encode(), 1)
        .replace(_channel(category)["description"].encode(), escape(reason, quote=False).encode(), 1)
    )


def new_page(day: date, papers: Sequence[Invented], skip: int = 0, show: int = 2000) -> bytes:
    """`/list/<category>/new` of that day."""
    kinds = (("New", ("new",)), ("Cross", ("cross",)), ("Replacement", ("replace", "replace-cross")))
    groups = [
        (f"{name} submissions", [paper for paper in _ordered(papers) if paper.type in types]) for name, types in kinds
    ]
    top = f"<h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>"
    body, total = _sections(groups, skip, show)
    return _page(top, body or "<p>No updates today.</p>", total)


def recent_page(days: Mapping[date, Sequence[Invented]], skip: int = 0, show: int = 50) -> bytes:
    """`/list/<category>/recent` of those days: new and cross alone, without abstracts."""
    groups = [
        (f"{day:%a}, {day.day} {day:%b %Y}", [paper for paper in papers if not paper.type.startswith("replace")])
        for day, papers in sorted(days.items(), reverse=True)
    ]
    body, total = _sections(groups, skip, show)
    return _page("<h2>Authors and titles for recent submissions</h2>", body, total)


def api_answer(papers: Sequence[Invented], asked: int = 100) -> bytes:
    """The API's answer with those papers."""
    entries = "".join(
        API_ENTRY.format(
            **_escaped(paper),
            primary=paper.categories[0],
            categories=_lines('    <category term="{}" scheme="http://arxiv.org/schemas/atom"/>\n', paper),
            comment=f"    <arxiv:comment>{escape(paper.comment, quote=False)}</arxiv:comment>\n"
            if paper.comment
            else "",
        )
        for paper in papers
    )
    return API.format(size=asked, total=len(papers), entries=entries).encode()


def api_error(reason: str) -> bytes:
    """The API's complaint, an entry called Error."""
    return API.format(
        size=1, total=1, entries=API_ERROR.format(anchor=reason.replace(" ", "_"), reason=reason)
    ).encode()


def _sections(groups: Sequence[tuple[str, Sequence[Invented]]], skip: int, show: int) -> tuple[str, int]:
    text, number = "", 0
    for heading, papers in groups:
        shown = [(at, paper) for at, paper in enumerate(papers, number + 1) if skip < at <= skip + show]
        number += len(papers)
        if shown:
            before = shown[0][0] > number - len(papers) + 1
            after = shown[-1][0] < number
            words = "showing " + ("last " if before and not after else "first " if after and not before else "")
            count = f"({'continued, ' if before else ''}{words}{len(shown)} of {len(papers)} entries )"
            entries = "".join(_listed(at, paper) for at, paper in shown)
            text += f"<dl id='articles'>\n    <h3>{heading} {count}</h3>\n{entries}</dl>\n"
    return text, number


def _listed(number: int, paper: Invented) -> str:
    kinds = {
        "cross": f"(cross-list from {paper.categories[0]})",
        "replace": "(replaced)",
        "replace-cross": "(replaced)",
    }
    first, *others = (f"{NAMES.get(name, 'Of Things')} ({name})" for name in paper.categories)
    return LISTED.format(
        number=number,
        kind=kinds.get(paper.type, ""),
        primary=first,
        others="".join(f"; {name}" for name in others),
        **_escaped(paper),
    )


def _page(top: str, sections: str, total: int) -> bytes:
    paging = f"<div class='paging'>Total of {total} entries</div>" if total else ""
    return LISTING.format(top=top, sections=sections, paging=paging).encode()


def _channel(category: str) -> dict[str, str]:
    return {
        "category": category,
        "title": f"{category} updates on arXiv.org",
        "description": f"{category} updates on the arXiv.org e-print archive.",
    }


def _escaped(paper: Invented) -> dict[str, object]:
    texts = {name: escape(getattr(paper, name), quote=False) for name in ("title", "abstract", "authors", "type")}
    return {**texts, "id": paper.id, "version": paper.version, "licence": LICENCE}


def _lines(form: str, paper: Invented) -> str:
    return "".join(form.format(name) for name in paper.categories)


def _ordered(papers: Iterable[Invented]) -> list[Invented]:
    return sorted(papers, key=lambda paper: (ORDER.index(paper.type) if paper.type in ORDER else 9, paper.id))
