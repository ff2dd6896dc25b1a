"""The source over a whole fake arXiv: feed, listing and API together."""

from datetime import date, timedelta

import pytest

from bot.core.errors import DayGone, MalformedId, SourceUnavailable
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import AnnounceType, ArxivId
from bot.sources.arxiv import ArxivSource
from tests.fakes.arxiv import FakeArxiv, answers
from tests.fakes.feeds import invent, invent_day, new_page
from tests.sources.conftest import Build

MONDAY = date(2026, 6, 1)
TUESDAY = date(2026, 6, 2)


@pytest.mark.parametrize("form", ["rss", "atom"])
async def test_a_feed_is_fetched_once_and_then_asked_for_conditionally(
    arxiv: FakeArxiv, build: Build, form: str
) -> None:
    source = build(form=form)
    arxiv.announce(TUESDAY, invent_day(12))
    first = await source.fetch_feed("cs.AI", None, None)
    assert first.batch is not None
    assert (first.day, len(first.batch.entries), first.batch.origin) == (TUESDAY, 12, "feed")
    again = await source.fetch_feed("cs.AI", first.etag, first.last_modified)
    assert again.not_modified
    assert again.etag == first.etag
    assert arxiv.asked[0].path == f"/{form}/cs.AI"


async def test_the_same_feed_is_read_once_where_the_server_knows_no_validators(
    arxiv: FakeArxiv, source: ArxivSource
) -> None:
    arxiv.sends_etags = False
    arxiv.announce(TUESDAY, invent_day(12))
    first = await source.fetch_feed("cs.AI", None, None)
    again = await source.fetch_feed("cs.AI", first.etag, first.last_modified)
    assert (again.not_modified, again.etag) == (True, first.etag)
    assert "If-None-Match" not in arxiv.asked[1].headers
    arxiv.announce(TUESDAY, invent_day(13))
    assert not (await source.fetch_feed("cs.AI", again.etag, again.last_modified)).not_modified


