"""The jobs that bring what stands in channels up to date."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from bot.core.follows.week import IsoWeek
from bot.core.jobs.job import NewJob, Queue
from bot.core.papers.paper import ArxivId, Paper
from bot.core.posts.post import PostKey, PostKind
from bot.ports.store import Store
from bot.services.publishing.report import EVERY_LENS


async def edits_of(store: Store, paper: ArxivId, lens: str, text_hash: str) -> tuple[NewJob, ...]:
    """The jobs that put a changed verdict (or a withdrawal) in the place of every post that shows the old one."""
    return tuple(edit_of(post.key, text_hash) for post in await store.posts_showing(paper, lens))


async def edits_of_cards(store: Store, paper: ArxivId, lens: str, stamp: str) -> tuple[NewJob, ...]:
    """The jobs that bring an analysis to what shows a part of it, its closing line: to cards, and to nothing else."""
    showing = await store.posts_showing(paper, lens)
    return tuple(edit_of(post.key, stamp) for post in showing if post.key.kind is PostKind.CARD)


async def edits_of_standing(store: Store, paper: Paper) -> list[NewJob]:
    """The jobs that bring every post that shows a paper, through whatever lens, to whether it is withdrawn."""
    stamp = f"{'withdrawn' if paper.is_withdrawn else 'stands'} v{paper.version or 0}"
    edits = [edit_of(post.key, stamp) for post in await store.posts_showing(paper.id)]
    return edits + await _reports(store, paper.id, stamp)


async def _reports(store: Store, paper: ArxivId, stamp: str) -> list[NewJob]:
    """The same for the weekly reports that may name it."""
    edits: list[NewJob] = []
    for place, shown_at in await store.showings_of(paper):
        weeks = {IsoWeek.of((shown_at + timedelta(days=days)).date()) for days in (-1, 0, 1)}  # in whatever zone
        for week in sorted(weeks):
            key = PostKey(place, PostKind.REPORT, str(week), EVERY_LENS)
            made = await store.find_job(Queue.DELIVER, str(key))
            if made is not None and await store.sent(key) is not None:
                edit = edit_of(key, hashlib.sha256(f"{stamp} {paper}".encode()).hexdigest())
                zone = {"zone": made.payload.get("zone")}
                edits.append(replace(edit, payload={**edit.payload, **zone}))
    return edits


def edit_of(key: PostKey, stamp: str) -> NewJob:
    """The job that puts a post's present content in the place of what stands there; `stamp` tells contents apart."""
    return NewJob(Queue.DELIVER, f"edit|{key}|{stamp[:16]}", {"edit": str(key)}, lane=str(key.place))
