"""Verdicts, follows, editions and posts: from the judged paper to what stands in a channel."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.core.commands.people import SearchQuery
from bot.core.errors import LeaseLost, StoreError
from bot.core.follows.edition import Disposition, EditionFacts, EditionKey, EditionOutlook, EditionPlan, PlannedPost
from bot.core.follows.follow import Follow, Mode, Origin
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.paper import AnnounceType, ArxivId
from bot.core.posts.post import Place, PostKey, PostKind, PostRef
from bot.store.database.codec import dumps
from bot.store.database.tables import follows as follows_table
from bot.store.sql import SqlStore
from tests.store.making import (
    LEASE,
    NOON,
    PLACE,
    TUESDAY,
    Skew,
    announce,
    batch,
    claim_one,
    follow,
    judge_all,
    judging,
    paper,
    verdict,
)

KEY = EditionKey("main", TUESDAY)


def key(kind: PostKind, subject: str, place: Place = PLACE) -> PostKey:
    return PostKey(place, kind, subject, "discontinuity")


def list_all(facts: EditionFacts) -> EditionPlan:
    """An opening line, a card for the first paper, and a list of the others in the opening line's thread."""
    ids = [announced.paper.id for announced in facts.announced]
    subject = f"{facts.key.day}/{facts.key.follow}/{facts.key.part}"
    opening = key(PostKind.OPENING, subject, facts.follow.place)
    posts = (
        PlannedPost(opening),
        PlannedPost(key(PostKind.CARD, str(ids[0]), facts.follow.place), (ids[0],)),
        PlannedPost(key(PostKind.LIST, f"{subject}/1", facts.follow.place), tuple(ids[1:]), opening),
    )
    return EditionPlan(dict.fromkeys(ids, Disposition.LISTED) | {ids[0]: Disposition.POSTED}, posts)


class Watch:
    """A plan that remembers the facts it was given."""

    def __init__(self) -> None:
        self.facts: list[EditionFacts] = []

    def __call__(self, facts: EditionFacts) -> EditionPlan:
        self.facts.append(facts)
        return list_all(facts)


async def close(store: SqlStore, edition: EditionKey = KEY, at: datetime = NOON) -> EditionFacts:
    watch = Watch()
    claimed = await store.claim(Queue.EDITION, 9, LEASE)
    for other in claimed:
        if other.key != str(edition):
            await store.release(other)
    await store.close_edition(next(job for job in claimed if job.key == str(edition)), edition, at, watch)
    return watch.facts[0]


async def put_command_follow(store: SqlStore, made: Follow) -> None:
    made = replace(made, origin=Origin.COMMAND)
    row = {"name": made.name, "origin": "command", "place": str(made.place), "body": dumps(made)}
    async with store._database.write() as connection:
        await connection.execute(follows_table.insert().values(**row))


# verdicts


async def test_a_verdict_and_the_end_of_its_job_are_one_commit(store: SqlStore, skew: Skew) -> None:
    await store.put_papers([paper(1)])
    await store.add_jobs([judging(paper(1))])
    frozen = await claim_one(store)
    skew.forward(seconds=61)
    current = await claim_one(store)
    with pytest.raises(LeaseLost):
        await store.finish_judging(frozen, verdict(paper(1), score=1), [NewJob(Queue.DELIVER, "late")])
    assert await store.verdict(paper(1).id, "discontinuity") is None
    await store.finish_judging(current, verdict(paper(1)), [NewJob(Queue.DELIVER, "edit")])
    assert await store.verdict(paper(1).id, "discontinuity") == verdict(paper(1))
    assert [job.key for job in await store.list_jobs([JobState.OPEN])] == ["edit"]


