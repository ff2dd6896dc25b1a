"""Verdicts on demand: at once when known, else a receipt and the verdict; limits that hold; what a place may see."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.asked import Standing
from bot.core.errors import PlatformDown, PostRejected, SourceUnavailable
from bot.core.people import AskLimits
from bot.core.post import Place, PostKind
from bot.core.verdict import Wait
from bot.core.work import JobState, Queue
from tests.fakes.worlds import paper
from tests.services.talk import OTHER, PLACE, Talk, talking

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
    [whole] = await talk.say(press)
    assert "TEXT ANALYSIS: The Mechanical Function of This Paper" in whole.text


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
    talk.mind.away = Wait("the model's endpoint does not answer", 600)
    posts = await talk.say("verdict 2606.00007", event="x")
    assert "2606.00007 waits: the model's endpoint does not answer." in posts[-1].text
    talk.clock.forward(minutes=5)
    await talk.work()
    assert len([post for to, post in talk.stage.answers if to.id == "x"]) == 2
    talk.mind.away = None
    for _ in range(3):
        talk.clock.forward(minutes=5)
        await talk.work()
    assert "Invented system 7" in talk.stage.answers[-1][1].text


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
    assert "This place's share of today's money" in await talk.last("verdict 2606.00004", who="cem")


async def test_t24_unknown_ids_count_too(talk: Talk) -> None:
    for number in range(5):
        await talk.last(f"verdict 2606.0999{number}")
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
    assert len(talk.stage.posts) == 1
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
        assert "Nothing that stands here matches." in await talk.last(f"search invented {nothing}")
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
    assert "Invented system 7" in await talk.last("verdict 2606.00007", standing=Standing.MEMBER)
    assert "for the admins" in await talk.last("sharing off", standing=Standing.MEMBER)
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
    assert talk.stage.posts == {}
    await talk.last("share 2606.00007 discontinuity")
    assert len(talk.stage.posts) == 1


async def test_one_place_shares_ten_cards_a_day(talk: Talk) -> None:
    shelve(talk, *range(1, 13))
    talk.wire(AskLimits(99, 99, 9.0, 9.0))
    for number in range(1, 13):
        await talk.last(f"verdict 2606.{number:05}")
        said = await talk.last(f"share 2606.{number:05} discontinuity")
    assert "which is enough" in said
    assert len(talk.stage.posts) == 10


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
    from bot.store import showings

    await talk.announce(*range(1, 9))
    await talk.last(FOLLOW)
    await talk.last("follow on cs.AI")
    await talk.last("follow now cs.AI")
    before, showings.RANKED = showings.RANKED, 2
    try:
        await talk.know(9, "plain")
        await talk.last("share 2606.00009 plain")
        assert "Invented system" in await talk.last("search invented lens=discontinuity")
        assert "Invented system" in await talk.last("search invented until=2026-06-02")
    finally:
        showings.RANKED = before


@pytest.mark.parametrize("words", ["2606.00007", "https://arxiv.org/abs/2606.00007v1", "10.48550/arXiv.2606.00007"])
async def test_a_paper_is_found_by_its_id_where_it_stands_and_nowhere_else(talk: Talk, words: str) -> None:
    await talk.know(7)
    assert "Invented system 7" not in await talk.last(f"search {words}")
    posts = await talk.say("verdict 2606.00007")
    assert "leaves out" in posts[-1].text
    await talk.last("share 2606.00007 discontinuity")
    await talk.work()
    assert "Invented system 7" in await talk.last(f"search {words}")
