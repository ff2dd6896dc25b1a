"""What is old goes in small pieces, and nothing that is needed for a post that stands."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from bot.cli.run import keep_for
from bot.config.settings import Settings
from bot.core.commands.people import SearchQuery
from bot.core.follows.follow import Follow
from bot.core.jobs.job import NewJob, Queue
from bot.core.posts.post import PostKey, PostKind, PostRef
from bot.store.database.tables import metadata
from bot.store.sql import SqlStore
from tests.store.making import LEASE, NOON, PLACE, TUESDAY, Skew, announce, batch, judge_all, paper, verdict
from tests.store.test_store_forgetting import OTHER, live

POSTS, PAPERS = timedelta(days=1095), timedelta(days=180)
CARD = PostKey(PLACE, PostKind.CARD, "2606.00001", "discontinuity")


async def counts(store: SqlStore) -> dict[str, int]:
    async with store._database.read() as connection:
        return {
            table.name: int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
            for table in metadata.sorted_tables
        }


async def let_go(store: SqlStore) -> int:
    pieces = 0
    while await store.forget_old(POSTS, PAPERS):
        pieces += 1
    return pieces


async def a_day(store: SqlStore) -> None:
    """Three papers, one with a card, one with an earlier verdict."""
    await announce(store, batch([1, 2, 3]), ())
    await judge_all(store)
    await store.add_jobs([NewJob(Queue.DELIVER, str(CARD), {"papers": ["2606.00001"]}, lane=str(PLACE))])
    [job] = await store.claim(Queue.DELIVER, 1, LEASE)
    await store.finish_delivery(job, CARD, PostRef(PLACE, "1"))
    await store.add_jobs([NewJob(Queue.JUDGE, "again", {"paper": "2606.00001", "lens": "discontinuity"})])
    [job] = await store.claim(Queue.JUDGE, 1, LEASE)
    await store.finish_judging(job, verdict(paper(1), score=7), ())


async def test_what_is_young_stays(store: SqlStore, skew: Skew) -> None:
    await a_day(store)
    skew.by = NOON - datetime.now(UTC) + timedelta(days=20)
    before = await counts(store)
    assert await let_go(store) == 0
    assert await counts(store) == before


async def test_by_default_a_post_and_its_verdict_stay_for_ever_and_what_stands_nowhere_goes(
    store: SqlStore, skew: Skew
) -> None:
    keep = keep_for(Settings.model_validate({}))
    await a_day(store)
    skew.forward(days=365 * 20)
    while await store.forget_old(keep.posts, keep.papers):
        pass
    left = await counts(store)
    assert (left["papers"], left["verdicts"], left["posts"], left["post_papers"]) == (1, 1, 1, 1)


async def test_a_paper_stays_with_its_post_and_goes_without_one(store: SqlStore, skew: Skew) -> None:
    await a_day(store)
    skew.forward(days=400)
    await let_go(store)
    left = await counts(store)
    assert (left["papers"], left["verdicts"], left["posts"], left["post_papers"]) == (1, 1, 1, 1)
    assert await store.sent(CARD) is not None
    latest = await store.verdict(paper(1).id, "discontinuity")
    assert latest is not None
    assert latest.score == 7
    assert len((await store.search(PLACE, SearchQuery("cupboards"), 9, 0)).hits) == 1
    skew.forward(days=800)
    await let_go(store)
    left = await counts(store)
    kept = ("papers", "verdicts", "posts", "post_papers", "showings", "announcements", "subjects")
    assert {name: left[name] for name in kept} == dict.fromkeys(kept, 0)


async def test_old_days_go_after_their_announcements_so_that_none_is_posted_again(store: SqlStore, skew: Skew) -> None:
    await announce(store, batch([1]), ())
    await judge_all(store)
    await live(store, OTHER)
    assert (await counts(store))["editions"] == 1
    skew.forward(days=1300)
    await let_go(store)
    left = await counts(store)
    assert (left["editions"], left["fates"], left["plans"], left["posts"], left["announcements"]) == (0, 0, 0, 0, 0)
    [followed] = await store.follows()
    assert not await store.announced(followed.categories, TUESDAY)


async def test_work_that_waits_keeps_its_paper_and_a_piece_is_small(store: SqlStore, skew: Skew) -> None:
    await announce(store, batch(range(1, 451)), (), judge=False)
    await store.add_jobs([NewJob(Queue.JUDGE, "waits", {"paper": "2606.00007", "lens": "plain"})])
    skew.forward(days=400)
    before = (await counts(store))["papers"]
    await store.forget_old(POSTS, PAPERS)
    assert before - (await counts(store))["papers"] == 200
    assert await let_go(store) >= 2
    assert (await counts(store))["papers"] == 1


async def test_what_a_day_is_made_of_stays_until_the_day_is_out(store: SqlStore, skew: Skew) -> None:
    await announce(store, batch([1]), (), judge=False)
    await store.add_follow(Follow("f", PLACE, ("cs.AI",)))
    assert await store.post_now(Follow("f", PLACE, ("cs.AI",)), TUESDAY, NOON, ())
    skew.forward(days=1300)
    await let_go(store)
    assert ((await counts(store))["papers"], (await counts(store))["announcements"]) == (1, 1)
