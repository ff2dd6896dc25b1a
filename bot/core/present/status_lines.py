"""The truth lines: what arXiv announced, what became of each paper, and why a day is silent, in one sentence each."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.follows.edition import ClosedEdition, Disposition, Stands
from bot.core.follows.follow import Follow
from bot.core.jobs.wait_words import told_cause
from bot.core.papers.calendar import IsDeferred, eastern_day, is_weekend, next_posting
from bot.core.papers.feed import FeedState, Outcome
from bot.core.posts.phrase import day_words, joined, sanitize, truncate

REASONS_SHOWN = 2
REASON_MOST = 160
NAMED, NAME_MOST, NAMES_MOST = 3, 120, 200
ON = "on"
LONGEST_RUN = 3
WEEKEND = ("Saturdays", "Sundays")


def state_words(follow: Follow, today: date) -> str:
    """`on`, `paused`, `muted until …`, `not on yet`."""
    if follow.is_draft:
        return "not on yet"
    if follow.paused:
        return "paused"
    if follow.muted_until is not None and today < follow.muted_until:
        return f"muted until {day_words(follow.muted_until)}"
    return ON


def next_post_at(follow: Follow, now: datetime, is_deferred: IsDeferred) -> datetime | None:
    """When a follow that is on posts next, if arXiv announces as it should; None: not soon."""
    if state_words(follow, eastern_day(now)) != ON:
        return None
    return next_posting(now, follow.hour, follow.zone, follow.weekdays, is_deferred)


def follow_now(follow: Follow, now: datetime, is_deferred: IsDeferred) -> str:
    """`cs.AI in console:main through plain: next post Tue 01 Dec 09:00 Europe/Berlin, if arXiv announces`."""
    state, at = state_words(follow, eastern_day(now)), next_post_at(follow, now, is_deferred)
    if at is not None:
        state = f"next post {at.astimezone(ZoneInfo(follow.zone)):%a %d %b %H:%M} {follow.zone}, if arXiv announces"
    elif state == ON:
        state = "no post within two weeks"
    categories = truncate(", ".join(follow.categories), NAMES_MOST)
    named = categories if follow.label == categories else f"{follow.label} ({categories})"
    return f"{named} in {follow.place} through {follow.lens}: {state}"


def edition_line(edition: ClosedEdition, *, is_operator: bool = True) -> str:
    """`2 June 2026: 331 announced, 331 read, 10 posted, 321 listed`: every announced paper accounted for."""
    fates = edition.fates
    read = fates.get(Disposition.POSTED, 0) + fates.get(Disposition.LISTED, 0)
    words = [f"{sum(fates.values())} announced", f"{read} read", *_standing(edition)]
    words += [f"{fates[fate]} {fate}" for fate in (Disposition.REFUSED, Disposition.EXCLUDED) if fates.get(fate)]
    words += (
        [f"{fates[Disposition.UNREAD]} {Disposition.UNREAD}{_why(edition, is_operator=is_operator)}"]
        if fates.get(Disposition.UNREAD)
        else []
    )
    part = f" (part {edition.key.part})" if edition.key.part > 1 else ""
    return f"{day_words(edition.key.day)}{part}: {', '.join(words)}"


def figures_now(edition: ClosedEdition) -> dict[str, int]:
    """What became of every announced paper by now, by name; the figures add up."""
    stands = stands_of(edition)
    told = {
        str(fate): count
        for fate, count in edition.fates.items()
        if fate not in (Disposition.POSTED, Disposition.LISTED)
    }
    now = {"posted": stands.posted, "listed": stands.listed, "by search": stands.by_search}
    return now | {"waiting": stands.waiting, "nowhere": stands.nowhere} | told


def stands_of(edition: ClosedEdition) -> Stands:
    """What stands of an edition; as planned where nothing else is known."""
    planned = Stands(edition.fates.get(Disposition.POSTED, 0), edition.fates.get(Disposition.LISTED, 0))
    return edition.stands or planned


def _standing(edition: ClosedEdition) -> list[str]:
    """Posted is what stands, not what was planned; what stands in no post is found by search."""
    stands = stands_of(edition)
    words = [f"{stands.posted} posted", f"{stands.listed} listed"]
    words += [f"{stands.by_search} by search"] if stands.by_search else []
    words += [f"{stands.waiting} waiting to be posted"] if stands.waiting else []
    return words + ([f"{stands.nowhere} that could not be posted"] if stands.nowhere else [])


def _why(edition: ClosedEdition, *, is_operator: bool) -> str:
    """Why papers were not read, the commonest reason first, in brackets."""
    reasons = sorted(edition.unread.items(), key=lambda item: (-item[1], item[0]))
    causes = dict.fromkeys(told_cause(noted, is_operator=is_operator) for noted, _ in reasons)
    told = [truncate(sanitize(cause), REASON_MOST) for cause in causes][:REASONS_SHOWN]
    return f" ({'; '.join(told)})" if told else ""


def truth_line(feed: FeedState) -> str:
    """How a category's feed is, in one sentence that names what happens next where something is amiss."""
    missed = _days(feed.missed)
    until = f"read up to {day_words(feed.day)}" if feed.day else ""
    if feed.outcome in (Outcome.ANNOUNCED, Outcome.ALREADY_READ, Outcome.CAUGHT_UP) and feed.day:
        until = ""
    lost = _days(feed.lost)
    return joined(
        (
            _words(feed),
            until,
            f"still to be caught up: {missed}" if missed else "",
            f"lost, because arXiv no longer lists it: {lost}" if lost else "",
            _left_out(feed),
        )
    )