async def test_the_latest_verdict_of_a_paper_and_lens_counts(store: SqlStore) -> None:
    await store.put_papers([paper(1), paper(2)])
    for number, (of, score, lens) in enumerate([(1, 10, "a"), (1, 20, "b"), (2, 30, "a"), (1, 40, "a")]):
        await store.add_jobs([NewJob(Queue.JUDGE, str(number))])
        await store.finish_judging(await claim_one(store), verdict(paper(of), score=score, lens=lens), ())
    found = await store.verdicts([paper(1).id, paper(2).id, paper(3).id], "a")
    assert {str(id): one.score for id, one in found.items()} == {"2606.00001": 40, "2606.00002": 30}
    exported = [(str(one.paper.id), one.verdict.score) async for one in store.export()]
    assert exported == [("2606.00001", 20), ("2606.00002", 30), ("2606.00001", 40)]


async def test_export_gives_everything_page_by_page(store: SqlStore) -> None:
    await announce(store, batch(range(1, 251)))
    await judge_all(store)
    exported = [one async for one in store.export()]
    assert len({one.paper.id for one in exported}) == len(exported) == 250
    assert exported[7].verdict == verdict(exported[7].paper)


# follows


async def undated(store: SqlStore) -> list[Follow]:
    """The follows without the moment at which each was made."""
    assert all(one.made_at is not None for one in await store.follows())
    return [replace(one, made_at=None) for one in await store.follows()]


async def test_the_moment_a_follow_was_made_stays(store: SqlStore) -> None:
    await store.sync_follows([follow("a")])
    [before] = await store.follows()
    await store.sync_follows([replace(follow("a"), limit=3)])
    [after] = await store.follows()
    assert (after.made_at, after.limit) == (before.made_at, 3)


async def test_follows_of_the_settings_are_added_changed_and_removed(store: SqlStore) -> None:
    first = replace(follow("a"), hour=time(7, 30), zone="Europe/Berlin", mode=Mode.EVERY, require=("agents", "größe"))
    await store.sync_follows([first, follow("b")])
    assert await undated(store) == [first, follow("b")]
    changed = replace(follow("b"), paused=True, types=(AnnounceType.NEW,))
    await store.sync_follows([follow("c"), changed])
    assert await undated(store) == [changed, follow("c")]
    await store.sync_follows([])
    assert await store.follows() == []


async def test_follows_of_commands_are_left_alone(store: SqlStore) -> None:
    await put_command_follow(store, follow("theirs"))
    await store.sync_follows([follow("ours")])
    await store.sync_follows([])
    assert [one.name for one in await store.follows()] == ["theirs"]


async def test_a_clash_of_names_changes_nothing(store: SqlStore) -> None:
    await put_command_follow(store, follow("theirs"))
    await store.sync_follows([follow("ours")])
    with pytest.raises(StoreError, match="Rename the one in the settings"):
        await store.sync_follows([follow("new"), follow("theirs")])
    assert [one.name for one in await store.follows()] == ["ours", "theirs"]


# editions


async def test_an_open_edition_says_how_many_papers_are_being_judged(store: SqlStore) -> None:
    await store.sync_follows([follow("main", "cs.AI", "cs.LG")])
    await announce(store, batch(range(1, 6)))
    await announce(store, batch(range(4, 9), category="cs.LG"))
    await announce(store, batch([50], day=date(2026, 6, 3)))
    assert await store.edition_outlook(KEY) == EditionOutlook(follow("main", "cs.AI", "cs.LG"), 8)
    await store.end(await claim_one(store), JobState.FAILED, "broken")
    await store.reschedule(await claim_one(store), timedelta(hours=1), "waits")
    outlook = await store.edition_outlook(KEY)
    assert outlook is not None
    assert outlook.judging == 7
    assert await store.edition_outlook(EditionKey("gone", TUESDAY)) is None


async def test_another_lens_being_judged_is_not_waited_for(store: SqlStore) -> None:
    await store.sync_follows([follow(lens="plain")])
    await announce(store, batch(range(1, 6)))
    outlook = await store.edition_outlook(KEY)
    assert outlook is not None
    assert outlook.judging == 0


