"""A lens -> the JSON schemas of its short verdicts and analyses: the same bytes for every paper, so that providers can
keep them at hand."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Label, PremiseLabel

# The characters that each text is asked to keep to; what is longer costs a repair that asks for a shorter text.
ASKED = {
    "too_little": 200,
    "reason": 120,
    "line": 160,
    "does": 140,
    "headline": 120,
    "disagrees": 300,
    "dissection": 620,
    "assumed": 220,
    "instead": 320,
    "proposition": 130,
    "exposure": 240,
    "social_function": 400,
    "gloss": 100,
    "verdict": 620,
    "closing": 100,
}
# Beyond so many times that, a text is no text of ours, repaired or not.
NO_LONGER = 3
WORDS_ASKED = 300
MOST_CITES = 8
MOST_ASSUMPTIONS = 5
MOST_CLASSES = 3
MOST_TELLING = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """The form that a reply is asked for in: its name, and its JSON schema with limits of length (True) or without."""

    name: str
    schema: Callable[[bool], dict[str, Any]]


def short_shape(lens: Lens) -> Shape:
    """The form of a short verdict through that lens."""
    return Shape("verdict", lambda lengths: short_schema(lens, lengths=lengths))


def analysis_shape(lens: Lens) -> Shape:
    """The form of an analysis through that lens."""
    return Shape("analysis", lambda lengths: analysis_schema(lens, lengths=lengths))


def short_schema(lens: Lens, *, lengths: bool = True) -> dict[str, Any]:
    """The schema of a short verdict, strict: every key required, no other allowed.

    `lengths` False leaves out what some providers refuse; all of it is checked again when the reply is read.
    """
    made = _Maker(lengths)
    keys = [asked.key for asked in lens.checklist]
    premises = _object({premise.key: {"$ref": "#/$defs/premise"} for premise in lens.premises})
    checklist = _object({key: {"$ref": "#/$defs/finding"} for key in keys})
    parts: dict[str, Any] = {
        "too_little": _or_null(made.text("too_little")),
        "premises": _or_null(premises),
        "checklist": _or_null(checklist),
        "core_fallacy": _or_null(_object({"cites": _CITES, "line": made.text("line")})),
        "telling": made.several({"type": "string", "enum": keys}, MOST_TELLING),
        "does": made.text("does"),
        "headline": made.text("headline"),
    }
    if not lens.premises:
        del parts["premises"]
    return _object(parts) | {"$defs": made.cites() | _labels(made, bool(lens.premises))}


def _labels(made: "_Maker", has_premises: bool) -> dict[str, Any]:
    """A label is one word, or an object with what it rests on."""
    finding = {
        "anyOf": [
            _word(Label.ABSENT),
            _object({"label": _word(Label.ADDRESSED, Label.UNCLEAR), "cites": _CITES}),
            _object({"label": _word(Label.NOT_APPLICABLE), "reason": made.text("reason")}),
        ]
    }
    cited = _object({"label": _word(PremiseLabel.HOLDS, PremiseLabel.UNCLEAR), "cites": _CITES})
    premise = {"anyOf": [cited, _word(PremiseLabel.DOES_NOT)]}
    return {"finding": finding} | ({"premise": premise} if has_premises else {})


def analysis_schema(lens: Lens, *, lengths: bool = True) -> dict[str, Any]:
    """The schema of an analysis, as strict."""
    made = _Maker(lengths)
    names = {"type": "string", "enum": [lens_class.name for lens_class in lens.classes]}
    parts: dict[str, Any] = {
        "disagrees": _or_null(made.text("disagrees")),
        "dissection": _object({"text": made.text("dissection"), "cites": _CITES}),
        "core_fallacy": _or_null(made.claim("assumed", "instead")),
        "hidden_assumptions": made.several(made.claim("proposition", "exposure"), MOST_ASSUMPTIONS),
        "social_function": made.text("social_function"),
        "classes": made.several(_object({"name": names, "gloss": made.text("gloss")}), MOST_CLASSES),
        "verdict": made.text("verdict"),
        "closing": made.text("closing"),
    }
    if not lens.classes:
        del parts["classes"]
    return _object(parts) | {"$defs": made.cites()}


def bare_text(schema: dict[str, Any]) -> str:
    """A schema as text, without what is said in words beside it: that every key is required and no other allowed."""
    return json.dumps(_bare(schema), separators=(",", ":"), ensure_ascii=False)


def _bare(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return [_bare(item) for item in schema] if isinstance(schema, list) else schema
    said = ("required", "additionalProperties") if "additionalProperties" in schema else ()
    return {key: _bare(value) for key, value in schema.items() if key not in said}


_CITES = {"$ref": "#/$defs/cites"}


class _Maker:
    """Parts of a schema, with or without limits."""

    def __init__(self, lengths: bool) -> None:
        self._lengths = lengths

    def text(self, name: str) -> dict[str, Any]:
        return {"type": "string"} | ({"maxLength": ASKED[name]} if self._lengths else {})

    def several(self, entry: dict[str, Any], most: int) -> dict[str, Any]:
        return {"type": "array", "items": entry} | ({"maxItems": most} if self._lengths else {})

    def claim(self, first: str, second: str) -> dict[str, Any]:
        return _object({first: self.text(first), second: self.text(second), "cites": _CITES})

    def cites(self) -> dict[str, Any]:
        return {"cites": self.several({"type": "integer"}, MOST_CITES)}


def _word(*labels: str) -> dict[str, Any]:
    return {"type": "string", "enum": [str(label) for label in labels]}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
