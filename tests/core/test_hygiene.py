"""Text from outside: what cannot be seen goes, what is a word or a formula stays, what could be live is inert."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.hostile.hygiene import HAIR, MOST_MARKS, clean, defang

UNSEEN = [
    "\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2060", "\u2062", "\u2066", "\u2069", "\ufeff", "\u00ad",
    "\u061c", "\u034f", "\u3164", "\uffa0", "\u180e", "\ufe0f", "\ufff9", "\U000e0001", "\U000e0041", "\U000e0100",
    "\ud800", "\udfff", "\U0001d173",
]  # fmt: skip
LIVE = re.compile(r"[a-z]://|@\w|<[@#!:/]|\w\.(?:com|gg)\b|\bwww\.", re.IGNORECASE)
# Characters that hide, move or imitate: every property test draws from them too.
NASTY = st.sampled_from([*UNSEEN, "\x1b", "\x9b", "\x07", "\r", "\n", "\u2028", "\u0301", "\u093f", "\u200d", "क", "@"])
TEXTS = st.lists(st.one_of(st.text(max_size=8), NASTY), max_size=20).map("".join)


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_a_sign_that_cannot_be_seen_goes(sign: str) -> None:
    assert clean(f"ig{sign}nore") == "ignore"


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x08", "\x1b", "\x7f", "\x9b", "\x9d", "\t"])
def test_a_control_sign_becomes_a_space(sign: str) -> None:
    assert clean(f"a{sign}b") == "a b"


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_break_of_a_line_is_the_same_one(sign: str) -> None:
    assert clean(f"a{sign}b") == "a\nb"


@pytest.mark.parametrize(
    "text",
    [
        "∀ε>0 ∃δ: ‖x−y‖₂ ≤ δ ⇒ 𝔼[f(x)] ∈ ℝⁿ",
        "x̂ and ẍ, 10⁻³ × 2.5′",
        "Nguyễn Thị, Çetin, Łódź, naïve",
        "می\u200cخواهم",  # Persian needs the non-joiner
        "क्\u200dष और श्री\u200cमान",  # Devanagari needs both
        "בְּרֵאשִׁית",
        "བསྒྲུབས",
        "데이터 학습, 学习, 学習",
        "a < b & c > d, 50% of $5, `code`, #1, ~3",
    ],
)
def test_words_and_formulas_stay_as_they_are(text: str) -> None:
    assert clean(text) == text


def test_a_joiner_between_latin_letters_hides_something_and_goes() -> None:
    assert clean("ig\u200dno\u200cre") == "ignore"


def test_a_tower_of_marks_is_cut_and_its_letter_stays() -> None:
    assert clean("a" + "\u0301" * 500 + "b") == "a" + "\u0301" * MOST_MARKS + "b"


@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(TEXTS)
def test_nothing_unseen_is_left(text: str) -> None:
    kinds = {unicodedata.category(sign) for sign in clean(text) if sign not in "\n\u200c\u200d"}
    assert not kinds & {"Cc", "Cs"}
    assert not set(clean(text)) & set(UNSEEN)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_ascii_is_never_touched(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("see https://example.com/x", "see https[:]//example[.]com/x"),
        ("see example.com", "see example[.]com"),
        ("cs.AI, math.CO and physics.app-ph.", "cs.AI, math.CO and physics.app-ph."),
        ("physics.IO math.TV econ.LY stat.TK", "physics[.]IO math[.]TV econ[.]LY stat[.]TK"),
        ("cs.AI?a=1 cs.AI#a http:cs.AI cs.AI\\x", "cs[.]AI?a=1 cs[.]AI#a http:cs[.]AI cs[.]AI\\x"),
        ("cs.ai my.cs.AI cs.AI/x cs.AI.ru cs.AI:80", "cs[.]ai my.cs[.]AI cs[.]AI/x cs[.]AI[.]ru cs[.]AI:80"),
        ("see www.example.museum", "see www[.]example.museum"),
        ("see strange.ending/path", "see strange[.]ending/path"),
        ("join discord.gg/abc", "join discord[.]gg/abc"),
        ("[free](javascript:alert)", "[free](javascript[:]alert)"),
        ("mail mailto:a", "mail mailto[:]a"),
        ("ask @everyone", f"ask @{HAIR}everyone"),
        ("ask <@123>", f"ask <{HAIR}@{HAIR}123>"),
        ("ask <!channel>", f"ask <{HAIR}!channel>"),
        ("go <#C123|x>", f"go <{HAIR}#C123|x>"),
        ("go <https://a|b>", f"go <{HAIR}https[:]//a|b>"),
    ],
)
def test_addresses_and_mentions_are_made_inert_in_words(text: str, inert: str) -> None:
    assert defang(text) == inert


@pytest.mark.parametrize(
    "text",
    ["Two kinds of data: logs and letters.", "GPT-4.5 at 87.3%, e.g. here, v1.2, i.e. a < b", "x: y, 3:1, Fig. 2"],
)
def test_ordinary_prose_is_not_touched(text: str) -> None:
    assert defang(text) == text


@given(
    st.lists(st.one_of(TEXTS, st.sampled_from(["https://", "a.com", "@a", "<@1>", "www.", "mailto:x"]))).map("".join)
)
def test_nothing_live_is_left_and_a_second_time_changes_nothing(text: str) -> None:
    inert = defang(text)
    assert LIVE.search(inert) is None
    assert defang(inert) == inert


def test_ten_thousand_of_anything_is_done_at_once() -> None:
    for sign in ("@", "<", "a.", "\u0301", "https:", "\u200d", "क\u200d"):
        assert isinstance(defang(sign * 10_000), str)
