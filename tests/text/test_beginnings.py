"""How a text must begin a word for an expression to be found: never told wrongly, and told of nearly all that ship."""

import pytest
import regex

from bot.demo.load import bundled_day
from bot.lenses.load import load_lenses
from bot.text.beginnings import MOST, beginnings_in, beginnings_of, possible, ways_of

SHIPPED = sorted({word for lens in load_lenses(None).values() for trade in lens.trades for word in trade.words})


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("surgeons?", {"surgeo"}),
        ("nurs(?:es|ing)", {"nurses", "nursin"}),
        ("p(?:a?e)diatric", {"paedia", "pediat"}),
        ("tumou?rs?", {"tumour", "tumor", "tumors"}),
        ("(?:heart|brain) surgery", {"heart", "brain"}),
        ("clinical (?!psycholog)[\\w-]+", {"clinic"}),
        ("Clerks", {"clerks"}),
        ("law|notary", {"law", "notary"}),
        ("(?:junior )?clerks", {"junior", "clerks"}),
        ("cares?+", {"cares", "care"}),
        ("let{2}er", set()),
        ("abc*d", set()),
        ("abcd*", {"abc"}),
        ("e-?mail", set()),
        ("[a-c]lerks", set()),
        ("(?-i:CLERK)", set()),
        ("(?=clerk)", set()),
        (r"\w+", set()),
        ("a(?:b", set()),
        (r"clerk\)s", {"clerk"}),
        ("(?:cle[)|]rk|notary)", {"cle", "notary"}),
        ("(?:a?b?c?d?e?f?){9}" * 9, set()),
        ("(?:a|b|c|d)?" * 12, set()),
        ("(?:" * 900 + "clerk" + ")" * 900, set()),
    ],
)
def test_what_a_match_begins_with_is_told_or_nothing_is(expression: str, told: set[str]) -> None:
    assert beginnings_of(expression) == told


def test_a_text_begins_its_words_at_every_length_that_is_told() -> None:
    assert beginnings_in("an x-ray, surgeons") == {"ray", "sur", "surg", "surge", "surgeo"}


def test_of_nearly_all_words_of_trades_that_ship_it_is_told() -> None:
    told = [word for word in SHIPPED if beginnings_of(word)]
    assert len(told) > 0.9 * len(SHIPPED)


@pytest.mark.parametrize("before", ["", "x ", "é", "x-", "(", "9 "])
def test_what_is_found_is_begun(before: str) -> None:
    """Each expression is tried on what it is made of: the texts that its own alternatives spell."""
    found = 0
    for word in SHIPPED:
        expression = regex.compile(rf"\b(?:{word.lower()})\b")
        for text in (before + spelled for spelled in _spelled(word.lower())):
            if expression.search(text):
                found += 1
                told = beginnings_of(word)
                assert not told or told & beginnings_in(text), (word, text)
    assert found > 1000 or before == "é"


def _spelled(expression: str) -> list[str]:
    """Plain texts near an expression: brackets opened, the optional there and not, each alternative alone."""
    texts = [expression]
    while True:
        group = next((found for text in texts if (found := regex.search(r"\((?:\?:)?([^()]*)\)(\??)", text))), None)
        if group is None:
            break
        opened = []
        for text in texts:
            if group[0] not in text:
                opened.append(text)
                continue
            ways = [*group[1].split("|"), *([""] if group[2] else [])]
            opened += [text.replace(group[0], way) for way in ways]
        texts = opened[:400]
    ends = [regex.sub(r"(\w)\?", with_it, text) for text in texts for with_it in (r"\1", "")]
    return [text.replace(r"\w+", "ing").replace(r"\w*", "").replace("[- ]", " ").replace(" ?", " ") for text in ends]


def test_letters_that_only_look_like_a_beginning_hide_no_match() -> None:
    assert len("surgeons"[:MOST]) == MOST
    assert beginnings_of("surgeons") & beginnings_in("the surgeons’ knives")
    assert not beginnings_of("surgeons") & beginnings_in("the surging crowd")


@pytest.mark.parametrize(
    ("cue", "ways"),
    [
        (r"\b(?:clerks?|a (?:b|c))\b", [r"\b(?:clerks?)\b", r"\b(?:a (?:b|c))\b"]),
        (r"\b(?:clerks|typists) (?:at|on) work|\bcosts?", [
            r"\b(?:clerks) (?:at|on) work", r"\b(?:typists) (?:at|on) work", r"\bcosts?",
        ]),
        (r"\b(?:ab|cd)+", [r"\b(?:ab|cd)+"]),
        (r"\b(?:ab|cd)?ef", [r"\b(?:ab|cd)?ef"]),
        (r"(?:ab|cd)ef", [r"(?:ab|cd)ef"]),
        (r"\b(?:ab|(?-i:CD))", [r"\b(?:ab|(?-i:CD))"]),
        (r"\b(?:ab|cd", [r"\b(?:ab|cd"]),
        (r"\b(?:a\)|[|)]|cd)", [r"\b(?:a\))", r"\b(?:[|)])", r"\b(?:cd)"]),
    ],
)  # fmt: skip
def test_a_cue_is_taken_apart_only_where_that_changes_nothing(cue: str, ways: list[str]) -> None:
    assert [way for _, way in ways_of(cue)] == ways


def test_a_shipped_cue_is_found_where_one_of_its_possible_ways_is_and_nowhere_else() -> None:
    texts = [one for one in regex.split(r"[<>\n]|\. ", bundled_day().decode().lower()) if len(one) > 30]
    cues = {one.cue.lower() for lens in load_lenses(None).values() for one in lens.interest if "(?-i" not in one.cue}
    found = 0
    for cue in cues:
        whole = regex.compile(cue)
        for text in texts:
            is_found = any(regex.search(way, text) for way in possible(ways_of(cue), beginnings_in(text)))
            assert is_found == bool(whole.search(text)), (cue, text)
            found += is_found
    assert found > 20
