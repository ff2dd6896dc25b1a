"""When a follow's day closes, and which paper of it goes where.

Every announced paper ends in exactly one `Disposition`, and the figures add up to what was announced.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.follows.edition import Announced, Disposition, EditionFacts, EditionPlan, PlannedPost, admits
from bot.core.follows.follow import Follow, Mode
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import PostKey, PostKind
from bot.core.verdicts.choice import worth_cards
from bot.core.verdicts.scoring import rank
from bot.core.verdicts.verdict import Verdict

CLOSES_AFTER = timedelta(hours=3)
# Characters, links and marks among them, that the parts of a digest take at most on a platform with bounded posts.
HEAD_MOST, OPENED_MOST = 500, 800
MENU_MOST = 25


@dataclass(frozen=True, slots=True)
class PostRoom:
    """What fits: messages a day in a place over all its follows, lines of headline and title in one post of the
    platform, lines of a title alone, and the characters of a digest (None: any number). `is_flat`: the place has no
    threads, so that lists count as messages."""

    messages_a_day: int
    list_lines: int
    title_lines: int
    digest_characters: int | None = None
    is_flat: bool = False

    def opened(self, wanted: int) -> int:
        """How many papers of a digest can be opened."""
        if self.digest_characters is None:
            return wanted
        return min(wanted, max(1, (self.digest_characters - HEAD_MOST) // OPENED_MOST))


@dataclass(frozen=True, slots=True)
class _Rest:
    """What stands in lists: by trade where a model judged all, else only what touches one. `others`: how many more
    papers are reached by search."""

    papers: tuple[ArxivId, ...]
    is_judged: bool
    others: int = 0

    @classmethod
    def of(cls, ranked: Sequence[Verdict], shown: Collection[ArxivId], unread: Sequence[ArxivId]) -> "_Rest":
        """The rest of a day, grouped by trade: the trade of the most wanted paper first, papers without one last."""
        known = set(shown)
        left = [verdict for verdict in ranked if verdict.paper not in known]
        is_judged = any(verdict.short for verdict in ranked)
        groups: dict[str, list[ArxivId]] = {}
        for verdict in left:
            groups.setdefault(verdict.trades[0].name if verdict.trades else "", []).append(verdict.paper)
        without = groups.pop("", [])
        papers = [paper for group in groups.values() for paper in group]
        listed = (*papers, *without) if is_judged else tuple(papers)
        return cls((*listed, *unread), is_judged, 0 if is_judged else len(without))


def closes_at(posting_at: datetime, opened_at: datetime) -> datetime:
    """When an edition closes at the latest: three hours after the posting hour, or the announcement if later."""
    return max(posting_at, opened_at) + CLOSES_AFTER


def may_close(judging: int, awaited: bool, now: datetime, posting_at: datetime, last: datetime) -> bool:
    """Whether an edition closes now. `awaited`: a category of the follow has not been announced yet."""
    if now < posting_at:
        return False
    return now >= last or not (awaited or judging)


def plan(facts: EditionFacts, room: PostRoom, least: int = 0) -> EditionPlan:
    """The fates of all announced papers, and the posts of the edition in the order they go out.

    `least`: the interest below which nothing gets a card, as the lens has it; the follow's own goes before it.
    """
    follow = facts.follow
    fates, verdicts = _sort_out(facts)
    in_order = [verdict for verdict in rank(verdicts) if verdict.paper not in facts.early]
    fates |= dict.fromkeys(facts.early, Disposition.POSTED)
    ranked = [verdict.paper for verdict in in_order]
    telling = _telling(facts, in_order)
    unread = [announced.paper.id for announced in facts.announced if _is_named(announced, fates)]
    if not ranked and not unread:
        return EditionPlan(fates, ())
    left = _left(facts, room)
    if left <= 0 or not facts.latest or facts.key.part > 1:
        posts: tuple[PlannedPost, ...] = _late(facts, ranked, _Rest.of(in_order, (), unread), room, left)
        shown: Sequence[ArxivId] = ()
    elif _mode(follow, verdicts) is Mode.DIGEST:
        chosen = [card.paper for card in worth_cards(telling, follow.threshold or least)][: follow.cards]
        shown = chosen[: room.opened(len(chosen))]
        posts = _digest(facts, ranked, shown, _Rest.of(in_order, shown, unread), room, left)
    elif follow.mode is Mode.EVERY:
        eligible = [verdict.paper for verdict in telling if verdict.interest >= follow.threshold]
        posts, shown = _cards(facts, in_order, unread, eligible, room, left)
    else:
        eligible = [card.paper for card in worth_cards(telling, follow.threshold or least)]
        posts, shown = _cards(facts, in_order, unread, eligible, room, left)
    fates |= dict.fromkeys(ranked, Disposition.LISTED) | dict.fromkeys(shown, Disposition.POSTED)
    return EditionPlan(fates, posts)


def early_cards(facts: EditionFacts, room: PostRoom) -> tuple[PlannedPost, ...]:
    """The cards that need not wait for the rest of their day, by rank: where each verdict is a card of its own, and
    whatever the others turn out to be there is a message for every paper. One message stays free for an opening line.
    """
    if facts.follow.mode is not Mode.EVERY or not facts.latest or facts.key.part > 1:
        return ()
    fates, verdicts = _sort_out(facts)
    unread = sum(fate is Disposition.UNREAD for fate in fates.values())
    open_ones = [verdict for verdict in rank(verdicts) if verdict.paper not in facts.early]
    left = _left(facts, room)
    if unread + len(open_ones) > left:
        return ()
    fresh = [verdict for verdict in _telling(facts, open_ones) if verdict.paper not in facts.carded]
    ready = [verdict.paper for verdict in fresh if verdict.short and verdict.interest >= facts.follow.threshold]
    return tuple(_card(facts, paper) for paper in ready[: max(left - 1, 0)])


def _telling(facts: EditionFacts, in_order: Sequence[Verdict]) -> list[Verdict]:
    """Those that a card can be made of; a paper that is withdrawn by now stands in the list."""
    gone = {announced.paper.id for announced in facts.announced if announced.paper.is_withdrawn}
    return [verdict for verdict in in_order if verdict.says_enough and verdict.paper not in gone]


def _card(facts: EditionFacts, paper: ArxivId) -> PlannedPost:
    return PlannedPost(_key(facts, PostKind.CARD, str(paper)), (paper,))


def _without(papers: Sequence[ArxivId], others: Sequence[ArxivId]) -> list[ArxivId]:
    known = set(others)
    return [paper for paper in papers if paper not in known]


def _sort_out(facts: EditionFacts) -> tuple[dict[ArxivId, Disposition], list[Verdict]]:
    """The fates that are known before ranking, and the verdicts of all others."""
    fates: dict[ArxivId, Disposition] = {}
    verdicts: list[Verdict] = []
    for announced in facts.announced:
        fate = admits(facts.follow, announced)
        if fate is None and announced.verdict is not None:
            verdicts.append(announced.verdict)
        else:
            fates[announced.paper.id] = fate or Disposition.UNREAD
    return fates, verdicts


def _is_named(announced: Announced, fates: Mapping[ArxivId, Disposition]) -> bool:
    """Whether a paper that nobody read stands in the list all the same, by its title."""
    return fates.get(announced.paper.id) is Disposition.UNREAD and not announced.paper.is_withdrawn


def _mode(follow: Follow, verdicts: Sequence[Verdict]) -> Mode:
    """Without a model every follow is a digest: rules must not brand a paper on a card of its own."""
    return follow.mode if any(verdict.short for verdict in verdicts) else Mode.DIGEST


def _key(facts: EditionFacts, kind: PostKind, subject: str) -> PostKey:
    return PostKey(facts.follow.place, kind, subject, facts.follow.lens)


def _subject(facts: EditionFacts) -> str:
    """An edition's day, as a subject; the follow's name keeps two follows of a place and lens apart."""
    part = f"/{facts.key.part}" if facts.key.part > 1 else ""
    return f"{facts.key.day.isoformat()}/{facts.key.follow}{part}"


def _left(facts: EditionFacts, room: PostRoom) -> int:
    """How many messages the place may still get today."""
    inside, of_follow = (facts.threads_today, facts.followed_threads_today) if room.is_flat else (0, 0)
    follow = facts.follow
    return min(
        room.messages_a_day - facts.posted_today - inside,
        follow.limit - facts.followed_today - of_follow,
    )


def _lists(facts: EditionFacts, rest: _Rest, thread: PostKey, room: PostRoom, left: int) -> tuple[PlannedPost, ...]:
    """One line a paper, in posts of the platform's size, in a thread.

    Where there are no threads at most `left` of them: the papers beyond are reached by search.
    """
    size = max(1, room.list_lines if rest.is_judged else room.title_lines)
    every = [rest.papers[at : at + size] for at in range(0, len(rest.papers), size)]
    chunks = every[: max(left, 0)] if room.is_flat else every
    others = rest.others + sum(map(len, every[len(chunks) :]))
    return tuple(
        PlannedPost(
            _key(facts, PostKind.LIST, f"{_subject(facts)}/{number}"),
            chunk,
            thread,
            opened=others if number == len(chunks) else 0,
        )
        for number, chunk in enumerate(chunks, 1)
    )


def _late(
    facts: EditionFacts, ranked: Sequence[ArxivId], rest: _Rest, room: PostRoom, left: int
) -> tuple[PlannedPost, ...]:
    """An older day or a straggler: one line. A place that is full gets none: an opening line carries the list there."""
    if left <= 0:
        return _lists(facts, rest, facts.opening, room, 0) if facts.opening is not None else ()
    line = _key(facts, PostKind.LATE, _subject(facts))
    return (PlannedPost(line, tuple(ranked)), *_lists(facts, rest, line, room, left - 1))


def _digest(
    facts: EditionFacts,
    ranked: Sequence[ArxivId],
    shown: Sequence[ArxivId],
    rest: _Rest,
    room: PostRoom,
    left: int,
) -> tuple[PlannedPost, ...]:
    """One post with the most revealing opened, and the next ones in its menu; the rest goes to its thread."""
    line = _key(facts, PostKind.DIGEST, _subject(facts))
    first = PlannedPost(line, (*shown, *_menu(ranked, shown)[: MENU_MOST - len(shown)]), opened=len(shown))
    return (first, *_lists(facts, rest, line, room, left - 1))


def _menu(ranked: Sequence[ArxivId], shown: Sequence[ArxivId]) -> list[ArxivId]:
    """The next papers by rank."""
    return _without(ranked, shown)[:MENU_MOST]


def _cards(
    facts: EditionFacts,
    in_order: Sequence[Verdict],
    unread: Sequence[ArxivId],
    eligible: Sequence[ArxivId],
    room: PostRoom,
    left: int,
) -> tuple[tuple[PlannedPost, ...], Sequence[ArxivId]]:
    """The most revealing as cards under an opening line with the next ones in its menu, all others in its thread."""
    ranked = [verdict.paper for verdict in in_order]
    every = facts.follow.mode is Mode.EVERY
    bare = every and not unread and len(eligible) == len(ranked) <= left
    most = len(eligible) if every else facts.follow.cards
    shown = eligible if bare else eligible[: min(most, left - 1)]
    cards = tuple(_card(facts, paper) for paper in shown)
    if bare:
        return cards, shown
    line = _key(facts, PostKind.OPENING, _subject(facts))
    rest = _Rest.of(in_order, shown, unread)
    first = PlannedPost(line, tuple(_menu(ranked, shown)))
    return (first, *cards, *_lists(facts, rest, line, room, left - 1 - len(cards))), shown
