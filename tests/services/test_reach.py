"""How far one person reaches: what they cause in public, to the operator, at arXiv and by follows has its bounds."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.core.commands.acts import Act, ActKind, ActLimits, Over
from bot.core.commands.event import Role
from bot.core.commands.payer import Cause, Payer
from bot.core.commands.people import AskLimits, Reach
from bot.core.discussion.remark import RemarkEdited
from bot.core.jobs.job import Queue
from bot.core.posts.post import Place, PostRef
from bot.core.verdicts.call import Budget, PlannedCall, Stage, Usage
from bot.core.verdicts.verdict import Wait
from bot.services.ingest.poll import judging
from bot.services.judging.spend import analyst_line
from bot.services.runtime.rounds import lapse_drafts
from tests.fakes.worlds import paper
from tests.services.talk import PLACE, Talk, talking


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        yield made


def public(talk: Talk, place: Place = PLACE) -> list[str]:
    """The keys of what was posted in a place for all."""
    return [key for key in talk.stage.posts if key.startswith(f"{place}|")]


# what is posted for all


async def test_twenty_five_discussions_of_one_person_open_five_threads(talk: Talk) -> None:
    await talk.store.put_papers([paper(number) for number in range(1, 26)])
    for number in range(1, 26):
        said = await talk.last(f"discuss 2606.{number:05} plain", who="eve")
    assert len(public(talk)) == 5
    assert said.startswith("You have had 5 posts made here today")
    await talk.store.put_papers([paper(30)])
    await talk.say("ask What was tested? paper=2606.00030", who="eve")
    assert len(public(talk)) == 5, "a question that would open a thread counts too"


async def test_ten_people_fill_half_of_a_channels_day_at_most_so_that_its_follow_has_room(talk: Talk) -> None:
    await talk.store.put_papers([paper(number) for number in range(1, 11)])
    for number in range(1, 11):
        await talk.say(f"discuss 2606.{number:05} plain", who=f"eve{number}")
    assert len(public(talk)) == 5
    day, asker = talk.clock.now().date(), talk.asked("help", who="ann").asker
    over = await talk.store.count_act(Act("e", ActKind.PUBLIC, asker, day), ActLimits(5, 99, 5))
    assert over is Over.PLACE


async def test_a_question_in_a_thread_that_stands_is_no_new_post_in_the_channel(talk: Talk) -> None:
    root = await talk.card(1)
    for number in range(8):
        assert await talk.remarks(f"What was tested in case {number}?", who="eve", thread=root, named=True)


async def test_mentions_in_the_channel_open_five_threads_a_person(talk: Talk) -> None:
    await talk.store.put_papers([paper(number) for number in range(1, 9)])
    answers = [await talk.remarks(f"What of 2606.{number:05}?", who="eve", named=True) for number in range(1, 9)]
    assert len([one for one in answers if one is not None]) == 5
    assert any("limit for one person" in one for one in talk.told("eve"))


@pytest.mark.parametrize("how", ["in a thread", "as a reply", "by command", "by discuss"])
async def test_where_we_are_in_no_talk_a_person_has_us_speak_five_times_a_day(talk: Talk, how: str) -> None:
    """Threads and posts of people's own: who begins them has us say something for all, wherever it stands."""
    await talk.store.put_papers([paper(number) for number in range(1, 9)])
    for number in range(1, 9):
        root, name = f"own{number}", f"2606.{number:05}"
        if how == "in a thread":
            await talk.remarks(f"What of {name}?", who="eve", named=True, thread=root)
        elif how == "as a reply":
            await talk.remarks(f"What of {name}?", who="eve", named=True, reply_to=PostRef(PLACE, root))
        else:
            said = f"ask What was tested? paper={name}" if how == "by command" else f"discuss {name} plain"
            asked = talk.asked(said, who="eve")
            within = Place(PLACE.platform, f"{PLACE.channel}/{root}")
            await talk.inbox.take(replace(asked, asker=replace(asked.asker, within=within)))
            await talk.work()
    assert len(public(talk)) == 5


