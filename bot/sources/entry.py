"""One entry of arXiv's feed -> a paper and how it is announced. An entry that contradicts itself is odd, and named.

guid, link and description each say which paper it is; what they say must agree, and so must the kinds of announcement
that the entry names. Sizes are bounded far above what arXiv takes.
"""

import re
from collections.abc import Iterable
from typing import Any

from bot.core.errors import MalformedId
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.paper import AnnounceType, ArxivId, Entry, Paper, collapse
from bot.core.posts.phrase import quote
from bot.sources.feed_xml import text_of

_GAP = r"(?:\s|<[^<>]{0,80}>|&nbsp;)*"
_PREFIX = re.compile(
    rf"^{_GAP}arXiv:\s*([^\s<>]*){_GAP}Announce Type:{_GAP}([^\s<>]*){_GAP}Abstract:{_GAP}", re.IGNORECASE
)
_LIKE_PREFIX = re.compile(rf"^{_GAP}arXiv:|Announce Type:", re.IGNORECASE)
TITLE_MOST, ABSTRACT_MOST, AUTHORS_MOST, LICENCE_MOST = 2_000, 50_000, 1_000_000, 300
CATEGORIES_MOST, CATEGORY_MOST = 100, 60


class OddEntry(Exception):
    """An entry that cannot be what arXiv sent; `str` says why, in words that may be shown."""


def entry_of(item: Any) -> Entry:
    """The entry; `OddEntry` when it lacks or contradicts something."""
    summary = text_of(item, "summary")
    prefix = _PREFIX.match(summary)
    if prefix is None and _LIKE_PREFIX.search(summary[:200]):
        raise OddEntry("its description is of another form")
    paper_id, version = _id((item.get("id", ""), item.get("link", ""), prefix[1] if prefix else ""))
    paper = Paper(
        id=paper_id,
        version=version,
        title=bounded("title", collapse(text_of(item, "title")), TITLE_MOST),
        abstract=bounded("abstract", collapse(summary[prefix.end() :] if prefix else summary), ABSTRACT_MOST),
        authors=collapse(item.get("author", "")),
        categories=tuple(tag["term"] for tag in item.get("tags", ()) if tag.get("term")),
        licence=item.get("rights") or None,
    )
    if len(paper.authors) > AUTHORS_MOST or len(paper.categories) > CATEGORIES_MOST:
        raise OddEntry("it is too large")
    if any(len(name) > CATEGORY_MOST for name in paper.categories) or len(paper.licence or "") > LICENCE_MOST:
        raise OddEntry("it is too large")
    return Entry(paper, _type(item.get("arxiv_announce_type") or "", prefix[2] if prefix else ""))


def name_of(raw: str) -> str:
    """What an odd entry is called: the first id in its text, else its beginning."""
    try:
        return str(parse_arxiv_id(raw)[0])
    except MalformedId:
        return f"an entry {quote(raw, 60)}" if raw.strip() else "an entry without a name"


def _id(said: Iterable[str]) -> tuple[ArxivId, int | None]:
    """The one paper that all of these name, and its version."""
    try:
        found = [parse_arxiv_id(text) for text in said if text.strip()]
    except MalformedId:
        raise OddEntry("it has no valid arXiv id") from None
    papers = {paper for paper, _ in found}
    versions = {version for _, version in found if version is not None}
    if not papers:
        raise OddEntry("it has no valid arXiv id")
    if len(papers) > 1 or len(versions) > 1:
        raise OddEntry("it names two papers or versions")
    return papers.pop(), versions.pop() if versions else None


def _type(*said: str) -> AnnounceType:
    """The one kind of announcement that these name."""
    kinds = {kind.strip() for kind in said if kind.strip()}
    if len(kinds) != 1:
        raise OddEntry("it names two kinds of announcement" if kinds else "it names no kind of announcement")
    try:
        return AnnounceType(kinds.pop())
    except ValueError:
        raise OddEntry("its kind of announcement is unknown") from None


def bounded(name: str, text: str, most: int) -> str:
    """The text; `OddEntry` when there is none, or more than arXiv takes by far."""
    if not text:
        raise OddEntry(f"it has no {name}")
    if len(text) > most:
        raise OddEntry(f"its {name} is too long")
    return text
