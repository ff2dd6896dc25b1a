"""An answer that outlives what a platform keeps private goes to a post; and another channel can be named."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.commands.acts import Act, ActKind, ActLimits, Over
from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.commands.people import AskLimits, Reach
from bot.core.errors import AnswerExpired, PlaceClosed
from bot.core.jobs.job import Job, JobState, Queue
from bot.core.posts.post import Place, PostRef, Style
from bot.core.verdicts.verdict import Wait
from tests.fakes.worlds import paper
from tests.services.talk import LEASE, OTHER, PLACE, Talk, talking

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


async def test_a_private_way_that_is_closed_before_our_clock_says_so_is_as_one_that_is_late(talk: Talk) -> None:
    await talk.know(1)
    talk.stage.until = talk.clock.now() + timedelta(minutes=10)
    for text in ("verdict 2606.00001", "feedback too loud"):
        talk.stage.faults = [AnswerExpired("The time for a private answer is over.")]
        await talk.say(text, who="cleo")
    assert [key.partition("|")[0] for key in answers(talk)] == [str(PLACE), "stage:@cleo"]
    assert [len(talk.stage.posts[key]) for key in answers(talk)] == [1, 1]


async def test_a_receipt_that_cannot_be_told_any_more_does_not_end_the_wait(talk: Talk) -> None:
    talk.mind.away = Wait("the model is away", 1)
    talk.stage.until = talk.clock.now() + timedelta(hours=10)
    talk.stage.faults = [AnswerExpired("The time for a private answer is over.")]
    await talk.inbox.take(talk.asked("verdict 2606.00001"))
    await talk.work()
    (key,) = answers(talk)
    talk.mind.away = None
    talk.stage.faults = [AnswerExpired("The time for a private answer is over.")] * 2
    talk.clock.forward(minutes=5)
    await talk.work()
    assert answers(talk) == [key]
    assert "leaves out" in talk.stage.posts[key][-1].text


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


# a late answer for all is a post that who asked causes


async def public_late(talk: Talk, number: int, **how: Any) -> None:
    """Eve's verdict comes when the private way is over."""
    talk.stage.until = talk.clock.now() - WAIT_TIME
    await talk.say(f"verdict 2606.{number:05} plain", who="eve", **how)
    talk.stage.until = None


def where(talk: Talk) -> list[str]:
    """In which places late answers stand, in their order."""
    return [key.partition("|")[0] for key in answers(talk)]


async def test_late_answers_of_one_person_stand_for_all_five_times_a_day_and_then_come_to_them(
    talk: Talk,
) -> None:
    talk.wire(AskLimits(99, 99, 9.0, 9.0))
    for number in range(1, 8):
        await talk.know(number, "plain")
        await public_late(talk, number)
    assert where(talk) == [str(PLACE)] * 5 + ["stage:@eve"] * 2
    last = talk.stage.posts[answers(talk)[-1]][-1].text
    assert "Your posts of today in the channel where you asked (5) are used up, so this comes to you alone." in last
    assert "Invented system 7" in last, "nothing is lost"
    assert (await talk.last("discuss 2606.00001 plain", who="eve")).startswith("You have had 5 posts made here today")


async def test_late_answers_count_in_the_messages_of_the_channel(talk: Talk) -> None:
    talk.wire(AskLimits(99, 99, 9.0, 9.0), messages=4)
    for number in range(1, 5):
        await talk.know(number, "plain")
        await public_late(talk, number)
    assert where(talk) == [str(PLACE)] * 2 + ["stage:@eve"] * 2
    last = talk.stage.posts[answers(talk)[-1]][-1].text
    assert "The channel where you asked has reached today's limit of posts, so this comes to you alone." in last


async def test_a_late_answer_counts_once_however_often_it_is_tried_and_edited(talk: Talk) -> None:
    talk.wire(AskLimits(99, 99, 9.0, 9.0), reach=Reach(public_person=2))
    talk.mind.away = Wait("the model is away", 1)
    asked = talk.asked("verdict 2606.00001 plain", who="eve")
    await talk.inbox.take(asked)
    talk.stage.until = talk.clock.now() - WAIT_TIME
    for _ in range(3):
        await talk.work(rounds=3)
        (job,) = await talk.jobs(Queue.ANSWER)
        kept = await talk.store.claim(Queue.ANSWER, 1, LEASE)  # a process that is killed in the middle leaves it so
        talk.clock.forward(minutes=2)
        assert job.payload["told"] == (kept[0] if kept else job).payload["told"]
    talk.mind.away = None
    talk.clock.forward(minutes=5)
    await talk.work()
    talk.stage.until = None
    assert where(talk) == [str(PLACE)]
    assert "Invented system 1" in talk.stage.posts[answers(talk)[0]][-1].text
    await talk.know(2, "plain")
    await public_late(talk, 2)
    await talk.know(3, "plain")
    await public_late(talk, 3)
    assert where(talk) == [str(PLACE), str(PLACE), "stage:@eve"]


