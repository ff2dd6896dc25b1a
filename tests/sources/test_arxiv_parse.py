"""Feeds: titles and abstracts equal arXiv's to the character, and what is no whole feed is refused by name."""

import asyncio
import gc
import json
import re
from datetime import date
from pathlib import Path

import pytest

from bot.core.errors import SourceUnavailable
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import AnnounceType, ArxivId, Paper, collapse
from bot.sources.arxiv import ArxivSource
from bot.sources.feed import parse_feed
from bot.sources.saved import SavedSource
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.feeds import Invented, atom, error_rss, invent, invent_day, rss
from tests.sources.conftest import Build

TUESDAY = date(2026, 6, 2)
WEEK = {"2026-06-01": 107, "2026-06-02": 331, "2026-06-03": 138, "2026-06-04": 89, "2026-06-05": 172}
TORN = (
    "atom_cs.AI_2025-08-20_5entries_TRUNCATED.xml",
    "atom_cs.AI_2025-08-20_87entries_TRUNCATED.xml",
    "rss20_cs.AI_2025-09-18_head_TRUNCATED.xml",
)


def outcome_of(body: bytes, status: int = 200) -> str:
    """How reading the bytes fails."""
    with pytest.raises(SourceUnavailable) as caught:
        parse_feed(body, "cs.AI", status)
    return caught.value.outcome


@pytest.mark.parametrize(
    "name",
    [f"official_cs.AI_{day}_real_metadata.rss.xml" for day in WEEK]
    + ["official_cs.AI_2026-06-02_real_metadata.atom.xml"],
)
def test_titles_and_abstracts_equal_arxivs_to_the_character(captures: Path, name: str) -> None:
    lines = (captures / "metadata" / "cs.AI_week_2026-06-01_to_06-05.jsonl").read_text(encoding="utf-8").splitlines()
    day = name.split("_")[2]
    known = {row["id"]: row for row in map(json.loads, lines) if row["list_date"] == day}
    batch = parse_feed((captures / "generated" / name).read_bytes(), "cs.AI").batch
    assert batch is not None
    assert (str(batch.day), len(batch.entries), len(known)) == (day, WEEK[day], WEEK[day])
    different = [
        entry.paper.id
        for entry in batch.entries
        if (entry.paper.title, entry.paper.abstract)
        != (collapse(known[str(entry.paper.id)]["title"]), collapse(known[str(entry.paper.id)]["abstract"]))
    ]
    assert different == []


def test_every_closed_capture_is_read_and_every_torn_one_refused(captures: Path) -> None:
    read = {}
    for file in sorted((captures / "rss").iterdir()):
        if file.name in TORN:
            assert outcome_of(file.read_bytes()) == Outcome.TRUNCATED
        elif file.name.startswith("rdf10"):
            assert outcome_of(file.read_bytes()) == Outcome.MALFORMED
        else:
            batch = parse_feed(file.read_bytes(), None).batch
            assert batch is not None
            read[file.name.split("_")[1]] = len(batch.entries)
    assert read["cs.CL"] == read["cs.LG"] == 3
    assert read["multi"] == 4


def test_a_real_entry_is_cleaned_of_its_wrapping(captures: Path) -> None:
    batch = parse_feed((captures / "rss" / "atom_cs.AI_2025-08-20_86entries_closed.xml").read_bytes(), "cs.AI").batch
    assert batch is not None
    assert batch.day == date(2025, 8, 20)
    assert sum(entry.type is AnnounceType.CROSS for entry in batch.entries) == 45
    assert not any("Announce Type" in entry.paper.abstract for entry in batch.entries)
    assert all(entry.paper.primary for entry in batch.entries)


