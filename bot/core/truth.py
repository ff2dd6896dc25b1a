"""The truth lines: what arXiv announced, what became of each paper, and why a day is silent, in one sentence each."""

from bot.core.edition import ClosedEdition, Fate
from bot.core.feed import FeedState, Outcome
from bot.core.phrase import day_words, fit, joined, said
from bot.core.schedule import eastern_day

REASONS = 2
REASON_MOST = 160
WEEKEND = ("Saturdays", "Sundays")


def edition_line(edition: ClosedEdition) -> str:
    """`2 June 2026: 331 announced, 331 read, 10 posted, 321 listed`: every announced paper accounted for."""
    fates = edition.fates
    read = fates.get(Fate.POSTED, 0) + fates.get(Fate.LISTED, 0)
    words = [f"{sum(fates.values())} announced", f"{read} read"]
    words += [f"{fates.get(fate, 0)} {fate}" for fate in (Fate.POSTED, Fate.LISTED)]
    words += [f"{fates[fate]} {fate}" for fate in (Fate.REFUSED, Fate.EXCLUDED) if fates.get(fate)]
    words += [f"{fates[Fate.UNREAD]} {Fate.UNREAD}{_why(edition)}"] if fates.get(Fate.UNREAD) else []
    part = f" (part {edition.key.part})" if edition.key.part > 1 else ""
    return f"{day_words(edition.key.day)}{part}: {', '.join(words)}"


def _why(edition: ClosedEdition) -> str:
    """Why papers were not read, the commonest reason first, in brackets."""
    reasons = sorted(edition.unread.items(), key=lambda one: (-one[1], one[0]))
    told = [fit(said(reason), REASON_MOST) for reason, _ in reasons if reason][:REASONS]
    return f" ({'; '.join(told)})" if told else ""


def truth_line(feed: FeedState) -> str:
    """How a category's feed is, in one sentence that names what happens next where something is amiss."""
    missed = ", ".join(day_words(one) for one in feed.missed)
    until = f"read up to {day_words(feed.day)}" if feed.day else ""
    if feed.outcome in (Outcome.ANNOUNCED, Outcome.ALREADY_READ, Outcome.CAUGHT_UP) and feed.day:
        until = ""
    return joined((_words(feed), until, f"still to be caught up: {missed}" if missed else ""))


def _words(feed: FeedState) -> str:
    name, day = feed.category, day_words(feed.day) if feed.day else "no day yet"
    match feed.outcome:
        case Outcome.NEVER_POLLED:
            return f"{name} has not been looked at yet"
        case Outcome.ANNOUNCED:
            return f"arXiv has announced {name} for {day}"
        case Outcome.ALREADY_READ:
            return f"{name} is read up to {day}; nothing new since"
        case Outcome.CAUGHT_UP:
            return f"{name} is read up to {day}, from the listing, because the feed repeated an earlier day"
        case Outcome.NOT_YET:
            return f"arXiv has not announced today's {name} yet"
        case Outcome.NO_ANNOUNCEMENT_WEEKEND:
            return f"{name}: no announcement on {_weekend(feed)}"
        case Outcome.NO_ANNOUNCEMENT_HOLIDAY:
            return f"{name}: no announcement today, an arXiv holiday"
        case Outcome.EMPTY_WEEKDAY:
            return f"{name}: the feed is empty on a weekday, which is not normal; looking again"
        case Outcome.STALE:
            return f"{name}: the feed repeats an earlier day under today's date; reading the listing, looking again"
        case outcome:
            return f"{name} could not be read ({outcome}): {_FAILED[outcome]}; trying again"


def _weekend(feed: FeedState) -> str:
    """The day of the last look, by arXiv's calendar."""
    weekday = eastern_day(feed.checked_at).weekday() if feed.checked_at else 0
    return WEEKEND[weekday - 5] if weekday >= 5 else "Saturdays and Sundays"


_FAILED = {
    Outcome.ERROR_FEED: "arXiv answered with an error; check that the category exists",
    Outcome.HTML_PAGE: "arXiv sent a web page in place of the feed",
    Outcome.TRUNCATED: "the feed broke off in the middle",
    Outcome.MALFORMED: "what came is no feed of arXiv's",
    Outcome.RATE_LIMITED: "arXiv asks for fewer requests",
    Outcome.REFUSED: "arXiv refused the request",
    Outcome.REDIRECTED_AWAY: "the address leads away from arXiv, and was not followed",
    Outcome.TOO_LARGE: "the answer was larger than the settings allow",
    Outcome.TOO_SLOW: "the answer took too long",
    Outcome.SERVER_ERROR: "arXiv has a fault of its own",
    Outcome.UNREACHABLE: "arXiv could not be reached",
}