@pytest.mark.parametrize("queue", [Queue.ANSWER, Queue.DELIVER])
async def test_a_process_that_is_killed_after_it_counted_counts_and_posts_once(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, queue: Queue
) -> None:
    """By its command the answer stands for all at once; what was said is first tried where the person takes none."""
    talk.wire(AskLimits(99, 99, 9.0, 9.0), reach=Reach(public_person=2))
    await talk.know(1, "plain")
    end, is_killed = talk.store.end, False

    async def killed(job: Job, *rest: Any, **more: Any) -> None:
        nonlocal is_killed
        if job.queue is queue and not is_killed:
            is_killed = True
            raise KeyboardInterrupt
        await end(job, *rest, **more)

    monkeypatch.setattr(talk.store, "end", killed)
    talk.stage.until = talk.clock.now() - WAIT_TIME
    if queue is Queue.ANSWER:
        await talk.inbox.take(talk.asked("verdict 2606.00001 plain", who="eve"))
    else:
        talk.stage.faults = [PlaceClosed("They take none.", "")] * 2
        await talk.inbox.hear(talk.remark("help", who="eve", named=True))
    with pytest.raises(KeyboardInterrupt):
        await talk.work()
    talk.clock.forward(minutes=2)
    await talk.work()
    assert is_killed
    assert where(talk) == [str(PLACE)]
    eve, day = talk.asked("help", who="eve").asker, talk.clock.now().date()
    assert await talk.store.count_act(Act("more", ActKind.PUBLIC, eve, day), ActLimits(2)) is None
    assert await talk.store.count_act(Act("yet more", ActKind.PUBLIC, eve, day), ActLimits(2)) is Over.PERSON


async def test_a_late_answer_in_a_thread_that_is_a_place_of_its_own_counts_there(talk: Talk) -> None:
    thread = Place("stage", "thread")
    await talk.announce(1)
    await talk.say("follow add cs.AI lens=plain", place=thread)
    await talk.know(1, "plain")
    asked = talk.asked("verdict 2606.00001 plain", who="eve")
    talk.stage.until = talk.clock.now() - WAIT_TIME
    await talk.inbox.take(replace(asked, asker=replace(asked.asker, within=thread)))
    await talk.work()
    assert where(talk) == [str(thread)]
    limits, day = ActLimits(99, 1, 99), talk.clock.now().date()
    for place, over in ((PLACE, None), (thread, Over.PLACE)):
        act = Act(f"x {place}", ActKind.PUBLIC, talk.asked("help", who="bob", place=place).asker, day)
        assert await talk.store.count_act(act, limits) is over


@pytest.mark.parametrize("how", ["never", "not any more"])
async def test_who_may_not_write_there_when_it_is_late_is_answered_alone(talk: Talk, how: str) -> None:
    await talk.know(1, "plain")
    talk.stage.silenced = {"stage:eve"} if how == "not any more" else set()
    await public_late(talk, 1, may_post=how != "never")
    assert where(talk) == ["stage:@eve"]
    assert (
        "You may not write in the channel where you asked, or that could not be seen, so this comes"
        in talk.stage.posts[answers(talk)[0]][-1].text
    )


async def test_who_takes_no_direct_messages_is_answered_for_all_five_times_a_day(talk: Talk) -> None:
    talk.stage.until = talk.clock.now() - WAIT_TIME
    for number in range(8):
        talk.stage.faults = [PlaceClosed("They take none.", "")]
        await talk.inbox.hear(talk.remark(f"help{' ' * number}", who="eve", named=True))
        await talk.work()
    assert where(talk) == [str(PLACE)] * 5
    failed = await talk.jobs(Queue.DELIVER, JobState.FAILED)
    assert sum("Your posts of today" in job.reason for job in failed) == 3


@pytest.mark.parametrize("is_silenced", [True, False])
async def test_who_takes_no_direct_messages_is_answered_for_all_by_their_own_right(
    talk: Talk, is_silenced: bool
) -> None:
    talk.stage.until = talk.clock.now() - WAIT_TIME
    talk.stage.silenced = {"stage:eve"} if is_silenced else set()
    talk.stage.faults = [PlaceClosed("They take none.", "")]
    await talk.inbox.hear(talk.remark("help", who="eve", named=True))
    await talk.work()
    assert where(talk) == ([] if is_silenced else [str(PLACE)])


async def test_who_can_be_answered_nowhere_is_told_so_while_the_receipt_can_be_changed(talk: Talk) -> None:
    talk.mind.away = Wait("the model is away", 1)
    talk.stage.silenced = {"stage:eve"}
    asked = talk.asked("verdict 2606.00001", who="eve")
    await talk.inbox.take(asked)
    await talk.work()
    talk.clock.forward(minutes=1)
    talk.stage.until = talk.clock.now() + WAIT_TIME
    talk.stage.faults = [PlaceClosed("They take none.", "")]
    await talk.work()
    assert "I can write neither here nor to you" in talk.heard(asked)[-1].text
    assert answers(talk) == []


async def test_an_answer_that_is_there_before_its_place_is_fills_the_place_that_it_gets(talk: Talk) -> None:
    talk.mind.away = Wait("the model is away", 1)
    await talk.inbox.hear(talk.remark("verdict 2606.00001 plain", who="eve", named=True))
    talk.stage.until = talk.clock.now() - WAIT_TIME
    await talk.work(Queue.REMARK, Queue.ANSWER, Queue.JUDGE, rounds=3)
    talk.mind.away = None
    talk.clock.forward(minutes=2)
    await talk.work(Queue.ANSWER, Queue.JUDGE)
    talk.stage.faults = [PlaceClosed("They take none.", "")]
    await talk.work()
    assert where(talk) == [str(PLACE)]
    assert "Invented system 1" in talk.stage.posts[answers(talk)[0]][-1].text


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
    assert "who manages" in await talk.last("follow add cs.AI lens=plain channel=others")
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
