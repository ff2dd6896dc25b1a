"""When a follow's day closes, and which paper of it goes where.

Every announced paper ends in exactly one `Fate`, and the figures add up to what was announced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.edition import EditionFacts, EditionPlan, Fate, PlannedPost, admits
from bot.core.follow import Follow, Mode
from bot.core.paper import ArxivId
from bot.core.post import PostKey, PostKind
from bot.core.scoring import rank
from bot.core.verdict import Verdict

PATIENCE = timedelta(hours=3)
# Characters, links and marks among them, that the parts of a digest take at most on a platform with bounded posts.
HEAD_MOST, OPENED_MOST, ROW_MOST = 500, 800, 340


@dataclass(frozen=True, slots=True)
class Room:
    """What fits: messages a day in a place over all its follows, lines in one post of the platform, and the
    characters of a digest (None: any number)."""

    messages_a_day: int
    list_lines: int
    digest_characters: int | None = None

    def digest(self, opened: int) -> tuple[int, int]:
        """How many papers of a digest stand in its first post, and how many of them opened."""
        if self.digest_characters is None:
            return max(opened, self.list_lines), opened
        opened = min(opened, max(1, (self.digest_characters - HEAD_MOST) // OPENED_MOST))
        left = self.digest_characters - HEAD_MOST - opened * OPENED_MOST
        return opened + min(max(0, left // ROW_MOST), self.list_lines), opened


def closes_at(posting_at: datetime, opened_at: datetime) -> datetime:
    """When an edition closes at the latest: three hours after the posting hour, or the announcement if later."""
    return max(posting_at, opened_at) + PATIENCE


def may_close(judging: int, awaited: bool, now: datetime, posting_at: datetime, last: datetime) -> bool:
    """Whether an edition closes now. `awaited`: a category of the follow has not been announced yet."""
    if now < posting_at:
        return False
    return now >= last or not (awaited or judging)


def plan(facts: EditionFacts, room: Room) -> EditionPlan:
    """The fates of all announced papers, and the posts of the edition in the order they go out."""
    follow = facts.follow
    fates, verdicts = _sort_out(facts)
    ranked = [verdict.paper for verdict in rank(verdicts)]
    if not ranked:
        return EditionPlan(fates, ())
    left = min(room.messages_a_day - facts.posted_today, follow.limit - facts.followed_today)
    if left <= 0 or not facts.latest or facts.key.part > 1:
        posts: tuple[PlannedPost, ...] = _late(facts, ranked, room, left)
        shown: Sequence[ArxivId] = ()
    elif _mode(follow, verdicts) is Mode.DIGEST:
        posts, shown = _digest(facts, ranked, room)
    else:
        eligible = [v.paper for v in rank(verdicts) if v.score >= follow.threshold]
        posts, shown = _cards(facts, ranked, eligible, room, left)
    fates |= dict.fromkeys(ranked, Fate.LISTED) | dict.fromkeys(shown, Fate.POSTED)
    return EditionPlan(fates, posts)


def _sort_out(facts: EditionFacts) -> tuple[dict[ArxivId, Fate], list[Verdict]]:
    """The fates that are known before ranking, and the verdicts of all others."""
    fates: dict[ArxivId, Fate] = {}
    verdicts: list[Verdict] = []
    for announced in facts.announced:
        fate = admits(facts.follow, announced)
        if fate is None and announced.verdict is not None:
            verdicts.append(announced.verdict)
        else:
            fates[announced.paper.id] = fate or Fate.UNREAD
    return fates, verdicts


def _mode(follow: Follow, verdicts: Sequence[Verdict]) -> Mode:
    """Without a model every follow is a digest: rules must not brand a paper on a card of its own."""
    return follow.mode if any(verdict.analysis for verdict in verdicts) else Mode.DIGEST


def _key(facts: EditionFacts, kind: PostKind, subject: str) -> PostKey:
    return PostKey(facts.follow.place, kind, subject, facts.follow.lens)


def _subject(facts: EditionFacts) -> str:
    """An edition's day, as a subject; the follow's name keeps two follows of a place and lens apart."""
    part = f"/{facts.key.part}" if facts.key.part > 1 else ""
    return f"{facts.key.day.isoformat()}/{facts.key.follow}{part}"


def _lists(facts: EditionFacts, papers: Sequence[ArxivId], thread: PostKey, room: Room) -> tuple[PlannedPost, ...]:
    """One line a paper, in posts of the platform's size, in a thread."""
    size = max(1, room.list_lines)
    chunks = [tuple(papers[at : at + size]) for at in range(0, len(papers), size)]
    return tuple(
        PlannedPost(_key(facts, PostKind.LIST, f"{_subject(facts)}/{number}"), chunk, thread)
        for number, chunk in enumerate(chunks, 1)
    )


def _late(facts: EditionFacts, ranked: Sequence[ArxivId], room: Room, left: int) -> tuple[PlannedPost, ...]:
    """An older day, a straggler or a full channel: one line, or none where an opening line can carry the list."""
    if left <= 0 and facts.opening is not None:
        return _lists(facts, ranked, facts.opening, room)
    line = _key(facts, PostKind.LATE, _subject(facts))
    return (PlannedPost(line, tuple(ranked)), *_lists(facts, ranked, line, room))


def _digest(
    facts: EditionFacts, ranked: Sequence[ArxivId], room: Room
) -> tuple[tuple[PlannedPost, ...], Sequence[ArxivId]]:
    """One post with one line a paper, the most revealing opened; what does not fit goes to its thread."""
    line = _key(facts, PostKind.DIGEST, _subject(facts))
    fits, most = room.digest(min(facts.follow.cards, len(ranked)))
    opened = ranked[:most]
    first = PlannedPost(line, tuple(ranked[:fits]), opened=len(opened))
    return (first, *_lists(facts, ranked[fits:], line, room)), opened


def _cards(
    facts: EditionFacts, ranked: Sequence[ArxivId], eligible: Sequence[ArxivId], room: Room, left: int
) -> tuple[tuple[PlannedPost, ...], Sequence[ArxivId]]:
    """The most revealing as cards under an opening line, all others in its thread."""
    every = facts.follow.mode is Mode.EVERY
    bare = every and len(eligible) == len(ranked) <= left
    most = len(eligible) if every else facts.follow.cards
    shown = eligible if bare else eligible[: min(most, left - 1)]
    cards = tuple(PlannedPost(_key(facts, PostKind.CARD, str(paper)), (paper,)) for paper in shown)
    if bare:
        return cards, shown
    line = _key(facts, PostKind.OPENING, _subject(facts))
    shown_ids = set(shown)
    rest = [paper for paper in ranked if paper not in shown_ids]
    return (PlannedPost(line), *cards, *_lists(facts, rest, line, room)), shown
