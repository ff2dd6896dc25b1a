"""Discussions: who is answered in a thread and when, once, from the paper, within limits, and never a nuisance."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.commands.people import AskLimits
from bot.core.discussion.question import AnswerOutcome
from bot.core.discussion.remark import RemarkDeleted, RemarkEdited
from bot.core.errors import LeaseLost, PlatformDown, SendUnknown, SourceUnavailable
from bot.core.jobs.job import Job, JobState, Queue
from bot.core.jobs.wait_reason import WaitReason
from bot.core.posts.post import Place, PostKey, PostKind, PostRef
from bot.core.verdicts.verdict import Wait
from bot.services.discussion import discuss
from tests.fakes.minds import PRICE
from tests.fakes.worlds import paper
from tests.services.talk import LEASE, LIMITS, PLACE, Talk, talking

BASELINE = "It is compared with a linear baseline."
BUTTON = "2606.00001 discontinuity"


class Killed(BaseException):
    """The process is gone at this point."""


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        yield made


@pytest.fixture
async def card(talk: Talk) -> str:
    return await talk.card()


async def claimed(talk: Talk) -> Sequence[Job]:
    """What a crew would take up a moment later."""
    talk.clock.forward(seconds=1)
    return await talk.store.claim(Queue.REMARK, 1, LEASE)


# who is answered


async def test_a_question_to_the_bot_under_a_card_is_answered_in_its_thread_with_quotations(
    talk: Talk, card: str
) -> None:
    said = await talk.remarks("What is it compared with?", thread=card, named=True)
    assert said is not None
    assert BASELINE in said
    assert "§3.2, sentence 2: “We compare against a linear baseline.”" in said
    assert "The lens thinks  The baseline is a straw man." in said
    assert "the full text · oracle-1 · AI, one lens: discontinuity" in said
    key = next(key for key in talk.stage.posts if key.startswith("stage:main|answer|"))
    assert talk.stage.threads[key] == card
    assert talk.stage.shown_work == [(PLACE, PostRef(PLACE, card))]


async def test_a_slow_answer_shows_that_it_is_under_way_again_and_again_though_one_showing_fails(
    talk: Talk, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discuss, "SHOW_WORK_SECONDS", 0)
    talk.stage.not_shown = [PlatformDown("The connection broke.")]

    async def until_shown_thrice() -> None:
        while len(talk.stage.shown_work) < 3:
            talk.stage.showed.clear()
            await talk.stage.showed.wait()

    talk.oracle.during = until_shown_thrice
    async with asyncio.timeout(60):
        assert await talk.remarks("What is it compared with?", thread=card, named=True)
    shown = len(talk.stage.shown_work)
    await asyncio.sleep(0)
    assert len(talk.stage.shown_work) == shown, "nothing is shown after the answer"


async def test_nobody_is_answered_in_a_thread_that_we_are_not_in(talk: Talk, card: str) -> None:
    assert await talk.remarks("What is it compared with?", thread=card) is None
    assert talk.oracle.calls == 0


async def test_one_person_alone_is_answered_without_naming_us_until_a_second_one_writes(talk: Talk, card: str) -> None:
    assert await talk.remarks("What is it compared with?", thread=card, named=True)
    assert await talk.remarks("And what did it cost?", thread=card)
    assert await talk.remarks("I would not know.", thread=card, who="ben") is None
    assert await talk.remarks("And who pays?", thread=card) is None
    assert await talk.remarks("And who pays?", thread=card, named=True)
    assert await talk.remarks("And who gains?", thread=card, who="ben") is None
    assert await talk.remarks("And who gains?", thread=card, who="ben", named=True)


async def test_a_second_person_who_names_us_is_answered_and_makes_it_a_crowd(talk: Talk, card: str) -> None:
    await talk.remarks("What is it compared with?", thread=card, named=True)
    assert await talk.remarks("And who pays?", thread=card, who="ben", named=True)
    assert await talk.remarks("And who gains?", thread=card) is None


async def test_bots_are_never_answered_and_make_no_crowd(talk: Talk, card: str) -> None:
    await talk.remarks("What is it compared with?", thread=card, named=True)
    assert not await talk.inbox.hear(talk.remark("hello", thread=card, named=True, who="bot", is_bot=True))
    assert await talk.jobs(Queue.REMARK) == []
    assert await talk.remarks("And what did it cost?", thread=card)


async def test_t20_a_remark_that_names_us_and_says_nothing_is_left_alone(talk: Talk, card: str) -> None:
    assert await talk.remarks("<@U123>", thread=card, named=True) is None


async def test_a_reply_to_a_card_in_the_channel_is_answered_in_the_card_s_thread(talk: Talk, card: str) -> None:
    assert await talk.remarks("Compared with what?", reply_to=PostRef(PLACE, card), named=True)
    key = next(key for key in talk.stage.posts if key.startswith("stage:main|answer|"))
    assert talk.stage.threads[key] == card


async def test_a_mention_anywhere_that_names_a_paper_is_answered_in_a_thread_of_its_own(talk: Talk) -> None:
    talk.shelf.papers[paper(7).id] = paper(7)
    remark = talk.remark("What does 2606.00007 compare with?", named=True, id="m1")
    await talk.inbox.hear(remark)
    await talk.work()
    assert BASELINE in str(talk.answer_to(remark))
    key = next(key for key in talk.stage.posts if "|answer|m1|" in key)
    assert talk.stage.threads[key] == "m1"


async def test_an_answer_from_another_version_than_was_named_says_so(talk: Talk) -> None:
    newest = paper(7, version=2)
    await talk.store.put_papers([newest])
    said = "This is about v2, as arXiv has it; you asked about v1."
    for named, is_said in (("2606.00007v1", True), ("2606.00007v2", False), ("2606.00007", False)):
        remark = talk.remark(f"What does {named} compare with?", named=True, id=named)
        await talk.inbox.hear(remark)
        await talk.work()
        assert (said in str(talk.answer_to(remark))) is is_said
        asked = talk.asked("ask", values={"paper": named, "question": f"Compared with what, {named}?"})
        await talk.inbox.take(asked)
        await talk.work()
        assert (said in str([post.text for post in talk.heard(asked)])) is is_said


async def test_a_mention_that_is_about_no_paper_gets_a_private_word(talk: Talk) -> None:
    assert await talk.remarks("What do you think?", named=True) is None
    assert talk.told("ann") == [
        "I cannot tell which paper that is about.\n"
        "Ask in its thread, or name it: 2611.01234. help says what else I can do."
    ]


async def test_a_sentence_that_begins_with_a_verb_is_asked_back_where_no_paper_is_meant(talk: Talk) -> None:
    assert await talk.remarks("report is late", named=True) is None
    first = "I cannot tell which paper that is about.\nAsk in its thread, or name it: 2611.01234."
    assert talk.told("ann") == [
        f"{first} Did you mean report?\nstatus and help say more, in the channel where you asked."
    ]
    assert await talk.remarks("similar work exists", named=True) is None
    assert talk.told("ann")[1:] == [f"{first} Did you mean similar <paper>?"]


async def test_where_one_asks_alone_what_may_have_been_meant_is_a_press_away(talk: Talk) -> None:
    assert await talk.remarks("search and rescue robots", private=True) is None
    ((post,),) = [posts for key, posts in talk.stage.posts.items() if "|notice|" in key]
    assert [button.value for button in post.buttons] == ["search search and rescue robots"]


async def test_a_sentence_in_a_papers_thread_is_a_question_whatever_its_first_word(talk: Talk) -> None:
    await talk.know(1)
    for words in ("Similar work exists, 2606.00001?", "search is broken in 2606.00001", "status quo of 2606.00001"):
        assert await talk.remarks(words, named=True)
        assert talk.oracle.questions[-1].words == words


async def test_a_direct_message_goes_on_about_the_paper_that_was_last_named(talk: Talk) -> None:
    talk.shelf.papers[paper(7).id] = paper(7)
    assert await talk.remarks("What does 2606.00007 compare with?", private=True)
    assert await talk.remarks("And who pays?", private=True)
    assert talk.oracle.questions[-1].paper.id == paper(7).id
    await talk.know(1)
    assert await talk.remarks("And 2606.00001?", private=True)
    assert talk.oracle.questions[-1].paper.id == paper(1).id


# who says a command


@pytest.mark.parametrize("said", ["verdict", "Verdict plain", "analysis"])
async def test_a_verb_that_names_no_paper_takes_the_one_of_its_thread(talk: Talk, card: str, said: str) -> None:
    await talk.know(1, "plain")
    await talk.remarks(said, thread=card, named=True)
    answer = talk.stage.answers[-1][1].text
    assert "Invented system 1" in answer
    assert ("lens: plain" in answer) == ("plain" in said)


@pytest.mark.parametrize("words", ["https://arxiv.org/abs/2606.00007", "verdict 2606.00007", "arXiv:2606.00007 plain"])
@pytest.mark.parametrize("is_private", [True, False])
async def test_a_link_or_a_verb_that_is_said_to_us_is_a_command_and_no_question(
    talk: Talk, words: str, is_private: bool
) -> None:
    talk.shelf.papers[paper(7).id] = paper(7)
    remark = talk.remark(words, named=True, private=is_private)
    await talk.inbox.hear(remark)
    await talk.work()
    assert "Invented system 7" in talk.stage.answers[-1][1].text
    assert talk.oracle.calls == 0
    assert talk.answer_to(remark) is None


@pytest.mark.parametrize(
    ("words", "answer"),
    [("help", "verdict <paper>"), ("", "verdict <paper>"), ("follow list", "Nothing is followed here"),
     ("lens show plain", "It asks"), ("verdct 2606.00007", "Did you mean verdict 2606.00007?"),
     ("folow list", "Did you mean follow list?"), ("serach", "Did you mean search?")],
)  # fmt: skip
async def test_whoever_types_to_the_bot_is_understood(talk: Talk, words: str, answer: str) -> None:
    await talk.inbox.hear(talk.remark(f"<@U1> {words}", named=True))
    await talk.work()
    assert answer in talk.stage.answers[-1][1].text


async def test_a_command_in_a_thread_is_no_question_and_makes_a_crowd_like_all_that_is_said(
    talk: Talk, card: str
) -> None:
    assert await talk.remarks("What is it compared with?", thread=card, named=True)
    assert await talk.remarks("help", thread=card) is None
    assert "verdict <paper>" in talk.stage.answers[-1][1].text
    assert await talk.remarks("help", thread=card, named=True, who="ben") is None
    assert await talk.remarks("And who pays?", thread=card) is None


async def test_a_command_does_not_wait_for_a_question_that_waits(talk: Talk) -> None:
    talk.shelf.papers[paper(7).id] = paper(7)
    talk.oracle.away = Wait("the budget is used up", 36_000)
    await talk.remarks("What does 2606.00007 compare with?", private=True)
    await talk.inbox.hear(talk.remark("help", private=True))
    await talk.work()
    assert "verdict <paper>" in talk.stage.answers[-1][1].text


async def test_ask_by_word_is_the_question_itself(talk: Talk, card: str) -> None:
    assert BASELINE in str(await talk.remarks("ask What is it compared with?", thread=card, named=True))
    assert talk.oracle.questions[-1].words == "What is it compared with?"
    talk.shelf.papers[paper(7).id] = paper(7)
    assert await talk.remarks("ask And who pays? paper=2606.00007 lens=plain", named=True)
    assert (talk.oracle.questions[-1].paper.id, talk.oracle.questions[-1].lens.key) == (paper(7).id, "plain")
    assert await talk.remarks("ask And who pays? paper=2606.00007 lens=odd", named=True) is None
    assert "There is no lens “odd”" in talk.stage.answers[-1][1].text


# what is asked


async def test_other_people_s_words_never_go_into_a_question(talk: Talk, card: str) -> None:
    await talk.remarks("Is it about bananas?", thread=card, who="ben", named=True)
    await talk.remarks("What is it compared with?", thread=card, named=True)
    await talk.remarks("<@U7> and what did it cost?", thread=card, named=True)
    last = talk.oracle.questions[-1]
    assert last.words == "and what did it cost?"
    assert [(one.is_ours, one.words) for one in last.turns] == [
        (False, "What is it compared with?"),
        (True, f"{BASELINE} The baseline is a straw man."),
    ]
    assert "bananas" not in str(last.turns)


async def test_the_question_carries_the_verdict_and_the_text_is_fetched_on_the_first_question(
    talk: Talk, card: str
) -> None:
    talk.library.keeps_all = False
    await talk.say("analysis 2606.00001 discontinuity")
    assert talk.library.asked == []
    await talk.remarks("What is it compared with?", thread=card, named=True)
    assert talk.library.asked == [paper(1).id]
    verdict = talk.oracle.questions[0].verdict
    assert verdict is not None
    assert verdict.analysis is not None


async def test_a_text_that_was_driven_out_is_fetched_by_a_job_again_and_never_by_the_hand_that_answers(
    talk: Talk, card: str
) -> None:
    talk.library.keeps_all = False
    await talk.remarks("What is it compared with?", thread=card, named=True)
    fetched = len(talk.library.asked)
    talk.library.kept.clear()
    remark = talk.remark("Who pays?", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.work(Queue.REMARK, Queue.DELIVER, rounds=5)
    assert (len(talk.library.asked), talk.answer_to(remark)) == (fetched, None)
    await talk.work()
    assert BASELINE in str(talk.answer_to(remark))
    assert len(talk.library.asked) == fetched + 1


async def test_what_a_passing_fault_left_serves_who_waited_for_it_and_is_fetched_again_for_who_asks_later(
    talk: Talk, card: str
) -> None:
    talk.library.keeps_all = talk.library.is_final = False
    await talk.remarks("What is it compared with?", thread=card, named=True)
    assert len(talk.library.asked) == 1
    talk.clock.forward(minutes=1)
    assert BASELINE in str(await talk.remarks("Who pays?", thread=card, named=True))
    assert len(talk.library.asked) == 2


async def test_a_text_that_could_not_be_had_is_asked_for_again_on_the_next_day(talk: Talk, card: str) -> None:
    talk.library.keeps_all = False
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.work(Queue.REMARK, rounds=3)
    [job] = [job for job in await talk.store.list_jobs((JobState.OPEN,), Queue.LOOK, 10) if "text" in job.key]
    assert await talk.store.drop_job(job.id)
    await talk.work()
    assert talk.library.asked == []
    talk.clock.forward(minutes=24 * 60)
    assert BASELINE in str(await talk.remarks("What is it compared with?", thread=card, named=True))


async def test_ask_works_on_a_paper_that_was_never_announced(talk: Talk) -> None:
    talk.shelf.papers[paper(7).id] = paper(7)
    said = await talk.last("ask What is it compared with? paper=2606.00007")
    assert "The answer will stand in the thread." in said
    opening = await talk.store.sent(PostKey(PLACE, PostKind.TALK, "2606.00007", "discontinuity"))
    [(key, posts)] = [(key, posts) for key, posts in talk.stage.posts.items() if "|answer|" in key]
    assert opening is not None
    assert talk.stage.threads[key] == opening.ref.id
    assert "Asked: What is it compared with?" in posts[0].text
    assert BASELINE in posts[0].text
    assert [button.label for button in posts[0].buttons] == ["Steelman", "What would change your mind?", "Dispute"]


async def test_a_question_is_about_the_lens_it_was_asked_through_whatever_is_followed_meanwhile(talk: Talk) -> None:
    talk.shelf.papers[paper(7).id] = paper(7)
    asked = talk.asked("ask What is it compared with? paper=2606.00007")
    await talk.inbox.take(asked)
    await talk.work(Queue.ANSWER, Queue.LOOK, rounds=3)  # its thread is not open yet
    await talk.announce(1)
    for text in ("follow add cs.AI lens=plain", "follow on cs.AI"):
        await talk.inbox.take(talk.asked(text))
        await talk.work(Queue.ANSWER, rounds=3)
    await talk.work()
    opened = [PostKey.parse(key) for key in talk.stage.posts if "|talk|" in key]
    assert [(key.subject, key.lens) for key in opened] == [("2606.00007", "discontinuity")]
    assert [question.lens.key for question in talk.oracle.questions] == ["discontinuity"]


async def test_a_question_that_waits_for_its_paper_stays_about_it_whatever_is_talked_about_meanwhile(
    talk: Talk,
) -> None:
    await talk.know(8)
    alone = Place.private("stage:ann")
    talk.shelf.error = SourceUnavailable("refused", "arXiv does not answer.", "")
    waiting = talk.asked("ask What is 2606.00007 compared with?", place=alone)
    await talk.inbox.take(waiting)
    await talk.work()
    await talk.say("ask What does it cost? paper=2606.00008", place=alone)
    talk.shelf.error = None
    talk.shelf.papers[paper(7).id] = paper(7)
    talk.clock.forward(hours=2)
    await talk.work()
    assert [str(question.paper.id) for question in talk.oracle.questions] == ["2606.00008", "2606.00007"]


async def test_steelman_and_what_would_change_your_mind_are_a_press_away(talk: Talk, card: str) -> None:
    await talk.say(f"steelman {BUTTON}")
    await talk.say(f"changes {BUTTON}")
    texts = [posts[0].text for key, posts in talk.stage.posts.items() if "|answer|" in key]
    assert "The strongest case for this paper" in texts[0]
    assert "It is honest about its baseline." in texts[0]
    assert "What would change this lens’s mind" in texts[1]
    assert {talk.stage.threads[key] for key in talk.stage.posts if "|answer|" in key} == {card}


async def test_discuss_opens_the_thread_of_a_card_once_and_whoever_writes_first_is_alone(talk: Talk, card: str) -> None:
    assert "Ask in its thread." in await talk.last(f"discuss {BUTTON}")
    await talk.last(f"discuss {BUTTON}", who="ben")
    [(key, posts)] = [(key, posts) for key, posts in talk.stage.posts.items() if "|talk|" in key]
    assert len(posts) == 1
    assert talk.stage.threads[key] == card
    assert "Ask me about Invented system 1." in posts[0].text
    assert "arXiv’s HTML, else the PDF" in posts[0].text
    assert await talk.remarks("What is it compared with?", thread=card, who="cem")
    assert await talk.remarks("And who pays?", thread=card, who="ben") is None


async def test_discuss_is_refused_for_a_paper_that_does_not_stand_here_where_sharing_is_off(talk: Talk) -> None:
    await talk.know(1)
    await talk.say("sharing off")
    assert "Sharing is switched off here" in await talk.last(f"discuss {BUTTON}")


# how it answers


async def test_an_answer_that_the_text_does_not_give_says_so(talk: Talk, card: str) -> None:
    talk.oracle.says = replace(_answer(talk), outcome=AnswerOutcome.SILENT, paper_says=(), lens_says="")
    assert "The text read does not say." in str(await talk.remarks("Who pays?", thread=card, named=True))


async def test_arxiv_away_keeps_the_question_and_it_is_answered_late(talk: Talk, card: str) -> None:
    talk.library.error = SourceUnavailable("server error", "arXiv answers 503", "")
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.work(rounds=2)
    talk.clock.forward(seconds=5)
    await talk.work(rounds=2)
    [job] = await talk.jobs(Queue.REMARK)
    assert "arXiv cannot be asked" in job.reason
    talk.library.error = None
    talk.clock.forward(hours=2)
    await talk.work()
    assert BASELINE in str(talk.answer_to(remark))


async def test_a_model_that_is_away_keeps_the_question_too(talk: Talk, card: str) -> None:
    talk.oracle.away = Wait("the model is stopped", 60, WaitReason.MODEL_STOPPED)
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.work(rounds=2)
    assert [job.reason for job in await talk.jobs(Queue.REMARK)] == ["the model is stopped"]
    talk.oracle.away = None
    talk.clock.forward(seconds=61)
    await talk.work()
    assert len(talk.answers_to(remark)) == 1


async def test_a_question_that_could_not_be_answered_within_a_day_is_given_up_in_words(talk: Talk, card: str) -> None:
    talk.oracle.away = Wait("the model is stopped", 3600, WaitReason.MODEL_STOPPED)
    await talk.inbox.hear(talk.remark("What is it compared with?", thread=card, named=True))
    await talk.work(rounds=2)
    talk.clock.forward(hours=25)
    await talk.work()
    assert "could not be answered within a day" in talk.told("ann")[1]
    assert await talk.jobs(Queue.REMARK) == []


async def test_t22_whose_question_has_to_wait_is_told_so_once_with_the_reason(talk: Talk, card: str) -> None:
    talk.oracle.away = Wait("the model is stopped", 60, WaitReason.MODEL_STOPPED)
    await talk.inbox.hear(talk.remark("What is it compared with?", thread=card, named=True))
    for _ in range(3):
        await talk.work(rounds=2)
        talk.clock.forward(seconds=61)
    [told] = talk.told("ann")
    assert "Your question waits: the model is stopped." in told
    assert "It is answered as soon as that is over" in told


async def test_t19_in_a_long_thread_the_latest_turns_are_what_goes_before_a_question(talk: Talk, card: str) -> None:
    talk.wire(limits(answers_person=99, answers_thread=99))
    for number in range(1, 40):
        await talk.remarks(f"Question number {number}?", thread=card, named=True)
    await talk.remarks("What did I ask just now?", thread=card, named=True)
    said = [one.words for one in talk.oracle.questions[-1].turns if not one.is_ours]
    assert said == [f"Question number {number}?" for number in range(36, 40)]


# exactly once


async def test_t18_a_remark_that_comes_twice_is_one_answer_and_one_call(talk: Talk, card: str) -> None:
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    assert await talk.inbox.hear(remark)
    assert not await talk.inbox.hear(remark)
    await talk.work()
    assert not await talk.inbox.hear(remark)
    await talk.work()
    assert len(talk.answers_to(remark)) == 1
    assert talk.oracle.calls == 1


async def test_killed_after_the_model_was_paid_it_is_answered_once_and_paid_once(talk: Talk, card: str) -> None:
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    await talk.inbox.hear(remark)
    talk.oracle.dies = Killed()
    [job] = await claimed(talk)
    with pytest.raises(Killed):
        await talk.steps[Queue.REMARK](job)
    talk.wire()
    assert not await claimed(talk)
    talk.clock.forward(seconds=31)
    await talk.work()
    assert len(talk.answers_to(remark)) == 1
    assert talk.oracle.calls == 1
    with pytest.raises(LeaseLost):
        await talk.store.end(job)
    assert [turn.is_ours for turn in await talk.store.turns(PLACE, card)] == [False, True]


async def test_a_step_that_ends_after_its_lease_adds_no_second_answer(talk: Talk, card: str) -> None:
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    await talk.inbox.hear(remark)
    [slow] = await claimed(talk)

    async def overtake() -> None:
        talk.clock.forward(seconds=31)
        await talk.work()

    talk.oracle.during = overtake
    with pytest.raises(LeaseLost):
        await talk.steps[Queue.REMARK](slow)
    await talk.work()
    assert len(talk.answers_to(remark)) == 1
    assert talk.oracle.calls == 1


async def test_an_answer_whose_sending_is_in_doubt_is_looked_for_and_not_sent_again(talk: Talk, card: str) -> None:
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.work(Queue.REMARK)
    talk.stage.drops_after = [SendUnknown("gone")]
    await talk.work(Queue.DELIVER)
    talk.clock.forward(minutes=1)
    await talk.work()
    assert len(talk.answers_to(remark)) == 1


async def test_the_same_question_asked_twice_while_the_first_is_running_is_one_answer(talk: Talk, card: str) -> None:
    first = talk.remark("What is it compared with?", thread=card, named=True)
    second = talk.remark("what is it COMPARED with", thread=card, named=True, who="ben")
    await talk.inbox.hear(first)
    await talk.inbox.hear(second)
    talk.clock.forward(seconds=1)
    await talk.work()
    assert talk.answer_to(first)
    assert talk.answer_to(second) is None
    assert talk.oracle.calls == 1
    later = await talk.remarks("What is it compared with?", thread=card, named=True, who="ben")
    assert later is not None


async def test_two_presses_of_steelman_while_the_first_is_running_are_one_answer(talk: Talk, card: str) -> None:
    one, two = talk.asked(f"steelman {BUTTON}"), talk.asked(f"steelman {BUTTON}", who="ben")
    await talk.inbox.take(one)
    await talk.inbox.take(two)
    await talk.work(Queue.ANSWER)
    talk.clock.forward(seconds=1)
    await talk.work()
    assert len([key for key in talk.stage.posts if "|answer|" in key]) == 1


async def test_a_press_that_was_one_with_another_s_does_not_count(talk: Talk, card: str) -> None:
    talk.wire(limits(answers_person=1))
    for who in ("ann", "ben"):
        await talk.inbox.take(talk.asked(f"steelman {BUTTON}", who=who))
    await talk.work(Queue.ANSWER)
    talk.clock.forward(seconds=1)
    await talk.work()
    answers = [
        await talk.remarks("What was it compared with?", thread=card, named=True, who=who) for who in ("ben", "ann")
    ]
    assert sorted(answer is not None for answer in answers) == [False, True], "one press counted, whoever's was first"


# stop, edits, deletions


async def test_stop_ends_it_until_somebody_names_us_again(talk: Talk, card: str) -> None:
    await talk.remarks("What is it compared with?", thread=card, named=True)
    assert await talk.remarks("Stop!", thread=card) is None
    assert await talk.remarks("And who pays?", thread=card) is None
    assert await talk.remarks("And who pays?", thread=card, named=True)
    assert await talk.remarks("And who gains?", thread=card)


async def test_stop_ends_what_is_under_way_and_what_waits_behind_it(talk: Talk, card: str) -> None:
    first = talk.remark("What is it compared with?", thread=card, named=True)
    second = talk.remark("And who pays?", thread=card, named=True)
    await talk.inbox.hear(first)
    await talk.inbox.hear(second)

    async def stop() -> None:
        await talk.inbox.hear(talk.remark("stop", thread=card, named=True))
        [job] = await claimed(talk)
        await talk.steps[Queue.REMARK](job)

    talk.oracle.during = stop
    [job] = await claimed(talk)
    with pytest.raises(LeaseLost):
        await talk.steps[Queue.REMARK](job)
    await talk.work()
    assert talk.answer_to(first) is None
    assert talk.answer_to(second) is None


async def test_somebody_else_s_stop_that_is_not_said_to_us_ends_nothing(talk: Talk, card: str) -> None:
    await talk.remarks("What is it compared with?", thread=card, named=True)
    await talk.remarks("stop", thread=card, who="ben")
    assert await talk.remarks("And who pays?", thread=card, named=True)


async def test_the_verb_stop_in_a_thread_ends_it(talk: Talk, card: str) -> None:
    await talk.remarks("What is it compared with?", thread=card, named=True)
    asked = talk.asked("stop")
    await talk.inbox.take(replace(asked, asker=replace(asked.asker, within=Place("stage", card))))
    await talk.work()
    assert "I am silent here" in talk.heard(asked)[-1].text
    assert await talk.remarks("And who pays?", thread=card) is None
    assert "this is none" in await talk.last("stop")


async def test_an_edit_before_the_answer_changes_the_question(talk: Talk, card: str) -> None:
    remark = talk.remark("What is it comparred with?", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.inbox.edited(RemarkEdited(remark.id, PLACE, "What does it cost?"))
    await talk.work()
    assert [one.words for one in talk.oracle.questions] == ["What does it cost?"]
    assert [one.words for one in await talk.store.turns(PLACE, card) if not one.is_ours] == ["What does it cost?"]


async def test_an_edit_while_it_is_being_answered_is_what_is_answered(talk: Talk, card: str) -> None:
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    await talk.inbox.hear(remark)

    async def edit() -> None:
        await talk.inbox.edited(RemarkEdited(remark.id, PLACE, "What does it cost?"))

    talk.oracle.during = edit
    await talk.work()
    assert [one.words for one in talk.oracle.questions] == ["What is it compared with?", "What does it cost?"]
    assert len(talk.answers_to(remark)) == 1


async def test_an_edit_of_the_last_question_after_its_answer_changes_that_answer_once(talk: Talk, card: str) -> None:
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.work()
    for words in ("What does it cost?", "Who pays?"):
        await talk.inbox.edited(RemarkEdited(remark.id, PLACE, words))
        talk.oracle.says = replace(_answer(talk), lens_says=f"To {words}")
        await talk.work()
    assert len([key for key in talk.stage.posts if "|answer|" in key]) == 1
    texts = [post.text for post in talk.answers_to(remark)]
    assert len(texts) == 2
    assert "To What does it cost?" in texts[1]
    assert [one.words for one in await talk.store.turns(PLACE, card) if not one.is_ours] == ["Who pays?"]


async def test_an_edit_of_an_earlier_question_only_changes_what_is_remembered(talk: Talk, card: str) -> None:
    remark = talk.remark("What is it compared with?", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.work()
    await talk.remarks("And who pays?", thread=card)
    await talk.inbox.edited(RemarkEdited(remark.id, PLACE, "Never mind."))
    await talk.work()
    assert len(talk.answers_to(remark)) == 1
    assert (await talk.store.turns(PLACE, card))[0].words == "Never mind."


async def test_a_deleted_remark_is_not_answered_and_its_words_are_gone(talk: Talk, card: str) -> None:
    remark = talk.remark("My secret is 4711.", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.inbox.deleted(RemarkDeleted(remark.id, PLACE))
    await talk.work()
    assert talk.answer_to(remark) is None
    assert talk.oracle.calls == 0
    assert "4711" not in str([job.payload for job in await talk.jobs(Queue.REMARK, *JobState)])


async def test_a_remark_deleted_while_it_is_being_answered_gets_no_answer(talk: Talk, card: str) -> None:
    remark = talk.remark("My secret is 4711.", thread=card, named=True)
    await talk.inbox.hear(remark)

    async def delete() -> None:
        await talk.inbox.deleted(RemarkDeleted(remark.id, PLACE))

    talk.oracle.during = delete
    [job] = await claimed(talk)
    with pytest.raises(LeaseLost):
        await talk.steps[Queue.REMARK](job)
    await talk.work()
    assert talk.answer_to(remark) is None
    assert await talk.store.turns(PLACE, card) == []


async def test_a_remark_deleted_after_its_answer_leaves_the_transcript(talk: Talk, card: str) -> None:
    remark = talk.remark("My secret is 4711.", thread=card, named=True)
    await talk.inbox.hear(remark)
    await talk.work()
    await talk.inbox.deleted(RemarkDeleted(remark.id, PLACE))
    await talk.remarks("And who pays?", thread=card)
    assert talk.oracle.questions[-1].turns == ()


async def test_the_words_of_remarks_that_are_not_said_to_us_are_kept_nowhere(talk: Talk, card: str) -> None:
    await talk.remarks("What is it compared with?", thread=card, named=True)
    await talk.remarks("My secret is 4711.", thread=card, who="ben")
    assert "4711" not in str([job.payload for job in await talk.jobs(Queue.REMARK, *JobState)])
    assert "4711" not in str(await talk.store.turns(PLACE, card))


# limits


def limits(**changes: float) -> AskLimits:
    return replace(LIMITS, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("which", ["answers_person", "answers_thread", "answers_place"])
async def test_t24_at_a_limit_across_restarts_a_private_word_says_once_when_it_goes_on(
    talk: Talk, card: str, which: str
) -> None:
    talk.wire(limits(**{which: 1}))
    assert await talk.remarks("What is it compared with?", thread=card, named=True)
    talk.wire(limits(**{which: 1}))
    assert await talk.remarks("And who pays?", thread=card, named=True) is None
    assert await talk.remarks("And who gains?", thread=card, named=True) is None
    [told] = talk.told("ann")
    assert "It goes on at 00:00 UTC" in told
    talk.clock.forward(days=1)
    assert await talk.remarks("And who pays?", thread=card, named=True)


async def test_a_second_person_makes_a_crowd_at_the_limit_too(talk: Talk, card: str) -> None:
    assert await talk.remarks("What is it compared with?", thread=card, named=True)
    talk.wire(limits(answers_thread=1))
    assert await talk.remarks("And who pays?", thread=card, named=True, who="ben") is None
    talk.wire(limits())
    assert await talk.remarks("And who gains?", thread=card) is None


@pytest.mark.parametrize("which", ["person_usd", "place_usd"])
async def test_money_is_a_limit_too_and_what_was_answered_counts(talk: Talk, card: str, which: str) -> None:
    talk.wire(limits(**{which: PRICE}))
    assert await talk.remarks("What is it compared with?", thread=card, named=True)
    assert await talk.remarks("And who pays?", thread=card, named=True) is None
    assert "money for the model is used up" in talk.told("ann")[0]


async def test_answers_and_verdicts_are_counted_apart(talk: Talk, card: str) -> None:
    talk.wire(limits(person=1, answers_person=1))
    assert await talk.remarks("What is it compared with?", thread=card, named=True)
    talk.shelf.papers[paper(8).id] = paper(8)
    assert "Abstract leaves out" in await talk.last("verdict 2606.00008")


async def test_a_command_at_the_limit_is_refused_at_once(talk: Talk, card: str) -> None:
    talk.wire(limits(answers_person=0))
    assert "It goes on at 00:00 UTC" in await talk.last(f"steelman {BUTTON}")
    assert await talk.jobs(Queue.REMARK, *JobState) == []


# forgetting


async def test_forgetting_a_person_takes_what_they_said_and_were_answered(talk: Talk, card: str) -> None:
    await talk.remarks("My secret is 4711.", thread=card, named=True)
    await talk.remarks("And who pays?", thread=card, named=True, who="ben")
    assert await talk.store.forget_person("stage:ann")
    assert {turn.person for turn in await talk.store.turns(PLACE, card)} == {"stage:ben"}
    everything = [job.payload for queue in Queue for job in await talk.jobs(queue, *JobState)]
    assert "stage:ann" not in str([one for one in everything if "4711" in str(one)])


async def test_forgetting_a_place_takes_its_talks(talk: Talk, card: str) -> None:
    await talk.remarks("What is it compared with?", thread=card, named=True)
    await talk.store.forget_place(PLACE)
    assert await talk.store.talk(PLACE, card) is None
    assert await talk.store.turns(PLACE, card) == []


async def test_what_was_said_is_gone_after_the_days_it_is_kept(talk: Talk, card: str) -> None:
    await talk.remarks("What is it compared with?", thread=card, named=True)
    talk.clock.forward(days=91)
    await talk.store.forget_remarks(timedelta(days=90))
    assert await talk.store.talk(PLACE, card) is None
    assert await talk.store.turns(PLACE, card) == []


def _answer(talk: Talk):  # type: ignore[no-untyped-def]
    from bot.core.discussion.question import Answered, CitedStatement

    return Answered((CitedStatement(BASELINE, (2,)),), "So.", AnswerOutcome.ANSWERED, talk.oracle.provenance())


async def test_what_is_said_in_threads_where_we_are_in_no_talk_is_not_kept(talk: Talk, card: str) -> None:
    assert not await talk.inbox.hear(talk.remark("Shall we meet at noon?", thread="elsewhere"))
    assert await talk.store.list_jobs(tuple(JobState), Queue.REMARK) == []
    assert await talk.inbox.hear(talk.remark("What is it compared with?", thread=card, named=True))
    assert await talk.inbox.hear(talk.remark("And who pays?", thread=card)), "the first is still on its way"