async def test_once_we_are_in_a_thread_its_questions_count_as_answers_alone(talk: Talk) -> None:
    await talk.store.put_papers([paper(1)])
    for number in range(8):
        named = "2606.00001" if not number else "it"
        assert await talk.remarks(f"What of {named} in case {number}?", who="eve", thread="own", named=True)


async def asks_in(talk: Talk, how: str, root: str, number: int = 1) -> None:
    """Eve asks about a paper in a thread of people's own, by command or without one."""
    if how == "by command":
        asked = talk.asked(f"ask What was tested? paper=2606.{number:05}", who="eve")
        within = Place(PLACE.platform, f"{PLACE.channel}/{root}")
        await talk.inbox.take(replace(asked, asker=replace(asked.asker, within=within)))
    else:
        await talk.inbox.hear(talk.remark(f"What of 2606.{number:05}?", who="eve", named=True, thread=root))
    await talk.work()


@pytest.mark.parametrize("how", ["by command", "by name"])
async def test_a_question_beyond_the_answers_of_the_day_uses_up_no_post(talk: Talk, how: str) -> None:
    await talk.store.put_papers([paper(1)])
    talk.wire(AskLimits(99, 99, 9.0, 9.0, answers_person=0), reach=Reach(public_person=1))
    await asks_in(talk, how, "own1")
    assert not public(talk)
    talk.wire(AskLimits(99, 99, 9.0, 9.0, answers_person=1), reach=Reach(public_person=1))
    await asks_in(talk, how, "own2")
    assert len(public(talk)) == 1


@pytest.mark.parametrize("how", ["by command", "by name"])
async def test_a_question_beyond_the_posts_of_the_day_uses_up_no_answer(talk: Talk, how: str) -> None:
    await talk.store.put_papers([paper(1)])
    talk.wire(AskLimits(99, 99, 9.0, 9.0, answers_person=1), reach=Reach(public_person=0))
    await asks_in(talk, how, "own1")
    assert not public(talk)
    talk.wire(AskLimits(99, 99, 9.0, 9.0, answers_person=1), reach=Reach(public_person=1))
    await asks_in(talk, how, "own2")
    assert len(public(talk)) == 1


async def test_pressing_share_again_before_the_card_stands_is_one_post(talk: Talk) -> None:
    talk.wire(AskLimits(99, 99, 9.0, 9.0), reach=Reach(public_person=2))
    for number in (1, 2):
        await talk.know(number)
    for _ in range(6):
        await talk.inbox.take(talk.asked("share 2606.00001 discontinuity", who="eve"))
        await talk.work(Queue.ANSWER)
    await talk.work()
    await talk.say("share 2606.00002 discontinuity", who="eve")
    assert len(public(talk)) == 2


async def test_a_question_that_is_changed_without_end_is_answered_twice_at_most(talk: Talk) -> None:
    root = await talk.card(1)
    remark = talk.remark("What was tested?", who="eve", thread=root, named=True)
    await talk.inbox.hear(remark)
    await talk.work()
    for number in range(30):
        await talk.inbox.edited(RemarkEdited(remark.id, PLACE, f"What was tested in case {number}?"))
        await talk.work()
    assert len(talk.answers_to(remark)) == 2, "the answer was changed once"


async def test_who_calls_us_again_and_again_without_words_is_helped_alone(talk: Talk) -> None:
    before = public(talk)
    for number in range(30):
        await talk.inbox.hear(talk.remark("", who="eve", named=True))
        if number % 10 == 9:
            await talk.work()
    assert public(talk) == before


# who may not write posts nothing through the bot


@pytest.mark.parametrize("verb", ["share 2606.00001 discontinuity", "discuss 2606.00001 discontinuity"])
async def test_who_may_not_write_in_a_channel_has_nothing_posted_there(talk: Talk, verb: str) -> None:
    await talk.know(1)
    said = await talk.last(verb, who="eve", may_post=False)
    assert said.startswith("You may not write here, so")
    assert not public(talk)


