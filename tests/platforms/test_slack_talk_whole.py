"""A discussion over Slack with the real services: from the button on a card to the last answer in its thread."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.core.jobs.job import JobState, Queue
from bot.core.verdicts.dispute import Ruling
from bot.services.commands.disputes import rule
from tests.fakes import feeds, latexml
from tests.fakes.openai_server import FakeOpenAi
from tests.fakes.slack_server.world import Message
from tests.platforms.slack_bench import TEAM, TRANSPORTS, until
from tests.platforms.slack_whole import Whole, follow, whole

FILLER = "Every cupboard of the town was opened twice, by two people, on two days that lay a week apart."
DATA = f"We visited 40 kitchens in three towns. The owners were not paid. {' '.join([FILLER] * 4)}"
RESULTS = f"An oak shelf bends by 4 mm under a load of 20 kg. {' '.join([FILLER] * 4)}"
PAGE = latexml.section(1, DATA, heading="Data") + latexml.section(2, RESULTS, heading="Results")


def model_of(server: FakeOpenAi) -> dict[str, Any]:
    """The settings of a model on loopback."""
    return {"model": {"endpoints": [{"base_url": server.base_url, "model": "fake/model"}]}}


async def a_card(here: Whole) -> tuple[Message, str]:
    """The first card of the day in #papers, and its paper, whose full text arXiv has."""
    cards = await until(
        lambda: [one for one in here.slack.seen("papers") if one.thread_ts is None and "Discuss" in str(one.blocks)]
    )
    paper = str(cards[0].metadata["event_payload"]["key"]).split("|")[2]
    for version in range(1, 4):
        here.arxiv.pages[f"{paper}v{version}"] = latexml.page(PAGE, id=paper, version=version)
    return cards[0], paper


def inside(here: Whole, card: Message) -> list[Message]:
    """What we said in the thread of a card, oldest first."""
    every = [one for one in here.slack.seen("papers") if one.body.get("bot_id")]
    return [one for one in every if one.thread_ts == card.ts != one.ts]


def in_the_channel(here: Whole) -> list[str]:
    """What stands in #papers itself, by its ts."""
    return [one.ts for one in here.slack.seen("papers") if one.thread_ts in (None, one.ts)]


async def count(here: Whole, card: Message, number: int) -> Message:
    """Wait until we said so many things in the thread, and the last of them."""
    await until(lambda: len(inside(here, card)) >= number)
    assert len(inside(here, card)) == number
    return inside(here, card)[-1]


async def still(here: Whole) -> None:
    """Wait until everything that was said is worked on."""
    await here.slack.courier.idle()
    async with asyncio.timeout(20):
        for queue in (Queue.ANSWER, Queue.REMARK, Queue.DELIVER):
            while await here.app.store.list_jobs((JobState.OPEN,), queue):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_discussion_from_the_button_to_stop_quotes_the_paper_in_its_thread(
    tmp_path: Path, transport: str
) -> None:
    async with whole(tmp_path, transport, follows=[follow("one", "C0PAPERS", cards=1)]) as here:
        card, _paper = await a_card(here)
        await here.press(card, "Discuss", "bob")
        opening = await count(here, card, 1)
        assert "Ask me about" in str(opening.blocks)
        asked = await here.slack.remark("bob", "papers", "how many kitchens were visited?", thread=card.ts)
        answer = await count(here, card, 2)
        assert "We visited 40 kitchens in three towns." in str(answer.blocks)
        assert "§1, sentence" in str(answer.blocks)
        await here.slack.edit_remark(asked.message, "how far does an oak shelf bend?")
        await until(lambda: "An oak shelf bends by 4 mm" in str(inside(here, card)[-1].blocks))
        await here.slack.remark("carol", "papers", "I was in one of these kitchens", thread=card.ts)
        await here.slack.remark("bob", "papers", "were the owners paid?", thread=card.ts)
        await still(here)
        assert len(inside(here, card)) == 2, "the first post of the other paper's discussion is one of them"
        await here.slack.mention("carol", "papers", "were the owners paid?", thread=card.ts)
        assert "The owners were not paid." in str((await count(here, card, 3)).blocks)
        await here.press(inside(here, card)[-1], "Steelman", "carol")
        await count(here, card, 4)
        await here.slack.mention("bob", "papers", "stop", thread=card.ts)
        await here.slack.remark("bob", "papers", "were the owners paid in the end?", thread=card.ts)
        await still(here)
        assert len(inside(here, card)) == 4
        assert here.arxiv.count("html") == 1
        assert {one["thread_ts"] for one in here.slack.journal.of("status", channel="C0PAPERS")} == {card.ts}
        assert max(here.slack.journal.keys.values()) == 1


async def test_a_command_by_name_in_a_thread_is_about_the_thread_s_paper(tmp_path: Path) -> None:
    async with whole(tmp_path, "socket", follows=[follow("one", "C0PAPERS", cards=1)]) as here:
        card, _paper = await a_card(here)
        await here.slack.mention("bob", "papers", "ask were the owners paid?", thread=card.ts)
        assert "The owners were not paid." in str((await count(here, card, 1)).blocks)


async def test_a_model_answers_in_the_thread_and_gets_no_names(tmp_path: Path) -> None:
    async with FakeOpenAi() as server:
        more = model_of(server)
        async with whole(tmp_path, "socket", follows=[follow("one", "C0PAPERS", cards=1)], **more) as here:
            card, _paper = await a_card(here)
            await here.slack.mention("bob", "papers", "<@U0CAROL> doubts it; hits@10 or not?", thread=card.ts)
            answer = await count(here, card, 1)
            assert "It sorts letters" in str(answer.blocks)
            assert "sentence 1:" in str(answer.blocks)
            (asked,) = [one for one in server.asked if "# Kinds of question" in one.system]
            assert "hits@10 or not?" in asked.paper
            assert "U0CAROL" not in asked.paper
            assert "U0BOB" not in asked.paper


