"""An answer that outlives what a platform keeps private goes to a post; and another channel can be named."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.errors import PlaceClosed
from bot.core.posts.post import Place, PostRef, Style
from bot.core.verdicts.verdict import Wait
from tests.fakes.worlds import paper
from tests.services.talk import OTHER, PLACE, Talk, talking

WAIT_TIME = timedelta(seconds=30)


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as talk:
        await talk.store.put_papers([paper(number) for number in range(1, 4)])
        yield talk


def answers(talk: Talk) -> list[str]:
    return [key for key in talk.stage.posts if "|answer|" in key]


async def test_t23_a_late_answer_stands_as_a_post_to_which_the_private_receipt_links(talk: Talk) -> None:
    talk.mind.away = Wait("the model is away", 1)
    asked = talk.asked("verdict 2606.00001")
    await talk.inbox.take(asked)
    talk.stage.until = talk.clock.now() + WAIT_TIME
    await talk.work()
    assert len(answers(talk)) == 1
    (taken,) = talk.stage.posts[answers(talk)[0]]
    assert "It will stand here" in taken.text
    receipt = talk.heard(asked)[-1]
    assert receipt.lines[-1].spans[0].post == PostRef(PLACE, key_digest(talk), None)
    talk.mind.away = None
    talk.stage.until = talk.clock.now() - WAIT_TIME
    talk.clock.forward(minutes=5)
    await talk.work()
    assert "leaves out" in talk.stage.posts[answers(talk)[0]][-1].text
    assert len(answers(talk)) == 1, "the post that was there is filled, none is added"


async def test_an_answer_that_has_nothing_new_to_tell_takes_its_place_before_the_private_way_closes(talk: Talk) -> None:
    talk.mind.away = Wait("the model is away", 1)
    asked = talk.asked("verdict 2606.00001")
    await talk.inbox.take(asked)
    await talk.work()
    assert (len(talk.heard(asked)), answers(talk)) == (1, []), "the receipt"
    talk.clock.forward(minutes=1)
    talk.stage.until = talk.clock.now() + WAIT_TIME
    await talk.work()
    assert len(answers(talk)) == 1
    assert talk.heard(asked)[-1].lines[-1].spans[0].post == PostRef(PLACE, key_digest(talk), None)


def key_digest(talk: Talk) -> str:
    from bot.core.posts.post import PostKey

    return PostKey.parse(answers(talk)[0]).digest


async def test_t23_after_a_long_stop_the_answer_still_comes_and_only_once(talk: Talk) -> None:
    asked = talk.asked("verdict nonsense")
    await talk.inbox.take(asked)
    talk.stage.until = talk.clock.now() - WAIT_TIME
    await talk.work()
    assert talk.heard(asked) == []
    assert [len(talk.stage.posts[key]) for key in answers(talk)] == [1]
    assert answers(talk)[0].startswith(f"{PLACE}|")


@pytest.mark.parametrize(
    "text", ["search letters", "disagree 2606.00002 plain", "feedback too loud", "follow list", "no such verb"]
)
async def test_what_nobody_else_is_to_see_goes_to_who_asked_alone(talk: Talk, text: str) -> None:
    talk.stage.until = talk.clock.now() - WAIT_TIME
    await talk.say(text, who="cleo")
    assert [key.partition("|")[0] for key in answers(talk)] == ["stage:@cleo"]


async def test_where_sharing_is_off_a_late_verdict_goes_to_who_asked_alone(talk: Talk) -> None:
    await talk.say("sharing off")
    await talk.know(1)
    talk.stage.until = talk.clock.now() - WAIT_TIME
    await talk.say("verdict 2606.00001", who="cleo")
    assert [key.partition("|")[0] for key in answers(talk)] == ["stage:@cleo"]


@pytest.mark.parametrize("text", ["help", "verdict nonsense"])
async def test_a_person_who_takes_no_direct_messages_is_nobody_elses_trouble(talk: Talk, text: str) -> None:
    talk.stage.until = talk.clock.now() - WAIT_TIME
    talk.stage.faults = [PlaceClosed("No rights.", "Give some."), PlaceClosed("They take none.", "")]
    await talk.say(text, who="cleo")
    await talk.work()
    assert [key.partition("|")[0] for key in talk.stage.posts if "|answer|" not in key] == []
    assert [one.place for one in await talk.store.closures()] == []


async def test_where_the_channel_is_closed_a_late_answer_goes_to_who_asked(talk: Talk) -> None:
    talk.stage.until = talk.clock.now() - WAIT_TIME
    talk.stage.faults = [PlaceClosed("No rights.", "Give some.")]
    await talk.say("verdict nonsense", who="cleo")
    assert [key.partition("|")[0] for key in answers(talk)] == ["stage:@cleo"]


async def test_a_follow_can_be_made_from_another_channel_and_its_buttons_stay_there(talk: Talk) -> None:
    await talk.announce(1)
    posts = await talk.say("follow add cs.AI lens=plain channel=other")
    (follow,) = await talk.store.follows()
    assert follow.place == OTHER
    commands = [button.value for button in posts[-1].buttons if button.value.startswith("follow ")]
    assert commands
    assert all(command.endswith("channel=other") for command in commands)
    (on,) = [command for command in commands if command.startswith("follow on")]
    await talk.say(on)
    (follow,) = await talk.store.follows()
    assert follow.is_on


async def test_rights_are_those_in_the_channel_that_was_named(talk: Talk) -> None:
    assert "admins" in await talk.last("follow add cs.AI lens=plain channel=others")
    assert "do not see" in await talk.last("follow list channel=hidden")
    assert await talk.store.follows() == []


async def test_in_a_thread_a_command_is_about_its_channel_unless_the_thread_is_a_place(talk: Talk) -> None:
    await talk.announce(1)
    await talk.say("follow add cs.AI lens=plain")
    thread = Place("stage", "thread")
    asker = Actor("stage:ann", PLACE, "stage", Role.ADMIN, thread)
    assert "cs.AI" in await heard(talk, CommandEvent("t1", asker, "follow list"))
    await talk.say("follow add cs.CL lens=plain", place=thread)
    assert "cs.CL" in await heard(talk, CommandEvent("t2", asker, "follow list"))


async def heard(talk: Talk, asked: CommandEvent) -> str:
    await talk.inbox.take(asked)
    await talk.work()
    return talk.heard(asked)[-1].text


async def test_a_post_survives_a_job_as_it_was(talk: Talk) -> None:
    from bot.core.posts.post_json import post_from_json, post_to_json
    from bot.core.present.answer import moved_link

    await talk.know(1)
    card = (await talk.say("verdict 2606.00001"))[-1]
    linked = moved_link(PostRef(PLACE, "7", "6"))
    assert [post_from_json(post_to_json(one)) for one in (card, linked)] == [card, linked]
    assert any(span.style is Style.STRONG for line in card.lines for span in line.spans)
