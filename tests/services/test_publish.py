"""A follow's day closes once, at its hour, and every paper of it is accounted for."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.core.follows.edition import Disposition
from bot.core.follows.follow import Mode
from bot.core.jobs.job import JobState, Queue
from bot.core.papers.feed import FeedState, Outcome
from bot.core.posts.post import Place, PostKey
from bot.services.publishing.edits import edit_of
from tests.fakes.worlds import DAY, announce, batch, follow, paper
from tests.services.conftest import World
from tests.services.test_deliver import keys, records


async def test_an_edition_waits_for_its_posting_hour(world: World) -> None:
    follows = [follow(hour=time(9), zone="America/New_York")]
    await world.store.sync_follows(follows)
    world.clock.moment = datetime(2026, 6, 2, 12, 59, tzinfo=UTC)
    await announce(world.store, batch([paper(1)]), follows)
    await world.drain()
    assert keys(world.journal) == []
    (job,) = await world.store.list_jobs((JobState.OPEN,), Queue.EDITION)
    assert job.reason == "posts at 02 Jun 13:00 UTC"
    world.clock.forward(minutes=2)
    await world.drain(forward=timedelta(minutes=2))
    assert [str(one["kind"]) for one in records(world.journal)] == ["opening", "card"]


async def test_an_edition_waits_while_papers_are_judged_but_not_longer_than_three_hours(world: World) -> None:
    follows = [follow()]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1), paper(2)]), follows)
    (first, *_) = await world.store.claim(Queue.JUDGE, 1, timedelta(seconds=30))
    await world.steps[Queue.JUDGE](first)
    await world.drain(Queue.EDITION)
    assert keys(world.journal) == []
    world.clock.moment = datetime.now(UTC) + timedelta(hours=3, minutes=1)
    await world.drain(Queue.EDITION, Queue.DELIVER, forward=timedelta(hours=4))
    (edition,) = await world.store.editions()
    assert edition.fates == {Disposition.POSTED: 1, Disposition.UNREAD: 1}


async def test_an_edition_waits_for_all_categories_of_its_follow(world: World) -> None:
    follows = [follow(categories=("cs.AI", "cs.LG"))]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1)]), follows)
    await world.drain()
    assert keys(world.journal) == []
    both = batch([paper(1), paper(2)], category="cs.LG", kind="cross")
    await announce(world.store, both, follows)
    await world.drain(forward=timedelta(minutes=2))
    (edition,) = await world.store.editions()
    assert sum(edition.fates.values()) == 2, "the paper in both categories is one paper"


async def test_a_category_without_an_announcement_is_not_waited_for(world: World) -> None:
    follows = [follow(categories=("cs.AI", "cs.LG"))]
    await world.store.sync_follows(follows)
    quiet = FeedState("cs.LG", outcome=Outcome.NO_ANNOUNCEMENT_HOLIDAY)
    await world.store.record_poll(quiet, None, (), ())
    await announce(world.store, batch([paper(1)]), follows)
    await world.drain()
    assert len(await world.store.editions()) == 1


async def test_t3_one_paper_in_two_followed_categories_has_one_verdict(world: World) -> None:
    follows = [follow("a"), follow("b", categories=("cs.LG",), place=Place("console", "other"))]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1)]), follows)
    await announce(world.store, batch([paper(1)], category="cs.LG", kind="cross"), follows)
    await world.drain()
    assert world.analyst.judged == ["2606.00001"]
    assert len([key for key in keys(world.journal) if "|card|" in key]) == 2


async def test_papers_that_come_after_the_day_has_closed_make_a_further_part(world: World) -> None:
    follows = [follow()]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1)]), follows)
    await world.drain()
    await announce(world.store, batch([paper(1), paper(2)]), follows)
    await world.drain()
    parts = sorted(edition.key.part for edition in await world.store.editions())
    assert parts == [1, 2]
    assert [one["kind"] for one in records(world.journal)] == ["opening", "card", "late", "list"]


async def test_after_downtime_only_the_latest_announcement_gets_cards(world: World) -> None:
    follows = [follow()]
    await world.store.sync_follows(follows)
    for number in range(3):
        await announce(world.store, batch([paper(number + 1)], day=DAY + timedelta(days=number)), follows)
    world.clock.forward(days=3)
    await world.drain()
    kinds = [str(one["kind"]) for one in records(world.journal)]
    assert sorted(kinds) == ["card", "late", "late", "list", "list", "opening"]


async def judge_one(world: World) -> None:
    """The next paper is judged, and the edition looks again."""
    (job,) = await world.store.claim(Queue.JUDGE, 1, timedelta(seconds=30))
    await world.steps[Queue.JUDGE](job)
    await world.drain(Queue.EDITION, Queue.DELIVER, forward=timedelta(seconds=3))


async def test_where_each_verdict_is_a_card_the_first_goes_out_while_others_are_judged(world: World) -> None:
    follows = [follow(mode=Mode.EVERY, limit=50)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, 5)]), follows)
    for judged in range(1, 4):
        await judge_one(world)
        assert len(keys(world.journal)) == judged, "a card for each paper that was judged, and no sooner"
        assert await world.store.editions() == []
    await judge_one(world)
    assert [str(one["kind"]) for one in records(world.journal)] == ["card"] * 4
    assert len(set(keys(world.journal))) == 4
    (edition,) = await world.store.editions()
    assert edition.fates == {Disposition.POSTED: 4}
    assert edition.stands is not None
    assert (edition.stands.posted, edition.stands.waiting) == (4, 0)


async def test_where_each_verdict_is_a_card_the_first_that_stands_makes_its_day_due_at_once(world: World) -> None:
    follows = [follow(mode=Mode.EVERY, limit=50)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, 5)]), follows)
    (edition,) = await world.store.claim(Queue.EDITION, 1, timedelta(seconds=30))
    await world.steps[Queue.EDITION](edition)
    (job,) = await world.store.claim(Queue.JUDGE, 1, timedelta(seconds=30))
    await world.steps[Queue.JUDGE](job)
    (edition,) = await world.store.claim(Queue.EDITION, 1, timedelta(seconds=30))
    await world.steps[Queue.EDITION](edition)
    assert len(await world.store.claim(Queue.DELIVER, 5, timedelta(seconds=30))) == 1


async def test_where_not_every_paper_has_room_no_card_goes_before_the_whole_day_is_ranked(world: World) -> None:
    follows = [follow(mode=Mode.EVERY, limit=4)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, 6)]), follows)
    for _ in range(4):
        await judge_one(world)
        assert keys(world.journal) == []
    await judge_one(world)
    assert [str(one["kind"]) for one in records(world.journal)][:4] == ["opening", "card", "card", "card"]


async def test_the_best_of_a_day_go_out_when_the_whole_day_is_judged_and_not_before(world: World) -> None:
    follows = [follow(mode=Mode.TOP, limit=50)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1), paper(2)]), follows)
    await judge_one(world)
    assert keys(world.journal) == []
    await judge_one(world)
    assert len(keys(world.journal)) == 3


async def test_what_no_card_went_out_for_stands_under_an_opening_line_after_the_early_cards(world: World) -> None:
    follows = [follow(mode=Mode.EVERY, limit=10)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, 4)]), follows)
    await judge_one(world)
    world.clock.moment = datetime.now(UTC) + timedelta(hours=3, minutes=1)
    await world.drain(Queue.EDITION, Queue.DELIVER, forward=timedelta(hours=4))
    assert [str(one["kind"]) for one in records(world.journal)] == ["card", "opening", "list"]
    (edition,) = await world.store.editions()
    assert edition.fates == {Disposition.POSTED: 1, Disposition.UNREAD: 2}


async def test_a_follow_that_moves_after_an_early_card_brings_its_whole_day_to_the_new_place(world: World) -> None:
    moved = follow(mode=Mode.EVERY, limit=50)
    await world.store.sync_follows([moved])
    await announce(world.store, batch([paper(1), paper(2)]), [moved])
    await judge_one(world)
    assert len(keys(world.journal)) == 1
    await world.store.sync_follows([replace(moved, place=Place("console", "other"))])
    await world.drain()
    assert sorted(PostKey.parse(key).place.channel for key in keys(world.journal)) == ["main", "other", "other"]


async def test_a_card_that_another_follow_of_the_place_put_out_early_is_not_put_out_again_and_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.services.publishing.publish")
    both = {"mode": Mode.EVERY, "limit": 50}
    follows = [follow("a", **both), follow("b", categories=("cs.LG",), **both)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1), paper(2)]), follows)
    await announce(world.store, batch([paper(1), paper(3)], category="cs.LG", kind="cross"), follows)
    await judge_one(world)
    await world.drain(Queue.EDITION, forward=timedelta(seconds=3))
    told = [record.message for record in caplog.records if record.name == "bot.services.publishing.publish"]
    assert told == ["cards go out before their day closes"]
    await world.drain()
    assert len(keys(world.journal)) == len(set(keys(world.journal))) == 3
    assert [edition.fates for edition in await world.store.editions()] == [{Disposition.POSTED: 2}] * 2


async def test_an_early_card_can_be_written_again_when_its_follow_is_gone(world: World) -> None:
    follows = [follow(mode=Mode.EVERY, limit=50)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1), paper(2)]), follows)
    await judge_one(world)
    (card,) = keys(world.journal)
    await world.store.sync_follows([])
    await world.drain()
    await world.store.add_jobs([edit_of(PostKey.parse(card), "a later text")])
    await world.drain()
    assert len(records(world.journal, "edit")) == 1
    assert keys(world.journal) == [card]


async def test_ten_messages_a_day_in_a_place_over_all_its_follows(world: World) -> None:
    follows = [follow(f"f{number}", lens=lens) for number, lens in enumerate(("plain", "reproducibility"))]
    follows.append(follow("f2", lens="discontinuity", mode=Mode.EVERY))
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, 21)]), follows)
    await world.drain()
    top_level = [one for one in records(world.journal) if one["thread"] is None]
    assert len(top_level) <= 10
    for edition in await world.store.editions():
        assert sum(edition.fates.values()) == 20


async def test_a_paused_follow_posts_nothing_and_does_not_make_up_for_it(world: World) -> None:
    world.skew = world.clock.now() - datetime.now(UTC)
    follows = [follow()]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1)]), follows)
    await world.store.sync_follows([follow(paused=True)])
    await world.drain()
    assert keys(world.journal) == []
    await world.store.sync_follows(follows)
    await world.drain(forward=timedelta(minutes=2))
    assert keys(world.journal) == []
    later = batch([paper(2)], day=DAY + timedelta(days=1))
    await announce(world.store, later, follows)
    world.clock.forward(days=1)
    await world.drain(forward=timedelta(days=1))
    assert len(keys(world.journal)) == 2


async def test_a_follow_that_was_removed_takes_its_open_edition_with_it(world: World) -> None:
    follows = [follow()]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1)]), follows)
    await world.store.sync_follows([])
    await world.drain()
    assert (await world.store.count_jobs())[Queue.EDITION, JobState.DROPPED] == 1
    assert keys(world.journal) == []


async def test_the_digest_of_a_scan_opens_the_most_revealing_and_has_all_in_its_menu(world: World) -> None:
    world.use(world.platform, scan=True)
    follows = [follow(cards=2)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, 8)]), follows)
    await world.drain()
    (digest,) = records(world.journal)
    roles = [line["role"] for line in digest["lines"]]
    assert (roles.count("title"), roles.count("row")) == (2, 0)
    menu = await world.store.menu_of(follows[0].place, PostKey.parse(str(digest["key"])).digest)
    assert menu is not None
    assert len(menu.menu) == 7
    assert await world.store.menu_of(Place("console", "elsewhere"), menu.key.digest) is None


@pytest.mark.parametrize("day", [date(2026, 6, 5), date(2026, 6, 6)])
async def test_a_day_is_posted_on_the_next_of_the_follows_weekdays(world: World, day: date) -> None:
    follows = [follow(weekdays=(0,))]
    await world.store.sync_follows(follows)
    world.clock.moment = datetime(2026, 6, 7, 23, tzinfo=UTC)
    await announce(world.store, batch([paper(1)], day=day), follows)
    await world.drain()
    assert keys(world.journal) == []
    world.clock.moment = datetime(2026, 6, 8, 9, 1, tzinfo=UTC)
    await world.drain(forward=timedelta(days=2))
    assert keys(world.journal) != []


async def test_an_hour_that_was_changed_to_an_earlier_one_holds_at_once(world: World) -> None:
    follows = [follow(hour=time(20))]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1)]), follows)
    await world.drain()
    assert keys(world.journal) == []
    await world.store.sync_follows([follow(hour=time(9))])
    await world.drain()
    assert [str(one["kind"]) for one in records(world.journal)] == ["opening", "card"]


async def test_a_lens_that_was_changed_while_a_day_is_open_judges_the_day_anew(world: World) -> None:
    follows = [follow(hour=time(20))]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(1), paper(2)]), follows)
    await world.drain()
    await world.store.sync_follows([follow(lens="discontinuity")])
    await world.drain(Queue.EDITION)
    await world.drain(forward=timedelta(seconds=5))
    (edition,) = await world.store.editions()
    assert edition.fates == {Disposition.POSTED: 2}
    assert edition.follow.lens == "discontinuity"
