"""The rules of the scan, on a small lens: what states an item, and what does not."""

from typing import Any

import pytest

from bot.core.verdicts.lens import Lens
from bot.core.verdicts.lens_file import lens_from_mapping
from bot.core.verdicts.verdict import Label
from bot.text.scan import Hit, scan
from bot.text.split import split


def item(key: str, cues: list[str], **more: Any) -> dict[str, Any]:
    weights = {"weight_abstract": 1, "weight_full": 1}
    return {"key": key, "name": key, "question": f"Does a sentence speak of {key}?", "cues": cues, **weights, **more}


def lens(*items: dict[str, Any], **more: Any) -> Lens:
    texts = dict.fromkeys(("name", "summary", "thesis", "tone", "says_of_itself"), "Words.")
    bands = [{"name": "ALL", "low": 0, "high": 100}]
    table = {
        "key": "small",
        **texts,
        "threshold": 0,
        "premises": [{"key": "work", "question": "Is it about work?"}],
        "interest": [{"cue": r"\bbread\b", "weight": 1}],
        "bands": bands,
        "checklist": list(items),
    }
    return lens_from_mapping(table | more, "small.toml")


def look(abstract: str, *items: dict[str, Any], title: str = "On bread", **more: Any) -> Hit:
    return scan(title, split(abstract), lens(*items, **more))[0]


PRICE = item("price", [r"\bcosts? \d+", r"\beuros?\b"], unless=[r"\bwithout\b"])


def test_a_sentence_that_matches_a_cue_states_the_item() -> None:
    hit = look("We bake bread. It costs 3 coins.", PRICE)
    assert hit.label is Label.ADDRESSED
    assert hit.sentence is not None
    assert (hit.sentence.number, hit.sentence.text) == (2, "It costs 3 coins.")


def test_a_sentence_with_an_unless_states_nothing_and_another_may_still_do() -> None:
    assert look("It works without a euro.", PRICE).label is Label.ABSENT
    hit = look("It works without a euro. The oven costs 40 euros.", PRICE)
    assert hit.sentence is not None
    assert hit.sentence.number == 2


def test_the_sentence_that_states_it_in_most_ways_is_shown_then_the_one_of_the_first_cue_then_the_first() -> None:
    def shown(abstract: str) -> int:
        hit = look(abstract, PRICE)
        assert hit.sentence is not None
        return hit.sentence.number

    assert shown("It costs 3 coins. It costs 4 euros.") == 2
    assert shown("We pay in euros. It costs 4 coins.") == 2
    assert shown("It costs 4 coins. It costs 5 coins.") == 1


def test_the_title_never_states_an_item() -> None:
    assert look("We bake.", PRICE, title="It costs 3 coins").label is Label.ABSENT


@pytest.mark.parametrize("text", ["it COSTS 3 coins.", "It Costs 3 Coins.", "IT COSTS 3 COINS."])
def test_letter_case_does_not_count(text: str) -> None:
    assert look(text, PRICE).label is Label.ADDRESSED
    assert look(text, item("price", [r"\bCOSTS \d\S*"])).label is Label.ADDRESSED


def test_letter_case_counts_where_a_cue_says_so() -> None:
    asked = item("name", [r"\bbaker\b", r"\bby (?-i:[A-Z]\w+)\b"])
    assert look("It was made by Hand.", asked).label is Label.ADDRESSED
    assert look("It was made by hand.", asked).label is Label.ABSENT
    assert look("A BAKER came.", asked).label is Label.ADDRESSED


def test_words_in_braces_stand_for_their_alternatives_and_counts_stay_counts() -> None:
    asked = item("staff", [r"\b(?:{people}) (?:\w+ ){0,2}bake\b"])
    words = {"people": "nurses?|teachers?"}
    assert look("Teachers often bake.", asked, words=words).label is Label.ADDRESSED
    assert look("People often bake.", asked, words=words).label is Label.ABSENT


def test_of_an_endless_sentence_only_the_beginning_is_read() -> None:
    assert look("a " * 1000 + "costs 3 coins", PRICE).label is Label.ABSENT
