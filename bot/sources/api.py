"""The query API's Atom -> papers by id. Unknown ids are silently missing there, so results are matched by id."""

import logging
from typing import Any

from bot.core.errors import MalformedId, SourceUnavailable
from bot.core.papers.arxiv_id import REMEDY, parse_arxiv_id
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import ArxivId, Paper, collapse
from bot.sources.entry import ABSTRACT_MOST, TITLE_MOST, OddEntry, bounded
from bot.sources.feed_xml import parse_xml, text_of

log = logging.getLogger(__name__)

A_CALL = 100


def parse_api(body: bytes, asked: int) -> dict[ArxivId, Paper]:
    """The papers of one answer to `asked` ids; `MalformedId` when the API calls an id malformed, with any status."""
    read = parse_xml(body, "The API's answer")
    papers: dict[ArxivId, Paper] = {}
    odd = ["its XML is broken" for _ in read.broken]
    for entry in read.entries:
        if "/api/errors" in entry.get("id", ""):
            raise _error(collapse(entry.get("summary", ""))[:200])
        try:
            paper = _paper(entry)
        except OddEntry as error:
            odd.append(str(error))
            continue
        papers[paper.id] = paper
    if odd and not papers:
        raise SourceUnavailable(Outcome.MALFORMED, f"No entry of the API's answer can be read: {odd[0]}.")
    if odd:
        log.warning("entries of the API are left out", extra={"count": len(odd), "reason": odd[0]})
    total = read.feed.get("opensearch_totalresults", "")
    found = int(total[:9]) if total.isdecimal() else 0
    sent = len(read.entries) + len(read.broken)
    if sent < min(found, asked):
        what = f"The API found {found} papers and sent {sent}."
        raise SourceUnavailable(Outcome.TRUNCATED, what)
    return papers


def _error(reason: str) -> MalformedId | SourceUnavailable:
    if "incorrect id format" in reason:
        return MalformedId(f"arXiv says: {reason}.", REMEDY)
    return SourceUnavailable(Outcome.ERROR_FEED, f"The API says: {reason}.")


def _paper(item: Any) -> Paper:
    try:
        paper_id, version = parse_arxiv_id(item.get("id", ""))
    except MalformedId:
        raise OddEntry("it has no valid arXiv id") from None
    primary = (item.get("arxiv_primary_category") or {}).get("term")
    terms = [tag["term"] for tag in item.get("tags", ()) if tag.get("term")]
    first = [primary] if primary else []
    return Paper(
        id=paper_id,
        version=version,
        title=bounded("title", collapse(text_of(item, "title")), TITLE_MOST),
        abstract=bounded("abstract", collapse(text_of(item, "summary")), ABSTRACT_MOST),
        authors=", ".join(collapse(author.get("name", "")) for author in item.get("authors", ())),
        categories=tuple(dict.fromkeys([*first, *terms])),
        comment=collapse(item.get("arxiv_comment", "")) or None,
    )
