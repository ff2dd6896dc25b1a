"""Withdrawals: found among a day's replacements, marked wherever a paper stands, told to who was shown a verdict."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.core.commands.payer import Payer
from bot.core.errors import SourceUnavailable
from bot.core.follows.follow import Follow, Mode
from bot.core.fulltext.fulltext import FullText
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.calendar import eastern_day
from bot.core.papers.paper import AnnounceType, ArxivId, Batch, Entry, Paper
from bot.core.posts.post import Place, PostKind
from bot.services.ingest.fetch import TEXT
from bot.services.publishing.report import add_reports
from tests.fakes.worlds import paper
from tests.services.talk import PLACE, Talk, talking

NOTICE = "This paper has been withdrawn by its authors since a cupboard was counted twice."
FOLLOW = Follow("main", PLACE, ("cs.AI",), "discontinuity", hour=time(0), weekdays=tuple(range(7)))


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        yield made


def gone(number: int, version: int = 2) -> Paper:
    """The paper as the API tells it after its withdrawal: the abstract stays, the comment says so."""
    return paper(number, version=version, comment=NOTICE)


async def replaced(talk: Talk, *papers: Paper) -> None:
    """The next day's feed replaces these; like every feed it carries no comments."""
    talk.clock.forward(days=1)
    entries = tuple(Entry(replace(one, comment=None), AnnounceType.REPLACE) for one in papers)
    talk.shelf.batches["cs.AI"] = Batch("cs.AI", eastern_day(talk.clock.now()), entries)
    await talk.poll.poll("cs.AI", await talk.store.follows())


def posts(talk: Talk, kind: PostKind) -> list[str]:
    """The present words of our posts of that kind."""
    return [sent[-1].text for key, sent in talk.stage.posts.items() if f"|{kind}|" in key]


async def test_a_withdrawal_among_the_days_replacements_is_marked_on_the_card_though_the_feed_does_not_say_it(
    talk: Talk,
) -> None:
    await talk.store.sync_follows([FOLLOW])
    await talk.card(1)
    talk.shelf.papers[gone(1).id] = gone(1)
    await replaced(talk, gone(1))
    await talk.work()
    assert posts(talk, PostKind.CARD)[-1].startswith("This paper has been withdrawn.")


async def test_a_withdrawal_is_marked_in_a_list_and_in_search_and_leaves_a_report_that_was_posted(talk: Talk) -> None:
    await talk.store.sync_follows([replace(FOLLOW, mode=Mode.TOP, cards=1)])
    await talk.announce(1, 2, 3)
    await talk.work()
    talk.clock.put("2026-06-08 14:00")
    talk.shelf.papers |= {paper(number).id: gone(number) for number in (1, 2, 3)}
    await add_reports(talk.store, talk.clock)
    await talk.work()
    [report] = posts(talk, PostKind.REPORT)
    assert "3 papers were read" in report
    await replaced(talk, gone(1), gone(2), gone(3))
    await talk.work()
    everything = "\n".join(posts(talk, PostKind.LIST) + posts(talk, PostKind.CARD))
    assert everything.lower().count("withdrawn") >= 3
    assert "a quiet week" in posts(talk, PostKind.REPORT)[0]
    assert (await talk.last("recent")).count("withdrawn") == 3
    assert (await talk.last("verdict 2606.00002")).startswith("This paper has been withdrawn.")
    assert (await talk.last("analysis 2606.00002")).startswith("This paper has been withdrawn.")
    assert "The paper has been withdrawn." in (
        await talk.remarks("What does it measure in 2606.00001?", named=True) or ""
    )


