"""What a platform refuses for its form, made plainer: one step further each time, until it is as little as can be."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import truncate
from bot.core.posts.post import Form, Line, LineRole, Post, Span

HEADS = (LineRole.HEADLINE, LineRole.TITLE)
HEADS_KEPT = 2
LEAST_MOST = 120
LINE_COSTS = 40


def least(post: Post) -> Post:
    """The least that still says which post it is: its headline and title, else its first paper or line; no buttons."""
    lines = [line for line in post.lines if line.text.strip()]
    rows = [line for line in lines if line.role is LineRole.ROW]
    kept = [line for line in lines if line.role in HEADS][:HEADS_KEPT] or rows[:1] or lines[:1]
    cut = tuple(replace(line, spans=tuple(_cut(line.spans))) for line in kept)
    return replace(post, notification=truncate(post.notification, LEAST_MOST), lines=cut, buttons=(), menu=None)


def _cut(spans: Sequence[Span]) -> list[Span]:
    room, kept = LEAST_MOST, list[Span]()
    for span in spans:
        if room <= 1:
            break
        kept.append(replace(span, text=span.text if len(span.text) <= room else truncate(span.text, room)))
        room -= len(kept[-1].text)
    return kept


def set_in(post: Post, form: Form) -> Post:
    """The post in that form; the barest is also the shortest."""
    return replace(least(post) if form is Form.BARE else post, form=form)


def pieces(lines: Sequence[Line], room: int) -> list[tuple[Line, ...]]:
    """Lines in runs of at most so many characters, links and marks reckoned in; a longer line is a run by itself."""
    runs: list[list[Line]] = [[]]
    left = room
    for line in lines:
        cost = len(line.text) + LINE_COSTS
        if runs[-1] and cost > left:
            runs.append([])
            left = room
        runs[-1].append(line)
        left -= cost
    return [tuple(run) for run in runs]


def shares(papers: Sequence[ArxivId], lines: Sequence[Line], room: int, *, was_text: bool) -> list[tuple[ArxivId, ...]]:
    """The papers of a list as the lists of less that take its place: as many as fit a bare text, at last half as many.

    `lines`: a row a paper, in their order.
    """
    if was_text:
        half = (len(papers) + 1) // 2
        return [tuple(papers[:half]), tuple(papers[half:])] if half < len(papers) else [tuple(papers)]
    found, at = [], 0
    for run in pieces(lines, room):
        found.append(tuple(papers[at : at + len(run)]))
        at += len(run)
    return found
