"""The entry in a message's menu: which papers a message speaks of, and the choice where there are several."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.arxiv_id import arxiv_ids
from bot.core.paper import ArxivId
from bot.core.post import Button, Line, Post, PostKind, Role, Span
from bot.platforms.discord.limits import components_of

MOST = 10
LONGEST = 20_000


def papers_in(message: Mapping[str, Any]) -> tuple[ArxivId, ...]:
    """The papers that a message's text, embeds or components name, in their order."""
    return arxiv_ids("\n".join(_texts(message))[:LONGEST])[:MOST]


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    yield str(message.get("content") or "")
    for embed in message.get("embeds") or ():
        yield from (str(embed.get(name) or "") for name in ("url", "title", "description"))
        yield from (f"{one.get('name')} {one.get('value')}" for one in embed.get("fields") or ())
    for one in components_of(dict(message)):
        yield str(one.get("content") or "")
        yield str(one.get("url") or "")
    for snapshot in message.get("message_snapshots") or ():
        yield from _texts(snapshot.get("message") or {})


def choice(papers: tuple[ArxivId, ...]) -> Post:
    """A private choice among several papers."""
    words = "That message names several papers. Which one?"
    buttons = tuple(Button("run", str(paper), f"verdict {paper}") for paper in papers)
    return Post(PostKind.ANSWER, words, (Line(Role.PARAGRAPH, (Span(words),)),), buttons)


def said(what: str, remedy: str = "") -> Post:
    """A short private word."""
    lines = [Line(Role.PARAGRAPH, (Span(text),)) for text in (what, remedy) if text]
    return Post(PostKind.ANSWER, what, tuple(lines))
