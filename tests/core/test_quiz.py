"""Known questions: how rows are read, and what is counted of answers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.discussion.question import Answered, AnswerOutcome, CitedStatement
from bot.core.errors import SettingsError
from bot.core.evaluation.known_questions import (
    Expected,
    KnownQuestion,
    Source,
    Tried,
    part_of,
    questions_from_rows,
    quiz_figures,
    retrieval,
)
from bot.core.evaluation.share import Share
from bot.core.evaluation.trials import Ending
from bot.core.fulltext.retrieval import room_of
from bot.core.papers.paper import ArxivId
from bot.core.verdicts.call import Usage
from bot.core.verdicts.verdict import AnalystKind, Provenance
from bot.demo.invented import invented_papers
from bot.text.stems import TERMS
from tests.fakes.texts import a_paper, a_text, choose

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
ID = ArxivId("2606.00005")
ROW = {
    "paper": str(ID),
    "question": "How many?",
    "kind": "answerable",
    "sentences": "7 9",
    "answer_words": "40|Forty;3",
}


def known(
    words: str = "How many kitchens?", expected: Expected = Expected.ANSWERABLE, **changes: object
) -> KnownQuestion:
    plain = KnownQuestion(ID, words, expected, frozenset({7}), (("40", "forty"), ("kitchen",)))
    return replace(plain, **changes)  # type: ignore[arg-type]


def tried(
    *said: CitedStatement,
    outcome: AnswerOutcome = AnswerOutcome.ANSWERED,
    of: KnownQuestion | None = None,
    dropped: int = 0,
) -> Tried:
    made = Provenance(AnalystKind.MODEL, "plain", "f", NOON)
    answer = Answered(said, "", outcome, made, dropped)
    reading = choose(a_text(), "", 10_000)
    return Tried("a model", of or known(), reading, Ending.AT_ONCE, answer, Usage(100, 10), 1, 2.0)


def test_a_row_is_a_question_with_its_sentences_and_spellings() -> None:
    (found,) = questions_from_rows([ROW], "q.csv")
    assert found.sentences == {7, 9}
    assert found.answer_words == (("40", "forty"), ("3",))
    assert found.is_answered_by("FORTY kitchens in 3 towns")
    assert not found.is_answered_by("40 kitchens")


@pytest.mark.parametrize(
    "changes",
    [{"kind": "easy"}, {"paper": ""}, {"question": " "}, {"sentences": ""}, {"sentences": "a"}, {"answer_words": ""}],
)
def test_a_row_that_is_no_question_is_named_with_its_line(changes: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"q\.csv, line 3,"):
        questions_from_rows([ROW, ROW | changes], "q.csv")


def test_an_answer_is_right_by_its_words_and_by_what_the_program_quotes() -> None:
    assert tried(CitedStatement("Forty kitchens were seen.", (1,))).is_right
    assert tried(CitedStatement("Many were seen.", (7,))).is_right, "sentence 7 says 40 kitchens"
    assert not tried(CitedStatement("Many were seen.", (1,))).is_right
    assert not tried(CitedStatement("Forty kitchens.", (7,)), outcome=AnswerOutcome.SILENT).is_right


def test_figures_count_each_kind_for_itself() -> None:
    unanswerable = known(expected=Expected.UNANSWERABLE, sentences=frozenset(), answer_words=())
    away = known(expected=Expected.OFF_TOPIC, sentences=frozenset(), answer_words=())
    one = quiz_figures(
        [
            tried(CitedStatement("Forty kitchens.", (7,)), CitedStatement("And more.", (1,)), dropped=1),
            tried(CitedStatement("Ten.", (1,))),
            tried(outcome=AnswerOutcome.SILENT),
            tried(outcome=AnswerOutcome.SILENT, of=unanswerable),
            tried(CitedStatement("Ten.", (1,)), of=unanswerable),
            tried(outcome=AnswerOutcome.OFF_TOPIC, of=away),
            replace(tried(of=unanswerable), ending=Ending.UNFIT, answer=None),
            replace(tried(), ending=Ending.UNANSWERED, answer=None, replies=0),
        ]
    )
    assert (one.questions, one.unanswered, one.unfit) == (8, 1, 1)
    assert one.retrieved == Share(3, 3)
    assert one.answered == Share(2, 3)
    assert one.right == Share(1, 3)
    assert one.right_of_read == Share(1, 3)
    assert one.pointed == Share(1, 3)
    assert one.citing == Share(4, 5)
    assert one.unanswerable_declined == Share(1, 3), "a reply of no use is no declining"
    assert one.off_topic_declined == Share(1, 1)
    assert one.usage == Usage(800, 80)
    assert (one.seconds, one.seconds_each, one.replies) == (14.0, 2.0, 7)


def test_retrieval_alone_counts_any_and_all_right_sentences_of_answerable_questions() -> None:
    sources = {ID: Source(a_paper(), a_text())}
    asked = [
        known("How many kitchens did they visit?"),
        known("oak", sentences=frozenset({10, 999})),
        known("zeppelin", Expected.UNANSWERABLE),
    ]
    first, third, *parts = retrieval(asked, sources, TERMS)
    assert first.any == Share(2, 2)
    assert first.all == Share(1, 2)
    assert third.any == Share(2, 2)
    assert [one.room for one in parts] == [f"{part} of the text" for part in ("1/8", "1/4", "1/2", "3/4")]


def test_a_part_of_a_text_is_that_part_and_one_is_all_of_it() -> None:
    text = a_text()
    assert not part_of(text, "oak", 1, TERMS).is_part
    assert room_of(part_of(text, "oak", 4, TERMS)) <= room_of(part_of(text, "oak", 1, TERMS)) // 4


def test_the_invented_papers_have_sections_captions_and_numbers_that_no_paper_of_arxiv_has() -> None:
    papers = invented_papers()
    assert [str(one.paper.id) for one in papers] == ["2606.99001", "2606.99002", "2606.99003"]
    for one in papers:
        names = {section.name for section in one.full.sections}
        assert {"Abstract", "1 Introduction", "Table 1", "7 Limitations"} <= names
        assert len(one.full.spans) > 60
        assert one.paper.abstract == one.full.text[: len(one.paper.abstract)]
