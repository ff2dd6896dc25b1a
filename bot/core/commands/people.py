"""What people do with verdicts, as values: votes, requests within limits, feedback, searches, a place's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.commands.event import Actor
from bot.core.papers.paper import ArxivId, Paper
from bot.core.posts.post import Place
from bot.core.verdicts.verdict import Verdict


class Choice(StrEnum):
    """A vote on a verdict."""

    AGREE = "agree"
    DISAGREE = "disagree"


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes of one place on one verdict."""

    agree: int = 0
    disagree: int = 0

    @property
    def total(self) -> int:
        """All votes."""
        return self.agree + self.disagree

    @property
    def words(self) -> str:
        """`3 agree, 1 disagrees`."""
        agree = "1 agrees" if self.agree == 1 else f"{self.agree} agree"
        disagree = "1 disagrees" if self.disagree == 1 else f"{self.disagree} disagree"
        return f"{agree}, {disagree}"


NO_VOTES = Tally()


@dataclass(frozen=True, slots=True)
class AskLimits:
    """What may be asked for that is not known yet, a day: verdicts, answers, and money (USD) that all of them cost."""

    person: int
    place: int
    person_usd: float
    place_usd: float
    answers_person: int = 20
    answers_thread: int = 20
    answers_place: int = 100


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one person reaches: what they may cause for others to see or read, and what a place may follow.

    `public_person`: public posts a person and day; `messages`: a place and day, those of its follows among them.
    """

    public_person: int = 5
    messages: int = 10
    disputes_person: int = 5
    feedback_person: int = 5
    follows: int = 5
    community_follows: int = 50
    categories: int = 10
    direct_follows: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """What a person and a place (and a thread) have asked for on a day, and what it cost (USD)."""

    person: int
    place: int
    person_usd: float
    place_usd: float
    thread: int = 0


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A request that may cost: which verdict, by whom, where, on which day (UTC); `event` is the platform's own id.

    `is_answer`: it is a question, asked in that thread of the place.
    """

    event: str
    asker: Actor
    paper: ArxivId
    lens: str
    day: date
    is_answer: bool = False
    thread: str = ""


@dataclass(frozen=True, slots=True)
class PlaceSettings:
    """What the admins of a place have decided, apart from its follows."""

    sharing: bool = True


@dataclass(frozen=True, slots=True)
class Feedback:
    """Words to the people who run the bot."""

    event: str
    person: str
    place: Place
    words: str
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for among the verdicts that a place may see; None and empty: no such filter.

    `is_begun`: the words are being typed, and each may be the beginning of one. `begins`: how the paper's id begins.
    `is_any`: one of the words is enough; more of them rank higher. `but`: the paper that is not looked for.
    """

    words: str = ""
    categories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    lenses: tuple[str, ...] = ()
    class_name: str | None = None
    paper: ArxivId | None = None
    is_begun: bool = False
    begins: str = ""
    is_any: bool = False
    but: ArxivId | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A verdict that stands in a place: its paper, and the announcement's day under which it was shown."""

    paper: Paper
    verdict: Verdict
    day: date | None
    shown_at: datetime


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of verdicts, and whether there are more after it."""

    hits: tuple[Shown, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """What a report is made of: what stood in a place in a week, and the place's votes on it."""

    shown: tuple[Shown, ...]
    votes: Mapping[tuple[ArxivId, str], Tally]


def refusal(spent: Spent, limits: AskLimits, *, is_answer: bool = False) -> str | None:
    """Which limit is reached, in words; None when one more request fits."""
    counted = _answers_refused(spent, limits) if is_answer else _verdicts_refused(spent, limits)
    if counted is not None:
        return counted
    if spent.person_usd >= limits.person_usd:
        return "Your share of today's money for the model is used up."
    if spent.place_usd >= limits.place_usd:
        return "This channel's share of today's money for the model is used up."
    return None


def _answers_refused(spent: Spent, limits: AskLimits) -> str | None:
    if spent.person >= limits.answers_person:
        return f"You have had {spent.person} answers today, which is the limit for one person."
    if spent.thread >= limits.answers_thread:
        return f"This thread has had {spent.thread} answers today, which is its limit."
    if spent.place >= limits.answers_place:
        return f"This place has had {spent.place} answers today, which is its limit."
    return None


def _verdicts_refused(spent: Spent, limits: AskLimits) -> str | None:
    if spent.person >= limits.person:
        return f"You have asked for {spent.person} verdicts today, which is the limit for one person."
    if spent.place >= limits.place:
        return f"This place has asked for {spent.place} verdicts today, which is its limit."
    return None


def wait_words(now: datetime) -> str:
    """`It goes on at 00:00 UTC, in 5 h 12 min.`: when the day of the limits is over."""
    left = timedelta(days=1) - timedelta(hours=now.hour, minutes=now.minute)
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    words = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return f"It goes on at 00:00 UTC, in {words}."
