"""Every expression of `bot/`, found in its source, and how long it takes on texts that are made to hold it up.

`python -m tests.expressions` measures all of them, one JSON line each: it is run as a child that can be killed, for an
expression that does not end holds its whole process.
"""

import ast
import importlib
import json
import math
import re
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).parent / "corpus" / "expressions.toml"
CALLS = frozenset(("compile", "search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split"))
# What texts are made of that expressions stumble over: each repeated, and followed by a sign that fits nothing.
PIECES = (
    *(
        "a",
        "A",
        "1",
        " ",
        "\n",
        "\t",
        "-",
        ".",
        "/",
        "\\",
        "[",
        "(",
        "{",
        "<",
        '"',
        "'",
        "“",
        "`",
        "$",
        "%",
        "#",
        "@",
        "_",
    ),
    *(
        "=",
        "!",
        ",",
        "*",
        "|",
        "^",
        ":",
        ";",
        "a ",
        "a.",
        "a1",
        "1 ",
        "1.",
        "\\[",
        "\\(",
        "![",
        "[a](",
        "<!--",
        "$a",
        "{a",
    ),
    *("\\a{", "http://", "a@", "a@b.", "a_b ", "%41", "&#65;", "0101010 ", "QUJD", "“a”", "\x85", "\u2028", "é", "中"),
    *("if you ", "the model must ", "give ", "do not ", "copecheck ", "arXiv:", "a=", "width:1", "I ", "A. "),
)
ENDS = ("", "\x00é")
SHORT, HALF, WHOLE = 6_000, 50_000, 100_000
QUICK_SECONDS = 0.02
ENDLESS_SECONDS = 3
MOST_GROWTH = 3.0


@dataclass(frozen=True, slots=True)
class Found:
    """An expression in the source: `bot/core/commands/parser.py:_PAPER`, or the second in a function, `…:tidied#2`."""

    key: str
    call: ast.Call


def found() -> Iterator[Found]:
    """All of them, in the order of files and lines."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        counts: dict[str, int] = {}
        for name, call in _calls(ast.parse(path.read_text(encoding="utf-8")), "module"):
            counts[name] = counts.get(name, 0) + 1
            number = f"#{counts[name]}" if counts[name] > 1 else ""
            yield Found(f"{path.relative_to(ROOT)}:{name}{number}", call)


def _calls(node: ast.AST, name: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inside = name
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = child.name
        elif isinstance(child, ast.Assign) and name == "module" and isinstance(child.targets[0], ast.Name):
            inside = child.targets[0].id
        if isinstance(child, ast.Call) and _is_expression(child.func):
            yield inside, child
        yield from _calls(child, inside)


def _is_expression(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and called.attr in CALLS
        and isinstance(called.value, ast.Name)
        and called.value.id in ("re", "regex")
    )


def patterns_of(one: Found, entry: dict[str, Any]) -> list[Any]:
    """The compiled expression, or those that a constant holds."""
    if "source" in entry:
        return [re.compile(entry["source"])]
    path, _, name = one.key.partition(":")
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    held = getattr(module, name.partition("#")[0], None)
    if held is not None and not callable(held):
        return list(_patterns(held))
    return [re.compile(ast.literal_eval(one.call.args[0]))]


def _patterns(held: Any) -> Iterator[Any]:
    if isinstance(held, re.Pattern | regex.Pattern):
        yield held
    elif isinstance(held, tuple | list):
        for part in held:
            yield from _patterns(part)


def seconds(pattern: Any, use: str, text: str) -> float:
    """How long it takes to use an expression on a text."""
    read: Any = text.encode("utf-8", "surrogatepass") if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, ENDLESS_SECONDS)
    try:
        if use == "all":
            for _ in pattern.finditer(read):
                pass
        else:
            getattr(pattern, use)(read)
    except TimeoutError:
        return math.inf
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return time.process_time() - began


def is_linear(pattern: Any, use: str, piece: str, end: str, most: int | None) -> bool:
    """Whether twice the text takes under three times as long; where only so much is read, whether that is quick."""

    def best(length: int) -> float:
        text = piece * (length // len(piece)) + end
        return min(seconds(pattern, use, text) for _ in range(3))

    if most is not None:
        return best(most) < QUICK_SECONDS
    text = piece * (SHORT // len(piece)) + end
    if seconds(pattern, use, text) < QUICK_SECONDS / 4:
        return True
    whole = best(WHOLE) if seconds(pattern, use, piece * (HALF // len(piece)) + end) < 1 else math.inf
    return whole < QUICK_SECONDS or whole < MOST_GROWTH * best(HALF)


def _say(**words: str) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _give_up(*_: object) -> None:
    raise TimeoutError


def main() -> None:
    """Measure each, and say which are slow on what."""
    signal.signal(signal.SIGALRM, _give_up)
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    for one in found():
        entry = table.get(one.key)
        if entry is None or "inside" in entry:
            continue
        _say(begun=one.key)
        for pattern in patterns_of(one, entry):
            own = [(entry["text"], end) for end in ENDS]
            for piece, end in (*own, *((piece, end) for piece in PIECES for end in ENDS)):
                if not is_linear(pattern, entry["use"], piece, end, entry.get("most")):
                    _say(slow=one.key, text=piece, end=end)


if __name__ == "__main__":
    main()
