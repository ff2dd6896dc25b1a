"""Bytes of a feed -> a day's batch, or a named failure. An error feed or a page is never read as a quiet day.

An entry that is odd is left out and named; the day is what the others say.
"""

import calendar
import re
from collections import Counter
from datetime import UTC, date, datetime, time

from bot.core.errors import SourceUnavailable
from bot.core.papers.calendar import eastern_day
from bot.core.papers.feed import Fetched, Outcome
from bot.core.papers.paper import Batch, Entry, collapse
from bot.sources.entry import OddEntry, entry_of, name_of
from bot.sources.feed_xml import ReadXml, parse_xml

_TITLE = re.compile(r"\s*(?P<categories>\S.*?) updates on arXiv\.org", re.DOTALL)
ERROR_TITLE = "Feed error for query"
FIRST_DAY = date(1991, 8, 14)


def parse_feed(body: bytes, category: str | None, status: int = 200) -> Fetched:
    """A feed of one category. `category` None: read it from the title. Raises `SourceUnavailable`."""
    read = parse_xml(body, "The feed")
    title = collapse(read.feed.get("title", ""))
    if title.startswith(ERROR_TITLE) or status == 400:
        reason = collapse(read.feed.get("subtitle", "") or read.feed.get("description", ""))[:300]
        what = f"arXiv answered with an error feed: {reason or title}"
        raise SourceUnavailable(Outcome.ERROR_FEED, what, "Check the category's name.")
    if read.version in ("rss10", "rss090"):
        raise SourceUnavailable(Outcome.MALFORMED, "The feed is of the form before 2024 (RDF).", "Use /rss or /atom.")
    named = _TITLE.match(title)
    if named is None:
        raise SourceUnavailable(Outcome.MALFORMED, "The feed is not arXiv's.", "Check the address in the settings.")
    day = _day(read)
    entries, odd = _entries(read)
    left_out = (*odd, *(f"{name_of(raw)} (its XML is broken)" for raw in read.broken))
    if left_out and not entries:
        raise SourceUnavailable(Outcome.MALFORMED, f"No entry of the feed can be read: {left_out[0]}.")
    if not entries:
        return Fetched(None, day)
    chosen = category or named["categories"].split(",")[0].strip()
    return Fetched(Batch(chosen, day, entries, left_out=left_out), day)


def _entries(read: ReadXml) -> tuple[tuple[Entry, ...], list[str]]:
    """Each paper once, by its strongest type, and what is left out with the reason."""
    best: dict[str, Entry] = {}
    odd: list[str] = []
    for item in read.entries:
        try:
            entry = entry_of(item)
        except OddEntry as error:
            odd.append(f"{name_of(' '.join(item.get(key, '') for key in ('id', 'link', 'title')))} ({error})")
            continue
        known = best.setdefault(str(entry.paper.id), entry)
        if known.paper != entry.paper:
            odd.append(f"{entry.paper.id} (it is there twice, and not alike)")
        elif entry.type.strength < known.type.strength:
            best[str(entry.paper.id)] = entry
    return tuple(best.values()), odd


def _day(read: ReadXml) -> date:
    """The announcement's date: the channel's pubDate (RSS), what most entries say (Atom), else when it was built."""
    dated = Counter(entry["published_parsed"] for entry in read.entries if entry.get("published_parsed"))
    most = dated.most_common(1)[0][0] if dated else None
    channel = read.feed.get("published_parsed") if read.version.startswith("rss") else None
    parsed = channel or most or read.feed.get("updated_parsed")
    if not parsed:
        raise SourceUnavailable(Outcome.MALFORMED, "The feed bears no date.")
    try:
        moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        day = moment.date() if moment.time() == time(0) else eastern_day(moment)  # midnight of no zone is that date's
    except (ValueError, OverflowError) as error:
        raise SourceUnavailable(Outcome.MALFORMED, "The feed is dated in no year of the calendar.") from error
    if day < FIRST_DAY:
        raise SourceUnavailable(Outcome.MALFORMED, f"The feed is dated {day}, when there was no arXiv.")
    return day
