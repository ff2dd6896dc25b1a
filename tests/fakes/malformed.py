"""The corpus of malformed replies as texts, and valid replies broken at random: what comes of them must be sound."""

import copy
import json
import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.analyst.verdicts.schema import ASKED, NO_LONGER
from bot.core.papers.paper import Paper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import score
from bot.core.verdicts.verdict import Analysis, AnalystKind, Assumption, Claim, Fallacy, Label, PremiseLabel, Verdict
from tests.fakes.replies import as_text, good_analysis, good_reply

CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "malformed_replies.toml"


@dataclass(frozen=True, slots=True)
class Case:
    """A reply by hand: its class, what it is, and what must come of it."""

    kind: str
    what: str
    text: str
    is_kept: bool
    dropped: int
    is_analysis: bool


def cases(lens: Lens) -> list[Case]:
    """All of them, as texts for that lens."""
    found = tomllib.loads(CORPUS.read_text(encoding="utf-8"))["case"]
    return [
        Case(
            one["class"],
            one["what"],
            _text(one, lens),
            one["expects"] == "kept",
            one.get("dropped", 0),
            one.get("size") == "analysis",
        )
        for one in found
    ]


def _text(case: dict[str, Any], lens: Lens) -> str:
    good = good_analysis(lens) if case.get("size") == "analysis" else good_reply(lens)
    if "text" in case:
        whole = as_text(good)
        text = str(case["text"])
        for mark, words in (
            ("@GOOD", whole),
            ("@HALF", whole[: len(whole) // 2]),
            ("@BODY", whole[1:-1]),
            ("@LONG", "word " * 25_000),
            ("@DIGITS", "9" * 5000),
            ("@DEEP", '{"a":' * 1000 + "1" + "}" * 1000),
            ("@LISTS", "[" * 1000 + "]" * 1000),
        ):
            text = text.replace(mark, words)
        return text
    _merge(good, case.get("set", {}))
    for path in case.get("drop", []):
        *inner, last = path.split(".")
        part = good
        for key in inner:
            part = part[key]
        del part[last]
    for path, length in case.get("long", {}).items():
        *inner, last = path.split(".")
        part = good
        for key in inner:
            part = part[key]
        part[last] = _of_length(length)
    return as_text(good)


def _merge(into: dict[str, Any], changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = _meant(value)


def _meant(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        return None if value == "@null" else _of_length(int(value[1:]))
    if isinstance(value, list):
        return [_meant(one) for one in value]
    return {key: _meant(one) for key, one in value.items()} if isinstance(value, dict) else value


def _of_length(length: int) -> str:
    return ("many words " * (length // 11 + 1))[:length]


def assert_sound(verdict: Verdict, paper: Paper, lens: Lens, text: str) -> None:
    """A verdict that is no fake: its words are the reply's, its passages the paper's, its labels and figures right."""
    short = verdict.short
    assert short is not None
    assert verdict.provenance.analyst is AnalystKind.MODEL
    assert [one.item for one in verdict.findings] == [asked.key for asked in lens.checklist]
    if short.too_little:
        assert short.too_little in _loose(text, levelled=False)
        assert verdict.score is None
        return
    assert [one.premise for one in verdict.premises] == [one.key for one in lens.premises]
    cited = [one.evidence for one in verdict.premises if one.label is PremiseLabel.HOLDS]
    if verdict.is_outside:
        assert (verdict.score, short.fallacy, short.omissions) == (None, None, ())
    else:
        assert verdict.score == score(verdict.findings, lens, verdict.basis.kind)
        cited += [short.fallacy.evidence] if short.fallacy else []
    cited += [one.evidence for one in verdict.findings if one.label in (Label.ADDRESSED,)]
    assert all(cited)
    for one in (point for points in cited for point in points):
        assert paper.abstract[one.start : one.end] == one.words
    for finding in verdict.findings:
        assert bool(finding.reason) or finding.label is not Label.NOT_APPLICABLE
    absent = {one.item for one in verdict.labelled(Label.ABSENT)}
    assert set(short.omissions) <= absent
    assert len(short.omissions) <= 2
    said = {"headline": short.headline, "does": short.does} | ({"line": short.fallacy.line} if short.fallacy else {})
    assert_said(said, text)


def assert_analysis_sound(analysis: Analysis, paper: Paper, lens: Lens, text: str) -> None:
    """An analysis that is no fake, in the same way."""
    assert len(analysis.assumptions) <= 5
    assert len(analysis.classes) <= 3
    assert {one.name for one in analysis.classes} <= {one.name for one in lens.classes}
    cited: list[Claim | Assumption | Fallacy] = [
        analysis.dissection,
        *analysis.assumptions,
        *([analysis.fallacy] if analysis.fallacy else []),
    ]
    assert all(one.evidence for one in cited)
    for one in (point for claim in cited for point in claim.evidence):
        assert paper.abstract[one.start : one.end] == one.words
    said = {
        "dissection": analysis.dissection.text,
        "social_function": analysis.social_function,
        "verdict": analysis.verdict,
        "closing": analysis.closing,
    }
    assert_said(said, text)


def assert_said(said: dict[str, str], text: str) -> None:
    """Every text has a bearable length and is the reply's."""
    words = _loose(text).replace("the paper", "the abstract")
    for name, told in said.items():
        assert len(told) <= NO_LONGER * ASKED[name] + 40, name
        assert _loose(told) in words, name


def _loose(text: str, *, levelled: bool = True) -> str:
    """A text with JSON's escapes undone and white space and letter case levelled."""
    text = (
        text.replace("\\n", " ").replace("\\t", " ").replace('\\"', '"').replace("\\u0000", " ").replace("\\\\", "\\")
    )
    text = " ".join(text.replace("\0", " ").split())
    return text.lower() if levelled else text


# mutations of valid replies


def mutated(lens: Lens, seed: int, *, is_analysis: bool = False) -> str:
    """A valid reply, broken at one to four places, always in the same way for a seed."""
    chance = random.Random(seed)
    addressed = tuple(asked.key for asked in lens.checklist[: seed % 6])
    reply = good_analysis(lens, number=seed) if is_analysis else good_reply(lens, number=seed, addressed=addressed)
    of_parts, of_letters = chance.choice(((1, 0), (2, 0), (3, 0), (0, 1), (0, 2), (1, 1), (2, 2)))
    for _ in range(of_parts):
        chance.choice(PARTS)(reply, chance)
    text = as_text(reply)
    for _ in range(of_letters):
        text = chance.choice(LETTERS)(text, chance)
    return text


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) inside a value."""
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            found += _places(value[key])
    return found


def _take_away(reply: dict[str, Any], chance: random.Random) -> None:
    part, key = chance.choice(_places(reply))
    del part[key]


def _put_other(reply: dict[str, Any], chance: random.Random) -> None:
    part, key = chance.choice(_places(reply))
    part[key] = chance.choice(ODDITIES)


def _swap(reply: dict[str, Any], chance: random.Random) -> None:
    (one, first), (other, second) = chance.sample(_places(reply), 2)
    one[first], other[second] = copy.deepcopy(other[second]), copy.deepcopy(one[first])


def _rename(reply: dict[str, Any], chance: random.Random) -> None:
    part, key = chance.choice([place for place in _places(reply) if isinstance(place[1], str)])
    part[f"{key}_"] = part.pop(key)


def _point_elsewhere(reply: dict[str, Any], chance: random.Random) -> None:
    cited = [part for part, key in _places(reply) if key == "cites"]
    if cited:
        chance.choice(cited)["cites"] = [chance.randint(-3, 12) for _ in range(chance.randint(0, 4))]


def _blow_up(reply: dict[str, Any], chance: random.Random) -> None:
    texts = [(part, key) for part, key in _places(reply) if isinstance(part[key], str)]
    if texts:
        part, key = chance.choice(texts)
        part[key] = part[key] * chance.randint(10, 60)


ODDITIES: list[Any] = [
    None,
    True,
    0,
    -1,
    3.7,
    10**30,
    "",
    " ",
    "none",
    [],
    {},
    [[]],
    "absent",
    "\u0000",
    "\u202e",
    ["x"],
]
PARTS: list[Callable[[dict[str, Any], random.Random], None]] = [
    _take_away,
    _put_other,
    _swap,
    _rename,
    _point_elsewhere,
    _blow_up,
]


def _cut_out(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.randint(1, 60) :]


def _cut_off(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _double(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at : at + chance.randint(1, 200)] * 2 + text[at:]


def _sprinkle(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice('{}[]",:\\\0\u200b\n\t<>é𝛼0') + text[at:]
    return text


def _replace_letter(text: str, chance: random.Random) -> str:
    if not text:
        return text
    at = chance.randrange(len(text))
    return text[:at] + chr(chance.choice((chance.randrange(32, 127), chance.randrange(0x2FFF)))) + text[at + 1 :]


def _wrap(text: str, chance: random.Random) -> str:
    before, after = chance.choice(
        (
            ("```json\n", "\n```"),
            ("<think>hm</think>", ""),
            ("<think>", ""),
            ("Sure! ", " Done."),
            ("[", "]"),
            ("{", "}"),
        )
    )
    return before + text + after


def _escape_badly(text: str, chance: random.Random) -> str:
    at = text.find(" ", chance.randrange(len(text) + 1))
    return (
        text
        if at < 0
        else text[:at] + chance.choice((r" \alpha", r" \frac{1}{2}", r" \u12", r" \n", r" \q", r" \\")) + text[at:]
    )


LETTERS: list[Callable[[str, random.Random], str]] = [
    _cut_out,
    _cut_off,
    _double,
    _sprinkle,
    _replace_letter,
    _wrap,
    _escape_badly,
]


def is_json(text: str) -> bool:
    """Whether a text is JSON as it stands."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