@pytest.mark.parametrize("mode", [Mode.TOP, Mode.EVERY, Mode.DIGEST])
async def test_a_withdrawal_in_whatever_words_is_marked_wherever_the_paper_is_named(talk: Talk, mode: Mode) -> None:
    notice = "Withdrawn by arXiv administrators due to concerns about the cupboards"
    await talk.store.sync_follows([replace(FOLLOW, mode=mode, cards=1)])
    await talk.announce(1, 2, 3)
    await talk.work()
    talk.shelf.papers |= {paper(number).id: paper(number, version=2, comment=notice) for number in (1, 2)}
    await replaced(talk, *(paper(number, version=2) for number in (1, 2)))
    await talk.work()
    texts = [sent[-1].text.lower() for sent in talk.stage.posts.values()]
    lines = [part for text in texts for part in re.split(r"\n(?=\S)", text) if "system" in part]
    for number in (1, 2):
        assert any(f"system {number}" in text and "withdrawn" in text for text in texts)
    assert not [line for line in lines if "system 3" in line and "withdrawn" in line]
    found = (await talk.last("search system")).splitlines()
    assert len([line for line in found if "withdrawn" in line]) == 2
    assert "withdrawn" in await talk.last("verdict 2606.00001")


async def test_replacements_of_papers_that_stand_nowhere_are_not_asked_about(talk: Talk) -> None:
    await talk.store.sync_follows([FOLLOW])
    talk.shelf.asked.clear()
    await replaced(talk, gone(7), gone(8))
    await talk.work()
    assert talk.shelf.asked == ["cs.AI"]


async def test_a_withdrawn_paper_that_is_cross_listed_for_the_first_time_is_asked_about_and_not_shown_as_read(
    talk: Talk,
) -> None:
    """The feed says no more of it than that it is a later version."""
    await talk.store.sync_follows([replace(FOLLOW, mode=Mode.EVERY)])
    talk.shelf.papers[gone(5).id] = gone(5)
    talk.clock.forward(days=1)
    entries = (Entry(replace(gone(5), comment=None), AnnounceType.CROSS), Entry(paper(6), AnnounceType.NEW))
    talk.shelf.batches["cs.AI"] = Batch("cs.AI", eastern_day(talk.clock.now()), entries)
    await talk.poll.poll("cs.AI", await talk.store.follows())
    await talk.work()
    assert [text for text in posts(talk, PostKind.CARD) if "system 5" in text and "withdrawn" not in text] == []
    assert str(paper(5).id) in talk.shelf.asked
    known = await talk.store.paper(paper(5).id)
    assert known is not None
    assert known.is_withdrawn


async def test_a_days_replacements_are_asked_about_a_hundred_at_a_time_and_once(talk: Talk) -> None:
    await talk.store.sync_follows([replace(FOLLOW, limit=1)])
    numbers = range(1, 131)
    await talk.announce(*numbers)
    await talk.work()
    talk.shelf.papers |= {paper(number).id: gone(number) for number in numbers}
    talk.shelf.asked.clear()
    await replaced(talk, *(gone(number) for number in numbers))
    await talk.work()
    await talk.poll.poll("cs.AI", await talk.store.follows())
    await talk.work()
    assert sorted(len(call.split()) for call in talk.shelf.asked if "2606." in call) == [30, 100]
    known = await talk.store.papers([paper(number).id for number in numbers])
    assert all(one.is_withdrawn for one in known.values())


async def test_an_api_that_lags_behind_the_feed_or_is_away_is_asked_until_it_knows(talk: Talk) -> None:
    await talk.store.sync_follows([FOLLOW])
    await talk.card(1)
    talk.shelf.papers[paper(1).id] = paper(1)
    await replaced(talk, gone(1))
    talk.shelf.error = SourceUnavailable("unreachable", "arXiv could not be reached.", "Check the network.")
    await talk.work()
    talk.shelf.error = None
    talk.clock.forward(minutes=2)
    await talk.work()
    assert "withdrawn" not in posts(talk, PostKind.CARD)[-1]
    [job] = await talk.jobs(Queue.LOOK)
    assert job.reason == "arXiv's API does not tell the new version yet"
    talk.shelf.papers[gone(1).id] = gone(1)
    talk.clock.forward(minutes=31)
    await talk.work()
    assert posts(talk, PostKind.CARD)[-1].startswith("This paper has been withdrawn.")
    assert not await talk.jobs(Queue.LOOK)


async def test_a_paper_that_comes_back_stands_again(talk: Talk) -> None:
    await talk.store.sync_follows([FOLLOW])
    await talk.card(1)
    before = posts(talk, PostKind.CARD)[-1].splitlines()[:-1]
    for present in (gone(1), paper(1, version=3)):
        talk.shelf.papers[present.id] = present
        await replaced(talk, present)
        await talk.work()
    assert posts(talk, PostKind.CARD)[-1].splitlines()[:-1] == before


