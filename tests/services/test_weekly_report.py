"""T25: the report comes once a place and week, on Monday from its hour, whatever restarts, clocks and processes do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, time
from pathlib import Path

import pytest

from bot.core.errors import PlaceClosed
from bot.core.follows.follow import Follow
from bot.core.jobs.job import JobState, Queue
from bot.services.publishing.report import add_reports
from tests.fakes.worlds import paper
from tests.services.talk import OTHER, PLACE, Talk, talking

MONDAY = "2026-06-08"


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        yield made


async def week(talk: Talk, **follow: object) -> None:
    """A week in which three papers were posted."""
    await talk.store.sync_follows([Follow("f", PLACE, ("cs.AI",), **follow)])  # type: ignore[arg-type]
    await talk.announce(1, 2, 3)
    await talk.work()
    assert talk.stage.posts


async def look(talk: Talk, moment: str) -> list[str]:
    """What the place got by then, reports only."""
    talk.clock.put(moment)
    await add_reports(talk.store, talk.clock)
    await talk.work()
    return reports(talk)


def reports(talk: Talk) -> list[str]:
    return [key for key in talk.stage.posts if "|report|" in key]


async def test_t25_once_every_monday_from_the_hour_on(talk: Talk) -> None:
    await week(talk)
    assert await look(talk, "2026-06-07 23:00") == []
    assert await look(talk, f"{MONDAY} 08:59") == []
    assert await look(talk, f"{MONDAY} 09:00") == ["stage:main|report|2026-W23|all"]
    text = talk.stage.posts["stage:main|report|2026-W23|all"][0].text
    assert "The Cope Report · cs.AI · 1 to 7 June 2026" in text
    assert "3 papers were read here." in text
    for moment in ("09:01", "12:00", "23:59"):
        talk.wire()
        assert len(await look(talk, f"{MONDAY} {moment}")) == 1
    assert len(await look(talk, "2026-06-15 09:00")) == 2


async def test_t25_a_late_start_makes_it_later_that_day_and_never_two_weeks_at_once(talk: Talk) -> None:
    await week(talk)
    assert await look(talk, "2026-06-22 17:30") == ["stage:main|report|2026-W25|all"]
    assert "a quiet week" in talk.stage.posts["stage:main|report|2026-W25|all"][0].text


async def test_t25_a_monday_that_is_over_is_not_made_up_for(talk: Talk) -> None:
    await week(talk)
    assert await look(talk, "2026-06-09 09:00") == []
    assert "3 papers were read" in await talk.last("report 2026-W23"), "the command shows it any time"


async def test_t25_three_processes_make_one(talk: Talk) -> None:
    await week(talk)
    talk.clock.put(f"{MONDAY} 09:00")
    made = await asyncio.gather(*(add_reports(talk.store, talk.clock) for _ in range(3)))
    assert sorted(made) == [0, 0, 1]


async def test_t25_a_report_that_could_not_go_out_for_a_week_is_given_up_for_the_next(talk: Talk) -> None:
    await week(talk)
    talk.stage.faults = [PlaceClosed("I may not write here.", "Give me Send Messages.")]
    assert await look(talk, f"{MONDAY} 09:00") == []
    assert await look(talk, "2026-06-15 09:30") == ["stage:main|report|2026-W24|all"]
    assert len(await talk.jobs(Queue.DELIVER, JobState.DROPPED)) == 1


async def test_the_hour_is_the_places(talk: Talk) -> None:
    await week(talk, zone="Pacific/Auckland", hour=time(0))
    assert await look(talk, "2026-06-07 20:59") == []
    assert await look(talk, "2026-06-07 21:00") == ["stage:main|report|2026-W23|all"]


async def test_no_report_where_it_is_off_or_the_follow_is_paused_or_nothing_is_followed(talk: Talk) -> None:
    await week(talk, report=False)
    assert await look(talk, f"{MONDAY} 09:00") == []
    await talk.store.sync_follows([Follow("f", PLACE, ("cs.AI",), paused=True)])
    assert await look(talk, f"{MONDAY} 09:00") == []
    await talk.store.sync_follows([])
    assert await look(talk, f"{MONDAY} 09:00") == []


async def test_a_place_that_begins_on_a_monday_afternoon_gets_its_first_report_a_week_later(talk: Talk) -> None:
    talk.clock.put(f"{MONDAY} 13:00")
    await talk.announce(1, day=date(2026, 6, 8))
    await talk.last("follow add cs.AI lens=discontinuity")
    await talk.last("follow on cs.AI")
    assert await look(talk, f"{MONDAY} 14:00") == []
    assert len(await look(talk, "2026-06-15 09:00")) == 1


async def test_a_place_that_begins_on_a_monday_morning_gets_no_report_of_the_week_before_it_came(talk: Talk) -> None:
    talk.clock.put(f"{MONDAY} 08:00")
    await talk.announce(1, day=date(2026, 6, 8))
    await talk.last("follow add cs.AI lens=discontinuity")
    await talk.last("follow on cs.AI")
    assert await look(talk, f"{MONDAY} 09:00") == []
    assert "was not here yet" in await talk.last("report 2026-W23")
    assert "was not here yet" not in await talk.last("report")
    assert len(await look(talk, "2026-06-15 09:00")) == 1


async def test_two_follows_of_a_place_are_one_report(talk: Talk) -> None:
    await talk.store.sync_follows([Follow("a", PLACE, ("cs.AI",)), Follow("b", PLACE, ("cs.LG",), lens="plain")])
    assert len(await look(talk, f"{MONDAY} 09:00")) == 1


async def test_votes_and_shared_cards_of_another_place_are_not_in_it(talk: Talk) -> None:
    await week(talk)
    await talk.last("agree 2606.00001 discontinuity", place=OTHER)
    await talk.last("disagree 2606.00002 discontinuity", place=OTHER)
    await look(talk, f"{MONDAY} 09:00")
    text = talk.stage.posts["stage:main|report|2026-W23|all"][0].text
    assert "Most argued" not in text
    assert "disagree" not in text


async def test_t25_a_paper_withdrawn_midweek_is_left_out(talk: Talk) -> None:
    await week(talk)
    await talk.store.put_papers([paper(1, comment="This paper has been withdrawn", version=2)])
    await look(talk, f"{MONDAY} 09:00")
    text = talk.stage.posts["stage:main|report|2026-W23|all"][0].text
    assert "2 papers were read here." in text
    assert "system 1" not in text


async def test_a_kill_between_send_and_confirmation_makes_no_second_report(talk: Talk) -> None:
    await week(talk)
    talk.clock.put(f"{MONDAY} 09:00")
    await add_reports(talk.store, talk.clock)
    [job] = [one for one in await talk.jobs(Queue.DELIVER) if "|report|" in one.key]
    from bot.core.posts.post import PostKey
    from tests.services.talk import LEASE

    talk.clock.forward(seconds=1)
    claimed = await talk.store.claim(Queue.DELIVER, 1, LEASE)
    assert [one.id for one in claimed] == [job.id]
    await talk.stage.send(PostKey.parse(job.key), await talk.renderer.post(PostKey.parse(job.key), job.payload), None)
    talk.clock.forward(minutes=2)
    await talk.work()
    assert len(talk.stage.posts[job.key]) == 1
    assert await talk.store.sent(PostKey.parse(job.key)) is not None
