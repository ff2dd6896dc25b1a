"""What is wrong with settings, in our words: which key, what stands there, and what to write instead."""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

SHOWN_MOST = 60
FAULTS_SHOWN = 5
BOUNDS = ("ge", "gt", "le")
LISTS = ("follows.", "model.endpoints.")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PATTERNS = {
    "name": "is no name; write one of letters, digits, dots, hyphens and underscores, 64 at most",
    "operators": 'is no person; write one like "discord:1234" or "slack:T0123/U0456"',
    "path": 'is no path; write one like "/slack/events"',
}


def fault_lines(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """The first faults, a sentence each; a key of a list of tables is named by the table's place in its list."""
    faults = error.errors()
    below = {fault["loc"][:at] for fault in faults for at in range(1, len(fault["loc"]))}
    # a list without its wrong entries may be empty: that is nothing that anybody wrote
    real = [fault for fault in faults if fault["type"] != "too_short" or fault["loc"] not in below]
    return [_line(fault, model) for fault in real[:FAULTS_SHOWN]]


def fault_words(fault: Mapping[str, Any], field: FieldInfo | None = None) -> str:
    """What is wrong with one value and what to write, without its key and without the words of the library."""
    kind, given = fault["type"], _shown(fault.get("input"), field)
    if kind == "value_error":
        return str(fault["msg"]).removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        return f"{given} {_pattern(fault)}"
    if kind in ("string_too_short", "too_short") and (least := (fault.get("ctx") or {}).get("min_length", 1)) > 1:
        return f"is too short; use at least {least} signs"
    if kind in _WORDS:
        return _WORDS[kind]
    if kind.startswith("tuple") and field is not None and any(_tables(field.annotation)):
        return "is no list of tables; begin each of them with a line of its own with its name in two brackets: [[name]]"
    if kind.startswith(("int", "float", "finite", "greater", "less")):
        return f"{given} {_number(fault, field)}"
    words = next((said for start, said in _KINDS.items() if kind.startswith(start)), "cannot be used here")
    return f"{given} {words.format(choices=_choices(fault), most=(fault.get('ctx') or {}).get('max_length', ''))}"


_WORDS = {
    "missing": "is required, and not there; add it",
    "too_short": "must not be empty; write at least one",
    "string_too_short": "must not be empty",
}
_KINDS = {
    "string_too_long": "is too long; use at most {most} signs",
    "string": 'is no text; write it in quotation marks, like "words"',
    "bool": "is neither yes nor no; write true or false",
    "tuple": 'is no list; write one in square brackets, like ["cs.AI"]',
    "enum": "is none of these: {choices}",
    "literal": "is none of these: {choices}",
    "path": 'is no path; write it in quotation marks, like "/etc/copecheck/token"',
    "time": 'is no hour of the day; write it like "09:00"',
    "model": "is no table; write its keys below a line of its own with its name in square brackets",
    "dict": "is no table; write its keys below a line of its own with its name in square brackets",
}


def nearest(key: str, keys: Collection[str]) -> str:
    """`; did you mean …?` with the key or table of that name elsewhere, else with what looks most like it."""
    name = key.rpartition(".")[2]
    elsewhere = [known for known in keys if known.rpartition(".")[2] == name]
    near = elsewhere or difflib.get_close_matches(key, keys, n=1, cutoff=0.4)
    table = "" if "." not in key else f"{key.rpartition('.')[0]}."
    words = near[0].removeprefix(table) if near and table in LISTS else "".join(near)
    return f"; did you mean {words}?" if near else "; config.example.toml has every key."


def all_keys(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Every key that can be set, dotted; of a list of tables the key of its first."""
    for name, field in model.model_fields.items():
        yield path + name
        for part in _tables(field.annotation):
            yield from all_keys(part, f"{path}{name}.")


def _tables(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _tables(part)


def _line(fault: Mapping[str, Any], model: type[BaseModel]) -> str:
    loc = fault["loc"]
    names = [str(part) for part in loc if not isinstance(part, int)]
    if fault["type"] == "extra_forbidden":
        plain, whole = nearest(".".join(names), list(all_keys(model))), _named(loc)
        return f"{whole}: there is no such setting{plain}"
    words = fault_words(fault, _field(names, model))
    return f"{_named(loc)}: {words}{'' if words.endswith('.') else '.'}"


def _named(loc: Sequence[int | str]) -> str:
    """`arxiv.feed_url`, `hour of the first [[follows]]`, `the second of categories of the first [[follows]]`."""
    words, path, table = "", list[str](), list[str]()
    for at, part in enumerate(loc):
        if not isinstance(part, int):
            path.append(part)
        elif at + 1 < len(loc) or (path and path[-1] in ("follows", "endpoints")):
            words, table, path = f"the {_ordinal(part)} [[{'.'.join([*table, *path])}]]", [*table, *path], []
        else:
            inner = f"the {_ordinal(part)} of {'.'.join(path)}"
            return f"{inner} of {words}" if words else inner
    key = ".".join(path)
    return f"{key} of {words}" if key and words else key or words


def _ordinal(index: int) -> str:
    return _ORDINALS[index] if index < len(_ORDINALS) else f"{index + 1}th"


def _field(names: Sequence[str], model: type[BaseModel]) -> FieldInfo | None:
    """What is known of the key at that path."""
    table: Any = model
    field = None
    for name in names:
        field = getattr(table, "model_fields", {}).get(name)
        table = next(iter(_tables(field.annotation)), None) if field else None
    return field


def _shown(given: object, field: FieldInfo | None) -> str:
    """What stands there, short; a secret is never shown."""
    is_secret = field is not None and (field.annotation is SecretStr or SecretStr in get_args(field.annotation))
    if is_secret or isinstance(given, Mapping | list | tuple | set):
        return "what stands there"
    shown = f'"{given}"' if isinstance(given, str) else str(given).lower() if isinstance(given, bool) else str(given)
    return shown if len(shown) <= SHOWN_MOST else f"{shown[:SHOWN_MOST]}…"


def _number(fault: Mapping[str, Any], field: FieldInfo | None) -> str:
    """`is not a whole number; write a whole number from 0 to 65535`. Without a field the fault tells one bound."""
    kind = fault["type"]
    bounds = _bounds(field) or {name: limit for name, limit in (fault.get("ctx") or {}).items() if name in BOUNDS}
    types = (field.annotation, *get_args(field.annotation)) if field else map(type, bounds.values())
    is_whole = kind.startswith("int") or int in types
    what = "a whole number" if is_whole else "a number"
    wrong = f"is not {what}" if kind.startswith(("int", "float", "finite")) else "is out of bounds"
    return " ".join(filter(None, (f"{wrong}; write {what}", _span(bounds))))


def _bounds(field: FieldInfo | None) -> Mapping[str, Any]:
    """The bounds of a number, or of the entries of a list of numbers."""
    inner = (
        [part for entry in get_args(field.annotation) for part in getattr(entry, "__metadata__", ())] if field else []
    )
    limits = [*(field.metadata if field else ()), *(limit for part in inner for limit in getattr(part, "metadata", ()))]
    return {name: getattr(limit, name) for limit in limits for name in BOUNDS if hasattr(limit, name)}


def _span(bounds: Mapping[str, Any]) -> str:
    """`from 0 to 65535`, as far as there are bounds."""
    low = f"from {bounds['ge']:g}" if "ge" in bounds else f"over {bounds['gt']:g}" if "gt" in bounds else ""
    if "le" not in bounds:
        return f"{low} on" if "ge" in bounds else low
    return f"{low} to {bounds['le']}" if "ge" in bounds else f"{low}, {bounds['le']} at most".removeprefix(", ")


def _pattern(fault: Mapping[str, Any]) -> str:
    """What a text must look like: a choice, or the form of its key."""
    pattern = str((fault.get("ctx") or {}).get("pattern", ""))
    if pattern.startswith("^(") and pattern.endswith(")$"):
        return f"is none of these: {', '.join(pattern[2:-2].split('|'))}"
    key = next((part for part in reversed(fault["loc"]) if isinstance(part, str)), "")
    return _PATTERNS.get(key, "is not of the form that is wanted; config.example.toml shows one")


def _choices(fault: Mapping[str, Any]) -> str:
    expected = str((fault.get("ctx") or {}).get("expected", ""))
    return expected.replace("'", "").replace(" or ", ", ")
