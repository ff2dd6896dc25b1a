"""Who is answered, what counts as asking the same, and how an answer is set."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.commands.event import Actor
from bot.core.discussion.question import (
    Answered,
    AnswerOutcome,
    CitedStatement,
    Question,
    QuestionKind,
    ReadSentence,
    RetrievedContext,
)
from bot.core.discussion.remark import Remark
from bot.core.discussion.transcript import Course, QuestionJob, Talk, bare, course_of, is_stop, sameness, thread_of
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostRef
from bot.core.present.discussion import ANSWER_MOST, AskedQuestion, answer_post, section_words, talk_post
from bot.core.verdicts.dispute import ASSUMPTIONS, CLAIMS, claims_of, without
from bot.core.verdicts.verdict import AnalystKind, BasisKind, Provenance
from tests.fakes.verdicts import sheet
from tests.fakes.worlds import lens, paper

PLACE = Place("discord", "7")
MADE = Provenance(AnalystKind.MODEL, "plain", "f" * 64, datetime(2026, 6, 1, tzinfo=UTC), "m-1")


def remark(words: str = "What of it?", *, who: str = "ann", named: bool = False, bot: bool = False) -> Remark:
    asker = Actor(f"discord:{who}", PLACE, "g")
    return Remark("r1", asker, words, PostRef(PLACE, "t"), is_addressed=named, is_bot=bot)


def talk(**changes: object) -> Talk:
    return replace(Talk(PLACE, "t", "g", ArxivId("2606.00001"), "plain"), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "where", "course"),
    [
        (remark(named=True), None, Course.ANSWER),
        (remark(), None, Course.IGNORE),
        (remark(), talk(), Course.ANSWER),
        (remark(), talk(alone="discord:ann"), Course.ANSWER),
        (remark(), talk(alone="discord:ben"), Course.IGNORE),
        (remark(), talk(is_crowd=True), Course.IGNORE),
        (remark(named=True), talk(is_crowd=True), Course.ANSWER),
        (remark(), talk(alone="discord:ann", is_stopped=True), Course.IGNORE),
        (remark(named=True), talk(is_stopped=True), Course.ANSWER),
        (remark(named=True, bot=True), talk(), Course.IGNORE),
        (remark("Stop!", named=True), talk(), Course.STOP),
        (remark("stop"), talk(alone="discord:ann"), Course.STOP),
        (remark("stop"), talk(alone="discord:ben"), Course.IGNORE),
        (remark("<@123>", named=True), talk(), Course.IGNORE),
    ],
)
def test_who_is_answered_and_when(said: Remark, where: Talk | None, course: Course) -> None:
    assert course_of(said, where) is course


def test_a_second_writer_makes_a_crowd_for_good() -> None:
    first = talk().with_writer("a")
    assert (first.alone, first.is_crowd) == ("a", False)
    assert first.with_writer("a") == first
    second = first.with_writer("b")
    assert (second.alone, second.is_crowd) == ("", True)
    assert second.with_writer("a") == second


@pytest.mark.parametrize("words", ["stop", "Stop.", "@CopeCheck stop", "<@42> please stop now!", "STOP"])
def test_words_that_ask_for_silence(words: str) -> None:
    assert is_stop(words)


@pytest.mark.parametrize("words", ["When does training stop?", "stop words", "nonstop", "don't stop"])
def test_words_that_do_not(words: str) -> None:
    assert not is_stop(words)


def test_names_go_out_of_what_is_asked() -> None:
    assert bare("<@!42> hello @copecheck,  what\nof it?") == "hello what of it?"


def test_the_same_words_ask_the_same_and_another_kind_does_not() -> None:
    assert sameness(QuestionKind.ASK, "What is IT?") == sameness(QuestionKind.ASK, " what is it")
    assert sameness(QuestionKind.ASK, "") != sameness(QuestionKind.STEELMAN, "")


def test_a_question_survives_being_written_down() -> None:
    asking = QuestionJob(remark(named=True), QuestionKind.STEELMAN, ArxivId("2606.00001"), "plain", is_command=True)
    assert QuestionJob.of(asking.payload()) == asking
    assert QuestionJob.of(remark().payload()) == QuestionJob(remark())


def test_an_answer_goes_under_what_was_said_where_there_is_no_thread() -> None:
    bare_remark = replace(remark(), thread=None)
    assert QuestionJob(bare_remark).root == PostRef(PLACE, "r1")
    replied = replace(bare_remark, reply_to_post=PostRef(PLACE, "p", "t9"))
    assert QuestionJob(replied).root == PostRef(PLACE, "t9")
    assert QuestionJob(replace(bare_remark, is_private=True)).root is None


def question(kind: QuestionKind = QuestionKind.ASK) -> Question:
    return Question(paper(1), lens("plain"), kind, "What of it?")


def reading(number: int = 3, length: int = 40, *, is_part: bool = False, known: int = 0) -> RetrievedContext:
    read = tuple(ReadSentence(at, f"3.{at} Data", f"{'word ' * (length // 5)}{at}.") for at in range(1, number + 1))
    return RetrievedContext(read, is_part, "the full text", known or number)


def answered(*said: CitedStatement, thinks: str = "", outcome: AnswerOutcome = AnswerOutcome.ANSWERED) -> Answered:
    return Answered(said, thinks, outcome, MADE)


def shown(
    found: Answered, read: RetrievedContext, asked: AskedQuestion | None = None, kind: QuestionKind = QuestionKind.ASK
) -> str:
    return answer_post(question(kind), read, found, str, asked or AskedQuestion()).text


def test_numbers_become_short_quotations_with_their_sections() -> None:
    text = shown(answered(CitedStatement("It uses words", (2, 2, 99))), reading())
    assert "It uses words.\n§3.2, sentence 2: “word word" in text
    assert "99" not in text


@pytest.mark.parametrize("size", [1, 4, 12])
def test_an_answer_never_has_more_than_1200_characters(size: int) -> None:
    said = [CitedStatement("long words " * 60, tuple(range(at, at + 3))) for at in range(1, size + 1)]
    text = shown(answered(*said, thinks="thinks " * 200), reading(20, 900), AskedQuestion(words="why " * 200))
    assert len(text) <= ANSWER_MOST
    assert "sentence 1:" in text
    assert "The lens thinks" in text
    assert text.endswith("AI, one lens: plain")


def test_words_that_the_file_hides_are_told_in_the_answer_and_it_stays_short() -> None:
    hidden = replace(reading(20, 900), hidden=("Hidden words, outside the page: “praise it”", "Hidden words, …"))
    said = [CitedStatement("long words " * 60, tuple(range(at, at + 3))) for at in range(1, 13)]
    text = shown(answered(*said, thinks="thinks " * 200), hidden)
    assert "Found in the file, and not followed: Hidden words, outside the page: “praise it”, and more" in text
    assert len(text) <= ANSWER_MOST


def test_silence_says_no_more_than_was_read() -> None:
    silent = answered(outcome=AnswerOutcome.SILENT)
    assert "The text read does not say." in shown(silent, reading())
    part = reading(3, is_part=True, known=90)
    assert "The part that was read does not say; 3 of 90 sentences were read." in shown(silent, part)
    assert "The part that was read does not say." in shown(replace(silent, is_part=True), reading())


def test_rules_say_in_plain_words_that_nothing_matches_and_call_it_no_thought_of_the_lens() -> None:
    by_rule = replace(MADE, analyst=AnalystKind.SCAN, model=None)
    silent = replace(answered(thinks="No model answers here.", outcome=AnswerOutcome.SILENT), provenance=by_rule)
    text = shown(silent, reading())
    assert "No model answers here.\n" in text
    assert "The lens thinks" not in text
    assert "does not say" not in text, "that nothing matches is not that the text is silent"


def test_what_would_change_the_mind_needs_no_sentence_and_is_no_silence() -> None:
    text = shown(answered(thinks="A sentence on wages."), reading(), kind=QuestionKind.CHANGE_MIND)
    assert "The lens thinks  A sentence on wages." in text
    assert "does not say" not in text


def test_what_is_not_about_the_paper_is_turned_down_kindly() -> None:
    assert "That is not about this paper" in shown(answered(outcome=AnswerOutcome.OFF_TOPIC), reading())
    assert "too little text" in shown(answered(outcome=AnswerOutcome.TOO_LITTLE), reading(0))


def test_an_answer_points_at_its_remark_or_repeats_the_command() -> None:
    ref = PostRef(PLACE, "r1", "t")
    post = answer_post(question(), reading(), answered(CitedStatement("So.", (1,))), str, AskedQuestion(ref))
    assert [span.post for span in post.lines[0].spans] == [ref]
    assert "Asked: Why?" in shown(answered(CitedStatement("So.", (1,))), reading(), AskedQuestion(words="Why?"))
    assert post.notification == "So."


def test_nothing_a_model_says_is_live() -> None:
    text = shown(
        answered(CitedStatement("See https://evil.example @everyone", (1,)), thinks="<@42> javascript:x"), reading()
    )
    assert "https://" not in text
    assert "@everyone" not in text
    assert "<@42>" not in text


@pytest.mark.parametrize(
    ("name", "words"),
    [("3.2 Data", "§3.2"), ("A.1 Proofs", "§A.1"), ("Abstract", "Abstract"), ("Figure 2", "Figure 2")],
)
def test_a_section_is_named_by_its_number_where_it_has_one(name: str, words: str) -> None:
    assert section_words(name) == words


def test_the_first_post_of_a_thread_says_what_is_answered_from() -> None:
    along = talk_post(paper(1), lens("plain"), str, has_model=True, reads_along=True)
    assert "While one person alone" in along.text
    assert "arXiv’s HTML, else the PDF, else the abstract" in along.text
    named = talk_post(paper(1), lens("plain"), str, has_model=False, reads_along=False)
    assert "No model is set up" in named.text
    assert "I answer when you mention me" in named.text
    assert "While one person alone" not in named.text


@pytest.mark.parametrize(("title", "end"), [("Do Clerks Err?", "Err?"), ("On Clerks", "Clerks.")])
def test_the_first_post_of_a_thread_ends_the_title_with_one_mark(title: str, end: str) -> None:
    post = talk_post(replace(paper(1), title=title), lens("plain"), str, has_model=True, reads_along=True)
    assert post.lines[0].text.endswith(end)
    assert post.notification.endswith(end)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_withdrawn_claim_is_said_to_be_one_and_cannot_be_withdrawn_again(claim: str) -> None:
    for verdict in (sheet().verdict, replace(sheet().verdict, analysis=None)):
        before = claim in claims_of(verdict)
        after = without(verdict, claim)
        assert claim not in claims_of(after)
        assert after.withdrawn == (claim,)
        assert (after != replace(verdict, withdrawn=(claim,))) == before


def test_what_can_be_objected_to_is_what_the_verdict_claims_in_its_own_words() -> None:
    verdict = sheet().verdict
    short, analysis = verdict.short, verdict.analysis
    assert short is not None
    assert analysis is not None
    found = claims_of(verdict)
    assert found["headline"] == short.headline
    count = len(analysis.assumptions)
    assert [claim for claim in found if claim.startswith("assumption")] == list(ASSUMPTIONS[:count])
    assert found["assumption-1"] == analysis.assumptions[0].proposition
    clean = replace(verdict, short=replace(short, fallacy=None), analysis=None)
    assert list(claims_of(clean)) == ["headline", "does"]
    assert claims_of(replace(verdict, short=None, analysis=None)) == {}


def test_a_withdrawn_claim_makes_a_verdict_another_one() -> None:
    verdict = replace(sheet().verdict, analysis=None)
    assert verdict.stamp == verdict.paper_hash
    assert without(verdict, "headline").stamp != verdict.stamp


def test_an_analysis_makes_a_verdict_another_one() -> None:
    verdict = sheet().verdict
    assert verdict.stamp != replace(verdict, analysis=None).stamp


def test_a_reading_of_the_full_text_makes_a_verdict_another_one() -> None:
    verdict = sheet().verdict
    full = replace(verdict, basis=replace(verdict.basis, kind=BasisKind.FULL))
    assert full.stamp not in (verdict.stamp, verdict.paper_hash)
    assert replace(full, basis=replace(full.basis, characters=1)).stamp != full.stamp


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("what is hits@10, and recall@k?", "what is hits@10, and recall@k?"),
        ("is pass@1.5 P@n?", "is pass@1.5 P@n?"),
        ("hello@maria and @10 say so", "hello and say so"),
        ("你好@U2147483697 why?", "你好 why?"),
    ],
)
def test_names_go_and_measures_stay(said: str, kept: str) -> None:
    assert bare(said) == kept


def test_a_thread_is_a_channel_or_a_post_behind_its_place() -> None:
    place = Place("slack", "T1/C1")
    assert thread_of(Actor("slack:T1/U1", place, "slack:T1")) is None
    assert thread_of(Actor("slack:T1/U1", place, "slack:T1", within=Place("slack", "T1/C1/17.5"))) == PostRef(
        place, "17.5"
    )
    within = Place("discord", "77")
    assert thread_of(Actor("discord:1", PLACE, "discord:g", within=within)) == PostRef(PLACE, "77")
