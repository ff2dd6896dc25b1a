"""A follow's day: when it closes, and which paper of it goes where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.core.follow import Follow
from bot.core.paper import AnnounceType, ArxivId, Entry, Paper
from bot.core.post import PostKey
from bot.core.verdict import Verdict


class Fate(StrEnum):
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
    """What an open edition waits for: its follow, and how many of its papers are still being judged.

    `next_judging_at`: all of these wait until then, for the next day's budget, say; None while some are at work.
    """

    follow: Follow
    judging: int
    next_judging_at: datetime | None = None

    def judging_before(self, last: datetime) -> int:
        """How many papers may still be judged before the edition closes at the latest."""
        return 0 if self.next_judging_at is not None and self.next_judging_at >= last else self.judging


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What closing an edition needs to know, read in the transaction that closes it.

    `posted_today`: top-level messages already planned for the place on its local day, over all follows;
    `followed_today`: those of this follow; `opening`: the key of the place's latest opening post of that local day;
    `latest`: no later announcement of these categories is known.
    """

    key: EditionKey
    follow: Follow
    announced: tuple[Announced, ...]
    posted_today: int
    followed_today: int
    opening: PostKey | None
    latest: bool


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A post of an edition: its key, the papers it shows, and the key of the post whose thread it goes to.

    `opened`: of a digest, how many of its papers are opened; the others are one line each.
    """

    key: PostKey
    papers: tuple[ArxivId, ...] = ()
    thread: PostKey | None = None
    opened: int = 0


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """How an edition closes: every announced paper's fate, and the posts in the order they go out."""

    fates: Mapping[ArxivId, Fate]
    posts: tuple[PlannedPost, ...]


@dataclass(frozen=True, slots=True)
class ClosedEdition:
    """An edition after closing: how many papers met which fate (the truth line), and why some were not read."""

    key: EditionKey
    follow: Follow
    closed_at: datetime
    fates: Mapping[Fate, int]
    unread: Mapping[str, int] = field(default_factory=dict)


def admits(follow: Follow, entry: Entry | Announced) -> Fate | None:
    """None when the follow wants to read the paper, else why not: its type, or its words.

    Words count whole and in any letter case, over title and abstract; one required word is enough.
    """
    if entry.type not in follow.types:
        return Fate.EXCLUDED
    text = f"{entry.paper.title} {entry.paper.abstract}"
    if any(_has(text, word) for word in follow.refuse):
        return Fate.REFUSED
    if follow.require and not any(_has(text, word) for word in follow.require):
        return Fate.REFUSED
    return None


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None
