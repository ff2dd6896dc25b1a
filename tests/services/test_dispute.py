"""Disputes: an objection is kept, marks the card in its place, reaches the operator, and is decided without a trace."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.posts.post import Place, Post, PostKind
from bot.core.verdicts.dispute import WITHDRAWN, Ruling
from bot.services.commands.disputes import rule
from tests.fakes.worlds import paper
from tests.services.talk import OTHER, PLACE, Talk, talking

ONE = "2606.00001 discontinuity"
OBJECTION = f"dispute {ONE} headline It does more than test."


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        made.wire(operators=("stage:opal",))
        await made.card()
        yield made


def card(talk: Talk, place: Place = PLACE) -> Post:
    """The card as it stands now."""
    [versions] = [posts for key, posts in talk.stage.posts.items() if key.startswith(f"{place}|{PostKind.CARD}|")]
    return versions[-1]


async def test_an_objection_marks_the_card_here_and_tells_the_operator_once(talk: Talk) -> None:
    asked = talk.asked(OBJECTION)
    await talk.inbox.take(asked)
    await talk.inbox.take(asked)
    await talk.work()
    assert "Your objection is kept." in talk.heard(asked)[-1].text
    assert "The card here says so." in talk.heard(asked)[-1].text
    assert "Disputed here: an objection to a claim waits for a decision." in card(talk).text
    [told] = talk.told("opal")
    assert "An objection to headline of the verdict on 2606.00001" in told
    assert "It does more than test." in told
    assert "stage:ann" not in told
    [kept] = await talk.store.disputes()
    assert (kept.person, kept.claim, kept.reason) == ("stage:ann", "headline", "It does more than test.")


async def test_where_no_card_stands_none_is_said_to_be_marked(talk: Talk) -> None:
    asked = talk.asked(OBJECTION, place=OTHER)
    await talk.inbox.take(asked)
    await talk.work()
    assert "No card of it stands here" in talk.heard(asked)[-1].text


async def test_the_mark_links_to_the_thread_in_which_it_is_talked_about(talk: Talk) -> None:
    await talk.say(f"discuss {ONE}")
    await talk.say(OBJECTION)
    [root] = {talk.stage.threads[key] for key in talk.stage.posts if "|talk|" in key}
    links = [span.post for line in card(talk).lines for span in line.spans if span.post is not None]
    assert [link.id for link in links] == [root]
    assert len(card(talk).text) < 900


async def test_the_mark_stands_in_the_place_of_the_objection_only(talk: Talk) -> None:
    await talk.say(f"share {ONE}", place=OTHER)
    await talk.say(OBJECTION)
    assert "Disputed" not in card(talk, OTHER).text


async def test_an_upheld_claim_stands_and_the_mark_goes(talk: Talk) -> None:
    await talk.say(OBJECTION)
    assert await rule(talk.store, 1, Ruling.UPHELD)
    await talk.work()
    assert "Disputed" not in card(talk).text
    assert "It tests." in card(talk).text
    assert not await rule(talk.store, 1, Ruling.WITHDRAWN)


async def test_a_withdrawn_claim_goes_out_of_every_copy_without_the_reason_or_the_person(talk: Talk) -> None:
    await talk.say(f"share {ONE}", place=OTHER)
    await talk.say(OBJECTION)
    assert await rule(talk.store, 1, Ruling.WITHDRAWN)
    await talk.work()
    for place in (PLACE, OTHER):
        post = card(talk, place)
        assert post.lines[0].text == WITHDRAWN
        assert "more than test" not in post.text
        assert "ann" not in post.text
    assert WITHDRAWN in await talk.last("recent")


async def test_a_claim_that_is_not_made_cannot_be_objected_to(talk: Talk) -> None:
    assert "says nothing under fallacy" in await talk.last(f"dispute {ONE} fallacy There is none.")
    assert "no verdict" in await talk.last("dispute 2606.00009 plain headline So.")
    assert await talk.store.disputes() == []


async def test_without_a_claim_or_a_reason_the_claims_that_there_are_are_told(talk: Talk) -> None:
    for lacking in ("", " headline"):
        told = await talk.last(f"dispute {ONE}{lacking}")
        assert "Which claim is wrong, and why?" in told
        assert "does  Tests." in told
        assert "assumption" not in told
        assert "fallacy" not in told
        assert f"dispute {ONE} headline" in told
    assert "What it claims: headline, does." in await talk.last(f"dispute {ONE} fallacy There is none.")
    assert await talk.store.disputes() == []


async def test_who_disagrees_can_object_to_one_claim_with_a_press(talk: Talk) -> None:
    asked = talk.asked(f"disagree {ONE}")
    await talk.inbox.take(asked)
    await talk.work()
    post = talk.heard(asked)[-1]
    assert [button.value for button in post.buttons] == [f"dispute {ONE}"]
    assert "who runs this bot decides" in post.text


async def test_a_claim_can_be_withdrawn_once(talk: Talk) -> None:
    await talk.say(OBJECTION)
    await rule(talk.store, 1, Ruling.WITHDRAWN)
    assert "says nothing under headline" in await talk.last(OBJECTION)


async def test_forgetting_who_objected_takes_the_objection(talk: Talk) -> None:
    await talk.say(OBJECTION)
    await talk.store.forget_person("stage:ann")
    assert await talk.store.disputes() == []


async def test_the_thread_of_an_objection_is_the_one_it_is_made_in(talk: Talk) -> None:
    asked = talk.asked(OBJECTION)
    await talk.inbox.take(replace(asked, asker=replace(asked.asker, within=Place("stage", "t1"))))
    await talk.work()
    [kept] = await talk.store.disputes()
    assert kept.thread is not None
    assert kept.thread.id == "t1"
    assert kept.paper == paper(1).id
