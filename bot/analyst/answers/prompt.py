"""Question and reading -> what a model is asked. The first message is the same bytes for every question to a lens.

Nothing of who asks goes in: a person is a "reader", mentions and ids are taken out of what they wrote.
"""

import hashlib
import re
from functools import lru_cache
from typing import Any

from bot.analyst.verdicts.prompt import LONGEST_TITLE, Prompt, fill, inline, words_of
from bot.analyst.verdicts.schema import Shape, bare_text
from bot.core.discussion.question import AnswerOutcome, DialogueTurn, Question, RetrievedContext
from bot.core.discussion.transcript import SPOKEN_TO
from bot.core.posts.phrase import truncate
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Label, Verdict

MOST_CLAIMS = 4
MOST_CITES = 4
MOST_CHARACTERS = {"text": 300, "lens_says": 320}
MOST_OWN_CHARACTERS = 900
LONGEST_QUESTION = 1000
MOST_TURNS = 6
LONGEST_TURN = 300
NO_WORDS = "(no words beside the kind)"
_MENTION = re.compile(rf"<(?:[@#!:][^>]{{0,200}}|a:[^>]{{0,200}}|t:[^>]{{0,40}})>|{SPOKEN_TO}[\w.-]+", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,}")
_ID = re.compile(r"\b\d{15,}\b|\b[UWCTDG]0[A-Z0-9]{7,11}\b")


def question_prompt(question: Question, reading: RetrievedContext) -> Prompt:
    """What is asked for that question, from those sentences."""
    constant, schema = _constant(question.lens)
    asked = fill(
        "ask_paper.md",
        title=inline(question.paper.title)[:LONGEST_TITLE],
        basis=_basis(reading),
        sentences=_numbered(reading) or "(no sentence)",
        verdict=_verdict(question.verdict, question.lens),
        turns=_turns(question.turns),
        kind=question.kind.value,
        question=truncate(anonymous(question.words), LONGEST_QUESTION) or NO_WORDS,
    )
    return Prompt(constant, schema, asked, len(reading.sentences), question_fingerprint(question.lens))


@lru_cache(maxsize=64)
def question_fingerprint(lens: Lens) -> str:
    """SHA-256 (hex) of everything that is asked but paper and question."""
    parts = (*_constant(lens), words_of("ask_paper.md"), words_of("repair.md"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def own_words() -> str:
    """What a model is told that no reader should get back: the rules and the example."""
    return f"{words_of('ask.md')}\n{words_of('ask_example.md')}"


def anonymous(text: str) -> str:
    """A reader's words in one line, without mentions and without ids of people and places."""
    return " ".join(_ID.sub("", _MENTION.sub("someone", _MAIL.sub("an address", inline(text)))).split())


def answer_shape() -> Shape:
    """The form of an answer."""
    return Shape("answer", _schema)


def _schema(lengths: bool) -> dict[str, Any]:
    def text(name: str) -> dict[str, Any]:
        return {"type": "string"} | ({"maxLength": MOST_CHARACTERS[name]} if lengths else {})

    def several(entry: dict[str, Any], most: int) -> dict[str, Any]:
        return {"type": "array", "items": entry} | ({"maxItems": most} if lengths else {})

    claim = _object({"text": text("text"), "cites": several({"type": "integer"}, MOST_CITES)})
    outcome = {"type": "string", "enum": [str(answer_outcome) for answer_outcome in AnswerOutcome]}
    return _object({"outcome": outcome, "paper_says": several(claim, MOST_CLAIMS), "lens_says": text("lens_says")})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    required = {"required": list(properties), "additionalProperties": False}
    return {"type": "object", "properties": properties} | required


@lru_cache(maxsize=64)
def _constant(lens: Lens) -> tuple[str, str]:
    words = fill(
        "ask_lens.md",
        name=lens.name,
        thesis=lens.thesis,
        tone=lens.tone,
        checklist="\n".join(f"- {asked.name}" for asked in lens.checklist),
    )
    schema = fill("schema.md", schema=bare_text(_schema(False)))
    return f"{words_of('ask.md')}\n{words}\n{words_of('ask_example.md')}", schema


def _basis(reading: RetrievedContext) -> str:
    read, known = len(reading.sentences), reading.known
    if reading.is_part:
        return f"A part was read: {read} of {known} sentences of the text."
    return f"All {known} sentences of what is to be had of the text: {inline(reading.basis_words)}."


def _numbered(reading: RetrievedContext) -> str:
    """The sentences with their numbers, under the names of their sections."""
    lines: list[str] = []
    section = ""
    for sentence in reading.sentences:
        if sentence.section != section:
            section = sentence.section
            lines.append(f"§ {inline(section)}")
        lines.append(f"[{sentence.number}] {inline(sentence.text)}")
    return "\n".join(lines)


def _verdict(verdict: Verdict | None, lens: Lens) -> str:
    """What the lens has said of it so far, in two lines."""
    if verdict is None:
        return ""
    headline = inline(verdict.short.headline) if verdict.short else ""
    absent = ", ".join(lens.item_or_key(finding.item).name for finding in verdict.labelled(Label.ABSENT))
    told = [f"The lens's verdict so far: {headline}"] if headline else []
    told += [f"It found nothing on: {absent}"] if absent else []
    return "".join(f"{line}\n" for line in told) + ("\n" if told else "")


def _turns(turns: tuple[DialogueTurn, ...]) -> str:
    if not turns:
        return ""
    said = [
        f"{'You' if turn.is_ours else 'Reader'}: {truncate(anonymous(turn.words), LONGEST_TURN)}"
        for turn in turns[-MOST_TURNS:]
    ]
    return "The talk before, oldest first, to understand what is meant; it is no source:\n" + "\n".join(said) + "\n\n"