async def test_the_facts_name_each_paper_once_with_its_strongest_type_and_verdict(store: SqlStore) -> None:
    await store.sync_follows([follow("main", "cs.AI", "cs.LG")])
    await announce(store, batch([1, 2], type=AnnounceType.CROSS))
    await announce(store, batch([2, 3], category="cs.LG"), judge=False)
    await announce(store, batch([9], category="math.CO"), judge=False)
    await judge_all(store)
    facts = await close(store)
    told = [(str(one.paper.id), one.type, one.categories, one.verdict is not None) for one in facts.announced]
    assert told == [
        ("2606.00001", AnnounceType.CROSS, ("cs.AI",), True),
        ("2606.00002", AnnounceType.NEW, ("cs.LG", "cs.AI"), True),
        ("2606.00003", AnnounceType.NEW, ("cs.LG",), False),
    ]
    assert facts.announced[0].paper == paper(1)
    assert (facts.key, facts.follow) == (KEY, follow("main", "cs.AI", "cs.LG"))
    assert (facts.posted_today, facts.followed_today, facts.opening, facts.latest) == (0, 0, None, True)


async def test_closing_writes_fates_and_deliveries_in_order_on_the_places_lane(store: SqlStore) -> None:
    await store.sync_follows([follow()])
    await announce(store, batch([1, 2, 3]))
    assert await store.edition(KEY) is None
    await close(store)
    closed = await store.edition(KEY)
    assert closed is not None
    assert (closed.key, closed.follow) == (KEY, follow())
    assert closed.fates == {Disposition.POSTED: 1, Disposition.LISTED: 2}
    jobs = await store.list_jobs([JobState.OPEN], Queue.DELIVER)
    opening = key(PostKind.OPENING, "2026-06-02/main/1")
    assert [PostKey.parse(job.key).kind for job in jobs] == [PostKind.OPENING, PostKind.CARD, PostKind.LIST]
    assert {job.lane for job in jobs} == {"console:main"}
    assert jobs[2].payload == {
        "edition": "main/2026-06-02/1",
        "papers": ["2606.00002", "2606.00003"],
        "opened": 0,
        "thread": str(opening),
    }
    assert (Queue.EDITION, JobState.OPEN) not in await store.count_jobs()


async def test_the_latest_papers_of_a_day_come_in_the_order_of_its_plan(store: SqlStore) -> None:
    await store.sync_follows([follow()])
    await announce(store, batch([1, 2, 3]))
    await judge_all(store)
    ranked = [ArxivId(f"2606.0000{number}") for number in (2, 1, 3)]
    (job,) = await store.claim(Queue.EDITION, 1, LEASE)
    await store.close_edition(
        job, KEY, NOON, lambda facts: replace(list_all(facts), fates=dict.fromkeys(ranked, Disposition.LISTED))
    )
    found = await store.search(PLACE, SearchQuery(), 5, 0)
    assert [one.paper.id for one in found.hits] == ranked


async def test_a_plan_that_fails_leaves_the_edition_open(store: SqlStore) -> None:
    await store.sync_follows([follow()])
    await announce(store, batch([1]))
    (job,) = await store.claim(Queue.EDITION, 1, LEASE)

    def broken(facts: EditionFacts) -> EditionPlan:
        raise ValueError("a fault in the plan")

    with pytest.raises(ValueError, match="a fault in the plan"):
        await store.close_edition(job, KEY, NOON, broken)
    assert await store.edition(KEY) is None
    await store.close_edition(job, KEY, NOON, list_all)


async def test_an_edition_closes_once(store: SqlStore, skew: Skew) -> None:
    await store.sync_follows([follow()])
    await announce(store, batch([1, 2]))
    (frozen,) = await store.claim(Queue.EDITION, 1, LEASE)
    skew.forward(seconds=61)
    await close(store)
    with pytest.raises(LeaseLost):
        await store.close_edition(frozen, KEY, NOON, list_all)
    assert len(await store.list_jobs([JobState.OPEN], Queue.DELIVER)) == 3


