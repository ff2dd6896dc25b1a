"""How each process is connected, and what waits for a place that takes no posts: in words, for every status."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.follows.edition import ClosedEdition
from bot.core.posts.connection import LinkState, PlaceOutage, SeenConnection
from bot.core.posts.phrase import sentence, truncate

SILENT_AFTER = timedelta(minutes=2)


def closure_words(closure: PlaceOutage) -> str:
    """Since when a place takes no posts, why, and what to do."""
    since = f"Nothing can be posted since {moment_words(closure.since)}: "
    return f"{since}{truncate(sentence(closure.what), 300)} {truncate(sentence(closure.remedy), 300)}".strip()


def held_words(edition: ClosedEdition, closures: Sequence[PlaceOutage]) -> str:
    """Of a day whose place takes no posts: that what is not out yet waits. Nothing where all of it is out."""
    if edition.stands is not None and not edition.stands.posts_waiting:
        return ""
    is_closed = any(closure.place == str(edition.follow.place) for closure in closures)
    return "what is not out yet waits for the place" if is_closed else ""


def telling(seen: Sequence[SeenConnection], now: datetime | None) -> Sequence[SeenConnection]:
    """Of each platform the processes that are at work, or else the one that was heard of last."""
    last = {
        seen_connection.connection.platform: seen_connection
        for seen_connection in sorted(seen, key=lambda item: item.seen_at)
    }
    working = [seen_connection for seen_connection in seen if _is_at_work(seen_connection, now)]
    served = {seen_connection.connection.platform for seen_connection in working}
    return [*working, *(seen_connection for name, seen_connection in last.items() if name not in served)]


def _is_at_work(seen: SeenConnection, now: datetime | None) -> bool:
    return not _is_silent(seen, now) and seen.connection.state is not LinkState.STOPPED


def _is_silent(seen: SeenConnection, now: datetime | None) -> bool:
    return seen.is_gone or (now is not None and now - seen.seen_at > SILENT_AFTER)


def connection_words(seen: SeenConnection, now: datetime | None) -> str:
    """`discord: connected since …`, or what is wrong and what to do; a process that fell silent is said to have."""
    told = seen.connection
    if _is_silent(seen, now) and told.state is not LinkState.STOPPED:
        return f"{told.platform}: no process is running; last heard of {moment_words(seen.seen_at)}."
    words = f"{told.platform}: {told.state} since {moment_words(seen.since)}."
    return " ".join(filter(None, (words, truncate(sentence(told.detail), 300), truncate(sentence(told.remedy), 300))))


def moment_words(moment: datetime) -> str:
    """`02 Jun 04:00 UTC`."""
    return f"{moment:%d %b %H:%M} UTC"
