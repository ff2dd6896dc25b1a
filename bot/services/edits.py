"""The jobs that bring what stands in channels up to date."""

from bot.core.paper import ArxivId
from bot.core.post import PostKey
from bot.core.work import NewJob, Queue
from bot.ports import Store


async def edits_of(store: Store, paper: ArxivId, lens: str, text_hash: str) -> tuple[NewJob, ...]:
    """The jobs that put a changed verdict (or a withdrawal) in the place of every post that shows the old one."""
    return tuple(edit_of(post.key, text_hash) for post in await store.posts_showing(paper, lens))


def edit_of(key: PostKey, stamp: str) -> NewJob:
    """The job that puts a post's present content in the place of what stands there; `stamp` tells contents apart."""
    return NewJob(Queue.DELIVER, f"edit|{key}|{stamp[:16]}", {"edit": str(key)}, lane=str(key.place))
