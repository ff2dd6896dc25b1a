"""Cues match as their author means them, and end in time whatever they are and whatever they meet."""

import re
import time

import pytest

from bot.text.cues import LONGEST_READ, CueText, SlowCue, compile_cues

ENDLESS = r"(\w+\s?)+$"
MEETS = "paper " * 150 + "!"


@pytest.mark.parametrize(
    ("cues", "text", "found"),
    [
        ((r"\bNurses?\b",), "Two NURSES read.", "NURSES"),
        ((r"\bnurses?\b", r"\bsurveyors?\b"), "A surveyor came.", "surveyor"),
        ((r"\b(?-i:IT)\b",), "It is it, and IT.", "IT"),
        ((r"\b(?-i:IT)\b",), "It is it.", None),
        ((r"\W\D",), "plain", None),
        ((), "anything", None),
    ],
)
def test_a_cue_finds_its_words_as_they_stand(cues: tuple[str, ...], text: str, found: str | None) -> None:
    assert compile_cues(cues).found(CueText(text)) == found
    assert compile_cues(cues).matches(CueText(text)) is (found is not None)


def test_a_cue_without_end_is_given_up_in_time() -> None:
    started = time.monotonic()
    with pytest.raises(SlowCue, match=r"within 0\.05 seconds"):
        compile_cues((ENDLESS,)).matches(CueText(MEETS), 0.05)
    assert time.monotonic() - started < 5
    assert re.compile(ENDLESS).search("paper paper")  # a cue that any test on an honest text would call good


def test_of_an_over_long_text_only_the_beginning_is_read() -> None:
    text = CueText("x" * LONGEST_READ + " nurses")
    assert not compile_cues(("nurses",)).matches(text)