def first_card(facts: EditionFacts) -> list[PlannedPost]:
    """A card for the first paper that has none yet."""
    left = [announced.paper.id for announced in facts.announced if announced.paper.id not in facts.early]
    return [PlannedPost(key(PostKind.CARD, str(left[0]), facts.follow.place), (left[0],))]


async def test_early_cards_are_one_commit_that_a_late_worker_cannot_make_and_the_closing_knows_them(
    store: SqlStore, skew: Skew
) -> None:
    await store.sync_follows([follow()])
    await announce(store, batch([1, 2]))
    await judge_all(store)
    frozen = await claim_one(store, Queue.EDITION)
    skew.forward(seconds=61)
    current = await claim_one(store, Queue.EDITION)
    with pytest.raises(LeaseLost):
        await store.post_early(frozen, KEY, NOON, first_card)
    assert await store.list_jobs((JobState.OPEN,), Queue.DELIVER) == []
    assert await store.post_early(current, KEY, NOON, first_card) == [paper(1).id]
    (sending,) = await store.list_jobs((JobState.OPEN,), Queue.DELIVER)
    assert (sending.key, sending.payload["edition"]) == (str(key(PostKind.CARD, str(paper(1).id))), str(KEY))
    facts = await store.edition_facts(KEY, NOON)
    assert facts is not None
    assert (facts.early, facts.posted_today, facts.followed_today) == (frozenset({paper(1).id}), 1, 1)
    assert await store.is_shown(PLACE, paper(1).id, "discontinuity")
    await store.close_edition(current, KEY, NOON, list_all)
    cards = [job for job in await store.list_jobs((JobState.OPEN,), Queue.DELIVER) if "|card|" in job.key]
    assert [job.id for job in cards] == [sending.id], "the same card is planned once"


async def test_an_edition_whose_follow_is_gone_cannot_close(store: SqlStore) -> None:
    await announce(store, batch([1]))
    (job,) = await store.claim(Queue.EDITION, 1, LEASE)
    with pytest.raises(StoreError, match="gone"):
        await store.close_edition(job, KEY, NOON, list_all)


async def test_stragglers_of_a_closed_day_make_a_further_part(store: SqlStore) -> None:
    await store.sync_follows([follow("main", "cs.AI", "cs.LG")])
    await announce(store, batch([1, 2]))
    await close(store)
    await announce(store, batch([1, 2], category="cs.LG"))  # nothing new for this follow
    assert await store.list_jobs([JobState.OPEN], Queue.EDITION) == []
    await announce(store, batch([2, 3], category="cs.LG"))
    second = EditionKey("main", TUESDAY, 2)
    facts = await close(store, second)
    assert [str(one.paper.id) for one in facts.announced] == ["2606.00003"]
    await announce(store, batch([4]))
    assert [job.key for job in await store.list_jobs([JobState.OPEN], Queue.EDITION)] == ["main/2026-06-02/3"]
    assert [one.key for one in await store.editions()] == [second, KEY]


async def test_what_the_place_was_told_today_counts_over_all_its_follows(store: SqlStore) -> None:
    elsewhere = follow("elsewhere", place=Place("console", "other"))
    await store.sync_follows([follow(), follow("second", "cs.LG"), elsewhere])
    await announce(store, batch([1, 2, 3]), ["main", "elsewhere"])
    await announce(store, batch([4, 5], category="cs.LG"), ["second"])
    await close(store)
    facts = await close(store, EditionKey("second", TUESDAY))
    assert (facts.posted_today, facts.followed_today) == (2, 0)
    assert facts.opening == key(PostKind.OPENING, "2026-06-02/main/1")
    await announce(store, batch([6], category="cs.LG"), ["second"])
    facts = await close(store, EditionKey("second", TUESDAY, 2))
    assert (facts.posted_today, facts.followed_today) == (4, 2)
    assert facts.opening == key(PostKind.OPENING, "2026-06-02/second/1")


