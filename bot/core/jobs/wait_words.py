"""Why something waits and until when, as people are told; the words that were noted are for who runs the bot alone.

What is noted may name addresses, and say what a reply of a model lacked.
"""

import re
from datetime import datetime

from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.core.posts.phrase import sentence, truncate

REASON_MOST = 300
TOLD = {
    WaitReason.UNKNOWN: "the people who run the bot can see why",
    WaitReason.BUDGET: "today’s budget for the model is used up",
    WaitReason.BUDGET_HELD: "the rest of today’s budget for the model is held by answers that are being written",
    WaitReason.BUDGET_KEPT: "the rest of today’s budget for the model is kept for the papers of the day",
    WaitReason.COMMUNITY_SHARE: "this community’s share of today’s budget for the model is used up",
    WaitReason.PERSON_SHARE: "your share of today’s budget for the model is used up",
    WaitReason.MODEL_STOPPED: "the model is stopped",
    WaitReason.MODEL_AWAY: "the model does not answer just now",
    WaitReason.MODEL_UNUSABLE: "the model has given no answer that can be used yet",
    WaitReason.MODEL_AWAITED: "papers wait for the model",
    WaitReason.TEXT_UNREAD: "the paper’s text could not be read just now",
    WaitReason.ARXIV: "arXiv cannot be asked just now",
    WaitReason.FETCHING: "the full text is being fetched",
    WaitReason.JUDGING: "still being judged",
    WaitReason.FIRST_VERDICT: "no paper of the day is judged yet",
    WaitReason.POSTING_HOUR: "the hour of posting has not come",
    WaitReason.ANNOUNCEMENT: "arXiv has not announced the day yet",
    WaitReason.NEXT_LOOK: "the next look at arXiv has not come",
    WaitReason.PLATFORM: "the chat platform does not take it just now",
    WaitReason.PLACE_CLOSED: "the bot cannot post here",
    WaitReason.INTERRUPTED: "the bot was stopped while it worked on it",
    WaitReason.FAULT: "something went wrong in the bot: see its log",
}
_BRACKETS = re.compile(r"(?:(?<!\s)\s+)?\([^()]*\)")
_NEXT_SENTENCE = re.compile(r"(?<=\.)\s")


def told_cause(noted: NotedReason, *, is_operator: bool) -> str:
    """The words as they were noted for who runs the bot; for all others what anybody may be told of it.

    Why a platform does not take a post it says in words for people: of these the first sentence, without what stands
    in brackets.
    """
    if is_operator and noted.words:
        return noted.words
    if noted.words and noted.why in (WaitReason.PLATFORM, WaitReason.PLACE_CLOSED):
        return _BRACKETS.sub("", _NEXT_SENTENCE.split(noted.words, maxsplit=1)[0])
    return TOLD[noted.why]


def again_words(cause: str, until: datetime) -> str:
    """`the model is stopped. It is tried again at 14:20 UTC.`"""
    return f"{truncate(sentence(cause), REASON_MOST)} It is tried again at {until:%H:%M} UTC."
