"""A follow's day: when it closes, and which paper of it goes where."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.follows.follow import Follow
from bot.core.jobs.wait_reason import NotedReason
from bot.core.papers.paper import AnnounceType, ArxivId, Entry, Paper
from bot.core.posts.post import PostKey, PostKind
from bot.core.verdicts.verdict import Verdict

RETRY_SOON = timedelta(minutes=1)


class Disposition(StrEnum):
    """How a paper of an edition ends: exactly one of these."""

    POSTED = "posted"
    LISTED = "listed"
    REFUSED = "refused by words"
    EXCLUDED = "excluded by type"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class EditionKey:
    """A follow's day; `part` counts from 1: papers of a day that arrive after it closed make a further part."""

    follow: str
    day: date
    part: int = 1

    def __str__(self) -> str:
        return f"{self.follow}/{self.day.isoformat()}/{self.part}"

    @classmethod
    def parse(cls, text: str) -> "EditionKey":
        """The inverse of `str(key)`."""
        follow, day, part = text.rsplit("/", 2)
        return cls(follow, date.fromisoformat(day), int(part))


@dataclass(frozen=True, slots=True)
class Announced:
    """A paper of a follow's day: its strongest type over the follow's categories, and its verdict if there is one."""

    paper: Paper
    type: AnnounceType
    categories: tuple[str, ...]
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class EditionOutlook:
    """What an open edition waits for: its follow, and how many of its papers are still being judged; not what failed.

    `next_judging_at`: all of these wait until then, for the next day's budget, say; None while some are at work.
    `have_failed`: the model answers and may be paid, so that what waits for long has failed by itself.
    """

    follow: Follow
    judging: int
    next_judging_at: datetime | None = None
    have_failed: bool = False

    def judging_before(self, last: datetime, now: datetime) -> int:
        """How many papers the edition still waits for, which closes at `last` at the latest."""
        if self.next_judging_at is None:
            return self.judging
        has_failed = self.have_failed and self.next_judging_at - now > RETRY_SOON
        return 0 if has_failed or self.next_judging_at >= last else self.judging


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What closing an edition needs to know, read in the transaction that closes it.

    `posted_today`: top-level messages already planned for the place on its local day, over all follows;
    `followed_today`: those of this follow; `threads_today`, `followed_threads_today`: further ones inside threads,
    which count where a place has none; `opening`: the key of the place's latest opening post of that local day;
    `latest`: no later announcement of these categories is known; `early`: the papers whose cards are planned before the
    day closes, counted as posted already; `carded`: those of which a card stands in the place or is planned for it, of
    whatever day and follow.
    """

    key: EditionKey
    follow: Follow
    announced: tuple[Announced, ...]
    posted_today: int
    followed_today: int
    opening: PostKey | None
    latest: bool
    threads_today: int = 0
    followed_threads_today: int = 0
    early: frozenset[ArxivId] = frozenset()
    carded: frozenset[ArxivId] = frozenset()


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A post of an edition: its key, the papers it shows, and the key of the post whose thread it goes to.

    `opened`: of a digest, how many of its papers are opened: its menu is the others, which stand in lists too, and
    then those. An opening line's papers are its menu, and stand in lists. Of the last list: how many papers of the day
    stand in no post.
    """

    key: PostKey
    papers: tuple[ArxivId, ...] = ()
    thread: PostKey | None = None
    opened: int = 0

    @property
    def menu(self) -> tuple[ArxivId, ...]:
        """The papers of its menu, by number."""
        is_digest = self.key.kind is PostKind.DIGEST
        return (*self.papers[self.opened :], *self.papers[: self.opened]) if is_digest else self.papers


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """How an edition closes: every announced paper's fate, and the posts in the order they go out."""

    fates: Mapping[ArxivId, Disposition]
    posts: tuple[PlannedPost, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """What of an edition stands by now, in papers. `by_search`: planned in no post, they are listed nowhere else.

    `waiting`: their post is not out yet; `nowhere`: it was refused or given up; `posts_waiting`: posts, not papers.
    """

    posted: int = 0
    listed: int = 0
    by_search: int = 0
    waiting: int = 0
    nowhere: int = 0
    posts_waiting: int = 0


@dataclass(frozen=True, slots=True)
class SeenPost:
    """A planned post and what became of it: `is_out` when it stands, `is_open` while it may still come to."""

    kind: PostKind
    papers: tuple[str, ...]
    opened: int
    is_out: bool
    is_open: bool

    @property
    def standing(self) -> tuple[str, ...]:
        """The papers that are posted or listed by it: those of a menu stand elsewhere."""
        match self.kind:
            case PostKind.LATE | PostKind.OPENING:
                return ()
            case PostKind.DIGEST:
                return self.papers[: self.opened]
        return self.papers


def what_stands(wanted: Collection[str], posts: Iterable[SeenPost]) -> Stands:
    """Counts the papers that were to be posted or listed by what became of the posts that show them."""
    became: dict[str, str] = {}
    posts_waiting = 0
    for post in posts:
        posts_waiting += post.is_open and not post.is_out
        for paper in post.standing:
            is_shown = post.kind in (PostKind.CARD, PostKind.DIGEST)
            became[paper] = ("posted" if is_shown else "listed") if post.is_out else _not_out(post)
    count = Counter(became.get(paper, "by_search") for paper in wanted)
    return Stands(**count, posts_waiting=posts_waiting)


def _not_out(post: SeenPost) -> str:
    return "waiting" if post.is_open else "nowhere"


@dataclass(frozen=True, slots=True)
class JudgedPaper:
    """A verdict with its paper: what a post shows, and what `export` writes."""

    paper: Paper
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some papers: metadata, and verdicts through one lens."""

    papers: Mapping[ArxivId, Paper]
    verdicts: Mapping[ArxivId, Verdict]


@dataclass(frozen=True, slots=True)
class ClosedEdition:
    """An edition after closing: how many papers met which fate (the truth line), and why some were not read.

    `stands`: what became of the posted and listed ones; None where that was not asked (as planned).
    """

    key: EditionKey
    follow: Follow
    closed_at: datetime
    fates: Mapping[Disposition, int]
    unread: Mapping[NotedReason, int] = field(default_factory=dict)
    stands: Stands | None = None


def admits(follow: Follow, entry: Entry | Announced) -> Disposition | None:
    """None when the follow wants to read the paper, else why not: its type, or its words.

    Words count whole and in any letter case, over title and abstract; one required word is enough.
    """
    if entry.type not in follow.types:
        return Disposition.EXCLUDED
    text = f"{entry.paper.title} {entry.paper.abstract}"
    if any(_has(text, word) for word in follow.refuse):
        return Disposition.REFUSED
    if follow.require and not any(_has(text, word) for word in follow.require):
        return Disposition.REFUSED
    return None


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None
