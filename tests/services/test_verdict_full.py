"""`verdict … full`: the full text through the same lens takes the abstract's place, wherever it stands."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.errors import SourceUnavailable
from bot.core.jobs.job import JobState, Queue
from bot.core.posts.post import Place, PostKind
from bot.core.verdicts.verdict import BasisKind
from tests.fakes.worlds import paper
from tests.services.talk import OTHER, Talk, talking

ONE = "2606.00001 discontinuity"


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        yield made


async def test_the_full_text_s_verdict_takes_the_abstract_s_place_in_every_post(talk: Talk) -> None:
    await talk.card()
    await talk.say(f"share {ONE}", place=OTHER)
    posts = await talk.say(f"verdict {ONE} full")
    assert "Reading 2606.00001" in posts[0].text
    assert "It tests at length." in posts[-1].text
    assert "full text" in posts[-1].text
    cards = [posts[-1] for key, posts in talk.stage.posts.items() if f"|{PostKind.CARD}|" in key]
    assert len(cards) == 2
    assert all(card.lines[0].text == "It tests at length." for card in cards)
    assert "It tests at length." in await talk.last(f"verdict {ONE}")


async def test_the_band_is_shown_once_the_full_text_was_read(talk: Talk) -> None:
    await talk.card()
    assert "TERMINAL COPIUM" not in await talk.last(f"verdict {ONE}")
    said = await talk.last(f"verdict {ONE} full")
    assert any(name in said for name in ("LUCID", "AWARENESS", "MODERATE COPE", "HEAVY COPE", "TERMINAL COPIUM"))


async def test_full_asked_again_is_answered_at_once_and_costs_nothing(talk: Talk) -> None:
    await talk.card()
    await talk.say(f"verdict {ONE} full")
    judged = len(talk.mind.judged)
    assert len(await talk.say(f"verdict {ONE} full")) == 1
    assert len(talk.mind.judged) == judged


async def test_a_paper_that_has_no_full_text_keeps_its_verdict_and_says_why(talk: Talk) -> None:
    await talk.card()
    talk.library.only_abstract = "arXiv has neither HTML nor a PDF of it"
    said = await talk.last(f"verdict {ONE} full")
    assert "The full text of 2606.00001 is not judged: arXiv has neither HTML nor a PDF of it." in said
    verdict = await talk.store.verdict(paper(1).id, "discontinuity")
    assert verdict is not None
    assert verdict.basis.kind is BasisKind.ABSTRACT


async def test_a_full_text_that_came_later_is_found_on_another_day(talk: Talk) -> None:
    await talk.card()
    talk.library.only_abstract = "arXiv has neither HTML nor a PDF of it"
    await talk.last(f"verdict {ONE} full")
    talk.library.only_abstract = ""
    assert "is not judged" in await talk.last(f"verdict {ONE} full")
    talk.clock.forward(days=1, minutes=1)
    assert "It tests at length." in await talk.last(f"verdict {ONE} full")


async def test_a_fetching_that_the_operator_dropped_ends_what_waits_for_it_with_words(
    talk: Talk,
) -> None:
    await talk.card()
    talk.library.error = SourceUnavailable("server error", "arXiv answers 503", "")
    asked = talk.asked(f"verdict {ONE} full")
    await talk.inbox.take(asked)
    await talk.work(rounds=12)
    for job in await talk.jobs(Queue.LOOK, JobState.OPEN):
        assert await talk.store.drop_job(job.id)
    talk.clock.forward(minutes=30)
    await talk.work(rounds=60)
    assert await talk.jobs(Queue.JUDGE, JobState.OPEN) == []
    assert "arXiv could not be asked" in talk.heard(asked)[-1].text


async def test_arxiv_away_keeps_the_request_and_says_why_it_waits(talk: Talk) -> None:
    await talk.card()
    talk.library.error = SourceUnavailable("server error", "arXiv answers 503", "")
    asked = talk.asked(f"verdict {ONE} full")
    await talk.inbox.take(asked)
    await talk.work(rounds=12)
    assert [job.key for job in await talk.jobs(Queue.JUDGE)] != []
    talk.library.error = None
    talk.clock.forward(minutes=30)
    await talk.work()
    assert "It tests at length." in talk.heard(asked)[-1].text


async def test_full_works_on_a_paper_that_was_never_announced_and_counts_within_the_limits(talk: Talk) -> None:
    talk.shelf.papers[paper(7).id] = paper(7)
    assert "It tests at length." in await talk.last("verdict 2606.00007 full")
    for number in range(8, 12):
        talk.shelf.papers[paper(number).id] = paper(number)
        await talk.last(f"verdict 2606.{number:05} full")
    assert "limit for one person" in await talk.last("verdict 2606.00012 full")


async def test_rules_do_not_take_the_place_of_a_model_s_verdict(talk: Talk) -> None:
    await talk.card()
    talk.wire(has_model=False)
    assert "a model's verdict is kept" in await talk.last(f"verdict {ONE} full")


async def test_without_a_model_the_rules_read_the_full_text(talk: Talk) -> None:
    talk.wire(has_model=False)
    talk.shelf.papers[paper(7).id] = paper(7)
    said = await talk.last("verdict 2606.00007 full")
    assert "leaves out" not in said
    assert "full text · one lens" in said
    assert await talk.jobs(Queue.JUDGE, JobState.FAILED) == []


async def test_t24_ten_places_that_ask_at_once_are_one_reading(talk: Talk) -> None:
    talk.shelf.papers[paper(7).id] = paper(7)
    asked = [talk.asked("verdict 2606.00007 full", who=f"w{one}", place=Place("stage", f"c{one}")) for one in range(10)]
    for one in asked:
        await talk.inbox.take(one)
    await talk.work()
    assert all("It tests at length." in talk.heard(one)[-1].text for one in asked)
    assert talk.mind.judged == ["2606.00007"]
