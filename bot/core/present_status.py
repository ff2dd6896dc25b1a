"""The truth about a place, or about the whole bot: feeds, days, what waits, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.connection import Closure, LinkState, SeenConnection
from bot.core.edition import ClosedEdition
from bot.core.feed import FeedState
from bot.core.follow import Follow
from bot.core.phrase import fit, joined, line, sentence
from bot.core.post import Line, Post, Role, Span, Style
from bot.core.present_answer import answer
from bot.core.present_follow import follow_lines
from bot.core.truth import edition_line, truth_line

SILENT = timedelta(minutes=2)


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
    closures: Sequence[Closure] = ()
    connections: Sequence[SeenConnection] = ()
    now: datetime | None = None
    failed: Sequence[str] = ()


def status_post(facts: StatusFacts) -> Post:
    """One screen: why it is silent, what was posted, what waits, what is missing."""
    lines = [line(Role.HEADING, "Status")]
    if not facts.follows:
        lines.append(line(Role.PARAGRAPH, "Nothing is followed here yet. An admin begins with follow add cs.AI"))
    for feed in facts.feeds:
        lines += _feed(feed)
    for edition in facts.editions:
        words = joined((edition_line(edition), held_words(edition, facts.closures)))
        lines.append(line(Role.BULLET, Span(edition.follow.label, Style.STRONG), f"  {words}"))
    for follow in facts.follows:
        lines += follow_lines(follow, facts.today)[:1]
    for what, remedy in facts.problems:
        lines.append(line(Role.BULLET, Span("Missing", Style.STRONG), f"  {what} {remedy}"))
    for one in facts.closures:
        lines.append(line(Role.BULLET, Span("Waits", Style.STRONG), f"  {closure_words(one)}"))
    lines += [line(Role.SMALL, connection_words(one, facts.now)) for one in telling(facts.connections, facts.now)]
    waits = joined((_count(facts.judging, "to judge"), _count(facts.to_post, "to post here")))
    lines.append(line(Role.SMALL, f"Waiting: {waits or 'nothing'}."))
    lines += [line(Role.SMALL, sentence(reason)) for reason in facts.waiting]
    lines += [line(Role.SMALL, f"Failed: {sentence(words)}") for words in facts.failed]
    lines.append(line(Role.SMALL, f"Analyst: {facts.analyst}."))
    return answer(lines)


def closure_words(closure: Closure) -> str:
    """Since when a place takes no posts, why, and what to do."""
    since = f"Nothing can be posted since {_moment(closure.since)}: "
    return f"{since}{fit(sentence(closure.what), 300)} {fit(sentence(closure.remedy), 300)}".strip()


def held_words(edition: ClosedEdition, closures: Sequence[Closure]) -> str:
    """Of a day whose place takes no posts: that what is not out yet waits. Otherwise nothing."""
    is_closed = any(one.place == str(edition.follow.place) for one in closures)
    return "what is not out yet waits for the place" if is_closed else ""


def telling(seen: Sequence[SeenConnection], now: datetime | None) -> Sequence[SeenConnection]:
    """Of each platform the processes that are at work, or else the one that was heard of last."""
    last = {one.connection.platform: one for one in sorted(seen, key=lambda one: one.seen_at)}
    working = [one for one in seen if _is_at_work(one, now)]
    served = {one.connection.platform for one in working}
    return [*working, *(one for name, one in last.items() if name not in served)]


def _is_at_work(seen: SeenConnection, now: datetime | None) -> bool:
    is_silent = now is not None and now - seen.seen_at > SILENT
    return not is_silent and seen.connection.state is not LinkState.STOPPED


def connection_words(seen: SeenConnection, now: datetime | None) -> str:
    """`discord: connected since …`, or what is wrong and what to do; a process that fell silent is said to have."""
    told = seen.connection
    if now is not None and now - seen.seen_at > SILENT:
        return f"{told.platform}: no process is running; last heard of {_moment(seen.seen_at)}."
    words = f"{told.platform}: {told.state} since {_moment(seen.since)}."
    return " ".join(filter(None, (words, fit(sentence(told.detail), 300), fit(sentence(told.remedy), 300))))


def _feed(feed: FeedState) -> list[Line]:
    looked = f"last look {_moment(feed.checked_at)}" if feed.checked_at else "not looked at yet"
    ahead = f"next {_moment(feed.next_check_at)}" if feed.next_check_at else "next at once"
    return [line(Role.PARAGRAPH, f"{truth_line(feed)}."), line(Role.SMALL, joined((looked, ahead)))]


def _moment(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M} UTC"


def _count(number: int, words: str) -> str:
    return f"{number} {words}" if number else ""
