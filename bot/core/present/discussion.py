"""What is said in a discussion: answers with their quotations, the post that opens a thread, and short words.

A model points at numbers; the program turns them into quotations. What the paper says stands apart from what the lens
thinks of it, and an answer has at most 1,200 characters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.discussion.question import (
    Answered,
    AnswerOutcome,
    CitedStatement,
    Question,
    QuestionKind,
    ReadSentence,
    RetrievedContext,
)
from bot.core.jobs.wait_words import again_words
from bot.core.papers.arxiv_id import version_of
from bot.core.papers.paper import ArxivId, Paper
from bot.core.posts.phrase import Readable, field, joined, line, many, sanitize, sentence, shown, truncate
from bot.core.posts.post import VALUE_MOST, Button, Line, LineRole, Post, PostKind, PostRef, Span
from bot.core.present.answer import other_version
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import AnalystKind

ANSWER_MOST = 1200
ALONG = (
    "While one person alone writes here, I answer what is written. From the second person on, mention me or reply to "
    "me. “stop” ends it."
)
NAMED = (
    "I answer when you mention me or reply to me; what else is written here I cannot read. “stop”, said to me, ends it."
)
QUOTES_A_CLAIM = 2
_NUMBER = re.compile(r"([A-Z]?\d+(?:\.\d+)*|[A-Z](?:\.\d+)+)\b")
HEADS = {
    QuestionKind.STEELMAN: "The strongest case for this paper",
    QuestionKind.CHANGE_MIND: "What would change this lens’s mind",
}


@dataclass(frozen=True, slots=True)
class _Room:
    """How long the parts of an answer may be: a claim, its quotation, what the lens thinks; and how many claims."""

    claim: int
    quote: int
    lens: int
    claims: int
    question: int = 160


# Tried in this order until the answer fits.
ROOMS = (
    _Room(400, 280, 500, 6),
    _Room(300, 200, 400, 6),
    _Room(240, 140, 300, 5),
    _Room(200, 110, 240, 4),
    _Room(180, 90, 200, 3, 100),
    _Room(160, 70, 160, 2, 80),
)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """What an answer answers: the remark to point at, or the words of a command to repeat."""

    ref: PostRef | None = None
    words: str = ""


def answer_post(
    question: Question, reading: RetrievedContext, found: Answered, readable: Readable, asked: AskedQuestion
) -> Post:
    """The answer to a question, in at most `ANSWER_MOST` characters."""
    lines: tuple[Line, ...] = ()
    for room in ROOMS:
        lines = _lines(question, reading, found, readable, asked, room)
        if _length(lines) <= ANSWER_MOST:
            break
    first = next((line.text for line in lines if line.role in (LineRole.PARAGRAPH, LineRole.HEADING)), lines[0].text)
    is_by_model = found.provenance.analyst is AnalystKind.MODEL
    buttons = talk_buttons(question.paper.id, question.lens, has_model=is_by_model, but=question.kind)
    topic = shown(question.paper.title, readable)
    return Post(PostKind.ANSWER, truncate(first, 140), lines, buttons, topic=topic)


def _length(lines: Sequence[Line]) -> int:
    return sum(len(line.text) + 1 for line in lines) - 1


def _lines(
    question: Question,
    reading: RetrievedContext,
    found: Answered,
    readable: Readable,
    asked: AskedQuestion,
    room: _Room,
) -> tuple[Line, ...]:
    return (
        *_head(question, asked, room),
        *_body(question, reading, found, readable, room),
        *_thought(found, room),
        *_hidden(reading),
        *_gone(question.paper),
        *other_version(version_of(question.words, question.paper.id), question.paper.version),
        line(LineRole.SMALL, _basis(question, reading, found)),
    )


def _gone(paper: Paper) -> list[Line]:
    """That a paper was withdrawn, under what is said of it."""
    return [line(LineRole.SMALL, "The paper has been withdrawn.")] if paper.is_withdrawn else []


def _head(question: Question, asked: AskedQuestion, room: _Room) -> list[Line]:
    if question.kind in HEADS:
        return [line(LineRole.HEADING, HEADS[question.kind])]
    if asked.ref is not None:
        return [line(LineRole.SMALL, Span("In answer to this.", post=asked.ref))]
    return [line(LineRole.SMALL, f"Asked: {truncate(sanitize(asked.words), room.question)}")] if asked.words else []


def _body(
    question: Question, reading: RetrievedContext, found: Answered, readable: Readable, room: _Room
) -> list[Line]:
    match found.outcome:
        case AnswerOutcome.OFF_TOPIC:
            return [line(LineRole.PARAGRAPH, _kindly(question.paper, readable))]
        case AnswerOutcome.TOO_LITTLE:
            return [line(LineRole.PARAGRAPH, "There is too little text to answer from.")]
        case AnswerOutcome.SILENT if not _is_by_rule(found):
            return [line(LineRole.PARAGRAPH, silence(reading, is_part=found.is_part))]
    lines: list[Line] = []
    for paper_say in found.paper_says[: room.claims]:
        lines.append(line(LineRole.PARAGRAPH, truncate(sentence(paper_say.words), room.claim)))
        lines += _quotes(paper_say, reading, readable, room)
    if lines or found.lens_says:
        return lines
    return [line(LineRole.PARAGRAPH, silence(reading, is_part=found.is_part))]


def _thought(found: Answered, room: _Room) -> list[Line]:
    """What the lens thinks; rules think nothing, and say in plain words what they did."""
    if not found.lens_says:
        return []
    words = truncate(sentence(found.lens_says), room.lens)
    return [line(LineRole.PARAGRAPH, words) if _is_by_rule(found) else field("The lens thinks", words)]


def _hidden(reading: RetrievedContext) -> list[Line]:
    """What the file keeps from its readers' eyes: told, and never followed."""
    if not reading.hidden:
        return []
    more = ", and more" if len(reading.hidden) > 1 else ""
    return [
        line(LineRole.SMALL, f"Found in the file, and not followed: {truncate(sanitize(reading.hidden[0]), 160)}{more}")
    ]