def _days(days: Sequence[date]) -> str:
    """Each day; more than three in a row, weekends apart, as the first and the last."""
    runs: list[list[date]] = []
    for day in days:
        last = runs[-1][-1] if runs else day
        between = (last + timedelta(days=number) for number in range(1, (day - last).days))
        if runs and all(map(is_weekend, between)):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{day_words(run[0])} to {day_words(run[-1])}" if len(run) > LONGEST_RUN else ", ".join(map(day_words, run))
        for run in runs
    )


def _left_out(feed: FeedState) -> str:
    """How many entries of the latest day could not be read, and which."""
    if not feed.left_out or feed.left_out_of is None:
        return ""
    count = len(feed.left_out)
    named = "; ".join(truncate(sanitize(text), NAME_MOST) for text in feed.left_out[:NAMED])
    more = f"; and {count - NAMED} more" if count > NAMED else ""
    entries = "1 entry is" if count == 1 else f"{count} entries are"
    return f"{entries} left out of {day_words(feed.left_out_of)}: {named}{more}"


_SAYS = {
    Outcome.NEVER_POLLED: "{name} has not been looked at yet",
    Outcome.ANNOUNCED: "arXiv has announced {name} for {day}",
    Outcome.ALREADY_READ: "{name} is read up to {day}; nothing new since",
    Outcome.CAUGHT_UP: "{name} is read up to {day}, from the listing, because the feed repeated an earlier day",
    Outcome.NOT_YET: "arXiv has not announced today's {name} yet",
    Outcome.NO_ANNOUNCEMENT_WEEKEND: "{name}: no announcement on {weekend}",
    Outcome.NO_ANNOUNCEMENT_HOLIDAY: "{name}: no announcement today, an arXiv holiday",
    Outcome.EMPTY_WEEKDAY: "{name}: the feed is empty on a weekday, which is not normal; looking again",
    Outcome.STALE: "{name}: the feed repeats an earlier day under today's date; reading the listing, looking again",
}


def _words(feed: FeedState) -> str:
    name, day = feed.category, day_words(feed.day) if feed.day else "no day yet"
    if feed.outcome is Outcome.WRONG_DAY:
        return f"{name} could not be read: {truncate(sanitize(feed.detail), REASON_MOST)}"
    if said := _SAYS.get(feed.outcome):
        return said.format(name=name, day=day, weekend=_weekend(feed))
    return f"{name} could not be read ({feed.outcome}): {_FAILED[feed.outcome]}"


def failed_words(outcome: Outcome) -> str:
    """Why a category could not be read, as the end of a sentence."""
    return _FAILED.get(outcome, "arXiv announced nothing that could be read")


def _weekend(feed: FeedState) -> str:
    """The day of the last look, by arXiv's calendar."""
    weekday = eastern_day(feed.checked_at).weekday() if feed.checked_at else 0
    return WEEKEND[weekday - 5] if weekday >= 5 else "Saturdays and Sundays"


_FAILED = {
    Outcome.ERROR_FEED: "arXiv answered with an error; check that the category exists",
    Outcome.HTML_PAGE: "arXiv sent a web page in place of the feed",
    Outcome.TRUNCATED: "the feed broke off in the middle",
    Outcome.MALFORMED: "what came is not an arXiv feed",
    Outcome.RATE_LIMITED: "arXiv asks for fewer requests",
    Outcome.REFUSED: "arXiv refused the request",
    Outcome.REDIRECTED_AWAY: "the address leads to another site, and was not followed",
    Outcome.TOO_LARGE: "the answer was larger than the settings allow",
    Outcome.TOO_SLOW: "the answer took too long",
    Outcome.SERVER_ERROR: "arXiv reports an error on its side",
    Outcome.UNREACHABLE: "arXiv could not be reached",
}