@pytest.mark.parametrize("verb", ["ask What was tested? paper=2606.00001", "steelman 2606.00001", "changes 2606.00001"])
async def test_who_may_not_write_in_a_channel_is_answered_in_private(talk: Talk, verb: str) -> None:
    await talk.know(1)
    said = await talk.last(verb, who="eve", may_post=False)
    assert "the answer comes in our direct messages" in said
    assert not public(talk)
    assert any(key.startswith("stage:@eve|answer|") for key in talk.stage.posts)


async def test_a_thread_needs_the_right_to_write_in_threads(talk: Talk) -> None:
    root = await talk.card(1)
    before = len(public(talk))
    await talk.say("ask What was tested? paper=2606.00001", who="eve", may_thread=False)
    assert "You may not write here" in await talk.last("discuss 2606.00001", who="eve", may_thread=False)
    remark = talk.remark("What of 2606.00001?", who="eve", named=True)
    await talk.inbox.hear(replace(remark, asker=replace(remark.asker, may_thread=False)))
    await talk.work()
    assert len(public(talk)) == before, root
    assert len([key for key in talk.stage.posts if key.startswith("stage:@eve|answer|")]) == 2


async def test_a_reply_in_the_channel_needs_the_right_to_write_in_the_thread_of_its_answer(
    talk: Talk,
) -> None:
    root = await talk.card(1)
    remark = talk.remark("What was tested?", who="eve", named=True, reply_to=PostRef(PLACE, root))
    await talk.inbox.hear(replace(remark, asker=replace(remark.asker, may_thread=False)))
    await talk.work()
    assert talk.answer_to(remark) is None
    assert any(key.startswith("stage:@eve|answer|") for key in talk.stage.posts)


async def test_who_was_silenced_while_a_model_was_away_is_answered_alone(talk: Talk) -> None:
    root = await talk.card(1)
    talk.oracle.away = Wait("the model is away", 90)
    remark = talk.remark("What was tested?", who="eve", thread=root, named=True)
    await talk.inbox.hear(remark)
    await talk.work()
    talk.oracle.away, talk.stage.silenced = None, {"stage:eve"}
    talk.clock.forward(minutes=3)
    await talk.work()
    assert talk.answer_to(remark) is None
    assert any(key.startswith("stage:@eve|answer|") for key in talk.stage.posts)


async def test_in_a_thread_that_is_a_place_of_its_own_sharing_needs_the_right_to_write_in_threads(talk: Talk) -> None:
    thread = Place(PLACE.platform, "thread")
    await talk.announce(1)
    await talk.say("follow add cs.AI lens=plain", place=thread)
    await talk.know(2)
    asked = talk.asked("share 2606.00002 discontinuity", who="eve", may_thread=False)
    await talk.inbox.take(replace(asked, asker=replace(asked.asker, within=thread)))
    await talk.work()
    assert talk.heard(asked)[-1].text.startswith("You may not write here")
    assert not public(talk, thread)


# what is said in our own talks


async def test_a_hundred_remarks_in_a_thread_get_twenty_answers_there_and_none_in_the_channel(talk: Talk) -> None:
    """Follow-ups are answers: of a person, of a thread and of a place so many a day; the channel itself sees none."""
    root = await talk.card(1)
    before = public(talk)
    for number in range(100):
        await talk.inbox.hear(talk.remark(f"What of case {number}?", who="eve", thread=root, named=not number))
        if number % 10 == 9:
            await talk.work()
    said = [key for key in public(talk) if key not in before]
    assert len(said) == 20
    assert {talk.stage.threads[key] for key in said} == {root}
    assert len(talk.told("eve")) == 1, "that the limit is reached is said once a day"


