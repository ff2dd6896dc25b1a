"""Which paper a question is about, and through which lens: what is named, else what its thread or post is about."""

from dataclasses import dataclass

from bot.core.commands.parser import short_form
from bot.core.commands.spoken import meant
from bot.core.discussion.transcript import QuestionJob, Talk
from bot.core.errors import MalformedId
from bot.core.papers.arxiv_id import paper_named
from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import quote
from bot.core.posts.post import Place, PostKind, PostRef
from bot.services.commands.context import CommandContext

SHOWS_ONE = (PostKind.CARD, PostKind.TALK)


@dataclass(frozen=True, slots=True)
class Subject:
    """A paper and the key of a lens."""

    paper: ArxivId
    lens: str


async def subject_of(means: CommandContext, asking: QuestionJob, talk: Talk | None) -> Subject:
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
        raise _unclear(asking.remark.words, means)
    return Subject(named, asking.lens or (await _lens(means, asking, named)))


def _unclear(said: str, means: CommandContext) -> MalformedId:
    """That nothing tells which paper is meant; and the command with whose word it begins, which may be meant."""
    what, how = "I cannot tell which paper that is about.", "Ask in its thread, or name it: 2611.01234."
    found = meant(said, means.lenses)
    if found is None:
        return MalformedId(what, f"{how} `help` says what else I can do.")
    verb, command = found
    near = quote(command, 80)[1:-1] or short_form(verb)
    return MalformedId(what, f"{how} Did you mean `{near}`?", command=command)


async def _lens(means: CommandContext, asking: QuestionJob, paper: ArxivId) -> str:
    return (await means.lens_for(asking.remark.asker.place, asking.lens or None, paper)).key


async def _of_posts(means: CommandContext, asking: QuestionJob) -> Subject | None:
    """What the post is about that is answered, or in whose thread it was said."""
    for ref in (asking.remark.reply_to_post, asking.root):
        found = await subject_at(means, asking.remark.asker.place, ref) if ref else None
        if found is not None:
            return found
    return None


async def subject_at(means: CommandContext, place: Place, ref: PostRef) -> Subject | None:
    """What a post of ours is about, if it is about one paper."""
    post = await means.store.post_at(place, ref.id)
    if post is None:
        return None
    if post.key.kind in SHOWS_ONE:
        return Subject(ArxivId(post.key.subject), post.key.lens)
    turn = await means.store.turn_of_post(post.key) if post.key.kind is PostKind.ANSWER else None
    return Subject(turn.paper, turn.lens) if turn else None