async def test_each_category_is_one_request(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(TUESDAY, invent_day(3))
    arxiv.announce(TUESDAY, invent_day(3, first=50), "cs.LG")
    for category in ("cs.AI", "cs.LG"):
        fetched = await source.fetch_feed(category, None, None)
        assert fetched.batch is not None
        assert fetched.batch.category == category
    assert [asked.path for asked in arxiv.asked] == ["/rss/cs.AI", "/rss/cs.LG"]


async def test_an_unknown_category_is_an_error_and_no_quiet_day(source: ArxivSource) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        await source.fetch_feed("cs.XX", None, None)
    assert caught.value.outcome == Outcome.ERROR_FEED


async def test_the_new_listing_becomes_a_batch_with_texts_of_the_api(arxiv: FakeArxiv, source: ArxivSource) -> None:
    day = [*invent_day(240), invent(900, type="replace"), invent(901, type="replace", categories=("cs.CV", "cs.AI"))]
    arxiv.announce(TUESDAY, day)
    feed = (await source.fetch_feed("cs.AI", None, None)).batch
    batch = await source.fetch_new("cs.AI", TUESDAY)
    assert feed is not None
    assert (batch.day, batch.origin, len(batch.entries), arxiv.count("api")) == (TUESDAY, "listing", 242, 3)
    by_feed = {entry.paper.id: entry.paper for entry in feed.entries}
    for entry in batch.entries:
        assert entry.paper.text_hash == by_feed[entry.paper.id].text_hash
        assert not entry.inferred
    kinds = {str(entry.paper.id): entry.type for entry in batch.entries}
    assert (kinds["2606.00900"], kinds["2606.00901"]) == (AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS)


async def test_of_another_days_listing_only_its_date_is_taken(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(MONDAY, invent_day(12))
    batch = await source.fetch_new("cs.AI", TUESDAY)
    assert (batch.day, batch.entries, arxiv.count("api")) == (MONDAY, (), 0)


async def test_a_listing_of_several_pages_is_read_whole(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(MONDAY, invent_day(17, first=500))
    arxiv.announce(TUESDAY, invent_day(25))
    arxiv.most_shown = 10
    assert len((await source.fetch_new("cs.AI", TUESDAY)).entries) == 25
    missed = await source.fetch_missed("cs.AI", MONDAY)
    assert missed is not None
    assert len(missed.entries) == 17


async def test_a_listing_without_end_is_refused(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(TUESDAY, invent_day(25))
    arxiv.most_shown = 1
    with pytest.raises(SourceUnavailable) as caught:
        await source.fetch_new("cs.AI", TUESDAY)
    assert caught.value.outcome == Outcome.TRUNCATED


async def test_a_missed_day_is_inferred_from_primary_categories(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(MONDAY, [*invent_day(12), invent(50, type="replace")])
    arxiv.announce(TUESDAY, invent_day(5, first=100))
    batch = await source.fetch_missed("cs.AI", MONDAY)
    assert batch is not None
    assert (batch.day, len(batch.entries)) == (MONDAY, 12)
    assert all(entry.inferred for entry in batch.entries)
    types = {str(entry.paper.id): entry.type for entry in batch.entries}
    assert types["2606.00001"] is AnnounceType.CROSS
    assert types["2606.00002"] is AnnounceType.NEW


async def test_a_day_between_two_listed_days_had_no_announcement(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(date(2026, 6, 18), invent_day(4))
    arxiv.announce(date(2026, 6, 22), invent_day(4, first=60))
    assert await source.fetch_missed("cs.AI", date(2026, 6, 19)) is None


async def test_a_day_that_the_listing_does_not_reach_yet_is_no_quiet_day(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(MONDAY, invent_day(4))
    with pytest.raises(SourceUnavailable) as caught:
        await source.fetch_missed("cs.AI", TUESDAY)
    assert caught.value.outcome == Outcome.NOT_YET


async def test_a_day_that_has_left_the_listing_is_gone(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(TUESDAY, invent_day(4))
    with pytest.raises(DayGone):
        await source.fetch_missed("cs.AI", MONDAY - timedelta(days=20))


async def test_papers_are_matched_by_id_a_hundred_a_call(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(TUESDAY, invent_day(150))
    ids = [ArxivId(f"2606.{at:05}") for at in (*range(1, 151), 999)]
    papers = await source.fetch_papers([*ids, *ids])
    assert list(papers) == ids[:150]
    assert all(paper.id == paper_id for paper_id, paper in papers.items())
    assert arxiv.count("api") == 2


async def test_nothing_asked_is_nothing_fetched(arxiv: FakeArxiv, source: ArxivSource) -> None:
    assert await source.fetch_papers([]) == {}
    assert arxiv.asked == []


async def test_a_malformed_id_does_not_cost_the_others(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(TUESDAY, invent_day(9))
    wrong = ArxivId("2606.00000")
    papers = await source.fetch_papers([*(ArxivId(f"2606.{at:05}") for at in range(1, 10)), wrong])
    assert len(papers) == 9
    with pytest.raises(MalformedId):
        await source.fetch_papers([wrong])


async def test_old_identifiers_go_to_the_api_as_they_are(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.papers["hep-th/9901001"] = invent(1, id="hep-th/9901001")
    assert set(await source.fetch_papers([ArxivId("hep-th/9901001")])) == {ArxivId("hep-th/9901001")}
    assert "id_list=hep-th/9901001" in arxiv.asked[0].path


async def test_a_listing_whose_papers_the_api_hardly_knows_is_not_a_day(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(TUESDAY, invent_day(20))
    for at in range(1, 4):
        del arxiv.papers[f"2606.{at:05}"]
    with pytest.raises(SourceUnavailable, match="knows 17 of the 20"):
        await source.fetch_new("cs.AI", TUESDAY)
    arxiv.papers |= {f"2606.{at:05}": invent(at) for at in (1, 2)}
    assert len((await source.fetch_new("cs.AI", TUESDAY)).entries) == 19


async def test_a_listing_that_changes_while_it_is_read_is_refused(arxiv: FakeArxiv, source: ArxivSource) -> None:
    arxiv.announce(MONDAY, invent_day(12))
    arxiv.fail("new", answers(200, new_page(TUESDAY, invent_day(12), 0, 5)), times=1)
    with pytest.raises(SourceUnavailable, match="changed while"):
        await source.fetch_new("cs.AI", TUESDAY)
