"""The part of the store's protocol that people cause: follows of commands, votes, requests, searches, forgetting."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.core.commands.acts import Act, ActLimits, Over
from bot.core.commands.people import (
    AskedFor,
    AskLimits,
    Choice,
    Feedback,
    FoundPage,
    PlaceSettings,
    SearchQuery,
    Spent,
    Tally,
    WeekFacts,
)
from bot.core.follows.follow import Follow
from bot.core.jobs.job import NewJob
from bot.core.papers.paper import ArxivId, Entry
from bot.core.posts.post import Place


class PeopleStore(Protocol):
    """What people cause. Every method is one transaction."""

    async def add_follow(self, follow: Follow) -> bool:
        """Add a follow that a command made; False when the name is taken."""

    async def change_follow(self, name: str, change: Callable[[Follow], Follow]) -> Follow | None:
        """Change a follow that a command made, as it is at that moment; None when there is none of that name."""

    async def remove_follow(self, name: str) -> bool:
        """Remove a follow that a command made, and its open editions with it."""

    async def post_now(self, follow: Follow, day: date, now: datetime, new_jobs: Sequence[NewJob]) -> bool:
        """Open a follow's edition of a day that is stored, to be closed at once; False when it has one already."""

    async def announced(self, categories: Collection[str], day: date) -> Sequence[Entry]:
        """What those categories announced on that day: each paper once, with its strongest type, by id."""

    async def latest_days(self, ids: Collection[ArxivId]) -> Mapping[ArxivId, date]:
        """The latest announcement day of each paper that was ever announced."""

    async def place_settings(self, place: Place) -> PlaceSettings:
        """What the admins of the place decided; the defaults where they decided nothing."""

    async def put_place_settings(self, place: Place, community: str, settings: PlaceSettings) -> None:
        """Keep what the admins of the place decided."""

    async def vote(self, place: Place, community: str, person: str, paper: ArxivId, lens: str, choice: Choice) -> Tally:
        """One vote a person, place and verdict: a second one takes the place of the first."""

    async def tally(self, place: Place, paper: ArxivId, lens: str) -> Tally:
        """The place's votes on a verdict."""

    async def ask_for(self, request: AskedFor, limits: AskLimits) -> Spent | None:
        """Count a request within the limits, once an event; what was spent already when it does not fit."""

    async def take_back_request(self, event: str) -> None:
        """A request that another limit refused, and that cost nothing, counts for nobody."""

    async def settle_request(self, event: str, cost_usd: float) -> None:
        """What answering the request cost."""

    async def release_place(self, event: str) -> None:
        """A request that came to nothing counts for its person, no longer for the place."""

    async def count_act(self, act: Act, limits: ActLimits) -> Over | None:
        """Count an act within the limits, once an event; which limit it would break, if any."""

    async def note_unknown(self, paper: ArxivId) -> None:
        """arXiv was asked, and knows no such paper."""

    async def is_unknown(self, paper: ArxivId, within: timedelta) -> bool:
        """Whether arXiv said within that time that it knows no such paper."""

    async def forget_acts(self, older: timedelta) -> None:
        """Delete what was counted, and what was not found, longer ago than that."""

    async def add_feedback(self, feedback: Feedback) -> None:
        """Keep what somebody wants to tell the people who run the bot; once an event."""

    async def feedback(self, limit: int = 100) -> Sequence[Feedback]:
        """The latest feedback, newest first."""

    async def search(self, place: Place, query: SearchQuery, limit: int, offset: int) -> FoundPage:
        """Verdicts that stand in the place, one a paper, the best match first; without words the latest first."""

    async def is_shown(self, place: Place, paper: ArxivId, lens: str) -> bool:
        """Whether that verdict stands in the place."""

    async def week(self, place: Place, begin: datetime, end: datetime) -> WeekFacts:
        """What was shown in the place from `begin` until before `end`, and its votes."""

    async def forget_person(self, person: str) -> int:
        """Delete everything stored about a person; how many rows."""

    async def forget_place(self, place: Place) -> int:
        """Delete everything stored about a place: follows, votes, requests, feedback, posts; how many rows."""

    async def forget_community(self, community: str) -> int:
        """Delete what still names a person or place of a workspace whose places were forgotten; how many rows."""

    async def places_of(self, community: str) -> Sequence[Place]:
        """Every place of a guild or workspace that is known from follows, votes, requests and settings."""

    async def communities(self, platform: str) -> Sequence[str]:
        """Every guild or workspace of a platform about which something is stored."""

    async def forget_old(self, posted: timedelta, unposted: timedelta) -> int:
        """Delete a piece of what is older than that, posts and the rest; how many rows, 0 when nothing is left."""

    async def forget_remarks(self, older: timedelta) -> int:
        """Delete what people wrote and asked longer ago than that; how many rows."""