async def test_a_stored_verdict_says_when_it_was_looked_at_and_is_looked_at_again_after_a_day(talk: Talk) -> None:
    await talk.know(7)
    talk.shelf.papers[gone(7).id] = gone(7)
    first = await talk.say("verdict 2606.00007")
    assert "Last looked at on arXiv: 2 June 2026." in first[-1].text
    assert (len(first), talk.shelf.asked) == (1, []), "what was looked at today is not looked at again"
    talk.clock.forward(hours=25)
    asked = talk.asked("verdict 2606.00007")
    await talk.inbox.take(asked)
    await talk.work(Queue.ANSWER)
    [shown] = talk.heard(asked)
    assert "Last looked at on arXiv: 2 June 2026." in shown.text
    assert "Invented system 7" in shown.text
    talk.wire()  # a restart between the answer and the look
    await talk.work()
    assert talk.heard(asked)[-1].text.startswith("This paper has been withdrawn.")
    assert "Last looked at on arXiv: 3 June 2026." in talk.heard(asked)[-1].text
    assert len(talk.heard(asked)) == 2
    assert talk.shelf.asked == ["2606.00007"]


async def test_a_verdict_that_still_holds_is_answered_once_however_old_the_look(talk: Talk) -> None:
    await talk.know(7)
    talk.shelf.papers[paper(7).id] = paper(7)
    talk.clock.forward(hours=25)
    assert len(await talk.say("verdict 2606.00007")) == 1
    assert len(await talk.say("verdict 2606.00007")) == 1
    assert talk.shelf.asked == ["2606.00007"]


async def test_a_withdrawal_follows_where_the_private_answer_can_no_longer_be_edited(talk: Talk) -> None:
    await talk.know(7)
    talk.clock.forward(hours=25)
    talk.shelf.error = SourceUnavailable("unreachable", "arXiv could not be reached.", "Check the network.")
    asked = talk.asked("verdict 2606.00007")
    await talk.inbox.take(asked)
    await talk.work()
    talk.shelf.error = None
    talk.shelf.papers[gone(7).id] = gone(7)
    talk.clock.forward(hours=2)
    talk.stage.until = talk.clock.now() - timedelta(minutes=1)
    await talk.work()
    assert posts(talk, PostKind.ANSWER)[-1].startswith("This paper has been withdrawn.")
    assert not await talk.jobs(Queue.ANSWER)


async def test_who_was_shown_a_verdict_is_forgotten_with_the_look_behind_it(talk: Talk) -> None:
    await talk.know(7)
    talk.clock.forward(hours=25)
    talk.shelf.error = SourceUnavailable("unreachable", "arXiv could not be reached.", "Check the network.")
    await talk.say("verdict 2606.00007")
    assert await talk.jobs(Queue.LOOK)
    await talk.store.forget_person("stage:ann")
    assert not await talk.jobs(Queue.LOOK, *JobState)


async def test_a_withdrawal_found_behind_an_answer_is_told_through_the_lens_of_that_answer(talk: Talk) -> None:
    await talk.know(7)
    talk.clock.forward(hours=25)
    asked = talk.asked("verdict 2606.00007")
    await talk.inbox.take(asked)
    await talk.work(Queue.ANSWER)
    assert "one lens: discontinuity" in talk.heard(asked)[-1].text
    talk.shelf.papers[gone(7).id] = gone(7)
    await talk.store.sync_follows([replace(FOLLOW, lens="plain")])
    await talk.work()
    assert talk.heard(asked)[-1].text.startswith("This paper has been withdrawn."), "the answer's own card"


async def test_the_post_that_opens_a_thread_says_that_the_paper_is_withdrawn_and_when_it_is_back(talk: Talk) -> None:
    await talk.store.sync_follows([FOLLOW])
    await talk.card(1)
    await talk.say("discuss 2606.00001 discontinuity")
    [before] = posts(talk, PostKind.TALK)
    assert before.startswith("Ask me about")
    for present in (gone(1), paper(1, version=3)):
        talk.shelf.papers[present.id] = present
        await replaced(talk, present)
        await talk.work()
        [after] = posts(talk, PostKind.TALK)
        marked = "The paper has been withdrawn.\n" + before
        assert after == (marked if present.is_withdrawn else before)


