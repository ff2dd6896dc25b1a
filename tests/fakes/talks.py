"""An answer in a discussion and an objection, to be looked at as platforms show them."""

from bot.core.discussion.question import (
    Answered,
    AnswerOutcome,
    CitedStatement,
    Question,
    QuestionKind,
    ReadSentence,
    RetrievedContext,
)
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, Post, PostRef
from bot.core.present.discussion import AskedQuestion, answer_post
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.dispute import Dispute


def a_talk_answer(of: PaperView, place: Place) -> Post:
    """Two things that a paper says, and what the lens thinks, read from a part."""
    read = (
        ReadSentence(41, "3.2 Baselines", "We compare against a *linear* baseline of Ng & Co."),
        ReadSentence(77, "A Prompts", "Each prompt was sent once."),
    )
    basis = "2 of 310 sentences of the full text (arXiv's HTML)"
    says = (
        CitedStatement("It is compared with a linear baseline, and with nothing else.", (41,)),
        CitedStatement("Prompts were not repeated.", (77,)),
    )
    made = of.verdict.provenance
    found = Answered(says, "A straw man, tied with care.", AnswerOutcome.ANSWERED, made, dropped=1)
    question = Question(of.paper, of.lens, QuestionKind.ASK, "What is it compared with?")
    reading = RetrievedContext(read, is_part=True, basis_words=basis, known=310)
    return answer_post(question, reading, found, of.readable, AskedQuestion(PostRef(place, "1030000000000000009")))


def objection(place: Place) -> Dispute:
    """An objection that waits, with its thread."""
    thread = PostRef(place, "1030000000000000010")
    return Dispute("e", place, "g", "p:1", ArxivId("2606.00001"), "discontinuity", "fallacy", "No.", thread)
