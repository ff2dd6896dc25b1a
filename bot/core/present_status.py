"""The truth about a place, or about the whole bot: feeds, days, what waits, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.edition import ClosedEdition
from bot.core.feed import FeedState
from bot.core.follow import Follow
from bot.core.phrase import joined, line, sentence
from bot.core.post import Line, Post, Role, Span, Style
from bot.core.present_answer import answer
from bot.core.present_follow import follow_lines
from bot.core.truth import edition_line, truth_line


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """What `status` says. `problems`: (what is missing, its remedy); `failed`: jobs that need a person, in words."""

    today: date
    follows: Sequence[Follow]
    feeds: Sequence[FeedState]
    editions: Sequence[ClosedEdition]
    judging: int
    to_post: int
    waiting: Sequence[str]
    analyst: str
    problems: Sequence[tuple[str, str]]
    failed: Sequence[str] = ()


def status_post(facts: StatusFacts) -> Post:
    """One screen: why it is silent, what was posted, what waits, what is missing."""
    lines = [line(Role.HEADING, "Status")]
    if not facts.follows:
        lines.append(line(Role.PARAGRAPH, "Nothing is followed here yet. An admin begins with follow add cs.AI"))
    for feed in facts.feeds:
        lines += _feed(feed)
    for edition in facts.editions:
        lines.append(line(Role.BULLET, Span(edition.follow.label, Style.STRONG), f"  {edition_line(edition)}"))
    for follow in facts.follows:
        lines += follow_lines(follow, facts.today)[:1]
    for what, remedy in facts.problems:
        lines.append(line(Role.BULLET, Span("Missing", Style.STRONG), f"  {what} {remedy}"))
    waits = joined((_count(facts.judging, "to judge"), _count(facts.to_post, "to post here")))
    lines.append(line(Role.SMALL, f"Waiting: {waits or 'nothing'}."))
    lines += [line(Role.SMALL, sentence(reason)) for reason in facts.waiting]
    lines += [line(Role.SMALL, f"Failed: {sentence(words)}") for words in facts.failed]
    lines.append(line(Role.SMALL, f"Analyst: {facts.analyst}."))
    return answer(lines)


def _feed(feed: FeedState) -> list[Line]:
    looked = f"last look {_moment(feed.checked_at)}" if feed.checked_at else "not looked at yet"
    ahead = f"next {_moment(feed.next_check_at)}" if feed.next_check_at else "next at once"
    return [line(Role.PARAGRAPH, f"{truth_line(feed)}."), line(Role.SMALL, joined((looked, ahead)))]


def _moment(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M} UTC"


def _count(number: int, words: str) -> str:
    return f"{number} {words}" if number else ""
