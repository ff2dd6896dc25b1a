"""Verdicts on demand: at once when known, else a receipt and the verdict; limits that hold; what a place may see."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.commands.event import Role
from bot.core.commands.payer import Cause, Payer
from bot.core.commands.people import AskLimits
from bot.core.errors import PlatformDown, PostRejected, SourceUnavailable
from bot.core.jobs.job import JobState, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.jobs.wait_words import TOLD
from bot.core.posts.post import Place, PostKey, PostKind
from bot.core.present.answer import words
from bot.core.verdicts.verdict import Wait
from bot.services.judging.judge_full import judging_full
from tests.fakes.worlds import paper
from tests.services.talk import LEASE, OTHER, PLACE, Talk, talking

FOLLOW = "follow add cs.AI lens=discontinuity"


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        yield made


def shelve(talk: Talk, *numbers: int) -> None:
    talk.shelf.papers |= {paper(number).id: paper(number) for number in numbers}


async def test_an_unknown_paper_gets_a_receipt_at_once_and_its_verdict_when_it_is_ready(talk: Talk) -> None:
    shelve(talk, 7)
    asked = talk.asked("verdict 2606.00007")
    await talk.inbox.take(asked)
    await talk.work(Queue.ANSWER, rounds=3)
    first, *rest = talk.heard(asked)
    assert first.text == "Reading 2606.00007 through the lens discontinuity. The verdict comes here when it is ready."
    assert rest == []
    await talk.work()
    assert [post.kind for post in talk.heard(asked)] == [PostKind.ANSWER] * 2
    assert "Invented system 7" in talk.heard(asked)[-1].text


async def test_a_known_verdict_is_answered_at_once_and_costs_nothing(talk: Talk) -> None:
    await talk.know(7)
    talk.wire(AskLimits(0, 0, 0.0, 0.0))
    [card] = await talk.say("verdict https://arxiv.org/abs/2606.00007v1")
    assert "Invented system 7" in card.text
    assert talk.mind.judged == ["2606.00007"]


async def test_the_full_analysis_is_one_press_away(talk: Talk) -> None:
    await talk.know(7)
    [card] = await talk.say("verdict 2606.00007")
    press = next(button.value for button in card.buttons if button.action == "analysis")
    receipt, whole = await talk.say(press)
    assert "The analysis comes here when it is ready." in receipt.text
    assert "TEXT ANALYSIS: The Mechanical Function of This Paper" in whole.text
    assert "So it goes." in whole.text
    [again] = await talk.say("verdict 2606.00007 analysis=on")
    assert again.text == whole.text, "what is written is not written again"
    assert talk.mind._reader.analysed == ["2606.00007"]


async def test_an_analysis_that_contradicts_the_short_verdict_is_not_shown_and_the_short_one_stands(talk: Talk) -> None:
    await talk.know(7)
    talk.mind.contradicts = True
    [*_, shown] = await talk.say("analysis 2606.00007")
    assert "There is no analysis: it contradicted the short verdict, so it is not shown." in shown.text
    assert "It tests." in shown.text
    assert "TEXT ANALYSIS" not in shown.text
    talk.mind.contradicts = False
    [*_, same] = await talk.say("analysis 2606.00007")
    assert "There is no analysis" in same.text, "nobody is asked again that day"
    assert talk.mind._reader.analysed == []


@pytest.mark.parametrize(("who", "told"), [("ann", "There is no analysis."), ("root", "given up after 9 attempts")])
async def test_why_an_analysis_failed_is_told_to_who_runs_the_bot_alone(talk: Talk, who: str, told: str) -> None:
    talk.wire(operators=("stage:root",))
    await talk.know(7)
    await talk.inbox.take(asked := talk.asked("analysis 2606.00007", who=who))
    await talk.work(Queue.ANSWER, rounds=5)
    talk.clock.forward(seconds=1)
    (job,) = await talk.store.claim(Queue.JUDGE, 1, LEASE)
    await talk.store.end(job, JobState.FAILED, "something went wrong: given up after 9 attempts")
    await talk.work()
    shown = talk.heard(asked)[-1].text
    assert told in shown
    assert ("given up" in shown) == (who == "root")


async def test_what_arxiv_does_not_know_is_said(talk: Talk) -> None:
    text = await talk.last("verdict 2606.09999")
    assert text == "arXiv knows no paper 2606.09999.\nCheck the number, or search on arxiv.org."


async def test_a_withdrawn_paper_has_no_verdict_and_that_is_said(talk: Talk) -> None:
    gone = paper(7, comment="This paper has been withdrawn by its authors")
    talk.shelf.papers[gone.id] = gone
    assert "has been withdrawn" in await talk.last("verdict 2606.00007")
    assert talk.mind.judged == []


async def test_while_arxiv_is_away_the_reason_is_told_once_and_the_verdict_comes_later(talk: Talk) -> None:
    shelve(talk, 7)
    talk.shelf.error = SourceUnavailable("unreachable", "arXiv could not be reached.", "Check the network.")
    posts = await talk.say("verdict 2606.00007", event="x")
    assert "arXiv cannot be asked just now" in posts[-1].text
    talk.clock.forward(minutes=2)
    await talk.work()
    assert len([post for to, post in talk.stage.answers if to.id == "x"]) == 2
    talk.shelf.error = None
    for _ in range(3):
        talk.clock.forward(minutes=1)
        await talk.work()
    assert "Invented system 7" in talk.stage.answers[-1][1].text


async def test_while_the_model_is_away_the_reason_is_told_once_and_the_verdict_comes_later(talk: Talk) -> None:
    shelve(talk, 7)
    noted = '127.0.0.1 wrote no verdict: "classes" must be one to 3 of lullaby'
    talk.mind.away = Wait(noted, 600, WaitReason.MODEL_UNUSABLE)
    posts = await talk.say("verdict 2606.00007", event="x")
    assert posts[-1].text.startswith(f"2606.00007 waits: {TOLD[WaitReason.MODEL_UNUSABLE]}. It is tried again at 14:1")
    talk.clock.forward(minutes=5)
    await talk.work()
    assert len([post for to, post in talk.stage.answers if to.id == "x"]) == 2
    talk.mind.away = None
    for _ in range(3):
        talk.clock.forward(minutes=5)
        await talk.work()
    assert "Invented system 7" in talk.stage.answers[-1][1].text


async def test_what_is_under_way_is_not_said_to_wait_until_its_lease_ends(talk: Talk) -> None:
    await talk.store.put_papers([paper(7)])
    payer = Payer.of(talk.asked("status").asker, Cause.VERDICT)
    await talk.store.add_jobs([judging_full(paper(7), "discontinuity", -1.0, payer)])
    for is_put_off in (True, False):
        talk.clock.forward(seconds=1)
        (job,) = await talk.store.claim(Queue.JUDGE, 1, LEASE)
        if is_put_off:
            await talk.store.reschedule(job, timedelta(0), "its full text is being fetched", WaitReason.FETCHING)
    found = await talk.store.find_job(Queue.JUDGE, job.key)
    assert found is not None
    assert (found.is_under_way, found.is_put_off(talk.clock.now())) == (True, False)
    posts = await talk.say("verdict 2606.00007 full")
    assert [post.text for post in posts if " waits: " in post.text] == []
    await talk.store.reschedule(job, timedelta(minutes=1), "arXiv cannot be asked", WaitReason.ARXIV)
    talk.clock.forward(seconds=10)
    await talk.work()
    assert "2606.00007 waits: arXiv cannot be asked just now. It is tried again at" in talk.stage.answers[-1][1].text


async def test_who_runs_the_bot_is_told_the_reason_as_it_was_noted(talk: Talk) -> None:
    shelve(talk, 7)
    talk.wire(operators=("stage:root",))
    reason = '127.0.0.1 wrote no verdict: "classes" must be one to 3 of lullaby'
    talk.mind.away = Wait(reason, 600)
    for who, is_told in (("ann", False), ("root", True)):
        posts = await talk.say("verdict 2606.00007", who=who)
        assert ("127.0.0.1" in posts[-1].text) is is_told
        assert ("127.0.0.1" in await talk.last("status", who=who)) is is_told
    talk.mind.away = Wait("1.00 USD is used up", 36_000, WaitReason.BUDGET)
    shelve(talk, 8)
    assert "waits: today’s budget for the model is used up. It is tried again at" in await talk.last(
        "verdict 2606.00008"
    )


async def test_after_a_day_without_a_verdict_the_wait_ends_in_words(talk: Talk) -> None:
    shelve(talk, 7)
    talk.mind.away = Wait("the model is away", 3600)
    await talk.say("verdict 2606.00007")
    talk.clock.forward(hours=25)
    await talk.work()
    assert "could not be judged within a day" in talk.stage.answers[-1][1].text
    assert not await talk.jobs(Queue.ANSWER)


async def test_a_wait_survives_a_restart(talk: Talk) -> None:
    shelve(talk, 7)
    asked = talk.asked("verdict 2606.00007")
    await talk.inbox.take(asked)
    await talk.work(Queue.ANSWER, rounds=2)
    talk.wire()
    await talk.work()
    assert "Invented system 7" in talk.heard(asked)[-1].text


async def test_an_answer_is_told_again_rather_than_never_when_the_process_dies(talk: Talk) -> None:
    asked = talk.asked("help")
    await talk.inbox.take(asked)
    talk.clock.forward(seconds=1)
    [job] = await talk.store.claim(Queue.ANSWER, 5, timedelta(seconds=30))
    await talk.steps[Queue.ANSWER](replace(job))
    assert len(talk.heard(asked)) == 1
    assert not await talk.jobs(Queue.ANSWER)


async def test_what_somebody_asks_for_goes_before_the_papers_of_the_day(talk: Talk) -> None:
    await talk.announce(*range(1, 9))
    await talk.last(FOLLOW)
    await talk.last("follow on cs.AI")
    await talk.inbox.take(talk.asked("follow now cs.AI"))
    talk.clock.forward(seconds=1)
    await talk.work(Queue.ANSWER, rounds=1)
    await talk.inbox.take(talk.asked("verdict 2606.00008"))
    await talk.work(Queue.ANSWER, rounds=3)
    talk.clock.forward(seconds=1)
    [job, *_] = await talk.store.claim(Queue.JUDGE, 1, timedelta(seconds=30))
    assert job.payload["paper"] == "2606.00008"


# limits


async def test_t24_ten_places_that_ask_for_one_paper_are_one_judging(talk: Talk) -> None:
    shelve(talk, 7)
    asked = [talk.asked("verdict 2606.00007", who=f"p{n}", place=Place("stage", f"c{n}")) for n in range(10)]
    for one in asked:
        await talk.inbox.take(one)
    await talk.work()
    assert talk.mind.judged == ["2606.00007"]
    assert talk.shelf.asked.count("2606.00007") <= 10
    assert all("Invented system 7" in talk.heard(one)[-1].text for one in asked)


async def test_t24_a_persons_limit_holds_across_restarts_and_says_when_it_goes_on(talk: Talk) -> None:
    shelve(talk, *range(1, 10))
    for number in range(1, 6):
        assert f"Invented system {number}" in await talk.last(f"verdict 2606.0000{number}")
        talk.wire()
    for where in (PLACE, OTHER):
        text = await talk.last("verdict 2606.00006", place=where)
        assert "You have asked for 5 verdicts today" in text
        assert "It goes on at 00:00 UTC, in " in text
    assert "Invented system 6" in await talk.last("verdict 2606.00006", who="ben")
    assert "Invented system 6" in await talk.last("verdict 2606.00006"), "what is known is free"
    talk.clock.put("2026-06-03 00:00:01")
    assert "Invented system 7" in await talk.last("verdict 2606.00007")


async def test_t24_a_places_limit_holds_for_all_of_its_people(talk: Talk) -> None:
    talk.wire(AskLimits(person=5, place=3, person_usd=1.0, place_usd=1.0))
    shelve(talk, *range(1, 9))
    for number in range(1, 4):
        await talk.last(f"verdict 2606.0000{number}", who=f"p{number}")
    assert "This place has asked for 3 verdicts today" in await talk.last("verdict 2606.00004", who="p4")
    assert "Invented system 4" in await talk.last("verdict 2606.00004", who="p4", place=OTHER)


async def test_t24_a_limit_in_money_counts_what_answers_cost(talk: Talk) -> None:
    talk.wire(AskLimits(person=50, place=50, person_usd=0.5, place_usd=0.85))
    shelve(talk, *range(1, 9))
    talk.mind.cost = 0.3
    for number in (1, 2):
        await talk.last(f"verdict 2606.0000{number}")
    assert "Your share of today's money" in await talk.last("verdict 2606.00003")
    await talk.last("verdict 2606.00003", who="ben")
    assert "This channel's share of today's money" in await talk.last("verdict 2606.00004", who="cem")


async def test_ids_that_arxiv_does_not_know_do_not_use_up_a_day(talk: Talk) -> None:
    shelve(talk, 1, 2)
    talk.wire(AskLimits(person=2, place=30, person_usd=1.0, place_usd=1.0))
    for number in range(4):
        assert "arXiv knows no paper" in await talk.last(f"verdict 2606.0999{number}")
    assert "Invented system 1" in await talk.last("verdict 2606.00001")
    assert "Invented system 2" in await talk.last("verdict 2606.00002")
    assert "which is the limit" in await talk.last("verdict 2606.09998")


async def test_t24_unknown_ids_count_when_there_are_many(talk: Talk) -> None:
    for number in range(15):
        await talk.last(f"verdict 2606.099{number:02}")
    before = len(talk.shelf.asked)
    assert "which is the limit" in await talk.last("verdict 2606.09999")
    assert len(talk.shelf.asked) == before


async def test_t24_an_event_delivered_twice_is_one_request(talk: Talk) -> None:
    shelve(talk, 1)
    for _ in range(3):
        await talk.say("verdict 2606.00001", event="same")
    talk.wire(AskLimits(person=2, place=30, person_usd=1.0, place_usd=1.0))
    shelve(talk, 2)
    assert "Invented system 2" in await talk.last("verdict 2606.00002"), "only one was counted"


# what a place may see


async def test_what_was_asked_in_private_shows_nowhere_else(talk: Talk) -> None:
    await talk.know(7)
    for place in (PLACE, OTHER, Place("stage", "far")):
        for text in ("recent", "search invented", "report", "search system lens=discontinuity"):
            said = await talk.last(text, place=place, who="spy")
            assert "Invented system 7" not in said
            assert "00007" not in said


async def test_what_was_shared_is_found_in_its_place_only(talk: Talk) -> None:
    await talk.know(7)
    assert "in a moment" in await talk.last("share 2606.00007 discontinuity")
    assert "Invented system 7" in await talk.last("search invented system")
    assert "Invented system 7" in await talk.last("recent")
    assert "Invented system 7" in await talk.last("report")
    for text in ("search invented", "recent", "report"):
        assert "Invented system 7" not in await talk.last(text, place=OTHER)


async def test_a_card_is_shared_once_and_then_pointed_at(talk: Talk) -> None:
    await talk.know(7)
    for _ in range(3):
        await talk.last("share 2606.00007 discontinuity")
    assert len([key for key in talk.stage.posts if "|card|" in key]) == 1
    [card] = await talk.say("verdict 2606.00007")
    assert any(span.post is not None for line in card.lines for span in line.spans)
    assert "share" not in [button.action for button in card.buttons]


async def test_a_day_that_was_posted_is_found_with_filters(talk: Talk) -> None:
    await talk.announce(*range(1, 13))
    await talk.last(FOLLOW)
    await talk.last("follow on cs.AI")
    await talk.last("follow now cs.AI")
    assert "Invented system 3" in await talk.last("search system 3")
    assert "Invented system" in await talk.last("search invented category=cs.AI")
    for nothing in ("category=cs.LG", "since=2026-06-03", "until=2026-06-01", "lens=plain", "class=lullaby"):
        said = await talk.last(f"search invented {nothing}")
        assert said == "Nothing posted here matches “invented”.\nTry other words, or fewer filters."
    assert await talk.last("search zebras") == "Nothing posted here matches “zebras”.\nTry other words."
    unknown = (await talk.say("similar 2601.00001"))[-1]
    assert unknown.text == "2601.00001 is not known yet.\nAsk for its verdict first: verdict 2601.00001"
    assert [button.value for button in unknown.buttons] == ["verdict 2601.00001"]
    some = await talk.last("search invented zebras")
    assert some.startswith("Nothing has all of these words. What has some of them:")
    menu = talk.stage.answers[-1][1].menu
    assert menu is not None
    opened = await talk.last(f"{menu.command} {menu.items[0].value}")
    assert menu.items[0].label in opened
    alike = await talk.last("similar 2606.00003")
    assert alike.startswith("Papers here like “Invented system 3”")
    assert "Invented system 3" not in alike.split("\n", 1)[1].splitlines()
    [first] = await talk.say("recent")
    [second] = await talk.say(next(button.value for button in first.buttons if button.label == "Next page"))
    ids = [
        str(line.spans[0].paper or line.spans[2].paper)
        for post in (first, second)
        for line in post.lines
        if line.role == "row"
    ]
    assert len(ids) == len(set(ids)) == 12
    assert "There is no page 3." in await talk.last("recent page=3")


@pytest.mark.parametrize(
    "words", ['"', "AND", "a OR b", "NEAR(a b)", "title:x", "*", "'; DROP TABLE papers; --", "ü 漢字", "-"]
)
async def test_no_search_is_taken_for_a_language_of_queries(talk: Talk, words: str) -> None:
    await talk.know(7)
    await talk.last("share 2606.00007 discontinuity")
    text = await talk.last(f"search {words}")
    assert "Something went wrong" not in text
    assert await talk.store.paper(paper(7).id) is not None


async def test_a_member_may_ask_but_not_decide(talk: Talk) -> None:
    await talk.know(7)
    assert "Invented system 7" in await talk.last("verdict 2606.00007", standing=Role.MEMBER)
    assert "for who manages this channel" in await talk.last("sharing off", standing=Role.MEMBER)
    assert not await talk.jobs(Queue.ANSWER, JobState.FAILED)


# what the platform or the process does meanwhile


async def test_an_effect_is_had_once_though_its_answer_is_tried_again(talk: Talk) -> None:
    await talk.announce(1)
    await talk.last(f"{FOLLOW} cards=16")
    await talk.last("follow on cs.AI")
    for verb, fits in (("fewer", "8 cards a day"), ("pause", "Paused."), ("on", "is on. It starts")):
        talk.stage.faults = [PlatformDown("down") for _ in range(3)]
        talk.clock.forward(minutes=1)
        assert fits in await answered_at_last(talk, f"follow {verb} cs.AI")
    [follow] = await talk.store.follows()
    assert (follow.cards, follow.is_on) == (8, True)
    talk.stage.faults = [PlatformDown("down") for _ in range(2)]
    assert "is removed" in await answered_at_last(talk, "follow remove cs.AI")
    assert await talk.store.follows() == []


async def answered_at_last(talk: Talk, text: str) -> str:
    asked = talk.asked(text)
    await talk.inbox.take(asked)
    for _ in range(8):
        await talk.work()
        talk.clock.forward(seconds=30)
    [post] = talk.heard(asked)
    return post.text


async def test_an_effect_is_had_once_when_the_process_dies_before_its_job_ends(talk: Talk) -> None:
    await talk.announce(1)
    await talk.last(f"{FOLLOW} cards=16")
    await talk.last("follow on cs.AI")
    asked = talk.asked("follow fewer cs.AI")
    await talk.inbox.take(asked)
    talk.clock.forward(seconds=1)
    [job] = await talk.store.claim(Queue.ANSWER, 1, timedelta(seconds=30))
    end, talk.store.end = talk.store.end, None  # type: ignore[method-assign, assignment]
    with pytest.raises(TypeError):
        await talk.steps[Queue.ANSWER](job)
    talk.store.end = end  # type: ignore[method-assign]
    talk.clock.forward(minutes=1)
    await talk.work()
    [follow] = await talk.store.follows()
    assert follow.cards == 8


async def test_a_verdict_that_was_long_awaited_outlives_a_fault_of_the_platform(talk: Talk) -> None:
    shelve(talk, 7)
    talk.mind.away = Wait("the model is away", 60)
    await talk.say("verdict 2606.00007", event="x")
    for _ in range(12):
        talk.clock.forward(minutes=1)
        await talk.work()
    talk.mind.away, talk.stage.faults = None, [PlatformDown("down")]
    for _ in range(5):
        talk.clock.forward(minutes=1)
        await talk.work()
    assert "Invented system 7" in talk.stage.answers[-1][1].text


async def test_a_card_is_shared_though_its_sharer_cannot_be_told(talk: Talk) -> None:
    await talk.know(7)
    talk.stage.faults = [PostRejected("the token has ended")]
    assert await talk.say("share 2606.00007 discontinuity") == []
    assert len(talk.stage.posts) == 1


async def test_a_card_that_the_platform_refused_can_be_shared_again(talk: Talk) -> None:
    await talk.know(7)
    asked = talk.asked("share 2606.00007 discontinuity")
    await talk.inbox.take(asked)
    await talk.work(Queue.ANSWER)
    talk.stage.faults = [PostRejected("too long")]
    await talk.work()
    assert [key for key in talk.stage.posts if "|card|" in key] == []
    await talk.last("share 2606.00007 discontinuity")
    assert len([key for key in talk.stage.posts if "|card|" in key]) == 1


async def test_one_person_and_one_place_share_so_many_cards_a_day(talk: Talk) -> None:
    shelve(talk, *range(1, 8))
    talk.wire(AskLimits(99, 99, 9.0, 9.0), messages=14)
    for number in range(1, 7):
        await talk.last(f"verdict 2606.{number:05}")
        said = await talk.last(f"share 2606.{number:05} discontinuity")
    assert said.startswith("You have had 5 posts made here today, the limit for one person.")
    await talk.last("share 2606.00006 discontinuity", who="bob")
    await talk.last("verdict 2606.00007", who="bob")
    assert "share" not in await talk.last("share 2606.00007 discontinuity", who="bob")
    assert len([key for key in talk.stage.posts if "|card|" in key]) == 7
    await talk.know(8)
    said = await talk.last("share 2606.00008 discontinuity", who="cyn")
    assert said.startswith("This channel has reached today's limit of posts.")


async def test_an_event_of_another_process_is_left_to_it(talk: Talk) -> None:
    there = replace(talk.asked("help"), reply_to={"session": "elsewhere"})
    await talk.inbox.take(there)
    await talk.work(rounds=4)
    assert talk.heard(there) == []
    talk.clock.forward(minutes=6)
    await talk.work()
    assert talk.heard(there) == []
    [job] = await talk.jobs(Queue.ANSWER, JobState.FAILED)
    assert job.reason == "who asked is gone"


async def test_without_a_lens_a_paper_is_shown_as_it_stands_here(talk: Talk) -> None:
    await talk.know(7, "plain")
    await talk.last("share 2606.00007 plain")
    await talk.announce(1)
    await talk.last("follow add cs.AI lens=reproducibility")
    judged = len(talk.mind.judged)
    assert "one lens: plain" in await talk.last("verdict 2606.00007")
    assert len(talk.mind.judged) == judged


async def test_a_draft_decides_no_lens(talk: Talk) -> None:
    await talk.announce(1)
    await talk.last("follow add cs.AI lens=reproducibility")
    await talk.know(7)
    assert "one lens: discontinuity" in await talk.last("verdict 2606.00007")


async def test_ids_that_do_not_exist_do_not_lock_a_place(talk: Talk) -> None:
    talk.wire(AskLimits(person=3, place=3, person_usd=1.0, place_usd=1.0))
    for number in range(3):
        await talk.last(f"verdict 2606.0999{number}")
    shelve(talk, 1)
    assert "Invented system 1" in await talk.last("verdict 2606.00001", who="ben")


async def test_filters_reach_what_is_older_than_the_latest_matches(talk: Talk) -> None:
    from bot.store.papers import published_verdicts

    await talk.announce(*range(1, 9))
    await talk.last(FOLLOW)
    await talk.last("follow on cs.AI")
    await talk.last("follow now cs.AI")
    before, published_verdicts.HITS_RANKED = published_verdicts.HITS_RANKED, 2
    try:
        await talk.know(9, "plain")
        await talk.last("share 2606.00009 plain")
        assert "Invented system" in await talk.last("search invented lens=discontinuity")
        assert "Invented system" in await talk.last("search invented until=2026-06-02")
    finally:
        published_verdicts.HITS_RANKED = before


@pytest.mark.parametrize("words", ["2606.00007", "https://arxiv.org/abs/2606.00007v1", "10.48550/arXiv.2606.00007"])
async def test_a_paper_is_found_by_its_id_where_it_stands_and_nowhere_else(talk: Talk, words: str) -> None:
    await talk.know(7)
    assert "Invented system 7" not in await talk.last(f"search {words}")
    posts = await talk.say("verdict 2606.00007")
    assert "leaves out" in posts[-1].text
    await talk.last("share 2606.00007 discontinuity")
    await talk.work()
    assert "Invented system 7" in await talk.last(f"search {words}")


async def test_the_lens_that_was_promised_is_the_lens_of_the_verdict(talk: Talk) -> None:
    shelve(talk, 7)
    await talk.announce(1)
    talk.mind.away = Wait("the model is away", 1)
    asked = talk.asked("verdict 2606.00007")
    await talk.inbox.take(asked)
    await talk.work()
    assert "through the lens discontinuity" in talk.heard(asked)[0].text
    await talk.say("follow add cs.AI lens=plain")
    await talk.say("follow on cs.AI")
    talk.mind.away = None
    talk.clock.forward(minutes=5)
    await talk.work()
    assert "one lens: discontinuity" in talk.heard(asked)[-1].text


async def test_a_promise_holds_when_the_process_dies_right_after_it(talk: Talk) -> None:
    shelve(talk, 7)
    asked = talk.asked("verdict 2606.00007")
    await talk.inbox.take(asked)

    class Dying(BaseException):
        pass

    async def dies(*_: Any, **__: Any) -> None:
        talk.stage.answers.append((asked, talk_words))
        raise Dying

    talk_words = words("the receipt of the process that died")
    told, talk.stage.answer = talk.stage.answer, dies  # type: ignore[method-assign]
    talk.clock.forward(seconds=1)
    with pytest.raises(Dying):
        await talk.work(Queue.ANSWER, rounds=1)
    talk.stage.answer = told  # type: ignore[method-assign]
    await talk.announce(1)
    await talk.say("follow add cs.AI lens=plain")
    await talk.say("follow on cs.AI")
    talk.clock.forward(minutes=1)
    await talk.work()
    assert "one lens: discontinuity" in talk.heard(asked)[-1].text


@pytest.mark.parametrize("text", ["search invented", "recent", "help", "status", "follow list", "discuss 2606.00001"])
async def test_what_nobody_waits_for_any_more_lapses_after_a_quarter_of_an_hour(talk: Talk, text: str) -> None:
    await talk.know(1)
    asked = talk.asked(text)
    await talk.inbox.take(asked)
    talk.clock.forward(minutes=16)
    await talk.work()
    assert talk.heard(asked) == []
    assert [key for key in talk.stage.posts if "|answer|" in key] == []
    assert [job.key for job in await talk.jobs(Queue.ANSWER, JobState.DROPPED)] == [asked.key]


@pytest.mark.parametrize("text", ["verdict 2606.00001", "analysis 2606.00001", "ask Why? paper=2606.00001", "report"])
async def test_a_verdict_an_answer_and_a_report_come_however_late(talk: Talk, text: str) -> None:
    await talk.know(1)
    asked = talk.asked(text)
    await talk.inbox.take(asked)
    talk.clock.forward(hours=20)
    await talk.work()
    assert talk.heard(asked)


async def test_an_old_vote_counts_although_nobody_is_told(talk: Talk) -> None:
    await talk.know(1)
    await talk.say("share 2606.00001 discontinuity")
    asked = talk.asked("agree 2606.00001 discontinuity")
    await talk.inbox.take(asked)
    talk.clock.forward(minutes=16)
    await talk.work()
    assert talk.heard(asked) == []
    assert (await talk.store.tally(PLACE, paper(1).id, "discontinuity")).agree == 1


async def test_a_verdict_on_another_version_than_was_asked_for_says_so(talk: Talk) -> None:
    await talk.know(7)
    assert "This is about v1, as arXiv has it; you asked about v3." in await talk.last("verdict 2606.00007v3")
    assert "This is about v1, as arXiv has it; you asked about v3." in await talk.last("analysis 2606.00007v3")
    assert "you asked about" not in await talk.last("verdict 2606.00007v1")
    assert "you asked about" not in await talk.last("verdict 2606.00007")


async def test_a_version_that_came_while_a_verdict_was_awaited_is_named(talk: Talk) -> None:
    await talk.store.put_papers([paper(7)])
    talk.mind.away = Wait("the model is away", 1)
    asked = talk.asked("verdict 2606.00007")
    await talk.inbox.take(asked)
    await talk.work()
    await talk.store.put_papers([paper(7, version=2, abstract="We present something else.")])
    talk.mind.away = None
    talk.clock.forward(minutes=5)
    await talk.work()
    assert "This is about v2, as arXiv has it; you asked about v1." in talk.heard(asked)[-1].text


@pytest.mark.parametrize("mode", ["top", "digest"])
async def test_a_paper_of_a_menu_is_the_one_that_stands_in_that_place_and_nowhere_else(talk: Talk, mode: str) -> None:
    await talk.announce(*range(1, 9))
    await talk.last(f"follow add cs.AI lens=discontinuity mode={mode}")
    await talk.last("follow on cs.AI")
    await talk.last("follow now cs.AI")
    opening = next(PostKey.parse(key) for key in talk.stage.posts if key.split("|")[1] in ("opening", "digest"))
    menu = talk.stage.posts[str(opening)][-1].menu
    assert menu is not None
    for item in menu.items:
        shown = await talk.last(f"{menu.command} {item.value}", standing=Role.MEMBER)
        assert item.label in shown
        assert "Share here" in [one.label for one in talk.stage.answers[-1][1].buttons]
    gone = "That list does not stand here any more"
    assert gone in await talk.last(f"{menu.command} {len(menu.items) + 1}")
    assert gone in await talk.last(f"{menu.command} 1", place=OTHER)
    assert gone in await talk.last(f"open {'0' * 25} 1")


async def test_what_this_is_is_said_in_five_lines(talk: Talk) -> None:
    post = await talk.last("about plain")
    assert len(post.splitlines()) == 5
    assert "It is one view" in post
