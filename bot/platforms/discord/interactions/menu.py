"""The entry in a message's menu: which papers a message speaks of, and the choice where there are several."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.core.papers.arxiv_id import arxiv_ids
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Line, LineRole, Menu, MenuItem, Post, PostKind, Span
from bot.platforms.discord.posting.limits import components_of

MOST_PAPERS = 25
CHARACTERS_READ = 40_000


def papers_in(message: Mapping[str, Any]) -> tuple[ArxivId, ...]:
    """The papers that a message's text, embeds or components name, in their order."""
    return arxiv_ids("\n".join(_texts(message))[:CHARACTERS_READ])


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    yield str(message.get("content") or "")
    for embed in message.get("embeds") or ():
        yield from (str(embed.get(name) or "") for name in ("url", "title", "description"))
        yield from (f"{field.get('name')} {field.get('value')}" for field in embed.get("fields") or ())
    for entry in components_of(dict(message)):
        yield str(entry.get("content") or "")
        yield str(entry.get("url") or "")
    for snapshot in message.get("message_snapshots") or ():
        yield from _texts(snapshot.get("message") or {})


def which(papers: Sequence[ArxivId]) -> Post:
    """What stands over the choice among several papers."""
    more = len(papers) - MOST_PAPERS
    rest = f"Here are the first {MOST_PAPERS}; {more} more stand in it: /verdict takes their ids." if more > 0 else ""
    return said(f"That message names {len(papers)} papers. Which one?", rest)


def choice(papers: Sequence[ArxivId], titles: Mapping[ArxivId, str]) -> Menu:
    """The first papers, by their titles where those are known."""
    titled = [(paper, titles.get(paper, "")) for paper in papers[:MOST_PAPERS]]
    items = tuple(MenuItem(title or str(paper), str(paper) if title else "", str(paper)) for paper, title in titled)
    return Menu("Choose a paper", "verdict", items)


def said(what: str, remedy: str = "") -> Post:
    """A short private word."""
    lines = [Line(LineRole.PARAGRAPH, (Span(text),)) for text in (what, remedy) if text]
    return Post(PostKind.ANSWER, what, tuple(lines))
