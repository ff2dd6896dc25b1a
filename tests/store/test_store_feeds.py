"""What a poll leaves behind: papers, announcements, jobs and the bookmark, in one commit."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.feed import FeedState, Outcome
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry
from bot.store.sql import SqlStore
from tests.store.making import LEASE, TUESDAY, announce, batch, follow, judging, paper

WEDNESDAY = date(2026, 6, 3)


async def test_a_category_that_was_never_polled_has_a_fresh_state(store: SqlStore) -> None:
    assert await store.feed_state("cs.AI") == FeedState("cs.AI")
    assert await store.feed_states() == []


async def test_a_polling_row_is_kept_whole(store: SqlStore) -> None:
    at = datetime(2026, 6, 2, 4, 5, 6, 789, tzinfo=UTC)
    state = FeedState(
        "cs.LG", '"etag"', "Tue", at, at, Outcome.ALREADY_READ, "…", 3, TUESDAY, (date(2026, 5, 29), date(2026, 6, 1))
    )
    await store.record_poll(FeedState("cs.LG"), None, (), ())
    await store.record_poll(state, None, (), ())
    await store.record_poll(FeedState("cs.AI"), None, (), ())
    assert await store.feed_state("cs.LG") == state
    assert [one.category for one in await store.feed_states()] == ["cs.AI", "cs.LG"]


async def test_a_poll_is_stored_once_however_often_it_comes(store: SqlStore) -> None:
    await store.sync_follows([follow()])
    assert await announce(store, batch(range(1, 6))) == 5
    assert await announce(store, batch(range(1, 6))) == 0
    assert await announce(store, batch(range(1, 8))) == 2
    assert await store.announced_day("cs.AI", TUESDAY) == {AnnounceType.NEW: 7}
    assert await store.count_jobs() == {(Queue.JUDGE, JobState.OPEN): 7, (Queue.EDITION, JobState.OPEN): 1}


async def test_an_edition_job_says_whose_day_and_which_part(store: SqlStore) -> None:
    await announce(store, batch([1]), ["main", "a/b"], judge=False)
    jobs = await store.list_jobs([JobState.OPEN], Queue.EDITION)
    assert [job.key for job in jobs] == ["main/2026-06-02/1", "a/b/2026-06-02/1"]
    assert jobs[1].payload == {"follow": "a/b", "day": "2026-06-02", "part": 1}


async def test_a_follow_made_after_the_announcement_starts_with_the_next_one(store: SqlStore) -> None:
    await announce(store, batch([1]), ["main"], judge=False)
    await announce(store, batch([1]), ["main", "newcomer"], judge=False)
    await announce(store, replace(batch([2]), day=WEDNESDAY), ["main", "newcomer"], judge=False)
    keys = [job.key for job in await store.list_jobs([JobState.OPEN], Queue.EDITION)]
    assert keys == ["main/2026-06-02/1", "main/2026-06-03/1", "newcomer/2026-06-03/1"]


async def test_a_day_without_papers_opens_no_edition(store: SqlStore) -> None:
    assert await store.record_poll(FeedState("cs.AI"), Batch("cs.AI", TUESDAY, ()), (), ["main"]) == 0
    assert await store.count_jobs() == {}
    assert await store.announced_day("cs.AI", TUESDAY) == {}


async def test_announcement_types_are_counted_apart(store: SqlStore) -> None:
    kinds = list(AnnounceType)
    entries = tuple(Entry(paper(number), kinds[number % 4]) for number in range(1, 11))
    await announce(store, Batch("cs.AI", TUESDAY, entries, "listing"))
    counted = await store.announced_day("cs.AI", TUESDAY)
    assert counted == {kinds[0]: 2, kinds[1]: 3, kinds[2]: 3, kinds[3]: 2}
    assert await store.announced_day("cs.LG", TUESDAY) == {}


async def test_papers_seen_under_an_earlier_date_are_counted_by_id_and_version(store: SqlStore) -> None:
    await announce(store, batch(range(1, 11)))
    repeated = replace(batch(range(1, 13)), day=WEDNESDAY)
    assert await store.seen_earlier("cs.AI", repeated) == 10
    assert await store.seen_earlier("cs.AI", replace(repeated, day=TUESDAY)) == 0
    assert await store.seen_earlier("cs.LG", repeated) == 0
    newer = tuple(Entry(paper(number, version=2), AnnounceType.REPLACE) for number in range(1, 11))
    assert await store.seen_earlier("cs.AI", Batch("cs.AI", WEDNESDAY, newer)) == 0


async def test_the_newest_version_of_a_paper_is_kept(store: SqlStore) -> None:
    await store.put_papers([paper(1, version=2, title="Second")])
    await store.put_papers([paper(1, version=1, title="First")])
    await store.put_papers([paper(1, version=None, title="Unknown version")])
    found = await store.paper(ArxivId("2606.00001"))
    assert found is not None
    assert (found.version, found.title) == (2, "Unknown version")
    await store.put_papers([paper(1, version=3, title="Third")])
    assert await store.paper(found.id) == paper(1, version=3, title="Third")


async def test_a_source_without_comments_does_not_erase_one(store: SqlStore) -> None:
    await store.put_papers([replace(paper(1), comment="This paper has been withdrawn")])
    for version in (1, 2):
        await announce(
            store, Batch("cs.AI", TUESDAY, (Entry(paper(1, version=version, title="Fed"), AnnounceType.NEW),))
        )
        found = await store.paper(paper(1).id)
        assert found is not None
        assert (found.comment, found.title) == ("This paper has been withdrawn", "Fed"), "a feed carries no comments"
    await store.put_papers([paper(1, version=2)])
    assert await store.paper(paper(1).id) == paper(1, version=2), "arXiv was asked, and there is none any more"


async def test_many_papers_are_found_by_id(store: SqlStore) -> None:
    everything = [paper(number) for number in range(1, 1203)]
    await store.put_papers(everything)
    wanted = [one.id for one in everything[1:]] + [ArxivId("9901.00001")]
    assert await store.papers(wanted) == {one.id: one for one in everything[1:]}
    assert await store.papers([]) == {}
    assert await store.paper(ArxivId("9901.00001")) is None


async def test_text_that_no_database_takes_is_stored_with_a_mark_in_its_place(store: SqlStore) -> None:
    hostile = replace(paper(1), title="nul \0 half \udc00 🙂", comment="\ud800", abstract="'; DROP TABLE papers; --")
    await store.put_papers([hostile])
    found = await store.paper(hostile.id)
    assert found is not None
    assert (found.title, found.comment) == ("nul \ufffd half \ufffd 🙂", "\ufffd")
    assert found.abstract == hostile.abstract


async def test_a_poll_that_fails_leaves_nothing(store: SqlStore) -> None:
    class Unstorable:
        def __str__(self) -> str:
            raise ValueError("no such follow")

    broken = [NewJob(Queue.JUDGE, "a", {"x": Unstorable()})]
    try:
        await store.record_poll(FeedState("cs.AI", day=TUESDAY), batch(range(5)), broken, ["main"])
    except TypeError:
        pass
    else:
        raise AssertionError("the poll was stored")
    assert await store.announced_day("cs.AI", TUESDAY) == {}
    assert await store.feed_state("cs.AI") == FeedState("cs.AI")
    assert await store.paper(paper(1).id) is None


async def test_a_changed_text_is_judged_again_under_a_new_key(store: SqlStore) -> None:
    assert await store.add_jobs([judging(paper(1)), judging(paper(1, version=2))]) == 1
    assert await store.add_jobs([judging(paper(1, version=2, title="Changed"))]) == 1
    assert len(await store.claim(Queue.JUDGE, 5, LEASE)) == 2
