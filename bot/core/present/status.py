"""The truth about a place, or about the whole bot: feeds, days, what waits, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.follows.edition import ClosedEdition
from bot.core.follows.follow import Follow
from bot.core.jobs.wait_reason import NotedReason
from bot.core.jobs.wait_words import told_cause
from bot.core.papers.feed import FeedState
from bot.core.posts.connection import PlaceOutage, SeenConnection
from bot.core.posts.phrase import joined, line, sentence, told, truncate
from bot.core.posts.post import Line, LineRole, Post, Span, Style
from bot.core.present.answer import answer
from bot.core.present.connection import closure_words, connection_words, held_words, moment_words, telling
from bot.core.present.follow import follow_head
from bot.core.present.status_lines import edition_line, truth_line


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """What `status` says. `problems`: (what is missing, its remedy); `failed`: jobs that need a person, in words;
    `posting`: why posts wait; `fetching`: why what answers need is not there."""

    today: date
    follows: Sequence[Follow]
    feeds: Sequence[FeedState]
    editions: Sequence[ClosedEdition]
    judging: int
    to_post: int
    waiting: Sequence[NotedReason]
    analyst: str
    problems: Sequence[tuple[str, str]]
    closures: Sequence[PlaceOutage] = ()
    connections: Sequence[SeenConnection] = ()
    now: datetime | None = None
    failed: Sequence[str] = ()
    is_operator: bool = False
    posting: Sequence[NotedReason] = ()
    to_answer: int = 0
    fetching: Sequence[NotedReason] = ()


def status_post(facts: StatusFacts) -> Post:
    """One screen: why it is silent, what was posted, what waits, what is missing."""
    lines = [line(LineRole.HEADING, "Status")]
    if not facts.follows:
        lines.append(told(LineRole.PARAGRAPH, "Nothing is followed here yet. An admin begins with `follow add cs.AI`"))
    for feed in facts.feeds:
        lines += _feed(feed)
    for edition in facts.editions:
        words = joined((edition_line(edition, is_operator=facts.is_operator), held_words(edition, facts.closures)))
        lines.append(line(LineRole.BULLET, Span(edition.follow.label, Style.STRONG), f"  {words}"))
    for follow in facts.follows:
        lines.append(follow_head(follow, facts.today))
    for what, remedy in facts.problems:
        lines.append(line(LineRole.BULLET, Span("Missing", Style.STRONG), f"  {what} {remedy}"))
    for closure in facts.closures:
        lines.append(line(LineRole.BULLET, Span("Waits", Style.STRONG), f"  {closure_words(closure)}"))
    lines += [
        line(LineRole.SMALL, connection_words(seen_connection, facts.now))
        for seen_connection in telling(facts.connections, facts.now)
    ]
    counts = ((facts.judging, "to judge"), (facts.to_post, "to post here"), (facts.to_answer, "to answer"))
    waits = joined(_count(number, words) for number, words in counts)
    lines.append(line(LineRole.SMALL, f"Waiting: {waits or 'nothing'}."))
    causes = dict.fromkeys(told_cause(noted, is_operator=facts.is_operator) for noted in facts.waiting)
    lines += [line(LineRole.SMALL, f"Papers wait: {sentence(cause)}") for cause in causes]
    unfetched = dict.fromkeys(told_cause(noted, is_operator=facts.is_operator) for noted in facts.fetching)
    if facts.to_answer:
        lines += [line(LineRole.SMALL, f"Answers wait: {sentence(cause)}") for cause in unfetched]
    held = dict.fromkeys(told_cause(noted, is_operator=facts.is_operator) for noted in facts.posting)
    lines += [line(LineRole.SMALL, f"Posts wait: {truncate(sentence(reason), 300)}") for reason in held]
    lines += [line(LineRole.SMALL, f"Failed: {sentence(words)}") for words in facts.failed]
    lines.append(line(LineRole.SMALL, f"Read by: {facts.analyst}."))
    return answer(lines)


def _feed(feed: FeedState) -> list[Line]:
    looked = f"last look {moment_words(feed.checked_at)}" if feed.checked_at else "not looked at yet"
    ahead = f"next {moment_words(feed.next_check_at)}" if feed.next_check_at else "next at once"
    return [line(LineRole.PARAGRAPH, f"{truth_line(feed)}."), line(LineRole.SMALL, joined((looked, ahead)))]


def _count(number: int, words: str) -> str:
    return f"{number} {words}" if number else ""
