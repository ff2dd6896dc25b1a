"""Votes: one a person and place, changeable, shown in their place only, and brought up to date on the card in time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.commands.people import Tally
from bot.core.jobs.job import Queue
from tests.fakes.worlds import paper
from tests.services.talk import OTHER, PLACE, Talk, talking

ONE = "2606.00001 discontinuity"


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        await made.know(1)
        await made.last(f"share {ONE}")
        yield made


def labels(talk: Talk) -> list[str]:
    """What the card's buttons say now."""
    [versions] = [posts for key, posts in talk.stage.posts.items() if key.startswith("stage:main|card|")]
    return [button.label for button in versions[-1].buttons]


async def test_a_vote_is_counted_once_a_person_and_may_be_changed(talk: Talk) -> None:
    assert "You agree. 1 agrees, 0 disagree here." in await talk.last(f"agree {ONE}")
    assert "You agree. 1 agrees, 0 disagree here." in await talk.last(f"agree {ONE}")
    assert "You disagree. 0 agree, 1 disagrees here." in await talk.last(f"disagree {ONE}")
    assert "2 disagree" in await talk.last(f"disagree {ONE}", who="ben")


async def test_votes_are_shown_in_their_place_only(talk: Talk) -> None:
    await talk.last(f"agree {ONE}")
    assert "You agree. 1 agrees, 0 disagree here." in await talk.last(f"agree {ONE}", place=OTHER, who="cem")
    assert await talk.store.tally(PLACE, paper(1).id, "discontinuity") == Tally(1, 0)
    [card] = await talk.say(f"verdict {ONE}", place=OTHER)
    assert "Agree 1" in [button.label for button in card.buttons]
    [card] = await talk.say(f"verdict {ONE}", who="ben")
    assert "Agree 1" in [button.label for button in card.buttons]
    assert await talk.store.tally(OTHER, paper(1).id, "plain") == Tally()


async def test_in_its_first_hour_a_card_counts_at_most_once_a_minute(talk: Talk) -> None:
    talk.clock.put("2026-06-02 14:05:10")
    for number in range(7):
        await talk.inbox.take(talk.asked(f"agree {ONE}", who=f"p{number}"))
    await talk.work(Queue.ANSWER)
    assert len(await talk.jobs(Queue.DELIVER)) == 1
    assert labels(talk) == ["Full analysis", "Discuss", "Agree", "Disagree"]
    talk.clock.put("2026-06-02 14:06:00")
    await talk.work()
    assert labels(talk) == ["Full analysis", "Discuss", "Agree 7", "Disagree"]
    assert len(talk.stage.posts) == 1


async def test_later_a_card_counts_when_somebody_presses_at_most_hourly(talk: Talk) -> None:
    talk.clock.put("2026-06-02 20:10:00")
    await talk.last(f"agree {ONE}")
    assert labels(talk)[2] == "Agree 1"
    talk.clock.put("2026-06-02 20:40:00")
    assert "2 agree" in await talk.last(f"agree {ONE}", who="ben")
    assert labels(talk)[2] == "Agree 1", "who presses sees the exact count, the card waits"
    talk.clock.put("2026-06-02 21:01:00")
    await talk.last(f"disagree {ONE}", who="cem")
    assert labels(talk) == ["Full analysis", "Discuss", "Agree 2", "Disagree 1"]


async def test_a_count_that_waits_does_not_hold_up_the_place(talk: Talk) -> None:
    await talk.last(f"agree {ONE}")
    await talk.know(2)
    await talk.last("share 2606.00002 discontinuity")
    assert any("2606.00002" in key for key in talk.stage.posts)


async def test_a_scan_is_not_voted_on(talk: Talk) -> None:
    talk.wire(has_model=False)
    await talk.know(3)
    assert "judges nothing" in await talk.last("agree 2606.00003 discontinuity")


async def test_what_has_no_verdict_is_not_voted_on(talk: Talk) -> None:
    assert "There is no verdict on 2606.00009 yet." in await talk.last("agree 2606.00009 discontinuity")


async def test_a_changed_verdict_and_a_count_end_in_the_newest_text(talk: Talk) -> None:
    await talk.last(f"agree {ONE}")
    talk.clock.forward(minutes=2)
    await talk.work()
    card = talk.stage.posts[next(iter(talk.stage.posts))]
    assert len(card) == 2
    assert card[0].lines == card[1].lines


async def test_forgetting_a_person_takes_their_votes_requests_and_words(talk: Talk) -> None:
    await talk.last(f"agree {ONE}")
    await talk.last(f"agree {ONE}", who="ben")
    await talk.last("feedback good")
    assert await talk.store.forget_person("stage:ann") > 2
    assert await talk.store.tally(PLACE, paper(1).id, "discontinuity") == Tally(1, 0)
    assert await talk.store.feedback() == []
    assert await talk.store.forget_person("stage:ann") == 0
