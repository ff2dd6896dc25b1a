"""What a platform refuses for its form goes out in a plainer one: set more plainly, shorter, at last in pieces.

A refusal is certain, so the next form is a new send under the same key. Which form is next is a row before it is sent:
a process that dies goes on with it, and what was parted stays parted.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core import errors
from bot.core.follows.edition import PlannedPost
from bot.core.jobs.job import Job, NewJob, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.plainer import pieces, shares
from bot.core.posts.post import Form, LineRole, Post, PostKey, PostKind
from bot.core.posts.post_json import post_to_json
from bot.core.present.notice import plainer_notice
from bot.ports.platform import Platform
from bot.ports.store import Store
from bot.services.publishing.closed_places import ClosedPlaces
from bot.services.publishing.render import Renderer

log = logging.getLogger(__name__)

OPENED_COSTS = 700
OPEN_ENDED = (PostKind.ANSWER, PostKind.TALK, PostKind.NOTICE, PostKind.REPORT)


class Plainer:
    """Decides in which form a refused post goes on."""

    def __init__(self, store: Store, renderer: Renderer, park: ClosedPlaces) -> None:
        self._store = store
        self._renderer = renderer
        self._park = park

    async def again(self, job: Job, key: PostKey, platform: Platform, error: errors.FormRefused) -> bool:
        """Go on with the next form, at once; False when there is none left."""
        log.warning("a post is refused for its form", extra={"key": job.key, "reason": str(error)})
        if job.payload.get("edit"):
            return await self._edited(job, key)
        form = form_of(job.payload)
        if form is Form.BARE:
            return False
        if key.kind is PostKind.LIST and form >= Form.PLAIN:
            await self._part_list(job, key, platform)
        elif key.kind is PostKind.DIGEST and form >= Form.PLAIN:
            await self._part_digest(job, key, platform)
        elif key.kind in OPEN_ENDED and form is Form.PLAIN:
            await self._part_words(job, key, platform)
        else:
            await self._store.reform(job, key, {**job.payload, "form": form + 1})
        return True

    async def _edited(self, job: Job, key: PostKey) -> bool:
        """An edit is tried in the forms that what stands there can still take."""
        step = int(job.payload.get("step", 0)) + 1
        if step >= len(edit_forms(await self.stands_in(key))):
            return False
        await self._store.reform(job, key, {**job.payload, "step": step})
        return True

    async def stands_in(self, key: PostKey) -> Form:
        """The form in which a post went out."""
        sent_by = await self._store.find_job(Queue.DELIVER, str(key))
        return form_of(sent_by.payload) if sent_by else Form.RICH

    async def told(self, job: Job, key: PostKey) -> list[NewJob]:
        """Whoever manages the place hears once that what stands there is plainer than it would be."""
        return await self._park.tell(key.place, f"form/{key.place}", plainer_notice) if form_of(job.payload) else []

    async def _part_list(self, job: Job, key: PostKey, platform: Platform) -> None:
        """A list becomes lists of fewer papers, and at last one of a single paper in its barest form.

        One that stands in the channel itself stays one message: the papers that it loses are reached by search.
        """
        papers = [ArxivId(item) for item in job.payload["papers"]]
        was_text = form_of(job.payload) is Form.TEXT
        if was_text and len(papers) == 1:
            await self._store.reform(job, key, {**job.payload, "form": Form.BARE})
            return
        lines = [line for line in (await self._renderer.post(key, job.payload)).lines if line.role is LineRole.ROW]
        first, *others = shares(papers, lines, platform.capacity.text_characters, was_text=was_text)
        thread = PostKey.parse(str(job.payload["thread"])) if job.payload.get("thread") else None
        parts = [PlannedPost(_part_of(key, share[0]), share, thread) for share in others]
        fitting = await self._that_fit(platform, key, parts) if thread else []
        lost = 0 if fitting else sum(map(len, others))
        changed = {
            **job.payload,
            "papers": [str(arxiv_id) for arxiv_id in first],
            "opened": int(job.payload.get("opened", 0)) + lost,
            "form": Form.TEXT,
        }
        await self._store.reform(job, key, changed, fitting, Form.TEXT)

    async def _part_digest(self, job: Job, key: PostKey, platform: Platform) -> None:
        """A digest keeps open the papers that fit a bare text, at last none; the others are a list in its thread."""
        papers = [ArxivId(item) for item in job.payload["papers"]]
        room = platform.capacity.text_characters
        form = Form(form_of(job.payload) + 1)
        opened = min(int(job.payload.get("opened", 0)), room // OPENED_COSTS) if form is Form.TEXT else 0
        was_opened = int(job.payload.get("opened", 0))
        shown = [str(paper) for paper in (*papers[:opened], *papers[was_opened:])]
        changed = {**job.payload, "papers": shown, "opened": opened, "form": form}
        size, rest = platform.capacity.list_lines, papers[opened:was_opened]
        shares_of_rest = [tuple(rest[at : at + size]) for at in range(0, len(rest), size)]
        lists = [PlannedPost(_part_of(key, share[0]), share, key) for share in shares_of_rest]
        await self._store.reform(job, key, changed, await self._that_fit(platform, key, lists))

    async def _that_fit(self, platform: Platform, key: PostKey, parts: list[PlannedPost]) -> list[PlannedPost]:
        """Further posts only where they stand in a thread: in a place without, they would be over its limit."""
        return parts if await platform.has_threads(key.place) else []

    async def _part_words(self, job: Job, key: PostKey, platform: Platform) -> None:
        """A long text becomes several, one after the other in the same place."""
        post = await self._renderer.post(key, job.payload)
        runs = pieces(post.lines, platform.capacity.text_characters)
        changed: dict[str, Any] = {**job.payload, "form": Form.TEXT}
        if len(runs) > 1:
            changed["post"] = post_to_json(replace(_with(post, runs[0]), menu=post.menu))
        kind = PostKind.ANSWER if key.kind is PostKind.REPORT else key.kind
        further = [
            NewJob(
                Queue.DELIVER,
                str(PostKey(key.place, kind, f"{key.subject}/{number}", key.lens)),
                {**changed, "post": post_to_json(_with(post, run))},
                lane=job.lane,
            )
            for number, run in enumerate(runs[1:], 2)
        ]
        await self._store.reform(job, key, changed, then=further)


def form_of(payload: Mapping[str, Any]) -> Form:
    """The form that a delivery has come to."""
    return Form(int(payload.get("form", 0)))


def edit_forms(stands_in: Form) -> tuple[tuple[Form, bool], ...]:
    """The forms in which what stands may be written anew, and whether only the least of it: words stay words."""
    if stands_in < Form.TEXT:
        fuller = tuple((form, False) for form in (Form.RICH, Form.PLAIN) if form >= stands_in)
        return (*fuller, (Form.PLAIN, True))
    return (
        ((Form.TEXT, False), (Form.TEXT, True), (Form.BARE, True)) if stands_in is Form.TEXT else ((Form.BARE, True),)
    )


def _with(post: Post, lines: tuple[Any, ...]) -> Post:
    return Post(post.kind, post.notification, lines, post.buttons, tags=post.tags)


def _part_of(key: PostKey, first: ArxivId) -> PostKey:
    """A further list of the same papers: its first one names it, so that no two are alike however often they part."""
    return PostKey(key.place, PostKind.LIST, f"{key.subject}/{first}", key.lens)
