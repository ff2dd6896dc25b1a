"""Which paper a question is about, and through which lens: what is named, else what its thread or post is about."""

from dataclasses import dataclass

from bot.core.errors import MalformedId
from bot.core.paper import ArxivId
from bot.core.post import Place, PostKind, PostRef
from bot.core.talk import Asking, Talk
from bot.services.find import paper_named
from bot.services.means import Means

SHOWS_ONE = (PostKind.CARD, PostKind.TALK)


@dataclass(frozen=True, slots=True)
class Subject:
    """A paper and the key of a lens."""

    paper: ArxivId
    lens: str


async def subject_of(means: Means, asking: Asking, talk: Talk | None) -> Subject:
    """What a question is about; `MalformedId` says how to name it where nothing tells."""
    if asking.paper is not None:
        return Subject(asking.paper, asking.lens or (await _lens(means, asking, asking.paper)))
    named = paper_named(asking.remark.words)
    if talk is not None and (asking.thread or named is None) and talk.lens in means.lenses:
        return Subject(talk.paper, asking.lens or talk.lens)
    found = await _of_posts(means, asking)
    if found is not None:
        return found
    if named is None:
        raise MalformedId("I cannot tell which paper that is about.", "Ask in its thread, or name it: 2611.01234.")
    return Subject(named, asking.lens or (await _lens(means, asking, named)))


async def _lens(means: Means, asking: Asking, paper: ArxivId) -> str:
    return (await means.lens_for(asking.remark.asker.place, asking.lens or None, paper)).key


async def _of_posts(means: Means, asking: Asking) -> Subject | None:
    """What the post is about that is answered, or in whose thread it was said."""
    for ref in (asking.remark.reply_to_post, asking.root):
        found = await subject_at(means, asking.remark.asker.place, ref) if ref else None
        if found is not None:
            return found
    return None


async def subject_at(means: Means, place: Place, ref: PostRef) -> Subject | None:
    """What a post of ours is about, if it is about one paper."""
    post = await means.store.post_at(place, ref.id)
    if post is None:
        return None
    if post.key.kind in SHOWS_ONE:
        return Subject(ArxivId(post.key.subject), post.key.lens)
    turn = await means.store.turn_of_post(post.key) if post.key.kind is PostKind.ANSWER else None
    return Subject(turn.paper, turn.lens) if turn else None
