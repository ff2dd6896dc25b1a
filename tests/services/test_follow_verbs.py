"""Follows by command: nothing is on before a preview was seen; it starts with the next announcement; less, and none."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.core.errors import SourceUnavailable
from bot.core.follows.follow import Follow, Mode, Origin
from bot.core.jobs.job import JobState, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.posts.post import PostKind
from bot.core.verdicts.scoring import rank
from bot.core.verdicts.verdict import Wait
from tests.fakes.worlds import DAY, paper
from tests.services.talk import OTHER, PLACE, Talk, talking

FOLLOW = "follow add cs.AI lens=discontinuity"
NEXT = DAY + timedelta(days=1)


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        yield made


async def on(talk: Talk, extra: str = "") -> None:
    """A follow that is on, of a day that was announced before."""
    await talk.announce(1, 2, 3)
    await talk.last(f"{FOLLOW} {extra}".strip())
    assert "is on" in await talk.last("follow on cs.AI")


async def only(talk: Talk) -> Follow:
    [follow] = await talk.store.follows()
    return follow


def kinds(talk: Talk) -> list[str]:
    return [key.split("|")[1] for key in talk.stage.posts]


async def test_the_lens_is_asked_for_with_one_line_each_and_a_button_each(talk: Talk) -> None:
    [post] = await talk.say("follow add cs.AI cards=3")
    assert all(f"{key}  " in post.text for key in ("discontinuity", "plain", "reproducibility"))
    assert [button.value for button in post.buttons][1] == "follow add cs.AI cards=3 lens=plain"
    assert await talk.store.follows() == []
    await talk.announce(1)
    assert "Preview" in await talk.last(post.buttons[1].value)
    assert (await only(talk)).cards == 3


async def test_nothing_is_on_before_somebody_says_so(talk: Talk) -> None:
    await talk.announce(1, 2, 3)
    receipt, shown = await talk.say(FOLLOW)
    assert "The preview comes here in a moment." in receipt.text
    assert "2 June 2026: 3 announced; it would read all of them." in shown.text
    assert "Invented system" in shown.text
    assert "Nothing is posted until it is on: follow on cs.AI" in shown.text
    assert (await only(talk)).is_draft
    await talk.announce(4, 5, day=NEXT)
    talk.clock.forward(days=2)
    await talk.work()
    assert talk.stage.posts == {}


async def test_the_same_categories_through_the_same_lens_are_followed_once_in_a_place(talk: Talk) -> None:
    await talk.announce(1)
    await talk.last("follow add cs.AI cs.LG lens=plain")
    again = await talk.last("follow add cs.LG cs.AI lens=plain hour=07:00")
    assert "cs.LG, cs.AI through plain is followed here already, as cs.AI" in again
    assert "follow on cs.AI" in again
    await talk.last("follow on cs.AI")
    assert "follow edit cs.AI" in await talk.last("follow add cs.AI cs.LG lens=plain")
    assert (await only(talk)).categories == ("cs.AI", "cs.LG")
    assert "Preview" in await talk.last("follow add cs.AI lens=plain")
    assert "Preview" in await talk.last("follow add cs.AI cs.LG lens=plain require=clerks")
    assert "Preview" in await talk.last("follow add cs.AI cs.LG lens=discontinuity")
    assert "Preview" in await talk.last("follow add cs.AI cs.LG lens=plain", place=OTHER)


async def test_the_preview_judges_one_paper_only(talk: Talk) -> None:
    await talk.announce(*range(1, 20))
    await talk.last(FOLLOW)
    assert len(talk.mind.judged) == 1


async def test_the_preview_of_a_day_that_a_model_judged_shows_the_paper_that_is_first_by_it(talk: Talk) -> None:
    await on(talk)
    assert "is on" not in await talk.last("follow now cs.AI")
    await talk.work()
    by_id = await talk.store.verdicts([paper(number).id for number in (1, 2, 3)], "discontinuity")
    last = rank(by_id.values())[-1]
    (job, *_) = await talk.store.list_jobs([JobState.DONE], Queue.JUDGE)
    await talk.store.reopen(Queue.JUDGE, [job.key])
    talk.clock.forward(seconds=1)
    (again,) = await talk.store.claim(Queue.JUDGE, 1, timedelta(minutes=1))
    await talk.store.finish_judging(again, replace(last, interest=99), ())
    shown = (await talk.say("follow preview cs.AI"))[-1]
    assert last.paper in [span.paper for line in shown.lines for span in line.spans]


async def test_a_category_that_was_never_read_is_read_for_the_preview_and_opens_no_edition(talk: Talk) -> None:
    from bot.core.papers.paper import AnnounceType, Batch, Entry
    from tests.fakes.worlds import paper

    talk.shelf.batches["cs.AI"] = Batch("cs.AI", DAY, (Entry(paper(1), AnnounceType.NEW),))
    assert "1 announced" in await talk.last(FOLLOW)
    assert "is on" in await talk.last("follow on cs.AI")
    await talk.work()
    assert talk.stage.posts == {}
    assert not await talk.jobs(Queue.EDITION)


async def test_when_arxiv_is_away_the_preview_says_so_and_the_follow_can_still_be_turned_on(talk: Talk) -> None:
    talk.shelf.error = SourceUnavailable("unreachable", "arXiv could not be reached.", "Check the network.")
    text = await talk.last(FOLLOW)
    assert "There is no paper to show yet." in text
    assert "could not be read (unreachable)" in text
    assert "is on" in await talk.last("follow on cs.AI")


async def test_beside_an_error_of_the_feed_no_button_turns_the_follow_on(talk: Talk) -> None:
    talk.shelf.error = SourceUnavailable("unreachable", "arXiv could not be reached.", "Check the network.")
    *_, failed = await talk.say(FOLLOW)
    assert [button.label for button in failed.buttons] == ["Look again", "Remove"]
    talk.shelf.error = None
    await talk.announce(1)
    *_, shown = await talk.say(failed.buttons[0].value)
    assert [button.label for button in shown.buttons] == ["Turn it on", "Remove"]


async def test_when_the_model_is_away_the_preview_says_so(talk: Talk) -> None:
    await talk.announce(1)
    talk.mind.away = Wait("the model is away", 600, WaitReason.MODEL_AWAY)
    assert "The first paper has no verdict yet: the model does not answer just now." in await talk.last(FOLLOW)


async def test_when_no_paper_could_be_ranked_the_preview_says_so(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def is_busy(_: object, papers: Sequence[object], *__: object) -> list[Wait]:
        return [Wait("this machine was too busy", 60) for _ in papers]

    monkeypatch.setattr(ScanAnalyst, "judge_many", is_busy)
    await talk.announce(1, 2)
    text = await talk.last("follow add cs.AI lens=plain")
    assert "could not be ranked just now" in text
    assert "went wrong" not in text


async def test_it_starts_with_the_next_announcement(talk: Talk) -> None:
    await on(talk)
    await talk.work()
    assert talk.stage.posts == {}
    await talk.announce(4, 5, day=NEXT)
    talk.clock.put("2026-06-03 09:00:01")
    await talk.work()
    assert kinds(talk) == ["opening", "card", "card"]


async def test_todays_can_be_posted_now_once(talk: Talk) -> None:
    await on(talk)
    assert "On its way: 2 June 2026" in await talk.last("follow now cs.AI")
    assert kinds(talk) == ["opening", "card", "card", "card"]
    assert "is posted here already" in await talk.last("follow now cs.AI")
    assert len(talk.stage.posts) == 4


async def test_now_does_not_wait_for_the_hour_of_an_edition_that_is_open(talk: Talk) -> None:
    await on(talk, "hour=23:00")
    await talk.announce(4, 5, day=NEXT)
    talk.clock.put("2026-06-03 05:00:00")
    await talk.work()
    assert talk.stage.posts == {}
    assert "On its way: 3 June 2026" in await talk.last("follow now cs.AI")
    assert kinds(talk) == ["opening", "card", "card"]
    talk.clock.put("2026-06-04 00:00:00")
    await talk.work()
    assert len(talk.stage.posts) == 3


async def test_the_first_follow_of_a_place_keeps_its_name_and_others_get_theirs(talk: Talk) -> None:
    await talk.announce(1)
    for categories in ("cs.AI", "cs.AI cs.LG", "cs.AI cs.CL"):
        await talk.last(f"follow add {categories} lens=discontinuity")
    await talk.last(FOLLOW, place=OTHER)
    labels = [one.label for one in await talk.store.follows() if one.place == PLACE]
    assert sorted(labels) == ["cs.AI", "cs.AI-2", "cs.AI-discontinuity"]
    assert [one.label for one in await talk.store.follows() if one.place == OTHER] == ["cs.AI"]


async def test_another_place_cannot_touch_it(talk: Talk) -> None:
    await on(talk)
    for verb in ("on", "pause", "mute", "fewer", "now", "remove", "preview"):
        text = await talk.last(f"follow {verb} cs.AI", place=OTHER)
        assert "Nothing" in text
        assert "followed here" in text
    assert (await only(talk)).is_on


async def test_a_pause_ends_with_on_and_is_not_made_up_for(talk: Talk) -> None:
    await on(talk)
    assert "Paused" in await talk.last("follow pause cs.AI")
    await talk.announce(4, day=NEXT)
    talk.clock.put("2026-06-03 10:00:00")
    await talk.work()
    await talk.last("follow on cs.AI")
    await talk.work()
    assert talk.stage.posts == {}
    await talk.announce(5, day=date(2026, 6, 4))
    talk.clock.put("2026-06-04 10:00:00")
    await talk.work()
    assert kinds(talk) == ["opening", "card"]


async def test_muted_for_a_week_it_goes_on_by_itself(talk: Talk) -> None:
    await on(talk)
    assert "Muted until 9 June 2026" in await talk.last("follow mute cs.AI")
    await talk.announce(4, day=date(2026, 6, 8))
    talk.clock.put("2026-06-08 12:00:00")
    await talk.work()
    assert talk.stage.posts == {}
    await talk.announce(5, day=date(2026, 6, 9))
    talk.clock.put("2026-06-09 12:00:00")
    await talk.work()
    assert kinds(talk) == ["opening", "card"]


async def test_fewer_halves_the_cards_then_makes_it_a_digest_then_says_that_is_all(talk: Talk) -> None:
    await on(talk)
    said = [await talk.last("follow fewer cs.AI") for _ in range(5)]
    assert [text.split("\n")[0] for text in said[:4]] == [
        "3 cards a day from the next post on, the others one line each.",
        "2 cards a day from the next post on, the others one line each.",
        "1 card a day from the next post on, the others one line each.",
        "One digest a day from the next post on.",
    ]
    assert "which is the least" in said[4]
    assert (await only(talk)).mode is Mode.DIGEST


async def test_what_is_edited_counts_from_the_next_edition_on(talk: Talk) -> None:
    await on(talk)
    text = await talk.last(
        "follow edit cs.AI cards=1 hour=18:00 zone=Europe/Berlin days=mon-sun refuse=survey report=off"
    )
    assert "1 card a day" in text
    assert "at 18:00 Europe/Berlin, every day" in text
    follow = await only(talk)
    assert (follow.cards, follow.zone, follow.report, follow.refuse) == (1, "Europe/Berlin", False, ("survey",))
    assert follow.is_on
    assert "changes nothing" in await talk.last("follow edit cs.AI")
    assert "There is no lens" in await talk.last("follow edit cs.AI lens=other")


async def test_removing_takes_its_open_edition_with_it(talk: Talk) -> None:
    await on(talk, "hour=23:00")
    await talk.announce(4, day=NEXT)
    assert await talk.jobs(Queue.EDITION)
    assert "cs.AI is removed" in await talk.last("follow remove cs.AI")
    assert "Nothing is followed here yet." in await talk.last("follow now")
    talk.clock.forward(days=3)
    await talk.work()
    assert talk.stage.posts == {}
    assert not await talk.jobs(Queue.EDITION)
    assert "Nothing is followed here yet" in await talk.last("follow list")


async def test_follows_of_the_settings_are_shown_and_left_alone(talk: Talk) -> None:
    await talk.store.sync_follows([Follow("fixed", PLACE, ("cs.AI",))])
    listed = await talk.last("follow list")
    assert "(in the operator's settings)" in listed
    assert listed.endswith("What stands in the operator's settings can be changed only by who runs the bot.")
    for verb in ("pause", "mute", "fewer", "remove", "on"):
        assert "the operator's settings file" in await talk.last(f"follow {verb} fixed")
    await talk.announce(1)
    assert "On its way" in await talk.last("follow now fixed") or kinds(talk)
    await talk.last("follow add cs.LG lens=plain")
    await talk.store.sync_follows([])
    assert [one.origin for one in await talk.store.follows()] == [Origin.COMMAND]


async def test_who_can_change_a_follow_is_told_by_where_it_was_written_down(talk: Talk) -> None:
    by_settings = "What stands in the operator's settings can be changed only by who runs the bot."
    await talk.store.add_follow(Follow("ours", PLACE, ("cs.LG",), origin=Origin.COMMAND))
    ours = await talk.last("follow list")
    assert "\nWho manages this channel can change that: follow edit" in ours
    assert by_settings not in ours
    await talk.store.sync_follows([Follow("fixed", PLACE, ("cs.AI",))])
    both = await talk.last("follow list")
    assert f"\n{by_settings}\nWho manages this channel can change the others: follow edit" in both


async def test_a_follow_survives_a_restart_and_a_sync_of_the_settings(talk: Talk) -> None:
    await on(talk)
    before = await only(talk)
    talk.wire()
    await talk.store.sync_follows([])
    assert await only(talk) == before


async def test_twenty_follows_are_enough_for_a_place(talk: Talk) -> None:
    await talk.announce(1)
    template = Follow("x", PLACE, ("cs.AI",), origin=Origin.COMMAND)
    for number in range(20):
        await talk.store.add_follow(replace(template, name=f"n{number}"))
    assert "20 follows are the limit" in await talk.last(FOLLOW)


async def test_on_twice_says_that_it_is_on(talk: Talk) -> None:
    await on(talk)
    assert "is on already" in await talk.last("follow on cs.AI")


async def test_a_day_of_which_nothing_fits_is_said_in_the_preview(talk: Talk) -> None:
    await talk.announce(1, 2)
    text = await talk.last(f"{FOLLOW} require=zeppelin")
    assert "2 announced.\nNone of them would be read" in text


async def test_the_home_says_of_a_follow_what_its_list_says(talk: Talk) -> None:
    talk.wire(has_model=False)
    await on(talk)
    listed = await talk.last("follow list")
    told = [said.text for _, lines in (await talk.inbox.home([PLACE])).follows for said in lines]
    assert "since no model is set up" in told[1]
    assert all(said.strip() in listed for said in told)


async def test_without_a_model_the_preview_is_the_scans(talk: Talk) -> None:
    talk.wire(has_model=False)
    await talk.announce(1, 2)
    assert "since no model is set up" in await talk.last(FOLLOW)
    assert talk.mind.judged == []
    await talk.last("follow on cs.AI")
    await talk.last("follow now cs.AI")
    assert kinds(talk)[0] == PostKind.DIGEST
    assert PostKind.CARD not in kinds(talk)


async def test_a_pause_is_not_made_up_for_where_nobody_else_follows_the_category(talk: Talk) -> None:
    await on(talk)
    await talk.last("follow pause cs.AI")
    talk.clock.put("2026-06-05 12:00:00")
    await talk.last("follow on cs.AI")
    await talk.announce(8, day=date(2026, 6, 4))
    await talk.work()
    assert talk.stage.posts == {}
    await talk.announce(9, day=date(2026, 6, 5))
    await talk.work()
    assert kinds(talk) == ["opening", "card"]


async def test_a_changed_lens_is_judged_for_the_day_that_is_still_to_be_posted(talk: Talk) -> None:
    await on(talk, "hour=23:00")
    await talk.announce(4, 5, day=NEXT)
    talk.clock.put("2026-06-03 05:00:00")
    await talk.work()
    assert "Changed" in await talk.last("follow edit cs.AI lens=plain")
    talk.clock.put("2026-06-03 23:00:01")
    await talk.work()
    assert kinds(talk) == ["opening", "card", "card"]
    assert all(key.endswith("|plain") for key in talk.stage.posts)


async def test_now_waits_for_papers_that_are_being_judged_however_old_the_edition_is(talk: Talk) -> None:
    await on(talk, "hour=23:00")
    await talk.announce(4, 5, day=NEXT)
    talk.clock.put("2026-06-03 12:00:00")
    talk.mind.away = Wait("busy", 5)
    await talk.last("follow now cs.AI")
    assert talk.stage.posts == {}
    talk.mind.away = None
    for _ in range(5):
        talk.clock.forward(seconds=10)
        await talk.work()
    assert kinds(talk) == ["opening", "card", "card"]


async def test_two_admins_at_once_lose_nothing_of_one_another(talk: Talk) -> None:
    await on(talk)
    [follow] = await talk.store.follows()
    await asyncio.gather(
        *(talk.store.change_follow(follow.name, lambda one: replace(one, limit=one.limit + 1)) for _ in range(10))
    )
    assert (await only(talk)).limit == follow.limit + 10


async def test_a_draft_is_neither_paused_nor_muted(talk: Talk) -> None:
    await talk.announce(1)
    await talk.last(FOLLOW)
    for verb in ("pause", "mute", "fewer"):
        assert "is not on yet" in await talk.last(f"follow {verb} cs.AI")


async def test_drafts_that_nobody_turned_on_are_cleared_away(talk: Talk) -> None:
    await talk.announce(1)
    await talk.last(FOLLOW)
    talk.clock.forward(days=2)
    await talk.last("follow add cs.AI lens=plain")
    assert [one.lens for one in await talk.store.follows()] == ["plain"]


async def test_quoted_settings_survive_the_question_for_the_lens(talk: Talk) -> None:
    [post] = await talk.say('follow add cs.AI require="call centers,agents"')
    assert [button.value for button in post.buttons] == ['follow add cs.AI require="call centers,agents" lens=plain']
    [long] = await talk.say("follow add cs.AI cs.LG cs.CL cs.CV cs.CY econ.GN stat.ML zone=Europe/Berlin")
    assert long.buttons == ()
    assert "Press one" not in long.text


async def test_a_category_is_one_however_it_is_written(talk: Talk) -> None:
    await talk.announce(1)
    await talk.last("follow add CS.ai lens=discontinuity")
    assert (await only(talk)).categories == ("cs.AI",)


async def test_when_a_place_goes_so_does_what_is_stored_about_it(talk: Talk) -> None:
    await on(talk)
    await talk.last("follow now cs.AI")
    await talk.inbox.leave(PLACE)
    assert await talk.store.follows() == []
    assert "Nothing has been posted here yet." in await talk.last("recent")


async def test_no_job_is_left_failed(talk: Talk) -> None:
    await on(talk)
    await talk.last("follow now cs.AI")
    assert not await talk.store.list_jobs((JobState.FAILED,))


async def test_where_there_is_one_follow_its_name_need_not_be_said(talk: Talk) -> None:
    await on(talk)
    assert "Paused" in await talk.last("follow pause")
    assert "is on" in await talk.last("follow on")
    await talk.last("follow add cs.LG lens=plain")
    assert "Say which: cs.AI, cs.LG" in await talk.last("follow pause")
