"""The query API's Atom -> papers by id. Unknown ids are silently missing there, so results are matched by id."""

from typing import Any

from bot.core.arxiv_id import REMEDY, parse_arxiv_id
from bot.core.errors import MalformedId, SourceUnavailable
from bot.core.feed import Outcome
from bot.core.paper import ArxivId, Paper, collapse
from bot.sources.arxiv_parse import AGAIN, parse_xml

A_CALL = 100


def parse_api(body: bytes, asked: int) -> dict[ArxivId, Paper]:
    """The papers of one answer to `asked` ids; `MalformedId` when the API calls an id malformed, with any status."""
    read = parse_xml(body, "The API's answer")
    papers: dict[ArxivId, Paper] = {}
    for one in read.entries:
        if "/api/errors" in one.get("id", ""):
            raise _error(collapse(one.get("summary", ""))[:200])
        paper = _paper(one)
        papers[paper.id] = paper
    total = read.feed.get("opensearch_totalresults", "")
    found = int(total[:9]) if total.isdecimal() else 0
    if len(read.entries) < min(found, asked):
        what = f"The API found {found} papers and sent {len(read.entries)}."
        raise SourceUnavailable(Outcome.TRUNCATED, what, AGAIN)
    return papers


def _error(reason: str) -> MalformedId | SourceUnavailable:
    if "incorrect id format" in reason:
        return MalformedId(f"arXiv says: {reason}.", REMEDY)
    return SourceUnavailable(Outcome.ERROR_FEED, f"The API says: {reason}.", AGAIN)


def _paper(one: Any) -> Paper:
    try:
        paper_id, version = parse_arxiv_id(one.get("id", ""))
    except MalformedId:
        raise SourceUnavailable(Outcome.MALFORMED, "An entry of the API has no arXiv id.", AGAIN) from None
    primary = (one.get("arxiv_primary_category") or {}).get("term")
    terms = [tag["term"] for tag in one.get("tags", ()) if tag.get("term")]
    first = [primary] if primary else []
    return Paper(
        id=paper_id,
        version=version,
        title=collapse(one.get("title", "")),
        abstract=collapse(one.get("summary", "")),
        authors=", ".join(collapse(author.get("name", "")) for author in one.get("authors", ())),
        categories=tuple(dict.fromkeys([*first, *terms])),
        comment=collapse(one.get("arxiv_comment", "")) or None,
    )
