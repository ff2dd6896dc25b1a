"""The query API's Atom -> papers by id. Unknown ids are silently missing there, so results are matched by id."""

from typing import Any

from bot.core.arxiv_id import parse_arxiv_id
from bot.core.errors import MalformedId
from bot.core.paper import ArxivId, Paper, collapse
from bot.sources.arxiv_parse import parse_xml

A_CALL = 100


def parse_api(body: bytes) -> dict[ArxivId, Paper]:
    """The papers of one answer; `MalformedId` when the API calls an id malformed, with any status."""
    read = parse_xml(body, "The API's answer")
    papers: dict[ArxivId, Paper] = {}
    for one in read.entries:
        if "/api/errors" in one.get("id", "") or one.get("title") == "Error":
            reason = collapse(one.get("summary", ""))[:200]
            raise MalformedId(f"arXiv says: {reason}.", "Try 2611.01234 or a link to arxiv.org/abs.")
        paper = _paper(one)
        papers[paper.id] = paper
    return papers


def _paper(one: Any) -> Paper:
    paper_id, version = parse_arxiv_id(one.get("id", ""))
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
