"""Why something waits, as a value that code decides by; the words beside it are for people alone."""

from dataclasses import dataclass
from enum import StrEnum


class WaitReason(StrEnum):
    """Why work was put off. `unknown`: nobody has noted it, or an older version did in words alone."""

    UNKNOWN = ""
    BUDGET = "budget"
    BUDGET_HELD = "budget held by running calls"
    BUDGET_KEPT = "budget kept for the day"
    COMMUNITY_SHARE = "share of the community"
    PERSON_SHARE = "share of the person"
    MODEL_STOPPED = "model stopped"
    MODEL_AWAY = "model away"
    MODEL_UNUSABLE = "model unusable"
    MODEL_AWAITED = "model awaited"
    TEXT_UNREAD = "text unread"
    ARXIV = "arxiv away"
    FETCHING = "fetching"
    JUDGING = "judging"
    FIRST_VERDICT = "first verdict"
    POSTING_HOUR = "posting hour"
    ANNOUNCEMENT = "announcement"
    NEXT_LOOK = "next look"
    PLATFORM = "platform"
    PLACE_CLOSED = "place closed"
    INTERRUPTED = "interrupted"
    FAULT = "fault"

    @property
    def is_budget(self) -> bool:
        """Whether it waits for money, which the next day or a new setting brings."""
        return self in BUDGET_REASONS

    @property
    def is_model(self) -> bool:
        """Whether it waits for a model that does not do its work."""
        return self in MODEL_REASONS


BUDGET_REASONS = (
    WaitReason.BUDGET,
    WaitReason.BUDGET_HELD,
    WaitReason.BUDGET_KEPT,
    WaitReason.COMMUNITY_SHARE,
    WaitReason.PERSON_SHARE,
)
MODEL_REASONS = (WaitReason.MODEL_STOPPED, WaitReason.MODEL_AWAY, WaitReason.MODEL_UNUSABLE)
# What an edition waits for that comes by itself, and not soon.
AWAITED = (WaitReason.POSTING_HOUR, WaitReason.ANNOUNCEMENT, WaitReason.MODEL_AWAITED)


@dataclass(frozen=True, slots=True, order=True)
class NotedReason:
    """Why something waits, and the words that were noted of it, which are for who runs the bot."""

    why: WaitReason
    words: str = ""


NOT_NOTED = NotedReason(WaitReason.UNKNOWN)
