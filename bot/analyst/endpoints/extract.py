"""A model's text -> the JSON object in it, through what models put around and into it; never more than is there."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

REPLY_CHARACTERS_READ = 100_000
NESTING_READ = 40
_OPENING = re.compile(r"<(?:think|thinking|reasoning|thought)>", re.IGNORECASE)
_CLOSING = re.compile(r"</(?:think|thinking|reasoning|thought)>", re.IGNORECASE)
_OBJECT = re.compile(r"\{(?!\w+ )")  # not the brace of a formula or a set
_BEGINS = re.compile(r"\s*(?:```\w*\s*)?\{")
# LaTeX in a JSON text that was not escaped: what JSON has no escape for, and commands that begin like an escape.
_STRAY = re.compile(r"\\(?![\"\\/bfnrtu])|\\u(?![0-9a-fA-F]{4})")
_COMMAND = re.compile(
    r"\\(?=(?:b(?:eta|ar|f|ig|igl|igr|inom|m|ullet|oldsymbol|egin|ot|mod)|f(?:rac|orall|lat|box)"
    r"|n(?:abla|eq?|i|u|ot|eg|atural|ormalsize)|r(?:ho|ightarrow|ight|angle|m|floor|ceil)"
    r"|t(?:au|heta|imes|o|ilde|op|ext\w*|frac|riangle))(?![a-z]))"
)
_ESCAPED = re.compile(r"\\\\|\\\"")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


class NoObject(ValueError):
    """There is no JSON object in the text; the message says why, in words for the one who wrote it."""


class Twice(ValueError):
    """A key stands twice in one object, with different values."""


def extract(text: str, expected: Collection[str]) -> dict[str, Any]:
    """The object with the most of the `expected` keys, the last of them where several have as many.

    `NoObject` when there is none, or when it breaks off.
    """
    text = _without_thought(text[:REPLY_CHARACTERS_READ].lstrip("\ufeff"))
    found: list[dict[str, Any]] = []
    faults: list[str] = []
    for piece in _objects(text):
        try:
            found.append(_loaded(piece))
        except Twice as fault:
            raise NoObject(str(fault)) from None
        except (ValueError, RecursionError) as fault:
            faults.append(_words(fault))
    if found:
        return max(reversed(found), key=lambda item: len(set(item) & set(expected)))
    if faults:
        raise NoObject(f"It is not valid JSON: {faults[-1]}.")
    raise NoObject("The JSON object breaks off." if "{" in text else "There is no JSON object in it.")


def _without_thought(text: str) -> str:
    """The text without what a model thinks aloud before its answer; a thought that never ends hides all that follows.

    Marks of a thought after the first brace stand in the answer's own words: papers write about such marks.
    """
    while not _BEGINS.match(text):
        opening, closing = _OPENING.search(text), _CLOSING.search(text)
        if closing and (opening is None or closing.start() < opening.start()):
            text = text[closing.end() :]
        elif opening is None or "{" in text[: opening.start()]:
            return text
        else:
            closing = _CLOSING.search(text, opening.end())
            text = f"{text[: opening.start()]} {text[closing.end() :]}" if closing else text[: opening.start()]
            if closing is None:
                return text
    return text


def _objects(text: str) -> Iterator[str]:
    """Every outermost balanced `{…}`, braces inside strings not counted."""
    opening = _OBJECT.search(text)
    while opening:
        end = _end(text, opening.start())
        if end is None:
            return
        yield text[opening.start() : end]
        opening = _OBJECT.search(text, end)


def _end(text: str, start: int) -> int | None:
    depth, in_string, escaped = 0, False, False
    for at in range(start, len(text)):
        sign = text[at]
        if in_string:
            if escaped:
                escaped = False
            elif sign == "\\":
                escaped = True
            elif sign == '"':
                in_string = False
        elif sign == '"':
            in_string = True
        elif sign == "{":
            depth += 1
            if depth > NESTING_READ:
                return None
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return at + 1
    return None


def _loaded(piece: str) -> dict[str, Any]:
    """The object, with stray backslashes doubled; a comma too many is forgiven."""
    mended = _with_backslashes(piece)
    try:
        return _parsed(mended)
    except Twice:
        raise
    except ValueError:
        return _parsed(_TRAILING_COMMA.sub(r"\1", mended))


def _parsed(text: str) -> dict[str, Any]:
    loaded = json.loads(text, strict=False, object_pairs_hook=_once, parse_constant=_no_constant)
    return dict(loaded)


def _with_backslashes(piece: str) -> str:
    """`piece` with every backslash that LaTeX meant doubled; those that are escaped already stay."""
    pieces: list[str] = []
    at = 0
    for escaped in _ESCAPED.finditer(piece):
        pieces += [_doubled(piece[at : escaped.start()]), escaped.group()]
        at = escaped.end()
    return "".join((*pieces, _doubled(piece[at:])))


def _doubled(text: str) -> str:
    return _STRAY.sub(lambda found: "\\" + found.group(), _COMMAND.sub(r"\\\\", text))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made and made[key] != value:
            raise Twice(f'The key "{key[:60]}" stands there twice, with different values.')
        made[key] = value
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _words(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return f"{fault.msg} at character {fault.pos}"
    return "it is nested too deeply" if isinstance(fault, RecursionError) else str(fault)[:120]