@pytest.mark.parametrize("serialize", [rss, atom])
def test_t4_an_entry_gives_a_versionless_key_and_its_raw_texts(serialize) -> None:  # type: ignore[no-untyped-def]
    odd = Invented(
        "2508.13426",
        version=2,
        title="Cupboards & <i>Rooms</i> at 5%: $\\mathcal{O}(n^2)$ &amp; ~more_",
        abstract="We ask H&E whether $a < b$ & \\texttt{<SEG>} holds.\n  Two   spaces &lt; one; caf\u00e9 100% #1.",
        type="cross",
        categories=("econ.EM", "cs.AI"),
        authors="A. Author (Inst. of Cupboards, Room 5), Paulo Andr\\'e",
    )
    batch = parse_feed(serialize(TUESDAY, [odd]), "cs.AI").batch
    assert batch is not None
    (entry,) = batch.entries
    assert entry.type is AnnounceType.CROSS
    assert entry.paper == Paper(
        ArxivId("2508.13426"),
        2,
        odd.title,
        collapse(odd.abstract),
        odd.authors,
        ("econ.EM", "cs.AI"),
        None,
        "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    )


@pytest.mark.parametrize("serialize", [rss, atom])
def test_t3_new_cross_replace_and_replace_cross_are_kept_apart(serialize) -> None:  # type: ignore[no-untyped-def]
    papers = [invent(at, type=kind) for at, kind in enumerate(("new", "cross", "replace", "replace-cross"), 1)]
    fetched = parse_feed(serialize(TUESDAY, papers), "cs.AI")
    assert fetched.batch is not None
    assert [entry.type for entry in fetched.batch.entries] == list(AnnounceType)
    assert fetched.day == TUESDAY


def test_a_paper_that_is_there_twice_counts_once_by_its_strongest_type() -> None:
    batch = parse_feed(rss(TUESDAY, [invent(1, type="replace"), invent(1), invent(1, type="cross")]), "cs.AI").batch
    assert batch is not None
    assert [entry.type for entry in batch.entries] == [AnnounceType.NEW]


def test_a_withdrawal_is_seen_in_the_feed() -> None:
    batch = parse_feed(rss(TUESDAY, [invent(1).withdrawn(), invent(2)]), "cs.AI").batch
    assert batch is not None
    assert [entry.paper.is_withdrawn for entry in batch.entries] == [False, True]


@pytest.mark.parametrize("serialize", [rss, atom])
@pytest.mark.parametrize("day", [date(2026, 3, 9), date(2026, 11, 2), date(2026, 12, 31)])
def test_the_day_is_the_eastern_date_in_summer_and_in_winter(serialize, day: date) -> None:  # type: ignore[no-untyped-def]
    assert parse_feed(serialize(day, invent_day(3)), "cs.AI").day == day
    assert parse_feed(serialize(day), "cs.AI").day == day


@pytest.mark.parametrize(
    "stamp",
    [
        "Tue, 02 Jun 2026 00:00:00 GMT",
        "Tue, 02 Jun 2026 00:00:00 +0000",
        "Tue, 02 Jun 2026 00:00:00 -0400",
        "Tue, 02 Jun 2026 04:00:00 GMT",
        "Tue, 02 Jun 2026 23:59:59 EDT",
        "2026-06-02T00:00:00Z",
        "2026-06-02",
    ],
)
def test_the_day_is_the_date_in_whatever_form_it_is_written(stamp: str) -> None:
    feed = rss(TUESDAY, invent_day(3)).replace(b"Tue, 02 Jun 2026 00:00:00 -0400", stamp.encode())
    assert parse_feed(feed, "cs.AI").day == TUESDAY


def test_an_empty_feed_has_a_day_and_no_batch(captures: Path) -> None:
    for file in sorted((captures / "generated").glob("official_empty_*")):
        fetched = parse_feed(file.read_bytes(), None)
        assert (fetched.batch, fetched.day) == (None, date(2026, 4, 18))


def test_an_error_feed_is_no_weekend(captures: Path) -> None:
    for file in sorted((captures / "generated").glob("official_error400_*")):
        assert outcome_of(file.read_bytes(), 400) == Outcome.ERROR_FEED
        assert outcome_of(file.read_bytes(), 200) == Outcome.ERROR_FEED


def test_an_error_feed_says_why() -> None:
    with pytest.raises(SourceUnavailable, match="Bad archive 'x'"):
        parse_feed(error_rss("x", "Bad archive 'x'."), "x", 400)


def test_arxivs_pages_are_pages(captures: Path) -> None:
    for file in sorted((captures / "generated").glob("official_page_*")):
        assert outcome_of(file.read_bytes()) in (Outcome.HTML_PAGE, Outcome.MALFORMED, Outcome.TRUNCATED)


def test_t6_a_feed_cut_anywhere_is_never_read_as_a_day() -> None:
    body = rss(TUESDAY, invent_day(3)).rstrip()
    for end in range(0, len(body), 7):
        assert outcome_of(body[:end]) in (Outcome.TRUNCATED, Outcome.MALFORMED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<arxiv:announce_type>new<", b"<arxiv:announce_type>renewed<"),
        (b"oai:arXiv.org:2606.00001v1", b"oai:arXiv.org:none"),
        (b" updates on arXiv.org<", b" of somebody else<"),
        (b"</item>", b"</ITEM>"),
        (b"</title>", b"&bogus;</title>"),
    ],
)
def test_t6_a_malformed_feed_is_named(old: bytes, new: bytes) -> None:
    body = rss(TUESDAY, [invent(1)]).replace(b"abs/2606.00001", b"abs/none").replace(old, new)
    assert outcome_of(body) == Outcome.MALFORMED


