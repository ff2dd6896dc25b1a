"""A lens file is checked in words, and what ships is good."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import LensError
from bot.core.verdicts.lens_file import lens_from_mapping
from bot.lenses.load import load_lens_file, load_lenses

SHIPPED = Path(__file__).resolve().parents[2] / "bot" / "lenses"


def mapping() -> dict[str, Any]:
    return tomllib.loads((SHIPPED / "plain.toml").read_text(encoding="utf-8"))


def changed(**changes: Any) -> dict[str, Any]:
    return mapping() | changes


def without(key: str) -> dict[str, Any]:
    table = mapping()
    del table[key]
    return table


def item_with(**changes: Any) -> dict[str, Any]:
    table = mapping()
    table["checklist"][0] |= changes
    return table


def test_the_shipped_lenses_are_there_and_each_says_what_it_is() -> None:
    lenses = load_lenses(None)
    assert list(lenses) == ["discontinuity", "reproducibility", "plain"]
    for lens in lenses.values():
        assert len(lens.checklist) >= 8
        assert lens.says_of_itself
        assert all(item.question and item.cues for item in lens.checklist)


@pytest.mark.parametrize("key", ["discontinuity", "reproducibility", "plain"])
def test_every_cue_that_ships_stands_the_trial_of_one_that_does_not(key: str) -> None:
    assert load_lens_file(SHIPPED / f"{key}.toml") == load_lenses(None)[key]


def test_the_default_lens_has_the_bands_and_classes_of_the_thesis() -> None:
    lens = load_lenses(None)["discontinuity"]
    assert [(band.low, band.high, band.name) for band in lens.bands] == [
        (0, 15, "LUCID"),
        (16, 35, "PARTIAL AWARENESS"),
        (36, 55, "MODERATE COPE"),
        (56, 75, "HEAVY COPE"),
        (76, 100, "TERMINAL COPIUM"),
    ]
    assert {kind.name for kind in lens.classes} == {
        "copium",
        "lullaby",
        "elite self-exoneration",
        "transition management",
        "prestige signaling",
        "ideological anesthetic",
        "propaganda",
        "partial truth",
    }
    assert "not a verdict on reality" in lens.says_of_itself


def test_the_fingerprint_is_that_of_the_content() -> None:
    one, again = lens_from_mapping(mapping(), "a.toml"), lens_from_mapping(mapping(), "b.toml")
    assert one.fingerprint == again.fingerprint
    assert lens_from_mapping(changed(summary="Other."), "a.toml").fingerprint != one.fingerprint


def test_the_order_of_keys_and_the_file_name_do_not_change_the_fingerprint() -> None:
    turned = dict(reversed(list(mapping().items())))
    assert lens_from_mapping(turned, "a.toml").fingerprint == lens_from_mapping(mapping(), "b.toml").fingerprint
    table = changed(words={**mapping()["words"], "more": "saws?"})
    assert lens_from_mapping(table, "a.toml").fingerprint != lens_from_mapping(mapping(), "a.toml").fingerprint


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (changed(nam="x"), ["nam", "name"]),
        (changed(key="Not A Key"), ["key", "small letters"]),
        (changed(thesis=""), ["thesis", "quotation marks"]),
        (changed(subject=["a"]), ["subject", "older form", "[[premises]]", "[[interest]]", "threshold", "`needs`"]),
        (item_with(unclear=["a"]), ["checklist[1].unclear", "older form", "[[premises]]"]),
        (item_with(applies=["a"], applies_reason="b"), ["checklist[1].applies", "older form"]),
        (without("premises"), ["premises", "[[premises]]"]),
        (without("interest"), ["interest", "[[interest]]"]),
        (without("threshold"), ["threshold: missing", "0 to 100"]),
        ({}, ["key, name, summary,", "interest: missing", "[[premises]] (key, question)", "docs/lenses.md"]),
        (changed(interest=[]), ["interest", "there is none"]),
        (changed(threshold=101), ["threshold", "0 to 100"]),
        (changed(interest=[{"cue": "(", "weight": 1}]), ["interest[1].cue", "regular expression"]),
        (changed(interest=[{"cue": "a*", "weight": 1}]), ["interest[1].cue", "empty text"]),
        (changed(interest=[{"cue": "a", "weight": 101}]), ["interest[1].weight", "-100 to 100"]),
        (changed(interest_words=[{"weight": 101, "words": "a"}]), ["interest_words[1].weight", "-100 to 100"]),
        (changed(interest_words=[{"weight": 1, "words": ""}]), ["interest_words[1].words", "quotation marks"]),
        (changed(interest_words=[{"weight": 1, "words": "two Words"}]), ["interest_words", "'Words'", "small letters"]),
        (changed(interest_words=[{"weight": 1, "words": "saw saw"}]), ["interest_words", "'saw'", "twice"]),
        (changed(interest_words=[{"weight": 1, "word": "saw"}]), ["interest_words[1].word", "words"]),
        (changed(interest_words=[{"weight": 1, "words": "ab " * 3001}]), ["interest_words", "3000 at most"]),
        (changed(trades=[{"name": "baking", "words": "bakers"}]), ["trades[1].words"]),
        (changed(trades=[{"name": "baking", "words": ["bakers?"]}] * 2), ["trades", "twice"]),
        (changed(premises=[{"key": "a", "question": "b?"}] * 2), ["premises", "twice"]),
        (item_with(needs=["worc"]), ["checklist[1].needs", "'worc'", "Premises are"]),
        (item_with(needs="work"), ["checklist[1].needs", "list of keys"]),
        (changed(rank={"premises": {"worc": 3}}), ["rank.premises", "'worc'", "Premises are"]),
        (changed(rank={"trades": 3}), ["rank.trades", "trade"]),
        (changed(rank={"by_rule": 2}), ["rank.by_rule", "0 to 1"]),
        (changed(bands=[{"name": "A", "low": 1, "high": 100}]), ["bands", "begin at 0"]),
        (changed(bands=[{"name": "A", "low": 0, "high": 99}]), ["bands", "end at 100"]),
        (changed(bands=3), ["bands", "[[bands]]"]),
        (changed(classes=[{"name": "a", "gloss": "b"}] * 2), ["classes", "twice"]),
        (changed(checklist=[]), ["checklist", "weight"]),
        (item_with(weight_ful=1), ["checklist[1].weight_ful", "weight_full"]),
        (item_with(weight_full="3"), ["checklist[1].weight_full", "number"]),
        (item_with(cues="word"), ["checklist[1].cues"]),
        (item_with(key="problem"), ["checklist", "'problem'", "twice"]),
        (changed(words=["a"]), ["words", "[words]"]),
        (changed(words={"tools": "("}), ["words.tools", "regular expression"]),
        (item_with(cues=["{tols}"]) | {"words": {"tools": "saws?"}}, ["checklist[1].cues", "{tols}", "{tools}"]),
        (item_with(cues=["{saws}"]) | {"words": {"tools": "saws?"}}, ["checklist[1].cues", "saws = '…'"]),
        (item_with(cues=[r"(\w+) \1"]), ["checklist[1].cues", "points back"]),
        (item_with(cues=["(?P<name>word)"]), ["checklist[1].cues", "names a group"]),
        (item_with(cues=["(?i)word"]), ["checklist[1].cues", "regular expression"]),
        (item_with(cues=["[Z-a]"]), ["checklist[1].cues", "regular expression"]),
        (item_with(cues=["word" * 3000]), ["checklist[1].cues", "longer than"]),
    ],
)
def test_a_wrong_lens_is_named_with_file_key_and_remedy(table: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(LensError) as caught:
        lens_from_mapping(table, "mine.toml")
    for word in ["mine.toml", *words]:
        assert word in f"{caught.value} {caught.value.remedy}"
    assert caught.value.remedy


def test_all_faults_of_a_lens_are_named_at_once_and_none_that_follows_from_another() -> None:
    table = without("tone") | {"nam": "x", "threshold": 101, "bands": 3, "words": ["a"], "premises": [{"key": "a"}]}
    table["checklist"] = [
        {"key": "one", "name": "n", "question": "q", "weight_abstract": 1, "weight_full": 1, "cues": ["{people}"]},
        {"key": "two", "name": "n", "question": "q", "weight_abstract": "1", "weight_full": 1, "cues": ["("]},
        {"key": "one", "name": "n", "weight_abstract": 1, "weight_full": 1, "cues": ["a"], "needs": ["b"]},
    ]
    table["interest"] = [{"cue": "(?P<name>a)", "weight": 1000}]
    del table["rank"]
    with pytest.raises(LensError) as caught:
        lens_from_mapping(table, "mine.toml")
    first, *faults = str(caught.value).splitlines()
    assert first == "mine.toml:"
    assert sorted(fault.split(": ")[0].strip() for fault in faults) == [
        "bands",
        "checklist",
        "checklist[2].cues",
        "checklist[2].weight_abstract",
        "checklist[3].needs",
        "interest[1].cue",
        "interest[1].weight",
        "nam",
        "premises[1].question, checklist[3].question",
        "threshold",
        "tone",
        "words",
    ]
    assert all(fault.endswith((".", "?")) and fault.count(". ") for fault in faults)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("key = \n")
    with pytest.raises(LensError, match=r"bad\.toml is not TOML"):
        load_lens_file(file)


def test_a_file_that_begins_with_a_mark_of_its_encoding_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf" + (SHIPPED / "plain.toml").read_bytes())
    assert load_lens_file(file).key == "plain"


def test_a_lens_of_the_operators_folder_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    text = (SHIPPED / "plain.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace('name = "Plain reading"', 'name = "Mine"'))
    assert load_lenses(tmp_path)["plain"].name == "Mine"
    (tmp_path / "again.toml").write_text(text)
    with pytest.raises(LensError, match="key of"):
        load_lenses(tmp_path)
    with pytest.raises(LensError, match="not there"):
        load_lenses(tmp_path / "nowhere")