def _is_by_rule(found: Answered) -> bool:
    return found.provenance.analyst is not AnalystKind.MODEL


def _kindly(paper: Paper, readable: Readable) -> str:
    title = truncate(shown(paper.title, readable), 120)
    return f"That is not about this paper, so I leave it. I answer what “{title}” says, from its own text."


def silence(reading: RetrievedContext, *, is_part: bool = False) -> str:
    """What is said where nothing that was read answers; never more than was read."""
    if not (reading.is_part or is_part):
        return "The text read does not say."
    read = len(reading.sentences)
    rest = f"; {read} of {reading.known} sentences were read" if read < reading.known else ""
    return f"The part that was read does not say{rest}."


def _quotes(cited_statement: CitedStatement, reading: RetrievedContext, readable: Readable, room: _Room) -> list[Line]:
    found = [reading.sentence(number) for number in dict.fromkeys(cited_statement.numbers)]
    return [
        line(LineRole.QUOTE, _quote(read, readable, room.quote)) for read in found[:QUOTES_A_CLAIM] if read is not None
    ]


def _quote(read: ReadSentence, readable: Readable, most: int) -> str:
    """`§3.2, sentence 41: “…”`."""
    return f"{section_words(read.section)}, sentence {read.number}: “{truncate(shown(read.text, readable), most)}”"


def section_words(section: str) -> str:
    """`§3.2` of a numbered section, else its name."""
    number = _NUMBER.match(section)
    return f"§{number[1]}" if number else truncate(sanitize(section), 30) or "text"


def _basis(question: Question, reading: RetrievedContext, found: Answered) -> str:
    """What was read, by whom it was answered, and that it is one lens."""
    made = found.provenance
    is_model = made.analyst is AnalystKind.MODEL
    who = truncate(sanitize(made.model or "a model"), 44) if is_model else "by rule: sentences that match"
    kept = f"{many(found.dropped, 'claim')} dropped for want of evidence" if found.dropped else ""
    by = f"AI, one lens: {question.lens.key}" if is_model else f"lens: {question.lens.key}"
    return joined((f"From {truncate(sanitize(reading.basis_words), 160)}", kept, who, by))


def talk_buttons(
    paper: ArxivId, lens: Lens, *, has_model: bool, but: QuestionKind = QuestionKind.ASK
) -> tuple[Button, ...]:
    """What is one press away in a discussion; only what a model claims can be objected to."""
    of_this = f"{paper} {lens.key}"
    buttons = (
        Button("steelman", "Steelman", f"steelman {of_this}"),
        Button("changes", "What would change your mind?", f"changes {of_this}"),
        *((Button("dispute", "Dispute", f"dispute {of_this}"),) if has_model else ()),
    )
    left_out = {QuestionKind.STEELMAN: "steelman", QuestionKind.CHANGE_MIND: "changes"}.get(but)
    return tuple(button for button in buttons if button.action != left_out and len(button.value) <= VALUE_MOST)


def talk_post(paper: Paper, lens: Lens, readable: Readable, *, has_model: bool, reads_along: bool) -> Post:
    """The first post of a thread: what can be answered from, and who is answered when.

    `reads_along`: whether what is written there reaches us when it names nobody.
    """
    title = truncate(shown(paper.title, readable), 160)
    end = "" if title.endswith(("?", "!", ".", "…")) else "."
    how = "" if has_model else "No model is set up: I answer by quoting the sentences that match. "
    lines = (
        *_gone(paper),
        line(LineRole.PARAGRAPH, "Ask me about ", Span(title, paper=paper.id), end),
        line(
            LineRole.PARAGRAPH,
            f"{how}On the first question I read its full text: arXiv’s HTML, else the PDF, else the abstract. Each "
            "answer says which, and quotes the sentences that it rests on.",
        ),
        line(LineRole.SMALL, ALONG if reads_along else NAMED),
    )
    return Post(
        PostKind.TALK,
        truncate(f"Ask me about {title}{end}", 140),
        lines,
        talk_buttons(paper.id, lens, has_model=has_model),
        topic=title,
    )


def waits(cause: str, until: datetime) -> Post:
    """Why a question is not answered yet, and when it is tried again."""
    lines = (
        line(LineRole.PARAGRAPH, f"Your question waits: {again_words(cause, until)}"),
        line(LineRole.SMALL, "It is answered as soon as that is over; there is nothing to do."),
    )
    return Post(PostKind.NOTICE, truncate(lines[0].text, 140), lines)
