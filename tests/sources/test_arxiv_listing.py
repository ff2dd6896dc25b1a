"""Listings: everything they say they show must be there, and sections become types."""

from datetime import date
from pathlib import Path

import pytest

from bot.core.errors import SourceUnavailable
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import AnnounceType
from bot.sources.listing import parse_listing
from tests.fakes.feeds import invent, invent_day, new_page, recent_page

TUESDAY = date(2026, 6, 2)
MONDAY = date(2026, 6, 1)
PAPERS = [
    *invent_day(6),
    invent(20, type="replace", version=3),
    invent(21, type="replace", categories=("cs.LG", "cs.AI")),
]


def outcome_of(body: bytes) -> str:
    """How reading the page fails."""
    with pytest.raises(SourceUnavailable) as caught:
        parse_listing(body, "cs.AI")
    return caught.value.outcome


def test_the_captured_page_is_read(real_captures: Path) -> None:
    body = (real_captures / "listing" / "list_cs.AI_new_2026-08-12_trimmed.html").read_bytes()
    listing = parse_listing(body, "cs.AI")
    assert (listing.days, listing.total) == ((date(2026, 8, 12),), 6)
    assert [(str(one.id), one.version, one.type) for one in listing.entries] == [
        ("2608.09949", 1, AnnounceType.NEW),
        ("2608.09967", 1, AnnounceType.NEW),
        ("2505.11635", 2, AnnounceType.CROSS),
        ("2607.28646", None, AnnounceType.CROSS),
        ("2112.07752", 5, AnnounceType.REPLACE),
        ("2505.23399", 2, AnnounceType.REPLACE),
    ]
    assert [one.type for one in parse_listing(body, "cs.LG").entries][-1] is AnnounceType.REPLACE_CROSS


def test_sections_become_types_and_a_foreign_replacement_a_cross() -> None:
    listing = parse_listing(new_page(TUESDAY, PAPERS), "cs.AI")
    kinds = {str(one.id): one.type for one in listing.entries}
    assert kinds["2606.00002"] is AnnounceType.NEW
    assert kinds["2606.00001"] is AnnounceType.CROSS
    assert kinds["2606.00020"] is AnnounceType.REPLACE
    assert kinds["2606.00021"] is AnnounceType.REPLACE_CROSS
    assert listing.days == (TUESDAY,)
    assert {str(one.id): one.version for one in listing.entries}["2606.00020"] == 3


def test_a_paper_of_the_archive_is_at_home_in_the_archive() -> None:
    listing = parse_listing(new_page(TUESDAY, PAPERS), "cs")
    assert {one.type for one in listing.entries if "0002" in str(one.id)[-5:-1]} == {AnnounceType.REPLACE}


def test_recent_days_are_kept_apart_and_have_no_types() -> None:
    listing = parse_listing(recent_page({MONDAY: invent_day(3, first=90), TUESDAY: PAPERS}, 0, 2000), "cs.AI")
    assert listing.days == (TUESDAY, MONDAY)
    assert [one.day for one in listing.entries].count(TUESDAY) == 6
    assert {one.type for one in listing.entries} == {None}


def test_a_part_of_a_listing_says_how_much_there_is() -> None:
    listing = parse_listing(new_page(TUESDAY, PAPERS, 0, 3), "cs.AI")
    assert (len(listing.entries), listing.total) == (3, 8)
    rest = parse_listing(new_page(TUESDAY, PAPERS, 3, 50), "cs.AI")
    assert len(listing.joined(rest).entries) == 8


def test_a_day_without_announcement_says_so() -> None:
    listing = parse_listing(new_page(TUESDAY, []), "cs.AI")
    assert (listing.entries, listing.days, listing.total) == ((), (TUESDAY,), 0)


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        (b"<dt>", b"<dx>", Outcome.TRUNCATED),
        (b"showing 4 of 4", b"showing 5 of 5", Outcome.TRUNCATED),
        (b"entries )", b"papers )", Outcome.TRUNCATED),
        (b"June 2026", b"Juin 2026", Outcome.TRUNCATED),
        (b"2 June 2026", b"42 June 2026", Outcome.TRUNCATED),
        (b"<h3>", b"<h4>", Outcome.TRUNCATED),
    ],
)
def test_a_listing_that_contradicts_itself_is_refused(old: bytes, new: bytes, outcome: Outcome) -> None:
    assert outcome_of(new_page(TUESDAY, PAPERS).replace(old, new)) == outcome


def test_a_page_without_entries_that_does_not_say_so_is_refused() -> None:
    assert outcome_of(new_page(TUESDAY, []).replace(b"No updates today.", b"")) == Outcome.TRUNCATED


@pytest.mark.parametrize("body", [b"", b"<html><body>Down for upkeep.</body></html>", b"\x00\xff" * 50])
def test_another_page_is_no_listing(body: bytes) -> None:
    assert outcome_of(body) == Outcome.HTML_PAGE


def test_a_listing_cut_anywhere_is_never_read_as_a_day() -> None:
    body = new_page(TUESDAY, PAPERS)
    for end in range(0, len(body.rstrip()), 31):
        assert outcome_of(body[:end]) in (Outcome.TRUNCATED, Outcome.HTML_PAGE)