async def test_a_limit_is_told_in_private_and_says_when_it_goes_on(tmp_path: Path) -> None:
    limits: dict[str, Any] = {"limits": {"answers_person_a_day": 1}}
    async with whole(tmp_path, "http", follows=[follow("one", "C0PAPERS", cards=1)], **limits) as here:
        card, _paper = await a_card(here)
        for question in ("were the owners paid?", "how far does an oak shelf bend?"):
            await here.slack.mention("bob", "papers", question, thread=card.ts)
        await count(here, card, 1)
        await until(lambda: "It goes on" in str([one.blocks for one in here.slack.seen("im:bob")]))
        await still(here)
        assert len(inside(here, card)) == 1


async def test_who_has_us_speak_in_threads_of_people_s_own_has_posts_made_there(tmp_path: Path) -> None:
    limits: dict[str, Any] = {"limits": {"public_person_a_day": 1}}
    async with whole(tmp_path, "socket", follows=[follow("one", "C0PAPERS", cards=1)], **limits) as here:
        _card, paper = await a_card(here)
        roots = [(await here.slack.remark("bob", "papers", "look at this")).message for _ in range(2)]
        for root in roots:
            await here.slack.mention("bob", "papers", f"were the owners paid in {paper}?", thread=root.ts)
        await until(lambda: "the limit for one person" in str([one.blocks for one in here.slack.seen("im:bob")]))
        await still(here)
        assert sum(len(inside(here, root)) for root in roots) == 1


async def test_who_may_write_in_threads_alone_has_nothing_posted_in_the_channel_and_so_many_answers(
    tmp_path: Path,
) -> None:
    limits: dict[str, Any] = {"limits": {"answers_thread_a_day": 2}}
    async with whole(tmp_path, "socket", follows=[follow("one", "C0PAPERS", cards=1)], **limits) as here:
        card, paper = await a_card(here)
        papers = here.slack.world.channel("papers")
        papers.properties = {"posting_restricted_to": {"type": ["admin"], "user": []}}
        roots = in_the_channel(here)
        other = next(str(feeds.invent(number).id) for number in (1, 2, 3) if feeds.invent(number).id != paper)
        for words in (f"share {other} plain", f"discuss {other} plain"):
            await here.slack.mention("bob", "papers", words, thread=card.ts)
        for number in range(10):
            await here.slack.mention("bob", "papers", f"were the {number} owners paid?", thread=card.ts)
        await still(here)
        assert in_the_channel(here) == roots
        assert len(inside(here, card)) == 2


async def test_a_remark_that_is_taken_back_leaves_nothing(tmp_path: Path) -> None:
    async with whole(tmp_path, "socket", follows=[follow("one", "C0PAPERS", cards=1)]) as here:
        card, _paper = await a_card(here)
        said = await here.slack.mention("bob", "papers", "were the owners paid?", thread=card.ts)
        await count(here, card, 1)
        await here.slack.delete_remark(said.message)
        await still(here)
        place = here.app.settings.follows[0].follow().place
        assert await here.app.store.turns(place, card.ts) == []
        assert f"{TEAM}/C0PAPERS" in str(place)


async def test_an_objection_by_form_marks_the_card_until_the_claim_is_withdrawn(tmp_path: Path) -> None:
    async with FakeOpenAi() as server:
        more = model_of(server) | {"access": {"operators": [f"slack:{TEAM}/U0CAROL"]}}
        one = follow("one", "C0PAPERS", cards=1)
        async with whole(tmp_path, "socket", reads_by_rule=False, follows=[one], **more) as here:
            card, _paper = await a_card(here)
            await here.press(card, "Discuss", "bob")
            await here.press(await count(here, card, 1), "Dispute", "bob")
            await until(lambda: "reason" in str([view.blocks for view in here.slack.views.opened_by("U0BOB")]))
            form = here.slack.modal_of("bob")
            by_block = {block["block_id"]: block["element"] for block in form.blocks}
            assert [*by_block] == ["claim", "reason"]
            offered = {one["text"]["text"]: one["description"]["text"] for one in by_block["claim"]["options"]}
            assert "Headline" in offered
            assert [name for name in offered if name.startswith("Hidden Assumption")] == ["Hidden Assumption 1"]
            (headline,) = [one for one in by_block["claim"]["options"] if one["value"] == "headline"]
            by_block["claim"]["initial_option"] = headline
            by_block["reason"]["initial_value"] = "It leaves nobody out."
            assert (await here.slack.submit_view(form)).answer in (None, "", {})
            await until(lambda: "isputed" in str(standing(here, card).blocks))
            await until(lambda: "It leaves nobody out" in str([m.blocks for m in here.slack.seen("im:carol")]))
            (kept,) = await here.app.store.disputes()
            assert await rule(here.app.store, kept.id, Ruling.WITHDRAWN)
            await until(lambda: "Withdrawn after an objection" in str(standing(here, card).blocks))
            assert "isputed" not in str(standing(here, card).blocks)
            assert "nobody out" not in str(here.slack.seen("papers"))


def standing(here: Whole, card: Message) -> Message:
    """The card as it stands now."""
    return next(one for one in here.slack.seen("papers") if one.ts == card.ts)
