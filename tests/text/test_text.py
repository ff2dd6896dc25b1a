"""Sentences are spans of the text, and readable TeX loses no word."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.papers.paper import collapse
from bot.text.split import split
from bot.text.tex import keeps_words, readable


def captured_texts(captures: Path) -> list[str]:
    rows = [
        json.loads(line)
        for file in sorted((captures / "metadata").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return [collapse(row[part]) for row in rows for part in ("title", "abstract")]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We test e.g. dogs. They bark.", 2),
        ("As Author et al. (2020) say, it works. It does.", 2),
        ("See Fig. 3 and Eq. 4. They agree.", 2),
        ("The rate is 3.5 percent. It rose.", 2),
        ("We bound $f(x. y) \\leq 3.$ here. Then we stop.", 2),
        ("The code is at https://example.org/a.b.c. It runs.", 2),
        ("Is it so? Yes! It is.", 3),
        ("It has two handles: (1) a left one; (2) a right one. It is held. It is light.", 3),
        ("It has two handles: 1) a left one, 2) a right one. It is held.", 2),
        ("Proofs are hard (Group 3). Sums are not.", 2),
        ("The agents' letters are read. The users' are not.", 2),
        ("An image of $2\\times$2 is shown. It is read.", 2),
        ("We read letters, notes, etc. They are short.", 2),
        ("Platforms such as Character.AI and ASP.NET grow. Fears do too.", 2),
        ("TEAMMATE.SKILL packs what a role knows. It is loaded elsewhere.", 2),
        ("We count results.LLMs come last.", 2),
        ("One sentence without an end", 1),
        ("", 0),
        ("   ", 0),
    ],
)
def test_a_text_is_split_where_its_sentences_end(text: str, count: int) -> None:
    assert len(split(text)) == count


@given(st.text(max_size=400))
def test_sentences_are_spans_that_hold_every_sign(text: str) -> None:
    sentences = split(text)
    assert [one.number for one in sentences] == list(range(1, len(sentences) + 1))
    for one in sentences:
        assert text[one.start : one.end] == one.text
    kept = "".join("".join(one.text.split()) for one in sentences)
    assert kept == "".join(text.split())


def test_no_captured_abstract_loses_a_sign(captures: Path) -> None:
    for text in captured_texts(captures):
        assert "".join(one.text for one in split(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"Causality $\neq$ Invariance", "Causality ≠ Invariance"),
        (r"An \emph{agent} with \textbf{memory}", "An agent with memory"),
        (r"by Andr\'e", "by André"),
        (r"a 5\% gain", "a 5% gain"),
        (r"$8\times$ faster", "8× faster"),
        ("50% of R&D costs $5, then $6 #1 ~ a_b", "50% of R&D costs $5, then $6 #1 ~ a_b"),
        (r"\texttt{<SEG>} tokens and \texttt{a\_b}", "<SEG> tokens and a_b"),
        (r"below \textminus 5, \textgreater 3", "below −5, >3"),
        (r"10\textsuperscript{-3}, CO\textsubscript{2}, 5\textsuperscript{th}", "10^(-3), CO_2, 5^th"),
        (r"our \ours{} beats {\bf all} \others{x}", r"our \ours beats all \others x"),
        (r"\S 3 of \LaTeX\ and C:\Users\name", r"§3 of LaTeX and C:\Users\name"),
        (r"a broken \begin{formula", r"a broken \begin{formula"),
        (r"a line \\% ends & begins", "a line % ends & begins"),
    ],
)
def test_tex_is_made_readable_and_all_else_stays(raw: str, shown: str) -> None:
    assert readable(raw) == shown


def test_no_word_outside_a_macro_vanishes_from_the_captures(captures: Path) -> None:
    changed = 0
    for text in captured_texts(captures):
        shown = readable(text)
        changed += shown != text
        assert shown == text or keeps_words(text, shown), text
        outside = re.sub(r"\\[A-Za-z]+(?:\{[^{}]*\})*|\\.|\$[^$]*\$|[{}]", " ", text)
        for word in re.findall(r"(?<![^\s(])[A-Za-z]{3,}(?![^\s,.;:)])", outside):
            assert word in shown, f"{word!r} is gone from {text!r}"
    assert changed > 100, "the captures hold TeX that was made readable"


def test_a_lost_word_is_noticed() -> None:
    assert not keeps_words(r"\textbf{bold} words", "words")
    assert keeps_words(r"\textbf{bold} words", "bold words")


@given(st.text(alphabet="ab $\\{}%^_&#~.", max_size=80))
def test_no_text_makes_it_fail(text: str) -> None:
    assert isinstance(readable(text), str)