def test_a_feed_without_a_date_is_malformed() -> None:
    body = rss(TUESDAY, [invent(1)])
    for mark in (b"pubDate", b"lastBuildDate"):
        body = body.replace(mark, b"someDate")
    assert outcome_of(body) == Outcome.MALFORMED


def test_a_feed_of_a_time_before_arxiv_is_malformed() -> None:
    body = rss(TUESDAY, [invent(1)]).replace(b"2026", b"0001")
    assert outcome_of(body) == Outcome.MALFORMED


@pytest.mark.parametrize("form", [rss, atom])
@pytest.mark.parametrize("stamp", [b"0000-01-01", b"0001-01-01T03:00:00Z", b"9999-12-31T23:59:59-23:59"])
def test_a_feed_of_a_year_that_no_calendar_has_is_malformed(form, stamp: bytes) -> None:  # type: ignore[no-untyped-def]
    dated = re.compile(rb"<(pubDate|lastBuildDate|published|updated)>[^<]*")
    body = dated.sub(rb"<\1>" + stamp, form(TUESDAY, [invent(1)]))
    assert outcome_of(body) == Outcome.MALFORMED


def test_many_comments_are_read_in_one_pass() -> None:
    body = rss(TUESDAY, [invent(1)])
    head, mark, rest = body.partition(b"<rss")
    comments = b"<!-- a -->\n" * 60
    assert parse_feed(head + comments + mark + rest, "cs.AI").batch
    assert outcome_of(head + comments + b"<html><body>Upkeep</body></html>") == Outcome.HTML_PAGE


def test_entities_do_not_unfold() -> None:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (at, b"&l%d;" % (at - 1) * 10) for at in range(1, 12))
    body = rss(TUESDAY, [invent(1)]).replace(b"<rss", b'<!DOCTYPE rss [<!ENTITY l0 "ha">' + laughs + b"]>\n<rss", 1)
    body = body.replace(b"We arrange", b"&l11;")
    assert outcome_of(body) == Outcome.MALFORMED


def test_a_body_that_names_a_file_opens_none(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml</rss>"
    assert outcome_of(str(secret).encode()) == Outcome.MALFORMED


async def test_a_saved_feed_is_a_source(tmp_path: Path) -> None:
    file = tmp_path / "day.xml"
    file.write_bytes(atom(TUESDAY, invent_day(6), "cs.LG"))
    source = SavedSource.read(file)
    fetched = await source.fetch_feed("cs.LG", None, None)
    assert source.category == "cs.LG"
    assert fetched.batch is not None
    assert set(await source.fetch_papers([ArxivId("2606.00001"), ArxivId("2606.09999")])) == {ArxivId("2606.00001")}
    with pytest.raises(SourceUnavailable):
        await source.fetch_new("cs.LG", TUESDAY)


async def test_reading_a_large_day_never_blocks_the_event_loop(arxiv: FakeArxiv, build: Build) -> None:
    arxiv.announce(TUESDAY, [invent(at, abstract="We arrange a cupboard & more. " * 50) for at in range(1, 500)])
    source: ArxivSource = build()
    await source.fetch_feed("cs.AI", None, None)
    loop = asyncio.get_running_loop()
    worst = 0.0

    async def tick() -> None:
        nonlocal worst
        while True:
            before = loop.time()
            await asyncio.sleep(0.01)
            worst = max(worst, loop.time() - before - 0.01)

    gc.collect()
    gc.freeze()  # as a bot does at its start: what other tests imported is not this one's to go through
    ticker = asyncio.create_task(tick())
    try:
        fetched = await source.fetch_feed("cs.AI", None, None)
    finally:
        ticker.cancel()
        gc.unfreeze()
    assert fetched.batch is not None
    assert len(fetched.batch.entries) == 499
    assert worst < 0.25, f"blocked for {worst * 1000:.0f} ms"