async def test_discussions_of_other_papers_in_one_thread_are_answers_of_it(talk: Talk) -> None:
    root = await talk.card(1)
    before = public(talk)
    await talk.store.put_papers([paper(number) for number in range(2, 32)])
    for number in range(2, 32):
        asked = talk.asked(f"discuss 2606.{number:05} plain", who="eve")
        within = Place(PLACE.platform, f"{PLACE.channel}/{root}")
        await talk.inbox.take(replace(asked, asker=replace(asked.asker, within=within)))
        await talk.work()
    assert len([key for key in public(talk) if key not in before]) == 20
    assert "answers today, which is" in talk.heard(asked)[-1].text


async def test_many_people_get_no_more_than_a_threads_and_a_places_answers(talk: Talk) -> None:
    limits = AskLimits(99, 99, 9.0, 9.0, answers_person=3, answers_thread=5, answers_place=8)
    talk.wire(limits)
    roots = [await talk.card(number) for number in (1, 2, 3)]
    before = public(talk)
    for root in roots:
        for who in ("eve", "bob", "cleo", "dan", "fay"):
            for number in range(3):
                await talk.inbox.hear(talk.remark(f"Case {number}?", who=f"{who}{root}", thread=root, named=True))
            await talk.work()
    said = [talk.stage.threads[key] for key in public(talk) if key not in before]
    assert [said.count(root) for root in roots] == [5, 3, 0]


# what reaches the operator


async def test_thirty_objections_are_one_open_one_a_claim_five_a_day_and_two_words_to_the_operator(talk: Talk) -> None:
    talk.wire(AskLimits(99, 99, 9.0, 9.0), operators=("stage:root",))
    for number in range(1, 8):
        await talk.know(number)
    for number in range(1, 8):
        for _ in range(4):
            said = await talk.last(f"dispute 2606.{number:05} discontinuity headline It names it.", who="eve")
    assert said.startswith("You have reached today's limit of objections.\nIt goes on at 00:00 UTC, in ")
    assert len(await talk.store.disputes()) == 5
    talk.clock.forward(hours=2)
    await talk.work()
    assert len(talk.told("root")) == 2
    assert "copecheck disputes" in talk.told("root")[-1]


async def test_the_same_objection_twice_is_one(talk: Talk) -> None:
    await talk.know(1)
    await talk.say("dispute 2606.00001 discontinuity headline It names it.", who="eve")
    said = await talk.last("dispute 2606.00001 discontinuity headline It still names it.", who="eve")
    assert said.startswith("Your objection to headline is open already.")
    assert len(await talk.store.disputes()) == 1


async def test_feedback_of_one_person_ends_for_the_day(talk: Talk) -> None:
    for number in range(9):
        said = await talk.last(f"feedback Number {number}.", who="eve")
    assert said.startswith("You have reached today's limit of feedback.")
    assert len(await talk.store.feedback()) == 5


# follows


async def test_a_place_has_five_follows_of_at_most_ten_categories(talk: Talk) -> None:
    names = "cs.AI cs.CL cs.LG cs.CV cs.CY cs.HC cs.IR cs.MA cs.NE cs.RO cs.SE"
    assert (await talk.last(f"follow add {names} lens=plain")).startswith("11 categories are too many")
    for category in names.split()[:6]:
        said = await talk.last(f"follow add {category} lens=plain")
    assert said.startswith("5 follows are the limit for one place.")
    assert len(await talk.store.follows()) == 5


async def test_a_server_with_a_hundred_channels_has_no_more_follows_than_one_community_may(talk: Talk) -> None:
    talk.wire(AskLimits(99, 99, 9.0, 9.0), reach=Reach(community_follows=3))
    places = [Place(PLACE.platform, f"c{number}") for number in range(1, 6)]
    said = [await talk.last("follow add cs.AI lens=plain", place=place, community="stage:mallory") for place in places]
    assert [text.startswith("3 follows are the limit for one server") for text in said] == [False] * 3 + [True] * 2
    said = [
        await talk.last("follow add cs.AI lens=plain", place=Place(PLACE.platform, "other"), community="stage:ours")
    ]
    assert not said[0].startswith("3 follows"), "another's server has its own"
    assert len(await talk.store.follows()) == 4


