"""Every verb, in every role, in every state of a place, is answered in words; every refusal says the next step."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.commands.event import Role
from bot.core.commands.people import AskLimits
from bot.core.commands.verbs import COMMANDS
from bot.core.errors import PlatformDown, PostRejected, RateLimited, SourceUnavailable
from bot.core.jobs.job import JobState, Queue
from bot.core.verdicts.verdict import Wait
from bot.ports.platform import Problem
from tests.fakes.worlds import paper
from tests.services.talk import OTHER, Talk, talking

STATES = ("unknown", "followed", "paused", "no permission", "over limit", "model down", "arXiv down", "no model")
FOLLOW = "follow add cs.AI lens=discontinuity"


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        yield made


async def put(talk: Talk, state: str) -> None:
    """Bring the place into a state."""
    if state != "unknown":
        await talk.announce(1, 2, 3)
        assert "Preview" in await talk.last(FOLLOW)
        assert "is on" in await talk.last("follow on cs.AI")
        assert "On its way" in await talk.last("follow now cs.AI")
    if state == "paused":
        assert "Paused" in await talk.last("follow pause cs.AI")
    if state == "no permission":
        talk.stage.missing = [Problem("I may not write here.", "Give me Send Messages.")]
    if state == "over limit":
        talk.wire(AskLimits(0, 0, 1.0, 1.0))
    if state == "model down":
        talk.mind.away = Wait("the model's endpoint does not answer", 600)
    if state == "arXiv down":
        talk.shelf.error = SourceUnavailable("unreachable", "arXiv could not be reached.", "Check the network.")
    if state == "no model":
        talk.wire(has_model=False)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("standing", list(Role))
async def test_every_verb_is_answered_in_words_in_every_role_and_state(talk: Talk, state: str, standing: Role) -> None:
    await put(talk, state)
    talk.shelf.papers |= {paper(900).id: paper(900)}
    for verb in COMMANDS:
        text = verb.example.replace("2611.01234", "2606.00900")
        for words in (text, verb.name):
            posts = await talk.say(words, standing=standing)
            await talk.store.prune(timedelta(0), timedelta(days=1))
            assert posts, (state, standing, words)
            for post in posts:
                assert post.lines
                assert post.text.strip()
                assert "went wrong in the bot" not in post.text, (state, standing, words)
            if verb.needs is Role.ADMIN and standing is Role.MEMBER and words == text:
                assert "is for who manages this channel" in posts[-1].text
                assert "status" in posts[-1].text
    assert not await talk.jobs(Queue.ANSWER, JobState.FAILED)


async def test_a_refusal_says_cause_and_next_step(talk: Talk) -> None:
    posts = await talk.say("verdict hello")
    assert [line.text for line in posts[-1].lines] == [
        "That is not an arXiv id.",
        "Try 2611.01234 or a link to arxiv.org/abs.",
    ]


async def test_without_permission_nothing_is_followed_and_the_remedy_is_said(talk: Talk) -> None:
    talk.stage.missing = [
        Problem("I may not write here.", "Give me Send Messages."),
        Problem("No threads.", "Allow them."),
    ]
    text = await talk.last(FOLLOW)
    assert "I cannot post here yet: I may not write here. No threads." in text
    assert "Give me Send Messages. Allow them." in text
    assert await talk.store.follows() == []


async def test_permissions_are_asked_again_before_it_is_on_and_before_a_card_is_shared(talk: Talk) -> None:
    await talk.announce(1, 2)
    await talk.last(FOLLOW)
    await talk.know(1)
    talk.stage.missing = [Problem("I may not write here.", "Give me Send Messages.")]
    for text in ("follow on cs.AI", "share 2606.00001 discontinuity"):
        assert "I may not write here." in await talk.last(text)
    assert not talk.stage.posts


async def test_an_event_that_comes_twice_is_answered_once(talk: Talk) -> None:
    asked = talk.asked("help", event="same")
    assert await talk.inbox.take(asked)
    assert not await talk.inbox.take(asked)
    await talk.work()
    assert not await talk.inbox.take(asked)
    await talk.work()
    assert len(talk.heard(asked)) == 1


async def test_an_operator_of_the_settings_may_do_what_admins_may(talk: Talk) -> None:
    talk.wire(operators=("stage:boss",))
    await talk.announce(1)
    assert "Preview" in await talk.last(FOLLOW, who="boss", standing=Role.MEMBER)
    assert "for who manages this channel" in await talk.last(FOLLOW, who="ann", standing=Role.MEMBER)


async def test_an_answer_that_the_platform_does_not_take_is_tried_again(talk: Talk) -> None:
    talk.stage.faults = [PlatformDown("down"), RateLimited("slow", retry_after=timedelta(seconds=2))]
    asked = talk.asked("help")
    await talk.inbox.take(asked)
    await talk.work()
    assert len(talk.heard(asked)) == 1


async def test_an_answer_that_the_platform_will_never_take_ends(talk: Talk) -> None:
    talk.stage.faults = [PostRejected("never")]
    assert await talk.say("help") == []
    [job] = await talk.jobs(Queue.ANSWER, JobState.FAILED)
    assert job.reason == "never"


async def test_a_fault_of_ours_is_told_without_a_stack_trace(talk: Talk) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    talk.store.count_waiting = broken  # type: ignore[method-assign, assignment]
    text = await talk.last("status")
    assert "Something went wrong in the bot" in text
    assert "secret" not in text
    assert "Try again in a minute" in text


async def test_one_persons_remarks_are_answered_in_their_order(talk: Talk) -> None:
    await talk.announce(1)
    for text in (FOLLOW, "follow on cs.AI", "follow pause cs.AI", "follow list"):
        await talk.inbox.take(talk.asked(text))
    await talk.work()
    assert "paused" in talk.stage.answers[-1][1].text


async def test_typed_options_and_typed_text_are_one_thing(talk: Talk) -> None:
    await talk.announce(1)
    by_text = await talk.last("lens show plain")
    by_options = await talk.last("lens show", values={"lens": "plain", "page": ""})
    assert by_text == by_options


async def test_a_long_answer_is_paged_to_what_the_platform_holds(talk: Talk) -> None:
    [first] = await talk.say("lens show discontinuity")
    assert len(first.text) <= talk.stage.capacity.characters + 80
    if any(button.label == "Next page" for button in first.buttons):
        [second] = await talk.say(next(button.value for button in first.buttons if button.label == "Next page"))
        assert second.lines[0] != first.lines[0]


# sharing and status


async def test_an_admin_may_switch_sharing_off_for_one_place(talk: Talk) -> None:
    await talk.know(1)
    assert "Sharing is off" in await talk.last("sharing off")
    [card] = await talk.say("verdict 2606.00001")
    assert "share" not in [button.action for button in card.buttons]
    assert "switched off" in await talk.last("share 2606.00001 discontinuity")
    [elsewhere] = await talk.say("verdict 2606.00001", place=OTHER)
    assert "share" in [button.action for button in elsewhere.buttons]


async def test_status_explains_silence_and_names_what_is_missing(talk: Talk) -> None:
    assert "Nothing is followed here yet" in await talk.last("status")
    await put(talk, "followed")
    text = await talk.last("status")
    assert "arXiv has announced cs.AI for 2 June 2026." in text
    assert "3 announced, 3 read" in text
    talk.stage.missing = [Problem("I may not write here.", "Give me Send Messages.")]
    assert "I may not write here. Give me Send Messages." in await talk.last("status")


async def test_status_of_one_place_says_nothing_of_another(talk: Talk) -> None:
    await put(talk, "followed")
    text = await talk.last("status", place=OTHER)
    assert "cs.AI" not in text.replace("follow add cs.AI", "")
    assert "cs.AI  through discontinuity" in await talk.last("status", place=OTHER, standing=Role.OPERATOR)


async def test_feedback_reaches_the_operator_as_it_was_said_once(talk: Talk) -> None:
    asked = talk.asked("feedback Größe = 5 @everyone")
    await talk.inbox.take(asked)
    await talk.work()
    [said] = await talk.store.feedback()
    assert (said.words, said.person) == ("Größe = 5 @everyone", "stage:ann")
    assert "Thank you" in talk.heard(asked)[-1].text