async def test_yesterdays_posts_do_not_count_by_the_places_own_clock(store: SqlStore) -> None:
    auckland = replace(follow(), zone="Pacific/Auckland")
    await store.sync_follows([auckland])
    await announce(store, batch([1]))
    await close(store)  # noon in UTC is midnight in Auckland
    await announce(store, batch([2]))
    facts = await close(store, EditionKey("main", TUESDAY, 2), NOON - timedelta(minutes=1))
    assert facts.posted_today == 0


async def test_a_later_announcement_makes_a_day_an_older_one(store: SqlStore) -> None:
    await store.sync_follows([follow("main", "cs.AI", "cs.LG")])
    await announce(store, batch([1]))
    await announce(store, batch([2], day=date(2026, 6, 3), category="cs.LG"), judge=False)
    assert not (await close(store)).latest


async def test_editions_are_listed_newest_first(store: SqlStore) -> None:
    await store.sync_follows([follow()])
    for day in (1, 2, 3, 4):
        await announce(store, batch([day], day=date(2026, 6, day)), judge=False)
        await close(store, EditionKey("main", date(2026, 6, day)))
    assert [one.key.day.day for one in await store.editions(3)] == [4, 3, 2]
    assert await store.editions(0) == []


# posts


async def test_a_delivery_and_where_the_post_stands_are_one_commit(store: SqlStore, skew: Skew) -> None:
    await store.sync_follows([follow()])
    await announce(store, batch([1, 2]))
    await close(store)
    opening, card = key(PostKind.OPENING, "2026-06-02/main/1"), key(PostKind.CARD, "2606.00001")
    frozen = await claim_one(store, Queue.DELIVER)
    skew.forward(seconds=61)
    current = await claim_one(store, Queue.DELIVER)
    with pytest.raises(LeaseLost):
        await store.finish_delivery(frozen, opening, PostRef(PLACE, "1"))
    assert await store.sent(opening) is None
    await store.finish_delivery(current, opening, PostRef(PLACE, "2"))
    sent = await store.sent(opening)
    assert sent is not None
    assert (sent.ref, sent.papers, sent.edition) == (PostRef(PLACE, "2"), (), KEY)
    await store.finish_delivery(await claim_one(store, Queue.DELIVER), card, PostRef(PLACE, "3", "2"))
    sent = await store.sent(card)
    assert sent is not None
    assert (sent.ref, sent.papers) == (PostRef(PLACE, "3", "2"), (ArxivId("2606.00001"),))


async def test_the_posts_that_show_a_paper_are_found(store: SqlStore) -> None:
    await store.sync_follows([follow()])
    await announce(store, batch([1, 2]))
    await close(store)
    assert await store.posts_showing(paper(1).id, "discontinuity") == []
    while claimed := await store.claim(Queue.DELIVER, 1, LEASE):
        job = claimed[0]
        await store.finish_delivery(job, PostKey.parse(job.key), PostRef(PLACE, str(job.id)))
    showing = {number: await store.posts_showing(paper(number).id, "discontinuity") for number in (1, 2, 3)}
    kinds = {number: [post.key.kind for post in posts] for number, posts in showing.items()}
    assert kinds == {1: [PostKind.CARD], 2: [PostKind.LIST], 3: []}
    assert await store.posts_showing(paper(1).id, "plain") == []
    opened = {number: await store.posts_showing(paper(number).id) for number in (1, 2, 3)}
    kinds = {number: [post.key.kind for post in posts] for number, posts in opened.items()}
    assert kinds == {1: [PostKind.OPENING, PostKind.CARD], 2: [PostKind.OPENING, PostKind.LIST], 3: []}, (
        "the day's line may name what its opening does not show"
    )