async def test_in_direct_messages_nothing_is_followed_unless_the_operator_says_so(talk: Talk) -> None:
    talk.wire(reach=Reach())
    own = Place("stage", "@eve")
    said = await talk.last("follow add cs.AI lens=plain mode=every limit=100", who="eve", place=own)
    assert said.startswith("Nothing is followed in direct messages here.")
    assert not await talk.store.follows()


async def test_guests_never_follow_anything_in_direct_messages(talk: Talk) -> None:
    own = Place("stage", "@eve")
    talk.stage.guests.add("stage:eve")
    said = await talk.last("follow add cs.AI lens=plain", who="eve", place=own)
    assert said.startswith("Guests cannot follow anything in direct messages.")
    assert not await talk.store.follows()


async def test_a_draft_that_nobody_turns_on_lapses_after_a_day(talk: Talk) -> None:
    await talk.say("follow add cs.AI lens=plain")
    assert len(await talk.store.follows()) == 1
    talk.clock.forward(hours=25)
    await lapse_drafts(talk.store, talk.clock)
    assert not await talk.store.follows()


async def test_a_follow_that_is_on_does_not_lapse(talk: Talk) -> None:
    await talk.say("follow add cs.AI lens=plain")
    await talk.say("follow on cs.AI")
    talk.clock.forward(days=9)
    await lapse_drafts(talk.store, talk.clock)
    assert len(await talk.store.follows()) == 1


async def test_acts_are_forgotten_after_two_days(talk: Talk) -> None:
    asker = talk.asked("help", standing=Role.MEMBER).asker
    limits = ActLimits(1)
    day = date(2026, 6, 2)
    assert await talk.store.count_act(Act("a", ActKind.FEEDBACK, asker, day), limits) is None
    assert await talk.store.count_act(Act("a", ActKind.FEEDBACK, asker, day), limits) is None, "once an event"
    assert await talk.store.count_act(Act("b", ActKind.FEEDBACK, asker, day), limits) is Over.PERSON
    talk.clock.forward(days=3)
    await talk.store.forget_acts(timedelta(days=2))
    assert await talk.store.count_act(Act("b", ActKind.FEEDBACK, asker, day), limits) is None
    assert not await talk.jobs(Queue.ANSWER)


# look-ups at arXiv


async def test_no_hand_that_answers_waits_for_arxiv(talk: Talk) -> None:
    talk.shelf.papers |= {paper(number).id: paper(number) for number in range(1, 9)}
    for number in range(1, 5):
        await talk.inbox.take(talk.asked(f"ask What? paper=2606.0000{number}", who=f"eve{number}", community="b"))
        await talk.inbox.take(talk.asked(f"verdict 2606.0000{number + 4}", who=f"bob{number}", community="b"))
        await talk.inbox.hear(talk.remark(f"What of 2606.0000{number}?", who=f"cyn{number}", named=True))
    await talk.work(Queue.ANSWER, Queue.REMARK, rounds=8)
    assert talk.shelf.asked == []
    assert len(await talk.jobs(Queue.LOOK)) == 8
    await talk.work()
    assert len(talk.shelf.asked) == 8
    assert not await talk.jobs(Queue.ANSWER)


async def test_communities_take_turns_at_arxiv(talk: Talk) -> None:
    for number in range(1, 20):
        await talk.inbox.take(talk.asked(f"ask What? paper=2606.{number:05}", who=f"eve{number}", community="greedy"))
    await talk.inbox.take(talk.asked("ask What? paper=2606.00099", community="modest"))
    await talk.work(Queue.ANSWER, rounds=2)
    talk.clock.forward(seconds=1)
    first = [job for _ in range(2) for job in await talk.store.claim(Queue.LOOK, 1, timedelta(minutes=1))]
    assert any("2606.00099" in job.key for job in first)


