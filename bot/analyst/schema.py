"""A lens -> the JSON schema of its verdicts: the same bytes for every paper, so that providers can keep it at hand."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.core.lens import Lens
from bot.core.verdict import Label

# The most characters of each text that a model may write. What people see is cut to the card's size elsewhere.
LONGEST = {
    "too_little": 300,
    "does": 240,
    "reason": 240,
    "dissection": 1300,
    "assumed": 400,
    "instead": 500,
    "proposition": 260,
    "exposure": 500,
    "social_function": 900,
    "gloss": 160,
    "verdict": 1200,
    "closing": 200,
    "headline": 140,
}
MOST_CITES = 8
MOST_ASSUMPTIONS = 5
MOST_CLASSES = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """The form that a reply is asked for in: its name, and its JSON schema with limits of length (True) or without."""

    name: str
    schema: Callable[[bool], dict[str, Any]]


def verdict_shape(lens: Lens) -> Shape:
    """The form of a verdict through that lens."""
    return Shape("verdict", lambda lengths: schema_of(lens, lengths=lengths))


def schema_of(lens: Lens, *, lengths: bool = True) -> dict[str, Any]:
    """The schema of a reply through that lens, strict: every key required, no other allowed.

    `lengths` False leaves out what some providers refuse; all of it is checked again when the reply is read.
    """
    made = _Maker(lengths)
    parts: dict[str, Any] = {
        "too_little": {"anyOf": [{"type": "null"}, made.text("too_little")]},
        "does": made.text("does"),
        "checklist": _object({asked.key: {"$ref": "#/$defs/finding"} for asked in lens.checklist}),
        "dissection": _object({"text": made.text("dissection"), "cites": {"$ref": "#/$defs/cites"}}),
        "core_fallacy": {"anyOf": [{"type": "null"}, made.claim("assumed", "instead")]},
        "hidden_assumptions": made.several(made.claim("proposition", "exposure"), MOST_ASSUMPTIONS),
        "social_function": made.text("social_function"),
        "classes": made.several(_object({"name": _one_of(lens), "gloss": made.text("gloss")}), MOST_CLASSES),
        "verdict": made.text("verdict"),
        "closing": made.text("closing"),
        "headline": made.text("headline"),
    }
    if not lens.classes:
        del parts["classes"]
    labels = {"type": "string", "enum": [str(label) for label in Label]}
    finding = _object({"label": labels, "cites": {"$ref": "#/$defs/cites"}, "reason": made.text("reason")})
    return _object(parts) | {"$defs": {"cites": made.several({"type": "integer"}, MOST_CITES), "finding": finding}}


def schema_text(lens: Lens) -> str:
    """The schema as it stands in a prompt; that every key is required and no other allowed is said in words there."""
    return bare_text(schema_of(lens, lengths=False))


def bare_text(schema: dict[str, Any]) -> str:
    """A schema as text, without what is said in words."""
    return json.dumps(_bare(schema), separators=(",", ":"), ensure_ascii=False)


def _bare(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return [_bare(one) for one in schema] if isinstance(schema, list) else schema
    said = ("required", "additionalProperties") if "additionalProperties" in schema else ()
    return {key: _bare(value) for key, value in schema.items() if key not in said}


class _Maker:
    """Parts of a schema, with or without limits."""

    def __init__(self, lengths: bool) -> None:
        self._lengths = lengths

    def text(self, name: str) -> dict[str, Any]:
        return {"type": "string"} | ({"maxLength": LONGEST[name]} if self._lengths else {})

    def several(self, one: dict[str, Any], most: int) -> dict[str, Any]:
        return {"type": "array", "items": one} | ({"maxItems": most} if self._lengths else {})

    def claim(self, first: str, second: str) -> dict[str, Any]:
        return _object({first: self.text(first), second: self.text(second), "cites": {"$ref": "#/$defs/cites"}})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _one_of(lens: Lens) -> dict[str, Any]:
    return {"type": "string", "enum": [one.name for one in lens.classes]}
