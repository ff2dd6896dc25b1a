"""What arXiv answered, on its way from a worker: entries and papers as plain values, and back, every part checked.

A failure that has a name is an answer, too.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, TypeVar

from bot.core.errors import MalformedId, SourceUnavailable
from bot.core.papers.feed import Fetched, Outcome
from bot.core.papers.listing import Listed, Listing
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.workers.checks import Nonsense, count, listed, plain

Read = TypeVar("Read")


def answered(read: Callable[[], Any]) -> dict[str, Any]:
    """What was read, or by which name it failed."""
    try:
        return {"read": read()}
    except SourceUnavailable as error:
        return {"outcome": error.outcome, "what": error.what, "remedy": error.remedy}
    except MalformedId as error:
        return {"malformed": error.what, "remedy": error.remedy}


def paper_said(paper: Paper) -> dict[str, Any]:
    """A paper as plain values."""
    return asdict(paper) | {"id": str(paper.id)}


def feed_said(fetched: Fetched) -> dict[str, Any]:
    """A feed as plain values."""
    batch = fetched.batch
    entries = [(paper_said(entry.paper), entry.type, entry.inferred) for entry in batch.entries] if batch else None
    return {
        "day": str(fetched.day) if fetched.day else None,
        "category": batch.category if batch else "",
        "entries": entries,
        "left_out": batch.left_out if batch else (),
    }


def listing_said(listing: Listing) -> dict[str, Any]:
    """A listing as plain values."""
    return {
        "entries": [(str(entry.id), entry.version, str(entry.day), entry.type) for entry in listing.entries],
        "days": [str(day) for day in listing.days],
        "total": listing.total,
        "left_out": [(str(day), words) for day, words in listing.left_out],
    }


def feed_of(said: Any) -> Fetched:
    """The feed that was read; `SourceUnavailable` where it is none."""
    return _checked(said, _feed)


def listing_of(said: Any) -> Listing:
    """The listing that was read; `SourceUnavailable` where it is none."""
    return _checked(said, _listing)


def papers_of(said: Any) -> dict[ArxivId, Paper]:
    """The papers that were read; `SourceUnavailable` or `MalformedId` where there are none to read."""
    return _checked(said, lambda read: {paper.id: paper for paper in map(_paper, listed(read))})


def _checked(said: Any, read: Callable[[Any], Read]) -> Read:
    try:
        if "outcome" in said:
            raise SourceUnavailable(Outcome(said["outcome"]), plain(said["what"], 2000), plain(said["remedy"], 500))
        if "malformed" in said:
            raise MalformedId(plain(said["malformed"], 2000), plain(said["remedy"], 500))
        return read(said["read"])
    except (ValueError, TypeError, KeyError, IndexError):
        raise Nonsense from None


def _feed(read: Mapping[str, Any]) -> Fetched:
    day = date.fromisoformat(read["day"]) if read["day"] is not None else None
    if read["entries"] is None or day is None:
        return Fetched(None, day)
    entries = tuple(
        Entry(_paper(paper), AnnounceType(kind), is_inferred is True)
        for paper, kind, is_inferred in listed(read["entries"])
    )
    left_out = tuple(plain(words, 2000) for words in listed(read["left_out"]))
    return Fetched(Batch(plain(read["category"], 200), day, entries, left_out=left_out), day)


def _listing(read: Mapping[str, Any]) -> Listing:
    return Listing(
        tuple(
            Listed(ArxivId(plain(name, 60)), _version(version), _day(day), None if kind is None else AnnounceType(kind))
            for name, version, day, kind in listed(read["entries"])
        ),
        tuple(map(_day, listed(read["days"]))),
        count(read["total"]),
        tuple((_day(day), plain(words, 2000)) for day, words in listed(read["left_out"])),
    )


def _paper(said: Mapping[str, Any]) -> Paper:
    most = 1 << 20
    return Paper(
        id=ArxivId(plain(said["id"], 60)),
        version=_version(said["version"]),
        title=plain(said["title"], most),
        abstract=plain(said["abstract"], most),
        authors=plain(said["authors"], most),
        categories=tuple(plain(name, 200) for name in listed(said["categories"])),
        comment=None if said["comment"] is None else plain(said["comment"], most),
        licence=None if said["licence"] is None else plain(said["licence"], 500),
    )


def _version(said: Any) -> int | None:
    return None if said is None else count(said)


def _day(said: Any) -> date:
    return date.fromisoformat(plain(said, 10))