async def test_an_id_that_arxiv_does_not_know_is_asked_about_once_a_day(talk: Talk) -> None:
    for who in ("eve", "bob", "cyn"):
        said = await talk.last("ask What? paper=2606.09999", who=who)
        assert said.startswith("arXiv knows no paper 2606.09999.")
    assert talk.shelf.asked == ["2606.09999"]
    talk.clock.forward(hours=25)
    await talk.say("ask What? paper=2606.09999", who="bob")
    assert talk.shelf.asked == ["2606.09999"] * 2


async def test_look_ups_are_counted_before_they_are_made(talk: Talk) -> None:
    talk.wire(AskLimits(99, 99, 9.0, 9.0, answers_person=3))
    for number in range(6):
        said = await talk.last(f"discuss 2606.0900{number} plain", who="eve")
    assert said.startswith("You have reached today's limit of papers looked up at arXiv.")
    assert len(talk.shelf.asked) == 3


async def test_a_preview_reads_its_categories_by_jobs_and_not_in_the_hand_that_answers(talk: Talk) -> None:
    await talk.inbox.take(talk.asked("follow add cs.AI cs.CL lens=plain"))
    await talk.work(Queue.ANSWER, rounds=4)
    assert talk.shelf.asked == []
    await talk.work()
    assert {"cs.AI", "cs.CL"} <= set(talk.shelf.asked)
    assert not await talk.jobs(Queue.ANSWER)


# what members see


async def test_a_members_status_counts_what_their_own_place_wants_and_nobody_elses_queue(talk: Talk) -> None:
    other = Payer(Cause.FOLLOW, "stage:far", "far")
    await talk.store.put_papers([paper(number) for number in range(1, 9)])
    await talk.store.add_jobs([judging(paper(number), "plain", payers=(other,)) for number in range(1, 8)])
    talk.clock.forward(seconds=1)
    [job, *_] = await talk.store.claim(Queue.JUDGE, 1, timedelta(minutes=1))
    await talk.store.reschedule(job, timedelta(hours=1), "model.example sent: a fragment about their paper")
    asked = talk.asked("status", standing=Role.MEMBER)
    await talk.inbox.take(asked)
    talk.clock.forward(seconds=1)
    await talk.work(Queue.ANSWER, rounds=1)
    text = talk.heard(asked)[-1].text
    assert "Waiting: nothing." in text
    assert not any(word in text for word in ("model.example", "fragment", "far", "to judge"))
    mine = Payer(Cause.VERDICT, str(PLACE), "stage", "stage:ann")
    await talk.store.add_jobs([judging(paper(8), "plain", payers=(mine,))])
    again = talk.asked("status", standing=Role.MEMBER)
    await talk.inbox.take(again)
    talk.clock.forward(seconds=1)
    await talk.work(Queue.ANSWER, rounds=1)
    assert "Waiting: 1 to judge." in talk.heard(again)[-1].text


async def test_a_community_sees_what_it_spent_and_not_what_others_did(talk: Talk) -> None:
    usage, hold = Usage(1000, 0, 0, 0.25), timedelta(seconds=60)
    budget = Budget(1_000_000, 1.0, 0.5, 0.5)
    for number, community in enumerate(("stage", "far", "far")):
        payers = (Payer(Cause.FOLLOW, f"{community}:main", community),)
        call = PlannedCall("e", "m", f"{number}", "plain", f"p{number}", Stage.FIRST, usage, hold, payers)
        assert isinstance(await talk.store.reserve_call(call, budget), int)
    assert "today 0.25 of 0.50 USD of this community" in await analyst_line(["m"], [], budget, talk.store, "stage")
    assert "0.75 of 1.00 USD" in await analyst_line(["m"], [], budget, talk.store)
    assert "USD" not in await analyst_line(["m"], [], budget, talk.store, "stage:@7")