async def test_an_id_that_arxiv_cannot_answer_for_holds_back_none_of_those_it_was_asked_with(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Halves of halves, until it stands alone; alone it is given up after two days."""
    await talk.store.sync_follows([FOLLOW])
    for number in range(1, 5):
        await talk.know(number)
        talk.shelf.papers[gone(number).id] = gone(number)
    bad, fetch = str(paper(3).id), talk.shelf.fetch_papers

    async def torn(ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        if bad in map(str, ids):
            raise SourceUnavailable("malformed", "No entry of the API's answer can be read.", "Wait.")
        return await fetch(ids)

    monkeypatch.setattr(talk.shelf, "fetch_papers", torn)
    together = [str(paper(number).id) for number in range(1, 5)]
    payer = Payer.of_follow(FOLLOW)
    await talk.store.add_jobs([NewJob(Queue.LOOK, "together", {"papers": together}, payers=(payer,))])
    for _ in range(60):
        await talk.work()
        for part in await talk.jobs(Queue.LOOK):
            assert list(await talk.store.payers_of(part)) == [payer], "a part is looked at for the same people"
        talk.clock.forward(hours=1)
    known = await talk.store.papers([paper(number).id for number in range(1, 5)])
    assert {str(one.id) for one in known.values() if one.is_withdrawn} == set(together) - {bad}
    assert [job.payload["papers"] for job in await talk.jobs(Queue.LOOK, JobState.FAILED)] == [[bad]]
    assert not await talk.jobs(Queue.LOOK)


async def test_the_text_of_a_paper_without_a_version_is_fetched_by_the_queue_and_for_the_version_that_arxiv_tells(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[int | None] = []
    fetch_text = talk.library.fetch_text

    async def noting(of: Paper, asker: str = "") -> FullText:
        fetched.append(of.version)
        return await fetch_text(of, asker)

    monkeypatch.setattr(talk.library, "fetch_text", noting)
    await talk.store.put_papers([paper(7, version=None)])
    talk.shelf.papers[paper(7).id] = paper(7, version=2)
    await talk.store.add_jobs([NewJob(Queue.LOOK, "a text", {TEXT: "2606.00007", "papers": ["2606.00007"]})])
    await talk.work()
    known = await talk.store.paper(paper(7).id)
    assert known is not None
    assert (known.version, fetched) == (2, [2])


async def changed_payers(talk: Talk, number: int) -> set[str]:
    """Which communities the judging of a changed paper is done for."""
    [job] = [one for one in await talk.jobs(Queue.JUDGE) if one.payload.get("paper") == str(paper(number).id)]
    return {payer.community for payer in await talk.store.payers_of(job)}


async def test_a_changed_paper_is_judged_again_for_the_communities_in_which_it_stands(talk: Talk) -> None:
    elsewhere = Place("stage", "elsewhere")
    here = replace(FOLLOW, community="stage:ours")
    there = replace(FOLLOW, name="there", place=elsewhere, community="stage:theirs", paused=True)
    await talk.store.sync_follows([here, there])
    await talk.card(1)
    await talk.store.sync_follows([here, replace(there, paused=False)])
    await replaced(talk, paper(1, version=2, abstract="We count every cupboard twice."))
    assert await changed_payers(talk, 1) == {"stage:ours"}


async def test_what_a_question_makes_judged_again_is_of_who_asked(talk: Talk) -> None:
    await talk.store.sync_follows([replace(FOLLOW, community="stage:ours")])
    await talk.know(7)
    talk.shelf.papers[paper(7).id] = paper(7, version=2, abstract="We count every cupboard twice.")
    talk.clock.forward(hours=25)
    asked = talk.asked("verdict 2606.00007", community="stage:asking")
    await talk.inbox.take(asked)
    await talk.work(Queue.ANSWER, Queue.LOOK)
    assert await changed_payers(talk, 7) == {"stage:asking"}
